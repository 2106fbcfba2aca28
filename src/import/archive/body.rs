//! The text of an article → the same for bulletin: shortcodes, then links.

use super::edits::Edits;
use super::links::Use;
use super::marks::{self, Kind, Mark};
use super::{Asked, Context, Dialect};
use crate::content::markdown::{ReferenceKind, destinations, scrubbed};
use crate::import::story::Story;

/// Most remarks of a kind for one text.
const MOST: usize = 20;

impl<D: Dialect> Context<'_, D> {
    /// Puts a text into a story. It begins at a byte of the file.
    pub(super) fn body(&self, story: &mut Story, body: &str, start: usize) {
        let (text, before_marks) = self.without_marks(story, body, start).apply(body);
        let prepared = self.dialect.prepare(self.path, &text);
        // Places are lost then, but for whole lines of HTML nobody misses them.
        let is_same = prepared.is_none();
        let text = prepared.unwrap_or(text);
        let mut edits = Edits::default();
        let mut found = destinations(&text).all;
        found.retain(|one| one.span.is_some());
        found.sort_by_key(|one| one.span.clone().map_or(0, |span| span.start));
        let mut few = Few::new(story, "links and pictures");
        for one in found {
            let Some(span) = one.span else { continue };
            let usage = if one.kind == ReferenceKind::Image { Use::Picture } else { Use::Link };
            let place = start + before_marks.place(span.start)..start + before_marks.place(span.end);
            let is_wanted = is_same && !few.is_full(story);
            let at = || is_wanted.then(|| self.lines.at(place.clone()));
            if let Some(new) = self.destination(story, &one.means, usage, &at)
                && new != one.means
            {
                edits.put(span, new);
            }
            few.keep(story);
        }
        few.finish(story);
        let (text, _) = edits.apply(&text);
        let (text, dropped) = scrubbed(&text);
        let mut few = Few::new(story, "pieces of raw HTML");
        for what in dropped {
            story.remark(
                "import/runs-code",
                format!("{what} is left out, as it could run code on the page"),
                None,
            );
            few.keep(story);
        }
        few.finish(story);
        story.body = format!("{}\n", text.trim_matches('\n').trim_end());
    }

    /// What is to be done with the shortcodes and tags of a text. Those that stay are said.
    fn without_marks(&self, story: &mut Story, text: &str, start: usize) -> Edits {
        let mut edits = Edits::default();
        let found = marks::find(text, self.dialect.marks());
        if found.is_empty() {
            return edits;
        }
        let code = destinations(text).code;
        let mut few = Few::new(story, "shortcodes and tags");
        let mut unclosed = Vec::new();
        let mut next = 0;
        while let Some(mark) = found.get(next) {
            next += 1;
            if let Some((closing, (open, close))) = self.block(text, &found, next, &mut unclosed) {
                edits.put(mark.range.clone(), open);
                // In a listing of Liquid there is `raw` around the text.
                let inner = found[next..closing].iter().filter(|inner| mark.name() != "raw" && is_raw(inner));
                inner.for_each(|inner| edits.put(inner.range.clone(), ""));
                edits.put(found[closing].range.clone(), close);
                next = closing + 1;
                continue;
            }
            if is_in(&code, mark.range.start) && !mark.inner.starts_with("/*") {
                continue;
            }
            let asked = Asked {
                path: self.path,
                is_destination: is_destination(text, mark.range.start),
                is_continued: text.get(..mark.range.start).is_some_and(|before| before.ends_with("}}")),
                is_alone: is_alone(text, mark),
                finder: self.archive,
            };
            if let Some(new) = self.dialect.convert(mark, &asked) {
                if let Some(words) = self.dialect.dropped(mark) {
                    let place = start + mark.range.start..start + mark.range.end;
                    let at = (!few.is_full(story)).then(|| self.lines.at(place));
                    story.remark("import/shortcode", words, at);
                    few.keep(story);
                }
                edits.put(mark.range.clone(), new);
            } else if !closes(mark.name()) {
                let (code, what) = self.words(mark);
                let place = start + mark.range.start..start + mark.range.end;
                let at = (!few.is_full(story)).then(|| self.lines.at(place));
                story.remark(code, format!("{what} is kept as it is; readers would see it"), at);
                few.keep(story);
            }
        }
        few.finish(story);
        edits
    }

    /// The closing mark of a block whose opening mark is the one before `next`, and what stands for both. Names of blocks that
    /// have no end any more are remembered.
    fn block<'m>(
        &self,
        text: &str,
        found: &'m [Mark<'_>],
        next: usize,
        unclosed: &mut Vec<&'m str>,
    ) -> Option<(usize, (String, String))> {
        let mark = found.get(next.checked_sub(1)?)?;
        if mark.kind != Kind::Tag || !self.dialect.has_block(mark.name()) || unclosed.contains(&mark.name()) {
            return None;
        }
        let end = format!("end{}", mark.name());
        let Some(closing) = found.get(next..)?.iter().position(|mark| mark.name() == end) else {
            unclosed.push(mark.name());
            return None;
        };
        let closing = next + closing;
        let content = text.get(mark.range.end..found[closing].range.start)?;
        Some((closing, self.dialect.block(mark, content)?))
    }

    fn words(&self, mark: &Mark<'_>) -> (&'static str, String) {
        let name: String = mark.name().chars().take(40).collect();
        match mark.kind {
            Kind::Attributes => ("import/kramdown", "the attribute list `{:` of kramdown".to_owned()),
            _ if self.dialect.is_liquid() => ("import/liquid", format!("`{name}` of Liquid")),
            _ => ("import/shortcode", format!("the shortcode `{name}`")),
        }
    }
}

/// Keeps the first remarks of a kind, and counts the others.
struct Few {
    from: usize,
    more: usize,
    what: &'static str,
}

impl Few {
    fn new(story: &Story, what: &'static str) -> Self {
        Self { from: story.remarks.len(), more: 0, what }
    }

    fn is_full(&self, story: &Story) -> bool {
        story.remarks.len() >= self.from + MOST
    }

    fn keep(&mut self, story: &mut Story) {
        self.more += story.remarks.len().saturating_sub(self.from + MOST);
        story.remarks.truncate(self.from + MOST);
    }

    fn finish(self, story: &mut Story) {
        if self.more > 0 {
            let code = story.remarks.last().map_or("import/shortcode", |last| last.code);
            story.remark(code, format!("{} more {} are like this", self.more, self.what), None);
        }
    }
}

/// Whether a place is in one of some ranges, which are in order.
fn is_in(ranges: &[std::ops::Range<usize>], at: usize) -> bool {
    let behind = ranges.partition_point(|range| range.start <= at);
    behind.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|range| range.contains(&at))
}

fn is_raw(mark: &Mark<'_>) -> bool {
    mark.kind == Kind::Tag && matches!(mark.name(), "raw" | "endraw")
}

/// Whether a mark is the end of another, which has been said.
fn closes(name: &str) -> bool {
    name.starts_with('/') || name.starts_with("end")
}

/// Whether a place is where a destination begins, or behind other marks there.
fn is_destination(text: &str, start: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default();
    // As in `{{ site.url }}{{ site.baseurl }}`.
    for _ in 0..2 {
        let opening = before.ends_with("}}").then(|| before.rfind("{{")).flatten();
        before = opening.and_then(|at| before.get(..at)).unwrap_or(before);
    }
    ["](", "](<", "]: ", "=\"", "='"].iter().any(|sign| before.ends_with(sign))
}

/// Whether a mark is a paragraph of its own.
fn is_alone(text: &str, mark: &Mark<'_>) -> bool {
    let before = text.get(..mark.range.start).unwrap_or_default();
    // Only spaces are skipped: a line may be all of a long text.
    let rest = |text: &'_ str| text.len() - text.trim_start_matches([' ', '\t']).len();
    let behind = text.get(mark.range.end..).unwrap_or_default();
    let behind = behind.get(rest(behind)..).unwrap_or_default();
    let next = behind.strip_prefix('\n').map(|next| next.get(rest(next)..).unwrap_or_default());
    let ends = behind.is_empty() || next.is_some_and(|next| next.is_empty() || next.starts_with('\n'));
    ends && (before.is_empty() || before.ends_with("\n\n") || before == "\n")
}
