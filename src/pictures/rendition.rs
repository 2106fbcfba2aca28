//! A picture and the size, crop and format that a page needs → a [`Rendition`]: what its bytes depend on, and the name of its file.
//!
//! A rendition is named by a hash of everything that decides its bytes, so browsers may keep its file forever, and one that exists need
//! never be made again. "Rendition" is the term of IPTC's ninjs and NewsML-G2.

use serde::{Deserialize, Serialize};

use super::{Source, SourceHash};

/// The version of the code that makes pixels and bytes. A change of either must raise it, so that all renditions are made again.
pub(super) const VERSION: u32 = 5;

/// The ratio of width to height, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ratio {
    width: u16,
    height: u16,
}

impl Ratio {
    /// Square.
    pub const SQUARE: Self = Self { width: 1, height: 1 };
    /// 4:3.
    pub const STANDARD: Self = Self { width: 4, height: 3 };
    /// 16:9.
    pub const WIDE: Self = Self { width: 16, height: 9 };
    /// 1200:630, of the cards of social networks.
    pub const CARD: Self = Self { width: 40, height: 21 };

    /// Reads `16:9` or `16/9`. `None` if it is not a ratio between 1:20 and 20:1 of numbers up to 10,000.
    pub fn parse(text: &str) -> Option<Self> {
        let (width, height) = text.split_once([':', '/'])?;
        let number = |text: &str| text.trim().parse().ok().filter(|number| (1..=10_000).contains(number));
        let (width, height): (u16, u16) = (number(width)?, number(height)?);
        let (long, short) = (u32::from(width.max(height)), u32::from(width.min(height)));
        let (mut divisor, mut rest) = (width, height);
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        (long <= 20 * short).then_some(Self { width: width / divisor, height: height / divisor })
    }

    /// The height that belongs to a width, at least 1.
    pub fn height_of(self, width: u32) -> u32 {
        scaled(width, self.height.into(), self.width.into())
    }

    /// The width that belongs to a height, at least 1.
    pub fn width_of(self, height: u32) -> u32 {
        scaled(height, self.width.into(), self.height.into())
    }

    /// The largest size of this ratio in a picture of this size.
    pub fn within(self, (width, height): (u32, u32)) -> (u32, u32) {
        let wide = self.width_of(height);
        if wide <= width { (wide, height) } else { (width, self.height_of(width).min(height)) }
    }
}

/// `number × numerator / denominator`, rounded, at least 1.
fn scaled(number: u32, numerator: u32, denominator: u32) -> u32 {
    let product = u64::from(number) * u64::from(numerator);
    let rounded = (product + u64::from(denominator) / 2) / u64::from(denominator).max(1);
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// The point that a crop must keep, in thousandths of width and height from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Focus {
    x: u16,
    y: u16,
}

impl Focus {
    /// A point with coordinates from 0 to 1. Others are moved to the border.
    pub fn new(x: f64, y: f64) -> Self {
        let thousandths = |value: f64| (value.clamp(0.0, 1.0) * 1000.0).round() as u16;
        Self { x: thousandths(x), y: thousandths(y) }
    }

    /// The coordinates, from 0 to 1.
    pub fn point(self) -> (f64, f64) {
        (f64::from(self.x) / 1000.0, f64::from(self.y) / 1000.0)
    }
}

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Crop {
    /// Its ratio.
    pub ratio: Ratio,
    /// The point that must be in it. `None`: the most detailed part.
    pub focus: Option<Focus>,
}

/// The format of a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// JPEG: all browsers, feed readers and social networks support it.
    Jpeg,
    /// AVIF: smaller, for browsers.
    Avif,
    /// PNG: for drawings, and for what is transparent.
    Png,
}

impl Encoding {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Avif => "avif",
            Self::Png => "png",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Avif => "image/avif",
            Self::Png => "image/png",
        }
    }
}

/// A rendition of a picture: everything that its bytes depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rendition {
    /// The picture.
    pub source: SourceHash,
    /// The part that it shows. `None`: all of it.
    pub crop: Option<Crop>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The format.
    pub encoding: Encoding,
    /// The quality, from 1 to 100, on a scale that all formats share. PNG loses nothing at 100, and at most colors that nobody misses below.
    pub quality: u8,
}

impl Rendition {
    /// A rendition of a picture, at most as wide as wanted and never larger than the picture.
    pub fn new(source: &Source, crop: Option<Crop>, width: u32, encoding: Encoding, quality: u8) -> Self {
        // One that leaves nothing out is the whole picture, with the same bytes.
        let crop = crop.filter(|crop| crop.ratio.within(source.size) != source.size);
        let (widest, highest) = crop.map_or(source.size, |crop| crop.ratio.within(source.size));
        let width = width.clamp(1, widest.max(1));
        let height = match crop {
            _ if width == widest => highest,
            Some(crop) => crop.ratio.height_of(width),
            None => scaled(width, source.size.1, source.size.0),
        };
        Self { source: source.hash, crop, width, height, encoding, quality }
    }

    /// Identifies its bytes: 32 hexadecimal digits.
    pub fn key(&self) -> String {
        let all = postcard::to_stdvec(&(VERSION, self)).unwrap_or_default();
        SourceHash::of(&all).to_string()
    }

    /// The path of its file on the site; `stem` is the name of the picture without its extension, as a slug. Equal renditions of pictures
    /// with equal names have one file.
    pub fn path(&self, stem: &str) -> String {
        let stem = if stem.is_empty() { "picture" } else { stem };
        format!("{FOLDER}/{}/{stem}-{}.{}", &self.key()[..16], self.width, self.encoding.extension())
    }
}

/// The folder of all renditions on the site.
pub const FOLDER: &str = "renditions";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::Format;

    const SOURCE: (u32, u32) = (4000, 3000);

    fn source(size: (u32, u32)) -> Source {
        Source { hash: SourceHash::of(b"x"), size, format: Format::Jpeg }
    }

    #[test]
    fn ratios_are_read_in_lowest_terms() {
        assert_eq!(Ratio::parse("16:9"), Some(Ratio::WIDE));
        assert_eq!(Ratio::parse("1200/630"), Some(Ratio::CARD));
        for wrong in ["", "16", "16:0", "0:9", "-1:2", "1:21", "a:b", "16:9:1"] {
            assert_eq!(Ratio::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_rendition_is_never_larger_than_its_source() {
        let size = |size, crop: Option<Ratio>, width| {
            let crop = crop.map(|ratio| Crop { ratio, focus: None });
            let rendition = Rendition::new(&source(size), crop, width, Encoding::Jpeg, 75);
            (rendition.width, rendition.height)
        };
        assert_eq!(size(SOURCE, None, 960), (960, 720));
        assert_eq!(size(SOURCE, None, 5000), SOURCE);
        assert_eq!(size(SOURCE, Some(Ratio::WIDE), 1280), (1280, 720));
        assert_eq!(size(SOURCE, Some(Ratio::WIDE), 9000), (4000, 2250));
        assert_eq!(size(SOURCE, Some(Ratio::SQUARE), 9000), (3000, 3000));
        assert_eq!(size((800, 600), Some(Ratio::CARD), 1200), (800, 420));
        assert_eq!(size((3, 3000), None, 1), (1, 1000));
        assert_eq!(size((1, 1), Some(Ratio::WIDE), 320), (1, 1));
    }

    #[test]
    fn the_name_changes_with_everything_that_changes_the_bytes() {
        let first = Rendition::new(&source(SOURCE), None, 640, Encoding::Jpeg, 75);
        let crop = Some(Crop { ratio: Ratio::WIDE, focus: None });
        let focused = Some(Crop { ratio: Ratio::WIDE, focus: Some(Focus::new(0.2, 0.3)) });
        let others = [
            Rendition { source: SourceHash::of(b"y"), ..first },
            Rendition { crop, ..first },
            Rendition { crop: focused, ..first },
            Rendition { width: 641, ..first },
            Rendition { quality: 76, ..first },
            Rendition { encoding: Encoding::Avif, ..first },
        ];
        let keys: std::collections::BTreeSet<String> =
            others.iter().chain([&first]).map(Rendition::key).collect();
        assert_eq!(keys.len(), 7);
        assert!(
            first.path("quay").starts_with("renditions/") && first.path("quay").ends_with("/quay-640.jpg")
        );
    }
}
