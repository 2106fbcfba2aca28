//! Hexo: `source/_posts`, URLs by the permalink pattern of `_config.yml`.

use std::path::Path;

use jiff::fmt::strtime;
use serde_json::Value as Json;

use super::{Flavor, Site, is_markdown};
use crate::import::archive::site_data::parse_menu;
use crate::import::archive::survey::ListKind;
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{FileKind, LinkTarget, Settings, permalinks, urls, when};
use crate::import::front::{self, Front};
use crate::import::old_site::OldRedirect;

#[derive(Clone, Debug, Default)]
pub(super) struct Hexo;

impl Flavor for Hexo {
    const NAME: &'static str = "hexo";
    const TITLE: &'static str = "Hexo";
    const MARKERS: &'static str = "`_config.yml` with `source/_posts/`";
    const DELIMITERS: &'static [Delimiters] = &[Delimiters::Tag];
    const NEEDS_FRONT: bool = true;

    fn fits(folder: &Path) -> bool {
        folder.join("source/_posts").is_dir() && folder.join("_config.yml").is_file()
    }

    fn read(site: &mut Site<Self>, root: &Path) {
        site.info.settings = Settings::read(&root.join("_config.yml")).unwrap_or_default();
        let source = site.info.settings.text("source_dir").unwrap_or_else(|| "source".to_owned());
        site.info.contents = vec![(source.trim_matches('/').to_owned(), None)];
        let theme = site.info.settings.text("theme").unwrap_or_default();
        let themes =
            [root.join(format!("_config.{theme}.yml")), root.join("themes").join(&theme).join("_config.yml")];
        let menu = themes
            .iter()
            .filter_map(|file| Settings::read(file))
            .find_map(|settings| settings.get("menu").cloned());
        let items = menu.map(|menu| parse_menu(&menu, "")).unwrap_or_default();
        site.old_site.menus.extend((!items.is_empty()).then(|| ("main".to_owned(), items)));
        let archives = site.info.settings.text("archive_dir").unwrap_or_else(|| "archives".to_owned());
        let base = site.info.settings.text("root").unwrap_or_default();
        let from = format!("{}/{archives}/", urls::path_of(&base));
        site.old_site.redirects.push(OldRedirect { from, to: "/".to_owned() });
    }

    fn classify(site: &Site<Self>, path: &str) -> FileKind {
        let Some(inner) = site.info.inner(path) else { return FileKind::Attachment };
        let is_post = inner.starts_with("_posts/") || inner.starts_with("_drafts/");
        let is_hidden = inner.split('/').any(|part| part.starts_with('_'));
        match () {
            () if is_markdown(path) && (is_post || !is_hidden) => FileKind::Article,
            () if is_post || is_hidden => FileKind::Attachment,
            () => {
                urls::skip_reason(inner).map_or_else(|| FileKind::Static(inner.to_owned()), FileKind::Skipped)
            }
        }
    }

    /// Flattens nested categories.
    fn add_data(_site: &Site<Self>, _path: &str, front: &mut Front) {
        for entry in front.entries.iter_mut().filter(|entry| entry.key == "categories") {
            if let Json::Array(items) = &entry.value {
                entry.value = items.iter().flat_map(front::as_texts).collect();
            }
        }
    }

    fn url(site: &Site<Self>, path: &str, front: &Front) -> Option<String> {
        let inner = site.info.inner(path)?;
        let stem = urls::stem(inner).0;
        let own = front.text("permalink");
        let Some(post) = stem.strip_prefix("_posts/") else {
            let page = own.unwrap_or_else(|| format!("{stem}.html"));
            return Some(without_index(&page));
        };
        let date = front.text("date").and_then(|date| when::read(&date)).map(|date| date.civil);
        let name = urls::split(post).1;
        let (named, slug) = match urls::split_date(name)
            .filter(|_| site.info.settings.text("new_post_name").is_some_and(|name| name.contains(":year")))
        {
            Some((date, slug)) => (when::read(date).map(|date| date.civil), slug),
            None => (None, post),
        };
        let date = date.or(named);
        let categories =
            front.get("categories").or(front.get("category")).map(front::as_texts).unwrap_or_default();
        let default =
            || site.info.settings.text("default_category").unwrap_or_else(|| "uncategorized".to_owned());
        let category = || {
            if categories.is_empty() {
                default()
            } else {
                categories.iter().map(|name| part(name)).collect::<Vec<_>>().join("/")
            }
        };
        let pattern = own
            .or_else(|| site.info.settings.text("permalink"))
            .unwrap_or_else(|| ":year/:month/:day/:title/".to_owned());
        let mut is_known = true;
        let url = permalinks::expand(&pattern, ":", |rest| {
            let word = PLACEHOLDERS.iter().find(|word| rest.starts_with(**word))?;
            let value = match *word {
                "post_title" => front.text("title").map(|title| part(&title)),
                "category" => Some(category()),
                "title" => Some(front.text("slug").unwrap_or_else(|| slug.to_owned())),
                "name" => Some(name.to_owned()),
                word => permalinks::date_format(DATES, word)
                    .zip(date)
                    .and_then(|(f, d)| strtime::format(f, d).ok()),
            };
            is_known &= value.is_some();
            Some((value.unwrap_or_default(), word.len()))
        });
        (is_known && !url.contains("/:")).then(|| without_index(&url))
    }

    fn list_url(site: &Site<Self>, list: ListKind, name: &str) -> Option<String> {
        let (key, default) = match list {
            ListKind::Section => ("category_dir", "categories"),
            ListKind::Tag => ("tag_dir", "tags"),
            ListKind::Author | ListKind::All => return None,
        };
        Some(format!(
            "{}/{}/",
            site.info.settings.text(key).unwrap_or_else(|| default.to_owned()),
            part(name)
        ))
    }

    /// With `post_asset_folder`, the files of a post are in a folder beside it.
    fn link_target(site: &Site<Self>, path: &str, destination: &str) -> Option<LinkTarget> {
        let file = format!("{}/{}", urls::stem(path).0, destination.trim_start_matches("./"));
        let is_plain =
            !destination.is_empty() && !destination.starts_with(['/', '#']) && !destination.contains("..");
        (is_plain && site.info.file(&file).is_file()).then_some(LinkTarget::File(file))
    }

    fn is_draft(path: &str) -> bool {
        path.contains("/_drafts/")
    }
}

fn without_index(path: &str) -> String {
    let folder = path.strip_suffix("index.html").filter(|rest| rest.is_empty() || rest.ends_with('/'));
    folder.unwrap_or(path).to_owned()
}

/// The placeholders of a permalink. None is a prefix of a later one.
const PLACEHOLDERS: [&str; 12] = [
    "post_title",
    "i_month",
    "i_day",
    "category",
    "second",
    "minute",
    "month",
    "title",
    "year",
    "hour",
    "name",
    "day",
];
/// Date placeholders and their formats.
const DATES: &str = "i_month=%-m i_day=%-d second=%S minute=%M month=%m year=%Y hour=%H day=%d";

/// Slugifies a name as Hexo does: punctuation and spaces become hyphens, letters stay.
fn part(name: &str) -> String {
    let is_sign = |c: char| c.is_whitespace() || "~`!@#$%^&*()-_+=[]{}|\\;:\"'<>,.?/".contains(c);
    urls::join_words(name, is_sign, "-")
}
