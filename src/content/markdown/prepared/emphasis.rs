//! Emphasis in scripts without spaces, such as `**真，**她说`, by CommonMark's CJK-friendly amendments
//! (<https://github.com/tats-u/markdown-cjk-friendly>).
//!
//! CommonMark's rules depend on the characters on both sides of asterisks. Next to a Chinese, Japanese or Korean character, a mark
//! between it and the asterisks makes those rules give the result of the amendments.

use unicode_normalization::char::is_combining_mark;

use super::{Mark, Placed};

/// The class of a character next to asterisks or tildes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Space,
    Punctuation,
    Cjk { is_punctuation: bool },
    Other,
}

/// Finds the places of marks.
pub(super) fn mark(text: &str, placed: &mut Vec<Placed>) {
    if !may_have_cjk(text) {
        return;
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 2,
            delimiter @ (b'*' | b'~') => {
                let length = bytes[at..].iter().take_while(|byte| **byte == delimiter).count();
                mark_run(text, at, at + length, placed);
                at += length;
            }
            _ => at += 1,
        }
    }
}

/// Whether a text has one of the bytes that most characters of these scripts begin with. Each chunk is checked without an early exit, so
/// that the loop is vectorized.
fn may_have_cjk(text: &str) -> bool {
    let begins = |byte: u8| (byte >= 0xe3) | (byte == 0xe1);
    text.as_bytes().chunks(64).any(|piece| piece.iter().fold(false, |found, byte| found | begins(*byte)))
}

fn mark_run(text: &str, start: usize, end: usize, placed: &mut Vec<Placed>) {
    let (before, after) = (side_before(&text[..start]), side(text[end..].chars().next()));
    let cjk = |side| matches!(side, Side::Cjk { .. });
    // The class that each side must have; `None` if it is right.
    let wanted = match (before, after) {
        (Side::Space, _) | (_, Side::Space) => return,
        (before, Side::Punctuation) if cjk(before) => [Some(Side::Punctuation), None],
        (Side::Punctuation, after) if cjk(after) => [None, Some(Side::Punctuation)],
        (before, after) => [cjk(before).then_some(Side::Other), cjk(after).then_some(Side::Other)],
    };
    for (wanted, found, at) in [(wanted[0], before, start), (wanted[1], after, end)] {
        let Side::Cjk { is_punctuation } = found else { continue };
        match wanted {
            Some(Side::Punctuation) if !is_punctuation => placed.push((at, Mark::Punctuation)),
            Some(Side::Other) if is_punctuation => placed.push((at, Mark::Letter)),
            _ => {}
        }
    }
}

/// The class of the character before a run. A variation selector belongs to the character before it.
fn side_before(text: &str) -> Side {
    let mut characters = text.chars().rev();
    match characters.next() {
        Some('\u{e0100}'..='\u{e01ef}') => Side::Cjk { is_punctuation: false },
        Some('\u{fe01}') if text.ends_with(['‘', '’', '“', '”', '\u{fe01}']) => {
            match characters.next() {
                // Full-width forms of quotation marks.
                Some('‘' | '’' | '“' | '”') => Side::Cjk { is_punctuation: false },
                other => selected(other),
            }
        }
        Some('\u{fe00}'..='\u{fe0e}') => selected(characters.next()),
        other => side(other),
    }
}

/// The class of a character with a variation selector, which CommonMark does not treat as punctuation.
fn selected(c: Option<char>) -> Side {
    match side(c) {
        Side::Cjk { .. } => Side::Cjk { is_punctuation: false },
        other => other,
    }
}

fn side(c: Option<char>) -> Side {
    let Some(c) = c else { return Side::Space };
    let is_punctuation = !c.is_alphanumeric() && !is_combining_mark(c) && !c.is_control();
    match c {
        c if is_cjk(c) => Side::Cjk { is_punctuation },
        c if c.is_whitespace() => Side::Space,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' => Side::Other,
        _ if is_punctuation => Side::Punctuation,
        _ => Side::Other,
    }
}

/// East Asian Width W, F or H without emoji, and Hangul; not the ideographic space.
fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11ff | 0x20a9 | 0x2329..=0x232a | 0x2e80..=0x2fff | 0x3001..=0x303e | 0x3041..=0x3247
        | 0x3250..=0xa4c6 | 0xa960..=0xa97c | 0xac00..=0xd7fb | 0xf900..=0xfaff | 0xfe10..=0xfe19 | 0xfe30..=0xfe6b
        | 0xff01..=0xffee | 0x16fe0..=0x18df2 | 0x1aff0..=0x1b2fb | 0x1d300..=0x1d376 | 0x1f200 | 0x1f202
        | 0x1f210..=0x1f219 | 0x1f21b..=0x1f22e | 0x1f230..=0x1f231 | 0x1f237 | 0x1f23b | 0x1f240..=0x1f265
        | 0x20000..=0x3fffd)
}
