//! A sitemap, a list of URLs, the log of a server, or the folder of a built site → the URLs in it, as they are written.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Place};

/// Sitemaps that an index leads to, and those that these lead to.
const DEPTH: usize = 3;
/// Files of a built site that belong to its theme, or tell machines of it: nobody links to them.
const NOT_LINKED: [&str; 10] =
    ["css", "js", "mjs", "map", "woff", "woff2", "ttf", "eot", "webmanifest", "gz"];

/// The URLs of a file or folder.
///
/// # Errors
/// If it cannot be read, or has no URL.
pub(super) fn read(path: &Path) -> Result<Vec<String>, Box<Diagnostic>> {
    let urls = if path.is_dir() { built(path) } else { of_file(path, 0)? };
    if urls.is_empty() {
        return Err(problem(path, "there is no URL in it").into());
    }
    Ok(urls)
}

fn problem(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::fatal("urls/list", format!("this list of old URLs cannot be used: {why}"))
        .at(Place::file(path.to_string_lossy()))
        .help("name a sitemap, a text file with a URL or path a line, or the folder of the site as it was built")
}

/// Of each file of a built site the path that it had.
fn built(folder: &Path) -> Vec<String> {
    let is_shown = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with(['.', '_'])
    };
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_shown);
    let files = files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let paths = files.filter_map(|entry| {
        let path = entry.path().strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/");
        let kind = path.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase()).unwrap_or_default();
        let is_linked = !NOT_LINKED.contains(&&*kind) && path != "404.html";
        // What is read next is encoded.
        is_linked.then(|| format!("/{}", path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")))
    });
    paths.collect()
}

fn of_file(path: &Path, depth: usize) -> Result<Vec<String>, Box<Diagnostic>> {
    let bytes = fs::read(path).map_err(|error| problem(path, &error.to_string()))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(problem(path, "it is compressed; unpack it first (`gunzip`)").into());
    }
    let text = String::from_utf8(bytes).map_err(|_| problem(path, "it is no text in UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        return Ok(text.lines().filter_map(of_line).collect());
    }
    let (is_index, locations) = locations(text).map_err(|why| problem(path, &why))?;
    if !is_index {
        return Ok(locations);
    }
    if depth == DEPTH {
        return Err(problem(path, "it is an index of indexes without end").into());
    }
    let mut urls = Vec::new();
    for location in locations {
        let file = beside(path, &location).ok_or_else(|| {
            problem(
                path,
                &format!("the sitemap {location} that it lists is not beside it; download it there"),
            )
        })?;
        urls.extend(of_file(&file, depth + 1)?);
    }
    Ok(urls)
}

/// The file of a sitemap that an index lists: beside the index, with as many of its folders as are there.
fn beside(index: &Path, location: &str) -> Option<PathBuf> {
    let path = super::path_of(location)?;
    let folder = index.parent().unwrap_or(Path::new("."));
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let files = (0..parts.len()).map(|from| folder.join(parts[from..].join("/")));
    files.into_iter().find(|file| file.is_file() && file != index)
}

/// The content of each `<loc>` of a sitemap, and whether it is an index of others.
fn locations(text: &str) -> Result<(bool, Vec<String>), String> {
    let mut reader = Reader::from_str(text);
    let (mut is_index, mut is_open, mut found) = (false, false, Vec::new());
    let mut now = String::new();
    loop {
        match reader.read_event().map_err(|error| format!("it is no XML that can be read: {error}"))? {
            Event::Start(tag) => {
                is_index |= tag.local_name().as_ref() == "sitemapindex";
                is_open = tag.name().as_ref() == "loc";
                now.clear();
            }
            Event::Text(words) if is_open => now.push_str(&words),
            Event::CData(words) if is_open => now.push_str(&words),
            Event::GeneralRef(name) if is_open => now.push_str(&htmlize::unescape(format!("&{};", &*name))),
            Event::End(_) if is_open => {
                found.push(now.trim().to_owned());
                is_open = false;
            }
            Event::Eof => return Ok((is_index, found)),
            _ => {}
        }
    }
}

/// The URL of a line: of a list, the first column of a table, or a request in the log of a server that was answered.
fn of_line(line: &str) -> Option<String> {
    static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""(?:GET|HEAD) (\S+) HTTP/[\d.]+"(?: (\d{3}))?"#).expect("a pattern that is tested")
    });
    static URL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"^"?((?:https?:/)?/[^\s"]*)"#).expect("a pattern that is tested"));
    static NUMBERS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:[,;][\d.%]+)+$").expect("a pattern that is tested"));
    if let Some(request) = REQUEST.captures(line) {
        let was_there = request.get(2).is_none_or(|status| status.as_str().starts_with(['2', '3']));
        return was_there.then(|| request[1].to_owned());
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
            assert_eq!(of_line(line).as_deref(), url, "{line}");
        }
    }

    #[test]
    fn pictures_of_a_sitemap_are_no_pages() {
        let text = "<urlset xmlns:image='x'><url><loc> https://a.example/?a=1&amp;b=2 </loc>\
                    <image:image><image:loc>https://a.example/p.png</image:loc></image:image></url></urlset>";
        assert_eq!(locations(text).unwrap(), (false, vec!["https://a.example/?a=1&b=2".to_owned()]));
        assert!(locations("<urlset><url></urlset>").is_err());
    }
}
