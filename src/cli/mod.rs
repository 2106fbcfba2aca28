//! Arguments → calls, results → words. The only room that prints, and the only one that reads the clock.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::{Diagnostic, Severity, human, json};
use crate::site::SiteDir;
use crate::timings::thousands;

mod build;
mod check;
mod explain;
mod folded;
mod import;
mod init;
mod new;
mod progress;
mod serve;
mod urls;

/// A static site generator for news.
#[derive(Debug, Parser)]
#[command(name = "bulletin", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
struct Common {
    /// The folder of the site
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    site: PathBuf,
    /// How problems are shown: for people on stderr, or as lines of JSON on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human", global = true)]
    message_format: MessageFormat,
    /// Say nothing but problems
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a site that builds at once
    Init(init::Init),
    /// Start an article: a draft with its id and date filled in
    New(new::New),
    /// Take in copy of agencies, or the archive of another generator
    Import(import::Import),
    /// Build the site
    Build(build::Build),
    /// Look for all that is wrong with the site, and write nothing
    Check(check::Check),
    /// Tell the URLs of the site, or which old ones nothing answers
    Urls(urls::Urls),
    /// Preview the site as you edit it
    Serve(serve::Serve),
}

/// Runs the program with the arguments of the process.
///
/// Exit code 0: done; 1: there are problems in the site's files; 2: it could not run.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout and exit code 0, a wrong argument to stderr and 2.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let words = Words::new(&cli.common);
    let code = match &cli.command {
        Command::Init(command) => command.run(&words),
        Command::New(command) => command.run(&cli.common.site_dir(), &words),
        Command::Import(command) => command.run(&cli.common.site_dir(), &words),
        Command::Build(command) => command.run(&cli.common.site_dir(), &words),
        Command::Check(command) => command.run(&cli.common.site_dir(), &words),
        Command::Urls(command) => command.run(&cli.common.site_dir(), &words),
        Command::Serve(command) => command.run(&cli.common.site_dir(), words.clone()),
    };
    words.all_said(code)
}

impl Common {
    fn site_dir(&self) -> SiteDir {
        SiteDir::new(&self.site)
    }
}

/// How many problems of one code are shown in one run without `-v`: an archive that was moved here has thousands of dead links.
const SHOWN_OF_A_CODE: usize = 60;

/// How the program speaks.
#[derive(Clone)]
struct Words {
    format: MessageFormat,
    colour: bool,
    quiet: bool,
    verbose: bool,
    /// Whether something could not be said, as on a full disk.
    is_lost: Arc<AtomicBool>,
}

impl Words {
    fn new(common: &Common) -> Self {
        let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        Self {
            format: common.message_format,
            colour,
            quiet: common.quiet,
            verbose: common.verbose,
            is_lost: Arc::default(),
        }
    }

    /// Shows problems, and how many there are; gives the exit code that they mean.
    fn problems(&self, diagnostics: &[Diagnostic]) -> ExitCode {
        match self.format {
            MessageFormat::Json => diagnostics.iter().for_each(|problem| self.data(&json::render(problem))),
            MessageFormat::Human => self.readable(diagnostics),
        }
        match diagnostics.iter().map(|diagnostic| diagnostic.severity).max() {
            Some(Severity::Fatal) => ExitCode::from(2),
            Some(Severity::Error) => ExitCode::from(1),
            Some(Severity::Warning) | None => ExitCode::SUCCESS,
        }
    }

    /// Shows problems to a person: of each code the first, and how many others there are.
    fn readable(&self, diagnostics: &[Diagnostic]) {
        let most = if self.verbose { usize::MAX } else { SHOWN_OF_A_CODE };
        let folded = if self.verbose { Vec::new() } else { folded::group(diagnostics) };
        let mut codes: Vec<(&'static str, usize, usize)> = Vec::new();
        let one_by_one =
            diagnostics.iter().filter(|problem| !folded.iter().any(|all| all.code == problem.code));
        for diagnostic in one_by_one {
            let at = codes.iter().position(|(code, ..)| *code == diagnostic.code).unwrap_or_else(|| {
                codes.push((diagnostic.code, 0, 0));
                codes.len() - 1
            });
            let (_, shown, left_out) = &mut codes[at];
            if *shown < most {
                *shown += 1;
                self.words(&format!("{}\n", human::render(diagnostic, self.colour)));
            } else {
                *left_out += 1 + diagnostic.more;
            }
        }
        for all in &folded {
            self.words(&format!("{}\n", human::render(&all.diagnostic(), self.colour)));
        }
        for (code, _, left_out) in codes.iter().filter(|(_, _, left_out)| *left_out > 0) {
            let more = thousands(*left_out as u64);
            self.words(&format!("{more} more of `{code}` in other files; -v shows all of them\n"));
        }
    }

    /// Shows one problem that ends the run.
    fn problem(&self, diagnostic: Diagnostic) -> ExitCode {
        self.problems(&[diagnostic])
    }

    /// Says how it went, on stderr.
    fn say(&self, words: &str) {
        if !self.quiet && self.format == MessageFormat::Human {
            self.words(&human::printable(words));
        }
    }

    fn words(&self, words: &str) {
        self.heed(writeln!(std::io::stderr(), "{words}"));
    }

    /// Gives data, on stdout.
    fn data(&self, line: &str) {
        self.heed(writeln!(std::io::stdout(), "{}", escaped(line)));
    }

    fn heed(&self, written: std::io::Result<()>) {
        // Nobody listens any more (`| head`): that is no reason to end otherwise than the work did.
        if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
            self.is_lost.store(true, Ordering::Relaxed);
        }
    }

    /// The exit code of a run, which fails if something that it had to say was lost.
    fn all_said(&self, code: ExitCode) -> ExitCode {
        if !self.is_lost.load(Ordering::Relaxed) {
            return code;
        }
        let problem = Diagnostic::fatal("cli/output", "what this run had to say could not be written")
            .help("is the disk full that the output goes to?");
        self.words(&human::render(&problem, self.colour));
        ExitCode::from(2)
    }
}

/// A line of data without characters that would steer a terminal. JSON has them in strings alone, where this means the same.
fn escaped(line: &str) -> Cow<'_, str> {
    if !line.chars().any(human::steers) {
        return Cow::Borrowed(line);
    }
    let mut all = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        if human::steers(c) && c != '\n' && c != '\t' {
            all.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            all.push(c);
        }
    }
    Cow::Owned(all)
}

/// `1 page`, `2 pages`, `12,345 pages`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count as u64), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_make_sense() {
        Cli::command().debug_assert();
    }

    #[test]
    fn numbers_are_counted_in_words() {
        assert_eq!(counted(1, "page", "pages"), "1 page");
        assert_eq!(counted(1_234_567, "page", "pages"), "1,234,567 pages");
    }
}
