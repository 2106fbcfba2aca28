//! Renders diagnostics for terminals: the source line with a caret under it.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Place, Severity};

/// Renders a diagnostic, without a final line break.
pub fn render(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error | Severity::Fatal => Level::ERROR,
    };
    let message = printable(&diagnostic.message);
    let mut group = Group::with_title(level.primary_title(message).id(diagnostic.code));
    if let Some(place) = &diagnostic.place {
        group = at(group, place, AnnotationKind::Primary, "");
    }
    for related in &diagnostic.related {
        group = at(group, &related.place, AnnotationKind::Context, &related.label);
    }
    if diagnostic.more > 0 {
        let more = format!("{} more like this in the file", diagnostic.more);
        group = group.element(Level::NOTE.message(more));
    }
    let mut report = Vec::new();
    match &diagnostic.help {
        Some(help) if diagnostic.place.is_some() => {
            report.push(group.element(Level::HELP.message(printable(help))));
        }
        // Without a source line, the help is a group of its own.
        Some(help) => report.extend([group, Group::with_title(Level::HELP.secondary_title(printable(help)))]),
        None => report.push(group),
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&report)
}

fn at<'a>(group: Group<'a>, place: &'a Place, kind: AnnotationKind, label: &'a str) -> Group<'a> {
    let (file, label) = (printable(&place.file), printable(label));
    if place.text.is_empty() {
        let group = group.element(Origin::path(file));
        return if label.is_empty() { group } else { group.element(Level::NOTE.message(label)) };
    }
    let (first, excerpt) = excerpt(place);
    let offset = |at: usize| printable(&excerpt[..at - first.offset]).len();
    let annotation = kind.span(offset(place.span.start)..offset(place.span.end));
    let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
    group
        .element(Snippet::source(printable(excerpt)).path(file).line_start(first.line).annotation(annotation))
}

struct Start {
    offset: usize,
    line: usize,
}

/// The maximum number of bytes shown after a place on its line.
const AFTER: usize = 400;

/// The lines that contain the span, so that the renderer need not scan the whole file. A long last line is cut; the first one
/// is not, because the renderer counts its columns.
fn excerpt(place: &Place) -> (Start, &str) {
    let text = &*place.text;
    let start = text[..place.span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let most = super::floor_char_boundary(text, place.span.end + AFTER);
    let end = text[place.span.end..most].find('\n').map_or(most, |newline| place.span.end + newline);
    let line = place.start().map_or(1, |at| at.0);
    (Start { offset: start, line }, &text[start..end])
}

/// Replaces the characters of a file or a file name that would control the terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    let shown = |c: char| if is_control(c) && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    if text.chars().all(|c| shown(c) == c) {
        Cow::Borrowed(text)
    } else {
        text.chars().map(shown).collect::<String>().into()
    }
}

/// Whether a character would control the terminal: a control character or one that changes the direction of text.
pub fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_the_caret_and_the_help_are_shown() {
        let text = "---\ntitle: x\nurgencyy: 2\n---\n";
        let diagnostic = Diagnostic::error("front-matter/unknown-key", "unknown key `urgencyy`")
            .at(Place::new("content/a.md", text, 13..21))
            .help("did you mean `urgency`?");
        let shown = render(&diagnostic, false);
        assert!(shown.contains("content/a.md:3:1"), "{shown}");
        assert!(shown.contains("urgencyy: 2") && shown.contains("^^^^^^^^"), "{shown}");
        assert!(shown.contains("help: did you mean `urgency`?"), "{shown}");
    }

    #[test]
    fn omitted_problems_are_counted_and_long_lines_are_cut() {
        let text = format!("{}x{}", "a ".repeat(500), " b".repeat(500_000));
        let mut diagnostic = Diagnostic::warning("a/b", "bad").at(Place::new("a.md", text, 1000..1001));
        diagnostic.more = 7;
        let shown = render(&diagnostic, false);
        assert!(shown.contains("a.md:1:1001") && shown.contains("7 more like this in the file"), "{shown}");
        assert!(shown.len() < 5000, "{} bytes", shown.len());
    }

    #[test]
    fn control_characters_of_a_file_do_not_reach_the_terminal() {
        let diagnostic =
            Diagnostic::error("a/b", "bad \u{1b}[31mred").at(Place::new("a.md", "x\u{1b}[2Jy", 0..1));
        assert!(!render(&diagnostic, false).contains('\u{1b}'));
    }

    #[test]
    fn control_characters_of_a_name_do_not_reach_the_terminal() {
        for bad in ['\u{1b}', '\u{9b}', '\u{7f}', '\r', '\u{202e}', '\u{2066}'] {
            let name = format!("a{bad}[2J.md");
            let text = format!("x{bad}y: z\n");
            let end = text.len() - 2;
            let diagnostic = Diagnostic::error("a/b", "bad")
                .at(Place::new(name.as_str(), text.as_str(), end..end + 1))
                .also(format!("in {name}"), Place::file(name.as_str()));
            let shown = render(&diagnostic, false);
            assert!(!shown.contains(bad) && shown.contains('\u{fffd}'), "{bad:?} {shown:?}");
            assert!(
                shown.lines().any(|line| line.trim_end().ends_with('^') && line.matches('^').count() == 1),
                "{shown}"
            );
        }
    }
}
