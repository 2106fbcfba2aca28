//! `bulletin serve`.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::build::seconds;
use super::{AsOf, Console, counted};
use crate::config::LoadedConfig;
use crate::diagnostic::Diagnostic;
use crate::serve::{Addresses, Editor, Options, Report, ViewOptions, serve};
use crate::site::SiteDir;

/// How many changed files a line names.
const MAX_NAMED: usize = 2;

/// Arguments of `bulletin serve`.
#[derive(Args, Debug)]
pub(super) struct Serve {
    #[command(flatten)]
    as_of: AsOf,
    /// Include drafts
    #[arg(long)]
    drafts: bool,
    /// Editor for links to source files: vscode, vscodium, cursor, zed, idea, sublime, textmate, or a URL with {file}, {line} and
    /// {column}
    #[arg(long, value_name = "EDITOR")]
    editor: Option<Editor>,
    /// Go to the page of the story that you edit
    #[arg(long)]
    follow: bool,
    /// Additional host name to accept, such as that of a proxy
    #[arg(long, value_name = "NAME")]
    host_name: Vec<String>,
    /// Also serve the network, on one address or all of them; visitors need the key in the URL
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "0.0.0.0")]
    lan: Option<IpAddr>,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
    /// Check files for changes twice a second, for network folders and containers where the system reports none
    #[arg(long)]
    poll: bool,
    /// Port to listen on, or the next free one; 0 for any
    #[arg(long, value_name = "PORT", default_value_t = 4400)]
    port: u16,
}

impl Serve {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let as_of = match self.as_of.given(&LoadedConfig::load(site), console) {
            Ok(as_of) => as_of,
            Err(code) => return code,
        };
        let options = Options {
            site: site.clone(),
            view: ViewOptions { as_of, drafts: self.drafts },
            port: self.port,
            lan: self.lan,
            names: self.host_name.clone(),
            poll: self.poll,
            follow: self.follow,
            editor: self.editor.clone(),
            now: Timestamp::now,
        };
        let report = Terminal { console: console.clone(), open: self.open, port: self.port };
        match serve(options, Box::new(report)) {
            Ok(never) => match never {},
            Err(problem) => console.problem(problem),
        }
    }
}

/// Reports on the terminal.
struct Terminal {
    console: Console,
    open: bool,
    port: u16,
}

impl Report for Terminal {
    fn listening(&self, addresses: &Addresses) {
        if addresses.is_other_port {
            self.console.say(&format!("Port {} is in use", self.port));
        }
        self.console.say(&format!("Preview: {}", addresses.own));
        if let Some(network) = &addresses.network {
            self.console.say(&format!("On the network: {network}\n"));
            if let Ok(code) = QrCode::new(network) {
                self.console.say(&code.render::<Dense1x2>().build());
            }
        }
        if self.open && open::that_detached(&addresses.own).is_err() {
            self.console.say("Cannot open a browser");
        }
    }

    fn ready(&self, articles: usize, time: Duration) {
        let stories = counted(articles, "story", "stories");
        self.console.say(&format!("Read {stories} in {}; press Ctrl-C to stop", seconds(time)));
    }

    fn problems(&self, new: &[&Diagnostic], is_fixed: bool) {
        let new: Vec<Diagnostic> = new.iter().map(|problem| (*problem).clone()).collect();
        self.console.problems(&new);
        if is_fixed {
            self.console.say("All errors are fixed");
        }
    }

    fn changed(&self, files: &[String], pages: usize, time: Duration) {
        let files: BTreeSet<&String> = files.iter().collect();
        let named: Vec<&str> = files.iter().take(MAX_NAMED).map(|file| file.as_str()).collect();
        let more = files.len().saturating_sub(MAX_NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let changed = if files.is_empty() {
            "the whole site".to_owned()
        } else {
            format!("{}{more}", named.join(", "))
        };
        self.console.say(&format!("Changed: {changed} ({}){}", seconds(time), pages_updated(pages)));
    }

    fn time_passed(&self, pages: usize) {
        self.console.say(&format!("A scheduled change took effect{}", pages_updated(pages)));
    }
}

/// How many of the pages that browsers show were updated.
fn pages_updated(pages: usize) -> String {
    if pages == 0 {
        String::new()
    } else {
        format!("; {} updated", counted(pages, "open page", "open pages"))
    }
}
