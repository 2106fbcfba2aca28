//! Keys that decide whether readers see a story: none may be ignored.

use super::*;

#[test]
fn a_later_second_date_is_an_embargo() {
    let late = "2030-01-01T00:00:00Z";
    for lines in [
        "date: 2024-05-01\npublishDate: 2030-01-01T00:00:00Z",
        "publishDate: 2030-01-01T00:00:00Z\ndate: 2024-05-01",
        "date: 2024-05-01\npublishdate: 2030-01-01T00:00:00Z",
        "date: 2024-05-01\nDate: 2030-01-01T00:00:00Z",
        "Date: 2030-01-01T00:00:00Z\ndate: 2024-05-01",
        "date: 2024-05-01\npublishDate: 2030-01-01T00:00:00Z\npubDate: 2024-05-02",
        "pubDate: 2024-05-02\npublishDate: 2030-01-01T00:00:00Z\ndate: 2024-05-01",
        "date: 2024-05-01\npublishDate: 2030-01-01T00:00:00Z\nembargo: 2025-01-01",
        "date: 2024-05-01\npublishDate: 2025-01-01\nembargo: 2030-01-01T00:00:00Z",
        "date: 2024-05-01\npublishDate: 2023-01-01\nembargo: 2030-01-01T00:00:00Z",
    ] {
        let (front, problems) = problems(lines);
        assert_eq!((front.date, front.embargo), (utc("2024-04-30T21:00:00Z"), utc(late)), "{lines}");
        let two = |problem: &Diagnostic| {
            (problem.code, problem.severity) == ("front-matter/two-names", Severity::Warning)
        };
        assert!(!problems.is_empty() && problems.iter().all(two), "{lines}: {problems:?}");
        assert!(!front.draft);
    }
    let (front, problems) = problems("date: 2024-05-01\npublishDate: 2020-01-01");
    assert_eq!(front.embargo, None);
    assert_eq!(problems[0].message, "`publishDate` is ignored because `date` is also present");
}

#[test]
fn keys_are_case_insensitive() {
    for key in ["Date", "publishdate", "publish-date", "PUBDATE", "Published"] {
        assert_eq!(front(&format!("{key}: 2030-01-01T00:00:00Z")).date, utc("2030-01-01T00:00:00Z"), "{key}");
    }
    for key in ["Expirydate", "expiry-date", "EXPIRES"] {
        assert_eq!(
            front(&format!("{key}: 2030-01-01T00:00:00Z")).expires,
            utc("2030-01-01T00:00:00Z"),
            "{key}"
        );
    }
    assert!(front("Draft: true").draft && front("Published: 'No'").draft);
    assert_eq!(front("Taxonomies: {Tags: [a]}").tags, ["a"]);
    assert!(front("Layout: post\nParams: {x: 1}").extra.contains_key("x"));
}

#[test]
fn keys_that_only_resemble_the_date_are_harmless() {
    for lines in ["data: {a: 1}", "data: [1]", "rate: 4.5", "gate: B12", "dates: [2030-01-01]"] {
        let (front, problems) = problems(lines);
        assert!(!front.draft && front.extra.len() == 1, "{lines}");
        assert_eq!(problems[0].severity, Severity::Warning, "{lines}");
    }
    assert_eq!(front("date: 2024-05-01\npublishDate: null").date, utc("2024-04-30T21:00:00Z"));
    assert!(!front("id: tag:x,1\ndeck:\ndraft: false\nauthors: []\ntags: []").draft);
}

#[test]
fn pages_that_hugo_does_not_render_are_drafts() {
    for lines in
        ["_build: {render: never}", "build: {list: never, render: false}", "_build: {Render: 'Never'}"]
    {
        let (front, problems) = problems(lines);
        assert!(front.draft && front.extra.len() == 1, "{lines}");
        let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.severity)).collect();
        assert_eq!(found, [("front-matter/not-rendered", Severity::Warning)], "{lines}");
    }
    for lines in ["_build: {list: never}", "build: {render: always}", "build: {render: true}"] {
        assert!(!front(lines).draft, "{lines}");
    }
}

#[test]
fn drafts_and_states_are_read() {
    for (lines, draft) in [
        ("draft: true", true),
        ("draft: yes", true),
        ("draft: 'true'", true),
        ("draft: no", false),
        ("draft: \"False\"", false),
        ("status: draft", true),
        ("status: Pending", true),
        ("status: private", true),
        ("status: future", true),
        ("status: publish", false),
        ("published: false", true),
        ("published: no", true),
        ("published: 'off'", true),
        ("date: 2024-05-01\npublished: no", true),
        ("published: yes", false),
        ("published: true", false),
    ] {
        assert_eq!(front(lines).draft, draft, "{lines}");
    }
    for (written, status) in [
        ("published", Status::Published),
        ("usable", Status::Published),
        ("Withheld", Status::Withheld),
        ("withdrawn", Status::Withdrawn),
        ("canceled", Status::Withdrawn),
        ("cancelled", Status::Withdrawn),
    ] {
        assert_eq!(front(&format!("status: {written}")).status, status, "{written}");
    }
}

#[test]
fn blank_keys_are_reported() {
    for (lines, draft, message) in [
        ("embargo:", true, "`embargo` is blank"),
        ("embargo: \"\"", true, "`embargo` is blank"),
        ("embargoed_until: ' '", true, "`embargoed_until` is blank"),
        ("expires: ~", false, "`expires` is blank, so the story does not expire"),
        ("draft:", true, "`draft` is blank"),
        ("status: ~", true, "`status` is blank"),
        ("date:", true, "the date is blank"),
    ] {
        let (front, problems) = problems(lines);
        assert_eq!((front.draft, &*problems[0].message, problems.len()), (draft, message, 1), "{lines}");
    }
}

#[test]
fn help_matches_the_problem() {
    for (lines, help) in [
        ("date: 2026-01-01 25:00", "from 00:00 to 23:59"),
        ("date: 2026-02-30", "a date that exists"),
        ("date: 21-03-2023", "the year first"),
        ("date: 01/02/2023 10:00", "the year first"),
        ("status: retracted", "did you mean `withdrawn`?"),
        ("status: witheld", "did you mean `withheld`?"),
        ("status: maybe", "use `published`"),
    ] {
        assert!(problems(lines).1[0].help.as_ref().unwrap().contains(help), "{lines}");
    }
}

/// Whether unknown keys make a story of 1 May 2024 a draft, and the severity of their problems.
fn of_unknown_key(lines: &str) -> (bool, Vec<Severity>) {
    let (front, problems) = problems(&format!("date: 2024-05-01\n{lines}"));
    assert!(
        problems.iter().all(|problem| problem.code == "front-matter/unknown-key"),
        "{lines}: {problems:?}"
    );
    (front.draft, problems.iter().map(|problem| problem.severity).collect())
}

#[test]
fn unknown_keys_that_may_hold_a_story_back_are_errors() {
    for lines in [
        "hold: true",
        "hold: until noon",
        "hold_until: 2099-01-01",
        "release: 2099-01-01",
        "release: next Monday",
        "not_before: 2099-01-01",
        "available: 2099-01-01",
        "valid_from: 2099-01-01",
        "visibility: private",
        "visibility: members",
        "state: draft",
        "headless: true",
        "unlisted: true",
        "live: false",
        "wip: true",
        "password: x",
        "sperrfrist: 2099-12-24",
        "Sperrfrist: Montag",
        "entwurf: ja",
        "brouillon: oui",
        "borrador: si",
        "πρόχειρο: ναι",
        "مسودة: نعم",
        "post_status: future",
        "mine: private",
        "mine: Entwurf",
        "mine: true",
        "mine: 'No'",
        "toc: true",
        "mine: 2099-01-01",
        "mine: 2099-01-01T10:00:00Z",
        "mine: 24.12.2099",
        "mine: 12/24/2099",
        "mine: 20991224",
        "hold:",
    ] {
        assert_eq!(of_unknown_key(lines), (true, vec![Severity::Error]), "{lines}");
    }
    for lines in [
        "weight: 3",
        "mine: x",
        "mine: [true, draft]",
        "mine: 2024-05-01",
        "mine: 2020-01-01",
        "release: 2020-01-01",
        "created: 2099-01-01",
        "last_updated: 2099-01-01",
        "visibility: public",
        "post_status: publish",
        "state: California",
        "mine: a draft of the law",
        "press_release: Council",
    ] {
        assert_eq!(of_unknown_key(lines), (false, vec![Severity::Warning]), "{lines}");
    }
}

#[test]
fn a_date_before_the_end_of_the_embargo_is_harmless() {
    assert_eq!(of_unknown_key("embargo: 2099-02-01\nmine: 2099-01-01"), (false, vec![Severity::Warning]));
    assert_eq!(of_unknown_key("mine: 2099-01-01\nembargo: 2098-02-01"), (true, vec![Severity::Error]));
}

#[test]
fn a_draft_can_have_any_key() {
    assert_eq!(of_unknown_key("draft: true\nhold: true\ndarft: x"), (true, vec![Severity::Warning; 2]));
    assert_eq!(of_unknown_key("hold: true\nwip: true"), (true, vec![Severity::Error; 2]));
}

#[test]
fn help_suggests_the_right_key() {
    for (lines, help) in [
        ("hold: true", "did you mean `draft`?"),
        ("hold_until: 2099-01-01", "did you mean `embargo`?"),
        ("unpublish_on: 2099-01-01", "did you mean `expires`?"),
        ("post_status: future", "did you mean `status`?"),
        ("sperrfrist: Montag", "did you mean `embargo`?"),
        (
            "mine: 2099-01-01",
            "did you mean `embargo`? If it should not hold the story back, put it under `extra`",
        ),
        (
            "toc: true",
            "write `draft: true` to hold the story back; if it should not hold the story back, put it under `extra`",
        ),
        ("noidex: true", "did you mean `noindex`?"),
        ("embrago: 2099-01-01", "give it another name"),
    ] {
        let (_, problems) = problems(lines);
        let found = problems[0].help.as_ref().unwrap();
        assert!(found.contains(help), "{lines}: {found}");
    }
}
