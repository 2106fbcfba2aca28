//! `bulletin man DIR`: a man page for the program and for each command.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ColorChoice, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::init::cannot_write;
use super::{Console, counted, help};

/// Arguments of `bulletin man`.
#[derive(Args, Debug)]
pub(super) struct ManPages {
    /// Folder for the pages, created if missing
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl ManPages {
    pub(super) fn run(&self, console: &Console) -> ExitCode {
        if let Err(error) = fs::create_dir_all(&self.dir) {
            return console.problem(cannot_write(&self.dir, &error));
        }
        let pages = pages();
        for (name, text) in &pages {
            let path = self.dir.join(name);
            if let Err(error) = fs::write(&path, text) {
                return console.problem(cannot_write(&path, &error));
            }
        }
        console.say(&format!(
            "Wrote {} to {}",
            counted(pages.len(), "man page", "man pages"),
            self.dir.display()
        ));
        ExitCode::SUCCESS
    }
}

/// File names and their text.
fn pages() -> Vec<(String, Vec<u8>)> {
    // The examples and exit codes get sections of their own instead of the text after the help.
    let mut root = help::command(ColorChoice::Never);
    root.build();
    let commands = root.get_subcommands().filter(|command| command.get_name() != "help");
    let mut pages = vec![("bulletin.1".to_owned(), page(&root, ""))];
    for command in commands {
        let name = command.get_name();
        pages.push((format!("bulletin-{name}.1"), page(command, name)));
    }
    pages
}

fn page(command: &Command, name: &str) -> Vec<u8> {
    let man = Man::new(command.clone())
        .manual("Bulletin manual")
        .source(concat!("bulletin ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    let sections =
        [Man::render_title, Man::render_name_section, Man::render_synopsis_section]
            .into_iter()
            .chain([Man::render_description_section, Man::render_options_section])
            .chain(command.has_subcommands().then_some(
                Man::render_subcommands_section as fn(&Man, &mut dyn io::Write) -> io::Result<()>,
            ));
    for section in sections {
        // A vector takes everything that is written.
        let _ = section(&man, &mut page);
    }
    let mut roff = Roff::new();
    definitions(&mut roff, "EXIT STATUS", &help::EXIT_CODES);
    definitions(&mut roff, "EXAMPLES", help::examples(name));
    page.extend_from_slice(roff.to_roff().as_bytes());
    page
}

fn definitions(roff: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (term, text) in entries {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
}
