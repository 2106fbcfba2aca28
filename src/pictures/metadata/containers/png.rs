//! PNG: chunks (W3C PNG, third edition, section 5).

use std::borrow::Cow;
use std::io::Read as _;

use super::{Blocks, NewBlocks};
use crate::pictures::LARGEST_PROFILE;

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// The keyword of XMP, and that it is neither compressed nor translated.
const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";
const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp\0";
/// The most bytes that a compressed packet of XMP is unpacked to.
const LARGEST_XMP: u64 = 4 * 1024 * 1024;

/// The chunks that decide the pixels and their colors, animations included.
const KEPT: [&[u8; 4]; 18] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"mDCV", b"cLLI", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// A chunk, whole and its data.
struct Chunk<'a> {
    kind: &'a [u8],
    whole: &'a [u8],
    data: &'a [u8],
}

/// The chunks of a picture.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(SIGNATURE.len()..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let kind = rest.get(4..8)?;
        let (whole, after) = rest.split_at(length.saturating_add(12).min(rest.len()));
        let data = &whole[8..(8 + length).min(whole.len())];
        rest = if kind == b"IEND" { &[] } else { after };
        Some(Chunk { kind, whole, data })
    })
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    for Chunk { kind, data, .. } in chunks(bytes) {
        match kind {
            b"eXIf" => {
                // Some programs write the prefix of JPEG.
                blocks.exif.get_or_insert(data.strip_prefix(b"Exif\0\0").unwrap_or(data).into());
            }
            b"iTXt" => {
                if let Some(xmp) = data.strip_prefix(XMP_KEYWORD).and_then(international_text) {
                    blocks.xmp.get_or_insert(xmp);
                }
            }
            b"caBX" => blocks.has_content_credentials = true,
            _ => {}
        }
    }
    blocks
}

/// The text of a chunk `iTXt` after its keyword.
fn international_text(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    let [is_compressed, _, rest @ ..] = data else { return None };
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let text = parts.nth(2)?;
    if *is_compressed == 0 {
        return Some(text.into());
    }
    let mut unpacked = Vec::new();
    flate2::read::ZlibDecoder::new(text).take(LARGEST_XMP).read_to_end(&mut unpacked).ok()?;
    Some(unpacked.into())
}

/// Whether a chunk is a color profile that is too large once it is unpacked (W3C PNG, section 11.3.2.3).
fn is_bomb(kind: &[u8], data: &[u8]) -> bool {
    if kind != b"iCCP" {
        return false;
    }
    // After the name and the method of compression.
    let packed =
        data.iter().position(|byte| *byte == 0).and_then(|at| data.get(at + 2..)).unwrap_or_default();
    let mut unpacked = flate2::read::ZlibDecoder::new(packed).take(LARGEST_PROFILE + 1);
    // A damaged one is as long as it can be read.
    let _ = std::io::copy(&mut unpacked, &mut std::io::sink());
    unpacked.limit() == 0
}

/// The same picture without a profile that is too large.
pub(in crate::pictures) fn with_small_profile(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !chunks(bytes).any(|Chunk { kind, data, .. }| is_bomb(kind, data)) {
        return bytes.into();
    }
    let mut out = SIGNATURE.to_vec();
    chunks(bytes)
        .filter(|Chunk { kind, data, .. }| !is_bomb(kind, data))
        .for_each(|chunk| out.extend_from_slice(chunk.whole));
    out.into()
}

pub(super) fn rebuilt(bytes: &[u8], new: &NewBlocks) -> Vec<u8> {
    let mut out = SIGNATURE.to_vec();
    let mut is_written = false;
    for Chunk { kind, whole, data } in chunks(bytes) {
        // Both must be before the pixels, or may be.
        if kind == b"IDAT" && !std::mem::replace(&mut is_written, true) {
            if !new.exif.is_empty() {
                chunk(&mut out, b"eXIf", &[&new.exif]);
            }
            if !new.xmp.is_empty() {
                chunk(&mut out, b"iTXt", &[XMP, &new.xmp]);
            }
        }
        if KEPT.iter().any(|kept| *kept == kind) && !is_bomb(kind, data) {
            out.extend_from_slice(whole);
        }
    }
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[&[u8]]) {
    let length: usize = data.iter().map(|data| data.len()).sum();
    out.extend((length as u32).to_be_bytes());
    let start = out.len();
    out.extend(kind);
    data.iter().for_each(|data| out.extend_from_slice(data));
    let mut sum = flate2::Crc::new();
    sum.update(&out[start..]);
    out.extend(sum.sum().to_be_bytes());
}
