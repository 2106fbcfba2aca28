//! Pixels → AVIF.
//!
//! Measured on 15 photographs of 640 pixels at an SSIMULACRA2 score of 70, against JPEG at the same score: speed 9 makes 25 % fewer bytes in
//! 75 ms, speed 6 makes 36 % fewer in 260 ms, speed 10 makes 16 % fewer in 56 ms. At 1280 pixels, speed 9 makes 37 % fewer.

use ravif::{BitDepth, Encoder, Img};

use super::quality;
use super::refused;
use crate::pictures::PictureError;
use crate::pictures::metadata::{Metadata, exif};
use crate::pictures::pixels::{Channels, Pixels};

/// How fast, from 1 to 10.
const SPEED: u8 = 9;

/// Encodes pixels, with metadata as EXIF.
///
/// # Errors
/// If the encoder refuses the size.
pub(super) fn encode(pixels: &Pixels, quality: u8, metadata: &Metadata) -> Result<Vec<u8>, PictureError> {
    // With more threads, the bytes depend on their number.
    let mut encoder = Encoder::new()
        .with_num_threads(Some(1))
        .with_bit_depth(BitDepth::Eight)
        .with_speed(SPEED)
        .with_quality(quality::avif(quality));
    if let Some(exif) = exif(metadata) {
        encoder = encoder.with_exif(exif);
    }
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let encoded = match pixels.channels {
        Channels::Rgb => {
            let colors: Vec<_> =
                pixels.bytes.as_chunks().0.iter().map(|&[r, g, b]| [r, g, b].into()).collect();
            encoder.encode_rgb(Img::new(&colors, width, height))
        }
        Channels::Rgba => {
            let colors: Vec<_> =
                pixels.bytes.as_chunks().0.iter().map(|&[r, g, b, a]| [r, g, b, a].into()).collect();
            encoder.encode_rgba(Img::new(&colors, width, height))
        }
    };
    encoded.map(|image| image.avif_file).map_err(|error| refused(&error))
}
