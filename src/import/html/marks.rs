//! Characters that could be markup in Markdown, kept apart on their way through the converter, and escaped where they would be.
//!
//! The converter knows a text node, not the line on which it ends up. So each of these characters goes through it as one
//! for private use, and what is needed is told from the finished line.

/// What can be markup somewhere.
const SIGNS: &str = "\\`*_[]<>~&{#-+=:.!)|\"%";

/// The private character of the first of [`SIGNS`].
const FIRST: u32 = 0xe0f0;

/// Stands for `<!--more-->`.
pub(super) const MORE: char = '\u{e0ef}';

/// Stands for the border of a block in a cell of a table, until it is known whether the table is one.
pub(super) const BORDER: char = '\u{e0ee}';

/// Stands for the kind of a cell in the first row: `h` or `d`.
pub(super) const CELL: char = '\u{e0ed}';

/// Stands at the start of the term of a list of definitions.
pub(super) const TERM: char = '\u{e0ec}';

/// Stands at the start of what a term means.
pub(super) const MEANING: char = '\u{e0eb}';

/// Stands around the name of a place in the text that links of it lead to.
pub(super) const ANCHOR: char = '\u{e0ea}';

/// Whether a character is one of ours, or a control character.
pub(super) fn is_odd(c: char) -> bool {
    matches!(c, '\u{e0ea}'..='\u{e120}') || c.is_control() && !matches!(c, '\n' | '\t' | '\r')
}

/// The private character of a sign.
fn hidden(c: char) -> Option<char> {
    let index = SIGNS.chars().position(|sign| sign == c)?;
    char::from_u32(FIRST + u32::try_from(index).ok()?)
}

/// The sign of a private character.
fn shown(c: char) -> Option<char> {
    let index = u32::from(c).checked_sub(FIRST)?;
    SIGNS.chars().nth(usize::try_from(index).ok()?)
}

/// Text in which nothing is markup of HTML or Markdown, with single spaces. In a cell `|` stays, as the converter knows it.
pub(super) fn hide(text: &str, in_cell: bool, out: &mut String) {
    let mut was_space = out.ends_with(' ') || out.ends_with("<br>");
    for c in text.chars().filter(|c| !is_odd(*c)) {
        if c.is_ascii_whitespace() {
            if !was_space {
                out.push(' ');
            }
            was_space = true;
            continue;
        }
        was_space = false;
        match hidden(c) {
            Some(_) if c == '"' || c == '|' && in_cell => out.push(c),
            Some(private) => out.push(private),
            None => out.push(c),
        }
    }
}

/// Text for an attribute of a tag, in which a quote would end it.
pub(super) fn hidden_line(text: &str) -> String {
    let mut out = String::new();
    hide(text.trim(), false, &mut out);
    match hidden('"') {
        Some(private) => out.replace('"', &private.to_string()),
        None => out,
    }
}

/// The plain text of HTML of ours: without tags, and with the signs.
pub(super) fn bare(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let (mut in_tag, mut is_name) = (false, false);
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            MORE | BORDER | CELL | TERM | MEANING => out.push(' '),
            ANCHOR => is_name = !is_name,
            _ if is_name => {}
            _ if !in_tag => out.push(shown(c).unwrap_or(c)),
            _ => {}
        }
    }
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Finished Markdown: every hidden sign as itself, with a backslash where it would be markup.
pub(super) fn show(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() + markdown.len() / 16);
    for line in markdown.split_inclusive('\n') {
        show_line(line, &mut out);
    }
    out
}

fn show_line(line: &str, out: &mut String) {
    let start = out.len();
    // Whether a block could begin here: all before it on the line are marks of lists and quotes.
    let mut is_fresh = true;
    let mut digits = 0;
    let mut before = '\n';
    let mut is_name = false;
    for (at, c) in line.char_indices() {
        let behind = line.get(at + c.len_utf8()..).unwrap_or_default();
        if c == MORE {
            out.push_str("<!--more-->");
            continue;
        }
        if c == ANCHOR {
            is_name = !is_name;
            out.push_str(if is_name { "<span id=\"" } else { "\"></span>" });
            is_fresh = false;
            before = ' ';
            continue;
        }
        if is_name {
            out.push(shown(c).unwrap_or(c));
            continue;
        }
        let Some(sign) = shown(c) else {
            out.push(c);
            digits = if is_fresh && c.is_ascii_digit() { digits + 1 } else { 0 };
            is_fresh &= digits > 0
                || matches!(c, ' ' | '>' | '-' | '#' | TERM | MEANING)
                || c == '.' && before.is_ascii_digit();
            before = c;
            continue;
        };
        if is_markup(sign, behind, is_fresh, digits, before) {
            out.push('\\');
        }
        out.push(sign);
        is_fresh = false;
        digits = 0;
        before = sign;
    }
    // A line of nothing but a space that does not break is an empty paragraph of an editor.
    if out.get(start..).is_some_and(|line| line.contains('\u{a0}') && line.trim().is_empty()) {
        out.truncate(start);
        out.push('\n');
    }
}

/// Whether a sign would be markup: in front of it on the line is nothing (`is_fresh`) or so many digits, or else `before`.
fn is_markup(sign: char, behind: &str, is_fresh: bool, digits: usize, before: char) -> bool {
    let raw = behind.chars().next().unwrap_or('\n');
    let next = shown(raw).unwrap_or(raw);
    let at_end = next.is_whitespace();
    let starts = is_fresh && digits == 0;
    match sign {
        '\\' | '`' | '*' | '[' | ']' | '~' | '"' => true,
        // Within a word it is a letter to CommonMark.
        '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
        '<' => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
        '&' => next == '#' || next.is_ascii_alphanumeric() && reference(behind),
        // At the end of a line as the attributes of a heading.
        '{' => matches!(next, '{' | '%' | '#' | ':' | '.' | '<') || behind.trim_end().ends_with('}'),
        '#' => starts && (at_end || next == '#') || before == ' ' && is_closing(behind),
        '-' => starts && (at_end || next == '-'),
        '+' => starts && at_end,
        '=' | '>' | '|' => starts,
        ':' => starts || before == '{',
        '%' => before == '{',
        '.' | ')' => is_fresh && (1..=9).contains(&digits) && at_end,
        '!' => raw == '[',
        _ => false,
    }
}

/// Whether what is behind a `&` makes it a reference.
fn reference(behind: &str) -> bool {
    let name = behind.chars().take(40).take_while(char::is_ascii_alphanumeric).count();
    behind.chars().nth(name).map(|c| shown(c).unwrap_or(c)) == Some(';')
}

/// Whether nothing but `#` is left of the line.
fn is_closing(behind: &str) -> bool {
    behind.trim_end().chars().take(10).all(|c| shown(c) == Some('#'))
}
