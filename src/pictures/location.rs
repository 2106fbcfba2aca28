//! The metadata of a picture → whether it tells where the picture was taken.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use exif::{Context, Value};

use super::format::Format;
use super::orientation::metadata;
use super::rewound;

/// Bytes of a file that are searched for XMP. Cameras write it at the front, or behind the picture.
const SEARCHED: u64 = 64 * 1024 * 1024;
/// How XMP names a place (Adobe, XMP Specification Part 2, section 3.3), whatever the prefix of its namespace.
const NAMES: [&[u8]; 2] = [b":GPSLatitude", b":GPSLongitude"];

/// Whether a picture's EXIF or XMP has a place on the globe.
pub(super) fn is_told(format: Format, reader: &mut BufReader<File>) -> io::Result<bool> {
    if format == Format::Svg {
        return Ok(false);
    }
    if metadata(reader).is_some_and(|exif| exif.fields().any(is_place)) {
        return Ok(true);
    }
    let reader = rewound(reader)?;
    match format {
        Format::Jpeg => in_segments(reader),
        _ => in_xmp(&mut reader.take(SEARCHED)),
    }
}

/// Whether a field of EXIF is a place. Cameras without reception write fields that say nothing.
fn is_place(field: &exif::Field) -> bool {
    let number = field.tag.number();
    // Latitude and longitude, and those of what is seen.
    let is_degrees = field.tag.context() == Context::Gps && matches!(number, 2 | 4 | 20 | 22);
    is_degrees
        && match &field.value {
            Value::Rational(parts) => parts.iter().any(|part| part.denom != 0 && part.num != 0),
            Value::Double(parts) => parts.iter().any(|part| *part != 0.0),
            _ => false,
        }
}

/// Whether the XMP of a JPEG has a place: its segments before the picture are walked through.
fn in_segments(reader: &mut BufReader<File>) -> io::Result<bool> {
    let mut at = 2;
    loop {
        reader.seek(SeekFrom::Start(at))?;
        let mut head = [0; 4];
        if reader.read_exact(&mut head).is_err() || head[0] != 0xff || matches!(head[1], 0xd9 | 0xda) {
            return Ok(false);
        }
        let length = u64::from(u16::from_be_bytes([head[2], head[3]]));
        if head[1] == 0xe1 && in_xmp(&mut reader.by_ref().take(length.saturating_sub(2)))? {
            return Ok(true);
        }
        at += 2 + length.max(2);
    }
}

/// Whether one of the names, with a value, is in what is read.
fn in_xmp(reader: &mut impl BufRead) -> io::Result<bool> {
    const LONGEST: usize = 32;
    let mut kept: Vec<u8> = Vec::new();
    loop {
        let read = reader.fill_buf()?;
        if read.is_empty() {
            return Ok(has_place(&kept));
        }
        let count = read.len();
        kept.extend_from_slice(read);
        reader.consume(count);
        if has_place(&kept) {
            return Ok(true);
        }
        // A name may stand across two pieces.
        kept.drain(..kept.len().saturating_sub(LONGEST));
    }
}

fn has_place(bytes: &[u8]) -> bool {
    NAMES.iter().any(|name| {
        let starts = memchr::memmem::find_iter(bytes, name);
        starts.map(|start| &bytes[start + name.len()..]).any(|rest| {
            let value = rest.strip_prefix(b"=\"").or(rest.strip_prefix(b"='")).or(rest.strip_prefix(b">"));
            value.and_then(|value| value.first()).is_some_and(|first| first.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xmp_has_a_place_if_it_gives_one() {
        for (xmp, expected) in [
            ("<x exif:GPSLatitude=\"51,30.1N\"/>", true),
            ("<exif:GPSLongitude>0,7.5W</exif:GPSLongitude>", true),
            ("<x exif:GPSLatitude=\"\"/>", false),
            ("<p>the field exif:GPSLatitude is not there</p>", false),
        ] {
            assert_eq!(in_xmp(&mut xmp.as_bytes()).unwrap(), expected, "{xmp}");
            // In small pieces.
            let mut pieces = BufReader::with_capacity(7, xmp.as_bytes());
            assert_eq!(in_xmp(&mut pieces).unwrap(), expected, "{xmp}");
        }
    }
}
