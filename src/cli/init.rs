//! `bulletin init DIR`: a small site that builds at once and shows the format.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Zoned;

use super::Words;
use crate::diagnostic::{Diagnostic, Place};

/// Path and text of each file of a new site. `@DATE@` and `@TIMEZONE@` are filled in.
const FILES: [(&str, &str); 5] = [
    ("bulletin.yaml", include_str!("starter/bulletin.yaml")),
    ("content/local/the-first-story.md", include_str!("starter/first.md")),
    ("content/opinion/what-may-wait.md", include_str!("starter/second.md")),
    ("content/about.md", include_str!("starter/about.md")),
    (".gitignore", include_str!("starter/gitignore")),
];

/// Arguments of `bulletin init`.
#[derive(Args, Debug)]
pub(super) struct Init {
    /// The folder of the new site
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Init {
    pub(super) fn run(&self, words: &Words) -> ExitCode {
        let now = Zoned::now();
        let timezone = now.time_zone().iana_name().unwrap_or("UTC").to_owned();
        let fill =
            |text: &str| text.replace("@DATE@", &now.date().to_string()).replace("@TIMEZONE@", &timezone);
        let files: Vec<(PathBuf, String)> =
            FILES.iter().map(|(path, text)| (self.dir.join(fill(path)), fill(text))).collect();
        if let Some((taken, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
            return words.problem(already_there(taken));
        }
        for (path, text) in &files {
            if let Err(error) = write_new(path, text) {
                return words.problem(cannot_write(path, &error));
            }
        }
        let dir = self.dir.to_string_lossy();
        let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-~".contains(c);
        let dir = if dir.chars().all(is_plain) { dir.into_owned() } else { format!("\"{dir}\"") };
        words.say(&format!("Started a site in {dir}. Build it with\n\n    bulletin build --site {dir}"));
        ExitCode::SUCCESS
    }
}

/// Writes a file that must not exist yet, with the folders above it.
pub(super) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}

fn already_there(path: &Path) -> Diagnostic {
    Diagnostic::fatal("init/exists", "there is such a file already, and it is left alone")
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        .help("name a folder that is empty or does not exist yet")
}

pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::fatal("output/cannot-write", format!("this file cannot be written: {error}"))
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
}
