//! Imports Ghost exports (JSON, versions 0 to 6).

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::common::{self, Draft, Sourced};
use super::weblog::{self, Blog, MediaItem, remark, sourced, text};
use crate::config::language_tag;
use crate::content::Key;
use crate::diagnostic::Diagnostic;
use crate::import::old_site::{MenuItem, OldAuthor, OldList, OldRedirect, OldSite, Picture};
use crate::import::{
    Confidence, Entry, FieldKey, File, Identity, ImportContext, Importer, Listing, Origin, Refusal, Sample,
    Source, Story, html,
};

mod cards;

/// Ghost.
pub(super) struct Ghost;

impl Importer for Ghost {
    fn name(&self) -> &'static str {
        "ghost"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        let head: String = sample.head.chars().take(4096).filter(|c| !c.is_whitespace()).collect();
        let is_export = |start: &str| {
            head.starts_with(start) && (head.contains("\"posts\":") || head.contains("\"exported_on\":"))
        };
        head.starts_with("{\"db\":[{\"data\":{")
            || is_export("{\"db\":[{")
            || is_export("{\"meta\":{")
            || is_export("{\"data\":{")
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        weblog::has_export(folder, self, &["json"])
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(Box::new(Exports { folder: folder.map(Path::to_owned), site: OldSite::default() }))
    }
}

struct Exports {
    folder: Option<PathBuf>,
    site: OldSite,
}

impl Source for Exports {
    fn files(&self) -> Listing {
        weblog::exports(self.folder.as_deref(), &Ghost, &["json"])
    }

    fn survey(&mut self, all: &[Entry], _: &ImportContext<'_>) {
        let first = all.first().and_then(|entry| {
            let values = common::json_values(&weblog::bytes(entry)?).ok()?;
            let data = data(&values)?;
            Some(Export::new(data, weblog::path(entry).parent()).site())
        });
        self.site = first.unwrap_or_default();
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        let values = common::json_values(&file.bytes)?;
        let Some(data) = data(&values) else {
            return Err(Refusal::failed("the file has no `data` with `posts`, as Ghost exports do"));
        };
        let export = Export::new(data, file.path.parent());
        let mut stories: Vec<_> =
            list(data, "posts").filter_map(|post| export.story(post, file, context)).collect();
        let injects = |value: &Json| {
            ["codeinjection_head", "codeinjection_foot"]
                .iter()
                .any(|key| !text(value, &format!("/{key}")).is_empty())
        };
        if let Some(story) = stories.first_mut().filter(|_| list(data, "posts").any(injects)) {
            story.remark(
                "import/code-injection",
                "code that the old site injected into its pages was left out; add it to a template if readers need it",
                None,
            );
        }
        common::require_stories(stories, None, "the export has no posts")
    }

    fn site(&self) -> OldSite {
        self.site.clone()
    }
}

/// The tables of an export.
fn data(values: &[Json]) -> Option<&Json> {
    let first = values.first()?;
    first.pointer("/db/0/data").or_else(|| first.get("data")).filter(|data| data.get("posts").is_some())
}

fn list<'j>(data: &'j Json, table: &str) -> impl Iterator<Item = &'j Json> {
    data.get(table).and_then(Json::as_array).into_iter().flatten()
}

/// A number or text that identifies a row.
fn key(value: &Json, name: &str) -> String {
    match value.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A parsed export.
struct Export<'j> {
    data: &'j Json,
    blog: Blog,
    folder: Option<PathBuf>,
    tags: HashMap<String, &'j Json>,
    users: HashMap<String, &'j Json>,
    meta: HashMap<String, &'j Json>,
    /// The tags and authors of posts, in order.
    tags_of: HashMap<String, Vec<String>>,
    users_of: HashMap<String, Vec<String>>,
    permalink: String,
}

impl<'j> Export<'j> {
    fn new(data: &'j Json, folder: Option<&Path>) -> Self {
        let by = |table: &str, id: &str| {
            list(data, table).map(|row| (key(row, id), row)).collect::<HashMap<_, _>>()
        };
        let of = |table: &str, id: &str| {
            let mut rows: Vec<_> = list(data, table).collect();
            rows.sort_by_key(|row| row.get("sort_order").and_then(Json::as_i64).unwrap_or(0));
            let mut all: HashMap<String, Vec<String>> = HashMap::new();
            for row in rows {
                all.entry(key(row, "post_id")).or_default().push(key(row, id));
            }
            all
        };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
        let mut export = Self {
            data,
            blog: Blog::new(None, folder.as_deref()),
            tags: by("tags", "id"),
            users: by("users", "id"),
            meta: by("posts_meta", "post_id"),
            tags_of: of("posts_tags", "tag_id"),
            users_of: of("posts_authors", "author_id"),
            permalink: "/:slug/".to_owned(),
            folder,
        };
        if let Some(pattern) = export.routes() {
            export.permalink = pattern;
        }
        export
    }

    /// A YAML or JSON file beside the export.
    fn beside(&self, name: &str) -> Option<Json> {
        let folder = self.folder.as_ref()?;
        let text = ["", "data", "settings", "content/settings", "content/data"]
            .iter()
            .find_map(|above| fs::read_to_string(folder.join(above).join(name)).ok())?;
        crate::yaml::data(&name.into(), &text.into()).ok()
    }

    /// The URL pattern of posts in `routes.yaml`, in bulletin's notation.
    fn routes(&self) -> Option<String> {
        let routes = self.beside("routes.yaml")?;
        let collections = routes.get("collections")?.as_object()?;
        let pattern = collections.values().find_map(|one| one.get("permalink").and_then(Json::as_str))?;
        let pattern = pattern.replace('{', ":").replace('}', "").replace(":primary_tag", ":section");
        crate::config::Permalink::parse(&pattern).ok().map(|_| pattern)
    }

    fn setting(&self, name: &str) -> Option<&'j str> {
        let found = list(self.data, "settings").find(|row| text(row, "/key") == name)?;
        Some(text(found, "/value")).filter(|value| !value.is_empty())
    }

    fn site(&self) -> OldSite {
        let mut site = OldSite {
            title: self.setting("title").map(str::to_owned),
            description: self.setting("description").map(str::to_owned),
            timezone: self.setting("timezone").or_else(|| self.setting("activeTimezone")).map(str::to_owned),
            language: ["locale", "lang", "default_locale"]
                .iter()
                .find_map(|name| self.setting(name))
                .and_then(language_tag),
            permalink: Some(self.permalink.clone()),
            ..OldSite::default()
        };
        for (name, menu) in [("navigation", "main"), ("secondary_navigation", "secondary")] {
            let items: Vec<Json> =
                self.setting(name).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
            let item = |item: &Json| MenuItem {
                title: text(item, "/label").to_owned(),
                url: address(text(item, "/url")),
            };
            let items: Vec<_> = items.iter().map(item).filter(|item| !item.url.is_empty()).collect();
            if !items.is_empty() {
                site.menus.push((menu.to_owned(), items));
            }
        }
        let plain =
            |row: &Json, name: &str| Some(html::text(text(row, name))).filter(|text| !text.is_empty());
        let has_sections = self.permalink.contains(":section");
        for tag in list(self.data, "tags").filter(|tag| !is_internal(tag)) {
            let slug = text(tag, "/slug").to_owned();
            let urls = vec![format!("/tag/{slug}/")];
            let list = OldList {
                title: plain(tag, "/name").unwrap_or(slug.clone()),
                description: plain(tag, "/description"),
                slug,
                urls,
            };
            let is_section =
                has_sections && self.tags_of.values().any(|tags| tags.first() == Some(&key(tag, "id")));
            if is_section { site.sections.push(list) } else { site.tags.push(list) }
        }
        for user in list(self.data, "users").filter(|user| !text(user, "/name").contains('@')) {
            let slug = text(user, "/slug").to_owned();
            let picture = Some(address(text(user, "/profile_image"))).filter(|url| !url.is_empty());
            site.authors.push(OldAuthor {
                name: text(user, "/name").to_owned(),
                bio: plain(user, "/bio"),
                url: Some(text(user, "/website").to_owned()).filter(|url| !url.is_empty()),
                picture: picture.map(|url| {
                    self.blog.file(&url).map_or(Picture::Url(url), |media| Picture::File(media.from))
                }),
                urls: vec![format!("/author/{slug}/")],
                slug,
                ..OldAuthor::default()
            });
        }
        self.redirects(&mut site);
        site
    }

    fn redirects(&self, site: &mut OldSite) {
        let found = self.beside("redirects.json").or_else(|| self.beside("redirects.yaml"));
        let pairs: Vec<(String, String)> = match &found {
            Some(Json::Array(rules)) => rules
                .iter()
                .map(|rule| (text(rule, "/from").to_owned(), text(rule, "/to").to_owned()))
                .collect(),
            Some(Json::Object(codes)) => {
                let rules = codes.values().filter_map(Json::as_object).flatten();
                rules.map(|(from, to)| (from.clone(), to.as_str().unwrap_or_default().to_owned())).collect()
            }
            _ => Vec::new(),
        };
        let feeds = [("/rss/", "/rss.xml"), ("/sitemap-posts.xml", "/sitemap.xml")]
            .map(|(from, to)| (from.to_owned(), to.to_owned()));
        let mut patterns = 0;
        for (from, to) in pairs.into_iter().chain(feeds) {
            let from = from.trim_start_matches('^').trim_end_matches('$').replace("\\/", "/");
            let from = from.strip_suffix("/?").map(|from| format!("{from}/")).unwrap_or(from);
            if from.contains(['(', '[', '*', '\\', '?', '|', '+'])
                || !from.starts_with('/')
                || to.contains('$')
            {
                patterns += 1;
            } else {
                site.redirects.push(OldRedirect { from, to });
            }
        }
        if patterns > 0 {
            let message = format!(
                "{patterns} of its redirects use patterns and were not imported; add them to your host's configuration"
            );
            site.remarks.push(remark("import/redirects", message));
        }
    }

    fn story(&self, post: &'j Json, file: &File, context: &ImportContext<'_>) -> Option<Story> {
        let id = key(post, "id");
        let slug = text(post, "/slug");
        let of = |name: &str| {
            sourced(post, &format!("/{name}")).or_else(|| sourced(self.meta.get(&id)?, &format!("/{name}")))
        };
        let is_page = text(post, "/type") == "page" || matches!(key(post, "page").as_str(), "1" | "true");
        let mut draft = Draft::of_archive(context, file, is_page);
        draft.story.identity = Some(Identity::Given(
            ["uuid", "id"].map(|name| key(post, name)).into_iter().find(|id| !id.is_empty())?,
        ));
        draft.set(Key::Title, of("title"));
        draft.deck(of("custom_excerpt").or_else(|| of("meta_description")));
        let time =
            |name: &str| post.get(name).and_then(when).and_then(|time| Sourced::new(&time, Vec::new()));
        if !draft.is_standing {
            draft.versions(
                time("published_at").or_else(|| time("created_at")),
                time("updated_at").filter(|_| text(post, "/status") == "published"),
            );
        }
        status(post, &mut draft);
        self.filed(&id, post, &mut draft);
        let image = |url: Sourced| Sourced { text: address(&url.text), ..url };
        if let Some(url) = of("feature_image").or_else(|| of("image")).map(image) {
            let caption = of("feature_image_caption").and_then(Sourced::plain);
            self.blog.picture(
                &mut draft,
                MediaItem { url: Some(url), alt: of("feature_image_alt"), caption, credit: None },
            );
        }
        draft.set(Key::CanonicalUrl, of("canonical_url").filter(|value| value.text.starts_with("http")));
        if post.get("featured").is_some_and(|featured| *featured == true || *featured == 1) {
            draft.story.set(FieldKey::extra("featured"), true, Confidence::Explicit, Vec::new());
        }
        draft.language(of("locale"));
        let content = match text(post, "/html") {
            "" => cards::html(post),
            html => html.to_owned(),
        };
        self.blog.body(&mut draft, &address(&content), None);
        self.blog.set_location(&mut draft, "", Some(slug), Vec::new());
        let path = if draft.is_standing { Some(format!("/{slug}/")) } else { self.path(post, slug) };
        draft.story.old_url = path.filter(|_| matches!(text(post, "/status"), "published" | "scheduled"));
        draft.finish()
    }

    /// The path of a post under the site's URL pattern.
    fn path(&self, post: &Json, slug: &str) -> Option<String> {
        let date = when(post.get("published_at")?)?;
        let zone = self
            .setting("timezone")
            .and_then(|zone| jiff::tz::TimeZone::get(zone).ok())
            .unwrap_or(jiff::tz::TimeZone::UTC);
        let day = date.parse::<Timestamp>().ok()?.to_zoned(zone).date();
        let section = self
            .tags_of
            .get(&key(post, "id"))
            .and_then(|tags| self.tags.get(tags.first()?))
            .map_or("all", |tag| text(tag, "/slug"));
        let pattern = self.permalink.replace(":slug", slug).replace(":section", section);
        Some(
            pattern
                .replace(":year", &day.strftime("%Y").to_string())
                .replace(":month", &day.strftime("%m").to_string())
                .replace(":day", &day.strftime("%d").to_string()),
        )
    }

    fn filed(&self, id: &str, post: &Json, draft: &mut Draft<'_>) {
        let none = Vec::new();
        let tags: Vec<_> = self
            .tags_of
            .get(id)
            .unwrap_or(&none)
            .iter()
            .filter_map(|tag| self.tags.get(tag))
            .filter(|tag| !is_internal(tag))
            .collect();
        let has_section = self.permalink.contains(":section") && !draft.is_standing;
        if let Some(first) = tags.first().filter(|_| has_section) {
            draft.story.set(Key::Section, text(first, "/slug"), Confidence::Explicit, Vec::new());
        }
        let names = tags.iter().skip(usize::from(has_section)).filter_map(|tag| sourced(tag, "/name"));
        weblog::tags(draft, names.collect());
        if draft.is_standing {
            return;
        }
        let own = vec![key(post, "author_id")];
        for user in self.users_of.get(id).unwrap_or(&own).iter().filter_map(|user| self.users.get(user)) {
            draft.byline(sourced(user, "/name"));
        }
    }
}

/// Whether a tag is internal.
fn is_internal(tag: &Json) -> bool {
    text(tag, "/visibility") == "internal" || text(tag, "/name").starts_with('#')
}

/// Removes Ghost's placeholder for the base URL.
fn address(text: &str) -> String {
    text.replace("__GHOST_URL__", "")
}

/// An instant: a text, or milliseconds in old exports.
fn when(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(if text.contains('T') { text.clone() } else { format!("{text}Z") }),
        Json::Number(number) => {
            Timestamp::from_millisecond(number.as_i64()?).ok().map(|time| time.to_string())
        }
        _ => None,
    }
}

fn status(post: &Json, draft: &mut Draft<'_>) {
    match text(post, "/status") {
        "sent" => weblog::hold_back(draft, &[], "sent", Some("it was only sent by email")),
        status => weblog::set_status(draft, status, &[]),
    }
    weblog::set_audience(draft, text(post, "/visibility"));
}
