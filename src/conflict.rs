//! Finds unresolved Git conflicts, so that readers never see both versions and the markers.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};

/// The length of a marker.
const LENGTH: usize = 7;

/// The lines of a conflict.
#[derive(Debug, PartialEq, Eq)]
struct Conflict {
    /// `<<<<<<< HEAD`
    start: Range<usize>,
    /// `>>>>>>> branch`, if it has not been deleted.
    end: Option<Range<usize>>,
}

/// Reports the first conflict in a text.
pub fn problem(file: &Arc<str>, text: &Arc<str>) -> Option<Diagnostic> {
    report(file, text, first(text, false)?)
}

/// Reports the first conflict in Markdown, except in code blocks.
pub fn problem_of_markdown(file: &Arc<str>, text: &Arc<str>) -> Option<Diagnostic> {
    report(file, text, first(text, true)?)
}

fn report(file: &Arc<str>, text: &Arc<str>, conflict: Conflict) -> Option<Diagnostic> {
    let place = |span| Place::new(file.clone(), text.clone(), span);
    let problem = Diagnostic::error("conflict/markers", "unresolved Git conflict")
        .at(place(conflict.start))
        .help("keep the correct lines, and delete the others and the `<`, `=` and `>` lines");
    Some(match conflict.end {
        Some(end) => problem.also("the conflict ends here", place(end)),
        None => problem,
    })
}

/// The first conflict in a text, except those that start and end in code blocks.
fn first(text: &str, is_markdown: bool) -> Option<Conflict> {
    // Nearly all texts have no markers, and this search is fast.
    if !text.contains("<<<<<<<") {
        return None;
    }
    let mut fence: Option<&str> = None;
    let mut start: Option<(Range<usize>, bool)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (from, content) = (at, line.trim_end_matches(['\n', '\r']));
        at += line.len();
        let span = from..from + content.len();
        if is_marker(content, b'<') {
            // The previous conflict has no end.
            if let Some((start, false)) = start {
                return Some(Conflict { start, end: None });
            }
            start = Some((span, fence.is_some()));
        } else if is_marker(content, b'>')
            && let Some((start, in_code)) = start.take()
            && !(in_code && fence.is_some())
        {
            return Some(Conflict { start, end: Some(span) });
        }
        if is_markdown {
            fence = next_fence(fence, content);
        }
    }
    match start {
        Some((start, false)) => Some(Conflict { start, end: None }),
        _ => None,
    }
}

/// Whether a line is a marker, alone or followed by a space and a name.
fn is_marker(line: &str, sign: u8) -> bool {
    let bytes = line.as_bytes();
    bytes.len() >= LENGTH
        && bytes[..LENGTH].iter().all(|byte| *byte == sign)
        && (bytes.len() == LENGTH || bytes[LENGTH] == b' ')
}

/// The fence of the code block that the next line is in.
fn next_fence<'a>(fence: Option<&'a str>, line: &'a str) -> Option<&'a str> {
    let trimmed = line.trim_start_matches(' ');
    let sign = trimmed.chars().next().filter(|sign| matches!(sign, '`' | '~'));
    let length = sign.map_or(0, |sign| trimmed.len() - trimmed.trim_start_matches(sign).len());
    let is_fence = length >= 3 && line.len() - trimmed.len() <= 3;
    match fence {
        Some(open) => {
            let closes = is_fence && length >= open.len() && trimmed.starts_with(open);
            if closes && trimmed[length..].trim().is_empty() { None } else { Some(open) }
        }
        None if is_fence && !(sign == Some('`') && trimmed[length..].contains('`')) => {
            Some(&trimmed[..length])
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Option<(usize, Option<usize>)> {
        let line = |span: &Range<usize>| text[..span.start].matches('\n').count() + 1;
        first(text, true).map(|found| (line(&found.start), found.end.as_ref().map(line)))
    }

    #[test]
    fn conflicts_are_found_with_both_markers() {
        for (text, found) in [
            ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> abc\n", Some((2, Some(6)))),
            ("a\r\n<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> abc\r\n", Some((2, Some(6)))),
            ("<<<<<<< ours\na\n||||||| base\nb\n=======\nc\n>>>>>>> theirs", Some((1, Some(7)))),
            ("<<<<<<<\na\n=======\n>>>>>>>", Some((1, Some(4)))),
            ("<<<<<<< HEAD\nleft over", Some((1, None))),
            ("<<<<<<< HEAD\n<<<<<<< HEAD\n>>>>>>> b", Some((1, None))),
            ("```\n<<<<<<< HEAD\n```\n\n<<<<<<< HEAD\n=======\n>>>>>>> b", Some((5, Some(7)))),
            ("```\n<<<<<<< HEAD\n```\n=======\n~~~\n~~~\n>>>>>>> b", Some((2, Some(7)))),
            ("```\ncode\n```\n<<<<<<< HEAD\n```\n=======\n>>>>>>> b", Some((4, Some(7)))),
        ] {
            assert_eq!(lines(text), found, "{text:?}");
        }
    }

    #[test]
    fn other_lines_are_not_conflicts() {
        for text in [
            "A headline\n=======\n\n>>>>>>> quoted seven times\n",
            "<<<<<<<< eight",
            "x <<<<<<< HEAD",
            "    <<<<<<< HEAD",
            "<<<<<<<HEAD",
            "```diff\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> abc\n```\n",
            "~~~\n<<<<<<< HEAD\n```\n>>>>>>> abc\n~~~\n",
            "````\n```\n<<<<<<< HEAD\n````\n",
        ] {
            assert_eq!(lines(text), None, "{text:?}");
        }
    }
}
