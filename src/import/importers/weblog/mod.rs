//! What exports of weblogs share: addresses, pictures and status → parts of a story.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};
use serde_json::{Value as Json, json};
use url::Url;

use super::common::{Draft, Sourced};
use crate::import::html::{self, Converted};
use crate::import::old_site::OldSite;
use crate::import::{Confidence, Entry, Importer, Listing, Media, Sample, Span, Story};
use crate::slug::name_key;

pub(super) mod content;
mod conventions;

use conventions::Conventions;

/// Where weblogs keep files.
const UPLOADS: [&str; 4] = ["wp-content/uploads/", "content/images/", "content/media/", "content/files/"];

/// Most files of a folder that are looked at to tell what it is.
const LOOKED_AT: usize = 200;

/// Where a link or picture of Markdown or HTML leads, of those that say a host or begin at the root.
static TARGET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(\]\(|\b(?:href|poster|src)=")(https?://[^\s()"<>]+|/[^\s()"<>/][^\s()"<>]*)"#).ok()
});
/// One of the sizes that are made of a picture.
static SIZE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^size/[wh]\d+/|-(?:\d+x\d+|scaled)(\.\w+)$").ok());

/// A picture or another file of an export.
#[derive(Clone, Debug, Default)]
pub(super) struct MediaItem {
    pub(super) url: Option<Sourced>,
    pub(super) alt: Option<Sourced>,
    pub(super) caption: Option<Sourced>,
    pub(super) credit: Option<Sourced>,
}

/// An exported weblog.
#[derive(Default)]
pub(super) struct Blog {
    /// Folders that its files may lie in.
    pub(super) folders: Vec<PathBuf>,
    pub(super) base: Option<Url>,
    /// Hashes of the paths of what was published.
    paths: HashSet<u64>,
    /// The paths by the numbers of their posts.
    posts: HashMap<String, Box<str>>,
    conventions: Conventions,
    /// What the export says of the site.
    pub(super) site: OldSite,
}

impl Blog {
    /// A weblog at this address, whose files lie in these folders.
    pub(super) fn new(base: Option<Url>, folder: Option<&Path>) -> Self {
        let site = OldSite { base_url: base.as_ref().map(Url::to_string), ..OldSite::default() };
        Self { base, folders: folder.map(Path::to_owned).into_iter().collect(), site, ..Self::default() }
    }

    /// Learns where something that was published stood.
    pub(super) fn add_path(&mut self, number: &str, link: &str) {
        if let Some(link) = self.parse(link).filter(|link| link.query().is_none() && link.path() != "/") {
            self.paths.insert(hash(link.path()));
            self.posts.insert(number.to_owned(), link.path().into());
        }
    }

    /// Learns the conventions of the site from a story that was published: its link, the local time and that of the world, its name and
    /// section.
    pub(super) fn add_sample(&mut self, link: &str, local: &str, world: &str, name: &str, section: &str) {
        let below = self.base.as_ref().map_or("", |base| base.path().trim_end_matches('/'));
        if let Some(link) = self.parse(link).filter(|link| link.query().is_none()) {
            let path = link.path();
            self.conventions.path(path.strip_prefix(below).unwrap_or(path), local, name, section);
        }
        self.conventions.times(local, world);
    }

    /// The path of a post by its number.
    pub(super) fn path_of(&self, number: &str) -> Option<&str> {
        self.posts.get(number).map(|path| &**path)
    }

    /// What the export says of its site, with what its stories show.
    pub(super) fn old_site(&self) -> OldSite {
        let mut site = self.site.clone();
        site.permalink = site.permalink.or_else(|| self.conventions.permalink());
        if site.timezone.is_none()
            && let Some((zone, is_certain)) = self.conventions.zone(site.language.as_deref())
        {
            if !is_certain {
                let message =
                    format!("the export does not say its time zone; the times of its posts fit {zone}");
                site.remarks.push(remark("import/timezone", message));
            }
            site.timezone = Some(zone);
        }
        site
    }

    /// A URL of this site.
    fn parse(&self, url: &str) -> Option<Url> {
        let mut url = Url::options().base_url(self.base.as_ref()).parse(url).ok()?;
        // The network of WordPress.com that keeps copies of pictures.
        let is_copy = url.host_str().is_some_and(|host| host.len() == 9 && host.ends_with(".wp.com"));
        if is_copy {
            url = Url::parse(&format!("https:/{}", url.path())).ok()?;
        }
        let own = self.base.as_ref().and_then(host_of);
        (own.is_some() && host_of(&url) == own).then_some(url)
    }

    /// The file of a URL, if it lies in the folder of the export as it lay on the site. It comes along under its name with the
    /// folders in it, `2020-05-a.jpg`.
    pub(super) fn file(&self, url: &str) -> Option<Media> {
        let path = match self.parse(url) {
            Some(url) => url.path().to_owned(),
            None if url.starts_with('/') => url.split(['?', '#']).next()?.to_owned(),
            None => return None,
        };
        let (above, path) = UPLOADS.iter().find_map(|above| Some((above, path.split_once(above)?.1)))?;
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let is_plain =
            |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0']);
        if !path.split('/').all(is_plain) {
            return None;
        }
        // The picture as it was uploaded stands in for one of its sizes.
        let whole = SIZE.as_ref().map(|size| size.replace(&path, "$1").into_owned());
        for path in [path.into_owned()].into_iter().chain(whole) {
            for (folder, above) in self.folders.iter().flat_map(|folder| {
                [*above, above.split_once('/').map_or("", |(_, last)| last), ""].map(|above| (folder, above))
            }) {
                let from = folder.join(above).join(&path);
                if from.symlink_metadata().is_ok_and(|found| found.is_file()) {
                    let name = path.chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
                    return Some(Media { from, name });
                }
            }
        }
        None
    }

    /// Leads pictures to the files that come along, and links to the paths of other posts: their new pages answer there.
    fn relink(&self, converted: &mut Converted, story: &mut Story) {
        let Some(target) = &*TARGET else { return };
        let mut in_code = false;
        let mut body = String::with_capacity(converted.body.len());
        for line in converted.body.split_inclusive('\n') {
            in_code ^= line.trim_start_matches([' ', '>', '-']).starts_with("```");
            let leads = ["](http", "](/", "=\"http", "=\"/"].iter().any(|start| line.contains(start));
            if in_code || !leads {
                body.push_str(line);
                continue;
            }
            let led = target.replace_all(line, |found: &Captures<'_>| {
                let [start, url] = [1, 2].map(|group| found.get(group).map_or("", |found| found.as_str()));
                if let Some(media) = self.file(url) {
                    let name = media.name.clone();
                    add_media(story, media);
                    return format!("{start}{name}");
                }
                format!("{start}{}", self.path(url).unwrap_or_else(|| url.to_owned()))
            });
            body.push_str(&led);
        }
        converted.body = body;
        converted.pictures.retain(|picture| self.file(&picture.src).is_none());
    }

    /// The path of another post.
    fn path(&self, url: &str) -> Option<String> {
        let url = self.parse(url)?;
        let number = url.query_pairs().find(|(key, _)| matches!(&**key, "p" | "page_id"));
        let path = match (number, url.query()) {
            (Some((_, number)), _) => self.path_of(&number)?,
            (None, None) if self.paths.contains(&hash(url.path())) => url.path(),
            _ => return None,
        };
        let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
        Some(format!("{path}{fragment}"))
    }

    /// The text of a story.
    pub(super) fn body(&self, draft: &mut Draft<'_>, text: &str, base: Option<&Url>) {
        let mut converted = html::markdown(text, base.or(self.base.as_ref()));
        self.relink(&mut converted, &mut draft.story);
        draft.body(converted);
    }

    /// The lead picture.
    pub(super) fn picture(&self, draft: &mut Draft<'_>, shown: MediaItem) {
        let beside = shown.url.as_ref().and_then(|url| self.file(&url.text));
        match beside.zip(shown.url.as_ref()) {
            Some((media, url)) => {
                draft.story.set("image.src", media.name.clone(), Confidence::Explicit, url.spans.clone());
                add_media(&mut draft.story, media);
            }
            None => draft.picture(shown.url),
        }
        if draft.has("image.src") {
            draft.set("image.alt", shown.alt);
            draft.set("image.caption", shown.caption);
            draft.set("image.credit", shown.credit);
        }
    }

    /// Where a story was: its address, its part of it, and the pages above it, of a standing page.
    pub(super) fn set_location(
        &self,
        draft: &mut Draft<'_>,
        link: &str,
        name: Option<&str>,
        above: Vec<String>,
    ) {
        draft.story.name = name.map(decoded).filter(|name| !name.is_empty());
        let mut above = above;
        if let Ok(url) = Url::options().base_url(self.base.as_ref()).parse(link)
            && url.query().is_none()
            && url.path() != "/"
        {
            draft.story.old_url = Some(url.path().to_owned());
            above = url.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect();
            above.pop();
        }
        if draft.is_standing {
            above.retain(|part| !part.contains(['/', '\\', '\0']) && !part.starts_with('.'));
            draft.story.folder = Some(above.join("/"));
        }
    }
}

/// Why readers of the old site did not see a story, or not all of them: it is a draft here.
pub(super) fn hold_back(draft: &mut Draft<'_>, at: &[Span], about: &str, why: Option<&str>) {
    draft.story.set("draft", true, Confidence::Explicit, at.to_vec());
    if let Some(why) = why {
        let message = format!("{why}, so it is a draft");
        draft.story.remark_about("import/status", about, message, at.first().copied());
    }
}

/// The tags of a story, all of them: those of an archive were chosen.
pub(super) fn tags(draft: &mut Draft<'_>, said: Vec<Sourced>) {
    let (mut names, mut at, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for tag in said.into_iter().filter(|tag| seen.insert(name_key(&tag.text))) {
        names.push(tag.text);
        at.extend(tag.spans);
    }
    if !names.is_empty() {
        draft.story.set("tags", names, Confidence::Explicit, at);
    }
}

/// What readers wrote, for the data of the site.
pub(super) fn comments(draft: &mut Draft<'_>, comments: Vec<Json>, at: Option<Span>) {
    if !comments.is_empty() {
        let message = "the comments of its readers are kept in data/comments, where themes can read them";
        draft.story.remark("import/comments", message, at);
        draft.story.comments = comments;
    }
}

/// What a reader wrote; neither their address of mail nor that of their machine.
pub(super) fn comment(id: &str, parent: &str, author: &str, url: &str, date: &str, text: &str) -> Json {
    let mut all = serde_json::Map::new();
    let parent = if parent == "0" { "" } else { parent };
    let author = if author.contains('@') { "" } else { author };
    for (key, value) in [("id", id), ("parent", parent), ("author", author), ("url", url), ("date", date)] {
        if !value.is_empty() {
            all.insert(key.to_owned(), json!(value));
        }
    }
    all.insert("text".to_owned(), json!(html::markdown(text, None).body));
    all.into()
}

/// The exports of a folder: files that are of a kind, by their name and beginning. Pictures that come along are not spoken of.
pub(super) fn exports(folder: &Path, importer: &dyn Importer, extensions: &[&str]) -> Listing {
    let mut listing = Listing::default();
    let is_upload = |path: &Path| {
        let path = path.to_string_lossy().replace('\\', "/");
        UPLOADS.iter().any(|above| path.contains(above)) || path.contains("/uploads/")
    };
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if !entry.file_type().is_file() || name.starts_with('.') || is_upload(entry.path()) {
            continue;
        }
        let is_named = name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension));
        if is_named && is_of(entry.path(), importer) {
            listing.files.push(entry.into_path());
        } else if !matches!(&*name, "redirects.json" | "redirects.yaml" | "routes.yaml") {
            listing.skipped.push((entry.into_path(), "it is no part of the export".to_owned()));
        }
    }
    listing
}

/// Whether a file right in a folder is an export of a kind.
pub(super) fn has_export(folder: &Path, importer: &dyn Importer, extensions: &[&str]) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).take(LOOKED_AT);
    let mut paths = files.map(|file| file.path()).filter(|path| {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension.is_some_and(|extension| extensions.contains(&&*extension))
    });
    paths.any(|path| is_of(&path, importer))
}

fn is_of(path: &Path, importer: &dyn Importer) -> bool {
    let head = crate::import::input::read_head(path).unwrap_or_default();
    let head = crate::import::encoding::decode(&head, None).map(|decoded| decoded.text).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    importer.fits(&Sample { name: &name, head: &head })
}

/// A text of JSON, or none.
pub(super) fn text<'j>(value: &'j Json, pointer: &str) -> &'j str {
    value.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// A text or number of JSON on one line.
pub(super) fn sourced(value: &Json, pointer: &str) -> Option<Sourced> {
    Sourced::json(value.pointer(pointer))
}

/// Where an export is; empty for standard input.
pub(super) fn path(entry: &Entry) -> &Path {
    match entry {
        Entry::Standard(_) => Path::new(""),
        Entry::Path(path) => path,
    }
}

/// What is in an export that is read whole.
pub(super) fn bytes(entry: &Entry) -> Option<Vec<u8>> {
    match entry {
        Entry::Standard(bytes) => Some(bytes.clone()),
        Entry::Path(path) => fs::read(path).ok(),
    }
}

/// A part of a URL as people read it.
pub(super) fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// A file that comes along, once.
fn add_media(story: &mut Story, media: Media) {
    if !story.media.contains(&media) {
        story.media.push(media);
    }
}

/// What can stand in a destination of Markdown as it is.
fn is_safe(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// A hash of a path, with or without `/` at its end: an archive has too many to keep them.
fn hash(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.trim_end_matches('/').hash(&mut hasher);
    hasher.finish()
}

/// A remark on the site as a whole.
pub(super) fn remark(code: &'static str, message: impl Into<String>) -> crate::import::Remark {
    crate::import::Remark { code, about: String::new(), message: message.into(), span: None }
}
