//! What a target has → the record that the target keeps of it, and back.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::local_file::{ContentHash, Headers};
use crate::plan::FileClass;

/// What a publication left at a target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    /// What it is about.
    pub(crate) about: About,
    /// The files, by path.
    pub(crate) files: BTreeMap<String, PublishedFile>,
}

/// The publication that a record describes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct About {
    /// The base URL of the site, so that one site does not overwrite another.
    pub(crate) site: String,
    /// A hash of the paths, bytes and headers of all files: equal sites have equal ids.
    pub(crate) build: String,
    /// The instant that the site was built for.
    pub(crate) as_of: Timestamp,
    /// When the publication was finished.
    pub(crate) published: Timestamp,
    /// A random id of the publication.
    pub(crate) run: String,
    /// URLs that caches still have to drop, because an earlier request failed: encoded paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unpurged: Vec<String>,
    /// What the target wants to remember, such as whether it honors conditions.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub(crate) target: serde_json::Map<String, serde_json::Value>,
}

/// A file at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublishedFile {
    /// Its part in the publication.
    pub(crate) class: FileClass,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The hash of its bytes.
    pub(crate) hash: ContentHash,
    /// The headers that the target stores with it.
    pub(crate) headers: Arc<Headers>,
}

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It was truncated or edited, or is something else.
    Damaged,
    /// A newer version of bulletin wrote it.
    Newer,
}

/// The format of records. A higher number is a newer version.
const FORMAT: &str = "bulletin record ";
const VERSION: u32 = 1;

impl Record {
    /// The record as compressed text: a line with the format and a checksum of the rest, a line of JSON for [`About`], a line of JSON with the
    /// distinct headers, then a line for each file: class, size, hash, number of its headers, path.
    pub(crate) fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut headers: Vec<&Headers> = self.files.values().map(|file| &*file.headers).collect();
        headers.sort_unstable();
        headers.dedup();
        let number: BTreeMap<&Headers, usize> = headers.iter().copied().zip(0..).collect();
        let mut body =
            format!("{}\n{}\n", serde_json::to_string(&self.about)?, serde_json::to_string(&headers)?);
        for (path, file) in &self.files {
            let (class, number) = (file.class.name(), number[&*file.headers]);
            body.push_str(&format!("{class}\t{}\t{}\t{number}\t{path}\n", file.size, file.hash));
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(
            format!("{FORMAT}{VERSION} {}\n{body}", ContentHash::of(body.as_bytes())).as_bytes(),
        )?;
        encoder.finish()
    }

    /// Parses the bytes of a record.
    ///
    /// # Errors
    /// If it is damaged or from a newer version.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut text = String::new();
        // A record of 100,000 stories has 12 MB. What is larger by far is not a record.
        let limited = GzDecoder::new(bytes).take(LARGEST).read_to_string(&mut text);
        limited.map_err(|_| Unreadable::Damaged)?;
        let (first, body) = text.split_once('\n').ok_or(Unreadable::Damaged)?;
        let (version, sum) =
            first.strip_prefix(FORMAT).and_then(|rest| rest.split_once(' ')).ok_or(Unreadable::Damaged)?;
        if version.parse::<u32>().map_err(|_| Unreadable::Damaged)? > VERSION {
            return Err(Unreadable::Newer);
        }
        if ContentHash::parse(sum) != Some(ContentHash::of(body.as_bytes())) {
            return Err(Unreadable::Damaged);
        }
        Self::parse_body(body).ok_or(Unreadable::Damaged)
    }

    fn parse_body(body: &str) -> Option<Self> {
        let mut lines = body.lines();
        let about = serde_json::from_str(lines.next()?).ok()?;
        let headers: Vec<Arc<Headers>> = serde_json::from_str(lines.next()?).ok()?;
        let file = |line: &str| {
            let mut parts = line.splitn(5, '\t');
            let class = FileClass::of_name(parts.next()?)?;
            let size = parts.next()?.parse().ok()?;
            let hash = ContentHash::parse(parts.next()?)?;
            let headers = headers.get(parts.next()?.parse::<usize>().ok()?)?.clone();
            Some((parts.next()?.to_owned(), PublishedFile { class, size, hash, headers }))
        };
        Some(Self { about, files: lines.map(file).collect::<Option<_>>()? })
    }
}

/// The largest record that is read, in bytes of text.
const LARGEST: u64 = 2 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let file = |cache: Option<&str>| PublishedFile {
            class: FileClass::Story,
            size: 12,
            hash: ContentHash::of(b"a"),
            headers: Arc::new(Headers {
                content_type: "text/html; charset=utf-8".to_owned(),
                cache_control: cache.map(str::to_owned),
                ..Headers::default()
            }),
        };
        Record {
            about: About {
                site: "https://herald.example/".to_owned(),
                build: "0123".to_owned(),
                as_of: Timestamp::UNIX_EPOCH,
                published: Timestamp::UNIX_EPOCH,
                run: "r1".to_owned(),
                unpurged: vec!["/a/".to_owned()],
                target: serde_json::Map::new(),
            },
            files: BTreeMap::from([
                ("index.html".to_owned(), file(None)),
                ("a b/ö\u{308}%20+#.html".to_owned(), file(Some("max-age=0"))),
            ]),
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = record();
        assert_eq!(Record::parse(&record.to_bytes().unwrap()), Ok(record));
    }

    #[test]
    fn a_damaged_or_newer_record_is_not_read() {
        let bytes = record().to_bytes().unwrap();
        for damaged in [&b""[..], b"bulletin record 1", &bytes[..bytes.len() - 9], &bytes[..30]] {
            assert_eq!(Record::parse(damaged), Err(Unreadable::Damaged));
        }
        let gzip = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(Record::parse(&gzip("bulletin record 2 x\n")), Err(Unreadable::Newer));
        assert_eq!(Record::parse(&gzip("bulletin record 1 x\n{}\n[]\n")), Err(Unreadable::Damaged));
    }
}
