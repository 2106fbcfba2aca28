//! A file of sound or film → whether its metadata reveals where it was recorded.
//!
//! The format is found by content, as extensions lie. Only what surrounds the media is read, up to a limit, so a file of many gigabytes costs
//! little: boxes of MP4, QuickTime and 3GPP, elements of Matroska, chunks of WAV, AVI and AIFF, pages before the first sound in Ogg, blocks of
//! FLAC, ID3. A place is in a tag of the format, in XMP, or in the EXIF of an embedded cover.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem::find_iter;

use super::container::boxes;
use crate::pictures;

mod tags;

/// The most bytes of metadata that are read of a file.
const MOST_BYTES: u64 = 64 << 20;

/// The most bytes of a box beside the index of a film: other boxes must not use up the limit.
const MOST_OF_BOX: u64 = 8 << 20;

/// The most boxes, elements, chunks or pages of a file: a film in fragments has some thousands.
const MOST_PARTS: usize = 1 << 16;

/// The most embedded pictures of a block.
const MOST_PICTURES: usize = 32;

/// Whether a tag in a block of metadata names a place.
type NamesPlace = fn(&[u8]) -> bool;

/// Whether the metadata of a recording reveals where it was recorded.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn reveals_location(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    let mut reader = Reader { length: file.metadata()?.len(), file, left: MOST_BYTES, blocks: Vec::new() };
    reader.read_metadata()?;
    Ok(reader.blocks.iter().any(|(names_place, block)| {
        let is_revealing = |block: &[u8]| names_place(block) || in_xml(block) || in_pictures(block);
        // ID3 may separate bytes that look like the start of a frame of sound (ID3v2.4, section 6.1).
        is_revealing(block) || (block.starts_with(b"ID3") && is_revealing(&tags::synchronized(block)))
    }))
}

/// XMP, and what cameras of Sony and recorders of sound (iXML) write.
fn in_xml(block: &[u8]) -> bool {
    let has_value = |at: usize| block.get(at).is_some_and(|byte| *byte != b'<');
    let gps = b"<LOCATION_GPS>";
    pictures::xmp_reveals_location(block)
        || find_iter(block, "name=\"Latitude\"").next().is_some()
        || find_iter(block, gps).any(|at| has_value(at + gps.len()))
}

/// Covers, and the first picture of a film.
fn in_pictures(block: &[u8]) -> bool {
    let starts = |signature: &'static [u8]| find_iter(block, signature).take(MOST_PICTURES);
    let webp = starts(b"WEBPVP8").filter_map(|at| at.checked_sub(8));
    let mut found = starts(b"\xff\xd8\xff").chain(starts(b"\x89PNG\r\n\x1a\n")).chain(webp);
    found.any(|at| pictures::reveals_location(&block[at..])) || in_written_pictures(block)
}

/// Pictures in comments of Ogg, as text (wiki.xiph.org, "VorbisComment").
fn in_written_pictures(block: &[u8]) -> bool {
    ["METADATA_BLOCK_PICTURE=", "metadata_block_picture=", "COVERART=", "coverart="].iter().any(|name| {
        find_iter(block, name).take(MOST_PICTURES).any(|at| {
            let written = &block[at + name.len()..];
            let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            let length = written.iter().position(|byte| !is_base64(byte)).unwrap_or(written.len());
            // The next comment begins with its length, which may look like one more character.
            let length = length - length % 4 + if length % 4 > 1 { length % 4 } else { 0 };
            let picture = STANDARD_NO_PAD
                .decode(&written[..length])
                .or_else(|_| STANDARD_NO_PAD.decode(&written[..length / 4 * 4]));
            picture.is_ok_and(|picture| in_pictures(&picture))
        })
    })
}

/// A file and what has been read of it.
struct Reader {
    file: File,
    /// The length of the file in bytes.
    length: u64,
    /// How many bytes of metadata may still be read.
    left: u64,
    blocks: Vec<(NamesPlace, Vec<u8>)>,
}

impl Reader {
    fn read_metadata(&mut self) -> io::Result<()> {
        let head = self.bytes(0, 16)?;
        let start = if head.starts_with(b"ID3") { self.id3(&head)? } else { 0 };
        let head = self.bytes(start, 16)?;
        match &head[..] {
            [b'f', b'L', b'a', b'C', ..] => self.flac(start + 4),
            [b'O', b'g', b'g', b'S', ..] => self.ogg(),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => self.matroska(),
            [b'R', b'I', b'F', b'F', ..] | [b'R', b'F', b'6', b'4', ..] => self.chunks(true),
            [b'F', b'O', b'R', b'M', ..] => self.chunks(false),
            _ if tags::is_box(head.get(4..8).unwrap_or_default()) => self.boxes(),
            _ => Ok(()),
        }
    }

    /// Up to this many bytes at this place; fewer at the end of the file.
    fn bytes(&mut self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if at < self.length {
            self.file.seek(SeekFrom::Start(at))?;
            self.file.by_ref().take(length).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// A block of metadata, as far as the limit allows.
    fn block(&mut self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        let block = self.bytes(at, length.min(self.left))?;
        self.left -= block.len() as u64;
        Ok(block)
    }

    fn keep(&mut self, names_place: NamesPlace, at: u64, length: u64) -> io::Result<()> {
        let block = self.block(at, length)?;
        self.blocks.push((names_place, block));
        Ok(())
    }

    /// ID3v2.4, section 3.1; gives where the tag ends.
    fn id3(&mut self, head: &[u8]) -> io::Result<u64> {
        let size = head.get(6..10).unwrap_or_default();
        let length = 10 + size.iter().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f));
        self.keep(tags::in_id3, 0, length)?;
        Ok(length)
    }

    /// Blocks of FLAC (RFC 9639, section 8.1).
    fn flac(&mut self, mut at: u64) -> io::Result<()> {
        for _ in 0..MOST_PARTS {
            let head = self.bytes(at, 4)?;
            let [kind, length @ ..] = &head[..] else { break };
            let length = tags::number(length);
            self.keep(tags::in_comments, at + 4, length)?;
            if kind & 0x80 != 0 || head.len() < 4 {
                break;
            }
            at += 4 + length;
        }
        Ok(())
    }

    /// The pages of Ogg before the first sound, joined (RFC 3533, section 6).
    fn ogg(&mut self) -> io::Result<()> {
        let (mut at, mut joined) = (0, Vec::new());
        for _ in 0..MOST_PARTS {
            let head = self.bytes(at, 27 + 255)?;
            let (Some(position), Some(count)) = (head.get(6..14), head.get(26)) else { break };
            let is_header = position == [0; 8] || position == [0xff; 8];
            if !head.starts_with(b"OggS") || !is_header || self.left == 0 {
                break;
            }
            let segments = head.iter().skip(27).take(usize::from(*count));
            let (start, length) =
                (at + 27 + u64::from(*count), segments.map(|length| u64::from(*length)).sum());
            joined.extend(self.block(start, length)?);
            at = start + length;
        }
        self.blocks.push((tags::in_comments, joined));
        Ok(())
    }

    /// Tags and attachments of Matroska and WebM (RFC 9559, section 5).
    fn matroska(&mut self) -> io::Result<()> {
        const SEGMENT: u64 = 0x1853_8067;
        const CLUSTER: u64 = 0x1f43_b675;
        const TAGS: u64 = 0x1254_c367;
        const ATTACHMENTS: u64 = 0x1941_a469;
        let mut at = 0;
        for _ in 0..MOST_PARTS {
            let head = self.bytes(at, 12)?;
            let Some((id, id_length)) = tags::element_id(&head) else { break };
            let Some((size, size_length)) = tags::element_size(&head[id_length..]) else { break };
            let start = at + (id_length + size_length) as u64;
            at = match (id, size) {
                // Of a live film, the size of a cluster is unknown, and its elements follow.
                (SEGMENT, _) | (CLUSTER, None) => start,
                (_, None) => break,
                (id, Some(size)) => {
                    if matches!(id, TAGS | ATTACHMENTS) {
                        self.keep(tags::in_matroska, start, size)?;
                    }
                    start.saturating_add(size)
                }
            };
        }
        Ok(())
    }

    /// Chunks of RIFF (WAV, AVI), or of AIFF, whose numbers are big-endian.
    fn chunks(&mut self, is_little: bool) -> io::Result<()> {
        let (mut at, mut long) = (12_u64, 0);
        for _ in 0..MOST_PARTS {
            let head = self.bytes(at, 16)?;
            let (Some(name), Some(size)) = (head.get(..4), head.get(4..8)) else { break };
            let mut length = if is_little { tags::little(size) } else { tags::number(size) };
            if name == b"data" && length == 0xffff_ffff {
                length = long;
            }
            if name == b"ds64" {
                // Sizes of a file of more than 4 GB: of all, then of `data` (EBU Tech 3306, section 2).
                long = tags::little(&self.bytes(at + 16, 8)?);
            }
            let is_media =
                matches!(name, b"data" | b"SSND" | b"idx1" | b"RIFF") || head.get(8..12) == Some(b"movi");
            if !is_media {
                self.keep(tags::nothing, at + 8, length)?;
            }
            at = at.saturating_add(8 + length + length % 2);
        }
        Ok(())
    }

    /// Boxes of MP4, 3GPP and QuickTime (ISO/IEC 14496-12, section 4.2).
    fn boxes(&mut self) -> io::Result<()> {
        let mut at = 0_u64;
        for _ in 0..MOST_PARTS {
            let head = self.bytes(at, 16)?;
            let (Some(size), Some(name)) = (head.get(..4), head.get(4..8)) else { break };
            let (start, length) = match tags::number(size) {
                0 => (8, self.length - at),
                1 => (16, tags::number(head.get(8..).unwrap_or_default())),
                length => (8, length),
            };
            let Some(inside) = length.checked_sub(start) else { break };
            match name {
                b"mdat" | b"moof" | b"mfra" | b"sidx" => {}
                b"moov" => {
                    let index = self.bytes(at + start, inside.min(MOST_BYTES))?;
                    self.in_index(&index, 0);
                }
                _ => self.keep(tags::in_boxes, at + start, inside.min(MOST_OF_BOX))?,
            }
            at = at.saturating_add(length);
        }
        Ok(())
    }

    /// What the index of a film says of it and of its tracks, without the tables of where the media are.
    fn in_index(&mut self, index: &[u8], depth: usize) {
        for (name, content) in boxes(index) {
            match &name {
                b"trak" | b"mdia" | b"minf" | b"stbl" if depth < 4 => self.in_index(content, depth + 1),
                b"stsd" => self.blocks.push((tags::in_track, content.to_vec())),
                b"gps " => self.blocks.push((|_| true, Vec::new())),
                b"mvhd" | b"tkhd" | b"mdhd" | b"edts" | b"dinf" | b"mvex" => {}
                _ if depth == 4 || is_table(&name) => {}
                _ => self.blocks.push((tags::in_boxes, content.to_vec())),
            }
        }
    }
}

/// Whether a box is one of the tables of a track.
fn is_table(name: &[u8]) -> bool {
    [
        b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"sdtp", b"sbgp", b"sgpd",
        b"saio", b"saiz",
    ]
    .iter()
    .any(|table| *table == name)
}

#[cfg(test)]
mod tests;
