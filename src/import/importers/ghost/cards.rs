//! Turns the document formats of Ghost's editors, Lexical and Mobiledoc, into HTML.

use serde_json::Value as Json;

use super::super::weblog::text;
use crate::import::html::escaped;

/// How deep nodes may be nested.
const DEEPEST: usize = 40;

/// The text of a post that has no HTML.
pub(super) fn html(post: &Json) -> String {
    let parse = |name: &str| serde_json::from_str::<Json>(text(post, name)).ok();
    if let Some(document) = parse("/lexical") {
        return children(document.get("root").unwrap_or(&Json::Null), DEEPEST);
    }
    parse("/mobiledoc").map(|document| mobiledoc(&document)).unwrap_or_default()
}

fn children(node: &Json, depth: usize) -> String {
    let all = node.get("children").and_then(Json::as_array).into_iter().flatten();
    all.map(|child| if depth > 0 { lexical(child, depth - 1) } else { String::new() }).collect()
}

fn lexical(node: &Json, depth: usize) -> String {
    let inside = || children(node, depth);
    let kind = text(node, "/type").trim_start_matches("extended-");
    match kind {
        "text" => formatted(text(node, "/text"), node.get("format").and_then(Json::as_u64).unwrap_or(0)),
        "linebreak" => "<br>".to_owned(),
        "tab" => " ".to_owned(),
        "paragraph" => format!("<p>{}</p>", inside()),
        "heading" => {
            around(Some(text(node, "/tag")).filter(|tag| tag.starts_with('h')).unwrap_or("h2"), &inside())
        }
        "quote" | "aside" => around("blockquote", &inside()),
        "list" => around(if text(node, "/listType") == "number" { "ol" } else { "ul" }, &inside()),
        "listitem" => around("li", &inside()),
        "link" => format!("<a href=\"{}\">{}</a>", escaped(text(node, "/url")), inside()),
        "root" => inside(),
        _ => format!("{}{}", card(kind, node), inside()),
    }
}

fn formatted(text: &str, format: u64) -> String {
    const FORMATS: [(u64, &str); 6] =
        [(1, "strong"), (2, "em"), (4, "del"), (16, "code"), (32, "sub"), (64, "sup")];
    let marks = FORMATS.iter().filter(|(bit, _)| format & bit != 0);
    marks.fold(escaped(text), |inside, (_, tag)| around(tag, &inside))
}

fn around(tag: &str, inside: &str) -> String {
    format!("<{tag}>{inside}</{tag}>")
}

fn link(url: &str, label: &str) -> String {
    let label = if label.is_empty() { url } else { label };
    if url.is_empty() {
        String::new()
    } else {
        format!("<p><a href=\"{}\">{}</a></p>", escaped(url), escaped(label))
    }
}

fn figure(inside: &str, caption: &str) -> String {
    let caption = if caption.is_empty() { String::new() } else { around("figcaption", caption) };
    format!("<figure>{inside}{caption}</figure>")
}

/// A card. Both editors use the same names.
fn card(kind: &str, data: &Json) -> String {
    let of = |name: &str| text(data, name);
    let caption = of("/caption");
    let picture = |image: &Json| {
        format!("<img src=\"{}\" alt=\"{}\">", escaped(text(image, "/src")), escaped(text(image, "/alt")))
    };
    match kind {
        "markdown" | "card-markdown" => of_markdown(of("/markdown")),
        "html" => of("/html").to_owned(),
        "image" => {
            let image = picture(data);
            let href = of("/href");
            figure(
                &if href.is_empty() { image } else { format!("<a href=\"{}\">{image}</a>", escaped(href)) },
                caption,
            )
        }
        "gallery" => {
            let images = data.get("images").and_then(Json::as_array).into_iter().flatten();
            let images: String = images.map(|image| figure(&picture(image), "")).collect();
            if caption.is_empty() { images } else { format!("{images}<p>{caption}</p>") }
        }
        "embed" if of("/url").is_empty() => of("/html").to_owned(),
        "embed" => format!(
            "{}{}",
            link(of("/url"), ""),
            if caption.is_empty() { String::new() } else { around("p", caption) }
        ),
        "bookmark" => link(of("/url"), text(data, "/metadata/title")),
        "code" | "codeblock" => {
            let language = Some(of("/language")).filter(|language| !language.is_empty());
            let class = language
                .map(|language| format!(" class=\"language-{}\"", escaped(language)))
                .unwrap_or_default();
            figure(&format!("<pre><code{class}>{}</code></pre>", escaped(of("/code"))), caption)
        }
        "callout" => around("blockquote", &format!("<p>{} {}</p>", of("/calloutEmoji"), of("/calloutText"))),
        "toggle" => format!("<h4>{}</h4>{}", of("/heading"), of("/content")),
        "button" | "email-cta" => link(of("/buttonUrl"), of("/buttonText")),
        "file" => link(
            of("/src"),
            [of("/fileTitle"), of("/fileName")].into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
        ),
        "audio" | "video" => format!(
            "{}{}",
            link(of("/src"), of("/title")),
            if caption.is_empty() { String::new() } else { around("p", caption) }
        ),
        "header" => format!(
            "<h2>{}</h2><p>{}</p>{}",
            of("/header"),
            of("/subheader"),
            link(of("/buttonUrl"), of("/buttonText"))
        ),
        "product" => product(data),
        "hr" | "horizontalrule" => "<hr>".to_owned(),
        _ => String::new(),
    }
}

fn of_markdown(markdown: &str) -> String {
    use pulldown_cmark::{Options, Parser, html};
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(markdown, options));
    out
}

fn product(data: &Json) -> String {
    let of = |name: &str| text(data, name);
    let image = match of("/productImageSrc") {
        "" => String::new(),
        src => format!("<img src=\"{}\" alt=\"\">", escaped(src)),
    };
    let (title, description) = (of("/productTitle"), of("/productDescription"));
    format!("{image}<h4>{title}</h4>{description}{}", link(of("/productUrl"), of("/productButton")))
}

/// Converts Mobiledoc: arrays of numbers for section types and for markers with the markups that they open and close.
fn mobiledoc(document: &Json) -> String {
    let mut out = String::new();
    for section in document.get("sections").and_then(Json::as_array).into_iter().flatten() {
        let at = |index: usize| section.get(index).unwrap_or(&Json::Null);
        let tag = || at(1).as_str().filter(|tag| tag.chars().all(char::is_alphanumeric)).unwrap_or("p");
        match at(0).as_u64() {
            Some(1) => out.push_str(&around(tag(), &markers(document, at(2)))),
            Some(2) => out.push_str(&format!(
                "<p><img src=\"{}\" alt=\"\"></p>",
                escaped(at(1).as_str().unwrap_or_default())
            )),
            Some(3) => {
                let items = at(2).as_array().into_iter().flatten();
                out.push_str(&around(
                    tag(),
                    &items.map(|item| around("li", &markers(document, item))).collect::<String>(),
                ));
            }
            Some(10) => {
                let index = usize::try_from(at(1).as_u64().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
                let card_of = document.get("cards").and_then(|cards| cards.get(index));
                if let Some((name, data)) = card_of.and_then(|one| Some((one.get(0)?.as_str()?, one.get(1)?)))
                {
                    out.push_str(&card(name, data));
                }
            }
            _ => {}
        }
    }
    out
}

fn markers(document: &Json, markers: &Json) -> String {
    let mut out = String::new();
    let mut open: Vec<String> = Vec::new();
    for marker in markers.as_array().into_iter().flatten() {
        for opened in marker.get(1).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_u64) {
            let markup = usize::try_from(opened).ok().and_then(|index| document.get("markups")?.get(index));
            let tag = markup
                .and_then(|markup| markup.get(0)?.as_str())
                .filter(|tag| tag.chars().all(char::is_alphanumeric))
                .unwrap_or("span");
            let href = markup.and_then(|markup| markup.get(1)?.get(1)?.as_str()).filter(|_| tag == "a");
            out.push_str(
                &href.map_or_else(|| format!("<{tag}>"), |href| format!("<a href=\"{}\">", escaped(href))),
            );
            open.push(tag.to_owned());
        }
        match marker.get(3) {
            Some(Json::String(text)) => out.push_str(&escaped(text)),
            // An atom: a line break.
            _ => out.push_str("<br>"),
        }
        for _ in 0..marker.get(2).and_then(Json::as_u64).unwrap_or(0) {
            if let Some(tag) = open.pop() {
                out.push_str(&format!("</{tag}>"));
            }
        }
    }
    out
}
