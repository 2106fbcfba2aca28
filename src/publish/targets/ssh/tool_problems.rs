//! What `ssh`, rsync and programs on the server said → problems with help.

use std::io;
use std::process::ExitStatus;

use super::super::releases::problems::{FULL, fatal, in_the_way, locked, lost_race, missing, not_a_release};
use crate::diagnostic::Diagnostic;

/// Why something failed.
pub(super) enum Failure {
    /// A program of `remote.sh` says why, with a code.
    Program(String, String),
    /// `ssh` or rsync failed.
    Tool {
        /// Its name.
        name: &'static str,
        /// Its exit code.
        code: Option<i32>,
        /// What it printed.
        messages: String,
    },
    /// This machine cannot do it.
    Local(String),
}

impl Failure {
    /// The failure of a tool.
    pub(super) fn ssh(name: &'static str, status: Option<ExitStatus>, messages: &[u8]) -> Self {
        let messages = String::from_utf8_lossy(messages).into_owned();
        Self::Tool { name, code: status.and_then(|status| status.code()), messages }
    }
}

/// A program that this machine does not have.
pub(super) fn not_started(name: &str, error: &io::Error) -> Box<Diagnostic> {
    if error.kind() == io::ErrorKind::NotFound {
        let message = format!("`{name}` is not installed on this machine");
        return fatal(
            "publish/tool",
            message,
            format!("install {name} 3.1 or newer").replace("ssh 3.1 or newer", "OpenSSH"),
        );
    }
    fatal("publish/tool", format!("cannot start `{name}`: {error}"), "check the program in `PATH`")
}

/// The problem with a failure. `place` is the target: `deploy@herald.example:/srv/herald`.
pub(super) fn of(place: &str, failure: Failure) -> Box<Diagnostic> {
    match failure {
        Failure::Program(code, message) => of_program(place, &code, message.trim()),
        Failure::Tool { name, code, messages } => of_tool(place, name, code, &messages),
        Failure::Local(message) => {
            fatal("publish/unreachable", format!("cannot connect to `{place}`: {message}"), "publish again")
        }
    }
}

/// The codes of `remote.sh`.
fn of_program(place: &str, code: &str, message: &str) -> Box<Diagnostic> {
    match code {
        "missing" => missing(place),
        "denied" => denied(place, message),
        "link" => in_the_way(place, message, "a link"),
        "in-the-way" => in_the_way(place, message, "not a folder"),
        "not-a-release" => not_a_release(place, None),
        "locked" => locked(
            place,
            message,
            "wait until it has finished; a lock that was left behind expires after two minutes, and `--yes` takes it",
        ),
        "lost" => lost_race(place),
        _ => by_message(place, message).unwrap_or_else(|| {
            fatal(
                "publish/upload",
                format!("`{place}`: {message}"),
                "publish again; readers still see the site as it was",
            )
        }),
    }
}

fn denied(place: &str, what: &str) -> Box<Diagnostic> {
    let message = format!("no permission to change `{place}`: {what}");
    fatal("publish/denied", message, "give the user who publishes permission to write there")
}

/// Texts of `ssh` and of systems, a code, and help. The first that occurs counts.
const SIGNS: [(&str, &str, &str); 18] = [
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "publish/host-key",
        "the key of the server has changed: ask its operator why, then run `ssh-keygen -R HOST` and connect once with `ssh`",
    ),
    (
        "Host key verification failed",
        "publish/host-key",
        "this machine does not know the key of the server: connect once with `ssh` and compare it, or add the key to `~/.ssh/known_hosts`",
    ),
    (
        "key is known for",
        "publish/host-key",
        "this machine does not know the key of the server: connect once with `ssh` and compare it, or add the key to `~/.ssh/known_hosts`",
    ),
    ("failed: Permission denied", "publish/denied", "give the user who publishes permission to write there"),
    ("Too many authentication failures", "publish/credentials", LOGIN),
    ("Permission denied (", "publish/credentials", LOGIN),
    ("Could not resolve hostname", "publish/unreachable", "check `host`, and whether this machine is online"),
    ("Connection refused", "publish/unreachable", "check `host` and the port in `~/.ssh/config`"),
    ("timed out", "publish/unreachable", "check whether the server runs, and the firewall"),
    ("No route to host", "publish/unreachable", "check whether the server runs, and the network"),
    ("Network is unreachable", "publish/unreachable", "check whether this machine is online"),
    ("No space left on device", "publish/full", FULL),
    ("Disk quota exceeded", "publish/full", FULL),
    ("Read-only file system", "publish/denied", "mount the file system so that it can be written"),
    ("Operation not permitted", "publish/denied", "give the user who publishes permission to write there"),
    ("Permission denied", "publish/denied", "give the user who publishes permission to write there"),
    (
        "is your shell clean",
        "publish/tool",
        "the start files of the shell on the server print something: let them print only if the shell is interactive",
    ),
    ("unknown option", "publish/tool", "install rsync 3.1 or newer here and on the server"),
];

const LOGIN: &str = "the server does not accept your key: check `ssh-add -l` and `~/.ssh/config`; bulletin cannot type passwords";

fn by_message(place: &str, messages: &str) -> Option<Box<Diagnostic>> {
    let (sign, code, help) = SIGNS.iter().find(|(sign, ..)| messages.contains(sign))?;
    let line = messages.lines().find(|line| line.contains(sign)).unwrap_or(sign);
    Some(fatal(code, format!("`{place}`: {}", shortened(line)), *help))
}

fn of_tool(place: &str, name: &str, code: Option<i32>, messages: &str) -> Box<Diagnostic> {
    // What a shell says of a program that it does not find.
    let lacks_rsync = messages.lines().any(|line| line.contains("rsync") && line.contains("not found"));
    if name == "rsync" && (code == Some(127) || lacks_rsync) {
        return fatal(
            "publish/tool",
            format!("`{place}`: rsync is not installed on the server"),
            "install rsync 3.1 or newer there",
        );
    }
    if let Some(problem) = by_message(place, messages) {
        return problem;
    }
    let line =
        messages.lines().rev().find(|line| !line.trim().is_empty() && !line.starts_with("rsync error"));
    let said = line.map(|line| format!(": {}", shortened(line))).unwrap_or_default();
    // 12 and 30: the data stream of rsync broke off or stood still. 255: ssh itself failed.
    if matches!(code, Some(12 | 30 | 255) | None) {
        let message = format!("the connection to `{place}` broke off{said}");
        return fatal("publish/unreachable", message, "publish again: what has arrived is used");
    }
    let code = code.unwrap_or_default();
    let message = format!("`{place}`: {name} failed with exit code {code}{said}");
    fatal("publish/upload", message, "publish again; readers still see the site as it was")
}

/// A message without noise.
fn shortened(line: &str) -> String {
    line.trim().trim_end_matches(['.', '!']).chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_say_is_recognized() {
        for (name, code, messages, expected) in [
            (
                "ssh",
                255,
                "No ED25519 host key is known for [h]:1 and you have requested strict checking.\r\nHost key verification failed.\r\n",
                "publish/host-key",
            ),
            ("ssh", 255, "d@h: Permission denied (publickey).\r\n", "publish/credentials"),
            (
                "ssh",
                255,
                "ssh: Could not resolve hostname h: Name or service not known\r\n",
                "publish/unreachable",
            ),
            ("ssh", 255, "ssh: connect to host h port 22: Connection refused\r\n", "publish/unreachable"),
            (
                "rsync",
                127,
                "bash: line 1: rsync: command not found\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]\n",
                "publish/tool",
            ),
            (
                "rsync",
                12,
                "sh: rsync: not found\nrsync error: error in rsync protocol data stream (code 12) at io.c(231)\n",
                "publish/tool",
            ),
            (
                "rsync",
                11,
                "rsync: write failed on \"/srv/a\": No space left on device (28)\nrsync error: error in file IO (code 11)\n",
                "publish/full",
            ),
            (
                "rsync",
                23,
                "rsync: [receiver] mkstemp \"/srv/.a\" failed: Permission denied (13)\n",
                "publish/denied",
            ),
            (
                "rsync",
                23,
                "rsync: mkstemp \"/srv/.a\" failed: Read-only file system (30)\n",
                "publish/denied",
            ),
            (
                "rsync",
                12,
                "rsync: connection unexpectedly closed (10 bytes received so far) [sender]\n",
                "publish/unreachable",
            ),
            ("ssh", 255, "client_loop: send disconnect: Broken pipe\r\n", "publish/unreachable"),
            ("rsync", 2, "protocol version mismatch -- is your shell clean?\n", "publish/tool"),
            ("rsync", 42, "something new\n", "publish/upload"),
        ] {
            let failure = Failure::Tool { name, code: Some(code), messages: messages.to_owned() };
            let problem = of("h:/srv", failure);
            assert_eq!(problem.code, expected, "{messages}");
            assert!(problem.help.is_some() && !problem.message.contains('\n'));
        }
        for (code, message, expected) in [
            ("missing", "/srv", "publish/missing"),
            ("locked", "ana on desk", "publish/locked"),
            ("lost", "", "publish/lost-race"),
            ("link", "releases", "publish/in-the-way"),
            ("failed", "mkdir: cannot create directory 'x': Permission denied", "publish/denied"),
            ("failed", "cp: error writing 'x': No space left on device", "publish/full"),
            ("failed", "odd", "publish/upload"),
        ] {
            let failure = Failure::Program(code.to_owned(), message.to_owned());
            assert_eq!(of("h:/srv", failure).code, expected, "{message}");
        }
    }
}
