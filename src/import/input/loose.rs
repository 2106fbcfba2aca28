//! A folder that is not a known archive → copy of agencies, or an error.
//!
//! A delivery of copy consists of texts and pictures. A folder with program settings, code, or Markdown with front matter is something else,
//! and importing it would create useless drafts.

use std::path::{Path, PathBuf};

use super::super::importers::ALL;
use super::{is_document, read_head};
use crate::content::is_media;
use crate::diagnostic::{Diagnostic, Place};
use crate::import::encoding;

/// Files in a folder that show that it is not a delivery of copy.
const MARKS: &str = ".eleventy.js bulletin.yaml _quarto.yml book.toml build.gradle Cargo.toml CMakeLists.txt \
    composer.json conf.py Dockerfile docusaurus.config.js gatsby-config.js Gemfile go.mod index.html \
    Makefile mkdocs.yml node_modules package.json package-lock.json pom.xml pyproject.toml Rakefile \
    requirements.txt setup.py tsconfig.json wp-config.php wp-content yarn.lock";

/// Extensions of code and templates.
const CODE: &str = "astro c cc clj cpp cs ejs erb ex go h haml hbs hpp hs java js jsx kt liquid lua mjs cjs njk php \
    pl pug py r rb rs scss sh svelte swift ts tsx vue";

/// Extensions of files beside copy that are not copy.
const BESIDE: &str = "bak bmp cfg conf css csv dtd eps heic ics idx ini lock log map md5 sha1 sha256 tif tiff toml tsv \
    xsd xsl yaml yml";

/// The role of a file in such a folder.
enum Role {
    Copy,
    /// A file that is not copy, with the reason.
    Other(&'static str),
    Code,
    /// Markdown with front matter.
    FrontMatter,
}

/// Files to read, and skipped files with the reason.
pub(super) type Loose = (Vec<PathBuf>, Vec<(PathBuf, String)>);

/// Separates copy from other files in a folder. With `has_kind`, the user has named the format.
///
/// # Errors
/// If the folder is not a delivery of copy.
pub(super) fn files(folder: &Path, all: Vec<PathBuf>, has_kind: bool) -> Result<Loose, Box<Diagnostic>> {
    let (mut copy, mut skipped) = (Vec::new(), Vec::new());
    let (mut code, mut front) = (None, None);
    let mut count = 0_usize;
    for path in all {
        match role(&path) {
            Role::Other(why) => skipped.push((path, why.to_owned())),
            Role::Code if !has_kind => {
                count += 1;
                code.get_or_insert_with(|| path.clone());
                skipped.push((path, "the file is code".to_owned()));
            }
            Role::FrontMatter if !has_kind => {
                front.get_or_insert(path);
            }
            Role::Copy | Role::Code | Role::FrontMatter => copy.push(path),
        }
    }
    let mark = MARKS
        .split(' ')
        .map(|name| folder.join(name))
        .find(|path| path.exists())
        .or_else(|| settings(folder));
    let found = match (mark, front, code) {
        _ if has_kind => None,
        (Some(mark), ..) => Some((mark, "")),
        (_, Some(front), _) => Some((front, ", which has front matter")),
        (.., Some(code)) if count > copy.len() => Some((code, "")),
        _ => None,
    };
    match found {
        Some((path, what)) => Err(Box::new(unknown(folder, &path, what))),
        None => Ok((copy, skipped)),
    }
}

/// The settings file of a JavaScript program: `astro.config.mjs`.
fn settings(folder: &Path) -> Option<PathBuf> {
    let is_settings = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.contains(".config.")
    };
    std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path()).filter(is_settings).min()
}

fn unknown(folder: &Path, path: &Path, what: &str) -> Diagnostic {
    let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let known: Vec<_> = ALL
        .iter()
        .map(|importer| (importer.name(), importer.recognized_by()))
        .filter(|(_, file)| !file.is_empty())
        .map(
            |(name, file)| {
                if file.contains('`') { format!("{name} ({file})") } else { format!("{name} (`{file}`)") }
            },
        )
        .collect();
    let message =
        format!("the folder has `{name}`{what}, so it is neither a known archive nor a folder of copy");
    Diagnostic::fatal("import/unknown-folder", message).at(Place::file(folder.to_string_lossy())).help(
        format!(
            "pass the folder with the settings of one of these: {}; or set `--from`, or pass single files",
            known.join(", ")
        ),
    )
}

/// The role of a file, by its name and its beginning.
fn role(path: &Path) -> Role {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    let head = || read_head(path);
    match extension.as_str() {
        _ if is_media(&name) => return Role::Other("a picture is imported with its story"),
        end if BESIDE.split(' ').any(|other| other == end) => {
            return Role::Other("its name shows that it is not copy");
        }
        end if CODE.split(' ').any(|other| other == end) => return Role::Code,
        "md" | "markdown" | "mdx" => {
            let stem = name.split('.').next().unwrap_or_default().to_lowercase();
            if matches!(stem.as_str(), "readme" | "license" | "changelog" | "contributing") {
                return Role::Other("its name shows that it is not copy");
            }
            let head = head().unwrap_or_default();
            if [&b"---"[..], b"+++"].iter().any(|mark| head.starts_with(mark)) {
                return Role::FrontMatter;
            }
        }
        _ => {}
    }
    // Binary files of a folder were probably not meant.
    let is_text = head().is_none_or(|head| encoding::decode(&head, None).is_some());
    if is_text || is_document(path) { Role::Copy } else { Role::Other("the file is not text") }
}
