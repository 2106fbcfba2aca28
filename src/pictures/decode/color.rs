//! Pixels in any color space → bytes in sRGB.

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

use super::damaged;
use crate::pictures::LARGEST_PROFILE;
use crate::pictures::PictureError;
use crate::pictures::metadata::Exif;
use crate::pictures::pixels::Channels;

/// The profile of a picture: the embedded one, else Adobe RGB if its EXIF says so (DCF 2.0, section 4.4: `R03`), else `None` for sRGB. One that
/// cannot be read counts as sRGB, as in browsers.
pub(super) fn profile(icc: Option<&[u8]>, exif: Option<&Exif<'_>>) -> Option<ColorProfile> {
    if let Some(icc) = icc {
        return Some(icc)
            .filter(|icc| icc.len() as u64 <= LARGEST_PROFILE)
            .and_then(|icc| ColorProfile::new_from_slice(icc).ok());
    }
    exif.is_some_and(Exif::is_adobe_rgb).then(ColorProfile::new_adobe_rgb)
}

/// Converts a picture to sRGB.
pub(super) fn to_srgb(image: DynamicImage, profile: Option<ColorProfile>) -> (Channels, Vec<u8>) {
    let has_alpha = image.color().has_alpha();
    let converted = profile.and_then(|profile| by_profile(&image, &profile));
    match (has_alpha, converted) {
        (true, Some(bytes)) => (Channels::Rgba, bytes),
        (false, Some(bytes)) => (Channels::Rgb, bytes),
        (true, None) => (Channels::Rgba, image.into_rgba8().into_raw()),
        (false, None) => (Channels::Rgb, image.into_rgb8().into_raw()),
    }
}

/// Converts by a profile. `None` if it belongs to pixels of another kind, or changes nothing.
fn by_profile(image: &DynamicImage, profile: &ColorProfile) -> Option<Vec<u8>> {
    let color = image.color();
    let (to, to_layout) = if color.has_alpha() { (4, Layout::Rgba) } else { (3, Layout::Rgb) };
    let (from, layout) = match (profile.color_space, color.has_color(), color.has_alpha()) {
        (DataColorSpace::Gray, false, false) => (1, Layout::Gray),
        (DataColorSpace::Gray, false, true) => (2, Layout::GrayAlpha),
        (DataColorSpace::Rgb, _, _) if !is_srgb(profile) => (to, to_layout),
        _ => return None,
    };
    let is_deep = color.bytes_per_pixel() / color.channel_count() > 1;
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    if is_deep {
        let transform = profile.create_transform_16bit(layout, &srgb, to_layout, options).ok()?;
        let samples = match from {
            1 => image.to_luma16().into_raw(),
            2 => image.to_luma_alpha16().into_raw(),
            3 => image.to_rgb16().into_raw(),
            _ => image.to_rgba16().into_raw(),
        };
        let narrow = |sample: u16| ((u32::from(sample) * 255 + 32_767) / 65_535) as u8;
        return converted(&samples, (from, to), &*transform, narrow).ok();
    }
    let transform = profile.create_transform_8bit(layout, &srgb, to_layout, options).ok()?;
    let gray;
    let samples = match (from, image) {
        (1 | 2, image)
        | (3, image @ DynamicImage::ImageRgb8(_))
        | (4, image @ DynamicImage::ImageRgba8(_)) => image.as_bytes(),
        (3, image) => {
            gray = image.to_rgb8().into_raw();
            &gray
        }
        (_, image) => {
            gray = image.to_rgba8().into_raw();
            &gray
        }
    };
    converted(samples, (from, to), &*transform, |sample| sample).ok()
}

/// Whether a profile changes no color by more than a rounding error: most embedded profiles are sRGB.
fn is_srgb(profile: &ColorProfile) -> bool {
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options) else {
        return false;
    };
    let steps = [0, 32, 96, 160, 224, 255];
    let colors = steps.iter().flat_map(|r| steps.iter().flat_map(move |g| steps.map(|b| [*r, *g, b])));
    let colors: Vec<u8> = colors.flatten().collect();
    let mut changed = vec![0; colors.len()];
    transform.transform(&colors, &mut changed).is_ok()
        && colors.iter().zip(&changed).all(|(color, changed)| color.abs_diff(*changed) <= 1)
}

/// Converts samples, some thousand pixels at a time: `channels` are those of a pixel before and after.
pub(super) fn converted<T: Copy + Default>(
    samples: &[T],
    (from, to): (usize, usize),
    transform: &(dyn TransformExecutor<T> + Send + Sync),
    narrow: impl Fn(T) -> u8,
) -> Result<Vec<u8>, PictureError> {
    const AT_ONCE: usize = 16 * 1024;
    let mut bytes = Vec::with_capacity(samples.len() / from * to);
    let mut results = vec![T::default(); AT_ONCE * to];
    for samples in samples.chunks(AT_ONCE * from) {
        let results = &mut results[..samples.len() / from * to];
        transform.transform(samples, results).map_err(|error| damaged(format!("{error:?}")))?;
        bytes.extend(results.iter().map(|result| narrow(*result)));
    }
    Ok(bytes)
}
