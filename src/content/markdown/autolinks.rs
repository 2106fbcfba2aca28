//! Bare URLs in a text → links, as in GitHub Flavored Markdown (section 6.9): `https://…`, `http://…` and `www.…`.
//!
//! They become ordinary link events before links are resolved. URLs in links and code, also those in raw HTML, stay text.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

type Spanned<'a> = (Event<'a>, Range<usize>);

/// Elements of raw HTML in which URLs stay text.
const ELEMENTS: [&str; 9] = ["a", "button", "code", "kbd", "pre", "samp", "script", "style", "textarea"];

/// Punctuation that belongs to the sentence and not to the URL before it.
const TRAILING: &str = "?!.,:;*_~'";

/// Limit of characters in a host name.
const LONGEST_HOST: usize = 300;

/// The events of a text with its bare URLs as links.
pub(super) struct Autolinks<'a, I: Iterator<Item = Spanned<'a>>> {
    text: &'a str,
    events: Peekable<I>,
    /// Whether the text may contain a URL.
    is_needed: bool,
    context: Context,
    ready: VecDeque<Spanned<'a>>,
}

/// What encloses the current event.
#[derive(Default)]
struct Context {
    /// Depth of code blocks, links and images.
    closed: usize,
    /// Open elements of raw HTML.
    elements: Vec<&'static str>,
}

impl Context {
    fn read(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => self.closed += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => {
                self.closed = self.closed.saturating_sub(1);
            }
            Event::Html(html) | Event::InlineHtml(html) => self.read_html(html),
            _ => {}
        }
    }

    fn read_html(&mut self, html: &str) {
        for piece in html.split('<').skip(1) {
            let (is_end, piece) = piece.strip_prefix('/').map_or((false, piece), |piece| (true, piece));
            let length = piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len());
            let name = piece.get(..length).unwrap_or_default();
            let Some(name) = ELEMENTS.iter().find(|known| name.eq_ignore_ascii_case(known)) else { continue };
            if !is_end {
                self.elements.push(name);
            } else if let Some(open) = self.elements.iter().rposition(|open| open == name) {
                self.elements.truncate(open);
            }
        }
    }

    fn is_text(&self) -> bool {
        self.closed == 0 && self.elements.is_empty()
    }
}

impl<'a, I: Iterator<Item = Spanned<'a>>> Autolinks<'a, I> {
    /// Finds the links in the events of this text.
    pub(super) fn new(text: &'a str, events: I) -> Self {
        let is_needed = may_have_url(text);
        let events = events.peekable();
        Self { text, events, is_needed, context: Context::default(), ready: VecDeque::new() }
    }

    /// The text events that follow a text without a gap other than a backslash.
    fn run(&mut self, first: Spanned<'a>) -> Vec<Spanned<'a>> {
        let mut run = vec![first];
        let mut end = run.last().map_or(0, |(_, span)| span.end);
        let text = self.text;
        let follows = |(event, span): &Spanned<'a>, end: usize| {
            let is_next = span.start == end
                || span.start == end + 1 && text.as_bytes().get(end).is_some_and(|byte| *byte == b'\\');
            matches!(event, Event::Text(_)) && is_next
        };
        while let Some(next) = self.events.next_if(|next| follows(next, end)) {
            end = next.1.end;
            run.push(next);
        }
        run
    }
}

impl<'a, I: Iterator<Item = Spanned<'a>>> Iterator for Autolinks<'a, I> {
    type Item = Spanned<'a>;

    fn next(&mut self) -> Option<Spanned<'a>> {
        if let Some(ready) = self.ready.pop_front() {
            return Some(ready);
        }
        let (event, span) = self.events.next()?;
        if !self.is_needed {
            return Some((event, span));
        }
        self.context.read(&event);
        let is_text = matches!(event, Event::Text(_)) && self.context.is_text();
        if !is_text || !self.text.get(span.clone()).is_some_and(may_have_url) {
            return Some((event, span));
        }
        let run = self.run((event, span));
        self.ready = linked(self.text, run);
        self.ready.pop_front()
    }
}

fn may_have_url(text: &str) -> bool {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    has("://") || has("www.")
}

/// A text event of a run, as it is written.
struct Piece<'a> {
    event: Event<'a>,
    span: Range<usize>,
    /// Its range in the text of all pieces.
    plain: Range<usize>,
    /// Whether its bytes are those of the source.
    is_source: bool,
}

/// The text events of a run with their URLs as links.
fn linked<'a>(text: &'a str, run: Vec<Spanned<'a>>) -> VecDeque<Spanned<'a>> {
    let before = run.first().and_then(|(_, span)| text.get(..span.start)?.chars().next_back());
    let mut plain = String::new();
    let mut escaped = Vec::new();
    let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(run.len());
    for (event, span) in run {
        let source = text.get(span.clone()).unwrap_or_default();
        let Event::Text(shown) = &event else { continue };
        // A character reference is decoded; quotation marks and dashes are as written.
        let is_source = !source.starts_with('&') || **shown == *source;
        if pieces.last().is_some_and(|before| before.span.end < span.start) {
            escaped.push(plain.len());
        }
        let start = plain.len();
        plain.push_str(if is_source { source } else { shown });
        pieces.push(Piece { event, span, plain: start..plain.len(), is_source });
    }
    let urls = urls(&plain, before, &escaped);
    let mut out = VecDeque::with_capacity(pieces.len() + 2 * urls.len());
    let mut urls = urls.into_iter().peekable();
    for piece in pieces {
        let mut at = piece.plain.start;
        let mut is_whole = true;
        while let Some(url) = urls.peek().filter(|url| url.start < piece.plain.end) {
            let end = url.end.min(piece.plain.end);
            is_whole = false;
            if url.start >= at {
                out.extend(piece.part(at..url.start, &plain));
                out.push_back((Event::Start(link(&plain[url.clone()])), piece.place(url.start..end)));
                at = url.start;
            }
            out.extend(piece.part(at..end, &plain));
            at = end;
            if url.end > piece.plain.end {
                break;
            }
            out.push_back((Event::End(TagEnd::Link), piece.place(at..at)));
            urls.next();
        }
        if is_whole {
            out.push_back((piece.event, piece.span));
        } else {
            out.extend(piece.part(at..piece.plain.end, &plain));
        }
    }
    out
}

impl<'a> Piece<'a> {
    /// A part as a text event, unless it is empty.
    fn part(&self, part: Range<usize>, plain: &str) -> Option<Spanned<'a>> {
        let place = self.place(part.clone());
        let text = plain.get(part).filter(|text| !text.is_empty())?;
        Some((Event::Text(CowStr::from(text.to_owned())), place))
    }

    /// The bytes of a part in the source.
    fn place(&self, part: Range<usize>) -> Range<usize> {
        if !self.is_source {
            return self.span.clone();
        }
        let from = |at: usize| self.span.start + (at - self.plain.start);
        from(part.start)..from(part.end)
    }
}

fn link(url: &str) -> Tag<'static> {
    let dest_url = if url.starts_with("www.") { format!("http://{url}") } else { url.to_owned() };
    Tag::Link { link_type: LinkType::Autolink, dest_url: dest_url.into(), title: "".into(), id: "".into() }
}

/// The URLs in a text after the character `before`. `escaped` are the sorted places of characters with a backslash, which begin no URL.
fn urls(plain: &str, before: Option<char>, escaped: &[usize]) -> Vec<Range<usize>> {
    let mut schemes = plain.match_indices("://").map(|(at, _)| at).peekable();
    let mut names = plain.match_indices("www.").map(|(at, _)| at).peekable();
    let mut found = Vec::new();
    let mut done = 0;
    loop {
        let is_scheme = match (schemes.peek(), names.peek()) {
            (None, None) => return found,
            (scheme, name) => name.is_none_or(|name| scheme.is_some_and(|scheme| scheme < name)),
        };
        let Some(mark) = (if is_scheme { schemes.next() } else { names.next() }) else { return found };
        let Some((start, host)) = beginning(plain, mark, is_scheme).filter(|(start, _)| *start >= done)
        else {
            continue;
        };
        let previous = plain.get(..start).and_then(|text| text.chars().next_back()).or(before);
        let next_escaped = escaped.get(escaped.partition_point(|sign| *sign < start));
        let is_escaped = next_escaped.is_some_and(|sign| *sign < host);
        if is_escaped || !can_follow(previous, is_scheme) || !is_host(&plain[host..]) {
            continue;
        }
        let end = start + length(&plain[start..]);
        if end > host {
            found.push(start..end);
            done = end;
        }
    }
}

/// Where the URL with this `://` or `www.` begins, and where its host begins.
fn beginning(plain: &str, mark: usize, is_scheme: bool) -> Option<(usize, usize)> {
    if !is_scheme {
        return Some((mark, mark + 4));
    }
    let before = plain.get(..mark)?;
    let letters = before.bytes().rev().take(6).take_while(u8::is_ascii_alphabetic).count();
    let scheme = before.get(mark - letters..)?;
    let is_web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_web.then_some((mark - letters, mark + 3))
}

/// Whether a URL can follow a character: not inside a word or another URL.
fn can_follow(before: Option<char>, is_scheme: bool) -> bool {
    before.is_none_or(|c| {
        let in_url = matches!(c, '/' | '.' | '@' | '-' | ':' | '=' | '\\');
        !c.is_ascii_alphanumeric() && !in_url || is_scheme && matches!(c, ':' | '-' | '.' | '=')
    })
}

/// The length of the URL that a text begins with, without the punctuation of the sentence.
fn length(text: &str) -> usize {
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '`' | '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›')
            || matches!(c, '…' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}')
    };
    let mut url = &text[..text.find(ends).unwrap_or(text.len())];
    // The text of a broken link ends here; the rest is reported.
    url = url.split_once("](").map_or(url, |(text, _)| text);
    let count = |sign: char| url.matches(sign).count();
    let mut round = count(')').saturating_sub(count('('));
    let mut square = count(']').saturating_sub(count('['));
    loop {
        let unmatched = match url.chars().next_back() {
            Some(')') if round > 0 => &mut round,
            Some(']') if square > 0 => &mut square,
            Some(c) if TRAILING.contains(c) => {
                url = &url[..url.len() - 1];
                continue;
            }
            _ => return url.len(),
        };
        *unmatched -= 1;
        url = &url[..url.len() - 1];
    }
}

/// Whether a URL without its scheme begins with a host name, which has no underscore in its last two labels.
fn is_host(rest: &str) -> bool {
    if !rest.starts_with(char::is_alphanumeric) {
        return false;
    }
    let authority: String =
        rest.chars().take(LONGEST_HOST).take_while(|c| !matches!(c, '/' | '?' | '#')).collect();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_name = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let host: String = host.chars().take_while(is_name).collect();
    let has_underscore = host.trim_end_matches(['.', '_']).rsplit('.').take(2).any(|part| part.contains('_'));
    host.starts_with(char::is_alphanumeric) && !has_underscore
}

#[cfg(test)]
mod tests {
    use crate::content::markdown::{Target, outline, to_html};

    fn html(text: &str) -> String {
        let english = Some(crate::typography::Typography::of("en"));
        let html = to_html(text, &outline(text, english, "").headings, english, &|_, _| Target::Keep);
        html.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
    }

    /// A link whose text is its URL.
    fn to(url: &str) -> String {
        format!("<a href=\"{url}\">{url}</a>")
    }

    #[test]
    fn a_bare_url_is_a_link_without_the_punctuation_of_the_sentence() {
        let a = to("https://a.example/x");
        for (text, expected) in [
            ("See https://a.example/x.", format!("See {a}.")),
            ("(https://a.example/x)", format!("({a})")),
            ("[https://a.example/x]", format!("[{a}]")),
            ("\"https://a.example/x\"", format!("“{a}”")),
            ("https://a.example/x!?...", format!("{a}!?…")),
            ("*https://a.example/x*", format!("<em>{a}</em>")),
            ("**https://a.example/x**", format!("<strong>{a}</strong>")),
            ("详见https://a.example/x。更多", format!("详见{a}。更多")),
            ("https://a.example/x_(y)", to("https://a.example/x_(y)")),
            ("https://a.example/x--y_z_--", to("https://a.example/x--y_z_--")),
            ("http://localhost:8000/?a=1#b", to("http://localhost:8000/?a=1#b")),
            ("HTTPS://A.example", to("HTTPS://A.example")),
            ("www.a.example/b, too", "<a href=\"http://www.a.example/b\">www.a.example/b</a>, too".to_owned()),
            (
                "https://a.example/?b=1&c=2&amp;d=3",
                "<a href=\"https://a.example/?b=1&amp;c=2&amp;d=3\">https://a.example/?b=1&amp;c=2&amp;d=3</a>"
                    .to_owned(),
            ),
            ("https://a.example/\\_b", to("https://a.example/_b")),
            ("https://a.example/x https://a.example/x", format!("{a} {a}")),
            ("https://a.example/x, https://a.example/x;", format!("{a}, {a};")),
            ("[https://a.example/x](b c)", format!("[{a}](b c)")),
            ("https://a.example/’s", format!("{}’s", to("https://a.example/"))),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }

    #[test]
    fn code_links_and_other_text_are_left_alone() {
        for text in [
            "`https://a.example/`",
            "```\nhttps://a.example/\n```",
            "<a href=\"https://a.example/\">https://a.example/</a>",
            "<a href=\"https://a.example/\"><b>https://a.example/</b></a>",
            "<pre>\nhttps://a.example/\n</pre>",
            "![https://a.example/](b.png)",
            "xhttps://a.example/",
            "https\\://a.example/",
            "https://",
            "https://…",
            "https://.",
            "http://a_b/",
            "www.",
            "wwww.a.example",
            "a.www.b",
            "ftp://a.example/",
            "https:// a",
            "javascript://a.example/%0aalert(1)",
        ] {
            assert!(
                html(text).matches("<a ").count() <= usize::from(text.starts_with("<a ")),
                "{}",
                html(text)
            );
        }
        assert_eq!(html("[https://b.example/](https://a.example/)").matches("<a ").count(), 1);
        assert_eq!(html("<https://a.example/>"), to("https://a.example/"));
        assert_eq!(html("<a name=b></a> https://a.example/").matches("<a ").count(), 2);
    }

    #[test]
    fn the_outline_has_bare_urls() {
        let found = outline("https://a.example/ *x* www.b.example", None, "");
        assert!(found.references.is_empty() && found.is_portable);
        assert_eq!(
            outline("# See https://a.example/b\n", None, "").headings[0].title,
            "See https://a.example/b"
        );
    }

    #[test]
    fn hostile_text_is_fast() {
        for text in [
            format!("https://a.example/{}", ")".repeat(100_000)),
            format!("https://a.example/{}", "(".repeat(100_000)),
            "https://".repeat(50_000),
            "www.".repeat(50_000),
            "https://a.example/\\_ ".repeat(20_000),
            "http://_".repeat(50_000),
            "www._".repeat(50_000),
            "://".repeat(50_000),
        ] {
            let started = std::time::Instant::now();
            let _ = html(&text);
            assert!(started.elapsed().as_secs() < 5, "{}", &text[..20]);
        }
    }
}
