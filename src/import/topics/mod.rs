//! The text of a story → its tags.
//!
//! ```text
//! text ──▶ tokens ──▶ vocabulary ──▶ matches ──▶ names ──▶ entities ──▶ rank ──▶ tags
//!          shape,     tags of site,  known names  other     names with   at most
//!          class      gazetteer      + acronyms   names     mentions     eight
//! ```
//!
//! It uses only rules and lists, so that the same text always has the same tags.

use std::collections::BTreeMap;
use std::ops::Range;

mod acronyms;
mod entities;
mod gazetteer;
mod language;
mod lexicon;
mod matches;
mod names;
mod normalize;
mod rank;
#[cfg(test)]
mod tests;
mod tokens;
mod vocabulary;

use entities::Entities;
use lexicon::Lexicon;
use names::Finder;
use tokens::Copy;
use vocabulary::Vocabulary;

/// The topics of a site and all other known names.
#[derive(Debug)]
pub struct Topics {
    lexicon: Lexicon,
    vocabulary: Vocabulary,
}

/// The topics of a site without tags, built once for all tests.
#[cfg(test)]
pub(super) static OF_NO_SITE: std::sync::LazyLock<Topics> =
    std::sync::LazyLock::new(|| Topics::new(Vec::new(), BTreeMap::new()));

/// The parts of a story that show what it is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoryText<'a> {
    /// The headline.
    pub headline: &'a str,
    /// The deck.
    pub deck: Option<&'a str>,
    /// The paragraphs of the text, without dateline, byline and sources.
    pub paragraphs: &'a [&'a str],
    /// The place of the dateline. It is the part after the paragraphs.
    pub place: Option<&'a str>,
}

/// A tag for a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The spelling of the site, else that of the copy.
    pub name: String,
    /// Whether the site already has the tag.
    pub is_known: bool,
    /// Its first place: the part (0 is the headline, 1 the deck, paragraphs follow from 2) and the bytes within that part.
    pub found: (usize, Range<usize>),
}

impl Topics {
    /// The topics of a site with these tags and `tags.aliases`.
    pub fn new(tags: Vec<String>, aliases: BTreeMap<String, String>) -> Self {
        let lexicon = Lexicon::new();
        let vocabulary = Vocabulary::new(tags, &aliases, &lexicon);
        Self { lexicon, vocabulary }
    }

    /// Finds the tags of a story: at most eight, the most relevant first.
    pub fn find(&self, text: &StoryText<'_>) -> Vec<Topic> {
        let copy = Copy::new(text, &self.lexicon);
        let is_english = language::has_english_names(&copy);
        let pairs = acronyms::pairs(&copy);
        let hits = self.vocabulary.scan(&copy, is_english);
        let mut matches = matches::find(&copy, hits, &pairs, &self.vocabulary);
        let names = match is_english {
            true => Finder::new(&copy, &self.vocabulary, &mut matches).find(),
            false => Vec::new(),
        };
        let entities = Entities::new(&copy, &self.vocabulary, &matches, &names, &pairs);
        rank::rank(&copy, &self.vocabulary, &entities.list, is_english)
    }
}
