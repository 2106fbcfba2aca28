//! The sound and film of a story → the files that belong to them, and what is wrong with them.
//!
//! A recording has companions: files in its folder with its name and another extension. A picture is the poster of a film, `.vtt` files are
//! captions (`clip.vtt` in the language of the story, `clip.el.vtt` in Greek). No text names them, so the names are remembered with the
//! story: a new one changes it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::places::place_of_asset;
use super::{Article, Asset, Content};
use crate::diagnostic::Diagnostic;
use crate::manifest::Fingerprint;
use crate::pictures::is_picture;
use crate::slug::composed;

mod container;
mod location;

/// Sound or film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Medium {
    /// Sound.
    Audio,
    /// Film.
    Video,
}

/// Extensions of recordings with their media types: of the formats that browsers play (developer.mozilla.org, "Media container formats").
const TYPES: [(&str, Medium, &str); 13] = [
    ("mp3", Medium::Audio, "audio/mpeg"),
    ("m4a", Medium::Audio, "audio/mp4"),
    ("aac", Medium::Audio, "audio/aac"),
    ("ogg", Medium::Audio, "audio/ogg"),
    ("oga", Medium::Audio, "audio/ogg"),
    ("opus", Medium::Audio, "audio/ogg"),
    ("wav", Medium::Audio, "audio/wav"),
    ("flac", Medium::Audio, "audio/flac"),
    ("mp4", Medium::Video, "video/mp4"),
    ("m4v", Medium::Video, "video/mp4"),
    ("webm", Medium::Video, "video/webm"),
    ("ogv", Medium::Video, "video/ogg"),
    ("mov", Medium::Video, "video/quicktime"),
];

impl Medium {
    /// The medium of a path or URL by its extension, and its media type. `None` if it is not a recording.
    pub fn of(path: &str) -> Option<(Self, &'static str)> {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        let known = TYPES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(extension))?;
        Some((known.1, known.2))
    }
}

/// Extensions of recordings that few browsers play, which stories and static files may have all the same.
const OTHERS: [&str; 19] = [
    "3gp", "3g2", "3gpp", "qt", "mkv", "mka", "weba", "ogx", "spx", "m4b", "m4r", "mp4v", "avi", "aif",
    "aiff", "aifc", "mp2", "bwf", "insv",
];

/// Whether a file is sound or film by its extension.
fn is_recording(name: &str) -> bool {
    let is_other =
        |(_, extension): (&str, &str)| OTHERS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    Medium::of(name).is_some() || name.rsplit_once('.').is_some_and(is_other)
}

/// The problem of a recording under this name if its metadata reveals where it was recorded.
pub fn location_problem(file: &Path, name: &str) -> Option<Diagnostic> {
    // An unreadable file is reported when it is published.
    let reveals = is_recording(name) && location::reveals_location(file).unwrap_or_default();
    reveals.then(|| problem(name, RecordingFlaw::Location))
}

/// What is known of a recording or a file of captions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingFacts {
    /// The size of the file in bytes.
    pub length: u64,
    /// Width and height of a film in pixels, if known.
    pub size: Option<(u32, u32)>,
    /// How long it is in seconds, if known.
    pub duration: Option<u32>,
    /// Its flaw.
    pub flaw: Option<RecordingFlaw>,
}

/// A flaw of a recording or a file of captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordingFlaw {
    /// The file is empty.
    Empty,
    /// It does not start as a WebVTT file.
    NotCaptions,
    /// It is another kind of file than its name says.
    OtherFormat,
    /// Its metadata reveals where it was recorded.
    Location,
}

/// Examines a recording or a file of captions. Reads the headers of it, however large it is. `None` for other files.
pub(super) fn examine(file: &Path) -> Option<RecordingFacts> {
    let name = file.file_name()?.to_string_lossy();
    let is_captions = is_captions(&name);
    if !is_recording(&name) && !is_captions {
        return None;
    }
    let length = file.metadata().ok()?.len();
    let facts = RecordingFacts { length, ..RecordingFacts::default() };
    if length == 0 {
        return Some(RecordingFacts { flaw: Some(RecordingFlaw::Empty), ..facts });
    }
    // An unreadable file is reported when it is published.
    let Ok(head) = head(file) else { return Some(facts) };
    if is_captions {
        let flaw = (!is_web_vtt(&head)).then_some(RecordingFlaw::NotCaptions);
        return Some(RecordingFacts { flaw, ..facts });
    }
    let reveals = location::reveals_location(file).unwrap_or_default();
    let flaw = reveals.then_some(RecordingFlaw::Location);
    if flaw.is_none() && container::is_page_or_picture(&head) {
        return Some(RecordingFacts { flaw: Some(RecordingFlaw::OtherFormat), ..facts });
    }
    let movie = container::Movie::read(file, &head).unwrap_or_default();
    Some(RecordingFacts { size: movie.size, duration: movie.duration, flaw, ..facts })
}

/// The first bytes of a file.
fn head(file: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(64);
    File::open(file)?.take(64).read_to_end(&mut head)?;
    Ok(head)
}

/// WebVTT, section 6.1: an optional byte order mark, `WEBVTT`, then white space or the end.
fn is_web_vtt(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.strip_prefix(b"WEBVTT").is_some_and(|rest| rest.first().is_none_or(|byte| b" \t\n\r".contains(byte)))
}

fn is_captions(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("vtt"))
}

/// The companions of a recording: names of files in its folder, in order.
pub(super) fn companions(recording: &Path) -> Vec<String> {
    let (Some(folder), Some(name)) = (recording.parent(), recording.file_name()) else { return Vec::new() };
    let name = name.to_string_lossy();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|other| is_companion(&name, other)).collect();
    names.sort_unstable();
    names
}

/// The fingerprint of the names of a recording's companions.
pub(super) fn companions_fingerprint(recording: &Path) -> Fingerprint {
    Fingerprint::of(&companions(recording))
}

/// Whether a file name is that of a companion of a recording in the same folder.
pub(super) fn is_companion(recording: &str, name: &str) -> bool {
    let Some((medium, _)) = Medium::of(recording) else { return false };
    match part_between(recording, name) {
        Some(part) if part.is_empty() => is_captions(name) || (medium == Medium::Video && is_picture(name)),
        Some(part) => is_captions(name) && is_language(&part),
        None => false,
    }
}

/// What the name of a file has between the stem of a recording and its own extension, without the dot: `el` of `clip.el.vtt` for
/// `clip.mp4`. Names are compared in NFC, as disks and archives change the normal form.
fn part_between(recording: &str, name: &str) -> Option<String> {
    let (recording, name) = (composed(recording), composed(name));
    let (stem, _) = recording.rsplit_once('.')?;
    let (before, _) = name.rsplit_once('.')?;
    let rest = before.strip_prefix(stem)?;
    if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('.').map(str::to_owned) }
}

/// Whether a text has the form of a BCP 47 tag: `el`, `pt-BR`.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    parts
        .next()
        .is_some_and(|first| (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The poster of a film and its captions with their languages, among the files of its story; `reference` is that of the recording. A
/// language is missing if the name of the file has none.
pub fn companions_of<'a>(
    article: &'a Article,
    reference: &str,
) -> (Option<&'a Asset>, Vec<(&'a Asset, Option<String>)>) {
    let (folder, name) = reference.rsplit_once('/').map_or(("", reference), |(folder, name)| (folder, name));
    let beside = |asset: &'a Asset| {
        let (other, file) =
            asset.reference.rsplit_once('/').map_or(("", &*asset.reference), |(other, file)| (other, file));
        (other == folder && is_companion(name, file)).then_some((asset, file))
    };
    let found = || article.assets.iter().filter_map(beside);
    let poster = found().find(|(_, file)| is_picture(file)).map(|(asset, _)| asset);
    let captions = found().filter(|(_, file)| is_captions(file));
    let captions =
        captions.map(|(asset, file)| (asset, part_between(name, file).filter(|part| !part.is_empty())));
    (poster, captions.collect())
}

/// The language in the name of a file of captions: `el` of `talks.el.vtt`.
pub fn language_of_captions(path: &str) -> Option<&str> {
    let (before, _) = path.rsplit('/').next()?.rsplit_once('.')?;
    before.rsplit_once('.').map(|(_, language)| language).filter(|language| is_language(language))
}

/// A problem for each flaw of each recording and file of captions.
pub(super) fn flaws<'a>(content: &'a Content, article: &'a Article) -> impl Iterator<Item = Diagnostic> + 'a {
    let flawed = article.assets.iter().filter_map(|asset| Some((asset, asset.recording.as_ref()?.flaw?)));
    flawed.map(|(asset, flaw)| {
        problem(&asset.reference, flaw).at(place_of_asset(content, article, &asset.reference))
    })
}

fn problem(name: &str, flaw: RecordingFlaw) -> Diagnostic {
    match flaw {
        RecordingFlaw::Empty => Diagnostic::warning("media/empty", format!("`{name}` is an empty file")).help("save it again"),
        RecordingFlaw::NotCaptions => {
            Diagnostic::warning("media/not-captions", format!("`{name}` is not a WebVTT file, so browsers show no captions"))
                .help("start the file with a line `WEBVTT`; convert subtitles in other formats, for example with ffmpeg")
        }
        RecordingFlaw::OtherFormat => {
            Diagnostic::warning("media/other-format", format!("`{name}` is neither sound nor film"))
                .help("replace the file: browsers will play nothing")
        }
        RecordingFlaw::Location => {
            let (folder, file) = name.split_at(name.rfind('/').map_or(0, |at| at + 1));
            // The cover of sound is a film for ffmpeg.
            let cover = if matches!(Medium::of(name), Some((Medium::Audio, _))) { " -vn" } else { "" };
            let help = format!(
                "remove the metadata, for example with `ffmpeg -i {name} -map_metadata -1{cover} -c copy {folder}clean-{file}`"
            );
            Diagnostic::error("media/location", format!("the metadata of `{name}` reveals where it was recorded")).help(help)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_the_medium() {
        for (path, expected) in [
            ("a.mp3", Some((Medium::Audio, "audio/mpeg"))),
            ("x/Clip One.MP4", Some((Medium::Video, "video/mp4"))),
            ("https://a.example/a.webm?x=1.jpg#t", Some((Medium::Video, "video/webm"))),
            ("https://a.example.mp4/", None),
            ("mp4", None),
            ("a.jpg", None),
        ] {
            assert_eq!(Medium::of(path), expected, "{path}");
        }
    }

    #[test]
    fn companions_have_the_name_of_the_recording() {
        for (recording, name, expected) in [
            ("clip.mp4", "clip.jpg", true),
            ("clip.mp4", "clip.vtt", true),
            ("clip.mp4", "clip.pt-BR.VTT", true),
            ("clip.mp4", "clip.old-draft-not.jpg", false),
            ("clip.mp4", "clip.draft.vtt", false),
            ("clip.mp4", "clip2.vtt", false),
            ("clip.mp4", "clip.en.jpg", false),
            ("talk.mp3", "talk.jpg", false),
            ("talk.mp3", "talk.vtt", true),
            ("u\u{308}ber.mp4", "\u{fc}ber.el.vtt", true),
            ("\u{fc}ber.mp4", "u\u{308}ber.jpg", true),
            ("clip.jpg", "clip.vtt", false),
        ] {
            assert_eq!(is_companion(recording, name), expected, "{recording} {name}");
        }
        assert_eq!(language_of_captions("a/talk.el.vtt"), Some("el"));
        assert_eq!(language_of_captions("a/talk.vtt"), None);
    }

    #[test]
    fn captions_start_with_their_signature() {
        for (head, expected) in [
            ("WEBVTT\n", true),
            ("\u{feff}WEBVTT - talks\n", true),
            ("WEBVTT", true),
            ("WEBVTTX", false),
            ("1\n00:00:01,000 --> 00:00:02,000\n", false),
        ] {
            assert_eq!(is_web_vtt(head.as_bytes()), expected, "{head}");
        }
    }
}
