//! The bytes of a picture file → its pixels in sRGB, and how they must be turned.
//!
//! Sizes are checked before anything is allocated for pixels. `image::load_from_memory_with_format` is used where it can be: as it is not generic,
//! its decoders are compiled with that crate, and optimized even in development builds of this one.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::metadata::{Blocks, with_small_profile};
use super::orientation;
use super::pixels::{Channels, Frame, Pixels};
use super::{Format, PictureError};

mod animation;
mod color;
mod jpeg;
mod unusual;

pub(super) use animation::is_animated;
pub(super) use jpeg::{has_too_many_scans, is_hollow};

/// The most pixels that are decoded: 268 megapixels.
pub const MAX_PIXELS: u64 = 1 << 28;

/// Whether a picture of this width and height has more pixels than are decoded.
pub(super) fn is_too_large((width, height): (u32, u32)) -> bool {
    u64::from(width) * u64::from(height) > MAX_PIXELS
}

/// The most bytes that a decoder may need for a picture.
const MAX_BYTES: u64 = 1280 << 20;

/// What `image::load_from_memory_with_format` allows, less what it may need besides the pixels.
const MAX_SIMPLE: u64 = 448 << 20;

/// Opacities from this one on count as opaque: some programs leave noise.
const OPAQUE: u8 = 250;

/// Decodes a picture, the first frame if it has several.
///
/// # Errors
/// If the format is not supported, the picture is too large, or the bytes are damaged. A JPEG that is cut off is decoded as far as it goes.
pub(super) fn decode(bytes: &[u8], format: Format) -> Result<Frame, PictureError> {
    // The decoder unpacks profiles of any size.
    let bounded = if format == Format::Png { with_small_profile(bytes) } else { bytes.into() };
    let bytes = &*bounded;
    let kind = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::WebP => ImageFormat::WebP,
        Format::Gif => ImageFormat::Gif,
        Format::Tiff => ImageFormat::Tiff,
        _ => return Err(PictureError::unusual(format)),
    };
    let head = (format == Format::Jpeg).then(|| jpeg::head(bytes)).flatten();
    if let Some(head) = &head {
        if let Some(kind) = unusual::kind(bytes, format) {
            return Err(PictureError::Unsupported(kind));
        }
        check(head.size, head.memory())?;
    }
    let failed = |error: ImageError| match (unusual::kind(bytes, format), &error) {
        (Some(kind), _) => PictureError::Unsupported(kind),
        (None, ImageError::Unsupported(_)) => PictureError::unusual(format),
        (None, _) => damaged(error),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let size = decoder.dimensions();
    check(size, decoder.total_bytes())?;
    let blocks = Blocks::of(bytes, format);
    let exif = blocks.exif();
    let orientation = orientation::of(format, &blocks);
    let icc = decoder.icc_profile().ok().flatten();
    let profile = color::profile(icc.as_deref(), exif.as_ref());
    let (channels, bytes) = if head.is_some_and(|head| head.components == 4) {
        (Channels::Rgb, jpeg::cmyk(bytes, profile)?)
    } else {
        let image = match decoder.total_bytes() {
            ..=MAX_SIMPLE => image::load_from_memory_with_format(bytes, kind),
            _ => DynamicImage::from_decoder(decoder),
        };
        color::to_srgb(image.map_err(failed)?, profile)
    };
    let (channels, bytes) = without_useless_opacity(channels, bytes);
    Ok(Frame::new(Pixels { width: size.0, height: size.1, channels, bytes }, orientation))
}

/// Refuses a picture that needs too much memory.
fn check((width, height): (u32, u32), bytes: u64) -> Result<(), PictureError> {
    if is_too_large((width, height)) || bytes > MAX_BYTES {
        return Err(PictureError::TooLarge(width, height));
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixels".to_owned()));
    }
    Ok(())
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

/// The pixels without opacity if all are opaque.
fn without_useless_opacity(channels: Channels, bytes: Vec<u8>) -> (Channels, Vec<u8>) {
    let is_opaque = || bytes.as_chunks::<4>().0.iter().all(|pixel| pixel[3] >= OPAQUE);
    if channels == Channels::Rgb || !is_opaque() {
        return (channels, bytes);
    }
    let mut kept = Vec::with_capacity(bytes.len() / 4 * 3);
    for [red, green, blue, _] in bytes.as_chunks::<4>().0 {
        kept.extend([red, green, blue]);
    }
    (Channels::Rgb, kept)
}
