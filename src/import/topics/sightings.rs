//! Where a story has names that are known, from the vocabulary or from its own pairs of long and short forms.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::acronyms::Pair;
use super::gazetteer::Kind;
use super::tokens::Copy;
use super::vocabulary::{Form, Hit, Sense, Vocabulary};

/// What a pair of names stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An entry of the vocabulary.
    Entry(usize),
    /// Something that only this story names: the number of the pair.
    Own(usize),
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A form of the vocabulary.
    Form(usize),
    /// A name of a pair.
    Pair(Meaning),
}

/// A known name in a story.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub(super) tokens: Range<usize>,
    pub(super) what: What,
    /// Whether it is part of a longer name, and counts less for itself.
    pub(super) is_part: bool,
    /// Whether it is part of the name of a person, and does not count.
    pub(super) is_void: bool,
}

impl Sighting {
    /// Its form, if it is of the vocabulary.
    pub(super) fn form<'v>(&self, vocabulary: &'v Vocabulary) -> Option<&'v Form> {
        match self.what {
            What::Form(form) => vocabulary.forms.get(form),
            What::Pair(_) => None,
        }
    }

    /// Whether it is who brought the news.
    pub(super) fn is_source(&self, vocabulary: &Vocabulary) -> bool {
        self.form(vocabulary)
            .and_then(|form| vocabulary.entries.get(form.entry))
            .is_some_and(|entry| entry.kind == Kind::Source)
    }
}

/// All known names of a story, in order; none overlaps another.
pub(super) fn sightings(
    copy: &Copy<'_>,
    hits: Vec<Hit>,
    pairs: &[Pair],
    vocabulary: &Vocabulary,
) -> Vec<Sighting> {
    let own = Own::new(copy, pairs, vocabulary);
    let mut sightings = Vec::new();
    let mut hits = hits.into_iter().peekable();
    let mut at = 0;
    let mut add = |tokens: Range<usize>, what| {
        sightings.push(Sighting { tokens, what, is_part: false, is_void: false });
    };
    while at < copy.tokens.len() {
        // A long form may hold a known name: `Central Bank of Turkey`.
        while hits.next_if(|hit| hit.tokens.start < at).is_some() {}
        let hit = hits.peek().filter(|hit| hit.tokens.start == at);
        let hit_end = hit.map_or(at, |hit| hit.tokens.end);
        if let Some((tokens, meaning)) = own.at(copy, at..copy.tokens.len())
            && (tokens.end > hit_end || (tokens.end == hit_end && matches!(meaning, Meaning::Own(_))))
        {
            at = tokens.end;
            add(tokens, What::Pair(meaning));
        } else if let Some(hit) = hits.next_if(|hit| hit.tokens.start == at) {
            at = hit.tokens.end.max(at + 1);
            add(hit.tokens, What::Form(hit.form));
        } else if own.by_key.is_empty() {
            let Some(next) = hits.peek() else { break };
            at = next.tokens.start;
        } else {
            at += 1;
        }
    }
    sightings
}

/// The names of the pairs of a story.
struct Own<'c> {
    by_key: HashMap<&'c str, Meaning>,
    /// Their first words.
    firsts: HashSet<&'c str>,
    longest: usize,
}

impl<'c> Own<'c> {
    fn new(copy: &'c Copy<'_>, pairs: &[Pair], vocabulary: &Vocabulary) -> Self {
        let mut own = Self { by_key: HashMap::new(), firsts: HashSet::default(), longest: 0 };
        for (number, pair) in pairs.iter().enumerate() {
            let (long, short) = (copy.key(pair.long.clone()), copy.key(pair.short.clone()));
            let form =
                |key: &str| vocabulary.form(key).filter(|form| form.sense == Sense::Name && !form.is_weak);
            let is_known =
                |form: &&Form| vocabulary.entries.get(form.entry).is_some_and(|entry| entry.is_known);
            let entry = form(short).filter(is_known).or_else(|| form(long)).map(|form| form.entry);
            let earlier = own.by_key.get(long).or_else(|| own.by_key.get(short)).copied();
            let meaning = entry.map(Meaning::Entry).or(earlier).unwrap_or(Meaning::Own(number));
            for (key, tokens) in [(long, &pair.long), (short, &pair.short)] {
                own.by_key.entry(key).or_insert(meaning);
                own.firsts.extend(copy.tokens.get(tokens.start).map(|token| copy.word(token)));
                own.longest = own.longest.max(tokens.len());
            }
        }
        own
    }

    /// The longest name that begins at the first of some words.
    fn at(&self, copy: &Copy<'_>, tokens: Range<usize>) -> Option<(Range<usize>, Meaning)> {
        let first = copy.tokens.get(tokens.start)?;
        if !self.firsts.contains(copy.word(first)) {
            return None;
        }
        (1..=self.longest.min(tokens.len())).rev().find_map(|length| {
            let found = tokens.start..tokens.start + length;
            let meaning = self.by_key.get(copy.key(found.clone()))?;
            // `it` is not IT.
            (length > 1 || first.is_capital()).then_some((found, *meaning))
        })
    }
}
