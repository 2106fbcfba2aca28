//! Properties that hold for every generator, and helpers for their tests.

use tempfile::TempDir;

use crate::config::Config;
use crate::content;
use crate::content::Key;
use crate::import::topics::OF_NO_SITE;
use crate::import::{FieldKey, File, ImportContext, Importer, Story};

/// Creates a folder with these files.
pub(in crate::import) fn archive(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    dir
}

fn with_context<T>(work: impl FnOnce(&ImportContext<'_>) -> T) -> T {
    let config = Config::new("x", "https://new.example/".parse().unwrap());
    work(&ImportContext {
        config: &config,
        date: None,
        topics: &OF_NO_SITE,
        stories: &crate::import::stories::Stories::default(),
        map: &crate::import::shortcodes::SHIPPED_ONLY,
    })
}

/// Every imported story must load without errors.
fn assert_loads(story: &Story) {
    let values = crate::import::article::front_matter(story);
    let (front, problems) =
        with_context(|context| content::front_matter_of("article.md", &values, context.config));
    assert!(front.is_some());
    let errors: Vec<_> = problems.into_iter().filter(|(_, problem)| problem.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?} of {story:?}");
}

/// The importers of generators that also read single files.
fn generators() -> impl Iterator<Item = &'static dyn Importer> {
    ["pelican", "zola", "jekyll", "hugo"].into_iter().filter_map(crate::import::importers::named)
}

#[test]
fn single_files_are_recognized() {
    use crate::import::Sample;
    let name = |name: &str, head: &str| {
        let sample = Sample { name, head };
        generators().find(|importer| importer.fits(&sample)).map(|importer| importer.name())
    };
    for (file, head, expected) in [
        ("a.md", "+++\ntitle = 'x'\n+++\n", Some("hugo")),
        ("a.md", "{\n\"title\": \"x\"}", Some("hugo")),
        ("a.md", "+++\ntitle = 'x'\n[extra]\n+++\n", Some("zola")),
        ("2019-05-01-a.md", "---\ntitle: x\n---\n", Some("jekyll")),
        ("a.md", "---\ntitle: x\n---\n", Some("hugo")),
        ("a.md", "Title: x\nDate: 2019-05-01\n\n", Some("pelican")),
        ("a.md", "Text", None),
        ("a.txt", "---\ntitle: x\n---\n", None),
        ("a.md", "{{ x }}", None),
        ("", "", None),
    ] {
        assert_eq!(name(file, head), expected, "{file} {head}");
    }
}

#[test]
fn hostile_texts_are_read_fast() {
    for piece in [
        "{% raw %}",
        "{% x %}",
        "{{< x >}}",
        "`a` {{ x }} ",
        "![a](b.png) ",
        "[a](b.md)\n",
        "[a](b/c) ",
        "{: a}",
        "{%",
        "](",
        "<img src=a>",
    ] {
        let text = format!("---\ntitle: x\ndate: 2019-01-01\n---\n{}", piece.repeat(5_000));
        for importer in generators() {
            let source = with_context(|context| importer.open(None, context)).unwrap();
            let file = File { path: "_posts/2019-01-01-a.md".into(), bytes: text.clone().into_bytes() };
            let started = std::time::Instant::now();
            let stories = with_context(|context| source.read(&file, context));
            assert!(started.elapsed().as_secs() < 5, "{piece} {}", importer.name());
            assert!(
                stories.is_ok_and(|stories| stories[0].remarks.len() < 60),
                "{piece} {}",
                importer.name()
            );
        }
    }
}

#[test]
fn an_unknown_section_moves_to_extra() {
    let text = "title: x\nbase_url: https://new.example/\nsections: [world]\n";
    let (config, _) = Config::parse(&"bulletin.yaml".into(), &text.into());
    let config = config.unwrap();
    let context = ImportContext {
        config: &config,
        date: None,
        topics: &OF_NO_SITE,
        stories: &crate::import::stories::Stories::default(),
        map: &crate::import::shortcodes::SHIPPED_ONLY,
    };
    let source = crate::import::importers::named("hugo").unwrap().open(None, &context).unwrap();
    for (folder, section) in [("world", Key::Section.into()), ("posts", FieldKey::extra("section"))] {
        let bytes = b"---\r\ntitle: x\r\ndate: 2019-01-01\r\n---\r\nText\r\n".to_vec();
        let file = File { path: format!("content/{folder}/a.md").into(), bytes };
        let story = source.read(&file, &context).unwrap().remove(0);
        let found = story.fields.iter().find(|field| field.value == folder).map(|field| field.key.clone());
        assert_eq!(found, Some(section));
        assert_eq!(story.remarks.len(), usize::from(folder == "posts"));
        assert_eq!(story.body, "Text\n");
    }
}

mod any_front_matter {
    use proptest::prelude::*;

    use super::*;
    use crate::import::importers;

    const KEYS: &str = "title date Date publishDate lastmod updated draft published expiryDate status tags categories category authors author aliases redirect_from slug url \
        path permalink image cover images series lang type layout template urgency extra params taxonomies id guid canonical_url feed noindex corrections \
        embargo hidden source related build ednote image-caption a.b expire";
    const VALUES: &str = "null¦true¦false¦\"\"¦\" \"¦0¦-1¦7¦1.5¦\"text\"¦\"2019-05-01\"¦\"31/12/2019\"¦\"2019-02-31\"¦\"no\"¦\"a, b; c\"¦\"!?\"¦\"/x/y/\"¦\"/a?b\"¦\"../..\"¦\
        \"https://x.example/a\"¦\"javascript:x\"¦[]¦[\"a\", \"\", \"!\", 3]¦[\"/a\", \"/b?c\", \"/../d\"]¦[[1]]¦{}¦{\"draft\": true}¦\
        {\"date\": \"2019\", \"a\": [{\"b\": null}]}¦{\"src\": \"a.png\", \"alt\": 3, \"focus\": \"x\"}¦{\"name\": \"A\", \"expires\": 3}¦\
        {\"render\": \"never\"}¦{\"tags\": \"x\", \"categories\": [\"y\"]}¦\"\\u0007\"¦\"line\\nline\"¦\":year/:slug\"¦\":slugs/:nothing\"¦\"opinion\"¦\
        \"en_GB\"¦\"usable\"¦[{\"date\": \"2019-01-01\", \"text\": \"x\"}, {\"kind\": 1}]";

    fn check(name: &str, path: &str, head: &str, body: &str) {
        let source = with_context(|context| importers::named(name).unwrap().open(None, context)).unwrap();
        let text = format!("{head}{body}");
        let file = File { path: path.into(), bytes: text.into_bytes() };
        if let Ok(stories) = with_context(|context| source.read(&file, context)) {
            stories.iter().for_each(assert_loads);
        }
    }

    proptest! {
        #[test]
        fn loads_after_the_import(
            pairs in prop::collection::vec((prop::sample::select(KEYS.split(' ').collect::<Vec<_>>()), prop::sample::select(VALUES.split('¦').collect::<Vec<_>>())), 0..8),
            dated in any::<bool>(),
        ) {
            let unique: std::collections::BTreeMap<_, _> = pairs.into_iter().collect();
            let lines: String = unique.iter().map(|(key, value)| format!("\"{key}\": {value}\n")).collect();
            let headers: String = unique.iter().map(|(key, value)| format!("{key}: {}\n", value.trim_matches('"'))).collect();
            let name = if dated { "2019-05-01-a.md" } else { "a.md" };
            for (importer, path) in [("hugo", "content/posts/"), ("zola", "content/posts/"), ("jekyll", "_posts/"), ("jekyll", "")] {
                check(importer, &format!("{path}{name}"), &format!("---\n{lines}---\n"), "Text\n");
            }
            check("pelican", &format!("content/{name}"), &format!("{headers}\n"), "Text\n");
        }

        #[test]
        fn with_any_text_does_not_panic(head in "[-+{:\\[\\]\"'a-c \n]{0,40}", body in "[-!\\[\\](){}<>%:|/.a-c`~= \"\n]{0,80}") {
            for importer in generators() {
                let name = importer.name();
                check(name, "content/a.md", &head, &body);
                check(name, "_posts/2019-05-01-a.html", "---\ntitle: x\n---\n", &body);
                check(name, "content/posts/a.md", "+++\ntitle = 'x'\n+++\n", &body);
            }
        }
    }
}
