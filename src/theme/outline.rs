//! The text of a template → what it calls, includes, extends and defines, each with its position.
//!
//! Tera resolves names when it compiles templates but does not expose them. Bulletin needs them for checks that Tera lacks:
//! arguments of filters, unused templates, and the depth of chains.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Token, TokenKind, tokens, unquote};

/// The parts of a template that bulletin checks.
#[derive(Debug, Default)]
pub(super) struct TemplateOutline {
    pub(super) calls: Vec<Call>,
    /// The template that this one extends.
    pub(super) extends: Option<SpannedName>,
    pub(super) uses: Vec<Use>,
    /// Components that it defines.
    pub(super) defines: Vec<SpannedName>,
    /// All names and string literals in its tags.
    pub(super) words: BTreeSet<String>,
    /// For each `if` with `elif`s: their number and the position of the last.
    pub(super) elifs: Vec<(usize, Range<usize>)>,
}

/// A name and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpannedName {
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

/// The kind of thing that a call refers to.
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
    pub(super) name: SpannedName,
    /// Its value, if that is a string literal.
    pub(super) text: Option<SpannedName>,
}

/// An `include` of a template or a use of a component.
#[derive(Debug)]
pub(super) struct Use {
    /// The component whose definition contains it.
    pub(super) within: Option<String>,
    pub(super) is_component: bool,
    pub(super) target: SpannedName,
}

impl TemplateOutline {
    /// Parses a template.
    pub(super) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut reader =
            Reader { text, tokens: &tokens, outline: Self::default(), within: None, ifs: Vec::new() };
        for tag in tags(&tokens) {
            reader.tag(tag);
        }
        reader.outline
    }
}

/// The range of tokens of each tag, from its opening to its closing token.
pub(super) fn tags(tokens: &[Token]) -> Vec<Range<usize>> {
    let starts = tokens.iter().enumerate().filter(|(_, token)| is_open(token)).map(|(at, _)| at);
    let starts: Vec<usize> = starts.collect();
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn is_open(token: &Token) -> bool {
    matches!(token.kind, TokenKind::OpenTag | TokenKind::OpenPrint)
}

/// Whether a token ends a value, so that the next one is an operator.
pub(super) fn ends_value(text: &str, token: &Token) -> bool {
    let written = &text[token.span.clone()];
    match token.kind {
        TokenKind::Text => true,
        TokenKind::Name => {
            !matches!(written, "and" | "or" | "not" | "in" | "if" | "else" | "is" | "elif" | "for" | "filter")
        }
        TokenKind::Mark => matches!(written, ")" | "]" | "}"),
        TokenKind::OpenTag | TokenKind::OpenPrint | TokenKind::Close => false,
    }
}

impl TemplateOutline {
    /// Where a template that uses a component has a text in quotation marks.
    pub(super) fn text_near_component(
        &self,
        template: &str,
        component: &str,
        text: &str,
    ) -> Option<Range<usize>> {
        let is_it = |used: &Use| used.is_component && used.target.name == component;
        self.uses.iter().find(|used| is_it(used))?;
        let at = template.find(&format!("\"{text}\""))?;
        Some(at..at + text.len() + 2)
    }
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    outline: TemplateOutline,
    within: Option<String>,
    /// The number of `elif`s of each open `if`, and the position of the last.
    ifs: Vec<(usize, Range<usize>)>,
}

impl Reader<'_> {
    fn text_at(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.span.clone()])
    }

    fn name_at(&self, at: usize) -> SpannedName {
        let Token { kind, span } = &self.tokens[at];
        let written = &self.text[span.clone()];
        let name = if *kind == TokenKind::Text { unquote(written) } else { written.to_owned() };
        SpannedName { name, span: span.clone() }
    }

    fn is(&self, at: usize, kind: TokenKind) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == kind)
    }

    fn tag(&mut self, tag: Range<usize>) {
        for at in tag.clone() {
            if matches!(self.tokens[at].kind, TokenKind::Name | TokenKind::Text) {
                self.outline.words.insert(self.name_at(at).name);
            }
        }
        let first = tag.start + 1;
        if self.is(tag.start, TokenKind::OpenTag) {
            match self.text_at(first) {
                "extends" if self.is(first + 1, TokenKind::Text) => {
                    self.outline.extends = Some(self.name_at(first + 1));
                    return;
                }
                "include" if self.is(first + 1, TokenKind::Text) => {
                    let (within, target) = (self.within.clone(), self.name_at(first + 1));
                    self.outline.uses.push(Use { within, is_component: false, target });
                    return;
                }
                "component" if self.is(first + 1, TokenKind::Name) => {
                    let (defined, _) = self.dotted(first + 1);
                    self.within = Some(defined.name.clone());
                    self.outline.defines.push(defined);
                    return;
                }
                "endcomponent" => self.within = None,
                "if" => self.ifs.push((0, 0..0)),
                "elif" => {
                    let span = self.tokens[first].span.clone();
                    self.ifs.last_mut().into_iter().for_each(|last| *last = (last.0 + 1, span.clone()));
                }
                "endif" => self.outline.elifs.extend(self.ifs.pop().filter(|(count, _)| *count > 0)),
                _ => {}
            }
        }
        self.calls(tag);
    }

    fn calls(&mut self, tag: Range<usize>) {
        let mut at = tag.start + 1;
        while at < tag.end {
            let written = self.text_at(at).to_owned();
            let before = self.text_at(at - 1).to_owned();
            if written == "<"
                && self.is(at + 1, TokenKind::Name)
                && !ends_value(self.text, &self.tokens[at - 1])
            {
                let (target, end) = self.dotted(at + 1);
                self.outline.uses.push(Use { within: self.within.clone(), is_component: true, target });
                at = end;
                continue;
            }
            if self.is(at, TokenKind::Name) {
                let is_test = before == "is" || before == "not" && self.text_at(at - 2) == "is";
                let is_filter = before == "|" || before == "filter" && at == tag.start + 2;
                let callee = match (is_test, is_filter) {
                    (true, _) => (written != "not").then_some(Callee::Test),
                    (_, true) => Some(Callee::Filter),
                    _ => (before != "." && before != "?." && self.text_at(at + 1) == "(")
                        .then_some(Callee::Function),
                };
                // A keyword before parentheses is not a function.
                let is_value = ends_value(self.text, &self.tokens[at]);
                if let Some(callee) = callee.filter(|callee| *callee != Callee::Function || is_value) {
                    let arguments = self.arguments(at + 1, tag.end);
                    self.outline.calls.push(Call { callee, name: written, arguments });
                }
            }
            at += 1;
        }
    }

    /// The arguments in the parentheses that open at a token, if any.
    fn arguments(&self, open: usize, end: usize) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if self.text_at(open) != "(" {
            return arguments;
        }
        let mut depth = 0_usize;
        for at in open..end {
            match self.text_at(at) {
                "(" | "[" | "{" | "?[" if self.is(at, TokenKind::Mark) => depth += 1,
                ")" | "]" | "}" if self.is(at, TokenKind::Mark) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            let is_first = at == open || self.text_at(at) == "," && self.is(at, TokenKind::Mark);
            if depth == 1 && is_first && self.is(at + 1, TokenKind::Name) && self.text_at(at + 2) == "=" {
                let is_text = self.is(at + 3, TokenKind::Text) && matches!(self.text_at(at + 4), "," | ")");
                let text = is_text.then(|| self.name_at(at + 3));
                arguments.push(Argument { name: self.name_at(at + 1), text });
            }
        }
        arguments
    }

    /// A dotted name and the token after it.
    fn dotted(&self, start: usize) -> (SpannedName, usize) {
        let mut named = self.name_at(start);
        let mut at = start + 1;
        while self.text_at(at) == "." && self.is(at + 1, TokenKind::Name) {
            let part = self.name_at(at + 1);
            named = SpannedName {
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
        let outline = TemplateOutline::parse(text);
        let shown: Vec<String> = outline
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
        assert_eq!(outline.extends.map(|named| named.name).as_deref(), Some("base.html"));
    }

    #[test]
    fn uses_and_definitions_are_found() {
        let text = "{% component ui.card(a: string, b=[1]) %}{% include 'x.html' %}{{ <other a={b} /> }}\
                    {% endcomponent ui.card %}{% <ui.card a=\"1\"> %}{% include \"y.html\" %}{% </ui.card> %}\
                    {% if a < b %}{% elif c %}{% elif d %}{% endif %}";
        let outline = TemplateOutline::parse(text);
        let uses: Vec<(Option<&str>, bool, &str)> =
            outline.uses.iter().map(|u| (u.within.as_deref(), u.is_component, &*u.target.name)).collect();
        let own = Some("ui.card");
        assert_eq!(
            uses,
            [(own, false, "x.html"), (own, true, "other"), (None, true, "ui.card"), (None, false, "y.html")]
        );
        assert_eq!(outline.defines[0].name, "ui.card");
        assert_eq!(outline.elifs.len(), 1);
        assert_eq!(outline.elifs[0].0, 2);
    }
}
