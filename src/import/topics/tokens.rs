//! The parts of a story → words with their places, their shapes and the gaps between them.

use std::ops::Range;

use super::StoryText;
use super::lexicon::{Class, Lexicon};
use super::normalize::{Normalizer, is_unspaced, is_word_char};

/// Surrounds each word of [`Copy::folded`], so that a search there matches whole words.
pub(super) const EDGE: char = '\u{1}';
/// Separates the sentences of [`Copy::folded`].
const SENTENCE: char = '\u{2}';

/// Most letters of an acronym with periods.
const LONGEST_DOTTED: usize = 8;

/// How a word is capitalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `strike`, or a word without case, as in Arabic.
    Lower,
    /// `Strike`, `McCoy`, `iPhone`.
    Capital,
    /// `NATO`, `U.S.`
    Caps,
    /// A single capital.
    Initial,
    /// `&`
    Sign,
    /// A word that begins with a digit.
    Number,
}

/// The gap before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing, or the apostrophe of `d'Or`.
    None,
    /// White space.
    Space,
    /// A hyphen.
    Hyphen,
    /// The period of an abbreviation.
    Dot,
    /// A comma.
    Comma,
    /// An opening bracket.
    Open,
    /// The beginning of a part, or the end of a sentence.
    Stop,
    /// Anything else.
    Other,
}

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// The index of its part.
    pub(super) part: usize,
    /// Its bytes in the part, without `'s`.
    pub(super) span: Range<usize>,
    /// Its bytes in [`Copy::folded`].
    pub(super) folded: Range<usize>,
    pub(super) shape: Shape,
    pub(super) gap: Gap,
    pub(super) class: Class,
    /// Whether it starts a sentence, so that its capital means nothing.
    pub(super) starts_sentence: bool,
    /// Whether `'s` follows.
    pub(super) is_possessive: bool,
}

impl Token {
    /// Whether its shape allows it in a name.
    pub(super) fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Caps | Shape::Initial)
    }

    /// Whether no punctuation separates it from the word before.
    pub(super) fn is_close(&self) -> bool {
        matches!(self.gap, Gap::None | Gap::Space | Gap::Hyphen | Gap::Dot)
    }
}

/// How a part uses capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// For names and at the start of sentences.
    Sentences,
    /// For most words: `Ministers to Meet in Spring`.
    Titles,
    /// For all letters.
    Capitals,
}

/// A headline, a deck, a paragraph.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Range<usize>,
    pub(super) style: Style,
}

/// The words of a story.
#[derive(Clone, Debug, Default)]
pub(super) struct Copy<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The index of the part that is the place of the dateline.
    pub(super) place: Option<usize>,
    pub(super) tokens: Vec<Token>,
    /// All words in normal form, each between two [`EDGE`]s.
    pub(super) folded: String,
}

impl<'a> Copy<'a> {
    /// Splits a story into words. The headline is part 0 and the deck part 1, even if there is none.
    pub(super) fn new(story: &StoryText<'a>, lexicon: &Lexicon) -> Self {
        let mut copy = Self::default();
        let texts = [story.headline, story.deck.unwrap_or_default()];
        for text in texts.into_iter().chain(story.paragraphs.iter().copied()) {
            copy.add(text, lexicon);
        }
        if let Some(place) = story.place {
            copy.place = Some(copy.parts.len());
            copy.add(place, lexicon);
        }
        copy
    }

    fn add(&mut self, text: &'a str, lexicon: &Lexicon) {
        let first = self.tokens.len();
        let part = self.parts.len();
        let mut end = 0;
        while let Some(word) = next_word(text, end) {
            let before = text.get(end..word.span.start).unwrap_or_default();
            if let Some(address) = address(text, &word.span, before) {
                end = address;
                continue;
            }
            let previous = if self.tokens.len() > first { self.tokens.last_mut() } else { None };
            let (gap, starts_sentence) = gap(before, previous);
            let length = self.folded.len();
            if starts_sentence {
                self.folded.push(SENTENCE);
            }
            self.folded.push(EDGE);
            let folded = self.folded.len();
            let written = text.get(word.span.clone()).unwrap_or_default();
            normalize(written, &lexicon.normalizer, &mut self.folded);
            end = word.next;
            if self.folded.len() == folded {
                // The word is invisible.
                self.folded.truncate(length);
                continue;
            }
            let folded = folded..self.folded.len();
            let class = self.folded.get(folded.clone()).map(|word| lexicon.of(word)).unwrap_or_default();
            self.folded.push(EDGE);
            let (span, is_possessive) = (word.span, word.is_possessive);
            let shape = shape(written);
            self.tokens.push(Token { part, span, folded, shape, gap, class, starts_sentence, is_possessive });
        }
        let tokens = first..self.tokens.len();
        let style = style(text, self.tokens.get(tokens.clone()).unwrap_or_default());
        self.parts.push(Part { text, tokens, style });
    }

    /// The normal form of a word.
    pub(super) fn word(&self, token: &Token) -> &str {
        self.folded.get(token.folded.clone()).unwrap_or_default()
    }

    /// StoryText as they are compared; equal for the same words anywhere.
    pub(super) fn key(&self, tokens: Range<usize>) -> &str {
        let (Some(first), Some(last)) = (self.tokens.get(tokens.start), self.last(&tokens)) else {
            return "";
        };
        self.folded.get(first.folded.start - 1..=last.folded.end).unwrap_or_default()
    }

    /// The bytes of consecutive words in their part.
    pub(super) fn span(&self, tokens: &Range<usize>) -> Range<usize> {
        match (self.tokens.get(tokens.start), self.last(tokens)) {
            (Some(first), Some(last)) => first.span.start..last.span.end,
            _ => 0..0,
        }
    }

    /// StoryText as they are written.
    pub(super) fn text(&self, tokens: &Range<usize>) -> &'a str {
        let part = self.tokens.get(tokens.start).and_then(|token| self.parts.get(token.part));
        part.and_then(|part| part.text.get(self.span(tokens))).unwrap_or_default()
    }

    /// The style of the part of a word.
    pub(super) fn style(&self, token: &Token) -> Style {
        self.parts.get(token.part).map_or(Style::Sentences, |part| part.style)
    }

    fn last(&self, tokens: &Range<usize>) -> Option<&Token> {
        self.tokens.get(tokens.end.checked_sub(1)?)
    }
}

/// The end of an address that begins with a word: `https://…`, `www.…`, or a name after `@`.
fn address(text: &str, word: &Range<usize>, before: &str) -> Option<usize> {
    let rest = text.get(word.start..)?;
    let is_address =
        ["http://", "https://", "www."].iter().any(|start| rest.starts_with(start)) || before.ends_with('@');
    if !is_address {
        return None;
    }
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '>' | '"'));
    Some(word.start + end.unwrap_or(rest.len()))
}

/// The normal form of a name, as in [`Copy::folded`]. Empty if it has no words.
pub(super) fn phrase(name: &str, normalizer: &Normalizer) -> String {
    let mut out = String::new();
    let mut end = 0;
    while let Some(word) = next_word(name, end) {
        end = word.next;
        let length = out.len();
        out.push(EDGE);
        normalize(name.get(word.span).unwrap_or_default(), normalizer, &mut out);
        if out.len() == length + EDGE.len_utf8() {
            out.truncate(length);
        } else {
            out.push(EDGE);
        }
    }
    out
}

fn normalize(word: &str, normalizer: &Normalizer, out: &mut String) {
    match word {
        // The same as in `slug::slugify`.
        "&" => out.push_str("and"),
        "+" => out.push_str("plus"),
        "#" => out.push_str("sharp"),
        _ => word.chars().for_each(|c| normalizer.push(c, out)),
    }
}

struct Word {
    span: Range<usize>,
    is_possessive: bool,
    /// Where the search for the next word starts.
    next: usize,
}

/// The first word at a byte or after it.
fn next_word(text: &str, from: usize) -> Option<Word> {
    let rest = text.get(from..)?;
    let mut before = text.get(..from)?.chars().next_back();
    for (at, c) in rest.char_indices() {
        let start = from + at;
        let sign = c == '&' || matches!((c, before), ('+' | '#', Some(b)) if b.is_alphanumeric() || b == '+');
        if sign || (is_unspaced(c) && is_word_char(c)) {
            let next = start + c.len_utf8();
            return Some(Word { span: start..next, is_possessive: false, next });
        }
        if is_word_char(c) {
            return Some(word(text, start));
        }
        before = Some(c);
    }
    None
}

/// The word that begins at a byte.
fn word(text: &str, start: usize) -> Word {
    let rest = text.get(start..).unwrap_or_default();
    if let Some(length) = dotted(rest) {
        let end = start + length;
        return with_possessive(text, start, end);
    }
    for (at, c) in rest.char_indices() {
        let end = start + at;
        if is_word_char(c) && !is_unspaced(c) {
            continue;
        }
        if !is_apostrophe(c) {
            return Word { span: start..end, is_possessive: false, next: end };
        }
        let after = rest.get(at + c.len_utf8()..).unwrap_or_default();
        let is_inside = after.chars().next().is_some_and(|c| is_word_char(c) && !is_unspaced(c));
        if !is_inside || is_possessive(after) || is_elision(rest.get(..at).unwrap_or_default()) {
            return with_possessive(text, start, end);
        }
    }
    Word { span: start..text.len(), is_possessive: false, next: text.len() }
}

fn with_possessive(text: &str, start: usize, end: usize) -> Word {
    let mut rest = text.get(end..).unwrap_or_default().chars();
    let apostrophe = rest.next().filter(|c| is_apostrophe(*c));
    match apostrophe {
        Some(c) if is_possessive(rest.as_str()) => {
            Word { span: start..end, is_possessive: true, next: end + c.len_utf8() + 1 }
        }
        _ => Word { span: start..end, is_possessive: false, next: end },
    }
}

/// Whether the text after an apostrophe is the `s` of a possessive.
fn is_possessive(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(is_word_char)
}

/// Whether a word is elided before an apostrophe, as in Romance languages: `l'`, `d'`, `qu'`.
fn is_elision(word: &str) -> bool {
    ["l", "d", "n", "s", "j", "c", "m", "t", "qu", "dell", "all", "nell"]
        .iter()
        .any(|article| article.eq_ignore_ascii_case(word))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// The length of an acronym with periods: `U.S.`
fn dotted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut letters = 0;
    while letters < LONGEST_DOTTED
        && bytes.get(letters * 2).is_some_and(u8::is_ascii_alphabetic)
        && bytes.get(letters * 2 + 1) == Some(&b'.')
    {
        letters += 1;
    }
    let mut length = letters * 2;
    // `U.S` and a space.
    let has_last = bytes.get(length).is_some_and(u8::is_ascii_alphabetic);
    let next = text.get(length + 1..).and_then(|rest| rest.chars().next());
    if has_last {
        if letters == 0 || next.is_some_and(is_word_char) {
            return None;
        }
        (letters, length) = (letters + 1, length + 1);
    }
    (letters >= 2 && !text.get(length..).is_some_and(|rest| rest.starts_with(is_word_char))).then_some(length)
}

fn shape(word: &str) -> Shape {
    let mut letters = 0;
    let (mut upper, mut lower) = (0, 0);
    for c in word.chars() {
        letters += usize::from(c.is_alphabetic());
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    match word.chars().next() {
        Some('&' | '+' | '#') => Shape::Sign,
        Some(first) if first.is_numeric() && upper == 0 => Shape::Number,
        _ if upper == 0 => Shape::Lower,
        _ if letters == 1 && upper == 1 && word.len() <= 4 => match word.chars().any(char::is_numeric) {
            true => Shape::Caps,
            false => Shape::Initial,
        },
        _ if lower == 0 => Shape::Caps,
        _ => Shape::Capital,
    }
}

/// The gap before a word, and whether the word starts a sentence.
fn gap(before: &str, previous: Option<&mut Token>) -> (Gap, bool) {
    let Some(previous) = previous else { return (Gap::Stop, true) };
    let mut chars = before.chars();
    let first = chars.next();
    let rest_is_blank = chars.as_str().trim().is_empty();
    match first {
        None => return (Gap::None, false),
        Some('-' | '‐' | '‑') if chars.as_str().is_empty() => return (Gap::Hyphen, false),
        Some(c) if is_apostrophe(c) && chars.as_str().is_empty() => return (Gap::None, false),
        // `Kurds' leader`
        Some(c) if is_apostrophe(c) && rest_is_blank => {
            previous.is_possessive = true;
            return (Gap::Space, false);
        }
        Some(c) if c.is_whitespace() && rest_is_blank => return (Gap::Space, false),
        Some(',') if rest_is_blank => return (Gap::Comma, false),
        Some('.') if rest_is_blank && previous.is_abbreviation() => return (Gap::Dot, false),
        _ => {}
    }
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '…' | '。' | '؟' | ':' | '\n' | '•' | '|' | '–' | '—');
    let quotes = |c: char| matches!(c, '"' | '“' | '„' | '«' | '‘' | '「' | '»' | '”');
    let ends_sentence = before.contains(ends);
    let opens_quote = before.chars().next_back().is_some_and(quotes)
        || (before.ends_with(is_apostrophe) && before.chars().count() > 1);
    match () {
        () if ends_sentence => (Gap::Stop, true),
        () if opens_quote => (Gap::Other, true),
        () if before.ends_with(['(', '[']) => (Gap::Open, false),
        () => (Gap::Other, false),
    }
}

impl Token {
    /// Whether a period after it belongs to it.
    fn is_abbreviation(&self) -> bool {
        let length = self.folded.len();
        self.shape == Shape::Initial
            || (self.shape == Shape::Capital && self.class.is(Class::TITLE | Class::ROYAL) && length <= 4)
    }
}

/// Determines how a part uses capitals.
fn style(text: &str, tokens: &[Token]) -> Style {
    let long = || tokens.iter().filter(|token| token.folded.len() >= 2 && token.shape != Shape::Number);
    let caps = long().filter(|token| token.shape == Shape::Caps).count();
    let words = long().count();
    if caps >= 1 && caps * 5 >= words * 4 && (words > 1 || tokens.iter().any(|t| t.folded.len() > 5)) {
        return Style::Capitals;
    }
    let weighty = || long().filter(|token| !token.class.is(Class::STOP | Class::JOINER));
    let capitals = weighty().filter(|token| token.is_capital()).count();
    let all = weighty().count();
    // Text in title case has no final period and capitalizes verbs.
    let has_verb = tokens.iter().any(|token| token.shape == Shape::Lower && token.class.is(Class::VERB));
    let is_sentence = has_verb
        || text.trim_end().ends_with(['.', '。'])
        || tokens.iter().filter(|token| token.starts_sentence).count() > 2;
    match all {
        3..=25 if !is_sentence && words <= 40 && capitals * 5 >= all * 4 => Style::Titles,
        _ => Style::Sentences,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Shape, Gap, bool)> {
        let text = StoryText { headline: text, ..StoryText::default() };
        let copy = Copy::new(&text, &Lexicon::new());
        let read = copy.tokens.iter().map(|t| (copy.word(t).to_owned(), t.shape, t.gap, t.starts_sentence));
        read.collect()
    }

    fn words(text: &str) -> Vec<String> {
        read(text).into_iter().map(|read| read.0).collect()
    }

    #[test]
    fn possessives_abbreviations_and_elisions_are_split() {
        assert_eq!(words("Turkey’s and the U.S.'s O'Neill"), ["turkey", "and", "the", "us", "oneill"]);
        assert_eq!(words("qu'il, l’Iran, Côte d'Ivoire"), ["qu", "il", "l", "iran", "cote", "d", "ivoire"]);
        assert_eq!(words("J.K. Marsh in the U.S. don’t"), ["jk", "marsh", "in", "the", "us", "dont"]);
        assert_eq!(words("AT&T, C++ and C#"), ["at", "and", "t", "c", "plus", "plus", "and", "c", "sharp"]);
        assert_eq!(words("新北京 COVID-19"), ["新", "北", "京", "covid", "19"]);
        assert_eq!(words("see https://holm.example/A_B(c), www.x.y or @AnnWeir now"), ["see", "or", "now"]);
        assert!(words("— … ' \u{301}").is_empty());
    }

    #[test]
    fn sentences_start_after_periods_that_end_sentences() {
        let starts = |text| read(text).into_iter().filter(|r| r.3).map(|r| r.0).collect::<Vec<_>>();
        assert_eq!(starts("Dr. Ray met Gov. Lee. She said: “We won.” It is"), ["dr", "she", "we", "it"]);
        assert_eq!(starts("J. Smith of the U.S. Army"), ["j"]);
    }

    #[test]
    fn words_have_a_shape_and_a_gap() {
        let read = read("NATO (Nato) and iPhone, X 20th Al-Azhar");
        let shapes: Vec<Shape> = read.iter().map(|r| r.1).collect();
        use Shape::{Capital, Caps, Initial, Lower, Number};
        assert_eq!(shapes, [Caps, Capital, Lower, Capital, Initial, Number, Capital, Capital]);
        assert_eq!(read[1].2, Gap::Open);
        assert_eq!(read[4].2, Gap::Comma);
        assert_eq!(read[7].2, Gap::Hyphen);
    }

    #[test]
    fn the_style_of_a_part_is_detected() {
        let lexicon = Lexicon::new();
        let style =
            |headline| Copy::new(&StoryText { headline, ..StoryText::default() }, &lexicon).parts[0].style;
        assert_eq!(style("UN presses Malta over ferries to IS camps"), Style::Sentences);
        assert_eq!(style("Ministers to Meet in Spring Over Harbour Dues"), Style::Titles);
        assert_eq!(style("WHAT IS NEXT"), Style::Capitals);
        assert_eq!(style("BP, UN"), Style::Capitals);
        assert_eq!(style(""), Style::Sentences);
    }

    #[test]
    fn a_phrase_has_the_form_of_its_words_in_copy() {
        let normalizer = Normalizer::new();
        assert_eq!(phrase("Islamic  State", &normalizer), "\u{1}islamic\u{1}\u{1}state\u{1}");
        assert_eq!(phrase("!?", &normalizer), "");
    }
}
