//! Pixels → PNG in the smallest of its color types (PNG, third edition, section 11.2.1).

use std::collections::BTreeSet;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::palette::{self, Color, MOST, colors};
use super::refused;
use crate::pictures::PictureError;
use crate::pictures::pixels::{Channels, Pixels};

/// Encodes pixels; below the quality 100, those of drawings may lose colors that nobody misses. Colors that are fully transparent are lost.
///
/// # Errors
/// If the encoder refuses the size.
pub(super) fn encode(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, PictureError> {
    let reduced = if quality < 100 { palette::reduced(pixels) } else { None };
    let pixels = reduced.as_ref().unwrap_or(pixels);
    let image = Image::smallest(pixels);
    let plain = image.encoded(pixels, Filter::NoFilter)?;
    // Neighboring numbers of a palette are not alike.
    if image.kind == ColorType::Indexed {
        return Ok(plain);
    }
    let filtered = image.encoded(pixels, Filter::Adaptive)?;
    Ok(if filtered.len() < plain.len() { filtered } else { plain })
}

/// The samples of a file.
struct Image {
    kind: ColorType,
    depth: BitDepth,
    samples: Vec<u8>,
    palette: Vec<Color>,
}

impl Image {
    fn smallest(pixels: &Pixels) -> Self {
        let palette = palette_of(pixels);
        let is_gray = colors(pixels).all(|[r, g, b, _]| r == g && g == b);
        let is_opaque = pixels.channels == Channels::Rgb || colors(pixels).all(|[.., a]| a == 255);
        match palette {
            // Shades of gray take a byte each either way, and need no palette.
            Some(palette) if !(is_gray && is_opaque && palette.len() > 16) => Self::indexed(pixels, palette),
            _ => Self::direct(pixels, is_gray, is_opaque),
        }
    }

    fn direct(pixels: &Pixels, is_gray: bool, is_opaque: bool) -> Self {
        let kind = match (is_gray, is_opaque) {
            (true, true) => ColorType::Grayscale,
            (true, false) => ColorType::GrayscaleAlpha,
            (false, true) => ColorType::Rgb,
            (false, false) => ColorType::Rgba,
        };
        let mut samples = Vec::with_capacity(pixels.bytes.len());
        for color @ [r, .., a] in colors(pixels) {
            match kind {
                ColorType::Grayscale => samples.push(r),
                ColorType::GrayscaleAlpha => samples.extend_from_slice(&[r, a]),
                ColorType::Rgb => samples.extend_from_slice(&color[..3]),
                _ => samples.extend_from_slice(&color),
            }
        }
        Self { kind, depth: BitDepth::Eight, samples, palette: Vec::new() }
    }

    fn indexed(pixels: &Pixels, palette: Vec<Color>) -> Self {
        let (depth, bits) = match palette.len() {
            0..=2 => (BitDepth::One, 1),
            3..=4 => (BitDepth::Two, 2),
            5..=16 => (BitDepth::Four, 4),
            _ => (BitDepth::Eight, 8),
        };
        // Most pixels of a drawing have the color of the one before.
        let mut last = (palette.first().copied().unwrap_or_default(), 0);
        let mut numbers = Vec::with_capacity(pixels.bytes.len() / pixels.channels.count());
        for color in colors(pixels) {
            if color != last.0 {
                // By the opacity first, as `palette` sorts.
                let found = palette.binary_search_by_key(&by_opacity(color), |other| by_opacity(*other));
                last = (color, found.unwrap_or_default() as u8);
            }
            numbers.push(last.1);
        }
        // The leftmost pixel of a byte is in its high bits; rows start at a byte.
        let byte = |numbers: &[u8]| {
            numbers.iter().zip(1..).fold(0, |byte, (number, at)| byte | number << (8 - at * bits))
        };
        let row = |row: &[u8]| row.chunks(8 / bits).map(byte).collect::<Vec<u8>>();
        let samples = numbers.chunks(pixels.width.max(1) as usize).flat_map(row).collect();
        Self { kind: ColorType::Indexed, depth, samples, palette }
    }

    fn encoded(&self, pixels: &Pixels, filter: Filter) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, pixels.width, pixels.height);
        encoder.set_color(self.kind);
        encoder.set_depth(self.depth);
        encoder.set_compression(Compression::High);
        encoder.set_filter(filter);
        if self.kind == ColorType::Indexed {
            encoder
                .set_palette(self.palette.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect::<Vec<u8>>());
            // The rest is opaque.
            let opacities: Vec<u8> = self.palette.iter().map(|[.., a]| *a).take_while(|a| *a < 255).collect();
            if !opacities.is_empty() {
                encoder.set_trns(opacities);
            }
        }
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&self.samples)?;
            writer.finish()
        });
        written.map_err(|error| refused(&error))?;
        Ok(bytes)
    }
}

/// All colors, the most transparent first, if there are few enough.
fn palette_of(pixels: &Pixels) -> Option<Vec<Color>> {
    let mut found = BTreeSet::new();
    let mut last = None;
    for color in colors(pixels) {
        if last == Some(color) {
            continue;
        }
        last = Some(color);
        found.insert(by_opacity(color));
        if found.len() > MOST {
            return None;
        }
    }
    Some(found.into_iter().map(|[a, r, g, b]| [r, g, b, a]).collect())
}

fn by_opacity([r, g, b, a]: Color) -> [u8; 4] {
    [a, r, g, b]
}
