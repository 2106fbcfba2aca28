//! A part of a picture → its bytes at another size, by the Lanczos filter with three lobes.

use std::sync::Arc;

use pic_scale::{
    ImageSize, ImageStore, ImageStoreMut, PicScaleError, Resampling, ResamplingFunction, Scaler,
};

use super::linear::{Curve, halved};
use super::{Part, REST, REST_DIVISOR};
use crate::pictures::PictureError;
use crate::pictures::pixels::{Channels, Frame, HALVES};

/// The steps from one size to another.
type Plan<const N: usize> = Arc<Resampling<u16, N>>;

/// Rows that are converted to linear light at once.
const BAND: usize = 32;

/// Scales a part, as it lies in the file, to a size.
pub(super) fn scaled(frame: &Frame, part: Part, size: (u32, u32)) -> Result<Vec<u8>, PictureError> {
    let scaler = Scaler::new(ResamplingFunction::Lanczos3);
    let scaled = match frame.pixels.channels {
        Channels::Rgb => {
            in_linear_light::<3>(frame, part, size, &|from, to| scaler.plan_rgb_resampling16(from, to, 16))
        }
        // Colors are multiplied by the opacity already.
        Channels::Rgba => in_linear_light::<4>(frame, part, size, &|from, to| {
            scaler.plan_rgba_resampling16(from, to, false, 16)
        }),
    };
    scaled.map_err(|error| PictureError::Damaged(error.to_string()))
}

fn in_linear_light<const N: usize>(
    frame: &Frame,
    part: Part,
    (width, height): (u32, u32),
    plan: &dyn Fn(ImageSize, ImageSize) -> Result<Plan<N>, PicScaleError>,
) -> Result<Vec<u8>, PicScaleError> {
    let curve = Curve::new();
    let is_enough = |times: usize| {
        let is_enough = |length: u32, to: u32| {
            u64::from(length >> times) * u64::from(REST_DIVISOR) >= u64::from(to) * u64::from(REST)
        };
        is_enough(part.width, width) && is_enough(part.height, height)
    };
    let times = (1..=HALVES).take_while(|times| is_enough(*times)).last();
    let size = (width as usize, height as usize);
    let samples = match times {
        Some(times) => from_half(frame, part, times, size, plan, &curve)?,
        None => from_bytes(frame, part, size, plan, &curve)?,
    };
    let mut bytes = vec![0; samples.len()];
    for (to, pixel) in bytes.as_chunks_mut::<N>().0.iter_mut().zip(samples.as_chunks::<N>().0) {
        *to = curve.to_srgb(pixel);
    }
    Ok(bytes)
}

/// Scales a part of halved pixels.
fn from_half<const N: usize>(
    frame: &Frame,
    part: Part,
    times: usize,
    (width, height): (usize, usize),
    plan: &dyn Fn(ImageSize, ImageSize) -> Result<Plan<N>, PicScaleError>,
    curve: &Curve,
) -> Result<Vec<u16>, PicScaleError> {
    let half = halved(frame, times - 1, curve);
    let shorter = |length: u32| (length >> times) as usize;
    let (part_width, part_height) = (shorter(part.width), shorter(part.height));
    let store = ImageStore::<u16, N>::from_slice(&half.samples, half.width, half.height)?;
    let x = shorter(part.x).min(half.width - part_width);
    let y = shorter(part.y).min(half.height - part_height);
    let store = store.crop(x, y, part_width, part_height)?;
    let plan = plan(ImageSize::new(part_width, part_height), ImageSize::new(width, height))?;
    let mut scaled = vec![0; width * height * N];
    plan.resample(&store, &mut of_16_bits(&mut scaled, width, height)?)?;
    Ok(scaled)
}

/// Scales a part of the bytes: each band of rows in width, then all of them in height. So a large picture is never in memory in 16 bits.
fn from_bytes<const N: usize>(
    frame: &Frame,
    part: Part,
    (width, height): (usize, usize),
    plan: &dyn Fn(ImageSize, ImageSize) -> Result<Plan<N>, PicScaleError>,
    curve: &Curve,
) -> Result<Vec<u16>, PicScaleError> {
    let (part_width, part_height) = (part.width as usize, part.height as usize);
    let mut narrow = vec![0; width * part_height * N];
    let across = |rows| plan(ImageSize::new(part_width, rows), ImageSize::new(width, rows));
    let whole = across(BAND)?;
    let pixels = frame.pixels.bytes.as_chunks::<N>().0;
    let rows = pixels.chunks_exact(frame.pixels.width as usize).skip(part.y as usize);
    let mut rows = rows.map(|row| &row[part.x as usize..][..part_width]);
    let mut band = vec![0; part_width * BAND * N];
    for narrow in narrow.chunks_mut(width * BAND * N) {
        let count = narrow.len() / (width * N);
        for (to, row) in band.chunks_exact_mut(part_width * N).zip(rows.by_ref().take(count)) {
            for (to, pixel) in to.as_chunks_mut::<N>().0.iter_mut().zip(row) {
                *to = curve.to_linear(pixel);
            }
        }
        let store = ImageStore::<u16, N>::from_slice(&band[..part_width * count * N], part_width, count)?;
        let plan = if count == BAND { Arc::clone(&whole) } else { across(count)? };
        plan.resample(&store, &mut of_16_bits(narrow, width, count)?)?;
    }
    let mut scaled = vec![0; width * height * N];
    let store = ImageStore::<u16, N>::from_slice(&narrow, width, part_height)?;
    plan(ImageSize::new(width, part_height), ImageSize::new(width, height))?
        .resample(&store, &mut of_16_bits(&mut scaled, width, height)?)?;
    Ok(scaled)
}

/// Room for samples of 16 bits.
fn of_16_bits<const N: usize>(
    samples: &mut [u16],
    width: usize,
    height: usize,
) -> Result<ImageStoreMut<'_, u16, N>, PicScaleError> {
    let mut store = ImageStoreMut::borrow(samples, width, height)?;
    store.bit_depth = 16;
    Ok(store)
}
