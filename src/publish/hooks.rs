//! A finished publication → the commands of the settings that run after it.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::Stdio;

use super::shell;
use crate::diagnostic::Diagnostic;

/// Runs commands one after the other, in the folder of the site. Each gets the changes as JSON on its standard input, and these variables. What it
/// prints goes to standard error, so that standard output stays that of bulletin. There is no time limit.
///
/// Returns a `publish/hook` error for each command that failed; the others run nevertheless.
pub(crate) fn run(
    commands: &[String],
    changes: &serde_json::Value,
    site: &Path,
    variables: &[(&str, String)],
) -> Vec<Diagnostic> {
    commands.iter().filter_map(|line| run_one(line, changes, site, variables).err()).collect()
}

fn run_one(
    line: &str,
    changes: &serde_json::Value,
    site: &Path,
    variables: &[(&str, String)],
) -> Result<(), Diagnostic> {
    let failed = |how: String| {
        let problem = Diagnostic::error("publish/hook", format!("the hook `{line}` {how}"));
        problem.help("correct the command and run it yourself; the publication itself is complete")
    };
    let cannot = |error: std::io::Error| failed(format!("cannot be run: {error}"));
    let status = shell::command(line)
        .current_dir(site)
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .stdin(input(changes).map_err(cannot)?)
        .stdout(Stdio::from(std::io::stderr()))
        .status()
        .map_err(cannot)?;
    if status.success() { Ok(()) } else { Err(failed(format!("failed ({status})"))) }
}

/// The JSON as a file, so that nothing waits for a command that does not read it.
fn input(changes: &serde_json::Value) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(format!("{changes}\n").as_bytes())?;
    file.rewind()?;
    Ok(file)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_hook_gets_the_changes_and_a_failure_is_told() {
        let site = tempfile::tempdir().unwrap();
        let large: Vec<String> = (0..50_000).map(|number| format!("/{number}/")).collect();
        let changes = serde_json::json!({ "target": "production", "added": large });
        let commands = [
            "cat > got.json; printf %s \"$BULLETIN_TARGET\" > target.txt",
            "exit 7",
            "no-such-command-here 2>/dev/null",
            // It reads nothing.
            "true",
            "pwd -P > where.txt",
        ];
        let commands: Vec<String> = commands.into_iter().map(str::to_owned).collect();
        let problems = run(&commands, &changes, site.path(), &[("BULLETIN_TARGET", "production".to_owned())]);
        let read = |name: &str| std::fs::read_to_string(site.path().join(name)).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&read("got.json")).unwrap(), changes);
        assert_eq!(read("target.txt"), "production");
        assert_eq!(read("where.txt").trim(), site.path().canonicalize().unwrap().to_str().unwrap());
        let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        let expected = [
            "the hook `exit 7` failed (exit status: 7)",
            "the hook `no-such-command-here 2>/dev/null` failed (exit status: 127)",
        ];
        assert_eq!(messages, expected);
        let gone = run(&commands[3..4], &changes, &site.path().join("gone"), &[]);
        assert!(gone[0].message.starts_with("the hook `true` cannot be run: "), "{gone:?}");
    }
}
