//! Liquid templates in a text → their output, as far as an archive can know it: values of settings and front matter, conditions
//! on them, included files, URLs of other articles. Everything else stays as it is.
//!
//! The existing crates render a template completely or not at all, and limit neither recursive includes nor the length of
//! values. [`values`] evaluates expressions.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;

use crate::content::markdown::destinations;
use crate::import::archive::body::BRACE;
use crate::import::archive::edits::Edits;
use crate::import::archive::template_tags::{self, Delimiters, TemplateTag};
use crate::import::archive::{Settings, TagContext, urls};
use crate::import::shortcodes::replace::{is_in, place_block};
use crate::import::shortcodes::{Replacement, ShortcodeCall, Syntax, fence, remove_blank_lines};

mod values;

use values::{Scope, to_text};

/// The delimiters of Liquid.
pub(super) const DELIMITERS: [Delimiters; 2] = [Delimiters::Output, Delimiters::Tag];
/// The depth limit of includes.
const DEEPEST: usize = 16;
/// The size limit of all includes of a text, in bytes.
const MOST: usize = 1 << 20;
/// Tags that have an end tag.
const BLOCKS: [&str; 9] =
    ["raw", "comment", "if", "unless", "case", "capture", "for", "tablerow", "highlight"];

/// What templates know about the site.
#[derive(Clone, Copy, Debug)]
pub(in crate::import) struct Site<'a> {
    pub(in crate::import) base: &'a str,
    pub(in crate::import) url: &'a str,
    /// The values of `site`. `None` if the templates are not Jekyll's.
    pub(in crate::import) settings: Option<&'a Settings>,
}

/// Evaluates what is known.
pub(in crate::import) fn evaluate(site: Site<'_>, text: &str, context: &TagContext<'_>) -> Edits {
    let scope = Scope { site, context, vars: BTreeMap::new(), include: None };
    Run { scope, depth: 0, left: MOST }.edits(text)
}

/// Whether a text consists of Liquid and the HTML around it.
pub(super) fn is_only_liquid(text: &str, kinds: &[Delimiters]) -> bool {
    let found = template_tags::find(text, kinds);
    let is_loop =
        |tag: &TemplateTag<'_>| tag.kind == Delimiters::Tag && matches!(tag.name(), "for" | "include");
    if !found.iter().any(is_loop) {
        return false;
    }
    let (mut others, mut at) = (String::new(), 0);
    for tag in &found {
        others.push_str(text.get(at..tag.range.start).unwrap_or_default());
        at = tag.range.end;
    }
    others.push_str(text.get(at..).unwrap_or_default());
    let mut is_tag = false;
    !others.chars().any(|c| {
        is_tag = c == '<' || is_tag && c != '>';
        !is_tag && c.is_alphanumeric()
    })
}

struct Run<'a> {
    scope: Scope<'a>,
    depth: usize,
    /// How many bytes may still be included.
    left: usize,
}

/// A text, its tags, and the index of each tag's end tag.
struct Source<'t> {
    text: &'t str,
    found: Vec<TemplateTag<'t>>,
    ends: Vec<Option<usize>>,
}

impl<'t> Source<'t> {
    fn new(text: &'t str) -> Self {
        let found = template_tags::find(text, &DELIMITERS);
        let mut ends = vec![None; found.len()];
        let mut open: Vec<(&str, usize)> = Vec::new();
        for index in 0..found.len() {
            let Some(tag) = found.get(index).filter(|tag| tag.kind == Delimiters::Tag) else { continue };
            // Raw text has no tags.
            if let Some((verbatim @ ("raw" | "comment"), _)) = open.last()
                && tag.name().strip_prefix("end") != Some(verbatim)
            {
                continue;
            }
            if let Some(name) = tag.name().strip_prefix("end") {
                let begin = open.iter().rev().take(32).position(|(other, _)| *other == name);
                if let Some(begin) = begin.map(|depth| open.len() - 1 - depth) {
                    ends[open[begin].1] = Some(index);
                    open.truncate(begin);
                }
            } else if let Some(name) = BLOCKS.iter().find(|name| **name == tag.name()) {
                open.push((name, index));
            }
        }
        Self { text, found, ends }
    }

    /// The text between a tag and its end tag.
    fn inner(&self, index: usize) -> Option<&'t str> {
        let end = self.found.get(self.ends.get(index).copied()??)?;
        self.text.get(self.found.get(index)?.range.end..end.range.start)
    }

    fn whole(&self, index: usize) -> Option<Range<usize>> {
        let tag = self.found.get(index)?;
        let end = self.ends.get(index).copied()?.and_then(|end| self.found.get(end));
        Some(tag.range.start..end.map_or(tag.range.end, |end| end.range.end))
    }
}

impl Run<'_> {
    fn edits(&mut self, text: &str) -> Edits {
        let mut edits = Edits::default();
        let source = Source::new(text);
        if source.found.is_empty() {
            return edits;
        }
        let code = destinations(text).code;
        let mut next = 0;
        while let Some(tag) = source.found.get(next) {
            let index = next;
            next += 1;
            let is_verbatim = tag.kind == Delimiters::Tag && matches!(tag.name(), "raw" | "highlight");
            if is_in(&code, tag.range.start) && !is_verbatim && !self.is_of_variable(tag) {
                continue;
            }
            let output = match tag.kind {
                Delimiters::Tag => self.tag(&source, index),
                _ => self.output(text, tag).map(|new| (tag.range.clone(), new)),
            };
            if let Some((range, new)) = output {
                while source.found.get(next).is_some_and(|tag| tag.range.start < range.end) {
                    next += 1;
                }
                edits.replace(range, new);
            }
        }
        edits
    }

    /// Whether a tag outputs a variable of the text itself. A code sample of Liquid has none.
    fn is_of_variable(&self, tag: &TemplateTag<'_>) -> bool {
        let name = tag.inner.split(['.', '|', ' ']).next().unwrap_or_default();
        tag.kind == Delimiters::Output && self.scope.vars.contains_key(name)
    }

    fn render(&mut self, text: &str) -> String {
        self.edits(text).apply(text).0
    }

    fn output(&self, text: &str, tag: &TemplateTag<'_>) -> Option<String> {
        let value = self.scope.value(tag.inner, place(text, tag.range.start))?;
        // Values are not templates.
        to_text(&value).map(|text| text.replace('{', &BRACE.to_string()))
    }

    fn tag(&mut self, source: &Source<'_>, index: usize) -> Option<(Range<usize>, String)> {
        let tag = source.found.get(index)?;
        let range = source.whole(index)?;
        let new = match tag.name() {
            "raw" => source.inner(index)?.replace('{', &BRACE.to_string()),
            "comment" => source.inner(index).map(|_| String::new())?,
            "highlight" => {
                let inner = listing(source.inner(index)?);
                let lang = tag.rest().split_whitespace().next().filter(|lang| *lang != "linenos");
                return place_block(source.text, range, &fence(&inner, lang.unwrap_or_default()));
            }
            "assign" => {
                let (name, value) = tag.rest().split_once('=')?;
                let value = self.scope.value(value, Place::default());
                self.scope.set(name.trim(), value).then(String::new)?
            }
            "capture" => {
                let text = self.render(source.inner(index)?);
                let value = template_tags::find(&text, &DELIMITERS).is_empty().then_some(Json::String(text));
                self.scope.set(tag.rest(), value).then(String::new)?
            }
            "if" | "unless" => {
                let branch = self.branch(source, index)?;
                self.render(&branch)
            }
            "for" => self.unroll_loop(source, index)?,
            "link" | "post_url" => self.url(source.text, tag)?,
            "include" | "include_relative" | "include_cached" => return self.include(source.text, tag),
            _ => return self.plugin(source.text, tag),
        };
        Some((range, new))
    }

    /// Selects the branch of a condition.
    fn branch(&self, source: &Source<'_>, index: usize) -> Option<String> {
        let tag = source.found.get(index)?;
        let end = source.ends.get(index).copied()??;
        let mut evaluate_condition = self.scope.evaluate_condition(tag.rest())? != (tag.name() == "unless");
        let mut start = tag.range.end;
        let mut next = index + 1;
        while next < end {
            let inner = source.found.get(next)?;
            let is_part = inner.kind == Delimiters::Tag && matches!(inner.name(), "else" | "elsif");
            if is_part {
                if evaluate_condition {
                    return source.text.get(start..inner.range.start).map(str::to_owned);
                }
                evaluate_condition = inner.name() == "else" || self.scope.evaluate_condition(inner.rest())?;
                start = inner.range.end;
            }
            next = source.ends.get(next).copied().flatten().unwrap_or(next) + 1;
        }
        let last = source.text.get(start..source.found.get(end)?.range.start)?;
        Some(if evaluate_condition { last.to_owned() } else { String::new() })
    }

    /// Unrolls a loop over known values: `for x in page.list`.
    fn unroll_loop(&mut self, source: &Source<'_>, index: usize) -> Option<String> {
        let parts: Vec<&str> = source.found.get(index)?.rest().split_whitespace().collect();
        let &[name, "in", list] = parts.as_slice() else { return None };
        let Json::Array(items) = self.scope.value(list, Place::default())? else { return None };
        let inner = source.inner(index)?;
        let mut output = String::new();
        for item in items {
            self.left = self.left.checked_sub(inner.len() + 64)?;
            let outer = self.scope.vars.insert(name.to_owned(), item);
            output.push_str(&self.render(inner));
            self.scope.set(name, outer);
        }
        (template_tags::find(&output, &DELIMITERS).is_empty() && output.len() <= MOST).then_some(output)
    }

    /// The URL of a `link` or `post_url`.
    fn url(&self, text: &str, tag: &TemplateTag<'_>) -> Option<String> {
        let (context, base) = (self.scope.context, self.scope.site.base);
        let file = match tag.name() {
            // A dot in the name of a post does not start an extension.
            "post_url" => context.articles.find_by_suffix(&format!("{}.md", tag.rest()))?.to_owned(),
            _ => tag.rest().trim_matches(['"', '\'', '/']).to_owned(),
        };
        let Some(url) = context.articles.article_url(&file) else {
            let is_file = tag.name() == "link" && urls::is_document(&file);
            return is_file.then(|| format!("/{}", urls::encode_destination(&file)));
        };
        // `{{ site.baseurl }}{% post_url x %}`
        let is_continued = place(text, tag.range.start).is_continued;
        let inner = url.strip_prefix(base).filter(|rest| is_continued && rest.starts_with('/'));
        Some(inner.map_or_else(|| url.clone(), str::to_owned))
    }

    /// Includes a file, unless the shortcode table has an entry for it.
    fn include(&mut self, text: &str, tag: &TemplateTag<'_>) -> Option<(Range<usize>, String)> {
        let (file, rest) = tag.rest().split_once(char::is_whitespace).unwrap_or((tag.rest(), ""));
        let values = self.scope.arguments(rest)?;
        let name = file.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        let texts: Option<Vec<_>> =
            values.iter().map(|(name, value)| Some((name.clone(), to_text(value)?))).collect();
        if let Some(output) =
            texts.and_then(|values| self.expand_by_table(&format!("include {name}"), &values))
        {
            return replace_tag(text, tag, output);
        }
        let path = match tag.name() {
            "include_relative" => urls::join(urls::split(self.scope.context.path).0, file),
            _ => format!("_includes/{file}"),
        };
        let content = self.scope.context.articles.read_text(&path)?;
        if self.depth >= DEEPEST || content.len() + 64 > self.left {
            return None;
        }
        self.left -= content.len() + 64;
        self.depth += 1;
        let outer = self.scope.include.replace(values.into_iter().collect());
        let content = content.strip_prefix("---\n---\n").unwrap_or(&content);
        let output = self.render(content);
        self.scope.include = outer;
        self.depth -= 1;
        if !template_tags::find(&output, &DELIMITERS).is_empty() || output.len() > MOST {
            return None;
        }
        let is_html = matches!(urls::stem(urls::split(file).1).1, "html" | "htm") && !output.contains("<pre");
        let output = if is_html { remove_blank_lines(&output) } else { output.trim().to_owned() };
        let is_block = output.contains('\n') || output.trim_start().starts_with('<');
        replace_tag(text, tag, Replacement { text: output, is_block })
    }

    /// Expands a plugin's tag by the shortcode table, if its arguments use variables.
    fn plugin(&self, text: &str, tag: &TemplateTag<'_>) -> Option<(Range<usize>, String)> {
        let is_variable =
            |value: &str| ["page.", "site.", "include."].iter().any(|root| value.starts_with(root));
        let values = template_tags::parse_arguments(tag.rest(), false)?;
        if !values.iter().any(|(_, value)| is_variable(value)) {
            return None;
        }
        let value = |(name, value): (&str, String)| {
            let known = if is_variable(&value) {
                to_text(&self.scope.value(&value, Place::default())?)?
            } else {
                value
            };
            Some((name.to_owned(), known))
        };
        let values: Option<Vec<_>> = values.into_iter().map(value).collect();
        replace_tag(text, tag, self.expand_by_table(tag.name(), &values?)?)
    }

    fn expand_by_table(&self, name: &str, values: &[(String, String)]) -> Option<Replacement> {
        let call = ShortcodeCall { syntax: Syntax::Jekyll, name, values: values.to_vec() };
        self.scope.context.map.expand(&call, None)
    }
}

fn replace_tag(text: &str, tag: &TemplateTag<'_>, output: Replacement) -> Option<(Range<usize>, String)> {
    if output.is_block {
        place_block(text, tag.range.clone(), &output.text)
    } else {
        Some((tag.range.clone(), output.text))
    }
}

/// The text of a listing, without `raw` tags around parts of it.
fn listing(inner: &str) -> String {
    let mut edits = Edits::default();
    let found = template_tags::find(inner, &[Delimiters::Tag]);
    let is_raw = |tag: &&TemplateTag<'_>| matches!(tag.name(), "raw" | "endraw");
    found.iter().filter(is_raw).for_each(|tag| edits.replace(tag.range.clone(), ""));
    let (text, _) = edits.apply(inner);
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    text.trim_matches('\n').replace('{', &BRACE.to_string())
}

/// Where a tag is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Whether a link destination begins here or just before.
    is_destination: bool,
    /// Whether it follows another tag immediately.
    is_continued: bool,
}

fn place(text: &str, start: usize) -> Place {
    let is_continued = text.get(..start).is_some_and(|before| before.ends_with("}}"));
    Place { is_destination: template_tags::is_destination(text, start), is_continued }
}
