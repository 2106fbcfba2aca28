//! The bytes of a picture file → its pixels, upright and in sRGB.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader};

use super::pixels::{Channels, Pixels};
use super::{Format, PictureError};

/// The most pixels that are decoded: 268 megapixels.
pub const MAX_PIXELS: u64 = 1 << 28;

/// Whether a picture of this width and height has more pixels than are decoded.
pub(super) fn is_too_large((width, height): (u32, u32)) -> bool {
    u64::from(width) * u64::from(height) > MAX_PIXELS
}

/// Decodes a picture.
///
/// # Errors
/// If the format is not supported, the picture is too large, or the bytes are damaged.
pub(super) fn decode(bytes: &[u8], format: Format) -> Result<Pixels, PictureError> {
    let kind = match format {
        Format::Jpeg => image::ImageFormat::Jpeg,
        Format::Png => image::ImageFormat::Png,
        Format::WebP => image::ImageFormat::WebP,
        Format::Gif => image::ImageFormat::Gif,
        Format::Tiff => image::ImageFormat::Tiff,
        _ => return Err(PictureError::Unsupported),
    };
    let damaged = |error: image::ImageError| PictureError::Damaged(error.to_string());
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), kind).into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if is_too_large((width, height)) {
        return Err(PictureError::TooLarge(width, height));
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    let (channels, bytes) = match image.color().has_alpha() {
        true => (Channels::Rgba, image.into_rgba8().into_raw()),
        false => (Channels::Rgb, image.into_rgb8().into_raw()),
    };
    Ok(Pixels { width, height, channels, bytes })
}
