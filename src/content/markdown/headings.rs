//! Headings that end in braces, such as `## Talks {#talks .wide}` → headings with an id and classes.
//!
//! Anything else in the braces is dropped, because a text must not put handlers or styles into its page. Other braces
//! (`## The set {a, b}`) stay text.

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

type Spanned<'a> = (Event<'a>, Range<usize>);

/// The events of a text with the attributes of its headings. Attributes other than an id and classes are in the `attrs` of the
/// heading, for a warning.
pub(super) struct Headings<'a, I> {
    text: &'a str,
    events: I,
    /// The rest of the current heading.
    ready: VecDeque<Spanned<'a>>,
}

impl<'a, I: Iterator<Item = Spanned<'a>>> Headings<'a, I> {
    /// Reads the headings in the events of this text.
    pub(super) fn new(text: &'a str, events: I) -> Self {
        Self { text, events, ready: VecDeque::new() }
    }
}

impl<'a, I: Iterator<Item = Spanned<'a>>> Iterator for Headings<'a, I> {
    type Item = Spanned<'a>;

    fn next(&mut self) -> Option<Spanned<'a>> {
        if let Some(ready) = self.ready.pop_front() {
            return Some(ready);
        }
        let (mut event, span) = self.events.next()?;
        if let Event::Start(Tag::Heading { id, classes, attrs, .. }) = &mut event
            && self.text.get(span.clone()).is_some_and(|heading| heading.contains('}'))
        {
            let mut inner = Vec::new();
            for next in self.events.by_ref() {
                let is_end = matches!(next.0, Event::End(TagEnd::Heading(_)));
                inner.push(next);
                if is_end {
                    break;
                }
            }
            if let Some(found) = take_attributes(self.text, &mut inner) {
                (*id, *classes, *attrs) = (found.id, found.classes, found.others);
            }
            self.ready.extend(inner);
        }
        Some((event, span))
    }
}

/// The attributes in braces.
#[derive(Debug, Default, PartialEq, Eq)]
struct Attributes<'a> {
    id: Option<CowStr<'a>>,
    classes: Vec<CowStr<'a>>,
    others: Vec<(CowStr<'a>, Option<CowStr<'a>>)>,
}

/// Removes the braces at the end of a heading if they contain attributes.
fn take_attributes<'a>(text: &'a str, inner: &mut Vec<Spanned<'a>>) -> Option<Attributes<'a>> {
    let (first, braces) = find(text, inner)?;
    let found = read(text.get(braces.start + 1..braces.end - 1)?)?;
    let end = inner.len() - 1;
    let (_, span) = inner.get(first)?;
    let kept = span.start..braces.start;
    inner.splice(first..end, [(Event::Text(text.get(kept.clone())?.into()), kept)]);
    // Trailing space goes as well.
    for at in (0..=first).rev() {
        let Some((Event::Text(before), span)) = inner.get_mut(at) else { break };
        let kept = before.trim_end().len();
        if kept > 0 {
            span.end -= before.len() - kept;
            *before = before.get(..kept)?.to_owned().into();
            break;
        }
        inner.remove(at);
    }
    Some(found)
}

/// The index of the event in which the braces at the end of a heading begin, and their bytes. The last event ends the heading.
fn find(text: &str, inner: &[Spanned<'_>]) -> Option<(usize, Range<usize>)> {
    let (_, inner) = inner.split_last()?;
    let (_, span) = inner.last()?;
    let end = span.start + text.get(span.clone())?.trim_end().len();
    if !text.get(..end)?.ends_with('}') || is_escaped(text, end - 1) {
        return None;
    }
    let mut until = end - 1;
    for (at, (event, span)) in inner.iter().enumerate().rev() {
        let Event::Text(_) = event else { return None };
        let source = text.get(span.start..until)?;
        if let Some(brace) = source.rfind(['{', '}', '<', '>']) {
            let start = span.start + brace;
            let opens = source[brace..].starts_with('{') && !is_escaped(text, start);
            return opens.then_some((at, start..end));
        }
        // There is an escape or something other than text in between.
        if at > 0 && inner.get(at - 1).is_none_or(|(_, before)| before.end != span.start) {
            return None;
        }
        until = span.start;
    }
    None
}

fn is_escaped(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

/// Parses `#id .class key=value`. `None`, so that it stays text, without an id or class or with other words.
fn read(inside: &str) -> Option<Attributes<'_>> {
    let mut found = Attributes::default();
    // kramdown starts with a colon.
    for word in words(inside.strip_prefix(':').unwrap_or(inside)) {
        if let Some(id) = word.strip_prefix('#').filter(|id| !id.is_empty()) {
            found.id = Some(id.into());
        } else if let Some(class) = word.strip_prefix('.').filter(|class| !class.is_empty()) {
            found.classes.push(class.into());
        } else {
            let (key, value) = word.split_once('=')?;
            found.others.push((key.into(), Some(value.into())));
        }
    }
    (found.id.is_some() || !found.classes.is_empty()).then_some(found)
}

/// The words of a text; spaces in quotes do not separate.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut quote = None;
    let is_space = move |c: char| {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        quote.is_none() && c.is_whitespace()
    };
    text.split(is_space).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::content::markdown::{outline, to_html};

    fn html(text: &str) -> String {
        to_html(text, &outline(text, None, "").headings, None, &|_, _| crate::content::markdown::Target::Keep)
    }

    #[test]
    fn a_heading_has_only_an_id_and_classes() {
        for (text, expected) in [
            ("## Talks {#own .a .b}", "<h2 id=\"own\" class=\"a b\">Talks</h2>"),
            ("## Talks {#own onclick=alert(1) style=\"x: y\"}", "<h2 id=\"own\">Talks</h2>"),
            ("## *Talks* {.c ONCLICK='a b'} ##", "<h2 id=\"talks\" class=\"c\"><em>Talks</em></h2>"),
            ("Talks {: #own}\n---", "<h2 id=\"own\">Talks</h2>"),
            ("## Talks {#a_b_c}", "<h2 id=\"a_b_c\">Talks</h2>"),
            ("## {#own}", "<h2 id=\"own\"></h2>"),
            ("## Talks {#\"onclick=alert(1)}", "<h2 id=\"&quot;onclick=alert(1)\">Talks</h2>"),
        ] {
            assert_eq!(html(text).trim(), expected, "{text}");
        }
    }

    #[test]
    fn other_braces_in_headings_stay() {
        for (text, expected) in [
            ("## The set {a, b}", "The set {a, b}"),
            ("## Talks {onmouseover=alert(1)}", "Talks {onmouseover=alert(1)}"),
            ("## Sweden {#1 in Europe}", "Sweden {#1 in Europe}"),
            ("## Talks \\{#own}", "Talks {#own}"),
            ("## Talks {#own\\}", "Talks {#own}"),
            ("## Talks {}", "Talks {}"),
            ("## Talks {#own} on", "Talks {#own} on"),
            ("## Talks {`#own`}", "Talks {<code>#own</code>}"),
            ("## }", "}"),
        ] {
            let html = html(text);
            assert!(html.ends_with(&format!(">{expected}</h2>\n")), "{text}: {html}");
        }
    }
}
