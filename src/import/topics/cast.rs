//! Names at their places → who and what a story is about, each with all of its mentions.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::acronyms::Pair;
use super::lexicon::Class;
use super::names::{Piece, is_nothing_behind_first};
use super::sightings::{Meaning, Sighting, What};
use super::tokens::{Copy, Gap, Shape, Style};
use super::vocabulary::{Form, Sense, Vocabulary};

/// Most words of the end of a name that stand for it.
const LONGEST_SURNAME: usize = 3;
/// Most words that are compared in headlines without small letters.
const LONGEST_IN_HEADLINE: usize = 6;

/// Weight of a name.
pub(super) const WHOLE: u32 = 2;
/// Weight of what only points to it: `Turkish`, `Ankara`.
const HALF: u32 = 1;

/// What an entity is named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An entry of the vocabulary.
    Entry(usize),
    /// A pair of long and short form.
    Pair(usize),
    /// Only its capitals.
    Capitals,
}

/// A mention.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) tokens: Range<usize>,
    pub(super) weight: u32,
    /// Whether it can be nothing else.
    pub(super) is_firm: bool,
    /// Whether it is by name.
    pub(super) is_name: bool,
}

/// Someone or something in a story.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) origin: Origin,
    pub(super) mentions: Vec<Mention>,
    /// Whether it is no matter of the story: who reports.
    pub(super) is_reporter: bool,
    /// Whether it has several words, and so is what it says.
    pub(super) is_long: bool,
    /// Whether it stands for its country, but for `in` and `near` it.
    pub(super) is_capital: bool,
    /// Best name: words of the copy.
    pub(super) named: Range<usize>,
}

/// All entities of a story.
pub(super) struct Cast<'a> {
    copy: &'a Copy<'a>,
    vocabulary: &'a Vocabulary,
    pub(super) entities: Vec<Entity>,
    by_entry: HashMap<usize, usize>,
    by_pair: HashMap<usize, usize>,
    by_key: HashMap<&'a str, usize>,
    /// End of a name → the name last mentioned, as a key.
    latest: HashMap<&'a str, &'a str>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(
        copy: &'a Copy<'a>,
        vocabulary: &'a Vocabulary,
        sightings: &[Sighting],
        pieces: &[Piece],
        pairs: &[Pair],
    ) -> Self {
        let mut cast = Self {
            copy,
            vocabulary,
            entities: Vec::new(),
            by_entry: HashMap::new(),
            by_pair: HashMap::new(),
            by_key: HashMap::new(),
            latest: HashMap::new(),
        };
        let pieces = settled(copy, pieces);
        cast.latest = short_names(copy, pieces.iter());
        let mut pieces = pieces.iter().peekable();
        for sighting in sightings {
            while let Some(piece) = pieces.next_if(|piece| piece.tokens.start < sighting.tokens.start) {
                cast.add_piece(piece);
            }
            cast.add_sighting(sighting, pairs);
        }
        pieces.for_each(|piece| cast.add_piece(piece));
        cast.add_from_headlines(sightings);
        for entity in &mut cast.entities {
            entity.mentions.sort_by_key(|mention| mention.tokens.start);
            if let Origin::Entry(_) = entity.origin
                && is_never_small(copy, entity)
            {
                entity.mentions.iter_mut().for_each(|mention| mention.is_firm = true);
            }
        }
        cast
    }

    fn add_piece(&mut self, piece: &Piece) {
        let key = self.copy.key(piece.tokens.clone());
        let full = self.full(key);
        if full.is_none() {
            self.remember(piece);
        }
        let entity = self.entity_of(full.unwrap_or(key), &piece.tokens);
        let is_firm = !piece.is_first_doubtful || full.is_some();
        let article = self.article_before(piece.tokens.start);
        let Some(entity) = self.entities.get_mut(entity) else { return };
        entity.is_reporter |= piece.is_reporter;
        entity.is_long |= piece.tokens.len() > 1;
        let is_caps = |at: usize| self.copy.tokens.get(at).is_some_and(|token| token.shape == Shape::Caps);
        // A dateline is in capitals: `HOLM, May 3`.
        let is_calmer = is_caps(entity.named.start) && !is_caps(piece.tokens.start);
        let is_better = piece.tokens.len() > entity.named.len() || is_calmer;
        if is_better && full.is_none() {
            entity.named = piece.tokens.clone();
        }
        if let Some(article) = article
            && entity.named.len() == piece.tokens.len()
        {
            entity.named = article..piece.tokens.end;
        }
        entity.mentions.push(Mention { tokens: piece.tokens.clone(), weight: WHOLE, is_firm, is_name: true });
    }

    /// `The` that is part of a name: it has a capital within a sentence.
    fn article_before(&self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1)?;
        let is_written_on = self.copy.tokens.get(at)?.gap == Gap::Space;
        let article = self.copy.tokens.get(before).filter(|_| is_written_on)?;
        let is_capital = article.shape == Shape::Capital && !article.starts_sentence;
        (is_capital && self.copy.style(article) == Style::Sentences && self.copy.word(article) == "the")
            .then_some(before)
    }

    /// The full name that a short one stands for: of `Vale`, `Rook Vale`, and of that all of it.
    fn full(&self, short: &str) -> Option<&'a str> {
        let mut full = self.latest.get(short).copied()?;
        for _ in 1..LONGEST_SURNAME {
            let Some(fuller) = self.latest.get(full) else { break };
            full = fuller;
        }
        Some(full)
    }

    /// From here on, the ends of a full name stand for it.
    fn remember(&mut self, piece: &Piece) {
        let full = self.copy.key(piece.tokens.clone());
        for short in shorts(self.copy, piece) {
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
        self.entities.push(Entity {
            origin,
            mentions: Vec::new(),
            is_reporter: false,
            is_long: tokens.len() > 1,
            is_capital: false,
            named: tokens.clone(),
        });
        self.entities.len() - 1
    }

    fn add_sighting(&mut self, sighting: &Sighting, pairs: &[Pair]) {
        match sighting.what {
            What::Pair(Meaning::Own(pair)) => {
                let long = pairs.get(pair).map(|pair| pair.long.clone()).unwrap_or_default();
                let entity = match self.by_pair.get(&pair) {
                    Some(entity) => *entity,
                    None => {
                        let entity = self.add(Origin::Pair(pair), &long);
                        self.by_pair.insert(pair, entity);
                        entity
                    }
                };
                // A term, as of medicine, is not what a story is about as soon as a name is.
                let is_name = self.copy.tokens.get(long.start).is_some_and(|token| token.is_capital());
                self.mention(entity, sighting, if is_name { WHOLE } else { HALF }, true);
            }
            What::Pair(Meaning::Entry(entry)) => {
                let entity = self.entry(entry, &sighting.tokens);
                self.mention(entity, sighting, WHOLE, true);
            }
            What::Form(form) => {
                if let Some(form) = self.vocabulary.forms.get(form) {
                    self.add_form(sighting, form);
                }
            }
        }
    }

    fn add_form(&mut self, sighting: &Sighting, form: &Form) {
        let key = self.copy.key(sighting.tokens.clone());
        let is_person = form.is_of_people && self.latest.contains_key(key) && !self.is_located(sighting);
        if is_person && !sighting.is_void {
            // `Jordan`, after an Aidan Jordan.
            let tokens = sighting.tokens.clone();
            let (is_first_doubtful, is_organisation, is_company, is_reporter) = (false, false, false, false);
            return self.add_piece(&Piece {
                tokens,
                is_first_doubtful,
                is_organisation,
                is_company,
                is_reporter,
            });
        }
        if sighting.is_void {
            return;
        }
        let is_firm = self.is_firm(sighting, form);
        let entity = self.entry(form.entry, &sighting.tokens);
        if let Some(entity) = self.entities.get_mut(entity) {
            entity.is_long |= form.is_long && form.sense == Sense::Name;
        }
        match form.sense {
            Sense::Name if sighting.is_part => self.mention(entity, sighting, HALF, is_firm),
            Sense::Name => self.mention(entity, sighting, WHOLE, is_firm),
            Sense::Demonym => self.mention(entity, sighting, HALF, is_firm),
            Sense::Capital(place) => {
                self.mention(entity, sighting, HALF, is_firm);
                let is_known = self.vocabulary.entries.get(place).is_some_and(|place| place.is_known);
                if !is_known && !self.is_located(sighting) {
                    return;
                }
                let place = self.entry(place, &sighting.tokens);
                if let Some(place) = self.entities.get_mut(place) {
                    place.is_capital = !is_known;
                }
                self.mention(place, sighting, WHOLE, is_firm);
            }
        }
    }

    fn entry(&mut self, entry: usize, tokens: &Range<usize>) -> usize {
        if let Some(entity) = self.by_entry.get(&entry) {
            return *entity;
        }
        let entity = self.add(Origin::Entry(entry), tokens);
        if let Some(entity) = self.entities.get_mut(entity) {
            entity.is_long = false;
        }
        self.by_entry.insert(entry, entity);
        entity
    }

    fn mention(&mut self, entity: usize, sighting: &Sighting, weight: u32, is_firm: bool) {
        let is_name = match sighting.form(self.vocabulary) {
            Some(form) => form.sense == Sense::Name,
            None => true,
        };
        let Some(entity) = self.entities.get_mut(entity) else { return };
        let Range { start, end } = sighting.tokens;
        let is_in_brackets = self.copy.tokens.get(start).is_some_and(|token| token.gap == Gap::Open);
        if is_in_brackets && entity.mentions.last().is_some_and(|before| before.tokens.end == start) {
            // `World Bank (WB)` is one mention.
            return;
        }
        entity.mentions.push(Mention { tokens: start..end, weight, is_firm, is_name });
    }

    /// Whether a form can be no other word here.
    fn is_firm(&self, sighting: &Sighting, form: &Form) -> bool {
        let Some(token) = self.copy.tokens.get(sighting.tokens.start) else { return false };
        let is_plain = match self.copy.style(token) {
            Style::Sentences => token.starts_sentence && token.shape != Shape::Caps,
            Style::Titles => token.shape != Shape::Caps,
            Style::Capitals => true,
        };
        let before = sighting.tokens.start.checked_sub(1).and_then(|at| self.copy.tokens.get(at));
        // `the WHO`
        let has_article = before.is_some_and(|t| t.shape == Shape::Lower && self.copy.word(t) == "the");
        let is_weak = form.is_weak && !has_article;
        !(is_weak || (form.is_ordinary && is_plain))
    }

    /// Whether `in` or its like stands before a name.
    fn is_located(&self, sighting: &Sighting) -> bool {
        let before = sighting.tokens.start.checked_sub(1).and_then(|at| self.copy.tokens.get(at));
        before.is_some_and(|token| token.class.is(Class::LOCATIVE) && token.shape == Shape::Lower)
    }

    /// Headlines in capitals name what the text names.
    fn add_from_headlines(&mut self, sightings: &[Sighting]) {
        let copy = self.copy;
        let mut sightings = sightings.iter().peekable();
        for part in copy.parts.iter().filter(|part| part.style != Style::Sentences) {
            let mut at = part.tokens.start;
            while at < part.tokens.end {
                while sightings.next_if(|sighting| sighting.tokens.end <= at).is_some() {}
                let known = sightings.peek().map_or(part.tokens.end, |sighting| sighting.tokens.start);
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
                if let Some(entity) = self.entities.get_mut(entity) {
                    entity.mentions.push(Mention { tokens, weight: WHOLE, is_firm: false, is_name: true });
                }
                at = end;
            }
        }
    }
}

/// Whether a name that is an ordinary word, too, is in a story more than once, always with a capital: `Labour`.
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

/// Names whose first word is right: with it, if the story has the name so within a sentence, else without.
fn settled(copy: &Copy<'_>, pieces: &[Piece]) -> Vec<Piece> {
    let key = |piece: &Piece| copy.key(piece.tokens.clone());
    let is_on_top = |piece: &Piece| copy.tokens.get(piece.tokens.start).is_some_and(|token| token.part < 2);
    let sure: HashSet<&str> = pieces.iter().filter(|piece| !piece.is_first_doubtful).map(key).collect();
    let below = || pieces.iter().filter(|piece| !is_on_top(piece));
    let shorts = short_names(copy, below());
    let below: HashSet<&str> = below().map(key).collect();
    let settle = |piece: &Piece| {
        let mut piece = piece.clone();
        let is_top =
            is_on_top(&piece) && copy.tokens.get(piece.tokens.start).is_some_and(|t| t.starts_sentence);
        if piece.tokens.len() == 1 || !(piece.is_first_doubtful || is_top) {
            return Some(piece);
        }
        let rest = copy.key(piece.tokens.start + 1..piece.tokens.end);
        // `Late Goalkeeper` of a headline is the `Goalkeeper` of the text.
        let is_rest_below = || is_top && (below.contains(rest) || shorts.contains_key(rest));
        let is_right = if is_top { below.contains(key(&piece)) } else { sure.contains(key(&piece)) };
        if is_right || !(piece.is_first_doubtful || is_rest_below()) {
            piece.is_first_doubtful = false;
        } else if is_nothing_behind_first(copy, &piece.tokens) {
            return None;
        } else {
            piece.is_first_doubtful = false;
            piece.tokens.start += 1;
        }
        Some(piece)
    };
    pieces.iter().filter_map(settle).collect()
}

/// For each short name, the first full name of a story that it may stand for.
fn short_names<'a, 'p>(
    copy: &'a Copy<'a>,
    pieces: impl Iterator<Item = &'p Piece>,
) -> HashMap<&'a str, &'a str> {
    let mut names = HashMap::new();
    for piece in pieces {
        let full = copy.key(piece.tokens.clone());
        for short in shorts(copy, piece) {
            names.entry(short).or_insert(full);
        }
    }
    names
}

/// What may stand for a name: its last words, for a company its first ones.
fn shorts<'a>(copy: &'a Copy<'a>, piece: &Piece) -> Vec<&'a str> {
    let Range { start, end } = piece.tokens.clone();
    if piece.is_company {
        let firsts = (start + 1..end).map(|end| copy.key(start..end));
        return firsts.chain((end - start > 1).then(|| copy.key(end - 1..end))).collect();
    }
    let is_long = |token: &super::tokens::Token| {
        token.shape == Shape::Lower && matches!(copy.word(token), "of" | "and" | "for" | "the")
    };
    let tokens = copy.tokens.get(start..end).unwrap_or_default();
    if piece.is_organisation || piece.is_first_doubtful || tokens.iter().any(is_long) {
        return Vec::new();
    }
    (start + 1..end).rev().take(LONGEST_SURNAME).map(|start| copy.key(start..end)).collect()
}
