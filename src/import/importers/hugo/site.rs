//! What a site of Hugo was → what the new site takes over: its lists and their pages, authors, menus, feeds.

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::said::{describes, of_author};
use crate::import::archive::sections::{About, Of};
use crate::import::archive::survey::{List, add_feeds};
use crate::import::archive::taxonomies::{Role, Taxonomy};
use crate::import::archive::{Settings, urls};
use crate::import::front::{self, Entry, Front};
use crate::import::old_site::{MenuItem, OldRedirect, OldSite};
use crate::import::story::Remark;

/// Settings that decide what readers see and that the new site does not have: the path of each, and what it did.
const ELSEWHERE: [(&str, &str); 8] = [
    ("disqusShortname", "readers could comment on stories"),
    ("services.disqus.shortname", "readers could comment on stories"),
    ("params.comments", "readers could comment on stories"),
    ("params.disqusShortname", "readers could comment on stories"),
    ("buildDrafts", "drafts were published, and are drafts here"),
    ("buildFuture", "stories were published before their date, and wait for it here"),
    ("buildExpired", "stories were there after they had expired, and are not here"),
    ("enableEmoji", "words such as `:smile:` were pictures, and are words here"),
];

impl Site {
    /// What the settings and the pages of lists say of the site.
    pub(super) fn old(&self) -> OldSite {
        let main = self.languages.first().map(|main| main.settings.clone()).unwrap_or_default();
        let mut site = describes(&self.settings, &self.base);
        let (own, params) = (describes(&main, &self.base), self.settings.map("params"));
        site.title = own.title.or(site.title);
        site.description = main
            .map("params")
            .text("description")
            .or(params.text("description"))
            .or(own.description)
            .or(site.description);
        site.base_url = own.base_url.or(site.base_url);
        site.language.clone_from(&self.named_language);
        self.sections.tell(&mut site, &self.base, &|path, front| self.about(path, front));
        for authors in self.author_data() {
            let known = |slug: &str| site.authors.iter().any(|author| author.slug == slug);
            let new: Vec<_> = authors
                .iter()
                .filter_map(|(key, value)| of_author(key, value, &self.base))
                .filter(|author| !known(&author.slug) && !author.aliases.iter().any(|alias| known(alias)))
                .collect();
            site.authors.extend(new);
        }
        site.menus = self.menus();
        self.add_lists(&mut site);
        site.remarks = self.remarks();
        site
    }

    /// Of what a file describes the list.
    fn about(&self, path: &str, front: &Front) -> About {
        let (folder, name, language) = self.parts(path);
        let is_main = language.is_none_or(|language| language.eq_ignore_ascii_case(&self.language));
        let (url, _) = self.address(path, front);
        let aliases = front.get("aliases").map(front::texts).unwrap_or_default();
        let alias = |alias: String| match alias.strip_prefix('/') {
            Some(inner) => format!("{}/{inner}", self.base),
            None => urls::join(url.trim_end_matches('/'), &alias),
        };
        let all =
            std::iter::once(url.clone()).chain(aliases.into_iter().map(alias)).map(|url| urls::encoded(&url));
        let sections = self.sections_of(path);
        let (sections, _) = self.without_language_folder(&sections);
        let top = sections.split('/').next().unwrap_or_default();
        let taxonomy = self
            .taxonomy(folder)
            .or_else(|| Some(self.taxonomy(name)).filter(|_| folder.is_empty()).flatten());
        let of = match (self.kind(path), taxonomy.map(|taxonomy| taxonomy.role)) {
            ("home", _) => Of::Gone("/"),
            ("taxonomy", Some(role)) => Of::Gone(index_of(role)),
            ("term", Some(Role::Author)) => Of::Author(name.to_owned()),
            ("term", Some(Role::Section)) => Of::Section(name.to_owned()),
            ("term", Some(Role::Series)) => Of::Gone("/"),
            ("term", Some(_)) => Of::Tag(name.to_owned()),
            _ if Taxonomy::of(folder.to_owned()).role == Role::Author => Of::Author(name.to_owned()),
            _ if self.has_stories(top) => Of::Section(top.to_owned()),
            _ => Of::Gone("/"),
        };
        (of, all.collect(), is_main)
    }

    /// Whether a top folder of the content, in any language, has stories.
    fn has_stories(&self, top: &str) -> bool {
        let contents = self.contents.iter().map(|(content, _)| content.clone());
        let folders = self.language_folders.iter().map(|language| urls::below(&self.content, language));
        !top.is_empty()
            && contents.chain(folders).any(|content| self.sections.has_stories(&urls::below(&content, top)))
    }

    /// Authors by what stories call them, from the data files and the settings.
    pub(super) fn author_data(&self) -> Vec<serde_json::Map<String, Json>> {
        let mut all = Vec::new();
        if let Some(data) = self.root.as_ref().map(|root| root.join("data")) {
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
        let params = self.settings.map("params");
        all.extend(["authors", "author"].iter().filter_map(|key| by_key(params.get(key)?.clone())));
        all
    }

    /// The lists that every site of Hugo has, of which no file needs to say anything.
    fn add_lists(&self, site: &mut OldSite) {
        let off: Vec<String> = self.settings.get("disableKinds").map(front::texts).unwrap_or_default();
        let is_off = |kind: &str| off.iter().any(|name| name.eq_ignore_ascii_case(kind));
        let mut languages: Vec<&str> = self.languages.iter().map(|language| language.key.as_str()).collect();
        if languages.is_empty() {
            languages.push(&self.language);
        }
        let are_many = languages.len() > 1;
        for language in languages {
            let prefix = self.prefix(language);
            // Where the main language has no folder, its folder leads to the front page, and its sitemap is there.
            let folder = if are_many && prefix.is_empty() { language.to_lowercase() } else { prefix.clone() };
            let mut lead = |parts: &[&str], to: &str| {
                let inner = urls::path([&*prefix].into_iter().chain(parts.iter().copied()));
                let from = format!("{}{}/", self.base, inner.trim_end_matches('/'));
                site.redirects.push(OldRedirect { from: urls::encoded(&from), to: to.to_owned() });
            };
            for taxonomy in self.taxonomies.iter().filter(|_| !is_off("taxonomy")) {
                lead(&[&self.urlize(&taxonomy.name)], index_of(taxonomy.role));
            }
            if folder.is_empty() {
                continue;
            }
            let folder = format!("{}{}/", self.base, urls::path([&*folder]).trim_end_matches('/'));
            if !is_off("sitemap") {
                let from = format!("{folder}sitemap.xml");
                site.redirects.push(OldRedirect { from, to: "/sitemap.xml".to_owned() });
            }
            site.redirects.push(OldRedirect { from: folder, to: "/".to_owned() });
        }
        // A folder of pages has a list, too, though nothing describes it.
        for (content, language) in &self.contents {
            for folder in self.sections.folders(content) {
                let name = urls::split(folder).1;
                let is_known = self.has_stories(name) || self.taxonomy(name).is_some();
                let is_bundle = self.is_in_bundle(&format!("{folder}/x"), name);
                let inner = urls::path([
                    &*self.prefix(language.as_deref().unwrap_or(&self.language)),
                    &self.urlize(name),
                ]);
                if !is_known && !is_bundle {
                    let from = urls::encoded(&format!("{}{inner}/", self.base));
                    site.redirects.push(OldRedirect { from, to: "/".to_owned() });
                }
            }
        }
    }

    /// The menus of the settings and of front matter, each in its order.
    fn menus(&self) -> Vec<(String, Vec<MenuItem>)> {
        let mut all: Vec<(String, Vec<(i64, MenuItem)>)> = Vec::new();
        let mut add = |menu: &str, item: Settings, default: MenuItem| {
            let weight =
                item.get("weight").and_then(Json::as_i64).filter(|weight| *weight != 0).unwrap_or(i64::MAX);
            let title = ["name", "title", "identifier"]
                .iter()
                .find_map(|key| item.text(key))
                .unwrap_or(default.title);
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
        for settings in main.into_iter().chain([&self.settings]) {
            for (menu, items) in ["menus", "menu"].iter().flat_map(|key| settings.map(key).0) {
                for item in items.as_array().into_iter().flatten().filter_map(Json::as_object) {
                    add(&menu, Settings(item.clone()), MenuItem::default());
                }
            }
        }
        for (path, front) in self.sections.with_word("menu") {
            let (_, name, language) = self.parts(path);
            if language.is_some_and(|language| !language.eq_ignore_ascii_case(&self.language)) {
                continue;
            }
            let title = front.text("linkTitle").or_else(|| front.text("title"));
            let page = MenuItem {
                title: title.unwrap_or_else(|| urls::title_of(name)),
                url: urls::encoded(&self.address(path, &front).0),
            };
            match front.get("menus").or_else(|| front.get("menu")) {
                Some(Json::Object(menus)) => menus.iter().for_each(|(menu, item)| {
                    add(menu, Settings(item.as_object().cloned().unwrap_or_default()), page.clone());
                }),
                Some(names) => {
                    front::texts(names).iter().for_each(|menu| add(menu, Settings::default(), page.clone()))
                }
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
        urls::encoded(&format!("{}/{inner}", self.base))
    }

    fn remarks(&self) -> Vec<Remark> {
        let remark = |about: &str, message: String| Remark {
            code: "import/setting",
            about: about.to_owned(),
            message,
            span: None,
        };
        let is_set = |path: &str| {
            let mut value = Json::Object(self.settings.0.clone());
            for key in path.split('.') {
                value = Settings(value.as_object().cloned().unwrap_or_default())
                    .get(key)
                    .cloned()
                    .unwrap_or_default();
            }
            front::truth(&value).unwrap_or(
                matches!(&value, Json::Object(map) if !map.is_empty()) || front::text(&value).is_some(),
            )
        };
        let told = ELSEWHERE.iter().filter(|(path, _)| is_set(path));
        let mut all: Vec<Remark> =
            told.map(|(path, what)| remark(path, format!("the old site had `{path}`: {what}"))).collect();
        for language in self.languages.iter().skip(1) {
            let own = language.settings.text("baseURL").filter(|own| !urls::is_of_host(own, &self.url));
            all.extend(own.map(|own| {
                let message = format!(
                    "stories in `{}` were at {own} and are at /{}/ here; let that host lead there",
                    language.key, language.key
                );
                remark("baseURL", message)
            }));
        }
        all
    }

    /// The lists that a page is in by its terms.
    pub(super) fn lists_of(&self, path: &str, front: &Front) -> Vec<(List, String, String)> {
        let mut all = Vec::new();
        let language =
            self.parts(path).2.map(|language| format!(".{}", language.to_lowercase())).unwrap_or_default();
        for taxonomy in &self.taxonomies {
            let list = match taxonomy.role {
                Role::Author => List::Author,
                Role::Section => List::Section,
                Role::Tag | Role::Category => List::Tag,
                Role::Series => continue,
            };
            for term in front.get(&taxonomy.name).map(front::texts).unwrap_or_default() {
                let page = format!(
                    "{}/_index{language}.md",
                    urls::below(&self.content, &format!("{}/{}", taxonomy.name, self.urlize(&term)))
                );
                let title = Entry {
                    key: "title".to_owned(),
                    value: term.clone().into(),
                    at: None,
                    inner: Vec::new(),
                };
                let (url, _) = self.address(&page, &Front { entries: vec![title], ..Front::default() });
                all.push((list, term, urls::encoded(&url)));
            }
        }
        all
    }

    /// Feeds of the site and of its lists, which have the same place in all of them.
    pub(super) fn feeds(&self, site: &mut OldSite) {
        let off: Vec<String> = self.settings.get("disableKinds").map(front::texts).unwrap_or_default();
        if off.iter().any(|name| name.eq_ignore_ascii_case("rss")) {
            return;
        }
        let name = self
            .settings
            .map("outputFormats")
            .map("rss")
            .text("baseName")
            .unwrap_or_else(|| "index".to_owned());
        let home = self.languages.iter().map(|language| self.prefix(&language.key)).chain([String::new()]);
        let home =
            home.map(|prefix| format!("{}{}/", self.base, urls::path([&*prefix]).trim_end_matches('/')));
        // Lists that the new site does not have had feeds, too.
        let mut lists = OldSite::default();
        self.add_lists(&mut lists);
        self.sections.tell(&mut lists, &self.base, &|path, front| self.about(path, front));
        let home = home.chain(lists.redirects.into_iter().map(|list| list.from));
        add_feeds(site, &home.collect::<Vec<_>>(), &[format!("{name}.xml")]);
    }
}

/// The list of all topics, or what stands for that of other terms.
fn index_of(role: Role) -> &'static str {
    match role {
        Role::Author => "/authors/",
        Role::Section | Role::Series => "/",
        Role::Tag | Role::Category => "/tags/",
    }
}

/// Maps by what stories call them, from a map of maps or from a list.
fn by_key(value: Json) -> Option<serde_json::Map<String, Json>> {
    match value {
        Json::Object(map) if map.values().any(Json::is_object) => Some(map),
        // One author.
        Json::Object(map) => {
            let name = front::text(map.get("name")?)?;
            Some([(name, Json::Object(map))].into_iter().collect())
        }
        Json::Array(items) => {
            let key = |item: &Json| {
                ["id", "slug", "key", "name"].iter().find_map(|key| front::text(item.get(*key)?))
            };
            Some(items.into_iter().filter_map(|item| Some((key(&item)?, item))).collect())
        }
        _ => None,
    }
}
