//! The text of an article → the same for bulletin: shortcodes, then links.

use super::edits::{Edits, OffsetMap};
use super::kramdown::{self, Conversion};
use super::links::LinkUse;
use super::template_tags::Delimiters;
use super::{ArticleContext, Generator, TagContext};
use crate::content::markdown::{ReferenceKind, destinations, scrubbed, texts};
use crate::import::front::Front;
use crate::import::shortcodes::Syntax;
use crate::import::shortcodes::replace::{Replacer, TagReport, is_in};
use crate::import::story::Story;

/// Most remarks of a kind for one text.
const MOST: usize = 20;

/// What stands for a brace that is to be read as it is, until no more marks are looked for.
pub(in crate::import) const BRACE: char = '\u{1}';

impl<D: Generator> ArticleContext<'_, D> {
    /// Puts a text into a story. It is behind `front` in the file.
    pub(super) fn body(&self, story: &mut Story, front: &Front, body: &str) {
        let (text, before) = self.convert_markup(story, front, body);
        let prepared = self.generator.wrap_html(self.path, &text);
        // Places are lost then, but for whole lines of HTML nobody misses them.
        let is_same = prepared.is_none();
        let text = prepared.unwrap_or(text);
        let mut edits = Edits::default();
        let mut found = destinations(&text).all;
        found.retain(|one| one.span.is_some());
        found.sort_by_key(|one| one.span.clone().map_or(0, |span| span.start));
        let mut limit = RemarkLimit::new(story, "links and pictures");
        for one in found {
            let Some(span) = one.span else { continue };
            let usage = if one.kind == ReferenceKind::Image { LinkUse::Picture } else { LinkUse::Link };
            let was = |at| before.iter().rev().fold(at, |at, before| before.original(at));
            let place = front.body + was(span.start)..front.body + was(span.end);
            let is_wanted = is_same && !limit.is_full(story);
            let at = || is_wanted.then(|| self.lines.at(place.clone()));
            if let Some(new) = self.rewrite_destination(story, &one.means, usage, &at)
                && new != one.means
            {
                edits.replace(span, new);
            }
            limit.keep(story);
        }
        limit.finish(story);
        let (text, _) = edits.apply(&text);
        let (text, dropped) = scrubbed(&text);
        let mut limit = RemarkLimit::new(story, "pieces of raw HTML");
        for what in dropped {
            story.remark(
                "import/runs-code",
                format!("{what} is left out, as it could run code on the page"),
                None,
            );
            limit.keep(story);
        }
        limit.finish(story);
        story.body = format!("{}\n", text.trim_matches('\n').trim_end());
    }

    /// A text without the markup of its generator, and where each place of it was before each step.
    fn convert_markup(&self, story: &mut Story, front: &Front, body: &str) -> (String, Vec<OffsetMap>) {
        let (path, page, map) = (self.path, self.page, self.desk.map);
        let context = TagContext { path, front, page, map, articles: self.archive };
        let (text, evaluated) = self.generator.evaluate_templates(body, &context).apply(body);
        let place = |at| front.body + evaluated.original(at);
        let (text, marked) = self.convert_tags(story, &text, &context, &place).apply(&text);
        let (text, shown) = restore_braces(&text).apply(&text);
        let is_markdown = self.generator.wrap_html(path, "").is_none();
        let Conversion { edits, abbreviations } = if is_markdown {
            kramdown::convert(&text, self.generator.is_kramdown())
        } else {
            Conversion::default()
        };
        let (text, tidied) = edits.apply(&text);
        let (text, abbreviated) = kramdown::expand_abbreviations(&text, &abbreviations).apply(&text);
        (text, vec![evaluated, marked, shown, tidied, abbreviated])
    }

    /// What is to be done with the shortcodes and tags of a text. Those that stay are reported.
    fn convert_tags(
        &self,
        story: &mut Story,
        text: &str,
        context: &TagContext<'_>,
        place: &dyn Fn(usize) -> usize,
    ) -> Edits {
        let kinds = self.generator.delimiters();
        let is_liquid = self.generator.is_liquid();
        let syntax = match () {
            () if kinds.contains(&Delimiters::Angle) => Syntax::Hugo,
            () if is_liquid => Syntax::Jekyll,
            () => Syntax::Zola,
        };
        let own: &crate::import::shortcodes::replace::CustomTag<'_> =
            &|tag, text| self.generator.convert_tag(tag, text, context);
        let mut report = TagReport::default();
        let edits =
            Replacer { map: context.map, syntax, kinds, is_markdown: true, own }.edits(text, 0, &mut report);
        let mut limit = RemarkLimit::new(story, "shortcodes and tags");
        for (kind, name, range) in report.unresolved {
            let at = (!limit.is_full(story)).then(|| self.lines.at(place(range.start)..place(range.end)));
            let shown: String = name.chars().take(40).collect();
            let (code, what) = if is_liquid {
                ("import/liquid", format!("`{shown}` of Liquid"))
            } else {
                ("import/shortcode", format!("the shortcode `{shown}`"))
            };
            let about = if is_liquid && kind == Delimiters::Output { root_of(&name) } else { name };
            story.remark_about(code, about, format!("{what} is kept as it is; readers would see it"), at);
            limit.keep(story);
        }
        limit.finish(story);
        edits
    }
}

/// What values of Liquid are counted by: `release.url.gz` is of `release`, `page.image.alt` of `page.image`.
fn root_of(name: &str) -> String {
    let parts = if name.starts_with("site.") || name.starts_with("page.") { 2 } else { 1 };
    match name.chars().next() {
        Some('"' | '\'') => "\"…\"".to_owned(),
        _ => name.split('.').take(parts).collect::<Vec<_>>().join("."),
    }
}

/// Puts back braces that are to be read, with a backslash where they would be taken for a mark.
fn restore_braces(text: &str) -> Edits {
    let mut edits = Edits::default();
    let words = if text.contains(BRACE) { texts(text) } else { Vec::new() };
    for (at, _) in text.match_indices(BRACE) {
        let is_tag = text.get(at + 1..).is_some_and(|rest| rest.starts_with([BRACE, '{', '%', ':']));
        edits.replace(at..at + 1, if is_tag && is_in(&words, at) { "\\{" } else { "{" });
    }
    edits
}

/// Keeps the first remarks of a kind, and counts the others.
struct RemarkLimit {
    from: usize,
    more: usize,
    what: &'static str,
}

impl RemarkLimit {
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
