//! Markup that an editor cannot have meant, in a text or in front matter → warnings with their places.
//!
//! `markdown/leftovers` finds it in texts. Front matter is plain text to readers.
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::front_matter::places::{self, ValuePlaces};
use super::markdown::{Hazard, Leftover, LeftoverKind};
use super::{FrontMatter, Source};
use crate::config::policy::Load;
use crate::config::{Config, RawHtml};
use crate::diagnostic::{Diagnostic, Place};

/// The warnings about the text of a source, which starts at `body_start`.
pub(super) fn of_text(
    source: &Source,
    body_start: usize,
    found: &[Leftover],
    config: &Config,
) -> Vec<Diagnostic> {
    let warning = |leftover: &Leftover| {
        let span = body_start + leftover.span.start..body_start + leftover.span.end;
        Some(warning(&leftover.kind, config)?.at(source.place(span)))
    };
    found.iter().filter_map(warning).collect()
}

fn warning(kind: &LeftoverKind, config: &Config) -> Option<Diagnostic> {
    let (code, message, help) = match kind {
        LeftoverKind::BrokenLink => (
            "markdown/broken-link",
            "this is not a valid link, so readers see its source",
            "put a URL with spaces in angle brackets, as in `[report](<my file.pdf>)`",
        ),
        LeftoverKind::Undefined => (
            "markdown/undefined-reference",
            "this reference is not defined, so readers see its source",
            "add a line `[name]: URL`, or put a backslash before the bracket to show it",
        ),
        LeftoverKind::Emphasis => (
            "markdown/literal-emphasis",
            "this emphasis is not closed, so readers see the asterisks",
            "put `**` directly before the first and after the last word, or a backslash before each asterisk",
        ),
        LeftoverKind::Foreign => (
            "markdown/foreign-syntax",
            "this looks like markup of another generator, which readers see as text",
            "write it in Markdown or HTML, or put it between backticks to show it",
        ),
        LeftoverKind::Comment => (
            "markdown/visible-comment",
            "this looks like a comment, but readers see it",
            "delete it, or write it as `<!-- … -->`",
        ),
        LeftoverKind::Swallowed => (
            "markdown/in-html",
            "Markdown on the line of a comment is not rendered, so readers see its source",
            "put a blank line between the comment and the text",
        ),
        LeftoverKind::TwiceEscaped => (
            "markdown/escaped-twice",
            "this is escaped twice, so readers see `&…;` instead of a character",
            "write the character itself",
        ),
        LeftoverKind::HeadingAttributes { is_text } => (
            "markdown/heading-attributes",
            match is_text {
                true => "headings accept only an id and classes in braces; readers see this as text",
                false => "headings accept only an id and classes in braces; the rest is left out",
            },
            "write `{#id .class}`, or put a backslash before the brace to show it",
        ),
        LeftoverKind::Html(hazard) => return of_html(hazard, config),
    };
    Some(Diagnostic::warning(code, message).help(help))
}

/// The warning about something in raw HTML.
fn of_html(hazard: &Hazard, config: &Config) -> Option<Diagnostic> {
    let is_out = config.markdown.raw_html == RawHtml::Sanitized;
    let is_blocked = !config.policy.allows_inline(Load::Script);
    let but = match (is_out, is_blocked) {
        (true, _) => "; it is left out because of the setting `markdown.raw_html`",
        (false, true) => "; the site's content security policy blocks it",
        (false, false) => "",
    };
    let code = |what: String, but: &str| {
        Some(
            Diagnostic::warning("html/runs-code", format!("{what}{but}"))
                .help("delete it, or move the code into a script of the theme"),
        )
    };
    match hazard {
        Hazard::Script(Some(url)) if !is_out => {
            blocked(Load::Script, url, config).or_else(|| code("this script runs on the page".to_owned(), ""))
        }
        Hazard::Script(_) => code("this script would run on the page".to_owned(), but),
        Hazard::Handler(name) => code(format!("the attribute `{name}` would run code"), but),
        // A link that runs code has a problem of its own, and loses its address.
        Hazard::RunsCode(name) if name != "srcdoc" => None,
        Hazard::RunsCode(name) => code(format!("the attribute `{name}` contains code"), but),
        Hazard::Base(_) => changes("`<base>` changes the target of all links of the page", is_out),
        Hazard::Refresh => changes("`<meta http-equiv=refresh>` sends readers away from the page", is_out),
        Hazard::Unclosed(name) => Some(
            Diagnostic::warning(
                "html/unclosed-tag",
                format!("the tag `<{name}` has no `>`, so the text after it becomes part of it"),
            )
            .help("add the `>`"),
        ),
        Hazard::Style(what) if !is_out && !config.policy.allows_inline(Load::Style) => Some(
            Diagnostic::warning(
                "policy/blocked",
                format!("the site's content security policy blocks this style {what}"),
            )
            .help("give the element a `class`, and style the class in the theme"),
        ),
        Hazard::Style(_) => None,
        Hazard::Loads(load, url) => blocked(*load, url, config),
    }
}

fn changes(what: &str, is_out: bool) -> Option<Diagnostic> {
    let but = if is_out { "; it is left out because of the setting `markdown.raw_html`" } else { "" };
    Some(Diagnostic::warning("html/changes-page", format!("{what}{but}")).help("delete it"))
}

/// The warning about something that the site's content security policy blocks.
fn blocked(load: Load, written: &str, config: &Config) -> Option<Diagnostic> {
    let url = Url::options().base_url(Some(&config.base_url)).parse(written).ok()?;
    if config.policy.allows(load, &url, &config.base_url) {
        return None;
    }
    let what = load.name();
    let host = url.host_str().unwrap_or_default();
    let secure = format!("https:{}", url.as_str().strip_prefix("http:").unwrap_or_default());
    let is_fix = url.scheme() == "http"
        && Url::parse(&secure).is_ok_and(|url| config.policy.allows(load, &url, &config.base_url));
    let help = if is_fix {
        "start the URL with `https://`".to_owned()
    } else {
        format!("link to it instead, or allow `{host}` in a `static/_headers` file")
    };
    let message = format!("the site's content security policy blocks this {what} from `{host}`");
    Some(Diagnostic::warning("policy/blocked", message).help(help))
}

/// The warnings about the front matter of a source.
pub(super) fn of_front(source: &Source, front: &FrontMatter, config: &Config) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    if front.texts().any(|text| !markup(text).is_empty()) {
        warnings.extend(places::in_texts(source, &markup).into_iter().map(|(fragment, place)| {
            let message = format!("markup has no effect here: readers will see `{fragment}`");
            Diagnostic::warning("front-matter/markup", message).at(place).help("write plain text")
        }));
    }
    let pictures = front.picture_files().map(|src| (src, Load::Picture));
    let recordings = front.recordings().map(|recording| (recording.src.as_str(), Load::Media));
    for (src, load) in pictures.chain(recordings) {
        if super::markdown::is_elsewhere(src)
            && let Some(warning) = blocked(load, src, config)
        {
            let place = ValuePlaces::of(source).get(src).unwrap_or_else(|| Place::file(source.file.clone()));
            warnings.push(warning.at(place));
        }
    }
    warnings
}

/// Markup in plain text: links, emphasis and code of Markdown, tags and references of HTML, shortcodes.
fn markup(text: &str) -> Vec<Range<usize>> {
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x) !?\[[^\[\]]*\]\([^()\s][^()]*\) | \[[^\[\]]+\]\[[^\[\]]*\]
            | \*\*[^\s*](?:[^*]*[^\s*])?\*\* | \*[^\s*](?:[^*]*[^\s*])?\*
            | \b__[^\s_](?:[^_]*[^\s_])?__\b | \b_[^\s_](?:[^_]*[^\s_])?_\b | `[^`]+`
            | </?(?:a|b|br|code|del|em|i|img|mark|p|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>
            | &(?:\#[0-9]{2,7}|\#[xX][0-9a-fA-F]{2,6}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|[a-zA-Z]{1,2}(?:acute|grave|circ|uml|tilde|cedil|ring|slash|lig));
            | \{\{[^{}]*\}\} | \{%[^{}]*%\}",
        )
        .expect("a tested pattern")
    });
    if !text.bytes().any(|byte| matches!(byte, b'[' | b'*' | b'_' | b'`' | b'<' | b'&' | b'{')) {
        return Vec::new();
    }
    // Asterisks in a word replace letters (`f*** a s***`).
    let is_word = |at: Option<char>| at.is_some_and(|c| c.is_alphanumeric() || c == '*');
    let is_markup = |found: &Range<usize>| {
        let (before, after) = (text[..found.start].chars().next_back(), text[found.end..].chars().next());
        !text[found.clone()].starts_with('*') || !(is_word(before) || is_word(after))
    };
    MARKUP.find_iter(text).map(|found| found.range()).filter(is_markup).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_found_and_other_characters_are_not() {
        let found = |text: &str| -> Vec<String> {
            markup(text).into_iter().map(|found| text[found].to_owned()).collect()
        };
        assert_eq!(
            found(
                "A *starred* [deck](https://x.example) by _Jo_ &amp; **Mo**, <em>so</em> `x` {{ y }} ![a](b)"
            ),
            [
                "*starred*",
                "[deck](https://x.example)",
                "_Jo_",
                "&amp;",
                "**Mo**",
                "<em>",
                "</em>",
                "`x`",
                "{{ y }}",
                "![a](b)"
            ]
        );
        for text in [
            "F*** this s***, says mayor",
            "5 * 4 * 3",
            "Rated ** and *** by us",
            "snake_case_name [sic] (so) [the mayor]",
            "R&D at AT&T; a < b > c",
            "A*B*C",
            "M*A*S*H star dies",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
