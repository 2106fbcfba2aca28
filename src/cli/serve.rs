//! `bulletin serve`.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::build::shown_twice;
use super::{Words, counted};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::serve::{Addresses, Choice, Editor, Options, Report, serve};
use crate::site::SiteDir;
use crate::time::SiteTime;

/// Files that are named in a line about what changed.
const NAMED: usize = 2;

/// Arguments of `bulletin serve`.
#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Listen on this port or the next that is free; 0: any
    #[arg(long, value_name = "PORT", default_value_t = 4400)]
    port: u16,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
    /// Show drafts as well
    #[arg(long)]
    drafts: bool,
    /// Show the site as it is at this time, in the site's zone if it has no offset [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<SiteTime>,
    /// Take browsers to the page of the article that is being edited
    #[arg(long)]
    follow: bool,
    /// What opens a file at a line: vscode, vscodium, cursor, zed, idea, sublime, textmate or a URL with {file}, {line}, {column}
    #[arg(long, value_name = "EDITOR")]
    editor: Option<Editor>,
    /// Show it to the network, or the part of it that reaches this address, to those who know the key in the preview's URL
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "0.0.0.0")]
    lan: Option<IpAddr>,
    /// Another name by which this machine may be asked, as behind a proxy
    #[arg(long, value_name = "NAME")]
    host_name: Vec<String>,
    /// Look at the files again and again, where the system does not tell when they change (network folders, some containers)
    #[arg(long)]
    poll: bool,
}

impl Serve {
    pub(super) fn run(&self, site: &SiteDir, words: Words) -> ExitCode {
        let zone = Config::load(site).0.map_or(jiff::tz::TimeZone::UTC, |config| config.timezone);
        let as_of = match self.as_of.map(|instant| instant.in_zone(&zone)).transpose() {
            Ok(as_of) => as_of,
            Err(why) => {
                let message = format!("the time of `--as-of` does not exist: {why}");
                return words.problem(Diagnostic::fatal("cli/as-of", message));
            }
        };
        words.problems(shown_twice("--as-of", self.as_of, &zone).as_slice());
        let options = Options {
            site: site.clone(),
            view: Choice { as_of, drafts: self.drafts },
            port: self.port,
            lan: self.lan,
            names: self.host_name.clone(),
            poll: self.poll,
            follow: self.follow,
            editor: self.editor.clone(),
            now: Timestamp::now,
        };
        let report = Terminal { words: words.clone(), open: self.open, port: self.port };
        match serve(options, Box::new(report)) {
            Ok(never) => match never {},
            Err(problem) => words.problem(problem),
        }
    }
}

/// Tells what happens on the terminal.
struct Terminal {
    words: Words,
    open: bool,
    port: u16,
}

impl Report for Terminal {
    fn listening(&self, addresses: &Addresses) {
        if addresses.is_other_port {
            self.words.say(&format!("Port {} is busy", self.port));
        }
        self.words.say(&format!("Preview: {}", addresses.own));
        if let Some(network) = &addresses.network {
            self.words.say(&format!("On the network: {network}\n"));
            if let Ok(code) = QrCode::new(network) {
                self.words.say(&code.render::<Dense1x2>().build());
            }
        }
        if self.open && open::that_detached(&addresses.own).is_err() {
            self.words.say("No browser could be opened");
        }
    }

    fn ready(&self, articles: usize, time: Duration) {
        let articles = counted(articles, "article", "articles");
        self.words
            .say(&format!("Read {articles} in {}; Ctrl-C ends the preview", super::build::seconds(time)));
    }

    fn problems(&self, new: &[&Diagnostic], is_mended: bool) {
        let new: Vec<Diagnostic> = new.iter().map(|problem| (*problem).clone()).collect();
        self.words.problems(&new);
        if is_mended {
            self.words.say("All errors are mended");
        }
    }

    fn renewed(&self, files: &[String], pages: usize, time: Duration) {
        let files: BTreeSet<&String> = files.iter().collect();
        let named: Vec<&str> = files.iter().take(NAMED).map(|file| file.as_str()).collect();
        let more = files.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {}", counted(more, "more", "more")) };
        let what = if files.is_empty() {
            "The whole site".to_owned()
        } else {
            format!("{}{more}", named.join(", "))
        };
        self.words.say(&format!("Changed: {what} ({}){}", super::build::seconds(time), told(pages)));
    }

    fn time_passed(&self, pages: usize) {
        self.words.say(&format!("The time has come for something to appear or to go{}", told(pages)));
    }
}

/// How many pages were renewed that somebody looks at.
fn told(pages: usize) -> String {
    if pages == 0 {
        String::new()
    } else {
        format!("; {} renewed", counted(pages, "open page", "open pages"))
    }
}
