//! Pictures, figures, players and embeds.

use std::collections::BTreeSet;

use url::Url;

use super::blocks::Writer;
use super::elements::kept_attributes;
use super::inline::{Markup, Piece, Place, to_markdown};
use super::tree::{Node, Ref, Tag, find, name, tag};
use super::{Picture, code, escaped, line, picture_address, plain, raw};

/// Attributes of lazily loaded pictures. `src` comes last because it may be a placeholder.
const LATE: [&str; 5] = ["data-src", "data-lazy-src", "data-original", "data-orig-file", "src"];

/// Elements that a figure with a picture and caption does not contain.
const OTHERS: [&str; 12] = [
    "audio",
    "blockquote",
    "embed",
    "figure",
    "iframe",
    "object",
    "ol",
    "pre",
    "table",
    "ul",
    "video",
    "details",
];

/// Classes of quotations that a script turns into social media posts.
const POSTS: [&str; 9] = [
    "bluesky-embed",
    "fb-post",
    "fb-video",
    "instagram-media",
    "mastodon-embed",
    "reddit-embed-bq",
    "tiktok-embed",
    "twitter-tweet",
    "twitter-video",
];

/// Extensions of pictures.
const PICTURES: [&str; 7] = ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg"];

/// A player with less text than this contains only a fallback message.
const FALLBACK: usize = 200;

/// The picture of an element. `None` for tracking pixels.
pub(super) fn picture_of(node: Ref<'_>, tag: &Tag, base: Option<&Url>) -> Option<Picture> {
    if is_tracking_pixel(tag) {
        return None;
    }
    let largest = ["data-srcset", "data-lazy-srcset", "srcset"]
        .into_iter()
        .filter_map(|name| largest(tag.value(name)?));
    let late = LATE.into_iter().filter_map(|name| tag.value(name));
    let sources = node.prev_siblings().filter(|other| name(*other) == "source").filter_map(super::tree::tag);
    let sources = sources.filter_map(largest_of);
    let src = largest.chain(late).chain(sources).find_map(|src| picture_address(src, base))?;
    Some(Picture { src, alt: line(tag.value("alt").unwrap_or_default()), caption: None })
}

fn largest_of(source: &Tag) -> Option<&str> {
    largest(source.value("srcset").or(source.value("data-srcset"))?)
}

/// The largest picture of a `srcset`.
fn largest(set: &str) -> Option<&str> {
    let size = |word: &str| word.strip_suffix(['w', 'x', 'h'])?.parse::<f64>().ok();
    let mut best: Option<(f64, &str)> = None;
    let mut url = None;
    for word in set.split_ascii_whitespace() {
        // `a.jpg 300w,b.jpg 600w`
        let (word, next) =
            word.split_once(',').filter(|(word, _)| size(word).is_some()).unwrap_or((word, ""));
        match size(word) {
            Some(size) => {
                if let Some(url) = url.take().filter(|_| best.is_none_or(|(best, _)| size > best)) {
                    best = Some((size, url));
                }
                url = Some(next).filter(|next| !next.is_empty());
            }
            None => {
                if let Some(url) = url.replace(word.trim_matches(',')).filter(|_| best.is_none()) {
                    best = Some((1.0, url));
                }
            }
        }
    }
    best.map(|(_, url)| url).or(url).filter(|url| !url.starts_with("data:"))
}

/// Whether it is a tracking pixel.
fn is_tracking_pixel(tag: &Tag) -> bool {
    ["width", "height"]
        .iter()
        .filter_map(|name| tag.value(name))
        .any(|size| matches!(size.trim(), "0" | "1" | "1px"))
}

/// Writes an inline picture.
pub(super) fn picture(writer: &mut Writer<'_>, node: Ref<'_>, tag: &Tag) {
    let alt = line(tag.value("alt").unwrap_or_default());
    if tag.has_class(&["emoji", "wp-smiley", "smiley"]) && !alt.is_empty() {
        return writer.text(&alt);
    }
    // The fallback in `noscript` is the picture itself.
    let outer = node.parent().filter(|outer| name(*outer) == "picture").unwrap_or(node);
    let next = outer.next_siblings().find(|next| tag_or_text(*next));
    if next.is_some_and(|next| name(next) == "noscript" && find(next, &["img"]).is_some()) {
        return;
    }
    if let Some(picture) = picture_of(node, tag, writer.base) {
        push_picture(writer, picture);
    }
}

fn tag_or_text(node: Ref<'_>) -> bool {
    match node.value() {
        Node::Text(text) => !text.trim().is_empty(),
        Node::Element(tag) => tag.name() != "canvas",
        _ => false,
    }
}

fn push_picture(writer: &mut Writer<'_>, picture: Picture) {
    pieces(&picture).into_iter().for_each(|piece| writer.piece(piece));
    writer.found.pictures.push(picture);
}

/// A picture as Markdown, with its caption as title.
fn pieces(Picture { src, alt, caption }: &Picture) -> [Piece; 3] {
    let mut title = String::new();
    if let Some(caption) = caption {
        title.push_str(" \"");
        for (at, c) in caption.char_indices() {
            let is_reference = c == '&' && caption.get(at + 1..).is_some_and(|rest| !rest.starts_with(' '));
            if matches!(c, '"' | '\\' | '{' | '%' | '<') || is_reference {
                title.push('\\');
            }
            title.push(c);
        }
        title.push('"');
    }
    [Piece::Raw("![".to_owned()), Piece::Text(alt.clone()), Piece::Raw(format!("]({src}{title})"))]
}

/// A picture as HTML.
pub(super) fn as_html(picture: &Picture) -> String {
    format!("<img src=\"{}\" alt=\"{}\">", escaped(&picture.src), escaped(&picture.alt))
}

/// Writes a picture whose link leads to a larger version of itself.
pub(super) fn linked_picture(writer: &mut Writer<'_>, node: Ref<'_>, url: &str) -> bool {
    let Some(image) = find(node, &["img"]).filter(|_| plain(node).is_empty()) else { return false };
    let Some(mut picture) = tag(image).and_then(|tag| picture_of(image, tag, writer.base)) else {
        return false;
    };
    let is_larger = is_same_picture(&picture.src, url);
    if is_larger {
        picture.src = url.to_owned();
        push_picture(writer, picture);
    }
    is_larger
}

/// Whether two URLs are sizes of one picture: `a-300x200.jpg` and `a.jpg`, `/s320/a.jpg` and `/s1600/a.jpg`.
fn is_same_picture(one: &str, other: &str) -> bool {
    fn key(url: &str) -> Option<(String, String)> {
        let path = url.split(['?', '#']).next()?;
        let (stem, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        let is_size = |size: &str| {
            size.split_once('x').is_some_and(|(w, h)| [w, h].iter().all(|n| n.parse::<u32>().is_ok()))
        };
        let stem = stem
            .rsplit_once('-')
            .filter(|(_, size)| is_size(size) || *size == "scaled")
            .map_or(stem, |(stem, _)| stem);
        Some((stem.to_owned(), extension.to_ascii_lowercase()))
    }
    let (one, other) = (key(one), key(other));
    one.is_some()
        && one == other
        && other.is_some_and(|(_, extension)| PICTURES.contains(&extension.as_str()))
}

/// Writes a figure: each picture in its own paragraph, the last one with the caption.
pub(super) fn figure(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    writer.flush();
    let images: Vec<_> = node.descendants().filter(|inner| matches!(name(*inner), "img" | "image")).collect();
    if own.has_class(&["highlight"]) {
        return code::highlighted(writer, node);
    }
    let of_noscript: BTreeSet<_> = node
        .descendants()
        .filter(|inner| name(*inner) == "noscript")
        .filter_map(|inner| find(inner, &["img"]))
        .map(|image| image.id())
        .collect();
    let is_shown = |image: &Ref<'_>| of_noscript.is_empty() || of_noscript.contains(&image.id());
    let shown = images
        .iter()
        .filter(|image| is_shown(image))
        .filter_map(|image| Some((*image, picture_of(*image, tag(*image)?, writer.base)?)));
    let mut shown: Vec<_> = shown.collect();
    let is_quoted = |image: &Ref<'_>| {
        image.ancestors().take_while(|outer| *outer != node).any(|outer| name(outer) == "q")
    };
    if find(node, &OTHERS).is_some() || shown.is_empty() || images.iter().any(is_quoted) {
        return writer.paragraph(node);
    }
    let mut parts = Vec::new();
    captions(node, &mut parts);
    let caption = line(&parts.iter().map(|part| plain(*part)).collect::<Vec<_>>().join(" "));
    let has_links = parts.iter().any(|part| name(*part) == "a" || find(*part, &["a"]).is_some());
    let count = shown.len();
    for (index, (image, picture)) in shown.iter_mut().enumerate() {
        let link = page_of(*image, node, picture, writer.base);
        let caption = Some(&caption).filter(|caption| index + 1 == count && !caption.is_empty());
        match (&link, caption) {
            (Some(link), None) => {
                let open = Piece::Open(Markup::Link(link.clone()));
                let pieces = std::iter::once(open).chain(pieces(picture)).chain([Piece::Close]);
                writer.block(&to_markdown(pieces.collect(), Place::Paragraph));
            }
            (link, Some(_)) if link.is_some() || has_links || writer.items > 0 => {
                let html = as_html(picture);
                let html = match link {
                    Some(link) => format!("<a href=\"{}\">{html}</a>", escaped(link)),
                    None => html,
                };
                let caption = raw::inner(writer, &parts);
                writer.block(&format!("<figure>{html}<figcaption>{caption}</figcaption></figure>"));
            }
            (_, caption) => {
                picture.caption = caption.cloned();
                writer.block(&to_markdown(pieces(picture).into(), Place::Paragraph));
            }
        }
        writer.found.pictures.push(picture.clone());
    }
}

/// The link of a picture in a figure, unless it leads to a larger version, which replaces it, or to its attachment page.
fn page_of(image: Ref<'_>, figure: Ref<'_>, picture: &mut Picture, base: Option<&Url>) -> Option<String> {
    let link = image.ancestors().take_while(|outer| *outer != figure).find(|outer| name(*outer) == "a")?;
    let link = super::address(tag(link)?.value("href")?, base)?;
    let is_larger = is_same_picture(&picture.src, &link);
    if is_larger {
        picture.src.clone_from(&link);
    }
    (!is_larger && !link.contains("attachment")).then_some(link)
}

/// Collects the content of a figure other than its pictures.
fn captions<'t>(node: Ref<'t>, out: &mut Vec<Ref<'t>>) {
    for child in node.children().filter(|child| name(*child) != "noscript") {
        if find(child, &["img"]).is_some() {
            captions(child, out);
        } else if !plain(child).is_empty() {
            out.push(child);
        }
    }
}

/// The URL of embedded content, as readers open it.
pub(super) fn embed_url(node: Ref<'_>, own: &Tag, base: Option<&Url>) -> Option<String> {
    let of = |tag: &Tag| {
        let names = ["src", "data-src", "data-lazy-src", "data"].into_iter();
        names.filter_map(|name| tag.value(name)).find_map(|url| {
            picture_address(
                url.strip_prefix("//").map_or(url.to_owned(), |url| format!("https://{url}")).as_str(),
                base,
            )
        })
    };
    let param = |tag: &Tag| {
        let is_url =
            tag.value("name").is_some_and(|name| ["movie", "src", "url", "filename"].contains(&name));
        tag.value("value").filter(|_| is_url).and_then(|url| picture_address(url, base))
    };
    let inner = || {
        node.descendants().skip(1).filter_map(tag).find_map(|tag| match tag.name() {
            "source" | "embed" | "iframe" => of(tag),
            "param" => param(tag),
            _ => None,
        })
    };
    of(own).or_else(inner).map(|url| as_opened(&url))
}

/// The page of an embedded player: `youtube.com/embed/a` becomes `youtube.com/watch?v=a`.
fn as_opened(url: &str) -> String {
    let Ok(parsed) = Url::parse(url) else { return url.to_owned() };
    let host = parsed.host_str().unwrap_or_default().trim_start_matches("www.").trim_start_matches("m.");
    let parts: Vec<_> = parsed.path().split(['/', '&']).filter(|part| !part.is_empty()).collect();
    let query =
        |name: &str| parsed.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let found = match (host, parts.as_slice()) {
        ("youtube.com" | "youtube-nocookie.com", ["embed", "videoseries"]) => {
            query("list").map(|list| format!("https://www.youtube.com/playlist?list={list}"))
        }
        ("youtube.com" | "youtube-nocookie.com", ["embed" | "v" | "shorts" | "e", id, ..])
        | ("youtu.be", [id]) => {
            let from =
                query("start").or_else(|| query("t")).map(|from| format!("&t={from}")).unwrap_or_default();
            Some(format!("https://www.youtube.com/watch?v={id}{from}"))
        }
        ("player.vimeo.com", ["video", id]) => Some(match query("h") {
            Some(key) => format!("https://vimeo.com/{id}/{key}"),
            None => format!("https://vimeo.com/{id}"),
        }),
        ("vimeo.com", ["moogaloop.swf"]) => query("clip_id").map(|id| format!("https://vimeo.com/{id}")),
        ("dailymotion.com", ["embed", "video", id]) => {
            Some(format!("https://www.dailymotion.com/video/{id}"))
        }
        ("open.spotify.com", ["embed", kind, id]) => Some(format!("https://open.spotify.com/{kind}/{id}")),
        ("w.soundcloud.com", ["player"]) => query("url"),
        ("facebook.com", ["plugins", _]) => query("href"),
        _ => None,
    };
    found.map_or_else(|| url.to_owned(), |found| super::escape_url(&found))
}

/// Writes the URL of an embed on its own line.
pub(super) fn embed(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    match embed_url(node, own, writer.base) {
        Some(url) if !is_tracking_pixel(own) => {
            writer.block(&bare(&url));
            writer.found.embeds.push(url);
        }
        None if own.name() == "object" => writer.paragraph(node),
        _ => {}
    }
}

/// A URL as a link: bare if possible.
pub(super) fn bare(url: &str) -> String {
    let at_edge = |(at, _): (usize, &str)| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !letter(url[..at].chars().next_back()) || !letter(url[at + 1..].chars().next())
    };
    if !url.contains("://") {
        return format!("[{}]({url})", crate::import::markdown::escape(url));
    }
    let is_marked =
        url.contains(['*', '`', '~', '|', '[', ']', '{', '&']) || url.match_indices('_').any(at_edge);
    let is_ended = url.ends_with(|c: char| c.is_ascii_punctuation() && c != '/');
    if is_marked || is_ended { format!("<{url}>") } else { url.to_owned() }
}

/// Writes audio or video as a player without scripts.
pub(super) fn player(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    let Some(url) = embed_url(node, own, writer.base) else { return };
    let kept = kept_attributes(own);
    let poster = own.value("poster").and_then(|poster| picture_address(poster, writer.base));
    let poster = poster.map(|poster| format!(" poster=\"{}\"", escaped(&poster))).unwrap_or_default();
    let name = own.name();
    // An unclosed player would swallow the rest of the text.
    if own_text(node).len() >= FALLBACK {
        writer.paragraph(node);
    }
    writer.block(&format!("<{name} controls src=\"{}\"{poster}{kept}></{name}>", escaped(&url)));
}

fn own_text(node: Ref<'_>) -> String {
    node.children().map(plain).collect()
}

/// Writes an inline link to an embed.
pub(super) fn inline_link(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    if let Some(url) = embed_url(node, own, writer.base) {
        writer.piece(Piece::Raw(bare(&url)));
        writer.found.embeds.push(url);
    }
}

/// The URL of the post that a quotation embeds.
pub(super) fn post_url(writer: &Writer<'_>, node: Ref<'_>, own: &Tag) -> Option<String> {
    if !own.has_class(&POSTS) {
        return None;
    }
    let declared = ["data-instgrm-permalink", "cite", "data-href"].iter().find_map(|name| own.value(name));
    let linked = || {
        node.descendants()
            .filter_map(tag)
            .filter(|tag| tag.name() == "a")
            .filter_map(|tag| tag.value("href"))
            .last()
    };
    let mut url = Url::parse(&picture_address(declared.or_else(linked)?, writer.base)?).ok()?;
    url.set_query(None);
    Some(bare(url.as_str()))
}

/// Drawings cannot be converted. Those in links and buttons are icons.
pub(super) fn drawing(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    let is_sign =
        own.value("aria-hidden").is_some() || own.value("class").is_some_and(|class| class.contains("icon"));
    let width = own.value("width").and_then(|width| width.trim_end_matches("px").parse::<f64>().ok());
    let is_in_link = node.ancestors().any(|outer| matches!(name(outer), "a" | "button"));
    if !is_sign
        && !is_in_link
        && width.is_none_or(|width| width > 48.0)
        && !writer.found.dropped.contains(&"svg")
    {
        writer.found.dropped.push("svg");
    }
}

/// Writes a formula in its source notation, TeX if available.
pub(super) fn formula(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    let is_tex = |tag: &Tag| tag.value("encoding").is_some_and(|encoding| encoding.contains("tex"));
    let annotation = node.descendants().find(|inner| tag(*inner).is_some_and(is_tex)).map(plain);
    let tex = own.value("alttext").map(line).or(annotation).filter(|tex| !tex.is_empty());
    match tex {
        Some(tex) if !tex.contains('`') => writer.piece(Piece::Raw(format!("`{tex}`"))),
        _ => writer.text(&plain(node)),
    }
    if !writer.found.dropped.contains(&"math") {
        writer.found.dropped.push("math");
    }
}

/// Writes what hidden elements contain for readers without scripts, and ticked boxes.
pub(super) fn fallback(writer: &mut Writer<'_>, node: Ref<'_>, own: &Tag) {
    match own.name() {
        "noscript" if find(node, &["img"]).is_some() => {
            let images: Vec<_> = node.descendants().filter(|inner| name(*inner) == "img").collect();
            images
                .into_iter()
                .filter_map(|image| picture_of(image, tag(image)?, writer.base))
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|picture| push_picture(writer, picture));
        }
        "input"
            if own.value("type") == Some("checkbox") && node.ancestors().any(|outer| name(outer) == "li") =>
        {
            let mark = if own.value("checked").is_some() { "[x]" } else { "[ ]" };
            writer.piece(Piece::Raw(mark.to_owned()));
            writer.text(" ");
        }
        _ => {}
    }
}
