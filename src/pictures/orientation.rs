//! A picture file → how browsers turn it.

use std::io::{BufRead, Seek};

use exif::{Exif, In, Reader, Tag};
use image::metadata::Orientation;

use super::format::Format;

/// The EXIF of a picture, as far as it can be read, if it says how the picture is turned: browsers apply it in JPEG, PNG and WebP, and programs
/// for photographs in TIFF. The rotation of AVIF is already in its size.
pub(super) fn exif(format: Format, reader: &mut (impl BufRead + Seek)) -> Option<Exif> {
    matches!(format, Format::Jpeg | Format::Png | Format::WebP | Format::Tiff).then(|| metadata(reader))?
}

/// How pixels must be turned (CIPA DC-008, section 4.6.4).
pub(super) fn of(exif: &Exif) -> Orientation {
    let field = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    let value = field.and_then(|value| u8::try_from(value).ok());
    value.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
}

/// The EXIF of a picture, as far as it can be read.
pub(super) fn metadata(reader: &mut (impl BufRead + Seek)) -> Option<Exif> {
    let mut of_exif = Reader::new();
    of_exif.continue_on_error(true);
    match of_exif.read_from_container(reader) {
        Ok(exif) => Some(exif),
        Err(error) => error.distill_partial_result(|_| {}).ok(),
    }
}
