//! The HTML of a story's text → HTML that works anywhere: in a feed reader, an email, a partner's page.
//!
//! URLs are absolute, and nothing runs, styles or asks for input. Embedded media become links, because readers drop
//! them silently.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::Builder;
use url::Url;

use super::xml::allowed;

/// Elements that stay. Of other elements only the content stays.
const KEPT: &str = "a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em \
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub \
    summary sup table tbody td tfoot th thead time tr u ul var wbr";

/// Attributes that stay, by element. There are no classes and ids: links to a heading lead to the story's page.
const ATTRIBUTES: [(&str, &str); 13] = [
    ("a", "href hreflang"),
    ("blockquote", "cite"),
    ("col", "span"),
    ("colgroup", "span"),
    ("del", "cite datetime"),
    ("img", "src alt width height"),
    ("ins", "cite datetime"),
    ("li", "value"),
    ("ol", "start reversed type"),
    ("q", "cite"),
    ("td", "colspan rowspan"),
    ("th", "colspan rowspan scope"),
    ("time", "datetime"),
];

/// Attributes that stay on every element.
const ATTRIBUTES_OF_ALL: &str = "dir lang title";

/// Elements that are removed with their content, which is not text or means nothing without them.
const GONE: &str = "button canvas datalist math noscript script select style svg template textarea title";

/// Elements that embed media, with the attributes that say which.
const EMBEDS: [(&str, &str); 6] = [
    ("audio", "src title"),
    ("embed", "src title"),
    ("iframe", "src title"),
    ("object", "data title"),
    ("source", "src"),
    ("video", "src title"),
];

/// How deeply elements may be nested.
const DEEPEST: usize = 500;

/// Elements whose end tag is missing or optional.
const UNCLOSED: &str = "area br col dd dt embed hr img input li link meta option p source td th tr track wbr";

/// How many attributes a tag may have: the parser compares each with all others.
const WIDEST: usize = 5000;

/// How often HTML is cleaned until it no longer changes. Twice is enough for all but hostile HTML.
const READINGS: usize = 6;

/// Makes HTML portable. Building it is expensive, so create it once.
#[derive(Debug)]
pub struct Portable {
    /// Removes URLs that are not absolute.
    strict: Builder<'static>,
}

impl Default for Portable {
    fn default() -> Self {
        Self { strict: builder(None, false) }
    }
}

impl Portable {
    /// Returns the HTML of a page at the absolute URL `page` as others can show it. It is well formed, has only a few
    /// harmless elements and attributes, and does not change when it is made portable again.
    pub fn html(&self, html: &str, page: &str) -> String {
        if is_too_deep(html) || is_too_wide(html) {
            return bare(html);
        }
        let absolute = builder(Url::parse(page).ok(), true).clean(html).to_string();
        let mut html = links(&absolute).into_owned();
        // Removing an element can leave others where HTML does not allow them, which changes the result of the next
        // pass.
        for _ in 0..READINGS {
            let again = allowed(&self.strict.clean(&html).to_string()).into_owned();
            if again == html {
                return html;
            }
            html = again;
        }
        plain(&html)
    }
}

/// Creates a sanitizer that resolves URLs against `base`.
fn builder(base: Option<Url>, with_embeds: bool) -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .add_tags(words(KEPT))
        .clean_content_tags(words(GONE))
        .tag_attributes(ATTRIBUTES.iter().map(|(tag, names)| (*tag, words(names))).collect())
        .generic_attributes(words(ATTRIBUTES_OF_ALL))
        .link_rel(None)
        .attribute_filter(move |_, name, value| attribute(base.as_ref(), name, value));
    if with_embeds {
        builder.add_tags(EMBEDS.map(|(tag, _)| tag));
        for (tag, names) in EMBEDS {
            builder.add_tag_attributes(tag, words(names));
        }
    }
    builder
}

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_whitespace().collect()
}

/// Returns the portable value of an attribute, or `None` to remove it.
fn attribute<'v>(base: Option<&Url>, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    if !matches!(name, "href" | "src" | "cite" | "data") {
        return Some(value.into());
    }
    let is_link = name == "href";
    // An empty link leads to the page; an empty image would load the page.
    if value.trim().is_empty() && !is_link {
        return None;
    }
    let url = Url::options().base_url(base).parse(value).ok()?;
    let fits =
        matches!(url.scheme(), "http" | "https") || (is_link && matches!(url.scheme(), "mailto" | "tel"));
    fits.then(|| String::from(url).into())
}

/// Replaces embedded media by links, and images without a URL by their alternative text. Expects the output of a
/// [`Builder`], which has no `<` or `>` in texts and values.
fn links(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, tag, after)) = next_tag(rest) {
        rest = after;
        out.push_str(before);
        let name = tag.split([' ', '>']).next().unwrap_or(tag);
        match name {
            "img" if value(tag, "src").is_none() => out.push_str(value(tag, "alt").unwrap_or_default()),
            "audio" | "iframe" | "object" | "video" => {
                let (inside, after) = content(name, rest);
                let url = value(tag, "src").or_else(|| value(tag, "data")).or_else(|| source(inside));
                // Without a URL, its fallback content stays.
                if let Some(url) = url {
                    link(&mut out, url, value(tag, "title"));
                }
                if url.is_some() || name == "iframe" {
                    rest = after;
                }
            }
            "embed" => {
                if let Some(url) = value(tag, "src") {
                    link(&mut out, url, value(tag, "title"));
                }
            }
            "source" => {}
            _ => {
                out.push('<');
                out.push_str(tag);
                out.push('>');
            }
        }
    }
    out.push_str(rest);
    out.into()
}

/// Splits HTML into the text before the first tag, the tag without brackets, and the rest.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let (before, tag) = html.split_once('<')?;
    let (tag, after) = tag.split_once('>')?;
    Some((before, tag, after))
}

/// Splits HTML into the content of an element whose start tag was read, and the rest.
fn content<'h>(name: &str, html: &'h str) -> (&'h str, &'h str) {
    let end = format!("</{name}>");
    html.split_once(end.as_str()).unwrap_or((html, ""))
}

/// The URL of the first `<source>`.
fn source(html: &str) -> Option<&str> {
    let (_, after) = html.split_once("<source")?;
    value(after.split_once('>')?.0, "src")
}

/// The escaped value of an attribute.
fn value<'h>(tag: &'h str, name: &str) -> Option<&'h str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

fn link(out: &mut String, url: &str, title: Option<&str>) {
    let title = title.filter(|title| !title.trim().is_empty()).unwrap_or(url);
    out.push_str(&format!("<a href=\"{url}\">{title}</a>"));
}

/// Whether elements are nested so deeply that parsing would take long: the work grows with the square of the depth.
fn is_too_deep(html: &str) -> bool {
    let mut depth = 0_usize;
    html.match_indices('<').any(|(at, _)| {
        let tag = &html.as_bytes()[at + 1..];
        let name = tag.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if tag.first() == Some(&b'/') {
            depth = depth.saturating_sub(1);
        } else if name > 0
            && !UNCLOSED.split(' ').any(|known| tag[..name].eq_ignore_ascii_case(known.as_bytes()))
        {
            depth += 1;
        }
        depth > DEEPEST
    })
}

/// Whether a tag has very many attributes. Counts everything that may end one outside quotation marks.
fn is_too_wide(html: &str) -> bool {
    let (mut ends, mut quote, mut is_in_tag) = (0_usize, None, false);
    html.bytes().any(|byte| {
        match (quote, byte) {
            (Some(mark), _) if mark == byte => quote = None,
            (Some(_), _) => {}
            (None, b'<') if !is_in_tag => (ends, is_in_tag) = (0, true),
            (None, b'>') => is_in_tag = false,
            (None, b'"' | b'\'') if is_in_tag => quote = Some(byte),
            (None, b' ' | b'\t' | b'\n' | b'/') if is_in_tag => ends += 1,
            (None, _) => {}
        }
        ends > WIDEST
    })
}

/// The text between tags of any HTML.
fn bare(html: &str) -> String {
    let mut pieces = html.split('<');
    let first = pieces.next().unwrap_or_default();
    let after = pieces.filter_map(|piece| piece.split_once('>').map(|(_, text)| text));
    let text: String = std::iter::once(first).chain(after).collect();
    format!("<p>{}</p>", allowed(text.trim()).replace('>', "&gt;"))
}

/// The text of HTML.
fn plain(html: &str) -> String {
    let mut builder = Builder::empty();
    let text = builder.clean_content_tags(words(GONE)).clean(html).to_string();
    format!("<p>{}</p>", allowed(text.trim()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = "https://news.example/2026/11/storm/";

    #[test]
    fn deeply_nested_html_becomes_text() {
        let deep = format!("{}<p>One &amp; <i>two</i>", "<div>".repeat(600));
        assert_eq!(Portable::default().html(&deep, PAGE), "<p>One &amp; two</p>");
        let long = "<p>One<br><li>two</li>".repeat(600);
        assert!(Portable::default().html(&long, PAGE).contains("<li>two</li>"));
    }

    fn portable(html: &str) -> String {
        Portable::default().html(html, PAGE)
    }

    #[test]
    fn urls_become_absolute() {
        for (html, expected) in [
            ("<a href=\"#talks\">t</a>", "<a href=\"https://news.example/2026/11/storm/#talks\">t</a>"),
            (
                "<a href=\"../other/?a=1&amp;b\">t</a>",
                "<a href=\"https://news.example/2026/11/other/?a=1&amp;b\">t</a>",
            ),
            ("<a href=\"\">t</a>", "<a href=\"https://news.example/2026/11/storm/\">t</a>"),
            ("<a href=\"//b.example/ä ö\">t</a>", "<a href=\"https://b.example/%C3%A4%20%C3%B6\">t</a>"),
            ("<a href=\"mailto:desk@x.example\">t</a>", "<a href=\"mailto:desk@x.example\">t</a>"),
            (
                "<img src=\"map.svg\" alt=\"A &quot;map&quot;\" width=\"640\" height=\"360\" loading=\"lazy\" decoding=\"async\">",
                "<img src=\"https://news.example/2026/11/storm/map.svg\" alt=\"A &quot;map&quot;\" width=\"640\" height=\"360\">",
            ),
            ("<q cite=\"/law\">q</q>", "<q cite=\"https://news.example/law\">q</q>"),
        ] {
            assert_eq!(portable(html), expected);
        }
    }

    #[test]
    fn scripts_styles_and_forms_are_removed() {
        for (html, expected) in [
            ("<p onclick=\"x()\" style=\"color:red\" class=\"a\" id=\"b\">t</p>", "<p>t</p>"),
            ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
            ("<a href=\"javascript:alert(1)\">t</a>", "<a>t</a>"),
            ("<a href=\" java\nscript:alert(1)\">t</a>", "<a>t</a>"),
            ("<form action=\"/x\"><label>Name <input></label><button>Go</button></form>", "Name "),
            ("<svg><script>x</script><a xlink:href=\"javascript:x\">t</a></svg>a", "a"),
            ("<img src=\"data:image/svg+xml,%3Csvg\" alt=\"A &lt;map&gt;\">", "A &lt;map&gt;"),
            ("<img src=x onerror=alert(1)>", "<img src=\"https://news.example/2026/11/storm/x\">"),
            ("a\u{1}b&#1;c&#x0B;d", "abcd"),
        ] {
            assert_eq!(portable(html), expected);
        }
    }

    #[test]
    fn embedded_media_become_links() {
        for (html, expected) in [
            (
                "<iframe src=\"https://v.example/embed/1?a=1&amp;b=2\" title=\"The &quot;storm&quot;\"><p>no</p></iframe>!",
                "<a href=\"https://v.example/embed/1?a=1&amp;b=2\">The &quot;storm&quot;</a>!",
            ),
            ("<iframe srcdoc=\"<p>\"></iframe>a", "a"),
            (
                "<embed src=\"/map.pdf\">a",
                "<a href=\"https://news.example/map.pdf\">https://news.example/map.pdf</a>a",
            ),
            (
                "<video controls poster=a.jpg><source src=\"a.webm\"><source src=\"a.mp4\">Sorry</video>",
                "<a href=\"https://news.example/2026/11/storm/a.webm\">https://news.example/2026/11/storm/a.webm</a>",
            ),
            ("<audio>No <b>sound</b></audio>", "No <b>sound</b>"),
            ("<object data=\"javascript:x\"><p>else</p></object>", "<p>else</p>"),
            ("<iframe src=\"javascript:alert(1)\"></iframe>", ""),
        ] {
            assert_eq!(portable(html).replace("&quot;", "\""), expected.replace("&quot;", "\""));
        }
    }

    #[test]
    fn meaningful_elements_stay() {
        for html in [
            "<figure><img src=\"https://a.example/a.jpg\" alt=\"\"><figcaption>A <cite>b</cite></figcaption></figure>",
            "<table><caption>c</caption><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>",
            "<p lang=\"ar\" dir=\"rtl\">سلام <bdi>x</bdi></p>",
            "<ol start=\"3\"><li value=\"7\">x</li></ol>",
            "<p>H<sub>2</sub>O<sup><a href=\"https://a.example/#fn_1\">1</a></sup>&nbsp;km <time datetime=\"2026-11-22\">today</time></p>",
        ] {
            assert_eq!(portable(html), html);
        }
    }

    #[test]
    fn open_elements_are_closed() {
        assert_eq!(portable("<p>a <b>c"), "<p>a <b>c</b></p>");
        assert_eq!(portable("</div></p><li>a"), "<p></p><li>a</li>");
        assert_eq!(portable("<p><marquee><p>x</p></marquee></p>"), "<p></p><p>x</p><p></p>");
    }

    /// Pieces of HTML that parsers are known to stumble over.
    const PIECES: &str = "<p>|</p>|<a href='#x'>|<a href=x>|</a>|<b>|</b>|<i>|<table>|<tr>|<td>|</table>|\
        <caption>|<li>|<ul>|<dl><dt>|<pre>\n\n|<div>|</div>|<h2>|<form>|<section>|<button>|\
        </button>|<script>|</script>|<style>|<svg>|</svg>|<math>|<mtext>|<foreignObject>|\
        <title>|<iframe src=/v>|</iframe>|<video src=v>|</video>|<object data=o>|</object>|\
        <source src=s>|<embed src=e>|<noscript>|<template>|<textarea>|<select>|<option>|\
        <img src=i>|<img alt='<script>'>|<!--|-->|<![CDATA[|]]>|<plaintext>|<xmp>|\
        <frameset>|<body>|<base href=https://evil.example/>|<ruby><rt>|<details><summary>|\
        <blockquote cite=c>|\u{0}|\u{1}|&#1;|&nbsp;|\r\n|<nobr>";

    fn html() -> impl Strategy<Value = String> {
        let bit = prop_oneof![
            "[a-z <>&\"'/=]{0,6}",
            prop::sample::select(PIECES.split('|').collect::<Vec<_>>()).prop_map(str::to_owned),
        ];
        prop::collection::vec(bit, 0..24).prop_map(|bits| bits.concat())
    }

    fn urls(html: &str) -> impl Iterator<Item = &str> {
        let urls = |name| html.split(name).skip(1).filter_map(|rest| rest.split('"').next());
        urls(" href=\"").chain(urls(" src=\"")).chain(urls(" cite=\""))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn portable_html_is_portable(html in html()) {
            let portable = Portable::default();
            let once = portable.html(&html, PAGE);
            prop_assert_eq!(&portable.html(&once, "https://elsewhere.example/"), &once);
            for tag in ["<script", "<style", "<iframe", "<svg", "<form", "<video", "<object", "<source"] {
                prop_assert!(!once.contains(tag), "{}", once);
            }
            for url in urls(&once) {
                prop_assert!(url.starts_with("https://"), "{}", once);
            }
            prop_assert_eq!(&*allowed(&once), &*once);
        }
    }
}
