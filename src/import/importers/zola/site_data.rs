//! Zola's settings and `_index.md` files → what the new site takes over: lists, authors, menus and feeds.

use super::Site;
use crate::import::archive::sections::{ListPage, ListSubject};
use crate::import::archive::site_data::{parse_menu, site_from_settings};
use crate::import::archive::survey::add_feed_redirects;
use crate::import::archive::taxonomies::{Taxonomy, TermKind};
use crate::import::archive::{Settings, urls};
use crate::import::front::{self, Front};
use crate::import::old_site::{OldRedirect, OldSite};

impl Site {
    /// What the settings and the section pages say about the site.
    pub(super) fn old_site(&self) -> OldSite {
        let info = &self.info;
        let mut site = site_from_settings(&info.settings, &info.base);
        site.base_url =
            Some(format!("{}/", info.url.trim_end_matches('/'))).filter(|url| url.contains("://"));
        site.language = info.named_language.as_deref().and_then(crate::config::language_tag);
        info.sections.add_to(&mut site, &info.base, &|path, front| self.list_page(path, front));
        for (key, value) in info.settings.map("extra").0 {
            if key.contains("menu") || key.contains("nav") {
                let text = value.to_string().replace("$BASE_URL", "");
                let items = parse_menu(&serde_json::from_str(&text).unwrap_or_default(), &info.base);
                site.menus.extend((!items.is_empty()).then(|| ("main".to_owned(), items)));
            }
        }
        for taxonomy in &info.taxonomies {
            for language in std::iter::once("").chain(info.languages.iter().map(String::as_str)) {
                let path = urls::path([language, &self.slug(&taxonomy.name)]);
                let (from, to) = (info.old_path(&format!("{path}/")), taxonomy.kind.index_page().to_owned());
                site.redirects.push(OldRedirect { from, to });
            }
        }
        let others = info.languages.iter().filter(|language| **language != info.language);
        site.redirects.extend(
            others.map(|language| OldRedirect {
                from: format!("{}/{language}/", info.base),
                to: "/".to_owned(),
            }),
        );
        site
    }

    /// What the list page is about that a file describes.
    fn list_page(&self, path: &str, front: &Front) -> ListPage {
        let inner = urls::split(self.info.inner(path).unwrap_or(path)).0;
        let language = self.other_language(path);
        let own = front.text("path").unwrap_or_else(|| urls::path([language.unwrap_or_default(), inner]));
        let aliases = front.get("aliases").map(front::as_texts).unwrap_or_default();
        let url =
            |path: &String| self.info.old_path(&format!("{}/", urls::path([&**path]).trim_end_matches('/')));
        let urls = std::iter::once(&own).chain(&aliases).map(url).collect();
        let (folder, name) = urls::split(inner);
        let subject = match inner.split('/').next().unwrap_or_default() {
            _ if Taxonomy::named(folder.to_owned()).kind == TermKind::Author => {
                ListSubject::Author(name.to_owned())
            }
            top if !top.is_empty()
                && self.info.sections.has_stories(&urls::join(&self.info.content, top)) =>
            {
                ListSubject::Section(top.to_owned())
            }
            _ => ListSubject::Gone("/"),
        };
        ListPage { subject, urls, is_main_language: language.is_none() }
    }

    /// Adds redirects for the feeds of the site and of its lists, which have the same file name everywhere.
    pub(super) fn add_feeds(&self, site: &mut OldSite) {
        let has_feed = |settings: &Settings| settings.is("generate_feeds") || settings.is("generate_feed");
        let languages = self.info.settings.map("languages");
        let mut home: Vec<String> = Vec::new();
        home.extend(has_feed(&self.info.settings).then(|| format!("{}/", self.info.base)));
        let others = self.info.languages.iter().filter(|language| has_feed(&languages.map(language)));
        home.extend(others.map(|language| format!("{}/{language}/", self.info.base)));
        if home.is_empty() {
            return;
        }
        let keys = ["feed_filenames", "feed_filename"];
        let names = keys.iter().find_map(|key| self.info.settings.get(key).map(front::as_texts));
        add_feed_redirects(site, &home, &names.unwrap_or_else(|| vec!["atom.xml".to_owned()]));
    }
}
