//! Brightness → a hash that similar pictures share, of their low frequencies.

use std::f32::consts::PI;

/// The side of the square that is transformed.
const SIDE: usize = 32;

/// Frequencies per direction.
const KEPT: usize = 8;

/// Below this, frequencies are rounding errors.
const NOTHING: f32 = 1.0;

/// The signs of the 64 lowest frequencies but the mean (the discrete cosine transform, type II), relative to their median.
pub(super) fn of(brightness: &[f32], width: usize, height: usize) -> u64 {
    let small = averaged(brightness, width, height);
    let wave =
        |frequency: usize, at: usize| (PI * frequency as f32 * (2 * at + 1) as f32 / (2 * SIDE) as f32).cos();
    let waves: Vec<[f32; SIDE]> =
        (0..=KEPT).map(|frequency| std::array::from_fn(|at| wave(frequency, at))).collect();
    let dot = |row: &[f32], wave: &[f32; SIDE]| row.iter().zip(wave).map(|(value, wave)| value * wave).sum();
    // Columns of the transform of each row.
    let across: Vec<Vec<f32>> =
        waves.iter().map(|wave| small.chunks_exact(SIDE).map(|row| dot(row, wave)).collect()).collect();
    let lowest =
        |at: usize| -> f32 { dot(&across[at % KEPT + 1], &waves[at / KEPT]) / (SIDE * SIDE) as f32 * 4.0 };
    let frequencies: Vec<f32> = (0..KEPT * KEPT).map(lowest).collect();
    if frequencies.iter().all(|frequency| frequency.abs() < NOTHING) {
        return 0;
    }
    let mut sorted = frequencies.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    let median = sorted[KEPT * KEPT / 2];
    frequencies.iter().fold(0, |hash, frequency| hash << 1 | u64::from(*frequency >= median))
}

/// A square of averages.
fn averaged(brightness: &[f32], width: usize, height: usize) -> Vec<f32> {
    let range = |at: usize, length: usize| {
        let start = at * length / SIDE;
        start..((at + 1) * length / SIDE).max(start + 1)
    };
    let mut averages = Vec::with_capacity(SIDE * SIDE);
    for (y, x) in (0..SIDE * SIDE).map(|at| (range(at / SIDE, height), range(at % SIDE, width))) {
        let count = (y.len() * x.len()) as f32;
        let sum: f32 = y.flat_map(|y| &brightness[y * width..][x.clone()]).sum();
        averages.push(sum / count);
    }
    averages
}
