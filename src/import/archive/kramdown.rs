//! Extensions of Markdown, mostly those of kramdown → plain Markdown: attribute lists, tables, abbreviations, blocks, and
//! comments that are followed by text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::edits::Edits;
use crate::content::markdown::{destinations, texts};
use crate::import::html::escaped;
use crate::import::shortcodes::replace::is_in;

/// The limit of abbreviations per text.
const MOST: usize = 200;

/// Elements that contain blocks.
const BLOCKS: [&str; 9] =
    ["div", "section", "aside", "details", "figure", "blockquote", "article", "center", "main"];

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

/// The end of a summary.
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[ \t]*<!--[ \t]*(?:more|read[ -]?more|excerpt|end[-_ ]excerpt)[ \t]*-->[ \t]*")
});
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^ {0,3}<!--[^\n]*?-->([ \t]*)(\S)?"));
static LIST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s)\{::comment\}.*?\{:/(?:comment)?\}|\{:[^{}\n]*\}"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^#([A-Za-z][\w:.-]*)$"));
static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t>]*(?:[*+-]|\d+[.)])[ \t]+"));
static ABBREVIATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^ {0,3}\*\[([^\]\n]+)\]:[ \t]*(.*)$\n?"));
static DELIMITER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ {0,3}\|?[ :]*[-=]{2,}[-=+|: ]*$"));
static INSIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)<([a-z][a-z0-9]*)\b([^<>]*?)\s+markdown\s*=\s*["']?(1|0|block|span|true)["']?([^<>]*)>"#)
});

/// What to change in a text.
#[derive(Debug, Default)]
pub(super) struct Conversion {
    pub(super) edits: Edits,
    /// Abbreviations and their long forms.
    pub(super) abbreviations: Vec<(String, String)>,
}

/// A text and its code ranges.
struct Text<'t> {
    text: &'t str,
    code: Vec<Range<usize>>,
    found: Vec<(Range<usize>, String)>,
}

/// Finds what to change: comments for every generator, the rest only for kramdown.
pub(super) fn convert(text: &str, is_kramdown: bool) -> Conversion {
    let has = |sign: &str| text.contains(sign);
    let has_own = is_kramdown && (has("{:") || has("|") || has("*[") || has("markdown=") || has("\n^\n"));
    if !has_own && !has("<!--") {
        return Conversion::default();
    }
    let mut text = Text { text, code: destinations(text).code, found: Vec::new() };
    text.comments();
    let mut abbreviations = Vec::new();
    if has_own {
        text.attribute_lists();
        text.tables();
        text.markdown_in_html();
        abbreviations = text.abbreviations();
    }
    text.found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut edits = Edits::default();
    text.found.into_iter().for_each(|(range, new)| edits.replace(range, new));
    Conversion { edits, abbreviations }
}

/// Marks up abbreviations with their long forms.
pub(super) fn expand_abbreviations(text: &str, abbreviations: &[(String, String)]) -> Edits {
    let mut edits = Edits::default();
    let names: Vec<_> = abbreviations.iter().map(|(name, _)| regex::escape(name)).collect();
    let Some(abbreviation) = Regex::new(&names.join("|")).ok().filter(|_| !names.is_empty()) else {
        return edits;
    };
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    for run in texts(text) {
        for found in abbreviation.find_iter(text.get(run.clone()).unwrap_or_default()) {
            let range = run.start + found.start()..run.start + found.end();
            let (before, after) = (text.get(..range.start), text.get(range.end..));
            if is_letter(before.and_then(|text| text.chars().next_back()))
                || is_letter(after.and_then(|text| text.chars().next()))
            {
                continue;
            }
            let long = abbreviations.iter().find(|(name, _)| name == found.as_str()).map(|(_, long)| long);
            if let Some(long) = long {
                edits.replace(range, format!("<abbr title=\"{}\">{}</abbr>", escaped(long), found.as_str()));
            }
        }
    }
    edits
}

impl<'t> Text<'t> {
    fn replace(&mut self, range: Range<usize>, new: impl Into<String>) {
        if !is_in(&self.code, range.start) {
            self.found.push((range, new.into()));
        }
    }

    /// The line at a place, without its line end.
    fn line(&self, at: usize) -> Range<usize> {
        let start = self.text.get(..at).and_then(|text| text.rfind('\n')).map_or(0, |end| end + 1);
        let end =
            self.text.get(at..).and_then(|text| text.find('\n')).map_or(self.text.len(), |end| at + end);
        start..end
    }

    fn above(&self, line: &Range<usize>) -> Option<(Range<usize>, &'t str)> {
        let above = self.line(line.start.checked_sub(1)?);
        Some((above.clone(), self.text.get(above)?))
    }

    fn below(&self, line: &Range<usize>) -> Option<(Range<usize>, &'t str)> {
        let below = self.line(line.end + 1);
        Some((below.clone(), self.text.get(below).filter(|_| line.end < self.text.len())?))
    }

    /// Separates comments from text: CommonMark reads the rest of a line that begins with a comment as HTML.
    fn comments(&mut self) {
        let text = self.text;
        for found in MORE.find_iter(text) {
            if is_in(&self.code, found.start() + found.as_str().find('<').unwrap_or_default()) {
                continue;
            }
            let line = self.line(found.start());
            let (begins, ends) = (line.start == found.start(), line.end == found.end());
            let is_below = self.above(&line).is_some_and(|(_, above)| !above.trim().is_empty());
            let new = match (begins, ends) {
                (true, false) if is_below => "\n",
                (true, _) | (_, true) => "",
                _ => " ",
            };
            self.replace(found.range(), new);
        }
        for found in COMMENT.captures_iter(text) {
            let is_more = found.get(0).is_some_and(|whole| MORE.is_match(whole.as_str()));
            if let (Some(gap), Some(_), false) = (found.get(1), found.get(2), is_more) {
                let is_comment = text.get(gap.end()..).is_some_and(|rest| rest.starts_with("<!--"));
                if !is_comment {
                    self.replace(gap.range(), "\n\n");
                }
            }
        }
    }

    /// Converts attribute lists and kramdown's own extensions.
    fn attribute_lists(&mut self) {
        let text = self.text;
        for found in LIST.find_iter(text) {
            if is_in(&self.code, found.start()) {
                continue;
            }
            let (range, inner) = (found.range(), found.as_str().trim_matches(['{', '}', ':']).trim());
            let line = self.line(range.start);
            let before = text.get(line.start..range.start).unwrap_or_default();
            let is_last = text
                .get(range.end..)
                .is_none_or(|rest| rest.lines().next().unwrap_or_default().trim().is_empty());
            let is_alone = before.trim_matches([' ', '\t', '>']).is_empty() && is_last;
            let is_extension = found.as_str().starts_with("{::") || inner.starts_with('/');
            let id =
                inner.split_whitespace().flat_map(|token| token.split_inclusive('}')).find_map(|token| {
                    let token = token.split('.').next().unwrap_or_default();
                    TOKEN.captures(token).and_then(|id| id.get(1)).map(|id| id.as_str())
                });
            let is_heading = before.trim_start().starts_with('#');
            if is_alone {
                self.list_on_own_line(line.start..range.end, inner, id);
            } else if is_extension {
                self.replace(range, "");
            } else if is_heading && is_last {
                let start = line.start + before.trim_end().len();
                self.replace(start..range.end, id.map(|id| format!(" {{#{id}}}")).unwrap_or_default());
            } else if ITEM.find(before).is_some_and(|item| item.end() == before.len()) {
                let gap =
                    text.get(range.end..).map_or(0, |rest| rest.len() - rest.trim_start_matches(' ').len());
                self.replace(range.start..range.end + gap, anchor(id));
            } else if before.ends_with(|c: char| !c.is_whitespace()) {
                self.replace(range, anchor(id));
            }
        }
    }

    /// Converts an attribute list on its own line. It belongs to the block above, or else to the one below.
    fn list_on_own_line(&mut self, line: Range<usize>, inner: &str, id: Option<&str>) {
        let (above, below) = (self.above(&line), self.below(&self.line(line.end)));
        let is_text = |line: &Option<(Range<usize>, &str)>| {
            line.as_ref().is_some_and(|(_, text)| !text.trim().is_empty())
        };
        let (has_above, has_below) = (is_text(&above), is_text(&below));
        let with_end = line.start..(self.line(line.end).end + 1).min(self.text.len());
        let is_toc = inner.split([' ', '.']).any(|word| word == "toc");
        if is_toc && let Some((item, _)) = above.as_ref().filter(|(_, above)| ITEM.is_match(above)) {
            return self.replace(item.start..with_end.end, "");
        }
        let owner = if has_above { &above } else { &below };
        let is_heading = owner.as_ref().is_some_and(|(_, text)| text.trim_start().starts_with('#'));
        match (id, owner) {
            (Some(id), Some((heading, text))) if is_heading && !is_toc => {
                if !text.contains("{#") {
                    self.replace(heading.end..heading.end, format!(" {{#{id}}}"));
                }
                self.replace(with_end, if has_above && has_below { "\n" } else { "" });
            }
            (Some(_), _) if has_above => {
                self.replace(line, format!("\n{}{}", anchor(id), if has_below { "\n" } else { "" }))
            }
            (Some(_), _) => self.replace(line, format!("{}\n", anchor(id))),
            (None, _) => {
                let is_item = below
                    .is_some_and(|(_, below)| ITEM.is_match(below) || below.starts_with(['|', ' ', '>']));
                let new = if has_above && has_below && !is_item { "\n" } else { "" };
                self.replace(with_end, new);
            }
        }
    }

    /// Converts tables without a header, with `+` in their rules, or with several rules.
    fn tables(&mut self) {
        let mut at = 0;
        let mut rows: Vec<(Range<usize>, &str)> = Vec::new();
        for whole in self.text.split_inclusive('\n') {
            let line = whole.trim_end_matches('\n');
            let range = at..at + line.len();
            at += whole.len();
            let is_row = line.trim_start().starts_with('|') || DELIMITER.is_match(line) && line.contains('|');
            if is_row && !is_in(&self.code, range.start) {
                rows.push((range, line));
            } else {
                self.table(&std::mem::take(&mut rows));
            }
        }
        self.table(&rows);
    }

    fn table(&mut self, rows: &[(Range<usize>, &str)]) {
        let is_line = |index: usize| rows.get(index).is_some_and(|(_, row)| DELIMITER.is_match(row));
        let Some((first, row)) = rows.first() else { return };
        let is_framed = is_line(0) && is_line(2);
        // A table without leading bars has its header first.
        let header = if !row.trim_start().starts_with('|') {
            0
        } else if is_framed {
            2
        } else {
            1
        };
        let has_header = is_line(header) && (header != 1 || !is_line(0));
        if !has_header {
            let widest = rows.iter().find(|(_, row)| !DELIMITER.is_match(row)).map_or(*row, |(_, row)| *row);
            if rows.len() < 2 && !(widest.trim_end().ends_with('|') && cells(widest) > 1) {
                return;
            }
            let line = |cell: &str| format!("|{}\n", format!(" {cell} |").repeat(cells(widest)));
            self.replace(first.start..first.start, line(" ") + &line("---"));
        }
        for (index, (range, row)) in rows.iter().enumerate().filter(|(index, _)| is_line(*index)) {
            if has_header && index == header {
                if row.contains(['+', '=']) {
                    self.replace(range.clone(), row.replace('+', "|").replace('=', "-"));
                }
            } else {
                self.replace(range.start..(range.end + 1).min(self.text.len()), "");
            }
        }
    }

    /// Puts blank lines around Markdown in HTML, as in `<div markdown="1">`.
    fn markdown_in_html(&mut self) {
        let text = self.text;
        for found in INSIDE.captures_iter(text) {
            let group = |index| found.get(index).map(|group| group.as_str()).unwrap_or_default();
            let Some(whole) = found.get(0).map(|whole| whole.range()) else { continue };
            let name = group(1).to_ascii_lowercase();
            let is_block = BLOCKS.contains(&&*name) && matches!(group(3), "1" | "block" | "true");
            let gap = if is_block { "\n\n" } else { "" };
            self.replace(whole.clone(), format!("<{}{}{}>{gap}", group(1), group(2), group(4)));
            let after = text.get(whole.end..).unwrap_or_default();
            if let Some(end) = after.to_ascii_lowercase().find(&format!("</{name}")).filter(|_| is_block) {
                self.replace(whole.end + end..whole.end + end, "\n\n");
            }
        }
    }

    fn abbreviations(&mut self) -> Vec<(String, String)> {
        let text = self.text;
        let of = |found: &Captures<'_>| {
            let group = |index| found.get(index).map(|group| group.as_str().trim().to_owned());
            Some((found.get(0)?.range(), (group(1)?, group(2)?)))
        };
        let all: Vec<_> =
            ABBREVIATION.captures_iter(text).filter_map(|found| of(&found)).take(MOST).collect();
        all.into_iter()
            .filter_map(|(range, abbreviation)| {
                let is_code = is_in(&self.code, range.start);
                self.replace(range, "");
                (!is_code).then_some(abbreviation)
            })
            .collect()
    }
}

/// A link target.
fn anchor(id: Option<&str>) -> String {
    id.map(|id| format!("<a id=\"{id}\"></a>")).unwrap_or_default()
}

/// The number of cells in a row.
fn cells(row: &str) -> usize {
    let row = row.replace("\\|", "");
    row.trim().trim_start_matches('|').trim_end_matches('|').split('|').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> String {
        let Conversion { edits, abbreviations } = convert(text, true);
        let text = edits.apply(text).0;
        expand_abbreviations(&text, &abbreviations).apply(&text).0
    }

    #[test]
    fn kramdown_becomes_markdown() {
        for (text, expected) in [
            ("![a](b.jpg)\n{: .wide }\n\nc", "![a](b.jpg)\n\nc"),
            ("{: .table }\n| a |", "| a |"),
            ("a\n{: .x}\nb", "a\n\nb"),
            ("## A\n{: #one .x}\n\nb", "## A {#one}\n\nb"),
            ("{:#one}\n## A\n", "## A {#one}\n"),
            ("## A {: #one}\nb", "## A {#one}\nb"),
            ("## A\n{:.no_toc}\nb", "## A\n\nb"),
            ("a\n{: #one}\n\nb", "a\n\n<a id=\"one\"></a>\n\nb"),
            ("[a](b){:target=\"_blank\"} *c*{: .x #d}.", "[a](b) *c*<a id=\"d\"></a>."),
            ("* TOC\n{:toc}\n\na", "\na"),
            ("1. a\n{:toc .x}\na", "a"),
            ("* {: .x} a\n* b\n{: .y}\n* c", "* a\n* b\n* c"),
            ("a{::nomarkdown}<b>{:/nomarkdown} {::comment}\nx\n{:/comment}c", "a<b> c"),
            ("{::options toc_levels=\"1\" /}\na", "a"),
            ("`{: .x}`\n\n    {: .y}\n", "`{: .x}`\n\n    {: .y}\n"),
            ("a {: b} c", "a {: b} c"),
            ("|a|b|\n|--+--|\n|1|2|\n|---|\n|3|4|", "|a|b|\n|--|--|\n|1|2|\n|3|4|"),
            ("|a|b|\n|1|2|\n\nc", "|   |   |\n| --- | --- |\n|a|b|\n|1|2|\n\nc"),
            ("|---|---|\n|a|b|\n|---|---|\n|1|2|", "|a|b|\n|---|---|\n|1|2|"),
            ("|---\n|a|b|\n", "|   |   |\n| --- | --- |\n|a|b|\n"),
            ("a | b\n--|--\nc | d", "a | b\n--|--\nc | d"),
            ("|x| is 3", "|x| is 3"),
            (
                "The PDF, PDFs, [PDF](PDF) `PDF`\n\n*[PDF]: A \"B\"\n",
                "The <abbr title=\"A &quot;B&quot;\">PDF</abbr>, PDFs, [<abbr title=\"A &quot;B&quot;\">PDF</abbr>](PDF) `PDF`\n\n",
            ),
            ("<div class=\"a\" markdown=\"1\">\n**b**\n</div>", "<div class=\"a\">\n\n\n**b**\n\n\n</div>"),
            ("<span markdown=\"1\">a</span>", "<span>a</span>"),
        ] {
            assert_eq!(converted(text), expected, "{text}");
        }
    }

    #[test]
    fn text_after_a_comment_is_markdown() {
        for (text, expected) in [
            ("a\n\n<!-- more -->See [b](c)", "a\n\nSee [b](c)"),
            ("a. <!--more-->B", "a. B"),
            ("a\n<!--more-->\nb", "a\n\nb"),
            ("a\n<!--more-->b", "a\n\nb"),
            ("<!-- x --> *a*\n<!-- y -->\n", "<!-- x -->\n\n*a*\n<!-- y -->\n"),
            ("    <!-- more -->a\n\n`<!--more-->`", "    <!-- more -->a\n\n`<!--more-->`"),
        ] {
            assert_eq!(convert(text, false).edits.apply(text).0, expected, "{text}");
        }
    }

    #[test]
    fn hostile_texts_are_fast() {
        for text in
            ["{:".repeat(100_000), "|\n".repeat(100_000), "{: x}\n".repeat(50_000), "<!-- ".repeat(50_000)]
        {
            let start = std::time::Instant::now();
            converted(&text);
            assert!(start.elapsed().as_secs() < 10, "{}", &text[..5]);
        }
    }
}
