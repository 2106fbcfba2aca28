//! The text of a template → the same text with filters that stop runaway templates. Tera limits neither the iterations of a
//! loop nor the size of a value, and has no hook for it.
//!
//! The filters are those of [`super::limits`]: one counts the items of each loop, one measures each value that is set, and one
//! measures text that a block captures, as in `{% set %}…{% endset %}`. Operands of `~` pass through one that rejects undefined
//! values, which Tera treats as empty text. Positions in the instrumented text map back to the author's text.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Token, TokenKind, tokens};
use super::limits::{CALLED, DEFINED, EACH, KEPT, PRINTED};
use super::outline::{ends_value, tags};

/// A template with inserted filters.
#[derive(Clone, Debug, Default)]
pub(super) struct InstrumentedText {
    pub(super) text: String,
    insertions: Vec<Insertion>,
}

#[derive(Clone, Debug)]
struct Insertion {
    /// The position in the author's text.
    at: usize,
    inserted: String,
    /// The range of the author's text that it belongs to.
    subject: Range<usize>,
    /// Whether it follows its subject.
    is_end: bool,
}

impl Insertion {
    /// The sort key. At one position, ends come before starts, inner ends before outer ones, and outer starts before inner ones.
    fn order(&self) -> (usize, bool, Reverse<usize>) {
        (self.at, !self.is_end, Reverse(if self.is_end { self.subject.start } else { self.subject.end }))
    }
}

impl InstrumentedText {
    /// Instruments a template; also counts the calls of `recursive` components.
    pub(super) fn new(text: &str, recursive: &BTreeSet<String>) -> Self {
        let tokens = tokens(text);
        let mut instrumenter =
            Instrumenter { text, tokens: &tokens, recursive, insertions: Vec::new(), capturing: 0 };
        for tag in tags(&tokens) {
            instrumenter.tag(tag);
        }
        let mut insertions = instrumenter.insertions;
        insertions.sort_by_key(Insertion::order);
        let mut instrumented = String::with_capacity(text.len() + insertions.len() * 16);
        let mut at = 0;
        for insertion in &insertions {
            instrumented.push_str(&text[at..insertion.at]);
            instrumented.push_str(&insertion.inserted);
            at = insertion.at;
        }
        instrumented.push_str(&text[at..]);
        Self { text: instrumented, insertions }
    }

    /// Maps a range of the instrumented text to the author's text.
    pub(super) fn original_span(&self, span: Range<usize>) -> Range<usize> {
        let mut shift = 0;
        for insertion in &self.insertions {
            let here = insertion.at + shift;
            let end = here + insertion.inserted.len();
            if here <= span.start && span.end <= end && !span.is_empty() {
                return insertion.subject.clone();
            }
            shift += insertion.inserted.len();
        }
        self.original_offset(span.start)..self.original_offset(span.end)
    }

    /// Maps a position of the instrumented text to the author's text.
    fn original_offset(&self, at: usize) -> usize {
        let mut shift = 0;
        for insertion in &self.insertions {
            let here = insertion.at + shift;
            if at <= here {
                break;
            }
            if at <= here + insertion.inserted.len() {
                return insertion.at;
            }
            shift += insertion.inserted.len();
        }
        at - shift
    }
}

struct Instrumenter<'t> {
    text: &'t str,
    tokens: &'t [Token],
    recursive: &'t BTreeSet<String>,
    insertions: Vec<Insertion>,
    /// The number of open tags that capture what is printed in them.
    capturing: usize,
}

impl Instrumenter<'_> {
    fn text_at(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.span.clone()])
    }

    fn is_mark(&self, at: usize, mark: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Mark) && self.text_at(at) == mark
    }

    fn tag(&mut self, tag: Range<usize>) {
        // A tag that is not closed is a syntax error, which Tera reports.
        let Some(end) = tag.end.checked_sub(1).filter(|end| self.tokens[*end].kind == TokenKind::Close)
        else {
            return;
        };
        let first = tag.start + 1;
        self.comprehensions(first..end);
        self.concatenations(first..end);
        if self.tokens[tag.start].kind == TokenKind::OpenPrint {
            if self.capturing > 0 {
                self.around(first..end, PRINTED);
            }
            return;
        }
        match self.text_at(first) {
            "for" => {
                let is_in =
                    |at: &usize| self.text_at(*at) == "in" && self.tokens[*at].kind == TokenKind::Name;
                if let Some(at) = (first + 2..end).find(is_in) {
                    self.around(at + 1..end, EACH);
                }
            }
            "set" | "set_global" if self.is_mark(first + 2, "=") => {
                // Only these can grow: concatenations, lists, maps and the results of filters.
                let grows =
                    (first + 3..end).any(|at| ["~", "[", "{", "|"].iter().any(|mark| self.is_mark(at, mark)));
                if grows {
                    self.around(first + 3..end, KEPT);
                }
            }
            "set" | "set_global" | "filter" => {
                self.append(first..end, KEPT);
                self.capturing += 1;
            }
            "component" => self.count_calls(first + 1..end),
            "endset" | "endfilter" => self.capturing = self.capturing.saturating_sub(1),
            "<" => self.capturing += 1,
            "</" => self.capturing = self.capturing.saturating_sub(1),
            _ => {}
        }
    }

    /// Counts the items of `[… for x in LIST]`.
    fn comprehensions(&mut self, tokens: Range<usize>) {
        let mut open: Vec<(usize, Option<usize>)> = Vec::new();
        for at in tokens {
            let is_name = self.tokens[at].kind == TokenKind::Name;
            let token = if self.tokens[at].kind == TokenKind::Text { "" } else { self.text_at(at) };
            match token {
                "(" | "[" | "{" | "?[" => open.push((at, None)),
                "in" if is_name => {
                    let Some((bracket, list)) = open.last_mut() else { continue };
                    let is_for = (1..=4).any(|back| {
                        at.checked_sub(back).is_some_and(|at| {
                            at > *bracket
                                && self.tokens[at].kind == TokenKind::Name
                                && &self.text[self.tokens[at].span.clone()] == "for"
                        })
                    });
                    if is_for && list.is_none() {
                        *list = Some(at + 1);
                    }
                }
                "if" if is_name => {
                    if let Some((_, list)) = open.last_mut()
                        && let Some(start) = list.take()
                    {
                        self.around(start..at, EACH);
                    }
                }
                ")" | "]" | "}" => {
                    if let Some((_, Some(start))) = open.pop() {
                        self.around(start..at, EACH);
                    }
                }
                _ => {}
            }
        }
    }

    /// Rejects undefined names on either side of a `~`.
    fn concatenations(&mut self, tokens: Range<usize>) {
        let mut paths = BTreeSet::new();
        for at in tokens.clone().filter(|at| self.is_mark(*at, "~")) {
            paths.extend(self.path_before(at, tokens.start).map(|path| (path.start, path.end)));
            paths.extend(self.path_from(at + 1, tokens.end).map(|path| (path.start, path.end)));
        }
        for (start, end) in paths {
            self.around(start..end, DEFINED);
        }
    }

    fn is_name(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at).filter(|token| token.kind == TokenKind::Name) else {
            return false;
        };
        !self.text_at(at).starts_with(|c: char| c.is_ascii_digit()) && ends_value(self.text, token)
    }

    /// The dotted name that ends before a token.
    fn path_before(&self, end: usize, first: usize) -> Option<Range<usize>> {
        let mut start = end.checked_sub(1).filter(|at| *at >= first && self.is_name(*at))?;
        while start >= first + 2 && self.is_mark(start - 1, ".") && self.is_name(start - 2) {
            start -= 2;
        }
        // Not the name of a filter or a test, nor a field of another value.
        let before = if start > first { self.text_at(start - 1) } else { "" };
        (!matches!(before, "|" | "is" | "not" | "." | "?." | "<")).then_some(start..end)
    }

    /// The dotted name that starts at a token.
    fn path_from(&self, start: usize, last: usize) -> Option<Range<usize>> {
        let mut end = Some(start).filter(|at| *at < last && self.is_name(*at))? + 1;
        while end + 1 < last && self.is_mark(end, ".") && self.is_name(end + 1) {
            end += 2;
        }
        (!matches!(self.text_at(end), "(" | "[" | "?[" | "." | "?.")).then_some(start..end)
    }

    /// Counts the calls of the component that these tokens define, if it is recursive.
    fn count_calls(&mut self, tokens: Range<usize>) {
        let name_end = tokens.clone().find(|at| self.is_mark(*at, "(")).unwrap_or(tokens.end);
        let name: String = (tokens.start..name_end).map(|at| self.text_at(at)).collect();
        if self.recursive.contains(&name) {
            // A `-` that trims the text after the tag must stay next to that text.
            let trims = if self.text_at(tokens.end).starts_with('-') { "-" } else { "" };
            let at = self.tokens[tokens.end].span.end;
            let inserted = format!("{{{{ {CALLED}() {trims}}}}}");
            self.insertions.push(Insertion { at, inserted, subject: self.span(&tokens), is_end: true });
        }
    }

    /// Pipes an expression through a filter.
    fn around(&mut self, tokens: Range<usize>, filter: &str) {
        if tokens.is_empty() {
            return;
        }
        let subject = self.span(&tokens);
        self.insertions.push(Insertion {
            at: subject.start,
            inserted: "(".to_owned(),
            subject: subject.clone(),
            is_end: false,
        });
        self.insertions.push(Insertion {
            at: subject.end,
            inserted: format!(") | {filter}"),
            subject,
            is_end: true,
        });
    }

    /// Appends a filter to those of a tag.
    fn append(&mut self, tokens: Range<usize>, filter: &str) {
        if tokens.is_empty() {
            return;
        }
        let subject = self.span(&tokens);
        self.insertions.push(Insertion {
            at: subject.end,
            inserted: format!(" | {filter}"),
            subject,
            is_end: true,
        });
    }

    fn span(&self, tokens: &Range<usize>) -> Range<usize> {
        self.tokens[tokens.start].span.start..self.tokens[tokens.end - 1].span.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_and_values_pass_through_filters() {
        let cases = [
            ("{%- for a, b in x.y or [] -%}", "{%- for a, b in (x.y or []) | __each -%}"),
            ("{% set a = 'b' ~ 'b' %}", "{% set a = ('b' ~ 'b') | __kept %}"),
            (
                "{% set a = b ~ c.d %}{{ e | upper ~ f(g=1) ~ h?.i }}",
                "{% set a = ((b) | __defined ~ (c.d) | __defined) | __kept %}{{ e | upper ~ f(g=1) ~ h?.i }}",
            ),
            ("{% set a = articles(limit=3) %}", "{% set a = articles(limit=3) %}"),
            (
                "{% set a | upper %}{{ b }}{% endset %}{{ c }}",
                "{% set a | upper | __kept %}{{ (b) | __printed }}{% endset %}{{ c }}",
            ),
            ("{% filter upper -%}x{% endfilter %}", "{% filter upper | __kept -%}x{% endfilter %}"),
            ("{{ [x for x in y if x in z] }}", "{{ [x for x in (y) | __each if x in z] }}"),
            ("{% if a in b %}{{ \"for x in y\" }}", "{% if a in b %}{{ \"for x in y\" }}"),
            (
                "{% component a.b(c=1) -%} x{% endcomponent %}{% component d() %}{% endcomponent %}",
                "{% component a.b(c=1) -%}{{ __called() -}} x{% endcomponent %}{% component d() %}{% endcomponent %}",
            ),
            ("{% for x in \"y %}", "{% for x in \"y %}"),
        ];
        for (text, instrumented) in cases {
            assert_eq!(InstrumentedText::new(text, &BTreeSet::from(["a.b".to_owned()])).text, instrumented);
        }
    }

    #[test]
    fn positions_map_back_to_the_authors_text() {
        let text = "{% for a in list.nope %}{{ a.b }}{% endfor %}{{ c.d }}";
        let instrumented = InstrumentedText::new(text, &BTreeSet::new());
        let original = |what: &str| {
            let at = instrumented.text.find(what).unwrap();
            text[instrumented.original_span(at..at + what.len())].to_owned()
        };
        for same in ["list", "nope", "a.b", "c.d"] {
            assert_eq!(original(same), same);
        }
        assert_eq!(original("__each"), "list.nope");
        assert_eq!(original("(list.nope) | __each"), "list.nope");
    }
}
