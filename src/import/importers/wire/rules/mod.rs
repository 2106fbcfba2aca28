//! The rules that recognize the pieces of wire copy, as data: each has a name, a verbose regex and the examples that test it.
//!
//! A pattern is built of named parts: `{weekday}` is the part of that name in [`PARTS`]. White space in a pattern counts only where it
//! is escaped.

use std::ops::Deref;
use std::sync::OnceLock;

use regex::Regex;

mod captions;
mod datelines;
mod head;
mod layout;
mod release;
mod tail;
mod transmission;

pub(super) use captions::*;
pub(super) use datelines::*;
pub(super) use head::*;
pub(super) use layout::*;
pub(super) use release::*;
pub(super) use tail::*;
pub(super) use transmission::*;

/// Parts that patterns share.
const PARTS: [(&str, &str); 10] = [
    ("control", r"[\s\x00-\x1f]"),
    ("month-name", r"\p{L}{3,12}\.?"),
    ("name-word", r"[\p{Lu}\p{Lo}][\p{L}\p{M}'’.\-]*"),
    ("ordinal", r"(?:st|nd|rd|th)"),
    (
        "picture-agency",
        r"REUTERS|Reuters|AP\ Photo|AP|AFP|EPA|EPA-EFE|dpa|PA|PA\ Wire|Getty\ Images|Handout|ANSA|Xinhua",
    ),
    (
        "place",
        r"{place-word} (?:\ {place-particle}){0,2} (?: \ {place-word} (?:\ {place-particle}){0,2} ){0,4}",
    ),
    (
        "place-particle",
        r"(?:de|del|della|di|da|do|dos|das|la|las|le|les|los|el|al|of|the|on|upon|an|am|an\ der|a.\ d.|der|den|im|in|bei
          |du|sur|sous|en|e|y|and|und|et|st)",
    ),
    (
        "place-word",
        r"(?:['’]s-|d['’]|l['’]|al-|el-|an-|ash-)? \p{Lu}[\p{L}\p{M}'’.]* (?:-(?:\p{L}[\p{L}'’]*))*",
    ),
    (
        "weekday",
        r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)",
    ),
    (
        "zone",
        r"(?:(?:GMT|UTC)[+-]\d{1,2}(?::?\d{2})?|GMT|UTC|Z|BST|WEST|WET|CET|CEST|MEZ|MESZ|EET|EEST|MSK|EST|EDT|ET
          |CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|JST|AEST|AEDT|[+-]\d{2}:?\d{2})",
    ),
];

/// A rule that recognizes one kind of piece. It dereferences to its regex.
#[derive(Debug)]
pub(super) struct Rule {
    name: &'static str,
    pattern: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests read the examples"))]
    matching: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests read the examples"))]
    other: &'static [&'static str],
    regex: OnceLock<Regex>,
}

impl Rule {
    /// A rule of a verbose pattern, with texts that match and texts that must not.
    const fn new(
        name: &'static str,
        pattern: &'static str,
        matching: &'static [&'static str],
        other: &'static [&'static str],
    ) -> Self {
        Self { name, pattern, matching, other, regex: OnceLock::new() }
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        let parts = PARTS.iter().fold(self.pattern.to_owned(), |pattern, (name, part)| {
            pattern.replace(&format!("{{{name}}}"), part)
        });
        Regex::new(&format!("(?x){parts}"))
    }
}

impl Deref for Rule {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.regex.get_or_init(|| {
            self.compile()
                .unwrap_or_else(|error| unreachable!("rule {}, which a test compiles: {error}", self.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&[&Rule]; 7] = [
        captions::RULES,
        datelines::RULES,
        head::RULES,
        layout::RULES,
        release::RULES,
        tail::RULES,
        transmission::RULES,
    ];

    const SOURCES: [&str; 7] = [
        include_str!("captions.rs"),
        include_str!("datelines.rs"),
        include_str!("head.rs"),
        include_str!("layout.rs"),
        include_str!("release.rs"),
        include_str!("tail.rs"),
        include_str!("transmission.rs"),
    ];

    #[test]
    fn every_rule_compiles_and_fits_its_examples() {
        let mut problems = Vec::new();
        for rule in RULES.concat() {
            let regex = rule.compile().unwrap_or_else(|error| panic!("{}: {error}", rule.name));
            assert!(!rule.matching.is_empty() && !rule.other.is_empty(), "{} lacks examples", rule.name);
            let missed = rule.matching.iter().filter(|text| !regex.is_match(text));
            problems.extend(missed.map(|text| format!("{} does not match {text:?}", rule.name)));
            let wrong = rule.other.iter().filter(|text| regex.is_match(text));
            problems.extend(wrong.map(|text| format!("{} matches {text:?}", rule.name)));
        }
        assert!(problems.is_empty(), "{problems:#?}");
    }

    #[test]
    fn every_rule_is_tested_under_its_own_name() {
        for (rules, source) in RULES.iter().zip(SOURCES) {
            assert_eq!(source.matches(": Rule =").count(), rules.len(), "{}", rules[0].name);
        }
        let mut names: Vec<_> = RULES.concat().iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
