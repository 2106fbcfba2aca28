//! The front matter of a foreign article → its entries with their places, and where its text begins.
//!
//! Hugo, Zola and Jekyll write YAML between `---` lines, TOML between `+++` lines or JSON in braces; [`headers()`] reads
//! Pelican's `Key: value` lines.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value as Json;

use super::story::{Lines, Span};
use super::{Refusal, story};
use crate::diagnostic::Diagnostic;
use crate::yaml::{self, Document, Format};

mod headers;

pub(super) use headers::read as headers;

/// The size limit in bytes. It is generous, because front matter may list thousands of old URLs.
const LARGEST: usize = 4 * 1024 * 1024;

/// The front matter of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Front {
    /// The entries, in the order of the file.
    pub(super) entries: Vec<FrontEntry>,
    /// Where the text after it begins, in bytes.
    pub(super) body: usize,
    /// What could not be read: messages and places.
    pub(super) unreadable: Vec<(String, Span)>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FrontEntry {
    /// As written.
    pub(super) key: String,
    /// Dates are text, as written.
    pub(super) value: Json,
    /// The line of the key. `None` for defaults from the settings of the archive.
    pub(super) at: Option<Span>,
    /// The lines of nested keys.
    pub(super) inner: Vec<(String, Span)>,
}

impl Front {
    /// The value of a key. Keys are case-insensitive.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub(super) fn entry(&self, key: &str) -> Option<&FrontEntry> {
        self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key))
    }

    /// The value of a key as text.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(as_text)
    }
}

impl Front {
    /// Replaces `published: false` by `draft: true`.
    pub(super) fn published_to_draft(&mut self) {
        let entry = self.entries.iter_mut().find(|entry| entry.key.eq_ignore_ascii_case("published"));
        if let Some(entry) = entry
            && let Some(is_published) = as_bool(&entry.value)
        {
            "draft".clone_into(&mut entry.key);
            entry.value = Json::Bool(!is_published);
        }
    }

    /// Keeps the date of a page that describes a folder under another key: the page is not a story.
    pub(super) fn undate(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| entry.key.eq_ignore_ascii_case("date")) {
            "section_date".clone_into(&mut entry.key);
        }
    }
}

/// A text or number that is not blank.
pub(super) fn as_text(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The texts of a list, or a single text.
pub(super) fn as_texts(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().filter_map(as_text).collect(),
        value => as_text(value).into_iter().collect(),
    }
}

/// A boolean: `true`, `"true"`, `yes`, `on`, or their opposites.
pub(super) fn as_bool(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(truth) => Some(*truth),
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Reads YAML, TOML or JSON front matter. `None` if the text begins with none of them.
///
/// # Errors If the front matter is not closed or is invalid.
pub(super) fn read(text: &str, lines: &Lines<'_>) -> Result<Option<Front>, Refusal> {
    let start = text.len() - text.trim_start().len();
    let first = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let first_line = start..start + first.len();
    let (format, fence) = match first.trim_end() {
        "---" => (Format::Yaml, "---"),
        "+++" => (Format::Toml, "+++"),
        line if line.starts_with('{') && !["{{", "{%", "{:"].iter().any(|tag| line.starts_with(tag)) => {
            let rest = text.get(start..).unwrap_or_default();
            let end = start + yaml::end_of_json(rest).unwrap_or(rest.len());
            check_size(end - start, || lines.at(first_line.clone()))?;
            return Ok(Some(Front { body: end, ..data(Format::Json, text, start..end, lines)? }));
        }
        _ => return Ok(None),
    };
    let inner = (first_line.end + 1).min(text.len());
    let Some((end, body)) = closing(text, inner, fence) else {
        let message = format!("its front matter is not closed; end it with a line `{fence}`");
        return Err(Refusal::Failed(message, Some(lines.at(first_line))));
    };
    check_size(end - inner, || lines.at(first_line.clone()))?;
    Ok(Some(Front { body, ..data(format, text, inner..end, lines)? }))
}

/// Parses settings; the extension of the file name decides the format.
pub(super) fn parse_settings(name: &str, text: &str) -> Option<serde_json::Map<String, Json>> {
    let format = match name.rsplit('.').next()? {
        "toml" => Format::Toml,
        "yaml" | "yml" => Format::Yaml,
        "json" => Format::Json,
        _ => return None,
    };
    let front = data(format, text, 0..text.len(), &Lines::new(text)).ok()?;
    Some(front.entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
}

/// Where the closing fence is, and where the text after it begins.
fn closing(text: &str, from: usize, fence: &str) -> Option<(usize, usize)> {
    let mut at = from;
    for line in text.get(from..)?.split_inclusive('\n') {
        let mark = line.trim_end();
        if mark == fence || fence == "---" && mark == "..." {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}

fn check_size(bytes: usize, at: impl Fn() -> Span) -> Result<(), Refusal> {
    if bytes <= LARGEST {
        return Ok(());
    }
    let message = format!("its front matter is larger than {} KiB; move text below it", LARGEST / 1024);
    Err(Refusal::Failed(message, Some(at())))
}

/// Parses entries.
fn data(format: Format, text: &str, range: Range<usize>, lines: &Lines<'_>) -> Result<Front, Refusal> {
    let shared: Arc<str> = text.into();
    let failed = |error: Box<Diagnostic>| {
        let at = error.place.as_ref().map(|place| lines.at(place.span.clone()));
        let help = error.help.map(|help| format!("; {}", help.replace('\n', " "))).unwrap_or_default();
        Refusal::Failed(format!("its front matter is invalid: {}{help}", error.message), at)
    };
    let document = Document::in_format(format, &Arc::from("front matter"), &shared, range).map_err(failed)?;
    let map = document.map().map_err(failed)?;
    let mut front = Front::default();
    for (key, value_node) in map.entries() {
        let span = key.place().span;
        let at = line_of(text, span, lines);
        match key.string().and_then(|key| Ok((key.into_owned(), value_node.json()?))) {
            Ok((key, Json::Number(number))) => {
                // A title `1.10` is not the number 1.1.
                let written = value_node.string().map(|text| text.trim().to_owned()).unwrap_or_default();
                let is_same = written.is_empty() || written == number.to_string();
                let value = if is_same { Json::Number(number) } else { Json::String(written) };
                front.entries.push(FrontEntry { key, value, at: Some(at), inner: Vec::new() });
            }
            Ok((key, value)) => {
                let inside = value_node.map().into_iter().flat_map(|map| map.entries());
                let inner = inside.filter_map(|(key, _)| {
                    let name = key.string().ok()?.into_owned();
                    Some((name, line_of(text, key.place().span, lines)))
                });
                front.entries.push(FrontEntry { key, value, at: Some(at), inner: inner.collect() });
            }
            Err(error) => front.unreadable.push((error.message.clone(), at)),
        }
    }
    Ok(front)
}

/// The span from a place to the end of its line.
fn line_of(text: &str, span: Range<usize>, lines: &Lines<'_>) -> Span {
    let rest = text.get(span.start..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default().trim_end();
    lines.at(span.start..span.start + line.len())
}

/// The entries of a nested map, as `[extra]` in Zola.
pub(super) fn nested_entries(entry: &FrontEntry) -> Vec<FrontEntry> {
    let Json::Object(map) = &entry.value else { return vec![entry.clone()] };
    let place = |key: &str| entry.inner.iter().find(|(name, _)| name == key).map(|(_, at)| *at);
    let inner = |(key, value): (&String, &Json)| {
        let at = place(key).or(entry.at);
        FrontEntry { key: key.clone(), value: value.clone(), at, inner: Vec::new() }
    };
    map.iter().map(inner).collect()
}

/// The places of an entry.
pub(super) fn spans(entry: &FrontEntry) -> Vec<story::Span> {
    entry.at.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(text: &str) -> Front {
        read(text, &Lines::new(text)).unwrap().unwrap()
    }

    fn found(text: &str) -> Vec<(String, String, String)> {
        let entry = |entry: FrontEntry| (entry.key, entry.value.to_string(), entry.at.unwrap().to_string());
        front(text).entries.into_iter().map(entry).collect()
    }

    fn is(key: &str, value: &str, at: &str) -> (String, String, String) {
        (key.to_owned(), value.to_owned(), at.to_owned())
    }

    #[test]
    fn yaml_keeps_the_lines_of_its_keys() {
        let text = "---\ntitle: Gate 3 opens\ndate: 2019-05-01\ntags:\n- a\n- b\n...\nText";
        assert_eq!(
            found(text),
            [
                is("title", "\"Gate 3 opens\"", "2:1-20"),
                is("date", "\"2019-05-01\"", "3:1-17"),
                is("tags", "[\"a\",\"b\"]", "4:1-6"),
            ]
        );
        assert_eq!(text.get(front(text).body..), Some("Text"));
    }

    #[test]
    fn toml_keeps_its_order_and_dates_as_text() {
        let text = "+++\ntitle = 'Gate'\ndate = 2019-05-01T10:00:00Z\nn = 1_000\n[extra]\nz = 1.5\na = [true]\n+++\n\nText";
        assert_eq!(
            found(text),
            [
                is("title", "\"Gate\"", "2:1-15"),
                is("date", "\"2019-05-01T10:00:00Z\"", "3:1-28"),
                is("n", "1000", "4:1-10"),
                is("extra", "{\"z\":1.5,\"a\":[true]}", "5:2-8"),
            ]
        );
        assert_eq!(text.get(front(text).body..), Some("\nText"));
        let inner = nested_entries(&front(text).entries[3]);
        assert_eq!(inner[0].at.map(|at| at.to_string()).as_deref(), Some("6:1-8"));
    }

    #[test]
    fn json_ends_at_its_closing_brace() {
        let text = "{\n  \"title\": \"A \\\"b\\\": c\",\n  \"x\": {\"date\": 1},\n  \"date\": \"2019-05-01\"\n}\nText";
        let found = found(text);
        assert_eq!(found[0], is("title", "\"A \\\"b\\\": c\"", "2:3-25"));
        assert_eq!(found[2], is("date", "\"2019-05-01\"", "4:3-23"));
        assert_eq!(text.get(front(text).body..), Some("\nText"));
    }

    #[test]
    fn other_texts_have_no_front_matter() {
        for text in ["", "Text", "----\n", "{{< x >}}", "{% include x %}", "\n\n# A"] {
            assert_eq!(read(text, &Lines::new(text)), Ok(None), "{text}");
        }
    }

    #[test]
    fn invalid_front_matter_is_refused_with_its_place() {
        for (text, line) in [
            ("---\ntitle: x", 1),
            ("+++\ntitle = 'x'", 1),
            ("---\na: 'x\n---\n", 2),
            ("+++\na = \n+++\n", 2),
            ("{\"a\": ", 1),
            ("---\n- a\n---\n", 2),
            ("---\na: 1\na: 2\n---\n", 3),
        ] {
            let Err(Refusal::Failed(message, Some(at))) = read(text, &Lines::new(text)) else {
                panic!("{text} is read");
            };
            assert_eq!(at.line, line, "{text}: {message}");
            assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        }
    }

    #[test]
    fn huge_or_deeply_nested_front_matter_does_not_overflow() {
        let brackets = format!("a: {}", "[".repeat(20_000));
        let toml = format!("a = {}", "[".repeat(20_000));
        let dots = format!("{}b = 1", "a.".repeat(9_000));
        let json = format!("{{\"a\": {}", "[".repeat(100_000));
        let long = format!("---\na: {}\n---\n", "x".repeat(LARGEST));
        for text in [
            format!("---\n{brackets}\n---\n"),
            format!("+++\n{toml}\n+++\n"),
            format!("+++\n{dots}\n+++\n"),
            json,
            long,
        ] {
            let read = read(&text, &Lines::new(&text));
            assert!(
                read.is_err()
                    || read.is_ok_and(|front| front.is_some_and(|front| !front.unreadable.is_empty()))
            );
        }
        let deep = format!("---\ntitle: x\na: {}1{}\n---\n", "[".repeat(60), "]".repeat(60));
        let front = front(&deep);
        assert_eq!((front.entries.len(), front.unreadable.len()), (1, 1));
    }

    #[test]
    fn settings_are_parsed_by_file_extension() {
        for (name, text) in [
            ("hugo.toml", "baseURL = 'https://x.example/'"),
            ("_config.yml", "baseURL: https://x.example/"),
            ("config.json", "{\"baseURL\": \"https://x.example/\"}"),
        ] {
            let settings = parse_settings(name, text).unwrap();
            assert_eq!(settings.get("baseURL").and_then(Json::as_str), Some("https://x.example/"));
        }
        assert_eq!(parse_settings("x.ini", "a=b"), None);
        assert_eq!(parse_settings("x.toml", "a = "), None);
    }
}
