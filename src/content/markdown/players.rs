//! Sound or film → the HTML of its player: the controls of the browser, which work without JavaScript.

use serde::Serialize;

use super::escape::{Escape, escape};
use crate::content::Medium;

/// Sound or film with what belongs to it, for a player.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Player {
    /// The path or URL of its file.
    pub src: String,
    /// Sound or film.
    pub medium: Medium,
    /// The path or URL of the picture before a film is played.
    pub poster: Option<String>,
    /// Width and height of a film in CSS pixels, if known.
    pub size: Option<(u32, u32)>,
    /// Its captions, the default ones first.
    pub tracks: Vec<Track>,
}

/// A file of captions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Track {
    /// Its path or URL.
    pub src: String,
    /// Its language, a BCP 47 tag.
    pub language: String,
    /// The name of the language for readers.
    pub label: String,
    /// Whether it is shown unless a reader chooses otherwise.
    pub is_default: bool,
}

impl Player {
    /// The player of a path or URL of which nothing else is known. `None` if it is not a recording by its name.
    pub fn without_companions(src: &str) -> Option<Self> {
        let (medium, _) = Medium::of(src)?;
        Some(Self { src: src.to_owned(), medium, poster: None, size: None, tracks: Vec::new() })
    }

    /// The same with other URLs.
    #[must_use]
    pub fn map_urls(self, map: impl Fn(&str) -> String) -> Self {
        let tracks = self.tracks.into_iter().map(|track| Track { src: map(&track.src), ..track });
        Self {
            src: map(&self.src),
            poster: self.poster.as_deref().map(&map),
            tracks: tracks.collect(),
            ..self
        }
    }

    /// Writes a figure. Without a caption, sound shows its label: readers see nothing else of it.
    pub(super) fn push_figure(&self, html: &mut String, label: &str, caption: &str) {
        html.push_str("<figure>");
        self.push_html(html, label);
        let caption = if caption.is_empty() && self.medium == Medium::Audio { label } else { caption };
        if !caption.is_empty() {
            html.push_str("<figcaption>");
            escape(html, caption, Escape::Text);
            html.push_str("</figcaption>");
        }
        html.push_str("</figure>\n");
    }

    /// Writes the player. Browsers that cannot play it show a link.
    pub(super) fn push_html(&self, html: &mut String, label: &str) {
        let name = if self.medium == Medium::Audio { "audio" } else { "video" };
        html.push_str(&format!("<{name} src=\""));
        escape(html, &self.src, Escape::Url);
        html.push_str("\" controls preload=\"none\"");
        if let Some(poster) = &self.poster {
            html.push_str(" poster=\"");
            escape(html, poster, Escape::Url);
            html.push('"');
        }
        if let Some((width, height)) = self.size {
            html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        if !label.is_empty() {
            html.push_str(" title=\"");
            escape(html, label, Escape::Attribute);
            html.push('"');
        }
        html.push('>');
        self.tracks.iter().for_each(|track| track.push_html(html));
        html.push_str("<a href=\"");
        escape(html, &self.src, Escape::Url);
        html.push_str("\" download>");
        let file = self.src.rsplit('/').next().unwrap_or(&self.src);
        escape(html, if label.is_empty() { file } else { label }, Escape::Text);
        html.push_str(&format!("</a></{name}>"));
    }
}

impl Track {
    fn push_html(&self, html: &mut String) {
        html.push_str("<track kind=\"captions\" src=\"");
        escape(html, &self.src, Escape::Url);
        html.push_str("\" srclang=\"");
        escape(html, &self.language, Escape::Attribute);
        html.push_str("\" label=\"");
        escape(html, &self.label, Escape::Attribute);
        html.push_str(if self.is_default { "\" default>" } else { "\">" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::html;
    use super::*;

    #[test]
    fn sound_and_film_have_players() {
        assert_eq!(
            html("![The harbor master](talk.mp3)\n", false),
            "<figure><audio src=\"talk.mp3\" controls preload=\"none\" title=\"The harbor master\">\
             <a href=\"talk.mp3\" download>The harbor master</a></audio>\
             <figcaption>The harbor master</figcaption></figure>\n"
        );
        assert_eq!(
            html("Hear ![it](talk.mp3) and ![](clip.mp4).\n", false),
            "<p>Hear <audio src=\"talk.mp3\" controls preload=\"none\" title=\"it\"><a href=\"talk.mp3\" download>it</a></audio> \
             and <video src=\"clip.mp4\" controls preload=\"none\"><a href=\"clip.mp4\" download>clip.mp4</a></video>.</p>\n"
        );
    }

    #[test]
    fn a_film_has_its_poster_and_captions() {
        let track = Track {
            src: "/a/clip.el.vtt".to_owned(),
            language: "el".to_owned(),
            label: "Ελληνικά".to_owned(),
            is_default: true,
        };
        let player = Player {
            poster: Some("/a/clip.jpg".to_owned()),
            size: Some((640, 360)),
            tracks: vec![track],
            ..Player::without_companions("/a/clip.mp4").unwrap()
        };
        let mut html = String::new();
        player.push_figure(&mut html, "A \"crane\"", "At <dusk>");
        assert_eq!(
            html,
            "<figure><video src=\"/a/clip.mp4\" controls preload=\"none\" poster=\"/a/clip.jpg\" width=\"640\" height=\"360\" \
             title=\"A &quot;crane&quot;\"><track kind=\"captions\" src=\"/a/clip.el.vtt\" srclang=\"el\" label=\"Ελληνικά\" default>\
             <a href=\"/a/clip.mp4\" download>A \"crane\"</a></video><figcaption>At &lt;dusk&gt;</figcaption></figure>\n"
        );
    }
}
