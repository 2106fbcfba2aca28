//! The content of a post of WordPress, of the block editor or the classic one → HTML.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value as Json;

use super::Shown;
use crate::import::html::{self, escaped};

/// Most names of shortcodes that are told of.
const MOST: usize = 10;

/// Most pictures of a gallery.
const MOST_PICTURES: usize = 500;

/// Blocks that may refer to each other.
const DEEPEST: usize = 4;

/// Shortcodes that show something of another place: their names, and what stands in front of a number in its URL.
const SHOWN: [(&str, &str); 24] = [
    ("audio", ""),
    ("bandcamp", ""),
    ("crowdsignal", "https://poll.fm/"),
    ("dailymotion", "https://www.dailymotion.com/video/"),
    ("embed", ""),
    ("facebook", ""),
    ("flickr", ""),
    ("gist", "https://gist.github.com/"),
    ("googlemaps", ""),
    ("iframe", ""),
    ("instagram", "https://www.instagram.com/p/"),
    ("polldaddy", "https://poll.fm/"),
    ("scribd", "https://www.scribd.com/doc/"),
    ("soundcloud", ""),
    ("spotify", ""),
    ("ted", "https://www.ted.com/talks/"),
    ("tiktok", ""),
    ("tweet", "https://twitter.com/i/status/"),
    ("twitter", "https://twitter.com/i/status/"),
    ("video", ""),
    ("videopress", "https://videopress.com/v/"),
    ("vimeo", "https://vimeo.com/"),
    ("wpvideo", "https://videopress.com/v/"),
    ("youtube", "https://www.youtube.com/watch?v="),
];

/// Attributes that say where something is, the surest first.
const PLACES: [&str; 14] =
    ["url", "src", "href", "file", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "id", "poll"];

/// Beginnings of names of shortcodes that lay out what is in them.
const LAYOUT: [&str; 22] = [
    "vc_row",
    "vc_column",
    "vc_section",
    "vc_empty",
    "vc_separator",
    "et_pb_section",
    "et_pb_row",
    "et_pb_column",
    "et_pb_text",
    "fusion_builder",
    "fusion_text",
    "av_textblock",
    "av_section",
    "av_one",
    "one_half",
    "one_third",
    "two_third",
    "column",
    "row",
    "dropcap",
    "center",
    "clear",
];

/// Blocks that show lists and the like, of which an article has none.
const SILENT: [&str; 21] = [
    "archives",
    "avatar",
    "calendar",
    "categories",
    "comments",
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
    "site-",
    "social-link",
    "spacer",
    "tag-cloud",
];

/// HTML, and what WordPress would have put something else in place of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::import::importers) struct Content {
    pub(in crate::import::importers) html: String,
    /// Names of shortcodes and blocks, each once.
    pub(in crate::import::importers) shortcodes: Vec<String>,
}

/// What the rest of an export says of what a post shows.
pub(in crate::import::importers) struct Known<'k> {
    /// Pictures and other files by their numbers.
    pub(in crate::import::importers) file: &'k dyn Fn(&str) -> Option<&'k Shown>,
    /// Blocks that many posts share, by their numbers.
    pub(in crate::import::importers) block: &'k dyn Fn(&str) -> Option<&'k str>,
    /// The numbers of the files that belong to the post.
    pub(in crate::import::importers) attached: &'k [String],
    /// Its notes as JSON.
    pub(in crate::import::importers) notes: Option<String>,
}

type Pattern = LazyLock<Option<Regex>>;

static CAPTION: Pattern =
    LazyLock::new(|| Regex::new(r"(?s)\[(?:wp_)?caption\b([^\]]*)\](.*?)\[/(?:wp_)?caption\]").ok());
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
static PICTURE: Pattern =
    LazyLock::new(|| Regex::new(r"(?is)^\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)$").ok());
static SHORTCODE: Pattern =
    LazyLock::new(|| Regex::new(r"(\[?)\[(/?)([A-Za-z][A-Za-z0-9_-]*)((?:[\s=:][^\[\]]*?)?)/?\](\]?)").ok());
static ATTRIBUTE: Pattern =
    LazyLock::new(|| Regex::new(r#"([A-Za-z0-9_-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))|(\S+)"#).ok());
static BLOCK: Pattern =
    LazyLock::new(|| Regex::new(r"(?s)<!--\s+(/?)wp:([a-z0-9/_-]+)\s*(\{.*?\})?\s*(/?)-->").ok());
static BUTTON: Pattern = LazyLock::new(|| {
    Regex::new(r#"(?s)<a\b[^>]*wp-block-file__button[^>]*>.*?</a>|<!--nextpage-->|<!--noteaser-->"#).ok()
});
static MORE: Pattern = LazyLock::new(|| Regex::new(r"<!--more\b.*?-->").ok());
static LONE_URL: Pattern = LazyLock::new(|| Regex::new(r#"(?m)^[ \t]*(https?://[^\s<>"\[\]]+)[ \t]*$"#).ok());

/// The content of a post as HTML.
pub(in crate::import::importers) fn html(content: &str, known: &Known<'_>) -> Content {
    let content = content.replace("\r\n", "\n").replace(['\r'], "\n").replace(['\u{e000}', '\u{e001}'], "");
    let mut found = Content::default();
    let content = replaced(&BUTTON, &content, |_| String::new());
    let content = replaced(&MORE, &content, |_| "<!--more-->".to_owned());
    let mut held = Vec::new();
    let content = hold(&content, &mut held);
    let has_blocks = content.contains("<!-- wp:");
    let content = if has_blocks {
        blocks(&content, known, &mut found, DEEPEST)
    } else {
        filled(&content, known, &mut found)
    };
    found.html = if has_blocks { content } else { paragraphs(&content) };
    for (at, text) in held.iter().enumerate() {
        if found.html.len() < 64 << 20 {
            found.html = found.html.replace(&format!("\u{e000}{at}\u{e001}"), text);
        }
    }
    found
}

fn replaced(pattern: &Pattern, text: &str, with: impl Fn(&Captures<'_>) -> String) -> String {
    match &**pattern {
        Some(pattern) => pattern.replace_all(text, |found: &Captures<'_>| with(found)).into_owned(),
        None => text.to_owned(),
    }
}

fn group<'t>(found: &Captures<'t>, index: usize) -> &'t str {
    found.get(index).map(|found| found.as_str()).unwrap_or_default()
}

/// Takes out what no rule of WordPress touches: code, of HTML and of shortcodes, and scripts.
fn hold(content: &str, held: &mut Vec<String>) -> String {
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
            "code" => out.push_str(&format!("<code>{}</code>", kept(inside, held))),
            "pre" => out.push_str(&preformatted(inside, group(&found, 2), held)),
            _ => {
                let attributes = group(&found, 4);
                let own = (!shortcode.contains("code") && !matches!(&*shortcode, "source" | "crayon" | "cc"))
                    .then_some(shortcode.as_str());
                out.push_str(&code(&source(inside), language(attributes).as_deref().or(own), held));
            }
        }
    }
    out.push_str(&content[at..]);
    out
}

/// A place for a text that is put back at the end.
fn kept(text: &str, held: &mut Vec<String>) -> String {
    held.push(text.to_owned());
    format!("\u{e000}{}\u{e001}", held.len() - 1)
}

fn code(html: &str, language: Option<&str>, held: &mut Vec<String>) -> String {
    let class =
        language.map(|language| format!(" class=\"language-{}\"", escaped(language))).unwrap_or_default();
    format!("\n\n<pre><code{class}>{}</code></pre>\n\n", kept(html, held))
}

/// What is between the tags of a shortcode for code. Editors that escape it leave no `<`.
fn source(inside: &str) -> String {
    let inside = inside.trim_matches('\n');
    let is_escaped = !inside.contains('<')
        && ["&lt;", "&gt;", "&amp;", "&quot;", "&#"].iter().any(|one| inside.contains(one));
    if is_escaped { inside.to_owned() } else { escaped(inside) }
}

/// The content of `<pre>`, which may be that of a shortcode, or have an element for code of its own.
fn preformatted(inside: &str, attributes: &str, held: &mut Vec<String>) -> String {
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
            return code(&inner, language.as_deref(), held);
        }
    }
    code(inside, language(attributes).as_deref(), held)
}

fn language(attributes: &str) -> Option<String> {
    let found = LANGUAGE.as_ref()?.captures(attributes)?;
    Some(group(&found, 1).to_lowercase())
        .filter(|name| !matches!(&**name, "plain" | "text" | "true" | "false"))
}

/// A script that shows a text of GitHub, as a link to it.
fn gist(attributes: &str) -> String {
    let url = attributes.split(['"', '\'']).find(|part| part.starts_with("https://gist.github.com/"));
    url.map(|url| link(url.split(".js").next().unwrap_or(url))).unwrap_or_default()
}

fn link(url: &str) -> String {
    let url = escaped(&htmlize::unescape(url));
    format!("\n\n<p><a href=\"{url}\">{url}</a></p>\n\n")
}

/// Blocks without their marks. Text outside of them is that of the classic editor.
fn blocks(content: &str, known: &Known<'_>, found: &mut Content, depth: usize) -> String {
    let Some(block) = &*BLOCK else { return content.to_owned() };
    let mut out = String::with_capacity(content.len());
    let (mut at, mut open, mut spoken) = (0, 0_usize, None);
    let text = |range: &str, open: usize, spoken: &mut Option<String>, found: &mut Content| {
        let filled = filled(range, known, found);
        let filled = if open == 0 && !filled.trim().is_empty() { paragraphs(&filled) } else { filled };
        match spoken.take().filter(|_| filled.contains("<pre><code>")) {
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
        out.push_str(&text(&content[at..whole.start()], open, &mut spoken, found));
        at = whole.end();
        let (name, is_end, is_whole) = (group(&mark, 2), group(&mark, 1) == "/", group(&mark, 4) == "/");
        let says: Json = serde_json::from_str(group(&mark, 3)).unwrap_or_default();
        if is_whole {
            out.push_str(&dynamic(name, &says, known, found, depth));
        } else if !matches!(name, "freeform" | "core/freeform") {
            open = if is_end { open.saturating_sub(1) } else { open + 1 };
            spoken = says
                .get("language")
                .and_then(Json::as_str)
                .filter(|_| name.contains("code"))
                .map(str::to_owned);
        }
    }
    out.push_str(&text(&content[at..], open, &mut spoken, found));
    out
}

/// A block that is filled in when the page is shown.
fn dynamic(name: &str, says: &Json, known: &Known<'_>, found: &mut Content, depth: usize) -> String {
    let name = name.strip_prefix("core/").unwrap_or(name);
    match name {
        "block" => {
            let shared = says.get("ref").map(Json::to_string).and_then(|number| (known.block)(&number));
            match shared.filter(|_| depth > 0) {
                Some(shared) => blocks(shared, known, found, depth - 1),
                None => {
                    tell(found, "wp:block");
                    String::new()
                }
            }
        }
        "footnotes" => known.notes.as_deref().map(notes).unwrap_or_default(),
        _ if SILENT.iter().any(|silent| name.starts_with(silent)) => String::new(),
        _ => {
            tell(found, &format!("wp:{name}"));
            String::new()
        }
    }
}

/// The notes of the block editor as a list to which their marks lead.
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

fn tell(found: &mut Content, name: &str) {
    if name.len() <= 60
        && found.shortcodes.len() < MOST
        && !found.shortcodes.iter().any(|other| other == name)
    {
        found.shortcodes.push(name.to_owned());
    }
}

/// Text in which captions, shortcodes that are known and lone URLs are what they show.
fn filled(content: &str, known: &Known<'_>, told: &mut Content) -> String {
    let content = replaced(&CAPTION, content, figure);
    let content = shortcodes(&content, known, told);
    // WordPress shows what a URL alone on a line leads to.
    replaced(&LONE_URL, &content, |found| format!("<p><a href=\"{0}\">{0}</a></p>", group(found, 1)))
}

/// Fills in what is known and tells of the rest: a shortcode has an attribute or an end; `[sic]` and `[1]` are text.
fn shortcodes(content: &str, known: &Known<'_>, told: &mut Content) -> String {
    let Some(shortcode) = SHORTCODE.as_ref().filter(|_| content.contains('[')) else {
        return content.to_owned();
    };
    let mut out = String::with_capacity(content.len());
    let mut at = 0;
    for found in shortcode.captures_iter(content) {
        let Some(whole) = found.get(0).filter(|whole| whole.start() >= at) else { continue };
        let (is_end, name, says) = (group(&found, 2) == "/", group(&found, 3), group(&found, 4));
        let attributes = attributes(says);
        out.push_str(&content[at..whole.start()]);
        at = whole.end();
        // Written twice, brackets are text.
        if !group(&found, 1).is_empty() && !group(&found, 5).is_empty() {
            out.push_str(&escaped(&content[whole.start() + 1..whole.end() - 1]));
            continue;
        }
        let end = format!("[/{name}]");
        // What it shows may stand between its tags.
        let inside =
            content[at..].get(..content[at..].len().min(2048)).or(Some(&content[at..])).unwrap_or_default();
        let inside = inside
            .find(&end)
            .map(|length| &inside[..length])
            .filter(|inside| !inside.trim().contains([' ', '<', '[', '\n']));
        let filled = match name {
            _ if LAYOUT.iter().any(|layout| name.starts_with(layout))
                && (is_end || !says.is_empty() || name.contains('_')) =>
            {
                Some(String::new())
            }
            _ if is_end => None,
            "gallery" | "playlist" | "vc_gallery" | "vc_single_image" => pictures(name, &attributes, known),
            _ => {
                let value = shown(name, &attributes, inside.unwrap_or_default());
                if value.is_some()
                    && let Some(inside) = inside
                {
                    at += inside.len() + end.len();
                }
                value.map(|url| link(&url))
            }
        };
        if filled.is_none()
            && (is_end
                || says.contains('=')
                || is_shown(name)
                || name == "gallery"
                || name.starts_with("contact-form"))
        {
            tell(told, name);
        }
        match filled {
            Some(filled) => {
                out.push_str(group(&found, 1));
                out.push_str(&filled);
                out.push_str(group(&found, 5));
            }
            None => out.push_str(whole.as_str()),
        }
    }
    out.push_str(&content[at..]);
    out
}

fn is_shown(name: &str) -> bool {
    SHOWN.iter().any(|(known, _)| *known == name)
}

/// Attributes of a shortcode; those without a name have none. Some editors make their quotation marks round.
fn attributes(says: &str) -> Vec<(String, String)> {
    let round = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '″' | '‘' | '’' | '′');
    let Some(attribute) = ATTRIBUTE.as_ref().filter(|_| !says.is_empty()) else { return Vec::new() };
    let says = says.trim_start_matches(['=', ':']);
    let pair = |found: Captures<'_>| {
        let value =
            [2, 3, 4, 5].into_iter().map(|index| group(&found, index)).find(|value| !value.is_empty());
        (group(&found, 1).to_lowercase(), value.unwrap_or_default().trim_matches(round).to_owned())
    };
    attribute.captures_iter(says).map(pair).collect()
}

/// The URL of what a shortcode shows.
fn shown(name: &str, attributes: &[(String, String)], inside: &str) -> Option<String> {
    let (_, before) = SHOWN.iter().find(|(known, _)| *known == name)?;
    let of = |wanted: &str| attributes.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
    let value = PLACES.iter().find_map(|place| of(place)).or_else(|| of("")).unwrap_or(inside).trim();
    let value = value.split('|').next().unwrap_or_default();
    let is_id =
        !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'));
    match value {
        _ if value.starts_with("http://") || value.starts_with("https://") => Some(value.to_owned()),
        _ if value.starts_with("//") => Some(format!("https:{value}")),
        // `[youtube v=ID&w=640]` was URL-like in old days.
        _ if is_id && !before.is_empty() => Some(format!("{before}{value}")),
        _ if value.starts_with('/') => Some(value.to_owned()),
        _ => None,
    }
}

/// The files of a gallery or playlist, each a paragraph; nothing, if one of them is not known.
fn pictures(name: &str, attributes: &[(String, String)], known: &Known<'_>) -> Option<String> {
    let of = |wanted: &[&str]| {
        attributes.iter().find(|(key, _)| wanted.contains(&&**key)).map(|(_, value)| value.as_str())
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
    let all: Option<Vec<_>> = all.map(|id| (known.file)(id).filter(|shown| shown.url.is_some())).collect();
    let all = all.filter(|all| !all.is_empty())?;
    let one = |shown: &&Shown| {
        let text =
            |said: &Option<super::Said>| said.as_ref().map(|said| escaped(&said.text)).unwrap_or_default();
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
    Some(format!("{}\n\n", all.iter().map(one).collect::<String>()))
}

/// The picture of `[caption ...]<img ...> Text[/caption]`, and the text.
fn picture_and_text<'c>(found: &Captures<'c>) -> (&'c str, &'c str) {
    let inside = group(found, 2);
    let parts = PICTURE.as_ref().and_then(|picture| picture.captures(inside));
    let part = |index| parts.as_ref().and_then(|parts| parts.get(index)).map(|part| part.as_str());
    (part(1).unwrap_or(inside), part(2).unwrap_or_default().trim())
}

/// `[caption ...]<img ...> Text[/caption]` as a figure.
fn figure(found: &Captures<'_>) -> String {
    let (picture, text) = picture_and_text(found);
    // Before WordPress 3.4 the text was an attribute, of HTML.
    let old = attributes(group(found, 1)).into_iter().find(|(key, _)| key == "caption").map(|(_, text)| text);
    let text = if text.is_empty() { old.unwrap_or_default() } else { text.replace('\n', " ") };
    format!("\n\n<figure>{picture}<figcaption>{text}</figcaption></figure>\n\n")
}

/// Text of the classic editor: blank lines are between paragraphs, and the end of a line is one, unless a block is next to it.
pub(in crate::import::importers) fn paragraphs(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / 8);
    // The element whose lines are as they are.
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

/// The element that begins on a line and keeps its lines as they are.
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

/// The name at the start of a text, in lower case.
fn name_at(text: &str) -> String {
    text.chars().take(20).take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
