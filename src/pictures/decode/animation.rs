//! The bytes of a picture file → whether it moves.

use crate::pictures::Format;

/// Whether a picture has more than one frame. Damaged files are taken as far as they can be read.
pub(in crate::pictures) fn is_animated(bytes: &[u8], format: Format) -> bool {
    match format {
        Format::Gif => gif(bytes).unwrap_or(false),
        Format::Png => png(bytes).unwrap_or(false),
        // The VP8X chunk is the first one; bit 1 of its flags says it (RFC 9649, section 2.7.1).
        Format::WebP => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
        }
        _ => false,
    }
}

/// Counts image descriptors up to two (GIF89a, section 20). `None` if the file ends before.
fn gif(bytes: &[u8]) -> Option<bool> {
    let colors = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + colors(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at)? {
            0x21 => at += 2,
            0x2c => {
                frames += 1;
                if frames == 2 {
                    return Some(true);
                }
                at += 11 + colors(*bytes.get(at + 9)?);
            }
            _ => return Some(false),
        }
        loop {
            let size = usize::from(*bytes.get(at)?);
            at += size + 1;
            if size == 0 {
                break;
            }
        }
    }
}

/// Looks for the animation control chunk, which stands before the pixels (PNG 3rd edition, section 11.3.6.1).
fn png(bytes: &[u8]) -> Option<bool> {
    let mut at = 8;
    loop {
        let size = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
        match bytes.get(at + 4..at + 8)? {
            b"acTL" => return Some(true),
            b"IDAT" => return Some(false),
            _ => at = at.checked_add(12)?.checked_add(size as usize)?,
        }
    }
}
