//! The files of a site → `_headers`: the HTTP headers that Netlify and Cloudflare Pages send with them.
//!
//! Cloudflare joins the values of two rules that set the same header for a path, and Netlify does not document what it
//! does; so no two rules here do that. A `*` comes only at the end of a path, where all hosts agree on its meaning.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::policy;
use crate::pictures;
use crate::plan::{Route, Urls};

/// Cloudflare's limits for rules and lines (developers.cloudflare.com/pages/configuration/headers).
pub const MOST_RULES: usize = 100;
const LONGEST_LINE: usize = 2000;

/// The headers of all files, besides the content security policy.
const ALWAYS: [(&str, &str); 3] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
];

/// For public files without cookies, so that feed readers that run in a browser can fetch them.
const SHARED: (&str, &str) = ("Access-Control-Allow-Origin", "*");
/// For files that search engines should not show in place of the page.
const UNLISTED: (&str, &str) = ("X-Robots-Tag", "noindex");
/// For files whose name changes with their bytes.
const FOREVER: (&str, &str) = ("Cache-Control", "public, max-age=31536000, immutable");
/// For pages: a correction is seen at once, and no cached page names assets that the next deployment has removed.
const CHECKED: (&str, &str) = ("Cache-Control", "public, max-age=0, must-revalidate");

/// The files that get rules.
#[derive(Clone, Debug, Default)]
pub struct Files<'a> {
    /// Pages.
    pub pages: Vec<&'a Route>,
    /// Files whose name changes with their bytes.
    pub fingerprinted: Vec<&'a Route>,
    /// Feeds.
    pub feeds: Vec<&'a Route>,
    /// The JSON of pages.
    pub api: Vec<&'a Route>,
}

/// Writes `_headers`. Rules beyond the limits of hosts are left out: first those of folders with few pages, because
/// hosts ask browsers to revalidate pages anyway; then those of fingerprinted files.
pub fn headers(urls: &Urls, files: &Files<'_>) -> String {
    let policy = policy::default_header();
    let mut rules = Rules::default();
    let mut all = vec![("Content-Security-Policy", policy.as_str())];
    all.extend(ALWAYS);
    rules.add(&format!("{}*", urls.path(&Route::root())), &all);
    for pattern in patterns(urls, &files.feeds) {
        rules.add(&pattern, &[SHARED]);
    }
    let lists: Vec<&Route> = files.api.iter().copied().filter(|route| is_index(route)).collect();
    for pattern in patterns(urls, &lists) {
        rules.add(&pattern, &[SHARED, UNLISTED]);
    }
    let fingerprinted: BTreeSet<&Route> = files.fingerprinted.iter().copied().collect();
    if fingerprinted.iter().any(|route| route.is_rendition()) {
        let folder = Route::root().folder(pictures::FOLDER);
        rules.add(&format!("{}*", urls.path(&folder)), &[FOREVER]);
    }
    for route in fingerprinted.iter().filter(|route| !route.is_rendition()) {
        rules.add(&urls.path(route), &[FOREVER]);
    }
    let room = MOST_RULES.saturating_sub(rules.count);
    for pattern in folders(urls, files, room) {
        rules.add(&pattern, &[CHECKED]);
    }
    rules.text
}

/// The rules written so far.
#[derive(Default)]
struct Rules {
    text: String,
    count: usize,
}

impl Rules {
    fn add(&mut self, path: &str, headers: &[(&str, &str)]) {
        if self.count == MOST_RULES || path.len() > LONGEST_LINE {
            return;
        }
        self.count += 1;
        self.text.extend([path, "\n"]);
        for (name, value) in headers {
            self.text.extend(["  ", name, ": ", value, "\n"]);
        }
    }
}

/// Whether this is the JSON of a folder. The JSON of other pages has names of its own, too many for rules.
fn is_index(route: &Route) -> bool {
    route.as_str().ends_with("/index.json")
}

/// Patterns that match these files, with a placeholder for each folder: `/:a/:b/rss.xml`.
fn patterns(urls: &Urls, routes: &[&Route]) -> BTreeSet<String> {
    let shapes: BTreeSet<(usize, &str)> = routes
        .iter()
        .filter_map(|route| {
            let (folder, name) = route.as_str().rsplit_once('/')?;
            Some((folder.matches('/').count(), name))
        })
        .collect();
    let pattern = |(depth, name): (usize, &str)| {
        let file = urls.path(&Route::root().file(name).ok()?);
        let start = file.len() - file.rsplit('/').next().map_or(0, str::len);
        let names = (b'a'..=b'z').take(depth).map(|letter| format!(":{}/", letter as char));
        Some(format!("{}{}{}", &file[..start], names.collect::<String>(), &file[start..]))
    };
    shapes.into_iter().filter(|(depth, _)| *depth <= 26).filter_map(pattern).collect()
}

/// Patterns of at most `room` folders at the root of the site, those with the most pages, and of the pages there;
/// sorted. Folders with fingerprinted files are left out.
fn folders(urls: &Urls, files: &Files<'_>, room: usize) -> Vec<String> {
    let top = |route: &Route| route.as_str()[1..].split_once('/').map(|(folder, _)| folder.to_owned());
    let kept: BTreeSet<String> = files.fingerprinted.iter().filter_map(|route| top(route)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for route in &files.pages {
        let path = route.as_str();
        let end = path[1..].find('/').map_or(path.len(), |slash| slash + 2);
        if !kept.contains(path[1..end].trim_end_matches('/')) {
            *counts.entry(&path[..end]).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    // The front page is requested most.
    counts.sort_by_key(|(path, count)| (*path != "/", std::cmp::Reverse(*count)));
    counts.truncate(room);
    counts.sort_unstable();
    let pattern = |(path, _): (&str, usize)| {
        let route = Route::parse(path).ok()?;
        let any = if path.len() > 1 && route.is_folder() { "*" } else { "" };
        Some(format!("{}{any}", urls.path(&route)))
    };
    counts.into_iter().filter_map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn urls(base: &str) -> Urls {
        Urls::new(&url::Url::parse(base).unwrap())
    }

    fn routes(paths: &[&str]) -> Vec<Route> {
        paths.iter().map(|path| Route::parse(path).unwrap()).collect()
    }

    /// Rules by path.
    fn read(text: &str) -> Vec<(&str, Vec<&str>)> {
        let mut rules: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in text.lines() {
            match line.strip_prefix("  ") {
                Some(header) => rules.last_mut().unwrap().1.push(header),
                None => rules.push((line, Vec::new())),
            }
        }
        rules
    }

    fn fits(pattern: &str, path: &str) -> bool {
        if let Some(start) = pattern.strip_suffix('*') {
            return path.starts_with(start);
        }
        let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        let same = |(one, other): (&&str, &&str)| one.starts_with(':') || one == other;
        pattern.len() == path.len() && pattern.iter().zip(&path).all(same)
    }

    #[test]
    fn one_rule_covers_all_renditions() {
        let files = routes(&["/renditions/0123456789abcdef/quay-320.jpg", "/renditions/f/quay-640.avif"]);
        let text = headers(
            &urls("https://x.example/"),
            &Files { fingerprinted: files.iter().collect(), ..Files::default() },
        );
        assert_eq!(text.matches("immutable").count(), 1, "{text}");
        assert!(
            text.contains("\n/renditions/*\n  Cache-Control: public, max-age=31536000, immutable\n"),
            "{text}"
        );
    }

    #[test]
    fn each_kind_of_file_has_its_headers() {
        let pages = routes(&["/", "/about/", "/2026/", "/2026/11/a b/", "/404.html", "/css/guide/"]);
        let assets = routes(&["/css/site.0123456789.css", "/x:y*.0123456789.js"]);
        let feeds =
            routes(&["/rss.xml", "/world/rss.xml", "/tags/a/rss.xml", "/local/rss.xml", "/feed.json"]);
        let api =
            routes(&["/index.json", "/2026/11/a/index.json", "/world/page/3/index.json", "/2026/x.json"]);
        let files = Files {
            pages: pages.iter().collect(),
            fingerprinted: assets.iter().collect(),
            feeds: feeds.iter().collect(),
            api: api.iter().collect(),
        };
        let text = headers(&urls("https://x.example:8080/news/"), &files);
        let rules = read(&text);
        let paths: Vec<&str> = rules.iter().map(|(path, _)| *path).collect();
        assert_eq!(
            paths,
            [
                "/news/*",
                "/news/:a/:b/rss.xml",
                "/news/:a/rss.xml",
                "/news/feed.json",
                "/news/rss.xml",
                "/news/:a/:b/:c/index.json",
                "/news/index.json",
                "/news/css/site.0123456789.css",
                "/news/x%3Ay%2A.0123456789.js",
                "/news/",
                "/news/2026/*",
                "/news/404.html",
                "/news/about/*",
            ]
        );
        assert_eq!(rules[1].1, ["Access-Control-Allow-Origin: *"]);
        assert_eq!(rules[5].1, ["Access-Control-Allow-Origin: *", "X-Robots-Tag: noindex"]);
        assert_eq!(rules[7].1, ["Cache-Control: public, max-age=31536000, immutable"]);
        assert_eq!(rules[9].1, ["Cache-Control: public, max-age=0, must-revalidate"]);
        assert_eq!(rules[0].1.len(), 4);
        assert!(
            rules[0].1[0].starts_with("Content-Security-Policy: default-src 'none'; script-src 'self'; ")
        );
        assert!(!text.contains("upgrade-insecure-requests") && !text.contains("unsafe"));
    }

    #[test]
    fn an_empty_site_has_the_common_headers() {
        assert_eq!(read(&headers(&urls("https://x.example/"), &Files::default()))[0].0, "/*");
    }

    #[test]
    fn small_folders_are_left_out_first() {
        let few = routes(
            &(0..200)
                .map(|n| format!("/few{n}/"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
        let many = routes(&["/", "/many/a/", "/many/b/"]);
        let assets: Vec<Route> = (0..90).map(|n| Route::parse(&format!("/css/{n}.css")).unwrap()).collect();
        let mut files = Files {
            pages: few.iter().chain(&many).collect(),
            fingerprinted: assets.iter().collect(),
            ..Files::default()
        };
        let text = headers(&urls("https://x.example/"), &files);
        let paths: Vec<&str> = read(&text).into_iter().map(|(path, _)| path).collect();
        assert_eq!((paths.len(), paths[91], paths[99]), (100, "/", "/many/*"));

        let more: Vec<Route> = (0..150).map(|n| Route::parse(&format!("/js/{n}.js")).unwrap()).collect();
        files.fingerprinted.extend(&more);
        let text = headers(&urls("https://x.example/"), &files);
        assert_eq!(read(&text).len(), 100);
        let long = format!("https://x.example/{}/", "a".repeat(2500));
        assert_eq!(headers(&urls(&long), &files), "");
    }

    #[test]
    fn lines_stay_within_the_limit() {
        let text = headers(&urls("https://x.example/"), &Files::default());
        assert!(text.lines().all(|line| line.len() < LONGEST_LINE));
    }

    /// A path, and which of the four kinds of files it is.
    fn a_file() -> impl Strategy<Value = (Route, u8)> {
        let name = "(|a\\.css|a\\.html)";
        let folder = ("[ab]", "([ab]/){0,3}");
        (folder, name, 0..4_u8).prop_map(|((first, rest), name, kind)| {
            // Feeds and the API have names of their own.
            let name = match kind {
                2 => "rss.xml",
                3 => "index.json",
                _ => name.as_str(),
            };
            (Route::parse(&format!("/{first}/{rest}{name}")).unwrap(), kind)
        })
    }

    proptest! {
        #[test]
        fn no_path_has_a_header_twice(all in proptest::collection::vec(a_file(), 0..12)) {
            let common = routes(&["/", "/a.html", "/rss.xml", "/index.json"]);
            let of = |wanted: u8| all.iter().filter(move |(_, kind)| *kind == wanted).map(|(route, _)| route);
            let files = Files {
                pages: of(0).chain(&common[..2]).collect(),
                fingerprinted: of(1).collect(),
                feeds: of(2).chain([&common[2]]).collect(),
                api: of(3).chain([&common[3]]).collect(),
            };
            let urls = urls("https://x.example/a/");
            let text = headers(&urls, &files);
            for route in all.iter().map(|(route, _)| route).chain(&common) {
                let path = urls.path(route);
                let fitting = read(&text).into_iter().filter(|(pattern, _)| fits(pattern, &path));
                let mut names: Vec<&str> = fitting.flat_map(|(_, headers)| headers).map(|header| header.split(':').next().unwrap()).collect();
                let count = names.len();
                names.sort_unstable();
                names.dedup();
                prop_assert_eq!(names.len(), count, "{} in\n{}", path, text);
            }
        }
    }
}
