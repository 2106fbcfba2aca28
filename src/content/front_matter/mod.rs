//! The head of a source file → [`FrontMatter`].
//!
//! [`keys`] knows the keys and their names, [`hints`] what unknown keys suggest; [`fields`] reads the values, [`time`] and [`paths`]
//! parse two kinds of them, and [`places`] finds them again for diagnostics.

use std::ops::Range;

use super::{FrontMatter, Source};
use crate::config::Config;
use crate::conflict;
use crate::diagnostic::{Diagnostic, Place};
use crate::time;
use crate::typography::Typography;
use crate::yaml::{self, Document, Format};

mod fields;
mod hints;
mod keys;
mod paths;
pub(crate) mod places;
pub(crate) mod writing;

pub use keys::Key;

/// Limit of front matter in bytes, without its fences.
const LARGEST: usize = 64 * 1024;

/// The least front matter that a story needs.
const SMALLEST: &str = "---\ntitle: Fire in the harbour\ndate: 2026-11-22\n---";

/// The parsed head of a source.
#[derive(Debug)]
pub(super) struct Head {
    /// The front matter.
    pub(super) front: FrontMatter,
    /// The offset at which the Markdown starts.
    pub(super) body_start: usize,
    /// The name of the file or bundle without its leading date, which is the default slug.
    pub(super) name: String,
}

impl Head {
    /// The last part of the URL.
    pub(super) fn slug(&self, config: &Config) -> String {
        slug_of(&self.front, &self.name, config)
    }
}

/// The slug that front matter gives, else that of a file name by the rules of the article's language.
pub(super) fn slug_of(front: &FrontMatter, name: &str, config: &Config) -> String {
    let of_name = || config.slugs.in_language(front.lang.as_deref()).of(name);
    front.slug.clone().unwrap_or_else(of_name)
}

/// The name of a source without its leading date.
pub(super) fn undated(name: &str) -> &str {
    time::strip_file_name_date(name)
}

/// Reads the front matter of a source and returns it with its problems. There is no head if it cannot be parsed.
///
/// A key that decides when readers see a story (`draft`, `date`, `embargo`, `expires`, `status`) makes the story a draft if its value
/// cannot be parsed.
pub(super) fn read(source: &Source, config: &Config) -> (Option<Head>, Vec<Diagnostic>) {
    // Text with conflict markers is neither YAML nor Markdown.
    if let Some(problem) = conflict::problem_of_markdown(&source.file, &source.text) {
        return (None, vec![problem]);
    }
    let block = match split(source) {
        Ok(block) => block,
        Err(error) => return (None, vec![*error]),
    };
    let document = match block.document(source) {
        Ok(document) => document,
        Err(error) => return (None, vec![*error]),
    };
    let map = match document.map() {
        Ok(map) => map,
        Err(error) => return (None, vec![*error]),
    };
    let name = time::strip_file_name_date(source.name());
    let ended_early = ended_early(source, &block);
    let (mut front, problems) = fields::read(map, source, config, block.opening);
    if let Some(typography) = config.typography(front.lang.as_deref()) {
        set_quotes(&mut front, typography);
    }
    front.draft |= ended_early.is_some();
    let cuts = document.cuts().into_iter().filter(|cut| keys::is_prose(cut.key));
    let problems = cuts.map(|cut| cut.warning).chain(problems).chain(ended_early);
    let head = Head { front, body_start: block.body_start, name: name.to_owned() };
    (Some(head), problems.collect())
}

/// Parses values, without writing them as text first. Each problem comes with the key that it is about.
pub(super) fn of_values(
    path: &str,
    values: &serde_json::Map<String, serde_json::Value>,
    config: &Config,
) -> (Option<FrontMatter>, Vec<(Option<String>, Diagnostic)>) {
    let file = Source::new(path, "").file;
    let document = Document::of_values(&file, values);
    let source = Source { path: path.into(), file, text: " ".into() };
    let map = match document.map() {
        Ok(map) => map,
        Err(error) => return (None, vec![(None, *error)]),
    };
    let (mut front, problems) = fields::read(map, &source, config, 0..1);
    if let Some(typography) = config.typography(front.lang.as_deref()) {
        set_quotes(&mut front, typography);
    }
    let key_of = |problem: &Diagnostic| {
        let number = problem.place.as_ref()?.span.start.checked_sub(1)?;
        values.keys().nth(number).cloned()
    };
    (Some(front), problems.into_iter().map(|problem| (key_of(&problem), problem)).collect())
}

/// Sets quotation marks and dashes in the texts that readers see, once for all pages, feeds and lists.
fn set_quotes(front: &mut FrontMatter, typography: Typography) {
    let FrontMatter { title, deck, kicker, dateline, image, gallery, audio, video, corrections, .. } = front;
    let pictures = image.iter_mut().map(|image| &mut **image).chain(gallery);
    let pictures = pictures.flat_map(|image| [&mut image.alt, &mut image.caption, &mut image.credit]);
    let titles = audio.iter_mut().chain(video).map(|recording| &mut recording.title);
    let texts = [deck, kicker, dateline].into_iter().chain(pictures).chain(titles).flatten();
    let corrections = corrections.iter_mut().map(|correction| &mut correction.text);
    std::iter::once(title).chain(texts).chain(corrections).for_each(|text| typography.set(text));
}

/// All keys of a source with their unparsed values, and the offset at which its Markdown starts.
pub(super) fn keys_of(
    source: &Source,
) -> Result<(serde_json::Map<String, serde_json::Value>, usize), Box<Diagnostic>> {
    let block = split(source)?;
    let document = block.document(source)?;
    let all = document.root().json()?;
    let map = if let serde_json::Value::Object(map) = all { map } else { serde_json::Map::new() };
    Ok((map, block.body_start))
}

/// The block of front matter in a text.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    format: Format,
    /// The line that opens it.
    opening: Range<usize>,
    /// Its keys and values.
    data: Range<usize>,
    body_start: usize,
    /// The line that closes it.
    closing: Range<usize>,
}

impl Block {
    fn document(&self, source: &Source) -> Result<Document, Box<Diagnostic>> {
        Document::in_format(self.format, &source.file, &source.text, self.data.clone())
    }
}

/// Finds the block: YAML between `---` lines, TOML between `+++` lines as in Hugo and Zola, or a JSON object.
fn split(source: &Source) -> Result<Block, Box<Diagnostic>> {
    let text = &*source.text;
    let mut lines = Lines { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let is_blank = |line: &Range<usize>| text[line.clone()].trim().is_empty();
    let opening = lines.by_ref().find(|line| !is_blank(line)).unwrap_or_default();
    let block = match text[opening.clone()].trim_end() {
        "---" => fenced(source, lines, opening, Format::Yaml)?,
        "+++" => fenced(source, lines, opening, Format::Toml)?,
        line if is_json(line) => braced(source, opening)?,
        _ => return Err(Box::new(missing(source))),
    };
    if block.data.len() > LARGEST {
        let message = format!("the front matter is larger than {} KiB", LARGEST / 1024);
        return Err(Box::new(
            Diagnostic::error("front-matter/too-large", message)
                .at(Place::new(source.file.clone(), source.text.clone(), block.opening))
                .help("check that it ends in the right place, and move text out of it"),
        ));
    }
    Ok(block)
}

/// Whether a line begins a JSON object and not a template tag.
fn is_json(line: &str) -> bool {
    line.starts_with('{') && !line.starts_with("{{") && !line.starts_with("{%") && !line.starts_with("{:")
}

/// The block between two equal fences.
fn fenced(
    source: &Source,
    mut lines: Lines<'_>,
    opening: Range<usize>,
    format: Format,
) -> Result<Block, Box<Diagnostic>> {
    let text = &*source.text;
    let start = lines.at;
    let fence = text[opening.clone()].trim_end();
    let closes = |line: &str| line == fence || format == Format::Yaml && line == "...";
    match lines.by_ref().find(|line| closes(text[line.clone()].trim_end())) {
        Some(closing) => {
            Ok(Block { format, opening, data: start..closing.start, body_start: lines.at, closing })
        }
        None => Err(not_closed(source, opening, fence)),
    }
}

/// The block of a JSON object.
fn braced(source: &Source, opening: Range<usize>) -> Result<Block, Box<Diagnostic>> {
    let text = &*source.text;
    let start = opening.start;
    let Some(length) = yaml::end_of_json(&text[start..]) else {
        // The parser explains the error.
        let document = Document::in_format(Format::Json, &source.file, &source.text, start..text.len());
        return Err(document.err().unwrap_or_else(|| not_closed(source, opening, "}")));
    };
    let end = start + length;
    Ok(Block { format: Format::Json, opening, data: start..end, body_start: end, closing: end..end })
}

fn not_closed(source: &Source, opening: Range<usize>, fence: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error("front-matter/not-closed", "this front matter is not closed")
            .at(Place::new(source.file.clone(), source.text.clone(), opening))
            .help(format!("add a line `{fence}` between the last key and the text")),
    )
}

/// An error for front matter that continues after the line that closes it, where its keys have no effect: up to another `---` line,
/// or directly after `...`.
fn ended_early(source: &Source, block: &Block) -> Option<Diagnostic> {
    if block.format != Format::Yaml {
        return None;
    }
    let text = &*source.text;
    let dots = text[block.closing.clone()].trim_end() == "...";
    let (mut found, mut goes_on) = (false, None);
    for line in (Lines { text, at: block.body_start }) {
        let written = text[line.clone()].trim_end();
        if line.start - block.body_start > LARGEST {
            return None;
        }
        if written == "---" {
            goes_on = Some(found);
            break;
        }
        if written.is_empty() || written.starts_with([' ', '\t', '#', '-']) {
            continue;
        }
        let key =
            written.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with([' ', '\t']));
        let Some((key, _)) = key.filter(|(key, _)| !key.trim().contains(' ')) else {
            goes_on = Some(found && dots);
            break;
        };
        let known = keys::find(key.trim());
        found |= known.is_some_and(|known| {
            known.key.holds_back() || known.key == Key::Date || dots && known.spelling == key
        });
    }
    if !goes_on.unwrap_or(found && dots) {
        return None;
    }
    let closing = text[block.closing.clone()].trim_end();
    let message = "this line ends the front matter, so the keys after it have no effect";
    let place = Place::new(source.file.clone(), source.text.clone(), block.closing.clone());
    let help = format!(
        "delete the line `{closing}`; if the lines after it are text, put a backslash before the first colon"
    );
    Some(Diagnostic::error("front-matter/ended-early", message).at(place).help(help))
}

/// Lines without their line ends.
struct Lines<'a> {
    text: &'a str,
    /// Where the next line starts.
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.at == self.text.len() {
            return None;
        }
        let start = self.at;
        let length = self.text[start..].find('\n');
        let end = length.map_or(self.text.len(), |length| start + length);
        self.at = if length.is_some() { end + 1 } else { end };
        Some(start..end)
    }
}

/// The error of a file without front matter.
fn missing(source: &Source) -> Diagnostic {
    let text = &*source.text;
    let first = text.trim_start_matches('\u{feff}').trim_start();
    let start = text.len() - first.len();
    let line = first.lines().next().unwrap_or_default();
    let place = Place::new(source.file.clone(), source.text.clone(), start..start + line.trim_end().len());
    if has_headers(first) {
        return Diagnostic::error("front-matter/headers", "this file starts with headers instead of front matter")
            .at(place)
            .help("put a line `---` before and after them, or import the file with `bulletin import --from pelican`");
    }
    Diagnostic::error("front-matter/missing", "this file has no front matter")
        .at(place)
        .help(format!("start the file with at least\n{SMALLEST}"))
}

/// Whether a text begins with headers such as `Title: Gate`, as in Pelican: one of them must be the title.
fn has_headers(text: &str) -> bool {
    let header = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let is_key =
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        (is_key && !value.starts_with("//")).then(|| key.to_ascii_lowercase())
    };
    let mut keys = text.lines().take(32).map_while(header);
    keys.any(|key| key == "title")
}

#[cfg(test)]
mod tests;
