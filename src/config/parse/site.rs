//! The site itself: its address, language, time zone, theme and URLs.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use url::Url;

use super::{Reader, invalid};
use crate::config::Permalink;
use crate::diagnostic::did_you_mean;
use crate::slug::{Letters, Slugs};
use crate::yaml::{Map, Node};

/// Normalizes a BCP 47 tag: `en`, `pt-BR`, `zh-Hant-TW`. `None` if the text does not have the shape of one.
pub(crate) fn language_tag(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = parts.next()?;
    let first = (2..=8).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let others = parts.all(|part| (1..=8).contains(&part.len()) && alphanumeric(part));
    (first && others).then(|| usual_case(&tag))
}

/// The usual case of a tag, so that tags can be compared (RFC 5646, section 2.1.1).
fn usual_case(tag: &str) -> String {
    let mut is_private = false;
    let parts = tag.split('-').enumerate().map(|(at, part)| {
        let small = part.to_ascii_lowercase();
        let was_private = is_private;
        is_private |= part.len() == 1;
        match part.len() {
            2 if at > 0 && !was_private => part.to_ascii_uppercase(),
            4 if at > 0 && !was_private => small[..1].to_ascii_uppercase() + &small[1..],
            _ => small,
        }
    });
    parts.collect::<Vec<_>>().join("-")
}

/// Parses an `http` or `https` URL with a host.
pub(crate) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The names of all time zones. They are part of the program: a site must come out the same on every machine.
pub(crate) fn time_zones() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
}

impl Reader {
    pub(super) fn base_url(&mut self, node: Node<'_>) -> Option<Url> {
        let text = self.line(node)?;
        let problem = |what: &str| node.error("config/base-url", format!("`base_url` {what}"));
        let example = "write it as in `base_url: https://meridian.example/`";
        let Some(mut url) = web_url(&text) else {
            return self.wrong(problem("must be an `https://` or `http://` URL"), example);
        };
        if url.query().is_some() || url.fragment().is_some() {
            return self.wrong(problem("must not contain `?` or `#`"), "delete everything from there on");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return self.wrong(
                problem("must not contain a user name or password"),
                "delete them: they would be published",
            );
        }
        if url.path().contains("//") {
            return self.wrong(problem("must not contain `//` in its path"), "write a single `/`");
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Some(url)
    }

    pub(super) fn id_authority(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?.to_lowercase();
        let host = Url::parse(&format!("https://{text}/")).ok().filter(|url| url.path() == "/");
        let host = host
            .as_ref()
            .and_then(Url::host_str)
            .filter(|host| host.contains('.') && !text.contains([':', '@']));
        if let Some(host) = host {
            return Some(host.to_owned());
        }
        let problem = node.error("config/id-authority", format!("`{text}` is not a host name"));
        self.wrong(problem, "write the host name under which the site published its first stories, as in `id_authority: meridian.example`")
    }

    pub(super) fn language(&mut self, map: Map<'_>) -> Option<String> {
        let node = map.get("language")?;
        let text = self.line(node)?;
        if let Some(tag) = language_tag(&text) {
            return Some(tag);
        }
        let problem = node.error("config/language", format!("`{text}` is not a valid language tag"));
        self.wrong(problem, "use a BCP 47 tag such as `en`, `el` or `pt-BR`")
    }

    pub(super) fn slugs(&mut self, map: Map<'_>, language: &str) -> Slugs {
        let letters = map.get("slugs").and_then(|node| match self.line(node)?.as_str() {
            "unicode" => Some(Letters::Unicode),
            "ascii" => Some(Letters::Ascii),
            other => self.wrong(invalid(node, other), "write `unicode` or `ascii`"),
        });
        Slugs::new(letters.unwrap_or_default(), language)
    }

    pub(super) fn timezone(&mut self, node: Node<'_>) -> Option<TimeZone> {
        let text = self.line(node)?;
        if let Ok(zone) = TimeZoneDatabase::bundled().get(&text) {
            return Some(zone);
        }
        let names = time_zones();
        let lower = text.to_ascii_lowercase().replace(' ', "_");
        let city =
            |name: &&String| name.rsplit('/').next().is_some_and(|city| city.to_ascii_lowercase() == lower);
        let near = names.iter().find(city).map(String::as_str);
        let near = near.or_else(|| did_you_mean(&text, names.iter().map(String::as_str)));
        let problem = node.error("config/timezone", format!("unknown time zone `{text}`"));
        self.wrong(
            problem,
            match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write the IANA name of the zone, such as `Europe/Athens`".to_owned(),
            },
        )
    }

    pub(super) fn theme(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if text.bytes().all(safe) && !text.starts_with('.') {
            return Some(text);
        }
        let problem = node.error("config/theme", format!("`{text}` is not a valid theme name"));
        self.wrong(problem, "write the name of a folder in `themes/`, made of letters, digits and hyphens")
    }

    pub(super) fn permalink(&mut self, node: Node<'_>) -> Option<Permalink> {
        let text = self.line(node)?;
        match Permalink::parse(&text) {
            Ok(permalink) => Some(permalink),
            Err(why) => {
                let message = format!("`{text}` is not a valid permalink pattern: {why}");
                let problem = node.error("config/permalink", message.trim_end_matches('?'));
                self.wrong(problem, "write a pattern such as `permalink: /:year/:month/:slug/`")
            }
        }
    }
}
