//! Calls of the functions in `remote.sh` → a program for `sh`, and its answer → values.

use std::io::{self, BufRead, Read};

/// The functions that programs call.
const FUNCTIONS: &str = include_str!("remote.sh");
/// The end of lines that a program contains as data. No path can be such a line, because paths have no `/` at their start.
const END: &str = "/end";

/// A program for the `sh` of a server.
pub(super) struct Program {
    body: String,
}

impl Program {
    /// A program that does nothing yet.
    pub(super) fn new() -> Self {
        Self { body: String::new() }
    }

    /// Calls a function or a command. Arguments are quoted.
    pub(super) fn call<'a>(mut self, name: &str, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.body.push_str(name);
        for argument in arguments {
            self.body.push(' ');
            self.body.push_str(&quoted(argument));
        }
        self.body.push('\n');
        self
    }

    /// Writes lines of text to a file below the folder of the target, in one step. Stops if that fails.
    pub(super) fn file(mut self, file: &str, text: &str) -> Self {
        let (part, file) = (quoted(&format!("{file}.part")), quoted(file));
        self.body.push_str(&format!(
            "if ! cat >{part} <<'{END}'\n{text}{END}\nthen fail failed 'cannot write'\nfi\n"
        ));
        self.body.push_str(&format!("try mv -f {part} {file}\n"));
        self
    }

    /// The text that `sh` runs. It does nothing unless all of it arrives.
    pub(super) fn text(&self) -> String {
        format!("{FUNCTIONS}\nmain() {{\necho bulletin\n{}echo end\nexit 0\n}}\nmain\n", self.body)
    }

    /// The text of a program that answers, and then calls a function that reads standard input.
    pub(super) fn text_and_then(&self, function: &str, argument: &str) -> String {
        let then = quoted(argument);
        format!(
            "{FUNCTIONS}\nmain() {{\necho bulletin\n{}echo end\n{function} {then}\nexit 0\n}}\nmain\n",
            self.body
        )
    }
}

/// Text as one word of `sh`.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The answer of a program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The lines, each a name and a value.
    pub(super) lines: Vec<(String, String)>,
    /// The files, by name.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The program failed: a code of `remote.sh`, and a message.
    Failed(String, String),
    /// It ended before its answer did.
    CutOff,
}

/// The names of lines that are followed by bytes.
const FILES: [&str; 3] = ["record", "taken-down", "names"];

impl Answer {
    /// Reads the answer of a program up to its end. What the server's own scripts print before it is skipped.
    pub(super) fn read(from: &mut impl BufRead) -> Result<Self, NoAnswer> {
        let cut = |_: io::Error| NoAnswer::CutOff;
        while line(from).map_err(cut)? != "bulletin" {}
        let mut answer = Self::default();
        loop {
            let line = line(from).map_err(cut)?;
            let (name, value) = line.split_once(' ').unwrap_or((&line, ""));
            match name {
                "end" => return Ok(answer),
                "error" => {
                    let (code, message) = value.split_once(' ').unwrap_or((value, ""));
                    return Err(NoAnswer::Failed(code.to_owned(), message.to_owned()));
                }
                _ if FILES.contains(&name) => {
                    let size: u64 = value.trim().parse().map_err(|_| NoAnswer::CutOff)?;
                    let mut bytes = Vec::new();
                    let read = from.by_ref().take(size).read_to_end(&mut bytes).map_err(cut)?;
                    if read as u64 != size {
                        return Err(NoAnswer::CutOff);
                    }
                    answer.files.push((name.to_owned(), bytes));
                }
                _ => answer.lines.push((name.to_owned(), value.to_owned())),
            }
        }
    }

    /// A file of the answer.
    pub(super) fn take_file(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.files.iter().position(|(known, _)| known == name)?;
        Some(self.files.swap_remove(at).1)
    }

    /// The values of all lines with a name.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
