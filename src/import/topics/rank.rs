//! The entities of a story → its tags, the most relevant first.

use std::cmp::Reverse;

use foldhash::{HashSet, HashSetExt};

use super::Topic;
use super::entities::{Entity, Mention, Origin, WHOLE};
use super::gazetteer::Kind;
use super::tokens::{Copy, Shape};
use super::vocabulary::Vocabulary;
use crate::slug::name_key;

/// Most tags of a story.
const MOST_TAGS: usize = 8;
/// Mentions beyond these do not count.
const MOST_MENTIONS: u32 = 5;
/// Fewest mentions that make a tag of a capital, or of an acronym without a long form.
const MENTIONS_ALONE: u32 = 3;
/// Fewest tags. A story with fewer also gets less certain ones.
const FEW: usize = 3;

/// Most bytes of a tag.
const LONGEST: usize = 100;

/// The weight of a mention by its place.
const IN_HEADLINE: u32 = 4;
const IN_DECK: u32 = 3;
const IN_FIRST_PARAGRAPH: u32 = 2;

/// The weight of an entity in each part of the story, in units of [`WHOLE`].
struct Evidence {
    headline: u32,
    deck: u32,
    first: u32,
    /// The place of the dateline.
    place: u32,
    all: u32,
}

impl Evidence {
    fn new(copy: &Copy<'_>, entity: &Entity) -> Self {
        let part = |at: usize| copy.tokens.get(at).map_or(usize::MAX, |token| token.part);
        let most = |number: usize| {
            let there = entity.mentions.iter().filter(|mention| part(mention.tokens.start) == number);
            there.map(|mention| mention.weight).max().unwrap_or_default()
        };
        let all = entity.mentions.iter().map(|mention| mention.weight).fold(0, u32::saturating_add);
        let place = copy.place.map_or(0, most);
        Self { headline: most(0), deck: most(1), first: most(2), place, all }
    }

    fn score(&self) -> u32 {
        let mentions = self.all.min(MOST_MENTIONS * WHOLE);
        IN_HEADLINE * self.headline + IN_DECK * self.deck + IN_FIRST_PARAGRAPH * self.first + mentions
    }

    fn is_at_top(&self) -> bool {
        self.headline.max(self.deck) >= WHOLE
    }
}

/// Ranks the entities of a story. In English copy, names are spelled as in the gazetteer.
pub(super) fn rank(
    copy: &Copy<'_>,
    vocabulary: &Vocabulary,
    entities: &[Entity],
    is_english: bool,
) -> Vec<Topic> {
    let (mut certain, mut others) = (Vec::new(), Vec::new());
    for entity in entities {
        let evidence = Evidence::new(copy, entity);
        let is_certain = is_tag(copy, vocabulary, entity, &evidence);
        if is_certain || is_possible_tag(copy, vocabulary, entity, &evidence) {
            let topic = topic(copy, vocabulary, entity, is_english).map(|topic| (evidence.score(), topic));
            if is_certain { certain.extend(topic) } else { others.extend(topic) }
        }
    }
    for found in [&mut certain, &mut others] {
        found.sort_by_cached_key(|(score, topic): &(u32, Topic)| {
            (Reverse(*score), !topic.is_known, topic.found.0, topic.found.1.start, topic.name.clone())
        });
    }
    let mut keys = HashSet::new();
    let mut is_new = |topic: &Topic| keys.insert(name_key(&topic.name));
    let topics = certain.into_iter().map(|(_, topic)| topic);
    let mut topics: Vec<Topic> = topics.filter(|topic| is_new(topic)).take(MOST_TAGS).collect();
    let others = others.into_iter().map(|(_, topic)| topic).filter(|topic| is_new(topic));
    let missing = FEW.saturating_sub(topics.len());
    topics.extend(others.take(missing));
    topics
}

/// Whether a story with few tags gets this one: a country or a full name at the beginning, or the country of the dateline.
fn is_possible_tag(copy: &Copy<'_>, vocabulary: &Vocabulary, entity: &Entity, evidence: &Evidence) -> bool {
    if entity.is_reporter || !entity.mentions.iter().any(|mention| mention.is_firm) {
        return false;
    }
    let is_at_top = evidence.first.max(evidence.headline).max(evidence.deck) > 0;
    match entity.origin {
        Origin::Entry(entry) => match vocabulary.entries.get(entry).map(|entry| entry.kind) {
            Some(Kind::Country | Kind::Place) => is_at_top || evidence.place > 0,
            Some(Kind::Organization) => is_at_top,
            _ => false,
        },
        Origin::Capitals => is_at_top && entity.named.len() > 1 && is_written_as_name(copy, entity),
        Origin::Pair(_) => is_at_top,
    }
}

/// Whether an entity is relevant enough for a tag.
fn is_tag(copy: &Copy<'_>, vocabulary: &Vocabulary, entity: &Entity, evidence: &Evidence) -> bool {
    if entity.is_reporter || !entity.mentions.iter().any(|mention| mention.is_firm) {
        return false;
    }
    let times = |count: u32| evidence.all >= count * WHOLE;
    let is_often = times(2) || evidence.is_at_top();
    let is_first = evidence.first >= WHOLE;
    match entity.origin {
        Origin::Entry(entry) => {
            let Some(entry) = vocabulary.entries.get(entry) else { return false };
            match entry.kind {
                Kind::Source => entry.is_known && evidence.is_at_top(),
                Kind::Country | Kind::Place if entity.is_capital => {
                    times(MENTIONS_ALONE) || (evidence.is_at_top() && times(2))
                }
                Kind::Topic if entry.is_known => {
                    is_often || entity.is_long || (is_first && is_written_as_name(copy, entity))
                }
                // Named at the beginning, and its people or its capital later.
                Kind::Country | Kind::Place => is_often || (is_first && evidence.all > WHOLE),
                Kind::Organization | Kind::Topic | Kind::Foreign => is_often || is_first,
            }
        }
        // A mention of a term without capitals counts half, see `Entities`.
        Origin::Pair(_) => times(2),
        Origin::Capitals => {
            let token = copy.tokens.get(entity.named.start);
            let is_lone_acronym =
                entity.named.len() == 1 && token.is_some_and(|token| token.shape == Shape::Caps);
            if is_lone_acronym { times(MENTIONS_ALONE) } else { is_often }
        }
    }
}

/// Whether an entity has a capital within a sentence.
fn is_written_as_name(copy: &Copy<'_>, entity: &Entity) -> bool {
    let token = |mention: &Mention| copy.tokens.get(mention.tokens.start);
    entity.mentions.iter().filter_map(token).any(|token| token.is_capital() && !token.starts_sentence)
}

fn topic(copy: &Copy<'_>, vocabulary: &Vocabulary, entity: &Entity, is_english: bool) -> Option<Topic> {
    let first = entity.mentions.first()?;
    let found = (copy.tokens.get(first.tokens.start)?.part, copy.span(&first.tokens));
    let written = |tokens| copy.text(tokens).split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, is_known) = match entity.origin {
        Origin::Entry(entry) => {
            let entry = vocabulary.entries.get(entry)?;
            let name = entity.mentions.iter().find(|mention| mention.is_name);
            match entry.is_known || is_english {
                true => (entry.name.clone(), entry.is_known),
                // In other languages, names are spelled as in the copy.
                false => (written(&name?.tokens), false),
            }
        }
        Origin::Pair(_) | Origin::Capitals => (written(&entity.named), false),
    };
    let fits = (is_known || name.len() <= LONGEST) && !name_key(&name).is_empty();
    fits.then_some(Topic { name, is_known, found })
}
