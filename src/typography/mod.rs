//! Turns straight quotation marks, `--` and `...` into the marks of the text's language.
//!
//! Headlines, decks, captions and stories follow the same rules. The kind of a mark depends on its neighbors and on the quotations
//! that are open. `quotes` finds and pairs the marks; an opening single mark that nothing closes is an apostrophe. All of it takes
//! one pass over a paragraph.

use std::borrow::Cow;
use std::ops::Range;

mod languages;
mod quotes;

use languages::Language;

/// The typography of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typography(Language);

/// A replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub range: Range<usize>,
    /// The replacement.
    pub text: Cow<'static, str>,
}

impl Typography {
    /// The typography of the language with this BCP 47 tag.
    pub fn of(language: &str) -> Self {
        Self(languages::find(language))
    }

    /// Replaces the marks in a text.
    pub fn apply<'t>(self, text: &'t str) -> Cow<'t, str> {
        let edits = self.edits(text);
        if edits.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(apply_edits(text, 0, &edits)) }
    }

    /// Replaces the marks in place.
    pub fn set(self, text: &mut String) {
        if let Cow::Owned(changed) = self.apply(text) {
            *text = changed;
        }
    }

    /// The replacements in a paragraph, in order.
    pub fn edits(self, text: &str) -> Vec<Edit> {
        if !has_candidates(text) {
            return Vec::new();
        }
        let kept = addresses(text);
        let mut edits = Vec::new();
        dashes_and_dots(text, &mut edits);
        quotes::find(text, self.0, &kept, &mut edits);
        if !kept.is_empty() {
            let is_kept = |edit: &Edit| {
                let next = kept.partition_point(|kept| kept.end <= edit.range.start);
                kept.get(next).is_some_and(|kept| kept.start <= edit.range.start)
            };
            edits.retain(|edit| !is_kept(edit));
        }
        edits.sort_unstable_by_key(|edit| edit.range.start);
        edits
    }
}

/// Applies the edits of a text to the part of it that starts at a byte.
pub fn apply_edits(part: &str, start: usize, edits: &[Edit]) -> String {
    let mut text = String::with_capacity(part.len() + edits.len() * 3);
    let mut copied = 0;
    for edit in edits {
        text.push_str(&part[copied..edit.range.start - start]);
        text.push_str(&edit.text);
        copied = edit.range.end - start;
    }
    text.push_str(&part[copied..]);
    text
}

/// Replaces primes with straight marks, so that the ids of headings do not depend on typography.
pub fn without_primes(text: &str) -> Cow<'_, str> {
    const PRIMES: [char; 4] = ['′', '″', '׳', '״'];
    if !text.contains(PRIMES) {
        return Cow::Borrowed(text);
    }
    let straight = |c| match c {
        '′' | '׳' => '\'',
        '″' | '״' => '"',
        c => c,
    };
    Cow::Owned(text.chars().map(straight).collect())
}

/// Whether a text can contain marks to replace.
fn has_candidates(text: &str) -> bool {
    let text = text.as_bytes();
    let has = |marks: &str| memchr::memmem::find(text, marks.as_bytes()).is_some();
    memchr::memchr2(b'"', b'\'', text).is_some() || has("--") || has("...")
}

/// The URLs and email addresses in a text, which are not changed.
fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for mark in ["://", "www.", "@"] {
        for at in memchr::memmem::find_iter(text.as_bytes(), mark) {
            // `@desk` is a name, not an address.
            let is_name = mark == "@" && !text[..at].ends_with(char::is_alphanumeric);
            if is_name || found.last().is_some_and(|found| found.contains(&at)) {
                continue;
            }
            let ends = |c: char| c.is_whitespace() || "\"<>()[]“”„«»".contains(c);
            let start = text[..at]
                .rfind(ends)
                .map_or(0, |before| before + text[before..].chars().next().map_or(0, char::len_utf8));
            let end = text[at..].find(ends).map_or(text.len(), |after| at + after);
            let word = text[start..end].trim_end_matches(['\'', '.', ',', ';', ':', '!', '?', '’']);
            let word = &text[start..(start + word.len()).max(at)];
            let opening = word.len() - word.trim_start_matches('\'').len();
            found.push(start + opening..start + word.len().max(opening));
        }
    }
    found.sort_unstable_by_key(|range| range.start);
    found
}

fn dashes_and_dots(text: &str, edits: &mut Vec<Edit>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'-', b'.', &bytes[at..]) {
        at += next;
        let length = bytes[at..].iter().take_while(|byte| **byte == bytes[at]).count();
        match (bytes[at], length) {
            (b'-', 2..) => edits.push(Edit { range: at..at + length, text: dashes(length).into() }),
            (b'.', 3..) => {
                let dots = |nth: usize| at + nth * 3..at + nth * 3 + 3;
                edits.extend((0..length / 3).map(|nth| Edit { range: dots(nth), text: "…".into() }));
            }
            _ => {}
        }
        at += length;
    }
}

/// Converts hyphens to dashes, of one kind if possible: `---` is an em dash, `--` an en dash.
fn dashes(hyphens: usize) -> String {
    let (em, en) = match hyphens % 6 {
        0 | 3 => (hyphens / 3, 0),
        2 | 4 => (0, hyphens / 2),
        1 => (hyphens / 3 - 1, 2),
        _ => (hyphens / 3, 1),
    };
    "—".repeat(em) + &"–".repeat(en)
}

#[cfg(test)]
mod tests;
