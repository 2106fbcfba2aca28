//! `bulletin new "Headline"`: a draft with its id, date and slug filled in.

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Args;
use jiff::Zoned;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::init::{cannot_write, write_new};
use super::{MessageFormat, Words};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::site::SiteDir;
use crate::view::authority;

/// Arguments of `bulletin new`.
#[derive(Args, Debug)]
pub(super) struct New {
    /// The headline
    #[arg(value_name = "HEADLINE")]
    headline: String,
    /// The section, which is the folder under `content/`
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
}

impl New {
    pub(super) fn run(&self, site: &SiteDir, words: &Words) -> ExitCode {
        let config = match settings(site) {
            Ok(config) => config,
            Err(problems) => return words.problems(&problems),
        };
        let now = Zoned::now().with_time_zone(config.timezone.clone());
        match self.article(&config, &now) {
            Ok((path, text)) => {
                let file = site.content().join(&path);
                match write_new(&file, &text) {
                    Ok(()) => {
                        let shown = file.strip_prefix(".").unwrap_or(&file).to_string_lossy();
                        words.data(&match words.format {
                            MessageFormat::Human => shown.into_owned(),
                            MessageFormat::Json => {
                                serde_json::json!({"reason": "article-created", "file": shown}).to_string()
                            }
                        });
                        ExitCode::SUCCESS
                    }
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                        words.problem(already_there(&path))
                    }
                    Err(error) => words.problem(cannot_write(&file, &error)),
                }
            }
            Err(problem) => words.problem(problem),
        }
    }

    /// Path relative to `content/`, and text.
    fn article(&self, config: &Config, now: &Zoned) -> Result<(String, String), Diagnostic> {
        let headline = self.headline.trim();
        let slug = config.slugs.of(headline);
        if slug.is_empty() || headline.chars().any(char::is_control) {
            return Err(Diagnostic::fatal(
                "new/headline",
                "this headline has no letter to make a URL from, or is not one line",
            ));
        }
        let section = self.section.as_deref().map(|section| config.known_section(section)).transpose()?;
        let authority = authority(config);
        // An id is a URI, of ASCII alone.
        let name = utf8_percent_encode(&slug, NON_ALPHANUMERIC).to_string().replace("%2D", "-");
        let day = now.date();
        let text = format!(
            "---\ntitle: {title}\ndeck:\ndate: {date}\nid: tag:{authority},{day}:{name}\ndraft: true\nauthors: []\ntags: []\n---\n\n",
            title = serde_json::Value::from(headline),
            date = now.strftime("%Y-%m-%dT%H:%M:%S%:z"),
        );
        let folder = section.map_or_else(String::new, |section| format!("{section}/"));
        Ok((format!("{folder}{day}-{slug}.md"), text))
    }
}

pub(super) fn settings(site: &SiteDir) -> Result<Config, Vec<Diagnostic>> {
    let (config, problems) = Config::load(site);
    let failed = problems.has_errors();
    config.filter(|_| !failed).ok_or_else(|| problems.into_sorted())
}

fn already_there(path: &str) -> Diagnostic {
    Diagnostic::fatal(
        "new/exists",
        "there is an article with this headline and day already, and it is left alone",
    )
    .at(Place::file(format!("content/{path}")))
    .help("choose another headline, or edit that article")
}
