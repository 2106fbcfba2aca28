//! The text of a draft and its pictures.

use super::{Confidence, Draft, File, Picture, Sourced};
use crate::content::is_media;
use crate::import::html::{self, Converted, escaped};
use crate::import::{FieldKey, ImageField, Media};

impl Draft<'_> {
    /// Sets the picture: a URL, or a file beside the copy, which is imported too.
    pub(in crate::import::importers) fn picture(&mut self, src: Option<Sourced>) {
        let Some(mut src) = src.filter(|_| !self.has(ImageField::Src)) else {
            return;
        };
        if let Some(media) = beside(self.file, &src.text) {
            src.text.clone_from(&media.name);
            self.add_media(media);
        } else if !src.text.starts_with("https://") && !src.text.starts_with("http://") {
            let name: String = src.text.chars().take(80).collect();
            let message = format!("its picture `{name}` was not delivered with the copy; add it by hand");
            return self.story.remark("import/picture", message, src.spans.first().copied());
        }
        self.story.set(ImageField::Src, src.text, Confidence::Explicit, src.spans);
    }

    /// Adds a picture: as the story's main picture if there is none, otherwise below the text.
    pub(in crate::import::importers) fn add_picture(&mut self, picture: Picture) {
        let Picture { src, alt, caption, credit } = picture;
        if !self.has(ImageField::Src) {
            // The texts of a picture that was not delivered stay until there is one, so that the desk can find it.
            self.story.fields.retain(|field| !matches!(field.key, FieldKey::Image(_)));
            self.picture(src);
            self.set(ImageField::Alt, alt);
            self.set(ImageField::Caption, caption);
            return self.set(ImageField::Credit, credit);
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

    /// Appends converted text, with remarks on what could not be converted.
    pub(in crate::import::importers) fn body(&mut self, converted: Converted) {
        if !self.story.body.is_empty() && !converted.body.is_empty() {
            self.story.body.push_str("\n\n");
        }
        self.story.body.push_str(&converted.body);
        let count = converted.embeds.len();
        if let Some(first) = converted.embeds.first() {
            let message = match count {
                1 => format!("an embed of {first} became a link"),
                _ => format!("embeds of {first} and {} other URLs became links", count - 1),
            };
            self.story.remark("import/embed", message, None);
        }
        for name in converted.dropped {
            let message = format!("Markdown cannot express `<{name}>`; add what it showed by hand");
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
                    let message =
                        format!("its picture `{name}` was not delivered with the copy; add it by hand");
                    self.story.remark("import/picture", message, None);
                }
            }
        }
        self.remote(&remote);
    }

    /// Appends text that is declared as plain but may be HTML nevertheless.
    pub(in crate::import::importers) fn plain_body(&mut self, text: &str) {
        let small = text.to_ascii_lowercase();
        if small.contains("</p>") || small.contains("<p>") {
            self.body(html::markdown(text, None));
        } else {
            self.body(Converted { body: html::from_plain_text(text), ..Converted::default() });
        }
    }

    /// Adds a file to import, once.
    fn add_media(&mut self, media: Media) {
        if !self.story.media.contains(&media) {
            self.story.media.push(media);
        }
    }

    /// Remarks on pictures that load from other hosts.
    fn remote(&mut self, pictures: &[&str]) {
        if pictures.is_empty() {
            return;
        }
        if self.is_archive {
            let first: String = pictures[0].chars().take(120).collect();
            let message = format!("its pictures still load from the old host ({first})");
            return self.story.remark("import/remote-picture", message, None);
        }
        let some = pictures.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let rest = pictures.len().saturating_sub(5);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        self.story.remark(
            "import/picture",
            format!("pictures in its text still load from their old URLs: {some}{more}"),
            None,
        );
    }
}

/// The file beside the copy that has this name.
fn beside(file: &File, name: &str) -> Option<Media> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let is_plain = !name.is_empty() && !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.');
    if !is_plain || file.path.as_os_str().is_empty() {
        return None;
    }
    let from = file.path.parent()?.join(name);
    // Copy from outside may name pictures only: no hidden files, links or files elsewhere.
    let is_file = from.symlink_metadata().is_ok_and(|found| found.is_file());
    (is_file && is_media(name)).then(|| Media { from, name: name.to_owned() })
}
