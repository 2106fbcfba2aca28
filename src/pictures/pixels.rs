//! Decoded pixels in sRGB.

use std::sync::OnceLock;

use image::metadata::Orientation;

/// Pixels: rows from the top, pixels from the left, one byte per channel, in sRGB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
    /// The channels of each pixel.
    pub(super) channels: Channels,
    /// `width × height × channels` bytes.
    pub(super) bytes: Vec<u8>,
}

/// The channels of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    /// Red, green and blue.
    Rgb,
    /// Red, green, blue and opacity; colors are not multiplied by the opacity.
    Rgba,
}

impl Channels {
    /// Bytes of a pixel.
    pub(super) fn count(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A decoded picture. Its pixels lie as in the file: only renditions are turned upright, because they are smaller.
#[derive(Debug)]
pub(super) struct Frame {
    /// The pixels as in the file.
    pub(super) pixels: Pixels,
    /// How they must be turned.
    pub(super) orientation: Orientation,
    /// The pixels, halved again and again, made on first use.
    pub(super) halves: [OnceLock<Linear>; HALVES],
}

/// How often pixels are halved at most.
pub(super) const HALVES: usize = 5;

/// Pixels in linear light, from 0 to 65,535 per channel; colors are multiplied by the opacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Linear {
    /// Width in pixels.
    pub(super) width: usize,
    /// Height in pixels.
    pub(super) height: usize,
    /// `width × height × channels` samples.
    pub(super) samples: Vec<u16>,
}

impl Frame {
    /// A frame from its pixels as they lie in the file.
    pub(super) fn new(pixels: Pixels, orientation: Orientation) -> Self {
        Self { pixels, orientation, halves: Default::default() }
    }

    /// Width and height, upright.
    pub(super) fn size(&self) -> (u32, u32) {
        let Pixels { width, height, .. } = self.pixels;
        if swaps_sides(self.orientation) { (height, width) } else { (width, height) }
    }
}

/// Whether turning swaps width and height.
pub(super) fn swaps_sides(orientation: Orientation) -> bool {
    orientation.to_exif() >= 5
}
