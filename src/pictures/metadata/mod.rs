//! The metadata of a picture file → what a newsroom shows and hands on of it; a picture file → the same without what must not leave the
//! newsroom.
//!
//! EXIF, IPTC IIM and XMP say who took a picture and who owns it, but also where the photographer stood and which camera it was. So
//! nothing of a file's metadata is copied: what may be published is read, and written anew.

use serde::{Deserialize, Serialize};

use super::{Encoding, Format};

mod containers;
mod exif;
mod iim;
mod read;
mod text;
mod xmp;

pub(super) use containers::Blocks;
pub(super) use containers::with_small_profile;
use containers::{NewBlocks, completed_avif, rebuilt};
pub(super) use exif::Exif;

/// What a picture file says of the picture (IPTC Photo Metadata Standard 2023.2). Texts are single lines without control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Metadata {
    /// Who created it; several names are separated by commas.
    pub creator: Option<String>,
    /// The credit line that its supplier asks for.
    pub credit: Option<String>,
    /// Who supplies it.
    pub source: Option<String>,
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
        Self::of(&Blocks::of(bytes, format))
    }

    /// Reads blocks of metadata.
    pub(super) fn of(blocks: &Blocks<'_>) -> Self {
        read::read(blocks)
    }

    /// The credit to show: the credit line that the supplier asks for, word for word; without one, the creator and the source as in
    /// "Jane Roe/Example Agency", or the one of them that is known.
    pub fn credit_line(&self) -> Option<String> {
        let source = self.source.as_deref().filter(|source| Some(*source) != self.creator.as_deref());
        match (&self.credit, &self.creator, source) {
            (Some(credit), ..) => Some(credit.clone()),
            (None, Some(creator), Some(source)) => Some(format!("{creator}/{source}")),
            (None, Some(creator), None) => Some(creator.clone()),
            (None, None, source) => source.map(str::to_owned),
        }
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

impl DigitalSource {
    /// Reads a code or its URI. `None` for other codes, such as those of photographs.
    fn from_code(code: &str) -> Option<Self> {
        Some(match code.trim().trim_end_matches('/').rsplit(['/', ':']).next()? {
            "trainedAlgorithmicMedia" => Self::Generated,
            "compositeWithTrainedAlgorithmicMedia" | "compositeSynthetic" => Self::PartlyGenerated,
            "composite" | "compositeCapture" => Self::Composite,
            "digitalCreation" | "digitalArt" => Self::DigitalArt,
            _ => return None,
        })
    }

    /// Its URI.
    pub fn uri(self) -> String {
        let code = match self {
            Self::Generated => "trainedAlgorithmicMedia",
            Self::PartlyGenerated => "compositeWithTrainedAlgorithmicMedia",
            Self::Composite => "composite",
            Self::DigitalArt => "digitalCreation",
        };
        format!("http://cv.iptc.org/newscodes/digitalsourcetype/{code}")
    }

    /// Its name in templates, and the key of its label in `theme.yaml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::PartlyGenerated => "partly_generated",
            Self::Composite => "composite",
            Self::DigitalArt => "digital_art",
        }
    }
}

/// A picture file without what must not leave the newsroom: the same pixels, orientation and colors, the metadata reduced to `metadata`.
/// `None` if this format cannot be cleaned. A cleaned file stays the same if it is cleaned again.
pub(crate) fn cleaned(bytes: &[u8], format: Format, metadata: &Metadata) -> Option<Vec<u8>> {
    let orientation = Blocks::of(bytes, format).exif().map_or(1, |exif| exif.orientation());
    rebuilt(bytes, format, &NewBlocks::new(metadata, orientation))
}

/// The file of a rendition with the metadata of its picture: EXIF, IIM and XMP in JPEG, EXIF and XMP in PNG, XMP in AVIF, whose encoder
/// writes [`exif()`].
pub(crate) fn embed(bytes: Vec<u8>, encoding: Encoding, metadata: &Metadata) -> Vec<u8> {
    // Pixels of renditions are upright.
    let new = NewBlocks::new(metadata, 1);
    let embedded = match encoding {
        Encoding::Jpeg => rebuilt(&bytes, Format::Jpeg, &new),
        Encoding::Png => rebuilt(&bytes, Format::Png, &new),
        Encoding::Avif => completed_avif(&bytes, &new),
    };
    embedded.unwrap_or(bytes)
}

/// The metadata of a picture as EXIF, from its TIFF header on, for the encoder of AVIF. `None` if there is nothing to say.
pub(crate) fn exif(metadata: &Metadata) -> Option<Vec<u8>> {
    NewBlocks::new(metadata, 1).into_exif()
}

#[cfg(test)]
mod tests;
