//! The head of a JPEG → how much memory it needs; a CMYK or YCCK JPEG → its pixels in sRGB.
//!
//! `image` converts CMYK to RGB without its profile, so the decoder behind it is used directly.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{color, damaged};
use crate::pictures::PictureError;

/// What the frame header of a JPEG says (ITU-T T.81, B.2.2).
pub(super) struct Head {
    /// The code of its marker.
    pub(super) code: u8,
    /// Bits of a sample.
    pub(super) precision: u8,
    /// Width and height in pixels.
    pub(super) size: (u32, u32),
    /// The number of color components.
    pub(super) components: u8,
    is_progressive: bool,
    /// Samples of all components in a block of `most` pixels.
    samples: u64,
    most: u64,
}

impl Head {
    /// The fewest bytes of a picture of this size. A block of 64 samples takes a code for its first coefficient and one for the end of the block,
    /// each of a bit or more (ITU-T T.81, F.1.2); in progressive files, runs of blocks share the second one (G.1.2.2). Arithmetic codes
    /// have no such bound.
    fn least_bytes(&self) -> u64 {
        let bits = match self.code {
            0xc0 | 0xc1 => 2,
            0xc2 => 1,
            _ => return 0,
        };
        let pixels = u64::from(self.size.0) * u64::from(self.size.1);
        pixels * self.samples / self.most.max(1) / 64 * bits / 8
    }

    /// Bytes of decoded samples, and of the coefficients that a progressive file needs at once.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.size.0) * u64::from(self.size.1);
        let coefficients = 2 * pixels * self.samples / self.most.max(1);
        pixels * u64::from(self.components.max(3)) + if self.is_progressive { coefficients } else { 0 }
    }
}

/// The most scans of an honest picture: programs write about ten.
const MOST_SCANS: usize = 100;

/// The segments up to the end of the picture: their codes and data. The data of scans are skipped.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    std::iter::from_fn(move || {
        loop {
            at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)? + 1;
            match *bytes.get(at)? {
                // Bytes of a scan, filling, and markers without data.
                0x00 | 0x01 | 0xd0..=0xd8 | 0xff => {}
                0xd9 => return None,
                code => {
                    let length = u16::from_be_bytes(bytes.get(at + 1..at + 3)?.try_into().ok()?);
                    let end = at + 1 + usize::from(length.max(2));
                    let data = bytes.get(at + 3..end)?;
                    at = end;
                    return Some((code, data));
                }
            }
        }
    })
}

/// Reads the frame header. `None` if there is none.
pub(super) fn head(bytes: &[u8]) -> Option<Head> {
    let is_frame = |code: u8| matches!(code, 0xc0..=0xcf) && !matches!(code, 0xc4 | 0xc8 | 0xcc);
    let (code, frame) = segments(bytes).find(|(code, _)| is_frame(*code))?;
    let &[precision, h1, h0, w1, w0, components, ..] = frame else { return None };
    let factors = frame.get(6..)?.as_chunks::<3>().0.iter().map(|[_, factors, _]| *factors);
    let sides = factors.map(|factors| (u64::from(factors >> 4), u64::from(factors & 15)));
    let most = |sides: (u64, u64), other: (u64, u64)| (sides.0.max(other.0), sides.1.max(other.1));
    let (across, down) = sides.clone().fold((1, 1), most);
    Some(Head {
        code,
        precision,
        size: (u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into()),
        components,
        is_progressive: code & 3 == 2,
        samples: sides.map(|(across, down)| across * down).sum(),
        most: across * down,
    })
}

/// Whether a JPEG has so many scans that decoding it takes minutes.
pub(in crate::pictures) fn has_too_many_scans(bytes: &[u8]) -> bool {
    segments(bytes).filter(|(code, _)| *code == 0xda).nth(MOST_SCANS).is_some()
}

/// Whether a JPEG has fewer bytes than the shortest codes for the size that it states, so that nearly nothing of the picture is there.
pub(in crate::pictures) fn is_hollow(bytes: &[u8]) -> bool {
    head(bytes).is_some_and(|head| head.least_bytes() > bytes.len() as u64)
}

/// Decodes a JPEG of four components: three bytes for each pixel.
pub(super) fn cmyk(bytes: &[u8], profile: Option<ColorProfile>) -> Result<Vec<u8>, PictureError> {
    let options =
        DecoderOptions::default().set_strict_mode(false).set_max_width(1 << 16).set_max_height(1 << 16);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let space = decoder.input_colorspace().unwrap_or(ColorSpace::CMYK);
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let mut inks = decoder.decode().map_err(damaged)?;
    for pixel in inks.as_chunks_mut::<4>().0 {
        if space == ColorSpace::YCCK {
            *pixel = from_ycck(*pixel);
        }
    }
    let cmyk = profile.filter(|profile| profile.color_space == DataColorSpace::Cmyk);
    let srgb = ColorProfile::new_srgb();
    let transform = cmyk.and_then(|profile| {
        profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, TransformOptions::default()).ok()
    });
    let Some(transform) = transform else { return Ok(plain(&inks)) };
    // As browsers do, all are taken as inverted: 0 is full ink. Profiles expect the opposite.
    inks.iter_mut().for_each(|ink| *ink = 255 - *ink);
    color::converted(&inks, (4, 3), &*transform, |sample| sample)
}

/// YCC is the opposite of the stored inks (Adobe Technical Note 5116, section 18; coefficients of ITU-R BT.601).
fn from_ycck([luma, blue, red, black]: [u8; 4]) -> [u8; 4] {
    let (luma, blue, red) = (f32::from(luma), f32::from(blue) - 128.0, f32::from(red) - 128.0);
    // Conversion to an integer rounds towards zero and saturates.
    let ink = |color: f32| 255 - (color + 0.5) as u8;
    [ink(luma + 1.402 * red), ink(luma - 0.344_14 * blue - 0.714_14 * red), ink(luma + 1.772 * blue), black]
}

/// Inks to colors as browsers do without a profile: each ink takes away its color, and black takes from all.
fn plain(inks: &[u8]) -> Vec<u8> {
    let mut colors = Vec::with_capacity(inks.len() / 4 * 3);
    for &[cyan, magenta, yellow, black] in inks.as_chunks::<4>().0 {
        let mixed = |ink: u8| ((u32::from(ink) * u32::from(black) + 127) / 255) as u8;
        colors.extend([mixed(cyan), mixed(magenta), mixed(yellow)]);
    }
    colors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_pictures_are_not_hollow() {
        let sampling = [jpeg_encoder::SamplingFactor::F_1_1, jpeg_encoder::SamplingFactor::F_2_2];
        for (sampling, progressive) in sampling.into_iter().flat_map(|one| [(one, false), (one, true)]) {
            for (width, height) in [(16_000, 64), (1600, 1200), (8, 8)] {
                let mut bytes = Vec::new();
                let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 1);
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                encoder.set_optimized_huffman_tables(true);
                let white = vec![255; usize::from(width) * usize::from(height) * 3];
                encoder.encode(&white, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
                let least = head(&bytes).unwrap().least_bytes();
                assert!(!is_hollow(&bytes), "{width} {progressive}: {} < {least}", bytes.len());
                assert!(!has_too_many_scans(&bytes));
                // The same file as a picture of 16,000 pixels each way.
                let at = bytes.windows(2).position(|pair| pair[0] == 0xff && matches!(pair[1], 0xc0..=0xc2));
                let at = at.unwrap() + 5;
                bytes[at..at + 4].copy_from_slice(&[0x3e, 0x80, 0x3e, 0x80]);
                assert!(is_hollow(&bytes), "{width} {progressive}");
            }
        }
    }

    #[test]
    fn scans_are_counted() {
        let scan = [0xff, 0xda, 0, 4, 1, 2, 9, 9, 0xff, 0, 0xff, 0xd0];
        let scans = |count: usize| [&[0xff, 0xd8][..], &scan.repeat(count), &[0xff, 0xd9]].concat();
        assert!(!has_too_many_scans(&scans(100)));
        assert!(has_too_many_scans(&scans(101)));
    }
}
