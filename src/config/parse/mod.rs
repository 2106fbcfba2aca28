//! The text of `bulletin.yaml` → [`Config`], with everything that is wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use url::Url;

use super::policy::Policy;
use super::{Config, FeedFormat, FeedOf, Feeds, Lists, Markdown, Permalink, Publisher, RawHtml, Trust};
use crate::conflict;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::slug::{Letters, Slugs};
use crate::yaml::{Cut, Document, Map, Node};

mod machines;
mod people;
mod sections;

pub(crate) use sections::is_section_slug_free;

/// All keys at the top.
const KEYS: [&str; 24] = [
    "title",
    "base_url",
    "id_authority",
    "description",
    "language",
    "slugs",
    "timezone",
    "theme",
    "permalink",
    "sections",
    "lists",
    "feeds",
    "api",
    "robots",
    "redirects",
    "security_txt",
    "trust_txt",
    "humans_txt",
    "ads_txt",
    "publisher",
    "authors",
    "tags",
    "markdown",
    "extra",
];

const FORMATS: [(&str, FeedFormat); 3] =
    [("rss", FeedFormat::Rss), ("atom", FeedFormat::Atom), ("json", FeedFormat::Json)];

const FEEDS_OF: [(&str, FeedOf); 4] = [
    ("section", FeedOf::Section),
    ("tag", FeedOf::Tag),
    ("author", FeedOf::Author),
    ("series", FeedOf::Series),
];

impl Config {
    /// Settings with nothing but a title and a URL.
    pub fn new(title: impl Into<String>, base_url: Url) -> Self {
        Self {
            title: title.into(),
            base_url,
            id_authority: None,
            description: None,
            language: "en".to_owned(),
            slugs: Slugs::default(),
            timezone: TimeZone::UTC,
            theme: "broadsheet".to_owned(),
            permalink: Permalink::default(),
            sections: None,
            lists: Lists::default(),
            feeds: Feeds::default(),
            api: false,
            robots: Vec::new(),
            redirects: Vec::new(),
            trust: Trust::default(),
            publisher: Publisher::default(),
            authors: Vec::new(),
            tags: Vec::new(),
            tag_aliases: BTreeMap::new(),
            markdown: Markdown::default(),
            policy: Policy::default(),
            extra: serde_json::Map::new(),
        }
    }

    /// Reads the text of `bulletin.yaml`. All problems are reported at once: a setting that is wrong has its
    /// default, so that the rest of the site can still be checked. None if the text is not YAML.
    pub fn parse(file: &Arc<str>, text: &Arc<str>) -> (Option<Self>, Diagnostics) {
        if let Some(problem) = conflict::problem(file, text) {
            return (None, problem.into());
        }
        let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let document = match Document::parse(file, text, bom..text.len()) {
            Ok(document) => document,
            Err(error) => return (None, Diagnostics::from(*error)),
        };
        let map = match document.map() {
            Ok(map) => map,
            Err(error) => return (None, Diagnostics::from(*error)),
        };
        let mut reader = Reader { problems: Diagnostics::default(), slugs: Slugs::default() };
        let config = reader.config(map, &Place::new(file.clone(), text.clone(), bom..bom));
        // Behind a word of our own (`language: en # British`), a comment is meant as one.
        let is_text = |cut: &Cut<'_>| {
            ["title", "description", "name", "bio"].contains(&cut.key) || cut.left.contains(' ')
        };
        reader.problems.extend(document.cuts().into_iter().filter(is_text).map(|cut| cut.warning));
        (Some(config), reader.problems)
    }
}

impl Default for Permalink {
    fn default() -> Self {
        Self::parse("/:year/:month/:slug/").unwrap_or(Self(Vec::new()))
    }
}

/// A BCP 47 tag by its shape, with hyphens: `en`, `pt-BR`, `zh-Hant-TW`. None if it has another shape.
pub(crate) fn language_tag(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = parts.next()?;
    let first = (2..=8).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let others = parts.all(|part| (1..=8).contains(&part.len()) && alphanumeric(part));
    (first && others).then(|| usual_case(&tag))
}

/// Tags ignore case, and are compared here: languages in small letters, territories in capitals, scripts with one (RFC 5646,
/// section 2.1.1).
fn usual_case(tag: &str) -> String {
    let mut is_private = false;
    let parts = tag.split('-').enumerate().map(|(at, part)| {
        let small = part.to_ascii_lowercase();
        let is_behind_one = is_private;
        is_private |= part.len() == 1;
        match part.len() {
            2 if at > 0 && !is_behind_one => part.to_ascii_uppercase(),
            4 if at > 0 && !is_behind_one => small[..1].to_ascii_uppercase() + &small[1..],
            _ => small,
        }
    });
    parts.collect::<Vec<_>>().join("-")
}

/// An absolute `http` or `https` URL with a host.
pub(crate) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

struct Reader {
    problems: Diagnostics,
    /// How slugs are made, once it is known.
    slugs: Slugs,
}

impl Reader {
    fn config(&mut self, map: Map<'_>, start: &Place) -> Config {
        self.only(map, &KEYS);
        let placeholder = Config::new("Untitled", base_placeholder());
        let title = self.required(map, "title", start, "title: The Meridian Bulletin");
        let base_url = self.required(map, "base_url", start, "base_url: https://meridian.example/");
        let base_url = base_url.and_then(|node| self.base_url(node));
        let language = self.language(map).unwrap_or(placeholder.language);
        self.slugs = self.slugs(map, &language);
        let (tags, tag_aliases) = map.get("tags").map(|node| self.tags(node)).unwrap_or_default();
        Config {
            title: title.and_then(|node| self.line(node)).unwrap_or(placeholder.title),
            base_url: base_url.unwrap_or(placeholder.base_url),
            id_authority: map.get("id_authority").and_then(|node| self.id_authority(node)),
            description: self.text(map, "description"),
            language,
            slugs: self.slugs,
            timezone: map.get("timezone").and_then(|node| self.timezone(node)).unwrap_or(TimeZone::UTC),
            theme: map.get("theme").and_then(|node| self.theme(node)).unwrap_or(placeholder.theme),
            permalink: map.get("permalink").and_then(|node| self.permalink(node)).unwrap_or_default(),
            sections: map.get("sections").and_then(|node| self.sections(node)),
            lists: self.inner(map, "lists").map(|map| self.lists(map)).unwrap_or_default(),
            feeds: self.inner(map, "feeds").map(|map| self.feeds(map)).unwrap_or_default(),
            api: self.bool(map, "api", false),
            robots: map.get("robots").map(|node| self.robots(node)).unwrap_or_default(),
            redirects: self.inner(map, "redirects").map(|map| self.redirects(map)).unwrap_or_default(),
            trust: self.trust(map),
            publisher: self.inner(map, "publisher").map(|map| self.publisher(map)).unwrap_or_default(),
            authors: map.get("authors").map(|node| self.authors(node)).unwrap_or_default(),
            tags,
            tag_aliases,
            markdown: self.inner(map, "markdown").map(|map| self.markdown(map)).unwrap_or_default(),
            policy: Policy::default(),
            extra: map.get("extra").and_then(|node| self.extra(node)).unwrap_or_default(),
        }
    }

    fn take<T>(&mut self, result: Result<T, Box<Diagnostic>>) -> Option<T> {
        result.map_err(|error| self.problems.push(*error)).ok()
    }

    fn wrong<T>(&mut self, problem: Diagnostic, help: impl Into<String>) -> Option<T> {
        self.problems.push(problem.help(help));
        None
    }

    /// Reports keys that do not exist.
    fn only(&mut self, map: Map<'_>, known: &[&str]) {
        for (key, _) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            if !known.contains(&&*name) {
                let error = key.error("config/unknown-key", format!("there is no setting `{}`", key.name()));
                let help = match did_you_mean(&name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.len() == KEYS.len() => {
                        "settings of the theme belong under `extra`".to_owned()
                    }
                    None => format!("there are {}", list(known)),
                };
                self.problems.push(error.help(help));
            }
        }
    }

    fn required<'a>(&mut self, map: Map<'a>, key: &str, start: &Place, example: &str) -> Option<Node<'a>> {
        let found = map.get(key);
        if found.is_none() {
            let entry = map.entries().find(|(name, _)| name.string().is_ok_and(|name| name == key));
            let place = entry.map_or_else(|| start.clone(), |(name, _)| name.place());
            let error = Diagnostic::error("config/missing", format!("the site has no `{key}`"));
            self.problems.push(error.at(place).help(format!("add it, for example `{example}`")));
        }
        found
    }

    /// Text without line ends; not blank.
    fn line(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.take(node.string())?;
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            let problem = node.error("config/blank", format!("`{}` is blank", node.name()));
            return self.wrong(problem, "write something, or delete the line");
        }
        Some(text)
    }

    fn text(&mut self, map: Map<'_>, key: &str) -> Option<String> {
        self.line(map.get(key)?)
    }

    fn bool(&mut self, map: Map<'_>, key: &str, default: bool) -> bool {
        map.get(key).and_then(|node| self.take(node.bool())).unwrap_or(default)
    }

    fn at_least_one(&mut self, map: Map<'_>, key: &str, default: usize) -> usize {
        let Some(node) = map.get(key) else {
            return default;
        };
        let number = self.take(node.integer());
        match number.map(usize::try_from) {
            Some(Ok(number)) if number > 0 => number,
            Some(_) => {
                let message = format!("`{}` must be at least 1", node.name());
                let problem = node.error("config/number", message);
                self.wrong(problem, format!("write `{key}: {default}`, which is the default"))
                    .unwrap_or(default)
            }
            None => default,
        }
    }

    fn inner<'a>(&mut self, map: Map<'a>, key: &str) -> Option<Map<'a>> {
        let node = map.get(key)?;
        self.take(node.map())
    }

    fn base_url(&mut self, node: Node<'_>) -> Option<Url> {
        let text = self.line(node)?;
        let problem = |what: &str| node.error("config/base-url", format!("`base_url` {what}"));
        let example = "for example `base_url: https://meridian.example/`";
        let Some(mut url) = web_url(&text) else {
            return self.wrong(problem("is no URL that starts with `https://` or `http://`"), example);
        };
        if url.query().is_some() || url.fragment().is_some() {
            return self.wrong(problem("has a `?` or `#`"), "leave out everything from there on");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return self.wrong(problem("has a user name or password"), "leave it out: it would be published");
        }
        if url.path().contains("//") {
            return self.wrong(problem("has an empty part (`//`) in its path"), "write one `/` there");
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Some(url)
    }

    fn id_authority(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?.to_lowercase();
        let host = Url::parse(&format!("https://{text}/")).ok().filter(|url| url.path() == "/");
        let host = host
            .as_ref()
            .and_then(Url::host_str)
            .filter(|host| host.contains('.') && !text.contains([':', '@']));
        if let Some(host) = host {
            return Some(host.to_owned());
        }
        let problem = node.error("config/id-authority", format!("`{text}` is no host"));
        self.wrong(problem, "write a host that was yours when the first stories came out, for example `id_authority: meridian.example`")
    }

    fn language(&mut self, map: Map<'_>) -> Option<String> {
        let node = map.get("language")?;
        let text = self.line(node)?;
        if let Some(tag) = language_tag(&text) {
            return Some(tag);
        }
        let problem = node.error("config/language", format!("`{text}` is no language tag"));
        self.wrong(problem, "write the short tag of the language, such as `en`, `el` or `pt-BR`")
    }

    fn slugs(&mut self, map: Map<'_>, language: &str) -> Slugs {
        let letters = map.get("slugs").and_then(|node| match self.line(node)?.as_str() {
            "unicode" => Some(Letters::Unicode),
            "ascii" => Some(Letters::Ascii),
            other => {
                let problem = node.error("config/unknown-value", format!("`slugs` cannot be `{other}`"));
                self.wrong(problem, "there are `unicode` and `ascii`")
            }
        });
        Slugs::new(letters.unwrap_or_default(), language)
    }

    fn timezone(&mut self, node: Node<'_>) -> Option<TimeZone> {
        let text = self.line(node)?;
        // The zones in the binary, not those of the machine: the same site on every machine.
        let zones = TimeZoneDatabase::bundled();
        if let Ok(zone) = zones.get(&text) {
            return Some(zone);
        }
        let names: Vec<_> = zones.available().map(|name| name.as_str().to_owned()).collect();
        let lower = text.to_ascii_lowercase().replace(' ', "_");
        let city =
            |name: &&String| name.rsplit('/').next().is_some_and(|city| city.to_ascii_lowercase() == lower);
        let near = names.iter().find(city).map(String::as_str);
        let near = near.or_else(|| did_you_mean(&text, names.iter().map(String::as_str)));
        let problem = node.error("config/timezone", format!("there is no time zone `{text}`"));
        self.wrong(
            problem,
            match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write the IANA name of the zone, for example `Europe/Athens`".to_owned(),
            },
        )
    }

    fn theme(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if text.bytes().all(safe) && !text.starts_with('.') {
            return Some(text);
        }
        let problem = node.error("config/theme", format!("`{text}` is no name of a theme"));
        self.wrong(problem, "write the name of a folder under `themes/`, with letters, digits and hyphens")
    }

    fn permalink(&mut self, node: Node<'_>) -> Option<Permalink> {
        let text = self.line(node)?;
        match Permalink::parse(&text) {
            Ok(permalink) => Some(permalink),
            Err(why) => {
                let message = format!("`{text}` is no pattern for URLs: {why}");
                let problem = node.error("config/permalink", message.trim_end_matches('?'));
                self.wrong(problem, "for example `permalink: /:year/:month/:slug/`")
            }
        }
    }

    fn lists(&mut self, map: Map<'_>) -> Lists {
        self.only(map, &["per_page", "sections", "tags", "authors", "series", "archives"]);
        let default = Lists::default();
        Lists {
            per_page: self.at_least_one(map, "per_page", default.per_page),
            sections: self.bool(map, "sections", default.sections),
            tags: self.bool(map, "tags", default.tags),
            authors: self.bool(map, "authors", default.authors),
            series: self.bool(map, "series", default.series),
            archives: self.bool(map, "archives", default.archives),
        }
    }

    fn feeds(&mut self, map: Map<'_>) -> Feeds {
        self.only(map, &["site", "lists", "of", "limit", "full_text", "hub"]);
        let default = Feeds::default();
        Feeds {
            site: self.names(map, "site", &FORMATS).unwrap_or(default.site),
            lists: self.names(map, "lists", &FORMATS).unwrap_or(default.lists),
            of: self.names(map, "of", &FEEDS_OF).unwrap_or(default.of),
            limit: self.at_least_one(map, "limit", default.limit),
            full_text: self.bool(map, "full_text", default.full_text),
            hub: map.get("hub").and_then(|node| self.web_url(node)),
        }
    }

    /// A list of known words.
    fn names<T: Copy + PartialEq>(&mut self, map: Map<'_>, key: &str, known: &[(&str, T)]) -> Option<Vec<T>> {
        let mut found = Vec::new();
        for (node, text) in map.get(key)?.strings(&mut self.problems) {
            match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
                Some((_, value)) if found.contains(value) => {}
                Some((_, value)) => found.push(*value),
                None => {
                    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
                    let message = format!("`{}` cannot be `{text}`", node.name());
                    let problem = node.error("config/unknown-value", message);
                    self.problems.push(problem.help(format!("there are {}", list(&names))));
                }
            }
        }
        Some(found)
    }

    fn markdown(&mut self, map: Map<'_>) -> Markdown {
        self.only(map, &["smart_punctuation", "raw_html"]);
        let default = Markdown::default();
        Markdown {
            smart_punctuation: self.bool(map, "smart_punctuation", default.smart_punctuation),
            raw_html: map.get("raw_html").and_then(|node| self.raw_html(node)).unwrap_or_default(),
        }
    }

    fn raw_html(&mut self, node: Node<'_>) -> Option<RawHtml> {
        let written = self.line(node)?;
        match written.as_str() {
            "trusted" => Some(RawHtml::Trusted),
            "sanitized" | "sanitised" => Some(RawHtml::Sanitized),
            _ => {
                let message = format!("`{}` cannot be `{written}`", node.name());
                let help = "write `trusted` or `sanitized`";
                self.wrong(node.error("config/unknown-value", message), help)
            }
        }
    }

    fn extra(&mut self, node: Node<'_>) -> Option<serde_json::Map<String, serde_json::Value>> {
        self.take(node.map())?;
        match self.take(node.json())? {
            serde_json::Value::Object(map) => Some(map),
            _ => None,
        }
    }

    fn pairs<'a>(&mut self, map: Map<'a>) -> Vec<(String, Node<'a>)> {
        let entries = map.entries().filter(|(_, value)| !value.is_null());
        entries.filter_map(|(key, value)| Some((self.take(key.string())?.trim().to_owned(), value))).collect()
    }

    fn link(&mut self, map: Map<'_>, key: &str) -> Option<String> {
        self.checked_link(map.get(key)?)
    }

    /// A URL of the web, a mail address or a path of the site.
    fn checked_link(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https" | "mailto") => {
                let message = format!("`{}` cannot be a `{}:` URL", node.name(), url.scheme());
                let problem = node.error("config/url", message);
                self.wrong(problem, "write an `https://` URL or a path that starts with `/`")
            }
            // As browsers and validators want it, with what must be escaped escaped.
            Ok(url) => Some(url.into()),
            Err(_) if text.starts_with('/') => Some(text),
            Err(_) => {
                let problem = node.error("config/url", format!("`{text}` is no address"));
                self.wrong(problem, "write an `https://` URL or a path that starts with `/`")
            }
        }
    }
}

fn base_placeholder() -> Url {
    Url::parse("https://site.invalid/").expect("it is a URL")
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MINIMAL: &str = "title: T\nbase_url: https://x.example/\n";

    fn parse(text: &str) -> (Config, Vec<Diagnostic>) {
        let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text.into());
        (config.unwrap(), problems.into_sorted())
    }

    fn with(lines: &str) -> (Config, Vec<Diagnostic>) {
        parse(&format!("{MINIMAL}{lines}\n"))
    }

    fn good(lines: &str) -> Config {
        let (config, problems) = with(lines);
        assert!(problems.is_empty(), "{lines}: {problems:?}");
        config
    }

    #[test]
    fn a_title_and_a_url_are_enough() {
        let (config, problems) = parse("\u{feff}title: The\n  Paper\nbase_url: https://x.example/sub\n");
        assert!(problems.is_empty());
        assert_eq!(
            (config.title.as_str(), config.base_url.as_str()),
            ("The Paper", "https://x.example/sub/")
        );
        assert_eq!((config.language.as_str(), config.theme.as_str()), ("en", "broadsheet"));
        assert_eq!(config.permalink, Permalink::parse("/:year/:month/:slug/").unwrap());
        assert_eq!((config.lists, config.feeds), (Lists::default(), Feeds::default()));
        assert_eq!((config.sections, config.timezone), (None, TimeZone::UTC));
    }

    #[test]
    fn every_setting_is_read() {
        let config = good(
            "description: D\nlanguage: pt_BR\ntimezone: Europe/Athens\ntheme: my-theme\npermalink: /:slug.html\n\
             sections: [world, Local News, {slug: arts, title: Arts & Life, description: A}, {slug: sport}, {title: Opinion}]\n\
             lists: {per_page: 20, tags: no, archives: false}\n\
             feeds: {site: [atom], lists: [], of: tag, limit: 5, full_text: false}\n\
             publisher: {name: P, logo: /l.png, url: https://p.example, policies: {ethicsPolicy: /ethics/}}\n\
             authors: [{name: Ana Ruiz, bio: B, url: /ana}, {slug: bo, name: Bo}, Carl Å]\n\
             tags: {aliases: {Kiev: Kyiv, 2024: two}}\nmarkdown: {smart_punctuation: false}\nextra: {a: [1, {b: c}]}",
        );
        assert_eq!((config.language.as_str(), config.description.as_deref()), ("pt-BR", Some("D")));
        assert_eq!(config.timezone.iana_name(), Some("Europe/Athens"));
        let sections = config.sections.unwrap();
        let sections: Vec<_> = sections.iter().map(|s| (s.slug.as_str(), s.title.as_str())).collect();
        assert_eq!(
            sections,
            [
                ("world", "World"),
                ("local-news", "Local News"),
                ("arts", "Arts & Life"),
                ("sport", "Sport"),
                ("opinion", "Opinion")
            ]
        );
        assert_eq!(config.lists, Lists { per_page: 20, tags: false, archives: false, ..Lists::default() });
        let feeds = Feeds {
            site: vec![FeedFormat::Atom],
            lists: vec![],
            of: vec![FeedOf::Tag],
            limit: 5,
            full_text: false,
            hub: None,
        };
        assert_eq!(config.feeds, feeds);
        assert_eq!(config.publisher.policies["ethicsPolicy"], "/ethics/");
        let slugs: Vec<_> = config.authors.iter().map(|author| author.slug.as_str()).collect();
        assert_eq!(slugs, ["ana-ruiz", "bo", "carl-a"]);
        assert_eq!(
            (config.tag_aliases["Kiev"].as_str(), config.tag_aliases["2024"].as_str()),
            ("Kyiv", "two")
        );
        assert!(!config.markdown.smart_punctuation);
        assert_eq!(serde_json::Value::Object(config.extra), json!({"a": [1, {"b": "c"}]}));
        let config = good("tags: [{name: Kyiv, description: D, aliases: [Kiev]}, Port]");
        let tags: Vec<_> =
            config.tags.iter().map(|tag| (tag.name.as_str(), tag.description.as_deref())).collect();
        assert_eq!(tags, [("Kyiv", Some("D")), ("Port", None)]);
        assert_eq!(
            (config.tag_aliases["Kiev"].as_str(), config.tag_aliases["Port"].as_str()),
            ("Kyiv", "Port")
        );
    }

    #[test]
    fn what_is_wrong_is_reported_with_its_line_and_a_way_out() {
        let all = [
            ("tittle: x", "config/unknown-key", "did you mean `title`?"),
            ("colour: red", "config/unknown-key", "`extra`"),
            ("lists: {perpage: 3}", "config/unknown-key", "did you mean `per_page`?"),
            ("lists: {zzz: 3}", "config/unknown-key", "`archives`"),
            ("lists: {per_page: 0}", "config/number", "per_page: 50"),
            ("lists: {per_page: many}", "yaml/wrong-type", "per_page: 3"),
            ("lists: 3", "yaml/wrong-type", "lists: {key: value}"),
            ("feeds: {site: [rss, rdf]}", "config/unknown-value", "`rss`, `atom`, `json`"),
            ("feeds: {limit: -1}", "config/number", "limit: 30"),
            ("language: english language", "config/language", "pt-BR"),
            ("id_authority: https://x.example/", "config/id-authority", "meridian.example"),
            ("slugs: latin", "config/unknown-value", "`ascii`"),
            ("timezone: Athens", "config/timezone", "did you mean `Europe/Athens`?"),
            ("timezone: Europe/Atehns", "config/timezone", "did you mean `Europe/Athens`?"),
            ("timezone: +02:00", "config/timezone", "`Europe/Athens`"),
            ("theme: ../x", "config/theme", "themes/"),
            ("permalink: /:year/", "config/permalink", "/:slug/"),
            ("sections: {world: World}", "yaml/wrong-type", "sections: [one, two]"),
            ("sections: [World, {slug: world}]", "config/duplicate-section", "delete"),
            ("sections: [{slug: Big World}]", "config/section", "`big-world`"),
            ("sections: [{slug: tags}]", "config/section", "taken"),
            ("sections: [{description: x}]", "config/section", "slug: world"),
            ("sections: ['!!']", "config/section", "world"),
            ("authors: [{bio: x}]", "config/author", "name: Ana"),
            ("authors: [Bo, {name: BO}]", "config/duplicate-author", "another"),
            ("authors: [{name: '!'}]", "config/author", "ana-ruiz"),
            ("tags: [{description: x}]", "config/tag", "name: Port"),
            ("tags: [{name: A, aliases: [b]}, {name: B}]", "config/duplicate-tag", "take it out"),
            ("authors: [{name: Bo, url: 'javascript:x'}]", "config/url", "https"),
            ("description: ' '", "config/blank", "delete"),
            ("extra: 3", "yaml/wrong-type", "extra: "),
            ("theme: \"a\\0\"", "yaml/control-character", "delete"),
        ];
        for (lines, code, help) in all {
            let (_, problems) = with(lines);
            assert_eq!(problems.len(), 1, "{lines}: {problems:?}");
            assert_eq!(problems[0].code, code, "{lines}");
            assert!(problems[0].help.as_ref().unwrap().contains(help), "{lines}: {:?}", problems[0].help);
            assert_eq!(problems[0].place.as_ref().unwrap().start().unwrap().0, 3, "{lines}");
        }
    }

    #[test]
    fn the_base_url_is_checked() {
        for url in [
            "x.example",
            "ftp://x.example/",
            "https://x.example/?a",
            "https://x.example/#a",
            "https://u:p@x.example/",
            "https://",
            "mailto:a@b",
        ] {
            let (_, problems) = parse(&format!("title: T\nbase_url: {url}\n"));
            assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["config/base-url"], "{url}");
        }
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let (config, problems) =
            parse("base_url: nope\nlists: {per_page: x}\ntheme: a/b\nlanguage: el\ntitle:\n");
        let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["config/base-url", "yaml/wrong-type", "config/theme", "config/missing"]);
        assert_eq!(config.language, "el");
        assert_eq!(parse("").1.len(), 2);
    }

    #[test]
    fn what_is_no_yaml_is_no_config() {
        for text in ["title: a: b", "- a", "words"] {
            let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text.into());
            assert!(config.is_none() && problems.has_errors(), "{text}");
        }
    }

    #[test]
    fn language_tags_have_a_shape() {
        for (text, tag) in [
            ("en", Some("en")),
            ("en_GB", Some("en-GB")),
            ("zh-Hant-TW", Some("zh-Hant-TW")),
            ("no", Some("no")),
            ("es-419", Some("es-419")),
            ("EL", Some("el")),
            ("ZH-hANT-tw", Some("zh-Hant-TW")),
            ("en-GB-x-AB", Some("en-GB-x-ab")),
            ("e", None),
            ("en-", None),
            ("english!", None),
            ("en GB", None),
            ("", None),
            ("1a", None),
        ] {
            assert_eq!(language_tag(text).as_deref(), tag, "{text}");
        }
    }
}
