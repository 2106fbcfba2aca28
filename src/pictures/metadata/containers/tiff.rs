//! TIFF: the file is one EXIF structure.

use super::{Blocks, Exif, iim, tag};

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let Some(exif) = Exif::new(bytes) else { return Blocks::default() };
    let field = |tag| exif.field(tag).map(super::exif::Field::bytes);
    let iim = field(tag::PHOTOSHOP).and_then(iim::in_resources).or_else(|| field(tag::IIM));
    Blocks {
        exif: Some(bytes.into()),
        xmp: field(tag::XMP).map(Into::into),
        iim: iim.map(Into::into),
        has_content_credentials: false,
    }
}
