//! A file under `data/` → its value.

use std::path::Path;
use std::sync::Arc;

/// Reads a data file; its name is relative to the folder.
///
/// # Errors
/// A sentence for theme authors.
pub(super) fn read(dir: &Path, name: &str) -> Result<serde_json::Value, String> {
    let climbs = name.split(['/', '\\']).any(|part| part == ".." || part.is_empty());
    if climbs {
        return Err(format!("`{name}` is not the name of a file under `data/`"));
    }
    let path = dir.join(name);
    // A link that leads elsewhere is not data of this site.
    if let (Ok(real), Ok(dir)) = (path.canonicalize(), dir.canonicalize())
        && !real.starts_with(dir)
    {
        return Err(format!("`data/{name}` is a link that leads out of `data/`"));
    }
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("`data/{name}` cannot be read: {error}"))?;
    let file: Arc<str> = format!("data/{name}").into();
    Ok(match name.rsplit('.').next() {
        Some("json") => {
            serde_json::from_str(&text).map_err(|error| format!("`{file}` is not valid JSON: {error}"))?
        }
        Some("yaml" | "yml") => crate::yaml::data(&file, &text.into()).map_err(|problem| {
            let line = problem.place.as_ref().and_then(crate::diagnostic::Place::start).map_or(1, |at| at.0);
            format!("`{file}` is not valid YAML: {} (line {line})", problem.message)
        })?,
        _ => return Err(format!("`{file}` is of no known kind; data files end in .yaml, .yml or .json")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_data() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("secret.json"), "1").unwrap();
        std::fs::write(dir.path().join("own.json"), "1").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.json"), dir.path().join("link.json")).unwrap();
        assert!(read(dir.path(), "own.json").is_ok());
        assert!(read(dir.path(), "link.json").unwrap_err().contains("leads out"));
    }
}
