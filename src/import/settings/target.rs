//! Inspects the folder that an archive is imported into.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use walkdir::WalkDir;

use super::{FILE, parse};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::site::{SiteDir, is_temporary};
use crate::starter;

/// The folder of a site before an import.
pub(super) struct Target {
    pub(super) text: String,
    pub(super) is_new: bool,
    /// Sample articles as `init` wrote them.
    pub(super) samples: Vec<PathBuf>,
    pub(super) has_articles: bool,
}

impl Target {
    pub(super) fn inspect(site: &SiteDir) -> Result<Self, Vec<Diagnostic>> {
        let (text, is_new) = match crate::site::read_text(&site.config()) {
            Ok(text) => (text, false),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let settings = starter::empty().into_iter().find(|(path, _)| *path == FILE);
                (settings.map(|(_, text)| text).unwrap_or_default(), true)
            }
            Err(_) => return Err(Config::load(site).1.into_sorted()),
        };
        let content = site.content();
        let is_sample = |path: &str| {
            let text = crate::site::read_text(&content.join(path));
            text.is_ok_and(|text| starter::is_unchanged(&format!("content/{path}"), &text))
        };
        let samples: Vec<PathBuf> =
            starter::articles().filter(|path| is_sample(path)).map(|path| content.join(path)).collect();
        let has_articles = WalkDir::new(&content).into_iter().filter_map(Result::ok).any(|entry| {
            let is_file = entry.file_type().is_file() && !is_temporary(&entry.file_name().to_string_lossy());
            is_file && !samples.iter().any(|sample| sample == entry.path())
        });
        Ok(Self { text, is_new, samples, has_articles })
    }

    /// Whether nothing in the folder was edited, so that the archive's settings may replace its own.
    pub(super) fn is_fresh(&self) -> bool {
        !self.has_articles && starter::is_unchanged(FILE, &self.text)
    }
}

/// The settings of a new site in an empty folder. `None` if the folder is not empty.
pub fn settings_for_empty_dir(site: &SiteDir) -> Option<Config> {
    let is_empty = |folder: PathBuf| fs::read_dir(folder).is_ok_and(|mut all| all.next().is_none());
    let is_vacant = match fs::read_dir(site.root()) {
        Ok(entries) => entries.filter_map(Result::ok).all(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().starts_with('.') || name == "content" && is_empty(entry.path())
        }),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    let text = starter::empty().into_iter().find(|(path, _)| *path == FILE).filter(|_| is_vacant);
    text.and_then(|(_, text)| parse(&text).0)
}
