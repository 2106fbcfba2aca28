//! Stories that are ready → a place for each in the site: a file, a URL, aliases for the URLs that they had.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use serde_json::{Map, Value as Json};

use super::article;
use super::prepare::PreparedStory;
use super::{Origin, Request, Status};
use crate::config::Config;
use crate::content::{self, Content};
use crate::plan::{Route, route_of};
use crate::site::SiteDir;

/// Most names that are tried for a file.
const MOST_NAMES: usize = 10_000;

/// A story that the site has.
#[derive(Clone, Debug)]
struct KnownStory {
    /// Below `content/`.
    path: String,
    /// Hash of the copy that it was imported from.
    hash: Option<String>,
    /// The file of the copy, if the article says so.
    file: Option<String>,
    seen: Seen,
    version_stamp: Version,
}

/// Seen when the site has a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// An earlier run.
    EarlierRun,
    /// An earlier run, and its copy is in this run, too, as after one that was stopped.
    BothRuns,
    /// This run.
    ThisRun,
}

/// What tells which of two versions is the newer.
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

    /// Whether this is an older version than another, as far as both tell.
    fn is_before(self, other: Self) -> bool {
        match (self.version.zip(other.version), self.updated.zip(other.updated)) {
            (Some((version, other)), _) if version != other => version < other,
            (_, Some((updated, other))) => updated < other,
            _ => false,
        }
    }
}

/// What is taken already.
pub(super) struct SiteIndex<'a> {
    site: &'a SiteDir,
    config: &'a Config,
    ids: HashMap<String, KnownStory>,
    /// Their ids by hashes of copy.
    hashes: HashMap<String, String>,
    /// Files below `content/`, in small letters, as some file systems do not tell them apart.
    files: HashSet<String>,
    routes: HashSet<String>,
    /// How often a name was asked for, so that the thousandth need not ask for all before it.
    counts: HashMap<String, usize>,
}

/// What is to be done with a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// Write a file that is not there yet.
    New(String),
    /// Write over the file of another version of it.
    Update(String, Box<Map<String, Json>>),
    /// Nothing: it is in this file already.
    Unchanged(String),
    /// Nothing, as half a sentence says.
    Skip(String),
    /// Nothing, which a person should know.
    Refuse(String),
}

impl<'a> SiteIndex<'a> {
    /// The index that the articles of a site take.
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

    /// Finds a place for a story, and takes it.
    pub(super) fn assign(&mut self, story: &mut PreparedStory, request: &Request) -> Placement {
        if let Some(original) = story.original.as_ref().and_then(|id| self.ids.get(id)) {
            story.front.insert("translation_of".to_owned(), original.path.clone().into());
        }
        if let Some(known) = self.known(story) {
            let is_same = known.hash.as_deref() == Some(&*story.hash);
            if is_same && known.seen == Seen::ThisRun {
                let why = format!("it is the same as content/{}, which is imported too", known.path);
                return Placement::Skip(why);
            }
            if is_same && !request.update {
                self.record(story, known.path.clone(), Seen::BothRuns);
                return Placement::Unchanged(known.path);
            }
            let version_stamp = Version::of(&story.front);
            let in_run = known.seen > Seen::EarlierRun;
            // Two files of archives with one URL are two stories.
            let is_other = story.is_by_url && known.file.as_ref().is_some_and(|file| *file != story.file);
            if in_run && story.is_given && !is_other && version_stamp.is_before(known.version_stamp) {
                return Placement::Skip(format!("content/{} is a newer version of it", known.path));
            }
            if !is_other && (!in_run || story.is_given && known.version_stamp.is_before(version_stamp)) {
                return self.other_version(story, &known, request);
            }
            // Two stories of one headline or one identifier in one delivery: both are kept.
            let id = second_id(story);
            story.front.insert("id".to_owned(), id.clone().into());
            story.id = id;
        }
        match self.find_free_path(story) {
            Some(path) => {
                self.record(story, path.clone(), Seen::ThisRun);
                Placement::New(path)
            }
            None => Placement::Refuse("there is no name left for its file".to_owned()),
        }
    }

    /// The story as the site has it: by its id or, if that was made from its headline, by its bytes first of all, and by the id
    /// that it has as the second of two of one headline.
    fn known(&self, story: &PreparedStory) -> Option<KnownStory> {
        let by_bytes = self.hashes.get(&story.hash).filter(|_| !story.is_given);
        let known = by_bytes
            .and_then(|id| self.ids.get(id))
            .or_else(|| self.ids.get(&second_id(story)))
            .or_else(|| self.ids.get(&story.id));
        known.cloned()
    }

    /// The article that an earlier run made of the same bytes in the same file.
    pub(super) fn unchanged_path(&self, file: &str, hash: &str) -> Option<String> {
        let known = self.ids.get(self.hashes.get(hash)?)?;
        let is_it = known.file.as_deref() == Some(file) && known.seen != Seen::ThisRun;
        is_it.then(|| known.path.clone())
    }

    /// Notes that the copy of an earlier run is in this one, too.
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

    /// Whether this run has found a place for a story of this id.
    pub(super) fn is_from_this_run(&self, id: &str) -> bool {
        self.ids.get(id).is_some_and(|known| known.seen == Seen::ThisRun)
    }

    /// A path that is free, with a URL that is; what the URL was becomes an alias.
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
                // The pattern has a part that the story has not, as a section: it stays where it was.
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
                // Its old URL is its own, even where the new pattern would give two stories one.
                if let Some(old) = old.as_ref().filter(|old| !self.routes.contains(&key(old)))
                    && story.loaded.permalink.is_none()
                {
                    story.set_url_key("permalink", Some(old.as_str()));
                    self.take(story, &path, old.clone(), None);
                    return Some(path);
                }
                story.set_url_key("permalink", None);
                // A slug of its own gets the number that the file has.
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

    /// Whether something of the site has a URL, or had it.
    pub(super) fn is_taken(&self, route: &Route) -> bool {
        self.routes.contains(&key(route))
    }

    /// Sections get lists of their own, whose URLs no story may have.
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

    /// The path of an old URL below the site, decoded. `None` for what no static host can answer, and for lists that the site
    /// makes itself.
    fn old_route(&self, url: &str) -> Option<Route> {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        // What stands in front of all paths of the site is no part of its routes.
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

    /// Takes a file, a URL, and the URLs that a story had.
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
                    format!("its old URL {alias} is that of a list, or none"),
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
                let message = format!("its old URL {} is that of another page", alias.as_str());
                story.story.remark("import/url-taken", message, None);
            }
        }
        if !aliases.is_empty() {
            story.front.insert("aliases".to_owned(), aliases.into());
        }
    }

    /// Another version of a story that is there.
    fn other_version(&mut self, story: &PreparedStory, known: &KnownStory, request: &Request) -> Placement {
        let path = known.path.clone();
        if known.seen == Seen::ThisRun && request.dry_run {
            return Placement::Update(path, Box::new(story.front.clone()));
        }
        let is_there = |what: &str| format!("content/{path} is another version of it, {what}");
        let Ok(text) = fs::read_to_string(self.site.content().join(&path)) else {
            return Placement::Refuse(is_there("and cannot be read"));
        };
        let Ok((before, start)) = content::keys(&path, &text) else {
            return Placement::Refuse(is_there("and its front matter cannot be read"));
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let now = article::edit_hash(&before, text.get(start..).unwrap_or_default());
        let is_older = Version::of(&story.front).is_before(Version::of(&before));
        if !request.update && known.seen == Seen::EarlierRun {
            return match is_older {
                true => Placement::Skip(format!("content/{path} is a newer version of it")),
                false => Placement::Refuse(is_there(
                    "or another story of its URL or id; --update writes this one in its place",
                )),
            };
        }
        if before.get("import").and_then(|import| import.get("written")) != Some(&now.into()) {
            return Placement::Refuse(is_there("and has been edited seen; take over by hand what is new"));
        }
        if is_older {
            return Placement::Refuse(is_there("and a newer one"));
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
            let message = "which readers see; say with --status published that they may see the new text at once, or with --status draft that the desk looks first";
            return Placement::Refuse(is_there(message));
        }
        self.record(story, path.clone(), known.seen);
        let had_no_section =
            before.get("import").and_then(|import| import.get("not_used")?.get("section")).is_some();
        let mut front = merge(before, &story.front);
        // The settings know by now the section that the story lost.
        if had_no_section && !story.not_used.contains_key("section") && !path.starts_with(&story.folder) {
            let section = story.folder.trim_end_matches('/');
            front.entry("section").or_insert_with(|| section.into());
        }
        apply_status(&mut front, request.status);
        Placement::Update(path, Box::new(front))
    }
}

/// The id of a story whose headline another has, too.
fn second_id(story: &PreparedStory) -> String {
    let own = if story.is_by_url { &story.file } else { &story.hash };
    article::urn(&format!("{}\n{own}", story.first_id))
}

/// The front matter of a new version: what the desk decided stays, what the copy says is new.
fn merge(before: Map<String, Json>, new: &Map<String, Json>) -> Map<String, Json> {
    const DECIDED: [&str; 7] = ["draft", "status", "section", "id", "slug", "permalink", "aliases"];
    let mut all = before;
    for (key, value) in new {
        let ends = key == "status" && matches!(value.as_str(), Some("withdrawn" | "withheld"));
        match (all.get_mut(key), value) {
            // A draft that was released is none again because the copy is new.
            _ if DECIDED.contains(&&**key) && !ends => {}
            (Some(_), _) if matches!(&**key, "date" | "tags") => {}
            // A new version does not let a story run earlier.
            (Some(old), new) if key == "embargo" && !is_later(new, old) => {}
            // A picture that the desk chose stays with the new caption.
            (Some(Json::Object(old)), Json::Object(inner)) => old.extend(inner.clone()),
            _ => {
                all.insert(key.clone(), value.clone());
            }
        }
    }
    all.shift_remove("import");
    all
}

/// Whether an embargo ends later than another, as far as can be told without a zone.
fn is_later(new: &Json, old: &Json) -> bool {
    let instant = |value: &Json| value.as_str()?.parse::<Timestamp>().ok();
    matches!((instant(new), instant(old)), (Some(new), Some(old)) if new > old)
}

/// What was said on the command line decides.
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

/// URLs that the site has of itself.
fn reserved(config: &Config) -> HashSet<String> {
    const OWN: &str = "404.html rss.xml atom.xml feed.json sitemap.xml robots.txt _redirects _headers index.json tags authors series sitemaps";
    let sections = config.sections.iter().flatten().map(|section| section.slug.as_str());
    let all = OWN.split(' ').chain(sections);
    let paths = all.map(|path| format!("/{path}")).chain(["/".to_owned()]);
    paths.filter_map(|path| Route::parse(&path).ok()).map(|route| key(&route)).collect()
}

/// As file systems that do not tell capitals from small letters have it.
fn key(route: &Route) -> String {
    route.as_str().to_lowercase()
}

/// Whether a URL may have been that of a page, not of a file that the theme or the site has.
fn is_page_url(path: &str) -> bool {
    const FILES: &str = " css js mjs json xml svg png jpg jpeg gif webp avif ico txt pdf map woff woff2 webmanifest mp3 mp4 zip ";
    let last = path.rsplit('/').next().unwrap_or_default();
    !last
        .rsplit_once('.')
        .is_some_and(|(_, extension)| FILES.contains(&format!(" {} ", extension.to_ascii_lowercase())))
}

/// Whether a URL is that of a list that the site makes itself.
pub(super) fn is_list_url(path: &str) -> bool {
    static LIST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^/(?:\d{4}/(?:\d{2}/(?:\d{2}/)?)?|(?:tags|authors|series|sitemaps)/(?:[^/]+/)?|.*/page/\d+/)$",
        )
        .expect("a pattern that is tested")
    });
    LIST.is_match(path)
}
