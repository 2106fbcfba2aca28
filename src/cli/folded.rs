//! Merges problems that thousands of stories share into one per code, with a line for each kind.

use crate::diagnostic::{Diagnostic, Severity};
use crate::timings::thousands;

/// Problems of one code that are still reported one by one.
const FEW: usize = 3;
/// Most kinds listed.
const MOST: usize = 20;

/// All problems of one code.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) code: &'static str,
    severity: Severity,
    count: usize,
    help: Option<&'a str>,
    kinds: Vec<Kind<'a>>,
}

/// All problems of one kind.
#[derive(Debug)]
struct Kind<'a> {
    about: &'a str,
    count: usize,
    example: String,
}

/// The problems that are grouped by kind, if there are many of them.
pub(super) fn group(problems: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut all: Vec<Group<'_>> = Vec::new();
    for problem in problems.iter().filter(|problem| !problem.about.is_empty()) {
        let at = all.iter().position(|group| group.code == problem.code).unwrap_or_else(|| {
            let (code, severity, help) = (problem.code, problem.severity, problem.help.as_deref());
            all.push(Group { code, severity, count: 0, help, kinds: Vec::new() });
            all.len() - 1
        });
        all[at].add(problem);
    }
    all.retain(|group| group.count > FEW);
    all
}

impl<'a> Group<'a> {
    fn add(&mut self, problem: &'a Diagnostic) {
        self.count += 1;
        self.severity = self.severity.max(problem.severity);
        for about in &problem.about {
            if let Some(kind) = self.kinds.iter_mut().find(|kind| kind.about == about) {
                kind.count += 1;
            } else if self.kinds.len() < 10 * MOST {
                self.kinds.push(Kind { about, count: 1, example: example(problem) });
            }
        }
    }

    /// One diagnostic for all of them.
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let mut kinds: Vec<&Kind<'_>> = self.kinds.iter().collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
        let mut message = format!("{} imported stories have unreviewed fields", thousands(self.count as u64));
        for Kind { about, count, example } in kinds.iter().take(MOST) {
            message.push_str(&format!("\n{} × {about}, for example {example}", thousands(*count as u64)));
        }
        if kinds.len() > MOST {
            let more = super::counted(kinds.len() - MOST, "more kind", "more kinds");
            message.push_str(&format!("\nand {more}"));
        }
        let problem = match self.severity {
            Severity::Warning => Diagnostic::warning(self.code, message),
            Severity::Error | Severity::Fatal => Diagnostic::error(self.code, message),
        };
        let help = self.help.map(|help| format!("{help}; -v shows each story"));
        problem.help(help.unwrap_or_default())
    }
}

/// The file and line of a problem.
fn example(problem: &Diagnostic) -> String {
    let Some(place) = &problem.place else { return String::new() };
    match place.start() {
        Some((line, _)) => format!("{}:{line}", place.file),
        None => place.file.to_string(),
    }
}
