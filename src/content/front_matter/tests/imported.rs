//! The notes of `bulletin import`.

use super::*;

const NOTES: &str = "import:\n  from: wire\n  file: turkey.txt\n  hash: 3f2a9c41d0e7b865\n  fields:\n    title: positional 1:1-38, 2:1-9\n    source: explicit 31:9-36\n    dateline: missing\n  left_out: [\"Source:\", \"-30-\"]\n";

fn notes(lines: &str) -> (Vec<String>, Vec<(&'static str, Severity)>) {
    let (front, problems) = problems(lines);
    let codes = problems.iter().map(|problem| (problem.code, problem.severity)).collect();
    (front.import.map(|import| import.unreviewed).unwrap_or_default(), codes)
}

#[test]
fn unreviewed_fields_are_reported_with_their_place() {
    let (front, problems) = problems(&format!("date: 2026-11-22\n{NOTES}"));
    let import = front.import.unwrap();
    assert_eq!(import.hash.as_deref(), Some("3f2a9c41d0e7b865"));
    assert_eq!(import.unreviewed, ["title (positional 1:1-38, 2:1-9)", "dateline (missing)"]);
    assert!(front.extra.is_empty(), "{:?}", front.extra);
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!((problem.code, problem.severity), ("import/unreviewed", Severity::Warning));
    assert!(problem.message.contains("2 unreviewed fields"), "{}", problem.message);
    assert!(problem.message.ends_with("title (positional 1:1-38, 2:1-9), dateline (missing)"));
    let place = problem.place.as_ref().unwrap();
    assert_eq!(&place.text[place.span.clone()], "import");
    assert_eq!(place.span, import.at);
}

#[test]
fn reviewed_fields_are_not_reported() {
    let fields = |lines: &str| format!("date: 2026-11-22\nimport:\n  fields:\n{lines}");
    for (lines, left) in [
        ("    title: derived 1:1-2", &["title (derived 1:1-2)"][..]),
        ("    title: explicit", &[]),
        ("    title:", &[]),
        ("    {}", &[]),
        ("    title: derived\n  reviewed: true", &[]),
        ("    title: derived\n  reviewed: yes", &[]),
        ("    title: derived\n    reviewed: true", &[]),
        ("    title: derived\n  reviewed: false", &["title (derived)"]),
        ("    title: guessed", &["title (guessed)"]),
        ("    title: explicitly", &["title (explicitly)"]),
        // Somebody filled in a missing field.
        ("    title: missing\n    date: missing", &[]),
        ("    deck: missing", &["deck (missing)"]),
        ("    deck: missing\ndeck: A line", &[]),
        ("    deck: missing\ndeck: ''", &["deck (missing)"]),
        ("    deck: missing\ndescription: A line", &[]),
        ("    deck: derived 3:1-9\ndeck: A line", &["deck (derived 3:1-9)"]),
        ("    image.caption: missing\nimage: {src: a.jpg}", &["image.caption (missing)"]),
        ("    image.caption: missing\nimage: {src: a.jpg, caption: A}", &[]),
        ("    image.alt: missing\nimage: a.jpg", &["image.alt (missing)"]),
        ("    authors: missing\nauthors: []", &["authors (missing)"]),
        ("    extra.word: missing\nextra: {word: x}", &[]),
        ("    extra.word: missing", &["extra.word (missing)"]),
        ("    mine: missing", &["mine (missing)"]),
    ] {
        let (unreviewed, codes) = notes(&fields(lines));
        assert_eq!(unreviewed, left, "{lines}");
        let expected: &[_] = if left.is_empty() { &[] } else { &[("import/unreviewed", Severity::Warning)] };
        assert_eq!(codes, expected, "{lines}");
    }
    assert_eq!(
        front("import: {hash: 12e45, from: wire, mine: {draft: true}}").import.unwrap().hash.as_deref(),
        Some("12e45")
    );
}

#[test]
fn held_stories_are_not_reported() {
    for gate in ["draft: true", "status: withheld", "published: false"] {
        let (unreviewed, codes) = notes(&format!("{NOTES}    # more\n{gate}"));
        assert_eq!((unreviewed.len(), &codes[..]), (2, &[][..]), "{gate}");
    }
    for gate in ["embargo: 2030-01-01", "date: 2030-01-01", "expires: 2020-01-01", "draft: false"] {
        let (_, codes) = notes(&format!("{NOTES}{gate}"));
        assert_eq!(codes, [("import/unreviewed", Severity::Warning)], "{gate}");
    }
}

#[test]
fn an_imported_story_without_a_date_is_an_error() {
    let lines = "import: {fields: {title: explicit, date: missing}}";
    let (front, found) = problems(lines);
    assert!(!front.draft && front.date.is_none());
    let codes: Vec<_> = found.iter().map(|problem| (problem.code, problem.severity)).collect();
    assert_eq!(codes, [("import/no-date", Severity::Error), ("import/unreviewed", Severity::Warning)]);
    let place = found[0].place.as_ref().unwrap();
    assert_eq!(&place.text[place.span.clone()], "date");
    for fixed in [
        format!("{lines}\ndraft: true"),
        format!("{lines}\ndate: 2026-11-22"),
        "import: {fields: {title: explicit}}".to_owned(),
        "import: {reviewed: true, fields: {date: missing}}".to_owned(),
    ] {
        assert_eq!(problems(&fixed).1, [], "{fixed}");
    }
    // The file name has a date, and a program may have written it.
    let (_, found) = read_at("2026-11-22-x.md", &format!("title: T\n{lines}"), &config());
    assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["import/unreviewed"]);
}

#[test]
fn invalid_notes_are_warnings() {
    for (lines, count) in [
        ("import: wire", 1),
        ("import: [a, b]", 1),
        ("import: {hash: [1], fields: x, reviewed: maybe, file: {a: b}, left_out: 3}", 3),
        ("import: {fields: {title: [explicit], [1]: explicit, deck: {a: b}}}", 3),
        ("import: {hash: \"a\\0b\"}", 1),
        ("import: {from: 1, file: [2], left_out: {draft: true}, embargo: x, 7: 8}", 0),
    ] {
        let (front, problems) = problems(lines);
        assert_eq!(problems.len(), count, "{lines}: {problems:?}");
        assert!(problems.iter().all(|problem| problem.severity == Severity::Warning), "{problems:?}");
        assert!(!front.draft && front.extra.is_empty(), "{lines}");
    }
}

#[test]
fn long_notes_are_shortened() {
    let fields: String = (0..2000).map(|n| format!("    f{n}: derived {n}:1-2\n")).collect();
    let long = format!("    long: derived {}\n", "1:1-2, ".repeat(1000));
    let (front, problems) = problems(&format!("import:\n  fields:\n{long}{fields}"));
    assert_eq!(front.import.unwrap().unreviewed.len(), 2001);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.len() < 600, "{}", problems[0].message);
    assert!(problems[0].message.contains("…), f0 (derived 0:1-2)"), "{}", problems[0].message);
    // Deep nesting is refused before it uses up the stack.
    let deep = format!("title: T\nimport: {}", "[".repeat(30_000));
    let (head, problems) = read(&Source::new("x.md", &format!("---\n{deep}\n---\n")), &config());
    assert!(head.is_none() && problems.len() == 1, "{problems:?}");
}

#[test]
fn notes_are_not_in_the_digest() {
    let dir = tempfile::tempdir().unwrap();
    let site = crate::site::SiteDir::new(dir.path());
    std::fs::create_dir(site.content()).unwrap();
    let digest = |import: &str| {
        let text = format!("---\ntitle: T\ndate: 2026-11-22\n{import}---\nText.\n");
        std::fs::write(site.content().join("a.md"), text).unwrap();
        let (content, _) = crate::content::Content::read(
            &site,
            &config(),
            &mut crate::content::SourceCache::disabled(),
            None,
        );
        let (_, article) = content.iter().next().unwrap();
        (article.digest, article.hash, article.named.len() + article.assets.len())
    };
    let (without, with) = (digest(""), digest("import: {file: a.md, fields: {title: derived}}\n"));
    assert_eq!((without.0, without.2), (with.0, with.2));
    assert_ne!(without.1, with.1);
}
