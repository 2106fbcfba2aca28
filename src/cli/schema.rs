//! `bulletin schema`: JSON Schemas with which editors complete and check front matter and settings.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Console;
use crate::schema;

/// Arguments of `bulletin schema`.
#[derive(Args, Debug)]
pub(super) struct Schema {
    /// The file to describe
    #[arg(value_enum, value_name = "FILE", default_value = "settings")]
    file: File,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum File {
    /// The front matter of stories
    FrontMatter,
    /// `bulletin.yaml`
    Settings,
}

impl Schema {
    pub(super) fn run(&self, console: &Console) -> ExitCode {
        let schema = match self.file {
            File::FrontMatter => schema::front_matter(),
            File::Settings => schema::settings(),
        };
        console.data(&format!("{schema:#}"));
        ExitCode::SUCCESS
    }
}
