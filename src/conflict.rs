//! Text → the markers that Git leaves where two people changed the same lines.
//!
//! Both versions are then in the file, and readers would see them, markers and all.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};

/// How many times a marker has its sign.
const LENGTH: usize = 7;

/// The lines of a conflict.
#[derive(Debug, PartialEq, Eq)]
struct Conflict {
    /// `<<<<<<< HEAD`
    start: Range<usize>,
    /// `>>>>>>> branch`; none if somebody took it out and left the other.
    end: Option<Range<usize>>,
}

/// An error for the first conflict of a text.
pub fn problem(file: &Arc<str>, text: &Arc<str>) -> Option<Diagnostic> {
    of(file, text, first(text, false)?)
}

/// The same of Markdown, where a block of code may show one.
pub fn problem_of_markdown(file: &Arc<str>, text: &Arc<str>) -> Option<Diagnostic> {
    of(file, text, first(text, true)?)
}

fn of(file: &Arc<str>, text: &Arc<str>, conflict: Conflict) -> Option<Diagnostic> {
    let place = |span| Place::new(file.clone(), text.clone(), span);
    let problem =
        Diagnostic::error("conflict/markers", "Git left a conflict here: two versions are in the file")
            .at(place(conflict.start))
            .help("keep the lines that are right, and delete the others with the lines of `<`, `=` and `>`");
    Some(match conflict.end {
        Some(end) => problem.also("it ends here", place(end)),
        None => problem,
    })
}

/// The first conflict of a text, but for those whose ends are in blocks of code.
fn first(text: &str, is_markdown: bool) -> Option<Conflict> {
    // Nearly all texts have no marker, and this looks at many bytes at once.
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
            // One that began before and was not ended is left over.
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
            fence = after(fence, content);
        }
    }
    match start {
        Some((start, false)) => Some(Conflict { start, end: None }),
        _ => None,
    }
}

/// Whether a line is seven of a sign, alone or with a space and a name behind it.
fn is_marker(line: &str, sign: u8) -> bool {
    let bytes = line.as_bytes();
    bytes.len() >= LENGTH
        && bytes[..LENGTH].iter().all(|byte| *byte == sign)
        && (bytes.len() == LENGTH || bytes[LENGTH] == b' ')
}

/// The fence of the block of code that the next line is in.
fn after<'a>(fence: Option<&'a str>, line: &'a str) -> Option<&'a str> {
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
    fn conflicts_are_found_with_both_their_lines() {
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
    fn what_only_looks_like_a_conflict_is_none() {
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
