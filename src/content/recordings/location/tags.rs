//! A block of metadata in one of the formats of sound and film → whether one of its tags names a place.

use memchr::memmem::find_iter;

/// Whether the name of a tag is that of a place: `location`, `RECORDING_LOCATION`, `com.apple.quicktime.location.ISO6709`.
fn is_place(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    ["location", "gps", "latitude", "longitude"].iter().any(|word| find_iter(&name, word).next().is_some())
}

/// A block without tags of its own.
pub(super) fn nothing(_: &[u8]) -> bool {
    false
}

/// Boxes: `©xyz` of QuickTime and Android, `loci` of 3GPP (TS 26.244, section 8), keys of Apple, and free names of iTunes.
pub(super) fn in_boxes(block: &[u8]) -> bool {
    // A word of a text that has these letters is not a box.
    let is_box = |at: usize| at >= 4 && block[at - 4..at - 2] == [0, 0];
    find_iter(block, b"\xa9xyz").next().is_some()
        || find_iter(block, b"loci\0\0\0\0").any(is_box)
        || names_after(block, b"mdta")
        || names_after(block, b"name\0\0\0\0")
}

/// Whether one of the boxes that begin like this contains the name of a place.
fn names_after(block: &[u8], start: &[u8]) -> bool {
    find_iter(block, start).any(|at| {
        let Some(before) = at.checked_sub(4) else { return false };
        let end = before.saturating_add(number(&block[before..at]) as usize);
        block.get(at + start.len()..end).is_some_and(is_place)
    })
}

/// The description of a track: the places of a camera in motion are one (GoPro `gpmd`, Android `camm`, a key of Apple).
pub(super) fn in_track(block: &[u8]) -> bool {
    matches!(block.get(12..16), Some(b"gpmd" | b"camm"))
        || find_iter(block, "quicktime.location").next().is_some()
}

/// ID3: a text with a name of its own (`TXXX`; ID3v2.4, section 4.2.6).
pub(super) fn in_id3(block: &[u8]) -> bool {
    find_iter(block, "TXXX").any(|at| {
        let Some([encoding, rest @ ..]) = block.get(at + 10..) else { return false };
        // In UTF-16, every other byte of such a name is zero.
        let is_wide = matches!(encoding, 1 | 2);
        let length = match is_wide {
            true => rest.chunks(2).position(|pair| pair == [0, 0]).map(|pairs| pairs * 2),
            false => rest.iter().position(|byte| *byte == 0),
        };
        let name = &rest[..length.unwrap_or_default().min(256)];
        is_place(&name.iter().copied().filter(u8::is_ascii_graphic).collect::<Vec<u8>>())
    })
}

/// ID3 without the zeros that separate bytes.
pub(super) fn synchronized(block: &[u8]) -> Vec<u8> {
    let before = std::iter::once(&0).chain(block);
    let kept = block.iter().zip(before).filter(|(byte, before)| !(**byte == 0 && **before == 0xff));
    kept.map(|(byte, _)| *byte).collect()
}

/// Comments of Vorbis, Opus and FLAC: their length in little-endian, `NAME=value` (xiph.org/vorbis/doc/v-comment.html).
pub(super) fn in_comments(block: &[u8]) -> bool {
    memchr::memchr_iter(b'=', block).any(|equals| {
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_- .".contains(byte);
        let longest = block[..equals].iter().rev().take(64).take_while(is_part).count();
        // The length may end in bytes that could be letters.
        (1..=longest).any(|length| {
            let start = equals - length;
            let Some(before) = start.checked_sub(4) else { return false };
            let comment = little(&block[before..start]) as usize;
            comment > length + 1 && comment <= block.len() - start && is_place(&block[start..equals])
        })
    })
}

/// Names of tags in Matroska (RFC 9559, section 5.1.8.1.2.1).
pub(super) fn in_matroska(block: &[u8]) -> bool {
    find_iter(block, b"\x45\xa3").any(|at| {
        let Some((Some(length), width)) = element_size(&block[at + 2..]) else { return false };
        let start = at + 2 + width;
        let end = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        length < 256 && block.get(start..end).is_some_and(is_place)
    })
}

/// The identifier of an element with its marker, and how many bytes it has (RFC 8794, section 5).
pub(super) fn element_id(bytes: &[u8]) -> Option<(u64, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    Some((number(bytes.get(..length).filter(|_| length <= 4)?), length))
}

/// The size of an element, which may be unknown, and how many bytes it has (RFC 8794, section 6).
pub(super) fn element_size(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let written = number(bytes.get(..length).filter(|_| length <= 8)?);
    let most = (1 << (7 * length)) - 1;
    let size = written & most;
    Some(((size != most).then_some(size), length))
}

/// Whether a name is that of a box that a film begins with.
pub(super) fn is_box(name: &[u8]) -> bool {
    [b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip", b"pnot", b"uuid", b"styp", b"udta", b"meta"]
        .iter()
        .any(|known| *known == name)
}

/// A big-endian number.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A little-endian number.
pub(super) fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
