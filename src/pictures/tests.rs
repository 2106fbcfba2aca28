//! Pictures made in code, decoded, scaled and examined. Colors may differ from the expected ones by the stated tolerance, which covers rounding
//! and the loss of JPEG.

use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, ImageBuffer, ImageEncoder, ImageFormat, Rgb, RgbImage, RgbaImage,
};
use moxcms::ColorProfile;

use super::decode::{decode, is_animated};
use super::pixels::{Channels, Frame, Pixels};
use super::resize::resize;
use super::{Crop, Encoding, Facts, Focus, Format, PictureError, Ratio, Rendition, Source, SourceHash};

/// A pseudo-random number for a place.
fn noise(x: u32, y: u32, of: u32) -> u32 {
    let mixed = (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263)).wrapping_mul(1_274_126_177);
    (mixed ^ (mixed >> 15)) % of
}

fn frame(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
    turned(width, height, Orientation::NoTransforms, color)
}

fn turned(width: u32, height: u32, turn: Orientation, color: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let bytes = places.flat_map(|(x, y)| color(x, y)).collect();
    Frame::new(Pixels { width, height, channels: Channels::Rgb, bytes }, turn)
}

fn rendition(frame: &Frame, width: u32, crop: Option<Crop>) -> Pixels {
    let source = Source { hash: SourceHash::of(b""), size: frame.size(), format: Format::Png };
    resize(frame, &Rendition::new(&source, crop, width, Encoding::Jpeg, 75)).unwrap()
}

fn at(pixels: &Pixels, x: u32, y: u32) -> Vec<u8> {
    let count = pixels.channels.count();
    pixels.bytes[(y * pixels.width + x) as usize * count..][..count].to_vec()
}

fn assert_near(found: &[u8], expected: &[u8], tolerance: u8) {
    let is_near = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, other)| one.abs_diff(*other) <= tolerance);
    assert!(is_near, "{found:?}, expected {expected:?} ± {tolerance}");
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png_with(profile: Vec<u8>, samples: &[u8], kind: ExtendedColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile).unwrap();
    encoder.write_image(samples, 1, 1, kind).unwrap();
    bytes
}

#[test]
fn all_orientations_are_turned_upright_and_cropped_alike() {
    // Upright: red at the top left, green at the top right, blue at the bottom left, white at the bottom right.
    let upright = |x: u32, y: u32| match (x < 40, y < 20) {
        (true, true) => [255, 0, 0],
        (false, true) => [0, 255, 0],
        (true, false) => [0, 0, 255],
        (false, false) => [255, 255, 255],
    };
    for exif in 1..=8 {
        let turn = Orientation::from_exif(exif).unwrap();
        // Where CIPA DC-008 says that row 0 and column 0 of the file are seen.
        let frame = match exif {
            1 => turned(80, 40, turn, upright),
            2 => turned(80, 40, turn, |x, y| upright(79 - x, y)),
            3 => turned(80, 40, turn, |x, y| upright(79 - x, 39 - y)),
            4 => turned(80, 40, turn, |x, y| upright(x, 39 - y)),
            5 => turned(40, 80, turn, |x, y| upright(y, x)),
            6 => turned(40, 80, turn, |x, y| upright(79 - y, x)),
            7 => turned(40, 80, turn, |x, y| upright(79 - y, 39 - x)),
            _ => turned(40, 80, turn, |x, y| upright(y, 39 - x)),
        };
        assert_eq!(frame.size(), (80, 40));
        for width in [80, 60, 20] {
            let whole = rendition(&frame, width, None);
            assert_eq!((whole.width, whole.height), (width, width / 2), "{exif}");
            let (right, bottom) = (whole.width - 2, whole.height - 2);
            for (x, y, color) in [
                (1, 1, upright(0, 0)),
                (right, 1, upright(79, 0)),
                (1, bottom, upright(0, 39)),
                (right, bottom, upright(79, 39)),
            ] {
                assert_near(&at(&whole, x, y), &color, 12);
            }
        }
        let corner = Crop { ratio: Ratio::SQUARE, focus: Some(Focus::new(1.0, 0.0)) };
        let corner = rendition(&frame, 40, Some(corner));
        assert_eq!((corner.width, corner.height), (40, 40));
        assert_eq!((at(&corner, 0, 0), at(&corner, 39, 39)), (vec![0, 255, 0], vec![255; 3]), "{exif}");
    }
}

#[test]
fn light_is_averaged_and_flat_areas_stay() {
    let board = frame(320, 320, |x, y| [if (x + y) % 2 == 0 { 255 } else { 0 }; 3]);
    // Half of the light is 188 in sRGB.
    for width in [20, 64, 100] {
        assert_near(&at(&rendition(&board, width, None), width / 2, width / 2), &[188; 3], 3);
    }
    for gray in [0, 1, 17, 128, 254, 255] {
        let flat = frame(331, 217, |_, _| [gray, 255 - gray, gray]);
        for width in [330, 200, 100, 33] {
            let scaled = rendition(&flat, width, None);
            assert!(
                scaled.bytes.as_chunks::<3>().0.iter().all(|pixel| *pixel == [gray, 255 - gray, gray]),
                "{gray}"
            );
        }
    }
}

#[test]
fn transparent_pixels_do_not_color_their_neighbors() {
    let image = RgbaImage::from_fn(200, 100, |x, _| {
        image::Rgba(if x < 100 { [255, 0, 0, 255] } else { [0, 255, 0, 0] })
    });
    let frame = decode(&encoded(&image.into(), ImageFormat::Png), Format::Png).unwrap();
    assert!(Facts::of(&frame, false).unwrap().is_transparent);
    for width in [150, 30] {
        for pixel in rendition(&frame, width, None).bytes.as_chunks::<4>().0 {
            assert!(pixel[3] < 3 || pixel[1] == 0, "{pixel:?}");
        }
    }
    let opaque = RgbaImage::from_pixel(4, 4, image::Rgba([9, 9, 9, 255]));
    let frame = decode(&encoded(&opaque.into(), ImageFormat::Png), Format::Png).unwrap();
    assert_eq!(frame.pixels.channels, Channels::Rgb);
}

#[test]
fn a_rendition_does_not_depend_on_others() {
    let color = |x, y| [noise(x, y, 256) as u8, x as u8, y as u8];
    let shared = frame(400, 300, color);
    let all: Vec<Pixels> = [300, 200, 120, 60, 20].map(|width| rendition(&shared, width, None)).into();
    for pixels in all.iter().rev() {
        assert_eq!(&rendition(&frame(400, 300, color), pixels.width, None), pixels);
    }
}

#[test]
fn colors_are_converted_by_the_profile() {
    // The expected values follow from the primaries of the color spaces.
    for (profile, color, expected) in [
        (ColorProfile::new_adobe_rgb(), [100, 200, 50], [0, 201, 12]),
        (ColorProfile::new_adobe_rgb(), [128, 128, 128], [128, 128, 128]),
        (ColorProfile::new_display_p3(), [200, 60, 60], [217, 42, 52]),
        (ColorProfile::new_srgb(), [200, 60, 61], [200, 60, 61]),
    ] {
        let icc = profile.encode().unwrap();
        let pixels =
            decode(&png_with(icc.clone(), &color, ExtendedColorType::Rgb8), Format::Png).unwrap().pixels;
        assert_near(&pixels.bytes, &expected, 3);
        // In 16 bits.
        let deep: Vec<u8> = color.iter().flat_map(|byte| (u16::from(*byte) * 257).to_ne_bytes()).collect();
        let pixels = decode(&png_with(icc, &deep, ExtendedColorType::Rgb16), Format::Png).unwrap().pixels;
        assert_near(&pixels.bytes, &expected, 3);
    }
    let gray = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let pixels = decode(&png_with(gray, &[55], ExtendedColorType::L8), Format::Png).unwrap().pixels;
    // 55 / 255 of the light is 128 in sRGB.
    assert_near(&pixels.bytes, &[128; 3], 3);
    let pixels =
        decode(&png_with(vec![1, 2, 3], &[9, 8, 7], ExtendedColorType::Rgb8), Format::Png).unwrap().pixels;
    assert_eq!(pixels.bytes, [9, 8, 7]);
}

/// A JPEG of 32 × 32 pixels of one color in inks, inverted as Adobe's programs write it.
fn cmyk(inks: [u8; 4], kind: jpeg_encoder::ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 100);
    encoder.encode(&inks.repeat(32 * 32), 32, 32, kind).unwrap();
    bytes
}

#[test]
fn inks_become_colors() {
    for kind in [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck] {
        // As full inks: cyan, black, nothing, half magenta.
        for (inks, color) in [
            ([255, 0, 0, 0], [0, 255, 255]),
            ([0, 0, 0, 255], [0, 0, 0]),
            ([0, 0, 0, 0], [255, 255, 255]),
            ([0, 128, 0, 0], [255, 127, 255]),
        ] {
            let pixels = decode(&cmyk(inks, kind), Format::Jpeg).unwrap().pixels;
            assert_eq!((pixels.width, pixels.height), (32, 32));
            assert_near(&at(&pixels, 16, 16), &color, 4);
        }
    }
}

/// A file of each format with some detail.
fn samples() -> Vec<(Format, Vec<u8>)> {
    let image = RgbImage::from_fn(48, 32, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, noise(x, y, 64) as u8]));
    let image = DynamicImage::from(image);
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 80);
    encoder.set_progressive(true);
    encoder.encode(image.as_bytes(), 48, 32, jpeg_encoder::ColorType::Rgb).unwrap();
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = image.to_rgb16();
    vec![
        (Format::Jpeg, progressive),
        (Format::Jpeg, encoded(&image, ImageFormat::Jpeg)),
        (Format::Jpeg, cmyk([9, 99, 199, 20], jpeg_encoder::ColorType::CmykAsYcck)),
        (Format::Png, encoded(&image, ImageFormat::Png)),
        (Format::Png, encoded(&deep.into(), ImageFormat::Png)),
        (Format::Gif, encoded(&image.to_rgba8().into(), ImageFormat::Gif)),
        (Format::WebP, encoded(&image, ImageFormat::WebP)),
        (Format::Tiff, encoded(&image, ImageFormat::Tiff)),
    ]
}

#[test]
fn all_formats_are_decoded() {
    for (format, bytes) in samples() {
        let frame = decode(&bytes, format).unwrap();
        assert!(!is_animated(&bytes, format));
        assert_eq!(frame.pixels.bytes.len(), (frame.size().0 * frame.size().1 * 3) as usize, "{format:?}");
    }
    assert_eq!(decode(b"", Format::Avif).unwrap_err().to_string(), "it is an unusual kind of AVIF");
}

#[test]
fn damaged_files_are_errors_or_pictures() {
    for (format, bytes) in samples() {
        for seed in 0..300 {
            let mut damaged = bytes.clone();
            for flip in 0..=noise(seed, 9, 3) {
                let place = noise(seed, flip, bytes.len() as u32) as usize;
                damaged[place] ^= 1 << noise(seed, flip + 50, 8);
            }
            if seed % 3 == 0 {
                damaged.truncate(noise(seed, 77, bytes.len() as u32) as usize);
            }
            if let Ok(frame) = decode(&damaged, format) {
                let Pixels { width, height, channels, bytes } = &frame.pixels;
                assert_eq!(bytes.len(), (width * height) as usize * channels.count());
            }
            is_animated(&damaged, format);
        }
    }
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let mut png = encoded(&RgbImage::new(1, 1).into(), ImageFormat::Png);
    for (at, side) in [(16, 60_000_u32), (20, 60_000)] {
        png[at..at + 4].copy_from_slice(&side.to_be_bytes());
    }
    let checksum = {
        let mut crc = flate2::Crc::new();
        crc.update(&png[12..29]);
        crc.sum()
    };
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(decode(&png, Format::Png).unwrap_err(), PictureError::TooLarge(60_000, 60_000));
    let mut jpeg = encoded(&RgbImage::new(8, 8).into(), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
    assert_eq!(decode(&jpeg, Format::Jpeg).unwrap_err(), PictureError::TooLarge(60_000, 60_000));
}

#[test]
fn a_cut_off_jpeg_is_decoded_as_far_as_it_goes() {
    let image = RgbImage::from_fn(128, 128, |x, y| Rgb([200, noise(x, y, 90) as u8, 40]));
    let bytes = encoded(&image.into(), ImageFormat::Jpeg);
    let frame = decode(&bytes[..bytes.len() * 2 / 3], Format::Jpeg).unwrap();
    assert_near(&at(&frame.pixels, 4, 4)[..1], &[200], 40);
}

#[test]
fn drawings_are_told_from_photographs() {
    let chart = |x: u32, y: u32| match (x % 50 < 30 && y > 300 - (x / 50) * 40, y.is_multiple_of(60)) {
        (true, _) => [200, 30, 40],
        (_, true) => [180, 180, 180],
        _ => [255, 255, 255],
    };
    let gray = |x, y| [(90 + x / 8 + noise(x, y, 12)) as u8; 3];
    let sky = |x, y: u32| [(60 + y / 3) as u8, (110 + y / 4) as u8, (200 + noise(x, y, 3)) as u8];
    // Black but for some noisy lights.
    let night =
        |x: u32, y| if x % 100 < 55 { [0; 3] } else { [noise(x, y, 9) as u8, noise(y, x, 9) as u8, 7] };
    let smooth = |x: u32, y: u32| [(x / 2) as u8, (y / 2) as u8, 90];
    let told = |color: &dyn Fn(u32, u32) -> [u8; 3]| Facts::of(&frame(400, 320, color), false).unwrap();
    assert!(told(&chart).is_drawing);
    for (name, photo) in [
        ("gray", &gray as &dyn Fn(u32, u32) -> [u8; 3]),
        ("sky", &sky),
        ("night", &night),
        ("smooth", &smooth),
    ] {
        assert!(!told(photo).is_drawing, "{name}");
    }
    assert_near(&told(&chart).color, &[255; 3], 8);
    let sharp = told(&|x, y| [(40 * ((x / 4 + y / 4) % 5)) as u8; 3]).sharpness;
    assert!(sharp > 100.0 && told(&smooth).sharpness < 20.0, "{sharp}");
}

#[test]
fn copies_have_nearly_the_same_hash() {
    let scene = |x: u32, y: u32, shift: u32| {
        let (a, b) =
            (((x + shift) as f32 / 37.0).sin(), (y as f32 / 23.0 + (x + shift * 2) as f32 / 90.0).cos());
        [(120.0 + 60.0 * a + 50.0 * b) as u8, (90.0 + 80.0 * b) as u8, (100.0 - 70.0 * a) as u8]
    };
    let hash = |frame: &Frame| Facts::of(frame, false).unwrap().perceptual_hash;
    let first = frame(400, 300, |x, y| scene(x, y, 0));
    let smaller = Frame::new(rendition(&first, 180, None), Orientation::NoTransforms);
    let other = frame(400, 300, |x, y| scene(x, y, 70));
    let near = (hash(&first) ^ hash(&smaller)).count_ones();
    let far = (hash(&first) ^ hash(&other)).count_ones();
    assert!(near <= 6 && far >= 16, "{near}, {far}");
    assert_eq!(hash(&frame(90, 60, |_, _| [7; 3])), 0);
}

#[test]
fn crops_keep_the_subject() {
    // A colorful subject of 60 × 60 pixels on a soft background with noise, at many places.
    let (mut kept, mut by_center) = (0, 0);
    let places: Vec<u32> = (0..17).map(|step| step * 20).collect();
    for &left in &places {
        let scene = frame(400, 200, |x, y| {
            let inside = x >= left && x < left + 60 && (70..130).contains(&y);
            let soft = (120 + x / 10 + noise(x, y, 5)) as u8;
            if inside && (x / 6 + y / 6).is_multiple_of(2) { [220, 60, 40] } else { [soft; 3] }
        });
        let square = rendition(&scene, 200, Some(Crop { ratio: Ratio::SQUARE, focus: None }));
        let red = square
            .bytes
            .as_chunks::<3>()
            .0
            .iter()
            .filter(|[red, green, _]| *red > 200 && *green < 80)
            .count();
        kept += u32::from(red >= 1700);
        by_center += u32::from(left >= 100 && left + 60 <= 300);
    }
    assert_eq!((kept, by_center), (17, 8));
}

#[test]
fn animations_are_told() {
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for _ in 0..2 {
        encoder.encode_frame(image::Frame::new(RgbaImage::new(4, 4))).unwrap();
    }
    drop(encoder);
    assert!(is_animated(&gif, Format::Gif));
    assert_eq!(decode(&gif, Format::Gif).unwrap().size(), (4, 4));
}
