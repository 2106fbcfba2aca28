//! Old URLs that nothing answers → the story or list that each was of, if there is only one, and a line in its file or in the settings.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use jiff::civil::Date;
use percent_encoding::percent_decode_str;
use url::Url;

use super::super::write_ids::replace;
use super::settings;
use crate::archive::Taxonomy;
use crate::content::{Article, ArticleId, Source, head, keys, place_of};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::manifest::Fingerprint;
use crate::plan::{List, Route};
use crate::site::SiteDir;

/// What old sites call the folders of their lists, and which lists they may have been.
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

/// Where an old URL should lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// To a story: by an alias.
    Story(ArticleId, Route),
    /// To a list: by a redirect of the settings.
    List(Route),
}

impl Repair {
    pub(super) fn route(&self) -> &Route {
        match self {
            Self::Story(_, route) | Self::List(route) => route,
        }
    }
}

/// What the stories and lists of a site were called.
pub(super) struct Repairs<'a> {
    edition: &'a Edition,
    /// By names: slugs, old slugs, names of files.
    named: HashMap<String, Vec<ArticleId>>,
    /// By paths of the URLs that identify them elsewhere.
    paths: HashMap<String, Vec<ArticleId>>,
}

impl<'a> Repairs<'a> {
    pub(super) fn new(edition: &'a Edition) -> Self {
        let (mut named, mut paths) = (HashMap::new(), HashMap::new());
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
                add(&mut named, name.to_lowercase(), id);
            }
            let urls = article.front.id.iter().chain(&article.front.canonical_url);
            for url in urls.filter_map(|url| Url::parse(url).ok()).filter(|url| url.has_host()) {
                let path = percent_decode_str(url.path()).decode_utf8_lossy().into_owned();
                add(&mut paths, bare(&path).to_owned(), id);
            }
        }
        Self { edition, named, paths }
    }

    /// Where an old path below the site should lead, if only one place comes into question.
    pub(super) fn of(&self, path: &str) -> Option<Repair> {
        if path.contains('?') {
            return None;
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let list = parts.iter().position(|part| LISTS.iter().any(|(name, _)| name == part));
        let by_path = self.paths.get(bare(path)).map(Vec::as_slice);
        if let Some([id]) = by_path {
            return self.story(*id);
        }
        match list {
            Some(at) => self.list(&parts[at..]).map(Repair::List),
            None => self.by_name(&parts).and_then(|id| self.story(id)),
        }
    }

    fn story(&self, id: ArticleId) -> Option<Repair> {
        let Edition { plan, archive, .. } = self.edition;
        plan.article(archive, id).map(|route| Repair::Story(id, route.clone()))
    }

    /// The one story of the name and, as far as the path says it, of the day.
    fn by_name(&self, parts: &[&str]) -> Option<ArticleId> {
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
        let is_of_day = |id: &&ArticleId| is_of_day(self.edition, self.edition.content.get(**id), &numbers);
        let all = self.named.get(&name.to_lowercase())?;
        let mut fitting = all.iter().filter(is_of_day);
        let found = fitting.next().filter(|_| fitting.next().is_none())?;
        // A single word without a day may be anything.
        (name.contains('-') || !numbers.is_empty()).then_some(*found)
    }

    /// The list of `/tag/harbour/page/2/`.
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

/// A name without the day in front of it.
fn undated(name: &str) -> &str {
    let is_day = name.is_char_boundary(11)
        && name.len() > 11
        && name.as_bytes()[10] == b'-'
        && name[..10].parse::<Date>().is_ok();
    if is_day { &name[11..] } else { name }
}

/// A path or name without what hosts add or leave out: `.html`, `/` at the end.
fn bare(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    [".html", ".htm", ".php", ".md"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path)
}

/// Whether year, month and day in a path are those of a story, as far as they are there.
fn is_of_day(edition: &Edition, article: &Article, numbers: &[&str]) -> bool {
    let Some(date) = article.front.date.map(|date| date.to_zoned(edition.config.timezone.clone()).date())
    else {
        return numbers.is_empty();
    };
    let day = [i32::from(date.year()), i32::from(date.month()), i32::from(date.day())];
    numbers.len() <= day.len()
        && numbers.iter().zip(day).all(|(written, number)| written.parse::<i32>() == Ok(number))
}

/// Writes aliases and redirects; gives the positions of those that are written, and why others are not.
pub(super) fn write(
    site: &SiteDir,
    edition: &Edition,
    wanted: &[(&str, &Repair)],
) -> (Vec<usize>, Vec<Diagnostic>) {
    let (mut written, mut problems) = (Vec::new(), Vec::new());
    let mut stories: BTreeMap<ArticleId, Vec<usize>> = BTreeMap::new();
    let mut lists = Vec::new();
    for (at, (_, repair)) in wanted.iter().enumerate() {
        match repair {
            Repair::Story(id, _) => stories.entry(*id).or_default().push(at),
            Repair::List(_) => lists.push(at),
        }
    }
    for (id, places) in stories {
        let urls: Vec<&str> = places.iter().map(|at| wanted[*at].0).collect();
        match write_aliases(edition, id, &urls) {
            Ok(()) => written.extend(places),
            Err(why) => problems.push(
                Diagnostic::warning("urls/not-written", format!("this story did not get its aliases: {why}"))
                    .at(place_of(edition.content.get(id)))
                    .help(format!("add to its front matter `aliases: [{}]`", urls.join(", "))),
            ),
        }
    }
    let redirects: Vec<(&str, &str)> =
        lists.iter().map(|at| (wanted[*at].0, wanted[*at].1.route().as_str())).collect();
    match settings::add_redirects(site, &redirects) {
        Ok(()) => written.extend(lists),
        Err(problem) => problems.push(*problem),
    }
    (written, problems)
}

fn write_aliases(edition: &Edition, id: ArticleId, urls: &[&str]) -> Result<(), String> {
    let article = edition.content.get(id);
    let file = edition.content.file(&article.path);
    let bytes = fs::read(&file).map_err(|error| error.to_string())?;
    if Fingerprint::of_bytes(&bytes) != article.hash {
        return Err("it changed while it was read".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let new = with_aliases(&article.path, &text, urls);
    let new = new.filter(|new| head(&article.path, new, &edition.config).0.is_some());
    let new = new.ok_or("its front matter has no place for them")?;
    replace(&file, &new).map_err(|error| error.to_string())
}

/// A source with more aliases. `None` if it would say something else than before, too.
fn with_aliases(path: &str, text: &str, urls: &[&str]) -> Option<String> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (before, body) = keys(path, text).ok()?;
    let front = &text[..bom + body];
    let scalars: Vec<String> = urls.iter().map(|url| settings::scalar(url)).collect();
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
    (found == expected && rest(&before) == rest(&after)).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_added_wherever_they_stand_and_all_else_stays() {
        let with = |text: &str| with_aliases("a.md", text, &["/b/", "/c d.html"]);
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
