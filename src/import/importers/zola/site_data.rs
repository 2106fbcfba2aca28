//! What a site of Zola was → what the new site takes over: its lists and their pages, authors, menus, feeds.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Site;
use crate::import::archive::sections::{ListPage, ListSubject};
use crate::import::archive::site_data::{parse_menu, site_from_settings};
use crate::import::archive::survey::{ListKind, add_feed_redirects};
use crate::import::archive::taxonomies::{Taxonomy, TermKind};
use crate::import::archive::{Settings, urls};
use crate::import::front::{self, Front};
use crate::import::old_site::{OldRedirect, OldSite};

impl Site {
    /// What the settings and the pages of sections say of the site.
    pub(super) fn old(&self) -> OldSite {
        let mut site = site_from_settings(&self.settings, &self.base);
        site.base_url =
            Some(format!("{}/", self.url.trim_end_matches('/'))).filter(|url| url.contains("://"));
        site.language = self.named_language.as_deref().and_then(crate::config::language_tag);
        self.sections.add_to(&mut site, &self.base, &|path, front| self.list_page(path, front));
        for (key, value) in self.settings.map("extra").0 {
            if key.contains("menu") || key.contains("nav") {
                let text = value.to_string().replace("$BASE_URL", "");
                let items = parse_menu(&serde_json::from_str(&text).unwrap_or_default(), &self.base);
                site.menus.extend((!items.is_empty()).then(|| ("main".to_owned(), items)));
            }
        }
        for taxonomy in &self.taxonomies {
            let to = match taxonomy.kind {
                TermKind::Author => "/authors/",
                TermKind::Tag | TermKind::Category => "/tags/",
                TermKind::Section | TermKind::Series => "/",
            };
            let from = |language: &str| {
                urls::encode(&format!("{}{}/", self.base, urls::path([language, &self.slug(&taxonomy.name)])))
            };
            let all = std::iter::once("").chain(self.languages.iter().map(String::as_str)).map(from);
            site.redirects.extend(all.map(|from| OldRedirect { from, to: to.to_owned() }));
        }
        let home = |language: &String| OldRedirect {
            from: format!("{}/{language}/", self.base),
            to: "/".to_owned(),
        };
        site.redirects.extend(self.languages.iter().filter(|language| **language != self.language).map(home));
        site
    }

    /// Of what a file describes the list, the paths that led there, and whether it is in the main language.
    fn list_page(&self, path: &str, front: &Front) -> ListPage {
        let (inner, file) = urls::split(self.inner(path).unwrap_or(path));
        let language = self.without_language(urls::stem(file).0).1;
        let is_main = language.is_none_or(|language| language == self.language);
        let part = language.filter(|_| !is_main).unwrap_or_default();
        let own = front.text("path").unwrap_or_else(|| urls::path([part, inner]));
        let aliases = front.get("aliases").map(front::as_texts).unwrap_or_default();
        let whole =
            |path: &str| urls::encode(&format!("{}{}/", self.base, urls::path([path]).trim_end_matches('/')));
        let all = std::iter::once(&own).chain(&aliases).map(|path| whole(path)).collect();
        let (folder, name) = urls::split(inner);
        let top = inner.split('/').next().unwrap_or_default();
        let is_author = Taxonomy::named(folder.to_owned()).kind == TermKind::Author;
        let of = match top {
            _ if is_author => ListSubject::Author(name.to_owned()),
            "" => ListSubject::Gone("/"),
            top if self.sections.has_stories(&urls::join(self.content, top)) => {
                ListSubject::Section(top.to_owned())
            }
            _ => ListSubject::Gone("/"),
        };
        (of, all, is_main)
    }

    /// What stories call authors, and their names.
    pub(super) fn author_names(&self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (path, front, _) in self.sections.all() {
            let (folder, name) = urls::split(urls::split(self.inner(path).unwrap_or(path)).0);
            let is_author = Taxonomy::named(folder.to_owned()).kind == TermKind::Author;
            if let Some(author) = is_author.then(|| self.sections.author(path, name, front, "", "")).flatten()
            {
                names.entry(name.to_lowercase()).or_insert(author.name);
            }
        }
        names
    }

    /// The lists that a page is in by its terms.
    pub(super) fn lists_of(&self, path: &str, front: &Front) -> Vec<(ListKind, String, String)> {
        let file = urls::split(path).1;
        let language =
            self.without_language(urls::stem(file).0).1.filter(|language| *language != self.language);
        let mut all = Vec::new();
        for taxonomy in &self.taxonomies {
            let list = match taxonomy.kind {
                TermKind::Author => ListKind::Author,
                TermKind::Section => ListKind::Section,
                TermKind::Tag | TermKind::Category => ListKind::Tag,
                TermKind::Series => continue,
            };
            let terms = front.get("taxonomies").and_then(|all| all.get(&taxonomy.name));
            for term in terms.map(front::as_texts).unwrap_or_default() {
                let inner =
                    urls::path([language.unwrap_or_default(), &self.slug(&taxonomy.name), &self.slug(&term)]);
                all.push((list, term, urls::encode(&format!("{}{inner}/", self.base))));
            }
        }
        all
    }

    /// Feeds of the site and of its lists, which have the same name everywhere.
    pub(super) fn feeds(&self, site: &mut OldSite) {
        let languages = self.settings.map("languages").0;
        let makes = |settings: &Settings| settings.is("generate_feeds") || settings.is("generate_feed");
        let of = |language: &str| {
            Settings(languages.get(language).and_then(Json::as_object).cloned().unwrap_or_default())
        };
        let mut home: Vec<String> = Vec::new();
        home.extend(makes(&self.settings).then(|| format!("{}/", self.base)));
        let others = self.languages.iter().filter(|language| makes(&of(language)));
        home.extend(others.map(|language| format!("{}/{language}/", self.base)));
        if home.is_empty() {
            return;
        }
        let names = ["feed_filenames", "feed_filename"]
            .iter()
            .find_map(|key| self.settings.get(key).map(front::as_texts));
        add_feed_redirects(site, &home, &names.unwrap_or_else(|| vec!["atom.xml".to_owned()]));
    }
}
