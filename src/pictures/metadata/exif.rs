//! EXIF data (CIPA DC-008, a TIFF structure) → the few fields that matter here, and a small new block with them.
//!
//! Only the first directory and its GPS directory are read, each entry at most once, and nothing is copied from the file before it is
//! asked for: counts, offsets and cycles in a hostile file cost nothing.

/// The tags of the first directory.
pub(in crate::pictures) mod tag {
    pub(in crate::pictures) const DESCRIPTION: u16 = 0x010e;
    pub(in crate::pictures) const ORIENTATION: u16 = 0x0112;
    pub(in crate::pictures) const ARTIST: u16 = 0x013b;
    pub(in crate::pictures) const XMP: u16 = 0x02bc;
    pub(in crate::pictures) const COPYRIGHT: u16 = 0x8298;
    pub(in crate::pictures) const IIM: u16 = 0x83bb;
    pub(in crate::pictures) const PHOTOSHOP: u16 = 0x8649;
    pub(super) const EXIF: u16 = 0x8769;
    pub(super) const GPS: u16 = 0x8825;
    pub(super) const COLOR_SPACE: u16 = 0xa001;
    pub(super) const INTEROP: u16 = 0xa005;
}

/// EXIF data in either byte order.
#[derive(Clone, Copy, Debug)]
pub(in crate::pictures) struct Exif<'a> {
    data: &'a [u8],
    is_big: bool,
}

/// The type of an entry and its bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::pictures) struct Field<'a> {
    kind: u16,
    bytes: &'a [u8],
}

impl<'a> Exif<'a> {
    /// Opens data that start with a TIFF header.
    pub(in crate::pictures) fn new(data: &'a [u8]) -> Option<Self> {
        let is_big = match data.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        Some(Self { data, is_big })
    }

    /// A field of the first directory.
    pub(in crate::pictures) fn field(&self, tag: u16) -> Option<Field<'a>> {
        self.field_of(self.number(4, 4)?, tag)
    }

    /// A text of the first directory, which ends at its first NUL.
    pub(in crate::pictures) fn text(&self, tag: u16) -> Option<String> {
        let bytes = self.field(tag)?.bytes;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        Some(super::text::decoded(&bytes[..end]))
    }

    /// The whole numbers of a field of the first directory. `None` if there is no such field, or it has other values.
    pub(in crate::pictures) fn numbers(&self, tag: u16) -> Option<Vec<usize>> {
        let field = self.field(tag)?;
        let size = size_of_kind(field.kind);
        let is_whole = matches!(field.kind, 1 | 3 | 4);
        is_whole
            .then(|| field.bytes.chunks_exact(size).filter_map(|bytes| number(bytes, self.is_big)).collect())
    }

    /// How the pixels are turned, from 1 to 8 (section 4.6.4). 1: not at all.
    pub(in crate::pictures) fn orientation(&self) -> u8 {
        let value = self.field(tag::ORIENTATION).and_then(|field| match field.kind {
            3 => number(field.bytes.get(..2)?, self.is_big),
            4 => number(field.bytes.get(..4)?, self.is_big),
            _ => None,
        });
        value.and_then(|value| u8::try_from(value).ok()).filter(|value| (2..=8).contains(value)).unwrap_or(1)
    }

    /// Whether the GPS directory has a latitude or longitude of the camera or of the subject (section 4.6.6). Cameras without reception
    /// write zeros.
    pub(in crate::pictures) fn has_location(&self) -> bool {
        let directory = self.field(tag::GPS).and_then(|field| number(field.bytes.get(..4)?, self.is_big));
        let Some(directory) = directory else { return false };
        [2, 4, 20, 22].into_iter().filter_map(|tag| self.field_of(directory, tag)).any(Field::is_not_zero)
    }

    /// Whether the pixels are in Adobe RGB: the color space is 2, which some cameras write, or unspecified with the interoperability index `R03`
    /// (DCF 2.0, section 4.4).
    pub(in crate::pictures) fn is_adobe_rgb(&self) -> bool {
        let pointer = |field: Field<'_>| number(field.bytes.get(..4)?, self.is_big);
        let Some(directory) = self.field(tag::EXIF).and_then(pointer) else { return false };
        let space = self.field_of(directory, tag::COLOR_SPACE);
        match space.and_then(|field| number(field.bytes.get(..2)?, self.is_big)) {
            Some(2) => true,
            Some(0xffff) => {
                let interop = self.field_of(directory, tag::INTEROP).and_then(pointer);
                let index = interop.and_then(|directory| self.field_of(directory, 1));
                index.is_some_and(|field| field.bytes.starts_with(b"R03"))
            }
            _ => false,
        }
    }

    fn number(&self, at: usize, size: usize) -> Option<usize> {
        number(self.data.get(at..at.checked_add(size)?)?, self.is_big)
    }

    fn field_of(&self, directory: usize, tag: u16) -> Option<Field<'a>> {
        let count = self.number(directory, 2)?;
        let at = (0..count)
            .map_while(|index| {
                let at = directory + 2 + 12 * index;
                Some((at, self.number(at, 2)?))
            })
            .find(|(_, found)| *found == usize::from(tag))?
            .0;
        let kind = u16::try_from(self.number(at + 2, 2)?).ok()?;
        let length = self.number(at + 4, 4)?.checked_mul(size_of_kind(kind))?;
        let start = if length > 4 { self.number(at + 8, 4)? } else { at + 8 };
        let bytes = self.data.get(start..start.checked_add(length)?)?;
        Some(Field { kind, bytes })
    }
}

impl<'a> Field<'a> {
    /// The bytes of the values.
    pub(in crate::pictures) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Whether one of its numbers is not zero.
    fn is_not_zero(self) -> bool {
        let is_set = |bytes: &[u8]| bytes.iter().any(|byte| *byte != 0);
        match self.kind {
            // Numerators and denominators.
            5 | 10 => self.bytes.chunks_exact(8).any(|parts| is_set(&parts[..4]) && is_set(&parts[4..])),
            11 | 12 => is_set(self.bytes),
            _ => false,
        }
    }
}

/// The bytes of a value.
fn size_of_kind(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => 1,
    }
}

fn number(bytes: &[u8], is_big: bool) -> Option<usize> {
    let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
    Some(if is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
}

/// The header of EXIF data whose first directory follows at once.
pub(in crate::pictures) const EMPTY: &[u8] = b"II*\0\x08\0\0\0";

/// Writes EXIF data with these texts, in the order of their tags, and an orientation other than 1. Empty if there is nothing to write.
///
/// Texts are in UTF-8, which most programs write and read although the standard allows only ASCII up to version 3.0.
pub(in crate::pictures) fn write(orientation: u8, texts: &[(u16, &str)]) -> Vec<u8> {
    let mut fields: Vec<(u16, u16, Vec<u8>)> = texts
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(tag, text)| (*tag, 2, [text.as_bytes(), &[0]].concat()))
        .collect();
    if (2..=8).contains(&orientation) {
        fields.push((tag::ORIENTATION, 3, vec![0, orientation]));
    }
    fields.sort_unstable();
    let Ok(count) = u16::try_from(fields.len()) else { return Vec::new() };
    if count == 0 {
        return Vec::new();
    }
    let mut bytes = b"MM\0*\0\0\0\x08".to_vec();
    bytes.extend(count.to_be_bytes());
    let mut values = Vec::new();
    let values_at = 8 + 2 + 12 * fields.len() + 4;
    for (tag, kind, mut value) in fields {
        let number = value.len() / size_of_kind(kind);
        bytes.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
        bytes.extend((number as u32).to_be_bytes());
        if value.len() <= 4 {
            value.resize(4, 0);
            bytes.extend(value);
        } else {
            bytes.extend(((values_at + values.len()) as u32).to_be_bytes());
            value.resize(value.len().next_multiple_of(2), 0);
            values.extend(value);
        }
    }
    // No second directory, which would be that of a thumbnail.
    bytes.extend([0; 4]);
    bytes.extend(values);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let texts = [(tag::ARTIST, "Zoë Example"), (tag::DESCRIPTION, "ok"), (tag::COPYRIGHT, "")];
        let bytes = write(6, &texts);
        let exif = Exif::new(&bytes).unwrap();
        assert_eq!(exif.orientation(), 6);
        assert_eq!(exif.text(tag::ARTIST).as_deref(), Some("Zoë Example"));
        assert_eq!(exif.text(tag::DESCRIPTION).as_deref(), Some("ok"));
        assert_eq!(exif.text(tag::COPYRIGHT), None);
        assert!(!exif.has_location());
        assert!(write(1, &[]).is_empty() && write(9, &[(tag::ARTIST, "")]).is_empty());
        for end in 0..bytes.len() {
            let Some(exif) = Exif::new(&bytes[..end]) else { continue };
            let _ = (exif.orientation(), exif.text(tag::ARTIST), exif.has_location());
        }
    }

    #[test]
    fn hostile_counts_and_offsets_are_ignored() {
        for (count, offset) in [(u32::MAX, 0), (8, u32::MAX), (0x4000_0000, 8)] {
            let mut bytes = b"MM\0*\0\0\0\x08\xff\xff\x01\x3b\x00\x0c".to_vec();
            bytes.extend([count.to_be_bytes(), offset.to_be_bytes()].concat());
            assert_eq!(Exif::new(&bytes).unwrap().text(tag::ARTIST), None);
        }
    }
}
