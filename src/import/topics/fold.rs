//! Letters of a text → the letters by which names are compared: small, and Latin ones without their marks.
//!
//! For Latin letters this is what [`crate::slug::name_key`] makes of them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::slug::slugify;

/// Latin letters beyond ASCII, in two blocks of Unicode.
const LATIN: [std::ops::Range<u32>; 2] = [0xaa..0x250, 0x1e00..0x1f00];

/// What each Latin letter is compared as.
#[derive(Debug)]
pub(super) struct Folder {
    latin: [Vec<String>; 2],
}

impl Folder {
    pub(super) fn new() -> Self {
        Self { latin: LATIN.map(|block| block.map(plain).collect()) }
    }

    /// Adds what a character of a word is compared as, which may be nothing.
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
            // Accents are left out where all is in capitals.
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => {
                let letters = std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c));
                out.extend(letters.flat_map(char::to_lowercase));
            }
            '\u{300}'..='\u{36f}' | '’' | 'ʼ' => {}
            _ if is_invisible(c) => {}
            _ => out.extend(c.to_lowercase()),
        }
    }

    /// A word as it is compared.
    #[cfg(test)]
    fn word(&self, word: &str) -> String {
        let mut out = String::new();
        word.chars().for_each(|c| self.push(c, &mut out));
        out
    }
}

/// Letters that stand for a character of Latin script.
fn plain(c: u32) -> String {
    let slug = char::from_u32(c).map(|c| slugify(c.encode_utf8(&mut [0; 4])));
    slug.unwrap_or_default().replace('-', "")
}

/// Signs in the middle of words that nobody sees: hyphens of hyphenation, joiners.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character is part of a word.
pub(super) fn is_of_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c)
}

/// Whether a character is of a script without spaces between words. Each is a word of its own here.
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
    fn latin_words_are_compared_by_their_slugs() {
        let folder = Folder::new();
        for word in ["Košice", "Türkiye", "Straße", "Ærø", "Łódź", "ĐAKOVO", "Việt", "İzmir"] {
            assert_eq!(folder.word(word), name_key(word), "{word}");
        }
    }

    #[test]
    fn other_scripts_lose_what_capitals_do_not_have() {
        let folder = Folder::new();
        assert_eq!(folder.word("ΛΙΜΆΝΙ"), folder.word("λιμάνι"));
        assert_eq!(folder.word("Δρόμος"), folder.word("ΔΡΟΜΟΣ"));
        assert_eq!(folder.word("МОСКВА"), folder.word("Москва"));
        assert_eq!(folder.word("e\u{301}t\u{ad}e"), "ete");
    }
}
