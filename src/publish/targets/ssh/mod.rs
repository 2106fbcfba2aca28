//! Releases in a folder of a server, through `ssh` and rsync.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::releases::host::{FoundFile, Host, Removal, State, TakenDown};
use super::releases::id::ReleaseId;
use super::releases::problems::not_a_release;
use super::releases::{problems, walk};
use crate::config::publish::Ssh;
use crate::publish::target::{Claim, Result};
use crate::site::SiteDir;

mod connection;
mod host_name;
mod program;
mod tool_problems;

use connection::Connection;
use host_name::HostName;
use program::{Answer, Program};

/// How files arrive: with their times, in files of their own even if the release shares one with others, and with the permissions that the
/// server gives new files.
const SEND: [&str; 5] = ["--recursive", "--times", "--omit-dir-times", "--ignore-times", "--chmod=ugo=rwX"];

/// A folder of a server.
pub(crate) struct Server {
    host: HostName,
    place: String,
    path: String,
    /// The folder for files on their way.
    state: PathBuf,
    /// The output folder, with most files that the server has.
    output: PathBuf,
    run: String,
    connection: Option<Connection>,
    staging: Option<TempDir>,
    /// A release that nobody saw, with files that a killed publication sent.
    basis: Option<ReleaseId>,
}

impl Server {
    /// The folder of the settings. `state` is the folder of the target on this machine.
    ///
    /// # Errors
    /// If the host could be mistaken for something else.
    pub(crate) fn new(settings: &Ssh, site: &SiteDir, state: PathBuf) -> Result<Self> {
        Ok(Self {
            host: HostName::new(&settings.host)?,
            place: format!("{}:{}", settings.host, settings.path),
            path: settings.path.clone(),
            state,
            output: site.output(),
            run: String::new(),
            connection: None,
            staging: None,
            basis: None,
        })
    }

    fn connection(&self) -> Result<&Connection> {
        let closed = || {
            let message = format!("the connection to `{}` is closed", self.place);
            problems::fatal("publish/unreachable", message, "publish again")
        };
        self.connection.as_ref().ok_or_else(closed)
    }

    fn run(&self, program: Program) -> Result<Answer> {
        self.connection()?.run(&self.place, &program)
    }

    /// A program that changes something.
    fn change(&self) -> Program {
        Program::new().call("begin", [&*self.path, &*self.run])
    }

    fn temporary(&self) -> Result<TempDir> {
        let make = || {
            fs::create_dir_all(&self.state)?;
            let dir = self.state.canonicalize()?;
            tempfile::Builder::new().prefix("files-").tempdir_in(dir)
        };
        make().map_err(|error| problems::of_io(&self.state, &error))
    }

    fn state_of(&self, mut answer: Answer) -> Result<State> {
        let mut current = None;
        if let Some(to) = answer.values("current").next() {
            let release = to.strip_prefix("releases/").and_then(ReleaseId::parse);
            current = Some(release.ok_or_else(|| not_a_release(&self.place, Some(to)))?);
        }
        let ids = |name| answer.values(name).filter_map(ReleaseId::parse).collect();
        let (releases, recorded): (BTreeSet<ReleaseId>, _) = (ids("release"), ids("recorded"));
        // A link that leads to nothing: there is no site.
        let current = current.filter(|current| releases.contains(current));
        let taken_down =
            answer.take_file("taken-down").map(|text| String::from_utf8_lossy(&text).into_owned());
        Ok(State {
            record: answer.take_file("record"),
            taken_down: taken_down.and_then(|text| TakenDown::parse(&text, current.as_ref())),
            current,
            releases,
            recorded,
            warnings: Vec::new(),
        })
    }
}

impl Host for Server {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn open(&mut self, claim: Option<&Claim>) -> Result<State> {
        let program = match claim {
            Some(claim) => {
                self.run.clone_from(&claim.run);
                let owner: String = claim.owner.chars().filter(|c| !c.is_control()).collect();
                let force = if claim.force { "yes" } else { "no" };
                let lock = Program::new().call("lock", [&*self.path, &*claim.run, &*owner, force]);
                lock.call("state", []).text_and_then("keep", &claim.run)
            }
            None => {
                Program::new().call("visit", [&*self.path]).call("state", []).text_and_then("keep", "nobody")
            }
        };
        let (connection, answer) = Connection::open(&self.host, &self.place, &program)?;
        self.connection = Some(connection);
        self.state_of(answer)
    }

    fn read_record(&mut self, release: &ReleaseId) -> Result<Option<Vec<u8>>> {
        let file = format!(".bulletin/records/{release}");
        let program = Program::new().call("enter", [&*self.path]).call("blob", ["record", &file]);
        Ok(self.run(program)?.take_file("record"))
    }

    fn write_record(&mut self, release: &ReleaseId, record: &[u8], discard: &[ReleaseId]) -> Result<()> {
        let folder = self.temporary()?;
        let file = folder.path().join(release.as_str());
        fs::write(&file, record).map_err(|error| problems::of_io(&file, &error))?;
        let connection = self.connection()?;
        // Before the lock is checked: others cannot write the record of this release.
        let to = connection.on_server(&format!("{}/.bulletin/records/", self.path));
        connection.rsync(&self.place, &SEND, &text_of(&file), &to)?;
        let program = self.change().call("try", ["rm", "-f", ".bulletin/taken-down"]);
        self.run(program.call("discard", names_of(discard))).map(drop)
    }

    fn names(&mut self, release: &ReleaseId) -> Result<BTreeSet<String>> {
        let mut answer = self.run(self.change().call("names", [release.as_str()]))?;
        let names = answer.take_file("names").unwrap_or_default();
        let names = String::from_utf8_lossy(&names);
        Ok(names.lines().filter_map(|name| name.strip_prefix("./")).map(str::to_owned).collect())
    }

    fn walk(&mut self, release: &ReleaseId) -> Result<Vec<FoundFile>> {
        // No checksum is known to all servers. What the output folder has is not sent.
        let folder = self.temporary()?;
        let connection = self.connection()?;
        let from = connection.on_server(&format!("{}/releases/{release}/", self.path));
        let mut options = vec!["--recursive".to_owned(), "--checksum".to_owned()];
        if let Ok(output) = self.output.canonicalize() {
            options.push(format!("--copy-dest={}", text_of(&output)));
        }
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        connection.rsync(&self.place, &options, &from, &format!("{}/", text_of(folder.path())))?;
        walk::files(folder.path()).map_err(|error| problems::of_io(folder.path(), &error))
    }

    fn create(
        &mut self,
        release: &ReleaseId,
        from: Option<(&ReleaseId, &Removal)>,
        stale: &[ReleaseId],
    ) -> Result<()> {
        let (basis, stale) = match stale.split_last() {
            Some((last, others)) => (Some(last.clone()), others),
            None => (None, stale),
        };
        self.basis = basis;
        let program = self.change().call("discard", names_of(stale));
        let program = match from {
            Some((from, removal)) => {
                let program = program.call("share", [release.as_str(), from.as_str()]);
                deleting(program, std::slice::from_ref(release), removal)
            }
            None => program.call("try", ["mkdir", &format!("releases/{release}")]),
        };
        self.run(program).map(drop)
    }

    fn stage(&mut self, _release: &ReleaseId) -> Result<PathBuf> {
        let folder = match self.staging.take() {
            Some(folder) => folder,
            None => self.temporary()?,
        };
        let path = folder.path().to_owned();
        self.staging = Some(folder);
        Ok(path)
    }

    fn deliver(&mut self, release: &ReleaseId) -> Result<()> {
        let Some(folder) = self.staging.take() else { return Ok(()) };
        let connection = self.connection()?;
        let to = connection.on_server(&format!("{}/releases/{release}/", self.path));
        let mut options = SEND.map(str::to_owned).to_vec();
        // For files that the new release does not have yet.
        options.extend(self.basis.as_ref().map(|basis| format!("--copy-dest=../{basis}")));
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let sent = connection.rsync(&self.place, &options, &format!("{}/", text_of(folder.path())), &to);
        sent.inspect_err(|problem| {
            if problem.code == "publish/full" {
                // What has arrived would be in the way of the next publication.
                let _ = self.run(self.change().call("discard", [release.as_str()]));
            }
        })
    }

    fn remove(
        &mut self,
        releases: &[ReleaseId],
        removal: &Removal,
        taken_down: Option<&TakenDown>,
    ) -> Result<()> {
        let mut program = self.change();
        if let Some(taken_down) = taken_down {
            program = program.file(".bulletin/taken-down", &taken_down.to_text());
        }
        self.run(deleting(program, releases, removal)).map(drop)
    }

    fn switch(&mut self, release: &ReleaseId) -> Result<()> {
        self.run(self.change().call("switch", [release.as_str()])).map(drop)
    }

    fn close(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.end();
        }
    }
}

/// Adds the removal of files and folders to a program.
fn deleting(program: Program, releases: &[ReleaseId], removal: &Removal) -> Program {
    let files = removal.files.iter().map(|file| format!("{file}\n"));
    let folders = removal.folders.iter().map(|folder| format!("{folder}/\n"));
    let paths: String = files.chain(folders).collect();
    if paths.is_empty() {
        return program;
    }
    program.file(".bulletin/paths", &paths).call("delete", names_of(releases))
}

fn names_of(releases: &[ReleaseId]) -> impl Iterator<Item = &str> {
    releases.iter().map(ReleaseId::as_str)
}

/// A path as text. Folders of a site have names in UTF-8.
fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
