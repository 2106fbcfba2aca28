//! A withdrawn story → what readers of a feed get under its identity, in place of what they may have read.

use quick_xml::escape::escape;

use super::whole_text::{Labels, in_language, notes};
use crate::content::CorrectionKind;
use crate::formats::Story;

/// What stands in place of the headline and the summary of a story that was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// That it was withdrawn, and its headline.
    pub title: String,
    /// Why, or that its text is not to be had any more.
    pub text: String,
}

impl Notice {
    /// Of a story that was withdrawn; `None` for others.
    pub fn new(story: &Story<'_>, words: &Labels<'_>) -> Option<Self> {
        let text = match story.summary {
            "" => (words.say)("withdrawn_notice"),
            reason => reason.to_owned(),
        };
        let title = format!("{}: {}", (words.say)("withdrawn"), story.title);
        story.is_withdrawn.then_some(Self { title, text })
    }

    /// All that readers get of the story, as HTML.
    pub fn html(&self, story: &Story<'_>, words: &Labels<'_>) -> String {
        let mut html = format!("<p>{}</p>\n", escape((words.say)("withdrawn_notice")));
        if !story.summary.is_empty() {
            html.push_str(&format!("<p>{}</p>\n", escape(story.summary)));
        }
        notes(&mut html, story, words, &CorrectionKind::ALL.map(|(_, kind)| kind));
        in_language(story.language, words.language, &html)
    }
}
