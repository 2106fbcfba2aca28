//! Eleventy: Markdown anywhere below the input folder, data files in folders, permalinks with simple templates.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::{Flavor, Site, is_markdown, plain_settings};
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{FileKind, Settings, default_entry, read_text, urls, when};
use crate::import::front::{self, Front};
use crate::slug::slugify;

const CONFIG: [&str; 5] = [
    ".eleventy.js",
    "eleventy.config.js",
    "eleventy.config.mjs",
    "eleventy.config.cjs",
    "eleventy.config.ts",
];
/// Tags that only name collections.
const COLLECTIONS: [&str; 8] = ["all", "nav", "post", "posts", "page", "pages", "blog", "articles"];

#[derive(Clone, Debug, Default)]
pub(super) struct Eleventy {
    /// Files and folders that are copied, and their destinations.
    copied: Vec<(String, String)>,
}

impl Flavor for Eleventy {
    const NAME: &'static str = "eleventy";
    const TITLE: &'static str = "Eleventy";
    const MARKERS: &'static str = "`eleventy.config.js`";
    const DELIMITERS: &'static [Delimiters] = &[Delimiters::Output, Delimiters::Tag];

    fn fits(folder: &Path) -> bool {
        CONFIG.iter().any(|name| folder.join(name).is_file())
            || read_text(&folder.join("package.json")).is_some_and(|text| text.contains("\"@11ty/eleventy\""))
    }

    fn read(site: &mut Site<Self>, root: &Path) {
        let config = CONFIG.iter().map(|name| root.join(name)).find(|file| file.is_file());
        let plain = config.as_deref().and_then(plain_settings).unwrap_or_default();
        let input = plain.text("input").unwrap_or_default();
        let content = input.trim_start_matches("./").trim_matches('/').trim_start_matches('.').to_owned();
        let data = plain.text("data").unwrap_or_else(|| "_data".to_owned());
        let data = root.join(&content).join(data);
        for name in ["metadata", "site", "meta", "config"] {
            let read = Settings(Settings::data(&data, name).as_object().cloned().unwrap_or_default());
            let found =
                if read.0.is_empty() { plain_settings(&data.join(format!("{name}.js"))) } else { Some(read) };
            for (key, value) in found.map(|found| found.0).unwrap_or_default() {
                site.info.settings.0.entry(key).or_insert(value);
            }
        }
        site.info
            .settings
            .0
            .extend(plain.0.get("pathPrefix").map(|base| ("pathprefix".to_owned(), base.clone())));
        // Eleventy reads dates without an offset as UTC.
        site.info.zone = Some(jiff::tz::TimeZone::UTC);
        let text = config.and_then(|config| read_text(&config)).unwrap_or_default();
        site.own.copied = passthrough_copies(&text, &content);
        site.info.contents = vec![(content, None)];
    }

    fn classify(site: &Site<Self>, path: &str) -> FileKind {
        let in_folder = |(from, to): &(String, String)| {
            let rest = if from.is_empty() { path } else { path.strip_prefix(from.as_str())? };
            (rest.is_empty() || rest.starts_with('/') || from.is_empty())
                .then(|| format!("{to}/{}", rest.trim_matches('/')).trim_matches('/').to_owned())
        };
        if let Some(to) = site.own.copied.iter().find_map(in_folder) {
            return urls::skip_reason(&to).map_or_else(|| FileKind::Static(to.clone()), FileKind::Skipped);
        }
        let Some(inner) = site.info.inner(path) else { return FileKind::Attachment };
        let (folder, name) = urls::split(inner);
        let is_hidden =
            folder.split('/').any(|part| part.starts_with('_') && part != "_posts" || part == "node_modules");
        let is_own = folder.is_empty() && is_markdown(path) && urls::skip_reason(inner).is_some();
        match urls::stem(name).1 {
            _ if is_hidden || is_own => FileKind::Attachment,
            _ if is_markdown(path) && urls::stem(name).0 == "404" => {
                FileKind::Skipped("it is the 404 page, which the new site renders itself")
            }
            _ if is_markdown(path) => FileKind::Article,
            "njk" | "liquid" | "html" | "hbs" | "ejs" | "webc" => {
                FileKind::Skipped("it is a template of the old site")
            }
            _ => FileKind::Attachment,
        }
    }

    /// Adds the data files of the folders above.
    fn add_data(site: &Site<Self>, path: &str, front: &mut Front) {
        let mut folder = urls::split(path).0;
        let mut collections: Vec<String> = COLLECTIONS.iter().map(|name| (*name).to_owned()).collect();
        loop {
            let name = urls::split(folder).1;
            let base = site.info.file(folder);
            let json = [format!("{name}.json"), format!("{name}.11tydata.json")];
            let js = ["js", "cjs", "mjs"].map(|end| format!("{name}.11tydata.{end}"));
            let found = json.iter().find_map(|name| Settings::read(&base.join(name)));
            for (key, value) in found
                .or_else(|| js.iter().find_map(|name| plain_settings(&base.join(name))))
                .unwrap_or_default()
                .0
            {
                match &*key {
                    "tags" => collections.extend(front::as_texts(&value)),
                    "permalink" | "lang" | "author" | "category" | "draft" => {
                        default_entry(front, &key, value)
                    }
                    _ => {}
                }
            }
            if folder.is_empty() || site.info.contents.iter().any(|(content, _)| content == folder) {
                break;
            }
            folder = urls::split(folder).0;
        }
        for entry in front.entries.iter_mut().filter(|entry| entry.key == "tags") {
            let topics = front::as_texts(&entry.value).into_iter().filter(|tag| !collections.contains(tag));
            entry.value = topics.map(Json::from).collect();
        }
        if front.get("permalink") == Some(&Json::Bool(false)) {
            default_entry(front, "draft", true.into());
        }
    }

    fn url(site: &Site<Self>, path: &str, front: &Front) -> Option<String> {
        let stem = urls::stem(site.info.inner(path)?).0;
        let (folder, name) = urls::split(stem);
        let bare = urls::split_date(name).map_or(name, |(_, rest)| rest);
        let whole = urls::join(folder, bare);
        if front.get("permalink") == Some(&Json::Bool(false)) {
            return None;
        }
        let Some(pattern) = front.text("permalink") else {
            // Only the placeholders of a pattern leave out the date in the name.
            let is_own = name == "index" || urls::split(folder).1 == name;
            let whole = if is_own { folder } else { stem };
            return Some(if whole.is_empty() { String::new() } else { format!("{whole}/") });
        };
        let of_folder = urls::split(folder).1;
        let slug = if bare == "index" {
            urls::split_date(of_folder).map_or(of_folder, |(_, rest)| rest)
        } else {
            bare
        };
        let url = expand(&pattern, slug, &whole, path, front)?;
        let url = url.strip_suffix("index.html").unwrap_or(&url).to_owned();
        Some(url)
    }
}

/// Expands the simple expressions of a permalink. `None` if one is not simple.
fn expand(pattern: &str, slug: &str, whole: &str, path: &str, front: &Front) -> Option<String> {
    let mut url = String::new();
    let mut rest = pattern;
    while let Some((before, tail)) = rest.split_once("{{") {
        url.push_str(before);
        let (expression, after) = tail.split_once("}}")?;
        rest = after;
        let mut parts = expression.trim_matches('-').split('|').map(str::trim);
        let mut value = match parts.next()? {
            "page.fileSlug" => slug.to_owned(),
            "page.filePathStem" => format!("/{whole}"),
            "page.date" | "date" => {
                let named = path.rsplit('/').find_map(urls::split_date).map(|(date, _)| date.to_owned());
                when::read(&front.text("date").or(named)?)?.civil.to_string()
            }
            key => front.text(key)?,
        };
        for filter in parts {
            let (name, argument) = filter.split_once([':', '(']).unwrap_or((filter, ""));
            let argument = argument.trim_matches([' ', '"', '\'', ')']);
            value = match name.trim() {
                "slugify" | "slug" => slugify(&value),
                "url" | "safe" | "string" => value,
                "downcase" | "lower" => value.to_lowercase(),
                "date" => {
                    jiff::fmt::strtime::format(argument, value.parse::<jiff::civil::DateTime>().ok()?).ok()?
                }
                _ => return None,
            };
        }
        url.push_str(&value);
    }
    url.push_str(rest);
    (!url.contains("{%")).then_some(url)
}

/// Finds what is copied: `addPassthroughCopy("src/img")`, without the input folder in its URL, or `({ "a": "b" })`.
fn passthrough_copies(config: &str, content: &str) -> Vec<(String, String)> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?s)addPassthroughCopy\(\s*(?:["'`]([^"'`]+)["'`]|\{([^}]*)\})"#)
            .expect("the pattern is valid")
    });
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"["'`]([^"'`]+)["'`]\s*:\s*["'`]([^"'`]*)["'`]"#).expect("the pattern is valid")
    });
    let plain = |path: &str| {
        path.trim_start_matches("./").split("/*").next().unwrap_or_default().trim_matches('/').to_owned()
    };
    let mut all = Vec::new();
    for call in CALL.captures_iter(config) {
        if let Some(path) = call.get(1).map(|path| plain(path.as_str())).filter(|path| !path.contains('*')) {
            let to = path.strip_prefix(content).filter(|_| !content.is_empty()).unwrap_or(&path);
            all.push((path.clone(), to.trim_start_matches('/').to_owned()));
        }
        let pairs = call.get(2).map_or("", |pairs| pairs.as_str());
        all.extend(PAIR.captures_iter(pairs).map(|pair| (plain(&pair[1]), plain(&pair[2]))));
    }
    all
}
