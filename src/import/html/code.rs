//! Writes code as Markdown, character by character.

use super::blocks::Writer;
use super::elements::{Mark, Role, role};
use super::inline::{Markup, Piece};
use super::tree::{Node, Ref, Tag, find, name, tag};

/// Classes of line numbers.
const NUMBERS: [&str; 14] = [
    "blob-num",
    "gutter",
    "hl-gutter",
    "line-number",
    "line-numbers",
    "line-numbers-rows",
    "lineno",
    "linenos",
    "linenodiv",
    "ln",
    "lnt",
    "rouge-gutter",
    "crayon-nums",
    "linenumbers",
];

/// Prefixes of classes that name a language, and classes that name none.
const NAMED: [&str; 5] = ["language-", "lang-", "highlight-source-", "brush:", "sourceCode-"];
const NO_LANGUAGE: [&str; 20] = [
    "code",
    "codehilite",
    "highlight",
    "highlighter-rouge",
    "hljs",
    "lineNumbers",
    "linenums",
    "literal-block",
    "nohighlight",
    "notranslate",
    "numberLines",
    "plain",
    "plaintext",
    "prettyprint",
    "prettyprinted",
    "rouge",
    "sourceCode",
    "syntax",
    "text",
    "wp-block-code",
];

/// Writes inline code. Code with a link stays HTML.
pub(super) fn inline(writer: &mut Writer<'_>, node: Ref<'_>) {
    let has_links =
        node.descendants().filter_map(tag).any(|tag| tag.name() == "a" && tag.value("href").is_some());
    // Adjacent code spans would merge.
    if has_links && name(node) != "pre" || writer.ends_in_code() {
        let markup = Markup::Mark(Mark::Tag("code"), String::new());
        return writer.marked_up(markup, |writer| writer.children(node));
    }
    let text = text(node);
    let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return writer.text(" ");
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    writer.piece(Piece::Raw(format!("{ticks}{space}{text}{space}{ticks}")));
}

/// Writes a code block.
pub(super) fn block(writer: &mut Writer<'_>, node: Ref<'_>) {
    let text = text(node);
    let text = text.trim_end_matches(['\n', ' ']).trim_start_matches('\n');
    if text.trim().is_empty() {
        return writer.flush();
    }
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    writer.block(&format!("{fence}{}\n{text}\n{fence}", language(node).unwrap_or_default()));
}

/// Writes highlighted code without buttons and line numbers.
pub(super) fn highlighted(writer: &mut Writer<'_>, node: Ref<'_>) {
    let lines = node.descendants().filter_map(tag).any(|tag| tag.name() == "td" && tag.has_class(&["code"]));
    match find(node, &["pre"]) {
        None if lines => block(writer, node),
        _ => writer.paragraph(node),
    }
}

/// Whether a table is code with line numbers.
pub(super) fn is_numbered(node: Ref<'_>) -> bool {
    node.descendants()
        .filter_map(tag)
        .any(|tag| tag.name() == "td" && (tag.has_class(&NUMBERS) || tag.has_class(&["lntd"])))
}

/// The code cells of such a table.
pub(super) fn cells<'t>(node: Ref<'t>) -> impl Iterator<Item = Ref<'t>> {
    node.descendants().filter(|cell| {
        name(*cell) == "td"
            && !tag(*cell).is_some_and(|tag| tag.has_class(&NUMBERS))
            && !text(*cell).trim().is_empty()
    })
}

/// The text without line numbers.
fn text(node: Ref<'_>) -> String {
    let mut out = String::new();
    collect(node, &mut out);
    out.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    out
}

fn collect(node: Ref<'_>, out: &mut String) {
    for child in node.children() {
        match child.value() {
            Node::Text(text) => out.push_str(text),
            Node::Comment(_) => {}
            Node::Element(tag) if is_left_out(tag) => {}
            Node::Element(tag) if tag.name() == "q" => {
                out.push('“');
                collect(child, out);
                out.push('”');
            }
            Node::Element(tag) if tag.name() == "br" => out.push('\n'),
            Node::Element(tag) => {
                let is_line = matches!(tag.name(), "div" | "p" | "li" | "tr");
                if is_line && !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                collect(child, out);
                if is_line && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            Node::Root => {}
        }
    }
}

fn is_left_out(tag: &Tag) -> bool {
    tag.has_class(&NUMBERS) && tag.name() != "code" && tag.name() != "pre"
        || matches!(role(tag.name()), Role::Hidden | Role::Drawing | Role::Embed | Role::Player)
}

/// The language that a class on or around the code names.
fn language(node: Ref<'_>) -> Option<String> {
    let around = node.ancestors().take(5).filter(|outer| matches!(name(*outer), "div" | "figure"));
    let inner = find(node, &["code"]).into_iter();
    let named = std::iter::once(node).chain(inner).chain(around).filter_map(tag).find_map(|tag| {
        let of_data =
            ["data-lang", "data-language", "data-enlighter-language"].iter().find_map(|name| tag.value(name));
        let class = tag.value("class").unwrap_or_default();
        let of_class = NAMED.iter().find_map(|start| Some(class.split_once(start)?.1.trim_start()));
        let is_code = matches!(tag.name(), "code" | "pre" | "figure");
        let alone =
            tag.classes().filter(|class| is_code && !NO_LANGUAGE.contains(class) && !class.contains('-'));
        let alone = alone
            .last()
            .filter(|_| tag.name() == "code" || tag.has_class(&["highlight", "sourceCode", "hljs"]));
        of_data.or(of_class).or(alone).map(language_name).filter(|word| !word.is_empty())
    })?;
    Some(named)
        .filter(|named| !matches!(named.as_str(), "text" | "plain" | "plaintext" | "none" | "fallback"))
}

fn language_name(text: &str) -> String {
    let text = text.trim_start_matches(['"', '\'']);
    text.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "+#-_.".contains(*c))
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
