//! The pixels of a rendition → the bytes of its file, with the credits of the picture.

use image::ImageEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use ravif::{BitDepth, Encoder, Img};

use super::metadata::{Metadata, embed, exif};
use super::pixels::{Channels, Pixels};
use super::{Encoding, PictureError};

/// Encodes pixels.
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
        Encoding::Jpeg => jpeg(pixels, quality),
        Encoding::Avif => avif(pixels, quality, metadata),
        Encoding::Png => png(pixels),
    }?;
    Ok(embed(bytes, encoding, metadata))
}

fn refused(error: &dyn std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

fn jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, PictureError> {
    let side = |side: u32| u16::try_from(side).map_err(|error| refused(&error));
    let (width, height) = (side(pixels.width)?, side(pixels.height)?);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.set_progressive(true);
    let kind = match pixels.channels {
        Channels::Rgb => jpeg_encoder::ColorType::Rgb,
        Channels::Rgba => jpeg_encoder::ColorType::Rgba,
    };
    encoder.encode(&pixels.bytes, width, height, kind).map_err(|error| refused(&error))?;
    Ok(bytes)
}

fn avif(pixels: &Pixels, quality: u8, metadata: &Metadata) -> Result<Vec<u8>, PictureError> {
    // With more threads, the bytes depend on their number.
    let mut encoder = Encoder::new()
        .with_num_threads(Some(1))
        .with_bit_depth(BitDepth::Eight)
        .with_speed(10)
        .with_quality(quality.into());
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

fn png(pixels: &Pixels) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    let kind = match pixels.channels {
        Channels::Rgb => image::ExtendedColorType::Rgb8,
        Channels::Rgba => image::ExtendedColorType::Rgba8,
    };
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
        .write_image(&pixels.bytes, pixels.width, pixels.height, kind)
        .map_err(|error| refused(&error))?;
    Ok(bytes)
}
