//! A text with marks → the same with what the table says in their place, and what is left.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Call, Generator, Map, brackets};
use crate::content::markdown::{self, destinations};
use crate::import::archive::edits::Edits;
use crate::import::archive::marks::{self, Kind, Mark, values};
use crate::import::html;

/// Deepest mark in a mark that is looked at.
const DEEPEST: usize = 16;

/// Marks that stay before those that are the same are no longer tried.
const MANY: usize = 100;

/// What a generator's own code makes of a mark that no table can know: URLs of other articles, values of settings.
pub(in crate::import) type Own<'a> = dyn Fn(&Mark<'_>, &str) -> Option<String> + 'a;

/// How the marks of a text are read.
pub(in crate::import) struct Pass<'a> {
    pub(in crate::import) map: &'a Map,
    pub(in crate::import) generator: Generator,
    /// The kinds of marks that there are.
    pub(in crate::import) kinds: &'a [Kind],
    /// Whether the text is Markdown: that of WordPress is, once it is imported.
    pub(in crate::import) is_markdown: bool,
    pub(in crate::import) own: &'a Own<'a>,
}

/// What became of the marks of a text.
#[derive(Debug, Default)]
pub(in crate::import) struct MarkCounts {
    /// Those that stay: kind, name, and bytes.
    pub(in crate::import) left: Vec<(Kind, String, Range<usize>)>,
    /// How many of a name something else stands for now.
    pub(in crate::import) made: HashMap<String, usize>,
}

impl Pass<'_> {
    /// What is to be done with the marks of a text that begins at a byte.
    pub(in crate::import) fn edits(&self, text: &str, start: usize, told: &mut MarkCounts) -> Edits {
        self.at_depth(text, start, told, 0)
    }

    fn at_depth(&self, text: &str, start: usize, told: &mut MarkCounts, depth: usize) -> Edits {
        let mut edits = Edits::default();
        let found = match self.generator {
            Generator::Wordpress => brackets::find(text, self.map),
            _ => marks::find(text, self.kinds),
        };
        if found.is_empty() {
            return edits;
        }
        let is_wordpress = self.generator == Generator::Wordpress;
        let code = if is_wordpress { brackets::code(text) } else { destinations(text).code };
        let ends = self.ends(&found);
        let paired: HashSet<usize> = ends.iter().flatten().copied().collect();
        let (mut next, mut told_of) = (0, 0);
        // What cannot be made once cannot be made again: hostile texts have thousands of one mark.
        let mut failed: HashSet<&str> = HashSet::new();
        while let Some(mark) = found.get(next) {
            let end = ends.get(next).copied().flatten();
            next += 1;
            // How a shortcode is shown and not run is mostly code.
            let is_shown = mark.inner.starts_with("/*")
                && (mark.kind != Kind::Output || self.generator == Generator::Zola);
            if is_in(&code, mark.range.start) && !is_shown {
                continue;
            }
            if let Some(new) = (self.own)(mark, text) {
                edits.put(mark.range.clone(), new);
                continue;
            }
            let closing = end.and_then(|end| found.get(end));
            let is_known = closing.is_none() && failed.contains(mark.inner);
            let made = if is_known { None } else { self.made(text, (mark, closing), start, told, depth) };
            if made.is_none() && closing.is_none() && told.left.len() > MANY {
                failed.insert(mark.inner);
            }
            if let Some((range, new)) = made {
                *told.made.entry(self.name(mark)).or_default() += 1;
                edits.put(range, new);
                next = end.map_or(next, |end| end + 1);
            } else if (!self.closes(mark) || is_wordpress && !paired.contains(&(next - 1)))
                && mark.range.start >= told_of
            {
                // What is in a loop is part of it.
                let block = closing.filter(|_| self.generator == Generator::Jekyll);
                told_of = block.map_or(told_of, |end| end.range.end);
                let range = start + mark.range.start..start + mark.range.end;
                told.left.push((mark.kind, self.name(mark), range));
            }
        }
        edits
    }

    /// What stands for a mark, and for the text up to its end.
    fn made(
        &self,
        text: &str,
        (mark, closing): (&Mark<'_>, Option<&Mark<'_>>),
        start: usize,
        told: &mut MarkCounts,
        depth: usize,
    ) -> Option<(Range<usize>, String)> {
        let name = self.name(mark);
        let takes_inner = self.map.takes(self.generator, &name)?;
        let call = Call { generator: self.generator, name: &name, values: self.values(mark)? };
        let (range, made) = match closing {
            Some(closing) => {
                let verbatim = text.get(mark.range.end..closing.range.start)?;
                let mut inside = MarkCounts::default();
                let inner = if takes_inner && depth < DEEPEST {
                    let edits = self.at_depth(verbatim, start + mark.range.end, &mut inside, depth + 1);
                    edits.apply(verbatim).0
                } else {
                    verbatim.to_owned()
                };
                let is_html = self.is_markdown && self.generator == Generator::Wordpress;
                let inner = if is_html { in_html(&inner) } else { inner };
                let made = self.map.made(&call, Some((&inner, verbatim)))?;
                // What is in a listing is nobody's mark.
                if made.text.contains(inner.trim()) || inner != *verbatim {
                    told.left.extend(inside.left);
                }
                inside
                    .made
                    .into_iter()
                    .for_each(|(name, count)| *told.made.entry(name).or_default() += count);
                (mark.range.start..closing.range.end, made)
            }
            None => (mark.range.clone(), self.map.made(&call, None)?),
        };
        let is_html = self.generator == Generator::Wordpress;
        let new = if is_html && self.is_markdown { html::markdown(&made.text, None).body } else { made.text };
        match self.is_markdown {
            _ if !made.is_block => Some((range, new)),
            false => Some((range, format!("\n\n{new}\n\n"))),
            true => placed(text, range, &new),
        }
    }

    /// For each mark which one ends it.
    fn ends(&self, found: &[Mark<'_>]) -> Vec<Option<usize>> {
        let mut ends = vec![None; found.len()];
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, mark) in found.iter().enumerate() {
            if let Some(name) = self.ended(mark) {
                if let Some(begin) = open.get_mut(name).and_then(Vec::pop) {
                    ends[begin] = Some(index);
                }
            } else if self.generator != Generator::Zola {
                open.entry(mark.name().trim_end_matches('/').to_owned()).or_default().push(index);
            } else if mark.kind == Kind::Tag {
                open.entry(String::new()).or_default().push(index);
            }
        }
        ends
    }

    /// The name of what a mark ends.
    fn ended<'m>(&self, mark: &'m Mark<'_>) -> Option<&'m str> {
        match self.generator {
            Generator::Zola => (mark.kind == Kind::Tag && mark.inner == "end").then_some(""),
            Generator::Jekyll => mark.name().strip_prefix("end").filter(|_| mark.kind == Kind::Tag),
            Generator::Hugo | Generator::Wordpress => mark.inner.strip_prefix('/').map(str::trim),
        }
    }

    /// Whether a mark is the end of another, which is told of.
    fn closes(&self, mark: &Mark<'_>) -> bool {
        self.ended(mark).is_some()
    }

    /// What a mark is known by: `youtube`, `include youtube`, `site.time`.
    pub(in crate::import) fn name(&self, mark: &Mark<'_>) -> String {
        let name = mark.name().trim_end_matches('/');
        let name = match name {
            "include" | "include_relative" | "include_cached" if self.generator == Generator::Jekyll => {
                let file = mark.rest().split_whitespace().next().unwrap_or_default();
                let file = file.rsplit('/').next().unwrap_or_default();
                format!("include {}", file.split('.').next().unwrap_or_default())
            }
            _ => name.to_owned(),
        };
        name.chars().take(60).collect()
    }

    fn values(&self, mark: &Mark<'_>) -> Option<Vec<(String, String)>> {
        let rest = mark.rest();
        let rest = match self.generator {
            Generator::Hugo => rest.trim_end_matches('/').trim_end(),
            Generator::Zola => rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))?,
            Generator::Jekyll if self.name(mark).starts_with("include ") => {
                rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest)
            }
            Generator::Jekyll => rest,
            // `[youtube=https://…]`
            Generator::Wordpress => rest.trim_end_matches('/').trim_start_matches('=').trim(),
        };
        let all = values(rest, self.generator == Generator::Zola)?;
        let round = |value: String| match self.generator {
            Generator::Wordpress => value.trim_matches(brackets::ROUND).to_owned(),
            _ => value,
        };
        Some(all.into_iter().map(|(name, value)| (name.to_owned(), round(value))).collect())
    }
}

/// Markdown as the HTML that readers get of it.
fn in_html(text: &str) -> String {
    let headings = markdown::outline(text, None, "").headings;
    markdown::to_html(text, &headings, None, &|_: &str, _| markdown::Target::Keep)
}

/// Whether a place is in one of some ranges, which are in order.
pub(in crate::import) fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let behind = ranges.partition_point(|range| range.start <= at);
    behind.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|range| range.contains(&at))
}

/// A block in the place of a range, with blank lines around it where there are none, indented and quoted as the line is. `None` where
/// there is no room for one, as in the row of a table.
pub(in crate::import) fn placed(
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
    let words = before.get(marker..)?;
    let above = text.get(..start)?.lines().next_back().unwrap_or_default();
    let has_gap = above.trim_matches([' ', '\t', '>']).is_empty();
    let is_item = before.get(..marker)?.contains(|c: char| !matches!(c, ' ' | '\t' | '>'));
    let line_end = format!("\n{indent}");
    let gap = format!("\n{}{line_end}", indent.trim_end());
    let mut from = range.start;
    let mut new = match () {
        () if !words.trim().is_empty() => gap.clone(),
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
    let behind = text.get(range.end..)?;
    let rest = behind.lines().next().unwrap_or_default();
    let end = range.end + (rest.len() - rest.trim_start().len());
    let below = behind.get(rest.len()..)?.lines().nth(1).unwrap_or_default();
    if !rest.trim().is_empty() {
        new.push_str(&gap);
    } else if !below.trim_matches([' ', '\t', '>']).is_empty() && !block.is_empty() {
        new.push_str(line_end.trim_end_matches(' '));
    }
    Some((from..end, new))
}

/// The length of what stands in front of the words of a line: spaces, `>` and the sign of an item.
fn marker(line: &str) -> usize {
    let blank = |text: &str| text.len() - text.trim_start_matches([' ', '\t', '>']).len();
    let quoted = blank(line);
    let rest = line.get(quoted..).unwrap_or_default();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = rest.get(digits..).unwrap_or_default();
    let is_item =
        sign.starts_with(['.', ')']) && digits > 0 || sign.starts_with(['-', '*', '+']) && digits == 0;
    let behind = sign.get(1..).filter(|behind| is_item && behind.starts_with([' ', '\t']));
    behind.map_or(quoted, |behind| quoted + digits + 1 + (behind.len() - behind.trim_start().len()))
}
