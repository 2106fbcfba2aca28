//! Decides what each straight quotation mark in a paragraph is.

use std::ops::Range;

use super::Edit;
use super::languages::Language;

/// The meaning of a straight mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Opening,
    Closing,
    Apostrophe,
    /// Feet and inches, minutes and seconds.
    Prime,
    /// A mark of Hebrew abbreviations and sounds.
    Geresh,
}

/// A neighbor of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Space,
    /// An opening bracket or quotation mark.
    Opening,
    Dash,
    Letter,
    /// A letter of a script without spaces and apostrophes.
    Unspaced,
    Digit,
    Other,
}

/// A straight mark in a text.
struct Candidate {
    at: usize,
    is_double: bool,
    before: Side,
    after: Side,
    is: Mark,
}

/// Finds the replacement of each mark. Marks in kept ranges neither open nor close quotations.
pub(super) fn find(text: &str, language: Language, kept: &[Range<usize>], edits: &mut Vec<Edit>) {
    let mut paragraph = Paragraph {
        text,
        language,
        found: candidates(text, kept),
        open: Vec::new(),
        open_doubles: 0,
        curly: curly_marks(text),
        curly_read: 0,
        curly_open: 0,
    };
    for index in 0..paragraph.found.len() {
        paragraph.decide(index);
    }
    // An unclosed mark is a quotation that continues in the next paragraph, or an apostrophe.
    for index in std::mem::take(&mut paragraph.open) {
        if !paragraph.found[index].is_double {
            paragraph.found[index].is = Mark::Apostrophe;
        }
    }
    edits.extend(
        paragraph
            .found
            .iter()
            .map(|one| Edit { range: one.at..one.at + 1, text: glyph(one, language).into() }),
    );
}

fn glyph(one: &Candidate, language: Language) -> &'static str {
    let [opening, closing] = if one.is_double { language.double } else { language.single };
    match (one.is, one.is_double) {
        (Mark::Opening, _) => opening,
        (Mark::Closing, _) => closing,
        (Mark::Apostrophe, _) => "’",
        (Mark::Prime, true) => "″",
        (Mark::Prime, false) => "′",
        (Mark::Geresh, true) => "״",
        (Mark::Geresh, false) => "׳",
    }
}

/// All straight marks. The neighbors of adjacent marks are those of the whole run.
fn candidates(text: &str, kept: &[Range<usize>]) -> Vec<Candidate> {
    let bytes = text.as_bytes();
    let is_mark = |byte: u8| matches!(byte, b'\'' | b'"');
    let mut found: Vec<Candidate> = Vec::new();
    let mut at = 0;
    let mut kept = kept.iter().peekable();
    while let Some(next) = memchr::memchr2(b'\'', b'"', &bytes[at..]) {
        at += next;
        while kept.next_if(|kept| kept.end <= at).is_some() {}
        if kept.peek().is_some_and(|kept| kept.start <= at) {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|byte| is_mark(**byte)).count();
        let before = text[..at].chars().next_back();
        let after = text[at + length..].chars().next();
        let (before, after) = (side(before), side(after));
        found.extend((at..at + length).map(|at| Candidate {
            at,
            is_double: bytes[at] == b'"',
            before,
            after,
            is: Mark::Apostrophe,
        }));
        at += length;
    }
    found
}

/// The positions of curly double marks in the source, and whether each opens.
fn curly_marks(text: &str) -> Vec<(usize, bool)> {
    if text.is_ascii() {
        return Vec::new();
    }
    // The opening mark of English is the closing mark of German.
    let opens = |at: usize, mark: &str| match mark {
        "“" => !matches!(side(text[..at].chars().next_back()), Side::Letter | Side::Digit | Side::Other),
        mark => mark == "„",
    };
    text.match_indices(['“', '”', '„']).map(|(at, mark)| (at, opens(at, mark))).collect()
}

fn side(c: Option<char>) -> Side {
    match c {
        None => Side::Space,
        Some(c) if c.is_whitespace() => Side::Space,
        Some('(' | '[' | '{' | '«' | '‹' | '„' | '‚' | '“' | '‘' | '¿' | '¡' | '「' | '『' | '（' | '《') => {
            Side::Opening
        }
        Some('-' | '–' | '—' | '‑' | '/' | '=' | '+' | '|' | '…') => Side::Dash,
        Some(c) if is_unspaced(c) => Side::Unspaced,
        Some(c) if c.is_numeric() => Side::Digit,
        Some(c) if c.is_alphanumeric() => Side::Letter,
        Some(_) => Side::Other,
    }
}

/// Letters of East and Southeast Asia, where text has no apostrophes, and no spaces beside marks.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{318f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{20000}'..='\u{2fa1f}')
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{05d0}'..='\u{05f2}')
}

struct Paragraph<'t> {
    text: &'t str,
    language: Language,
    found: Vec<Candidate>,
    /// Unclosed opening marks. A single one may be an apostrophe.
    open: Vec<usize>,
    /// The number of double marks among them.
    open_doubles: usize,
    curly: Vec<(usize, bool)>,
    curly_read: usize,
    curly_open: usize,
}

impl Paragraph<'_> {
    fn decide(&mut self, index: usize) {
        self.read_curly(self.found[index].at);
        let one = &self.found[index];
        let is = match (self.geresh(one), one.is_double) {
            (Some(is), _) => is,
            (None, true) => self.double(index),
            (None, false) => self.single(index),
        };
        self.found[index].is = is;
        match is {
            Mark::Opening => {
                self.open_doubles += usize::from(self.found[index].is_double);
                self.open.push(index);
            }
            Mark::Closing => self.close(index),
            Mark::Apostrophe | Mark::Prime | Mark::Geresh => {}
        }
    }

    fn read_curly(&mut self, until: usize) {
        while let Some((_, opens)) = self.curly.get(self.curly_read).filter(|(at, _)| *at < until) {
            self.curly_open = if *opens { self.curly_open + 1 } else { self.curly_open.saturating_sub(1) };
            self.curly_read += 1;
        }
    }

    fn geresh(&self, one: &Candidate) -> Option<Mark> {
        self.text[..one.at].chars().next_back().filter(|c| is_hebrew(*c))?;
        let after = self.text[one.at + 1..].chars().next().filter(|c| is_hebrew(*c));
        // `רח'`: sounds and abbreviations of one or two letters at the end of a word.
        let word = self.text[..one.at].chars().rev().take_while(|c| is_hebrew(*c)).take(3).count();
        let ends_short = !one.is_double && word <= 2 && !self.has_open(false);
        (after.is_some() || ends_short).then_some(Mark::Geresh)
    }

    fn has_open(&self, is_double: bool) -> bool {
        if is_double { self.open_doubles + self.curly_open > 0 } else { self.open.len() > self.open_doubles }
    }

    /// Removes the opening mark that is closed, and the marks inside it, which are apostrophes.
    fn close(&mut self, index: usize) {
        let is_double = self.found[index].is_double;
        let count = if is_double { self.open_doubles } else { self.open.len() - self.open_doubles };
        // Each mark is visited once, because it is removed.
        while count > 0
            && let Some(open) = self.open.pop()
        {
            let inner = &mut self.found[open];
            self.open_doubles -= usize::from(inner.is_double);
            if inner.is_double == is_double {
                return;
            }
            if !inner.is_double {
                inner.is = Mark::Apostrophe;
            }
        }
    }

    /// Whether the next mark of the same kind looks like a closing mark.
    fn closes_later(&self, index: usize) -> bool {
        let is_double = self.found[index].is_double;
        let next = self.found[index + 1..].iter().take(8).find(|next| next.is_double == is_double);
        next.is_some_and(|next| {
            let ends = matches!(next.after, Side::Space | Side::Other | Side::Dash);
            ends && !matches!(next.before, Side::Space | Side::Opening)
        })
    }

    fn double(&self, index: usize) -> Mark {
        let one = &self.found[index];
        let is_open = self.has_open(true);
        let starts = matches!(one.after, Side::Letter | Side::Unspaced | Side::Digit | Side::Opening);
        let or_opening = |closes: bool| if closes { Mark::Closing } else { Mark::Opening };
        match one.before {
            Side::Digit if self.is_after_feet(one.at) => Mark::Prime,
            Side::Digit if !is_open || self.closes_later(index) => Mark::Prime,
            Side::Digit => Mark::Closing,
            Side::Space if self.follows_opening(index) => Mark::Opening,
            Side::Space => {
                or_opening(is_open && matches!(one.after, Side::Space | Side::Other) && !self.is_sign(one))
            }
            Side::Opening => or_opening(is_open && matches!(one.after, Side::Space)),
            Side::Dash => or_opening(!starts && !self.is_sign(one) && (is_open || one.after == Side::Space)),
            Side::Letter | Side::Unspaced | Side::Other => or_opening(is_open || !starts),
        }
    }

    /// Whether the mark belongs to a run of marks that starts a word.
    fn follows_opening(&self, index: usize) -> bool {
        let one = &self.found[index];
        let before = index.checked_sub(1).map(|before| &self.found[before]);
        before.is_some_and(|before| before.at + 1 == one.at && before.is == Mark::Opening)
            && !matches!(one.after, Side::Space)
    }

    /// Whether a sign that starts words follows the mark: `"$5"`, `"#one"`.
    fn is_sign(&self, one: &Candidate) -> bool {
        let mut rest = self.text[one.at + 1..].chars().take(8).skip_while(|c| matches!(c, '"' | '\''));
        let sign = rest.next().is_some_and(|c| "$€£¥#@&*.…\u{fffc}".contains(c));
        sign && rest.find(|c| *c != '.').is_some_and(char::is_alphanumeric)
    }

    fn is_after_feet(&self, at: usize) -> bool {
        let digits = |text: &str| {
            let rest =
                text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '½' | '¼' | '¾'));
            rest.len()
        };
        let number = digits(&self.text[..at]);
        let feet = self.text[..number].trim_end_matches(' ');
        let is_foot = feet.ends_with(['\'', '′', '’']) && number < at;
        is_foot
            && feet[..feet.len() - feet.chars().next_back().map_or(0, char::len_utf8)]
                .ends_with(|c: char| c.is_ascii_digit())
    }

    fn single(&self, index: usize) -> Mark {
        let one = &self.found[index];
        let is_open = self.has_open(false);
        let next_to_double = self.text[one.at + 1..].starts_with('"');
        match (one.before, one.after) {
            (Side::Space | Side::Opening | Side::Dash, _) if self.is_clipped(one.at) => Mark::Apostrophe,
            (Side::Digit, Side::Letter) => Mark::Apostrophe,
            (Side::Digit, Side::Digit) if self.is_thousand(one.at) => Mark::Apostrophe,
            (Side::Digit, _) if is_open && !self.closes_later(index) => Mark::Closing,
            (Side::Digit, _) => Mark::Prime,
            (Side::Letter | Side::Other, Side::Letter | Side::Digit) if !self.is_inner(index) => {
                Mark::Apostrophe
            }
            (Side::Unspaced, Side::Unspaced | Side::Letter) | (Side::Letter, Side::Unspaced) => {
                if is_open {
                    Mark::Closing
                } else {
                    Mark::Opening
                }
            }
            (Side::Unspaced | Side::Other, Side::Opening) if !is_open => Mark::Opening,
            (Side::Space | Side::Opening, Side::Space) if !next_to_double => {
                if is_open {
                    Mark::Closing
                } else {
                    Mark::Apostrophe
                }
            }
            (Side::Dash, Side::Space | Side::Other) => {
                if is_open {
                    Mark::Closing
                } else {
                    Mark::Apostrophe
                }
            }
            (Side::Space | Side::Opening | Side::Dash, _) => Mark::Opening,
            _ if self.is_plural(one.at) && self.closes_later(index) => Mark::Apostrophe,
            _ if is_open && self.is_top_single() => Mark::Closing,
            _ => Mark::Apostrophe,
        }
    }

    fn is_top_single(&self) -> bool {
        self.open.last().is_some_and(|open| !self.found[*open].is_double)
    }

    /// Whether the mark directly follows an opening double mark: `"'Yes,' he said"`.
    fn is_inner(&self, index: usize) -> bool {
        let before = index.checked_sub(1).map(|before| &self.found[before]);
        before.is_some_and(|before| before.at + 1 == self.found[index].at && before.is == Mark::Opening)
    }

    fn is_plural(&self, at: usize) -> bool {
        self.text[..at].ends_with(['s', 'S', 'z', 'x', 'ß'])
    }

    /// Whether the mark separates thousands, as in Switzerland: `10'000`.
    fn is_thousand(&self, at: usize) -> bool {
        let digits = |c: &char| c.is_ascii_digit();
        let before = self.text[..at].chars().rev().take_while(digits).take(4).count();
        before <= 3 && self.text[at + 1..].chars().take_while(digits).take(4).count() == 3
    }

    /// Whether the mark starts a clipped word: `'tis`, `'90s`, `'n'`. Both marks of the last are apostrophes.
    fn is_clipped(&self, at: usize) -> bool {
        let rest = &self.text[at + 1..];
        let word: &str = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
        let after = &rest[word.len()..];
        if word.eq_ignore_ascii_case("n")
            && (after.starts_with(['\'', '’']) || self.text[..at].ends_with(' ') && after.starts_with(' '))
        {
            return true;
        }
        if word.len() >= 2 && word.as_bytes()[..2].iter().all(u8::is_ascii_digit) {
            return matches!(&word[2..], "" | "s" | "er" | "ers");
        }
        self.language.clipped.iter().any(|clipped| word.eq_ignore_ascii_case(clipped))
    }
}
