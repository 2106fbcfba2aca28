//! A file under `data/` → its value.

use std::path::Path;
use std::sync::Arc;

use super::limits;
use crate::conflict;
use crate::diagnostic::Place;
use crate::plain_text;

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
    // What is no file is never read: a pipe would be waited for.
    if let Ok(about) = std::fs::metadata(&path) {
        if !about.is_file() {
            return Err(format!("`data/{name}` is not a file"));
        }
        if about.len() > limits::DATA {
            let most = limits::DATA >> 20;
            return Err(format!(
                "`data/{name}` is larger than {most} MB, which is the limit; make a file for each page that needs some of it"
            ));
        }
    }
    let bytes = crate::site::read(&path).map_err(|error| format!("`data/{name}` cannot be read: {error}"))?;
    let file: Arc<str> = format!("data/{name}").into();
    let text = plain_text::decode(&file, &bytes, ["data/not-text", "data/not-utf8"]);
    let text: Arc<str> = text.map_err(|problem| format!("`{file}`: {}", problem.message))?.into();
    if let Some(problem) = conflict::problem(&file, &text) {
        let line = problem.place.as_ref().and_then(Place::start).map_or(1, |at| at.0);
        return Err(format!("in `{file}`, line {line}, {}", problem.message));
    }
    Ok(match name.rsplit('.').next() {
        Some("json") => {
            serde_json::from_str(&text).map_err(|error| format!("`{file}` is not valid JSON: {error}"))?
        }
        Some("yaml" | "yml") => crate::yaml::data(&file, &text).map_err(|problem| {
            let line = problem.place.as_ref().and_then(Place::start).map_or(1, |at| at.0);
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
