//! Templates of Liquid in a text → what they stand for, as far as an archive knows it: values of settings and front matter, conditions on
//! them, other files, URLs of other articles. What it does not know stays as it is.
//!
//! Own code, as crates render all of a template or nothing of it, and bound neither how deep files include each other nor how long values
//! become. [`values`] are the expressions.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;

use crate::content::markdown::destinations;
use crate::import::archive::body::BRACE;
use crate::import::archive::edits::Edits;
use crate::import::archive::template_tags::{self, Delimiters, TemplateTag};
use crate::import::archive::{Settings, TagContext, urls};
use crate::import::shortcodes::replace::{is_in, placed};
use crate::import::shortcodes::{Replacement, ShortcodeCall, Syntax, fenced, unbroken};

mod values;

use values::{Scope, to_text};

/// The kinds of marks of Liquid.
pub(super) const DELIMITERS: [Delimiters; 2] = [Delimiters::Output, Delimiters::Tag];
/// Deepest file that a file includes.
const DEEPEST: usize = 16;
/// Most bytes of all files that a text includes.
const MOST: usize = 1 << 20;
/// Tags that have an end.
const BLOCKS: [&str; 9] =
    ["raw", "comment", "if", "unless", "case", "capture", "for", "tablerow", "highlight"];

/// What a site says of itself.
#[derive(Clone, Copy, Debug)]
pub(in crate::import) struct Site<'a> {
    pub(in crate::import) base: &'a str,
    pub(in crate::import) url: &'a str,
    /// What `site` has in its templates. `None`: they are not those of Jekyll, and nobody knows.
    pub(in crate::import) settings: Option<&'a Settings>,
}

/// What is known of a text is put in its place.
pub(in crate::import) fn evaluate(site: Site<'_>, text: &str, context: &TagContext<'_>) -> Edits {
    let scope = Scope { site, context, vars: BTreeMap::new(), include: None };
    Run { scope, depth: 0, left: MOST }.edits(text)
}

/// Whether a text is nothing but Liquid and the HTML around it.
pub(super) fn is_all(text: &str, kinds: &[Delimiters]) -> bool {
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
    /// Bytes of files that may still be included.
    left: usize,
}

/// A text, its marks, and for each mark which one ends it.
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
            // What is raw has no marks.
            if let Some((verbatim @ ("raw" | "comment"), _)) = open.last()
                && tag.name().strip_prefix("end") != Some(verbatim)
            {
                continue;
            }
            if let Some(name) = tag.name().strip_prefix("end") {
                let begin = open.iter().rev().take(32).position(|(other, _)| *other == name);
                if let Some(begin) = begin.map(|behind| open.len() - 1 - behind) {
                    ends[open[begin].1] = Some(index);
                    open.truncate(begin);
                }
            } else if let Some(name) = BLOCKS.iter().find(|name| **name == tag.name()) {
                open.push((name, index));
            }
        }
        Self { text, found, ends }
    }

    /// The text between a mark and its end.
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
            let made = match tag.kind {
                Delimiters::Tag => self.tag(&source, index),
                _ => self.output(text, tag).map(|new| (tag.range.clone(), new)),
            };
            if let Some((range, new)) = made {
                while source.found.get(next).is_some_and(|tag| tag.range.start < range.end) {
                    next += 1;
                }
                edits.replace(range, new);
            }
        }
        edits
    }

    /// Whether it shows a variable of the text itself: what is like Liquid in a listing has none.
    fn is_of_variable(&self, tag: &TemplateTag<'_>) -> bool {
        let name = tag.inner.split(['.', '|', ' ']).next().unwrap_or_default();
        tag.kind == Delimiters::Output && self.scope.vars.contains_key(name)
    }

    fn rendered(&mut self, text: &str) -> String {
        self.edits(text).apply(text).0
    }

    fn output(&self, text: &str, tag: &TemplateTag<'_>) -> Option<String> {
        let value = self.scope.value(tag.inner, place(text, tag.range.start))?;
        // A value is no template.
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
                return placed(source.text, range, &fenced(&inner, lang.unwrap_or_default()));
            }
            "assign" => {
                let (name, value) = tag.rest().split_once('=')?;
                let value = self.scope.value(value, Place::default());
                self.scope.set(name.trim(), value).then(String::new)?
            }
            "capture" => {
                let text = self.rendered(source.inner(index)?);
                let value = template_tags::find(&text, &DELIMITERS).is_empty().then_some(Json::String(text));
                self.scope.set(tag.rest(), value).then(String::new)?
            }
            "if" | "unless" => {
                let branch = self.branch(source, index)?;
                self.rendered(&branch)
            }
            "for" => self.repeated(source, index)?,
            "link" | "post_url" => self.url(source.text, tag)?,
            "include" | "include_relative" | "include_cached" => return self.include(source.text, tag),
            _ => return self.plugin(source.text, tag),
        };
        Some((range, new))
    }

    /// The part of a condition that counts.
    fn branch(&self, source: &Source<'_>, index: usize) -> Option<String> {
        let tag = source.found.get(index)?;
        let end = source.ends.get(index).copied()??;
        let mut holds = self.scope.holds(tag.rest())? != (tag.name() == "unless");
        let mut start = tag.range.end;
        let mut next = index + 1;
        while next < end {
            let inner = source.found.get(next)?;
            let is_part = inner.kind == Delimiters::Tag && matches!(inner.name(), "else" | "elsif");
            if is_part {
                if holds {
                    return source.text.get(start..inner.range.start).map(str::to_owned);
                }
                holds = inner.name() == "else" || self.scope.holds(inner.rest())?;
                start = inner.range.end;
            }
            next = source.ends.get(next).copied().flatten().unwrap_or(next) + 1;
        }
        let last = source.text.get(start..source.found.get(end)?.range.start)?;
        Some(if holds { last.to_owned() } else { String::new() })
    }

    /// A loop over values that are known: `for x in page.list`.
    fn repeated(&mut self, source: &Source<'_>, index: usize) -> Option<String> {
        let words: Vec<&str> = source.found.get(index)?.rest().split_whitespace().collect();
        let &[name, "in", list] = words.as_slice() else { return None };
        let Json::Array(items) = self.scope.value(list, Place::default())? else { return None };
        let inner = source.inner(index)?;
        let mut made = String::new();
        for item in items {
            self.left = self.left.checked_sub(inner.len() + 64)?;
            let outer = self.scope.vars.insert(name.to_owned(), item);
            made.push_str(&self.rendered(inner));
            self.scope.set(name, outer);
        }
        (template_tags::find(&made, &DELIMITERS).is_empty() && made.len() <= MOST).then_some(made)
    }

    /// The URL that `link` and `post_url` give.
    fn url(&self, text: &str, tag: &TemplateTag<'_>) -> Option<String> {
        let (context, base) = (self.scope.context, self.scope.site.base);
        let file = match tag.name() {
            // A dot in the name of a post is no extension.
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

    /// What a file says, or the table for a file of that name.
    fn include(&mut self, text: &str, tag: &TemplateTag<'_>) -> Option<(Range<usize>, String)> {
        let (file, rest) = tag.rest().split_once(char::is_whitespace).unwrap_or((tag.rest(), ""));
        let values = self.scope.arguments(rest)?;
        let name = file.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        let texts: Option<Vec<_>> =
            values.iter().map(|(name, value)| Some((name.clone(), to_text(value)?))).collect();
        if let Some(made) = texts.and_then(|values| self.of_table(&format!("include {name}"), &values)) {
            return in_place(text, tag, made);
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
        let made = self.rendered(content);
        self.scope.include = outer;
        self.depth -= 1;
        if !template_tags::find(&made, &DELIMITERS).is_empty() || made.len() > MOST {
            return None;
        }
        let is_html = matches!(urls::stem(urls::split(file).1).1, "html" | "htm") && !made.contains("<pre");
        let made = if is_html { unbroken(&made) } else { made.trim().to_owned() };
        let is_block = made.contains('\n') || made.trim_start().starts_with('<');
        in_place(text, tag, Replacement { text: made, is_block })
    }

    /// A tag of a plugin that the table knows, with a value of the page in it.
    fn plugin(&self, text: &str, tag: &TemplateTag<'_>) -> Option<(Range<usize>, String)> {
        let is_variable =
            |value: &str| ["page.", "site.", "include."].iter().any(|root| value.starts_with(root));
        let values = template_tags::values(tag.rest(), false)?;
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
        in_place(text, tag, self.of_table(tag.name(), &values?)?)
    }

    fn of_table(&self, name: &str, values: &[(String, String)]) -> Option<Replacement> {
        let call = ShortcodeCall { syntax: Syntax::Jekyll, name, values: values.to_vec() };
        self.scope.context.map.expand(&call, None)
    }
}

fn in_place(text: &str, tag: &TemplateTag<'_>, made: Replacement) -> Option<(Range<usize>, String)> {
    if made.is_block {
        placed(text, tag.range.clone(), &made.text)
    } else {
        Some((tag.range.clone(), made.text))
    }
}

/// The text of a listing: there may be `raw` around parts of it.
fn listing(inner: &str) -> String {
    let mut edits = Edits::default();
    let found = template_tags::find(inner, &[Delimiters::Tag]);
    let is_raw = |tag: &&TemplateTag<'_>| matches!(tag.name(), "raw" | "endraw");
    found.iter().filter(is_raw).for_each(|tag| edits.replace(tag.range.clone(), ""));
    let (text, _) = edits.apply(inner);
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    text.trim_matches('\n').replace('{', &BRACE.to_string())
}

/// Where a mark stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// It is the destination of a link, or behind other marks there.
    is_destination: bool,
    /// Another mark is right in front of it.
    is_continued: bool,
}

fn place(text: &str, start: usize) -> Place {
    let is_continued = text.get(..start).is_some_and(|before| before.ends_with("}}"));
    Place { is_destination: template_tags::is_destination(text, start), is_continued }
}
