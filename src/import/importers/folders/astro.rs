//! Astro: collections below `src/content`, pages below `src/pages`, Markdown with components.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use walkdir::WalkDir;

use super::{Flavor, Site, is_markdown, plain_settings};
use crate::content::Key;
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{FileKind, KeyMapping, LinkTarget, read_text, urls};
use crate::import::front::Front;

const CONFIG: [&str; 5] =
    ["astro.config.mjs", "astro.config.ts", "astro.config.js", "astro.config.mts", "astro.config.cjs"];

#[derive(Clone, Debug, Default)]
pub(super) struct Astro {
    /// The folders of collections, and the paths of their pages.
    collections: Vec<(String, String)>,
}

impl Flavor for Astro {
    const NAME: &'static str = "astro";
    const TITLE: &'static str = "Astro";
    const MARKERS: &'static str = "`astro.config.mjs`";
    const DELIMITERS: &'static [Delimiters] = &[];

    fn fits(folder: &Path) -> bool {
        CONFIG.iter().any(|name| folder.join(name).is_file())
    }

    fn read(site: &mut Site<Self>, root: &Path) {
        site.info.settings =
            CONFIG.iter().find_map(|name| plain_settings(&root.join(name))).unwrap_or_default();
        site.info.zone = Some(jiff::tz::TimeZone::UTC);
        // Themes keep the title in a file of constants.
        for name in ["src/consts.ts", "src/config.ts", "src/consts.js", "src/site.config.ts"] {
            static CONSTANT: LazyLock<Regex> = LazyLock::new(|| {
                Regex::new(r#"(?m)^\s*(?:export const )?(?:SITE_)?(TITLE|title|DESCRIPTION|desc|description|lang|timezone)\s*[=:]\s*["'`]([^"'`\n]*)["'`]"#)
                    .expect("the pattern is valid")
            });
            for found in CONSTANT.captures_iter(&read_text(&root.join(name)).unwrap_or_default()) {
                let key =
                    if &found[1] == "desc" { "description".to_owned() } else { found[1].to_lowercase() };
                site.info.settings.0.entry(key).or_insert(found[2].into());
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
                .flat_map(|name| collection_folders(&root.join(name))),
        );
        let above = names.iter().map(|(folder, _)| urls::split(folder).0.to_owned());
        site.info.contents = above.chain(["src/pages".to_owned()]).map(|folder| (folder, None)).collect();
        site.info.contents.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        site.info.contents.dedup();
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
            None => FileKind::Attachment,
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
        let end = match (
            site.info.settings.text("format").as_deref(),
            site.info.settings.text("trailingSlash").as_deref(),
        ) {
            (Some("file"), _) => ".html",
            (_, Some("never")) => "",
            _ => "/",
        };
        let whole = whole.trim_matches('/');
        Some(if whole.is_empty() { "/".to_owned() } else { format!("{whole}{end}") })
    }

    fn map_key(key: &str) -> Option<KeyMapping> {
        Some(match key {
            "pubDatetime" | "publishedAt" | "createdAt" => KeyMapping::Field(Key::Date, 20),
            "updatedDate" | "modDatetime" | "updatedAt" | "lastModified" => {
                KeyMapping::Field(Key::Updated, 20)
            }
            "heroImage" | "coverImage" | "hero" | "ogImage" | "img" => KeyMapping::Field(Key::Image, 20),
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
    /// The collection of a file: its folder, and the path of its pages.
    fn collection(&self, path: &str) -> Option<&(String, String)> {
        self.own.collections.iter().find(|(folder, _)| path != folder && urls::is_within(path, folder))
    }
}

/// Collections with a folder of their own: `blog = defineCollection({ loader: glob({ base: "./x" }) })`.
fn collection_folders(file: &Path) -> Vec<(String, String)> {
    static LOADER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"const\s+(\w+)\s*=\s*defineCollection\([^;]*?base\s*:\s*["'`]([^"'`]+)"#)
            .expect("the pattern is valid")
    });
    let text = read_text(file).unwrap_or_default();
    let pair = |found: regex::Captures<'_>| {
        (found[2].trim_start_matches("./").trim_matches('/').to_owned(), found[1].to_owned())
    };
    LOADER.captures_iter(&text).map(pair).collect()
}

/// The path of the pages of a collection: that of the dynamic route, as `[slug].astro`, which reads the collection.
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

/// Slugifies one segment of a path, as github-slugger does.
fn slug(part: &str) -> String {
    let output = part.to_lowercase().replace(' ', "-");
    output.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// Removes components and JavaScript from Markdown, and returns the names of the components. Code blocks stay.
pub(super) fn strip_components(text: &str) -> (String, Vec<String>) {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"</?([A-Z][\w.]*)(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'|\{[^}]*\}))?|\s+\{[^}]*\})*\s*/?>|\{/\*[\s\S]*?\*/\}"#)
            .expect("the pattern is valid")
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
    let (mut output, mut fence, mut is_open) = (String::new(), false, false);
    for line in without.split_inclusive('\n') {
        fence ^= line.trim_start().starts_with("```");
        let begins = !fence
            && ["import ", "export const ", "export default ", "export let "]
                .iter()
                .any(|word| line.starts_with(word));
        if !begins && !is_open {
            output.push_str(line);
        }
        // A statement continues until its brackets are closed.
        is_open = (begins || is_open) && {
            let count = |signs: &[char]| line.matches(signs).count();
            let opened = count(&['{', '[', '(']);
            let closed = count(&['}', ']', ')']);
            if begins { opened > closed } else { opened >= closed }
        };
    }
    names.sort();
    names.dedup();
    (output, names)
}
