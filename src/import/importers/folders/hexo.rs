//! Hexo: `source/_posts`, URLs by the pattern of `_config.yml`.

use std::path::Path;

use jiff::fmt::strtime;
use serde_json::Value as Json;

use super::{Flavor, Site, is_markdown};
use crate::import::archive::marks::Kind as MarkKind;
use crate::import::archive::said::menu_items;
use crate::import::archive::survey::List;
use crate::import::archive::{Kind, Settings, Target, urls};
use crate::import::front::{self, Front};
use crate::import::old_site::OldRedirect;
use crate::time;

#[derive(Clone, Debug, Default)]
pub(super) struct Hexo;

impl Flavor for Hexo {
    const NAME: &'static str = "hexo";
    const SHOWN: (&'static str, &'static str) = ("Hexo", "_config.yml");
    const MARKS: &'static [MarkKind] = &[MarkKind::Tag];
    const NEEDS_FRONT: bool = true;

    fn fits(folder: &Path) -> bool {
        folder.join("source/_posts").is_dir() && folder.join("_config.yml").is_file()
    }

    fn open(site: &mut Site<Self>, root: &Path) {
        site.settings = Settings::read(&root.join("_config.yml")).unwrap_or_default();
        site.contents = vec![
            site.settings
                .text("source_dir")
                .unwrap_or_else(|| "source".to_owned())
                .trim_matches('/')
                .to_owned(),
        ];
        let theme = site.settings.text("theme").unwrap_or_default();
        let themes =
            [root.join(format!("_config.{theme}.yml")), root.join("themes").join(&theme).join("_config.yml")];
        let menu = themes
            .iter()
            .filter_map(|file| Settings::read(file))
            .find_map(|settings| settings.get("menu").cloned());
        let items = menu.map(|menu| menu_items(&menu, "")).unwrap_or_default();
        site.old.menus.extend((!items.is_empty()).then(|| ("main".to_owned(), items)));
        let archives = site.settings.text("archive_dir").unwrap_or_else(|| "archives".to_owned());
        let base = site.settings.text("root").unwrap_or_default();
        let from = format!("{}/{archives}/", urls::path_of(&base));
        site.old.redirects.push(OldRedirect { from, to: "/".to_owned() });
    }

    fn sort(site: &Site<Self>, path: &str) -> Kind {
        let Some(inner) = site.inner(path) else { return Kind::Beside };
        let is_post = inner.starts_with("_posts/") || inner.starts_with("_drafts/");
        let is_hidden = inner.split('/').any(|part| part.starts_with('_'));
        match () {
            () if is_markdown(path) && (is_post || !is_hidden) => Kind::Article,
            () if is_post || is_hidden => Kind::Beside,
            () => urls::stays(inner).map_or_else(|| Kind::Static(inner.to_owned()), Kind::Skipped),
        }
    }

    /// A category in a category is a list in a list.
    fn front(_site: &Site<Self>, _path: &str, front: &mut Front) {
        for entry in front.entries.iter_mut().filter(|entry| entry.key == "categories") {
            if let Json::Array(items) = &entry.value {
                entry.value = items.iter().flat_map(front::texts).collect();
            }
        }
    }

    fn url(site: &Site<Self>, path: &str, front: &Front) -> Option<String> {
        let inner = site.inner(path)?;
        let stem = urls::stem(inner).0;
        let own = front.text("permalink");
        let Some(post) = stem.strip_prefix("_posts/") else {
            let page = own.unwrap_or_else(|| format!("{stem}.html"));
            return Some(without_index(&page));
        };
        let date = front.text("date").and_then(|date| time::parse_archive_date(&date)).map(|date| date.civil);
        let name = urls::split(post).1;
        let (named, slug) = match urls::dated(name)
            .filter(|_| site.settings.text("new_post_name").is_some_and(|name| name.contains(":year")))
        {
            Some((date, slug)) => (time::parse_archive_date(date).map(|date| date.civil), slug),
            None => (None, post),
        };
        let date = date.or(named);
        let categories =
            front.get("categories").or(front.get("category")).map(front::texts).unwrap_or_default();
        let default = || site.settings.text("default_category").unwrap_or_else(|| "uncategorized".to_owned());
        let category = || {
            if categories.is_empty() {
                default()
            } else {
                categories.iter().map(|name| part(name)).collect::<Vec<_>>().join("/")
            }
        };
        let mut url = own
            .or_else(|| site.settings.text("permalink"))
            .unwrap_or_else(|| ":year/:month/:day/:title/".to_owned());
        for word in WORDS.split(' ').filter(|_| url.contains(':')).collect::<Vec<_>>() {
            let sign = format!(":{word}");
            if !url.contains(&sign) {
                continue;
            }
            let value = match word {
                "post_title" => front.text("title").map(|title| part(&title)),
                "category" => Some(category()),
                "title" => Some(front.text("slug").unwrap_or_else(|| slug.to_owned())),
                "name" => Some(name.to_owned()),
                _ => date.and_then(|date| strtime::format(format_of(word), date).ok()),
            };
            url = url.replace(&sign, &value?);
        }
        (!url.contains("/:")).then(|| without_index(&url))
    }

    fn list_url(site: &Site<Self>, list: List, name: &str) -> Option<String> {
        let (key, default) = match list {
            List::Section => ("category_dir", "categories"),
            List::Tag => ("tag_dir", "tags"),
            List::Author | List::All => return None,
        };
        Some(format!("{}/{}/", site.settings.text(key).unwrap_or_else(|| default.to_owned()), part(name)))
    }

    /// With `post_asset_folder`, what is named lies in the folder beside the post.
    fn target(site: &Site<Self>, path: &str, destination: &str) -> Option<Target> {
        let file = format!("{}/{}", urls::stem(path).0, destination.trim_start_matches("./"));
        let is_plain =
            !destination.is_empty() && !destination.starts_with(['/', '#']) && !destination.contains("..");
        (is_plain && site.root.join(&file).is_file()).then_some(Target::File(file))
    }

    fn is_draft(path: &str) -> bool {
        path.contains("/_drafts/")
    }
}

fn without_index(path: &str) -> String {
    let folder = path.strip_suffix("index.html").filter(|rest| rest.is_empty() || rest.ends_with('/'));
    folder.unwrap_or(path).to_owned()
}

/// The words of a pattern, those before that begin with others.
const WORDS: &str = "post_title i_month i_day category second minute month title year hour name day";

/// How a word of a pattern writes a date.
fn format_of(word: &str) -> &'static str {
    match word {
        "i_month" => "%-m",
        "i_day" => "%-d",
        "second" => "%S",
        "minute" => "%M",
        "month" => "%m",
        "year" => "%Y",
        "hour" => "%H",
        _ => "%d",
    }
}

/// A name as Hexo has it in a URL: signs and spaces are hyphens, letters stay.
fn part(name: &str) -> String {
    let is_sign = |c: char| c.is_whitespace() || "~`!@#$%^&*()-_+=[]{}|\\;:\"'<>,.?/".contains(c);
    name.split(is_sign).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
