//! Hugo's settings and `_index.md` files → what the new site takes over: lists, authors, menus and feeds.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::sections::{ListPage, ListSubject};
use crate::import::archive::site_data::{parse_author, site_from_settings};
use crate::import::archive::survey::add_feed_redirects;
use crate::import::archive::taxonomies::{Taxonomy, TermKind};
use crate::import::archive::{Settings, urls};
use crate::import::front::{self, Front, FrontEntry};
use crate::import::old_site::{MenuItem, OldRedirect, OldSite};
use crate::import::story::Remark;

/// Settings without a counterpart: their paths, and what they did for readers.
const UNSUPPORTED: [(&str, &str); 8] = [
    ("disqusShortname", "readers could comment on stories"),
    ("services.disqus.shortname", "readers could comment on stories"),
    ("params.comments", "readers could comment on stories"),
    ("params.disqusShortname", "readers could comment on stories"),
    ("buildDrafts", "drafts were published; here they are not"),
    ("buildFuture", "stories were published before their date; here they wait for it"),
    ("buildExpired", "expired stories stayed online; here they do not"),
    ("enableEmoji", "`:smile:` became an emoji; here it stays as written"),
];

impl Site {
    /// What the settings and the list pages say about the site.
    pub(super) fn old_site(&self) -> OldSite {
        let main = self.languages.first().map(|main| main.settings.clone()).unwrap_or_default();
        let mut site = site_from_settings(&self.info.settings, &self.info.base);
        let (own, params) = (site_from_settings(&main, &self.info.base), self.info.settings.map("params"));
        site.title = own.title.or(site.title);
        site.description = main
            .map("params")
            .text("description")
            .or(params.text("description"))
            .or(own.description)
            .or(site.description);
        site.base_url = own.base_url.or(site.base_url);
        site.language.clone_from(&self.info.named_language);
        self.info.sections.add_to(&mut site, &self.info.base, &|path, front| self.list_page(path, front));
        for authors in self.author_data() {
            let known = |slug: &str| site.authors.iter().any(|author| author.slug == slug);
            let new: Vec<_> = authors
                .iter()
                .filter_map(|(key, value)| parse_author(key, value, &self.info.base))
                .filter(|author| !known(&author.slug) && !author.aliases.iter().any(|alias| known(alias)))
                .collect();
            site.authors.extend(new);
        }
        site.menus = self.menus();
        self.add_lists(&mut site);
        site.remarks = self.remarks();
        site
    }

    /// What the list page is about that a file describes.
    fn list_page(&self, path: &str, front: &Front) -> ListPage {
        let (folder, name, language) = self.info.parts(path);
        let is_main_language =
            language.is_none_or(|language| language.eq_ignore_ascii_case(&self.info.language));
        let (url, _) = self.url_path(path, front);
        let aliases = front.get("aliases").map(front::as_texts).unwrap_or_default();
        let alias = |alias: String| match alias.strip_prefix('/') {
            Some(inner) => format!("{}/{inner}", self.info.base),
            None => urls::resolve_reference(url.trim_end_matches('/'), &alias),
        };
        let all =
            std::iter::once(url.clone()).chain(aliases.into_iter().map(alias)).map(|url| urls::encode(&url));
        let sections = self.sections_of(path);
        let (sections, _) = self.split_language_folder(&sections);
        let top = sections.split('/').next().unwrap_or_default();
        let taxonomy = self
            .info
            .taxonomy(folder)
            .or_else(|| Some(self.info.taxonomy(name)).filter(|_| folder.is_empty()).flatten());
        let subject = match (self.kind(path), taxonomy.map(|taxonomy| taxonomy.kind)) {
            ("home", _) => ListSubject::Gone("/"),
            ("taxonomy", Some(kind)) => ListSubject::Gone(kind.index_page()),
            ("term", Some(TermKind::Author)) => ListSubject::Author(name.to_owned()),
            ("term", Some(TermKind::Section)) => ListSubject::Section(name.to_owned()),
            ("term", Some(TermKind::Series)) => ListSubject::Gone("/"),
            ("term", Some(_)) => ListSubject::Tag(name.to_owned()),
            _ if Taxonomy::named(folder.to_owned()).kind == TermKind::Author => {
                ListSubject::Author(name.to_owned())
            }
            _ if self.has_stories(top) => ListSubject::Section(top.to_owned()),
            _ => ListSubject::Gone("/"),
        };
        ListPage { subject, urls: all.collect(), is_main_language }
    }

    /// Whether a top folder has stories, in any language.
    fn has_stories(&self, top: &str) -> bool {
        let contents = self.info.contents.iter().map(|(content, _)| content.clone());
        let folders = self.language_folders.iter().map(|language| urls::join(&self.info.content, language));
        !top.is_empty()
            && contents
                .chain(folders)
                .any(|content| self.info.sections.has_stories(&urls::join(&content, top)))
    }

    /// Authors by the names that stories use, from data files and settings.
    pub(super) fn author_data(&self) -> Vec<serde_json::Map<String, Json>> {
        let mut all = Vec::new();
        if let Some(data) = self.info.root.as_ref().map(|root| root.join("data")) {
            for name in ["authors", "author", "people", "team"] {
                let files = data.join(name).read_dir().into_iter().flatten().flatten();
                let mut names: Vec<String> = files
                    .filter_map(|entry| Some(urls::stem(entry.file_name().to_str()?).0.to_owned()))
                    .collect();
                names.sort_unstable();
                let read = |key: String| {
                    let value = Settings::data(&data.join(name), &key);
                    (key, value)
                };
                all.push(names.into_iter().map(read).collect());
                all.extend(by_key(Settings::data(&data, name)));
            }
        }
        let params = self.info.settings.map("params");
        all.extend(["authors", "author"].iter().filter_map(|key| by_key(params.get(key)?.clone())));
        all
    }

    /// Adds the lists that every Hugo site has without any file.
    fn add_lists(&self, site: &mut OldSite) {
        let off: Vec<String> =
            self.info.settings.get("disableKinds").map(front::as_texts).unwrap_or_default();
        let is_off = |kind: &str| off.iter().any(|name| name.eq_ignore_ascii_case(kind));
        let mut languages: Vec<&str> = self.languages.iter().map(|language| language.key.as_str()).collect();
        if languages.is_empty() {
            languages.push(&self.info.language);
        }
        let are_many = languages.len() > 1;
        for language in languages {
            let prefix = self.prefix(language);
            // The folder of the main language redirects to the front page even if its URLs have no prefix.
            let folder = if are_many && prefix.is_empty() { language.to_lowercase() } else { prefix.clone() };
            let mut lead = |parts: &[&str], to: &str| {
                let inner = urls::path([&*prefix].into_iter().chain(parts.iter().copied()));
                let from = format!("{}{}/", self.info.base, inner.trim_end_matches('/'));
                site.redirects.push(OldRedirect { from: urls::encode(&from), to: to.to_owned() });
            };
            for taxonomy in self.info.taxonomies.iter().filter(|_| !is_off("taxonomy")) {
                lead(&[&self.urlize(&taxonomy.name)], taxonomy.kind.index_page());
            }
            if folder.is_empty() {
                continue;
            }
            let folder = format!("{}{}/", self.info.base, urls::path([&*folder]).trim_end_matches('/'));
            if !is_off("sitemap") {
                let from = format!("{folder}sitemap.xml");
                site.redirects.push(OldRedirect { from, to: "/sitemap.xml".to_owned() });
            }
            site.redirects.push(OldRedirect { from: folder, to: "/".to_owned() });
        }
        // Every folder of pages has a list.
        for (content, language) in &self.info.contents {
            for folder in self.info.sections.folders(content) {
                let name = urls::split(folder).1;
                let is_known = self.has_stories(name) || self.info.taxonomy(name).is_some();
                let is_bundle = self.is_in_bundle(&format!("{folder}/x"), name);
                let inner = urls::path([
                    &*self.prefix(language.as_deref().unwrap_or(&self.info.language)),
                    &self.urlize(name),
                ]);
                if !is_known && !is_bundle {
                    let from = urls::encode(&format!("{}{inner}/", self.info.base));
                    site.redirects.push(OldRedirect { from, to: "/".to_owned() });
                }
            }
        }
    }

    /// The menus of settings and front matter, sorted.
    fn menus(&self) -> Vec<(String, Vec<MenuItem>)> {
        let mut all: Vec<(String, Vec<(i64, MenuItem)>)> = Vec::new();
        let mut add = |menu: &str, item: Settings, default: MenuItem| {
            let weight =
                item.get("weight").and_then(Json::as_i64).filter(|weight| *weight != 0).unwrap_or(i64::MAX);
            let title = item.first_text(&["name", "title", "identifier"]).unwrap_or(default.title);
            let url = item
                .text("url")
                .or_else(|| item.text("pageRef"))
                .map(|url| self.menu_url(&url))
                .unwrap_or(default.url);
            if title.is_empty() || url.is_empty() {
                return;
            }
            let item = (weight, MenuItem { title: htmlize::unescape(&title).into_owned(), url });
            match all.iter_mut().find(|(name, _)| name == menu) {
                Some((_, items)) => items.push(item),
                None => all.push((menu.to_owned(), vec![item])),
            }
        };
        let main = self.languages.first().map(|main| &main.settings);
        for settings in main.into_iter().chain([&self.info.settings]) {
            for (menu, items) in ["menus", "menu"].iter().flat_map(|key| settings.map(key).0) {
                for item in items.as_array().into_iter().flatten().filter_map(Json::as_object) {
                    add(&menu, Settings(item.clone()), MenuItem::default());
                }
            }
        }
        for (path, front) in self.info.sections.mentioning("menu") {
            let (_, name, language) = self.info.parts(path);
            if language.is_some_and(|language| !language.eq_ignore_ascii_case(&self.info.language)) {
                continue;
            }
            let title = front.text("linkTitle").or_else(|| front.text("title"));
            let page = MenuItem {
                title: title.unwrap_or_else(|| urls::humanize(name)),
                url: urls::encode(&self.url_path(path, &front).0),
            };
            match front.get("menus").or_else(|| front.get("menu")) {
                Some(Json::Object(menus)) => menus.iter().for_each(|(menu, item)| {
                    add(menu, Settings(item.as_object().cloned().unwrap_or_default()), page.clone());
                }),
                Some(names) => front::as_texts(names)
                    .iter()
                    .for_each(|menu| add(menu, Settings::default(), page.clone())),
                None => {}
            }
        }
        let sorted = |(name, mut items): (String, Vec<(i64, MenuItem)>)| {
            items.sort_by_key(|(weight, _)| *weight);
            (name, items.into_iter().map(|(_, item)| item).collect())
        };
        all.into_iter().map(sorted).collect()
    }

    fn menu_url(&self, url: &str) -> String {
        if url.contains(':') || url.starts_with('#') {
            return url.to_owned();
        }
        let inner = url.trim_start_matches('/');
        let inner = match inner.rsplit('/').next() {
            Some(last) if !last.is_empty() && !last.contains(['.', '#', '?']) => format!("{inner}/"),
            _ => inner.to_owned(),
        };
        urls::encode(&format!("{}/{inner}", self.info.base))
    }

    fn remarks(&self) -> Vec<Remark> {
        let remark = |about: &str, message: String| Remark {
            code: "import/setting",
            about: about.to_owned(),
            message,
            span: None,
        };
        let is_set = |path: &str| {
            let mut value = Json::Object(self.info.settings.0.clone());
            for key in path.split('.') {
                value = Settings(value.as_object().cloned().unwrap_or_default())
                    .get(key)
                    .cloned()
                    .unwrap_or_default();
            }
            front::as_bool(&value).unwrap_or(
                matches!(&value, Json::Object(map) if !map.is_empty()) || front::as_text(&value).is_some(),
            )
        };
        let unsupported = UNSUPPORTED.iter().filter(|(path, _)| is_set(path));
        let mut all: Vec<Remark> = unsupported
            .map(|(path, what)| remark(path, format!("the old site set `{path}`: {what}")))
            .collect();
        for language in self.languages.iter().skip(1) {
            let own =
                language.settings.text("baseURL").filter(|own| !urls::has_same_host(own, &self.info.url));
            all.extend(own.map(|own| {
                let message = format!(
                    "stories in `{}` move from {own} to /{}/; redirect that host",
                    language.key, language.key
                );
                remark("baseURL", message)
            }));
        }
        all
    }

    /// The encoded path of the page of a term.
    pub(super) fn term_path(&self, path: &str, taxonomy: &Taxonomy, term: &str) -> String {
        let language = self
            .info
            .parts(path)
            .2
            .map(|language| format!(".{}", language.to_lowercase()))
            .unwrap_or_default();
        let folder = urls::join(&self.info.content, &format!("{}/{}", taxonomy.name, self.urlize(term)));
        let title = FrontEntry { key: "title".to_owned(), value: term.into(), at: None, inner: Vec::new() };
        let front = Front { entries: vec![title], ..Front::default() };
        urls::encode(&self.url_path(&format!("{folder}/_index{language}.md"), &front).0)
    }

    /// Adds redirects for the feeds of the site and of its lists, which have the same file name everywhere.
    pub(super) fn add_feeds(&self, site: &mut OldSite) {
        let off: Vec<String> =
            self.info.settings.get("disableKinds").map(front::as_texts).unwrap_or_default();
        if off.iter().any(|name| name.eq_ignore_ascii_case("rss")) {
            return;
        }
        let name = self
            .info
            .settings
            .map("outputFormats")
            .map("rss")
            .text("baseName")
            .unwrap_or_else(|| "index".to_owned());
        let home = self.languages.iter().map(|language| self.prefix(&language.key)).chain([String::new()]);
        let home =
            home.map(|prefix| format!("{}{}/", self.info.base, urls::path([&*prefix]).trim_end_matches('/')));
        // Lists that the new site does not have had feeds as well.
        let mut lists = OldSite::default();
        self.add_lists(&mut lists);
        self.info.sections.add_to(&mut lists, &self.info.base, &|path, front| self.list_page(path, front));
        let home = home.chain(lists.redirects.into_iter().map(|list| list.from));
        add_feed_redirects(site, &home.collect::<Vec<_>>(), &[format!("{name}.xml")]);
    }
}

/// Keys authors by the name that stories use, from a map of maps or from a list.
fn by_key(value: Json) -> Option<serde_json::Map<String, Json>> {
    match value {
        Json::Object(map) if map.values().any(Json::is_object) => Some(map),
        // A single author.
        Json::Object(map) => {
            let name = front::as_text(map.get("name")?)?;
            Some([(name, Json::Object(map))].into_iter().collect())
        }
        Json::Array(items) => {
            let key = |item: &Json| {
                ["id", "slug", "key", "name"].iter().find_map(|key| front::as_text(item.get(*key)?))
            };
            Some(items.into_iter().filter_map(|item| Some((key(&item)?, item))).collect())
        }
        _ => None,
    }
}
