//! Stories of a site or one of its lists → RSS, Atom and JSON Feed, which all say the same.
//!
//! A standing page is in no feed. Texts of one line have no line breaks, and no text has characters that XML cannot
//! hold: so every format gives them to its reader alike.

mod atom;
mod json_feed;
mod media;
mod notice;
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
pub use rss::rss;
pub use whole_text::{Labels, whole_text};

use super::xml::allowed;
use super::{Site, Story};

/// What made a feed. Without a version, which would change every feed of every site.
const GENERATOR: &str = "bulletin";

/// A feed of a site or of one of its lists.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// Whose it is.
    pub site: &'a Site<'a>,
    /// Name of the feed.
    pub title: String,
    /// One sentence about it.
    pub description: Option<&'a str>,
    /// URL of the page with the same stories.
    pub page: String,
    /// URL of this file.
    pub url: String,
    /// The hub that tells readers of news (WebSub).
    pub hub: Option<&'a str>,
    /// Its stories, in the order of the list.
    pub entries: Vec<Entry<'a>>,
    /// When a story last left it that is not to be had any more: what readers' programs keep is older than the feed.
    pub left: Option<Zoned>,
}

/// A story in a feed.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The story.
    pub story: Story<'a>,
    /// All that readers get of it, as [`whole_text()`] gives it. `None`: they get its summary.
    pub html: Option<String>,
    /// What they get in place of the headline and the summary of a story that was withdrawn.
    pub notice: Option<Notice>,
}

/// A story as every format tells it.
struct Item<'a> {
    story: &'a Story<'a>,
    title: String,
    summary: String,
    published: &'a Zoned,
    modified: &'a Zoned,
    html: Option<Cow<'a, str>>,
    /// Its language, if it is not that of the feed.
    language: Option<&'a str>,
    /// Names and URLs of who wrote it.
    authors: Vec<(String, Option<&'a str>)>,
    /// Its section and tags, each once.
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

    /// When the last of its stories changed or left it, so that it never seems older than it was.
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

/// A text of one line: with a single space between words and nothing that XML cannot hold.
pub(super) fn single_line(text: &str) -> Cow<'_, str> {
    let text = allowed(text);
    let is_folded = |(before, c): (char, char)| !c.is_whitespace() || (c == ' ' && before != ' ');
    let before = std::iter::once(' ').chain(text.chars());
    if before.zip(text.chars()).all(is_folded) && !text.ends_with(' ') {
        return text;
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The same. `None`: it says nothing, and strict readers stumble over elements that are empty.
fn non_empty_line(text: &str) -> Option<String> {
    Some(single_line(text).into_owned()).filter(|text| !text.is_empty())
}
