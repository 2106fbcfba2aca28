//! Lines of copy → one line of clean text, with the place in the copy of each character.

use std::ops::Range;

/// Text joined from lines, without control characters, with single spaces and typographic quotation marks instead of TeX's.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    text: String,
    /// For each byte of the text, where its character starts and ends in the copy.
    sources: Vec<(u32, u32)>,
}

impl Flow {
    /// The text of lines, given as ranges of the copy.
    pub(super) fn new(copy: &str, lines: &[Range<usize>]) -> Self {
        let mut flow = Self::default();
        for line in lines {
            let text = copy.get(line.clone()).unwrap_or_default();
            flow.join(text);
            flow.append(text, line.start);
        }
        flow.trim_end();
        flow
    }

    /// Puts a space between two lines, except after a hyphen within a word and within scripts that have no spaces.
    fn join(&mut self, next: &str) {
        let Some(last) = self.text.chars().next_back() else { return };
        let Some(first) = next.chars().find(|c| !is_invisible(*c)) else { return };
        let mut before = self.text.chars().rev().skip(1);
        let in_word = last == '-' && first.is_lowercase() && before.next().is_some_and(char::is_alphabetic);
        if last != ' ' && !in_word && !(is_unspaced(last) && is_unspaced(first)) {
            let end = self.sources.last().map_or(0, |source| source.1);
            self.push(' ', end, end);
        }
    }

    fn append(&mut self, text: &str, base: usize) {
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let (start, mut end) = (base + at, base + at + c.len_utf8());
            let clean = match c {
                '`' | '\'' if chars.peek().is_some_and(|(_, next)| *next == c) => {
                    chars.next();
                    end += 1;
                    if c == '`' { '“' } else { '”' }
                }
                '`' if chars.peek().is_some_and(|(_, next)| next.is_alphanumeric()) => '‘',
                c if c.is_whitespace() => {
                    if self.text.is_empty() || self.text.ends_with(' ') {
                        continue;
                    }
                    ' '
                }
                c if is_invisible(c) => continue,
                c => c,
            };
            self.push(clean, offset(start), offset(end));
        }
    }

    fn push(&mut self, c: char, start: u32, end: u32) {
        self.text.push(c);
        self.sources.extend(std::iter::repeat_n((start, end), c.len_utf8()));
    }

    fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        self.sources.truncate(self.text.len());
    }

    /// The clean text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The range of the copy that a range of the text comes from.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        let start =
            self.sources.get(range.start).or(self.sources.last()).map_or(0, |source| source.0 as usize);
        let end = range.end.checked_sub(1).and_then(|last| self.sources.get(last));
        start..end.map_or(start, |source| source.1 as usize).max(start)
    }

    /// The range of the copy that the whole text comes from.
    pub(super) fn whole(&self) -> Range<usize> {
        self.source(0..self.text.len())
    }

    /// A range of the text without surrounding spaces. The range must be on character boundaries.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let start = range.start + (text.len() - text.trim_start().len());
        let end = start + text.trim().len();
        Self {
            text: text.trim().to_owned(),
            sources: self.sources.get(start..end).unwrap_or_default().to_vec(),
        }
    }
}

/// Whether a character shows nothing and separates nothing, such as a control character of a wire.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace() || matches!(c, '\u{feff}' | '\u{ad}' | '\u{200b}')
}

/// Whether a character of copy is visible, so that it must not be lost.
pub(super) fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_invisible(c)
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(copy: &str) -> Flow {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in copy.split('\n') {
            lines.push(start..start + line.len());
            start += line.len() + 1;
        }
        Flow::new(copy, &lines)
    }

    #[test]
    fn lines_are_joined_to_clean_text() {
        assert_eq!(
            flow("  The  state-\nowned\u{a0}port\x02 of\n``Oslo''  ").text(),
            "The state-owned port of “Oslo”"
        );
        assert_eq!(flow("北京\n天津").text(), "北京天津");
        assert_eq!(flow("10-\n12").text(), "10- 12");
        assert!(flow(" \n\x01\n").is_empty());
    }

    #[test]
    fn each_character_keeps_its_place_in_the_copy() {
        let copy = " ``A''\n  b  c ";
        let flow = flow(copy);
        assert_eq!(flow.text(), "“A” b c");
        assert_eq!(&copy[flow.source(0.."“A”".len())], "``A''");
        assert_eq!(&copy[flow.whole()], "``A''\n  b  c");
        let part = flow.part("“A”".len()..flow.text().len());
        assert_eq!((part.text(), &copy[part.whole()]), ("b c", "b  c"));
    }
}
