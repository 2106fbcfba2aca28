//! Joins the surrogate pairs of JSON (`"\ud83d\uddde"`) into single YAML escapes.
//!
//! JSON escapes have four digits, so characters beyond them are written as surrogate pairs (RFC 8259, section 7). YAML would
//! take each half for a character.

use std::ops::Range;

use super::spans::{self, Tree};

/// A text with surrogate pairs.
pub(super) struct Joined {
    /// The text with one escape for each pair.
    pub(super) text: String,
    /// The text with other escapes in place of the pairs: it has the original length, which gives the places of other problems.
    pub(super) as_long: String,
}

/// Joins the pairs in double quotes. `None` if there are none.
///
/// # Errors
/// The place of a half without its other half.
pub(super) fn join(yaml: &str) -> Result<Option<Joined>, Range<usize>> {
    if !["\\ud", "\\uD"].iter().any(|half| yaml.contains(half)) {
        return Ok(None);
    }
    let mut pairs = Vec::new();
    let mut quoted = Vec::new();
    in_quotes(yaml, &spans::scan(yaml).tree, &mut quoted);
    for text in quoted {
        find(yaml, text, &mut pairs)?;
    }
    if pairs.is_empty() {
        return Ok(None);
    }
    let (mut text, mut as_long, mut copied) = (String::new(), yaml.to_owned(), 0);
    for (pair, c) in pairs {
        text.push_str(&yaml[copied..pair.start]);
        text.push_str(&format!("\\U{:08X}", u32::from(c)));
        copied = pair.end;
        as_long.replace_range(pair, "\\u2022\\u2022");
    }
    text.push_str(&yaml[copied..]);
    Ok(Some(Joined { text, as_long }))
}

/// The keys and values in double quotes, in source order.
fn in_quotes(yaml: &str, tree: &Tree, found: &mut Vec<Range<usize>>) {
    if tree.children.is_empty() && yaml[tree.span.clone()].starts_with('"') {
        found.push(tree.span.clone());
    }
    for child in &tree.children {
        found.extend(child.key.clone().filter(|key| yaml[key.clone()].starts_with('"')));
        in_quotes(yaml, &child.value, found);
    }
}

fn find(yaml: &str, text: Range<usize>, pairs: &mut Vec<(Range<usize>, char)>) -> Result<(), Range<usize>> {
    let mut at = text.start;
    while let Some(backslash) = yaml[at..text.end].find('\\') {
        at += backslash;
        let Some(first) = escape(yaml, at) else {
            // The escaped character may be a backslash.
            at += 1 + yaml[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        };
        let second = escape(yaml, at + 6);
        match (first, second) {
            (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                pairs.extend(char::from_u32(code).map(|c| (at..at + 12, c)));
                at += 12;
            }
            (0xd800..=0xdfff, _) => return Err(at..at + 6),
            _ => at += 6,
        }
    }
    Ok(())
}

/// The value of an escape with four digits.
fn escape(yaml: &str, at: usize) -> Option<u32> {
    let digits = yaml.get(at..at + 6)?.strip_prefix("\\u")?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
