//! Turns the content of a WordPress post, from the block editor or the classic one, into HTML.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value as Json;

use super::MediaItem;
use crate::import::archive::template_tags;
use crate::import::html::{self, escaped};
use crate::import::shortcodes::{ShortcodeMap, brackets, linked};

/// Most names that are collected.
const MOST: usize = 10;

/// Most pictures of a gallery.
const MOST_PICTURES: usize = 500;

/// How deep shared blocks may contain each other.
const DEEPEST: usize = 4;

/// Blocks that show lists and navigation, which a story does not have.
const SILENT: [&str; 23] = [
    "archives",
    "avatar",
    "calendar",
    "categories",
    "comment",
    "footnotes",
    "home-link",
    "latest",
    "loginout",
    "navigation",
    "nextpage",
    "page-list",
    "pattern",
    "post-",
    "query",
    "read-more",
    "search",
    "shortcode",
    "site-",
    "social-link",
    "spacer",
    "tag-cloud",
    "term-",
];

/// HTML, and the names of what could not be expanded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::import::importers) struct Content {
    pub(in crate::import::importers) html: String,
    /// Names of shortcodes that stay in the text.
    pub(in crate::import::importers) shortcodes: Vec<String>,
    /// Names of what was left out.
    pub(in crate::import::importers) left_out: Vec<String>,
}

/// Data from the rest of the export.
pub(in crate::import::importers) struct ExportData<'k> {
    /// What shortcodes become.
    pub(in crate::import::importers) map: &'k ShortcodeMap,
    /// Finds a picture or other file by number.
    pub(in crate::import::importers) file: &'k dyn Fn(&str) -> Option<&'k MediaItem>,
    /// Finds a shared block by number.
    pub(in crate::import::importers) block: &'k dyn Fn(&str) -> Option<&'k str>,
    /// The numbers of the post's own files.
    pub(in crate::import::importers) attached: &'k [String],
    /// The post's footnotes as JSON.
    pub(in crate::import::importers) notes: Option<String>,
}

type Pattern = LazyLock<Option<Regex>>;

static RAW: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)<(pre|code|script|style)\b([^>]*)>|\[(source-?code|source|code|crayon|cc|php|css|js|javascript|html|xml|python|py|ruby|bash|shell|sql|java|csharp|cpp)\b([^\[\]]*)\]",
    )
    .ok()
});
static LANGUAGE: Pattern = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:language-|lang-|lang:|brush:\s*|(?:data-)?lang(?:uage)?=["']?)([a-z0-9+\#-]+)"#)
        .ok()
});
/// Shortcodes whose pictures and files are not in the text, and escaped shortcodes in double brackets.
static GALLERY: Pattern = LazyLock::new(|| {
    Regex::new(
        r"\[(\[/?[A-Za-z][^\[\]]*\])\]|\[(gallery|playlist|vc_gallery|vc_single_image)((?:\s[^\[\]]*?)?)/?\]",
    )
    .ok()
});
static BLOCK: Pattern =
    LazyLock::new(|| Regex::new(r"(?s)<!--\s+(/?)wp:([a-z0-9/_-]+)\s*(\{.*?\})?\s*(/?)-->").ok());
static BUTTON: Pattern = LazyLock::new(|| {
    Regex::new(r#"(<a\b[^>]*wp-block-file__button[^>]*>)|<!--nextpage-->|<!--noteaser-->"#).ok()
});
static MORE: Pattern = LazyLock::new(|| Regex::new(r"<!--more\b.*?-->").ok());
static LONE_URL: Pattern = LazyLock::new(|| Regex::new(r#"(?m)^[ \t]*(https?://[^\s<>"\[\]]+)[ \t]*$"#).ok());

/// The content of a post as HTML.
pub(in crate::import::importers) fn html(content: &str, known: &ExportData<'_>) -> Content {
    let content = content.replace("\r\n", "\n").replace(['\r'], "\n").replace(['\u{e000}', '\u{e001}'], "");
    let mut found = Content::default();
    let content = replaced(&BUTTON, &content, |found| group(found, 1).replace("<a", " <a"));
    let content = replaced(&MORE, &content, |_| "<!--more-->".to_owned());
    let mut set_aside = Vec::new();
    let content = set_code_aside(&content, &mut set_aside);
    let content = shortcodes(&content, known, &mut set_aside, &mut found);
    let html = if content.contains("<!-- wp:") {
        blocks(&content, known, &mut found, DEEPEST)
    } else {
        paragraphs(&lone_urls(&content))
    };
    let mut parts = html.split('\u{e000}');
    found.html = parts.next().unwrap_or_default().to_owned();
    for (at, rest) in parts.filter_map(|part| part.split_once('\u{e001}')) {
        let text = at.parse().ok().and_then(|at: usize| set_aside.get(at));
        found.html.extend([text.map_or("", String::as_str), rest]);
    }
    found
}

fn replaced(pattern: &Pattern, text: &str, mut with: impl FnMut(&Captures<'_>) -> String) -> String {
    match &**pattern {
        Some(pattern) => pattern.replace_all(text, |found: &Captures<'_>| with(found)).into_owned(),
        None => text.to_owned(),
    }
}

fn group<'t>(found: &Captures<'t>, index: usize) -> &'t str {
    found.get(index).map(|found| found.as_str()).unwrap_or_default()
}

/// Sets aside code and scripts, which WordPress leaves alone.
fn set_code_aside(content: &str, set_aside: &mut Vec<String>) -> String {
    let Some(raw) = &*RAW else { return content.to_owned() };
    let small = content.to_ascii_lowercase();
    let mut endless: Vec<String> = Vec::new();
    let mut out = String::with_capacity(content.len());
    let mut at = 0;
    for found in raw.captures_iter(content) {
        let Some(whole) = found.get(0).filter(|whole| whole.start() >= at) else { continue };
        let (element, shortcode) =
            (group(&found, 1).to_ascii_lowercase(), group(&found, 3).to_ascii_lowercase());
        let end = if element.is_empty() { format!("[/{shortcode}]") } else { format!("</{element}>") };
        if endless.contains(&end) {
            continue;
        }
        let Some(length) = small[whole.end()..].find(&end) else {
            endless.push(end);
            continue;
        };
        let inside = &content[whole.end()..whole.end() + length];
        out.push_str(&content[at..whole.start()]);
        at = whole.end() + length + end.len();
        match &*element {
            "script" | "style" => out.push_str(&gist(group(&found, 2))),
            "code" => out.push_str(&format!("<code>{}</code>", kept(inside, set_aside))),
            "pre" => out.push_str(&preformatted(inside, group(&found, 2), set_aside)),
            _ => {
                let attributes = group(&found, 4);
                let own = (!shortcode.contains("code") && !matches!(&*shortcode, "source" | "crayon" | "cc"))
                    .then_some(shortcode.as_str());
                out.push_str(&code(&source(inside), language(attributes).as_deref().or(own), set_aside));
            }
        }
    }
    out.push_str(&content[at..]);
    out
}

/// Stores a text, and returns a placeholder for it.
fn kept(text: &str, set_aside: &mut Vec<String>) -> String {
    set_aside.push(text.to_owned());
    format!("\u{e000}{}\u{e001}", set_aside.len() - 1)
}

fn code(html: &str, language: Option<&str>, set_aside: &mut Vec<String>) -> String {
    let class =
        language.map(|language| format!(" class=\"language-{}\"", escaped(language))).unwrap_or_default();
    format!("\n\n<pre><code{class}>{}</code></pre>\n\n", kept(html, set_aside))
}

/// The inside of a code shortcode. Editors that escape it leave no `<`.
fn source(inside: &str) -> String {
    let inside = inside.trim_matches('\n');
    let is_escaped = !inside.contains('<')
        && ["&lt;", "&gt;", "&amp;", "&quot;", "&#"].iter().any(|one| inside.contains(one));
    if is_escaped { inside.to_owned() } else { escaped(inside) }
}

/// The inside of `<pre>`, which may be a shortcode or another code element.
fn preformatted(inside: &str, attributes: &str, set_aside: &mut Vec<String>) -> String {
    let trimmed = inside.trim();
    let shortcode = RAW
        .as_ref()
        .and_then(|raw| raw.captures(trimmed))
        .filter(|found| found.get(0).is_some_and(|whole| whole.start() == 0));
    if let Some(found) = shortcode {
        let begin = group(&found, 0);
        let end = match group(&found, 3) {
            "" => format!("</{}>", group(&found, 1)),
            name => format!("[/{name}]"),
        };
        if let Some(inner) = trimmed[begin.len()..].strip_suffix(&*end) {
            let language = language(begin).or_else(|| language(attributes));
            let inner = if group(&found, 3).is_empty() { inner.to_owned() } else { source(inner) };
            return code(&inner, language.as_deref(), set_aside);
        }
    }
    code(inside, language(attributes).as_deref(), set_aside)
}

fn language(attributes: &str) -> Option<String> {
    let found = LANGUAGE.as_ref()?.captures(attributes)?;
    Some(group(&found, 1).to_lowercase())
        .filter(|name| !matches!(&**name, "plain" | "text" | "true" | "false"))
}

/// Turns a script that shows a GitHub gist into a link.
fn gist(attributes: &str) -> String {
    let url = attributes.split(['"', '\'']).find(|part| part.starts_with("https://gist.github.com/"));
    url.and_then(|url| linked(url.split(".js").next().unwrap_or(url))).unwrap_or_default()
}

/// Removes the markers of blocks. Text outside of blocks comes from the classic editor.
fn blocks(content: &str, known: &ExportData<'_>, found: &mut Content, depth: usize) -> String {
    let Some(block) = &*BLOCK else { return content.to_owned() };
    let mut out = String::with_capacity(content.len());
    let (mut at, mut open, mut language) = (0, 0_usize, None);
    let text = |range: &str, open: usize, language: &mut Option<String>| {
        let filled = lone_urls(range);
        let filled = if open == 0 && !filled.trim().is_empty() { paragraphs(&filled) } else { filled };
        match language.take().filter(|_| filled.contains("<pre><code>")) {
            Some(language) => filled.replacen(
                "<pre><code>",
                &format!("<pre><code class=\"language-{}\">", escaped(&language)),
                1,
            ),
            None => filled,
        }
    };
    for mark in block.captures_iter(content) {
        let Some(whole) = mark.get(0) else { continue };
        out.push_str(&text(&content[at..whole.start()], open, &mut language));
        at = whole.end();
        let (name, is_end, is_whole) = (group(&mark, 2), group(&mark, 1) == "/", group(&mark, 4) == "/");
        let data: Json = serde_json::from_str(group(&mark, 3)).unwrap_or_default();
        if is_whole {
            out.push_str(&dynamic(name, &data, known, found, depth));
        } else if !matches!(name, "freeform" | "core/freeform") {
            open = if is_end { open.saturating_sub(1) } else { open + 1 };
            language = data
                .get("language")
                .and_then(Json::as_str)
                .filter(|_| name.contains("code"))
                .map(str::to_owned);
        }
    }
    out.push_str(&text(&content[at..], open, &mut language));
    out
}

/// A block that WordPress fills when it shows the page.
fn dynamic(name: &str, data: &Json, known: &ExportData<'_>, found: &mut Content, depth: usize) -> String {
    let name = name.strip_prefix("core/").unwrap_or(name);
    match name {
        "block" => {
            let shared = data.get("ref").map(Json::to_string).and_then(|number| (known.block)(&number));
            match shared.filter(|_| depth > 0) {
                Some(shared) => {
                    let (shared, left) = brackets::in_html(shared, known.map);
                    left.iter().for_each(|name| add_name(&mut found.shortcodes, name));
                    blocks(&shared, known, found, depth - 1)
                }
                None => {
                    add_name(&mut found.left_out, "wp:block");
                    String::new()
                }
            }
        }
        "footnotes" => known.notes.as_deref().map(notes).unwrap_or_default(),
        _ if SILENT.iter().any(|silent| name.starts_with(silent)) => String::new(),
        _ => {
            add_name(&mut found.left_out, &format!("wp:{name}"));
            String::new()
        }
    }
}

/// The footnotes of the block editor as a list with anchors.
fn notes(json: &str) -> String {
    let all: Vec<Json> = serde_json::from_str(json).unwrap_or_default();
    let text = |note: &Json, key: &str| note.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let note = |note: &Json| {
        let id = escaped(&text(note, "id"));
        format!("<li><a id=\"{id}\"></a>{} <a href=\"#{id}-link\">↩</a></li>", text(note, "content"))
    };
    if all.is_empty() {
        String::new()
    } else {
        format!("<ol>{}</ol>", all.iter().map(note).collect::<String>())
    }
}

fn add_name(names: &mut Vec<String>, name: &str) {
    if name.len() <= 60 && names.len() < MOST && !names.iter().any(|other| other == name) {
        names.push(name.to_owned());
    }
}

/// WordPress embeds the target of a URL that is alone on its line; here it becomes a link.
fn lone_urls(content: &str) -> String {
    replaced(&LONE_URL, content, |found| format!("<p><a href=\"{0}\">{0}</a></p>", group(found, 1)))
}

/// Expands the shortcodes that the export or the map knows, and collects the names of the others.
fn shortcodes(
    content: &str,
    known: &ExportData<'_>,
    set_aside: &mut Vec<String>,
    result: &mut Content,
) -> String {
    let content = replaced(&GALLERY, content, |found| match group(found, 1) {
        "" => pictures(group(found, 2), group(found, 3), known, result)
            .unwrap_or_else(|| group(found, 0).to_owned()),
        text => kept(&escaped(text), set_aside),
    });
    let (content, left) = brackets::in_html(&content, known.map);
    left.iter().for_each(|name| add_name(&mut result.shortcodes, name));
    content
}

/// The files of a gallery or playlist, each in a paragraph. `None` if the export has none of them.
fn pictures(name: &str, data: &str, known: &ExportData<'_>, result: &mut Content) -> Option<String> {
    let attributes = template_tags::parse_arguments(data, false)?;
    let of = |wanted: &[&str]| {
        let found = attributes.iter().find(|(key, _)| wanted.contains(key));
        found.map(|(_, value)| value.trim_matches(brackets::ROUND))
    };
    let numbers = |list: &str| -> Vec<String> {
        list.split([',', ' ']).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    };
    let left_out = numbers(of(&["exclude"]).unwrap_or_default());
    let ids = match of(&["ids", "include", "images", "image"]) {
        Some(ids) => numbers(ids),
        None if name == "gallery" => known.attached.to_vec(),
        None => return None,
    };
    let all = ids.iter().filter(|id| !left_out.contains(id)).take(MOST_PICTURES);
    let all: Vec<_> = all.map(|id| (known.file)(id).filter(|shown| shown.url.is_some())).collect();
    let there: Vec<_> = all.iter().flatten().collect();
    if there.is_empty() {
        return None;
    }
    if there.len() < all.len() {
        add_name(&mut result.left_out, "picture of a gallery");
    }
    let one = |shown: &&&MediaItem| {
        let text = |value: &Option<super::Sourced>| {
            value.as_ref().map(|value| escaped(&value.text)).unwrap_or_default()
        };
        let (url, caption) = (text(&shown.url), text(&shown.caption));
        if name == "playlist" {
            let title = if caption.is_empty() { &url } else { &caption };
            return format!("\n\n<p><a href=\"{url}\">{title}</a></p>");
        }
        let picture = format!("<img src=\"{url}\" alt=\"{}\">", text(&shown.alt));
        if caption.is_empty() {
            format!("\n\n<p>{picture}</p>")
        } else {
            format!("\n\n<figure>{picture}<figcaption>{caption}</figcaption></figure>")
        }
    };
    Some(format!("{}\n\n", there.iter().map(one).collect::<String>()))
}

/// Adds paragraphs and line breaks as the classic editor does: at blank lines and line ends, but not next to blocks.
pub(in crate::import::importers) fn paragraphs(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / 8);
    // The element whose lines stay unchanged.
    let mut raw: Option<&str> = None;
    let mut was_text = false;
    for line in content.split('\n') {
        if let Some(name) = raw {
            out.push('\n');
            out.push_str(line);
            raw = raw.filter(|_| !line.to_ascii_lowercase().contains(&format!("</{name}")));
            was_text = false;
            continue;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() {
            out.push_str("\n<p>");
            was_text = false;
            continue;
        }
        out.push_str(if was_text && !begins_block(trimmed) { "<br>" } else { "\n" });
        out.push_str(line);
        raw = opens_raw(trimmed);
        was_text = !ends_block(trimmed);
    }
    out
}

/// The element that starts on this line and keeps its lines unchanged.
fn opens_raw(line: &str) -> Option<&'static str> {
    let line = line.to_ascii_lowercase();
    ["pre", "script", "style"].into_iter().find(|name| {
        let open = line.rfind(&format!("<{name}"));
        open.is_some_and(|open| line.rfind(&format!("</{name}")).is_none_or(|close| close < open))
    })
}

fn begins_block(line: &str) -> bool {
    let name = line.strip_prefix("</").or_else(|| line.strip_prefix('<')).unwrap_or_default();
    line.starts_with("<!--") || html::is_block(&name_at(name))
}

fn ends_block(line: &str) -> bool {
    let tag = line.strip_suffix('>').and_then(|line| line.rsplit_once('<')).map(|(_, tag)| tag);
    tag.is_some_and(|tag| {
        html::is_block(&name_at(tag.trim_start_matches('/'))) || tag.ends_with("--") || tag.starts_with("br")
    })
}

/// The lower-case name at the start of a text.
fn name_at(text: &str) -> String {
    text.chars().take(20).take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
