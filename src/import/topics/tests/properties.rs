//! Properties of all texts.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::site;
use crate::import::topics::tokens::phrase;
use crate::import::topics::{StoryText, Topics, normalize::Normalizer};

fn newsroom() -> Topics {
    site(&["water", "Old Harbour", "US", "Ælfric", "C++", "北京", "λιμάνι", "Jordan"], &[("Kiev", "Kyiv")])
}

/// Arbitrary text, and text made of the words that rules recognize.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select("Turkey¦’s¦'¦ ¦ ¦ ¦. ¦, ¦(¦)¦ISIL¦also known as¦the¦of¦and¦Mr¦President¦Weir¦Ann Weir¦U.S.¦Water¦Old Harbour¦C++¦Ünal¦é¦e\u{301}¦北京¦ß¦İ¦ŉ¦µ¦al-¦van¦\
     Inc¦Ministry¦for¦\n¦“¦”¦IS¦Jordan¦in ¦Aidan Jordan¦\u{200d}¦\u{1}¦\u{2}¦group¦Reuters¦42¦-¦A¦&¦#¦👩‍🚒¦مصر".split('¦').collect::<Vec<_>>());
    prop_oneof![
        ".{0,80}",
        "\\PC{0,80}",
        prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
    ]
}

proptest! {
    #[test]
    fn any_text_has_few_tags_with_correct_places(
        headline in text(),
        deck in prop::option::of(text()),
        paragraphs in prop::collection::vec(text(), 0..5),
    ) {
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        let text = StoryText { headline: &headline, deck: deck.as_deref(), paragraphs: &paragraphs, place: None };
        let topics = SITE.find(&text);
        prop_assert!(topics.len() <= 8);
        prop_assert_eq!(&topics, &AGAIN.find(&text));
        for topic in &topics {
            let part = match topic.found.0 {
                0 => headline.as_str(),
                1 => deck.as_deref().unwrap_or_default(),
                n => paragraphs[n - 2],
            };
            let found = part.get(topic.found.1.clone());
            prop_assert!(found.is_some_and(|found| !found.is_empty()), "{topic:?}");
            prop_assert!(!topic.name.trim().is_empty());
        }
    }

    #[test]
    fn words_normalize_alike_in_any_case(word in "[a-zA-Zà-öÀ-ÖøØα-ωа-я]{1,12}") {
        let normalizer = Normalizer::new();
        prop_assert_eq!(phrase(&word, &normalizer), phrase(&word.to_uppercase().to_lowercase(), &normalizer));
    }
}

proptest! {
    // Each case builds the topics of a site.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_name_can_be_a_tag(name in "\\PC{0,40}") {
        let site = site(&[&name], &[(&name, "Name")]);
        let copy = format!("It is {name}");
        let topics = site.find(&StoryText { headline: &copy, deck: Some(&name), paragraphs: &[&name, &copy], place: None });
        prop_assert!(topics.len() <= 8);
    }
}

/// Two instances of one site, whose maps have different seeds.
static SITE: LazyLock<Topics> = LazyLock::new(newsroom);
static AGAIN: LazyLock<Topics> = LazyLock::new(newsroom);

/// A megabyte of capitalized words, and large texts that each stress one rule. A quadratic rule would take hours.
#[test]
fn huge_texts_take_linear_time() {
    let site = newsroom();
    let names: String =
        (0..3_000).map(|n| format!("Name{n} Surname{n} met the Place{} group (PN{n}), ", n % 99)).collect();
    for text in [
        "Alpha ".repeat(170_000),
        "United States of United Nations Security ".repeat(3_000),
        names,
        "(ABC) ".repeat(20_000),
        "(".repeat(300_000),
        "of the Bank of the ".repeat(15_000),
        format!("{}ab", "a.".repeat(150_000)),
        "Foo de Bar and ".repeat(15_000),
        "A".repeat(300_000),
        "'".repeat(300_000),
        format!("W{}", "\u{301}".repeat(150_000)),
        "Labour. Turkey. Jordan. Aidan Jordan met Jordan. ".repeat(3_000),
        "北".repeat(80_000),
    ] {
        let as_text =
            site.find(&StoryText { headline: "Few words", paragraphs: &[&text], ..StoryText::default() });
        let as_headline =
            site.find(&StoryText { headline: &text, deck: Some(&text), ..StoryText::default() });
        assert!(as_text.len() <= 8 && as_headline.len() <= 8);
    }
}

#[test]
fn a_tag_is_found_among_thousands() {
    let tags: Vec<String> = (0..5_000).map(|n| format!("Harbour matter {n}")).collect();
    let site = Topics::new(tags, std::collections::BTreeMap::new());
    let text = StoryText { headline: "On harbour matter 4321", ..StoryText::default() };
    let names: Vec<String> = site.find(&text).into_iter().map(|topic| topic.name).collect();
    assert_eq!(names, ["Harbour matter 4321"]);
}

#[test]
fn an_empty_story_has_no_tags() {
    let text = StoryText { headline: "", deck: Some(""), paragraphs: &["", " \n "], place: None };
    assert_eq!(newsroom().find(&text), []);
}
