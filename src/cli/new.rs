//! `bulletin new HEADLINE`: a draft with its id, date and file name filled in.

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Args;
use jiff::Zoned;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Console;
use super::init::{cannot_write, write_new};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::site::SiteDir;
use crate::view::authority;

/// Arguments of `bulletin new`.
#[derive(Args, Debug)]
pub(super) struct New {
    /// Headline of the story
    #[arg(value_name = "HEADLINE")]
    headline: String,
    /// Section of the story, which is its folder in `content/`
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
}

impl New {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let config = match super::settings(site) {
            Ok(config) => config,
            Err(problems) => return console.problems(&problems),
        };
        let now = Zoned::now().with_time_zone(config.timezone.clone());
        match self.article(&config, &now) {
            Ok((path, text)) => {
                let file = site.content().join(&path);
                match write_new(&file, &text) {
                    Ok(()) => {
                        let shown = file.strip_prefix(".").unwrap_or(&file).to_string_lossy();
                        let json = serde_json::json!({"reason": "article-created", "file": shown});
                        console.data(&if console.is_json() { json.to_string() } else { shown.into_owned() });
                        ExitCode::SUCCESS
                    }
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                        console.problem(already_there(&path))
                    }
                    Err(error) => console.problem(cannot_write(&file, &error)),
                }
            }
            Err(problem) => console.problem(problem),
        }
    }

    /// The path relative to `content/`, and the text of the file.
    fn article(&self, config: &Config, now: &Zoned) -> Result<(String, String), Diagnostic> {
        let headline = self.headline.trim();
        let slug = config.slugs.of(headline);
        if slug.is_empty() || headline.chars().any(char::is_control) {
            return Err(Diagnostic::fatal(
                "new/headline",
                "this headline has no letters or digits for a URL, or has more than one line",
            ));
        }
        let section = self.section.as_deref().map(|section| config.known_section(section)).transpose()?;
        let authority = authority(config);
        // An id is a URI, so it must be ASCII.
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

fn already_there(path: &str) -> Diagnostic {
    Diagnostic::fatal("new/exists", "a story with this headline and date already exists")
        .at(Place::file(format!("content/{path}")))
        .help("choose another headline, or edit that story")
}
