//! A file → its compressed copies, which web servers send to browsers that accept them.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression as Level;
use flate2::write::GzEncoder;

use crate::config::publish::Compression;
use crate::plan::FileClass;
use crate::publish::local_file::LocalFile;

/// Smaller files fit into one packet or two, whatever is done.
const SMALLEST: u64 = 1024;
/// Larger files are compressed at the speed of pages: the best compression takes a second for each megabyte.
const LARGE: u64 = 1 << 20;

/// Whether compressed copies of a file are worth it.
pub(super) fn is_compressible(file: &LocalFile) -> bool {
    let kind = file.headers.content_type.split(';').next().unwrap_or_default().trim();
    let is_text = kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || ["application/json", "application/xml", "application/javascript", "application/wasm"]
            .contains(&kind);
    is_text && file.size >= SMALLEST
}

/// The bytes of a compressed copy. What is read often and changes rarely is compressed as well as possible; that would take 10 ms for each page.
///
/// # Errors
/// If the compressor fails.
pub(super) fn compress(file: &LocalFile, bytes: &[u8], encoding: Compression) -> io::Result<Vec<u8>> {
    let is_best = matches!(file.class, FileClass::Asset | FileClass::Feed) && file.size <= LARGE;
    let mut compressed = Vec::with_capacity(bytes.len() / 3);
    match encoding {
        Compression::Brotli => {
            let quality = if is_best { 11 } else { 5 };
            let params =
                BrotliEncoderParams { quality, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
            brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params)?;
        }
        Compression::Gzip => {
            let level = Level::new(if is_best { 9 } else { 6 });
            let mut encoder = GzEncoder::new(&mut compressed, level);
            encoder.write_all(bytes)?;
            encoder.finish()?;
        }
    }
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;

    use super::*;
    use crate::publish::local_file::{ContentHash, Headers, Source};

    fn file(class: FileClass, content_type: &str, text: &str) -> LocalFile {
        let headers = Headers { content_type: content_type.to_owned(), ..Headers::default() };
        LocalFile {
            path: "a.html".to_owned(),
            class,
            source: Source::Memory(text.as_bytes().into()),
            size: text.len() as u64,
            hash: ContentHash::of(text.as_bytes()),
            headers: Arc::new(headers),
        }
    }

    #[test]
    fn text_of_some_length_is_compressed() {
        let long = "a".repeat(1024);
        for (kind, text, expected) in [
            ("text/html; charset=utf-8", long.as_str(), true),
            ("application/atom+xml; charset=utf-8", &long, true),
            ("application/json", &long, true),
            ("image/svg+xml", &long, true),
            ("text/html", &long[1..], false),
            ("image/jpeg", &long, false),
            ("application/octet-stream", &long, false),
            ("", &long, false),
        ] {
            assert_eq!(is_compressible(&file(FileClass::Story, kind, text)), expected, "{kind}");
        }
    }

    #[test]
    fn a_copy_has_the_same_text() {
        let text: String = (0..900).map(|n| format!("<p>Story {n}</p>")).collect();
        for class in [FileClass::Story, FileClass::Asset] {
            let file = file(class, "text/html", &text);
            let gzip = compress(&file, text.as_bytes(), Compression::Gzip).unwrap();
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&*gzip).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, text);
            let brotli = compress(&file, text.as_bytes(), Compression::Brotli).unwrap();
            let mut unpacked = Vec::new();
            brotli::BrotliDecompress(&mut &*brotli, &mut unpacked).unwrap();
            assert_eq!(unpacked, text.as_bytes());
            assert!(brotli.len() < gzip.len() && gzip.len() < text.len() / 3);
        }
    }
}
