//! The text of an article → Markdown for the new site: first its shortcodes, then its links.

use super::edits::{Edits, OffsetMap};
use super::kramdown::{self, Conversion};
use super::links::LinkUse;
use super::template_tags::Delimiters;
use super::{ArticleContext, TagContext};
use crate::content::markdown::{ReferenceKind, destinations, scrubbed, texts};
use crate::import::front::Front;
use crate::import::shortcodes::Syntax;
use crate::import::shortcodes::replace::{Replacer, TagReport, is_in};
use crate::import::story::Story;

/// The limit of remarks of one kind per text.
const MAX_REMARKS: usize = 20;

/// Stands for a literal brace until all tags are replaced.
pub(in crate::import) const BRACE: char = '\u{1}';

impl ArticleContext<'_> {
    /// Converts the text of an article, which follows `front` in the file.
    pub(super) fn convert_body(&self, story: &mut Story, front: &Front, body: &str) {
        let (text, before) = self.convert_markup(story, front, body);
        let prepared = self.generator.wrap_html(self.path, &text);
        // Wrapping moves whole lines of HTML, so places are no longer known.
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
            story.remark("import/runs-code", format!("{what} was removed because it could run code"), None);
            limit.keep(story);
        }
        limit.finish(story);
        story.body = format!("{}\n", text.trim_matches('\n').trim_end());
    }

    /// Converts the markup of the generator. Also returns how to map a place back through each step.
    fn convert_markup(&self, story: &mut Story, front: &Front, body: &str) -> (String, Vec<OffsetMap>) {
        let (path, page, map) = (self.path, self.page, self.import.map);
        let context = TagContext { path, front, page, map, articles: self.archive };
        let (text, evaluated) = self.generator.evaluate_templates(body, &context).apply(body);
        let place = |at| front.body + evaluated.original(at);
        let (text, marked) = self.convert_tags(story, &text, &context, &place).apply(&text);
        let (text, restored) = restore_braces(&text).apply(&text);
        let is_markdown = self.generator.wrap_html(path, "").is_none();
        let Conversion { edits, abbreviations } = if is_markdown {
            kramdown::convert(&text, self.generator.is_kramdown())
        } else {
            Conversion::default()
        };
        let (text, tidied) = edits.apply(&text);
        let (text, abbreviated) = kramdown::expand_abbreviations(&text, &abbreviations).apply(&text);
        (text, vec![evaluated, marked, restored, tidied, abbreviated])
    }

    /// Replaces shortcodes and template tags, and reports those that stay.
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
            let short: String = name.chars().take(40).collect();
            let (code, what) = match (is_liquid, kind) {
                (false, _) => ("import/shortcode", "shortcode"),
                (true, Delimiters::Output) => ("import/liquid", "Liquid value"),
                (true, _) => ("import/liquid", "Liquid tag"),
            };
            let about = if is_liquid && kind == Delimiters::Output { liquid_root(&name) } else { name };
            story.remark_about(
                code,
                about,
                format!("the {what} `{short}` stays in the text, where readers would see it"),
                at,
            );
            limit.keep(story);
        }
        limit.finish(story);
        edits
    }
}

/// The name that Liquid values are counted by: `release.url.gz` counts as `release`, `page.image.alt` as `page.image`.
fn liquid_root(name: &str) -> String {
    let parts = if name.starts_with("site.") || name.starts_with("page.") { 2 } else { 1 };
    match name.chars().next() {
        Some('"' | '\'') => "\"…\"".to_owned(),
        _ => name.split('.').take(parts).collect::<Vec<_>>().join("."),
    }
}

/// Restores literal braces, escaped where they would start a tag.
fn restore_braces(text: &str) -> Edits {
    let mut edits = Edits::default();
    let prose = if text.contains(BRACE) { texts(text) } else { Vec::new() };
    for (at, _) in text.match_indices(BRACE) {
        let is_tag = text.get(at + 1..).is_some_and(|rest| rest.starts_with([BRACE, '{', '%', ':']));
        edits.replace(at..at + 1, if is_tag && is_in(&prose, at) { "\\{" } else { "{" });
    }
    edits
}

/// Keeps the first remarks of a kind and counts the rest.
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
        story.remarks.len() >= self.from + MAX_REMARKS
    }

    fn keep(&mut self, story: &mut Story) {
        self.more += story.remarks.len().saturating_sub(self.from + MAX_REMARKS);
        story.remarks.truncate(self.from + MAX_REMARKS);
    }

    fn finish(self, story: &mut Story) {
        if self.more > 0 {
            let code = story.remarks.last().map_or("import/shortcode", |last| last.code);
            story.remark(code, format!("{} more {} like this", self.more, self.what), None);
        }
    }
}
