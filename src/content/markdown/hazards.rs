//! Raw HTML → the tags and attributes that run code, change the whole page or load something.

use std::ops::Range;

use super::references::{Written, classify};
use super::tags::{RawText, Tag, Token, tokens};
use crate::config::policy::Load;

/// A hazardous tag or attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hazard {
    /// `<script>`, with its URL if it is elsewhere.
    Script(Option<String>),
    /// An attribute such as `onclick`.
    Handler(String),
    /// An attribute with a URL that runs code, or with a document that may.
    RunsCode(String),
    /// `<base>`, with its URL.
    Base(String),
    /// `<meta http-equiv=refresh>`
    Refresh,
    /// A tag without a `>`, which swallows the text after it.
    Unclosed(String),
    /// An inline style: an attribute or an element.
    Style(&'static str),
    /// Something loaded from elsewhere, with its URL.
    Loads(Load, String),
}

/// Attributes whose value is a URL or may become one.
const URLS: [&str; 12] = [
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "xlink:href",
    "background",
    "from",
    "to",
    "values",
    "srcset",
];

/// The hazards in some HTML, with their places.
pub(super) fn hazards(html: &str) -> Vec<(Hazard, Range<usize>)> {
    let mut found = Vec::new();
    let mut in_picture = false;
    for token in tokens(html, RawText::Search) {
        let Token::Tag(tag) = token else { continue };
        if tag.is_end {
            continue;
        }
        in_picture = tag.name == "picture" || in_picture && matches!(tag.name.as_str(), "source" | "img");
        if !tag.is_closed {
            found.push((Hazard::Unclosed(tag.name.clone()), tag.span.clone()));
        }
        of_element(&tag, &mut found);
        for attribute in &tag.attributes {
            let name = attribute.name.as_str();
            let is_handler = name.len() > 2 && name.starts_with("on");
            let hazard = if is_handler && name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                Hazard::Handler(name.to_owned())
            } else if name == "srcdoc"
                || URLS.contains(&name) && attribute.value.as_deref().is_some_and(runs_code)
            {
                Hazard::RunsCode(name.to_owned())
            } else if name == "style" {
                Hazard::Style("attribute")
            } else {
                continue;
            };
            found.push((hazard, attribute.span.clone()));
        }
        let loads = loads(&tag, in_picture).into_iter();
        found.extend(loads.map(|(load, url)| (Hazard::Loads(load, url), tag.span.clone())));
    }
    found
}

fn runs_code(value: &str) -> bool {
    value.split([',', ';']).next().is_some_and(|url| classify(url) == Written::Unsafe)
        || classify(value) == Written::Unsafe
}

fn of_element(tag: &Tag<'_>, found: &mut Vec<(Hazard, Range<usize>)>) {
    let hazard = match tag.name.as_str() {
        "script" if is_program(tag) => {
            let elsewhere = tag.value("src").filter(|url| is_elsewhere(url));
            Hazard::Script(elsewhere.map(|url| url.trim().to_owned()))
        }
        "style" => Hazard::Style("element"),
        "base" => Hazard::Base(tag.value("href").unwrap_or_default().to_owned()),
        "meta" if tag.value("http-equiv").is_some_and(|what| what.trim().eq_ignore_ascii_case("refresh")) => {
            Hazard::Refresh
        }
        _ => return,
    };
    found.push((hazard, tag.span.clone()));
}

/// Whether a script runs. Scripts of other types are data (HTML, section 4.12.1).
fn is_program(tag: &Tag<'_>) -> bool {
    let kind = tag.value("type").unwrap_or_default().trim().to_ascii_lowercase();
    kind.is_empty() || kind == "module" || kind.ends_with("javascript") || kind.ends_with("ecmascript")
}

/// What a tag other than `<script>` loads from elsewhere.
fn loads(tag: &Tag<'_>, in_picture: bool) -> Vec<(Load, String)> {
    let of = |load: Load, names: &[&str]| {
        let values = names.iter().filter_map(|name| tag.value(name)).filter(|url| is_elsewhere(url));
        values.map(|url| (load, url.trim().to_owned())).collect::<Vec<_>>()
    };
    let sets = || {
        let set = tag.value("srcset").unwrap_or_default().split(',');
        let urls = set.filter_map(|one| one.split_whitespace().next()).filter(|url| is_elsewhere(url));
        urls.map(|url| (Load::Picture, url.to_owned())).collect::<Vec<_>>()
    };
    match tag.name.as_str() {
        "img" => [of(Load::Picture, &["src"]), sets()].concat(),
        "source" if in_picture || tag.value("srcset").is_some() => sets(),
        "input" | "image" | "use" => of(Load::Picture, &["src", "href", "xlink:href"]),
        "audio" | "source" | "track" => of(Load::Media, &["src"]),
        "video" => [of(Load::Media, &["src"]), of(Load::Picture, &["poster"])].concat(),
        "iframe" | "frame" => of(Load::Frame, &["src"]),
        "object" | "embed" | "applet" => of(Load::Plugin, &["data", "src", "code"]),
        "form" | "button" => of(Load::Form, &["action", "formaction"]),
        "link" if tag.value("rel").is_some_and(|rel| rel.to_ascii_lowercase().contains("stylesheet")) => {
            of(Load::Style, &["href"])
        }
        _ => Vec::new(),
    }
}

/// Whether a URL names a host.
pub(crate) fn is_elsewhere(url: &str) -> bool {
    let url = url.trim();
    let is_web =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    is_web("https:") || is_web("http:") || url.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<Hazard> {
        hazards(html).into_iter().map(|(hazard, _)| hazard).collect()
    }

    #[test]
    fn code_is_found_in_all_spellings() {
        let code = |name: &str| vec![Hazard::RunsCode(name.to_owned())];
        for (html, expected) in [
            ("<img alt=x oNeRRor=alert(1)>", vec![Hazard::Handler("onerror".to_owned())]),
            ("<svg/onload=alert(1)>", vec![Hazard::Handler("onload".to_owned())]),
            ("<a href=java&#115;cript:alert(1)>", code("href")),
            ("<a href=\" java&Tab;scr\nipt&colon;alert(1)\">", code("href")),
            ("<a xlink:href='\u{1}javascript:x'>", code("xlink:href")),
            ("<button formaction=vbscript:x>", code("formaction")),
            ("<iframe srcdoc='<b>'></iframe>", code("srcdoc")),
            ("<SCRIPT>x</SCRIPT>", vec![Hazard::Script(None)]),
            ("<meta HTTP-EQUIV=' Refresh' content='0'>", vec![Hazard::Refresh]),
            ("<base href=/x/>", vec![Hazard::Base("/x/".to_owned())]),
            ("<p title=\"", vec![Hazard::Unclosed("p".to_owned())]),
        ] {
            assert_eq!(found(html), expected, "{html}");
        }
    }

    #[test]
    fn harmless_html_is_not_reported() {
        for html in [
            "<a href=\"https://a.example/?on=1\">on=x</a>",
            "<img src=a.png alt='onclick=x'>",
            "<script type=\"application/ld+json\">{}</script>",
            "<figure><figcaption>a</figcaption></figure> <p on=x data-on=y>",
            "<iframe src=/map.html></iframe><img src=data:image/png;base64,AA>",
            "<!-- <script> -->",
        ] {
            assert_eq!(found(html), [], "{html}");
        }
    }

    #[test]
    fn external_resources_are_found_by_kind() {
        let html = "<img src=http://a.example/a.png srcset='//b.example/b.png 2x'><video poster=https://c.example/c.png src=d.mp4>\
            <picture><source srcset=https://e.example/e.png></picture><object data=http://f.example/></object>";
        let of = |load, url: &str| Hazard::Loads(load, url.to_owned());
        assert_eq!(
            found(html),
            [
                of(Load::Picture, "http://a.example/a.png"),
                of(Load::Picture, "//b.example/b.png"),
                of(Load::Picture, "https://c.example/c.png"),
                of(Load::Picture, "https://e.example/e.png"),
                of(Load::Plugin, "http://f.example/"),
            ]
        );
    }
}
