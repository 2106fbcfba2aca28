//! A folder that is no archive of a kind that is known → copy of agencies, or a refusal.
//!
//! A delivery of copy has texts and pictures. What has settings of a program, code, or Markdown with front matter is something else, of which
//! drafts would come that nobody wants.

use std::path::{Path, PathBuf};

use super::super::importers::ALL;
use super::{is_document, read_head};
use crate::content::is_media;
use crate::diagnostic::{Diagnostic, Place};
use crate::import::encoding;

/// Files at the top of a folder by which it is told to be no delivery of copy.
const MARKS: &str = ".eleventy.js bulletin.yaml _quarto.yml book.toml build.gradle Cargo.toml CMakeLists.txt \
    composer.json conf.py Dockerfile docusaurus.config.js gatsby-config.js Gemfile go.mod index.html \
    Makefile mkdocs.yml node_modules package.json package-lock.json pom.xml pyproject.toml Rakefile \
    requirements.txt setup.py tsconfig.json wp-config.php wp-content yarn.lock";

/// Ends of names of code and templates.
const CODE: &str = "astro c cc clj cpp cs ejs erb ex go h haml hbs hpp hs java js jsx kt liquid lua mjs cjs njk php \
    pl pug py r rb rs scss sh svelte swift ts tsx vue";

/// Ends of names of what lies beside copy and is none.
const BESIDE: &str = "bak bmp cfg conf css csv dtd eps heic ics idx ini lock log map md5 sha1 sha256 tif tiff toml tsv \
    xsd xsl yaml yml";

/// What a file of such a folder is.
enum Means {
    Copy,
    /// No copy, with the reason.
    Beside(&'static str),
    Code,
    /// Markdown with front matter.
    Front,
}

/// Files to read, and those that are none with the reason.
pub(super) type Loose = (Vec<PathBuf>, Vec<(PathBuf, String)>);

/// Tells the files of a folder apart. If `is_told`, it was said of what kind they are.
///
/// # Errors
/// If the folder is no delivery of copy.
pub(super) fn files(folder: &Path, all: Vec<PathBuf>, is_told: bool) -> Result<Loose, Box<Diagnostic>> {
    let (mut copy, mut skipped) = (Vec::new(), Vec::new());
    let (mut code, mut front) = (None, None);
    let mut count = 0_usize;
    for path in all {
        match means(&path) {
            Means::Beside(why) => skipped.push((path, why.to_owned())),
            Means::Code if !is_told => {
                count += 1;
                code.get_or_insert_with(|| path.clone());
                skipped.push((path, "it is code".to_owned()));
            }
            Means::Front if !is_told => {
                front.get_or_insert(path);
            }
            Means::Copy | Means::Code | Means::Front => copy.push(path),
        }
    }
    let mark = MARKS
        .split(' ')
        .map(|name| folder.join(name))
        .find(|path| path.exists())
        .or_else(|| settings(folder));
    let found = match (mark, front, code) {
        _ if is_told => None,
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

/// Settings of a program in JavaScript: `astro.config.mjs`.
fn settings(folder: &Path) -> Option<PathBuf> {
    let is_settings = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.contains(".config.")
    };
    std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path()).filter(is_settings).min()
}

fn unknown(folder: &Path, path: &Path, what: &str) -> Diagnostic {
    let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let looked: Vec<_> = ALL
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
        format!("this folder is neither a known archive nor a delivery of copy, as it has `{name}`{what}");
    Diagnostic::fatal("import/unknown-folder", message).at(Place::file(folder.to_string_lossy())).help(format!(
        "the import looked for the settings of {}; name the folder that has them, set `--from`, or name single files of copy",
        looked.join(", ")
    ))
}

fn means(path: &Path) -> Means {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    let head = || read_head(path);
    match end.as_str() {
        _ if is_media(&name) => return Means::Beside("it comes along with the story that shows it"),
        end if BESIDE.split(' ').any(|other| other == end) => {
            return Means::Beside("it is no copy, by its name");
        }
        end if CODE.split(' ').any(|other| other == end) => return Means::Code,
        "md" | "markdown" | "mdx" => {
            let stem = name.split('.').next().unwrap_or_default().to_lowercase();
            if matches!(stem.as_str(), "readme" | "license" | "changelog" | "contributing") {
                return Means::Beside("it is no copy, by its name");
            }
            let head = head().unwrap_or_default();
            if [&b"---"[..], b"+++"].iter().any(|mark| head.starts_with(mark)) {
                return Means::Front;
            }
        }
        _ => {}
    }
    // Of a folder, what is no text was not meant.
    let is_text = head().is_none_or(|head| encoding::decode(&head, None).is_some());
    if is_text || is_document(path) { Means::Copy } else { Means::Beside("it is no text") }
}
