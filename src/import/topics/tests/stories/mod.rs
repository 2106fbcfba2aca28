//! Tags of whole stories on a site without tags.
//!
//! After its text, each file has the name of the test, the tags that the story must have, and those that it must not have.

use std::fs;
use std::path::Path;

use super::{END_OF_STORY, names, site};

#[test]
fn stories_have_the_tags_that_a_desk_would_choose() {
    let site = site(&[], &[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/topics/tests/stories");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut problems = Vec::new();
    let mut count = 0;
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
        let text = fs::read_to_string(&path).unwrap();
        let [test, tags, not] = expected(&text).unwrap_or_else(|| panic!("{path:?} has no expectations"));
        let found = names(&site, &text);
        let list = |line: &str| line.split(" | ").filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        let (tags, not): (Vec<String>, Vec<String>) = (list(tags), list(not));
        let missing = tags.into_iter().filter(|tag| !found.contains(tag)).map(|tag| format!("lacks {tag}"));
        let wrong = not.into_iter().filter(|tag| found.contains(tag)).map(|tag| format!("has {tag}"));
        problems
            .extend(missing.chain(wrong).map(|problem| format!("{test} ({path:?}) {problem}: {found:?}")));
        count += 1;
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(count >= 60, "only {count} stories");
}

fn expected(text: &str) -> Option<[&str; 3]> {
    let (_, end) = text.split_once(END_OF_STORY)?;
    let mut lines = end.lines();
    let (test, tags, not) = (lines.next()?, lines.next()?, lines.next()?);
    Some([test, tags.strip_prefix("tags:")?.trim(), not.strip_prefix("not:")?.trim()])
}
