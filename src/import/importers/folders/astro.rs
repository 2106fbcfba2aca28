//! Astro: collections below `src/content`, pages below `src/pages`, Markdown with components.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use walkdir::WalkDir;

use super::{Flavor, Site, is_markdown, plain_settings};
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{FileKind, KeyMapping, LinkTarget, read_text, urls};
use crate::import::front::Front;

const CONFIG: [&str; 5] =
    ["astro.config.mjs", "astro.config.ts", "astro.config.js", "astro.config.mts", "astro.config.cjs"];

#[derive(Clone, Debug, Default)]
pub(super) struct Astro {
    /// Folders of collections, and the paths that their pages have.
    collections: Vec<(String, String)>,
}

impl Flavor for Astro {
    const NAME: &'static str = "astro";
    const SHOWN: (&'static str, &'static str) = ("Astro", "astro.config.mjs");
    const DELIMITERS: &'static [Delimiters] = &[];

    fn fits(folder: &Path) -> bool {
        CONFIG.iter().any(|name| folder.join(name).is_file())
    }

    fn open(site: &mut Site<Self>, root: &Path) {
        site.settings = CONFIG.iter().find_map(|name| plain_settings(&root.join(name))).unwrap_or_default();
        site.zone = Some(jiff::tz::TimeZone::UTC);
        // Themes keep the title in a file of constants.
        for name in ["src/consts.ts", "src/config.ts", "src/consts.js", "src/site.config.ts"] {
            static CONSTANT: LazyLock<Regex> = LazyLock::new(|| {
                Regex::new(r#"(?m)^\s*(?:export const )?(?:SITE_)?(TITLE|title|DESCRIPTION|desc|description|lang|timezone)\s*[=:]\s*["'`]([^"'`\n]*)["'`]"#)
                    .expect("a pattern that is tested")
            });
            for found in CONSTANT.captures_iter(&read_text(&root.join(name)).unwrap_or_default()) {
                let key =
                    if &found[1] == "desc" { "description".to_owned() } else { found[1].to_lowercase() };
                site.settings.0.entry(key).or_insert(found[2].into());
            }
        }
        let folders =
            std::fs::read_dir(root.join("src/content")).into_iter().flatten().filter_map(Result::ok);
        let mut names: Vec<(String, String)> = folders
            .filter(|folder| folder.path().is_dir())
            .filter_map(|folder| Some(folder.file_name().to_str()?.to_owned()))
            .map(|name| (format!("src/content/{name}"), name))
            .collect();
        names.extend(
            ["src/content.config.ts", "src/content/config.ts", "src/content.config.js"]
                .iter()
                .flat_map(|name| loaded(&root.join(name))),
        );
        let above = names.iter().map(|(folder, _)| urls::split(folder).0.to_owned());
        site.contents = above.chain(["src/pages".to_owned()]).collect();
        site.contents.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        site.contents.dedup();
        names.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        site.own.collections =
            names.into_iter().map(|(folder, name)| (folder, route(root, &name).unwrap_or(name))).collect();
    }

    fn classify(site: &Site<Self>, path: &str) -> FileKind {
        let is_page = path.starts_with("src/pages/");
        match path.strip_prefix("public/") {
            Some(inner) => {
                urls::skip_reason(inner).map_or_else(|| FileKind::Static(inner.to_owned()), FileKind::Skipped)
            }
            None if is_markdown(path) && urls::split(path).1.starts_with('_') => {
                FileKind::Skipped("its name begins with `_`")
            }
            None if is_markdown(path) && (is_page || site.collection(path).is_some()) => FileKind::Article,
            None if is_page && path.ends_with(".astro") && !path.contains('[') => {
                FileKind::Skipped("it is a page of the old theme")
            }
            None => FileKind::Beside,
        }
    }

    fn url(site: &Site<Self>, path: &str, front: &Front) -> Option<String> {
        let stem = urls::stem(path).0;
        let stem = stem.strip_suffix("/index").unwrap_or(stem);
        let whole = match stem.strip_prefix("src/pages") {
            Some(page) => page.to_owned(),
            None => {
                let (folder, route) = site.collection(path)?;
                let id = stem.strip_prefix(folder.as_str())?.trim_start_matches('/');
                let id = front
                    .text("slug")
                    .unwrap_or_else(|| id.split('/').map(slug).collect::<Vec<_>>().join("/"));
                format!("{route}/{id}")
            }
        };
        let end =
            match (site.settings.text("format").as_deref(), site.settings.text("trailingSlash").as_deref()) {
                (Some("file"), _) => ".html",
                (_, Some("never")) => "",
                _ => "/",
            };
        let whole = whole.trim_matches('/');
        Some(if whole.is_empty() { "/".to_owned() } else { format!("{whole}{end}") })
    }

    fn map_key(key: &str) -> Option<KeyMapping> {
        Some(match key {
            "pubDatetime" | "publishedAt" | "createdAt" => KeyMapping::Field("date", 20),
            "updatedDate" | "modDatetime" | "updatedAt" | "lastModified" => KeyMapping::Field("updated", 20),
            "heroImage" | "coverImage" | "hero" | "ogImage" | "img" => KeyMapping::Field("image", 20),
            _ => return None,
        })
    }

    fn link_target(_site: &Site<Self>, _path: &str, destination: &str) -> Option<LinkTarget> {
        let rest = ["@/", "~/", "@assets/"].iter().find_map(|alias| destination.strip_prefix(alias))?;
        let folder = if destination.starts_with("@assets") { "src/assets" } else { "src" };
        Some(LinkTarget::File(format!("{folder}/{rest}")))
    }
}

impl Site<Astro> {
    /// The collection that a file is in: its folder, and the path of its pages.
    fn collection(&self, path: &str) -> Option<&(String, String)> {
        self.own
            .collections
            .iter()
            .find(|(folder, _)| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }
}

/// Collections that are loaded from folders of their own: `blog = defineCollection({ loader: glob({ base: "./x" }) })`.
fn loaded(file: &Path) -> Vec<(String, String)> {
    static LOADER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"const\s+(\w+)\s*=\s*defineCollection\([^;]*?base\s*:\s*["'`]([^"'`]+)"#)
            .expect("a pattern that is tested")
    });
    let text = read_text(file).unwrap_or_default();
    let pair = |found: regex::Captures<'_>| {
        (found[2].trim_start_matches("./").trim_matches('/').to_owned(), found[1].to_owned())
    };
    LOADER.captures_iter(&text).map(pair).collect()
}

/// The path of the pages of a collection: that of the page with a part in brackets that reads it.
fn route(root: &Path, collection: &str) -> Option<String> {
    let pages = root.join("src/pages");
    let files = WalkDir::new(&pages)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|file| file.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).find_map(|file| {
        let name = file.strip_prefix(&pages).ok()?.to_str()?.replace('\\', "/");
        let (folder, last) = urls::split(&name);
        let last =
            if last.starts_with("index.") && folder.ends_with(']') { urls::split(folder).1 } else { last };
        let is_of_all = ["[...slug]", "[slug]", "[...id]", "[id]", "[post]", "[...post]", "[...path]"]
            .iter()
            .any(|one| last.starts_with(one));
        let reads = |text: String| {
            ["\"", "'", "`"]
                .iter()
                .any(|quote| text.contains(&format!("getCollection({quote}{collection}{quote}")))
        };
        let is_own = is_of_all && read_text(&file).is_some_and(reads);
        is_own.then(|| folder.split('/').filter(|part| !part.starts_with('[')).collect::<Vec<_>>().join("/"))
    })
}

/// A part of a path as github-slugger has it.
fn slug(part: &str) -> String {
    let kept = part.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// Markdown without what a program says in it, and the names of the components whose tags are left out. Listings stay.
pub(super) fn without_components(text: &str) -> (String, Vec<String>) {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"</?([A-Z][\w.]*)(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'|\{[^}]*\}))?|\s+\{[^}]*\})*\s*/?>|\{/\*[\s\S]*?\*/\}"#)
            .expect("a pattern that is tested")
    });
    let code = crate::content::markdown::destinations(text).code;
    let mut names = Vec::new();
    let without = TAG.replace_all(text, |found: &regex::Captures<'_>| {
        let at = found.get(0).map_or(0, |all| all.start());
        if code.iter().any(|range| range.contains(&at)) {
            return found[0].to_owned();
        }
        names.extend(found.get(1).map(|name| name.as_str().to_owned()));
        String::new()
    });
    let (mut kept, mut fence, mut is_open) = (String::new(), false, false);
    for line in without.split_inclusive('\n') {
        fence ^= line.trim_start().starts_with("```");
        let begins = !fence
            && ["import ", "export const ", "export default ", "export let "]
                .iter()
                .any(|word| line.starts_with(word));
        if !begins && !is_open {
            kept.push_str(line);
        }
        // A statement goes on until its brackets are closed.
        is_open = (begins || is_open) && {
            let count = |signs: &[char]| line.matches(signs).count();
            let opened = count(&['{', '[', '(']);
            let closed = count(&['}', ']', ')']);
            if begins { opened > closed } else { opened >= closed }
        };
    }
    names.sort();
    names.dedup();
    (kept, names)
}
