//! The content of a post, of the block editor or the classic one → HTML.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::import::html::{self, escaped};
use crate::import::shortcodes::{Map, brackets};

/// Most pictures of a gallery.
const MOST_PICTURES: usize = 500;

/// HTML, and what WordPress would have put something else in place of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) html: String,
    /// Names of shortcodes, each once.
    pub(super) shortcodes: Vec<String>,
    /// Whether the caption of a picture has a link.
    pub(super) has_linked_caption: bool,
}

static CAPTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)\[(?:wp_)?caption\b([^\]]*)\](.*?)\[/(?:wp_)?caption\]").ok());
static CODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)\[(?:source)?code\b[^\]]*\](.*?)\[/(?:source)?code\]").ok());
static GALLERY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\[gallery\b[^\[\]]*?\bids=["']?([0-9, ]+)["']?[^\[\]]*\]"#).ok());
static PICTURE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?is)^\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)$").ok());
static LONE_URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^[ \t]*(https?://[^\s<>"\[\]]+)[ \t]*$"#).ok());

/// Where a picture is, and what it shows, by its number.
pub(super) type Pictures<'p> = dyn Fn(&str) -> Option<(&'p str, &'p str)> + 'p;

/// The content of a post as HTML.
pub(super) fn html(content: &str, pictures: &Pictures<'_>, map: &Map) -> Content {
    let content = content.replace("\r\n", "\n").replace('\r', "\n");
    let content = match &*CODE {
        Some(code) => code.replace_all(&content, preformatted).into_owned(),
        None => content,
    };
    let content = match &*GALLERY {
        Some(gallery) => {
            gallery.replace_all(&content, |found: &Captures<'_>| shown(found, pictures)).into_owned()
        }
        None => content,
    };
    let has_linked_caption = CAPTION.as_ref().is_some_and(|caption| {
        caption.captures_iter(&content).any(|found| picture_and_text(&found).1.contains("<a "))
    });
    let figures = match &*CAPTION {
        Some(caption) => caption.replace_all(&content, figure).into_owned(),
        None => content,
    };
    let (figures, shortcodes) = brackets::in_html(&figures, map);
    // WordPress shows what a URL alone on a line leads to.
    let figures = match &*LONE_URL {
        Some(url) => url.replace_all(&figures, "<p><a href=\"$1\">$1</a></p>").into_owned(),
        None => figures,
    };
    let has_blocks = figures.contains("<!-- wp:");
    let html = if has_blocks { figures } else { paragraphs(&figures) };
    Content { html, shortcodes, has_linked_caption }
}

/// `[code]...[/code]` as code, in which nothing is a tag.
fn preformatted(found: &Captures<'_>) -> String {
    let code = found.get(1).map(|code| code.as_str()).unwrap_or_default().trim_matches('\n');
    // Editors that escape what is in it leave no `<`.
    let code = if code.contains('<') { escaped(code) } else { code.to_owned() };
    format!("\n\n<pre>{code}</pre>\n\n")
}

/// `[gallery ids="1,2"]` as its pictures, each a paragraph; as it is, if one of them is not known.
fn shown(found: &Captures<'_>, pictures: &Pictures<'_>) -> String {
    let group = |index| found.get(index).map(|found| found.as_str()).unwrap_or_default();
    let ids = group(1).split(',').map(str::trim).filter(|id| !id.is_empty()).take(MOST_PICTURES);
    let all: Option<Vec<_>> = ids.map(pictures).collect();
    let Some(all) = all.filter(|all| !all.is_empty()) else { return group(0).to_owned() };
    let picture = |(url, alt): &(&str, &str)| {
        format!("\n\n<p><img src=\"{}\" alt=\"{}\"></p>", escaped(url), escaped(alt))
    };
    format!("{}\n\n", all.iter().map(picture).collect::<String>())
}

/// The picture of `[caption ...]<img ...> Text[/caption]`, and the text.
fn picture_and_text<'c>(found: &Captures<'c>) -> (&'c str, &'c str) {
    let inside = found.get(2).map(|found| found.as_str()).unwrap_or_default();
    let parts = PICTURE.as_ref().and_then(|picture| picture.captures(inside));
    let part = |index| parts.as_ref().and_then(|parts| parts.get(index)).map(|part| part.as_str());
    (part(1).unwrap_or(inside), part(2).unwrap_or_default().trim())
}

/// `[caption ...]<img ...> Text[/caption]` as a figure.
fn figure(found: &Captures<'_>) -> String {
    let group = |index| found.get(index).map(|found| found.as_str()).unwrap_or_default();
    let (picture, text) = picture_and_text(found);
    // Before WordPress 3.4 the text was an attribute.
    let old =
        group(1).split_once("caption=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(text, _)| text);
    let text = if text.is_empty() { old.map(escaped).unwrap_or_default() } else { text.replace('\n', " ") };
    format!("\n\n<figure>{picture}<figcaption>{text}</figcaption></figure>\n\n")
}

/// Text of the classic editor: blank lines are between paragraphs, and the end of a line is one, unless a block is next to it.
fn paragraphs(content: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn body(content: &str) -> String {
        html::markdown(&super::html(content, &|_| None, &crate::import::shortcodes::OF_NO_SITE).html, None)
            .body
    }

    #[test]
    fn lines_of_the_classic_editor_are_paragraphs() {
        for (content, expected) in [
            ("One\ntwo\n\nthree", "One\\\ntwo\n\nthree"),
            ("One\r\n\r\n\r\ntwo", "One\n\ntwo"),
            (
                "<h2>A</h2>\ntext\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\nmore",
                "## A\n\ntext\n\n- a\n- b\n\nmore",
            ),
            ("<pre>a\n\nb</pre>\nc", "```\na\n\nb\n```\n\nc"),
            ("<table>\n<tr>\n\n<th>a</th>\n<th>b</th>\n</tr>\n</table>", "| a | b |\n| - | - |"),
            ("a\n\n<!--more-->\n\nb", "a\n\n<!--more-->\n\nb"),
            ("a<br />\nb", "a\\\nb"),
            ("<blockquote>a\n\nb</blockquote>\n\nc", "> a\n>\n> b\n\nc"),
        ] {
            assert_eq!(body(content), expected, "{content}");
        }
    }

    #[test]
    fn marks_of_the_block_editor_are_dropped() {
        let content = "<!-- wp:paragraph {\"a\":1} -->\n<p>One</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:list -->\n<ul><li>a</li></ul>\n<!-- /wp:list -->";
        assert_eq!(body(content), "One\n\n- a");
    }

    #[test]
    fn captions_become_figures() {
        let content = "a\n[caption id=\"x\" width=\"300\"]<a href=\"/a.jpg\"><img src=\"https://a.example/a-300x200.jpg\" alt=\"A\" /></a> The <em>port</em>[/caption]\nb";
        assert_eq!(body(content), "a\n\n![A](/a.jpg \"The port\")\n\nb");
        let old = "[caption caption=\"Old\"]<img src=\"https://a.example/a.jpg\">[/caption]";
        assert_eq!(body(old), "![](https://a.example/a.jpg \"Old\")");
    }

    #[test]
    fn shortcodes_are_told_from_text_in_brackets() {
        let content =
            "[gallery ids=\"1,2\"] he said [sic] and [1] [foo x=1]y[/foo] [embed]u[/embed] [Portmouth]";
        let found = super::html(content, &|_| None, &crate::import::shortcodes::OF_NO_SITE);
        assert_eq!(found.shortcodes, ["foo", "gallery"]);
        assert!(body(content).starts_with("[gallery ids=\"1,2\"] he said [sic]"));
    }

    #[test]
    fn hostile_content_is_read_in_short_time() {
        for content in [
            "[caption]".repeat(50_000),
            "<pre>\n".repeat(50_000),
            "[".repeat(100_000),
            "\n".repeat(100_000),
            "[a b=".repeat(50_000),
        ] {
            let start = std::time::Instant::now();
            let _ = body(&content);
            assert!(start.elapsed().as_secs() < 10, "{}", &content[..9.min(content.len())]);
        }
    }
}
