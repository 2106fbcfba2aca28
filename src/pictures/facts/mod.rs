//! The pixels of a picture → what pages and editors should know of it. All of it is told from samples or from a small version.

use serde::{Deserialize, Serialize};

use super::PictureError;
use super::pixels::{Channels, Frame, Pixels};
use super::resize::thumbnail;

mod color;
mod drawing;
mod perceptual_hash;

/// The side of the small version.
const SIDE: u32 = 640;

/// What only the pixels of a picture tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether it is a drawing of few colors, such as a chart or a screenshot, which is best kept without loss.
    pub is_drawing: bool,
    /// Whether parts of it are transparent.
    pub is_transparent: bool,
    /// Whether it has more than one frame.
    pub is_animated: bool,
    /// Its dominant color: red, green and blue.
    pub color: [u8; 3],
    /// The variance of the Laplacian of its brightness, scaled to 640 pixels at the longer side: below about 20 it is blurred.
    pub sharpness: f32,
    /// A perceptual hash: the number of bits in which two differ is at most about 6 for copies in other sizes, formats and qualities, and about 32
    /// for different pictures. 0 without any detail.
    pub perceptual_hash: u64,
}

impl Facts {
    /// Examines a decoded picture.
    ///
    /// # Errors
    /// If there is not enough memory.
    pub(super) fn of(frame: &Frame, is_animated: bool) -> Result<Self, PictureError> {
        let small = thumbnail(frame, SIDE)?;
        let brightness = brightness(&small);
        let (width, height) = (small.width as usize, small.height as usize);
        Ok(Self {
            is_drawing: drawing::is_drawing(&frame.pixels),
            is_transparent: frame.pixels.channels == Channels::Rgba,
            is_animated,
            color: color::dominant(&small),
            sharpness: sharpness(&brightness, width),
            perceptual_hash: perceptual_hash::of(&brightness, width, height),
        })
    }
}

/// The brightness of each pixel on white, from 0 to 255.
fn brightness(pixels: &Pixels) -> Vec<f32> {
    let of = |pixel: &[u8]| {
        let sum = 0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2]);
        let opacity = pixel.get(3).map_or(1.0, |opacity| f32::from(*opacity) / 255.0);
        sum * opacity + 255.0 * (1.0 - opacity)
    };
    pixels.bytes.chunks_exact(pixels.channels.count()).map(of).collect()
}

/// The variance of the Laplacian.
fn sharpness(brightness: &[f32], width: usize) -> f32 {
    let (mut sum, mut squares, mut count) = (0.0_f64, 0.0_f64, 0.0_f64);
    let rows: Vec<&[f32]> = brightness.chunks_exact(width).collect();
    for three in rows.windows(3) {
        let [above, row, below] = [three[0], three[1], three[2]];
        for x in 1..width.saturating_sub(1) {
            let around = above[x] + below[x] + row[x - 1] + row[x + 1];
            let laplacian = f64::from(around - 4.0 * row[x]);
            sum += laplacian;
            squares += laplacian * laplacian;
            count += 1.0;
        }
    }
    if count == 0.0 {
        return 0.0;
    }
    let mean = sum / count;
    (squares / count - mean * mean).max(0.0) as f32
}
