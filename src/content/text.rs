//! Plain text → its length, reading time and beginning.

/// Reading speed in alphabetic scripts (Brysbaert 2019: 238 words a minute for English non-fiction, rounded down).
const WORDS_A_MINUTE: u32 = 230;
/// Reading speed in scripts without spaces between words.
const CHARACTERS_A_MINUTE: u32 = 450;

/// The length of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Length {
    /// Words in scripts with spaces between words.
    pub words: u32,
    /// Characters in scripts without spaces, such as Chinese, Japanese and Thai.
    pub characters: u32,
}

impl Length {
    /// Adds a piece of text. A word must not be split between two pieces.
    pub fn add(&mut self, text: &str) {
        let (mut at, mut in_word) = (0, false);
        loop {
            // Most text is ASCII; counting it byte by byte would take as long as parsing the Markdown.
            while let Some(eight) = text.as_bytes().get(at..).and_then(<[u8]>::first_chunk) {
                let eight = u64::from_le_bytes(*eight);
                if eight & HIGHEST != 0 {
                    break;
                }
                let words;
                (words, in_word) = words_begun(eight, in_word);
                self.words += words;
                at += 8;
            }
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return };
            in_word = self.add_character(c, in_word);
            at += c.len_utf8();
        }
    }

    fn add_character(&mut self, c: char, in_word: bool) -> bool {
        if is_unspaced(c) {
            self.characters += 1;
            false
        } else if c.is_alphanumeric() {
            self.words += u32::from(!in_word);
            true
        } else {
            in_word && !(c.is_whitespace() || c == '—' || c == '–')
        }
    }

    /// Words plus characters.
    pub fn total(self) -> u32 {
        self.words + self.characters
    }

    /// Reading time in minutes, at least 1.
    pub fn minutes(self) -> u32 {
        let exact = f64::from(self.words) / f64::from(WORDS_A_MINUTE)
            + f64::from(self.characters) / f64::from(CHARACTERS_A_MINUTE);
        (exact.round() as u32).max(1)
    }
}

/// The lowest and the highest bit of each of eight bytes.
const LOWEST: u64 = u64::MAX / 0xff;
const HIGHEST: u64 = LOWEST << 7;

/// The number of words that begin in eight ASCII characters, and whether the last character is in a word.
fn words_begun(eight: u64, in_word: bool) -> (u32, bool) {
    // The highest bit of each byte says whether the byte is in a range.
    let from = |bytes: u64, first: u8| bytes + LOWEST * u64::from(0x80 - first);
    let between = |bytes, first, last: u8| from(bytes, first) & !from(bytes, last + 1) & HIGHEST;
    let letters = between(eight | (LOWEST * 0x20), b'a', b'z') | between(eight, b'0', b'9');
    let spaces = between(eight, b' ', b' ') | between(eight, b'\t', b'\r');
    // Being in a word is the carry of an addition: letters generate it, spaces stop it, other characters propagate it.
    let on = !spaces;
    let (sum, carry) = on.overflowing_add(letters);
    let (sum, handed_on) = sum.overflowing_add(u64::from(in_word));
    let before = sum ^ on ^ letters;
    // The sum of the bytes, as not all processors have an instruction that counts bits.
    let words = ((letters & !before) >> 7).wrapping_mul(LOWEST) >> 56;
    (words as u32, carry | handed_on)
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}')
}

/// The beginning of a text in whole words, at most `limit` characters, with `…` if it was cut. A longer first word is cut.
pub fn beginning(text: &str, limit: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return text.to_owned();
    };
    let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
    let kept = text[..cut].trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    // Exactly sized, as there is one for each article.
    [kept, "…"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> Length {
        let mut length = Length::default();
        length.add(text);
        length
    }

    #[test]
    fn words_are_counted_by_script() {
        assert_eq!(length("It's a well-known fact — really.").words, 5);
        assert_eq!(length("東京は夜").characters, 4);
        assert_eq!(length("Tōkyō (東京) is it").words, 3);
        assert_eq!(length("one—two – three\u{a0}'four'").words, 4);
        assert_eq!(length("  ").total(), 0);
    }

    #[test]
    fn eight_characters_at_once_give_the_same_count() {
        let alphabet: Vec<char> = (0..128_u8).map(char::from).chain(['é', '—', '夜', '\u{a0}']).collect();
        let mut at = 1_usize;
        for _ in 0..2000 {
            let text: String = (0..19)
                .map(|_| {
                    // Lehmer random numbers.
                    at = at * 48271 % 0x7fff_ffff;
                    if at.is_multiple_of(3) { 'a' } else { alphabet[at / 3 % alphabet.len()] }
                })
                .collect();
            let (mut slow, mut in_word) = (Length::default(), false);
            text.chars().for_each(|c| in_word = slow.add_character(c, in_word));
            assert_eq!(length(&text), slow, "{text:?}");
        }
    }

    #[test]
    fn reading_time_is_at_least_a_minute() {
        assert_eq!(length("Short.").minutes(), 1);
        assert_eq!(Length { words: 690, characters: 0 }.minutes(), 3);
    }

    #[test]
    fn a_beginning_ends_after_a_whole_word() {
        assert_eq!(beginning("One two three.", 99), "One two three.");
        assert_eq!(beginning("One two, three.", 9), "One two…");
        assert_eq!(beginning("Ααααααααα", 3), "Ααα…");
    }
}
