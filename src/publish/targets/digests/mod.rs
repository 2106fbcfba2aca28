//! The files of a site → a deployment at a host that knows files by their digests: Netlify, Cloudflare Pages and Workers, Vercel.
//!
//! The host says which files it lacks, only those travel, and readers see the whole deployment at once. So stages do not matter: all missing files
//! are sent by the first call of `upload`. The record lies on this machine, because these hosts have no private place. It counts only while the
//! deployment that it describes is live; else every file is announced as new, and the host decides what travels.
//!
//! A lock is not possible. The id of the live deployment is compared right before each step that changes what readers see: two publications at
//! once are noticed unless they meet within that moment.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use self::digest::Digests;
use self::host::{DigestHost, Entry, Manifest, Sent};
use self::problems::{asked_for_unknown, local, no_rollback, still_visible, unknown_site, unreadable};
use self::state::{State, deployment_of};
use crate::config::publish::PublishTarget;
use crate::diagnostic::Diagnostic;
use crate::plan::FileClass;
use crate::publish::engine::state_dir;
use crate::publish::local_file::LocalFile;
use crate::publish::plan::Plan;
use crate::publish::record::{PublishedFile, Record};
use crate::publish::target::{Abilities, Claim, Listed, Opened, Result, Stored, Target};
use crate::site::SiteDir;

pub(crate) mod api;
pub(crate) mod cloudflare;
pub(crate) mod digest;
pub(crate) mod host;
mod problems;
pub(crate) mod rules;
mod send;
mod state;
pub(crate) mod variables;

/// How often an expired permission to upload is renewed.
const RENEWALS: usize = 10;
/// The files that some hosts read instead of serving them.
const HEADERS: &str = "_headers";
const REDIRECTS: &str = "_redirects";

/// A host and what this machine knows of it.
#[derive(Debug)]
pub(crate) struct DigestTarget<H> {
    host: H,
    state: State,
    parallel: usize,
    digests: Digests,
    /// The deployment that readers see, as far as is known.
    live: Option<String>,
    /// Its record.
    record: Option<Record>,
    /// The site to publish, from `begin` until it is announced.
    next: Option<Manifest>,
    /// What has been announced and is not live yet.
    session: Option<Session>,
    /// Paths that were taken down.
    taken_down: BTreeSet<String>,
}

/// A deployment that has been announced.
#[derive(Debug, Default)]
struct Session {
    manifest: Manifest,
    /// What the host lacks.
    batches: Vec<Vec<Entry>>,
    /// The batch whose arrival makes readers see the deployment.
    last: Option<Vec<Entry>>,
    /// The digests of the files that were sent.
    sent: HashSet<String>,
}

/// A target of the settings at this host.
pub(crate) fn target(
    host: impl DigestHost + 'static,
    site: &SiteDir,
    settings: &PublishTarget,
) -> Box<dyn Target> {
    Box::new(DigestTarget::new(host, state_dir(site, &settings.name), settings.parallel))
}

impl<H: DigestHost> DigestTarget<H> {
    /// A host whose state on this machine is in a folder. `parallel` is the setting.
    pub(crate) fn new(host: H, state: PathBuf, parallel: Option<usize>) -> Self {
        let state = State::new(state);
        let parallel = parallel.unwrap_or_else(|| host.parallel());
        Self {
            host,
            digests: state.digests(),
            state,
            parallel,
            live: None,
            record: None,
            next: None,
            session: None,
            taken_down: BTreeSet::new(),
        }
    }

    /// The deployment of a site.
    fn manifest(&mut self, files: &[LocalFile]) -> Result<Manifest> {
        let algorithm = self.host.algorithm();
        let known = self.digests.len();
        self.digests.add(algorithm, files).map_err(|(path, error)| unreadable(&path, &error))?;
        if self.digests.len() != known {
            self.state.store_digests(&self.digests).map_err(local)?;
        }
        let mut manifest = Manifest::default();
        for file in files {
            if let Some(rules) = self.rules_of(&mut manifest, &file.path) {
                *rules = Some(self.state.keep_rules(file).map_err(|error| unreadable(&file.path, &error))?);
                continue;
            }
            let digest = self.digests.get(algorithm, &file.path, file.hash).cloned().unwrap_or_default();
            manifest.entries.push(Entry::of(file, digest));
        }
        self.host.prepare(&mut manifest)?;
        Ok(manifest)
    }

    /// Where the bytes of a file belong if the host does not take it as a file.
    fn rules_of<'a>(&self, manifest: &'a mut Manifest, path: &str) -> Option<&'a mut Option<Arc<[u8]>>> {
        match path {
            HEADERS if self.host.keeps_rules_apart() => Some(&mut manifest.headers),
            REDIRECTS if self.host.keeps_rules_apart() => Some(&mut manifest.redirects),
            _ => None,
        }
    }

    /// The deployment of a record without some of its files. `None` if this machine does not remember enough of it.
    fn manifest_of(&self, record: &Record, without: &BTreeSet<String>) -> Result<Option<Manifest>> {
        let sources: HashMap<&str, &Entry> = self
            .next
            .iter()
            .flat_map(|next| &next.entries)
            .map(|entry| (entry.digest.as_str(), entry))
            .collect();
        let mut manifest = Manifest::default();
        for (path, PublishedFile { size, hash, headers, .. }) in &record.files {
            if without.contains(path) {
                continue;
            }
            if let Some(rules) = self.rules_of(&mut manifest, path) {
                *rules = self.state.rules(*hash);
                if rules.is_none() {
                    return Ok(None);
                }
                continue;
            }
            let Some(digest) = self.digests.get(self.host.algorithm(), path, *hash) else { return Ok(None) };
            manifest.entries.push(Entry {
                path: path.clone(),
                digest: digest.clone(),
                size: *size,
                hash: *hash,
                content_type: headers.content_type.clone(),
                source: sources.get(digest.as_str()).and_then(|entry| entry.source.clone()),
            });
        }
        self.host.prepare(&mut manifest)?;
        Ok(Some(manifest))
    }

    /// Announces a deployment. `None` if the host lacks a file whose bytes are not on this machine.
    fn start(&mut self, manifest: Manifest) -> Result<Option<Session>> {
        self.check_live()?;
        let mut session = Session { manifest, ..Session::default() };
        let is_complete = self.announce(&mut session)?;
        Ok(is_complete.then_some(session))
    }

    /// Asks the host what it lacks. `false` if that is not on this machine.
    fn announce(&mut self, session: &mut Session) -> Result<bool> {
        let missing = self.host.begin(&session.manifest)?;
        let Some(found) = session.manifest.find(&missing) else {
            self.host.abandon();
            return Ok(false);
        };
        let batches = self.host.batches(found);
        session.batches = batches.into_iter().map(|batch| batch.into_iter().cloned().collect()).collect();
        if self.host.switches_itself() {
            session.last = session.batches.pop();
        }
        Ok(true)
    }

    /// Announces the site itself, all of which is on this machine.
    fn start_next(&mut self) -> Result<Session> {
        let manifest = self.next.clone().unwrap_or_default();
        self.start(manifest)?.ok_or_else(|| asked_for_unknown(&self.host.place()))
    }

    /// Sends what the host lacks, except what would make readers see it. `stored` is called for each batch.
    fn send(&mut self, session: &mut Session, stored: &(dyn Fn(&[Entry]) + Sync)) -> Result<()> {
        for _ in 0..RENEWALS {
            match send::all(&self.host, &session.batches, self.parallel, stored)? {
                Sent::Stored => {
                    let sent = session.batches.drain(..).flatten().map(|entry| entry.digest);
                    session.sent.extend(sent);
                    return Ok(());
                }
                Sent::Expired => {
                    if !self.announce(session)? {
                        return Err(asked_for_unknown(&self.host.place()));
                    }
                }
            }
        }
        let message = format!("{} ends the permission to upload again and again", self.host.place());
        Err(Box::new(
            Diagnostic::fatal("publish/upload", message)
                .help("check the clock of this machine, then publish again"),
        ))
    }

    /// Makes readers see what has been announced.
    fn complete(&mut self, mut session: Session) -> Result<()> {
        self.send(&mut session, &|_| {})?;
        if !self.host.is_switching() {
            self.check_live()?;
        }
        if let Some(last) = session.last.take() {
            session.batches.push(last);
            self.send(&mut session, &|_| {})?;
        }
        let live = self.host.complete(&session.manifest)?;
        self.state.remember(&live).map_err(local)?;
        self.live = Some(live);
        self.record = None;
        Ok(())
    }

    /// Checks that readers still see the deployment that this publication knows of.
    fn check_live(&mut self) -> Result<()> {
        if self.host.live()? == self.live {
            return Ok(());
        }
        let message = format!("another publication has changed {} in the meantime", self.host.place());
        Err(Box::new(
            Diagnostic::fatal("publish/lost-race", message)
                .help("publish again: what was uploaded is not sent twice"),
        ))
    }

    /// Deletes the deployments that show a story which the site no longer has: each has a URL of its own for ever.
    fn delete_old(&mut self, record: &Record) -> Result<()> {
        let mut condemned = self.state.condemned();
        let mut deleted = self.state.deleted();
        for release in self.state.releases() {
            let shows = |(path, file): (&String, &PublishedFile)| {
                let is_gone = file.class.is_of_story()
                    && record
                        .files
                        .get(path)
                        .is_none_or(|now| now.class == FileClass::Notice && file.class == FileClass::Story);
                is_gone
                    || (self.taken_down.contains(path)
                        && file.class != FileClass::Notice
                        && !record.files.contains_key(path))
            };
            if release.files.iter().any(shows) {
                condemned.extend(deployment_of(&release).map(str::to_owned));
            }
        }
        condemned.retain(|id| Some(id) != self.live.as_ref() && !deleted.contains(id));
        let mut failed = Ok(());
        for id in condemned.clone() {
            match self.host.delete(&id) {
                Ok(_) => {
                    condemned.remove(&id);
                    deleted.insert(id);
                }
                Err(problem) => failed = Err(still_visible(&id, &self.host.place(), &problem)),
            }
        }
        self.state.store_doomed(&condemned, &deleted).map_err(local)?;
        failed
    }

    /// The release to go back to, of those that are remembered.
    fn earlier(&self, release: Option<&str>) -> Result<Record> {
        let releases = self.state.releases();
        if let Some(id) = release {
            let found = releases.into_iter().find(|record| deployment_of(record) == Some(id));
            return found
                .ok_or_else(|| no_rollback(format!("this machine does not remember the deployment `{id}`")));
        }
        let now = releases.iter().find(|record| deployment_of(record) == self.live.as_deref());
        let Some(now) = now.map(|record| record.about.published) else {
            return Err(no_rollback("the live deployment was not made from this machine".to_owned()));
        };
        let before = releases.into_iter().rev().find(|record| record.about.published < now);
        before.ok_or_else(|| no_rollback("this machine has no record of an earlier deployment".to_owned()))
    }
}

impl<H: DigestHost> Target for DigestTarget<H> {
    fn place(&self) -> String {
        self.host.place()
    }

    fn abilities(&self) -> Abilities {
        self.host.abilities()
    }

    fn check(&self, files: &[LocalFile]) -> Result<()> {
        let mut manifest = Manifest::default();
        for file in files {
            match self.rules_of(&mut manifest, &file.path) {
                Some(rules) => {
                    *rules = Some(state::read(file).map_err(|error| unreadable(&file.path, &error))?)
                }
                None => manifest.entries.push(Entry::of(file, String::new())),
            }
        }
        self.host.prepare(&mut manifest)
    }

    fn open(&mut self, _claim: Option<&Claim>) -> Result<Opened> {
        self.live = self.host.live()?;
        let record = self.state.record().map_err(|_| {
            let message = "a newer version of bulletin published from this machine";
            Box::new(Diagnostic::fatal("publish/newer-record", message).help("update bulletin"))
        })?;
        let mut opened = Opened::default();
        let Some(record) = record else { return Ok(opened) };
        if deployment_of(&record) == self.live.as_deref() {
            self.record = Some(record.clone());
            opened.record = Some(record);
        } else if self.state.last() != self.live {
            // Else a publication from here ended before it stored its record.
            let message = format!("{} has changed since this machine last published", self.host.place());
            let help =
                "nothing is wrong if somebody published from elsewhere; all files are compared by the host";
            opened.warnings.push(Diagnostic::warning("publish/changed-elsewhere", message).help(help));
        }
        Ok(opened)
    }

    fn list(&mut self) -> Result<Option<Vec<Listed>>> {
        Ok(None)
    }

    fn inspect(&mut self, paths: &[&str]) -> Result<Vec<Option<Stored>>> {
        Ok(vec![None; paths.len()])
    }

    fn begin(&mut self, plan: &Plan, files: &[LocalFile]) -> Result<()> {
        self.next = Some(self.manifest(files)?);
        // A takedown comes first, in a deployment of its own.
        if plan.take_down.is_empty() {
            self.session = Some(self.start_next()?);
        }
        Ok(())
    }

    fn take_down(&mut self, paths: &[String]) -> Result<()> {
        let paths: BTreeSet<String> = paths.iter().cloned().collect();
        let former = match &self.record {
            Some(record) => self.manifest_of(record, &paths)?,
            None => None,
        };
        let mut session = match former {
            Some(manifest) => self.start(manifest)?,
            None => None,
        };
        if session.is_none() {
            // The former site is not known, so the new one takes its place, at the cost of its upload.
            let Some(mut manifest) = self.next.clone() else { return Err(unknown_site(&self.host.place())) };
            manifest.entries.retain(|entry| !paths.contains(&entry.path));
            session = self.start(manifest)?;
        }
        let session = session.ok_or_else(|| asked_for_unknown(&self.host.place()))?;
        self.complete(session)?;
        self.taken_down.extend(paths);
        Ok(())
    }

    fn upload(&mut self, files: &[&LocalFile], sent: &(dyn Fn(&LocalFile) + Sync)) -> Result<()> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.start_next()?,
        };
        let algorithm = self.host.algorithm();
        let mut of_digest: HashMap<String, Vec<&LocalFile>> = HashMap::new();
        for file in files {
            let Some(digest) = self.digests.get(algorithm, &file.path, file.hash) else { continue };
            if session.sent.contains(digest) {
                sent(file);
            } else {
                of_digest.entry(digest.clone()).or_default().push(file);
            }
        }
        let stored = |batch: &[Entry]| {
            let files = batch.iter().filter_map(|entry| of_digest.get(&entry.digest));
            files.flatten().for_each(|file| sent(file));
        };
        let result = self.send(&mut session, &stored);
        self.session = Some(session);
        result
    }

    fn activate(&mut self) -> Result<()> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.start_next()?,
        };
        self.complete(session)
    }

    fn remove(&mut self, _paths: &[String]) -> Result<()> {
        // The deployment does not have them.
        Ok(())
    }

    fn finish(&mut self, record: &Record) -> Result<()> {
        let Some(live) = self.live.clone() else { return Ok(()) };
        self.state.store(record, &live).map_err(local)?;
        if self.digests.len() > 4 * record.files.len() + 1000 {
            let files = record.files.iter().map(|(path, file)| (path.as_str(), file.hash));
            self.digests.retain(self.host.algorithm(), files);
            self.state.store_digests(&self.digests).map_err(local)?;
        }
        self.delete_old(record)
    }

    fn close(&mut self) {
        if self.session.take().is_some() {
            self.host.abandon();
        }
    }

    fn roll_back(&mut self, release: Option<&str>, shows_removed: bool) -> Result<Record> {
        let mut record = self.earlier(release)?;
        let id = deployment_of(&record).unwrap_or_default().to_owned();
        let now = self.record.take().or_else(|| self.state.releases().pop());
        let is_hidden = |(path, file): (&String, &PublishedFile)| {
            let is_story_now = |now: &Record| now.files.get(path).is_some_and(|now| now.class.is_of_story());
            file.class.is_of_story() && !now.as_ref().is_some_and(is_story_now)
        };
        let hidden: BTreeSet<String> = record
            .files
            .iter()
            .filter(|(path, file)| is_hidden((path, file)))
            .map(|(path, _)| path.clone())
            .collect();
        if !hidden.is_empty() && !shows_removed {
            return Err(crate::publish::target::shows_removed(hidden.len()));
        }
        if hidden.is_empty() {
            self.check_live()?;
            self.host.restore(&id)?;
            self.live = Some(id);
        } else {
            let session = match self.manifest_of(&record, &hidden)? {
                Some(manifest) => self.start(manifest)?,
                None => None,
            };
            let lost = || no_rollback(format!("neither this machine nor the host has all files of `{id}`"));
            self.complete(session.ok_or_else(lost)?)?;
            record.files.retain(|path, _| !hidden.contains(path));
        }
        let live = self.live.clone().unwrap_or_default();
        self.state.store(&record, &live).map_err(local)?;
        Ok(record)
    }
}
