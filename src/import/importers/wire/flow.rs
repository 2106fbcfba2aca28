//! Lines of copy → one line of clean text, each character of which knows where it came from.

use std::ops::Range;

/// Text that flows over lines: control characters left out, white space folded, TeX's quotes made typographic.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    text: String,
    /// For each byte of the text where its character starts in the copy, and where it ends.
    sources: Vec<(u32, u32)>,
}

impl Flow {
    /// The text of some lines, given as ranges of the copy.
    pub(super) fn of(copy: &str, lines: &[Range<usize>]) -> Self {
        let mut flow = Self::default();
        for line in lines {
            let text = copy.get(line.clone()).unwrap_or_default();
            flow.join(text);
            flow.take(text, line.start);
        }
        flow.trim_end();
        flow
    }

    /// Parts two lines: not behind a hyphen within a word, nor between characters of scripts without spaces.
    fn join(&mut self, next: &str) {
        let Some(last) = self.text.chars().next_back() else { return };
        let Some(first) = next.chars().find(|c| !is_nothing(*c)) else { return };
        let mut before = self.text.chars().rev().skip(1);
        let in_word = last == '-' && first.is_lowercase() && before.next().is_some_and(char::is_alphabetic);
        if last != ' ' && !in_word && !(is_unspaced(last) && is_unspaced(first)) {
            let end = self.sources.last().map_or(0, |source| source.1);
            self.push(' ', end, end);
        }
    }

    fn take(&mut self, text: &str, base: usize) {
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
                c if is_nothing(c) => continue,
                c => c,
            };
            self.push(clean, small(start), small(end));
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

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Where bytes of the text are in the copy. Nothing is where the text begins.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        let start =
            self.sources.get(range.start).or(self.sources.last()).map_or(0, |source| source.0 as usize);
        let end = range.end.checked_sub(1).and_then(|last| self.sources.get(last));
        start..end.map_or(start, |source| source.1 as usize).max(start)
    }

    /// Where all of it is in the copy.
    pub(super) fn whole(&self) -> Range<usize> {
        self.source(0..self.text.len())
    }

    /// A part of it, without spaces around. The range is on borders of characters.
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

/// Whether a character stands for nothing: what steers a terminal or a line of a wire.
pub(super) fn is_nothing(c: char) -> bool {
    c.is_control() && !c.is_whitespace() || matches!(c, '\u{feff}' | '\u{ad}' | '\u{200b}')
}

/// Whether a character of copy is to be seen, so that it must not be lost.
pub(super) fn is_seen(c: char) -> bool {
    !c.is_whitespace() && !is_nothing(c)
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

fn small(at: usize) -> u32 {
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
        Flow::of(copy, &lines)
    }

    #[test]
    fn text_flows_over_lines() {
        assert_eq!(
            flow("  The  state-\nowned\u{a0}port\x02 of\n``Oslo''  ").text(),
            "The state-owned port of “Oslo”"
        );
        assert_eq!(flow("北京\n天津").text(), "北京天津");
        assert_eq!(flow("10-\n12").text(), "10- 12");
        assert!(flow(" \n\x01\n").is_empty());
    }

    #[test]
    fn each_character_knows_where_it_came_from() {
        let copy = " ``A''\n  b  c ";
        let flow = flow(copy);
        assert_eq!(flow.text(), "“A” b c");
        assert_eq!(&copy[flow.source(0.."“A”".len())], "``A''");
        assert_eq!(&copy[flow.whole()], "``A''\n  b  c");
        let part = flow.part("“A”".len()..flow.text().len());
        assert_eq!((part.text(), &copy[part.whole()]), ("b c", "b  c"));
    }
}
