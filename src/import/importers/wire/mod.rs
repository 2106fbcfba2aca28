//! Plain text of an agency → a story.
//!
//! Copy is taken apart from both ends: first what transmission put around it ([`header`]), then what follows the text ([`tail`]), then what
//! precedes it ([`head`]). The rest is the text ([`body`]). [`rules`] recognize the pieces, and each piece is a range of the copy
//! ([`metadata`]), so that no character is lost. Conventions: ANPA 1312, IPTC 7901, and the style books of the agencies.

use std::collections::VecDeque;
use std::path::Path;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::super::{File, ImportContext, Importer, Lines, Listing, Origin, Refusal, Sample, Source, Story};
use crate::diagnostic::Diagnostic;
use crate::import::encoding::{self, Decoded};

mod agencies;
mod body;
mod byline;
mod captions;
pub(super) mod dateline;
mod embargo;
mod fields;
mod flow;
mod head;
mod header;
mod kill;
mod labels;
mod language;
mod layout;
pub(super) mod markdown;
mod metadata;
mod page;
pub(super) mod place;
mod rules;
mod tail;
#[cfg(test)]
mod tests;

use kill::KillNotice;
use metadata::{CopyDate, Metadata};

/// The maximum number of bytes of a story.
const LARGEST: usize = 8 * 1024 * 1024;
/// The maximum number of characters of a headline that is made from the text.
const HEADLINE: usize = 90;

/// Plain text.
#[derive(Debug)]
pub(super) struct Wire;

impl Importer for Wire {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, _sample: &Sample<'_>) -> bool {
        true
    }

    fn open(
        &self,
        _folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(Box::new(TextFiles))
    }
}

/// Files of plain text, each with one story or more.
struct TextFiles;

impl Source for TextFiles {
    fn files(&self) -> Listing {
        Listing::default()
    }

    fn read(&self, file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        if file.bytes.len() > LARGEST {
            let (size, most) = (file.bytes.len() >> 20, LARGEST >> 20);
            let message = format!(
                "the file is {size} MiB, but the limit for a story is {most} MiB; split the file into stories"
            );
            return Err(Refusal::Failed(message, None));
        }
        let Some(decoded) = encoding::decode(&file.bytes, None) else {
            return Err(Refusal::Failed(
                format!("{}; save the story as plain text", binary_kind(&file.bytes)),
                None,
            ));
        };
        let copy = normalize(&decoded.text);
        if !copy.chars().any(flow::is_visible) {
            return Err(Refusal::Skipped("the file is empty".to_owned()));
        }
        if let Some(why) = other_format(&copy) {
            return Err(Refusal::Failed(why.to_owned(), None));
        }
        let mut lines_before = 0;
        let mut stories = Vec::new();
        for part in split_stories(&copy) {
            if part.chars().any(flow::is_visible) {
                if let Some(notice) = kill::find(part) {
                    return Err(Refusal::Failed(kill_instruction(&notice, desk), None));
                }
                let mut story = read(part, lines_before, desk);
                remark_on_encoding(&decoded, &mut story);
                stories.push(story);
            }
            lines_before += part.matches('\n').count();
        }
        Ok(stories)
    }
}

/// What an editor has to do about a notice that kills a story.
fn kill_instruction(notice: &KillNotice, desk: &ImportContext<'_>) -> String {
    let (headline, slugline) = (notice.headline.as_deref(), notice.slugline.as_deref());
    let found = desk.stories.named(headline, slugline);
    match &found[..] {
        [] => match headline.or(slugline) {
            Some(name) => format!("the notice kills “{name}”, but the site has no such story"),
            None => "the notice kills a story without naming it".to_owned(),
        },
        [path] => format!("the notice kills content/{path}; set `status: withdrawn` there"),
        paths => {
            let paths: Vec<String> = paths.iter().map(|path| format!("content/{path}")).collect();
            format!("the notice kills one of {}; set `status: withdrawn` there", paths.join(", "))
        }
    }
}

/// Normalizes line ends, and letters to NFC.
fn normalize(text: &str) -> String {
    let text =
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

/// Splits a transmission into its stories.
fn split_stories(copy: &str) -> Vec<&str> {
    let mut stories = Vec::new();
    let mut at = 0;
    for next in rules::STORY_BORDER.captures_iter(copy).filter_map(|border| border.name("next")) {
        stories.push(&copy[at..next.start()]);
        at = next.start();
    }
    stories.push(&copy[at..]);
    stories
}

/// What kind of file is not text, by its first bytes.
fn binary_kind(bytes: &[u8]) -> &'static str {
    let kinds: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "the file is a word processor document or a zip archive"),
        (b"%PDF-", "the file is a PDF"),
        (b"\xd0\xcf\x11\xe0", "the file is a word processor document"),
        (b"\x89PNG", "the file is a picture"),
        (b"\xff\xd8\xff", "the file is a picture"),
    ];
    let kind = kinds.iter().find(|(start, _)| bytes.starts_with(start));
    kind.map_or("the file is not text", |(_, kind)| kind)
}

/// Why text in an unknown format is not copy.
fn other_format(copy: &str) -> Option<&'static str> {
    let formats = [
        ("{\\rtf", "the file is an RTF document; save the story as plain text"),
        (
            "<?xml",
            "the file is XML in an unknown format; the known ones are nitf, newsml-1, newsml-g2, rss and wxr",
        ),
        ("{\"", "the file looks like JSON, but is neither ninjs nor a feed; check that it is complete"),
        ("[{", "the file looks like JSON, but is neither ninjs nor a feed; check that it is complete"),
    ];
    let start = copy.trim_start();
    formats.iter().find(|(mark, _)| start.starts_with(mark)).map(|(_, why)| *why)
}

fn remark_on_encoding(decoded: &Decoded, story: &mut Story) {
    let encoding = decoded.encoding;
    if decoded.is_guessed {
        let message = format!("the file does not name its encoding, which is probably {encoding}");
        story.remark("import/encoding", message, None);
    }
    if !decoded.is_whole {
        story.remark("import/encoding", format!("some bytes are not valid {encoding}"), None);
    }
}

/// Reads normalized copy that follows `lines_before` lines of its file.
fn read(copy: &str, lines_before: usize, desk: &ImportContext<'_>) -> Story {
    if page::is_html(copy) {
        return page::read(copy);
    }
    let mut meta = Metadata::default();
    let range = header::strip(copy, &mut meta);
    let mut blocks = layout::blocks(copy, range);
    tail::strip(&mut blocks, &mut meta);
    let mut blocks = VecDeque::from(blocks);
    head::strip(&mut blocks, &mut meta);
    meta.use_subject();
    let mut blocks = Vec::from(blocks);
    // A correction needs a day. Without one its notice stays in the text, where readers see it.
    let has_day = desk.date.is_some()
        || meta.dates.iter().any(|(date, _)| !matches!(date, CopyDate::Day(day) if day.year.is_none()));
    match meta.correction_notice.take() {
        Some(notice) if has_day => meta.claim(notice.flow.whole(), "corrections"),
        Some(notice) => {
            meta.correction = None;
            blocks.push(notice);
        }
        None => {}
    }
    let body = body::write(copy, &blocks, &mut meta);
    fields::story(Lines::new(copy).preceded_by(lines_before), desk, meta, body, &blocks)
}
