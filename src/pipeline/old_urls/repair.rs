//! Dead old URLs → the story or list that each belonged to, if unambiguous, and an alias or redirect for it.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use percent_encoding::percent_decode_str;
use url::Url;

use super::super::source_edit::edit_source;
use super::redirects;
use crate::archive::Taxonomy;
use crate::config::Config;
use crate::content::{Article, ArticleId, Source, head, keys, place_of};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::plan::{List, Route};
use crate::site::SiteDir;

/// Common names of folders for lists, with the taxonomies that they may stand for.
const LISTS: [(&str, &[Taxonomy]); 14] = [
    ("tag", &[Taxonomy::Tag, Taxonomy::Section]),
    ("tags", &[Taxonomy::Tag, Taxonomy::Section]),
    ("topic", &[Taxonomy::Tag, Taxonomy::Section]),
    ("topics", &[Taxonomy::Tag, Taxonomy::Section]),
    ("category", &[Taxonomy::Section, Taxonomy::Tag]),
    ("categories", &[Taxonomy::Section, Taxonomy::Tag]),
    ("section", &[Taxonomy::Section, Taxonomy::Tag]),
    ("sections", &[Taxonomy::Section, Taxonomy::Tag]),
    ("author", &[Taxonomy::Author]),
    ("authors", &[Taxonomy::Author]),
    ("people", &[Taxonomy::Author]),
    ("byline", &[Taxonomy::Author]),
    ("series", &[Taxonomy::Series]),
    ("serie", &[Taxonomy::Series]),
];

/// The page that an old URL should lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RepairTarget {
    /// A story; it gets an alias.
    Story(ArticleId, Route),
    /// A list; the settings get a redirect.
    List(Route),
}

impl RepairTarget {
    pub(super) fn route(&self) -> &Route {
        match self {
            Self::Story(_, route) | Self::List(route) => route,
        }
    }
}

/// Finds the targets of old URLs of a site.
pub(super) struct RepairFinder<'a> {
    edition: &'a Edition,
    /// Stories by slug, old slugs and file name.
    by_name: HashMap<String, Vec<ArticleId>>,
    /// Stories by the paths of the URLs that identify them elsewhere.
    by_path: HashMap<String, Vec<ArticleId>>,
}

impl<'a> RepairFinder<'a> {
    pub(super) fn new(edition: &'a Edition) -> Self {
        let (mut by_name, mut by_path) = (HashMap::new(), HashMap::new());
        let add = |map: &mut HashMap<String, Vec<ArticleId>>, key: String, id: ArticleId| {
            let all = map.entry(key).or_default();
            if !all.contains(&id) {
                all.push(id);
            }
        };
        for (id, article) in edition.content.iter() {
            if edition.plan.article(&edition.archive, id).is_none() {
                continue;
            }
            let source = Source::new(&article.path, "");
            let file = source.name();
            for name in [&article.slug, undated(file)]
                .into_iter()
                .chain(article.front.old_slugs.iter().map(String::as_str))
            {
                add(&mut by_name, name.to_lowercase(), id);
            }
            let urls = article.front.id.iter().chain(&article.front.canonical_url);
            for url in urls.filter_map(|url| Url::parse(url).ok()).filter(|url| url.has_host()) {
                let path = percent_decode_str(url.path()).decode_utf8_lossy().into_owned();
                add(&mut by_path, bare(&path).to_owned(), id);
            }
        }
        Self { edition, by_name, by_path }
    }

    /// The target of an old path of the site, if it is unambiguous.
    pub(super) fn find(&self, path: &str) -> Option<RepairTarget> {
        if path.contains('?') {
            return None;
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let list = parts.iter().position(|part| LISTS.iter().any(|(name, _)| name == part));
        if let Some([id]) = self.by_path.get(bare(path)).map(Vec::as_slice) {
            return self.story(*id);
        }
        match list {
            Some(at) => self.list(&parts[at..]).map(RepairTarget::List),
            None => self.story_by_name(&parts).and_then(|id| self.story(id)),
        }
    }

    fn story(&self, id: ArticleId) -> Option<RepairTarget> {
        let Edition { plan, archive, .. } = self.edition;
        plan.article(archive, id).map(|route| RepairTarget::Story(id, route.clone()))
    }

    /// The only story with the name and, if the path has one, the date.
    fn story_by_name(&self, parts: &[&str]) -> Option<ArticleId> {
        let (last, folders) = parts.split_last()?;
        let (last, folders) = match (bare(last), folders.split_last()) {
            ("index" | "amp" | "print", Some((last, folders))) => (*last, folders),
            (name, _) => (name, folders),
        };
        let name = undated(last);
        let mut numbers: Vec<&str> =
            folders.iter().copied().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).collect();
        if name != last {
            numbers = last[..last.len() - name.len()].split('-').filter(|part| !part.is_empty()).collect();
        }
        let has_date = |id: &&ArticleId| has_date(self.edition, self.edition.content.get(**id), &numbers);
        let all = self.by_name.get(&name.to_lowercase())?;
        let mut matches = all.iter().filter(has_date);
        let found = matches.next().filter(|_| matches.next().is_none())?;
        // A single word without a date is too ambiguous.
        (name.contains('-') || !numbers.is_empty()).then_some(*found)
    }

    /// The list of a path such as `/tag/harbour/page/2/`.
    fn list(&self, parts: &[&str]) -> Option<Route> {
        let Edition { archive, plan, .. } = self.edition;
        let [folder, slug, rest @ ..] = parts else { return None };
        let is_page = matches!(rest, [] | ["index.html"]) || matches!(rest, ["page", _, ..]);
        let (_, taxonomies) = LISTS.iter().find(|(name, _)| name == folder)?;
        let slug = self.edition.config.slugs.of(bare(slug));
        taxonomies.iter().filter(|_| is_page).find_map(|taxonomy| {
            let term = archive.terms(*taxonomy).by_slug(&slug)?;
            plan.list(archive, List::Term(*taxonomy, term))
        })
    }
}

/// A name without a leading date.
fn undated(name: &str) -> &str {
    let is_day = name.is_char_boundary(11)
        && name.len() > 11
        && name.as_bytes()[10] == b'-'
        && name[..10].parse::<Date>().is_ok();
    if is_day { &name[11..] } else { name }
}

/// A path or name without a trailing `/`, `index.html` or extension.
fn bare(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    [".html", ".htm", ".php", ".md"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path)
}

/// Whether the year, month and day in a path, as far as present, are those of an article.
fn has_date(edition: &Edition, article: &Article, numbers: &[&str]) -> bool {
    let Some(date) = article.front.date.map(|date| date.to_zoned(edition.config.timezone.clone()).date())
    else {
        return numbers.is_empty();
    };
    let day = [i32::from(date.year()), i32::from(date.month()), i32::from(date.day())];
    numbers.len() <= day.len()
        && numbers.iter().zip(day).all(|(written, number)| written.parse::<i32>() == Ok(number))
}

/// Writes aliases and redirects. Returns the indices of those written and the problems with others.
pub(super) fn write(
    site: &SiteDir,
    edition: &Edition,
    repairs: &[(&str, &RepairTarget)],
) -> (Vec<usize>, Vec<Diagnostic>) {
    let (mut written, mut problems) = (Vec::new(), Vec::new());
    let mut stories: BTreeMap<ArticleId, Vec<usize>> = BTreeMap::new();
    let mut lists = Vec::new();
    for (at, (_, target)) in repairs.iter().enumerate() {
        match target {
            RepairTarget::Story(id, _) => stories.entry(*id).or_default().push(at),
            RepairTarget::List(_) => lists.push(at),
        }
    }
    for (id, indices) in stories {
        let urls: Vec<&str> = indices.iter().map(|at| repairs[*at].0).collect();
        match edit_source(edition, id, |path, text| with_aliases(path, text, &urls, &edition.config)) {
            Ok(()) => written.extend(indices),
            Err(why) => problems.push(
                Diagnostic::warning("urls/not-written", format!("cannot add aliases to this story: {why}"))
                    .at(place_of(edition.content.get(id)))
                    .help(format!("add `aliases: [{}]` to its front matter", urls.join(", "))),
            ),
        }
    }
    let new_redirects: Vec<(&str, &str)> =
        lists.iter().map(|at| (repairs[*at].0, repairs[*at].1.route().as_str())).collect();
    match redirects::add_redirects(site, &new_redirects) {
        Ok(()) => written.extend(lists),
        Err(problem) => problems.push(*problem),
    }
    (written, problems)
}

/// Adds aliases to the front matter of a source. Returns `None` if that would change anything else.
fn with_aliases(path: &str, text: &str, urls: &[&str], config: &Config) -> Option<String> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (before, body) = keys(path, text).ok()?;
    let front = &text[..bom + body];
    let scalars: Vec<String> = urls.iter().map(|url| redirects::scalar(url)).collect();
    let new = match front.find("\naliases:").map(|at| at + 1) {
        None => {
            let closing = front.trim_end_matches(['\r', '\n']).rfind('\n')? + 1;
            let end = if front[..closing].ends_with("\r\n") { "\r\n" } else { "\n" };
            let items: String = scalars.iter().map(|url| format!("- {url}{end}")).collect();
            format!("{}aliases:{end}{items}{}", &text[..closing], &text[closing..])
        }
        Some(key) => {
            let line = front[key..].split_inclusive('\n').next()?;
            let (next, value) = (key + line.len(), line["aliases:".len()..].trim());
            if value.is_empty() {
                let item = front[next..].split_inclusive('\n').next()?;
                let indent = &item[..item.find('-')?];
                let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
                let items: String = scalars.iter().map(|url| format!("{indent}- {url}{end}")).collect();
                format!("{}{items}{}", &text[..next], &text[next..])
            } else if value.starts_with('[') {
                let at = key + line.rfind(']')?;
                let is_empty = value.trim_matches(['[', ']', ' ']).is_empty();
                let comma = if is_empty { "" } else { ", " };
                format!("{}{comma}{}{}", &text[..at], scalars.join(", "), &text[at..])
            } else {
                let at = key + line.find(value)?;
                let all = format!("[{value}, {}]", scalars.join(", "));
                format!("{}{all}{}", &text[..at], &text[at + value.len()..])
            }
        }
    };
    let list = |map: &serde_json::Map<String, serde_json::Value>| -> Option<Vec<String>> {
        match map.get("aliases") {
            None | Some(serde_json::Value::Null) => Some(Vec::new()),
            Some(serde_json::Value::Array(all)) => {
                all.iter().map(|one| one.as_str().map(str::to_owned)).collect()
            }
            Some(one) => Some(vec![one.as_str()?.to_owned()]),
        }
    };
    let (after, _) = keys(path, &new).ok()?;
    let mut expected = list(&before)?;
    expected.extend(urls.iter().map(|url| (*url).to_owned()));
    let mut found = list(&after)?;
    expected.sort_unstable();
    found.sort_unstable();
    let rest = |map: &serde_json::Map<String, serde_json::Value>| {
        let mut map = map.clone();
        map.shift_remove("aliases");
        map
    };
    let is_valid = head(path, &new, config).0.is_some();
    (is_valid && found == expected && rest(&before) == rest(&after)).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_added_in_any_style_and_all_else_stays() {
        let config = Config::new("T", Url::parse("https://x.example/").unwrap());
        let with = |text: &str| with_aliases("a.md", text, &["/b/", "/c d.html"], &config);
        for (text, expected) in [
            ("---\ntitle: A\n---\nText.\n", "---\ntitle: A\naliases:\n- /b/\n- \"/c d.html\"\n---\nText.\n"),
            (
                "---\r\ntitle: A # x\r\n---\r\n",
                "---\r\ntitle: A # x\r\naliases:\r\n- /b/\r\n- \"/c d.html\"\r\n---\r\n",
            ),
            (
                "---\naliases:\n  - /a/\ntitle: A\n---\n",
                "---\naliases:\n  - /b/\n  - \"/c d.html\"\n  - /a/\ntitle: A\n---\n",
            ),
            (
                "---\ntitle: A\naliases: [/a/] # old\n---\n",
                "---\ntitle: A\naliases: [/a/, /b/, \"/c d.html\"] # old\n---\n",
            ),
            ("---\ntitle: A\naliases: []\n---\n", "---\ntitle: A\naliases: [/b/, \"/c d.html\"]\n---\n"),
            (
                "---\ntitle: A\naliases: /a/\n---\n",
                "---\ntitle: A\naliases: [/a/, /b/, \"/c d.html\"]\n---\n",
            ),
        ] {
            let text = text.replacen("---\naliases", "---\nkicker: x\naliases", 1);
            let expected = expected.replacen("---\naliases", "---\nkicker: x\naliases", 1);
            assert_eq!(with(&text), Some(expected), "{text}");
        }
        assert_eq!(with("---\n{title: A}\n---\n"), None);
        assert_eq!(with("---\ntitle: A\naliases: [\n/a/]\n---\n"), None);
    }
}
