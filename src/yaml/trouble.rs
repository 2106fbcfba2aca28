//! What `serde_yaml` says about a text → what a person can do about it.
//!
//! Most broken front matter lacks quotes. The way out is found by trying: a line is put right, and if the
//! parser then gets further, that was it.

use std::ops::Range;

use serde_yaml::Value;

use super::Source;
use super::brackets::quoted_inside;
use super::spans::{self, Refused, Tree, key_ahead, line_at};
use crate::diagnostic::Diagnostic;

/// Most lines that are tried.
const TRIES: usize = 40;

/// Says why a document was not read.
pub(super) fn explain(source: &Source, error: &serde_yaml::Error) -> Diagnostic {
    let words = error.to_string();
    let at = offset(source.yaml(), error);
    None.or_else(|| duplicate(source, &words))
        .or_else(|| invisible(source))
        .or_else(|| second_document(source, &words))
        .or_else(|| tab(source, at))
        .or_else(|| repair(source, &words, at))
        .unwrap_or_else(|| unexplained(source, &words, at))
}

/// Says that half of a character stands where a whole one should.
pub(super) fn half(source: &Source, span: Range<usize>) -> Diagnostic {
    let message = format!("`{}` is one half of a character", &source.yaml()[span.clone()]);
    Diagnostic::error("yaml/escape", message)
        .at(source.place(span))
        .help("write the character itself, or both halves as JSON does: `\\ud83d\\uddde`")
}

/// Says why a document is refused that `serde_yaml` would read.
pub(super) fn refuse(source: &Source, what: Refused, span: Range<usize>) -> Diagnostic {
    let yaml = source.yaml();
    let (message, otherwise) = match what {
        Refused::Anchor => (
            "text that starts with `&` is an anchor in YAML, and anchors are not read",
            "write the value out where it is used",
        ),
        Refused::Alias => {
            ("text that starts with `*` is an alias in YAML, and aliases are not read", "write the value out")
        }
        Refused::Tag => {
            ("text that starts with `!` is a tag in YAML, and tags are not read", "leave the tag out")
        }
        Refused::Merge => ("the merge key `<<` is not read", "write the keys out"),
        Refused::Directive => (
            "a line that starts with `%` is a YAML directive, and directives are not read",
            "delete the line",
        ),
    };
    let line = line_at(yaml, span.start);
    let quoted = Item::at(yaml, line.clone()).and_then(|item| {
        if item.value.start == span.start {
            return Some(item.quoted(yaml));
        }
        let (value, _) = quoted_inside(&yaml[item.value.clone()])?;
        Some(item.with(yaml, &value).trim_start().to_owned())
    });
    let help = match quoted {
        Some(quoted) if what != Refused::Merge => {
            format!("if it is text, put it in quotes: `{quoted}`; if not, {otherwise}")
        }
        _ => otherwise.to_owned(),
    };
    let end = span.end.min(line.end);
    Diagnostic::error("yaml/unsupported", message).at(source.place(span.start..end)).help(help)
}

/// Byte where the parser stopped. It counts characters, from 0.
fn offset(yaml: &str, error: &serde_yaml::Error) -> usize {
    let index = error.location().map_or(0, |location| location.index());
    yaml.char_indices().nth(index).map_or(yaml.len(), |(at, _)| at)
}

fn duplicate(source: &Source, words: &str) -> Option<Diagnostic> {
    if !words.contains("duplicate entry") {
        return None;
    }
    let yaml = source.yaml();
    let (first, second) = same_keys(yaml, &spans::scan(yaml).tree)?;
    let key = unquoted(&yaml[second.clone()]);
    Some(
        Diagnostic::error("yaml/duplicate-key", format!("the key `{key}` is here twice"))
            .at(source.place(second))
            .also("the first one is here", source.place(first))
            .help("delete one of the two"),
    )
}

fn same_keys(yaml: &str, tree: &Tree) -> Option<(Range<usize>, Range<usize>)> {
    let mut seen = std::collections::HashMap::new();
    for child in &tree.children {
        if let Some(key) = &child.key
            && let Some(first) = seen.insert(unquoted(&yaml[key.clone()]), key.clone())
        {
            return Some((first, key.clone()));
        }
        if let Some(found) = same_keys(yaml, &child.value) {
            return Some(found);
        }
    }
    None
}

fn unquoted(key: &str) -> &str {
    let inside = |quote| key.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(key)
}

/// Characters that YAML refuses, or takes for line ends where an editor shows none.
fn invisible(source: &Source) -> Option<Diagnostic> {
    let breaks = |c| matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}');
    let refused = |c: char| {
        matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
            || c.is_control() && !matches!(c, '\t' | '\n' | '\r')
    };
    let (at, found) = source.yaml().char_indices().find(|(_, c)| breaks(*c) || refused(*c))?;
    let what = if breaks(found) { "line separator" } else { "control character" };
    let message = format!("there is an invisible {what} here, U+{:04X}", found as u32);
    Some(
        Diagnostic::error("yaml/control-character", message)
            .at(source.place(at..at + found.len_utf8()))
            .help("delete it and type the text around it again"),
    )
}

fn second_document(source: &Source, words: &str) -> Option<Diagnostic> {
    if !words.contains("more than one document") {
        return None;
    }
    let yaml = source.yaml();
    let is_marker = |line: &&str| line.starts_with("---") || line.starts_with("...");
    let content = yaml.len() - yaml.trim_start().trim_start_matches("---").len();
    let second = yaml[content..].split('\n').find(is_marker).map_or(yaml.len(), |line| offset_in(yaml, line));
    Some(
        Diagnostic::error("yaml/unsupported", "a second YAML document starts here, and only one is read")
            .at(source.place(line_at(yaml, second)))
            .help("delete this line, or what is behind it"),
    )
}

/// Where a part of a text starts in it.
fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

fn tab(source: &Source, at: usize) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let line = line_at(yaml, at);
    let text = &yaml[line.clone()];
    let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
    let tab = line.start + indent.find('\t')?;
    Some(
        Diagnostic::error("yaml/tab", "this line is indented with a tab, and YAML allows spaces only")
            .at(source.place(tab..line.start + indent.len()))
            .help("replace the tab with two spaces"),
    )
}

/// A line of the form `key: value`, `- value` or `- key: value`.
pub(super) struct Item {
    /// From the line's start to the value.
    head: Range<usize>,
    /// The value, if it is on this line.
    pub(super) value: Range<usize>,
}

impl Item {
    pub(super) fn at(yaml: &str, line: Range<usize>) -> Option<Self> {
        let mut at = line.start;
        loop {
            let rest = &yaml[at..line.end];
            at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
            match yaml[at..line.end].strip_prefix("- ") {
                Some(_) => at += 2,
                None => break,
            }
        }
        if let Some((_, colon)) = key_ahead(yaml, at) {
            let rest = &yaml[colon + 1..line.end];
            at = colon + 1 + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        let value = at..at + yaml[at..line.end].trim_end().len();
        (!value.is_empty() && at > line.start).then_some(Self { head: line.start..at, value })
    }

    fn with(&self, yaml: &str, value: &str) -> String {
        format!("{}{value}", &yaml[self.head.clone()])
    }

    /// The line with its value in quotes.
    pub(super) fn quoted(&self, yaml: &str) -> String {
        self.with(yaml, &quote(&yaml[self.value.clone()])).trim_start().to_owned()
    }
}

/// Text in the quotes that need least change. Quotes that it has are taken off first.
pub(super) fn quote(text: &str) -> String {
    let inside = |quote: char| {
        let rest = text.strip_prefix(quote)?;
        rest.strip_suffix(quote).or_else(|| (!rest.contains(quote)).then_some(rest))
    };
    let text = match (inside('\''), inside('"')) {
        (Some(text), _) => text.replace("''", "'"),
        (_, Some(text)) => text.replace("\\\"", "\""),
        _ => super::without_curly_quotes(text).unwrap_or(text).to_owned(),
    };
    enclose(&text)
}

/// Text in quotes that it does not have.
pub(super) fn enclose(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if !text.contains('\'') {
        format!("'{text}'")
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// Where the parser is after a change.
struct Progress {
    /// Line where it stopped, from 0.
    line: usize,
    /// Line where the value starts that it was reading, from 0.
    context: usize,
    words: String,
}

impl Progress {
    fn of(yaml: &str, error: &serde_yaml::Error, words: &str) -> Self {
        let index = error.location().map_or(0, |location| location.index());
        let line = yaml.chars().take(index).filter(|c| *c == '\n').count();
        Self { line, context: context_line(words).unwrap_or(line), words: words.to_owned() }
    }
}

/// Line where the value starts that the parser was reading, from 0.
fn context_line(words: &str) -> Option<usize> {
    let (_, context) = words.split_once(", while")?.1.rsplit_once(" at line ")?;
    context.split(' ').next()?.parse::<usize>().ok()?.checked_sub(1)
}

/// Tries to put lines right: the one where the parser stopped, the one where its value began, those before.
fn repair(source: &Source, words: &str, at: usize) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let error = serde_yaml::from_str::<Value>(yaml).err()?;
    let before = Progress::of(yaml, &error, words);
    let here = line_at(yaml, at);
    let lines: Vec<_> = lines(yaml, here.end).collect();
    let last = lines.len().checked_sub(1)?;
    let context = before.context.min(last);
    let mut order = vec![last, context];
    order.extend((0..last).rev().filter(|line| *line != context).take(TRIES));
    order.dedup();
    order.into_iter().find_map(|number| {
        let line = lines[number].clone();
        let works = |text: &str| {
            let repaired = format!("{}{text}{}", &yaml[..line.start], &yaml[line.end..]);
            gets_further(&repaired, number, &before)
        };
        mended(source, line.clone(), &before, works)
    })
}

fn lines(yaml: &str, end: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    yaml[..end].split('\n').map(|line| line_at(yaml, offset_in(yaml, line)))
}

fn gets_further(yaml: &str, number: usize, before: &Progress) -> bool {
    match serde_yaml::from_str::<Value>(yaml) {
        Ok(value) => !value.is_string(),
        Err(error) => {
            let words = error.to_string();
            let after = Progress::of(yaml, &error, &words);
            let cause = number == before.line || number == before.context;
            words.contains("duplicate entry")
                || after.line > before.line
                || cause && after.line > number && after.words != before.words
        }
    }
}

fn mended(
    source: &Source,
    line: Range<usize>,
    before: &Progress,
    works: impl Fn(&str) -> bool,
) -> Option<Diagnostic> {
    closed_or_quoted(source, &line, before, &works)
        .or_else(|| spaced(source, &line, &works))
        .or_else(|| indented(source, &line, &works))
}

fn closed_or_quoted(
    source: &Source,
    line: &Range<usize>,
    before: &Progress,
    works: &impl Fn(&str) -> bool,
) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let item = Item::at(yaml, line.clone())?;
    let value = &yaml[item.value.clone()];
    let shown = |text: &str| text.trim_start().to_owned();
    if let Some(close) = missing_bracket(value) {
        let closed = item.with(yaml, &format!("{value}{close}"));
        if works(&closed) {
            let message = "this list is opened and not closed";
            let help = format!(
                "close it: `{}`; if it is text, put it in quotes: `{}`",
                shown(&closed),
                item.quoted(yaml)
            );
            return Some(quotes(source, &item, message).help(help));
        }
    }
    let is_flow =
        value.starts_with('[') && value.ends_with(']') || value.starts_with('{') && value.ends_with('}');
    if is_flow {
        let (inside, first) = quoted_inside(value)?;
        let quoted = item.with(yaml, &inside);
        if !works(&quoted) {
            return None;
        }
        let at = item.value.start + first.start..item.value.start + first.end;
        let message = why(&value[first], before);
        return Some(
            Diagnostic::error("yaml/quotes", message)
                .at(source.place(at))
                .help(format!("put the text in quotes: `{}`", shown(&quoted))),
        );
    }
    // The last of several lines between brackets.
    let text = value.trim_end_matches([']', '}', ',']);
    let tail = &value[text.len()..];
    if !tail.is_empty() && !text.is_empty() && !text.contains(['[', '{']) {
        let quoted = item.with(yaml, &format!("{}{tail}", quote(text)));
        if works(&quoted) {
            let place = source.place(item.value.start..item.value.start + text.len());
            let help = format!("put the text in quotes: `{}`", shown(&quoted));
            return Some(Diagnostic::error("yaml/quotes", why(text, before)).at(place).help(help));
        }
    }
    let quoted = item.with(yaml, &quote(value));
    // `|` and `>` with nothing behind them are there for the lines below.
    let is_block = value.starts_with(['|', '>']) && !value[1..].starts_with(' ');
    if is_block || value.starts_with('#') || !works(&quoted) {
        return None;
    }
    let help = format!("put the text in quotes: `{}`", shown(&quoted));
    Some(quotes(source, &item, why(value, before)).help(help))
}

/// A space behind the colon.
fn spaced(source: &Source, line: &Range<usize>, works: &impl Fn(&str) -> bool) -> Option<Diagnostic> {
    let text = &source.yaml()[line.clone()];
    let colon = text.find(':')?;
    if text[..colon].trim().contains([' ', '"', '\'']) {
        return None;
    }
    let spaced = format!("{}: {}", &text[..colon], &text[colon + 1..]);
    if !text[colon + 1..].starts_with(|c: char| !c.is_whitespace()) || !works(&spaced) {
        return None;
    }
    Some(
        Diagnostic::error("yaml/syntax", "there is no space behind the colon")
            .at(source.place(line.start + colon..line.start + colon + 1))
            .help(format!("write `{}`", spaced.trim_start())),
    )
}

/// As far in as the line above.
fn indented(source: &Source, line: &Range<usize>, works: &impl Fn(&str) -> bool) -> Option<Diagnostic> {
    let yaml = source.yaml();
    let text = &yaml[line.clone()];
    let indent = text.len() - text.trim_start().len();
    if indent == 0 || text.trim().is_empty() {
        return None;
    }
    let above = yaml[..line.start].trim_end();
    let above = &yaml[line_at(yaml, above.len())];
    let above = &above[..above.len() - above.trim_start().len()];
    if above.len() == indent || !works(&format!("{above}{}", text.trim_start())) {
        return None;
    }
    let message = "this line is indented differently from the lines it belongs to";
    Some(
        Diagnostic::error("yaml/syntax", message)
            .at(source.place(line.start..line.end))
            .help(format!("indent it by {} spaces, as the line above", above.len())),
    )
}

fn quotes(source: &Source, item: &Item, message: &str) -> Diagnostic {
    Diagnostic::error("yaml/quotes", message).at(source.place(item.value.clone()))
}

fn missing_bracket(value: &str) -> Option<char> {
    match value.chars().next()? {
        '[' if !value.contains(']') => Some(']'),
        '{' if !value.contains('}') => Some('}'),
        _ => None,
    }
}

/// Why a text needs quotes.
fn why(value: &str, before: &Progress) -> &'static str {
    let inside = &value[value.chars().next().map_or(0, char::len_utf8)..];
    match value.chars().next() {
        Some('\'') if inside.trim_end_matches('\'').contains('\'') => {
            "an apostrophe ends a text in single quotes"
        }
        Some('"') if inside.trim_end_matches('"').contains('"') => {
            "a quotation mark ends a text in double quotes"
        }
        Some('"') if value.contains('\\') => "a backslash has a special meaning in double quotes",
        Some('\'' | '"') => "this quotation mark is opened and not closed",
        Some('@' | '`') => "text that starts with `@` or a backtick needs quotes",
        Some('>' | '|') => "text that starts with `>` or `|` needs quotes",
        Some('#') => "text that starts with `#` needs quotes",
        Some('%') => "text that starts with `%` needs quotes",
        Some('[' | '{') => "text that starts with a bracket needs quotes",
        _ if before.words.contains("invalid type: integer") => {
            "this number is too long to be read as a number"
        }
        _ if value.contains(": ") || value.ends_with(':') => "text with a colon in it needs quotes",
        _ => "this text needs quotes",
    }
}

fn unexplained(source: &Source, words: &str, at: usize) -> Diagnostic {
    let yaml = source.yaml();
    // A line that is no key is noticed on the one below. Behind the last line there is nothing to point at.
    let at = context_line(words)
        .filter(|_| words.contains("scanning a simple key"))
        .map_or(at, |number| lines(yaml, yaml.len()).nth(number).map_or(at, |line| line.start));
    let at = at.min(yaml.trim_end().len());
    let line = line_at(yaml, at);
    let end = if at < line.end { line.end } else { at };
    let start = if at < line.end { at } else { line.start };
    let problem = words.split(" at line ").next().unwrap_or(words);
    let problem = problem.split(", while").next().unwrap_or(problem);
    if problem.contains("recursion limit") {
        return Diagnostic::error("yaml/too-deep", "lists and maps are nested too deeply here")
            .at(source.place(start..end))
            .help("give the inner ones keys of their own, further out");
    }
    let message = match problem {
        "found unexpected end of stream" => "a quotation mark is opened and not closed".to_owned(),
        "did not find expected key" | "could not find expected ':'" => {
            "this line is no `key: value`".to_owned()
        }
        "did not find expected ',' or ']'" => "a list in `[ ]` lacks a comma or its end".to_owned(),
        "did not find expected ',' or '}'" => "a map in `{ }` lacks a comma or its end".to_owned(),
        _ => format!("this is not YAML: {problem}"),
    };
    Diagnostic::error("yaml/syntax", message).at(source.place(start..end)).help(
        "every line is a key, a colon, a space and a value; lines that belong to a key are indented by two spaces",
    )
}
