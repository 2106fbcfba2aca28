//! Names in a story → the people and things that it is about, each with all its mentions.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::acronyms::Pair;
use super::lexicon::Class;
use super::matches::{Match, Meaning, Target};
use super::names::{NameSpan, is_no_name_without_first};
use super::tokens::{Copy, Gap, Shape, Style};
use super::vocabulary::{Form, Sense, Vocabulary};

/// The maximum number of words of a surname, which is short for a name.
const LONGEST_SURNAME: usize = 3;
/// The maximum number of words of a name in a headline in capitals.
const LONGEST_IN_HEADLINE: usize = 6;

/// The weight of a name.
pub(super) const WHOLE: u32 = 2;
/// The weight of a word that only refers to it: `Turkish`, `Ankara`.
const HALF: u32 = 1;

/// Where the name of an entity comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An entry of the vocabulary.
    Entry(usize),
    /// A pair of a long and a short form.
    Pair(usize),
    /// The capitals of a name in no list.
    Capitals,
}

/// A mention.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) tokens: Range<usize>,
    pub(super) weight: u32,
    /// Whether it certainly means the entity.
    pub(super) is_firm: bool,
    /// Whether it is a name, not a demonym or a capital.
    pub(super) is_name: bool,
}

/// A person or a thing in a story.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) origin: Origin,
    pub(super) mentions: Vec<Mention>,
    /// Whether it is a reporter, not a subject of the story.
    pub(super) is_reporter: bool,
    /// Whether its name has several words, so that it is unambiguous.
    pub(super) is_long: bool,
    /// Whether it is a capital used for its country.
    pub(super) is_capital: bool,
    /// The words of the copy that are its best name.
    pub(super) named: Range<usize>,
}

/// All entities of a story.
pub(super) struct Entities<'a> {
    copy: &'a Copy<'a>,
    vocabulary: &'a Vocabulary,
    pub(super) list: Vec<Entity>,
    by_entry: HashMap<usize, usize>,
    by_pair: HashMap<usize, usize>,
    by_key: HashMap<&'a str, usize>,
    /// The short form of a name → the name that it was last used for.
    latest: HashMap<&'a str, &'a str>,
}

impl<'a> Entities<'a> {
    pub(super) fn new(
        copy: &'a Copy<'a>,
        vocabulary: &'a Vocabulary,
        matches: &[Match],
        names: &[NameSpan],
        pairs: &[Pair],
    ) -> Self {
        let mut entities = Self {
            copy,
            vocabulary,
            list: Vec::new(),
            by_entry: HashMap::new(),
            by_pair: HashMap::new(),
            by_key: HashMap::new(),
            latest: HashMap::new(),
        };
        let names = with_certain_starts(copy, names);
        entities.latest = short_names(copy, names.iter());
        let mut names = names.iter().peekable();
        for found in matches {
            while let Some(name) = names.next_if(|name| name.tokens.start < found.tokens.start) {
                entities.add_name(name);
            }
            entities.add_match(found, pairs);
        }
        names.for_each(|name| entities.add_name(name));
        entities.add_from_headlines(matches);
        for entity in &mut entities.list {
            entity.mentions.sort_by_key(|mention| mention.tokens.start);
            if let Origin::Entry(_) = entity.origin
                && is_never_small(copy, entity)
            {
                entity.mentions.iter_mut().for_each(|mention| mention.is_firm = true);
            }
        }
        entities
    }

    fn add_name(&mut self, name: &NameSpan) {
        let key = self.copy.key(name.tokens.clone());
        let full = self.full(key);
        if full.is_none() {
            self.remember(name);
        }
        let entity = self.entity_of(full.unwrap_or(key), &name.tokens);
        let is_firm = !name.is_first_doubtful || full.is_some();
        let article = self.article_before(name.tokens.start);
        let Some(entity) = self.list.get_mut(entity) else { return };
        entity.is_reporter |= name.is_reporter;
        entity.is_long |= name.tokens.len() > 1;
        let is_caps = |at: usize| self.copy.tokens.get(at).is_some_and(|token| token.shape == Shape::Caps);
        // A dateline is in capitals: `HOLM, May 3`.
        let is_calmer = is_caps(entity.named.start) && !is_caps(name.tokens.start);
        let is_better = name.tokens.len() > entity.named.len() || is_calmer;
        if is_better && full.is_none() {
            entity.named = name.tokens.clone();
        }
        if let Some(article) = article
            && entity.named.len() == name.tokens.len()
        {
            entity.named = article..name.tokens.end;
        }
        entity.mentions.push(Mention { tokens: name.tokens.clone(), weight: WHOLE, is_firm, is_name: true });
    }

    /// The `The` before a name, if it is part of the name: it has a capital within a sentence.
    fn article_before(&self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1)?;
        let is_written_on = self.copy.tokens.get(at)?.gap == Gap::Space;
        let article = self.copy.tokens.get(before).filter(|_| is_written_on)?;
        let is_capital = article.shape == Shape::Capital && !article.starts_sentence;
        (is_capital && self.copy.style(article) == Style::Sentences && self.copy.word(article) == "the")
            .then_some(before)
    }

    /// The full name for a short one: for `Vale`, `Rook Vale`, and for that the whole name.
    fn full(&self, short: &str) -> Option<&'a str> {
        let mut full = self.latest.get(short).copied()?;
        for _ in 1..LONGEST_SURNAME {
            let Some(fuller) = self.latest.get(full) else { break };
            full = fuller;
        }
        Some(full)
    }

    /// Makes the short forms of a full name refer to it from here on.
    fn remember(&mut self, name: &NameSpan) {
        let full = self.copy.key(name.tokens.clone());
        for short in shorts(self.copy, name) {
            self.latest.insert(short, full);
        }
    }

    fn entity_of(&mut self, key: &'a str, tokens: &Range<usize>) -> usize {
        if let Some(entity) = self.by_key.get(key) {
            return *entity;
        }
        let entity = self.add(Origin::Capitals, tokens);
        self.by_key.insert(key, entity);
        entity
    }

    fn add(&mut self, origin: Origin, tokens: &Range<usize>) -> usize {
        self.list.push(Entity {
            origin,
            mentions: Vec::new(),
            is_reporter: false,
            is_long: tokens.len() > 1,
            is_capital: false,
            named: tokens.clone(),
        });
        self.list.len() - 1
    }

    fn add_match(&mut self, found: &Match, pairs: &[Pair]) {
        match found.target {
            Target::Pair(Meaning::Own(pair)) => {
                let long = pairs.get(pair).map(|pair| pair.long.clone()).unwrap_or_default();
                let entity = match self.by_pair.get(&pair) {
                    Some(entity) => *entity,
                    None => {
                        let entity = self.add(Origin::Pair(pair), &long);
                        self.by_pair.insert(pair, entity);
                        entity
                    }
                };
                // A term without capitals, such as one of medicine, weighs less than a name.
                let is_name = self.copy.tokens.get(long.start).is_some_and(|token| token.is_capital());
                self.mention(entity, found, if is_name { WHOLE } else { HALF }, true);
            }
            Target::Pair(Meaning::Entry(entry)) => {
                let entity = self.entry(entry, &found.tokens);
                self.mention(entity, found, WHOLE, true);
            }
            Target::Form(form) => {
                if let Some(form) = self.vocabulary.forms.get(form) {
                    self.add_form(found, form);
                }
            }
        }
    }

    fn add_form(&mut self, found: &Match, form: &Form) {
        let key = self.copy.key(found.tokens.clone());
        let is_person = form.is_personal_name && self.latest.contains_key(key) && !self.is_located(found);
        if is_person && !found.is_ignored {
            // `Jordan`, after an Aidan Jordan.
            let tokens = found.tokens.clone();
            let (is_first_doubtful, is_organization, is_company, is_reporter) = (false, false, false, false);
            return self.add_name(&NameSpan {
                tokens,
                is_first_doubtful,
                is_organization,
                is_company,
                is_reporter,
            });
        }
        if found.is_ignored {
            return;
        }
        let is_firm = self.is_firm(found, form);
        let entity = self.entry(form.entry, &found.tokens);
        if let Some(entity) = self.list.get_mut(entity) {
            entity.is_long |= form.is_long && form.sense == Sense::Name;
        }
        match form.sense {
            Sense::Name if found.is_part => self.mention(entity, found, HALF, is_firm),
            Sense::Name => self.mention(entity, found, WHOLE, is_firm),
            Sense::Demonym => self.mention(entity, found, HALF, is_firm),
            Sense::Capital(place) => {
                self.mention(entity, found, HALF, is_firm);
                let is_known = self.vocabulary.entries.get(place).is_some_and(|place| place.is_known);
                if !is_known && !self.is_located(found) {
                    return;
                }
                let place = self.entry(place, &found.tokens);
                if let Some(place) = self.list.get_mut(place) {
                    place.is_capital = !is_known;
                }
                self.mention(place, found, WHOLE, is_firm);
            }
        }
    }

    fn entry(&mut self, entry: usize, tokens: &Range<usize>) -> usize {
        if let Some(entity) = self.by_entry.get(&entry) {
            return *entity;
        }
        let entity = self.add(Origin::Entry(entry), tokens);
        if let Some(entity) = self.list.get_mut(entity) {
            entity.is_long = false;
        }
        self.by_entry.insert(entry, entity);
        entity
    }

    fn mention(&mut self, entity: usize, found: &Match, weight: u32, is_firm: bool) {
        let is_name = match found.form(self.vocabulary) {
            Some(form) => form.sense == Sense::Name,
            None => true,
        };
        let Some(entity) = self.list.get_mut(entity) else { return };
        let Range { start, end } = found.tokens;
        let is_in_brackets = self.copy.tokens.get(start).is_some_and(|token| token.gap == Gap::Open);
        if is_in_brackets && entity.mentions.last().is_some_and(|before| before.tokens.end == start) {
            // `World Bank (WB)` is one mention.
            return;
        }
        entity.mentions.push(Mention { tokens: start..end, weight, is_firm, is_name });
    }

    /// Whether a form certainly means its entry here.
    fn is_firm(&self, found: &Match, form: &Form) -> bool {
        let Some(token) = self.copy.tokens.get(found.tokens.start) else { return false };
        let is_plain = match self.copy.style(token) {
            Style::Sentences => token.starts_sentence && token.shape != Shape::Caps,
            Style::Titles => token.shape != Shape::Caps,
            Style::Capitals => true,
        };
        let before = found.tokens.start.checked_sub(1).and_then(|at| self.copy.tokens.get(at));
        // `the WHO`
        let has_article = before.is_some_and(|t| t.shape == Shape::Lower && self.copy.word(t) == "the");
        let is_weak = form.is_weak && !has_article;
        !(is_weak || (form.is_ordinary && is_plain))
    }

    /// Whether a preposition of place such as `in` precedes a name.
    fn is_located(&self, found: &Match) -> bool {
        let before = found.tokens.start.checked_sub(1).and_then(|at| self.copy.tokens.get(at));
        before.is_some_and(|token| token.class.is(Class::LOCATIVE) && token.shape == Shape::Lower)
    }

    /// Adds mentions in headlines in capitals, which can only name what the text names.
    fn add_from_headlines(&mut self, matches: &[Match]) {
        let copy = self.copy;
        let mut matches = matches.iter().peekable();
        for part in copy.parts.iter().filter(|part| part.style != Style::Sentences) {
            let mut at = part.tokens.start;
            while at < part.tokens.end {
                while matches.next_if(|found| found.tokens.end <= at).is_some() {}
                let known = matches.peek().map_or(part.tokens.end, |found| found.tokens.start);
                let end = known.min(part.tokens.end).min(at + LONGEST_IN_HEADLINE);
                let found = (at + 1..=end).rev().find_map(|end| {
                    let key = copy.key(at..end);
                    Some((end, *self.by_key.get(self.full(key).unwrap_or(key))?))
                });
                let Some((end, entity)) = found else {
                    at += 1;
                    continue;
                };
                let tokens = at..end;
                if let Some(entity) = self.list.get_mut(entity) {
                    entity.mentions.push(Mention { tokens, weight: WHOLE, is_firm: false, is_name: true });
                }
                at = end;
            }
        }
    }
}

/// Whether a name that is also an ordinary word occurs more than once, always with a capital: `Labour`.
fn is_never_small(copy: &Copy<'_>, entity: &Entity) -> bool {
    let in_sentences = |mention: &&Mention| {
        let token = copy.tokens.get(mention.tokens.start);
        token.is_some_and(|token| copy.style(token) == Style::Sentences && token.shape == Shape::Capital)
    };
    if entity.mentions.iter().any(|mention| mention.is_firm) {
        return false;
    }
    let mut there = entity.mentions.iter().filter(in_sentences);
    let Some(word) = there.next().and_then(|mention| copy.tokens.get(mention.tokens.start)) else {
        return false;
    };
    let word = copy.word(word);
    let is_small = |token: &super::tokens::Token| {
        token.shape == Shape::Lower && copy.word(token).strip_suffix('s').unwrap_or(copy.word(token)) == word
    };
    there.next().is_some() && !copy.tokens.iter().any(is_small)
}

/// Settles whether the first word belongs to each name: it does if the story has the name within a sentence.
fn with_certain_starts(copy: &Copy<'_>, names: &[NameSpan]) -> Vec<NameSpan> {
    let key = |name: &NameSpan| copy.key(name.tokens.clone());
    let is_on_top = |name: &NameSpan| copy.tokens.get(name.tokens.start).is_some_and(|token| token.part < 2);
    let certain: HashSet<&str> = names.iter().filter(|name| !name.is_first_doubtful).map(key).collect();
    let below = || names.iter().filter(|name| !is_on_top(name));
    let shorts = short_names(copy, below());
    let below: HashSet<&str> = below().map(key).collect();
    let settle = |name: &NameSpan| {
        let mut name = name.clone();
        let is_top =
            is_on_top(&name) && copy.tokens.get(name.tokens.start).is_some_and(|t| t.starts_sentence);
        if name.tokens.len() == 1 || !(name.is_first_doubtful || is_top) {
            return Some(name);
        }
        let rest = copy.key(name.tokens.start + 1..name.tokens.end);
        // `Late Goalkeeper` in a headline is the `Goalkeeper` of the text.
        let is_rest_below = || is_top && (below.contains(rest) || shorts.contains_key(rest));
        let is_right = if is_top { below.contains(key(&name)) } else { certain.contains(key(&name)) };
        if is_right || !(name.is_first_doubtful || is_rest_below()) {
            name.is_first_doubtful = false;
        } else if is_no_name_without_first(copy, &name.tokens) {
            return None;
        } else {
            name.is_first_doubtful = false;
            name.tokens.start += 1;
        }
        Some(name)
    };
    names.iter().filter_map(settle).collect()
}

/// For each short name, the first full name in the story that it may be short for.
fn short_names<'a, 'p>(
    copy: &'a Copy<'a>,
    names: impl Iterator<Item = &'p NameSpan>,
) -> HashMap<&'a str, &'a str> {
    let mut full_names = HashMap::new();
    for name in names {
        let full = copy.key(name.tokens.clone());
        for short in shorts(copy, name) {
            full_names.entry(short).or_insert(full);
        }
    }
    full_names
}

/// The short forms of a name: its last words, or the first ones of a company.
fn shorts<'a>(copy: &'a Copy<'a>, name: &NameSpan) -> Vec<&'a str> {
    let Range { start, end } = name.tokens.clone();
    if name.is_company {
        let firsts = (start + 1..end).map(|end| copy.key(start..end));
        return firsts.chain((end - start > 1).then(|| copy.key(end - 1..end))).collect();
    }
    let is_long = |token: &super::tokens::Token| {
        token.shape == Shape::Lower && matches!(copy.word(token), "of" | "and" | "for" | "the")
    };
    let tokens = copy.tokens.get(start..end).unwrap_or_default();
    if name.is_organization || name.is_first_doubtful || tokens.iter().any(is_long) {
        return Vec::new();
    }
    (start + 1..end).rev().take(LONGEST_SURNAME).map(|start| copy.key(start..end)).collect()
}
