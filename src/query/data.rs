//! A file under `data/` → its value.

use std::path::Path;
use std::sync::Arc;

use crate::conflict;
use crate::diagnostic::Place;
use crate::plain_text;

/// The largest data file, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Reads a data file; its name is relative to the folder.
///
/// # Errors
/// If the file cannot be used, with a message for theme authors.
pub(super) fn read(dir: &Path, name: &str) -> Result<serde_json::Value, String> {
    if name.split(['/', '\\']).any(|part| part == ".." || part.is_empty()) {
        return Err(format!("`{name}` is not the name of a file under `data/`"));
    }
    let path = dir.join(name);
    if let (Ok(real), Ok(dir)) = (path.canonicalize(), dir.canonicalize())
        && !real.starts_with(dir)
    {
        return Err(format!("`data/{name}` is a symbolic link that leads out of `data/`"));
    }
    // Reading a named pipe would block.
    if let Ok(metadata) = std::fs::metadata(&path) {
        if !metadata.is_file() {
            return Err(format!("`data/{name}` is not a file"));
        }
        if metadata.len() > MAX_BYTES {
            let limit = MAX_BYTES >> 20;
            return Err(format!(
                "`data/{name}` is larger than the limit of {limit} MB; split it into smaller files"
            ));
        }
    }
    let bytes = crate::site::read(&path).map_err(|error| format!("cannot read `data/{name}`: {error}"))?;
    let file: Arc<str> = format!("data/{name}").into();
    let text = plain_text::of(&file, &bytes, ["data/not-text", "data/not-utf8"]);
    let text: Arc<str> = text.map_err(|problem| format!("`{file}`: {}", problem.message))?.into();
    let line = |place: &Option<Place>| place.as_ref().and_then(Place::start).map_or(1, |start| start.0);
    if let Some(problem) = conflict::problem(&file, &text) {
        return Err(format!("`{file}`, line {}: {}", line(&problem.place), problem.message));
    }
    match name.rsplit('.').next() {
        Some("json") => {
            serde_json::from_str(&text).map_err(|error| format!("`{file}` is not valid JSON: {error}"))
        }
        Some("yaml" | "yml") => crate::yaml::data(&file, &text).map_err(|problem| {
            format!("`{file}` is not valid YAML: {} (line {})", problem.message, line(&problem.place))
        }),
        _ => Err(format!("`{file}` has an unsupported format; data files end in `.yaml`, `.yml` or `.json`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_refused() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("secret.json"), "1").unwrap();
        std::fs::write(dir.path().join("own.json"), "1").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.json"), dir.path().join("link.json")).unwrap();
        assert!(read(dir.path(), "own.json").is_ok());
        assert!(read(dir.path(), "link.json").unwrap_err().contains("leads out"));
    }
}
