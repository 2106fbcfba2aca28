//! The folders of a site, its theme and the default theme → templates and static files.
//!
//! A template has two names: `article.html` refers to the first of the three folders that has it, and `THEME/article.html` to
//! the one of the theme, so that an override can extend what it replaces.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use walkdir::WalkDir;

use super::DEFAULT;
use crate::conflict;
use crate::content::refusal;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::plain_text;
use crate::plan::{DOTTED, FileSource, StaticFile};
use crate::site::{SiteDir, is_backup, is_temporary};
use crate::slug::composed;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/broadsheet");

/// The codes for files of a theme that are not text.
const NOT_TEXT: [&str; 2] = ["theme/not-text", "theme/not-utf8"];

/// The source of a template.
#[derive(Clone, Debug)]
pub(super) struct TemplateSource {
    /// The path that diagnostics show.
    pub(super) file: Arc<str>,
    pub(super) text: Arc<str>,
}

/// Reads all templates, by name.
pub(super) fn templates(site: &SiteDir, theme: &str) -> (BTreeMap<String, TemplateSource>, Diagnostics) {
    let mut found = BTreeMap::new();
    let mut diagnostics = Diagnostics::default();
    for file in embedded("templates") {
        let source = TemplateSource {
            file: format!("(default theme) templates/{}", file.path).into(),
            text: String::from_utf8_lossy(file.bytes).into(),
        };
        found.insert(format!("{DEFAULT}/{}", file.path), source);
    }
    let mut folders =
        vec![(format!("{theme}/"), site.theme(theme).join("templates")), (String::new(), site.templates())];
    if theme != DEFAULT {
        folders.insert(0, (format!("{DEFAULT}/"), site.theme(DEFAULT).join("templates")));
    }
    for (prefix, dir) in folders {
        for (path, file) in files(site, &dir, &mut diagnostics) {
            let shown: Arc<str> = display_path(site, &file).into();
            if !path.ends_with(".html") {
                diagnostics.extend(wrong_extension(&path, shown));
                continue;
            }
            let read = crate::site::read(&file).map_err(|error| unreadable(shown.clone(), &error));
            let text =
                read.and_then(|bytes| plain_text::decode(&shown, &bytes, NOT_TEXT).map(Arc::<str>::from));
            match text {
                Ok(text) => {
                    diagnostics.extend(conflict::problem(&shown, &text));
                    found.insert(format!("{prefix}{path}"), TemplateSource { file: shown, text });
                }
                Err(problem) => diagnostics.push(problem),
            }
        }
    }
    (found, diagnostics)
}

/// Finds the static files of the site, the theme and, if they are used, of the default theme: each path once, sorted.
pub(super) fn statics(
    site: &SiteDir,
    theme: &str,
    is_used: &dyn Fn(&str) -> bool,
) -> (Vec<StaticFile>, Diagnostics) {
    let mut found: HashMap<String, StaticFile> = HashMap::new();
    let mut diagnostics = Diagnostics::default();
    for file in embedded("static").into_iter().filter(|file| is_used(&file.path)) {
        let shown = format!("(default theme) static/{}", file.path);
        let source = FileSource::Embedded(file.bytes);
        found.insert(file.path.clone(), StaticFile { path: file.path, shown, source, picture: None });
    }
    let default = site.theme(DEFAULT).join("static");
    for dir in [&default, &site.theme(theme).join("static"), &site.static_files()] {
        for (path, file) in files(site, dir, &mut diagnostics) {
            if *dir == default && !is_used(&path) {
                continue;
            }
            let shown = display_path(site, &file);
            let source = FileSource::Disk(file.clone());
            let new = StaticFile { path: path.clone(), shown, source, picture: None };
            if let Some(previous) = found.insert(path, new)
                && let FileSource::Disk(other) = &previous.source
                && other.starts_with(dir)
                && *other != file
            {
                diagnostics.push(ambiguous_name(&previous.shown));
            }
        }
    }
    let mut statics: Vec<StaticFile> = found.into_values().collect();
    statics.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    (statics, diagnostics)
}

/// Reads `theme.yaml` of the theme and of the default theme.
pub(super) fn settings(site: &SiteDir, theme: &str) -> Vec<TemplateSource> {
    let mut found = Vec::new();
    for name in [theme, DEFAULT] {
        let file = site.theme(name).join("theme.yaml");
        if let Ok(text) = crate::site::read_text(&file) {
            found.push(TemplateSource { file: display_path(site, &file).into(), text: text.into() });
        }
        if theme == DEFAULT {
            break;
        }
    }
    if let Some(text) = EMBEDDED.get_file("theme.yaml").and_then(|file| file.contents_utf8()) {
        found.push(TemplateSource { file: "(default theme) theme.yaml".into(), text: text.into() });
    }
    found
}

/// The names of the site's themes, including the default theme.
pub(super) fn theme_names(site: &SiteDir) -> Vec<String> {
    let mut names = vec![DEFAULT.to_owned()];
    let entries = std::fs::read_dir(site.root().join("themes")).into_iter().flatten().flatten();
    names.extend(entries.filter_map(|entry| entry.file_name().into_string().ok()));
    names.sort_unstable();
    names.dedup();
    names
}

struct EmbeddedFile {
    path: String,
    bytes: &'static [u8],
}

fn embedded(part: &str) -> Vec<EmbeddedFile> {
    let mut folders: Vec<&'static Dir<'static>> = EMBEDDED.get_dir(part).into_iter().collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().strip_prefix(part).unwrap_or(file.path());
            found.push(EmbeddedFile { path: with_slashes(path), bytes: file.contents() });
        }
    }
    found
}

/// The files below a folder with their relative paths. Skips hidden files and leftovers of editors, but keeps dotfiles that hosts
/// need.
fn files(site: &SiteDir, dir: &Path, diagnostics: &mut Diagnostics) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    if !dir.is_dir() {
        return found;
    }
    if site.leads_into_builds(dir) {
        diagnostics.push(Diagnostic::link_into_output(Place::file(display_path(site, dir))));
        return found;
    }
    let entries = WalkDir::new(dir).follow_links(true).sort_by_file_name().into_iter();
    let mut entries = entries.filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry.path()));
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) => match refusal(site, &entry) {
                Some(refuse) => {
                    if entry.file_type().is_dir() {
                        entries.skip_current_dir();
                    }
                    diagnostics.push(refuse(Place::file(display_path(site, entry.path()))));
                }
                None if entry.file_type().is_file() && is_backup(&entry.file_name().to_string_lossy()) => {
                    diagnostics.push(backup(display_path(site, entry.path())));
                }
                None if entry.file_type().is_file() => {
                    let path = entry.path().strip_prefix(dir).unwrap_or(entry.path());
                    match name_problem(path) {
                        Some(why) => diagnostics.push(bad_name(display_path(site, entry.path()), why)),
                        None => {
                            found.push((composed(&with_slashes(path)).into_owned(), entry.path().to_owned()))
                        }
                    }
                }
                None => {}
            },
            // Lock files of editors are often dangling symbolic links.
            Err(error) if error.path().is_some_and(is_skipped) => {}
            Err(error) => {
                let file: Arc<str> = error
                    .path()
                    .map_or_else(|| display_path(site, dir), |path| display_path(site, path))
                    .into();
                let cause =
                    error.into_io_error().unwrap_or_else(|| std::io::Error::other("loop of symbolic links"));
                diagnostics.push(unreadable(file, &cause));
            }
        }
    }
    found
}

fn is_skipped(path: &Path) -> bool {
    let name = path.file_name().map(std::ffi::OsStr::to_string_lossy);
    name.is_some_and(|name| !DOTTED.contains(&&*name) && (name.starts_with('.') || is_temporary(&name)))
}

fn backup(shown: String) -> Diagnostic {
    Diagnostic::warning("static/backup", "this file looks like a backup and is not published")
        .at(Place::file(shown))
        .help("delete it, or rename it to publish it")
}

fn ambiguous_name(shown: &str) -> Diagnostic {
    let message = "two files here have names that look the same but are encoded differently in Unicode";
    Diagnostic::error("static/twin-names", message)
        .at(Place::file(shown))
        .help("delete or rename one of them: links cannot tell them apart")
}

/// What is wrong with a file name that becomes part of a URL.
fn name_problem(path: &Path) -> Option<&'static str> {
    match path.to_str() {
        None => Some("the file name is not valid UTF-8"),
        Some(name) if cfg!(unix) && name.contains('\\') => {
            Some("the file name contains a backslash, which browsers treat as `/`")
        }
        Some(_) => None,
    }
}

fn bad_name(file: String, why: &str) -> Diagnostic {
    Diagnostic::error("static/name", why)
        .at(Place::file(file))
        .help("rename the file using letters, digits and hyphens")
}

/// Warns about a file that looks like a template but has the wrong extension.
fn wrong_extension(path: &str, shown: Arc<str>) -> Option<Diagnostic> {
    const OTHERS: [&str; 9] = ["htm", "HTML", "HTM", "xhtml", "tera", "j2", "jinja", "jinja2", "twig"];
    let (name, extension) = path.rsplit_once('.')?;
    let name = name.strip_suffix(".html").unwrap_or(name);
    OTHERS.contains(&extension).then(|| {
        Diagnostic::warning("theme/unused", "this file is not used: template names end in `.html`")
            .at(Place::file(shown))
            .help(format!("rename it to `{name}.html`"))
    })
}

fn display_path(site: &SiteDir, file: &Path) -> String {
    with_slashes(file.strip_prefix(site.root()).unwrap_or(file))
}

fn with_slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn unreadable(file: Arc<str>, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("theme/unreadable", format!("cannot read this file: {error}")).at(Place::file(file))
}
