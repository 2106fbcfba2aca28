//! Pixels made in code, encoded and read by other decoders.

use super::*;
use crate::pictures::pixels::Channels;

const WIDTH: u32 = 61;
const HEIGHT: u32 = 37;

fn opaque(color: impl Fn(u32, u32) -> [u8; 3]) -> Pixels {
    pixels(Channels::Rgb, |x, y| color(x, y).to_vec())
}

fn transparent(color: impl Fn(u32, u32) -> [u8; 4]) -> Pixels {
    pixels(Channels::Rgba, |x, y| color(x, y).to_vec())
}

fn pixels(channels: Channels, color: impl Fn(u32, u32) -> Vec<u8>) -> Pixels {
    let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    let bytes = places.flat_map(|(x, y)| color(x, y)).collect();
    Pixels { width: WIDTH, height: HEIGHT, channels, bytes }
}

/// Waves of color with a little noise.
fn scene(x: u32, y: u32) -> [u8; 3] {
    let wave = |period: f32, at: u32| (at as f32 / period).sin() * 90.0 + 128.0;
    let noise = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)) % 9;
    [wave(9.0, x + y) as u8 + noise as u8, wave(5.0, y) as u8, wave(13.0, x) as u8]
}

fn with_opacity([r, g, b]: [u8; 3], opacity: u8) -> [u8; 4] {
    [r, g, b, opacity]
}

fn made(pixels: &Pixels, encoding: Encoding, quality: u8) -> Vec<u8> {
    encode(pixels, encoding, quality, &Metadata::default()).unwrap()
}

#[test]
fn drawings_keep_every_pixel_in_the_smallest_kind_of_png() {
    let shade = |x: u32, y: u32| ((x * 4 + y) % 256) as u8;
    let steps = |x: u32, y: u32| [(x % 16) as u8, (y % 16) as u8, u8::from(x == 60 && y == 36)];
    // The pixels, and their bits per sample and color type.
    let cases = [
        ("one color", opaque(|_, _| [9, 99, 199]), (1, 3)),
        ("two colors", opaque(|x, _| if x % 3 == 0 { [255, 0, 0] } else { [0, 0, 9] }), (1, 3)),
        ("four colors", opaque(|x, _| [(x % 4) as u8, 0, 200]), (2, 3)),
        ("16 colors", opaque(|x, y| [(x % 4) as u8, (y % 4) as u8, 77]), (4, 3)),
        ("256 colors", opaque(|x, y| [(x % 16) as u8, (y % 16) as u8, 3]), (8, 3)),
        ("257 colors", opaque(steps), (8, 2)),
        ("a few grays", opaque(|x, _| [(x % 7) as u8 * 30; 3]), (4, 3)),
        ("grays", opaque(|x, y| [shade(x, y); 3]), (8, 0)),
        ("many colors", opaque(scene), (8, 2)),
        ("a logo", transparent(|x, y| if x > y { [0; 4] } else { [200, 30, 30, 255] }), (1, 3)),
        ("soft edges", transparent(|x, y| [200, 30, 30, (x + y) as u8 | 1]), (8, 3)),
        ("gray glass", transparent(|x, y| with_opacity([shade(x, y); 3], 255 - y as u8)), (8, 4)),
        ("colored glass", transparent(|x, y| with_opacity(scene(x, y), 255 - x as u8)), (8, 6)),
        ("opaque after all", transparent(|x, y| with_opacity(scene(x, y), 255)), (8, 2)),
    ];
    for (name, pixels, kind) in cases {
        let bytes = made(&pixels, Encoding::Png, 100);
        assert_eq!((bytes[24], bytes[25]), kind, "{name}");
        let decoded = image::load_from_memory(&bytes).unwrap().into_rgba8();
        assert_eq!(decoded.dimensions(), (WIDTH, HEIGHT), "{name}");
        let expected = pixels.bytes.chunks(pixels.channels.count()).map(|pixel| match *pixel {
            [r, g, b] => [r, g, b, 255],
            [r, g, b, a] => [r, g, b, a],
            _ => unreachable!(),
        });
        assert!(decoded.pixels().map(|pixel| pixel.0).eq(expected), "{name}");
    }
}

#[test]
fn a_scaled_drawing_has_a_palette_and_keeps_the_colors_of_its_areas() {
    // Two areas, and an edge between them whose pixels mix their colors.
    let mix = |from: u8, to: u8, part: u32| {
        (u32::from(from) * (300 - part) + u32::from(to) * part).div_ceil(300) as u8
    };
    let part = |x: u32, y: u32| ((x * HEIGHT + y).saturating_sub(900) * 3).min(300);
    let edge = |x, y| [mix(255, 9, part(x, y)), mix(254, 90, part(x, y)), mix(253, 200, part(x, y))];
    let flat = |x: u32, y: u32| [[x as u8, 7, y as u8], edge(x, y)][usize::from(x > 8)];
    let pixels = opaque(flat);
    let bytes = made(&pixels, Encoding::Png, 75);
    assert_eq!((bytes[24], bytes[25]), (8, 3));
    let decoded = image::load_from_memory(&bytes).unwrap().into_rgb8();
    for (x, y, pixel) in decoded.enumerate_pixels() {
        let expected = flat(x, y);
        let most = if expected == [255, 254, 253] || expected == [9, 90, 200] { 0 } else { 12 };
        let differs = pixel.0.iter().zip(expected).map(|(one, other)| one.abs_diff(other)).max();
        assert!(differs <= Some(most), "{x},{y}: {:?}, expected {expected:?}", pixel.0);
    }
    // A palette would be visible.
    let many = opaque(|x, y| [(x * 4) as u8, (y * 6) as u8, (x * y) as u8]);
    assert_eq!(made(&many, Encoding::Png, 75)[25], 2);
}

#[test]
fn transparent_pictures_are_white_where_jpeg_shows_nothing() {
    let opacity = |x: u32| [0, 128, 255][(x / 16).min(2) as usize];
    let pixels = transparent(|x, _| with_opacity([200, 0, 0], opacity(x)));
    let decoded = image::load_from_memory(&made(&pixels, Encoding::Jpeg, 95)).unwrap().into_rgb8();
    for (x, expected) in [(4, [255, 255, 255]), (24, [227, 127, 127]), (50, [200, 0, 0])] {
        let found = decoded.get_pixel(x, 8).0;
        let is_near = found.iter().zip(expected).all(|(one, other)| one.abs_diff(other) <= 4);
        assert!(is_near, "{x}: {found:?}, expected {expected:?}");
    }
}

#[test]
fn more_quality_brings_jpegs_nearer_to_the_picture() {
    let pixels = opaque(scene);
    let difference = |quality| {
        let decoded = image::load_from_memory(&made(&pixels, Encoding::Jpeg, quality)).unwrap().into_rgb8();
        let squares = decoded.iter().zip(&pixels.bytes).map(|(one, other)| one.abs_diff(*other).into());
        squares.map(|difference: u64| difference * difference).sum::<u64>()
    };
    let differences = [10, 40, 60, 75, 85, 93, 94, 100].map(difference);
    assert!(differences.is_sorted_by(|one, other| one > other), "{differences:?}");
}

#[test]
fn more_quality_makes_larger_avif() {
    let pixels = opaque(scene);
    let sizes = [20, 50, 75, 90, 100].map(|quality| made(&pixels, Encoding::Avif, quality).len());
    assert!(sizes.is_sorted_by(|one, other| one < other), "{sizes:?}");
}

#[test]
fn credits_are_in_every_format() {
    let metadata = Metadata { creator: Some("Zoë Example".to_owned()), ..Metadata::default() };
    let pixels = opaque(scene);
    for encoding in [Encoding::Jpeg, Encoding::Avif, Encoding::Png] {
        let bytes = encode(&pixels, encoding, 75, &metadata).unwrap();
        let name = "Zoë Example".as_bytes();
        assert!(bytes.windows(name.len()).any(|part| part == name), "{encoding:?}");
    }
}

#[test]
fn pictures_of_one_pixel_are_encoded() {
    let pixels = Pixels { width: 1, height: 1, channels: Channels::Rgba, bytes: vec![1, 2, 3, 4] };
    for encoding in [Encoding::Jpeg, Encoding::Avif, Encoding::Png] {
        let size = imagesize::blob_size(&made(&pixels, encoding, 75)).unwrap();
        assert_eq!((size.width, size.height), (1, 1), "{encoding:?}");
    }
}
