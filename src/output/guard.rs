//! Checks that a site may be built into a folder.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::site::{SiteDir, real_path};

/// Checks an output folder; returns its path with links resolved.
///
/// # Errors
/// If it is or contains a source folder, the site, the home folder or the root of the file system, or is inside a
/// source folder or version control.
pub(super) fn check(site: &SiteDir, dir: &Path) -> Result<PathBuf, Diagnostic> {
    let refuse = |why: &str| {
        Err(Diagnostic::fatal("output/refused", format!("cannot build a site into this folder: {why}"))
            .at(Place::file(dir.to_string_lossy().replace('\\', "/")))
            .help("choose a folder of its own, such as `public`"))
    };
    let real = real_path(dir);
    let root = real_path(site.root());
    if real.parent().is_none() {
        return refuse("it is the root of the file system");
    }
    if real == root {
        return refuse("it is the site itself");
    }
    if root.starts_with(&real) {
        return refuse("it contains the site");
    }
    if std::env::home_dir().is_some_and(|home| real_path(&home).starts_with(&real)) {
        return refuse("it is or contains your home folder");
    }
    for source in site.sources() {
        let source = real_path(&source);
        if real.starts_with(&source) || source.starts_with(&real) {
            let name =
                source.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            return refuse(&format!("it overlaps with the site's sources (`{name}`)"));
        }
    }
    let state = real_path(&site.state());
    for source in site.sources() {
        let real = real_path(&source);
        if real.starts_with(&state) || state.starts_with(&real) {
            return Err(Diagnostic::link_into_output(Place::file(super::shown(
                source.strip_prefix(site.root()).unwrap_or(&source),
            ))));
        }
    }
    if real.starts_with(state) {
        return refuse("bulletin keeps its own files there");
    }
    if real.components().any(|part| part.as_os_str() == ".git") {
        return refuse("it belongs to Git");
    }
    if real.exists() && !real.is_dir() {
        return refuse("it is a file");
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_overlap_with_the_site_are_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().join("site");
        std::fs::create_dir_all(root.join("content/world")).unwrap();
        let site = SiteDir::new(&root);
        for refused in [
            "",
            "..",
            "content",
            "content/world",
            "content/new",
            "static/x",
            "themes",
            ".bulletin/x",
            "/",
            ".git",
            "public/../content",
        ] {
            assert!(check(&site, &root.join(refused)).is_err(), "{refused}");
        }
        for allowed in ["public", "dist/www", "../elsewhere"] {
            assert!(check(&site, &root.join(allowed)).is_ok(), "{allowed}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_sources_is_refused() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("content")).unwrap();
        std::os::unix::fs::symlink(root.path().join("content"), root.path().join("public")).unwrap();
        assert!(check(&SiteDir::new(root.path()), &root.path().join("public")).is_err());
    }
}
