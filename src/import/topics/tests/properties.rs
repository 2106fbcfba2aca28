//! What holds for all texts.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::site;
use crate::import::topics::tokens::phrase;
use crate::import::topics::{Topics, Words, fold::Folder};

fn newsroom() -> Topics {
    site(&["water", "Old Harbour", "US", "Ælfric", "C++", "北京", "λιμάνι", "Jordan"], &[("Kiev", "Kyiv")])
}

/// Arbitrary text, and text of what the rules look for.
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
    fn any_text_gives_few_tags_that_are_where_they_say(
        headline in text(),
        deck in prop::option::of(text()),
        paragraphs in prop::collection::vec(text(), 0..5),
    ) {
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        let words = Words { headline: &headline, deck: deck.as_deref(), paragraphs: &paragraphs, place: None };
        let topics = SITE.of(&words);
        prop_assert!(topics.len() <= 8);
        prop_assert_eq!(&topics, &AGAIN.of(&words));
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
    fn words_are_compared_the_same_way_in_any_case(word in "[a-zA-Zà-öÀ-ÖøØα-ωа-я]{1,12}") {
        let folder = Folder::new();
        prop_assert_eq!(phrase(&word, &folder), phrase(&word.to_uppercase().to_lowercase(), &folder));
    }
}

proptest! {
    // Each case makes the topics of a site anew.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_name_can_be_a_tag(name in "\\PC{0,40}") {
        let site = site(&[&name], &[(&name, "Name")]);
        let text = format!("It is {name}");
        let topics = site.of(&Words { headline: &text, deck: Some(&name), paragraphs: &[&name, &text], place: None });
        prop_assert!(topics.len() <= 8);
    }
}

/// Two values of one site, whose maps have other seeds.
static SITE: LazyLock<Topics> = LazyLock::new(newsroom);
static AGAIN: LazyLock<Topics> = LazyLock::new(newsroom);

/// A megabyte of capitalised words, and large texts, each of what a rule may take long for. Were one of them quadratic, this would take hours.
#[test]
fn huge_texts_are_read_in_linear_time() {
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
            site.of(&Words { headline: "Few words", deck: None, paragraphs: &[&text], place: None });
        let as_headline =
            site.of(&Words { headline: &text, deck: Some(&text), paragraphs: &[], place: None });
        assert!(as_text.len() <= 8 && as_headline.len() <= 8);
    }
}

#[test]
fn many_tags_of_a_site_are_found_among_many() {
    let tags: Vec<String> = (0..5_000).map(|n| format!("Harbour matter {n}")).collect();
    let site = Topics::new(tags, std::collections::BTreeMap::new());
    let words = Words { headline: "On harbour matter 4321", deck: None, paragraphs: &[], place: None };
    let names: Vec<String> = site.of(&words).into_iter().map(|topic| topic.name).collect();
    assert_eq!(names, ["Harbour matter 4321"]);
}

#[test]
fn an_empty_story_has_no_tags() {
    let words = Words { headline: "", deck: Some(""), paragraphs: &["", " \n "], place: None };
    assert_eq!(newsroom().of(&words), []);
}
