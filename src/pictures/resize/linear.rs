//! Bytes in sRGB ↔ samples in linear light; pixels → half as many.

use crate::pictures::pixels::{Channels, Frame, Linear};

/// The transfer function of sRGB (IEC 61966-2-1) as tables.
pub(super) struct Curve {
    /// From a byte to light, from 0 to 65,535.
    linear: [u16; 256],
    /// From light to the nearest byte.
    srgb: Vec<u8>,
}

impl Curve {
    pub(super) fn new() -> Self {
        let mut linear = [0; 256];
        let mut srgb = Vec::with_capacity(1 << 16);
        for byte in 0..=255_u8 {
            linear[usize::from(byte)] = light(f64::from(byte)).round() as u16;
            let next = if byte == 255 { 65_536 } else { light(f64::from(byte) + 0.5).ceil() as usize };
            srgb.resize(next, byte);
        }
        Self { linear, srgb }
    }

    /// A pixel of red, green and blue, or with opacity, which multiplies the colors.
    ///
    /// Loops, not `map`: without optimization, as in tests, `map` takes several times as long.
    pub(super) fn to_linear<const N: usize>(&self, pixel: &[u8; N]) -> [u16; N] {
        let mut linear = [0; N];
        for channel in 0..N {
            linear[channel] = self.linear[usize::from(pixel[channel])];
        }
        if N < 4 {
            return linear;
        }
        let opacity = u32::from(pixel[3]);
        for color in &mut linear[..3] {
            *color = ((u32::from(*color) * opacity + 127) / 255) as u16;
        }
        linear[3] = u16::from(pixel[3]) * 257;
        linear
    }

    /// The opposite of [`Curve::to_linear`].
    pub(super) fn to_srgb<const N: usize>(&self, pixel: &[u16; N]) -> [u8; N] {
        let mut bytes = [0; N];
        if N < 4 {
            for channel in 0..N {
                bytes[channel] = self.srgb[usize::from(pixel[channel])];
            }
            return bytes;
        }
        let opacity = u32::from(pixel[3]);
        for channel in 0..3 {
            let light = u32::from(pixel[channel]) * 65_535 + opacity / 2;
            let color = light.checked_div(opacity).unwrap_or(0);
            bytes[channel] = self.srgb[color.min(65_535) as usize];
        }
        bytes[3] = ((opacity + 128) / 257) as u8;
        bytes
    }
}

/// The light of a byte, from 0 to 65,535.
fn light(byte: f64) -> f64 {
    let value = byte / 255.0;
    let light = if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
    light * 65_535.0
}

/// A frame halved `times` + 1 times.
pub(super) fn halved<'a>(frame: &'a Frame, times: usize, curve: &Curve) -> &'a Linear {
    frame.halves[times].get_or_init(|| {
        let pixels = &frame.pixels;
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        match (times.checked_sub(1), pixels.channels) {
            (None, Channels::Rgb) => {
                halve(&pixels.bytes, width, height, |pixel: &[u8; 3]| curve.to_linear(pixel))
            }
            (None, Channels::Rgba) => {
                halve(&pixels.bytes, width, height, |pixel: &[u8; 4]| curve.to_linear(pixel))
            }
            (Some(before), channels) => {
                let Linear { width, height, samples } = halved(frame, before, curve);
                match channels {
                    Channels::Rgb => halve(samples, *width, *height, |pixel: &[u16; 3]| *pixel),
                    Channels::Rgba => halve(samples, *width, *height, |pixel: &[u16; 4]| *pixel),
                }
            }
        }
    })
}

/// Averages each four pixels. An odd row or column at the end is left out.
fn halve<T: Copy, const N: usize>(
    samples: &[T],
    width: usize,
    height: usize,
    to_linear: impl Fn(&[T; N]) -> [u16; N],
) -> Linear {
    let (halved_width, halved_height) = (width / 2, height / 2);
    let mut averages = Vec::with_capacity(halved_width * halved_height * N);
    let pixels = samples.as_chunks::<N>().0;
    for rows in pixels.chunks_exact(width * 2) {
        let (above, below) = rows.split_at(width);
        for (above, below) in above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0) {
            let (first, second) = (to_linear(&above[0]), to_linear(&above[1]));
            let (third, fourth) = (to_linear(&below[0]), to_linear(&below[1]));
            for channel in 0..N {
                let above = u32::from(first[channel]) + u32::from(second[channel]);
                let below = u32::from(third[channel]) + u32::from(fourth[channel]);
                averages.push(((above + below + 2) / 4) as u16);
            }
        }
    }
    Linear { width: halved_width, height: halved_height, samples: averages }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_linear_light() {
        let curve = Curve::new();
        assert_eq!(curve.srgb.len(), 1 << 16);
        for byte in 0..=255 {
            assert_eq!(curve.to_srgb(&curve.to_linear(&[byte; 3])), [byte; 3]);
            assert_eq!(curve.to_srgb(&curve.to_linear(&[byte, 0, 255, 255])), [byte, 0, 255, 255]);
            let [color, .., opacity] = curve.to_srgb(&curve.to_linear(&[byte, 0, 0, 128]));
            assert!(color.abs_diff(byte) <= 1 && opacity == 128, "{byte}: {color}");
        }
        assert_eq!(curve.to_srgb(&[9, 9, 9, 0]), [0, 0, 0, 0]);
    }
}
