//! A body → its checksums, which stores compare with what they received.

use std::fs::File;
use std::io::{self, Read};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest;

use crate::diagnostic::Diagnostic;
use crate::http::Body;
use crate::publish::target::Result;

/// The SHA-256 of a body.
///
/// # Errors
/// If a file cannot be read, as for the other functions.
pub(super) fn sha256(body: &Body) -> Result<[u8; 32]> {
    let mut context = digest::Context::new(&digest::SHA256);
    each_part(body, |bytes| context.update(bytes))?;
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Ok(hash)
}

/// The MD5 of a body, as `Content-MD5` has it.
pub(super) fn content_md5(body: &Body) -> Result<String> {
    let mut context = md5::Context::new();
    each_part(body, |bytes| context.consume(bytes))?;
    Ok(base64(&context.finalize().0))
}

/// Bytes in base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Base64 of 16 bytes → the MD5.
pub(super) fn md5_of_base64(text: &str) -> Option<[u8; 16]> {
    BASE64_STANDARD.decode(text).ok()?.try_into().ok()
}

fn each_part(body: &Body, mut use_part: impl FnMut(&[u8])) -> Result<()> {
    match body {
        Body::Empty => Ok(()),
        Body::Bytes(bytes) => {
            use_part(bytes);
            Ok(())
        }
        Body::File { path, .. } => {
            let mut read = || -> io::Result<()> {
                let (mut file, mut buffer) = (File::open(path)?, vec![0; 1 << 17]);
                loop {
                    match file.read(&mut buffer)? {
                        0 => return Ok(()),
                        read => use_part(&buffer[..read]),
                    }
                }
            };
            read().map_err(|error| {
                let message = format!("`{}` cannot be read: {error}", path.display());
                Box::new(Diagnostic::fatal("publish/upload", message).help("run the command again"))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_files_have_the_same_checksums() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let bytes: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let size = bytes.len() as u64;
        let (memory, file) = (Body::Bytes(bytes), Body::File { path, size });
        assert_eq!(sha256(&memory).unwrap(), sha256(&file).unwrap());
        assert_eq!(content_md5(&memory).unwrap(), content_md5(&file).unwrap());
        assert_eq!(content_md5(&Body::Empty).unwrap(), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(base64(&sha256(&Body::Empty).unwrap()), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert!(content_md5(&Body::File { path: "/nowhere".into(), size: 1 }).is_err());
    }
}
