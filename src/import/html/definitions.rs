//! Terms and what they mean, each marked at its start → definition lists of Markdown.
//!
//! `term` and `: text` are lines of one paragraph, which the converter does not have, so they are joined behind it.

use super::marks::{MEANING, TERM};

/// Markdown whose terms stand over what they mean. A term without any is strong.
pub(super) fn written(markdown: &str) -> String {
    if !markdown.contains([TERM, MEANING]) {
        return markdown.to_owned();
    }
    let mut out: Vec<String> = Vec::new();
    let mut blocks = markdown.split("\n\n").peekable();
    // Whether the last block is one that a meaning can follow.
    let mut follows = false;
    while let Some(block) = blocks.next() {
        if let Some(term) = block.strip_prefix(TERM) {
            if term.trim().is_empty() {
                continue;
            }
            follows = blocks.peek().is_some_and(|next| next.starts_with(MEANING)) && !term.contains('\n');
            out.push(if follows { without(term) } else { format!("**{}**", without(term)) });
        } else if let Some(meaning) = block.strip_prefix(MEANING) {
            let inner = if meaning.trim().is_empty() {
                blocks.next_if(|next| is_paragraph(next))
            } else {
                Some(meaning)
            };
            match (out.last_mut().filter(|_| follows), inner) {
                (Some(last), Some(inner)) => last.push_str(&format!("\n: {}", without(inner))),
                (None, Some(inner)) => out.push(without(inner)),
                (Some(last), None) if !last.contains("\n: ") => {
                    *last = format!("**{last}**");
                    follows = false;
                }
                (_, None) => follows = false,
            }
        } else {
            follows = false;
            out.push(without(block));
        }
    }
    out.join("\n\n")
}

/// Text without the marks, which count only at the start of a paragraph: terms in lists and quotations are strong.
fn without(block: &str) -> String {
    let line = |line: &str| {
        let line = line.replace(MEANING, "");
        match line.split_once(TERM) {
            Some((start, term)) if !term.trim().is_empty() => {
                format!("{start}**{}**", term.replace(TERM, ""))
            }
            _ => line.replace(TERM, ""),
        }
    };
    block.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a block is text, no list, heading, quotation, code, table or the next term.
fn is_paragraph(block: &str) -> bool {
    let digits = block.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = digits > 0 && block.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
    !block.trim().is_empty()
        && !is_numbered
        && !block.starts_with(['-', '#', '>', '`', '|', ' ', TERM, MEANING])
        && !block.starts_with("* *")
}
