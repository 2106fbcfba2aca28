//! The bytes of a picture file → which unusual kind of its format it is, for messages.

use super::jpeg;
use crate::pictures::Format;
use crate::pictures::metadata::Exif;

/// Tags of TIFF 6.0.
const BITS: u16 = 0x0102;
const COLORS: u16 = 0x0106;
const SAMPLE_FORMAT: u16 = 0x0153;

/// A kind that cannot be decoded, as a noun with its article. `None`: it is none that is known.
pub(super) fn kind(bytes: &[u8], format: Format) -> Option<String> {
    match format {
        Format::Jpeg => jpeg_kind(bytes),
        Format::Tiff => tiff_kind(bytes),
        _ => None,
    }
}

/// By the code of the frame and its precision (ITU-T T.81, tables B.1 and B.2).
fn jpeg_kind(bytes: &[u8]) -> Option<String> {
    let head = jpeg::head(bytes)?;
    let kind = match head.code {
        0xc3 => "a lossless JPEG",
        0xc5..=0xc7 => "a hierarchical JPEG",
        0xc9..=0xcf => "an arithmetic-coded JPEG",
        _ if head.precision != 8 => return Some(format!("a JPEG with {} bits per color", head.precision)),
        _ => return None,
    };
    Some(kind.to_owned())
}

fn tiff_kind(bytes: &[u8]) -> Option<String> {
    let exif = Exif::new(bytes)?;
    let first = |tag| exif.numbers(tag).and_then(|numbers| numbers.first().copied());
    match (first(COLORS), first(SAMPLE_FORMAT), first(BITS)) {
        (Some(8..=10), ..) => Some("a TIFF in Lab colors".to_owned()),
        (_, Some(3), Some(bits)) => Some(format!("a TIFF with {bits}-bit floating-point samples")),
        _ => None,
    }
}
