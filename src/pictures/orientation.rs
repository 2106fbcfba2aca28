//! Whether browsers rotate a picture by 90 degrees.

use super::format::Format;
use super::metadata::Blocks;

/// Whether browsers swap width and height: EXIF orientations 5 to 8 (CIPA DC-008, section 4.6.4). Browsers apply them in JPEG, PNG
/// and WebP. The rotation of AVIF is already in its size.
pub(super) fn is_rotated(format: Format, blocks: &Blocks<'_>) -> bool {
    matches!(format, Format::Jpeg | Format::Png | Format::WebP)
        && blocks.exif().is_some_and(|exif| exif.orientation() >= 5)
}
