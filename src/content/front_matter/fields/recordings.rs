//! Keys of galleries, sound and film.

use super::Reader;
use super::nested_keys::Shape;
use super::parts::{PICTURE, is_source, without_fragment};
use crate::content::front_matter::keys::Key;
use crate::content::{Image, Medium, Recording};
use crate::yaml::Node;

pub(super) const GALLERY: Shape = Shape { parent: "gallery", ..PICTURE };
pub(super) const AUDIO: Shape = Shape {
    parent: "audio",
    keys: &["src", "title", "duration", "captions", "transcript", "season", "episode"],
    others: "url path file type length name",
};
pub(super) const VIDEO: Shape = Shape {
    parent: "video",
    keys: &["src", "title", "duration", "poster", "captions", "transcript", "season", "episode"],
    others: "url path file type length name width height",
};

/// Names of the key of a file, its own first.
const SRC: [&str; 4] = ["src", "url", "path", "file"];

impl<'a> Reader<'a> {
    /// Reads the pictures of a gallery.
    pub(super) fn gallery(&mut self) {
        let Some(node) = self.get(Key::Gallery) else { return };
        let items: Vec<Node<'a>> = match node.is_list() {
            true => self.take(node.list()).into_iter().flatten().filter(|item| !item.is_null()).collect(),
            false => vec![node],
        };
        for item in items {
            let image = match item.is_map() {
                true => self.picture(item, &GALLERY),
                false => self.source(item).map(|src| Image { src: Some(src), ..Image::default() }),
            };
            match image {
                Some(image) if image.src.is_some() => self.front.gallery.push(image),
                Some(_) => {
                    let warning = item.warning(
                        "front-matter/gallery",
                        "this picture of the gallery has no file, so it is not shown",
                    );
                    self.problems
                        .push(warning.help("add the path of a picture as `src`, or delete the entry"));
                }
                None => {}
            }
        }
    }

    /// Reads the sound and the film that lead the story.
    pub(super) fn recordings(&mut self) {
        self.front.audio = self.recording(Key::Audio, Medium::Audio, &AUDIO).map(Box::new);
        self.front.video = self.recording(Key::Video, Medium::Video, &VIDEO).map(Box::new);
    }

    fn recording(&mut self, key: Key, medium: Medium, shape: &Shape) -> Option<Recording> {
        let node = self.get(key)?;
        if !node.is_map() {
            return Some(Recording { src: self.recording_file(node, node, medium)?, ..Recording::default() });
        }
        let map = self.take(node.map())?;
        self.check_keys(map, shape);
        let Some(src) = SRC.iter().find_map(|key| map.get(key)) else {
            let message = format!("`{}` has no file, so it is not shown", node.name());
            let warning = node.warning("front-matter/recording", message);
            return self.wrong(warning, "add the path of a file as `src`, or delete the key");
        };
        let captions = map.get("captions").map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        Some(Recording {
            src: self.recording_file(src, node, medium)?,
            title: self.part(map, "title").or_else(|| self.part(map, "name")),
            duration: map.get("duration").and_then(|node| self.duration(node)),
            poster: map.get("poster").and_then(|node| self.source(node)),
            captions: captions.into_iter().map(|(_, text)| without_fragment(text.into_owned())).collect(),
            transcript: self.part(map, "transcript"),
            season: map.get("season").and_then(|node| self.place_in_podcast(node)),
            episode: map.get("episode").and_then(|node| self.place_in_podcast(node)),
        })
    }

    /// The path or URL of a recording. Other values, such as those that a theme knows, are reported and left out.
    fn recording_file(&mut self, node: Node<'a>, whole: Node<'a>, medium: Medium) -> Option<String> {
        let text = node.string().map(|text| super::folded(&text)).unwrap_or_default();
        if is_source(&text) && Medium::of(&text).is_some_and(|(of, _)| of == medium) {
            return Some(without_fragment(text));
        }
        let (what, example) = match medium {
            Medium::Audio => ("sound", "`interview.mp3`"),
            Medium::Video => ("film", "`clip.mp4`"),
        };
        let message = format!("`{}` is not the path or URL of a file with {what}", whole.name());
        let warning = node.warning("front-matter/recording", message);
        self.wrong(
            warning,
            format!("write the path of a file beside the story, such as {example}; put values for the theme into `extra`"),
        )
    }

    /// The number of a season or episode, at least 1.
    fn place_in_podcast(&mut self, node: Node<'a>) -> Option<u32> {
        let number = self.line(node)?.parse().ok().filter(|number| *number > 0);
        if number.is_none() {
            let warning = node
                .warning("front-matter/recording", format!("`{}` is not a whole number from 1", node.name()));
            self.problems.push(warning.help("write it as in `episode: 12`"));
        }
        number
    }

    /// A duration in seconds.
    fn duration(&mut self, node: Node<'a>) -> Option<u32> {
        let text = self.line(node)?;
        let seconds = seconds(&text);
        if seconds.is_none() {
            let warning = node.warning("front-matter/duration", format!("`{text}` is not a duration"));
            self.problems
                .push(warning.help("write minutes and seconds, as in `duration: \"12:34\"`, or seconds"));
        }
        seconds
    }
}

/// `754`, `12:34` or `1:02:03`, in seconds.
fn seconds(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let whole = parts.iter().enumerate().try_fold(0_u32, |sum, (index, part)| {
        let number: u32 = part.trim().parse().ok()?;
        let fits = index == 0 || number < 60;
        fits.then(|| sum.checked_mul(60)?.checked_add(number)).flatten()
    })?;
    (whole > 0).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_a_clock() {
        for (text, expected) in [
            ("754", Some(754)),
            ("12:34", Some(754)),
            ("1:02:03", Some(3723)),
            ("90:00", Some(5400)),
            ("1:75", None),
            ("0", None),
            ("1:2:3:4", None),
            ("soon", None),
            ("99999999999", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
