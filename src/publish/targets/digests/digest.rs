//! A file → the digest by which a host knows it. Digests are remembered, so that an unchanged file is not read again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::publish::local_file::{ContentHash, LocalFile, Source};

/// How a host identifies files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// The SHA-1 of the bytes (Netlify, Vercel). The hosts chose it; nothing here relies on its strength.
    Sha1,
    /// The first 32 hexadecimal digits of the BLAKE3 hash of the bytes in Base64, followed by the extension of the name (Cloudflare; Wrangler,
    /// `packages/wrangler/src/pages/hash.ts`).
    Cloudflare,
}

/// So many bytes are read at a time: divisible by 3, so that Base64 has no padding before the end.
const PIECE: usize = 48 * 1024;

impl Algorithm {
    /// What the digest depends on besides the bytes.
    fn extension(self, path: &str) -> &str {
        match self {
            Self::Sha1 => "",
            Self::Cloudflare => extension(path),
        }
    }

    /// The digest of the bytes of a reader, published at a path, in lower-case hexadecimal digits. The bytes must be those with this hash, or
    /// a wrong digest would be remembered for them.
    ///
    /// # Errors
    /// If the reader fails, or has other bytes.
    pub(crate) fn digest(self, path: &str, hash: ContentHash, mut bytes: impl Read) -> io::Result<String> {
        let mut piece = vec![0; PIECE];
        let mut content = blake3::Hasher::new();
        let mut sha1 = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
        let mut blake3 = blake3::Hasher::new();
        loop {
            let length = fill(&mut bytes, &mut piece)?;
            content.update(&piece[..length]);
            match self {
                Self::Sha1 => sha1.update(&piece[..length]),
                Self::Cloudflare => {
                    blake3.update(STANDARD.encode(&piece[..length]).as_bytes());
                }
            }
            if length < PIECE {
                break;
            }
        }
        if ContentHash::from_blake3(content.finalize()) != hash {
            return Err(io::Error::other("it changed in the meantime"));
        }
        Ok(match self {
            Self::Sha1 => sha1.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Cloudflare => {
                blake3.update(extension(path).as_bytes());
                blake3.finalize().to_hex()[..32].to_owned()
            }
        })
    }
}

/// Reads until the buffer is full or the input ends.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match from.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// The extension as Node's `path.extname` finds it, without the dot: a name that only begins with a dot has none.
fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        _ => "",
    }
}

/// The digests of known bytes, by their hash and extension.
#[derive(Debug, Default)]
pub(crate) struct Digests(HashMap<(ContentHash, String), String>);

impl Digests {
    /// Reads the digests of earlier publications. Damaged lines are ignored.
    pub(crate) fn load(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let parse = |line: &str| {
            let mut parts = line.split('\t');
            let (hash, digest, extension) = (parts.next()?, parts.next()?, parts.next()?);
            let is_digest =
                (32..=40).contains(&digest.len()) && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            Some(((ContentHash::parse(hash)?, extension.to_owned()), digest.to_owned())).filter(|_| is_digest)
        };
        Self(text.lines().filter_map(parse).collect())
    }

    /// Remembers these digests for the next publication.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn store(&self, file: &Path) -> io::Result<()> {
        let mut lines: Vec<String> = self
            .0
            .iter()
            .filter(|((_, extension), _)| !extension.contains(['\t', '\n', '\r']))
            .map(|((hash, extension), digest)| format!("{hash}\t{digest}\t{extension}\n"))
            .collect();
        lines.sort_unstable();
        super::state::replace(file, |out| lines.iter().try_for_each(|line| out.write_all(line.as_bytes())))
    }

    /// The digest of known bytes at a path.
    pub(crate) fn get(&self, algorithm: Algorithm, path: &str, hash: ContentHash) -> Option<&String> {
        self.0.get(&(hash, algorithm.extension(path).to_owned()))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets all that are not of these files.
    pub(crate) fn retain<'a>(
        &mut self,
        algorithm: Algorithm,
        files: impl Iterator<Item = (&'a str, ContentHash)>,
    ) {
        let mut kept = HashMap::new();
        for (path, hash) in files {
            let key = (hash, algorithm.extension(path).to_owned());
            if let Some((key, digest)) = self.0.remove_entry(&key) {
                kept.insert(key, digest);
            }
        }
        self.0 = kept;
    }

    /// Reads the files that are not known, in parallel.
    ///
    /// # Errors
    /// The first file that cannot be read, and why.
    pub(crate) fn add(
        &mut self,
        algorithm: Algorithm,
        files: &[LocalFile],
    ) -> Result<(), (String, io::Error)> {
        let unknown: Vec<&LocalFile> =
            files.iter().filter(|file| self.get(algorithm, &file.path, file.hash).is_none()).collect();
        let read = |file: &&LocalFile| {
            let digest = match &file.source {
                Source::Memory(bytes) => algorithm.digest(&file.path, file.hash, &**bytes),
                Source::Disk(path) => {
                    File::open(path).and_then(|bytes| algorithm.digest(&file.path, file.hash, bytes))
                }
            };
            let key = (file.hash, algorithm.extension(&file.path).to_owned());
            digest.map(|digest| (key, digest)).map_err(|error| (file.path.clone(), error))
        };
        let found: Vec<_> = unknown.par_iter().map(read).collect::<Result<_, _>>()?;
        self.0.extend(found);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::plan::FileClass;
    use crate::publish::local_file::Headers;

    fn digest(algorithm: Algorithm, path: &str, bytes: &[u8]) -> String {
        algorithm.digest(path, ContentHash::of(bytes), bytes).unwrap()
    }

    #[test]
    fn digests_are_those_of_the_hosts() {
        // Recorded from Wrangler 4.86.
        assert_eq!(
            digest(Algorithm::Cloudflare, "index.html", b"<h1>hi</h1>\n"),
            "17453d0cfb9bacc76d9f30d3cb9ca048"
        );
        assert_eq!(digest(Algorithm::Cloudflare, "a/b.css", b"body{}"), "622e1fa69535c6ed5e3a85e2ccaafd15");
        assert_eq!(digest(Algorithm::Sha1, "x", b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn a_file_that_changed_has_no_digest() {
        assert!(Algorithm::Sha1.digest("x", ContentHash::of(b"one"), &b"two"[..]).is_err());
    }

    #[test]
    fn large_files_are_read_in_pieces() {
        for size in [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 2] {
            let bytes: Vec<u8> = (0..size).map(|number| (number % 251) as u8).collect();
            let whole = blake3::hash(format!("{}bin", STANDARD.encode(&bytes)).as_bytes());
            assert_eq!(digest(Algorithm::Cloudflare, "a.bin", &bytes), whole.to_hex()[..32], "{size}");
        }
    }

    #[test]
    fn an_extension_is_what_node_takes_for_one() {
        for (path, expected) in [
            ("a/b.HTML", "HTML"),
            ("a.b/c", ""),
            (".nojekyll", ""),
            ("a.tar.gz", "gz"),
            ("a.", ""),
            ("x/.well-known/a", ""),
        ] {
            assert_eq!(extension(path), expected, "{path}");
        }
    }

    #[test]
    fn known_files_are_not_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let page = dir.path().join("page");
        std::fs::write(&page, "text").unwrap();
        let file = LocalFile {
            path: "a/index.html".to_owned(),
            class: FileClass::Story,
            source: Source::Disk(page.clone()),
            size: 4,
            hash: ContentHash::of(b"text"),
            headers: Arc::new(Headers::default()),
        };
        let mut digests = Digests::default();
        digests.add(Algorithm::Cloudflare, std::slice::from_ref(&file)).unwrap();
        let stored = dir.path().join("digests");
        digests.store(&stored).unwrap();
        std::fs::remove_file(&page).unwrap();
        let mut digests = Digests::load(&stored);
        digests.add(Algorithm::Cloudflare, std::slice::from_ref(&file)).unwrap();
        assert!(digests.get(Algorithm::Cloudflare, "b/other.html", file.hash).is_some());
        assert!(digests.get(Algorithm::Cloudflare, "b/other.txt", file.hash).is_none());
        std::fs::write(&stored, "nonsense\n\tx\n").unwrap();
        assert_eq!(Digests::load(&stored).len(), 0);
    }
}
