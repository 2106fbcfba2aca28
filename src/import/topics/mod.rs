//! The words of a story → its tags.
//!
//! ```text
//! words ──▶ tokens ──▶ vocabulary ─▶ sightings ─▶ names ──▶ cast ──▶ rank ──▶ tags
//!           shape,     site's tags,  known names   other    who, with the best
//!           class      gazetteer     + acronyms    names    mentions  eight
//! ```
//!
//! Rules and lists, all of them: the same words always give the same tags.

use std::collections::BTreeMap;
use std::ops::Range;

mod acronyms;
mod cast;
mod fold;
mod gazetteer;
mod language;
mod lexicon;
mod names;
mod rank;
mod sightings;
#[cfg(test)]
mod tests;
mod tokens;
mod vocabulary;

use cast::Cast;
use fold::Folder;
use lexicon::Lexicon;
use names::Finder;
use tokens::Copy;
use vocabulary::Vocabulary;

/// What the site already calls its topics, and all other names that are looked for.
#[derive(Debug)]
pub struct Topics {
    folder: Folder,
    lexicon: Lexicon,
    vocabulary: Vocabulary,
}

/// Topics of a site without any, made once for all tests.
#[cfg(test)]
pub(super) static OF_NO_SITE: std::sync::LazyLock<Topics> =
    std::sync::LazyLock::new(|| Topics::new(Vec::new(), BTreeMap::new()));

/// The parts of a story that tell what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The headline.
    pub headline: &'a str,
    /// The line under it.
    pub deck: Option<&'a str>,
    /// The paragraphs of its text, without dateline, byline and sources.
    pub paragraphs: &'a [&'a str],
    /// The place of the dateline. It counts as a part behind the paragraphs.
    pub place: Option<&'a str>,
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
        let folder = Folder::new();
        let lexicon = Lexicon::new(&folder);
        let vocabulary = Vocabulary::new(tags, &aliases, &folder, &lexicon);
        Self { folder, lexicon, vocabulary }
    }

    /// The tags of a story, the weightiest first; at most eight. The same words always give the same.
    pub fn of(&self, words: &Words<'_>) -> Vec<Topic> {
        let copy = Copy::new(words, &self.folder, &self.lexicon);
        let is_english = language::has_english_names(&copy);
        let pairs = acronyms::pairs(&copy);
        let hits = self.vocabulary.scan(&copy, is_english);
        let mut sightings = sightings::sightings(&copy, hits, &pairs, &self.vocabulary);
        let pieces = match is_english {
            true => Finder::new(&copy, &self.vocabulary, &mut sightings).pieces(),
            false => Vec::new(),
        };
        let cast = Cast::new(&copy, &self.vocabulary, &sightings, &pieces, &pairs);
        rank::ranked(&copy, &self.vocabulary, &cast.entities, is_english)
    }
}
