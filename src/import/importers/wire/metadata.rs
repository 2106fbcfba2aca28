//! What copy states besides its text, each piece with its place in the copy.

use std::ops::Range;

use super::agencies::is_agency;
use super::byline::{self, Byline};
use super::captions::PictureLine;
use super::days::Day;
use super::flow::{Flow, is_visible};
use super::layout::Block;
use crate::import::Confidence;

/// Text of the copy, its place and how certain its meaning is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    /// Bytes of the copy.
    pub(super) span: Range<usize>,
    pub(super) confidence: Confidence,
}

impl Excerpt {
    /// A range of a flow.
    pub(super) fn new(flow: &Flow, range: Range<usize>, confidence: Confidence) -> Self {
        let part = flow.part(range);
        Self { text: part.text().to_owned(), span: part.whole(), confidence }
    }
}

/// The caption and the credit of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Picture {
    pub(super) caption: Option<Excerpt>,
    pub(super) credit: Option<Excerpt>,
}

/// A date in the copy.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CopyDate {
    /// A day, perhaps without its year.
    Day(Day),
    /// An instant or a date, as front matter writes it.
    Exact(String),
}

/// All that copy states besides its text.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) kicker: Option<Excerpt>,
    pub(super) title: Option<Excerpt>,
    pub(super) deck: Option<Excerpt>,
    pub(super) pictures: Vec<Picture>,
    pub(super) authors: Vec<Excerpt>,
    /// The reporters that the sign-off names.
    pub(super) reporters: Vec<Excerpt>,
    pub(super) dateline: Option<Excerpt>,
    pub(super) dates: Vec<(CopyDate, Range<usize>)>,
    /// Names of a `Source:` line.
    pub(super) sources: Vec<Excerpt>,
    /// Agencies of datelines, bylines and signatures.
    pub(super) agencies: Vec<Excerpt>,
    /// Notes for the desk.
    pub(super) notes: Vec<Excerpt>,
    pub(super) urgency: Option<(u8, Range<usize>)>,
    /// Everything that states an embargo.
    pub(super) embargoes: Vec<Excerpt>,
    pub(super) withdrawn: Option<Range<usize>>,
    pub(super) genre: Option<(&'static str, Range<usize>)>,
    /// The kind of a correction, and its text.
    pub(super) correction: Option<(&'static str, Excerpt)>,
    /// The paragraph that informs readers of a correction.
    pub(super) correction_notice: Option<Block>,
    pub(super) slugline: Option<Excerpt>,
    /// The subject of a mail.
    pub(super) subject: Option<Excerpt>,
    /// Each claimed piece of the copy, and the field that it belongs to.
    pub(super) claimed: Vec<(Range<usize>, &'static str)>,
}

impl Metadata {
    /// Claims a range of the copy for a field.
    pub(super) fn claim(&mut self, span: Range<usize>, field: &'static str) {
        if !span.is_empty() {
            self.claimed.push((span, field));
        }
    }

    /// Claims a range of a flow for a field.
    pub(super) fn excerpt(
        &mut self,
        flow: &Flow,
        range: Range<usize>,
        field: &'static str,
        confidence: Confidence,
    ) -> Excerpt {
        let excerpt = Excerpt::new(flow, range, confidence);
        self.claim(excerpt.span.clone(), field);
        excerpt
    }

    /// Moves a claimed range to another field: to `left-out` if the story has its text already.
    pub(super) fn reassign(&mut self, span: &Range<usize>, field: &'static str) {
        self.claimed.iter_mut().filter(|(claimed, _)| claimed == span).for_each(|claim| claim.1 = field);
    }

    /// Claims a whole flow as a note for the desk.
    pub(super) fn note(&mut self, flow: &Flow) {
        let note = self.excerpt(flow, 0..flow.text().len(), "ednote", Confidence::Explicit);
        self.notes.push(note);
    }

    /// Claims a name of a byline.
    pub(super) fn author(&mut self, flow: &Flow, name: Range<usize>, confidence: Confidence) {
        let name = self.excerpt(flow, name, "authors", confidence);
        self.authors.push(Excerpt { text: byline::in_running_case(&name.text), ..name });
    }

    /// Claims a byline.
    pub(super) fn byline(&mut self, flow: &Flow, byline: Byline) {
        byline.names.into_iter().for_each(|name| self.author(flow, name, Confidence::Explicit));
        if let Some(employer) = byline.employer {
            self.employer(flow, employer);
        }
    }

    /// Claims the employer of an author as a source, if it is an agency, such as `PA` of `PA Political Correspondent`.
    pub(super) fn employer(&mut self, flow: &Flow, range: Range<usize>) {
        let job = flow.text().get(range.clone()).unwrap_or_default();
        let first = job.split(' ').next().unwrap_or_default();
        match [job, first].into_iter().find(|name| is_agency(name)).map(str::len) {
            Some(length) => self.agency(flow, range.start..range.start + length),
            None => {
                self.excerpt(flow, range, "left-out", Confidence::Explicit);
            }
        }
    }

    /// Claims the name of the agency that sent the copy.
    pub(super) fn agency(&mut self, flow: &Flow, name: Range<usize>) {
        let agency = self.excerpt(flow, name, "source", Confidence::Explicit);
        self.agencies.push(agency);
    }

    /// Claims the caption and the credit of a picture.
    pub(super) fn picture(&mut self, flow: &Flow, line: PictureLine) -> Picture {
        let mut claim = |range: Option<Range<usize>>, field, confidence| {
            range.map(|range| self.excerpt(flow, range, field, confidence))
        };
        Picture {
            caption: claim(line.caption, "image.caption", Confidence::Positional),
            credit: claim(line.credit, "image.credit", Confidence::Explicit),
        }
    }

    /// All pieces in order: what is claimed, and the visible text between, which is left out.
    pub(super) fn pieces(&self, copy: &str) -> Vec<(Range<usize>, &'static str)> {
        let mut claimed = self.claimed.clone();
        claimed.sort_by_key(|(span, _)| (span.start, span.end));
        let mut pieces: Vec<(Range<usize>, &'static str)> = Vec::with_capacity(claimed.len());
        let mut at = 0;
        let end = (copy.len()..copy.len(), "left-out");
        for (span, field) in claimed.into_iter().chain([end]) {
            let span = span.start.max(at)..span.end.max(at);
            let between = copy.get(at..span.start).unwrap_or_default();
            if between.chars().any(is_visible) {
                let start = at + (between.len() - between.trim_start_matches(|c| !is_visible(c)).len());
                let end = at + between.trim_end_matches(|c| !is_visible(c)).len();
                pieces.push((start..end, "left-out"));
            }
            let gap = pieces.last().map_or(0..0, |(last, _)| last.end..span.start);
            let is_one = field == "body" && !copy.get(gap).unwrap_or_default().chars().any(is_visible);
            at = span.end;
            match pieces.last_mut() {
                // Lines of one text are one piece.
                Some((last, before)) if is_one && *before == field => last.end = span.end.max(last.end),
                _ if !span.is_empty() => pieces.push((span, field)),
                _ => {}
            }
        }
        pieces
    }
}
