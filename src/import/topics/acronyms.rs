//! Finds the long forms of acronyms in a story.
//!
//! It finds `European Central Bank (ECB)` by the algorithm of Schwartz and Hearst (2003), the reverse, and `also known as`.

use std::ops::Range;

use super::lexicon::Class;
use super::tokens::{Copy, EDGE, Gap, Shape, Token};

/// Most bytes before a bracket that are searched.
const WINDOW: usize = 400;
/// Most words of a long form.
const MOST_WORDS: usize = 12;

/// The long and the short name of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) long: Range<usize>,
    pub(super) short: Range<usize>,
}

/// All pairs of a story, in order.
pub(super) fn pairs(copy: &Copy<'_>) -> Vec<Pair> {
    let all = copy.tokens.iter().enumerate();
    all.filter_map(|(at, token)| match token.gap {
        Gap::Open => long_then_short(copy, at).or_else(|| short_then_long(copy, at)),
        _ if token.shape == Shape::Lower && copy.word(token) == "known" => known_as(copy, at),
        _ => None,
    })
    .collect()
}

/// `European Central Bank (ECB)`
fn long_then_short(copy: &Copy<'_>, at: usize) -> Option<Pair> {
    let short = copy.tokens.get(at)?;
    let letters = copy.word(short).chars().count();
    if !is_acronym(copy, at) || !closes(copy, at) || !(2..=10).contains(&letters) {
        return None;
    }
    let most = (letters + 5).min(letters * 2).min(MOST_WORDS);
    let start = backwards(copy, at, most);
    let found = matching_start(copy, start..at, copy.word(short));
    let first =
        found.or_else(|| names_before(copy, at).filter(|first| is_name_of(copy, *first..at, short)))?;
    pair(copy, first..at, at..at + 1)
}

/// `ECB (European Central Bank)`
fn short_then_long(copy: &Copy<'_>, at: usize) -> Option<Pair> {
    let before = at.checked_sub(1)?;
    if !is_acronym(copy, before) || copy.tokens.get(at)?.part != copy.tokens.get(before)?.part {
        return None;
    }
    let end = (at..at + MOST_WORDS).find(|end| closes(copy, *end))? + 1;
    let is_one = copy.tokens.get(at + 1..end)?.iter().all(Token::is_close);
    let first = matching_start(copy, at..end, copy.word(copy.tokens.get(before)?))?;
    if is_one && first == at { pair(copy, at..end, before..at) } else { None }
}

/// `the Weir Hill group, also known as WHG`
fn known_as(copy: &Copy<'_>, at: usize) -> Option<Pair> {
    if copy.tokens.get(at + 1).is_none_or(|token| copy.word(token) != "as") {
        return None;
    }
    let word = |at: usize| copy.tokens.get(at).map(|token| copy.word(token));
    let has_adverb = matches!(word(at.checked_sub(1)?), Some("also" | "better" | "formerly" | "commonly"));
    let cut = at - usize::from(has_adverb);
    if copy.tokens.get(cut)?.gap != Gap::Comma {
        return None;
    }
    let left = names_before(copy, cut)?..cut;
    let start = at + 2;
    let run = copy.tokens.get(start..)?.iter().take(MOST_WORDS).enumerate();
    let count = run.take_while(|(n, token)| token.is_capital() && (*n == 0 || token.is_close())).count();
    let right = start..start + count;
    match count {
        0 => None,
        _ if right.len() > strip_group(copy, left.clone()).len() => pair(copy, right, left),
        _ => pair(copy, left, right),
    }
}

fn pair(copy: &Copy<'_>, long: Range<usize>, short: Range<usize>) -> Option<Pair> {
    let mut long = strip_group(copy, long);
    let short = strip_group(copy, short);
    while copy.tokens.get(long.start).is_some_and(|token| token.class.is(Class::STOP)) {
        long.start += 1;
    }
    let is_common = copy.tokens.get(short.clone())?.iter().all(|token| token.class.is(Class::GENERIC));
    (long.len() >= 2 && !is_common).then_some(Pair { long, short })
}

/// Strips `group` off the end.
fn strip_group(copy: &Copy<'_>, mut tokens: Range<usize>) -> Range<usize> {
    let is_group =
        |token: &Token| token.shape == Shape::Lower && matches!(copy.word(token), "group" | "organisation");
    while tokens.len() > 1 && copy.tokens.get(tokens.end - 1).is_some_and(is_group) {
        tokens.end -= 1;
    }
    tokens
}

/// Whether a word has at least two capitals.
fn is_acronym(copy: &Copy<'_>, at: usize) -> bool {
    let Some(token) = copy.tokens.get(at) else { return false };
    let capitals = || copy.text(&(at..at + 1)).chars().filter(|c| c.is_uppercase()).take(2).count();
    token.shape == Shape::Caps || (token.shape == Shape::Capital && capitals() == 2)
}

/// Whether a closing bracket or a semicolon follows a word.
fn closes(copy: &Copy<'_>, at: usize) -> bool {
    let Some(token) = copy.tokens.get(at) else { return false };
    let text = copy.parts.get(token.part).and_then(|part| part.text.get(token.span.end..));
    text.is_some_and(|rest| rest.starts_with([')', ']', ';']))
}

/// The start of the sentence before a word, at most `most` words back.
fn backwards(copy: &Copy<'_>, at: usize, most: usize) -> usize {
    let mut start = at;
    let end = copy.tokens.get(at).map_or(0, |token| token.folded.start);
    while start > 0 && at - start < most {
        let Some(token) = copy.tokens.get(start - 1) else { break };
        if end - token.folded.start > WINDOW {
            break;
        }
        start -= 1;
        if token.starts_sentence || token.gap == Gap::Open {
            break;
        }
    }
    start
}

/// The start of the shortest text before a bracket that has the letters of the acronym in order, the first letter at the start of a word.
fn matching_start(copy: &Copy<'_>, tokens: Range<usize>, short: &str) -> Option<usize> {
    let start = copy.tokens.get(tokens.start)?.folded.start - 1;
    let mut rest = copy.folded.get(start..copy.tokens.get(tokens.end.checked_sub(1)?)?.folded.end)?;
    if rest.len() > WINDOW * 2 {
        return None;
    }
    let mut letters = short.chars().rev().peekable();
    while let Some(letter) = letters.next() {
        let is_first = letters.peek().is_none();
        loop {
            let at = rest.rfind(letter)?;
            rest = rest.get(..at)?;
            if !is_first || rest.ends_with(EDGE) {
                break;
            }
        }
    }
    let found = start + rest.len();
    let first =
        tokens.start + copy.tokens.get(tokens)?.iter().position(|token| token.folded.start == found)?;
    Some(first)
}

/// The start of the name before a word, which `group` may follow.
fn names_before(copy: &Copy<'_>, at: usize) -> Option<usize> {
    let end = strip_group(copy, at.checked_sub(2)?..at).end;
    let start = backwards(copy, end, MOST_WORDS);
    let mut first = end;
    for (n, token) in copy.tokens.get(start..end)?.iter().enumerate().rev() {
        let is_of_name = token.is_capital() && !token.class.is(Class::STOP);
        if is_of_name {
            first = start + n;
        }
        if !(is_of_name || token.class.is(Class::JOINER)) || !token.is_close() {
            break;
        }
    }
    (first < end).then_some(first)
}

/// Whether a name has the first letter of the acronym, or is that of an organization, whose acronym may be in another language.
fn is_name_of(copy: &Copy<'_>, name: Range<usize>, short: &Token) -> bool {
    let initial = |token: &Token| copy.word(token).chars().next();
    let Some(name) = copy.tokens.get(name) else { return false };
    name.first().and_then(initial) == initial(short)
        || (name.len() > 2 && name.last().is_some_and(|token| token.class.is(Class::HEAD)))
}

#[cfg(test)]
mod tests {
    use super::super::StoryText;
    use super::super::lexicon::Lexicon;
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let text = StoryText { paragraphs: &[text], ..StoryText::default() };
        let copy = Copy::new(&text, &Lexicon::new());
        let text = |tokens| copy.text(&tokens).to_owned();
        pairs(&copy).into_iter().map(|pair| (text(pair.long), text(pair.short))).collect()
    }

    #[test]
    fn long_forms_are_found_before_and_after_acronyms() {
        for (text, long, short) in [
            ("The European Central Bank (ECB) met.", "European Central Bank", "ECB"),
            ("It is the ECB (European Central Bank).", "European Central Bank", "ECB"),
            ("fighters of the Dark River group (DRVX) fled", "Dark River", "DRVX"),
            ("by the Dark River group, also known as DRV, in May", "Dark River", "DRV"),
            ("by DRV, also known as the Dark", "", ""),
            ("die Europäische Zentralbank (EZB) in Frankfurt", "Europäische Zentralbank", "EZB"),
            ("Европейский центральный банк (ЕЦБ)", "Европейский центральный банк", "ЕЦБ"),
            ("a case of motor neurone disease (MND) there", "motor neurone disease", "MND"),
            ("She scored twice (NB) and left (AB", "", ""),
        ] {
            let expected: Vec<_> =
                [(long.to_owned(), short.to_owned())].into_iter().filter(|_| !long.is_empty()).collect();
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
