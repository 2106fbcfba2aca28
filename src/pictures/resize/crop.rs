//! A picture and a ratio → the part of it to show: around the focus, else the most detailed one.

use super::{Part, thumbnail};
use crate::pictures::pixels::{Frame, Pixels};
use crate::pictures::{Crop, Focus, PictureError};

/// The side of the small version in which detail is looked for.
const SIDE: u32 = 128;

/// How much of its detail a part loses that is as far as possible from the place where subjects usually are.
const BIAS: f32 = 0.1;

/// Where subjects usually are: in the middle, and a little above it, because heads are.
const USUAL: (f32, f32) = (0.5, 0.42);

/// The part to show, as large as possible.
pub(super) fn part(frame: &Frame, crop: Crop) -> Result<Part, PictureError> {
    let whole = frame.size();
    let (width, height) = crop.ratio.within(whole);
    let (x, y) = match crop.focus.map(Focus::point) {
        Some((x, y)) => (around(x, width, whole.0), around(y, height, whole.1)),
        None if (width, height) == whole => (0, 0),
        None => most_detailed(&thumbnail(frame, SIDE)?, (width, height), whole),
    };
    Ok(Part { x, y, width, height })
}

/// The start of a part around a point from 0 to 1, moved into the picture.
fn around(point: f64, length: u32, whole: u32) -> u32 {
    let start = (point * f64::from(whole) - f64::from(length) / 2.0).round();
    start.clamp(0.0, f64::from(whole - length)) as u32
}

/// The corner of the most detailed part.
fn most_detailed(small: &Pixels, part: (u32, u32), whole: (u32, u32)) -> (u32, u32) {
    let (columns, rows) = detail(small);
    let start = |detail: &[f32], length: u32, whole: u32, usual: f32| {
        let inside = (detail.len() as f32 * length as f32 / whole as f32).round().max(1.0) as usize;
        let best = best_start(detail, inside.min(detail.len()), usual);
        let most = detail.len().saturating_sub(inside).max(1);
        let start = f64::from(whole - length) * (best as f64 / most as f64).min(1.0);
        start.round() as u32
    };
    (start(&columns, part.0, whole.0, USUAL.0), start(&rows, part.1, whole.1, USUAL.1))
}

/// Where to start so that the most detail is inside, the more the nearer to the middle of the part.
fn best_start(detail: &[f32], inside: usize, usual: f32) -> usize {
    let most = detail.len() - inside;
    let score = |start: usize| {
        let middle = (inside as f32 - 1.0) / 2.0;
        let weighted = detail[start..start + inside].iter().enumerate().map(|(at, detail)| {
            let off = (at as f32 - middle) / (middle + 1.0);
            detail * (1.0 - 0.5 * off * off)
        });
        let off = (start as f32 / most.max(1) as f32 - usual).abs();
        weighted.sum::<f32>() * (1.0 - BIAS * off)
    };
    let starts = (0..=most).map(|start| (start, score(start)));
    starts.fold((0, f32::MIN), |best, next| if next.1 > best.1 { next } else { best }).0
}

/// How much detail is in each column and in each row: edges, weighted by how colorful they are.
fn detail(small: &Pixels) -> (Vec<f32>, Vec<f32>) {
    let (width, height) = (small.width as usize, small.height as usize);
    let pixels: Vec<(f32, f32)> =
        small.bytes.chunks_exact(small.channels.count()).map(brightness_and_saturation).collect();
    let (mut columns, mut rows) = (vec![0.0; width], vec![0.0; height]);
    for (y, in_row) in rows.iter_mut().enumerate().take(height.saturating_sub(1)).skip(1) {
        for (x, in_column) in columns.iter_mut().enumerate().take(width.saturating_sub(1)).skip(1) {
            let at = y * width + x;
            let across = (pixels[at + 1].0 - pixels[at - 1].0).abs();
            let down = (pixels[at + width].0 - pixels[at - width].0).abs();
            // Noise and compression leave edges below 6 everywhere.
            let edge = (across + down - 6.0).max(0.0);
            let detail = edge * (1.0 + pixels[at].1);
            *in_column += detail;
            *in_row += detail;
        }
    }
    (columns, rows)
}

/// Brightness from 0 to 255 and saturation from 0 to 1; transparent pixels are white.
fn brightness_and_saturation(pixel: &[u8]) -> (f32, f32) {
    let opacity = f32::from(pixel.get(3).copied().unwrap_or(255)) / 255.0;
    let color = |byte: u8| f32::from(byte) * opacity + 255.0 * (1.0 - opacity);
    let [red, green, blue] = [color(pixel[0]), color(pixel[1]), color(pixel[2])];
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    (0.299 * red + 0.587 * green + 0.114 * blue, (most - least) / most.max(1.0))
}
