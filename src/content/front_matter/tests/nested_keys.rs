//! Keys inside maps.

use super::*;

/// Code, severity and marked text of each problem.
fn found(problems: &[Diagnostic]) -> Vec<(&'static str, Severity, &str)> {
    fn text(problem: &Diagnostic) -> &str {
        problem.place.as_ref().map_or("", |place| &place.text[place.span.clone()])
    }
    problems.iter().map(|problem| (problem.code, problem.severity, text(problem))).collect()
}

#[test]
fn text_after_a_comma_is_not_lost() {
    for (lines, lost, help) in [
        (
            "corrections:\n  - {date: 2026-11-23, kind: correction, text: The port has nine cranes, not eight.}",
            "not eight.",
            "write `text: \"The port has nine cranes, not eight.\"`",
        ),
        (
            "image: {src: a.jpg, alt: A crane, idle, at dusk, credit: Ana}",
            "idle",
            "write `alt: \"A crane, idle, at dusk\"`",
        ),
        ("image: {src: a.jpg, caption: The \"Ana\", idle}", "idle", "write `caption: 'The \"Ana\", idle'`"),
        ("image: {src: a.jpg, alt: 'A crane', idle}", "idle", "put the whole text in quotes"),
        ("authors: [{name: Ruiz, Ana}]", "Ana", "write `name: \"Ruiz, Ana\"`"),
        (
            "image: {src: a.jpg, alt: Nine cranes, it was said: not eight}",
            "it was said",
            "write `alt: \"Nine cranes, it was said: not eight\"`",
        ),
        ("image: {src: a.jpg, alt: A crane, draft}", "draft", "write `alt: \"A crane, draft\"`"),
        ("authors: [{name: Ana, 'Bo'}]", "'Bo'", "write `name: \"Ana, 'Bo'\"`"),
        ("image: {src: a.jpg,\n  alt: A crane,\n  idle}", "idle", "put the whole text in quotes"),
        ("image: {src: a.jpg, alt: Größe, “é”}", "“é”", "write `alt: \"Größe, “é”\"`"),
        ("image: {caption, src: a.jpg}", "caption", "put the whole text in quotes"),
    ] {
        let (_, problems) = problems(lines);
        let error = [("front-matter/comma", Severity::Error, lost)];
        assert_eq!(found(&problems), error, "{lines}");
        assert!(problems[0].help.as_ref().unwrap().starts_with(help), "{:?}", problems[0].help);
    }
    for lines in [
        "image: {src: a.jpg, alt: , hidden: }",
        "image:\n  src: a.jpg\n  alt:\n  caption: ",
        "authors: [{name: Ana, role: ~}]",
    ] {
        front(lines);
    }
}

#[test]
fn unknown_keys_are_reported() {
    for (lines, key, help) in [
        ("image: {src: a.jpg, colour: red}", "colour", "`image` accepts `src`, `alt`,"),
        ("image:\n  alt: A crane, idle,\n  by whom: Ana", "by whom", "`image` accepts"),
        ("image: {src: a.jpg, captoin: A}", "captoin", "did you mean `caption`?"),
        ("authors: [{name: Ana, desk: Sports}]", "desk", "`authors` accepts `name`"),
        ("corrections: [{date: 2024-05-01, text: x, by: Ana}]", "by", "`corrections` accepts `date`"),
    ] {
        let (front, problems) = problems(lines);
        assert_eq!(found(&problems), [("front-matter/unknown-key", Severity::Warning, key)], "{lines}");
        assert!(problems[0].help.as_ref().unwrap().starts_with(help), "{:?}", problems[0].help);
        assert!(!front.draft);
    }
    assert_eq!(
        front("image: {src: a.jpg, alt_text: A, relative: true}").image.unwrap().alt.as_deref(),
        Some("A")
    );
    assert_eq!(front("image: {feature: a.jpg}").image.unwrap().src.as_deref(), Some("a.jpg"));
    assert_eq!(front("author: {display_name: Ana, login: ana}").authors[0].name, "Ana");
}

#[test]
fn misplaced_keys_that_hold_a_story_back_are_errors() {
    for (lines, key) in [
        ("image:\n  src: x.jpg\n  embargo: 2026-11-30", "embargo"),
        ("image:\n  src: x.jpg\n  embrago: 2026-11-30", "embrago"),
        ("image:\n  src: x.jpg\n  publishDate: 2026-11-30", "publishDate"),
        ("authors:\n  - name: Ana\n    draft: true", "draft"),
        ("authors:\n  - name: Ana\n    darft: true", "darft"),
        ("corrections:\n  - date: 2024-05-01\n    text: x\n    status: withheld", "status"),
        ("params: {embargo: 2026-11-30}", "embargo"),
        ("params: {expiryDate: 2026-11-30}", "expiryDate"),
        ("extra:\n  mine: x\n  draft: true", "draft"),
        ("extra: {publish_at: 2026-11-30}", "publish_at"),
        ("extra: {publishDate: 2026-11-30}", "publishDate"),
        ("taxonomies:\n  tags: [a]\n  embargo: 2026-11-30", "embargo"),
        ("extra: {seo: {x: y, embargo: 2026-11-30}}", "embargo"),
        ("extra: {seo: [{draft: true}]}", "draft"),
        ("params: {embargo_until: 2099-01-01}", "embargo_until"),
        ("params: {embargoed: 2099-01-01}", "embargoed"),
        ("params: {embrago: 2099-01-01}", "embrago"),
        ("params: {embargos: 2099-01-01}", "embargos"),
        ("params: {drafts: 2099-01-01}", "drafts"),
        ("params: {publish_on: 2099-01-01}", "publish_on"),
        ("params: {date: 2099-01-01}", "date"),
        ("params: {status: 2099-01-01}", "status"),
        ("params: {status: draft}", "status"),
        ("params: {published: false}", "published"),
        ("extra: {hold_until: 2099-01-01}", "hold_until"),
        ("extra: {sperrfrist: 2099-01-01}", "sperrfrist"),
    ] {
        let (front, problems) = problems(&format!("date: 2026-11-01\n{lines}"));
        assert_eq!(found(&problems), [("front-matter/nested-key", Severity::Error, key)], "{lines}");
        assert!(problems[0].help.as_ref().unwrap().contains("the start of"), "{lines}");
        assert!(front.draft, "{lines}");
    }
    for lines in [
        "extra: {status: sold out, date: x, draft: false, drafts: false, embargo: }",
        "params: {published: x, toc: true, hold: true, opens: 2099-01-01, embargo_written: 2099-01-01}",
        "extra: {events: [{date: 2099-01-01, status: private}], private: false}",
    ] {
        assert!(!front(&format!("date: 2026-11-01\n{lines}")).draft, "{lines}");
    }
    // The same under an unknown key.
    let (front, problems) = problems("date: 2026-11-01\nseo:\n  x: y\n  embargo: 2026-11-30");
    assert!(front.draft && problems.iter().any(|problem| problem.code == "front-matter/nested-key"));
}
