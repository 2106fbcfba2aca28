//! A story with its lead picture at hand → the caption, credit and alternative text of the picture's own metadata, where the copy gives none.
//!
//! Cameras, agencies and photo desks write them into the file, and many archives keep them nowhere else. Only files that are imported beside their story are
//! examined: those in an archive's `static/` are shared by many stories and stay there.

use percent_encoding::percent_decode_str;

use super::story::{Confidence, ImageField, Story};
use crate::pictures::{self, Metadata};

/// Fills in the missing texts of a lead picture.
pub(super) fn complete(story: &mut Story) {
    let Some(src) = story.text(ImageField::Src) else { return };
    let decoded = percent_decode_str(src).decode_utf8_lossy();
    let own = |src: &str| story.media.iter().find(|media| media.name == src.trim_start_matches("./"));
    let Some(media) = own(src).or_else(|| own(&decoded)) else { return };
    // An unreadable file is reported when it is copied.
    let Ok(picture) = pictures::examine(&media.from) else { return };
    fill(story, &picture.metadata);
}

fn fill(story: &mut Story, metadata: &Metadata) {
    let Metadata { alt, caption, credit, creator, copyright, .. } = metadata;
    let credit = credit.as_ref().or(creator.as_ref()).or(copyright.as_ref());
    for (field, text) in [
        (ImageField::Alt, alt.as_ref()),
        (ImageField::Caption, caption.as_ref()),
        (ImageField::Credit, credit),
    ] {
        let is_given = story.text(field).is_some_and(|text| !text.trim().is_empty());
        if let Some(text) = text.filter(|_| !is_given) {
            story.set(field, text.as_str(), Confidence::Explicit, Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_comes_before_the_metadata() {
        let mut story = Story::default();
        story.set(ImageField::Src, "crane.jpg", Confidence::Explicit, Vec::new());
        story.set(ImageField::Caption, "Berth 4", Confidence::Explicit, Vec::new());
        story.set(ImageField::Credit, " ", Confidence::Explicit, Vec::new());
        let metadata = Metadata {
            caption: Some("DSC 0001".to_owned()),
            creator: Some("Harbour desk".to_owned()),
            copyright: Some("Herald".to_owned()),
            ..Metadata::default()
        };
        fill(&mut story, &metadata);
        assert_eq!(story.text(ImageField::Caption), Some("Berth 4"));
        assert_eq!(story.text(ImageField::Credit), Some("Harbour desk"));
        assert_eq!(story.text(ImageField::Alt), None);
    }
}
