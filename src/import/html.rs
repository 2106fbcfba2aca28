//! HTML of strangers → Markdown.
//!
//! ```text
//! HTML ──▶ tokens ──▶ tidy ──▶ converter ──▶ marks ──▶ Markdown
//!          tags,      well     (htmd)        signs escaped
//!          texts      nested                 where they are markup
//! ```
//!
//! Nothing that runs, asks or styles is left. What is embedded becomes a link, and is told of.

use htmd::options::{BrStyle, BulletListMarker, HrStyle, Options};
use htmd::{Element, HtmlToMarkdown};
use url::Url;

mod definitions;
mod elements;
mod marks;
mod tables;
mod tidy;
mod tokens;

use elements::{Role, is_raw, role};
use tokens::{Token, Tokens};

/// What HTML says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Converted {
    /// Markdown, without blank lines around it.
    pub(crate) body: String,
    /// The pictures that it shows, in order.
    pub(crate) pictures: Vec<Picture>,
    /// URLs of what it embedded, which are links now.
    pub(crate) embeds: Vec<String>,
}

/// A picture of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Absolute, unless no base was given.
    pub(crate) src: String,
    /// Empty if it has none.
    pub(crate) alt: String,
    /// The caption of its figure.
    pub(crate) caption: Option<String>,
}

/// HTML as Markdown. Relative URLs are taken against `base`.
pub(crate) fn markdown(html: &str, base: Option<&Url>) -> Converted {
    let (tidy, found) = tidy::tidy(html, base);
    // Reading from memory does not fail.
    let raw = converter().convert(&tidy).unwrap_or_else(|_| marks::bare(&tidy));
    let body = definitions::written(&without_gaps(&marks::show(&raw)));
    Converted { body, pictures: found.pictures, embeds: found.embeds }
}

/// Plain text as Markdown: blank lines are between paragraphs, or line ends if there are no blank lines.
pub(crate) fn of_plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let has_gaps = text.trim().lines().any(|line| line.trim().is_empty());
    let mut html = String::with_capacity(text.len() + 64);
    for line in text.lines() {
        let is_border = !has_gaps || line.trim().is_empty();
        if is_border {
            html.push_str("<p>");
        }
        html.push_str(&escaped(line));
        html.push('\n');
    }
    markdown(&html, None).body
}

/// The text of HTML on one line. Text without tags comes out with its references decoded.
pub(crate) fn text(html: &str) -> String {
    let mut out = String::new();
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => out.push_str(&entities_of(text)),
            Token::Open(tag) => match role(&tag.name) {
                Role::Gone if is_raw(&tag.name) || tokens.is_closed(&tag.name) => {
                    tokens.skip_to_end(&tag.name)
                }
                Role::Inline(_) | Role::Shell => {}
                _ => {
                    out.push(' ');
                    if tag.name == "iframe" {
                        tokens.skip_to_end("iframe");
                    }
                }
            },
            Token::Close(name) if !matches!(role(&name), Role::Inline(_) | Role::Shell) => out.push(' '),
            Token::Close(_) | Token::Comment(_) => {}
        }
    }
    line(&out)
}

/// Whether an element of this name is a block, or a part of one.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(role(name), Role::Block(_) | Role::Table(_) | Role::Rule)
        || matches!(name, "tbody" | "thead" | "tfoot" | "colgroup" | "col")
}

fn entities_of(text: &str) -> String {
    super::entities::decode(text)
}

/// Text on one line, without control characters.
pub(crate) fn line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The URL that a link leads to; `None` if it runs something, or leads nowhere.
fn address(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    // A place in the text itself, wherever that goes.
    if href.len() > 1 && href.starts_with('#') {
        return Some(fit(href));
    }
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel");
    match Url::options().base_url(base).parse(href) {
        Ok(url) if is_web(&url) => Some(fit(url.as_str())),
        Err(url::ParseError::RelativeUrlWithoutBase) if !href.is_empty() => Some(fit(href)),
        _ => None,
    }
}

/// The URL of a picture or of what is embedded.
fn picture_address(src: &str, base: Option<&Url>) -> Option<String> {
    address(src, base)
        .filter(|url| !url.starts_with("mailto:") && !url.starts_with("tel:") && !url.starts_with('#'))
}

/// A URL as it can stand between the brackets of Markdown.
fn fit(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '"' => out.push_str("%22"),
            c if c.is_whitespace() => out.push_str("%20"),
            c if marks::is_odd(c) => {}
            c => out.push(c),
        }
    }
    out
}

fn converter() -> HtmlToMarkdown {
    let options = Options {
        br_style: BrStyle::Backslash,
        bullet_list_marker: BulletListMarker::Dash,
        hr_style: HrStyle::Asterisks,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    HtmlToMarkdown::builder()
        .options(options)
        .add_handler(vec!["img"], |_: &dyn htmd::element_handler::Handlers, element: Element<'_>| {
            let src = attribute(&element, "src");
            let title = attribute(&element, "title");
            let title = if title.is_empty() { title } else { format!(" \"{title}\"") };
            Some(format!("![{}]({src}{title})", attribute(&element, "alt")).into())
        })
        .add_handler(vec!["a"], |handlers: &dyn htmd::element_handler::Handlers, element: Element<'_>| {
            let content =
                handlers.walk_children(element.node).content.replace("\\\n", " ").replace('\n', " ");
            Some(around(&content, "[", &format!("]({})", attribute(&element, "href"))).into())
        })
        .add_handler(vec!["del"], |handlers: &dyn htmd::element_handler::Handlers, element: Element<'_>| {
            Some(around(&handlers.walk_children(element.node).content, "~~", "~~").into())
        })
        .add_handler(
            vec!["sub", "sup"],
            |handlers: &dyn htmd::element_handler::Handlers, element: Element<'_>| {
                let content = handlers.walk_children(element.node).content;
                Some(around(&content, &format!("<{}>", element.tag), &format!("</{}>", element.tag)).into())
            },
        )
        .build()
}

/// The value of an attribute of a tidied element.
fn attribute(element: &Element<'_>, name: &str) -> String {
    let found = element.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string()).unwrap_or_default()
}

/// Marks around text, spaces outside of them.
fn around(text: &str, before: &str, behind: &str) -> String {
    let trimmed = text.trim_matches(' ');
    let start = text.len() - text.trim_start_matches(' ').len();
    let end = text.trim_end_matches(' ').len();
    if trimmed.is_empty() {
        return text.to_owned();
    }
    let spaces = |range: Option<&str>| range.unwrap_or_default().to_owned();
    format!("{}{before}{trimmed}{behind}{}", spaces(text.get(..start)), spaces(text.get(end..)))
}

/// Text with at most one blank line between others, but for code, and no spaces at the ends of lines.
fn without_gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence = None;
    let mut blank = 0;
    for line in text.lines() {
        let bare = line.trim_start_matches([' ', '>', '-']);
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        if ticks >= 3 {
            match fence {
                None => fence = Some(ticks),
                Some(open) if ticks >= open && bare.trim_matches('`').trim().is_empty() => fence = None,
                Some(_) => {}
            }
        }
        let kept = if fence.is_some() { line } else { line.trim_end_matches(' ') };
        blank = if kept.is_empty() { blank + 1 } else { 0 };
        if blank < 2 || fence.is_some() {
            out.push_str(kept);
            out.push('\n');
        }
    }
    out.trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests;
