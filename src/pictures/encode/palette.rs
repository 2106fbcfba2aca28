//! The pixels of a scaled drawing → the same with at most 256 colors, if nobody sees the difference.
//!
//! Scaling mixes the few colors of a drawing at each edge, and with three bytes per pixel a small rendition weighs more than the original. A palette
//! halves that.

use std::collections::HashMap;

use color_quant::NeuQuant;

use crate::pictures::pixels::{Channels, Pixels};

/// The most colors of a palette.
pub(super) const MOST: usize = 256;
/// The most frequent colors, which stay as they are: those of areas.
const EXACT: usize = 96;
/// A picture with more colors is not a drawing.
const TOO_MANY: usize = 1 << 16;
/// The number of pixels from which the other colors are learned.
const SAMPLE: usize = 40_000;
/// The largest mean square error per channel: 42 decibels, above which differences are invisible side by side.
const LARGEST_ERROR: f64 = 4.0;

/// Red, green, blue and opacity.
pub(super) type Color = [u8; 4];

/// The colors of pixels, equal ones equal.
pub(super) fn colors(pixels: &Pixels) -> impl Iterator<Item = Color> {
    let count = pixels.channels.count();
    pixels.bytes.chunks_exact(count).map(move |pixel| match *pixel {
        [_, _, _, 0] => [0; 4],
        [r, g, b, a] => [r, g, b, a],
        [r, g, b] => [r, g, b, 255],
        _ => [0; 4],
    })
}

/// Pixels with at most 256 colors. `None` if they have no more than that already, or if the difference would be visible.
pub(super) fn reduced(pixels: &Pixels) -> Option<Pixels> {
    let counts = counts(pixels)?;
    let mut frequent: Vec<(Color, u32)> = counts.iter().map(|(color, count)| (*color, *count)).collect();
    frequent.sort_unstable_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
    let (exact, others) = frequent.split_at(EXACT);
    let mut nearest: HashMap<Color, Color> = exact.iter().map(|(color, _)| (*color, *color)).collect();
    let palette: Vec<Color> =
        exact.iter().map(|(color, _)| *color).chain(learned(pixels, &nearest)).collect();
    let mut error = 0;
    for (color, count) in others {
        let (distance, near) = palette.iter().map(|near| (distance(*color, *near), *near)).min()?;
        error += u64::from(distance) * u64::from(*count);
        nearest.insert(*color, near);
    }
    let channels = pixels.channels.count();
    if error as f64 > LARGEST_ERROR * pixels.bytes.len() as f64 {
        return None;
    }
    let mut bytes = Vec::with_capacity(pixels.bytes.len());
    for color in colors(pixels) {
        bytes.extend_from_slice(&nearest.get(&color)?[..channels]);
    }
    Some(Pixels { width: pixels.width, height: pixels.height, channels: pixels.channels, bytes })
}

/// How many pixels each color has. `None` if a palette holds them all, or if they are those of a photograph.
fn counts(pixels: &Pixels) -> Option<HashMap<Color, u32>> {
    let mut counts: HashMap<Color, u32> = HashMap::new();
    let (mut last, mut run) = ([0; 4], 0);
    for color in colors(pixels) {
        if color != last {
            *counts.entry(last).or_default() += run;
            (last, run) = (color, 0);
            if counts.len() > TOO_MANY {
                return None;
            }
        }
        run += 1;
    }
    *counts.entry(last).or_default() += run;
    counts.retain(|_, count| *count > 0);
    (counts.len() > MOST).then_some(counts)
}

/// The colors that stand for all but the exact ones.
fn learned(pixels: &Pixels, exact: &HashMap<Color, Color>) -> Vec<Color> {
    let others = colors(pixels).filter(|color| !exact.contains_key(color));
    let sample: Vec<u8> = others.flatten().collect();
    // From 1 to 30, by which the library skips pixels.
    let step = (sample.len() / 4 / SAMPLE).clamp(1, 30) as i32;
    let learned = NeuQuant::new(step, MOST - EXACT, &sample).color_map_rgba();
    let is_opaque = pixels.channels == Channels::Rgb;
    learned
        .as_chunks::<4>()
        .0
        .iter()
        .map(|[r, g, b, a]| [*r, *g, *b, if is_opaque { 255 } else { *a }])
        .collect()
}

/// The square of the distance of two colors.
fn distance(one: Color, other: Color) -> u32 {
    let mut sum = 0;
    for channel in 0..4 {
        let difference = u32::from(one[channel].abs_diff(other[channel]));
        sum += difference * difference;
    }
    sum
}
