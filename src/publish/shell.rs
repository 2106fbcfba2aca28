//! A line of shell, as settings and configuration files have it → a command.

use std::process::Command;

/// The command that runs a line of shell: `sh -c`, on Windows `cmd /C`.
pub(crate) fn command(line: &str) -> Command {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.arg(option).arg(line);
    command
}
