//! Finds the known names in a story: those of the vocabulary, and its own pairs of long and short forms.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::acronyms::Pair;
use super::gazetteer::Kind;
use super::tokens::Copy;
use super::vocabulary::{Form, Hit, Sense, Vocabulary};

/// What a pair of names refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An entry of the vocabulary.
    Entry(usize),
    /// Something that only this story names, by the index of the pair.
    Own(usize),
}

/// What a match refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A form of the vocabulary.
    Form(usize),
    /// A name of a pair.
    Pair(Meaning),
}

/// A known name in a story.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) tokens: Range<usize>,
    pub(super) target: Target,
    /// Whether it is part of a longer name, so that it counts less.
    pub(super) is_part: bool,
    /// Whether it is part of the name of a person, so that it does not count.
    pub(super) is_ignored: bool,
}

impl Match {
    /// Its form, if it is in the vocabulary.
    pub(super) fn form<'v>(&self, vocabulary: &'v Vocabulary) -> Option<&'v Form> {
        match self.target {
            Target::Form(form) => vocabulary.forms.get(form),
            Target::Pair(_) => None,
        }
    }

    /// Whether it is a source of news.
    pub(super) fn is_source(&self, vocabulary: &Vocabulary) -> bool {
        self.form(vocabulary)
            .and_then(|form| vocabulary.entries.get(form.entry))
            .is_some_and(|entry| entry.kind == Kind::Source)
    }
}

/// Finds all known names of a story, in order and without overlaps.
pub(super) fn find(copy: &Copy<'_>, hits: Vec<Hit>, pairs: &[Pair], vocabulary: &Vocabulary) -> Vec<Match> {
    let own = PairNames::new(copy, pairs, vocabulary);
    let mut matches = Vec::new();
    let mut hits = hits.into_iter().peekable();
    let mut at = 0;
    let mut add = |tokens: Range<usize>, target| {
        matches.push(Match { tokens, target, is_part: false, is_ignored: false });
    };
    while at < copy.tokens.len() {
        // A long form may contain a known name: `Central Bank of Turkey`.
        while hits.next_if(|hit| hit.tokens.start < at).is_some() {}
        let hit = hits.peek().filter(|hit| hit.tokens.start == at);
        let hit_end = hit.map_or(at, |hit| hit.tokens.end);
        if let Some((tokens, meaning)) = own.at(copy, at..copy.tokens.len())
            && (tokens.end > hit_end || (tokens.end == hit_end && matches!(meaning, Meaning::Own(_))))
        {
            at = tokens.end;
            add(tokens, Target::Pair(meaning));
        } else if let Some(hit) = hits.next_if(|hit| hit.tokens.start == at) {
            at = hit.tokens.end.max(at + 1);
            add(hit.tokens, Target::Form(hit.form));
        } else if own.by_key.is_empty() {
            let Some(next) = hits.peek() else { break };
            at = next.tokens.start;
        } else {
            at += 1;
        }
    }
    matches
}

/// The names in the pairs of a story.
struct PairNames<'c> {
    by_key: HashMap<&'c str, Meaning>,
    /// Their first words.
    firsts: HashSet<&'c str>,
    longest: usize,
}

impl<'c> PairNames<'c> {
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

    /// The longest name at the start of consecutive words.
    fn at(&self, copy: &Copy<'_>, tokens: Range<usize>) -> Option<(Range<usize>, Meaning)> {
        let first = copy.tokens.get(tokens.start)?;
        if !self.firsts.contains(copy.word(first)) {
            return None;
        }
        (1..=self.longest.min(tokens.len())).rev().find_map(|length| {
            let found = tokens.start..tokens.start + length;
            let meaning = self.by_key.get(copy.key(found.clone()))?;
            // `it` is not `IT`.
            (length > 1 || first.is_capital()).then_some((found, *meaning))
        })
    }
}
