use super::*;
use crate::config::Section;
use crate::content::{Byline, CorrectionKind, Genre, Image, Status};
use crate::diagnostic::Severity;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

mod imported;
mod nested_keys;
mod release;

fn config() -> Config {
    let mut config = Config::new("T", url::Url::parse("https://x.example/sub/").unwrap());
    config.timezone = jiff::tz::TimeZone::get("Europe/Athens").unwrap();
    config
}

fn with_sections() -> Config {
    let section = |slug: &str, title: &str| Section {
        slug: slug.into(),
        title: title.into(),
        description: None,
        podcast: None,
    };
    Config { sections: Some(vec![section("world", "World"), section("arts", "Arts & Life")]), ..config() }
}

fn read_at(path: &str, yaml: &str, config: &Config) -> (FrontMatter, Vec<Diagnostic>) {
    let (head, problems) = read(&Source::new(path, &format!("---\n{yaml}\n---\nbody")), config);
    (head.unwrap_or_else(|| panic!("{problems:?}")).front, problems)
}

/// Front matter with these lines below a title.
fn front(lines: &str) -> FrontMatter {
    let (front, problems) = read_at("x.md", &format!("title: T\n{lines}"), &config());
    assert!(problems.is_empty(), "{lines}: {problems:?}");
    front
}

/// The problems of these lines below a title. Each must point at them and have help.
fn problems(lines: &str) -> (FrontMatter, Vec<Diagnostic>) {
    let (front, problems) = read_at("x.md", &format!("title: T\n{lines}"), &config());
    for problem in &problems {
        assert!(problem.help.is_some(), "{lines}: {problem:?}");
        assert!(problem.place.as_ref().unwrap().start().unwrap().0 >= 3, "{lines}: {problem:?}");
        assert!(!problem.message.ends_with('.'), "{problem:?}");
    }
    (front, problems)
}

fn utc(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn front_matter_is_found() {
    let all = [
        ("---\ntitle: x\n---\nbody", "title: x\n", "body"),
        ("---\r\ntitle: x\r\n---\r\nbody", "title: x\r\n", "body"),
        ("\n \n--- \ntitle: x\n---\t\n\nbody", "title: x\n", "\nbody"),
        ("---\ntitle: x\n...\nbody\n---\n", "title: x\n", "body\n---\n"),
        ("\u{feff}---\na: b\n---", "a: b\n", ""),
        ("---\n---\n", "", ""),
        ("---\na: |\n  ---\n---\nb", "a: |\n  ---\n", "b"),
    ];
    for (text, yaml, body) in all {
        let source = Source { path: "x.md".into(), file: "content/x.md".into(), text: text.into() };
        let block = split(&source).unwrap();
        assert_eq!((&text[block.data], &text[block.body_start..]), (yaml, body), "{text:?}");
    }
}

#[test]
fn missing_front_matter_is_explained() {
    let large = format!("---\na: {}\n---\n", "x".repeat(LARGEST));
    let all = [
        ("", "front-matter/missing", 0),
        ("\n\nJust text\n---\n", "front-matter/missing", 3),
        ("# Title", "front-matter/missing", 1),
        ("----\na: b\n----\n", "front-matter/missing", 1),
        ("+++\ntitle = 'x'\n", "front-matter/not-closed", 1),
        ("Title: x\nDate: 2026-11-01\n\nText", "front-matter/headers", 1),
        ("Note: x\n\nText", "front-matter/missing", 1),
        ("{{< shortcode >}}\n", "front-matter/missing", 1),
        ("---\ntitle: x\n\nbody", "front-matter/not-closed", 1),
        ("---", "front-matter/not-closed", 1),
        (large.as_str(), "front-matter/too-large", 1),
    ];
    for (text, code, line) in all {
        let (head, problems) = read(&Source::new("x.md", text), &config());
        assert!(head.is_none() && problems.len() == 1);
        assert_eq!(problems[0].code, code, "{text:.40}");
        let start = problems[0].place.as_ref().unwrap().start();
        assert_eq!(start.map_or(0, |start| start.0), line, "{text:.40}");
        let help = problems[0].help.as_ref().unwrap();
        assert_eq!(help.contains("bulletin "), code == "front-matter/headers", "{help}");
    }
}

#[test]
fn toml_and_json_are_read_like_yaml() {
    let yaml = "---\ntitle: Gate 3\ndate: 2026-11-01T10:00:00+02:00\ntags: [Port, Sea]\ndraft: false\nurgency: 2\nimage: {src: a.png, alt: Boat}\nextra: {n: 1.5}\n---\nText";
    let toml = "+++\ntitle = 'Gate 3'\ndate = 2026-11-01T10:00:00+02:00\ndraft = false\nurgency = 2\n[taxonomies]\ntags = [\"Port\", 'Sea']\n[image]\nsrc = 'a.png'\nalt = 'Boat'\n[extra]\nn = 1.5\n+++\nText";
    let json = "{\n\t\"title\": \"Gate 3\",\n\t\"date\": \"2026-11-01T10:00:00+02:00\", \"tags\": [\"Port\", \"Sea\"],\n\"draft\": false, \"urgency\": 2, \"image\": {\"src\": \"a.png\", \"alt\": \"Boat\"}, \"extra\": {\"n\": 1.5}\n}\nText";
    let read_one = |text: &str| {
        let (head, problems) = read(&Source::new("x.md", text), &config());
        assert_eq!(problems, [], "{text}");
        let head = head.unwrap();
        (head.front, text[head.body_start..].trim().to_owned())
    };
    let expected = read_one(yaml);
    assert_eq!(expected.1, "Text");
    assert_eq!(read_one(toml), expected);
    assert_eq!(read_one(json), expected);
}

#[test]
fn problems_in_toml_and_json_have_their_place() {
    for (text, code, place) in [
        ("+++\ntitle = 'x'\ndate = soon\n+++\n", "toml/syntax", (3, 8)),
        ("+++\ntitle = 'x'\ntitle = 'y'\n+++\n", "toml/syntax", (3, 1)),
        ("+++\ntitle = 'x'\nupdated = [1]\n+++\n", "yaml/wrong-type", (3, 11)),
        ("+++\ntitle = 'x'\n[image]\nsrc = 'a.png'\nalt = []\n+++\n", "yaml/wrong-type", (5, 7)),
        ("+++\ntitle = 'x'\nembargo = 'soon'\n+++\n", "front-matter/date", (3, 11)),
        ("{\n\"title\": \"x\",\n\"date\": soon\n}\n", "json/syntax", (3, 9)),
        ("{\n\"title\": \"x\",\n\"title\": \"y\"\n}\n", "json/syntax", (3, 7)),
        ("{\n\t\"title\": \"x\",\n\t\"updated\": [1]\n}\n", "yaml/wrong-type", (3, 13)),
        ("{\"title\": \"x\"", "json/syntax", (1, 13)),
    ] {
        let (_, problems) = read(&Source::new("x.md", text), &config());
        let found =
            problems.iter().map(|problem| (problem.code, problem.place.as_ref().unwrap().start().unwrap()));
        assert_eq!(found.collect::<Vec<_>>(), [(code, place)], "{text}");
    }
    let deep = format!("+++\ntitle = 'x'\n[extra]\na = {}1{}\n+++\n", "[".repeat(70), "]".repeat(70));
    let dots = format!("+++\ntitle = 'x'\n{}b = 1\n+++\n", "a.".repeat(9_000));
    let json = format!("{{\"title\": \"x\", \"a\": {}", "[".repeat(20_000));
    for text in [deep, dots, json] {
        let (_, problems) = read(&Source::new("x.md", &text), &config());
        assert!(!problems.is_empty(), "{text:.60}");
    }
}

#[test]
fn syntax_errors_have_the_position_in_the_file() {
    let (head, problems) = read(&Source::new("x.md", "\n---\ntitle: Budget: what\n---\n"), &config());
    assert!(head.is_none());
    assert_eq!(problems[0].place.as_ref().unwrap().start(), Some((3, 8)));
    assert_eq!(&*problems[0].place.as_ref().unwrap().file, "content/x.md");
}

#[test]
fn every_key_is_read_by_each_of_its_names() {
    let text = |get: fn(&FrontMatter) -> Option<&str>, names: &[&str], written: &str, expected: &str| {
        for name in names {
            let front = front(&format!("{name}: {written}"));
            assert_eq!(get(&front), Some(expected), "{name}");
            assert!(front.extra.is_empty(), "{name}");
        }
    };
    text(|f| f.deck.as_deref(), keys::KEYS[Key::Deck as usize].1, ">\n  one\n  two\n", "one two");
    text(|f| f.kicker.as_deref(), &["kicker", "overline", "label"], "K", "K");
    text(|f| f.dateline.as_deref(), &["dateline", "located", "location"], "ATHENS", "ATHENS");
    text(|f| f.lang.as_deref(), &["lang", "language", "locale"], "en_GB", "en-GB");
    text(|f| f.slug.as_deref(), &["slug"], "a-b", "a-b");
    text(|f| f.permalink.as_deref(), &["permalink", "url", "path"], "posts/x.html", "/posts/x.html");
    text(|f| f.id.as_deref(), &["id", "guid", "uri"], "tag:x,1", "tag:x,1");
    text(
        |f| f.canonical_url.as_deref(),
        &["canonical_url", "canonical"],
        "https://y.example/a",
        "https://y.example/a",
    );
    text(|f| f.template.as_deref(), &["template", "layout"], "x.html", "x.html");
    text(|f| f.series.as_deref(), &["series"], "[Strike]", "Strike");
    text(|f| f.section.as_deref(), &["section", "category", "categories"], "World News", "world-news");
    text(|f| f.tags.first().map(String::as_str), &["tags", "tag", "keywords", "topics"], "[A]", "A");
    text(|f| f.authors.first().map(|a| a.name.as_str()), &["authors", "author", "byline"], "Ana", "Ana");
    text(|f| f.source.first().map(String::as_str), &["source", "sources", "agency"], "Reuters", "Reuters");
    text(|f| f.related.first().map(String::as_str), &["related"], "[world/a.md]", "world/a.md");
    text(|f| f.aliases.first().map(String::as_str), &["aliases", "redirect_from"], "old/", "/old/");
    text(|f| f.image.as_ref()?.src.as_deref(), keys::KEYS[Key::Image as usize].1, "a.jpg", "a.jpg");
    assert_eq!(read_at("x.md", "headline: H", &config()).0.title, "H");
    for name in ["urgency", "priority"] {
        assert_eq!(front(&format!("{name}: '3'")).urgency, Some(3));
    }
    for name in ["type", "genre"] {
        assert_eq!(front(&format!("{name}: Fact-check")).genre, Genre::Factcheck);
    }
    for name in ["post", "posts", "page", "article", "docs", "blog", "story"] {
        assert_eq!(front(&format!("type: {name}")).genre, Genre::News);
    }
    for name in ["status", "pubstatus"] {
        assert_eq!(front(&format!("{name}: withheld")).status, Status::Withheld);
    }
    assert_eq!(front("ednote: call Bo first"), FrontMatter { title: "T".into(), ..FrontMatter::default() });
}

#[test]
fn times_are_read_by_each_of_their_names() {
    type Get = fn(&FrontMatter) -> Option<Timestamp>;
    let get: [(Get, &[&str]); 5] = [
        (
            |f| f.date,
            &["date", "published", "publish_date", "publishDate", "pubDate", "published_at", "publishedAt"],
        ),
        (|f| f.updated, &["updated", "lastmod", "modified", "last_modified_at", "updated_at"]),
        (|f| f.embargo, &["embargo", "embargoed_until", "publish_at"]),
        (|f| f.expires, &["expires", "expiryDate", "expiry_date"]),
        (|f| f.pinned_until, &["pinned_until"]),
    ];
    for (get, names) in get {
        for name in names {
            assert_eq!(
                get(&front(&format!("{name}: 2024-05-01 10:00"))),
                utc("2024-05-01T07:00:00Z"),
                "{name}"
            );
        }
    }
}

#[test]
fn empty_values_are_absent() {
    let names = keys::KEYS.iter().flat_map(|(_, names)| names.iter());
    let is_reported = |name: &str| {
        let key = keys::find(name).unwrap().key;
        use keys::Key::{Date, Draft, Embargo, Expires, Status, Title, Withdrawn};
        matches!(key, Title | Date | Draft | Embargo | Expires | Status | Withdrawn)
    };
    for name in names.filter(|name| !name.contains('.') && !is_reported(name)) {
        let front = front(&format!("{name}:"));
        assert_eq!(front, FrontMatter { title: "T".into(), ..FrontMatter::default() }, "{name}");
    }
    assert_eq!(front("updated: ''\ndeck: ' '").extra, serde_json::Map::new());
}

#[test]
fn titles_are_one_line_of_text_as_written() {
    for (yaml, title) in [
        ("2024", "2024"),
        ("1e3", "1e3"),
        ("0x10", "0x10"),
        ("007", "007"),
        ("true", "true"),
        ("no", "no"),
        ("|\n  one\n  two", "one two"),
        ("\"« a\u{a0}b »  c\\td\"", "« a\u{a0}b » c d"),
        ("Food & drink", "Food & drink"),
    ] {
        assert_eq!(read_at("x.md", &format!("title: {yaml}"), &config()).0.title, title);
    }
    for (yaml, line) in [("deck: x", 1), ("deck: x\ntitle:", 1), ("deck: x\ntitle: ' '", 3)] {
        let (_, problems) = read_at("x.md", yaml, &config());
        assert_eq!(problems[0].code, "front-matter/no-title", "{yaml}");
        assert_eq!(problems[0].place.as_ref().unwrap().start().unwrap().0, line, "{yaml}");
    }
}

#[test]
fn a_date_can_come_from_the_file_name() {
    let all = [
        ("world/2026-11-20-strike.md", "", Some("2026-11-19T22:00:00Z"), "strike", Some("world")),
        ("world/2026-11-20-strike/index.md", "", Some("2026-11-19T22:00:00Z"), "strike", Some("world")),
        (
            "world/2026-11-20-strike.md",
            "date: 2024-05-01",
            Some("2024-04-30T21:00:00Z"),
            "strike",
            Some("world"),
        ),
        ("2026-11-20.md", "", Some("2026-11-19T22:00:00Z"), "2026-11-20", None),
        ("2026/11/a.md", "date: 2024-05-01", Some("2024-04-30T21:00:00Z"), "a", None),
        ("world/about.md", "", None, "about", None),
        ("world/about.md", "section: arts", None, "about", Some("arts")),
    ];
    for (path, lines, date, name, section) in all {
        let text = format!("---\ntitle: T\n{lines}\n---\n");
        let (head, problems) = read(&Source::new(path, &text), &config());
        assert!(problems.is_empty());
        let head = head.unwrap();
        let found = (head.front.date, head.name.as_str(), head.front.section.as_deref());
        assert_eq!(found, (date.and_then(utc), name, section), "{path} {lines}");
    }
    let (front, problems) = read_at("2026-02-30-x.md", "title: T", &config());
    assert_eq!((front.date, problems[0].code), (None, "front-matter/impossible-date"));
    assert!(read_at("2026-02-30-x.md", "title: T\ndate: 2026-03-01", &config()).1.is_empty());
}

#[test]
fn invalid_values_are_errors_with_help() {
    let all = [
        ("date: 2026-02-30", "front-matter/impossible-date"),
        ("date: yesterday", "front-matter/date"),
        ("date: 20240501", "front-matter/date"),
        ("date: [2024-05-01]", "yaml/wrong-type"),
        ("date: ''", "front-matter/date"),
        ("pub_date:", "front-matter/date"),
        ("draft:", "front-matter/blank"),
        ("draft: ' '", "front-matter/blank"),
        ("status: ~", "front-matter/blank"),
        ("pubDate: ' '", "front-matter/date"),
        ("publication_date: 2030-01-01", "front-matter/unknown-key"),
        ("publsihDate: 2030-01-01", "front-matter/unknown-key"),
        ("data: 2030-01-01", "front-matter/unknown-key"),
        ("dat: tomorrow", "front-matter/unknown-key"),
        ("private: true", "front-matter/unknown-key"),
        ("dates: 2030-01-01", "front-matter/unknown-key"),
        ("updated: 2024", "front-matter/date"),
        ("draft: maybe", "yaml/wrong-type"),
        ("embargo: tomorrow", "front-matter/date"),
        ("expires: 2026-13-01", "front-matter/impossible-date"),
        ("status: retracted", "front-matter/status"),
        ("embargo:", "front-matter/blank"),
        ("embargo: ''", "front-matter/blank"),
        ("publish_at: ~", "front-matter/blank"),
        ("date: 2026-01-01 25:00", "front-matter/impossible-date"),
        ("date: 21-03-2023", "front-matter/date"),
        ("date: 01/02/2023", "front-matter/date"),
        ("deck: [a]", "yaml/wrong-type"),
        ("deck: \"a\\u0007b\"", "yaml/control-character"),
        ("ednote: {a: b}", "yaml/wrong-type"),
        ("section: '!!'", "front-matter/section"),
        ("section: {a: b}", "yaml/wrong-type"),
        ("tags: [ok, '?!']", "front-matter/tag"),
        ("tags: {a: b}", "yaml/wrong-type"),
        ("authors: [{role: x}]", "front-matter/author"),
        ("authors: [[a]]", "yaml/wrong-type"),
        ("authors: [{name: A, url: 'javascript:x'}]", "front-matter/url"),
        ("image: 'data:image/png;base64,x'", "front-matter/image"),
        ("image: {src: a.jpg, focus: [0.5, 2]}", "front-matter/focus"),
        ("image: {src: a.jpg, focus: left}", "front-matter/focus"),
        ("urgency: 0", "front-matter/urgency"),
        ("urgency: 10", "front-matter/urgency"),
        ("urgency: high", "yaml/wrong-type"),
        ("corrections: wrong", "yaml/wrong-type"),
        ("corrections: [wrong]", "yaml/wrong-type"),
        ("corrections: [{date: 2024-05-01}]", "front-matter/correction"),
        ("corrections: [{text: x}]", "front-matter/correction"),
        ("corrections: [{date: 2024-05-01, text: ' '}]", "front-matter/correction"),
        ("corrections: [{date: 2024-05-01, text: x, kind: corection}]", "front-matter/correction"),
        ("lang: english!", "front-matter/lang"),
        ("slug: ..", "front-matter/slug"),
        ("slug: /", "front-matter/slug"),
        ("slug: .git", "front-matter/slug"),
        ("aliases: [/.git/HEAD.html]", "front-matter/path"),
        ("permalink: /.bulletin-files", "front-matter/path"),
        ("slug: '!!'", "front-matter/slug"),
        ("permalink: https://y.example/x/", "front-matter/path"),
        ("permalink: /../x", "front-matter/path"),
        ("permalink: /:yaer/:slug/", "front-matter/path"),
        ("permalink: /news/story-:slug:yaer/", "front-matter/path"),
        ("aliases: [/a?b=c]", "front-matter/path"),
        ("id: ' '", "front-matter/id"),
        ("canonical_url: /a", "front-matter/canonical-url"),
        ("template: ../x.html", "front-matter/template"),
        ("template: page", "front-matter/template"),
        ("extra: 3", "yaml/wrong-type"),
        (
            "extra: {mine: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
            "yaml/too-deep",
        ),
        ("embrago: 2026-01-01", "front-matter/unknown-key"),
        ("darft: true", "front-matter/unknown-key"),
        ("Draft: maybe", "yaml/wrong-type"),
        ("published: maybe", "front-matter/date"),
        ("date: 2024-05-01\npublishDate: soon", "front-matter/date"),
        ("expires: 2026-01-01\nexpiryDate: 2027-01-01", "front-matter/two-names"),
    ];
    for (lines, code) in all {
        let (front, problems) = problems(lines);
        assert_eq!(problems.len(), 1, "{lines}: {problems:?}");
        assert_eq!((problems[0].code, problems[0].severity), (code, Severity::Error), "{lines}");
        let holds =
            ["draft", "embargo", "expires", "status", "embrago", "darft", "Draft", "dat", "pub", "private"];
        let holds = holds.iter().any(|key| lines.starts_with(key));
        assert_eq!(front.draft, holds, "{lines}");
    }
}

#[test]
fn lesser_problems_are_warnings() {
    let all = [
        ("tags: [Port - Strike]", "front-matter/list", "begin each line"),
        ("tags: [Port, – Strike]", "front-matter/list", "begin each line"),
        ("tags: [• Port]", "front-matter/list", "begin each line"),
        ("tittle: x", "front-matter/unknown-key", "did you mean `title`?"),
        ("image: {src: a.jpg, credt: x}", "front-matter/unknown-key", "did you mean `credit`?"),
        ("type: poem", "front-matter/type", "use one of news"),
        ("expires:", "front-matter/blank", "delete the line"),
        ("expires: ' '", "front-matter/blank", "delete the line"),
        ("weight: 3", "front-matter/unknown-key", "under `extra`"),
        ("weight:", "front-matter/unknown-key", "under `extra`"),
        ("type: opinon", "front-matter/type", "did you mean `opinion`?"),
        ("series: [a, b]", "front-matter/series", "tags"),
        ("date: 2024-05-02\nlastmod: 2024-05-01", "front-matter/updated-before-date", "delete"),
        ("description: a\nsummary: b", "front-matter/two-names", "delete one"),
    ];
    for (lines, code, help) in all {
        let (_, problems) = problems(lines);
        assert_eq!(problems.len(), 1, "{lines}: {problems:?}");
        assert_eq!((problems[0].code, problems[0].severity), (code, Severity::Warning), "{lines}");
        assert!(problems[0].help.as_ref().unwrap().contains(help), "{lines}: {:?}", problems[0].help);
    }
    assert_eq!(problems("date: 2024-05-02\nlastmod: 2024-05-01").0.updated, None);
}

#[test]
fn own_names_win_over_other_names() {
    for lines in ["summary: b\ndeck: a", "deck: a\nsummary: b"] {
        let (front, problems) = problems(lines);
        assert_eq!(front.deck.as_deref(), Some("a"));
        assert_eq!(problems[0].message, "`summary` is ignored because `deck` is also present");
    }
    front("deck: a\nsummary: a\nsection: world\ncategories: [world]");
}

#[test]
fn permalink_styles_of_jekyll_are_not_paths() {
    for style in ["pretty", "date", "none", "ordinal"] {
        let front = front(&format!("permalink: {style}"));
        assert_eq!((front.permalink, &front.extra["permalink"]), (None, &json!(style)));
    }
    assert_eq!(front("permalink: /news/story-:slug/").permalink.as_deref(), Some("/news/story-:slug/"));
    assert_eq!(front("permalink: /a:b/").permalink.as_deref(), Some("/a:b/"));
}

#[test]
fn tags_are_trimmed_and_unique() {
    for lines in [
        "tags: [' Big  Strike ', big-strike, '', Harbour, 2024]",
        "tags: Big Strike, BIG STRIKE,, Harbour, 2024",
    ] {
        assert_eq!(front(lines).tags, ["Big Strike", "Harbour", "2024"], "{lines}");
    }
}

#[test]
fn curly_quotation_marks_around_values_are_removed() {
    let found = front("date: “2024-05-01”\ntags: [“Port”, ‘Old town’, Workers’]\nsection: “World”");
    assert_eq!(found.date, utc("2024-04-30T21:00:00Z"));
    assert_eq!(found.tags, ["Port", "Old town", "Workers’"]);
    assert_eq!(found.section.as_deref(), Some("world"));
    assert_eq!(front("tags: “Port, Strike”").tags, ["Port", "Strike"]);
    let (found, problems) = read_at("x.md", "title: “We stay”", &config());
    assert_eq!((&*found.title, problems.len()), ("“We stay”", 1));
    assert_eq!((problems[0].code, problems[0].severity), ("front-matter/quotes", Severity::Warning));
    let help = "write `title: \"We stay\"`, or `title: \"“We stay”\"` to keep them";
    assert_eq!(problems[0].help.as_deref(), Some(help));
    for title in ["'“We stay”'", "“We stay” and “we go”", "“We stay”, they say"] {
        assert!(read_at("x.md", &format!("title: {title}"), &config()).1.is_empty(), "{title}");
    }
}

#[test]
fn the_first_category_is_the_section() {
    for lines in [
        "categories: [World, Politics]\ntags: [a]",
        "tags: [a]\ncategories: World, Politics",
        "taxonomies:\n  tags: [a]\n  categories: [World, Politics]\n  authors: [Ana]",
    ] {
        let (front, problems) = read_at("x.md", &format!("title: T\n{lines}"), &with_sections());
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            (front.section.as_deref(), &front.tags[..]),
            (Some("world"), &["a".to_owned(), "Politics".to_owned()][..])
        );
    }
    assert_eq!(front("taxonomies: {places: [x]}").extra["taxonomies"], json!({"places": ["x"]}));
}

#[test]
fn sections_must_be_in_the_settings_if_those_list_any() {
    let read = |path, lines: &str| read_at(path, &format!("title: T\n{lines}"), &with_sections());
    assert_eq!(read("x.md", "section: World").0.section.as_deref(), Some("world"));
    assert_eq!(read("x.md", "section: Arts & life").0.section.as_deref(), Some("arts"));
    assert!(read("sprot/x.md", "").1.is_empty());
    for (path, lines, line) in [("x.md", "section: wrold", Some(3)), ("wrold/x.md", "date: 2024-05-01", None)]
    {
        let (front, problems) = read(path, lines);
        assert_eq!((front.section, problems[0].code), (None, "front-matter/unknown-section"));
        assert_eq!(
            problems[0].help.as_deref(),
            Some("did you mean `world`? The sections are `world`, `arts`")
        );
        assert_eq!(problems[0].place.as_ref().unwrap().start().map(|start| start.0), line);
    }
}

#[test]
fn authors_are_names_or_maps() {
    let byline = |name: &str, role: Option<&str>, url: Option<&str>| Byline {
        name: name.into(),
        role: role.map(Into::into),
        url: url.map(Into::into),
    };
    for (lines, authors) in [
        ("author: Ana Ruiz", vec![byline("Ana Ruiz", None, None)]),
        ("author: Ana Ruiz, Bo", vec![byline("Ana Ruiz", None, None), byline("Bo", None, None)]),
        ("authors: ['Ruiz, Ana', '']", vec![byline("Ruiz, Ana", None, None)]),
        ("author: {name: Ana, email: a@b.example}", vec![byline("Ana", None, None)]),
        (
            "authors:\n  - name: Ana\n    role: photographs\n    url: https://a.example\n  - Bo",
            vec![byline("Ana", Some("photographs"), Some("https://a.example/")), byline("Bo", None, None)],
        ),
    ] {
        assert_eq!(front(lines).authors, authors, "{lines}");
    }
}

#[test]
fn pictures_are_paths_or_maps() {
    let src = |src: &str| Image { src: Some(src.into()), ..Image::default() };
    for (lines, image) in [
        ("image: a.jpg", Some(src("a.jpg"))),
        ("image: ''", None),
        ("image: https://y.example/a.jpg", Some(src("https://y.example/a.jpg"))),
        (
            "cover: {image: /a.jpg, alt: A, relative: true}",
            Some(Image { alt: Some("A".into()), ..src("/a.jpg") }),
        ),
        ("image: {credit: AP}", Some(Image { credit: Some("AP".into()), ..Image::default() })),
        ("image: {src: a.jpg, focus: [0.5, 0.25]}", Some(Image { focus: Some((0.5, 0.25)), ..src("a.jpg") })),
        ("image: {src: a.jpg, focus: 50% 25%}", Some(Image { focus: Some((0.5, 0.25)), ..src("a.jpg") })),
        ("image: {src: a.jpg, focus: '0, 1'}", Some(Image { focus: Some((0.0, 1.0)), ..src("a.jpg") })),
        ("images: [a.jpg, b.jpg]", Some(src("a.jpg"))),
        ("images: [a.jpg]\nimage: b.jpg", Some(src("b.jpg"))),
    ] {
        let front = problems(lines).0;
        assert_eq!(front.image.as_deref(), image.as_ref(), "{lines}");
        assert_eq!(front.extra.contains_key("images"), lines.contains("images:"));
    }
}

#[test]
fn corrections_are_kept_in_order() {
    for lines in ["corrections: Nine cranes", "corrections: [Nine cranes]"] {
        let help = problems(lines).1[0].help.clone().unwrap();
        assert!(help.contains("`corrections: [{date: 2026-11-22, text: \"…\"}]`"), "{help}");
    }
    let front = front(
        "corrections:\n  - date: 2024-05-02\n    text: |\n      One.\n\n      Two.\n  - {date: 2024-05-01, type: Clarification, text: x}",
    );
    let kinds: Vec<_> =
        front.corrections.iter().map(|correction| (correction.kind, correction.text.as_str())).collect();
    assert_eq!(kinds, [(CorrectionKind::Correction, "One.\n\nTwo."), (CorrectionKind::Clarification, "x")]);
}

#[test]
fn slugs_and_paths_are_safe() {
    for (written, slug) in
        [("a.b_C~1", "a.b_C~1"), ("2024", "2024"), ("0x10", "0x10"), ("Größe!", "größe"), ("a/b", "a-b")]
    {
        assert_eq!(front(&format!("slug: {written}")).slug.as_deref(), Some(slug));
    }
    let front = front(
        "url: https://x.example/sub/a/\naliases: [/b/, b/, /caf%C3%A9/, /b, /b/index.html, /, /index.html]",
    );
    assert_eq!(front.permalink.as_deref(), Some("/a/"));
    assert_eq!(front.aliases, ["/b/", "/café/", "/"]);
}

#[test]
fn unknown_keys_land_in_extra() {
    let (front, problems) = problems(
        "weight: 3\nlayout: post\nmine: {a: [1, x]}\nparams: {mine: p, p: 1, both: 1}\nextra: {both: 2, f: .inf}\n2024: y",
    );
    let extra =
        json!({"weight": 3, "layout": "post", "mine": "p", "2024": "y", "p": 1, "both": 2, "f": ".inf"});
    assert_eq!(serde_json::Value::Object(front.extra), extra);
    let found: Vec<_> = problems.iter().map(|problem| (&*problem.message, problem.severity)).collect();
    let warning = |message| (message, Severity::Warning);
    assert_eq!(
        found,
        ["`weight`", "`mine`", "`2024`"]
            .map(|key| format!("unknown key {key}"))
            .each_ref()
            .map(|m| warning(&**m))
    );
    assert_eq!(front.template, None);
}

#[test]
fn all_problems_are_reported_at_once() {
    let (_, problems) = problems("date: x\nurgency: 99\nslug: ..\nlang: '?'\ntags: [ok, '!']\nimage: [a]");
    assert_eq!(problems.len(), 6, "{problems:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_panics_and_every_place_is_valid(
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
        lines in proptest::collection::vec((0..keys::KEYS.len(), 0..9usize, prop_oneof![
            "\\PC{0,20}",
            "[-0-9:TZ+. ]{0,25}",
            "[\\[\\]{},:'\"#&*!|>@%/. a-z\n-]{0,20}",
            "\\{((src|alt|name|draft|x y|embrago)(: [a-zé“”\"' -]{0,8})?, ){0,3}[a-zé\" ]{0,5}\\}",
            "\\[(\\{(name|text|date|src|focus): [a-z0-9-]{0,10}\\}(, )?){0,3}\\]",
        ]), 0..8),
        head in prop_oneof![Just("---\n"), Just("\u{feff}---\r\n"), Just(""), Just("+++\n")],
        path in prop_oneof![Just("a.md"), Just("world/2026-02-31-é.md"), Just("é/index.md")],
    ) {
        let mut yaml = String::from("---\n");
        for (field, name, value) in lines {
            let names = keys::KEYS[field].1;
            yaml += &format!("{}: {value}\n", names[name % names.len()]);
        }
        yaml += "---\nbody";
        let arbitrary = format!("{head}{}", String::from_utf8_lossy(&bytes));
        for text in [yaml, arbitrary] {
            let source = Source { path: path.into(), file: "content/x.md".into(), text: text.as_str().into() };
            for config in [config(), with_sections()] {
                let (head, problems) = read(&source, &config);
                if let Some(head) = head {
                    prop_assert!(text.get(head.body_start..).is_some());
                }
                for problem in problems {
                    let place = problem.place.expect("every problem has a place");
                    prop_assert!(place.text.is_empty() || Arc::ptr_eq(&place.text, &source.text));
                    prop_assert!(place.text.get(place.span).is_some());
                }
            }
        }
    }
}
