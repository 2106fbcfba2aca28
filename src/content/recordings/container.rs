//! The boxes of an MP4 or QuickTime file → the size and duration of the film (ISO/IEC 14496-12).
//!
//! Only headers are read, so a file of many gigabytes costs no memory.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Limit of the index of a film (`moov`) in bytes. That of an hour of film has about a megabyte.
const LARGEST_INDEX: u64 = 64 << 20;

/// How many boxes are searched for the index.
const MOST_BOXES: usize = 64;

/// What the index of a film says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Movie {
    /// Width and height in pixels.
    pub(super) size: Option<(u32, u32)>,
    /// In seconds, rounded.
    pub(super) duration: Option<u32>,
}

/// Whether a file is a web page or a picture, by its first bytes: what a failed download or a wrong extension leaves.
pub(super) fn is_page_or_picture(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    [&b"<!"[..], b"<h", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"%PDF"]
        .iter()
        .any(|start| text.starts_with(start))
}

impl Movie {
    /// Reads the index of a film. `None` if the file is in another format or damaged.
    pub(super) fn read(file: &Path, head: &[u8]) -> Option<Self> {
        if head.get(4..8) != Some(b"ftyp")
            && head.get(4..8) != Some(b"moov")
            && head.get(4..8) != Some(b"wide")
        {
            return None;
        }
        let index = index(file).ok()??;
        Some(Self::of_index(&index))
    }

    /// What an index says; it has no header.
    fn of_index(index: &[u8]) -> Self {
        let mut movie = Self::default();
        for (name, content) in boxes(index) {
            match &name {
                b"mvhd" => movie.duration = duration(content),
                b"trak" => {
                    let header = boxes(content).find(|(name, _)| name == b"tkhd");
                    movie.size = movie.size.or(header.and_then(|(_, content)| size(content)));
                }
                _ => {}
            }
        }
        movie
    }
}

/// The content of the box `moov`.
fn index(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let end = file.metadata()?.len();
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        let mut header = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        if at.saturating_add(8) > end || file.read_exact(&mut header[..8]).is_err() {
            break;
        }
        let short = u32::from_be_bytes([header[0], header[1], header[2], header[3]]);
        let (start, length) = match short {
            0 => (8, end - at),
            1 => {
                file.read_exact(&mut header[8..])?;
                let mut long = [0; 8];
                long.copy_from_slice(&header[8..]);
                (16, u64::from_be_bytes(long))
            }
            _ => (8, u64::from(short)),
        };
        if length < start {
            break;
        }
        if &header[4..8] == b"moov" {
            let mut content = Vec::new();
            file.take((length - start).min(LARGEST_INDEX)).read_to_end(&mut content)?;
            return Ok(Some(content));
        }
        at = at.saturating_add(length);
    }
    Ok(None)
}

/// The boxes in a box, with their names.
pub(super) fn boxes(mut content: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (start, length) = match number(content, 0..4)? {
            0 => (8, content.len()),
            1 => (16, usize::try_from(number(content, 8..16)?).ok()?),
            length => (8, length as usize),
        };
        let mut name = [0; 4];
        name.copy_from_slice(content.get(4..8)?);
        let inside = content.get(start..length)?;
        content = &content[length..];
        Some((name, inside))
    })
}

/// The duration in a movie header: `duration / timescale`.
fn duration(header: &[u8]) -> Option<u32> {
    let (scale, length) = match header.first()? {
        0 => (number(header, 12..16)?, number(header, 16..20)?),
        _ => (number(header, 20..24)?, number(header, 24..32)?),
    };
    let seconds = length.checked_add(scale / 2)?.checked_div(scale)?;
    // All ones: unknown.
    u32::try_from(seconds).ok().filter(|seconds| (1..360_000).contains(seconds))
}

/// Width and height in a track header, turned if its matrix turns the picture. `None` for sound.
fn size(header: &[u8]) -> Option<(u32, u32)> {
    let end = if *header.first()? == 0 { 84 } else { 96 };
    // Fixed-point numbers of 16.16 bits.
    let side = |at: usize| number(header, at..at + 4).map(|number| (number >> 16) as u32);
    let (width, height) = (side(end - 8)?, side(end - 4)?);
    let first_of_matrix = number(header, end - 44..end - 40)?;
    if width == 0 || height == 0 {
        return None;
    }
    Some(if first_of_matrix == 0 { (height, width) } else { (width, height) })
}

/// A big-endian number of up to 8 bytes.
fn number(bytes: &[u8], at: Range<usize>) -> Option<u64> {
    Some(bytes.get(at)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], name, content].concat()
    }

    fn film(turned: bool) -> Vec<u8> {
        let mut movie_header = vec![0; 100];
        movie_header[12..16].copy_from_slice(&600_u32.to_be_bytes());
        movie_header[16..20].copy_from_slice(&7_500_u32.to_be_bytes());
        let mut track_header = vec![0; 84];
        track_header[40..44].copy_from_slice(&(if turned { 0 } else { 0x1_0000_u32 }).to_be_bytes());
        track_header[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
        track_header[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
        let sound = boxed(b"trak", &boxed(b"tkhd", &[0; 84]));
        let track = boxed(b"trak", &boxed(b"tkhd", &track_header));
        let index = [boxed(b"mvhd", &movie_header), sound, track].concat();
        [boxed(b"ftyp", b"isom"), boxed(b"mdat", &[7; 300]), boxed(b"moov", &index)].concat()
    }

    fn read(bytes: &[u8]) -> Option<Movie> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Movie::read(file.path(), &bytes[..bytes.len().min(64)])
    }

    #[test]
    fn headers_tell_size_and_duration() {
        let expected = Movie { size: Some((640, 360)), duration: Some(13) };
        assert_eq!(read(&film(false)), Some(expected));
        assert_eq!(read(&film(true)).unwrap().size, Some((360, 640)));
    }

    #[test]
    fn damaged_films_do_no_harm() {
        let film = film(false);
        for end in 0..film.len() {
            read(&film[..end]);
        }
        for at in 0..film.len() {
            let mut damaged = film.clone();
            damaged[at] = 0xff;
            read(&damaged);
        }
        assert_eq!(read(b"ID3\x04 not a film at all"), None);
    }
}
