//! A story and the HTML of its text → all that readers of a feed get of it, in the order of its page.

use jiff::Zoned;
use quick_xml::escape::escape;

use super::{non_empty_line, single_line};
use crate::content::{CorrectionKind, Genre};
use crate::formats::{CorrectionNote, Picture, Story};
use crate::view::{direction, rfc3339};

/// The words of the house around a story.
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    /// Their language, BCP 47.
    pub language: &'a str,
    /// The theme's string of a name: kinds of corrections and of pieces, `sources`, `original`, `comma`.
    pub say: &'a (dyn Fn(&str) -> String + Sync),
    /// A day in words.
    pub day: &'a (dyn Fn(&Zoned) -> String + Sync),
}

/// The kinds of piece that readers must be able to tell from news: those that carry a label on their pages.
const LABELLED: [Genre; 9] = [
    Genre::Analysis,
    Genre::Opinion,
    Genre::Interview,
    Genre::Explainer,
    Genre::Review,
    Genre::Factcheck,
    Genre::Obituary,
    Genre::Live,
    Genre::Sponsored,
];

/// All that readers of a feed get of a story, as HTML: its kind, picture, grave corrections, place, text, other notes,
/// sources, and where it first ran. `body` is the HTML of its text, made [portable](crate::formats::portable::Portable).
pub fn whole_text(story: &Story<'_>, words: &Labels<'_>, body: &str) -> String {
    let mut html = String::with_capacity(body.len() + 512);
    let writer = Writer { story, words };
    if LABELLED.contains(&story.genre) {
        html.push_str(&format!("<p>{}</p>\n", writer.label(story.genre.name(), "")));
    }
    if let Some(picture) = &story.image {
        html.push_str(&figure(picture));
    }
    writer.notes(&mut html, &[CorrectionKind::Retraction, CorrectionKind::Correction]);
    match (story.dateline, body.strip_prefix("<p>")) {
        (None, _) => html.push_str(body),
        (Some(place), Some(body)) => html.push_str(&format!("<p><b>{}</b> — {body}", text(place))),
        (Some(place), None) => html.push_str(&format!("<p><b>{}</b> —</p>\n{body}", text(place))),
    }
    if !html.ends_with('\n') {
        html.push('\n');
    }
    writer.notes(&mut html, &[CorrectionKind::Clarification, CorrectionKind::Update]);
    writer.origin(&mut html);
    in_language(story.language, words.language, &html)
}

/// Writes notes of these kinds on a story, oldest first.
pub(super) fn notes(html: &mut String, story: &Story<'_>, words: &Labels<'_>, kinds: &[CorrectionKind]) {
    Writer { story, words }.notes(html, kinds);
}

struct Writer<'a> {
    story: &'a Story<'a>,
    words: &'a Labels<'a>,
}

impl Writer<'_> {
    /// A word of the house in bold, with `more` behind it.
    fn label(&self, name: &str, more: &str) -> String {
        format!("<b{}>{}{more}</b>", self.house_language(), text(&(self.words.say)(name)))
    }

    /// Attributes of the house's words within a story in another language.
    fn house_language(&self) -> String {
        let house = self.words.language;
        if house == self.story.language { String::new() } else { language(house) }
    }

    fn notes(&self, html: &mut String, kinds: &[CorrectionKind]) {
        for CorrectionNote { date, kind, text: note } in &self.story.corrections {
            if kinds.contains(kind) {
                let day = text(&(self.words.day)(date));
                let comma = text(&(self.words.say)("comma"));
                let day = format!("{comma} <time datetime=\"{}\">{day}</time>.", rfc3339(date));
                html.push_str(&format!("<p>{} {}</p>\n", self.label(kind.name(), &day), text(note)));
            }
        }
    }

    /// The agencies, and where the story first ran.
    fn origin(&self, html: &mut String) {
        let Story { sources, syndicated_from, .. } = self.story;
        if let Some(names) = non_empty_line(&sources.join(&(self.words.say)("comma"))) {
            html.push_str(&format!("<p>{} {}</p>\n", self.label("sources", ""), text(&names)));
        }
        if let Some(url) = syndicated_from {
            let words = text(&(self.words.say)("original"));
            html.push_str(&format!(
                "<p><a href=\"{}\"{}>{words}</a></p>\n",
                escape(*url),
                self.house_language()
            ));
        }
    }
}

fn figure(picture: &Picture<'_>) -> String {
    let Picture { url, size, alt, caption, credit } = picture;
    let size =
        size.map(|(width, height)| format!(" width=\"{width}\" height=\"{height}\"")).unwrap_or_default();
    let image =
        format!("<img src=\"{}\" alt=\"{}\"{size}>", escape(url.as_str()), text(alt.unwrap_or_default()));
    let caption = caption.and_then(non_empty_line).map(|caption| text(&caption));
    let credit = credit.and_then(non_empty_line).map(|credit| format!("<small>{}</small>", text(&credit)));
    let words: Vec<String> = [caption, credit].into_iter().flatten().collect();
    if words.is_empty() {
        return format!("<figure>{image}</figure>\n");
    }
    format!("<figure>{image}<figcaption>{}</figcaption></figure>\n", words.join(" "))
}

/// The HTML with its language and direction, if readers cannot take them from the feed: many show every feed from left to
/// right.
pub(super) fn in_language(story: &str, house: &str, html: &str) -> String {
    if story == house && direction(story) == "ltr" {
        return html.to_owned();
    }
    format!("<div{}>\n{html}</div>\n", language(story))
}

fn language(language: &str) -> String {
    format!(" lang=\"{}\" dir=\"{}\"", escape(language), direction(language))
}

/// Plain text on one line as HTML, also in quotes.
fn text(text: &str) -> String {
    escape(single_line(text)).into_owned()
}
