//! The filters that templates of the table have besides Tera's own. Each makes a value safe for where it is output.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::import::archive::urls;
use crate::import::{html, markdown};

/// Characters that a part of a URL may contain (RFC 3986, section 2.3).
const PART: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Names of arguments with a picture, its text, its caption and its credit.
const SOURCES: [&str; 11] =
    ["src", "url", "file", "path", "image_path", "image", "img", "filename", "filepath", "name", "link"];
const ALTS: [&str; 3] = ["alt", "image_alt", "alttext"];
const CAPTIONS: [&str; 6] = ["caption", "description", "desc", "legend", "text", "content"];
const CREDITS: [&str; 5] = ["attr", "attribution", "credit", "credits", "copyright"];

/// Registers the filters.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("one", |params: &Value, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let (of, missing) = (kwargs.must_get::<&str>("of")?, kwargs.get::<&str>("missing")?);
        let params = texts(params);
        let names: Vec<_> = of.split(',').map(str::trim).collect();
        match first(&params, &names).or(missing) {
            Some(value) => Ok(value.to_owned()),
            None => Err(Error::message(format!("none of the arguments {of} is given"))),
        }
    });
    tera.register_filter("figure", |params: &Value, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let caption = kwargs.get::<&str>("caption")?.unwrap_or_default();
        figure(&texts(params), caption)
            .ok_or_else(|| Error::message("no argument names a picture".to_owned()))
    });
    tera.register_filter("on", |id: &str, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        Ok(absolute_url(id, kwargs.must_get::<&str>("site")?))
    });
    tera.register_filter("linked", |url: &str, _: Kwargs, _: &State<'_>| -> TeraResult<String> {
        linked(url).ok_or_else(|| Error::message("the argument is not a URL".to_owned()))
    });
    text_filter(tera, "part", |text| utf8_percent_encode(text, &PART).to_string());
    text_filter(tera, "url", urls::encode_destination);
    text_filter(tera, "plain", |text| markdown::escape(&one_line(text)));
    text_filter(tera, "quoted", |text| {
        text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    });
    text_filter(tera, "unbroken", remove_blank_lines);
    // Editors that escape code leave no `<` in it.
    text_filter(tera, "escaped_once", |text| {
        let text = text.trim_matches('\n');
        if text.contains('<') { html::escaped(text) } else { text.to_owned() }
    });
    text_filter(tera, "captioned", super::brackets::caption_picture);
    tera.register_filter("fenced", |text: &str, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        Ok(fence(text, kwargs.get::<&str>("lang")?.unwrap_or_default()))
    });
}

fn text_filter(tera: &mut Tera, name: &'static str, filter: impl Fn(&str) -> String + Send + Sync + 'static) {
    tera.register_filter(name, move |text: &str, _: Kwargs, _: &State<'_>| filter(text));
}

/// A link for what HTML embeds from a URL.
pub(in crate::import) fn linked(url: &str) -> Option<String> {
    let url = html::escaped(&htmlize::unescape(url.trim()));
    let is_url = url.starts_with("http://") || url.starts_with("https://") || url.starts_with('/');
    is_url.then(|| format!("\n\n<p><a href=\"{url}\">{url}</a></p>\n\n"))
}

/// The arguments of a shortcode, by name.
fn texts(params: &Value) -> BTreeMap<String, String> {
    let json = serde_json::to_value(params).unwrap_or_default();
    serde_json::from_value(json).unwrap_or_default()
}

/// The first argument that is not blank.
fn first<'p>(params: &'p BTreeMap<String, String>, names: &[&str]) -> Option<&'p str> {
    let values = names.iter().filter_map(|name| params.get(*name));
    values.map(|value| value.trim()).find(|value| !value.is_empty())
}

/// Completes a URL: an absolute one stays, anything else is appended to that of the site.
fn absolute_url(id: &str, site: &str) -> String {
    let id = id.trim();
    match id.strip_prefix("//") {
        _ if id.starts_with("https://") || id.starts_with("http://") => urls::encode_destination(id),
        Some(rest) => format!("https://{}", urls::encode_destination(rest)),
        None => {
            let parts = id.split('/').map(|part| utf8_percent_encode(part, &PART).to_string());
            format!("{site}{}", parts.collect::<Vec<_>>().join("/"))
        }
    }
}

/// A code block whose fence is longer than any in the text.
pub(in crate::import) fn fence(text: &str, lang: &str) -> String {
    let longest = text.split(|c: char| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    let lang: String = lang.chars().filter(|c| c.is_alphanumeric() || "+-#._".contains(*c)).collect();
    format!("{fence}{lang}\n{}\n{fence}", text.trim_matches('\n').trim_end())
}

/// Removes blank lines from HTML, because Markdown ends a block there (CommonMark, section 4.6).
pub(in crate::import) fn remove_blank_lines(html: &str) -> String {
    html.lines().filter(|line| !line.trim().is_empty()).map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A picture with its caption: in Markdown, or in an HTML figure if the caption has markup or the picture has a link.
fn figure(params: &BTreeMap<String, String>, inner: &str) -> Option<String> {
    let (src, after) = source(params)?;
    let link = ["link", "href", "target"].into_iter().filter_map(|name| params.get(name)).find(|link| {
        // `_blank` is a window, not a URL.
        !link.starts_with('_') && *link != src && !link.trim().is_empty()
    });
    let alt = first(params, &ALTS);
    let words: Vec<String> =
        [first(params, &["title"]), first(params, &CAPTIONS).filter(|text| Some(*text) != alt)]
            .into_iter()
            .flatten()
            .chain(after.as_deref())
            .chain(Some(inner))
            .map(one_line)
            .filter(|text| !text.is_empty())
            .collect();
    let mut caption = words.into_iter().reduce(sentences).unwrap_or_default();
    if let Some(credit) = first(params, &CREDITS) {
        let credit = match first(params, &["attrlink", "attribution_link", "credit_link"]) {
            Some(link) => format!("[{}]({})", one_line(credit), urls::encode_destination(link)),
            None => one_line(credit),
        };
        caption = if caption.is_empty() { credit } else { sentences(caption, credit) };
    }
    let is_plain = !caption.contains(['*', '_', '[', '<', '`', '\\']);
    let alt =
        without_brackets(&markdown::escape(&one_line(alt.unwrap_or(if is_plain { &caption } else { "" }))));
    let src = urls::encode_destination(src);
    if is_plain && link.is_none() && !caption.is_empty() {
        return Some(format!("![{alt}]({src} \"{}\")", caption.replace('"', "\\\"")));
    }
    let picture = match link {
        Some(link) => format!("[![{alt}]({src})]({})", urls::encode_destination(link.trim())),
        None => format!("![{alt}]({src})"),
    };
    if caption.is_empty() {
        return Some(picture);
    }
    Some(format!("<figure>\n\n{picture}\n\n<figcaption>\n\n{caption}\n\n</figcaption>\n</figure>"))
}

/// Escapes brackets, so that they cannot end the link text that they are in.
fn without_brackets(text: &str) -> String {
    let (mut out, mut before) = (String::with_capacity(text.len()), ' ');
    for c in text.chars() {
        if matches!(c, '[' | ']') && before != '\\' {
            out.push('\\');
        }
        // The second of two backslashes escapes nothing.
        before = if before == '\\' { ' ' } else { c };
        out.push(c);
    }
    out
}

/// The source of a picture, and the text after it: `{% img left /a.png 300 200 A boat %}`.
fn source(params: &BTreeMap<String, String>) -> Option<(&str, Option<String>)> {
    if let Some(src) = first(params, &SOURCES).filter(|src| !src.contains("{{")) {
        return Some((src, None));
    }
    let args: Vec<&str> =
        (0..).map_while(|index| params.get(&index.to_string())).map(|arg| arg.trim()).collect();
    let at = args.iter().position(|arg| arg.contains(['.', '/']))?;
    let after = args.get(at + 1..).unwrap_or_default().iter();
    let words: Vec<_> =
        after.filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).copied().collect();
    Some((args.get(at)?, Some(words.join(" "))))
}

/// Joins two texts as sentences.
fn sentences(one: String, other: String) -> String {
    let sign = if one.ends_with(['.', '!', '?', ':', '…']) { "" } else { "." };
    format!("{one}{sign} {other}")
}
