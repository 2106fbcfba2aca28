//! `bulletin init DIR`: a small sample site, or an empty one for an import.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Zoned;

use super::Console;
use crate::diagnostic::{Diagnostic, Place};
use crate::starter;

/// Arguments of `bulletin init`.
#[derive(Args, Debug)]
pub(super) struct Init {
    /// Folder of the new site
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Leave out the sample stories
    #[arg(long)]
    empty: bool,
}

impl Init {
    pub(super) fn run(&self, console: &Console) -> ExitCode {
        let files = if self.empty {
            starter::empty()
        } else {
            let now = Zoned::now();
            starter::sample(&now.date().to_string(), now.time_zone().iana_name().unwrap_or("UTC"))
        };
        let files: Vec<(PathBuf, String)> =
            files.into_iter().map(|(path, text)| (self.dir.join(path), text)).collect();
        if let Some((taken, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
            return console.problem(already_there(taken));
        }
        let content = self.dir.join("content");
        if let Err(error) = fs::create_dir_all(&content) {
            return console.problem(cannot_write(&content, &error));
        }
        for (path, text) in &files {
            if let Err(error) = write_new(path, text) {
                return console.problem(cannot_write(path, &error));
            }
        }
        let dir = self.dir.to_string_lossy();
        let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-~".contains(c);
        let dir = if dir.chars().all(is_plain) { dir.into_owned() } else { format!("\"{dir}\"") };
        console.say(&if self.empty {
            format!("Created an empty site in {dir}. Import an archive into it with\n\n    bulletin import ARCHIVE --site {dir}")
        } else {
            format!("Created a site in {dir}. Build it with\n\n    bulletin build --site {dir}")
        });
        ExitCode::SUCCESS
    }
}

/// Writes a file that must not exist yet, and creates its folders.
pub(super) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}

fn already_there(path: &Path) -> Diagnostic {
    Diagnostic::fatal("init/exists", "this file already exists")
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        .help("choose an empty or new folder")
}

pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::fatal("output/cannot-write", format!("cannot write this file: {error}"))
        .at(Place::file(path.to_string_lossy().replace('\\', "/")))
}
