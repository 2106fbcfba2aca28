//! Normalizes letters so that names can be compared: to lower case, and Latin ones without diacritics.
//!
//! For Latin letters the result is that of [`crate::slug::name_key`].

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::slug::slugify;

/// The two blocks of Latin letters beyond ASCII.
const LATIN: [std::ops::Range<u32>; 2] = [0xaa..0x250, 0x1e00..0x1f00];

/// The normal form of each Latin letter.
#[derive(Debug)]
pub(super) struct Normalizer {
    latin: [Vec<String>; 2],
}

impl Normalizer {
    pub(super) fn new() -> Self {
        Self { latin: LATIN.map(|block| block.map(plain).collect()) }
    }

    /// Appends the normal form of a character, which may be empty.
    pub(super) fn push(&self, c: char, out: &mut String) {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            }
            return;
        }
        for (block, plain) in LATIN.iter().zip(&self.latin) {
            let found = u32::from(c).checked_sub(block.start).and_then(|at| plain.get(at as usize));
            if let Some(plain) = found {
                out.push_str(plain);
                return;
            }
        }
        match c {
            'ς' => out.push('σ'),
            // Greek in capitals has no accents.
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => {
                let letters = std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c));
                out.extend(letters.flat_map(char::to_lowercase));
            }
            '\u{300}'..='\u{36f}' | '’' | 'ʼ' => {}
            _ if is_invisible(c) => {}
            _ => out.extend(c.to_lowercase()),
        }
    }

    /// The normal form of a word.
    #[cfg(test)]
    fn word(&self, word: &str) -> String {
        let mut out = String::new();
        word.chars().for_each(|c| self.push(c, &mut out));
        out
    }
}

/// The plain letters of a Latin character.
fn plain(c: u32) -> String {
    let slug = char::from_u32(c).map(|c| slugify(c.encode_utf8(&mut [0; 4])));
    slug.unwrap_or_default().replace('-', "")
}

/// Whether a character within a word is invisible: a soft hyphen, a joiner.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character is part of a word.
pub(super) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c)
}

/// Whether the script of a character has no spaces between words. Such a character is a word of its own.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slug::name_key;

    #[test]
    fn latin_words_normalize_like_slugs() {
        let normalizer = Normalizer::new();
        for word in ["Košice", "Türkiye", "Straße", "Ærø", "Łódź", "ĐAKOVO", "Việt", "İzmir"] {
            assert_eq!(normalizer.word(word), name_key(word), "{word}");
        }
    }

    #[test]
    fn other_scripts_lose_case_and_accents() {
        let normalizer = Normalizer::new();
        assert_eq!(normalizer.word("ΛΙΜΆΝΙ"), normalizer.word("λιμάνι"));
        assert_eq!(normalizer.word("Δρόμος"), normalizer.word("ΔΡΟΜΟΣ"));
        assert_eq!(normalizer.word("МОСКВА"), normalizer.word("Москва"));
        assert_eq!(normalizer.word("e\u{301}t\u{ad}e"), "ete");
    }
}
