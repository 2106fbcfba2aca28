//! Pixels → whether they are a drawing: a chart, a map, a logo or a screenshot.
//!
//! In drawings, neighbors are equal or differ much. In photographs, most differ a little: light falls off, and sensors have noise.

use std::collections::HashMap;

use crate::pictures::pixels::Pixels;

/// Samples are taken in squares of this side, so many across and down.
const SQUARE: usize = 8;
const SQUARES: usize = 40;

/// Neighbors that differ by at most this much differ a little.
const LITTLE: u8 = 10;

/// Whether pixels are a drawing.
pub(super) fn is_drawing(pixels: &Pixels) -> bool {
    let (mut equal, mut little, mut much) = (0_u32, 0_u32, 0_u32);
    let mut colors = HashMap::<[u8; 4], u32>::new();
    let count = pixels.channels.count();
    let row = pixels.width as usize * count;
    let rows =
        starts(pixels.height as usize).flat_map(|y| starts(pixels.width as usize).map(move |x| (x, y)));
    for (x, y) in rows {
        for (x, y) in (0..SQUARE * SQUARE).map(|at| (x + at % SQUARE, y + at / SQUARE)) {
            let at = y * row + x * count;
            let Some(pixel) = pixels.bytes.get(at..at + count) else { continue };
            let mut color = [255; 4];
            color[..count].copy_from_slice(pixel);
            *colors.entry(color).or_default() += 1;
            let right = (x + 1 < pixels.width as usize).then(|| at + count);
            for neighbor in [right, Some(at + row)].into_iter().flatten() {
                let Some(neighbor) = pixels.bytes.get(neighbor..neighbor + count) else { continue };
                let most = pixel.iter().zip(neighbor).map(|(one, other)| one.abs_diff(*other)).max();
                match most.unwrap_or(0) {
                    0 => equal += 1,
                    1..=LITTLE => little += 1,
                    _ => much += 1,
                }
            }
        }
    }
    let pairs = equal + little + much;
    let mut counts: Vec<u32> = colors.into_values().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let (sampled, frequent) = (counts.iter().sum::<u32>(), counts.iter().take(32).sum::<u32>());
    // Half of all neighbors are equal, few differ a little, and few colors cover three quarters.
    pairs > 0 && equal * 2 >= pairs && little * 8 <= pairs && frequent * 4 >= sampled * 3
}

/// Where squares start along a side.
fn starts(length: usize) -> impl Iterator<Item = usize> {
    let count = length.div_ceil(SQUARE).clamp(1, SQUARES);
    let last = length.saturating_sub(SQUARE);
    (0..count).map(move |at| last * at / (count - 1).max(1))
}
