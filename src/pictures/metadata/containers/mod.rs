//! A picture file → the blocks of metadata in it; a picture file and new blocks → the same picture with nothing else in it.
//!
//! A file is rebuilt from an allow list of what a decoder needs. So what nobody has thought of stays behind, too: thumbnails, notes of
//! makers, comments, films and second pictures after the end.

use std::borrow::Cow;

use super::exif::{self, Exif, tag};
use super::xmp::Property;
use super::{Metadata, iim, xmp};
use crate::pictures::Format;

mod avif_xmp;
mod bmff;
mod gif;
mod jpeg;
mod png;
mod tiff;
mod webp;

pub(in crate::pictures) use png::with_small_profile;

/// The blocks of metadata in a file.
#[derive(Debug, Default)]
pub(in crate::pictures) struct Blocks<'a> {
    /// EXIF, from its TIFF header on.
    pub(super) exif: Option<Cow<'a, [u8]>>,
    /// A packet of XMP.
    pub(super) xmp: Option<Cow<'a, [u8]>>,
    /// Records of IPTC IIM.
    pub(super) iim: Option<Cow<'a, [u8]>>,
    /// Whether there are content credentials (C2PA Specification 2.1, section 11.3 and appendix A).
    pub(super) has_content_credentials: bool,
}

impl<'a> Blocks<'a> {
    /// Finds the blocks of a file.
    pub(in crate::pictures) fn of(bytes: &'a [u8], format: Format) -> Self {
        match format {
            Format::Jpeg => jpeg::blocks(bytes),
            Format::Png => png::blocks(bytes),
            Format::Gif => gif::blocks(bytes),
            Format::WebP => webp::blocks(bytes),
            Format::Avif | Format::Heif => bmff::blocks(bytes),
            Format::Tiff => tiff::blocks(bytes),
            Format::JpegXl | Format::Bmp | Format::Svg => Self::default(),
        }
    }

    /// The EXIF, if it can be read.
    pub(in crate::pictures) fn exif(&self) -> Option<Exif<'_>> {
        Exif::new(self.exif.as_deref()?)
    }

    /// Whether EXIF or XMP have the location of the camera or of what it shows.
    pub(in crate::pictures) fn has_location(&self) -> bool {
        self.exif().is_some_and(|exif| exif.has_location())
            || self.xmp.as_deref().is_some_and(crate::pictures::location::in_xmp)
    }
}

/// The blocks that are written.
#[derive(Debug)]
pub(super) struct NewBlocks {
    exif: Vec<u8>,
    xmp: Vec<u8>,
    /// As image resources of Photoshop.
    iim: Vec<u8>,
}

impl NewBlocks {
    /// What may be published of a picture whose pixels are turned by this orientation.
    pub(super) fn new(metadata: &Metadata, orientation: u8) -> Self {
        let Metadata { creator, credit, source, copyright, license, caption, alt, digital_source, .. } =
            metadata;
        let text = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        let digital_source = digital_source.map(super::DigitalSource::uri);
        let (creator_text, caption_text, copyright_text) = (text(creator), text(caption), text(copyright));
        let (credit_text, source_text) = (text(credit), text(source));
        Self {
            exif: exif::write(
                orientation,
                &[
                    (tag::DESCRIPTION, &caption_text),
                    (tag::ARTIST, &creator_text),
                    (tag::COPYRIGHT, &copyright_text),
                ],
            ),
            iim: iim::write(&[
                (iim::set::BYLINE, &creator_text),
                (iim::set::CREDIT, &credit_text),
                (iim::set::SOURCE, &source_text),
                (iim::set::COPYRIGHT, &copyright_text),
                (iim::set::CAPTION, &caption_text),
            ]),
            xmp: xmp::write(&[
                (Property::Creator, creator.as_deref()),
                (Property::Credit, credit.as_deref()),
                (Property::Source, source.as_deref()),
                (Property::Rights, copyright.as_deref()),
                (Property::WebStatement, license.as_deref()),
                (Property::Description, caption.as_deref()),
                (Property::AltText, alt.as_deref()),
                (Property::DigitalSourceType, digital_source.as_deref()),
            ]),
        }
    }

    /// The EXIF alone, for an encoder that writes it. `None` if there is nothing to write.
    pub(super) fn into_exif(self) -> Option<Vec<u8>> {
        Some(self.exif).filter(|exif| !exif.is_empty())
    }
}

/// An AVIF file of the encoder, which has its EXIF already, with these blocks. `None` if there is nothing to add.
pub(super) fn completed_avif(bytes: &[u8], new: &NewBlocks) -> Option<Vec<u8>> {
    if new.xmp.is_empty() { None } else { avif_xmp::with_xmp(bytes, &new.xmp) }
}

/// The picture of a file with these blocks and no others. `None` if the format cannot be rebuilt.
pub(super) fn rebuilt(bytes: &[u8], format: Format, new: &NewBlocks) -> Option<Vec<u8>> {
    match format {
        Format::Jpeg => Some(jpeg::rebuilt(bytes, new)),
        Format::Png => Some(png::rebuilt(bytes, new)),
        Format::Gif => Some(gif::rebuilt(bytes, new)),
        Format::WebP => Some(webp::rebuilt(bytes, new)),
        Format::Avif | Format::Heif => bmff::rebuilt(bytes, new),
        // A bitmap has nothing but pixels.
        Format::Bmp => Some(bytes.to_vec()),
        Format::Tiff | Format::JpegXl | Format::Svg => None,
    }
}
