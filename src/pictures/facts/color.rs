//! Pixels → their dominant color.

use crate::pictures::pixels::Pixels;

/// Steps per channel: colors of one step count as equal.
const STEPS: usize = 12;

/// The mean of the most frequent colors: those of the most frequent step and of its neighbors, so that an area with a gradient is not split. A
/// picture without opaque pixels is white.
pub(super) fn dominant(pixels: &Pixels) -> [u8; 3] {
    let step = |byte: u8| usize::from(byte) * STEPS / 256;
    let mut steps = vec![(0_u64, [0_u64; 3]); STEPS * STEPS * STEPS];
    for pixel in pixels.bytes.chunks_exact(pixels.channels.count()) {
        if pixel.get(3).is_some_and(|opacity| *opacity < 128) {
            continue;
        }
        let (count, sums) = &mut steps[(step(pixel[0]) * STEPS + step(pixel[1])) * STEPS + step(pixel[2])];
        *count += 1;
        sums.iter_mut().zip(pixel).for_each(|(sum, byte)| *sum += u64::from(*byte));
    }
    let near = |at: usize| at.saturating_sub(1)..(at + 2).min(STEPS);
    let around = |at: usize| {
        let (red, green, blue) = (at / STEPS / STEPS, at / STEPS % STEPS, at % STEPS);
        let mut total = (0_u64, [0_u64; 3]);
        for (red, green) in near(red).flat_map(|red| near(green).map(move |green| (red, green))) {
            for blue in near(blue) {
                let (count, sums) = steps[(red * STEPS + green) * STEPS + blue];
                total.0 += count;
                total.1.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
            }
        }
        total
    };
    // The step itself counts twice: among equal neighborhoods, the one around a peak is meant.
    let used = (0..steps.len()).filter(|at| steps[*at].0 > 0);
    let best =
        used.map(|at| (around(at).0 + steps[at].0, at)).max_by_key(|(count, at)| (*count, usize::MAX - at));
    let Some((_, at)) = best else { return [255; 3] };
    let (count, sums) = around(at);
    sums.map(|sum| ((sum + count / 2) / count) as u8)
}
