//! Decoded pixels in sRGB, upright.

/// A decoded picture: rows from the top, pixels from the left, one byte per channel, in sRGB.
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
