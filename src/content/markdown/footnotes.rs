//! Footnotes: collected from the text, numbered by first reference and rendered as a list at its end.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, TagEnd, html};

/// The footnotes of a text. Their ids have underscores, which ids of headings do not have.
#[derive(Default)]
pub(super) struct Footnotes<'a> {
    notes: Vec<Note<'a>>,
    by_label: HashMap<String, usize>,
    /// The note that is read, and where its events begin among those of the text.
    open: Option<(usize, usize)>,
}

#[derive(Default)]
struct Note<'a> {
    events: Vec<Event<'a>>,
    references: usize,
}

impl<'a> Footnotes<'a> {
    fn number(&mut self, label: &str) -> usize {
        if let Some(&index) = self.by_label.get(label) {
            return index;
        }
        self.notes.push(Note::default());
        self.by_label.insert(label.to_owned(), self.notes.len() - 1);
        self.notes.len() - 1
    }

    /// The link for a reference in the text.
    pub(super) fn refer(&mut self, label: &str) -> String {
        let index = self.number(label);
        self.notes[index].references += 1;
        let id = reference_id(index, self.notes[index].references);
        let number = index + 1;
        format!("<sup><a href=\"#fn_{number}\" id=\"{id}\" role=\"doc-noteref\">{number}</a></sup>")
    }

    /// Begins a definition, to which all events from `at` on belong.
    pub(super) fn open(&mut self, label: &str, at: usize) {
        let index = self.number(label);
        self.open = Some((index, at));
    }

    /// Ends a definition and moves its events out of the text.
    pub(super) fn close(&mut self, out: &mut Vec<Event<'a>>) {
        if let Some((index, at)) = self.open.take() {
            self.notes[index].events.extend(out.drain(at.min(out.len())..));
        }
    }

    /// Appends the list of notes.
    pub(super) fn push_html(self, out: &mut String) {
        if self.notes.is_empty() {
            return;
        }
        out.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
        for (index, note) in self.notes.into_iter().enumerate() {
            out.push_str(&format!("<li id=\"fn_{}\">", index + 1));
            let back = back_links(index, 1..note.references + 1);
            let mut events = note.events;
            let end = match events.last() {
                Some(Event::End(TagEnd::Paragraph)) => events.len() - 1,
                _ => events.len(),
            };
            events.insert(end, Event::InlineHtml(back.into()));
            html::push_html(out, events.into_iter());
            out.push_str("</li>\n");
        }
        out.push_str("</ol>\n</div>\n");
    }
}

fn reference_id(index: usize, nth: usize) -> String {
    match nth {
        1 => format!("fnref_{}", index + 1),
        _ => format!("fnref_{}_{nth}", index + 1),
    }
}

fn back_links(index: usize, references: Range<usize>) -> String {
    references
        .map(|nth| format!(" <a href=\"#{}\" role=\"doc-backlink\">↩</a>", reference_id(index, nth)))
        .collect()
}
