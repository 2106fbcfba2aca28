//! `bulletin urls`: the URLs of the site, and the URLs of an old one that no longer work.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::build::wait_for_lock;
use super::{AsOf, Console, counted};
use crate::archive::View;
use crate::config::LoadedConfig;
use crate::pipeline::Request;
use crate::pipeline::old_urls::{self, Answer, OldUrl};
use crate::site::SiteDir;
use crate::timings::thousands;

/// How many patterns of missing URLs are shown without `-v`.
const MAX_PATTERNS: usize = 20;

/// Arguments of `bulletin urls`.
#[derive(Args, Debug)]
pub(super) struct Urls {
    /// Look up the old URLs in a sitemap, a list, a server log, or the folder of a built site
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    as_of: AsOf,
    /// Same as `--message-format json`
    #[arg(long)]
    json: bool,
    /// Add `aliases` to stories, and `redirects` to bulletin.yaml, for old URLs whose target is certain
    #[arg(long, requires = "against")]
    write: bool,
}

impl Urls {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let console = &console.with_json(self.json);
        let settings = Arc::new(LoadedConfig::load(site));
        let as_of = match self.as_of.or_now(&settings, console) {
            Ok(as_of) => as_of,
            Err(code) => return code,
        };
        let view = View { as_of, drafts: false };
        let request = Request { settings: Some(settings), ..Request::new(site.clone(), view) };
        match &self.against {
            None => list(&request, console),
            Some(urls) => self.compare(&request, urls, console),
        }
    }

    fn compare(&self, request: &Request, urls: &Path, console: &Console) -> ExitCode {
        let lock = match self.write.then(|| wait_for_lock(&request.site, console)).transpose() {
            Ok(lock) => lock,
            Err(code) => return code,
        };
        match old_urls::look_up(request, urls, lock.as_ref()) {
            Ok((urls, problems)) => {
                console.problems(&problems);
                report(&urls, self.write, console)
            }
            Err(problems) => console.problems(&problems),
        }
    }
}

/// Prints the URLs of the site, one path per line.
fn list(request: &Request, console: &Console) -> ExitCode {
    match old_urls::site_urls(request) {
        Ok(urls) => {
            for url in urls {
                let json = console.is_json().then(|| json!({"reason": "url", "url": url}).to_string());
                console.data(&json.unwrap_or(url));
            }
            ExitCode::SUCCESS
        }
        Err(problems) => console.problems(&problems),
    }
}

/// Reports which old URLs still work; the exit code is 1 if any is missing.
fn report(urls: &[OldUrl], write: bool, console: &Console) -> ExitCode {
    let count = |answer: Answer| urls.iter().filter(|url| url.answer == answer).count();
    let written = urls.iter().filter(|url| url.is_written).count();
    let open: Vec<&OldUrl> =
        urls.iter().filter(|url| url.answer == Answer::Missing && !url.is_written).collect();
    if console.is_json() {
        for url in urls.iter().filter(|url| url.answer == Answer::Missing) {
            let line = json!({"reason": "url-missing", "url": url.path, "target": url.target, "written": url.is_written});
            console.data(&line.to_string());
        }
        let line = json!({
            "reason": "urls-finished", "urls": urls.len(), "found": count(Answer::Found),
            "redirected": count(Answer::Redirected), "missing": open.len(), "written": written,
        });
        console.data(&line.to_string());
    } else {
        print_missing(&open, console);
        let known = open.iter().filter(|url| url.target.is_some()).count();
        console.say(&format!(
            "{}: {} found, {} redirected, {} missing",
            counted(urls.len(), "old URL", "old URLs"),
            thousands(count(Answer::Found) as u64),
            thousands(count(Answer::Redirected) as u64),
            thousands(open.len() as u64),
        ));
        if written > 0 {
            console.say(&format!("Added {}", counted(written, "redirect", "redirects")));
        } else if known > 0 && !write {
            let known =
                counted(known, "missing URL has a certain target", "missing URLs have certain targets");
            console.say(&format!("{known}; --write adds redirects"));
        }
    }
    if open.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Prints the missing URLs by pattern; with `-v` also each of them, on stdout.
fn print_missing(open: &[&OldUrl], console: &Console) {
    let patterns = old_urls::patterns(open.iter().map(|url| &*url.path));
    let width = patterns.first().map_or(0, |(_, count, _)| thousands(*count as u64).len());
    for (pattern, count, example) in
        patterns.iter().take(if console.verbose { usize::MAX } else { MAX_PATTERNS })
    {
        let count = thousands(*count as u64);
        if pattern == example {
            console.say(&format!("{count:>width$} × {pattern}"));
        } else {
            console.say(&format!("{count:>width$} × {pattern}, such as {example}"));
        }
    }
    if console.verbose {
        open.iter().for_each(|url| console.data(&url.path));
    } else if patterns.len() > MAX_PATTERNS {
        let more = counted(patterns.len() - MAX_PATTERNS, "more pattern", "more patterns");
        console.say(&format!("{more} (-v shows them all, and every URL)"));
    }
}
