//! Copy → paragraphs, whether separated by blank lines, one on a line, indented or hard-wrapped.

use std::ops::Range;

use super::flow::{Flow, is_invisible};
use super::{dateline, labels, rules};

/// A paragraph, or a line of its own.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Its text.
    pub(super) flow: Flow,
    /// Its lines as ranges of the copy.
    pub(super) lines: Vec<Range<usize>>,
    /// Whether it follows a blank line or begins the copy.
    pub(super) is_apart: bool,
}

impl Block {
    /// Reduces the block to a range of its text.
    pub(super) fn keep(&mut self, range: Range<usize>) {
        self.flow = self.flow.part(range);
        let kept = self.flow.whole();
        self.lines.retain(|line| !self.flow.is_empty() && line.start < kept.end && line.end > kept.start);
        if let Some(first) = self.lines.first_mut() {
            first.start = first.start.max(kept.start);
        }
        if let Some(last) = self.lines.last_mut() {
            last.end = last.end.min(kept.end);
        }
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        self.flow.text()
    }
}

/// A line with visible text.
struct Line {
    span: Range<usize>,
    indent: usize,
    /// Characters from the margin to the end of the line.
    width: usize,
    is_apart: bool,
}

/// The paragraphs of a range of the copy.
pub(super) fn blocks(copy: &str, range: Range<usize>) -> Vec<Block> {
    let lines = lines(copy, range);
    let wrap = Wrap::detect(copy, &lines);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Vec<Range<usize>> = Vec::new();
    let mut is_apart = true;
    for (index, line) in lines.iter().enumerate() {
        let is_continued = index.checked_sub(1).is_some_and(|before| {
            !line.is_apart && wrap.as_ref().is_some_and(|wrap| wrap.continues(copy, &lines[before], line))
        });
        if !is_continued && !open.is_empty() {
            let lines = std::mem::take(&mut open);
            blocks.push(Block { flow: Flow::new(copy, &lines), lines, is_apart });
        }
        if open.is_empty() {
            is_apart = line.is_apart;
        }
        open.push(line.span.clone());
    }
    if !open.is_empty() {
        blocks.push(Block { flow: Flow::new(copy, &open), lines: open, is_apart });
    }
    blocks
}

fn lines(copy: &str, range: Range<usize>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = range.start;
    let mut is_apart = true;
    for whole in copy.get(range).unwrap_or_default().split('\n') {
        let is_blank = |c: char| c.is_whitespace() || is_invisible(c);
        let text = whole.trim_matches(is_blank);
        if text.is_empty() {
            is_apart = true;
        } else if !rules::PAGE_HEADER.is_match(text) {
            let start = at + (whole.len() - whole.trim_start_matches(is_blank).len());
            let before = whole[..start - at].chars().filter(|c| !is_invisible(*c));
            let indent = before.map(|c| if c == '\t' { 8 } else { 1 }).sum();
            let width = indent + text.chars().count();
            lines.push(Line { span: start..start + text.len(), indent, width, is_apart });
            is_apart = false;
        }
        at += whole.len() + 1;
    }
    lines
}

/// How copy is hard-wrapped.
struct Wrap {
    /// Characters in a full line.
    width: usize,
    /// The indent that starts a paragraph, if paragraphs are indented.
    by_indent: Option<usize>,
}

impl Wrap {
    /// Copy is wrapped if most lines are so full that the first word of the next line would not have fitted.
    fn detect(copy: &str, lines: &[Line]) -> Option<Self> {
        let pairs: Vec<(&Line, &Line)> = lines.windows(2).map(|pair| (&pair[0], &pair[1])).collect();
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, next)| !next.is_apart).collect();
        let mut widths: Vec<usize> = pairs.iter().map(|(line, _)| line.width).collect();
        widths.sort_unstable();
        let width = *widths.get(widths.len() * 9 / 10)?;
        let is_longer = |line: &Line| line.width > 100 && line.width * 10 > width * 16;
        // Where a paragraph is one long line, short lines above it are a head, not wrapped text.
        if lines.iter().any(|line| is_longer(line) && ends_sentence(&copy[line.span.clone()])) {
            return None;
        }
        // Lines of headers and lists do not show how text is wrapped.
        let pairs: Vec<_> = pairs.into_iter().filter(|(line, _)| line.width * 2 > width).collect();
        let ends = |line: &Line| ends_sentence(copy.get(line.span.clone()).unwrap_or_default());
        let is_full =
            |(line, next): &&(&Line, &Line)| line.width + 1 + first_word(copy, next) + width / 12 > width;
        let full = pairs.iter().filter(is_full).count();
        let ended = pairs.iter().filter(is_full).filter(|(line, _)| ends(line)).count();
        let text = |line: &Line| copy.get(line.span.clone()).unwrap_or_default();
        let breaks_sentence = |(line, next): &&(&Line, &Line)| {
            !ends(line) && line.width * 10 > width * 6 && text(next).starts_with(char::is_lowercase)
        };
        let broken = pairs.iter().filter(breaks_sentence).count();
        let is_wrapped =
            full * 2 >= pairs.len() && ended * 10 <= full * 4 || broken > 0 && broken * 6 >= pairs.len();
        if !(30..=200).contains(&width) || !is_wrapped {
            return None;
        }
        let margin = lines.iter().map(|line| line.indent).min().unwrap_or_default();
        let indented = pairs.iter().filter(|(_, next)| next.indent >= margin + 2).count();
        let by_indent = (indented > 0 && indented * 2 < pairs.len()).then_some(margin + 2);
        Some(Self { width, by_indent })
    }

    /// Whether a paragraph continues from one line to the next.
    fn continues(&self, copy: &str, line: &Line, next: &Line) -> bool {
        let text = |line: &Line| copy.get(line.span.clone()).unwrap_or_default();
        let is_short = line.width * 10 < self.width * 6;
        let ends = text(line).ends_with('<') || is_short && text(line).ends_with('=') || is_rule(text(line));
        let is_label = |line: &Line| labels::parse_line(text(line)).is_some();
        let has_columns = |line: &Line| text(line).contains("   ") || text(line).contains('\t');
        if has_columns(line) || has_columns(next) {
            return false;
        }
        if rules::PARAGRAPH_START.is_match(text(next)) || ends || is_label(line) || is_label(next) {
            return false;
        }
        let is_item = text(line).starts_with(['*', '•', '-', '–']);
        if next.indent >= line.indent + 3 && !is_item || dateline::find(text(next)).is_some() {
            return false;
        }
        let would_be = line.width + 1 + first_word(copy, next);
        if let Some(indent) = self.by_indent {
            let follows = next.indent < indent || line.indent > next.indent;
            return follows && would_be * 2 > self.width;
        }
        let room = if ends_sentence(text(line)) { self.width / 24 } else { self.width * 3 / 10 };
        would_be + room > self.width
    }
}

fn first_word(copy: &str, line: &Line) -> usize {
    let text = copy.get(line.span.clone()).unwrap_or_default();
    text.split_whitespace().next().map_or(0, |word| word.chars().count())
}

/// Whether a text ends like a sentence.
pub(super) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '”', '’', '\'', ')', ']', '»', '“']);
    text.ends_with(['.', '?', '!', '…', '。', '؟', '！', '？', ';', '·', ':']) && !text.is_empty()
}

/// Whether a line is a rule between sections.
pub(super) fn is_rule(text: &str) -> bool {
    let marks: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    marks.len() >= 3 && marks.iter().all(|c| matches!(c, '_' | '*' | '-' | '=' | '~' | '—') && *c == marks[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(copy: &str) -> Vec<String> {
        blocks(copy, 0..copy.len()).iter().map(|block| block.text().to_owned()).collect()
    }

    #[test]
    fn paragraphs_are_separated_by_blank_lines_or_one_on_a_line() {
        assert_eq!(texts("A\n\n\nB b.\n\x01\nC"), ["A", "B b.", "C"]);
        let long =
            "This paragraph is one long line, as editing systems of today send it, and it ends with a stop.";
        assert_eq!(texts(&format!("Headline\n{long}\n{long}\n")), ["Headline", long, long]);
        assert!(texts("").is_empty() && texts(" \n\t\n").is_empty());
    }

    const WRAPPED: &str = "\
HARBOUR GETS A NEW CLOCK
The clock of the harbour was taken down on Monday so that it can be
cleaned, and another is to show the time, it said.
Ferries leave as they always did. Nobody is to miss one for want of a
clock, a spokesman said.
The old one goes back up in May.
";

    #[test]
    fn hard_wrapped_copy_is_unwrapped() {
        let found = texts(WRAPPED);
        assert_eq!(found.len(), 4, "{found:#?}");
        assert_eq!(found[0], "HARBOUR GETS A NEW CLOCK");
        assert!(found[1].starts_with("The clock of") && found[1].ends_with("it said."), "{found:#?}");
        assert!(found[2].starts_with("Ferries") && found[2].ends_with("spokesman said."));
    }

    #[test]
    fn indented_lines_start_paragraphs_in_copy_that_indents_them() {
        let copy = "   The clock of the harbour was taken down on Monday so that it can be\ncleaned, and another shows the time until then, as the port said.\n   Ferries leave as they always did and nobody is to miss one for want\nof a clock.\n";
        let found = texts(copy);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].ends_with("port said.") && found[1].ends_with("clock."));
    }

    #[test]
    fn rows_of_columns_are_not_joined() {
        let row = "Savanna Bank and Trust Company of the East       41.25     38.50\n";
        let found = texts(&format!("{WRAPPED}\n{}", row.repeat(8)));
        assert_eq!(found.iter().filter(|text| text.starts_with("Savanna")).count(), 8, "{found:#?}");
    }

    #[test]
    fn bullets_and_short_lines_are_not_joined_in_wrapped_copy() {
        let copy = format!(
            "{WRAPPED}* first of the points, which is quite long as points go in lists\n* second\nNorth 3 South 1\nEast 0 West 0\n"
        );
        let found = texts(&copy);
        assert_eq!(
            &found[4..],
            [
                "* first of the points, which is quite long as points go in lists",
                "* second",
                "North 3 South 1",
                "East 0 West 0"
            ]
        );
    }
}
