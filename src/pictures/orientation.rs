//! Whether browsers rotate a picture by 90 degrees.

use std::fs::File;
use std::io::BufReader;

use exif::{In, Reader, Tag};

use super::format::Format;

/// Whether browsers swap width and height: EXIF orientations 5 to 8 (CIPA DC-008, section 4.6.4). Browsers apply them in JPEG, PNG
/// and WebP. The rotation of AVIF is already in its size.
pub(super) fn is_rotated(format: Format, reader: &mut BufReader<File>) -> bool {
    if !matches!(format, Format::Jpeg | Format::Png | Format::WebP) {
        return false;
    }
    let Some(exif) = metadata(reader) else { return false };
    let orientation = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    matches!(orientation, Some(5..=8))
}

/// The EXIF of a picture, as far as it can be read.
pub(super) fn metadata(reader: &mut BufReader<File>) -> Option<exif::Exif> {
    let mut of_exif = Reader::new();
    of_exif.continue_on_error(true);
    match of_exif.read_from_container(reader) {
        Ok(exif) => Some(exif),
        Err(error) => error.distill_partial_result(|_| {}).ok(),
    }
}
