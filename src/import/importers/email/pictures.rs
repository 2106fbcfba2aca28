//! The pictures of a mail → files beside the story.

use std::path::PathBuf;

use mail_parser::{Message, MessagePart, MimeHeaders as _, PartType};

use super::TempFiles;
use crate::content::is_media;
use crate::import::{Confidence, ImageField, Media, Refusal, Story};
use crate::slug::slugify;

/// The maximum number of bytes of a picture that belongs to a signature, and words in the names of such pictures.
const SMALL: usize = 16 * 1024;
const SIGNATURE_NAMES: [&str; 7] =
    ["logo", "signature", "icon", "facebook", "twitter", "linkedin", "instagram"];

/// The pictures of a mail.
pub(super) struct Pictures {
    all: Vec<Picture>,
}

struct Picture {
    name: String,
    from: PathBuf,
    /// The identifier that the text uses.
    id: Option<String>,
    is_small: bool,
}

/// The format of a picture: `jpeg`.
pub(super) fn kind(part: &MessagePart<'_>) -> Option<String> {
    let kind = part.content_type()?;
    kind.ctype().eq_ignore_ascii_case("image").then(|| kind.subtype().unwrap_or_default().to_lowercase())
}

/// The file name of a picture. `None` if browsers do not show such files.
pub(super) fn name_of(part: &MessagePart<'_>, number: usize) -> Option<String> {
    let kind = kind(part)?;
    let end = match kind.as_str() {
        "jpeg" | "pjpeg" | "jpg" => "jpg",
        "svg+xml" => "svg",
        other => other,
    };
    // An untrusted name must not be a path.
    let given = part.attachment_name().unwrap_or_default();
    let given = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = slugify(given.rsplit_once('.').map_or(given, |(stem, _)| stem));
    let stem = if stem.is_empty() { format!("picture-{number}") } else { stem };
    Some(format!("{stem}.{end}")).filter(|name| is_media(name))
}

impl Pictures {
    pub(super) fn new(message: &Message<'_>, spill: &TempFiles) -> Result<Self, Refusal> {
        let mut all: Vec<Picture> = Vec::new();
        for part in message.attachments.iter().filter_map(|id| message.parts.get(*id as usize)) {
            let (PartType::Binary(bytes) | PartType::InlineBinary(bytes)) = &part.body else { continue };
            let Some(mut name) = name_of(part, all.len() + 1) else { continue };
            if all.iter().any(|other| other.name == name) {
                name = format!("{}-{name}", all.len() + 1);
            }
            let id = part.content_id().map(|id| id.trim_matches(['<', '>']).to_owned());
            let is_small = bytes.len() <= SMALL && SIGNATURE_NAMES.iter().any(|word| name.contains(word));
            all.push(Picture { name, from: spill.keep(bytes)?, id, is_small });
        }
        Ok(Self { all })
    }

    /// Whether HTML shows any of them.
    pub(super) fn are_in(&self, html: &str) -> bool {
        self.all.iter().any(|picture| {
            !picture.is_small && picture.id.as_ref().is_some_and(|id| html.contains(&format!("cid:{id}")))
        })
    }

    /// Replaces identifiers in HTML with file names.
    pub(super) fn with_names(&self, html: &str) -> String {
        let mut html = html.to_owned();
        for picture in &self.all {
            if let Some(id) = &picture.id {
                html = html.replace(&format!("cid:{id}"), &picture.name);
            }
        }
        html
    }

    /// Adds the pictures to a story. Of those that its text does not show, the first becomes its main picture; others follow the text.
    pub(super) fn show(&self, story: &mut Story) {
        let mut small = 0;
        for Picture { name, from, id, is_small } in &self.all {
            if story.media.iter().any(|media| media.name == *name) {
                continue;
            }
            let is_shown = story.body.contains(&format!("]({name}"));
            match () {
                () if is_shown => {}
                () if *is_small && id.is_some() => {
                    small += 1;
                    continue;
                }
                () if story.field(ImageField::Src).is_none() => {
                    story.set(ImageField::Src, name.clone(), Confidence::Derived, Vec::new());
                }
                () => story.body = format!("{}\n\n![]({name})", story.body.trim_end()),
            }
            story.media.push(Media { from: from.clone(), name: name.clone() });
        }
        if small > 0 {
            let plural = if small == 1 { "picture is" } else { "pictures are" };
            story.remark("import/picture", format!("{small} signature {plural} left out"), None);
        }
    }
}
