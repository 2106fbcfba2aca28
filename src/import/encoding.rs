//! Bytes in an unknown encoding → text.
//!
//! The encoding is that of a byte order mark, else UTF-8 if the bytes are valid, else the declared one, else a guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that decide whether a file is text.
const SAMPLE: usize = 64 * 1024;

/// A decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text without a byte order mark.
    pub text: String,
    /// The name of its encoding (WHATWG).
    pub encoding: &'static str,
    /// Whether the encoding is a guess.
    pub is_guessed: bool,
    /// Whether all bytes are valid in the encoding. Invalid ones become U+FFFD.
    pub is_whole: bool,
}

/// Decodes bytes, if they are text. `declared` is the label of the encoding that the file declares.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Option<Decoded> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Some(with(encoding, &bytes[length..]));
    }
    if let Some(encoding) = utf_16(bytes) {
        return Some(with(encoding, bytes));
    }
    // Old systems pad the last block.
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | 0x1a)).map_or(0, |last| last + 1);
    let bytes = &bytes[..end];
    if is_binary(bytes) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Decoded {
            text: text.to_owned(),
            encoding: UTF_8.name(),
            is_guessed: false,
            is_whole: true,
        });
    }
    let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        return Some(with(encoding, bytes));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Some(Decoded { is_guessed: true, ..with(detector.guess(None, Utf8Detection::Allow), bytes) })
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding: encoding.name(), is_guessed: false, is_whole: !had_errors }
}

/// Detects UTF-16 without a byte order mark, where every other byte of Western text is zero.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(SAMPLE) & !1];
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    match half {
        0..4 => None,
        _ if odd * 10 >= half * 7 && even * 50 <= half => Some(UTF_16LE),
        _ if even * 10 >= half * 7 && odd * 50 <= half => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether bytes belong to a binary file, such as a picture or an archive. Wire copy may contain control characters: SOH, STX, ETX, SYN and
/// separators.
fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SAMPLE)];
    let starts: [&[u8]; 6] = [b"PK\x03\x04", b"%PDF-", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"];
    if starts.iter().any(|start| head.starts_with(start)) || head.contains(&0) {
        return true;
    }
    let odd = head.iter().filter(|byte| matches!(byte, 0x05..=0x08 | 0x0e..=0x15 | 0x17..=0x1b)).count();
    odd * 50 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<(String, &'static str)> {
        decode(bytes, None).map(|decoded| (decoded.text, decoded.encoding))
    }

    #[test]
    fn encodings_are_detected() {
        let copy = "Der Präsident sprach über Österreich – „kurz“. Die Straße war naß, die Leute müde.";
        assert_eq!(text(copy.as_bytes()), Some((copy.to_owned(), "UTF-8")));
        let (western, encoding, _) = encoding_rs::WINDOWS_1252.encode(copy);
        assert_eq!(text(&western), Some((copy.to_owned(), encoding.name())));
        let utf_16: Vec<u8> = copy.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&utf_16), Some((copy.to_owned(), "UTF-16LE")));
        let big: Vec<u8> = copy.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&big), Some((copy.to_owned(), "UTF-16BE")));
        let marked = [b"\xef\xbb\xbf".as_slice(), copy.as_bytes()].concat();
        assert_eq!(text(&marked), Some((copy.to_owned(), "UTF-8")));
    }

    #[test]
    fn a_declared_encoding_is_used_unless_the_bytes_are_utf_8() {
        let bytes = b"na\xeff";
        assert_eq!(decode(bytes, Some("iso-8859-1")).map(|d| d.text).as_deref(), Some("naïf"));
        assert_eq!(decode("naïf".as_bytes(), Some("iso-8859-1")).map(|d| d.text).as_deref(), Some("naïf"));
    }

    #[test]
    fn binary_files_are_not_text() {
        for bytes in [b"PK\x03\x04...".as_slice(), b"\x89PNG\r\n", b"a\0b", &[6; 99], b"%PDF-1.4"] {
            assert_eq!(text(bytes), None, "{bytes:?}");
        }
        assert_eq!(text(b"Port shut\x1a\0\0").map(|text| text.0).as_deref(), Some("Port shut"));
        assert_eq!(text(b""), Some((String::new(), "UTF-8")));
        assert!(text(b"\x01ecp0007 4 s 850 dpa-tns 0908\r\n\x02Headline\r\n").is_some());
    }
}
