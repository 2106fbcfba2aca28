//! Finds the tags of a site, their aliases and the names of the gazetteer in a story.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use foldhash::{HashMap, HashMapExt};

use super::gazetteer::{Kind, Name, Record, records};
use super::lexicon::{Class, Lexicon};
use super::tokens::{Copy, EDGE, Gap, Shape, Style, Token, phrase};
use crate::slug::name_key;

/// The maximum number of bytes of a name.
const LONGEST: usize = 200;

/// Something with a name.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether it is a tag of the site.
    pub(super) is_known: bool,
}

/// How a form relates to its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// It is the name of the entry.
    Name,
    /// It is the name of the inhabitants.
    Demonym,
    /// It is the capital, used for the entry. The index is the entry of the capital.
    Capital(usize),
}

/// How a form must be capitalized in copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Any,
    /// With a capital in the first and the last word.
    Capital,
    /// In capitals.
    Caps,
    /// In capitals, or as an acronym that is written like a word: `Nato`.
    Acronym,
}

/// One form of the name of an entry.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) entry: usize,
    pub(super) sense: Sense,
    case: Case,
    pub(super) is_weak: bool,
    pub(super) is_personal_name: bool,
    /// Whether it is also an ordinary word.
    pub(super) is_ordinary: bool,
    /// Whether it has several words.
    pub(super) is_long: bool,
    /// Whether it is in another language than English.
    is_foreign: bool,
}

/// A form at a place in a story.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) tokens: Range<usize>,
    pub(super) form: usize,
}

/// All known names.
#[derive(Debug)]
pub(super) struct Vocabulary {
    pub(super) entries: Vec<Entry>,
    pub(super) forms: Vec<Form>,
    by_phrase: HashMap<String, usize>,
    matcher: Option<AhoCorasick>,
}

impl Vocabulary {
    pub(super) fn new(tags: Vec<String>, aliases: &BTreeMap<String, String>, lexicon: &Lexicon) -> Self {
        let mut builder = Builder::new(lexicon);
        builder.add_site(tags, aliases);
        records().for_each(|record| builder.add_record(&record));
        let Builder { entries, forms, by_phrase, phrases, .. } = builder;
        let matcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&phrases);
        // It fails only for more than 2³² phrases.
        Self { entries, forms, by_phrase, matcher: matcher.ok() }
    }

    /// The form of a whole phrase.
    pub(super) fn form(&self, phrase: &str) -> Option<&Form> {
        self.by_phrase.get(phrase).and_then(|form| self.forms.get(*form))
    }

    /// Whether a form names a place.
    pub(super) fn is_place(&self, form: &Form) -> bool {
        let kind = self.entries.get(form.entry).map(|entry| entry.kind);
        matches!(kind, Some(Kind::Country | Kind::Place))
    }

    /// All forms in a story, in order and without overlaps.
    pub(super) fn scan(&self, copy: &Copy<'_>, is_english: bool) -> Vec<Hit> {
        let mut hits = Vec::new();
        let Some(matcher) = &self.matcher else { return hits };
        let mut at = 0;
        while at < copy.folded.len() {
            let Some(found) = matcher.find(Input::new(&copy.folded).span(at..copy.folded.len())) else {
                break;
            };
            let first = copy.tokens.partition_point(|token| token.folded.start <= found.start());
            let count = copy.tokens.iter().skip(first).take_while(|t| t.folded.end < found.end()).count();
            let tokens = first..first + count;
            let form = found.pattern().as_usize();
            let form_found = self.forms.get(form).filter(|form| !(is_english && form.is_foreign));
            let is_one = form_found.is_some_and(|form| form.fits(copy, &tokens));
            if is_one {
                at = found.end();
                hits.push(Hit { tokens, form });
            } else {
                // A shorter form, or one that starts later, may match.
                at = copy.tokens.get(first).map_or(found.end(), |token| token.folded.end + 1);
            }
        }
        hits
    }
}

impl Form {
    fn fits(&self, copy: &Copy<'_>, tokens: &Range<usize>) -> bool {
        let Some(found) = copy.tokens.get(tokens.clone()) else { return false };
        let (Some(first), Some(last)) = (found.first(), found.last()) else { return false };
        let is_in_capitals = copy.style(first) == Style::Capitals;
        let after = copy.parts.get(last.part).and_then(|part| part.text.get(last.span.end..));
        if first.gap == Gap::Open && after.is_some_and(|rest| rest.starts_with(':')) {
            // `(NASDAQ: ABCD)` is a ticker symbol.
            return false;
        }
        match self.case {
            Case::Any => true,
            Case::Capital => first.has_capital() && last.has_capital(),
            Case::Acronym => {
                matches!(first.shape, Shape::Caps | Shape::Capital) && !(self.is_ordinary && is_in_capitals)
            }
            Case::Caps if first.shape == Shape::Initial => first.gap != Gap::Dot && !is_in_capitals,
            Case::Caps => {
                first.shape == Shape::Caps
                    && !(is_in_capitals && self.is_ordinary)
                    && !(self.is_ordinary && is_among_capitals(copy, tokens))
            }
        }
    }
}

impl Token {
    fn has_capital(&self) -> bool {
        self.is_capital() || matches!(self.shape, Shape::Number | Shape::Sign)
    }
}

/// Whether the words around a word are in capitals: `WHAT IS NEXT`.
fn is_among_capitals(copy: &Copy<'_>, tokens: &Range<usize>) -> bool {
    let before = copy.tokens.get(tokens.start).filter(|token| token.gap == Gap::Space);
    let before = before.and_then(|_| copy.tokens.get(tokens.start.checked_sub(1)?));
    let after = copy.tokens.get(tokens.end).filter(|token| token.gap == Gap::Space);
    let mut beside = before.into_iter().chain(after).peekable();
    beside.peek().is_some() && beside.all(|token| matches!(token.shape, Shape::Caps | Shape::Initial))
}

struct Builder<'a> {
    lexicon: &'a Lexicon,
    entries: Vec<Entry>,
    forms: Vec<Form>,
    by_phrase: HashMap<String, usize>,
    phrases: Vec<String>,
    /// By [`name_key`].
    site: HashMap<String, usize>,
}

impl<'a> Builder<'a> {
    fn new(lexicon: &'a Lexicon) -> Self {
        let (by_phrase, site) = (HashMap::new(), HashMap::new());
        let (entries, forms, phrases) = (Vec::new(), Vec::new(), Vec::new());
        Self { lexicon, entries, forms, by_phrase, phrases, site }
    }

    /// Adds the tags of a site, which take precedence over names that are added later.
    fn add_site(&mut self, tags: Vec<String>, aliases: &BTreeMap<String, String>) {
        let preferred: HashMap<String, &String> =
            aliases.iter().map(|(written, name)| (name_key(written), name)).collect();
        for tag in tags {
            let name = preferred.get(&name_key(&tag)).map_or(&tag, |name| *name).clone();
            if let Some(entry) = self.site_entry(&name) {
                self.add_site_form(&name, entry);
                self.add_site_form(&tag, entry);
            }
        }
        for (written, name) in aliases {
            if let Some(entry) = self.site_entry(name) {
                self.add_site_form(name, entry);
                self.add_site_form(written, entry);
            }
        }
    }

    fn site_entry(&mut self, name: &str) -> Option<usize> {
        let key = name_key(name);
        if key.is_empty() {
            return None;
        }
        if let Some(entry) = self.site.get(&key) {
            return Some(*entry);
        }
        let entry = self.add_entry(name, Kind::Topic, true);
        self.site.insert(key, entry);
        Some(entry)
    }

    fn add_entry(&mut self, name: &str, kind: Kind, is_known: bool) -> usize {
        self.entries.push(Entry { name: name.to_owned(), kind, is_known });
        self.entries.len() - 1
    }

    fn add_site_form(&mut self, written: &str, entry: usize) {
        let phrase = phrase(written, &self.lexicon.normalizer);
        let words: Vec<&str> = phrase.split(EDGE).filter(|word| !word.is_empty()).collect();
        let class = |word: &&str| self.lexicon.of(word);
        let is_upper = written.chars().all(|c| !c.is_lowercase()) && written.chars().any(char::is_uppercase);
        let (case, is_ordinary) = match words.as_slice() {
            [word] if class(word).is(Class::CALENDAR) => return,
            [word] if class(word).is(Class::STOP) => (Case::Caps, true),
            [word] if word.len() == 1 => (Case::Caps, true),
            [word] if is_upper && word.len() <= 5 => match class(word).is(Class::ORDINARY) || word.len() <= 3
            {
                true => (Case::Caps, class(word).is(Class::ORDINARY)),
                false => (Case::Acronym, false),
            },
            [word] if class(word).is(Class::ORDINARY) && written.starts_with(char::is_uppercase) => {
                (Case::Capital, true)
            }
            words if words.iter().all(|word| class(word).is(Class::STOP)) => (Case::Capital, false),
            _ => (Case::Any, false),
        };
        let is_long = words.len() > 1;
        let sense = Sense::Name;
        let form = Form {
            entry,
            sense,
            case,
            is_weak: false,
            is_personal_name: false,
            is_ordinary,
            is_long,
            is_foreign: false,
        };
        self.add_form(phrase, form);
    }

    /// Adds a form, unless it is already there.
    fn add_form(&mut self, phrase: String, form: Form) {
        if phrase.is_empty() || phrase.len() > LONGEST || self.by_phrase.contains_key(&phrase) {
            return;
        }
        self.by_phrase.insert(phrase.clone(), self.forms.len());
        self.phrases.push(phrase);
        self.forms.push(form);
    }

    fn add_record(&mut self, record: &Record<'_>) {
        let Some(first) = record.names.first() else { return };
        if record.kind == Kind::Foreign {
            return self.add_foreign(record);
        }
        let known = record.names.iter().find_map(|name| self.site.get(&name_key(name.text)).copied());
        let entry = known.unwrap_or_else(|| self.add_entry(first.text, record.kind, false));
        if let Some(entry) = self.entries.get_mut(entry) {
            entry.kind = record.kind;
        }
        for name in &record.names {
            self.add_name(name, entry, Sense::Name);
        }
        for name in &record.demonyms {
            self.add_name(name, entry, Sense::Demonym);
        }
        for name in &record.capitals {
            let place = self.site.get(&name_key(name.text)).copied();
            let place = place.unwrap_or_else(|| self.add_entry(name.text, Kind::Place, false));
            self.add_name(name, entry, Sense::Capital(place));
        }
    }

    /// Adds names in other languages to the entry that has the first name.
    fn add_foreign(&mut self, record: &Record<'_>) {
        let first =
            record.names.first().map(|name| phrase(name.text, &self.lexicon.normalizer)).unwrap_or_default();
        let Some(entry) =
            self.by_phrase.get(&first).and_then(|form| self.forms.get(*form)).map(|form| form.entry)
        else {
            return;
        };
        for name in record.names.iter().skip(1) {
            let before = self.forms.len();
            self.add_name(name, entry, Sense::Name);
            if let Some(form) = self.forms.get_mut(before) {
                form.is_foreign = true;
            }
        }
    }

    fn add_name(&mut self, name: &Name<'_>, entry: usize, sense: Sense) {
        let phrase = phrase(name.text, &self.lexicon.normalizer);
        let mut words = phrase.split(EDGE).filter(|word| !word.is_empty());
        let class = words.next().map(|word| self.lexicon.of(word)).unwrap_or_default();
        let is_long = words.next().is_some();
        let letters = name.text.chars().filter(|c| c.is_alphanumeric()).count();
        let is_upper = name.text.chars().all(|c| !c.is_lowercase());
        let is_source = self.entries.get(entry).is_some_and(|entry| entry.kind == Kind::Source);
        let is_lower = name.text.chars().all(|c| !c.is_uppercase());
        let case = match (is_long, is_upper) {
            _ if is_lower => Case::Any,
            // `SANA` is an agency, `Sana` a first name.
            (false, true) if letters <= 3 || (letters == 4 && is_source) => Case::Caps,
            (false, true) => Case::Acronym,
            _ => Case::Capital,
        };
        let is_ordinary = !is_long && class.is(Class::ORDINARY | Class::STOP);
        let Name { is_weak, is_personal_name, .. } = *name;
        let is_foreign = false;
        let form = Form { entry, sense, case, is_weak, is_personal_name, is_ordinary, is_long, is_foreign };
        // A tag of the site that is in the gazetteer takes its rules for capitals, and counts for its country.
        let own = match sense {
            Sense::Name => entry,
            Sense::Demonym => usize::MAX,
            Sense::Capital(place) => place,
        };
        match self.by_phrase.get(&phrase).and_then(|at| self.forms.get_mut(*at)) {
            Some(known) if known.entry == own && known.sense == Sense::Name => *known = form,
            Some(_) => {}
            None => self.add_form(phrase, form),
        }
    }
}
