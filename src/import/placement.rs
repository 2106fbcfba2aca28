//! Assigns each story a file, a URL, and aliases for its old URLs.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use serde_json::{Map, Value as Json};

use super::article;
use super::prepare::PreparedStory;
use super::{Origin, Refusal, Request, Status};
use crate::config::Config;
use crate::content::{self, Content};
use crate::plan::{Route, route_of};
use crate::site::SiteDir;

/// File names tried for one story.
const MOST_NAMES: usize = 10_000;

/// A story that the site has.
#[derive(Clone, Debug)]
struct KnownStory {
    /// Its path below `content/`.
    path: String,
    /// The hash of the copy that it was imported from.
    hash: Option<String>,
    /// The file that it was imported from.
    file: Option<String>,
    seen: Seen,
    version_stamp: Version,
}

/// When the site got a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// Before this run.
    EarlierRun,
    /// Before this run, which has its copy again, for example after an interrupted import.
    BothRuns,
    /// In this run.
    ThisRun,
}

/// The version of a story, to find the newer of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Version {
    version: Option<i64>,
    updated: Option<Timestamp>,
}

impl Version {
    fn of(front: &Map<String, Json>) -> Self {
        let version = front.get("extra").and_then(|extra| extra.get("version"));
        let version = version.and_then(|version| version.as_i64().or_else(|| version.as_str()?.parse().ok()));
        let updated = front.get("updated").and_then(Json::as_str).and_then(|time| time.parse().ok());
        Self { version, updated }
    }

    /// Whether this version is older, as far as both are known.
    fn is_before(self, other: Self) -> bool {
        match (self.version.zip(other.version), self.updated.zip(other.updated)) {
            (Some((version, other)), _) if version != other => version < other,
            (_, Some((updated, other))) => updated < other,
            _ => false,
        }
    }
}

/// The ids, files and URLs that are taken.
pub(super) struct SiteIndex<'a> {
    site: &'a SiteDir,
    config: &'a Config,
    ids: HashMap<String, KnownStory>,
    /// Ids by the hashes of the copy.
    hashes: HashMap<String, String>,
    /// Files below `content/` in lower case, because some file systems ignore case.
    files: HashSet<String>,
    routes: HashSet<String>,
    /// The next number to try for a name, so that the thousandth story does not try all numbers before it.
    counts: HashMap<String, usize>,
}

/// What to do with a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// Write a new file.
    New(String),
    /// Overwrite the file of an earlier version.
    Update(String, Box<Map<String, Json>>),
    /// Write nothing: this file has the story.
    Unchanged(String),
    /// Write nothing, for this reason.
    Refused(Refusal),
}

impl Placement {
    fn skipped(reason: impl Into<String>) -> Self {
        Self::Refused(Refusal::skipped(reason))
    }

    fn failed(message: impl Into<String>) -> Self {
        Self::Refused(Refusal::failed(message))
    }
}

impl<'a> SiteIndex<'a> {
    /// An index of the site's articles.
    pub(super) fn new(site: &'a SiteDir, config: &'a Config, content: &Content) -> Self {
        let mut index = Self {
            site,
            config,
            ids: HashMap::new(),
            hashes: HashMap::new(),
            files: HashSet::new(),
            routes: reserved(config),
            counts: HashMap::new(),
        };
        for (_, article) in content.iter() {
            let path = article.path.to_string();
            index.files.insert(path.to_lowercase());
            let import = article.front.import.as_deref().cloned().unwrap_or_default();
            let (hash, file) = (import.hash, import.file);
            let known =
                KnownStory { path, hash, file, seen: Seen::EarlierRun, version_stamp: Version::default() };
            let id = article.identity().into_owned();
            index.hashes.extend(known.hash.clone().map(|hash| (hash, id.clone())));
            index.ids.insert(id, known);
            let own = route_of(&article.front, &article.path, &article.slug, config).ok();
            let old = article.front.aliases.iter().filter_map(|alias| Route::parse(alias).ok());
            index.routes.extend(own.into_iter().chain(old).map(|route| key(&route)));
        }
        index
    }

    /// Assigns a path and URL to a story.
    pub(super) fn assign(&mut self, story: &mut PreparedStory, request: &Request) -> Placement {
        if let Some(original) = story.original.as_ref().and_then(|id| self.ids.get(id)) {
            story.front.insert("translation_of".to_owned(), original.path.clone().into());
        }
        if let Some(known) = self.known(story) {
            let is_same = known.hash.as_deref() == Some(&*story.hash);
            if is_same && known.seen == Seen::ThisRun {
                let why = format!("it is identical to content/{}, which this import wrote", known.path);
                return Placement::skipped(why);
            }
            if is_same && !request.update {
                self.record(story, known.path.clone(), Seen::BothRuns);
                return Placement::Unchanged(known.path);
            }
            let version_stamp = Version::of(&story.front);
            let in_run = known.seen > Seen::EarlierRun;
            // In an archive, two files with one URL are two stories.
            let is_other = story.is_by_url && known.file.as_ref().is_some_and(|file| *file != story.file);
            if in_run && story.is_given && !is_other && version_stamp.is_before(known.version_stamp) {
                return Placement::skipped(format!("content/{} is a newer version", known.path));
            }
            if !is_other && (!in_run || story.is_given && known.version_stamp.is_before(version_stamp)) {
                return self.other_version(story, &known, request);
            }
            // Two stories in one delivery have the same headline or id: keep both.
            let id = second_id(story);
            story.front.insert("id".to_owned(), id.clone().into());
            story.id = id;
        }
        match self.find_free_path(story) {
            Some(path) => {
                self.record(story, path.clone(), Seen::ThisRun);
                Placement::New(path)
            }
            None => Placement::failed("no file name is available"),
        }
    }

    /// The story as the site has it. An id that was derived from the headline is not unique, so the hash of the copy and the
    /// disambiguated id are tried first.
    fn known(&self, story: &PreparedStory) -> Option<KnownStory> {
        let by_bytes = self.hashes.get(&story.hash).filter(|_| !story.is_given);
        let known = by_bytes
            .and_then(|id| self.ids.get(id))
            .or_else(|| self.ids.get(&second_id(story)))
            .or_else(|| self.ids.get(&story.id));
        known.cloned()
    }

    /// The story that an earlier run imported from the same bytes of the same file.
    pub(super) fn unchanged_path(&self, file: &str, hash: &str) -> Option<String> {
        let known = self.ids.get(self.hashes.get(hash)?)?;
        let is_it = known.file.as_deref() == Some(file) && known.seen != Seen::ThisRun;
        is_it.then(|| known.path.clone())
    }

    /// Records that this run has the copy of an earlier run again.
    pub(super) fn mark_repeated(&mut self, hash: &str) {
        let known = self.hashes.get(hash).and_then(|id| self.ids.get_mut(id));
        known.into_iter().for_each(|known| known.seen = Seen::BothRuns);
    }

    fn record(&mut self, story: &PreparedStory, path: String, seen: Seen) {
        let (hash, file) = (Some(story.hash.clone()), Some(story.file.clone()));
        let known = KnownStory { path, hash, file, seen, version_stamp: Version::of(&story.front) };
        let second = second_id(story);
        let id = if self.ids.contains_key(&second) { second } else { story.id.clone() };
        self.hashes.insert(story.hash.clone(), id.clone());
        self.ids.insert(id, known);
    }

    /// Whether this run has assigned a path to a story with this id.
    pub(super) fn is_from_this_run(&self, id: &str) -> bool {
        self.ids.get(id).is_some_and(|known| known.seen == Seen::ThisRun)
    }

    /// Finds a free path with a free URL. The old URL becomes an alias.
    fn find_free_path(&mut self, story: &mut PreparedStory) -> Option<String> {
        let base = story.name.clone();
        let counted = format!("{}{}{base}", story.folder, story.day);
        let first = self.counts.get(&counted).copied().unwrap_or(1);
        let old = story.story.old_url.as_deref().and_then(|url| self.old_route(url));
        let slug_of_its_own = story.loaded.slug.clone();
        for number in first..first + MOST_NAMES {
            let name = if number == 1 { base.clone() } else { format!("{base}-{number}") };
            let path = story.path(&name);
            if self.is_file(&path) {
                continue;
            }
            let slug = content::slug_of(&story.loaded, &path, self.config);
            let route = match route_of(&story.loaded, &path, &slug, self.config) {
                Ok(route) => route,
                // The pattern needs a field that the story lacks, such as a section: keep the old URL.
                Err(_) if story.loaded.permalink.is_none() => {
                    let free = old.clone().filter(|old| !self.routes.contains(&key(old)));
                    let Some(own) = free.or_else(|| Route::parse(&format!("/{name}/")).ok()) else {
                        continue;
                    };
                    story.set_url_key("permalink", Some(own.as_str()));
                    own
                }
                Err(_) => continue,
            };
            let is_list = story.loaded.date.is_none() && is_list_url(route.as_str());
            if is_list || self.routes.contains(&key(&route)) {
                // Two stories would share a URL under the new pattern, so each keeps its old one.
                if let Some(old) = old.as_ref().filter(|old| !self.routes.contains(&key(old)))
                    && story.loaded.permalink.is_none()
                {
                    story.set_url_key("permalink", Some(old.as_str()));
                    self.take(story, &path, old.clone(), None);
                    return Some(path);
                }
                story.set_url_key("permalink", None);
                // An explicit slug gets the same number as the file.
                if let Some(own) = &slug_of_its_own {
                    story.set_url_key("slug", Some(&format!("{own}-{}", number + 1)));
                }
                continue;
            }
            self.counts.insert(counted, number + 1);
            self.take(story, &path, route, old);
            return Some(path);
        }
        None
    }

    /// Whether the site has this URL or redirects from it.
    pub(super) fn is_taken(&self, route: &Route) -> bool {
        self.routes.contains(&key(route))
    }

    /// Reserves the URLs of sections, which have lists.
    pub(super) fn reserve_sections<'s>(&mut self, stories: impl Iterator<Item = &'s PreparedStory>) {
        let slugs = self.config.slugs;
        let folders = stories.flat_map(|story| {
            let written = story.front.get("section").and_then(Json::as_str);
            let of_folder = (!story.day.is_empty()).then(|| format!("/{}", story.folder));
            written.map(|section| format!("/{}", slugs.of(section))).into_iter().chain(of_folder)
        });
        let routes =
            folders.filter_map(|folder| Route::parse(&folder).ok()).filter(|route| route.as_str() != "/");
        self.routes.extend(routes.map(|route| key(&route)));
    }

    /// The route of an old URL, decoded. `None` if no static host can serve it, or if it belongs to a generated list.
    fn old_route(&self, url: &str) -> Option<Route> {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        // Routes do not include the path of the site itself.
        let base = self.config.base_url.path().trim_end_matches('/');
        let path = path.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
        Route::parse(&path).ok().filter(|route| !is_list_url(route.as_str()) && is_page_url(route.as_str()))
    }

    fn is_file(&self, path: &str) -> bool {
        let folder = path.strip_suffix("/index.md").map(|folder| format!("{folder}.md"));
        let bundle = path.strip_suffix(".md").map(|stem| format!("{stem}/index.md"));
        let is_known = |path: &str| self.files.contains(&path.to_lowercase());
        is_known(path)
            || folder.as_deref().is_some_and(is_known)
            || bundle.as_deref().is_some_and(is_known)
            || self.site.content().join(path).symlink_metadata().is_ok()
    }

    /// Reserves the file, the URL and the aliases.
    fn take(&mut self, story: &mut PreparedStory, path: &str, route: Route, old: Option<Route>) {
        self.files.insert(path.to_lowercase());
        self.routes.insert(key(&route));
        story.url = Some(route.as_str().to_owned());
        let written = story.front.shift_remove("aliases");
        let mut aliases: Vec<String> = Vec::new();
        let listed: Vec<Json> = match written {
            Some(Json::Array(all)) => all,
            Some(other) => vec![other],
            None => Vec::new(),
        };
        let mut all: Vec<Route> = old.into_iter().collect();
        for alias in listed.iter().filter_map(Json::as_str) {
            match self.old_route(alias) {
                Some(alias) => all.push(alias),
                None => story.story.remark(
                    "import/url-taken",
                    format!("its old URL {alias} belongs to a list or is not valid"),
                    None,
                ),
            }
        }
        for alias in all {
            if alias == route || aliases.iter().any(|other| other == alias.as_str()) {
                continue;
            }
            if self.routes.insert(key(&alias)) {
                aliases.push(alias.as_str().to_owned());
            } else {
                let message = format!("its old URL {} belongs to another page", alias.as_str());
                story.story.remark("import/url-taken", message, None);
            }
        }
        if !aliases.is_empty() {
            story.front.insert("aliases".to_owned(), aliases.into());
        }
    }

    /// Decides what to do with another version of a story that the site has.
    fn other_version(&mut self, story: &PreparedStory, known: &KnownStory, request: &Request) -> Placement {
        let path = known.path.clone();
        if known.seen == Seen::ThisRun && request.dry_run {
            return Placement::Update(path, Box::new(story.front.clone()));
        }
        let is_there = |what: &str| format!("content/{path} is another version{what}");
        let Ok(text) = fs::read_to_string(self.site.content().join(&path)) else {
            return Placement::failed(is_there(" and cannot be read"));
        };
        let Ok((before, start)) = content::keys(&path, &text) else {
            return Placement::failed(is_there(" with invalid front matter"));
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let now = article::edit_hash(&before, text.get(start..).unwrap_or_default());
        let is_older = Version::of(&story.front).is_before(Version::of(&before));
        if !request.update && known.seen == Seen::EarlierRun {
            return match is_older {
                true => Placement::skipped(format!("content/{path} is a newer version")),
                false => Placement::failed(is_there(
                    ", or another story with its URL or id; replace it with --update",
                )),
            };
        }
        if before.get("import").and_then(|import| import.get("written")) != Some(&now.into()) {
            return Placement::failed(is_there(
                " that was edited after its import; copy the changes by hand",
            ));
        }
        if is_older {
            return Placement::failed(format!("content/{path} is a newer version"));
        }
        let is_live =
            |front: &Map<String, Json>| !front.contains_key("draft") && !front.contains_key("status");
        let is_agency = story.whose == Origin::Agency;
        if is_agency
            && known.seen != Seen::ThisRun
            && request.status.is_none()
            && is_live(&before)
            && !story.front.contains_key("status")
        {
            let message = " that readers can see; use --status published to publish the new text at once, or --status draft to review it first";
            return Placement::failed(is_there(message));
        }
        self.record(story, path.clone(), known.seen);
        let had_no_section =
            before.get("import").and_then(|import| import.get("not_used")?.get("section")).is_some();
        let mut front = merge(before, &story.front);
        // The settings may have gained the section that the earlier version could not use.
        if had_no_section && !story.not_used.contains_key("section") && !path.starts_with(&story.folder) {
            let section = story.folder.trim_end_matches('/');
            front.entry("section").or_insert_with(|| section.into());
        }
        apply_status(&mut front, request.status);
        Placement::Update(path, Box::new(front))
    }
}

/// The id of a story whose derived id is taken.
fn second_id(story: &PreparedStory) -> String {
    let own = if story.is_by_url { &story.file } else { &story.hash };
    article::urn(&format!("{}\n{own}", story.first_id))
}

/// Merges the front matter of a new version: the desk's decisions stay, the rest is new.
fn merge(before: Map<String, Json>, new: &Map<String, Json>) -> Map<String, Json> {
    const DECIDED: [&str; 7] = ["draft", "status", "section", "id", "slug", "permalink", "aliases"];
    let mut all = before;
    for (key, value) in new {
        let ends = key == "status" && matches!(value.as_str(), Some("withdrawn" | "withheld"));
        match (all.get_mut(key), value) {
            // A new version does not make a published story a draft again.
            _ if DECIDED.contains(&&**key) && !ends => {}
            (Some(_), _) if matches!(&**key, "date" | "tags") => {}
            // A new version does not shorten an embargo.
            (Some(old), new) if key == "embargo" && !is_later(new, old) => {}
            // A picture that the desk chose stays, with the new caption.
            (Some(Json::Object(old)), Json::Object(inner)) => old.extend(inner.clone()),
            _ => {
                all.insert(key.clone(), value.clone());
            }
        }
    }
    all.shift_remove("import");
    all
}

/// Whether an embargo ends later than another, as far as both have a time zone.
fn is_later(new: &Json, old: &Json) -> bool {
    let instant = |value: &Json| value.as_str()?.parse::<Timestamp>().ok();
    matches!((instant(new), instant(old)), (Some(new), Some(old)) if new > old)
}

/// Applies `--status`, which takes precedence.
fn apply_status(front: &mut Map<String, Json>, status: Option<Status>) {
    let Some(status) = status else { return };
    let set = match status {
        Status::Published => None,
        Status::Draft => Some(("draft", true.into())),
        Status::Withheld => Some(("status", "withheld".into())),
        Status::Withdrawn => Some(("status", "withdrawn".into())),
    };
    if set.is_none() && !front.get("status").is_some_and(|status| status == "withheld") {
        front.shift_remove("draft");
    }
    front.extend(set.map(|(key, value): (&str, Json)| (key.to_owned(), value)));
}

/// URLs that the site generates.
fn reserved(config: &Config) -> HashSet<String> {
    const OWN: &str = "404.html rss.xml atom.xml feed.json sitemap.xml robots.txt _redirects _headers index.json tags authors series sitemaps";
    let sections = config.sections.iter().flatten().map(|section| section.slug.as_str());
    let all = OWN.split(' ').chain(sections);
    let paths = all.map(|path| format!("/{path}")).chain(["/".to_owned()]);
    paths.filter_map(|path| Route::parse(&path).ok()).map(|route| key(&route)).collect()
}

/// Routes are compared in lower case, because some file systems ignore case.
fn key(route: &Route) -> String {
    route.as_str().to_lowercase()
}

/// Whether a URL may belong to a page, and not to an asset.
fn is_page_url(path: &str) -> bool {
    const FILES: &str = " css js mjs json xml svg png jpg jpeg gif webp avif ico txt pdf map woff woff2 webmanifest mp3 mp4 zip ";
    let last = path.rsplit('/').next().unwrap_or_default();
    !last
        .rsplit_once('.')
        .is_some_and(|(_, extension)| FILES.contains(&format!(" {} ", extension.to_ascii_lowercase())))
}

/// Whether a URL belongs to a generated list.
pub(super) fn is_list_url(path: &str) -> bool {
    static LIST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^/(?:\d{4}/(?:\d{2}/(?:\d{2}/)?)?|(?:tags|authors|series|sitemaps)/(?:[^/]+/)?|.*/page/\d+/)$",
        )
        .expect("a pattern that is tested")
    });
    LIST.is_match(path)
}
