//! The text of a story and its pictures.

use super::{Confidence, Draft, File, Picture, Sourced};
use crate::content::is_media;
use crate::import::Media;
use crate::import::html::{self, Converted, escaped};

impl Draft<'_> {
    /// The picture of a story: its URL, or a file beside the copy, which comes along.
    pub(in crate::import::importers) fn picture(&mut self, src: Option<Sourced>) {
        let Some(mut src) = src.filter(|_| !self.has("image.src")) else {
            return;
        };
        if let Some(media) = beside(self.file, &src.text) {
            src.text.clone_from(&media.name);
            self.add_media(media);
        } else if !src.text.starts_with("https://") && !src.text.starts_with("http://") {
            let name: String = src.text.chars().take(80).collect();
            let message = format!("its picture `{name}` is not beside the copy; add it by hand");
            return self.story.remark("import/picture", message, src.spans.first().copied());
        }
        self.story.set("image.src", src.text, Confidence::Explicit, src.spans);
    }

    /// A picture that goes with the text: the story's own if it has none, else one under the text.
    pub(in crate::import::importers) fn add_picture(&mut self, picture: Picture) {
        let Picture { src, alt, caption, credit } = picture;
        if !self.has("image.src") {
            // Words of a picture that is not there stay until there is one: the context has to find it.
            self.story.fields.retain(|field| !field.key.starts_with("image."));
            self.picture(src);
            self.set("image.alt", alt);
            self.set("image.caption", caption);
            return self.set("image.credit", credit);
        }
        let text = |value: &Option<Sourced>| escaped(value.as_ref().map_or("", |value| &value.text));
        let words = [text(&caption), text(&credit)].join(" ");
        self.figures.push_str(&format!(
            "<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>",
            text(&src),
            text(&alt),
            words.trim()
        ));
    }

    /// The text, or more of it, with what was found in it.
    pub(in crate::import::importers) fn body(&mut self, converted: Converted) {
        if !self.story.body.is_empty() && !converted.body.is_empty() {
            self.story.body.push_str("\n\n");
        }
        self.story.body.push_str(&converted.body);
        let count = converted.embeds.len();
        if let Some(first) = converted.embeds.first() {
            let message = match count {
                1 => format!("what it showed from {first} is a link now"),
                _ => format!("what it showed from {first} and {} other places are links now", count - 1),
            };
            self.story.remark("import/embed", message, None);
        }
        for name in converted.dropped {
            let message = format!("`<{name}>` has no place in Markdown; add what it showed by hand");
            self.story.remark_about("import/dropped", name, message, None);
        }
        let (remote, local): (Vec<_>, Vec<_>) = converted
            .pictures
            .iter()
            .map(|picture| picture.src.as_str())
            .partition(|src| src.contains("://"));
        for src in local {
            match beside(self.file, src) {
                Some(media) => self.add_media(media),
                None => {
                    let name: String = src.chars().take(80).collect();
                    let message = format!("its picture `{name}` is not beside the copy; add it by hand");
                    self.story.remark("import/picture", message, None);
                }
            }
        }
        self.remote(&remote);
    }

    /// A text that says it is plain. Some are HTML all the same.
    pub(in crate::import::importers) fn plain_body(&mut self, text: &str) {
        let small = text.to_ascii_lowercase();
        if small.contains("</p>") || small.contains("<p>") {
            self.body(html::markdown(text, None));
        } else {
            self.body(Converted { body: html::of_plain(text), ..Converted::default() });
        }
    }

    /// A file that comes along, once.
    fn add_media(&mut self, media: Media) {
        if !self.story.media.contains(&media) {
            self.story.media.push(media);
        }
    }

    /// Tells of pictures that are shown from elsewhere.
    fn remote(&mut self, pictures: &[&str]) {
        if pictures.is_empty() {
            return;
        }
        if self.is_archive {
            let first: String = pictures[0].chars().take(120).collect();
            let message = format!("its pictures are still on the old host ({first})");
            return self.story.remark("import/remote-picture", message, None);
        }
        let some = pictures.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let rest = pictures.len().saturating_sub(5);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        self.story.remark(
            "import/picture",
            format!("pictures in its text are still at their old place: {some}{more}"),
            None,
        );
    }
}

/// A file that copy names, if it is beside it.
fn beside(file: &File, name: &str) -> Option<Media> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let is_plain = !name.is_empty() && !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.');
    if !is_plain || file.path.as_os_str().is_empty() {
        return None;
    }
    let from = file.path.parent()?.join(name);
    // Copy of strangers names pictures, not articles of others or what a link leads to.
    let is_file = from.symlink_metadata().is_ok_and(|found| found.is_file());
    (is_file && is_media(name)).then(|| Media { from, name: name.to_owned() })
}
