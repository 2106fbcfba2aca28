//! Imports responses of the WordPress REST API (`/wp-json/wp/v2/posts?_embed`).
//!
//! Posts refer by number to terms, users and media, which may be in other files of the folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use url::Url;

use super::common::{self, Draft, Sourced};
use super::weblog::{self, Blog, MediaItem, sourced, text};
use crate::content::Key;
use crate::diagnostic::Diagnostic;
use crate::import::old_site::{OldAuthor, OldList, OldSite};
use crate::import::{
    Confidence, Entry, File, ImportContext, Importer, Listing, Origin, Refusal, Sample, Source, Story, html,
};

/// The WordPress REST API.
pub(super) struct WpRest;

impl Importer for WpRest {
    fn name(&self) -> &'static str {
        "wp-rest"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        let head: String = sample.head.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect();
        head.starts_with(['[', '{'])
            && (head.contains("\"guid\":{\"rendered\"") || head.contains("/wp-json/wp/v2/"))
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        weblog::has_export(folder, self, &["json"])
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(Box::new(Dump { folder: folder.map(Path::to_owned), ..Dump::default() }))
    }
}

/// The responses of one site.
#[derive(Default)]
struct Dump {
    folder: Option<PathBuf>,
    blog: Blog,
    files: HashMap<String, MediaItem>,
    users: HashMap<String, String>,
    /// The slug and name of each category and tag.
    terms: HashMap<String, (String, String)>,
}

impl Source for Dump {
    fn files(&self) -> Listing {
        weblog::exports(self.folder.as_deref(), &WpRest, &["json"])
    }

    fn survey(&mut self, all: &[Entry], _: &ImportContext<'_>) {
        let values = |entry: &Entry| weblog::bytes(entry).and_then(|bytes| common::json_values(&bytes).ok());
        let mut posts = Vec::new();
        for entry in all {
            self.blog.folders.extend(weblog::path(entry).parent().map(Path::to_owned));
            for value in values(entry).unwrap_or_default() {
                if let Some(base) = base(&value).filter(|_| self.blog.base.is_none()) {
                    self.blog.site.base_url = Some(base.to_string());
                    self.blog.base = Some(base);
                }
                self.part(&value);
                for embedded in
                    value.get("_embedded").and_then(Json::as_object).into_iter().flat_map(|all| all.values())
                {
                    let lists = embedded.as_array().into_iter().flatten();
                    lists
                        .flat_map(|one| one.as_array().map_or(std::slice::from_ref(one), Vec::as_slice))
                        .for_each(|one| self.part(one));
                }
                if value.get("content").is_some() {
                    let of = |pointer: &str| text(&value, pointer).to_owned();
                    let section = value.pointer("/categories/0").map(Json::to_string).unwrap_or_default();
                    posts.push([
                        of("/id"),
                        of("/link"),
                        of("/date"),
                        of("/date_gmt"),
                        of("/slug"),
                        of("/type"),
                        section,
                    ]);
                    if let Some(id) = value.get("id") {
                        self.blog.add_path(&id.to_string(), text(&value, "/link"));
                    }
                }
            }
        }
        for [_, link, local, world, name, _, section] in posts.iter().filter(|post| post[5] == "post") {
            let section = self.terms.get(section).map_or("", |(slug, _)| slug);
            self.blog.add_sample(link, local, world, name, section);
        }
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        let values = common::json_values(&file.bytes)?;
        let stories = values.iter().filter_map(|value| self.story(value, file, context)).collect();
        common::require_stories(stories, None, "it has no posts, only data that posts refer to")
    }

    fn site(&self) -> OldSite {
        self.blog.old_site()
    }
}

impl Dump {
    /// Records a term, a user or a file.
    fn part(&mut self, value: &Json) {
        let Some(id) = value.get("id").map(Json::to_string) else { return };
        let slug = weblog::decoded(text(value, "/slug"));
        let name = html::text(text(value, "/name"));
        let urls: Vec<_> =
            Url::parse(text(value, "/link")).map(|link| link.path().to_owned()).into_iter().collect();
        let description = Some(html::text(text(value, "/description"))).filter(|text| !text.is_empty());
        if let Some(taxonomy) = value.get("taxonomy").and_then(Json::as_str) {
            let list = OldList { slug: slug.clone(), title: name.clone(), description, urls };
            let is_new = self.terms.insert(id, (slug, name)).is_none();
            match taxonomy {
                "category" if is_new && list.slug != "uncategorized" => self.blog.site.sections.push(list),
                "post_tag" if is_new => self.blog.site.tags.push(list),
                _ => {}
            }
        } else if value.get("source_url").is_some() {
            let alt = sourced(value, "/alt_text").and_then(Sourced::plain);
            let caption = sourced(value, "/caption/rendered").and_then(Sourced::plain);
            let credit = sourced(value, "/media_details/image_meta/credit");
            self.files.insert(id, MediaItem { url: sourced(value, "/source_url"), alt, caption, credit });
        } else if value.get("content").is_none() && !name.is_empty() && value.get("avatar_urls").is_some() {
            let url = Some(text(value, "/url").to_owned()).filter(|url| url.starts_with("http"));
            let author =
                OldAuthor { slug, name: name.clone(), bio: description, url, urls, ..OldAuthor::default() };
            if self.users.insert(id, name).is_none() {
                self.blog.site.authors.push(author);
            }
        }
    }

    fn story(&self, value: &Json, file: &File, context: &ImportContext<'_>) -> Option<Story> {
        let content = value.pointer("/content/rendered").and_then(Json::as_str)?;
        let kind = text(value, "/type");
        let mut draft = Draft::of_archive(context, file, kind == "page");
        draft.identity(sourced(value, "/guid/rendered").or_else(|| sourced(value, "/link")).as_ref());
        draft.set(Key::Title, sourced(value, "/title/rendered").and_then(Sourced::plain));
        draft.deck(sourced(value, "/excerpt/rendered").and_then(Sourced::plain));
        if !draft.is_standing {
            let time = |name: &str| {
                let world = sourced(value, &format!("/{name}_gmt"));
                world
                    .map(|value| Sourced { text: format!("{}Z", value.text), spans: value.spans })
                    .or_else(|| sourced(value, &format!("/{name}")))
            };
            draft.versions(time("date"), time("modified"));
            self.filed(value, kind, &mut draft);
            let author = value.get("author").map(Json::to_string).and_then(|id| self.users.get(&id));
            draft.byline(author.and_then(|name| Sourced::new(name, Vec::new())));
        }
        weblog::set_status(&mut draft, text(value, "/status"), &[]);
        if value.pointer("/content/protected") == Some(&Json::Bool(true)) {
            weblog::hold_back(&mut draft, &[], "password", Some("it was protected by a password"));
        }
        if value.get("sticky") == Some(&Json::Bool(true)) {
            weblog::remark_pinned(&mut draft, None);
        }
        if text(value, "/yoast_head_json/robots/index") == "noindex" {
            draft.story.set(Key::Noindex, true, Confidence::Explicit, Vec::new());
        }
        let link = text(value, "/link");
        weblog::set_canonical(&mut draft, sourced(value, "/yoast_head_json/canonical"), link);
        draft.deck(sourced(value, "/yoast_head_json/description"));
        let picture = value.get("featured_media").map(Json::to_string).and_then(|id| self.files.get(&id));
        if let Some(shown) = picture {
            self.blog.picture(&mut draft, shown.clone());
        }
        self.blog.body(&mut draft, content, Url::parse(link).ok().as_ref());
        self.blog.set_location(&mut draft, link, Some(text(value, "/slug")), Vec::new());
        comments(value, &mut draft);
        draft.finish()
    }

    /// The first category becomes the section, the others become tags.
    fn filed(&self, value: &Json, kind: &str, draft: &mut Draft<'_>) {
        let of = |key: &str| {
            value
                .get(key)
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .map(Json::to_string)
                .collect::<Vec<_>>()
        };
        let categories: Vec<_> = of("categories")
            .iter()
            .filter_map(|id| self.terms.get(id))
            .filter(|(slug, _)| slug != "uncategorized")
            .cloned()
            .collect();
        let tags: Vec<_> = of("tags").iter().filter_map(|id| self.terms.get(id)).cloned().collect();
        match categories.first() {
            Some((slug, _)) => draft.story.set(Key::Section, slug.clone(), Confidence::Explicit, Vec::new()),
            None if kind != "post" => draft.story.set(Key::Section, kind, Confidence::Explicit, Vec::new()),
            None => {}
        }
        let names =
            categories.iter().skip(1).chain(&tags).filter_map(|(_, name)| Sourced::new(name, Vec::new()));
        weblog::tags(draft, names.collect());
    }
}

/// The base URL of the site.
fn base(value: &Json) -> Option<Url> {
    let own = text(value, "/_links/self/0/href").split_once("/wp-json/").map(|(base, _)| base);
    let mut url = Url::parse(own.unwrap_or(text(value, "/link"))).ok()?;
    if own.is_none() {
        url.set_path("");
        url.set_query(None);
    }
    Some(url)
}

/// Adds the approved comments.
fn comments(value: &Json, draft: &mut Draft<'_>) {
    let replies = value.pointer("/_embedded/replies/0").and_then(Json::as_array);
    let replies =
        replies.into_iter().flatten().filter(|reply| matches!(text(reply, "/status"), "" | "approved"));
    let comments = replies.map(|reply| {
        let number = |key: &str| reply.get(key).map(Json::to_string).unwrap_or_default();
        let of = |pointer: &str| text(reply, pointer);
        weblog::comment(
            &number("id"),
            &number("parent"),
            of("/author_name"),
            of("/author_url"),
            of("/date"),
            of("/content/rendered"),
        )
    });
    weblog::comments(draft, comments.collect(), None);
}
