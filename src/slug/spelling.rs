//! Transliteration and lowercasing by language.

/// Languages with rules that differ from those of their script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    /// Letters lose their diacritics: `ü` becomes `u`.
    #[default]
    Plain,
    /// Umlauts become vowels with an `e`.
    German,
    /// Danish and Norwegian: `æ`, `ø` and `å` become pairs of vowels.
    Danish,
    /// Turkish and Azerbaijani: `I` is the capital of `ı`, `İ` that of `i`.
    Turkish,
    /// Han characters have several readings.
    Japanese,
}

const GERMAN: [(char, &str); 4] = [('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('ß', "ss")];
const DANISH: [(char, &str); 5] = [('æ', "ae"), ('ø', "oe"), ('å', "aa"), ('ä', "ae"), ('ö', "oe")];
const TURKISH: [(char, &str); 2] = [('ı', "i"), ('ə', "e")];
/// Simplified characters that the `slug` crate would read as rare traditional ones.
const CHINESE: [(char, &str); 2] = [('广', " guang "), ('厂', " chang ")];

impl Language {
    /// The rules of the language with this BCP 47 tag.
    pub(super) fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "de" | "gsw" | "nds" => Self::German,
            "da" | "nb" | "nn" | "no" => Self::Danish,
            "tr" | "az" => Self::Turkish,
            "ja" => Self::Japanese,
            _ => Self::Plain,
        }
    }

    /// Transliterates the letters that have rules in the language. In Japanese, Han characters are dropped.
    pub(super) fn spell(self, text: &str) -> String {
        if text.is_ascii() {
            return text.to_owned();
        }
        let rules: &[(char, &str)] = match self {
            Self::Plain => &CHINESE,
            Self::German => &GERMAN,
            Self::Danish => &DANISH,
            Self::Turkish => &TURKISH,
            Self::Japanese => &[],
        };
        let is_japanese = self.is_japanese(text);
        let mut spelt = String::with_capacity(text.len());
        for c in text.chars() {
            let small = c.to_lowercase().next().unwrap_or(c);
            if c == '·' && spelt.ends_with(['l', 'L']) {
                // The Catalan digraph `l·l`.
                continue;
            }
            match rules.iter().find(|(letter, _)| *letter == small) {
                Some((_, letters)) => spelt.push_str(letters),
                None if is_japanese && is_han(c) => spelt.push(' '),
                None => spelt.push(c),
            }
        }
        spelt
    }

    /// Lowercases a text.
    pub(super) fn lower(self, text: &str) -> String {
        if self == Self::Turkish {
            return text.replace('İ', "i").replace('I', "ı").to_lowercase();
        }
        text.to_lowercase()
    }

    /// Whether a text can be transliterated completely: alphabets, and Han characters read as Mandarin.
    pub(super) fn transliterates(self, text: &str) -> bool {
        let is_japanese = self.is_japanese(text);
        text.chars().all(|c| !c.is_alphabetic() || is_of_alphabet(c) || (is_han(c) && !is_japanese))
    }

    fn is_japanese(self, text: &str) -> bool {
        self == Self::Japanese || text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}'))
    }
}

/// Whether all letters belong to alphabets that are transliterated letter by letter: Latin, Greek, Cyrillic, Armenian and Georgian.
/// Arabic and Hebrew omit vowels, and Han characters have many readings.
pub(super) fn is_alphabetic(text: &str) -> bool {
    text.chars().all(|c| !c.is_alphabetic() || is_of_alphabet(c))
}

fn is_of_alphabet(c: char) -> bool {
    matches!(c,
        '\0'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{1c80}'..='\u{1cbf}' | '\u{1d00}'..='\u{1fff}'
        | '\u{2d00}'..='\u{2d2f}' | '\u{2c60}'..='\u{2c7f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' | '\u{a720}'..='\u{a7ff}'
        | '\u{ab30}'..='\u{ab6f}' | '\u{fb00}'..='\u{fb17}' | '\u{ff21}'..='\u{ff5a}' | '\u{2100}'..='\u{214f}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
