//! A file under `data/` → a value for templates.

use std::path::Path;
use std::sync::Arc;

use tera::Value;

/// Reads a data file; its name is relative to the folder.
///
/// # Errors
/// A sentence for theme authors.
pub(super) fn read(dir: &Path, name: &str) -> Result<Value, String> {
    let climbs = name.split(['/', '\\']).any(|part| part == ".." || part.is_empty());
    if climbs {
        return Err(format!("`{name}` is not the name of a file under `data/`"));
    }
    let text = std::fs::read_to_string(dir.join(name))
        .map_err(|error| format!("`data/{name}` cannot be read: {error}"))?;
    let file: Arc<str> = format!("data/{name}").into();
    let parsed: serde_json::Value = match name.rsplit('.').next() {
        Some("json") => {
            serde_json::from_str(&text).map_err(|error| format!("`{file}` is not valid JSON: {error}"))?
        }
        Some("yaml" | "yml") => crate::yaml::data(&file, &text.into()).map_err(|problem| {
            let line = problem.place.as_ref().and_then(crate::diagnostic::Place::start).map_or(1, |at| at.0);
            format!("`{file}` is not valid YAML: {} (line {line})", problem.message)
        })?,
        _ => return Err(format!("`{file}` is of no known kind; data files end in .yaml, .yml or .json")),
    };
    Ok(Value::from_serializable(&parsed))
}
