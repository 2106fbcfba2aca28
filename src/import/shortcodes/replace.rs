//! A text with shortcodes → edits that replace them, and a report of what is left.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{ShortcodeCall, ShortcodeMap, Syntax, brackets};
use crate::content::markdown::{self, destinations};
use crate::import::archive::edits::Edits;
use crate::import::archive::template_tags::{self, Delimiters, TemplateTag, parse_arguments};
use crate::import::html;

/// The depth limit of nested shortcodes.
const DEEPEST: usize = 16;

/// After this many failures, identical tags are not tried again.
const MANY: usize = 100;

/// Converts tags that no table can know: URLs of other articles, values of settings.
pub(in crate::import) type CustomTag<'a> = dyn Fn(&TemplateTag<'_>, &str) -> Option<String> + 'a;

/// How to replace the tags of a text.
pub(in crate::import) struct Replacer<'a> {
    pub(in crate::import) map: &'a ShortcodeMap,
    pub(in crate::import) syntax: Syntax,
    /// The delimiters to look for.
    pub(in crate::import) kinds: &'a [Delimiters],
    /// Whether the text is Markdown. That of WordPress is only after the import.
    pub(in crate::import) is_markdown: bool,
    pub(in crate::import) own: &'a CustomTag<'a>,
}

/// What happened to the tags of a text.
#[derive(Debug, Default)]
pub(in crate::import) struct TagReport {
    /// Tags that stay: delimiters, name and range.
    pub(in crate::import) unresolved: Vec<(Delimiters, String, Range<usize>)>,
    /// How many tags were replaced, by name.
    pub(in crate::import) replaced: HashMap<String, usize>,
}

impl Replacer<'_> {
    /// Returns the edits. `start` is the place of the text in its file.
    pub(in crate::import) fn edits(&self, text: &str, start: usize, report: &mut TagReport) -> Edits {
        self.at_depth(text, start, report, 0)
    }

    fn at_depth(&self, text: &str, start: usize, report: &mut TagReport, depth: usize) -> Edits {
        let mut edits = Edits::default();
        let found = match self.syntax {
            Syntax::Wordpress => brackets::find(text, self.map),
            _ => template_tags::find(text, self.kinds),
        };
        if found.is_empty() {
            return edits;
        }
        let is_wordpress = self.syntax == Syntax::Wordpress;
        let code = if is_wordpress { brackets::code(text) } else { destinations(text).code };
        let ends = self.ends(&found);
        let paired: HashSet<usize> = ends.iter().flatten().copied().collect();
        let (mut next, mut reported_to) = (0, 0);
        // A hostile text may repeat one failing tag thousands of times.
        let mut failed: HashSet<&str> = HashSet::new();
        while let Some(tag) = found.get(next) {
            let end = ends.get(next).copied().flatten();
            next += 1;
            // A commented shortcode is displayed, usually as code.
            let is_shown = tag.inner.starts_with("/*")
                && (tag.kind != Delimiters::Output || self.syntax == Syntax::Zola);
            if is_in(&code, tag.range.start) && !is_shown {
                continue;
            }
            if let Some(new) = (self.own)(tag, text) {
                edits.replace(tag.range.clone(), new);
                continue;
            }
            let closing = end.and_then(|end| found.get(end));
            let is_known = closing.is_none() && failed.contains(tag.inner);
            let expanded =
                if is_known { None } else { self.expand_tag(text, (tag, closing), start, report, depth) };
            if expanded.is_none() && closing.is_none() && report.unresolved.len() > MANY {
                failed.insert(tag.inner);
            }
            if let Some((range, new)) = expanded {
                *report.replaced.entry(self.name(tag)).or_default() += 1;
                edits.replace(range, new);
                next = end.map_or(next, |end| end + 1);
            } else if (!self.is_end(tag) || is_wordpress && !paired.contains(&(next - 1)))
                && tag.range.start >= reported_to
            {
                // Tags in a loop belong to it.
                let block = closing.filter(|_| self.syntax == Syntax::Jekyll);
                reported_to = block.map_or(reported_to, |end| end.range.end);
                let range = start + tag.range.start..start + tag.range.end;
                report.unresolved.push((tag.kind, self.name(tag), range));
            }
        }
        edits
    }

    /// The replacement of a tag, up to its end tag if it has one.
    fn expand_tag(
        &self,
        text: &str,
        (tag, closing): (&TemplateTag<'_>, Option<&TemplateTag<'_>>),
        start: usize,
        report: &mut TagReport,
        depth: usize,
    ) -> Option<(Range<usize>, String)> {
        let name = self.name(tag);
        let takes_inner = self.map.takes_body(self.syntax, &name)?;
        let call = ShortcodeCall { syntax: self.syntax, name: &name, values: self.values(tag)? };
        let (range, expanded) = match closing {
            Some(closing) => {
                let verbatim = text.get(tag.range.end..closing.range.start)?;
                let mut inside = TagReport::default();
                let inner = if takes_inner && depth < DEEPEST {
                    let edits = self.at_depth(verbatim, start + tag.range.end, &mut inside, depth + 1);
                    edits.apply(verbatim).0
                } else {
                    verbatim.to_owned()
                };
                let is_html = self.is_markdown && self.syntax == Syntax::Wordpress;
                let inner = if is_html { in_html(&inner) } else { inner };
                let expanded = self.map.expand(&call, Some((&inner, verbatim)))?;
                // What is in a code block is not a tag.
                if expanded.text.contains(inner.trim()) || inner != *verbatim {
                    report.unresolved.extend(inside.unresolved);
                }
                inside
                    .replaced
                    .into_iter()
                    .for_each(|(name, count)| *report.replaced.entry(name).or_default() += count);
                (tag.range.start..closing.range.end, expanded)
            }
            None => (tag.range.clone(), self.map.expand(&call, None)?),
        };
        let is_html = self.syntax == Syntax::Wordpress;
        let new = if is_html && self.is_markdown {
            html::markdown(&expanded.text, None).body
        } else {
            expanded.text
        };
        match self.is_markdown {
            _ if !expanded.is_block => Some((range, new)),
            false => Some((range, format!("\n\n{new}\n\n"))),
            true => place_block(text, range, &new),
        }
    }

    /// The index of each tag's end tag.
    fn ends(&self, found: &[TemplateTag<'_>]) -> Vec<Option<usize>> {
        let mut ends = vec![None; found.len()];
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, tag) in found.iter().enumerate() {
            if let Some(name) = self.ended_name(tag) {
                if let Some(begin) = open.get_mut(name).and_then(Vec::pop) {
                    ends[begin] = Some(index);
                }
            } else if self.syntax != Syntax::Zola {
                open.entry(tag.name().trim_end_matches('/').to_owned()).or_default().push(index);
            } else if tag.kind == Delimiters::Tag {
                open.entry(String::new()).or_default().push(index);
            }
        }
        ends
    }

    /// The name of the tag that a tag ends.
    fn ended_name<'m>(&self, tag: &'m TemplateTag<'_>) -> Option<&'m str> {
        match self.syntax {
            Syntax::Zola => (tag.kind == Delimiters::Tag && tag.inner == "end").then_some(""),
            Syntax::Jekyll => tag.name().strip_prefix("end").filter(|_| tag.kind == Delimiters::Tag),
            Syntax::Hugo | Syntax::Wordpress => tag.inner.strip_prefix('/').map(str::trim),
        }
    }

    /// Whether a tag ends another, which is reported instead.
    fn is_end(&self, tag: &TemplateTag<'_>) -> bool {
        self.ended_name(tag).is_some()
    }

    /// The name in reports: `youtube`, `include youtube`, `site.time`.
    pub(in crate::import) fn name(&self, tag: &TemplateTag<'_>) -> String {
        let name = tag.name().trim_end_matches('/');
        let name = match name {
            "include" | "include_relative" | "include_cached" if self.syntax == Syntax::Jekyll => {
                let file = tag.rest().split_whitespace().next().unwrap_or_default();
                let file = file.rsplit('/').next().unwrap_or_default();
                format!("include {}", file.split('.').next().unwrap_or_default())
            }
            _ => name.to_owned(),
        };
        name.chars().take(60).collect()
    }

    fn values(&self, tag: &TemplateTag<'_>) -> Option<Vec<(String, String)>> {
        let rest = tag.rest();
        let rest = match self.syntax {
            Syntax::Hugo => rest.trim_end_matches('/').trim_end(),
            Syntax::Zola => rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))?,
            Syntax::Jekyll if self.name(tag).starts_with("include ") => {
                rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest)
            }
            Syntax::Jekyll => rest,
            // `[youtube=https://…]`
            Syntax::Wordpress => rest.trim_end_matches('/').trim_start_matches('=').trim(),
        };
        let all = parse_arguments(rest, self.syntax == Syntax::Zola)?;
        let round = |value: String| match self.syntax {
            Syntax::Wordpress => value.trim_matches(brackets::ROUND).to_owned(),
            _ => value,
        };
        Some(all.into_iter().map(|(name, value)| (name.to_owned(), round(value))).collect())
    }
}

/// Renders Markdown as readers get it.
fn in_html(text: &str) -> String {
    let headings = markdown::outline(text, None, "").headings;
    markdown::to_html(text, &headings, None, &|_: &str, _| markdown::Target::Keep)
}

/// Whether a place is in one of some sorted ranges.
pub(in crate::import) fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let after = ranges.partition_point(|range| range.start <= at);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|range| range.contains(&at))
}

/// Puts a block in place of a range: with blank lines around it, and with the indentation and quote signs of its line. `None`
/// where no block fits, as in a table row.
pub(in crate::import) fn place_block(
    text: &str,
    range: Range<usize>,
    block: &str,
) -> Option<(Range<usize>, String)> {
    let start = text.get(..range.start)?.rfind('\n').map_or(0, |end| end + 1);
    let before = text.get(start..range.start)?;
    if before.trim_start().starts_with('|') {
        return (!block.contains('\n')).then(|| (range, block.to_owned()));
    }
    let marker = marker(before);
    let indent: String = before.chars().take(marker).map(|c| if c == '>' { '>' } else { ' ' }).collect();
    let prose = before.get(marker..)?;
    let above = text.get(..start)?.lines().next_back().unwrap_or_default();
    let has_gap = above.trim_matches([' ', '\t', '>']).is_empty();
    let is_item = before.get(..marker)?.contains(|c: char| !matches!(c, ' ' | '\t' | '>'));
    let line_end = format!("\n{indent}");
    let gap = format!("\n{}{line_end}", indent.trim_end());
    let mut from = range.start;
    let mut new = match () {
        () if !prose.trim().is_empty() => gap.clone(),
        () if !has_gap && !is_item && !block.is_empty() => {
            from = start;
            format!("{}{line_end}", indent.trim_end())
        }
        () => String::new(),
    };
    let lines: Vec<&str> = block.lines().collect();
    new.push_str(
        &lines.join(&line_end).replace(&format!("{line_end}\n"), &format!("\n{}\n", indent.trim_end())),
    );
    let after = text.get(range.end..)?;
    let rest = after.lines().next().unwrap_or_default();
    let end = range.end + (rest.len() - rest.trim_start().len());
    let below = after.get(rest.len()..)?.lines().nth(1).unwrap_or_default();
    if !rest.trim().is_empty() {
        new.push_str(&gap);
    } else if !below.trim_matches([' ', '\t', '>']).is_empty() && !block.is_empty() {
        new.push_str(line_end.trim_end_matches(' '));
    }
    Some((from..end, new))
}

/// The length of the spaces, quote signs and list marker at the beginning of a line.
fn marker(line: &str) -> usize {
    let blank = |text: &str| text.len() - text.trim_start_matches([' ', '\t', '>']).len();
    let quoted = blank(line);
    let rest = line.get(quoted..).unwrap_or_default();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = rest.get(digits..).unwrap_or_default();
    let is_item =
        sign.starts_with(['.', ')']) && digits > 0 || sign.starts_with(['-', '*', '+']) && digits == 0;
    let after = sign.get(1..).filter(|after| is_item && after.starts_with([' ', '\t']));
    after.map_or(quoted, |after| quoted + digits + 1 + (after.len() - after.trim_start().len()))
}
