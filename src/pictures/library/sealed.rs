//! Bytes → a file in the library's folder, and back unless the file was damaged.
//!
//! Machines share the folder, CI services restore it, and disks fill up. So each file ends with a seal, a hash of its name and its bytes: what was changed,
//! cut off or swapped is made again instead of published. As the seal follows the bytes, picture viewers still open the file.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

const SEAL: usize = blake3::OUT_LEN;

/// The seal of bytes that are kept under a name.
fn seal(name: &OsStr, bytes: &[u8]) -> [u8; SEAL] {
    let name = name.as_encoded_bytes();
    let length = (name.len() as u64).to_le_bytes();
    *blake3::Hasher::new().update(&length).update(name).update(bytes).finalize().as_bytes()
}

/// Reads bytes. `None` if there is no such file, or it is damaged.
pub(super) fn read(file: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs::read(file).ok()?;
    let (kept, last) = bytes.split_last_chunk::<SEAL>()?;
    if *last != seal(file.file_name()?, kept) {
        return None;
    }
    bytes.truncate(bytes.len() - SEAL);
    Some(bytes)
}

/// Writes bytes under a temporary name, and renames the file. Its folder is created if there is none.
///
/// # Errors
/// If the folder cannot be written.
pub(super) fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    let mut unfinished = NamedTempFile::new_in(folder)?;
    unfinished.write_all(bytes)?;
    unfinished.write_all(&seal(file.file_name().unwrap_or_default(), bytes))?;
    unfinished.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let [file, other] = ["a.jpg", "b.jpg"].map(|name| dir.path().join("ab").join(name));
        write(&file, b"bytes of a rendition").unwrap();
        assert_eq!(read(&file).unwrap(), b"bytes of a rendition");
        fs::copy(&file, &other).unwrap();
        assert_eq!(read(&other), None, "swapped");
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            fs::write(&file, &whole[..at]).unwrap();
            assert_eq!(read(&file), None, "{at} bytes are left");
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&file, changed).unwrap();
            assert_eq!(read(&file), None, "byte {at} differs");
        }
        fs::write(&file, [&whole[..], b"more"].concat()).unwrap();
        assert_eq!(read(&file), None, "longer");
    }
}
