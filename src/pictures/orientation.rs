//! A picture file → how browsers turn it.

use image::metadata::Orientation;

use super::format::Format;
use super::metadata::Blocks;

/// How pixels must be turned (CIPA DC-008, section 4.6.4). Browsers apply it in JPEG, PNG and WebP, and programs for photographs in TIFF. The
/// rotation of AVIF is already in its size.
pub(super) fn of(format: Format, blocks: &Blocks<'_>) -> Orientation {
    let is_applied = matches!(format, Format::Jpeg | Format::Png | Format::WebP | Format::Tiff);
    let exif = blocks.exif().filter(|_| is_applied);
    exif.and_then(|exif| Orientation::from_exif(exif.orientation())).unwrap_or(Orientation::NoTransforms)
}
