//! One connection of the system's `ssh` → programs and files of the server. Keys, agents, jump hosts and known hosts are the user's.
//!
//! The first `ssh` opens the connection and a socket in a private folder, which all others use. It runs the program that holds the lock: if this
//! process is killed, its standard input ends, and so do the program, the lock and the connection.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::host_name::HostName;
use super::program::{Answer, NoAnswer, Program};
use super::tool_problems::{self as problems, Failure};
use crate::publish::target::Result;

/// How often the server learns that this process is alive. After two minutes without, others may take the lock.
const BEAT: Duration = Duration::from_secs(15);
/// How long the connection may take to end.
const PATIENCE: Duration = Duration::from_secs(5);
/// The socket, relative to the private folder, in which all programs run: it may have a long name with spaces.
const SOCKET: &str = "socket";
const MESSAGES: &str = "messages";

/// An open connection.
pub(super) struct Connection {
    host: HostName,
    /// The folder of the socket. Only this user can enter it.
    private: TempDir,
    master: Child,
    /// Ends the heartbeat when it is dropped.
    alive: Option<Sender<()>>,
    heart: Option<JoinHandle<()>>,
}

impl Connection {
    /// Connects and runs a program, which goes on to read heartbeats after its answer, as the text says.
    ///
    /// # Errors
    /// If the connection or the program fails.
    pub(super) fn open(host: &HostName, place: &str, program: &str) -> Result<(Self, Answer)> {
        let failed = |error: io::Error| problems::of(place, Failure::Local(error.to_string()));
        let private = tempfile::tempdir().map_err(failed)?;
        let messages = File::create(private.path().join(MESSAGES)).map_err(failed)?;
        let mut command = ssh(private.path());
        command.args(["-o", "ControlMaster=yes", "-o", "ControlPersist=no"]);
        command.args(["--", host.for_ssh(), "sh"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(messages);
        let mut master = command.spawn().map_err(|error| problems::not_started("ssh", &error))?;
        let (Some(mut stdin), Some(stdout)) = (master.stdin.take(), master.stdout.take()) else {
            return Err(problems::of(place, Failure::Local("no pipes".to_owned())));
        };
        // If it is gone already, its messages say why.
        let _ = stdin.write_all(program.as_bytes()).and_then(|()| stdin.flush());
        let (alive, stop) = channel::<()>();
        let heart = std::thread::spawn(move || {
            while stop.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                if stdin.write_all(b"\n").and_then(|()| stdin.flush()).is_err() {
                    break;
                }
            }
        });
        let (host, alive, heart) = (host.clone(), Some(alive), Some(heart));
        let mut connection = Self { host, private, master, alive, heart };
        match Answer::read(&mut BufReader::new(stdout)) {
            Ok(answer) => Ok((connection, answer)),
            Err(NoAnswer::Failed(code, message)) => Err(problems::of(place, Failure::Program(code, message))),
            Err(NoAnswer::CutOff) => {
                let status = connection.end();
                let messages = std::fs::read(connection.private.path().join(MESSAGES)).unwrap_or_default();
                Err(problems::of(place, Failure::ssh("ssh", status, &messages)))
            }
        }
    }

    /// Runs a program.
    ///
    /// # Errors
    /// If the connection or the program fails.
    pub(super) fn run(&self, place: &str, program: &Program) -> Result<Answer> {
        let mut command = ssh(self.private.path());
        command.args(["-o", "ControlMaster=no", "--", self.host.for_ssh(), "sh"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| problems::not_started("ssh", &error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // If it is gone already, its messages say why.
            let _ = stdin.write_all(program.text().as_bytes());
        }
        let output = child
            .wait_with_output()
            .map_err(|error| problems::of(place, Failure::Local(error.to_string())))?;
        match Answer::read(&mut &*output.stdout) {
            Ok(answer) => Ok(answer),
            Err(NoAnswer::Failed(code, message)) => Err(problems::of(place, Failure::Program(code, message))),
            Err(NoAnswer::CutOff) => {
                Err(problems::of(place, Failure::ssh("ssh", Some(output.status), &output.stderr)))
            }
        }
    }

    /// Copies a folder or a file with rsync. One of the two paths is on the server: see [`Connection::on_server`].
    ///
    /// # Errors
    /// If rsync fails.
    pub(super) fn rsync(&self, place: &str, options: &[&str], from: &str, to: &str) -> Result<()> {
        let mut command = Command::new("rsync");
        command.current_dir(self.private.path()).env("LC_ALL", "C");
        // No shell of the server sees the path.
        command.args(["-s", "--rsh"]).arg(format!(
            "ssh -S {SOCKET} -o BatchMode=yes -o ControlMaster=no -o ConnectTimeout={CONNECT_SECONDS}"
        ));
        command.args(options).args(["--", from, to]).stdin(Stdio::null());
        let output = command.output().map_err(|error| problems::not_started("rsync", &error))?;
        if output.status.success() {
            return Ok(());
        }
        Err(problems::of(place, Failure::ssh("rsync", Some(output.status), &output.stderr)))
    }

    /// A path of the server, as rsync takes it.
    pub(super) fn on_server(&self, path: &str) -> String {
        format!("{}:{path}", self.host.for_rsync())
    }

    /// Ends the connection, and with it the lock.
    pub(super) fn end(&mut self) -> Option<ExitStatus> {
        drop(self.alive.take());
        if let Some(heart) = self.heart.take() {
            let _ = heart.join();
        }
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.master.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Err(_) => break,
            }
        }
        let _ = self.master.kill();
        self.master.wait().ok()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.end();
    }
}

const CONNECT_SECONDS: u32 = 20;

/// `ssh` without questions to the user. A dead connection is noticed within a minute.
fn ssh(private: &Path) -> Command {
    let mut command = Command::new("ssh");
    command.current_dir(private).env("LC_ALL", "C");
    command.args(["-T", "-S", SOCKET, "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15"]);
    command.args(["-o", "ServerAliveCountMax=4", "-o"]).arg(format!("ConnectTimeout={CONNECT_SECONDS}"));
    command
}
