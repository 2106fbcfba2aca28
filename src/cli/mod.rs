//! Arguments → calls, and their results → output. The only room that prints and that reads the clock.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, ColorChoice, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::site::SiteDir;

mod as_of;
mod build;
mod changed;
mod check;
mod completions;
mod console;
mod explain;
mod folded;
mod help;
mod import;
mod init;
mod man;
mod new;
mod progress;
mod publish;
mod schema;
mod serve;
mod urls;

use as_of::{AsOf, repeated_time};
use console::{Console, counted};

const GLOBAL: &str = "Global options";

/// A static site generator for news
#[derive(Debug, Parser)]
#[command(name = "bulletin", version, max_term_width = 100)]
#[command(disable_help_flag = true, disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: GlobalOptions,
    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = GLOBAL)]
    version: Option<bool>,
}

/// Options that every command accepts.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = GLOBAL)]
struct GlobalOptions {
    /// Folder of the site
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    site: PathBuf,
    /// Folder for renditions of pictures, which machines may share [default: .bulletin/pictures]
    #[arg(long, value_name = "DIR", global = true)]
    pictures_cache: Option<PathBuf>,
    /// Print problems as text on stderr, or as lines of JSON on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human", global = true)]
    message_format: MessageFormat,
    /// Color messages
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: ColorChoice,
    /// Print problems only
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Print more detail
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Print help
    #[arg(short, long, action = ArgAction::Help, global = true)]
    help: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a site that builds right away
    Init(init::Init),
    /// Create a draft story with its date and id filled in
    New(new::New),
    /// Import wire copy, or the archive of another site generator
    Import(import::Import),
    /// Build the site
    Build(build::Build),
    /// Report every problem of the site without writing anything
    Check(check::Check),
    /// Build the site and publish it to a host
    Publish(publish::Publish),
    /// List what changed since an earlier build, for hosts that `publish` does not know
    Changed(changed::Changed),
    /// List the URLs of the site, or find old URLs that no longer work
    Urls(urls::Urls),
    /// Preview the site while you edit it
    Serve(serve::Serve),
    /// Print a JSON Schema of the settings or front matter, for editors
    Schema(schema::Schema),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Write the man pages
    Man(man::ManPages),
}

/// Runs the program with the arguments of the process. `help::EXIT_CODES` lists what it returns.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let matches = help::command(help::color_of(&arguments)).try_get_matches_from(arguments);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout with exit code 0, a wrong argument to stderr with 2.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let console = Console::new(&cli.global);
    let site = SiteDir::new(&cli.global.site).keeping_pictures_in(cli.global.pictures_cache.clone());
    let code = match &cli.command {
        Command::Init(command) => command.run(&console),
        Command::New(command) => command.run(&site, &console),
        Command::Import(command) => command.run(&site, &console),
        Command::Build(command) => command.run(&site, &console),
        Command::Check(command) => command.run(&site, &console),
        Command::Publish(command) => command.run(&site, &console),
        Command::Changed(command) => command.run(&site, &console),
        Command::Urls(command) => command.run(&site, &console),
        Command::Serve(command) => command.run(&site, &console),
        Command::Schema(command) => command.run(&console),
        Command::Completions(command) => command.run(&console),
        Command::Man(command) => command.run(&console),
    };
    console.finish(code)
}

/// Loads the settings of a site for a command that needs them to be right.
fn settings(site: &SiteDir) -> Result<Config, Vec<Diagnostic>> {
    let (config, problems) = Config::load(site);
    let failed = problems.has_errors();
    config.filter(|_| !failed).ok_or_else(|| problems.into_sorted())
}
