//! Words of English → their roles beside names: titles, jobs, kinds of organization, days.

use std::ops::BitOr;

use foldhash::{HashMap, HashMapExt};

use super::normalize::Normalizer;

const WORDS: &str = include_str!("words.txt");

/// The roles of a word, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class(u32);

impl Class {
    /// May begin a sentence and is not part of a name.
    pub(super) const STOP: Self = Self(1);
    /// A frequent word of English.
    pub(super) const ENGLISH: Self = Self(1 << 1);
    /// A frequent word of other languages.
    pub(super) const FOREIGN: Self = Self(1 << 2);
    /// A day, a month, a time zone.
    pub(super) const CALENDAR: Self = Self(1 << 3);
    /// A title before the name of a person, with a capital: `Mr`, `President`.
    pub(super) const TITLE: Self = Self(1 << 4);
    /// A title that stays with the first name: `Pope`.
    pub(super) const ROYAL: Self = Self(1 << 5);
    /// Part of a title: `Foreign` Minister.
    pub(super) const PORTFOLIO: Self = Self(1 << 6);
    /// A job, without a capital: `striker`.
    pub(super) const ROLE: Self = Self(1 << 7);
    /// A job in reporting: `correspondent`.
    pub(super) const REPORTER: Self = Self(1 << 8);
    /// A kind of organization: `Ministry`, `Bank`.
    pub(super) const HEAD: Self = Self(1 << 9);
    /// The legal form of a company: `plc`.
    pub(super) const SUFFIX: Self = Self(1 << 10);
    /// Not a name on its own, in spite of its capital: `Parliament`, `CEO`.
    pub(super) const GENERIC: Self = Self(1 << 11);
    /// A creed, a people, a language.
    pub(super) const NATION: Self = Self(1 << 12);
    /// A direction before the name of a place: `Northern`.
    pub(super) const DIRECTION: Self = Self(1 << 13);
    /// A preposition before a place.
    pub(super) const LOCATIVE: Self = Self(1 << 14);
    /// A verb after a person: `said`.
    pub(super) const SPEECH: Self = Self(1 << 15);
    /// A small word within names.
    pub(super) const JOINER: Self = Self(1 << 16);
    /// A name that is also an ordinary word: `Turkey`.
    pub(super) const ORDINARY: Self = Self(1 << 17);
    /// A kind of company, which short names omit: `Airlines`.
    pub(super) const COMPANY: Self = Self(1 << 18);
    /// May begin a sentence or a name: `New`, `Police`.
    pub(super) const STARTER: Self = Self(1 << 19);
    /// A relation, who often has only a first name: `daughter`.
    pub(super) const RELATION: Self = Self(1 << 20);
    /// A first name, which does not identify a person.
    pub(super) const GIVEN: Self = Self(1 << 21);
    /// A verb, which headlines in title case capitalize.
    pub(super) const VERB: Self = Self(1 << 22);

    /// Whether it has any of these roles.
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn named(name: &str) -> Self {
        let class = NAMES.iter().find(|(other, _)| *other == name);
        class.map(|(_, class)| *class).unwrap_or_default()
    }
}

/// The names of the classes in the list of words.
const NAMES: [(&str, Class); 23] = [
    ("stop", Class::STOP),
    ("english", Class::ENGLISH),
    ("foreign", Class::FOREIGN),
    ("calendar", Class::CALENDAR),
    ("title", Class::TITLE),
    ("royal", Class::ROYAL),
    ("portfolio", Class::PORTFOLIO),
    ("role", Class::ROLE),
    ("reporter", Class::REPORTER),
    ("head", Class::HEAD),
    ("suffix", Class::SUFFIX),
    ("generic", Class::GENERIC),
    ("nation", Class::NATION),
    ("direction", Class::DIRECTION),
    ("locative", Class::LOCATIVE),
    ("speech", Class::SPEECH),
    ("joiner", Class::JOINER),
    ("starter", Class::STARTER),
    ("relation", Class::RELATION),
    ("given", Class::GIVEN),
    ("verb", Class::VERB),
    ("company", Class::COMPANY),
    ("ordinary", Class::ORDINARY),
];

impl BitOr for Class {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Words with their classes, and the normalizer to look them up with.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) normalizer: Normalizer,
    classes: HashMap<String, Class>,
}

impl Lexicon {
    pub(super) fn new() -> Self {
        let normalizer = Normalizer::new();
        let mut classes: HashMap<String, Class> = HashMap::new();
        for (name, words) in WORDS.lines().filter_map(|line| line.split_once(':')) {
            for word in words.split_whitespace() {
                let mut folded = String::new();
                word.chars().for_each(|c| normalizer.push(c, &mut folded));
                let class = classes.entry(folded).or_default();
                *class = *class | Class::named(name);
            }
        }
        Self { normalizer, classes }
    }

    /// The class of a normalized word.
    pub(super) fn of(&self, folded: &str) -> Class {
        self.classes.get(folded).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_class_and_words_in_lower_case() {
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let (name, words) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
            assert_ne!(Class::named(name), Class::default(), "{name}");
            assert!(words.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == ' '), "{words}");
        }
    }

    #[test]
    fn a_word_can_have_several_roles() {
        let lexicon = Lexicon::new();
        let class = lexicon.of("minister");
        assert!(class.is(Class::TITLE) && class.is(Class::ROLE) && !class.is(Class::HEAD));
        assert_eq!(lexicon.of("xyzzy"), Class::default());
    }
}
