//! What importers of weblog exports share: URLs, pictures, release, comments.

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
use crate::content::Key;
use crate::import::html::{self, Converted};
use crate::import::old_site::OldSite;
use crate::import::{Confidence, Entry, ImageField, Importer, Listing, Media, Refusal, Sample, Span, Story};
use crate::slug::name_key;

pub(super) mod content;
mod conventions;

use conventions::Conventions;

/// Folders that weblogs upload files to.
const UPLOADS: [&str; 4] = ["wp-content/uploads/", "content/images/", "content/media/", "content/files/"];

/// Most files of a folder that are checked for its format.
const LOOKED_AT: usize = 200;

/// The target of a Markdown or HTML link or picture that has a host or starts at the root.
static TARGET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(\]\(|\b(?:href|poster|src)=")(https?://[^\s()"<>]+|/[^\s()"<>/][^\s()"<>]*)"#).ok()
});
/// A resized copy of a picture.
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
    /// Folders that may contain its files.
    pub(super) folders: Vec<PathBuf>,
    pub(super) base: Option<Url>,
    /// Hashes of published paths.
    paths: HashSet<u64>,
    /// Published paths by post number.
    posts: HashMap<String, Box<str>>,
    conventions: Conventions,
    /// The settings of the site.
    pub(super) site: OldSite,
}

impl Blog {
    /// A weblog with this base URL, whose files are in this folder.
    pub(super) fn new(base: Option<Url>, folder: Option<&Path>) -> Self {
        let site = OldSite { base_url: base.as_ref().map(Url::to_string), ..OldSite::default() };
        Self { base, folders: folder.map(Path::to_owned).into_iter().collect(), site, ..Self::default() }
    }

    /// Records the URL of a published post.
    pub(super) fn add_path(&mut self, number: &str, link: &str) {
        if let Some(link) = self.parse(link).filter(|link| link.query().is_none() && link.path() != "/") {
            self.paths.insert(hash(link.path()));
            self.posts.insert(number.to_owned(), link.path().into());
        }
    }

    /// Records a published story's URL, local time, UTC time, name and section, from which the conventions of the site are inferred.
    pub(super) fn add_sample(&mut self, link: &str, local: &str, world: &str, name: &str, section: &str) {
        let below = self.base.as_ref().map_or("", |base| base.path().trim_end_matches('/'));
        if let Some(link) = self.parse(link).filter(|link| link.query().is_none()) {
            let path = link.path();
            self.conventions.path(path.strip_prefix(below).unwrap_or(path), local, name, section);
        }
        self.conventions.times(local, world);
    }

    /// The path of a post, by its number.
    pub(super) fn path_of(&self, number: &str) -> Option<&str> {
        self.posts.get(number).map(|path| &**path)
    }

    /// The settings of the site, completed from its stories.
    pub(super) fn old_site(&self) -> OldSite {
        let mut site = self.site.clone();
        site.permalink = site.permalink.or_else(|| self.conventions.permalink());
        if site.timezone.is_none()
            && let Some((zone, is_certain)) = self.conventions.zone(site.language.as_deref())
        {
            if !is_certain {
                let message =
                    format!("the export does not state its time zone; the times of its posts match {zone}");
                site.remarks.push(remark("import/timezone", message));
            }
            site.timezone = Some(zone);
        }
        site
    }

    /// Parses a URL of this site.
    fn parse(&self, url: &str) -> Option<Url> {
        let mut url = Url::options().base_url(self.base.as_ref()).parse(url).ok()?;
        // The CDN of WordPress.com, which has copies of pictures.
        let is_copy = url.host_str().is_some_and(|host| host.len() == 9 && host.ends_with(".wp.com"));
        if is_copy {
            url = Url::parse(&format!("https:/{}", url.path())).ok()?;
        }
        let own = self.base.as_ref().and_then(host_of);
        (own.is_some() && host_of(&url) == own).then_some(url)
    }

    /// The file of an upload URL, if the export's folder has it. Its new name includes the folders: `2020-05-a.jpg`.
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
        // The original picture replaces a resized copy.
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

    /// Points pictures at imported files, and links at the paths of other posts, which redirect to the new pages.
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

    /// Adds the text of a story.
    pub(super) fn body(&self, draft: &mut Draft<'_>, text: &str, base: Option<&Url>) {
        let mut converted = html::markdown(text, base.or(self.base.as_ref()));
        self.relink(&mut converted, &mut draft.story);
        draft.body(converted);
    }

    /// Sets the main picture.
    pub(super) fn picture(&self, draft: &mut Draft<'_>, shown: MediaItem) {
        let beside = shown.url.as_ref().and_then(|url| self.file(&url.text));
        match beside.zip(shown.url.as_ref()) {
            Some((media, url)) => {
                draft.story.set(ImageField::Src, media.name.clone(), Confidence::Explicit, url.spans.clone());
                add_media(&mut draft.story, media);
            }
            None => draft.picture(shown.url),
        }
        if draft.has(ImageField::Src) {
            draft.set(ImageField::Alt, shown.alt);
            draft.set(ImageField::Caption, shown.caption);
            draft.set(ImageField::Credit, shown.credit);
        }
    }

    /// Sets the file name, the old URL and, for a standing page, the folders above it.
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

/// Makes a story a draft because not all readers of the old site could see it.
pub(super) fn hold_back(draft: &mut Draft<'_>, at: &[Span], about: &str, why: Option<&str>) {
    draft.story.set(Key::Draft, true, Confidence::Explicit, at.to_vec());
    if let Some(why) = why {
        let message = format!("{why}, so it is a draft");
        draft.story.remark_about("import/status", about, message, at.first().copied());
    }
}

/// Holds back a story that was not published, by the name of its status on the old site.
pub(super) fn set_status(draft: &mut Draft<'_>, status: &str, spans: &[Span]) {
    match status {
        "" | "publish" | "published" => {}
        "future" | "scheduled" if draft.has(Key::Date) => {}
        "draft" | "pending" | "auto-draft" => hold_back(draft, spans, "", None),
        other => {
            let other: String = other.chars().take(40).collect();
            hold_back(draft, spans, &other, Some(&format!("its status was `{other}`")));
        }
    }
}

/// Holds back a story that only some readers could see.
pub(super) fn set_audience(draft: &mut Draft<'_>, audience: &str) {
    if !matches!(audience, "" | "public" | "everyone") {
        hold_back(draft, &[], audience, Some(&format!("only some readers could see it (`{audience}`)")));
    }
}

/// Where a story first ran, unless that is its own URL.
pub(super) fn set_canonical(draft: &mut Draft<'_>, canonical: Option<Sourced>, link: &str) {
    let is_other = |url: &Sourced| {
        url.text.starts_with("http") && url.text.trim_end_matches('/') != link.trim_end_matches('/')
    };
    draft.set(Key::CanonicalUrl, canonical.filter(is_other));
}

/// Remarks that the old site pinned a story to the top of its lists.
pub(super) fn remark_pinned(draft: &mut Draft<'_>, span: Option<Span>) {
    let message = "the old site pinned it to the top of its lists; set `pinned_until` to do that here";
    draft.story.remark("import/sticky", message, span);
}

/// The one story of a file.
pub(super) fn only_story(draft: Draft<'_>) -> Result<Vec<Story>, Refusal> {
    let story = draft.finish().ok_or_else(|| Refusal::skipped("it has neither a headline nor text"))?;
    Ok(vec![story])
}

/// The tags of a story, all of them: those of an archive were chosen.
pub(super) fn tags(draft: &mut Draft<'_>, value: Vec<Sourced>) {
    let (mut names, mut at, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for tag in value.into_iter().filter(|tag| seen.insert(name_key(&tag.text))) {
        names.push(tag.text);
        at.extend(tag.spans);
    }
    if !names.is_empty() {
        draft.story.set(Key::Tags, names, Confidence::Explicit, at);
    }
}

/// Adds reader comments, which are saved as site data.
pub(super) fn comments(draft: &mut Draft<'_>, comments: Vec<Json>, at: Option<Span>) {
    if !comments.is_empty() {
        let message = "its reader comments were saved in data/comments, where themes can read them";
        draft.story.remark("import/comments", message, at);
        draft.story.comments = comments;
    }
}

/// A reader comment, without e-mail and IP addresses.
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

/// The exports in a folder, recognized by their names and contents. Uploaded files are not listed.
pub(super) fn exports(folder: Option<&Path>, importer: &dyn Importer, extensions: &[&str]) -> Listing {
    let mut listing = Listing::default();
    let Some(folder) = folder else { return listing };
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
            listing.skipped.push((entry.into_path(), "it is not part of the export".to_owned()));
        }
    }
    listing
}

/// Whether a file directly in a folder is an export in this format.
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

/// A JSON string, or an empty text.
pub(super) fn text<'j>(value: &'j Json, pointer: &str) -> &'j str {
    value.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// A JSON string or number on one line.
pub(super) fn sourced(value: &Json, pointer: &str) -> Option<Sourced> {
    Sourced::json(value.pointer(pointer))
}

/// The path of an export. Empty for standard input.
pub(super) fn path(entry: &Entry) -> &Path {
    match entry {
        Entry::Standard(_) => Path::new(""),
        Entry::Path(path) => path,
    }
}

/// The bytes of an export that is read at once.
pub(super) fn bytes(entry: &Entry) -> Option<Vec<u8>> {
    match entry {
        Entry::Standard(bytes) => Some(bytes.clone()),
        Entry::Path(path) => fs::read(path).ok(),
    }
}

/// Percent-decodes a part of a URL.
pub(super) fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Adds a file to import, once.
fn add_media(story: &mut Story, media: Media) {
    if !story.media.contains(&media) {
        story.media.push(media);
    }
}

/// Whether a character needs no escape in a Markdown link.
fn is_safe(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// A hash of a path without its final `/`. An archive has too many paths to store them.
fn hash(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.trim_end_matches('/').hash(&mut hasher);
    hasher.finish()
}

/// A remark on the site as a whole.
pub(super) fn remark(code: &'static str, message: impl Into<String>) -> crate::import::Remark {
    crate::import::Remark { code, about: String::new(), message: message.into(), span: None }
}
