//! Problems, messages and data → the terminal: messages go to stderr, data to stdout.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ColorChoice;

use super::{GlobalOptions, MessageFormat, folded};
use crate::diagnostic::{Diagnostic, Severity, human, json};
use crate::timings::thousands;

/// How many problems of one code are shown without `-v`. A migrated archive can have thousands of dead links.
const MAX_PER_CODE: usize = 60;

/// The output of one run.
#[derive(Clone)]
pub(super) struct Console {
    pub(super) format: MessageFormat,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    color: bool,
    /// Whether a write failed, as on a full disk.
    write_failed: Arc<AtomicBool>,
}

impl Console {
    pub(super) fn new(options: &GlobalOptions) -> Self {
        let color = match options.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // Honors `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`.
            ColorChoice::Auto => {
                anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
            }
        };
        Self {
            format: options.message_format,
            quiet: options.quiet,
            verbose: options.verbose,
            color,
            write_failed: Arc::default(),
        }
    }

    /// The same console, which prints JSON if `json`.
    pub(super) fn with_json(&self, json: bool) -> Self {
        let format = if json { MessageFormat::Json } else { self.format };
        Self { format, ..self.clone() }
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == MessageFormat::Json
    }

    /// Prints problems and returns the exit code for the worst of them.
    pub(super) fn problems(&self, diagnostics: &[Diagnostic]) -> ExitCode {
        match self.format {
            MessageFormat::Json => diagnostics.iter().for_each(|problem| self.data(&json::render(problem))),
            MessageFormat::Human => self.human_problems(diagnostics),
        }
        match diagnostics.iter().map(|diagnostic| diagnostic.severity).max() {
            Some(Severity::Fatal) => ExitCode::from(2),
            Some(Severity::Error) => ExitCode::from(1),
            Some(Severity::Warning) | None => ExitCode::SUCCESS,
        }
    }

    /// Prints one problem and returns its exit code.
    pub(super) fn problem(&self, diagnostic: Diagnostic) -> ExitCode {
        self.problems(&[diagnostic])
    }

    /// Prints the first problems of each code, and how many it left out.
    fn human_problems(&self, diagnostics: &[Diagnostic]) {
        let most = if self.verbose { usize::MAX } else { MAX_PER_CODE };
        let folded = if self.verbose { Vec::new() } else { folded::group(diagnostics) };
        let mut codes: Vec<(&'static str, usize, usize)> = Vec::new();
        let single = diagnostics.iter().filter(|problem| !folded.iter().any(|all| all.code == problem.code));
        for diagnostic in single {
            let at = codes.iter().position(|(code, ..)| *code == diagnostic.code).unwrap_or_else(|| {
                codes.push((diagnostic.code, 0, 0));
                codes.len() - 1
            });
            let (_, shown, left_out) = &mut codes[at];
            if *shown < most {
                *shown += 1;
                self.message(&format!("{}\n", human::render(diagnostic, self.color)));
            } else {
                *left_out += 1 + diagnostic.more;
            }
        }
        for all in &folded {
            self.message(&format!("{}\n", human::render(&all.diagnostic(), self.color)));
        }
        for (code, _, left_out) in codes.iter().filter(|(_, _, left_out)| *left_out > 0) {
            let more = counted(*left_out, "more problem", "more problems");
            self.message(&format!("{more} with code `{code}` (-v shows them all)\n"));
        }
    }

    /// Prints a status line, unless the user asked for problems only.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet && !self.is_json() {
            self.message(&human::printable(text));
        }
    }

    /// Prints data.
    pub(super) fn data(&self, line: &str) {
        self.record(writeln!(std::io::stdout(), "{}", escape_controls(line)));
    }

    fn message(&self, text: &str) {
        self.record(writeln!(std::io::stderr(), "{text}"));
    }

    fn record(&self, written: std::io::Result<()>) {
        // A reader that stopped early (`| head`) does not make the run a failure.
        if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
            self.write_failed.store(true, Ordering::Relaxed);
        }
    }

    /// Returns the exit code of the run, which fails if any of its output was lost.
    pub(super) fn finish(&self, code: ExitCode) -> ExitCode {
        if !self.write_failed.load(Ordering::Relaxed) {
            return code;
        }
        let problem = Diagnostic::fatal("cli/output", "the output of this command could not be written")
            .help("check whether the disk is full");
        self.message(&human::render(&problem, self.color));
        ExitCode::from(2)
    }
}

/// Escapes the characters that would control a terminal. JSON has them only in strings, where the escape means the same.
fn escape_controls(line: &str) -> Cow<'_, str> {
    if !line.chars().any(human::is_control) {
        return Cow::Borrowed(line);
    }
    let mut escaped = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        if human::is_control(c) && c != '\n' && c != '\t' {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// `1 page`, `2 pages`, `12,345 pages`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count as u64), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_plurals_and_separators() {
        assert_eq!(counted(1, "page", "pages"), "1 page");
        assert_eq!(counted(1_234_567, "page", "pages"), "1,234,567 pages");
    }
}
