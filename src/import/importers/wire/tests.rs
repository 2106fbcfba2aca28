use proptest::prelude::*;

use serde_json::{Value as Json, json};

use super::*;
use crate::config::Config;
use crate::content::Key;
use crate::import::topics::OF_NO_SITE;
use crate::import::{Confidence, FieldKey, ImageField};

fn config() -> Config {
    let text = "title: T\nbase_url: https://t.example/\n";
    Config::parse(&"bulletin.yaml".into(), &text.into()).0.unwrap()
}

pub(super) fn story(copy: &str) -> Story {
    read(
        &normalize(copy),
        0,
        &ImportContext {
            config: &config(),
            date: None,
            topics: &OF_NO_SITE,
            stories: &crate::import::stories::Stories::default(),
            map: &crate::import::shortcodes::SHIPPED_ONLY,
        },
    )
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| flow::is_visible(*c)).collect()
}

/// Letters and digits in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// All texts of a value.
fn texts(value: &Json) -> String {
    match value {
        Json::Array(items) => items.iter().map(texts).collect(),
        Json::String(text) => format!("{text} "),
        other => other.to_string(),
    }
}

/// Asserts that every visible character is in one piece, in order, and that the letters of each piece are in the field that it names.
fn assert_whole(copy: &str) {
    let copy = normalize(copy);
    let story = story(&copy);
    let pieces: String = story.pieces.iter().map(|piece| visible(&piece.text)).collect();
    assert_eq!(pieces, visible(&copy));
    let of = |to: &str| -> String {
        story.pieces.iter().filter(|piece| piece.to == to).map(|piece| letters(&piece.text)).collect()
    };
    if !page::is_html(&copy) {
        assert_eq!(letters(&story.body), of("body"), "{copy:?}");
    }
    let field = |name: &str| story.fields.iter().find(|field| field.key.name() == name);
    for piece in &story.pieces {
        let fields: String = match piece.to {
            // Their values are normalized: `2026-11-20`, `2`.
            "left-out" | "body" | "date" | "embargo" | "urgency" | "status" | "type" | "corrections" => {
                continue;
            }
            // Those of a second picture are notes.
            "image.caption" | "image.credit" => [field(piece.to), story.field(Key::Ednote)]
                .into_iter()
                .flatten()
                .map(|field| texts(&field.value))
                .collect(),
            name => field(name).map(|field| texts(&field.value)).unwrap_or_default(),
        };
        assert!(letters(&fields).contains(&letters(&piece.text)), "{piece:?} of {copy:?} in {fields:?}");
    }
}

const STORY: &str = "\
Ferry strike shuts Meridian port

Crews walk out over night shifts; talks are to go on.

Empty quays in Meridian on Monday [Ana Ruiz/Reuters]

Ferries stayed in port on Monday after crews walked out over night shifts, the union said.

“We will be back when they listen,” said its secretary.

Talks go on.Source: Meridian Wire, Agencies";

#[test]
fn a_story_in_the_usual_form_is_read() {
    let story = story(STORY);
    let expected: [(FieldKey, &str, Confidence); 4] = [
        (Key::Title.into(), "Ferry strike shuts Meridian port", Confidence::Positional),
        (Key::Deck.into(), "Crews walk out over night shifts; talks are to go on.", Confidence::Positional),
        (ImageField::Caption.into(), "Empty quays in Meridian on Monday", Confidence::Positional),
        (ImageField::Credit.into(), "Ana Ruiz/Reuters", Confidence::Explicit),
    ];
    for (key, text, sure) in expected {
        assert_eq!(story.text(key.clone()), Some(text), "{key}");
        assert_eq!(story.field(key.clone()).map(|field| field.confidence), Some(sure), "{key}");
    }
    assert_eq!(
        story.field(Key::Source).map(|field| field.value.clone()),
        Some(json!(["Meridian Wire", "Agencies"]))
    );
    assert_eq!(story.field(Key::Date).map(|field| field.confidence), Some(Confidence::Missing));
    assert!(
        story.body.starts_with("Ferries stayed") && story.body.ends_with("Talks go on.\n"),
        "{}",
        story.body
    );
    assert_whole(STORY);
}

#[test]
fn a_transmission_may_contain_several_stories() {
    let two =
        "ZCZC AB1\n\nPort shut\n\nIt is shut.\n\nNNNN\n\nZCZC AB2\n\nPort open\n\nIt is open.\n\nNNNN\n";
    assert_eq!(split_stories(two).len(), 2);
    assert_eq!(split_stories(two).concat(), two);
    assert_eq!(
        split_stories("\u{1}a\u{2}b\u{3}\n\u{1}c\u{2}d\u{3}\n"),
        ["\u{1}a\u{2}b\u{3}\n", "\u{1}c\u{2}d\u{3}\n"]
    );
    assert_eq!(split_stories("NNNN is a word"), ["NNNN is a word"]);
}

#[test]
fn no_text_is_lost_of_odd_copy() {
    for copy in [
        "A",
        "A.",
        "Source: x",
        "\u{1}",
        "(",
        "By",
        "LONDON (AP) -",
        "- - -",
        "[]\n\n[]",
        "ENDS\n\nENDS",
        "\u{2}\u{3}",
        &"word ".repeat(5000),
        &"A\n".repeat(3000),
        &"(".repeat(3000),
    ] {
        assert_whole(copy);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_is_lost_of_random_copy(copy in "\\PC{0,400}") {
        assert_whole(&copy);
    }

    /// Pieces of real copy in random order, with random gaps.
    #[test]
    fn no_text_is_lost_of_mangled_copy(picks in proptest::collection::vec((proptest::sample::select(PIECES.split('¦').collect::<Vec<_>>()), 0..GAPS.len()), 0..24)) {
        let copy: String = picks.iter().map(|(piece, gap)| format!("{piece}{}", GAPS[*gap])).collect();
        assert_whole(&copy);
    }
}

const GAPS: [&str; 7] = ["\n\n", "\n", " ", "", "\r\n\r\n", "\n   ", "\t"];
const PIECES: &str = "Ferry strike shuts port¦UPDATE 2-Ferry strike shuts port¦CORRECTED-¦URGENT¦By ANA RUIZ=¦By Ana Ruiz and Bo Lind, Associated Press¦AP Sports Writer¦\
    LONDON, March 3 (Reuters) - ¦Berlin (dpa) - ¦(ANSA) - ROME, SEP 12 - ¦The port was shut on Monday, the council said.¦“We will be back,” he said.¦\
    ``It is shut,'' she said.¦Source: Al Jazeera, News Agencies¦(Reporting by Ana Ruiz; Editing by Bo Lind)¦(Adds reaction in paragraph 3)¦-30-¦###¦ENDS¦\
    * One point¦• Another¦- A third¦Empty quays [File: Ana Ruiz/AFP]¦Photo: Ana Ruiz / AP¦FILE PHOTO: Quays. REUTERS/Ana Ruiz¦\
    EMBARGOED UNTIL 10:00 GMT, Jan 5, 2024¦STORY WITHDRAWN¦The following information is not for publication¦North   3   South   1¦___¦\
    \u{1}ecp0007 4 s 850 dpa-tns 0908¦\u{2}¦\u{3}¦^Ferry strike<¦From: a@b.example¦Subject: Ferries¦WHAT NEXT¦© 2024 AFP¦str/abc¦\
    e\u{301}te\u{301} \u{a0} مرحبا 北京";
