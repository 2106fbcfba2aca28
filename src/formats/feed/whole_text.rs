//! A story and the HTML of its text → the full content of a feed entry, in the order of the story's page.

use jiff::Zoned;
use quick_xml::escape::escape;

use super::{non_empty_line, single_line};
use crate::content::{CorrectionKind, Genre};
use crate::formats::{CorrectionNote, Picture, Story};
use crate::view::{direction, rfc3339};

/// The texts of the theme around a story.
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    /// Their language, a BCP 47 tag.
    pub language: &'a str,
    /// Looks up a string of the theme by its name: kinds of corrections and of stories, `sources`, `original`, `comma`.
    pub say: &'a (dyn Fn(&str) -> String + Sync),
    /// Formats a day.
    pub day: &'a (dyn Fn(&Zoned) -> String + Sync),
}

/// The kinds of stories that carry a label, so that readers can tell them from news.
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

/// Writes the full content of a feed entry as HTML: the kind of story, the picture, grave corrections, dateline, text,
/// gallery, other corrections, sources, and where it first ran. `body` is the HTML of its text, made
/// [portable](crate::formats::portable::Portable).
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
    story.gallery.iter().for_each(|picture| html.push_str(&figure(picture)));
    writer.notes(&mut html, &[CorrectionKind::Clarification, CorrectionKind::Update]);
    writer.origin(&mut html);
    in_language(story.language, words.language, &html)
}

/// Writes the corrections of these kinds, oldest first.
pub(super) fn notes(html: &mut String, story: &Story<'_>, words: &Labels<'_>, kinds: &[CorrectionKind]) {
    Writer { story, words }.notes(html, kinds);
}

struct Writer<'a> {
    story: &'a Story<'a>,
    words: &'a Labels<'a>,
}

impl Writer<'_> {
    /// A label in bold, followed by `more`.
    fn label(&self, name: &str, more: &str) -> String {
        format!("<b{}>{}{more}</b>", self.house_language(), text(&(self.words.say)(name)))
    }

    /// The attributes of labels within a story in another language.
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

    /// Writes the agencies, and where the story first ran.
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
    let Picture { url, size, alt, caption, credit, .. } = picture;
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

/// Wraps HTML in its language and direction if readers cannot take them from the feed: many show every feed from left
/// to right.
pub(super) fn in_language(story: &str, house: &str, html: &str) -> String {
    if story == house && direction(story) == "ltr" {
        return html.to_owned();
    }
    format!("<div{}>\n{html}</div>\n", language(story))
}

fn language(language: &str) -> String {
    format!(" lang=\"{}\" dir=\"{}\"", escape(language), direction(language))
}

/// Plain text on one line as HTML, also for attributes.
fn text(text: &str) -> String {
    escape(single_line(text)).into_owned()
}
