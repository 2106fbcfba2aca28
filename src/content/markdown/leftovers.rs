//! The events of a text → markup that an editor cannot have meant: broken Markdown, markup of other programs, visible comments, and
//! HTML that runs code or that browsers block.
//!
//! It is found while a text is read, without another pass. Runs of text between other markup are searched as written, so escaped
//! characters do not count; code is not searched.

use std::mem::discriminant;
use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Tag, TagEnd};
use regex::Regex;

use super::hazards::{Hazard, hazards, is_elsewhere};
use crate::config::policy::Load;

/// Leftover markup with its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its kind.
    pub kind: LeftoverKind,
    /// Its bytes.
    pub span: Range<usize>,
}

/// The kind of leftover markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftoverKind {
    /// `[text](an address with spaces)`
    BrokenLink,
    /// `[text][name]` without `[name]: …`
    Undefined,
    /// `**` without effect.
    Emphasis,
    /// Markup of another program.
    Foreign,
    /// A comment that readers see.
    Comment,
    /// Markdown after a comment, which is HTML up to the end of its line.
    Swallowed,
    /// `&amp;eacute;`
    TwiceEscaped,
    /// Braces of a heading with more than an id and classes.
    HeadingAttributes {
        /// Whether readers see the braces.
        is_text: bool,
    },
    /// A hazard in raw HTML, or a picture from elsewhere.
    Html(Hazard),
}

/// Limit per kind and text.
const MOST: usize = 50;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a tested pattern")
}

/// Shortcodes, template tags, attributes, boxes, wiki links and highlights of other programs.
static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x) \{\{ [^{}]* \}\} | \{\{[<%] | \{\{$ | \{%[^{}]*%\} | \{%
        | \{:\ ?[^{}]*\} | \{:\ | \{[.\#][A-Za-z][^{}]*\}
        | \[/?(?:gallery|caption|embed|playlist|youtube|vimeo|soundcloud|slideshow|contact-form(?:-7)?|wp_[a-z_]+)\b[^\[\]]*\]
        | \[/[a-z][a-z0-9_-]*\]
        | \[[a-z][a-z0-9_-]*(?:\s+[a-z][a-z0-9_-]*)?=[^\[\]]+\]
        | \[(?:TOC|toc|_TOC_)\]
        | \[![A-Za-z]+\][-+]?
        | !?\[\[[^\[\]]+\]\]
        | ^:{3,} | ^!!!\ \w | ^\?\?\?\+?\ \w | ^\.\.\ [a-z-]+:: | ^:[a-z]+:$
        | ==[^\s=][^=]*[^\s=]==
        | \b(?:image|video|include)::?[^\s\[]+\[
        | ^\|(?:[:\ |]*[-=]+[:\ |]*\+)+[-+=|:\ ]*$"#,
    )
});
static COMMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"<!--|\{\#.*?\#\}|\{\{[<%]?\s*/\*|%%[^%\s][^%]*%%|<%--|^\[(?://|comment)\]:"));
static SWALLOWED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)^[ \t]*<!--[^\n]*?-->[^\n<]*?(\[[^\]\n]+\]\([^)\n]+\)|\*\*[^*\s]|`[^`\n]+`)")
});
static TWICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"&amp;(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|copy|reg|euro|pound|[a-zA-Z]{1,2}(?:acute|grave|circ|uml|tilde|cedil|ring|slash|lig));",
    )
});
static UNDEFINED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\[[^\[\]]*\]\[[^\[\]]*\]|^[^\[\]]*\]\[[^\[\]]*\]|\[\^[^\[\]\s]+\]"));
static STARS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\*{2,}"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{[^{}]*(?:\w=|[.#][A-Za-z])[^{}]*\}$"));
static ROLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[\s(]):[a-z][a-z:+-]*:$"));

/// Groups of characters. A run without characters of a group is not searched for what begins with them.
const BRACE: u8 = 1;
const BRACKET: u8 = 2;
const STAR: u8 = 4;
const AND: u8 = 8;
const OTHER: u8 = 16;

/// The groups that a text has characters of.
fn signs(text: &str) -> u8 {
    let text = text.as_bytes();
    let kind = |found: Option<usize>, kind: u8| if found.is_some() { kind } else { 0 };
    kind(memchr::memchr(b'{', text), BRACE)
        | kind(memchr::memchr2(b'[', b']', text), BRACKET)
        | kind(memchr::memchr(b'*', text), STAR)
        | kind(memchr::memchr(b'&', text), AND)
        | kind(memchr::memchr3(b'<', b'%', b'=', text), OTHER)
}

/// Searches a text for leftovers while it is read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    found: Vec<Leftover>,
    /// The current run of text.
    run: Range<usize>,
    in_code: bool,
    /// Depth of links and images.
    closed: usize,
    /// Whether the braces of the current heading contain more than an id and classes.
    has_others: bool,
    /// A block of HTML, and the places of its lines in it and in the text.
    html: String,
    lines: Vec<(usize, usize)>,
}

impl Reader {
    /// Reads an event of the text.
    pub(super) fn read(&mut self, text: &str, event: &Event<'_>, span: &Range<usize>) {
        match event {
            Event::Text(_) if self.in_code || self.closed > 0 => return,
            Event::Text(_) if self.run.end == span.start && !self.run.is_empty() => self.run.end = span.end,
            Event::Text(_) => {
                self.flush(text, false);
                self.run = span.clone();
            }
            Event::Code(_) => self.flush(text, true),
            _ => self.flush(text, false),
        }
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.closed += 1;
                if is_elsewhere(dest_url) {
                    let load = Hazard::Loads(Load::Picture, dest_url.to_string());
                    self.push(LeftoverKind::Html(load), span.clone());
                }
            }
            Event::Start(Tag::Link { .. }) => self.closed += 1,
            Event::End(TagEnd::Link | TagEnd::Image) => self.closed = self.closed.saturating_sub(1),
            Event::Start(Tag::Heading { attrs, .. }) => self.has_others = !attrs.is_empty(),
            Event::End(TagEnd::Heading(_)) if self.has_others => {
                let heading = text.get(span.clone()).unwrap_or_default();
                let at = heading.rfind('{').unwrap_or_default();
                let end = heading.rfind('}').map_or(heading.len(), |end| end + 1);
                self.push(
                    LeftoverKind::HeadingAttributes { is_text: false },
                    span.start + at..span.start + end,
                );
            }
            Event::InlineHtml(html) => self.search_html(html, |at| span.start + at),
            Event::Start(Tag::HtmlBlock) => {
                self.html.clear();
                self.lines.clear();
            }
            Event::Html(line) => {
                self.lines.push((self.html.len(), span.start));
                self.html.push_str(line);
            }
            Event::End(TagEnd::HtmlBlock) => {
                let (html, lines) = (std::mem::take(&mut self.html), std::mem::take(&mut self.lines));
                self.search_html(&html, |at| {
                    let line = lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
                    lines.get(line).map_or(at, |(start, place)| place + (at - start))
                });
            }
            _ => {}
        }
    }

    /// The leftovers in order.
    pub(super) fn finish(mut self, text: &str) -> Vec<Leftover> {
        self.flush(text, false);
        self.found.sort_by_key(|one| one.span.start);
        self.found.dedup();
        self.found
    }

    fn push(&mut self, kind: LeftoverKind, span: Range<usize>) {
        // The policy decides later which of these are problems.
        let is_limited = !matches!(kind, LeftoverKind::Html(Hazard::Loads(..)));
        let is_same = |one: &&Leftover| match (&one.kind, &kind) {
            (LeftoverKind::Html(one), LeftoverKind::Html(other)) => discriminant(one) == discriminant(other),
            (one, other) => discriminant(one) == discriminant(other),
        };
        if !is_limited || self.found.iter().filter(is_same).take(MOST).count() < MOST {
            self.found.push(Leftover { kind, span });
        }
    }

    fn search_html(&mut self, html: &str, place: impl Fn(usize) -> usize) {
        if html.starts_with("<!--")
            && let Some(found) = SWALLOWED.captures(html).and_then(|found| found.get(1))
        {
            self.push(LeftoverKind::Swallowed, place(found.start())..place(found.end() - 1) + 1);
        }
        for (hazard, span) in hazards(html) {
            self.push(LeftoverKind::Html(hazard), place(span.start)..place(span.end.saturating_sub(1)) + 1);
        }
    }

    /// Searches the run of text that ends here, `before_code` or not.
    fn flush(&mut self, text: &str, before_code: bool) {
        let mut run = std::mem::take(&mut self.run);
        if run.is_empty() {
            return;
        }
        // The parser may have read the first colon of `:::` as markup.
        let colons = text.get(..run.start).unwrap_or_default();
        run.start = colons.trim_end_matches(':').len().max(run.start.saturating_sub(4));
        let Some(run_text) = text.get(run.clone()).filter(|text| !text.is_empty()) else { return };
        let signs = signs(run_text);
        let at_start = run_text.starts_with([':', '!', '?', '.', '_', '|']);
        if signs == 0 && !at_start && !before_code {
            return;
        }
        // The first character of a run may be escaped.
        let before = text.get(..run.start).and_then(|before| before.chars().next_back());
        let from = usize::from(before == Some('\\'));
        let from = run_text.char_indices().nth(from).map_or(run_text.len(), |(at, _)| at);
        let run_text = &run_text[from..];
        let place = run.start + from..run.end;
        let at = |found: Range<usize>| place.start + found.start..place.start + found.end;
        if before_code && let Some(role) = ROLE.find(run_text) {
            self.push(LeftoverKind::Foreign, at(role.range()));
        }
        let is_foreign = self.foreign(text, &place, signs, at_start);
        if signs & AND != 0 {
            TWICE
                .find_iter(run_text)
                .for_each(|found| self.push(LeftoverKind::TwiceEscaped, at(found.range())));
        }
        if signs & BRACKET != 0 && !is_foreign {
            let links = broken_links(run_text, text.get(run.end..).unwrap_or_default());
            links.into_iter().for_each(|(kind, span)| self.push(kind, at(span)));
        }
        if signs & STAR != 0
            && let Some(span) = unclosed_strong(run_text, before.filter(|_| from == 0))
        {
            self.push(LeftoverKind::Emphasis, at(span));
        }
    }

    /// Searches a run for comments and markup of other programs; returns whether it has such markup.
    fn foreign(&mut self, text: &str, place: &Range<usize>, signs: u8, at_start: bool) -> bool {
        let run_text = text.get(place.clone()).unwrap_or_default();
        let at = |found: Range<usize>| place.start + found.start..place.start + found.end;
        let in_braces = text.get(place.end..).is_some_and(|next| next.starts_with('<'));
        let comment = COMMENT.find(run_text).filter(|_| signs & (BRACE | OTHER | BRACKET) != 0);
        if let Some(comment) = &comment {
            self.push(LeftoverKind::Comment, at(comment.range()));
        }
        let heading = HEADING.find(run_text).filter(|_| signs & BRACE != 0 && is_heading(text, place.start));
        if let Some(braces) = &heading {
            self.push(LeftoverKind::HeadingAttributes { is_text: true }, at(braces.range()));
        }
        let is_reported = |found: &Range<usize>| {
            let overlaps =
                |other: Option<Range<usize>>| other.is_some_and(|other| other.contains(&found.start));
            overlaps(comment.map(|found| found.range())) || overlaps(heading.map(|found| found.range()))
        };
        let mut is_foreign = false;
        if signs & (BRACE | BRACKET | OTHER) != 0 || at_start {
            for found in FOREIGN.find_iter(run_text) {
                let is_open = found.as_str() == "{{";
                if !is_reported(&found.range()) && (!is_open || in_braces) {
                    is_foreign = true;
                    self.push(LeftoverKind::Foreign, at(found.range()));
                }
            }
        }
        is_foreign
    }
}

/// Whether a place is on a line that is a heading, by its prefix or by the line below it.
fn is_heading(text: &str, at: usize) -> bool {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let mut lines = text.get(start..).unwrap_or_default().lines();
    let is_marked = lines.next().is_some_and(|line| line.trim_start_matches([' ', '>']).starts_with('#'));
    let is_line = |line: &str| !line.is_empty() && line.bytes().all(|b| b == b'=' || b == b'-');
    is_marked || lines.next().is_some_and(|line| is_line(line.trim()))
}

/// Broken links in a run of text.
fn broken_links(text: &str, after: &str) -> Vec<(LeftoverKind, Range<usize>)> {
    let mut found = Vec::new();
    for (bracket, _) in text.match_indices("](").take(MOST) {
        let start = text[..bracket].rfind('[').unwrap_or(bracket);
        let end = text[bracket..].find(')').map_or(text.len(), |end| bracket + end + 1);
        found.push((LeftoverKind::BrokenLink, start..end));
    }
    // `(text)[address]`
    if text.ends_with(")[") && after.starts_with("http") {
        found.push((LeftoverKind::BrokenLink, text.len() - 2..text.len()));
    }
    found.extend(UNDEFINED.find_iter(text).take(MOST).map(|found| (LeftoverKind::Undefined, found.range())));
    found
}

/// Two asterisks that open emphasis, or two pairs with space around. `f**k` and `***` are not markup.
fn unclosed_strong(text: &str, before: Option<char>) -> Option<Range<usize>> {
    let mut alone: Option<Range<usize>> = None;
    for pair in STARS.find_iter(text).filter(|stars| stars.len() == 2) {
        let previous = text[..pair.start()].chars().next_back().or(before.filter(|_| pair.start() == 0));
        let next = text[pair.end()..].chars().next();
        let is_border = previous.is_none_or(|c| !c.is_alphanumeric());
        let opens = next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '“' | '„' | '«'));
        if is_border && opens {
            return Some(pair.range());
        }
        if is_border && next.is_none_or(char::is_whitespace) {
            if let Some(first) = alone {
                return Some(first.start..pair.end());
            }
            alone = Some(pair.range());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::markdown::outline;

    fn found(text: &str) -> Vec<(LeftoverKind, &str)> {
        let all = outline(text, None, "").leftovers;
        all.into_iter().map(|one| (one.kind, &text[one.span])).collect()
    }

    #[test]
    fn leftover_markup_is_found() {
        use LeftoverKind::{BrokenLink, Comment, Emphasis, Foreign, TwiceEscaped, Undefined};
        for (text, kind, place) in [
            ("a [report](my file.pdf) b", BrokenLink, "[report](my file.pdf)"),
            ("a [report](https://a.example/b c) d", BrokenLink, "[report]("),
            ("a [https://a.example/](b c) d", BrokenLink, "](b c)"),
            ("(report)[https://a.example/]", BrokenLink, ")["),
            ("a [missing][nope] b", Undefined, "[missing][nope]"),
            ("a[^1] b", Undefined, "[^1]"),
            ("a **bold b", Emphasis, "**"),
            ("a ** bold ** b", Emphasis, "** bold **"),
            ("a {{ x() }} b", Foreign, "{{ x() }}"),
            ("a {{< youtube x >}} b", Foreign, "{{< youtube x >}}"),
            ("| A | B |\n|---+---|\n| c | d |", Foreign, "|---+---|"),
            ("<!-- more -->A [link](b) c", LeftoverKind::Swallowed, "[link](b)"),
            ("a {{<youtube x>}} b", Foreign, "{{"),
            ("a {% raw %} b", Foreign, "{% raw %}"),
            ("[x]({% post_url y %})", Foreign, "{% post_url y %}"),
            ("Text.\n{: .lead}", Foreign, "{: .lead}"),
            ("Text.\n{:.lead}", Foreign, "{:.lead}"),
            ("Text {.lead}", Foreign, "{.lead}"),
            ("[gallery]", Foreign, "[gallery]"),
            ("[gallery ids=\"1,2\"]", Foreign, "[gallery ids=\"1,2\"]"),
            ("a [b]c[/b]", Foreign, "[/b]"),
            ("[foo x=1]", Foreign, "[foo x=1]"),
            (":::note\nbox", Foreign, ":::"),
            ("!!! note\n", Foreign, "!!! n"),
            (".. image:: x", Foreign, ".. image::"),
            ("> [!NOTE]\n> alert", Foreign, "[!NOTE]"),
            ("a [[b|c]] d", Foreign, "[[b|c]]"),
            ("a ![[b.png]] d", Foreign, "![[b.png]]"),
            ("a :ref:`b` c", Foreign, " :ref:"),
            ("a ==b c== d", Foreign, "==b c=="),
            ("[TOC]", Foreign, "[TOC]"),
            ("a {# b #} c", Comment, "{# b #}"),
            ("a %%b c%% d", Comment, "%%b c%%"),
            ("AT&amp;amp;T", TwiceEscaped, "&amp;amp;"),
            ("caf&amp;eacute;", TwiceEscaped, "&amp;eacute;"),
            ("## A {#b x=y}", LeftoverKind::HeadingAttributes { is_text: false }, "{#b x=y}"),
            ("## A {x=y}", LeftoverKind::HeadingAttributes { is_text: true }, "{x=y}"),
        ] {
            assert_eq!(found(text), [(kind, place)], "{text}");
        }
    }

    #[test]
    fn intended_text_is_not_reported() {
        for text in [
            "He [the mayor] said [sic] it [1] and [...] more.",
            "f**k, s***, **** and ** out of five",
            "2 ** 3 is 8, 5 * 4, a*b*c",
            "AT&amp;T, R&D, &amp; so on; &lt;b&gt;",
            "`[a](b c)` `{{ x }}` `**` `<!--`",
            "```\n[gallery]\n{{ x }} **a\n:::note\n```\n",
            "    [gallery]\n",
            "\\[gallery\\] \\*\\*a \\{{ x }} \\[a\\]\\[b\\] \\[a\\](b c) \\{\\{ x }}",
            "[a](https://b.example/) [c][d] ![e](f.png) e[^1]\n\n[d]: /d/\n\n[^1]: Note.\n",
            "- [x] done\n- [ ] open\n",
            "term\n: what it means\n",
            "At 10:30: no. http://a.example:80/?a=b&amp;c={d}",
            "{a} {1, 2} a = b == c 100% 5 %% 6",
            "## The set {a, b}\n\n## C {#d .e}\n",
            "| a | b |\n|---|---|\n| [c] | ** |\n",
            "<figure><figcaption>a</figcaption></figure> H<sub>2</sub>O <!-- note --> x",
            "... and so on!!! What???",
            "東京：[注] ［注］ {注}",
            "The [[1]](https://a.example/) note",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn html_has_its_place() {
        let text = "> <p\n> onclick=x>\n> <base href=/y/>\n\ntext <b onclick=z>\n";
        let html: Vec<&str> = found(text).into_iter().map(|(_, place)| place).collect();
        assert_eq!(html, ["onclick=x", "<base href=/y/>", "onclick=z"]);
    }

    #[test]
    fn hostile_text_is_fast() {
        for bit in [
            "[", "](", "**a", "{{", "{:", "[[a", "==a", "%%a", "<b onx=", "&amp;", "<!-", "[a][b", "## {a=\n",
        ] {
            let text = bit.repeat(60_000);
            let started = std::time::Instant::now();
            assert!(outline(&text, None, "").leftovers.len() < 500);
            assert!(started.elapsed().as_secs() < 8, "{bit}");
        }
    }
}
