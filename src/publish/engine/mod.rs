//! A built site and a target of the settings → the target has that site, in the order that keeps readers safe.
//!
//! [`Publication::prepare`] compares and changes nothing that readers see; [`Publication::run`] publishes. Between the two the plan is shown.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::changes::Changes;
use super::credentials::Environment;
use super::local_file::LocalFile;
use super::notify::index_now::key_file;
use super::plan::Plan;
use super::record::{About, PublishedFile, Record};
use super::site_files::local_files;
use super::target::{Claim, Opened, Target};
use super::targets::connect;
use crate::config::Config;
use crate::config::publish::PublishTarget;
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::plan::SiteFile;
use crate::site::SiteDir;

mod guard;
mod maintenance;
mod readers;
mod reconcile;
mod run;

pub use maintenance::Published;
pub use run::{Done, Outcome, Progress};

use readers::Readers;
use reconcile::Found;

/// What to publish, and where.
#[derive(Debug)]
pub struct Request {
    /// The site. Its output folder has the build.
    pub site: SiteDir,
    /// Its settings.
    pub config: Arc<Config>,
    /// The target.
    pub target: PublishTarget,
    /// The files of the build, sorted by path.
    pub files: Vec<SiteFile>,
    /// The instant that the site was built for.
    pub as_of: Timestamp,
    /// How careful to be.
    pub options: Options,
}

/// How careful a publication is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Compare only: neither lock nor change the target.
    pub dry_run: bool,
    /// Go on where a guard would stop the publication, and take the lock of another one.
    pub yes: bool,
    /// Compare with what the target lists instead of its record.
    pub repair: bool,
}

/// A publication that has been compared with its target.
pub struct Publication {
    request: Request,
    client: Client,
    environment: Environment,
    target: Box<dyn Target>,
    /// The files of the site, sorted by path.
    files: Vec<LocalFile>,
    about: About,
    /// What the target has, as far as is known.
    published: BTreeMap<String, PublishedFile>,
    plan: Plan,
    summary: Summary,
    /// Why it must not run.
    refusals: Vec<Diagnostic>,
    /// Whether the target has a record that is right.
    has_record: bool,
    /// Whether the target has been locked and must be released.
    is_open: bool,
}

/// The plan of a publication, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// The name of the target in the settings.
    pub target: String,
    /// Where it is.
    pub place: String,
    /// The instant that the site was built for.
    pub as_of: Timestamp,
    /// A hash of the site: equal sites have equal ids.
    pub build: String,
    /// The number of files of the site.
    pub files: usize,
    /// How many bytes are uploaded at most.
    pub bytes: u64,
    /// The files that change.
    #[serde(flatten)]
    pub changes: Changes,
    /// Those of the removed and changed files that readers lose before anything is uploaded.
    pub taken_down: Vec<String>,
}

impl Publication {
    /// Reads the files of the build, opens the target and plans the difference. Returns warnings, too.
    ///
    /// # Errors
    /// All problems with the site's files or the target, if there can be no plan.
    pub fn prepare(request: Request) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let one = |problem: Box<Diagnostic>| vec![*problem];
        guard::not_empty(&request.files)?;
        let key = request.target.index_now.as_deref().map(key_file).transpose().map_err(one)?;
        let more = key.into_iter().filter(|key| !request.files.iter().any(|file| file.path == key.path));
        let built = request.files.clone();
        let (files, build) =
            local_files(&request.site, &request.config, built, more.collect()).map_err(one)?;
        let (client, environment) = (Client::new(), Environment::of_process());
        let mut target = connect(&request.target, &request.site, &environment, &client).map_err(one)?;
        guard::limits(&target.abilities(), &target.place(), &files)?;
        let claim = (!request.options.dry_run).then(|| claim(request.options.yes));
        let run = claim.as_ref().map(|claim| claim.run.clone()).unwrap_or_default();
        let opened = match target.open(claim.as_ref()) {
            Ok(opened) => opened,
            Err(problem) => {
                target.close();
                return Err(one(problem));
            }
        };
        let about = about(&request, build, run, opened.record.as_ref());
        let mut publication = Self {
            request,
            client,
            environment,
            target,
            files,
            about,
            published: BTreeMap::new(),
            plan: Plan::default(),
            summary: Summary::default(),
            refusals: Vec::new(),
            has_record: false,
            is_open: true,
        };
        let warnings = publication.compare(opened)?;
        publication.summary = publication.summarize();
        Ok((publication, warnings))
    }

    /// Plans the difference and asks the guards. On errors, the target is released when the publication is dropped.
    fn compare(&mut self, opened: Opened) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let Opened { record, in_doubt, warnings } = opened;
        let yes = self.request.options.yes;
        // Some hosts say only now what the account may have.
        guard::limits(&self.target.abilities(), &self.target.place(), &self.files)?;
        self.target.check(&self.files).map_err(|problem| vec![*problem])?;
        if let Some(record) = &record {
            guard::same_site(&record.about.site, &self.about.site, yes)?;
        }
        let former = record.map(|record| record.files);
        match former {
            Some(files) if !self.request.options.repair => (self.published, self.has_record) = (files, true),
            former => {
                let found = reconcile::list(&mut *self.target, &self.files);
                let Found { files, foreign } = found.map_err(|problem| vec![*problem])?;
                let record_is_right = former.is_some_and(|former| former == files);
                self.published = files;
                // What an unfinished publication uploaded is not foreign.
                self.refusals.extend(guard::foreign(&foreign.difference(&in_doubt).collect::<Vec<_>>(), yes));
                self.has_record = record_is_right;
            }
        }
        let abilities = self.target.abilities();
        self.plan = Plan::new(&self.files, &self.published, &in_doubt, abilities.headers);
        if abilities.is_atomic {
            self.plan.join_stages();
        }
        let target = &self.request.target;
        self.refusals.extend(guard::removals(target, &self.plan, &self.files, &self.published, yes));
        Ok(warnings)
    }

    /// The plan, for people and as JSON.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The reasons why it must not run, once the plan has been shown.
    pub fn refusals(&self) -> &[Diagnostic] {
        &self.refusals
    }

    fn summarize(&self) -> Summary {
        Summary {
            target: self.request.target.name.clone(),
            place: self.target.place(),
            as_of: self.request.as_of,
            build: self.about.build.clone(),
            files: self.files.len(),
            bytes: self.plan.uploads(&self.files).map(|file| file.size).sum(),
            changes: Changes::of_plan(&self.plan, &self.files, self.readers().url()),
            taken_down: self.plan.take_down.clone(),
        }
    }

    fn readers(&self) -> Readers<'_> {
        Readers {
            target: &self.request.target,
            config: &self.request.config,
            run: &self.about.run,
            client: &self.client,
            environment: &self.environment,
        }
    }

    /// Whether the target has the site already.
    pub fn is_up_to_date(&self) -> bool {
        self.has_record && self.plan.is_empty() && self.about.unpurged.is_empty()
    }
}

impl Publication {
    /// Releases the target, once.
    fn close(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.target.close();
        }
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        self.close();
    }
}

/// The state of a target on this machine: `.bulletin/publish/NAME`.
pub(crate) fn state_dir(site: &SiteDir, target: &str) -> PathBuf {
    let name: String =
        target.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    site.state().join("publish").join(name)
}

/// Who publishes.
fn claim(force: bool) -> Claim {
    let user = ["USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let machine = std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()));
    let owner = match (user, machine) {
        (Some(user), Some(machine)) => format!("{user} on {machine}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "an unknown user".to_owned(),
    };
    Claim { run: random_id(), owner, force }
}

/// A random id of 16 hexadecimal digits.
fn random_id() -> String {
    let mut bytes = [0; 8];
    // Without random numbers, the time tells publications apart.
    if getrandom::fill(&mut bytes).is_err() {
        bytes = Timestamp::now().as_nanosecond().to_le_bytes()[..8].try_into().unwrap_or_default();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn about(request: &Request, build: String, run: String, last: Option<&Record>) -> About {
    About {
        site: request.config.base_url.to_string(),
        build,
        as_of: request.as_of,
        published: Timestamp::now(),
        run,
        unpurged: last.map(|record| record.about.unpurged.clone()).unwrap_or_default(),
        target: last.map(|record| record.about.target.clone()).unwrap_or_default(),
    }
}
