//! A template's text → what it calls, includes, extends and defines, each with its place.
//!
//! Tera checks names when it puts templates together, and tells nobody what it found. What it does not check (arguments of
//! filters, templates that nothing uses, how deep a chain goes) is checked with this.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Kind, Word, unquoted, words};

/// What a template says.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) calls: Vec<Call>,
    /// The template that this one extends.
    pub(super) extends: Option<Named>,
    pub(super) uses: Vec<Use>,
    /// Components that it defines.
    pub(super) defines: Vec<Named>,
    /// All names and texts in its tags.
    pub(super) words: BTreeSet<String>,
    /// The `elif`s of each `if`, but for those without any: how many, and where the last is.
    pub(super) elifs: Vec<(usize, Range<usize>)>,
}

/// A name and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callee {
    Filter,
    Function,
    Test,
}

/// A call of a filter, a function or a test.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) callee: Callee,
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
}

/// An argument of a call.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: Named,
    /// Its value, if that is a text as it is written.
    pub(super) text: Option<Named>,
}

/// A use of a template or a component.
#[derive(Debug)]
pub(super) struct Use {
    /// The component in whose definition it is.
    pub(super) within: Option<String>,
    pub(super) is_component: bool,
    pub(super) target: Named,
}

impl Reading {
    /// Reads a template.
    pub(super) fn of(text: &str) -> Self {
        let words = words(text);
        let mut reader =
            Reader { text, words: &words, reading: Self::default(), within: None, ifs: Vec::new() };
        for tag in tags(&words) {
            reader.tag(tag);
        }
        reader.reading
    }
}

/// The ranges of the words of tags, each from its opening to what closes it.
pub(super) fn tags(words: &[Word]) -> Vec<Range<usize>> {
    let starts = words.iter().enumerate().filter(|(_, word)| is_open(word)).map(|(at, _)| at);
    let starts: Vec<usize> = starts.collect();
    let ends = starts.iter().skip(1).copied().chain([words.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn is_open(word: &Word) -> bool {
    matches!(word.kind, Kind::OpenTag | Kind::OpenPrint)
}

/// Whether a value has ended with a word, so that what follows is an operator.
pub(super) fn ends_value(text: &str, word: &Word) -> bool {
    let written = &text[word.span.clone()];
    match word.kind {
        Kind::Text => true,
        Kind::Name => {
            !matches!(written, "and" | "or" | "not" | "in" | "if" | "else" | "is" | "elif" | "for" | "filter")
        }
        Kind::Mark => matches!(written, ")" | "]" | "}"),
        Kind::OpenTag | Kind::OpenPrint | Kind::Close => false,
    }
}

struct Reader<'t> {
    text: &'t str,
    words: &'t [Word],
    reading: Reading,
    within: Option<String>,
    /// For each open `if`, how many `elif`s it has.
    ifs: Vec<(usize, Range<usize>)>,
}

impl Reader<'_> {
    fn written(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &self.text[word.span.clone()])
    }

    fn named(&self, at: usize) -> Named {
        let Word { kind, span } = &self.words[at];
        let written = &self.text[span.clone()];
        let name = if *kind == Kind::Text { unquoted(written) } else { written.to_owned() };
        Named { name, span: span.clone() }
    }

    fn is(&self, at: usize, kind: Kind) -> bool {
        self.words.get(at).is_some_and(|word| word.kind == kind)
    }

    fn tag(&mut self, tag: Range<usize>) {
        for at in tag.clone() {
            if matches!(self.words[at].kind, Kind::Name | Kind::Text) {
                self.reading.words.insert(self.named(at).name);
            }
        }
        let first = tag.start + 1;
        if self.is(tag.start, Kind::OpenTag) {
            match self.written(first) {
                "extends" if self.is(first + 1, Kind::Text) => {
                    self.reading.extends = Some(self.named(first + 1));
                    return;
                }
                "include" if self.is(first + 1, Kind::Text) => {
                    let (within, target) = (self.within.clone(), self.named(first + 1));
                    self.reading.uses.push(Use { within, is_component: false, target });
                    return;
                }
                "component" if self.is(first + 1, Kind::Name) => {
                    let (defined, _) = self.dotted(first + 1);
                    self.within = Some(defined.name.clone());
                    self.reading.defines.push(defined);
                    return;
                }
                "endcomponent" => self.within = None,
                "if" => self.ifs.push((0, 0..0)),
                "elif" => {
                    let span = self.words[first].span.clone();
                    self.ifs.last_mut().into_iter().for_each(|last| *last = (last.0 + 1, span.clone()));
                }
                "endif" => self.reading.elifs.extend(self.ifs.pop().filter(|(count, _)| *count > 0)),
                _ => {}
            }
        }
        self.calls(tag);
    }

    fn calls(&mut self, tag: Range<usize>) {
        let mut at = tag.start + 1;
        while at < tag.end {
            let written = self.written(at).to_owned();
            let before = self.written(at - 1).to_owned();
            if written == "<" && self.is(at + 1, Kind::Name) && !ends_value(self.text, &self.words[at - 1]) {
                let (target, end) = self.dotted(at + 1);
                self.reading.uses.push(Use { within: self.within.clone(), is_component: true, target });
                at = end;
                continue;
            }
            if self.is(at, Kind::Name) {
                let is_test = before == "is" || before == "not" && self.written(at - 2) == "is";
                let is_filter = before == "|" || before == "filter" && at == tag.start + 2;
                let callee = match (is_test, is_filter) {
                    (true, _) => (written != "not").then_some(Callee::Test),
                    (_, true) => Some(Callee::Filter),
                    _ => (before != "." && before != "?." && self.written(at + 1) == "(")
                        .then_some(Callee::Function),
                };
                // A keyword before brackets is none.
                let is_value = ends_value(self.text, &self.words[at]);
                if let Some(callee) = callee.filter(|callee| *callee != Callee::Function || is_value) {
                    let arguments = self.arguments(at + 1, tag.end);
                    self.reading.calls.push(Call { callee, name: written, arguments });
                }
            }
            at += 1;
        }
    }

    /// What is in the brackets that open at a word, if they do.
    fn arguments(&self, open: usize, end: usize) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if self.written(open) != "(" {
            return arguments;
        }
        let mut depth = 0_usize;
        for at in open..end {
            match self.written(at) {
                "(" | "[" | "{" | "?[" if self.is(at, Kind::Mark) => depth += 1,
                ")" | "]" | "}" if self.is(at, Kind::Mark) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            let is_first = at == open || self.written(at) == "," && self.is(at, Kind::Mark);
            if depth == 1 && is_first && self.is(at + 1, Kind::Name) && self.written(at + 2) == "=" {
                let is_text = self.is(at + 3, Kind::Text) && matches!(self.written(at + 4), "," | ")");
                let text = is_text.then(|| self.named(at + 3));
                arguments.push(Argument { name: self.named(at + 1), text });
            }
        }
        arguments
    }

    /// A name with dots, and what follows it.
    fn dotted(&self, start: usize) -> (Named, usize) {
        let mut named = self.named(start);
        let mut at = start + 1;
        while self.written(at) == "." && self.is(at + 1, Kind::Name) {
            let part = self.named(at + 1);
            named = Named {
                name: format!("{}.{}", named.name, part.name),
                span: named.span.start..part.span.end,
            };
            at += 2;
        }
        (named, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_their_arguments() {
        let text = "{% extends \"base.html\" %}{% if x is divisible_by(divisor=2) and (y < f(a=1)) %}\
                    {{ x | date(format=\"full\", to=g(h=[1, \"b\"])) | safe }}{% endif %}\
                    {% filter upper | indent(width=2) %}{% endfilter %}{{ loop.index }}{{ a.b }}";
        let reading = Reading::of(text);
        let shown: Vec<String> = reading
            .calls
            .iter()
            .map(|call| {
                let arguments = call.arguments.iter().map(|argument| match &argument.text {
                    Some(text) => format!("{}={:?}", argument.name.name, text.name),
                    None => argument.name.name.clone(),
                });
                format!("{:?} {}({})", call.callee, call.name, arguments.collect::<Vec<_>>().join(", "))
            })
            .collect();
        let expected = [
            "Test divisible_by(divisor)",
            "Function f(a)",
            "Filter date(format=\"full\", to)",
            "Function g(h)",
            "Filter safe()",
            "Filter upper()",
            "Filter indent(width)",
        ];
        assert_eq!(shown, expected);
        assert_eq!(reading.extends.map(|named| named.name).as_deref(), Some("base.html"));
    }

    #[test]
    fn uses_and_definitions_are_found() {
        let text = "{% component ui.card(a: string, b=[1]) %}{% include 'x.html' %}{{ <other a={b} /> }}\
                    {% endcomponent ui.card %}{% <ui.card a=\"1\"> %}{% include \"y.html\" %}{% </ui.card> %}\
                    {% if a < b %}{% elif c %}{% elif d %}{% endif %}";
        let reading = Reading::of(text);
        let uses: Vec<(Option<&str>, bool, &str)> =
            reading.uses.iter().map(|u| (u.within.as_deref(), u.is_component, &*u.target.name)).collect();
        let own = Some("ui.card");
        assert_eq!(
            uses,
            [(own, false, "x.html"), (own, true, "other"), (None, true, "ui.card"), (None, false, "y.html")]
        );
        assert_eq!(reading.defines[0].name, "ui.card");
        assert_eq!(reading.elifs.len(), 1);
        assert_eq!(reading.elifs[0].0, 2);
    }
}
