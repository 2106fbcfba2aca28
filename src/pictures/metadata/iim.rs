//! IPTC IIM 4.2 → its texts, and a small new block. It is in the image resource 0x0404 of Photoshop's blocks.

use super::text::decoded;

/// What Photoshop's blocks in a JPEG start with.
pub(super) const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// Data sets of record 2.
pub(super) mod set {
    pub(in super::super) const BYLINE: u8 = 80;
    pub(in super::super) const CREDIT: u8 = 110;
    pub(in super::super) const SOURCE: u8 = 115;
    pub(in super::super) const COPYRIGHT: u8 = 116;
    pub(in super::super) const CAPTION: u8 = 120;
}

/// The escape sequence of UTF-8 in data set 1:90.
const UTF_8: &[u8] = b"\x1b%G";

/// The IIM among image resources (Photoshop File Formats, "Image Resource Blocks").
pub(super) fn in_resources(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        let id = bytes.get(4..6)?;
        if !matches!(bytes.get(..4)?, b"8BIM" | b"MeSa" | b"PHUT" | b"AgHg" | b"DCSR") {
            return None;
        }
        let name = usize::from(*bytes.get(6)?) + 1;
        let at = 6 + name.next_multiple_of(2);
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let data = bytes.get(at + 4..)?;
        if id == [0x04, 0x04] {
            return Some(&data[..length.min(data.len())]);
        }
        bytes = data.get(length.checked_next_multiple_of(2)?..)?;
    }
}

/// The texts of record 2 by data set, in the order of the file.
pub(super) fn read(mut bytes: &[u8]) -> Vec<(u8, String)> {
    let (mut found, mut is_utf8) = (Vec::new(), false);
    while let Some([0x1c, record, set, high, low]) = bytes.first_chunk() {
        let (short, rest) = (u16::from_be_bytes([*high, *low]), &bytes[5..]);
        // With the highest bit, it is the number of bytes that the length has.
        let (length, rest) = match short & 0x8000 {
            0 => (usize::from(short), rest),
            _ => {
                let digits = usize::from(short & 0x7fff);
                let Some((length, rest)) = rest.split_at_checked(digits).filter(|_| digits <= 4) else {
                    break;
                };
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
        };
        let Some((value, rest)) = rest.split_at_checked(length) else { break };
        match (record, set) {
            (1, 90) => is_utf8 = value == UTF_8,
            (2, _) if found.len() < 200 => found.push((*set, value)),
            _ => {}
        }
        bytes = rest;
    }
    let text = |value: &[u8]| match is_utf8 {
        true => String::from_utf8_lossy(value).into_owned(),
        false => decoded(value),
    };
    found.into_iter().map(|(set, value)| (set, text(value))).collect()
}

/// The longest value of a data set without an extended length.
const LONGEST: usize = 0x7fff;

/// Writes IIM with these texts, in this order, as image resources. Empty if there are none.
pub(super) fn write(texts: &[(u8, &str)]) -> Vec<u8> {
    let texts = texts.iter().filter(|(_, text)| !text.is_empty() && text.len() <= LONGEST);
    let mut sets = Vec::new();
    for (set, text) in texts {
        sets.extend([0x1c, 2, *set]);
        sets.extend((text.len() as u16).to_be_bytes());
        sets.extend(text.as_bytes());
    }
    if sets.is_empty() {
        return Vec::new();
    }
    let mut head = vec![0x1c, 1, 90, 0, 3];
    head.extend(UTF_8);
    head.extend([0x1c, 2, 0, 0, 2, 0, 4]);
    sets.splice(0..0, head);
    let mut bytes = b"8BIM\x04\x04\0\0".to_vec();
    bytes.extend((sets.len() as u32).to_be_bytes());
    if sets.len() % 2 == 1 {
        sets.push(0);
    }
    bytes.extend(sets);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let texts = [(set::BYLINE, "Zoë Example"), (set::CREDIT, "Example Agency"), (set::CAPTION, "")];
        let bytes = write(&texts);
        let read = read(in_resources(&bytes).unwrap());
        let texts: Vec<_> =
            read.iter().filter(|(set, _)| *set != 0).map(|(set, text)| (*set, &**text)).collect();
        assert_eq!(texts, [(set::BYLINE, "Zoë Example"), (set::CREDIT, "Example Agency")]);
        for end in 0..bytes.len() {
            in_resources(&bytes[..end]).map(super::read);
        }
        assert!(write(&[]).is_empty());
    }

    #[test]
    fn the_encoding_is_the_declared_one_or_guessed() {
        assert_eq!(read(b"\x1c\x02\x50\0\x04Zo\xeb!"), [(80, "Zoë!".to_owned())]);
        assert_eq!(read("\x1c\x02\x50\0\x04Zoë".as_bytes()), [(80, "Zoë".to_owned())]);
        assert_eq!(read(b"\x1c\x01\x5a\0\x03\x1b%G\x1c\x02\x50\0\x02\xffx"), [(80, "\u{fffd}x".to_owned())]);
        // An extended length, a long name of a resource, and lengths that lie.
        assert_eq!(read(b"\x1c\x02\x50\x80\x02\0\x01x"), [(80, "x".to_owned())]);
        assert_eq!(in_resources(b"8BIM\x03\xed\x02ab\0\0\0\0\x018BIM"), None);
        assert_eq!(
            in_resources(b"8BIM\x03\xed\0\0\0\0\0\x01x\08BIM\x04\x04\0\0\0\0\xff\xffabc"),
            Some(&b"abc"[..])
        );
        assert!(read(b"\x1c\x02\x50\x7f\xffx").is_empty() && read(b"\x1c\x02\x50\xff\xffx").is_empty());
    }
}
