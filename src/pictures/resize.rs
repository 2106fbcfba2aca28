//! The pixels of a picture → those of a rendition: cropped and scaled.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};

use super::pixels::{Channels, Pixels};
use super::{PictureError, Rendition};

/// Crops and scales pixels.
///
/// # Errors
/// If the rendition is not one of a picture of this size.
pub(super) fn resize(pixels: &Pixels, rendition: &Rendition) -> Result<Pixels, PictureError> {
    let kind = match pixels.channels {
        Channels::Rgb => PixelType::U8x3,
        Channels::Rgba => PixelType::U8x4,
    };
    let wrong = |error: &dyn std::fmt::Display| PictureError::Damaged(error.to_string());
    let from =
        ImageRef::new(pixels.width, pixels.height, &pixels.bytes, kind).map_err(|error| wrong(&error))?;
    let mut to = Image::new(rendition.width, rendition.height, kind);
    let mut options = ResizeOptions::new();
    if let Some(crop) = rendition.crop {
        let (width, height) = crop.ratio.within((pixels.width, pixels.height));
        let (x, y) = crop.focus.map_or((0.5, 0.5), super::Focus::point);
        let start = |point: f64, length: u32, whole: u32| {
            (point * f64::from(whole) - f64::from(length) / 2.0).clamp(0.0, f64::from(whole - length))
        };
        let left = start(x, width, pixels.width);
        let top = start(y, height, pixels.height);
        options = options.crop(left, top, width.into(), height.into());
    }
    Resizer::new().resize(&from, &mut to, &options).map_err(|error| wrong(&error))?;
    let bytes = to.into_vec();
    Ok(Pixels { width: rendition.width, height: rendition.height, channels: pixels.channels, bytes })
}
