//! The paragraphs of copy → Markdown: prose, cross-heads, lists, tables, with every character as it is.

use std::sync::LazyLock;

use regex::Regex;

use super::found::Found;
use super::layout::{Block, ends_sentence, is_rule};
use crate::import::markdown::escape;

static BULLET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<mark>[•●▪·‣*]|[-–])\s*(?P<text>\S.*)$").expect("a pattern that is tested")
});
static COLUMNS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?: {2,}|\t+ *)").expect("a pattern that is tested"));
/// Lines that are of one piece with their neighbours: an address, a verse, results.
const FEWEST_ROWS: usize = 3;

/// Markdown of the text; what it is made of is taken from the copy.
pub(super) fn write(copy: &str, blocks: &[Block], found: &mut Found) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < blocks.len() {
        let rest = &blocks[at..];
        let (text, count) = list(rest)
            .or_else(|| numbered(rest))
            .or_else(|| table(copy, rest))
            .or_else(|| short_lines(copy, rest))
            .unwrap_or_else(|| (paragraph(blocks, at), 1));
        for line in rest[..count].iter().flat_map(|block| &block.lines) {
            found.take(line.clone(), "body");
        }
        if !text.is_empty() && !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&text);
        at += count.max(1);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn paragraph(blocks: &[Block], at: usize) -> String {
    let text = blocks[at].text();
    if is_rule(text) {
        return "***".to_owned();
    }
    if let Some(head) = dashed(text).filter(|_| at > 0) {
        return format!("## {}", escape(head));
    }
    let escaped = escape(text);
    if is_crosshead(blocks, at) { format!("## {escaped}") } else { escaped }
}

/// `- Honey and peace -`
fn dashed(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(['-', '–', '—'])?.strip_suffix(['-', '–', '—'])?;
    let head = inner.strip_prefix(' ')?.strip_suffix(' ')?.trim();
    (head.chars().count() <= 64 && head.chars().any(char::is_alphabetic)).then_some(head)
}

/// Lines of an address, a verse or results: three or more under each other that are no sentences.
fn short_lines(copy: &str, blocks: &[Block]) -> Option<(String, usize)> {
    let has_columns = |block: &Block| {
        let line = block.lines.first().and_then(|line| copy.get(line.clone())).unwrap_or_default();
        COLUMNS.is_match(line.trim())
    };
    let is_line = |block: &Block| {
        let text = block.text();
        let is_short = block.lines.len() == 1 && text.chars().count() <= 60;
        is_short && !ends_sentence(text) && dashed(text).is_none() && !has_columns(block)
    };
    let first = blocks.first().filter(|block| is_line(block))?;
    let count = 1 + blocks[1..].iter().take_while(|block| !block.is_apart && is_line(block)).count();
    let lines: Vec<String> =
        [first].into_iter().chain(&blocks[1..count]).map(|block| escape(block.text())).collect();
    (count >= FEWEST_ROWS).then(|| (lines.join("\\\n"), count))
}

/// A short line between paragraphs that does not end as sentences do.
fn is_crosshead(blocks: &[Block], at: usize) -> bool {
    let text = blocks[at].text();
    let is_prose = |block: Option<&Block>| {
        block.is_some_and(|block| {
            block.text().chars().count() >= 60
                || ends_sentence(block.text()) && block.text().split(' ').count() > 5
        })
    };
    let words = text.split(' ').count();
    let starts = text.chars().next().is_some_and(|c| {
        c.is_uppercase() || c.is_numeric() || !c.is_lowercase() && c.is_alphabetic() || "‘“'\"¿".contains(c)
    });
    let in_capitals = !text.chars().any(char::is_lowercase);
    // `?` and `…` may end one; a colon introduces what follows.
    let ends = ends_sentence(text) && !text.ends_with('?');
    at > 0
        && words <= 9
        && text.chars().count() <= 64
        && starts
        && !ends
        && !text.ends_with(',')
        && blocks[at].lines.len() == 1
        && blocks[at].is_apart >= blocks.get(at + 1).is_some_and(|next| next.is_apart)
        && (is_prose(at.checked_sub(1).and_then(|before| blocks.get(before)))
            || in_capitals && is_rule(blocks[at - 1].text()))
        && !speaks(text)
        && is_prose(blocks.get(at + 1))
        && !text.starts_with(['(', '[', '-', '–', '—', '@', '+'])
        && BULLET.captures(text).is_none()
}

/// `Q: Why?` is a question of an interview, no cross-head.
fn speaks(text: &str) -> bool {
    text.split_once([':', '.']).is_some_and(|(who, _)| who.chars().count() <= 2)
}

/// Items with bullets. A hyphen alone is speech in some languages, and must have another under it.
fn list(blocks: &[Block]) -> Option<(String, usize)> {
    let item = |block: &Block| -> Option<(char, String)> {
        let captures = BULLET.captures(block.text())?;
        Some((captures["mark"].chars().next()?, captures["text"].to_owned()))
    };
    let mark = item(blocks.first()?)?.0;
    let same =
        blocks.iter().map_while(item).take_while(|(other, text)| *other == mark && !text.starts_with(mark));
    let items: Vec<String> = same.map(|(_, text)| text).collect();
    let is_hyphen = matches!(mark, '-' | '–');
    if items.is_empty() || is_hyphen && items.len() < 2 || is_rule(blocks[0].text()) {
        return None;
    }
    let lines: Vec<String> = items.iter().map(|text| format!("- {}", escape(text))).collect();
    Some((lines.join("\n"), items.len()))
}

/// Items with numbers, from 1 on.
fn numbered(blocks: &[Block]) -> Option<(String, usize)> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)$").expect("a pattern that is tested")
    });
    let item = |(at, block): (usize, &Block)| {
        let captures = NUMBER.captures(block.text())?;
        let is_next = captures["number"].parse::<usize>().ok()? == at + 1;
        is_next.then(|| format!("{}. {}", at + 1, escape(&captures["text"])))
    };
    let items: Vec<String> = blocks.iter().enumerate().map_while(item).collect();
    (items.len() > 1).then(|| (items.join("\n"), items.len()))
}

/// Lines under each other with the same number of columns.
fn table(copy: &str, blocks: &[Block]) -> Option<(String, usize)> {
    let row = |block: &Block| -> Option<Vec<String>> {
        let [line] = &block.lines[..] else { return None };
        let text = copy.get(line.clone())?.trim();
        let cells: Vec<String> = COLUMNS.split(text).map(clean).filter(|cell| !cell.is_empty()).collect();
        (cells.len() > 1
            && cells
                .join("")
                .chars()
                .filter(|c| !c.is_whitespace())
                .eq(block.text().chars().filter(|c| !c.is_whitespace())))
        .then_some(cells)
    };
    let first = row(blocks.first()?)?;
    let mut rows = vec![first];
    for block in &blocks[1..] {
        match row(block) {
            Some(cells) if cells.len() == rows[0].len() && !block.is_apart => rows.push(cells),
            _ => break,
        }
    }
    let fewest = if rows[0].len() > 2 { FEWEST_ROWS - 1 } else { FEWEST_ROWS };
    if rows.len() < fewest || rows[0].len() > 12 {
        return None;
    }
    let count = rows.len();
    let has_number = |row: &[String]| row.iter().any(|cell| cell.chars().any(|c| c.is_ascii_digit()));
    let head = if has_number(&rows[0]) { vec![String::new(); rows[0].len()] } else { rows.remove(0) };
    let line = |cells: &[String]| {
        format!(
            "| {} |",
            cells.iter().map(|cell| escape(cell).replace('|', "\\|")).collect::<Vec<_>>().join(" | ")
        )
    };
    let rule = vec!["---".to_owned(); head.len()];
    let mut lines = vec![line(&head), format!("| {} |", rule.join(" | "))];
    lines.extend(rows.iter().map(|row| line(row)));
    Some((lines.join("\n"), count))
}

fn clean(cell: &str) -> String {
    super::flow::Flow::of(cell, std::slice::from_ref(&(0..cell.len()))).text().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::layout::blocks;
    use super::*;

    fn written(copy: &str) -> String {
        write(copy, &blocks(copy, 0..copy.len()), &mut Found::default())
    }

    const PROSE: &str =
        "The port was shut on Monday after a ship ran into its only bridge, the council said.";

    #[test]
    fn crossheads_lists_and_rules_become_markdown() {
        let copy = format!("{PROSE}\n\nWHAT NEXT\n\n{PROSE}\n\n• One * two\n• Three\n\n___\n\n{PROSE}\n");
        assert_eq!(
            written(&copy),
            format!("{PROSE}\n\n## WHAT NEXT\n\n{PROSE}\n\n- One \\* two\n- Three\n\n***\n\n{PROSE}\n")
        );
    }

    #[test]
    fn results_become_a_table() {
        let copy = format!("{PROSE}\n\nNorth   3   South   1\nEast   0   West   0\nUp   2   Down   2\n");
        assert!(written(&copy).ends_with("|  |  |  |  |\n| --- | --- | --- | --- |\n| North | 3 | South | 1 |\n| East | 0 | West | 0 |\n| Up | 2 | Down | 2 |\n"), "{}", written(&copy));
    }

    #[test]
    fn speech_with_dashes_is_no_list() {
        let copy = format!("{PROSE}\n\n- It is shut, he said.\n\n{PROSE}\n");
        assert_eq!(written(&copy), format!("{PROSE}\n\n\\- It is shut, he said.\n\n{PROSE}\n"));
    }
}
