//! A withdrawn story → the entry that replaces it in feeds.

use quick_xml::escape::escape;

use super::whole_text::{Labels, in_language, notes};
use crate::content::CorrectionKind;
use crate::formats::Story;

/// The texts that replace the headline and summary of a withdrawn story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The label "withdrawn" and the headline.
    pub title: String,
    /// The reason, or that the text is no longer available.
    pub text: String,
}

impl Notice {
    /// The notice of a withdrawn story; `None` for other stories.
    pub fn new(story: &Story<'_>, words: &Labels<'_>) -> Option<Self> {
        let text = match story.summary {
            "" => (words.say)("withdrawn_notice"),
            reason => reason.to_owned(),
        };
        let title = format!("{}: {}", (words.say)("withdrawn"), story.title);
        story.is_withdrawn.then_some(Self { title, text })
    }

    /// The content of the entry as HTML.
    pub fn html(&self, story: &Story<'_>, words: &Labels<'_>) -> String {
        let mut html = format!("<p>{}</p>\n", escape((words.say)("withdrawn_notice")));
        if !story.summary.is_empty() {
            html.push_str(&format!("<p>{}</p>\n", escape(story.summary)));
        }
        notes(&mut html, story, words, &CorrectionKind::ALL.map(|(_, kind)| kind));
        in_language(story.language, words.language, &html)
    }
}
