//! What is done to a published site without building it: taking stories down at once, rolling back, and asking what readers see.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::readers::Readers;
use super::{claim, guard};
use crate::config::Config;
use crate::config::publish::PublishTarget;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Response, Retry};
use crate::pictures::FOLDER;
use crate::plan::FileClass;
use crate::publish::caches::Depth;
use crate::publish::credentials::Environment;
use crate::publish::plan::Plan;
use crate::publish::target::{Claim, Opened, Target};
use crate::publish::targets::connect;
use crate::publish::urls::{encoded_path, file_of};
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
    yes: bool,
    /// The output folder, which may have the pages that readers see.
    output: PathBuf,
}

impl Published {
    /// Opens a target. With `locks`, no other publication can run in the meantime. With `yes`, it takes the lock of one that seems to, and goes on where a guard
    /// would stop.
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
                let output = site.output();
                let published =
                    Self { config, settings, client, environment, target, opened, run, yes, output };
                if let Some(record) = &published.opened.record {
                    guard::same_site(&record.about.site, published.config.base_url.as_str(), yes)?;
                }
                Ok(published)
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

    /// Takes the pages at these URLs down at once, with the files that belong to them. Returns the paths of the removed files. What caches could not
    /// drop earlier is purged again.
    ///
    /// # Errors
    /// If a URL is not that of a published page, or the page could not be removed.
    pub fn take_down(&mut self, urls: &[String]) -> std::result::Result<Vec<String>, Vec<Diagnostic>> {
        let mut paths = BTreeSet::new();
        let mut problems = Vec::new();
        for url in urls {
            // URLs in messages often have angle brackets.
            let url = url.trim().trim_start_matches('<').trim_end_matches('>');
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
        let Some(file) = self.base_path_of(url).and_then(|base| file_of(url, base)) else {
            return Err(wrong(format!("`{url}` is not a URL of the site"), "pass the URL of the story"));
        };
        // Without a record, the target may still have the file.
        let Some(record) = &self.opened.record else { return Ok(vec![file]) };
        let Some(known) = record.files.get(&file) else {
            // A publication that was killed may have uploaded it.
            if self.opened.in_doubt.contains(&file) {
                return Ok(vec![file]);
            }
            if encoded_path(&file).is_some_and(|path| record.about.unpurged.contains(&path)) {
                return Ok(Vec::new());
            }
            let help = "check the URL; `bulletin publish --repair` finds files that the record does not list";
            return Err(wrong(format!("nothing is published at `{url}`"), help));
        };
        match known.class {
            FileClass::Redirect => {
                let message = format!("the page at `{url}` only redirects to another one");
                return Err(wrong(message, "open it in a browser, and pass the URL that it leads to"));
            }
            FileClass::Story | FileClass::StoryFile | FileClass::Notice | FileClass::Static => {}
            _ if !self.yes => {
                let message = format!("`{url}` is not the URL of a story");
                return Err(wrong(message, "check the URL; `--yes` removes this file anyway"));
            }
            _ => {}
        }
        let folder = file.strip_suffix("index.html").filter(|folder| !folder.is_empty()).map(str::to_owned);
        let belongs = |path: &str| {
            let rest = folder.as_deref().and_then(|folder| path.strip_prefix(folder));
            rest.is_some_and(|rest| !rest.contains('/'))
        };
        let files = record.files.iter().filter(|(_, file)| file.class == FileClass::StoryFile);
        let own = files.filter(|(path, _)| belongs(path)).map(|(path, _)| path.clone());
        let renditions = renditions_in(&self.page(&file)).into_iter();
        let is_there =
            |path: &String| record.files.get(path).is_some_and(|file| file.class == FileClass::Rendition);
        Ok(own.chain(renditions.filter(is_there)).chain([file.clone()]).collect())
    }

    /// The HTML of a page: as it was built here, else as readers see it; empty if neither is at hand.
    fn page(&self, file: &str) -> String {
        if let Ok(html) = std::fs::read_to_string(self.output.join(file)) {
            return html;
        }
        let path = encoded_path(file).unwrap_or_default();
        let url = self.readers().url().join(path.trim_start_matches('/'));
        let request = url.map(|url| Request::new(Method::Get, url).retry(Retry::Never).timeout(PAGE_TIMEOUT));
        let response = request.ok().and_then(|request| self.client.send(&request).ok());
        let body = response.filter(Response::is_success).map(|response| response.body).unwrap_or_default();
        String::from_utf8_lossy(&body).into_owned()
    }

    /// The path of the base URL that a URL of the site begins with; `/` for a path. `None` for a URL of another host.
    fn base_path_of(&self, url: &str) -> Option<&str> {
        if url.starts_with('/') {
            return Some("/").filter(|_| !url.starts_with("//"));
        }
        let url = Url::parse(url).ok()?;
        let bases = [self.readers().url(), &self.config.base_url];
        bases.into_iter().find(|base| base.host_str() == url.host_str()).map(Url::path)
    }

    fn remove_now(&mut self, paths: &[String]) -> std::result::Result<(), Vec<Diagnostic>> {
        let one = |problem: Box<Diagnostic>| vec![*problem];
        if !self.target.abilities().is_atomic {
            let plan = Plan { take_down: paths.to_vec(), ..Plan::default() };
            self.target.begin(&plan, &[]).map_err(one)?;
        }
        if !paths.is_empty() {
            self.target.take_down(paths).map_err(one)?;
        }
        let earlier =
            self.opened.record.as_ref().map(|record| record.about.unpurged.clone()).unwrap_or_default();
        let purged = self.readers().purge(paths.iter().map(String::as_str), &earlier, Depth::WithQueries);
        if let Some(mut record) = self.opened.record.take() {
            record.files.retain(|path, _| !paths.contains(path));
            record.about.unpurged = purged.unpurged;
            record.about.published = Timestamp::now();
            record.about.run.clone_from(&self.run);
            self.target.finish(&record).map_err(one)?;
            self.opened.record = Some(record);
        }
        if purged.problems.is_empty() { Ok(()) } else { Err(purged.problems) }
    }

    /// Makes readers see the release before the current one, or `release`.
    ///
    /// # Errors
    /// If the target keeps no releases, or the release would show stories that were removed since, unless `yes` was given.
    pub fn roll_back(&mut self, release: Option<&str>) -> std::result::Result<(), Vec<Diagnostic>> {
        let record = self.target.roll_back(release, self.yes).map_err(|problem| vec![*problem])?;
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

/// The paths of the renditions of pictures that a page names.
fn renditions_in(html: &str) -> BTreeSet<String> {
    let folder = format!("/{FOLDER}/");
    let starts = html.match_indices(&folder).map(|(at, _)| &html[at + 1..]);
    let path = |rest: &str| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_./%".contains(c)));
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    starts.map(path).collect()
}

/// How long a takedown waits for a page that names pictures.
const PAGE_TIMEOUT: Duration = Duration::from_secs(10);

/// How many files `--verify` asks for, besides the front page.
const VERIFIED: usize = 100;

impl Drop for Published {
    fn drop(&mut self) {
        self.target.close();
    }
}
