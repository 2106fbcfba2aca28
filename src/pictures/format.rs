//! Detects the format of a picture from its name or its first bytes.

use serde::{Deserialize, Serialize};

/// The number of bytes that are read to detect the format, and the size of an SVG.
pub const HEAD: usize = 16 * 1024;

/// A picture format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Format {
    Jpeg,
    Png,
    Gif,
    WebP,
    Avif,
    /// HEIC and similar formats of phones.
    Heif,
    Tiff,
    JpegXl,
    Bmp,
    Svg,
}

impl Format {
    /// The format of a file extension.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match &*extension {
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "png" | "apng" => Self::Png,
            "gif" => Self::Gif,
            "webp" => Self::WebP,
            "avif" => Self::Avif,
            "heic" | "heif" | "hif" => Self::Heif,
            "tif" | "tiff" => Self::Tiff,
            "jxl" => Self::JpegXl,
            "bmp" => Self::Bmp,
            "svg" => Self::Svg,
            _ => return None,
        })
    }

    /// The format of a file with these first bytes.
    pub(super) fn from_bytes(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => Self::Png,
            _ if head.starts_with(b"GIF8") => Self::Gif,
            _ if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Self::WebP,
            _ if head.get(4..8) == Some(b"ftyp") => return from_brands(head),
            _ if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") => Self::Tiff,
            _ if head.starts_with(b"\xff\x0a") || head.starts_with(b"\0\0\0\x0cJXL ") => Self::JpegXl,
            _ if head.starts_with(b"BM") => Self::Bmp,
            _ if String::from_utf8_lossy(head).contains("<svg") => Self::Svg,
            _ => return None,
        })
    }

    /// The name for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Avif => "AVIF",
            Self::Heif => "HEIC",
            Self::Tiff => "TIFF",
            Self::JpegXl => "JPEG XL",
            Self::Bmp => "BMP",
            Self::Svg => "SVG",
        }
    }

    /// The media type of what browsers show.
    pub(super) fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Jpeg => Some("image/jpeg"),
            Self::Png => Some("image/png"),
            Self::Gif => Some("image/gif"),
            Self::WebP => Some("image/webp"),
            _ => None,
        }
    }

    /// Whether renditions can be made from it.
    pub(super) fn is_decoded(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::WebP | Self::Tiff)
    }

    /// Whether few browsers support it.
    pub(super) fn is_unsupported(self) -> bool {
        matches!(self, Self::Heif | Self::JpegXl)
    }
}

/// The extensions of camera raw files, and of files in which a camera writes several pictures.
const RAW: [&str; 16] = [
    "3fr", "arw", "cr2", "cr3", "crw", "dng", "erf", "mpo", "nef", "nrw", "orf", "pef", "raf", "rw2", "sr2",
    "srw",
];

/// Whether a file is a camera raw file: by its name, or because it is a TIFF of more than 4 GiB (BigTIFF), which only cameras and scanners write.
pub(super) fn is_raw_file(name: &str, head: &[u8]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| RAW.contains(&&*extension))
        || head.starts_with(b"II+\0")
        || head.starts_with(b"MM\0+")
}

/// The format of an ISO 14496-12 container, from its major and compatible brands.
fn from_brands(head: &[u8]) -> Option<Format> {
    let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let brands = head.get(8..length.max(12).min(head.len()))?;
    let has = |names: &[&[u8]]| brands.chunks_exact(4).any(|brand| names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        return Some(Format::Avif);
    }
    has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]).then_some(Format::Heif)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_detected_from_bytes() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        assert_eq!(Format::from_bytes(heic), Some(Format::Heif));
        let avif = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf";
        assert_eq!(Format::from_bytes(avif), Some(Format::Avif));
        assert_eq!(Format::from_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), None);
        for start in 4..12 {
            assert_eq!(Format::from_bytes(&b"\0\0\0\0ftypheic"[..start]), None);
        }
        assert_eq!(Format::from_bytes(b"<?xml version='1.0'?><svg/>"), Some(Format::Svg));
        assert_eq!((Format::from_name("A.JPG"), Format::from_name("a.pdf")), (Some(Format::Jpeg), None));
    }
}
