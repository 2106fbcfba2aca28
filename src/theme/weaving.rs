//! A template's text → the same with what limits a runaway: Tera bounds neither how often a loop turns nor how long a value
//! becomes, and asks nobody.
//!
//! Woven in are filters of [`super::limits`]: each loop's items pass through one that counts them, each value that is set
//! through one that weighs it, and so does what is printed where it is kept, as in a `set` block. What `~` puts together
//! passes through one that refuses what is not defined, which Tera takes for an empty text. What the filters are woven around
//! keeps its place: a range of the woven text can be told in that of the author's.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Kind, Word, words};
use super::limits::{CALLED, DEFINED, EACH, KEPT, PRINTED};
use super::reading::{ends_value, tags};

/// A text with insertions.
#[derive(Clone, Debug, Default)]
pub(super) struct Woven {
    pub(super) text: String,
    insertions: Vec<Insertion>,
}

#[derive(Clone, Debug)]
struct Insertion {
    /// In the author's text.
    at: usize,
    what: String,
    /// What it is about, in the author's text.
    about: Range<usize>,
    /// Whether it ends what it is about.
    is_end: bool,
}

impl Insertion {
    /// Before another at the same place: what ends comes before what starts, the inner of two ends and the outer of two
    /// starts first.
    fn order(&self) -> (usize, bool, Reverse<usize>) {
        (self.at, !self.is_end, Reverse(if self.is_end { self.about.start } else { self.about.end }))
    }
}

impl Woven {
    /// Weaves the limits into a template; into the components that call themselves in the end one that counts their calls.
    pub(super) fn of(text: &str, recursive: &BTreeSet<String>) -> Self {
        let words = words(text);
        let mut weaver = Weaver { text, words: &words, recursive, insertions: Vec::new(), kept: 0 };
        for tag in tags(&words) {
            weaver.tag(tag);
        }
        let mut insertions = weaver.insertions;
        insertions.sort_by_key(Insertion::order);
        let mut woven = String::with_capacity(text.len() + insertions.len() * 16);
        let mut at = 0;
        for insertion in &insertions {
            woven.push_str(&text[at..insertion.at]);
            woven.push_str(&insertion.what);
            at = insertion.at;
        }
        woven.push_str(&text[at..]);
        Self { text: woven, insertions }
    }

    /// A range of the woven text in the author's.
    pub(super) fn unwoven(&self, span: Range<usize>) -> Range<usize> {
        let mut shift = 0;
        for insertion in &self.insertions {
            let here = insertion.at + shift;
            let behind = here + insertion.what.len();
            if here <= span.start && span.end <= behind && !span.is_empty() {
                return insertion.about.clone();
            }
            shift += insertion.what.len();
        }
        self.back(span.start)..self.back(span.end)
    }

    /// A place of the woven text in the author's.
    fn back(&self, at: usize) -> usize {
        let mut shift = 0;
        for insertion in &self.insertions {
            let here = insertion.at + shift;
            if at <= here {
                break;
            }
            if at <= here + insertion.what.len() {
                return insertion.at;
            }
            shift += insertion.what.len();
        }
        at - shift
    }
}

struct Weaver<'t> {
    text: &'t str,
    words: &'t [Word],
    recursive: &'t BTreeSet<String>,
    insertions: Vec<Insertion>,
    /// How many open tags keep what is printed in them.
    kept: usize,
}

impl Weaver<'_> {
    fn written(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &self.text[word.span.clone()])
    }

    fn is_mark(&self, at: usize, mark: &str) -> bool {
        self.words.get(at).is_some_and(|word| word.kind == Kind::Mark) && self.written(at) == mark
    }

    fn tag(&mut self, tag: Range<usize>) {
        // Behind the last word stands what closes the tag; if not, Tera refuses it.
        let Some(end) = tag.end.checked_sub(1).filter(|end| self.words[*end].kind == Kind::Close) else {
            return;
        };
        let first = tag.start + 1;
        self.comprehensions(first..end);
        self.concatenations(first..end);
        if self.words[tag.start].kind == Kind::OpenPrint {
            if self.kept > 0 {
                self.around(first..end, PRINTED);
            }
            return;
        }
        match self.written(first) {
            "for" => {
                let is_in = |at: &usize| self.written(*at) == "in" && self.words[*at].kind == Kind::Name;
                if let Some(at) = (first + 2..end).find(is_in) {
                    self.around(at + 1..end, EACH);
                }
            }
            "set" | "set_global" if self.is_mark(first + 2, "=") => {
                // What grows: texts put together, lists and maps, and what filters make.
                let grows =
                    (first + 3..end).any(|at| ["~", "[", "{", "|"].iter().any(|mark| self.is_mark(at, mark)));
                if grows {
                    self.around(first + 3..end, KEPT);
                }
            }
            "set" | "set_global" | "filter" => {
                self.behind(first..end, KEPT);
                self.kept += 1;
            }
            "component" => self.counted(first + 1..end),
            "endset" | "endfilter" => self.kept = self.kept.saturating_sub(1),
            "<" => self.kept += 1,
            "</" => self.kept = self.kept.saturating_sub(1),
            _ => {}
        }
    }

    /// Counts what `[… for x in LIST]` goes through.
    fn comprehensions(&mut self, words: Range<usize>) {
        let mut open: Vec<(usize, Option<usize>)> = Vec::new();
        for at in words {
            let is_name = self.words[at].kind == Kind::Name;
            let word = if self.words[at].kind == Kind::Text { "" } else { self.written(at) };
            match word {
                "(" | "[" | "{" | "?[" => open.push((at, None)),
                "in" if is_name => {
                    let Some((bracket, list)) = open.last_mut() else { continue };
                    let is_for = (1..=4).any(|back| {
                        at.checked_sub(back).is_some_and(|at| {
                            at > *bracket
                                && self.words[at].kind == Kind::Name
                                && &self.text[self.words[at].span.clone()] == "for"
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

    /// Refuses names that are not defined on either side of a `~`.
    fn concatenations(&mut self, words: Range<usize>) {
        let mut paths = BTreeSet::new();
        for at in words.clone().filter(|at| self.is_mark(*at, "~")) {
            paths.extend(self.path_before(at, words.start).map(|path| (path.start, path.end)));
            paths.extend(self.path_behind(at + 1, words.end).map(|path| (path.start, path.end)));
        }
        for (start, end) in paths {
            self.around(start..end, DEFINED);
        }
    }

    fn is_name(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at).filter(|word| word.kind == Kind::Name) else { return false };
        !self.written(at).starts_with(|c: char| c.is_ascii_digit()) && ends_value(self.text, word)
    }

    /// The name with dots that ends before a word.
    fn path_before(&self, end: usize, first: usize) -> Option<Range<usize>> {
        let mut start = end.checked_sub(1).filter(|at| *at >= first && self.is_name(*at))?;
        while start >= first + 2 && self.is_mark(start - 1, ".") && self.is_name(start - 2) {
            start -= 2;
        }
        // The name of a filter or a test, or what follows a bracket.
        let before = if start > first { self.written(start - 1) } else { "" };
        (!matches!(before, "|" | "is" | "not" | "." | "?." | "<")).then_some(start..end)
    }

    /// The name with dots that starts with a word.
    fn path_behind(&self, start: usize, last: usize) -> Option<Range<usize>> {
        let mut end = Some(start).filter(|at| *at < last && self.is_name(*at))? + 1;
        while end + 1 < last && self.is_mark(end, ".") && self.is_name(end + 1) {
            end += 2;
        }
        (!matches!(self.written(end), "(" | "[" | "?[" | "." | "?.")).then_some(start..end)
    }

    /// Counts the calls of a component whose definition has these words.
    fn counted(&mut self, words: Range<usize>) {
        let name_end = words.clone().find(|at| self.is_mark(*at, "(")).unwrap_or(words.end);
        let name: String = (words.start..name_end).map(|at| self.written(at)).collect();
        if self.recursive.contains(&name) {
            // What trims the text behind the tag must stay next to it.
            let trims = if self.written(words.end).starts_with('-') { "-" } else { "" };
            let at = self.words[words.end].span.end;
            let what = format!("{{{{ {CALLED}() {trims}}}}}");
            self.insertions.push(Insertion { at, what, about: self.span(&words), is_end: true });
        }
    }

    /// Puts an expression through a filter.
    fn around(&mut self, words: Range<usize>, filter: &str) {
        if words.is_empty() {
            return;
        }
        let about = self.span(&words);
        self.insertions.push(Insertion {
            at: about.start,
            what: "(".to_owned(),
            about: about.clone(),
            is_end: false,
        });
        self.insertions.push(Insertion { at: about.end, what: format!(") | {filter}"), about, is_end: true });
    }

    /// Puts one more filter behind those of a tag.
    fn behind(&mut self, words: Range<usize>, filter: &str) {
        if words.is_empty() {
            return;
        }
        let about = self.span(&words);
        self.insertions.push(Insertion { at: about.end, what: format!(" | {filter}"), about, is_end: true });
    }

    fn span(&self, words: &Range<usize>) -> Range<usize> {
        self.words[words.start].span.start..self.words[words.end - 1].span.end
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
        for (text, woven) in cases {
            assert_eq!(Woven::of(text, &BTreeSet::from(["a.b".to_owned()])).text, woven);
        }
    }

    #[test]
    fn places_are_those_of_the_authors_text() {
        let text = "{% for a in list.nope %}{{ a.b }}{% endfor %}{{ c.d }}";
        let woven = Woven::of(text, &BTreeSet::new());
        let told = |what: &str| {
            let at = woven.text.find(what).unwrap();
            text[woven.unwoven(at..at + what.len())].to_owned()
        };
        for same in ["list", "nope", "a.b", "c.d"] {
            assert_eq!(told(same), same);
        }
        assert_eq!(told("__each"), "list.nope");
        assert_eq!(told("(list.nope) | __each"), "list.nope");
    }
}
