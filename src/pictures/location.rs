//! Finds and erases the location in the metadata of a picture.

use super::format::Format;
use super::metadata::{Blocks, Exif};

/// The XMP properties of a location with any namespace prefix (Adobe, XMP Specification Part 2, section 3.3), and those of drones, which have a mistake of
/// their own.
const NAMES: [&[u8]; 5] =
    [b":GPSLatitude", b":GPSLongitude", b":GpsLatitude", b":GpsLongitude", b":GpsLongtitude"];
/// The prefix of EXIF in JPEG.
const EXIF: &[u8] = b"Exif\0\0";
/// The atom of films with the place (Apple, QuickTime File Format, user data).
const PLACE: &[u8] = b"\xa9xyz";

/// Whether a picture has a location. The whole file is searched, because some programs look everywhere; and its blocks, which may be compressed.
pub(super) fn has_location(format: Format, bytes: &[u8], blocks: &Blocks<'_>) -> bool {
    format != Format::Svg && (blocks.has_location() || is_anywhere(bytes))
}

/// Whether EXIF, XMP or the film of a moving photo with a location is anywhere in a file.
pub(super) fn is_anywhere(bytes: &[u8]) -> bool {
    let mut starts = memchr::memmem::find_iter(bytes, EXIF);
    let in_exif =
        |start: usize| Exif::new(&bytes[start + EXIF.len()..]).is_some_and(|exif| exif.has_location());
    in_xmp(bytes) || starts.any(in_exif) || memchr::memmem::find(bytes, PLACE).is_some()
}

/// Whether XMP has one of the properties with a value.
pub(super) fn in_xmp(bytes: &[u8]) -> bool {
    NAMES.iter().any(|name| {
        let starts = memchr::memmem::find_iter(bytes, name);
        starts.map(|start| bytes[start + name.len()..].trim_ascii_start()).any(|rest| {
            let value = rest.strip_prefix(b">").or_else(|| {
                let value = rest.strip_prefix(b"=")?.trim_ascii_start();
                value.strip_prefix(b"\"").or(value.strip_prefix(b"'"))
            });
            let value = value.map(<[u8]>::trim_ascii_start);
            let value =
                value.map(|value| value.strip_prefix(b"+").or(value.strip_prefix(b"-")).unwrap_or(value));
            value.and_then(|value| value.first()).is_some_and(u8::is_ascii_digit)
        })
    })
}

/// Blanks out where a JPEG was taken, in EXIF and XMP, so that nothing else of it changes; gives whether something was there.
pub(super) fn erase(jpeg: &mut [u8]) -> bool {
    let (mut at, mut found) = (2, false);
    while let Some(head) = jpeg.get(at..at + 4)
        && head[0] == 0xff
        && !matches!(head[1], 0xd9 | 0xda)
    {
        let (kind, length) = (head[1], usize::from(u16::from_be_bytes([head[2], head[3]])).max(2));
        let end = (at + 2 + length).min(jpeg.len());
        if let Some(segment) = jpeg.get_mut(at + 4..end).filter(|_| kind == 0xe1) {
            found |= match segment.strip_prefix(b"Exif\0\0").is_some() {
                true => erase_exif(&mut segment[6..]).unwrap_or(false),
                false => erase_xmp(segment),
            };
        }
        at = end;
    }
    found
}

/// Sets all values of the GPS directory (EXIF 2.32, section 4.6.6) to zero. `None` if the data end before they should.
fn erase_exif(tiff: &mut [u8]) -> Option<bool> {
    let is_big = tiff.starts_with(b"MM");
    let number = |tiff: &[u8], at: usize, size: usize| {
        let bytes = tiff.get(at..at.checked_add(size)?)?;
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    };
    let entries = |tiff: &[u8], at: usize| {
        let count = number(tiff, at, 2)?;
        Some((0..count.min(512)).map(move |index| at + 2 + 12 * index))
    };
    let first = number(tiff, 4, 4)?;
    let gps = entries(tiff, first)?.find(|entry| number(tiff, *entry, 2) == Some(0x8825));
    let Some(gps) = gps else { return Some(false) };
    let directory = number(tiff, gps + 8, 4)?;
    for entry in entries(tiff, directory)? {
        let size = match number(tiff, entry + 2, 2)? {
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let length = number(tiff, entry + 4, 4)?.saturating_mul(size);
        let start = if length > 4 { number(tiff, entry + 8, 4)? } else { entry + 8 };
        tiff.get_mut(start..start.checked_add(length)?)?.fill(0);
    }
    Some(true)
}

/// Blanks out the values of all names that begin with `GPS`.
fn erase_xmp(xmp: &mut [u8]) -> bool {
    let names: Vec<usize> = memchr::memmem::find_iter(xmp, b":GPS").collect();
    for name in &names {
        let value = xmp[*name..].iter().position(|byte| matches!(byte, b'"' | b'\'' | b'>'));
        let value = value.map_or(xmp.len(), |length| name + length + 1);
        let rest = xmp.get_mut(value..).unwrap_or_default();
        let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'<')).unwrap_or_default();
        rest[..end].fill(b' ');
    }
    !names.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_location_is_erased() {
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0\x01\0\x02\0\x05\0\x01\0\0\0\x2c\0\0\0\0\0\0\0".to_vec();
        tiff.extend([51, 0, 0, 0, 1, 0, 0, 0]);
        let segment = |data: &[u8]| {
            let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
            [&[0xff, 0xe1], &length[..], data].concat()
        };
        let exif = segment(&[b"Exif\0\0", &tiff[..]].concat());
        let xmp =
            segment(b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude=\"51,30.1N\" dc:title=\"Boat\"/>");
        let mut jpeg = [&[0xff, 0xd8], &exif[..], &xmp, &[0xff, 0xd9]].concat();
        let before = jpeg.clone();
        assert!(erase(&mut jpeg) && jpeg.len() == before.len());
        let text = String::from_utf8_lossy(&jpeg).into_owned();
        assert!(!text.contains("51,30") && text.contains("dc:title=\"Boat\""), "{text}");
        assert_eq!(jpeg[2 + 10 + 0x2c..][..8], [0; 8]);
        assert_eq!(before.iter().zip(&jpeg).filter(|(a, b)| a != b).count(), 3 + "51,30.1N".len() - 1);
        for end in 0..before.len() {
            erase(&mut before[..end].to_vec());
        }
    }

    #[test]
    fn xmp_has_a_location_only_with_a_value() {
        for (xmp, expected) in [
            ("<x exif:GPSLatitude=\"51,30.1N\"/>", true),
            ("<exif:GPSLongitude>0,7.5W</exif:GPSLongitude>", true),
            ("<exif:GPSLatitude>\n  51,30.1N\n</exif:GPSLatitude>", true),
            ("<x drone-dji:GpsLatitude = '+52.0'/>", true),
            ("<x drone-dji:GpsLongtitude=\"-0.1\"/>", true),
            ("<x exif:GPSLatitude=\"\"/>", false),
            ("<p>the field exif:GPSLatitude is not there</p>", false),
        ] {
            assert_eq!(in_xmp(xmp.as_bytes()), expected, "{xmp}");
        }
    }
}
