//! Reads the documentation: fenced blocks, their commands, and the output shown for each.

use std::fs;
use std::path::Path;

use crate::support::{Run, bulletin, repository};

/// A fenced block of a page.
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// A command and the lines below it.
pub(crate) struct Step {
    pub(crate) command: String,
    pub(crate) output: String,
}

/// A page of the documentation, by its path from the root of the repository.
pub(crate) fn page(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

/// The fenced blocks of a text, in order.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let fences = text.split("\n```").enumerate().filter(|(at, _)| at % 2 == 1);
    let blocks = fences.map(|(at, part)| {
        let (kind, text) = part.split_once('\n').unwrap_or_else(|| panic!("fence {at} has no text"));
        Block { kind: kind.to_owned(), text: format!("{text}\n") }
    });
    blocks.collect()
}

/// The commands of a `console` block.
pub(crate) fn steps(console: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in console.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), output: String::new() });
        } else {
            steps.last_mut().unwrap().output += &format!("{line}\n");
        }
    }
    steps
}

/// The arguments of a command line; double quotes keep spaces, and a comment ends it.
pub(crate) fn arguments(command: &str) -> Vec<String> {
    let command = command.split(" #").next().unwrap_or_default();
    let parts = command.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// A text with placeholders for what varies between runs: durations, ports, fingerprints, and all dates except those in 2099.
pub(crate) fn without_times(text: &str) -> String {
    let shape = |word: &str| word.replace(|c: char| c.is_ascii_digit(), "0");
    let mut rest = text;
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        let number: String =
            rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
        let hex = rest.chars().take_while(char::is_ascii_hexdigit).count();
        let after = &rest[number.len()..];
        let taken = if hex == 16 {
            out += "FINGERPRINT";
            hex
        } else if shape(&number).starts_with("0000-00-00") && !number.starts_with("2099") {
            out += "DAY";
            "0000-00-00".len()
        } else if out.ends_with('/') && shape(rest.get(..8).unwrap_or_default()) == "0000/00/" {
            out += "YEAR/MONTH/";
            "0000/00/".len()
        } else if !number.is_empty() && (after.starts_with(" ms") || after.starts_with(" s:")) {
            out += "TIME";
            number.len() + " ms".len().min(after.find([':', ';']).unwrap_or(after.len()))
        } else if out.ends_with("127.0.0.1:") {
            out += "PORT";
            number.len().max(1)
        } else if !number.is_empty() {
            out += &number;
            number.len()
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

#[track_caller]
pub(crate) fn assert_shown(command: &str, shown: &str, printed: &str) {
    // A line of three dots matches any lines.
    let (shown, printed) = match shown.split_once("\n…\n") {
        Some((beginning, _)) => {
            let count = beginning.lines().count();
            (beginning, printed.lines().take(count).map(|line| format!("{line}\n")).collect())
        }
        None => (shown, printed.to_owned()),
    };
    assert_eq!(without_times(shown).trim_end(), without_times(&printed).trim_end(), "$ {command}\n{printed}");
}

/// Runs a `bulletin` command in a folder.
#[track_caller]
pub(crate) fn run(command: &str, folder: &Path) -> Run {
    let arguments = arguments(command);
    assert_eq!(arguments[0], "bulletin", "{command}");
    let run = Run::of(bulletin().args(&arguments[1..]).current_dir(folder));
    assert_eq!(run.code, Some(0), "$ {command}\n{}", run.stderr);
    run
}
