//! The stories of a site or one of its lists → RSS, Atom and JSON Feed with the same content.
//!
//! Feeds have no standing pages. One-line texts have no line breaks, and no text has characters that XML forbids, so
//! every format delivers the same text.

mod atom;
mod json_feed;
mod media;
mod notice;
mod podcast;
mod rss;
#[cfg(test)]
mod tests;
mod whole_text;

use std::borrow::Cow;

use jiff::Zoned;

pub use atom::atom;
pub use json_feed::json;
pub use media::picture_type;
pub use notice::Notice;
pub use podcast::{Show, guid};
pub use rss::rss;
pub use whole_text::{Labels, whole_text};

use super::xml::allowed;
use super::{Site, Story};

/// The generator, without a version, which would change every feed of every site with each release.
const GENERATOR: &str = "bulletin";

/// A feed of a site or of one of its lists.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// The site.
    pub site: &'a Site<'a>,
    /// The title of the feed.
    pub title: String,
    /// One sentence about it.
    pub description: Option<&'a str>,
    /// The URL of the page with the same stories.
    pub page: String,
    /// The URL of this file.
    pub url: String,
    /// The WebSub hub that notifies subscribers.
    pub hub: Option<&'a str>,
    /// The stories, in the order of the list.
    pub entries: Vec<Entry<'a>>,
    /// When a story last left the feed without a notice: the feed is no older than that.
    pub left: Option<Zoned>,
    /// What makes it a podcast. Only RSS has it.
    pub show: Option<Show<'a>>,
}

/// A story in a feed.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The story.
    pub story: Story<'a>,
    /// Its content, from [`whole_text()`]. `None` if the feed has only summaries.
    pub html: Option<String>,
    /// The notice that replaces the headline and summary of a withdrawn story.
    pub notice: Option<Notice>,
}

/// A story with the texts that all formats share.
struct Item<'a> {
    story: &'a Story<'a>,
    title: String,
    summary: String,
    published: &'a Zoned,
    modified: &'a Zoned,
    html: Option<Cow<'a, str>>,
    /// Its language, if it differs from that of the feed.
    language: Option<&'a str>,
    /// The names and URLs of the authors.
    authors: Vec<(String, Option<&'a str>)>,
    /// The section and tags, each once.
    topics: Vec<String>,
}

impl Feed<'_> {
    /// The stories that have a date.
    fn items(&self) -> impl Iterator<Item = Item<'_>> {
        self.entries.iter().filter_map(|entry| {
            let story = &entry.story;
            let published = story.published.as_ref()?;
            let authors = story.authors.iter();
            let mut topics: Vec<String> = Vec::new();
            for topic in
                story.section.iter().chain(&story.tags).filter_map(|topic| non_empty_line(topic.name))
            {
                if !topics.contains(&topic) {
                    topics.push(topic);
                }
            }
            let notice = entry.notice.as_ref();
            Some(Item {
                story,
                title: single_line(notice.map_or(story.title, |notice| &notice.title)).into_owned(),
                summary: single_line(notice.map_or(story.summary, |notice| &notice.text)).into_owned(),
                published,
                modified: story.modified.as_ref().unwrap_or(published),
                html: entry.html.as_deref().map(|html| allowed(html.trim())),
                language: Some(story.language).filter(|language| *language != self.site.language),
                authors: authors
                    .filter_map(|one| Some((non_empty_line(one.name)?, one.url.as_deref())))
                    .collect(),
                topics,
            })
        })
    }

    /// When a story of the feed last changed or left, so that the feed never seems to get older.
    fn updated(&self) -> Option<Zoned> {
        let stories = self.entries.iter().map(|entry| &entry.story).filter(|story| story.published.is_some());
        stories
            .filter_map(|story| story.modified.as_ref().or(story.published.as_ref()))
            .chain(&self.left)
            .max()
            .cloned()
    }

    fn description(&self) -> String {
        single_line(self.description.unwrap_or(&self.title)).into_owned()
    }
}

/// Returns a text on one line: single spaces between words, and no characters that XML forbids.
pub(super) fn single_line(text: &str) -> Cow<'_, str> {
    let text = allowed(text);
    let is_folded = |(before, c): (char, char)| !c.is_whitespace() || (c == ' ' && before != ' ');
    let before = std::iter::once(' ').chain(text.chars());
    if before.zip(text.chars()).all(is_folded) && !text.ends_with(' ') {
        return text;
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Returns a text on one line, or `None` if it is blank: strict readers reject empty elements.
fn non_empty_line(text: &str) -> Option<String> {
    Some(single_line(text).into_owned()).filter(|text| !text.is_empty())
}
