//! `bulletin completions SHELL`.

use std::process::ExitCode;

use clap::{Args, ColorChoice};
use clap_complete::Shell;

use super::{Console, help};

/// Arguments of `bulletin completions`.
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// Shell to complete for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, console: &Console) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut help::command(ColorChoice::Never), "bulletin", &mut script);
        console.data(String::from_utf8_lossy(&script).trim_end());
        ExitCode::SUCCESS
    }
}
