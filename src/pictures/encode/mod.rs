//! The pixels of a rendition → the bytes of its file, with the credits of the picture.
//!
//! A format is a file here. What all share is the scale of quality: equal quality looks equally good in each.

use super::metadata::{Metadata, embed};
use super::pixels::Pixels;
use super::{Encoding, PictureError};

mod avif;
mod jpeg;
mod palette;
mod png;
mod quality;

/// Encodes pixels; `quality` is from 1 to 100, as in [`Rendition`](super::Rendition).
///
/// # Errors
/// If an encoder refuses them: the picture is too large for the format.
pub(super) fn encode(
    pixels: &Pixels,
    encoding: Encoding,
    quality: u8,
    metadata: &Metadata,
) -> Result<Vec<u8>, PictureError> {
    let bytes = match encoding {
        Encoding::Jpeg => jpeg::encode(pixels, quality),
        Encoding::Avif => avif::encode(pixels, quality, metadata),
        Encoding::Png => png::encode(pixels, quality),
    }?;
    Ok(embed(bytes, encoding, metadata))
}

fn refused(error: &dyn std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests;
