//! The words of a story → its tags.

use std::collections::BTreeMap;
use std::ops::Range;

/// What the site already calls its topics.
#[derive(Debug)]
pub struct Topics {
    /// Tags that the site has, as spelt there.
    tags: Vec<String>,
    /// What is written → the preferred name.
    aliases: BTreeMap<String, String>,
}

/// The parts of a story that tell what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The headline.
    pub headline: &'a str,
    /// The line under it.
    pub deck: Option<&'a str>,
    /// The paragraphs of its text, without dateline, byline and sources.
    pub paragraphs: &'a [&'a str],
}

/// A tag for a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// As the site spells it, or as the copy does.
    pub name: String,
    /// Whether the site has it already.
    pub is_known: bool,
    /// Where it was found first: 0 is the headline, 1 the deck, 2 and up the paragraphs; and the bytes of that part.
    pub found: (usize, Range<usize>),
}

impl Topics {
    /// The topics of a site: tags in use, and `tags.aliases` of its settings.
    pub fn new(tags: Vec<String>, aliases: BTreeMap<String, String>) -> Self {
        Self { tags, aliases }
    }

    /// The tags of a story, the weightiest first; at most eight. The same words always give the same.
    pub fn of(&self, _words: &Words<'_>) -> Vec<Topic> {
        let _ = (&self.tags, &self.aliases);
        Vec::new()
    }
}
