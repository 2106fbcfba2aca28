//! An edit of an article's source file → the file, replaced atomically.

use std::fs;
use std::io;
use std::path::Path;

use crate::content::ArticleId;
use crate::edition::Edition;
use crate::manifest::Fingerprint;

/// Edits the source file of an article; `edit` gets its path and text and returns the new text.
///
/// # Errors
/// If the file cannot be edited, with the reason.
pub(super) fn edit_source(
    edition: &Edition,
    id: ArticleId,
    edit: impl FnOnce(&str, &str) -> Option<String>,
) -> Result<(), String> {
    let article = edition.content.get(id);
    let file = edition.content.file(&article.path);
    let bytes = fs::read(&file).map_err(|error| error.to_string())?;
    if Fingerprint::of_bytes(&bytes) != article.hash {
        return Err("the file changed in the meantime".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let edited = edit(&article.path, &text).ok_or("the format of the front matter does not allow it")?;
    replace(&file, &edited).map_err(|error| error.to_string())
}

/// Replaces a file atomically.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let temporary = file.with_file_name(format!(".{name}.new"));
    fs::write(&temporary, text)?;
    fs::set_permissions(&temporary, fs::metadata(file)?.permissions())?;
    fs::rename(&temporary, file).inspect_err(|_| drop(fs::remove_file(&temporary)))
}
