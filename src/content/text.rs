//! Plain text → words counted, minutes to read, beginnings.

/// Words a minute that people read in alphabetic scripts (Brysbaert 2019: 238 for English non-fiction), rounded down.
const WORDS_A_MINUTE: u32 = 230;
/// Characters a minute in scripts that do not part words by spaces.
const CHARACTERS_A_MINUTE: u32 = 450;

/// How long a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// Words of scripts that part words by spaces.
    pub words: u32,
    /// Characters of Chinese, Japanese, Thai and their like.
    pub characters: u32,
}

impl Length {
    /// Adds the words of a piece of text. A word must not be split between two pieces.
    pub fn add(&mut self, text: &str) {
        let mut in_word = false;
        for c in text.chars() {
            // Most letters of most texts: the tables of Unicode are not needed for them.
            if c.is_ascii_alphanumeric() {
                self.words += u32::from(!in_word);
                in_word = true;
            } else if is_unspaced(c) {
                self.characters += 1;
                in_word = false;
            } else if c.is_alphanumeric() {
                self.words += u32::from(!in_word);
                in_word = true;
            } else if c.is_whitespace() || c == '—' || c == '–' {
                in_word = false;
            }
        }
    }

    /// Words, a character of an unspaced script counted as one.
    pub fn total(self) -> u32 {
        self.words + self.characters
    }

    /// Minutes to read it, at least 1.
    pub fn minutes(self) -> u32 {
        let exact = f64::from(self.words) / f64::from(WORDS_A_MINUTE)
            + f64::from(self.characters) / f64::from(CHARACTERS_A_MINUTE);
        (exact.round() as u32).max(1)
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}')
}

/// The first words of a text, at most `limit` characters, with `…` if there was more.
/// A first word that is longer than that is cut.
pub fn beginning(text: &str, limit: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return text.to_owned();
    };
    let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
    let kept = text[..cut].trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    format!("{kept}…")
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
        assert_eq!(length("  ").total(), 0);
    }

    #[test]
    fn reading_time_is_never_nothing() {
        assert_eq!(length("Short.").minutes(), 1);
        assert_eq!(Length { words: 690, characters: 0 }.minutes(), 3);
    }

    #[test]
    fn a_beginning_ends_with_a_whole_word() {
        assert_eq!(beginning("One two three.", 99), "One two three.");
        assert_eq!(beginning("One two, three.", 9), "One two…");
        assert_eq!(beginning("Ααααααααα", 3), "Ααα…");
    }
}
