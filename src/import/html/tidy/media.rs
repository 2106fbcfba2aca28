//! Pictures, figures, and what is embedded.

use super::super::tokens::{Tag, Tokens};
use super::super::{Picture, escaped, marks, picture_address};
use super::{Open, Tidy};

/// A figure that is being read.
#[derive(Debug, Default)]
pub(super) struct Figure {
    pictures: Vec<Picture>,
    caption: String,
}

impl Tidy<'_> {
    pub(super) fn end_caption(&mut self, open: &Open) {
        let Some(figure) = self.figures.last_mut() else {
            return self.out.push_str("</div>");
        };
        let caption = self.out.split_off(open.inside.min(self.out.len()));
        self.out.truncate(open.inside.saturating_sub(open.tag.len()));
        let caption = marks::bare(&caption);
        if !figure.caption.is_empty() && !caption.is_empty() {
            figure.caption.push(' ');
        }
        figure.caption.push_str(&caption);
    }

    /// A figure is its pictures, each alone in a paragraph, the last with the caption.
    pub(super) fn end_figure(&mut self) {
        let Some(Figure { mut pictures, caption }) = self.figures.pop() else {
            return;
        };
        match pictures.last_mut() {
            Some(last) => last.caption = Some(caption).filter(|caption| !caption.is_empty()),
            None if !caption.is_empty() => {
                self.out.push_str("<p>");
                marks::hide(&caption, false, &mut self.out);
                self.out.push_str("</p>");
            }
            None => {}
        }
        for picture in pictures {
            self.out.push_str(&format!("<p>{}</p>", picture_tag(&picture)));
            self.found.pictures.push(picture);
        }
    }

    pub(super) fn picture(&mut self, tag: &Tag<'_>) {
        let sources = ["src", "data-src", "data-lazy-src"].iter().filter_map(|name| tag.value(name));
        if self.is_in("pre") || self.is_in("code") {
            return;
        }
        let Some(src) = sources.filter_map(|src| picture_address(&src, self.base)).next() else {
            return;
        };
        let alt = tag.value("alt").map(|alt| alt.split_whitespace().collect::<Vec<_>>().join(" "));
        let picture = Picture { src, alt: alt.unwrap_or_default(), caption: None };
        if let Some(figure) = self.figures.last_mut() {
            return figure.pictures.push(picture);
        }
        self.flush();
        self.ensure_cell();
        self.out.push_str(&picture_tag(&picture));
        self.found.pictures.push(picture);
    }

    pub(super) fn embed(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) {
        let is_outer = matches!(tag.name.as_str(), "audio" | "object" | "video");
        if is_outer {
            self.is_linked = false;
        }
        let url =
            ["src", "data"].iter().filter_map(|name| tag.value(name)).find(|url| !url.trim().is_empty());
        let url = url.and_then(|url| picture_address(&url, self.base));
        if tag.name == "iframe" {
            tokens.skip_to_end("iframe");
        }
        // `<source>` belongs to a picture, too; `<embed>` to an object.
        let is_again = matches!(tag.name.as_str(), "source" | "embed") && self.is_linked;
        let is_of_picture = tag.name == "source" && tag.value("srcset").is_some();
        let is_code = self.is_in("pre") || self.is_in("code");
        if let Some(url) = url.filter(|_| !is_again && !is_of_picture && !is_code) {
            self.is_linked = tag.name != "iframe";
            let title = tag.value("title").filter(|title| !title.trim().is_empty());
            let is_open = self.open.last().is_some_and(|open| open.is_inline || open.name == "p");
            if !is_open {
                self.block("p");
            }
            self.close("a");
            self.push("a", format!("<a href=\"{}\">", escaped(&url)), true);
            marks::hide(title.as_deref().unwrap_or(&url).trim(), self.in_cell(), &mut self.out);
            self.close("a");
            if !is_open {
                self.close("p");
            }
            self.found.embeds.push(url);
        }
    }
}

/// A picture as a tag, its words hidden.
fn picture_tag(picture: &Picture) -> String {
    let Picture { src, alt, caption } = picture;
    let title = caption.as_ref().map(|caption| format!(" title=\"{}\"", marks::hidden_line(caption)));
    format!("<img src=\"{}\" alt=\"{}\"{}>", escaped(src), marks::hidden_line(alt), title.unwrap_or_default())
}
