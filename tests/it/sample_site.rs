//! Guards the sample site of this repository, which demonstrates the default theme: every link works, and every page is
//! complete and small.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::support::{Run, Tree, bulletin, copy_sample_site, tree};
use percent_encoding::percent_decode_str;

/// The pages and files of the site, built once for all tests.
static SITE: LazyLock<Tree> = LazyLock::new(|| {
    let temp = tempfile::tempdir().unwrap();
    copy_sample_site(temp.path());
    let mut command = bulletin();
    let run = Run::of(
        command.args(["build", "--strict", "--as-of", crate::support::AS_OF, "--site"]).arg(temp.path()),
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    tree(&temp.path().join("public"))
});

/// A start tag with its attributes.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The start tags of a page, in order. Parses only what templates write.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").expect("a comment is closed").1;
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = tag(rest);
            rest = after;
            if matches!(tag.name.as_str(), "script" | "style") {
                rest = &rest[rest.find(&format!("</{}", tag.name)).expect("an element is closed")..];
            }
            tags.push(tag);
        }
    }
    tags
}

fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap();
    let mut tag = Tag { name: text[..end].to_lowercase(), attributes: Vec::new() };
    let mut rest = text[end..].trim_start();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '=')).expect("a tag is closed");
        let name = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().unwrap();
            let (text, after) = match quote {
                '"' | '\'' => after[1..].split_once(quote).expect("an attribute is closed"),
                _ => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap()),
            };
            value = text
                .replace("&amp;", "&")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&#x27;", "'");
            rest = after;
        }
        assert!(tag.get(&name).is_none(), "<{}> has two {name}", tag.name);
        tag.attributes.push((name, value));
    }
}

fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let html = SITE.iter().filter(|(path, _)| path.ends_with(".html"));
    html.map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).unwrap()))
}

fn is_redirect(html: &str) -> bool {
    html.contains("http-equiv=\"refresh\"")
}

/// All URLs of a tag, as written.
fn targets(tag: &Tag) -> Vec<String> {
    let mut targets: Vec<String> = ["href", "src", "poster", "action"]
        .iter()
        .filter_map(|name| tag.get(name))
        .map(str::to_owned)
        .collect();
    for name in ["srcset", "imagesrcset"] {
        let sources = tag.get(name).into_iter().flat_map(|set| set.split(','));
        targets.extend(sources.filter_map(|source| source.split_whitespace().next()).map(str::to_owned));
    }
    let is_url = tag.get("property").is_some_and(|name| matches!(name, "og:url" | "og:image"));
    targets.extend(tag.get("content").filter(|_| is_url).map(str::to_owned));
    targets
}

#[test]
fn every_link_and_fragment_has_a_target() {
    let ids: BTreeMap<&str, BTreeSet<String>> = pages()
        .map(|(path, html)| {
            (path, tags(html).iter().filter_map(|tag| tag.get("id")).map(str::to_owned).collect())
        })
        .collect();
    let base = url::Url::parse("https://meridian.example/").unwrap();
    let (mut checked, mut broken) = (0, Vec::new());
    for (path, html) in pages() {
        let here = base.join(&path.replace("index.html", "")).unwrap();
        for target in tags(html).iter().flat_map(targets) {
            let url = here.join(&target).unwrap_or_else(|error| panic!("{path}: {target}: {error}"));
            if url.host_str() != base.host_str() {
                continue;
            }
            checked += 1;
            let file = percent_decode_str(&url.path()[1..]).decode_utf8().unwrap().into_owned();
            let file =
                if file.is_empty() || file.ends_with('/') { format!("{file}index.html") } else { file };
            let fragment =
                url.fragment().map(|id| percent_decode_str(id).decode_utf8().unwrap().into_owned());
            let found = match (SITE.contains_key(&file), fragment.as_deref()) {
                (found, None | Some("" | "top")) => found,
                (found, Some(id)) => found && ids.get(file.as_str()).is_some_and(|ids| ids.contains(id)),
            };
            if !found {
                broken.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{} lead nowhere:\n{}", broken.len(), broken.join("\n"));
    assert!(checked > 1000, "{checked} links");
}

#[test]
fn no_page_has_an_id_twice_and_every_label_has_its_element() {
    for (path, html) in pages() {
        let mut seen = BTreeSet::new();
        let tags = tags(html);
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(!id.is_empty() && seen.insert(id), "{path}: the id `{id}` is there twice");
        }
        for tag in &tags {
            for name in ["aria-labelledby", "aria-describedby", "aria-controls", "for"] {
                for id in tag.get(name).into_iter().flat_map(str::split_whitespace) {
                    assert!(seen.contains(id), "{path}: {name} names `{id}`, which is not there");
                }
            }
        }
    }
}

#[test]
fn every_page_has_one_heading_a_title_and_a_language() {
    let mut titles = BTreeMap::new();
    for (path, html) in pages().filter(|(_, html)| !is_redirect(html)) {
        let tags = tags(html);
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        assert_eq!((count("h1"), count("title"), count("main")), (1, 1, 1), "{path}: h1, title, main");
        let lang = tags.iter().find(|tag| tag.name == "html").and_then(|tag| tag.get("lang"));
        assert!(lang.is_some_and(|lang| !lang.is_empty()), "{path} has no language");
        let title = html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.trim();
        assert!(!title.is_empty(), "{path} has an empty title");
        if let Some(other) = titles.insert(title, path) {
            panic!("{path} and {other} have one title: {title}");
        }
        for image in tags.iter().filter(|tag| tag.name == "img") {
            assert!(image.get("alt").is_some(), "{path}: a picture without alt: {:?}", image.get("src"));
        }
        assert!(html.starts_with("<!doctype html>") || html.starts_with("<!DOCTYPE html>"), "{path}");
        assert!(html.trim_end().ends_with("</html>"), "{path}");
    }
}

#[test]
fn no_page_exceeds_50_kib_with_its_style_sheet() {
    let mut checked = 0;
    for (path, html) in pages() {
        let style: usize = tags(html)
            .iter()
            .filter(|tag| tag.get("rel") == Some("stylesheet"))
            .map(|tag| SITE[tag.get("href").unwrap().trim_start_matches('/')].len())
            .sum();
        checked += usize::from(style > 0);
        let weight = html.len() + style;
        assert!(weight <= 50 * 1024, "{path} weighs {weight} bytes");
        let scripts =
            tags(html).iter().filter(|tag| tag.name == "script" && tag.get("src").is_some()).count();
        assert_eq!(scripts, 0, "{path} loads a script");
    }
    assert!(checked > 50, "{checked} pages have a style sheet");
}

#[test]
fn the_sample_has_enough_stories_and_languages() {
    let articles = pages().filter(|(path, html)| {
        let parts: Vec<&str> = path.split('/').collect();
        let is_year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        parts.len() == 4 && is_year(parts[0]) && parts[2].parse::<u8>().is_err() && !is_redirect(html)
    });
    let count = articles.count();
    assert!(count >= 24, "{count} articles");
    let languages: BTreeSet<String> = pages()
        .filter_map(|(_, html)| tags(html).into_iter().find(|tag| tag.name == "html"))
        .filter_map(|tag| tag.get("lang").map(str::to_owned))
        .collect();
    assert!(languages.len() >= 3, "{languages:?}");
    // No file contains what editors hold back.
    for (path, bytes) in SITE.iter() {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        assert!(
            !path.contains("theatre-reopens") && !text.contains("theatre-reopens"),
            "{path} names a scheduled story"
        );
    }
}
