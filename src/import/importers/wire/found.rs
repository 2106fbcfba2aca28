//! What was found in copy, each thing with its place in it.

use std::ops::Range;

use super::super::super::Confidence;
use super::flow::{Flow, is_seen};
use super::layout::Block;
use crate::time::Day;

/// A text of the copy, where it stands, and how sure it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) text: String,
    /// Bytes of the copy.
    pub(super) span: Range<usize>,
    pub(super) sure: Confidence,
}

/// A picture's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Caption {
    pub(super) caption: Option<Part>,
    pub(super) credit: Option<Part>,
}

/// A name of a byline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Author {
    pub(super) name: Part,
}

/// When a story is from, as far as the copy tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum When {
    /// A day, its year perhaps not.
    Day(Day),
    /// An instant or a date as front matter has it.
    Exact(String),
}

/// All that was found beside the text.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) kicker: Option<Part>,
    pub(super) title: Option<Part>,
    pub(super) deck: Option<Part>,
    pub(super) captions: Vec<Caption>,
    pub(super) authors: Vec<Author>,
    /// Who reported, by the sign-off.
    pub(super) reporters: Vec<Author>,
    pub(super) dateline: Option<Part>,
    pub(super) when: Vec<(When, Range<usize>)>,
    /// Names of a `Source:` line.
    pub(super) sources: Vec<Part>,
    /// Who signs datelines and bylines.
    pub(super) signed: Vec<Part>,
    /// For the desk.
    pub(super) notes: Vec<Part>,
    pub(super) urgency: Option<(u8, Range<usize>)>,
    /// All that is said of an embargo.
    pub(super) embargoes: Vec<Part>,
    pub(super) withdrawn: Option<Range<usize>>,
    pub(super) genre: Option<(&'static str, Range<usize>)>,
    /// A correction, and what it says.
    pub(super) correction: Option<(&'static str, Part)>,
    /// The paragraph that tells readers of a correction.
    pub(super) told: Option<Block>,
    pub(super) slugline: Option<Part>,
    /// Of a mail.
    pub(super) subject: Option<Part>,
    /// Each piece of the copy that is spoken for, and what it became.
    pub(super) taken: Vec<(Range<usize>, &'static str)>,
}

impl Found {
    /// Takes a stretch of the copy.
    pub(super) fn take(&mut self, span: Range<usize>, to: &'static str) {
        if !span.is_empty() {
            self.taken.push((span, to));
        }
    }

    /// Takes a part of a flow for a field; what is around it within the flow is left out.
    pub(super) fn part(
        &mut self,
        flow: &Flow,
        range: Range<usize>,
        to: &'static str,
        sure: Confidence,
    ) -> Part {
        let part = flow.part(range);
        let span = part.whole();
        self.take(span.clone(), to);
        Part { text: part.text().to_owned(), span, sure }
    }

    /// Takes nothing more from a stretch that was taken: the story says the same already.
    pub(super) fn leave_out(&mut self, span: &Range<usize>) {
        for (taken, to) in &mut self.taken {
            if taken == span {
                *to = "left-out";
            }
        }
    }

    /// Takes a whole flow as a note to the desk.
    pub(super) fn note(&mut self, flow: &Flow) {
        let note = self.part(flow, 0..flow.text().len(), "ednote", Confidence::Explicit);
        self.notes.push(note);
    }

    /// All pieces in order: what is taken, and what is to be seen between, which is left out.
    pub(super) fn pieces(&self, copy: &str) -> Vec<(Range<usize>, &'static str)> {
        let mut taken = self.taken.clone();
        taken.sort_by_key(|(span, _)| (span.start, span.end));
        let mut pieces: Vec<(Range<usize>, &'static str)> = Vec::with_capacity(taken.len());
        let mut at = 0;
        let end = (copy.len()..copy.len(), "left-out");
        for (span, to) in taken.into_iter().chain([end]) {
            let span = span.start.max(at)..span.end.max(at);
            let between = copy.get(at..span.start).unwrap_or_default();
            if between.chars().any(is_seen) {
                let start = at + (between.len() - between.trim_start_matches(|c| !is_seen(c)).len());
                let end = at + between.trim_end_matches(|c| !is_seen(c)).len();
                pieces.push((start..end, "left-out"));
            }
            let gap = pieces.last().map_or(0..0, |(last, _)| last.end..span.start);
            let is_one = to == "body" && !copy.get(gap).unwrap_or_default().chars().any(is_seen);
            at = span.end;
            match pieces.last_mut() {
                // Lines of one text are one piece.
                Some((last, what)) if is_one && *what == to => last.end = span.end.max(last.end),
                _ if !span.is_empty() => pieces.push((span, to)),
                _ => {}
            }
        }
        pieces
    }
}
