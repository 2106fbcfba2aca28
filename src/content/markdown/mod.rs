//! Markdown → its outline and, if it is final already, its HTML ([`read`]); Markdown → HTML ([`to_html`]).
//!
//! The outline is made when a source is read, and is all that the rest of the site needs of a text. The HTML of a text without
//! references to the site is final then. Other texts are rendered with the article's page: only then are the URLs of other articles
//! known, and a hundred thousand bodies need not be kept.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

mod autolinks;
mod comments;
mod destinations;
mod escape;
mod footnotes;
mod galleries;
mod hazards;
mod headings;
mod html;
mod leftovers;
mod outline;
mod picture;
mod players;
mod prepared;
mod punctuation;
mod raw_html;
mod references;
mod sanitize;
mod scrub;
mod tables;
mod tags;
mod unlinked;

use comments::Cleared;
pub(crate) use destinations::destinations;
pub use hazards::Hazard;
pub(crate) use hazards::is_elsewhere;
pub use html::to_html;
pub use leftovers::{Leftover, LeftoverKind};
pub use outline::{Heading, Outline};
pub use players::{Player, Track};
use prepared::{Prepared, prepare};
pub use references::{
    PictureMarkup, Reference, ReferenceKind, Target, Written, classify, may_be_own, may_hand_on, resolve,
};
pub use sanitize::sanitize;
pub use scrub::scrubbed;
pub(crate) use unlinked::unlinked;

use crate::typography::Typography;

/// Ends the summary of an article, as in other generators.
const MORE: &str = "<!--more-->";

/// Bytes of Markdown per event in most texts, to allocate room for all events at once.
const BYTES_AN_EVENT: usize = 16;

/// Events of a text with their bytes in the text.
type Events<'t> = Vec<(Event<'t>, Range<usize>)>;

/// Reads a Markdown text of a site at `host` once; returns its outline, and its HTML unless that depends on the rest of the site.
pub fn read(text: &str, typography: Option<Typography>, host: &str) -> (Outline, Option<String>) {
    let Cleared { text, unclosed } = comments::clear(text);
    let prepared = prepare(&text);
    let events = events(&prepared, &text, typography);
    let mut outline = outline::outline(&text, host, &events);
    outline.unclosed_comment = unclosed;
    let html = outline.stands_alone().then(|| {
        // The text has no references to the site.
        let resolve = |_: &str, _| Target::Keep;
        html::write(events, text.len(), &outline.headings, &resolve)
    });
    (outline, html)
}

/// The outline of a Markdown text of a site at `host`.
pub fn outline(text: &str, typography: Option<Typography>, host: &str) -> Outline {
    let Cleared { text, unclosed } = comments::clear(text);
    let mut outline = outline::outline(&text, host, &events(&prepare(&text), &text, typography));
    outline.unclosed_comment = unclosed;
    outline
}

/// The events of a text, with heading attributes, bare URLs and typography.
fn events<'t>(prepared: &'t Prepared<'_>, text: &'t str, typography: Option<Typography>) -> Events<'t> {
    let headings = headings::Headings::new(text, prepared.events().into_iter());
    let mut events = room_for_events(text);
    events.extend(autolinks::Autolinks::new(text, headings));
    if let Some(typography) = typography {
        punctuation::set(&mut events, text, typography);
    }
    events
}

/// The destinations of images without alternative text, with the bytes of each image.
pub fn undescribed(text: &str) -> Vec<(String, Range<usize>)> {
    let mut open = None;
    let text = comments::clear(text).text;
    let prepared = prepare(&text);
    let images = prepared.events().into_iter().filter_map(|(event, span)| match event {
        Event::Start(Tag::Image { dest_url, .. }) => {
            open = Some((dest_url.into_string(), span));
            None
        }
        Event::Text(text) | Event::Code(text) if !text.trim().is_empty() => {
            open = None;
            None
        }
        Event::End(TagEnd::Image) => open.take(),
        _ => None,
    });
    images.collect()
}

/// Where a Markdown text has prose that readers see.
pub fn texts(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut in_code = false;
    let text = comments::clear(text).text;
    for (event, span) in prepare(&text).events() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) if in_code => {}
            // The parser splits text at brackets and other special characters.
            Event::Text(_) => match found.last_mut().filter(|before| before.end == span.start) {
                Some(before) => before.end = span.end,
                None => found.push(span),
            },
            _ => {}
        }
    }
    found
}

fn room_for_events<'t>(text: &str) -> Events<'t> {
    Vec::with_capacity(text.len() / BYTES_AN_EVENT + 8)
}

fn parser(text: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST;
    Parser::new_ext(text, options)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A text as HTML, with English typography or none.
    pub(super) fn html(text: &str, is_set: bool) -> String {
        let english = is_set.then(|| Typography::of("en"));
        to_html(text, &outline(text, english, "").headings, english, &|_, _| Target::Keep)
    }

    #[test]
    fn hostile_text_is_fast() {
        let repeated = [
            ("[", 100_000),
            ("](", 60_000),
            ("](a", 50_000),
            ("![a](", 30_000),
            ("[a][b", 60_000),
            ("[[a", 60_000),
            ("**a", 60_000),
            ("{{", 60_000),
            ("{:", 60_000),
            ("==a", 60_000),
            ("%%a", 60_000),
            ("## {a=\n", 60_000),
            ("<b onx=", 60_000),
            ("<a href=", 50_000),
            ("<script>", 50_000),
            ("&amp;", 60_000),
            ("<!-", 60_000),
            ("<!-- a -->", 20_000),
            ("<!--", 50_000),
            ("<![if", 50_000),
            ("<?", 50_000),
            ("a <!-- ` --> ` ", 5_000),
            ("https://", 50_000),
            ("www.", 50_000),
            ("https://a.example/\\_ ", 20_000),
            ("http://_", 50_000),
            ("www._", 50_000),
            ("://", 50_000),
        ];
        let texts = repeated.iter().map(|(piece, times)| piece.repeat(*times));
        let brackets = ["(", ")"].map(|bracket| format!("https://a.example/{}", bracket.repeat(100_000)));
        for text in texts.chain(brackets) {
            let started = std::time::Instant::now();
            let leftovers = read(&text, Some(Typography::of("en")), HOST).0.leftovers;
            destinations(&text);
            assert!(leftovers.len() < 500 && started.elapsed().as_secs() < 20, "{}", &text[..20]);
        }
    }

    #[test]
    fn images_without_alternative_text_are_found() {
        let text = "![](a.png) ![ ](b.png) ![A *boat*](c.png) text ![`x`](d.png)";
        let paths: Vec<String> = undescribed(text).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["a.png", "b.png"]);
        let places: Vec<&str> = undescribed(text).into_iter().map(|(_, span)| &text[span]).collect();
        assert_eq!(places, ["![](a.png)", "![ ](b.png)"]);
    }

    const HOST: &str = "news.example";

    /// Markdown of every kind that is rendered by own code, first without references, then with some.
    const PIECES: [&str; 44] = [
        "One \"two\" -- three...\n\n",
        "# Talks\n\n",
        "#### Talks {#own .wide key=x}\n\n",
        "Setext *it*\n---\n\n",
        "a[^n] b[^n] c[^other] ",
        "\n\n[^n]: A note with [a link](https://example.org/).\n\n",
        "[^other]: Another\n\n    in two paragraphs.\n\n",
        "| a | b |\n|:--|--:|\n| 1 | |\n\n",
        "<div class=x>\n\n",
        "<a href='https://example.org/'>x</a> <br> <b\n",
        "<!--more-->\n\n",
        "<!-- note\n\nnote --> ",
        "<? x ?><!DOCTYPE html><![CDATA[x]]>",
        "{{< youtube x >}} {% raw %}\n\n",
        "- [x] done\n- [ ] *open*\n\n1. one\n\n   two\n",
        "> quote\n\n",
        "```rust\nfn a() {} {% x %}\n```\n\n",
        "    indented\n\n",
        "term\n: meaning\n\n",
        "~~gone~~ **strong** `code` hard  \nbreak\\\nhere\n",
        "***\n\n",
        "<desk@example.org> <https://example.org/?a=1&b=2> ",
        "![A *ship*](https://example.org/a.png \"At sea & off\")\n\n",
        "text ![A ![b](https://example.org/b.png)](https://example.org/a.png) ",
        "[run](javascript:alert(1)) <a href=javascript:x>y</a> ",
        "[up](#talks) ![x](#) ",
        "[ref] [a][ref]\n\n[ref]: https://example.org/r 'title'\n\n",
        "[none] [a][none] \\[b] &amp; &copy; &#0;\n",
        "«Κείμενο» — 東京 é\u{301}\n\n",
        "\r\n\r\n\ttab\u{b}\u{c}",
        "[b](b.md) ",
        "![c](c.png \"t\")\n\n",
        "<img src=d.png>\n\n",
        "[e]: e.md\n\n[e]\n\n",
        "[f](/about/) ",
        "<https://news.example/g/> ",
        "<b onclick=\"go('../h/')\">",
        "* ",
        "_",
        "`",
        "|",
        "<",
        "]",
        "\n",
    ];

    /// Compares one pass with two.
    fn compare(text: &str, is_set: bool) -> Result<(), TestCaseError> {
        let typography = is_set.then(|| Typography::of("en"));
        let (found, html) = read(text, typography, HOST);
        prop_assert_eq!(&found, &outline(text, typography, HOST));
        let asked = std::cell::Cell::new(false);
        let resolve = |written: &str, _: ReferenceKind| {
            let is_own = match classify(written) {
                Written::Web(_) => may_be_own(written, HOST),
                Written::Elsewhere => may_hand_on(written, HOST),
                _ => true,
            };
            asked.set(asked.get() || is_own);
            Target::Keep
        };
        let two = to_html(text, &found.headings, typography, &resolve);
        if let Some(one) = html {
            prop_assert_eq!(one, two, "{:?}", text);
            prop_assert!(!asked.get(), "{:?}", text);
        } else {
            prop_assert!(!found.references.is_empty(), "{:?}", text);
        }
        Ok(())
    }

    #[test]
    fn every_piece_is_the_same_in_one_pass() {
        for piece in PIECES {
            compare(piece, true).unwrap();
        }
        let (final_ones, others) = PIECES.split_at(30);
        assert!(final_ones.iter().all(|text| read(text, None, HOST).1.is_some()));
        assert!(others[..7].iter().all(|text| read(text, None, HOST).1.is_none()));
    }

    proptest! {
        #[test]
        fn html_is_the_same_in_one_pass(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12),
            smart in any::<bool>(),
        ) {
            compare(&pieces.concat(), smart)?;
        }
    }
}
