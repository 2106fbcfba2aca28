//! A decoded picture → the pixels of a rendition: cropped, scaled and upright.
//!
//! Scaling averages light, so it is done in linear light: otherwise fine bright detail darkens. Large pictures are halved first, by averaging four
//! pixels, as long as the rest is at least [`REST`] times too large for the Lanczos filter. Halves are shared by all renditions of a
//! picture; whether one is used depends only on the sizes, so the bytes of a rendition depend on nothing else that is made.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use super::pixels::{Channels, Frame, Pixels, swaps_sides};
use super::{PictureError, Rendition};

mod crop;
mod lanczos;
mod linear;

/// How much larger than its result a halved picture must be.
const REST: u32 = 3;
const REST_DIVISOR: u32 = 2;

/// A part of a picture: the corner at the top left, width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Crops and scales a picture and turns it upright.
///
/// # Errors
/// If there is not enough memory.
pub(super) fn resize(frame: &Frame, rendition: &Rendition) -> Result<Pixels, PictureError> {
    let part = match rendition.crop {
        None => Part::whole(frame),
        Some(crop) => crop::part(frame, crop)?,
    };
    scale(frame, part, (rendition.width, rendition.height))
}

/// The whole picture, not larger than a square, and upright.
///
/// # Errors
/// If there is not enough memory.
pub(super) fn thumbnail(frame: &Frame, side: u32) -> Result<Pixels, PictureError> {
    let (width, height) = frame.size();
    let longest = width.max(height).max(1);
    let fitted = |length: u32| {
        let scaled = u64::from(length) * u64::from(side) / u64::from(longest);
        if longest <= side { length } else { (scaled as u32).max(1) }
    };
    scale(frame, Part::whole(frame), (fitted(width), fitted(height)))
}

/// Scales an upright part to an upright size.
fn scale(frame: &Frame, part: Part, (width, height): (u32, u32)) -> Result<Pixels, PictureError> {
    let stored = part.stored(frame);
    let size = if swaps_sides(frame.orientation) { (height, width) } else { (width, height) };
    let bytes = if (stored.width, stored.height) == size {
        copied(&frame.pixels, stored)
    } else {
        lanczos::scaled(frame, stored, (size.0.max(1), size.1.max(1)))?
    };
    let pixels =
        Pixels { width: size.0.max(1), height: size.1.max(1), channels: frame.pixels.channels, bytes };
    upright(pixels, frame.orientation)
}

/// The bytes of a part as they are.
fn copied(pixels: &Pixels, part: Part) -> Vec<u8> {
    let count = pixels.channels.count();
    let row = pixels.width as usize * count;
    let (from, length) = (part.x as usize * count, part.width as usize * count);
    let rows = pixels.bytes.chunks_exact(row).skip(part.y as usize).take(part.height as usize);
    rows.flat_map(|row| &row[from..from + length]).copied().collect()
}

/// Turns pixels.
fn upright(pixels: Pixels, orientation: Orientation) -> Result<Pixels, PictureError> {
    if orientation == Orientation::NoTransforms {
        return Ok(pixels);
    }
    let Pixels { width, height, channels, bytes } = pixels;
    let image = match channels {
        Channels::Rgb => RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8),
        Channels::Rgba => RgbaImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgba8),
    };
    let mut image = image.ok_or_else(|| PictureError::Damaged("its pixels are incomplete".to_owned()))?;
    image.apply_orientation(orientation);
    Ok(Pixels { width: image.width(), height: image.height(), channels, bytes: image.into_bytes() })
}

impl Part {
    fn whole(frame: &Frame) -> Self {
        let (width, height) = frame.size();
        Self { x: 0, y: 0, width, height }
    }

    /// Where an upright part lies in the pixels of the file.
    fn stored(self, frame: &Frame) -> Self {
        let Self { x, y, width, height } = self;
        let (right, bottom) = (frame.size().0 - x - width, frame.size().1 - y - height);
        let same = |x, y| Self { x, y, width, height };
        let turned = |x, y| Self { x, y, width: height, height: width };
        match frame.orientation {
            Orientation::NoTransforms => self,
            Orientation::FlipHorizontal => same(right, y),
            Orientation::FlipVertical => same(x, bottom),
            Orientation::Rotate180 => same(right, bottom),
            Orientation::Rotate90 => turned(y, right),
            Orientation::Rotate270 => turned(bottom, x),
            Orientation::Rotate90FlipH => turned(y, x),
            Orientation::Rotate270FlipH => turned(bottom, right),
        }
    }
}
