//! StoryText with capitals in English copy → names of people, places and organisations that no list has.

use std::ops::Range;

use foldhash::HashSet;

use super::lexicon::Class;
use super::matches::Match;
use super::tokens::{Copy, Gap, Shape, Style, Token};
use super::vocabulary::Vocabulary;

/// Most words of a name. A longer run of capitals is a list or a table.
const MOST_WORDS: usize = 12;
/// StoryText in a row that may stand inside a name without a capital: `of the`.
const MOST_JOINERS: usize = 2;

/// A name in a story.
#[derive(Clone, Debug)]
pub(super) struct NameSpan {
    pub(super) tokens: Range<usize>,
    /// Whether the first word may have its capital only because it starts a sentence.
    pub(super) is_first_doubtful: bool,
    /// Whether it names an organization.
    pub(super) is_organization: bool,
    /// Whether it names a company, which may be shortened to its first word.
    pub(super) is_company: bool,
    /// Whether it names a reporter.
    pub(super) is_reporter: bool,
}

/// Finds names in a story.
pub(super) struct Finder<'a> {
    copy: &'a Copy<'a>,
    vocabulary: &'a Vocabulary,
    matches: &'a mut [Match],
    /// For each word, the index of its match plus one, or 0 if it has none.
    cover: Vec<usize>,
    /// StoryText that are in the story in small letters.
    lower: HashSet<&'a str>,
    pieces: Vec<NameSpan>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(copy: &'a Copy<'a>, vocabulary: &'a Vocabulary, matches: &'a mut [Match]) -> Self {
        let mut cover = vec![0; copy.tokens.len()];
        for (number, found) in matches.iter().enumerate() {
            if let Some(cover) = cover.get_mut(found.tokens.clone()) {
                cover.fill(number + 1);
            }
        }
        let small = copy.tokens.iter().filter(|token| token.shape == Shape::Lower);
        let lower = small.map(|token| copy.word(token)).collect();
        Self { copy, vocabulary, matches, cover, lower, pieces: Vec::new() }
    }

    /// Finds all names in parts that capitalize only names, in order. Marks known names that are part of them.
    pub(super) fn find(mut self) -> Vec<NameSpan> {
        let copy = self.copy;
        for part in copy.parts.iter().filter(|part| part.style == Style::Sentences) {
            let mut at = part.tokens.start;
            while at < part.tokens.end {
                if !self.begins(at) {
                    at += 1;
                    continue;
                }
                let end = self.run_end(at, part.tokens.end);
                if end - at <= MOST_WORDS {
                    self.take_run(at..end);
                }
                at = end;
            }
        }
        self.pieces
    }

    fn token(&self, at: usize) -> Option<&'a Token> {
        self.copy.tokens.get(at)
    }

    fn class(&self, at: usize) -> Class {
        self.token(at).map(|token| token.class).unwrap_or_default()
    }

    fn found(&self, at: usize) -> Option<&Match> {
        self.matches.get(self.cover.get(at)?.checked_sub(1)?)
    }

    fn is_known(&self, at: usize) -> bool {
        self.cover.get(at).is_some_and(|cover| *cover > 0)
    }

    /// Whether a word can belong to a name.
    fn begins(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        let is_source = || self.found(at).is_some_and(|found| found.is_source(self.vocabulary));
        token.is_capital() && !token.class.is(Class::STOP | Class::CALENDAR) && !is_source()
            || self.is_inside(at)
    }

    /// Whether a word belongs to the same known name as the word before.
    fn is_inside(&self, at: usize) -> bool {
        let found = self.found(at).filter(|found| found.tokens.start < at);
        found.is_some_and(|found| !found.is_source(self.vocabulary))
    }

    /// The end of the run of words with capitals that starts at a word.
    fn run_end(&self, start: usize, end: usize) -> usize {
        let mut at = start + 1;
        while at < end {
            let (Some(token), Some(before)) = (self.token(at), self.token(at - 1)) else { break };
            if before.is_possessive || !token.is_close() {
                break;
            }
            // `Apollo-11`
            let is_number = token.shape == Shape::Number && token.gap == Gap::Hyphen;
            if is_number || self.begins(at) && (!token.starts_sentence || self.is_inside(at)) {
                at += 1;
                continue;
            }
            match self.over_joiners(start, at, end) {
                Some(next) => at = next + 1,
                None => break,
            }
        }
        at
    }

    /// The word with a capital after joiners that continue a name.
    fn over_joiners(&self, start: usize, at: usize, end: usize) -> Option<usize> {
        let count = (at..end.min(at + MOST_JOINERS)).take_while(|at| self.is_joiner(*at)).count();
        let next = at + count;
        let token = self.token(next).filter(|token| next < end && token.is_close())?;
        if count == 0 || !self.begins(next) || token.starts_sentence {
            return None;
        }
        let word = self.token(at).map(|token| self.copy.word(token))?;
        // A longer run is dropped anyway. The limit keeps the search linear.
        let run = start.max(at.saturating_sub(MOST_WORDS))..at;
        let has_head = run.clone().any(|at| self.class(at).is(Class::HEAD));
        let is_joined = match word {
            // `the Bank of Holm and the Ministry`
            "and" if count > 1 || self.class(next).is(Class::HEAD) => false,
            // `the union of President Marsh`
            "of" if self.class(next).is(Class::TITLE) => false,
            "of" => {
                at - start == 1 && !self.is_known(start)
                    || self.class(at - 1).is(Class::HEAD | Class::TITLE | Class::PORTFOLIO | Class::ROYAL)
            }
            "for" => has_head || self.class(at - 1).is(Class::TITLE | Class::PORTFOLIO),
            "and" => self.token(at)?.shape == Shape::Sign || self.is_pair_of_one_name(run, next, end),
            "the" => false,
            _ => true,
        };
        is_joined.then_some(next)
    }

    /// Whether `and` is within a name: `Food and Drug Administration`, `Ministry of Health and Welfare`.
    fn is_pair_of_one_name(&self, mut run: Range<usize>, next: usize, end: usize) -> bool {
        let right =
            (next..end.min(next + 3)).take_while(|at| self.begins(*at) && !self.is_known(*at)).count();
        let last = next + right;
        let is_first_head = self.class(run.start).is(Class::HEAD) && run.len() > 1;
        let is_last_head = run.len() == 1 && right >= 2 && self.class(last - 1).is(Class::HEAD);
        right > 0 && !run.any(|at| self.is_known(at)) && (is_first_head || is_last_head)
    }

    fn is_joiner(&self, at: usize) -> bool {
        let sign = |token: &Token| token.shape == Shape::Sign && self.copy.word(token) == "and";
        self.token(at).is_some_and(|token| {
            sign(token) || (token.shape == Shape::Lower && token.class.is(Class::JOINER) && token.is_close())
        })
    }

    /// Splits a run of words with capitals into names.
    fn take_run(&mut self, mut run: Range<usize>) {
        while self.is_plain_before_joiner(run.start) && run.len() > 2 {
            run.start += 1;
            while run.len() > 1 && self.is_joiner(run.start) {
                run.start += 1;
            }
        }
        if self.is_organization(&run) {
            return self.take(run, true);
        }
        let mut start = run.start;
        let mut at = run.start;
        while at < run.end {
            let end_of_title = self.title_end(at, run.end);
            if end_of_title == at {
                at += 1;
                continue;
            }
            self.take_part(start..at);
            (start, at) = (end_of_title, end_of_title);
        }
        self.take_part(start..run.end);
    }

    /// Whether a word starts a sentence but not a name: `Leaders of Britain`.
    fn is_plain_before_joiner(&self, at: usize) -> bool {
        let Some(token) = self.token(at).filter(|token| token.starts_sentence) else { return false };
        let is_plain = self.lower.contains(self.copy.word(token)) || token.class.is(Class::STARTER);
        is_plain && self.is_joiner(at + 1) && !token.class.is(Class::HEAD | Class::TITLE)
    }

    fn is_organization(&self, run: &Range<usize>) -> bool {
        let last = self.class(run.end - 1);
        let first = self.class(run.start);
        // `Ohio Department of Transportation`
        let has_head_of = || {
            let is_small = |at: usize| self.token(at).is_some_and(|token| token.shape == Shape::Lower);
            run.clone().any(|at| self.class(at).is(Class::HEAD) && is_small(at + 1) && at + 2 < run.end)
        };
        let is_person = first.is(Class::TITLE) && !first.is(Class::HEAD) && run.len() <= 3 && {
            self.token(run.start).is_none_or(|token| self.copy.word(token) != "general")
        };
        run.len() > 1
            && !is_person
            && (!self.is_known(run.end - 1) && last.is(Class::HEAD | Class::SUFFIX)
                || (has_head_of() && !first.is(Class::TITLE)))
    }

    /// The end of the title that starts at a word, or the word itself if there is no title.
    fn title_end(&self, at: usize, end: usize) -> usize {
        if self.is_known(at) {
            return at;
        }
        let before = (at..end).take_while(|at| self.class(*at).is(Class::PORTFOLIO) && !self.is_known(*at));
        let mut next = at + before.count();
        let has_title = |at: usize| self.class(at).is(Class::TITLE) && !self.is_known(at);
        let is_title = next < end && has_title(next) || (at..next).any(has_title);
        if !is_title {
            return at;
        }
        let goes_on = |at: usize| {
            let class = self.class(at);
            has_title(at) || class.is(Class::PORTFOLIO | Class::STOP) || self.is_joiner(at)
        };
        while next < end && goes_on(next) && !self.is_known(next) {
            next += 1;
        }
        next
    }

    /// Takes a run without titles. A country at its start is not part of the name of a person.
    fn take_part(&mut self, part: Range<usize>) {
        let Some(known) = self.found(part.start).map(|found| found.tokens.end) else {
            return self.take(part, false);
        };
        let is_personal_name =
            self.found(part.start).and_then(|s| s.form(self.vocabulary)).is_some_and(|f| f.is_personal_name);
        if known < part.end && part.end - known >= 2 && !is_personal_name {
            self.take(part.start..known, false);
            self.take_part_after(known..part.end);
        } else {
            self.take(part, false);
        }
    }

    fn take_part_after(&mut self, mut part: Range<usize>) {
        while !part.is_empty() && self.is_known(part.start) {
            part.start += 1;
        }
        self.take(part, false);
    }

    fn take(&mut self, tokens: Range<usize>, is_organization: bool) {
        let is_company = is_organization && self.class(tokens.end - 1).is(Class::SUFFIX | Class::COMPANY);
        let Some(tokens) = self.trim(tokens, is_organization) else { return };
        if !self.mark_known(&tokens, is_organization) || is_no_name(self.copy, &tokens) {
            return;
        }
        let Some(first) = self.token(tokens.start) else { return };
        let is_first_doubtful = (first.starts_sentence
            && (tokens.len() == 1
                || (self.lower.contains(self.copy.word(first)) && !self.has_number(&tokens))
                || first.class.is(Class::ROLE | Class::NATION | Class::GENERIC | Class::STARTER)))
            // It may be short for a longer name, but is not a name.
            || (tokens.len() == 1 && first.class.is(Class::COMPANY | Class::GIVEN));
        let is_reporter = self.is_reporter(&tokens) || (tokens.len() == 1 && self.is_relation(tokens.start));
        self.pieces.push(NameSpan { tokens, is_first_doubtful, is_organization, is_company, is_reporter });
    }

    /// Strips joiners, and descriptions such as `Democrat`, off both ends.
    fn trim(&self, mut tokens: Range<usize>, is_organization: bool) -> Option<Range<usize>> {
        while !tokens.is_empty() && self.is_joiner(tokens.end - 1) && !self.is_known(tokens.end - 1) {
            tokens.end -= 1;
        }
        while tokens.len() > 1 && self.class(tokens.end - 1).is(Class::SUFFIX) {
            tokens.end -= 1;
        }
        while !tokens.is_empty() && self.is_joiner(tokens.start) && !self.is_known(tokens.start) {
            tokens.start += 1;
        }
        // `R-Weir Hill`
        let is_letter = |at: usize| self.token(at).is_some_and(|token| token.shape == Shape::Initial);
        if is_letter(tokens.start) && self.token(tokens.start + 1).is_some_and(|t| t.gap == Gap::Hyphen) {
            tokens.start += 1;
        }
        while tokens.len() > 1 && !is_organization && !self.is_known(tokens.start) {
            let class = self.class(tokens.start);
            let is_direction = class.is(Class::DIRECTION) && self.is_known(tokens.start + 1);
            // `Democrat Ann Weir`, but `Black Kettle`
            let is_label = class.is(Class::NATION) && tokens.len() > 2;
            if !(is_direction || is_label) {
                break;
            }
            tokens.start += 1;
        }
        (!tokens.is_empty()).then_some(tokens)
    }

    /// Marks the known names within a name. Returns whether the name has other words too.
    fn mark_known(&mut self, tokens: &Range<usize>, is_organization: bool) -> bool {
        let numbers: Vec<usize> =
            tokens.clone().filter_map(|at| self.cover.get(at)?.checked_sub(1)).collect();
        if numbers.len() == tokens.len() {
            return false;
        }
        let is_short = tokens.len() <= 3 && !is_organization;
        for number in numbers {
            let Some(found) = self.matches.get(number) else { continue };
            let form = found.form(self.vocabulary);
            let is_last = found.tokens.end == tokens.end;
            let is_place = form.is_some_and(|form| self.vocabulary.is_place(form));
            if is_last && !is_place && !is_organization {
                // `Demirel` is a tag of the site, so it also covers him with his first name.
                return false;
            }
            let is_ignored = is_short && form.is_some_and(|form| form.is_personal_name);
            if let Some(found) = self.matches.get_mut(number) {
                found.is_part |= is_place;
                found.is_ignored |= is_ignored;
            }
        }
        true
    }

    fn has_number(&self, tokens: &Range<usize>) -> bool {
        self.token(tokens.end - 1).is_some_and(|token| token.shape == Shape::Number)
    }

    /// Whether a first name follows a relation: `her daughter, Karin`.
    fn is_relation(&self, at: usize) -> bool {
        let is_next = self.token(at).is_some_and(|token| matches!(token.gap, Gap::Space | Gap::Comma));
        is_next && at.checked_sub(1).is_some_and(|at| self.class(at).is(Class::RELATION))
    }

    /// Whether a name is that of a reporter: `BBC's Ann Weir`, `correspondent Ann Weir`, `Ann Weir, reporting`.
    fn is_reporter(&self, tokens: &Range<usize>) -> bool {
        let Some(before) = tokens.start.checked_sub(1) else { return false };
        let is_next = self.token(tokens.start).is_some_and(|t| matches!(t.gap, Gap::Space | Gap::Comma));
        let by_source = self.found(before).is_some_and(|found| found.is_source(self.vocabulary));
        let is_after = |token: &&Token| matches!(token.gap, Gap::Comma | Gap::Space);
        let reports = self.token(tokens.end).filter(is_after).is_some_and(|token| {
            token.gap == Gap::Comma && matches!(self.copy.word(token), "reporting" | "writing")
        });
        is_next && (by_source || self.class(before).is(Class::REPORTER) || self.is_byline(before)) || reports
    }

    /// Whether a word is the `by` of a byline: at the start of a part, or after `reporting`.
    fn is_byline(&self, at: usize) -> bool {
        let Some(token) = self.token(at).filter(|token| self.copy.word(token) == "by") else { return false };
        let is_first = self.copy.parts.get(token.part).is_some_and(|part| part.tokens.start == at);
        is_first || at.checked_sub(1).is_some_and(|at| self.class(at).is(Class::REPORTER))
    }
}

/// Whether words are not a name on their own.
fn is_no_name(copy: &Copy<'_>, tokens: &Range<usize>) -> bool {
    let Some(tokens) = copy.tokens.get(tokens.clone()) else { return true };
    let alone = Class::GENERIC | Class::NATION | Class::STOP | Class::CALENDAR | Class::TITLE | Class::HEAD;
    let alone = alone | Class::STARTER | Class::SUFFIX | Class::DIRECTION | Class::PORTFOLIO | Class::JOINER;
    let alone_only = Class::ROLE | Class::ROYAL | Class::REPORTER;
    let is_common = |token: &Token| {
        token.class.is(alone) || matches!(token.shape, Shape::Number | Shape::Initial | Shape::Sign)
    };
    if let [only] = tokens
        && only.class.is(Class::COMPANY)
    {
        // It may be short for a name: `Rovers`.
        return false;
    }
    tokens.iter().all(is_common)
        || matches!(tokens, [only] if only.class.is(alone_only) || only.folded.len() < 3)
}

/// Whether words with capitals are not a name if the first is an ordinary word.
pub(super) fn is_no_name_without_first(copy: &Copy<'_>, tokens: &Range<usize>) -> bool {
    tokens.len() < 2 || is_no_name(copy, &(tokens.start + 1..tokens.end))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::StoryText;
    use super::super::lexicon::Lexicon;
    use super::super::matches;
    use super::*;

    fn names(text: &str) -> Vec<(String, NameSpan)> {
        let lexicon = Lexicon::new();
        let vocabulary = Vocabulary::new(Vec::new(), &BTreeMap::new(), &lexicon);
        let copy = Copy::new(&StoryText { deck: Some(text), ..StoryText::default() }, &lexicon);
        let mut known = matches::find(&copy, vocabulary.scan(&copy, true), &[], &vocabulary);
        let names = Finder::new(&copy, &vocabulary, &mut known).find();
        names.into_iter().map(|name| (copy.text(&name.tokens).to_owned(), name)).collect()
    }

    /// The names in a paragraph, with `?` before those whose first word is doubtful.
    fn found(text: &str) -> Vec<String> {
        let mark = |name: &NameSpan| if name.is_first_doubtful { "?" } else { "" };
        names(text).iter().map(|(text, name)| format!("{}{text}", mark(name))).collect()
    }

    #[test]
    fn titles_and_roles_are_not_part_of_names() {
        for (text, names) in [
            ("It was Prime Minister Sir Alan Thorne who spoke.", vec!["Alan Thorne"]),
            ("He met Secretary of State for Defence Ann Weir there.", vec!["Ann Weir"]),
            ("He met French President Luc Girard there.", vec!["Luc Girard"]),
            ("She saw Turkey Foreign Minister Orhan Demirel at noon.", vec!["Orhan Demirel"]),
            ("it was Dr. John F. Marsh who did it", vec!["John F. Marsh"]),
            ("it was Democrat Ann Weir who did it", vec!["Ann Weir"]),
            ("it was the Queen and the President again", vec![]),
        ] {
            assert_eq!(found(text), names, "{text}");
        }
    }

    #[test]
    fn small_words_join_names() {
        for (text, names) in [
            (
                "it was Virgil van der Berg and Ines de la Cruz.",
                vec!["Virgil van der Berg", "Ines de la Cruz"],
            ),
            ("by the Bank of Holm and the Ministry of Works.", vec!["Bank of Holm", "Ministry of Works"]),
            ("by the Food and Drink Administration, too.", vec!["Food and Drink Administration"]),
            ("by Marks & Weir, and Holm and Sund too.", vec!["Marks & Weir", "Holm", "Sund"]),
            ("by Ann Weir of Holm and Tom Vale.", vec!["Ann Weir", "Holm", "Tom Vale"]),
            ("by the Centre for Rural Studies in Holm.", vec!["Centre for Rural Studies", "Holm"]),
        ] {
            assert_eq!(found(text), names, "{text}");
        }
    }

    #[test]
    fn first_words_of_sentences_are_doubtful() {
        assert_eq!(found("Holm is small. Ann Weir left."), ["?Holm", "Ann Weir"]);
        assert_eq!(found("A storm came. Storm Ada left. However Ada stayed."), ["?Storm Ada", "Ada"]);
        assert_eq!(found("Leaders of Britain met. Most leaders left."), [""; 0]);
    }

    #[test]
    fn days_agencies_and_long_lists_are_not_names() {
        assert_eq!(found("he said on Monday in March to Reuters and the BBC in Turkey"), [""; 0]);
        assert_eq!(found(&format!("it was {}again", "Alpha ".repeat(30))), [""; 0]);
        assert_eq!(found("the company, Norvik Energy plc, and Weir Inc. left"), ["Norvik Energy", "Weir"]);
    }

    #[test]
    fn reporters_are_marked() {
        for text in [
            "as Al Jazeera’s Ann Weir says.",
            "as Ann Weir, reporting from Holm, says",
            "By Ann Weir in Holm.",
            "as our correspondent Ann Weir says",
            "Reporting by Ann Weir; Editing by Tom Vale.",
        ] {
            let names = names(text);
            assert!(names[0].0 == "Ann Weir" && names[0].1.is_reporter, "{text}: {names:?}");
        }
    }
}
