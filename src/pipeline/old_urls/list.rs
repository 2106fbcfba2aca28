//! A sitemap, a list of URLs, a server log, or the folder of a built site → the URLs in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Place};

/// The maximum depth of nested sitemap indexes.
const MAX_DEPTH: usize = 3;
/// Extensions of files that nobody links to: those of themes and metadata.
const NOT_LINKED: [&str; 10] =
    ["css", "js", "mjs", "map", "woff", "woff2", "ttf", "eot", "webmanifest", "gz"];

/// Reads the URLs in a file or folder.
///
/// # Errors
/// If it cannot be read or has no URLs.
pub(super) fn read(path: &Path) -> Result<Vec<String>, Box<Diagnostic>> {
    let urls = if path.is_dir() { site_files(path) } else { file_urls(path, 0)? };
    if urls.is_empty() {
        return Err(problem(path, "it contains no URLs").into());
    }
    Ok(urls)
}

fn problem(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::fatal("urls/list", format!("cannot use this list of old URLs: {why}"))
        .at(Place::file(path.to_string_lossy()))
        .help("pass a sitemap, a text file with one URL or path per line, a server log, or the folder of the built site")
}

/// The URL paths of the files of a built site.
fn site_files(folder: &Path) -> Vec<String> {
    let is_shown = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with(['.', '_'])
    };
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_shown);
    let files = files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let paths = files.filter_map(|entry| {
        let path = entry.path().strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/");
        let kind = path.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase()).unwrap_or_default();
        let is_linked = !NOT_LINKED.contains(&&*kind) && path != "404.html";
        // URLs are decoded later, so encode the characters that matter.
        is_linked.then(|| format!("/{}", path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")))
    });
    paths.collect()
}

fn file_urls(path: &Path, depth: usize) -> Result<Vec<String>, Box<Diagnostic>> {
    let bytes = fs::read(path).map_err(|error| problem(path, &error.to_string()))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(problem(path, "it is compressed; decompress it first with `gunzip`").into());
    }
    let text = String::from_utf8(bytes).map_err(|_| problem(path, "it is not UTF-8 text"))?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        return Ok(text.lines().filter_map(line_url).collect());
    }
    let (is_index, locations) = locations(text).map_err(|why| problem(path, &why))?;
    if !is_index {
        return Ok(locations);
    }
    if depth == MAX_DEPTH {
        return Err(problem(path, "its sitemap indexes are nested too deeply").into());
    }
    let mut urls = Vec::new();
    for location in locations {
        let file = local_sitemap(path, &location).ok_or_else(|| {
            problem(path, &format!("it refers to the sitemap {location}; download that into the same folder"))
        })?;
        urls.extend(file_urls(&file, depth + 1)?);
    }
    Ok(urls)
}

/// The local file of a sitemap in an index: next to the index, in as many of its folders as exist.
fn local_sitemap(index: &Path, location: &str) -> Option<PathBuf> {
    let path = super::path_of(location)?;
    let folder = index.parent().unwrap_or(Path::new("."));
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let files = (0..parts.len()).map(|from| folder.join(parts[from..].join("/")));
    files.into_iter().find(|file| file.is_file() && file != index)
}

/// The content of each `<loc>` of a sitemap, and whether it is an index.
fn locations(text: &str) -> Result<(bool, Vec<String>), String> {
    let mut reader = Reader::from_str(text);
    let (mut is_index, mut is_open, mut found) = (false, false, Vec::new());
    let mut current = String::new();
    loop {
        match reader.read_event().map_err(|error| format!("it is not valid XML: {error}"))? {
            Event::Start(tag) => {
                is_index |= tag.local_name().as_ref() == "sitemapindex";
                is_open = tag.name().as_ref() == "loc";
                current.clear();
            }
            Event::Text(text) if is_open => current.push_str(&text),
            Event::CData(text) if is_open => current.push_str(&text),
            Event::GeneralRef(name) if is_open => {
                current.push_str(&htmlize::unescape(format!("&{};", &*name)))
            }
            Event::End(_) if is_open => {
                found.push(current.trim().to_owned());
                is_open = false;
            }
            Event::Eof => return Ok((is_index, found)),
            _ => {}
        }
    }
}

/// The URL in a line of a list, in the first column of a table, or of a successful request in a server log.
fn line_url(line: &str) -> Option<String> {
    static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""(?:GET|HEAD) (\S+) HTTP/[\d.]+"(?: (\d{3}))?"#).expect("the pattern is valid")
    });
    static URL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"^"?((?:https?:/)?/[^\s"]*)"#).expect("the pattern is valid"));
    static NUMBERS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:[,;][\d.%]+)+$").expect("the pattern is valid"));
    if let Some(request) = REQUEST.captures(line) {
        let succeeded = request.get(2).is_none_or(|status| status.as_str().starts_with(['2', '3']));
        return succeeded.then(|| request[1].to_owned());
    }
    let url = URL.captures(line.trim())?;
    Some(NUMBERS.replace(&url[1], "").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_be_a_path_a_row_or_a_request() {
        for (line, url) in [
            ("/2014/03/a/", Some("/2014/03/a/")),
            ("  https://old.example/a?x=1", Some("https://old.example/a?x=1")),
            ("https://old.example/a/,120,3.4%", Some("https://old.example/a/")),
            ("\"https://old.example/a/\",120", Some("https://old.example/a/")),
            ("1.2.3.4 - - [1/Mar/2014] \"GET /a HTTP/1.1\" 200 12 \"-\" \"x\"", Some("/a")),
            ("1.2.3.4 - - [1/Mar/2014] \"GET /a HTTP/1.1\" 404 12", None),
            ("1.2.3.4 - - [1/Mar/2014] \"POST /a HTTP/1.1\" 200 12", None),
            ("# Old URLs", None),
            ("", None),
        ] {
            assert_eq!(line_url(line).as_deref(), url, "{line}");
        }
    }

    #[test]
    fn pictures_in_a_sitemap_are_ignored() {
        let text = "<urlset xmlns:image='x'><url><loc> https://a.example/?a=1&amp;b=2 </loc>\
                    <image:image><image:loc>https://a.example/p.png</image:loc></image:image></url></urlset>";
        assert_eq!(locations(text).unwrap(), (false, vec!["https://a.example/?a=1&b=2".to_owned()]));
        assert!(locations("<urlset><url></urlset>").is_err());
    }
}
