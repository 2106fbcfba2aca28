//! `bulletin urls`: the URLs of the site, and which of those of an old one nothing answers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::build::{instant_of, shown_twice, wait_for_other_build, zone_of};
use super::{MessageFormat, Words, counted};
use crate::archive::View;
use crate::diagnostic::Diagnostic;
use crate::instant;
use crate::pipeline::Request;
use crate::pipeline::old_urls::{self, Answer, OldUrl};
use crate::site::SiteDir;
use crate::timings::thousands;

/// Most patterns of missing URLs that are shown without `-v`.
const SHOWN: usize = 20;

/// Arguments of `bulletin urls`.
#[derive(Args, Debug)]
pub(super) struct Urls {
    /// Look up each old URL of a sitemap, a list of URLs or paths, the log of a server, or the folder of a built site
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write `aliases` into stories, and `redirects` into bulletin.yaml, for old URLs whose story or list is certain
    #[arg(long, requires = "against")]
    write: bool,
    /// Report in lines of JSON on stdout
    #[arg(long)]
    json: bool,
    /// The site as it is at this time, in the site's zone if it has no offset [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<instant::Instant>,
}

impl Urls {
    pub(super) fn run(&self, site: &SiteDir, words: &Words) -> ExitCode {
        let mut words = words.clone();
        if self.json {
            words.format = MessageFormat::Json;
        }
        let as_of = match instant_of(self.as_of, site) {
            Ok(as_of) => as_of,
            Err(problem) => return words.problem(*problem),
        };
        words.problems(shown_twice("--as-of", self.as_of, &zone_of(site)).as_slice());
        let request = Request {
            site: site.clone(),
            output: None,
            view: View { as_of, drafts: false },
            clean: false,
            strict: false,
            explain: false,
            timings: None,
        };
        match &self.against {
            None => own(&request, &words),
            Some(list) => self.against(&request, list, &words),
        }
    }

    fn against(&self, request: &Request, list: &std::path::Path, words: &Words) -> ExitCode {
        let lock = match self.write.then(|| wait_for_other_build(&request.site, words)).transpose() {
            Ok(lock) => lock,
            Err(error) => {
                let message = format!("waiting for a build of this site failed: {error}");
                return words.problem(Diagnostic::fatal("urls/lock", message).help("try again"));
            }
        };
        match old_urls::look_up(request, list, lock.as_ref()) {
            Ok((urls, problems)) => {
                words.problems(&problems);
                tell(&urls, self.write, words)
            }
            Err(problems) => words.problems(&problems),
        }
    }
}

/// The URLs of the site itself, a path a line.
fn own(request: &Request, words: &Words) -> ExitCode {
    match old_urls::site_urls(request) {
        Ok(urls) => {
            for url in urls {
                match words.format {
                    MessageFormat::Human => words.data(&url),
                    MessageFormat::Json => words.data(&json!({"reason": "url", "url": url}).to_string()),
                }
            }
            ExitCode::SUCCESS
        }
        Err(problems) => words.problems(&problems),
    }
}

/// Says what became of old URLs; fails if nothing answers one of them.
fn tell(urls: &[OldUrl], write: bool, words: &Words) -> ExitCode {
    let count = |answer: Answer| urls.iter().filter(|url| url.answer == answer).count();
    let written = urls.iter().filter(|url| url.is_written).count();
    let open: Vec<&OldUrl> =
        urls.iter().filter(|url| url.answer == Answer::Missing && !url.is_written).collect();
    if words.format == MessageFormat::Json {
        for url in urls.iter().filter(|url| url.answer == Answer::Missing) {
            let line = json!({"reason": "url-missing", "url": url.path, "target": url.target, "written": url.is_written});
            words.data(&line.to_string());
        }
        let line = json!({
            "reason": "urls-finished", "urls": urls.len(), "found": count(Answer::Found),
            "redirected": count(Answer::Redirected), "missing": open.len(), "written": written,
        });
        words.data(&line.to_string());
    } else {
        missing(&open, words);
        let known = open.iter().filter(|url| url.target.is_some()).count();
        words.say(&format!(
            "Of {}, {} answer, {} are redirected, {} are missing",
            counted(urls.len(), "old URL", "old URLs"),
            thousands(count(Answer::Found) as u64),
            thousands(count(Answer::Redirected) as u64),
            thousands(open.len() as u64),
        ));
        if written > 0 {
            words.say(&format!("Wrote aliases and redirects for {} more", thousands(written as u64)));
        } else if known > 0 && !write {
            words.say(&format!(
                "The story or list of {} of them is certain: --write adds aliases and redirects",
                thousands(known as u64)
            ));
        }
    }
    if open.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Says which old URLs nothing answers: by patterns; with `-v` each, on stdout.
fn missing(open: &[&OldUrl], words: &Words) {
    let patterns = old_urls::patterns(open.iter().map(|url| &*url.path));
    let width = patterns.first().map_or(0, |(_, count, _)| thousands(*count as u64).len());
    for (pattern, count, example) in patterns.iter().take(if words.verbose { usize::MAX } else { SHOWN }) {
        let count = thousands(*count as u64);
        if pattern == example {
            words.say(&format!("{count:>width$} × {pattern}"));
        } else {
            words.say(&format!("{count:>width$} × {pattern}, for example {example}"));
        }
    }
    if words.verbose {
        open.iter().for_each(|url| words.data(&url.path));
    } else if patterns.len() > SHOWN {
        words.say(&format!("{} more patterns; -v shows them, and each URL", patterns.len() - SHOWN));
    }
}
