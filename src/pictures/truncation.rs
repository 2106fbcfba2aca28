//! Detects truncated pictures from the structure of their files.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::format::Format;
use super::metadata::Exif;

/// The maximum size of an SVG that is checked.
const LARGEST_SVG: u64 = 16 * 1024 * 1024;

/// Whether a file of this length is complete. A file with an unexpected structure counts as complete: decoders decide whether
/// they can show it.
pub(super) fn is_complete(format: Format, reader: &mut BufReader<File>, length: u64) -> io::Result<bool> {
    let found = match format {
        Format::Jpeg => jpeg(reader),
        Format::Png => png(reader, length),
        Format::Gif => gif(reader),
        Format::WebP => webp(reader, length),
        Format::Avif | Format::Heif => boxes(reader, length),
        Format::Svg => svg(reader),
        Format::Tiff => tiff(reader),
        Format::JpegXl | Format::Bmp => Ok(true),
    };
    match found {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        found => found,
    }
}

fn bytes<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads segments, and after each start of a scan the data up to the next marker (ITU T.81, annex B).
fn jpeg(reader: &mut BufReader<File>) -> io::Result<bool> {
    bytes::<2>(reader)?;
    let mut marker = next_marker(reader)?;
    loop {
        match marker {
            0xd9 => return Ok(true),
            0x01 | 0xd0..=0xd8 => {}
            _ => {
                let length = u16::from_be_bytes(bytes(reader)?);
                let Some(rest) = length.checked_sub(2) else { return Ok(true) };
                reader.seek_relative(rest.into())?;
            }
        }
        marker = next_marker(reader)?;
    }
}

/// Skips to the next marker of a JPEG. The data of a scan contains only restart markers.
fn next_marker(reader: &mut BufReader<File>) -> io::Result<u8> {
    loop {
        if reader.skip_until(0xff)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut code = bytes::<1>(reader)?[0];
        while code == 0xff {
            code = bytes::<1>(reader)?[0];
        }
        if !matches!(code, 0x00 | 0xd0..=0xd7) {
            return Ok(code);
        }
    }
}

/// Reads chunks up to the one that ends the picture.
fn png(reader: &mut BufReader<File>, length: u64) -> io::Result<bool> {
    let mut at = 8;
    loop {
        reader.seek(SeekFrom::Start(at))?;
        let size = u32::from_be_bytes(bytes(reader)?);
        let kind: [u8; 4] = bytes(reader)?;
        at += 12 + u64::from(size);
        if at > length {
            return Ok(false);
        }
        if &kind == b"IEND" {
            return Ok(true);
        }
    }
}

/// Reads blocks up to the trailer (GIF89a, section 27).
fn gif(reader: &mut BufReader<File>) -> io::Result<bool> {
    let head: [u8; 13] = bytes(reader)?;
    skip_colors(reader, head[10])?;
    loop {
        match bytes::<1>(reader)?[0] {
            0x3b => return Ok(true),
            0x2c => {
                let image: [u8; 9] = bytes(reader)?;
                skip_colors(reader, image[8])?;
                bytes::<1>(reader)?;
            }
            0x21 => {
                bytes::<1>(reader)?;
            }
            _ => return Ok(true),
        }
        loop {
            match bytes::<1>(reader)?[0] {
                0 => break,
                size => reader.seek_relative(size.into())?,
            }
        }
    }
}

fn skip_colors(reader: &mut BufReader<File>, flags: u8) -> io::Result<()> {
    if flags & 0x80 != 0 {
        reader.seek_relative(3 << ((flags & 7) + 1))?;
    }
    Ok(())
}

fn webp(reader: &mut BufReader<File>, length: u64) -> io::Result<bool> {
    let head: [u8; 8] = bytes(reader)?;
    let [.., a, b, c, d] = head;
    Ok(u64::from(u32::from_le_bytes([a, b, c, d])) + 8 <= length)
}

/// Reads the boxes of ISO 14496-12.
fn boxes(reader: &mut BufReader<File>, length: u64) -> io::Result<bool> {
    let mut at = 0;
    while at < length {
        reader.seek(SeekFrom::Start(at))?;
        let short = u64::from(u32::from_be_bytes(bytes(reader)?));
        let _kind: [u8; 4] = bytes(reader)?;
        let size = match short {
            0 => return Ok(true),
            1 => u64::from_be_bytes(bytes(reader)?),
            _ => short,
        };
        if size < 8 {
            return Ok(true);
        }
        at = at.saturating_add(size);
    }
    Ok(at == length)
}

/// Tags of TIFF 6.0, sections 8 and 15: where parts of the picture are, and how long they are.
const PARTS: [(u16, u16); 2] = [(0x0111, 0x0117), (0x0144, 0x0145)];

/// Checks that the first directory and all strips or tiles of it are there.
fn tiff(reader: &mut BufReader<File>) -> io::Result<bool> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    let Some(exif) = Exif::new(&bytes) else { return Ok(false) };
    let parts = PARTS.iter().filter_map(|(at, lengths)| Some((exif.numbers(*at)?, exif.numbers(*lengths)?)));
    let mut parts = parts.flat_map(|(at, lengths)| at.into_iter().zip(lengths)).peekable();
    let is_there =
        |(at, length): (usize, usize)| at.checked_add(length).is_some_and(|end| end <= bytes.len());
    Ok(parts.peek().is_some() && parts.all(is_there))
}

/// Whether the parts are there without which no browser shows a picture.
pub(super) fn is_picture(format: Format, bytes: &[u8]) -> bool {
    let has = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    match format {
        // The configuration of the decoder and the size (AV1 Image File Format 1.1, section 2.2; ISO 23008-12, section 6.5.3).
        Format::Avif => [b"meta", b"av1C", b"ispe"].into_iter().all(|name| has(name)),
        // The sizes of the known headers, behind the 14 bytes of the file header.
        Format::Bmp => bytes.get(14..18).is_some_and(|size| {
            matches!(
                u32::from_le_bytes([size[0], size[1], size[2], size[3]]),
                12 | 16 | 40 | 52 | 56 | 64 | 108 | 124
            )
        }),
        _ => true,
    }
}

/// Checks that all elements are closed.
fn svg(reader: &mut BufReader<File>) -> io::Result<bool> {
    use quick_xml::errors::Error;
    use quick_xml::events::Event;
    let mut text = String::new();
    if reader.take(LARGEST_SVG).read_to_string(&mut text).is_err() || text.len() as u64 == LARGEST_SVG {
        return Ok(true);
    }
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut open = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => open += 1,
            Ok(Event::End(_)) => open = open.saturating_sub(1),
            Ok(Event::Eof) => return Ok(open == 0),
            Err(Error::Syntax(_)) => return Ok(false),
            Ok(_) => {}
            Err(_) => return Ok(true),
        }
    }
}
