//! Codes of what an import says of stories → a sentence for all stories of one code, and the way out.

/// A code, what all stories with it have in common, and what to do.
type Kind = (&'static str, &'static str, &'static str);

/// Every code of a remark, in the order of the alphabet.
const KINDS: [Kind; 33] = [
    (
        "import/address",
        "the old address is only a number",
        "send readers on from it with `redirects`, if links to it exist",
    ),
    (
        "import/caption",
        "links in a caption are left out, as captions are plain text",
        "put them into the text if readers need them",
    ),
    ("import/comments", "comments of readers do not come along", "keep the export if they matter"),
    ("import/correction", "this version corrects an earlier one", "say what was wrong under `corrections`"),
    ("import/date", "a date cannot be read", "write it into the file"),
    (
        "import/embargo",
        "an embargo has no time that can be read, so the story is withheld",
        "write the time under `embargo`",
    ),
    ("import/embed", "something from another site is a link now", "embed it again if readers need it there"),
    ("import/encoding", "the encoding was guessed", "look for wrong letters"),
    (
        "import/front-matter",
        "a key of the old front matter has no use as it is",
        "look at it under `extra` or in the old file",
    ),
    (
        "import/held-back",
        "the story is a draft, as its release cannot be read",
        "correct its date or status, then remove `draft`",
    ),
    ("import/html", "a whole page of HTML was read", "delete menus and the like from the text"),
    ("import/link", "a link leads to nothing that is in the archive", "correct the link, or delete it"),
    (
        "import/liquid",
        "a tag of Liquid stands in the text as it was",
        "say what becomes of it in `import.map.yaml`, then run `bulletin import --remap`",
    ),
    (
        "import/missing-file",
        "a picture or file is not in the archive",
        "add the file, or remove what shows it",
    ),
    ("import/new-tags", "tags are new to the site", "delete those that you do not want"),
    ("import/no-headline", "there is no headline, so the first words are one", "write a headline"),
    ("import/no-year", "the date has no year", "give the year with --date, or write the date into the file"),
    (
        "import/not-used",
        "a key of the front matter cannot be read, and is not used",
        "write it as the site reads it",
    ),
    ("import/notes", "some notes to the desk stand under the text", "delete them there"),
    ("import/picture", "a picture did not come along", "add the file by hand"),
    (
        "import/runs-code",
        "something that could run code on the page is left out",
        "write plain HTML if readers need it",
    ),
    (
        "import/section",
        "the section cannot be used, and is kept under `extra`",
        "add it to `sections` in bulletin.yaml, and move the files to its folder",
    ),
    (
        "import/shortcode",
        "a shortcode of the old generator stands in the text as it was",
        "say what becomes of it in `import.map.yaml`, then run `bulletin import --remap`",
    ),
    (
        "import/skipped",
        "an export holds things that are not stories",
        "take them over by hand if readers need them",
    ),
    (
        "import/status",
        "the old status does not exist here, so the story is held back",
        "release it, or leave it a draft",
    ),
    ("import/sticky", "the story stayed on top of lists", "write until when under `pinned_until`"),
    ("import/text", "the text of the story is elsewhere", "add it by hand"),
    ("import/title", "there is no title, so one was made", "write a title"),
    (
        "import/undated",
        "the story has no date",
        "write it into the file, then remove `draft` if readers may see the story",
    ),
    (
        "import/unknown-section",
        "the site does not have the section",
        "add it to `sections` in bulletin.yaml, and move the files to its folder",
    ),
    ("import/unlisted", "the story was in no list, and is in lists here", "decide whether it may be"),
    ("import/update", "this version updates an earlier one", "compare the two"),
    (
        "import/url-taken",
        "an old URL belongs to another page of the site",
        "open that page, and decide which of the two the URL is to lead to",
    ),
];

/// What stories with a remark of this code have in common, and the way out.
pub(super) fn told(code: &str) -> Option<(&'static str, &'static str)> {
    KINDS.iter().find(|kind| kind.0 == code).map(|(_, what, help)| (*what, *help))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex::Regex;
    use walkdir::WalkDir;

    use super::*;

    /// Codes of problems that say themselves what to do, as they are told of one by one.
    const DIAGNOSTICS: [&str; 13] = [
        "import/cannot-write",
        "import/running",
        "import/failed",
        "import/map",
        "import/no-archive",
        "import/no-date",
        "import/no-file",
        "import/nothing",
        "import/remap",
        "import/report",
        "import/stdin",
        "import/unreadable",
        "import/unreviewed",
    ];

    #[test]
    fn every_code_has_its_sentence_and_way_out() {
        let code = Regex::new(r#""(import/[a-z0-9-]+)""#).unwrap();
        let mut used = BTreeSet::new();
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = WalkDir::new(src).into_iter().map(Result::unwrap);
        for file in files.filter(|file| file.path().extension().is_some_and(|kind| kind == "rs")) {
            if file.path().ends_with("cli/import/kinds.rs") {
                continue;
            }
            let text = fs::read_to_string(file.path()).unwrap();
            used.extend(code.captures_iter(&text).map(|found| found[1].to_owned()));
        }
        let known: BTreeSet<String> = KINDS.iter().map(|kind| kind.0.to_owned()).collect();
        assert_eq!(known.len(), KINDS.len());
        let all: BTreeSet<String> = known.into_iter().chain(DIAGNOSTICS.map(str::to_owned)).collect();
        assert_eq!(used, all);
    }
}
