//! `bulletin new HEADLINE`: a draft with its id, date and file name filled in, and with its lead picture beside it.

use std::fs;
use std::io;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Zoned;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::Console;
use super::init::{cannot_write, write_new};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::pictures::{self, Flaw, Library, Metadata, Picture};
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
    /// Lead picture, which is copied beside the story, with the caption and credit of its metadata
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
}

/// A story to write: its folder below `content/`, its name without extension, and its picture.
struct Draft {
    folder: String,
    name: String,
    text: String,
    lead: Option<Lead>,
}

/// A lead picture to copy.
struct Lead {
    from: PathBuf,
    name: String,
    metadata: Metadata,
}

impl New {
    pub(super) fn run(&self, site: &SiteDir, console: &Console) -> ExitCode {
        let config = match super::settings(site) {
            Ok(config) => config,
            Err(problems) => return console.problems(&problems),
        };
        let now = Zoned::now().with_time_zone(config.timezone.clone());
        match self.draft(&config, &now).and_then(|draft| draft.write(&site.content())) {
            Ok(file) => {
                let shown = file.strip_prefix(".").unwrap_or(&file).to_string_lossy();
                let json = serde_json::json!({"reason": "article-created", "file": shown});
                console.data(&if console.is_json() { json.to_string() } else { shown.into_owned() });
                ExitCode::SUCCESS
            }
            Err(problem) => console.problem(*problem),
        }
    }

    fn draft(&self, config: &Config, now: &Zoned) -> Result<Draft, Box<Diagnostic>> {
        let headline = self.headline.trim();
        let slug = config.slugs.of(headline);
        if slug.is_empty() || headline.chars().any(char::is_control) {
            return Err(Box::new(Diagnostic::fatal(
                "new/headline",
                "this headline has no letters or digits for a URL, or has more than one line",
            )));
        }
        let section = self.section.as_deref().map(|section| config.known_section(section)).transpose()?;
        let lead = self.image.as_deref().map(|file| Lead::of(config, file)).transpose()?;
        let authority = authority(config);
        // An id is a URI, so it must be ASCII.
        let name = utf8_percent_encode(&slug, NON_ALPHANUMERIC).to_string().replace("%2D", "-");
        let day = now.date();
        let text = format!(
            "---\ntitle: {title}\ndeck:\ndate: {date}\nid: tag:{authority},{day}:{name}\ndraft: true\nauthors: []\ntags: []\n{image}---\n\n",
            title = Value::from(headline),
            date = now.strftime("%Y-%m-%dT%H:%M:%S%:z"),
            image = lead.as_ref().map(Lead::front_matter).unwrap_or_default(),
        );
        let folder = section.map_or_else(String::new, |section| format!("{section}/"));
        Ok(Draft { folder, name: format!("{day}-{slug}"), text, lead })
    }
}

impl Draft {
    /// Writes the story and its picture, or nothing. Returns the path of the story.
    fn write(&self, content: &Path) -> Result<PathBuf, Box<Diagnostic>> {
        let Self { folder, name, text, lead } = self;
        let (alone, bundle) = (format!("{folder}{name}.md"), format!("{folder}{name}"));
        let index = format!("{bundle}/index.md");
        for path in [&alone, &index] {
            if content.join(path).symlink_metadata().is_ok() {
                return Err(Box::new(already_there(path)));
            }
        }
        let path = if lead.is_some() { &index } else { &alone };
        let file = content.join(path);
        let written = match lead {
            None => write_new(&file, text),
            Some(lead) => write_bundle(&content.join(&bundle), text, lead),
        };
        match written {
            Ok(()) => Ok(file),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Box::new(already_there(path))),
            Err(error) => Err(Box::new(cannot_write(&file, &error))),
        }
    }
}

/// Writes a story with its picture into a new folder, or nothing.
fn write_bundle(folder: &Path, text: &str, lead: &Lead) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    fs::create_dir(folder)?;
    // The story comes last: a preview never sees one whose picture is missing.
    let copied = fs::copy(&lead.from, folder.join(&lead.name));
    let written = copied.and_then(|_| write_new(&folder.join("index.md"), text));
    if written.is_err() {
        // Only what this call has written is in the folder.
        let _ = fs::remove_dir_all(folder);
    }
    written
}

impl Lead {
    /// The picture in a file, if the site can show it.
    fn of(config: &Config, file: &Path) -> Result<Self, Box<Diagnostic>> {
        let refused = |why: String, help: &str| {
            let problem = Diagnostic::fatal("new/image", why).at(Place::file(file.to_string_lossy()));
            Err(Box::new(problem.help(help)))
        };
        let given = file.file_name().unwrap_or_default().to_string_lossy();
        if !file.is_file() {
            return refused("there is no such file".to_owned(), "write the path of a picture");
        }
        if !pictures::is_picture(&given) {
            return refused(
                "the name of this file is not that of a picture".to_owned(),
                "use a file with the extension of its format, such as `.jpg`",
            );
        }
        let picture = match pictures::examine(file) {
            Ok(picture) => picture,
            Err(error) => return refused(format!("cannot read this file: {error}"), "check its permissions"),
        };
        let Picture { flaws, source, metadata, .. } = picture;
        if let Some((why, help)) = flaws.iter().find_map(|flaw| reason(flaw, source.is_none())) {
            return refused(why, help);
        }
        let facts = source.map(|source| Library::open(None).facts(file, &source));
        if let Some(Err(error)) = facts {
            return refused(
                format!("cannot decode this picture: {error}"),
                "save it again, or export it as JPEG",
            );
        }
        let (stem, extension) = given.rsplit_once('.').unwrap_or((&given, "jpg"));
        let other = flaws.iter().find_map(|flaw| match flaw {
            Flaw::WrongExtension(format) => Some(format.as_str()),
            _ => None,
        });
        let extension = other.unwrap_or(extension).to_lowercase();
        let stem = match config.slugs.of(stem) {
            slug if slug.is_empty() => "picture".to_owned(),
            slug => slug,
        };
        Ok(Self { from: file.to_owned(), name: format!("{stem}.{extension}"), metadata })
    }

    /// The key `image`.
    fn front_matter(&self) -> String {
        let Metadata { alt, caption, credit, creator, copyright, .. } = &self.metadata;
        let line = |key: &str, value: Option<&String>, hint: &str| match value {
            Some(text) => format!("  {key}: {}\n", Value::from(text.as_str())),
            None => format!("  {key}: # {hint}\n"),
        };
        [
            format!("image:\n  src: {}\n", Value::from(self.name.as_str())),
            line("alt", alt.as_ref(), "what it shows, for readers who cannot see it"),
            line("caption", caption.as_ref(), "who, what, where and when"),
            line("credit", credit.as_ref().or(creator.as_ref()).or(copyright.as_ref()), "who made it"),
        ]
        .concat()
    }
}

/// Why a site cannot show a picture with this flaw, of which no renditions can be made if `is_useless`, and what to do.
fn reason(flaw: &Flaw, is_useless: bool) -> Option<(String, &'static str)> {
    Some(match flaw {
        Flaw::Empty => ("this file is empty".to_owned(), "save the picture again"),
        Flaw::CutOff => ("this picture is truncated".to_owned(), "copy it again from the camera"),
        Flaw::NotAPicture => ("this file is not a picture".to_owned(), "choose another file"),
        Flaw::UnsupportedFormat(format) if is_useless => (
            format!("few browsers show {format}, the format of this picture"),
            "save it as JPEG: photo programs and phones have an export for it",
        ),
        Flaw::Undecodable(_, error) => {
            (format!("cannot decode this picture: {error}"), "save it again, or export it as JPEG")
        }
        _ => return None,
    })
}

fn already_there(path: &str) -> Diagnostic {
    Diagnostic::fatal("new/exists", "a story with this headline and date already exists")
        .at(Place::file(format!("content/{path}")))
        .help("choose another headline, or edit that story")
}
