//! What is done to a published site without building it: taking stories down at once, rolling back, and asking what readers see.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::claim;
use super::readers::Readers;
use crate::config::Config;
use crate::config::publish::PublishTarget;
use crate::diagnostic::Diagnostic;
use crate::http::Client;
use crate::plan::FileClass;
use crate::publish::caches::Depth;
use crate::publish::credentials::Environment;
use crate::publish::plan::Plan;
use crate::publish::target::{Claim, Opened, Target};
use crate::publish::targets::connect;
use crate::publish::urls::file_of;
use crate::publish::verify::Sample;
use crate::site::SiteDir;

/// A target as it is, without a new build.
pub struct Published {
    config: Arc<Config>,
    settings: PublishTarget,
    client: Client,
    environment: Environment,
    target: Box<dyn Target>,
    opened: Opened,
    run: String,
}

impl Published {
    /// Opens a target. With `locks`, no other publication can run in the meantime; `yes` takes the lock of one that seems to.
    ///
    /// # Errors
    /// If the target cannot be opened.
    pub fn open(
        site: &SiteDir,
        config: Arc<Config>,
        settings: PublishTarget,
        locks: bool,
        yes: bool,
    ) -> std::result::Result<Self, Vec<Diagnostic>> {
        let (client, environment) = (Client::new(), Environment::of_process());
        let mut target = connect(&settings, site, &environment, &client).map_err(|problem| vec![*problem])?;
        let claim: Option<Claim> = locks.then(|| claim(yes));
        match target.open(claim.as_ref()) {
            Ok(opened) => {
                let run = claim.map(|claim| claim.run).unwrap_or_default();
                Ok(Self { config, settings, client, environment, target, opened, run })
            }
            Err(problem) => {
                target.close();
                Err(vec![*problem])
            }
        }
    }

    /// The name of the target in messages.
    pub fn place(&self) -> String {
        self.target.place()
    }

    /// Takes the pages at these URLs down at once, with the files that belong to them. Returns the paths of the removed files.
    ///
    /// # Errors
    /// If the target has no such page, or it could not be removed.
    pub fn take_down(&mut self, urls: &[String]) -> std::result::Result<Vec<String>, Vec<Diagnostic>> {
        let mut paths = BTreeSet::new();
        let mut problems = Vec::new();
        for url in urls {
            match self.files_at(url) {
                Ok(found) => paths.extend(found),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let paths: Vec<String> = paths.into_iter().collect();
        self.remove_now(&paths)?;
        Ok(paths)
    }

    /// The files of the page at a URL: the page, and what only it uses.
    fn files_at(&self, url: &str) -> std::result::Result<Vec<String>, Diagnostic> {
        let wrong = |message: String, help: &str| Diagnostic::fatal("publish/takedown", message).help(help);
        let Some(file) = file_of(url, self.config.base_url.path()) else {
            return Err(wrong(format!("`{url}` is not a URL of the site"), "pass the URL of the story"));
        };
        // Without a record, the target may still have the file.
        let Some(record) = &self.opened.record else { return Ok(vec![file]) };
        if !record.files.contains_key(&file) {
            let help = "check the URL; `bulletin publish --repair` finds files that the record does not list";
            return Err(wrong(format!("nothing is published at `{url}`"), help));
        }
        let folder = file.strip_suffix("index.html").map(str::to_owned);
        let belongs = |path: &str| {
            let rest = folder
                .as_deref()
                .filter(|folder| !folder.is_empty())
                .and_then(|folder| path.strip_prefix(folder));
            rest.is_some_and(|rest| !rest.contains('/'))
        };
        let files = record.files.iter().filter(|(_, file)| file.class == FileClass::StoryFile);
        let own = files.filter(|(path, _)| belongs(path)).map(|(path, _)| path.clone());
        Ok(own.chain([file.clone()]).collect())
    }

    fn remove_now(&mut self, paths: &[String]) -> std::result::Result<(), Vec<Diagnostic>> {
        let one = |problem: Box<Diagnostic>| vec![*problem];
        if !self.target.abilities().is_atomic {
            let plan = Plan { take_down: paths.to_vec(), ..Plan::default() };
            self.target.begin(&plan, &[]).map_err(one)?;
        }
        self.target.take_down(paths).map_err(one)?;
        let purged = self.readers().purge(paths.iter().map(String::as_str), &[], Depth::WithQueries);
        if let Some(mut record) = self.opened.record.take() {
            record.files.retain(|path, _| !paths.contains(path));
            record.about.unpurged.extend(purged.unpurged);
            record.about.published = Timestamp::now();
            record.about.run.clone_from(&self.run);
            self.target.finish(&record).map_err(one)?;
            self.opened.record = Some(record);
        }
        if purged.problems.is_empty() { Ok(()) } else { Err(purged.problems) }
    }

    /// Makes readers see the release before the current one, or `release`. Stories that were taken down since stay away.
    ///
    /// # Errors
    /// If the target keeps no releases.
    pub fn roll_back(&mut self, release: Option<&str>) -> std::result::Result<(), Vec<Diagnostic>> {
        let record = self.target.roll_back(release, &BTreeSet::new()).map_err(|problem| vec![*problem])?;
        let former = self.opened.record.take().map(|record| record.files).unwrap_or_default();
        let differs = |path: &&String| former.get(*path) != record.files.get(*path);
        let changed: BTreeSet<&String> = former.keys().chain(record.files.keys()).filter(differs).collect();
        let purged = self.readers().purge(changed.into_iter().map(String::as_str), &[], Depth::Exact);
        self.opened.record = Some(record);
        if purged.problems.is_empty() { Ok(()) } else { Err(purged.problems) }
    }

    /// Compares what readers get with the record of the target, for a sample of the files.
    ///
    /// # Errors
    /// If the target has no record, or readers get something else.
    pub fn verify(&self) -> std::result::Result<(), Vec<Diagnostic>> {
        let Some(record) = &self.opened.record else {
            let message = format!("{} has no record of a publication", self.place());
            let problem = Diagnostic::fatal("publish/verify", message);
            return Err(vec![problem.help("publish first, or use `bulletin publish --repair`")]);
        };
        let size = Sample { changed: 0, unchanged: VERIFIED };
        let problems = self.readers().verify(&record.files, &BTreeSet::new(), &[], size);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn readers(&self) -> Readers<'_> {
        Readers {
            target: &self.settings,
            config: &self.config,
            run: &self.run,
            client: &self.client,
            environment: &self.environment,
        }
    }
}

/// How many files `--verify` asks for, besides the front page.
const VERIFIED: usize = 100;

impl Drop for Published {
    fn drop(&mut self) {
        self.target.close();
    }
}
