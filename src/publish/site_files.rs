//! The files of a build → the files of a publication, with the headers that hosts should send.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hashes;
use super::local_file::{ContentHash, Headers, LocalFile, Source};
use super::urls::url_path;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::host_files::{SiteHeaders, content_type};
use crate::plan::{FileClass, HEADERS, SiteFile};
use crate::site::SiteDir;

/// The file that names the build, with which a publication is verified.
pub(crate) const BUILD_FILE: &str = "_bulletin/build.txt";
/// The folder of bulletin's own files, which no file of a site can be in.
pub(crate) const OWN_FOLDER: &str = "_bulletin/";

/// For files whose names change with their bytes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// For files that keep their names, such as pictures: a replaced one is seen within the hour.
const HOUR: &str = "public, max-age=3600";
/// For pages and feeds: a correction is seen at once.
const CHECKED: &str = "public, max-age=0, must-revalidate";

/// Reads the files of a build in the output folder. Returns them, and `more` that only publications have, sorted by path, with the id of the build: equal sites have equal ids.
///
/// # Errors
/// If a file cannot be read, or has a path that bulletin uses itself.
pub(crate) fn local_files(
    site: &SiteDir,
    config: &Config,
    files: Vec<SiteFile>,
    more: Vec<LocalFile>,
) -> Result<(Vec<LocalFile>, String), Box<Diagnostic>> {
    let dir = site.output();
    if let Some(file) = files.iter().find(|file| file.path.starts_with(OWN_FOLDER)) {
        let message =
            format!("a published file cannot be in `{OWN_FOLDER}`: bulletin keeps its own files there");
        let problem = Diagnostic::error("publish/reserved", message).at(Place::file(file.path.as_str()));
        return Err(Box::new(problem.help("move it to another folder")));
    }
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let hashes = hashes::of_files(site, &dir, &paths).map_err(|(path, error)| {
        let message = format!("cannot read `{path}` in the output folder: {error}");
        Diagnostic::fatal("publish/unreadable", message)
            .help("publish again; the build restores missing files")
    })?;
    let rules = std::fs::read_to_string(dir.join(HEADERS)).unwrap_or_default();
    let rules = SiteHeaders::parse_cache_control(&rules);
    let mut known: BTreeMap<Headers, Arc<Headers>> = BTreeMap::new();
    let mut local: Vec<LocalFile> = Vec::with_capacity(files.len() + 1);
    for (file, (size, hash)) in files.into_iter().zip(hashes) {
        let headers = headers(&rules, config, &file);
        let headers = known.entry(headers.clone()).or_insert_with(|| Arc::new(headers)).clone();
        let source = Source::Disk(dir.join(&file.path));
        local.push(LocalFile { path: file.path, class: file.class, source, size, hash, headers });
    }
    local.extend(more);
    let build = build_id(&local);
    local.push(build_file(&build));
    local.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok((local, build))
}

/// The headers of a file. Rules of `_headers` for `Cache-Control` win over those of its class.
fn headers(rules: &SiteHeaders, config: &Config, file: &SiteFile) -> Headers {
    let prefix = config.base_url.path().trim_end_matches('/');
    let of_class = match file.class {
        FileClass::Asset | FileClass::Rendition => FOREVER,
        FileClass::Static | FileClass::StoryFile if !is_page_like(&file.path) => HOUR,
        _ => CHECKED,
    };
    let at = format!("{prefix}{}", url_path(&file.path));
    let own = rules.for_path(&at).into_iter().next().map(|(_, value)| value);
    Headers {
        content_type: content_type(&file.path).to_owned(),
        cache_control: Some(own.unwrap_or_else(|| of_class.to_owned())),
        content_encoding: None,
        redirects_to: file.redirects_to.clone(),
    }
}

/// Whether a static file may show a story: pages and data, not pictures or fonts.
fn is_page_like(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["html", "htm", "json", "xml", "txt"].contains(&extension)
}

fn build_id(files: &[LocalFile]) -> String {
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher.update(file.path.as_bytes());
        hasher.update(&[0]);
        hasher.update(&file.hash.0);
        // Debug text of plain strings: unambiguous, and the same for the same headers.
        hasher.update(format!("{:?}", file.headers).as_bytes());
    }
    ContentHash::from_blake3(hasher.finalize()).to_string()
}

/// The file with the id of the build. It is uploaded last.
fn build_file(build: &str) -> LocalFile {
    let bytes: Arc<[u8]> = format!("{build}\n").into_bytes().into();
    LocalFile {
        path: BUILD_FILE.to_owned(),
        class: FileClass::Front,
        size: bytes.len() as u64,
        hash: ContentHash::of(&bytes),
        source: Source::Memory(bytes),
        headers: Arc::new(Headers {
            content_type: content_type(BUILD_FILE).to_owned(),
            cache_control: Some("no-store".to_owned()),
            ..Headers::default()
        }),
    }
}
