//! Words of English → what they do beside names: titles, roles, heads of organisations, days.

use std::ops::BitOr;

use foldhash::{HashMap, HashMapExt};

use super::fold::Folder;

const WORDS: &str = include_str!("words.txt");

/// What a word does: a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class(u32);

impl Class {
    /// Begins sentences, and is no part of a name.
    pub(super) const STOP: Self = Self(1);
    /// Tells that a text is English.
    pub(super) const ENGLISH: Self = Self(1 << 1);
    /// Tells that it is not.
    pub(super) const FOREIGN: Self = Self(1 << 2);
    /// Days, months, time zones.
    pub(super) const CALENDAR: Self = Self(1 << 3);
    /// Stands before the name of a person, with a capital: `Mr`, `President`.
    pub(super) const TITLE: Self = Self(1 << 4);
    /// A title that stays with a first name: `Pope`.
    pub(super) const ROYAL: Self = Self(1 << 5);
    /// Is part of a title: `Foreign` Minister.
    pub(super) const PORTFOLIO: Self = Self(1 << 6);
    /// What a person is, without a capital: `striker`.
    pub(super) const ROLE: Self = Self(1 << 7);
    /// Who writes the news, and is none.
    pub(super) const REPORTER: Self = Self(1 << 8);
    /// What an organisation is: `Ministry`, `Bank`.
    pub(super) const HEAD: Self = Self(1 << 9);
    /// The legal form of a company.
    pub(super) const SUFFIX: Self = Self(1 << 10);
    /// No name on its own, in spite of a capital: `Parliament`, `CEO`.
    pub(super) const GENERIC: Self = Self(1 << 11);
    /// Creeds, peoples, languages.
    pub(super) const NATION: Self = Self(1 << 12);
    /// Goes before the name of a place and is no part of it: `Northern`.
    pub(super) const DIRECTION: Self = Self(1 << 13);
    /// Tells that a place follows.
    pub(super) const LOCATIVE: Self = Self(1 << 14);
    /// What a person does.
    pub(super) const SPEECH: Self = Self(1 << 15);
    /// A small word inside names.
    pub(super) const JOINER: Self = Self(1 << 16);
    /// A name that is an ordinary word, too: `Turkey`.
    pub(super) const ORDINARY: Self = Self(1 << 17);
    /// What a company is, which people leave out when they speak of it: `Airlines`.
    pub(super) const COMPANY: Self = Self(1 << 18);
    /// May begin a sentence or a name: `New`, `Police`.
    pub(super) const STARTER: Self = Self(1 << 19);
    /// Who belongs to a person, and has only a first name: `daughter`.
    pub(super) const RELATION: Self = Self(1 << 20);
    /// A first name, which does not tell who it is.
    pub(super) const GIVEN: Self = Self(1 << 21);
    /// A verb, which titles write with a capital.
    pub(super) const VERB: Self = Self(1 << 22);

    /// Whether it has one of the bits.
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn named(name: &str) -> Self {
        match name {
            "stop" => Self::STOP,
            "english" => Self::ENGLISH,
            "foreign" => Self::FOREIGN,
            "calendar" => Self::CALENDAR,
            "title" => Self::TITLE,
            "royal" => Self::ROYAL,
            "portfolio" => Self::PORTFOLIO,
            "role" => Self::ROLE,
            "reporter" => Self::REPORTER,
            "head" => Self::HEAD,
            "suffix" => Self::SUFFIX,
            "generic" => Self::GENERIC,
            "nation" => Self::NATION,
            "direction" => Self::DIRECTION,
            "locative" => Self::LOCATIVE,
            "speech" => Self::SPEECH,
            "joiner" => Self::JOINER,
            "starter" => Self::STARTER,
            "relation" => Self::RELATION,
            "given" => Self::GIVEN,
            "verb" => Self::VERB,
            "company" => Self::COMPANY,
            "ordinary" => Self::ORDINARY,
            _ => Self::default(),
        }
    }
}

impl BitOr for Class {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The words with their classes.
#[derive(Debug)]
pub(super) struct Lexicon {
    classes: HashMap<String, Class>,
}

impl Lexicon {
    pub(super) fn new(folder: &Folder) -> Self {
        let mut classes: HashMap<String, Class> = HashMap::new();
        for (name, words) in WORDS.lines().filter_map(|line| line.split_once(':')) {
            for word in words.split_whitespace() {
                let mut folded = String::new();
                word.chars().for_each(|c| folder.push(c, &mut folded));
                let class = classes.entry(folded).or_default();
                *class = *class | Class::named(name);
            }
        }
        Self { classes }
    }

    /// The classes of a folded word.
    pub(super) fn of(&self, folded: &str) -> Class {
        self.classes.get(folded).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_have_a_class_and_words_that_can_be_found() {
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let (name, words) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
            assert_ne!(Class::named(name), Class::default(), "{name}");
            assert!(words.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == ' '), "{words}");
        }
    }

    #[test]
    fn a_word_can_have_several_classes() {
        let lexicon = Lexicon::new(&Folder::new());
        let class = lexicon.of("minister");
        assert!(class.is(Class::TITLE) && class.is(Class::ROLE) && !class.is(Class::HEAD));
        assert_eq!(lexicon.of("xyzzy"), Class::default());
    }
}
