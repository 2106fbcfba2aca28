//! `bulletin init DIR`: a small site that builds at once and shows the format, or one for an archive to move into.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Zoned;

use super::Words;
use crate::diagnostic::{Diagnostic, Place};
use crate::starter;

/// Arguments of `bulletin init`.
#[derive(Args, Debug)]
pub(super) struct Init {
    /// The folder of the new site
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Without sample articles, for an archive to be imported
    #[arg(long)]
    empty: bool,
}

impl Init {
    pub(super) fn run(&self, words: &Words) -> ExitCode {
        let files = if self.empty {
            starter::empty()
        } else {
            let now = Zoned::now();
            starter::sample(&now.date().to_string(), now.time_zone().iana_name().unwrap_or("UTC"))
        };
        let files: Vec<(PathBuf, String)> =
            files.into_iter().map(|(path, text)| (self.dir.join(path), text)).collect();
        if let Some((taken, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
            return words.problem(already_there(taken));
        }
        let content = self.dir.join("content");
        if let Err(error) = fs::create_dir_all(&content) {
            return words.problem(cannot_write(&content, &error));
        }
        for (path, text) in &files {
            if let Err(error) = write_new(path, text) {
                return words.problem(cannot_write(path, &error));
            }
        }
        let dir = self.dir.to_string_lossy();
        let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-~".contains(c);
        let dir = if dir.chars().all(is_plain) { dir.into_owned() } else { format!("\"{dir}\"") };
        words.say(&if self.empty {
            format!("Started an empty site in {dir}. Move an archive in with\n\n    bulletin import ARCHIVE --site {dir}")
        } else {
            format!("Started a site in {dir}. Build it with\n\n    bulletin build --site {dir}")
        });
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
