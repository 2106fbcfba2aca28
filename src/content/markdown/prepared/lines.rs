//! Text that the parser would read as markup: colons that do not begin a definition, `[Anna]: yes`, cells without a column.

use std::collections::HashSet;

use super::{Mark, Placed};

/// The kind of the line above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    Blank,
    /// The first line of a paragraph, which may be a term.
    Term,
    Definition,
    Text,
}

/// A line without its quotation prefix.
#[derive(Clone, Copy)]
struct Line<'t> {
    /// The offset of `text`.
    at: usize,
    text: &'t str,
    is_indented: bool,
}

impl Line<'_> {
    /// The line without the markers of list items and definitions.
    fn in_lists(self) -> Self {
        let mut inner = self;
        loop {
            let number = inner.text.trim_start_matches(|c: char| c.is_ascii_digit());
            let rest = match number.len() == inner.text.len() {
                true => inner.text.strip_prefix(['-', '*', '+', ':']),
                false => number.strip_prefix(['.', ')']),
            };
            let Some(rest) = rest.filter(|rest| rest.starts_with([' ', '\t'])) else { return inner };
            let text = rest.trim_start_matches([' ', '\t', '>']);
            inner = Self { at: inner.at + inner.text.len() - text.len(), text, ..inner };
        }
    }
}

/// Finds the places of marks.
pub(super) fn mark(text: &str, placed: &mut Vec<Placed>) {
    let mut above = Above::Blank;
    let mut in_definitions = false;
    let mut columns = None;
    let mut last: Option<Line<'_>> = None;
    let mut hidden: Vec<(usize, &str)> = Vec::new();
    for line in lines(text) {
        let is_definition = line.text.starts_with(':') && is_table_head(line.text).is_none() && {
            let is_blank = line.text[1..].starts_with([' ', '\t']);
            let follows =
                matches!(above, Above::Term | Above::Definition) || above == Above::Blank && in_definitions;
            let is_one = is_blank && follows && !line.text[1..].trim().is_empty();
            if !is_one {
                placed.push((line.at, Mark::Letter));
            }
            is_one
        };
        let inner = line.in_lists();
        if inner.text.starts_with('[') {
            hidden.extend(label(text, inner).map(|label| (inner.at, label)));
        }
        columns = match columns {
            _ if line.text.is_empty() => None,
            Some(columns) => {
                mark_cells(line, columns, placed);
                Some(columns)
            }
            None => is_table_head(line.text).filter(|columns| {
                last.is_some_and(|head| !head.text.is_empty() && pipes(head.text).count() + 1 == *columns)
            }),
        };
        in_definitions = is_definition
            || in_definitions && (line.text.is_empty() || line.is_indented || above == Above::Definition);
        above = match above {
            _ if is_definition => Above::Definition,
            _ if line.text.is_empty() => Above::Blank,
            Above::Blank | Above::Definition => Above::Term,
            Above::Term | Above::Text => Above::Text,
        };
        last = Some(line);
    }
    if !hidden.is_empty() {
        let used = labels(text);
        placed.extend(
            hidden
                .iter()
                .filter(|(_, label)| !used.contains(&folded(label)))
                .map(|(at, _)| (*at, Mark::Letter)),
        );
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split('\n').map(|line| {
        let inside = line.trim_start_matches([' ', '\t', '>']);
        let at = inside.as_ptr().addr() - text.as_ptr().addr();
        let before = &line[..line.len() - inside.len()];
        Line { at, text: inside.trim_end(), is_indented: before.ends_with("  ") || before.ends_with('\t') }
    })
}

/// The label of `[label]: destination` if the destination does not look like one.
fn label<'t>(text: &'t str, line: Line<'t>) -> Option<&'t str> {
    let (label, rest) = line.text[1..].split_once("]:")?;
    if label.starts_with('^') || label.trim().is_empty() {
        return None;
    }
    let next = || lines(&text[line.at + line.text.len()..]).nth(1).map_or("", |next| next.text);
    let destination = match rest.trim() {
        "" => next(),
        rest => rest,
    };
    let destination = destination.split_whitespace().next()?;
    (!may_be_address(destination)).then_some(label)
}

/// Whether a word may be a URL or a file name: it has a slash, a scheme, a fragment, or a dot between letters.
fn may_be_address(word: &str) -> bool {
    let has_scheme = word.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphabetic()) && !rest.is_empty()
    });
    let has_dot = word.split('.').zip(word.split('.').skip(1)).any(|(before, after)| {
        before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphabetic)
    });
    word.starts_with(['<', '#', '?']) && word.len() > 1
        || word == "#"
        || word.contains('/')
        || has_scheme
        || has_dot
}

/// All texts in brackets except those of link definitions.
fn labels(text: &str) -> HashSet<String> {
    let mut labels = HashSet::new();
    let mut open = None;
    for (at, c) in text.char_indices() {
        match c {
            '[' => open = Some(at + 1),
            ']' => {
                if let Some(start) = open.take().filter(|_| !text[at + 1..].starts_with(':')) {
                    labels.insert(folded(&text[start..at]));
                }
            }
            _ => {}
        }
    }
    labels
}

fn folded(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The number of columns, if the line is the delimiter row of a table.
fn is_table_head(line: &str) -> Option<usize> {
    let is_rule = line.bytes().all(|byte| b"|:- \t".contains(&byte));
    let is_one = is_rule && line.contains('-') && line.contains('|');
    is_one.then(|| pipes(line).count() + 1)
}

/// The pipes between cells: neither escaped nor at the edges.
fn pipes(line: &str) -> impl Iterator<Item = usize> + '_ {
    let inside = line.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(line);
    let is_escaped = |at: usize| line.as_bytes()[at - 1] == b'\\';
    inside.match_indices('|').map(|(at, _)| at).filter(move |at| *at > 0 && !is_escaped(*at))
}

fn mark_cells(line: Line<'_>, columns: usize, placed: &mut Vec<Placed>) {
    placed.extend(pipes(line.text).skip(columns.saturating_sub(1)).map(|at| (line.at + at, Mark::Escape)));
}
