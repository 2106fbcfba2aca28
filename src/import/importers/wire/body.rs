//! Paragraphs of copy → Markdown: prose, crossheads, lists and tables.

use super::layout::{Block, ends_sentence, is_rule};
use super::metadata::Metadata;
use super::rules;
use crate::import::markdown::escape;

/// Fewest lines of an address, a verse or a table.
const FEWEST_ROWS: usize = 3;

/// Writes the text as Markdown and claims its lines.
pub(super) fn write(copy: &str, blocks: &[Block], meta: &mut Metadata) -> String {
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
            meta.claim(line.clone(), "body");
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

/// The crosshead in `- Honey and peace -`.
fn dashed(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(['-', '–', '—'])?.strip_suffix(['-', '–', '—'])?;
    let head = inner.strip_prefix(' ')?.strip_suffix(' ')?.trim();
    (head.chars().count() <= 64 && head.chars().any(char::is_alphabetic)).then_some(head)
}

/// Lines of an address, a verse or results: three or more short lines that do not end sentences.
fn short_lines(copy: &str, blocks: &[Block]) -> Option<(String, usize)> {
    let has_columns = |block: &Block| {
        let line = block.lines.first().and_then(|line| copy.get(line.clone())).unwrap_or_default();
        rules::COLUMN_GAP.is_match(line.trim())
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

/// Whether a block is a short line between paragraphs that does not end like a sentence.
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
    // A question mark may end a crosshead. A colon introduces a paragraph.
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
        && !has_speaker(text)
        && is_prose(blocks.get(at + 1))
        && !text.starts_with(['(', '[', '-', '–', '—', '@', '+'])
        && rules::BULLET_ITEM.captures(text).is_none()
}

/// Whether a text names its speaker, such as `Q: Why?` in an interview.
fn has_speaker(text: &str) -> bool {
    text.split_once([':', '.']).is_some_and(|(who, _)| who.chars().count() <= 2)
}

/// A list with bullets. A single hyphen marks speech in some languages, so a list with hyphens needs two items.
fn list(blocks: &[Block]) -> Option<(String, usize)> {
    let item = |block: &Block| -> Option<(char, String)> {
        let captures = rules::BULLET_ITEM.captures(block.text())?;
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

/// A list with numbers, from 1.
fn numbered(blocks: &[Block]) -> Option<(String, usize)> {
    let item = |(at, block): (usize, &Block)| {
        let captures = rules::NUMBERED_ITEM.captures(block.text())?;
        let is_next = captures["number"].parse::<usize>().ok()? == at + 1;
        is_next.then(|| format!("{}. {}", at + 1, escape(&captures["text"])))
    };
    let items: Vec<String> = blocks.iter().enumerate().map_while(item).collect();
    (items.len() > 1).then(|| (items.join("\n"), items.len()))
}

/// A table: consecutive lines with the same number of columns.
fn table(copy: &str, blocks: &[Block]) -> Option<(String, usize)> {
    let row = |block: &Block| -> Option<Vec<String>> {
        let [line] = &block.lines[..] else { return None };
        let text = copy.get(line.clone())?.trim();
        let cells: Vec<String> =
            rules::COLUMN_GAP.split(text).map(clean).filter(|cell| !cell.is_empty()).collect();
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
    super::flow::Flow::new(cell, std::slice::from_ref(&(0..cell.len()))).text().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::layout::blocks;
    use super::*;

    fn written(copy: &str) -> String {
        write(copy, &blocks(copy, 0..copy.len()), &mut Metadata::default())
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
    fn columns_become_a_table() {
        let copy = format!("{PROSE}\n\nNorth   3   South   1\nEast   0   West   0\nUp   2   Down   2\n");
        assert!(written(&copy).ends_with("|  |  |  |  |\n| --- | --- | --- | --- |\n| North | 3 | South | 1 |\n| East | 0 | West | 0 |\n| Up | 2 | Down | 2 |\n"), "{}", written(&copy));
    }

    #[test]
    fn speech_with_dashes_is_not_a_list() {
        let copy = format!("{PROSE}\n\n- It is shut, he said.\n\n{PROSE}\n");
        assert_eq!(written(&copy), format!("{PROSE}\n\n\\- It is shut, he said.\n\n{PROSE}\n"));
    }
}
