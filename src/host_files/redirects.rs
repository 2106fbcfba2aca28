//! `_redirects` → where a path leads.
//!
//! Lines with conditions on country, language, host or query are skipped, as are invalid ones.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::pattern::{Captures, Pattern, is_name};

/// The statuses that hosts support.
const STATUSES: [u16; 7] = [200, 301, 302, 303, 307, 308, 404];
const DEFAULT_STATUS: u16 = 301;

/// Characters that a header cannot hold. Everything else in a rule keeps its encoding.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
/// Characters that are not encoded.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Redirect rules, of which the first match counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct RedirectRules {
    /// Rules for a single path, by that path without a final slash. A site may have one for every old story.
    exact: HashMap<String, (usize, Redirect)>,
    /// The other rules, in order.
    patterns: Vec<(usize, Pattern, Redirect)>,
}

/// The target of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// Percent-encoded: a path that begins with a single `/`, or a URL with `http://` or `https://`.
    pub(crate) to: String,
    /// With 200 and 404, the target is shown in place; otherwise the reader is redirected.
    pub(crate) status: u16,
    /// Whether the rule applies even if the site has a page at the path.
    pub(crate) forced: bool,
}

impl RedirectRules {
    /// Parses the rules that apply to every request.
    pub(crate) fn parse(text: &str) -> Self {
        let mut rules = Self::default();
        for (number, line) in text.lines().enumerate() {
            let Some((pattern, found)) = parse_line(line) else { continue };
            match pattern.literal() {
                Some(path) if leads_to(&found.to, path) => {}
                Some(path) => {
                    rules.exact.entry(path.to_owned()).or_insert((number, found));
                }
                None => rules.patterns.push((number, pattern, found)),
            }
        }
        rules
    }

    /// Finds the target of a decoded path. A rule that leads to the path itself does not count.
    pub(crate) fn find(&self, path: &str) -> Option<Redirect> {
        let exact = self.exact.get(path.strip_suffix('/').unwrap_or(path));
        let before = exact.map_or(usize::MAX, |(number, _)| *number);
        let earlier = self.patterns.iter().take_while(|(number, ..)| *number < before);
        let mut fitting = earlier.filter_map(|(_, pattern, found)| {
            let to = fill(&found.to, &pattern.matches(path)?);
            (!leads_to(&to, path)).then(|| Redirect { to, ..found.clone() })
        });
        fitting.next().or_else(|| exact.map(|(_, found)| found.clone()))
    }
}

/// A rule for a host that takes regular expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegexRedirect {
    /// Matches encoded and decoded paths.
    pub(crate) from: String,
    /// The only path that it matches, decoded and without a final slash; `None` if it has wildcards.
    pub(crate) literal: Option<String>,
    /// The target, in which `$1` stands for the first group.
    pub(crate) redirect: Redirect,
}

/// The rules that apply to every request, in their order, of which the first match counts.
pub(crate) fn regex_redirects(text: &str) -> Vec<RegexRedirect> {
    let convert = |line: &str| {
        let (pattern, redirect) = parse_line(line)?;
        let literal = pattern.literal().map(str::to_owned);
        if literal.as_deref().is_some_and(|path| leads_to(&redirect.to, path)) {
            return None;
        }
        let (from, names) = pattern.regex();
        let group = |word: &str| {
            let position = names.iter().position(|name| *name == word).filter(|_| is_name(word))?;
            Some(format!("${}", position + 1))
        };
        // A `$` of the target itself must not be taken for a group.
        let to = replace_names(&redirect.to.replace('$', "%24"), group);
        Some(RegexRedirect { from, literal, redirect: Redirect { to, ..redirect } })
    };
    text.lines().filter_map(convert).collect()
}

/// Parses `FROM TO [STATUS[!]]`. `None` if the line does not apply to every request.
fn parse_line(line: &str) -> Option<(Pattern, Redirect)> {
    let mut fields = line.split_whitespace().take_while(|word| !word.starts_with('#'));
    let (from, to) = (fields.next()?, fields.next()?);
    let (status, forced) = match fields.next() {
        Some(word) => parse_status(word)?,
        None => (DEFAULT_STATUS, false),
    };
    // Conditions come after the status.
    if fields.next().is_some() || line.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let pattern = Pattern::parse(from).filter(Pattern::ends_with_any)?;
    is_valid_target(to)
        .then(|| (pattern, Redirect { to: utf8_percent_encode(to, UNSAFE).to_string(), status, forced }))
}

fn parse_status(word: &str) -> Option<(u16, bool)> {
    let (digits, forced) = match word.strip_suffix('!') {
        Some(digits) => (digits, true),
        None => (word, false),
    };
    let status = STATUSES.into_iter().find(|status| digits == status.to_string())?;
    Some((status, forced))
}

/// Whether a target is a path of the site or a full URL. Browsers read a backslash as a slash.
fn is_valid_target(to: &str) -> bool {
    let is_path = to.starts_with('/') && !to.starts_with("//");
    (is_path || to.starts_with("http://") || to.starts_with("https://")) && !to.contains('\\')
}

/// Replaces wildcards in a target with what they match, encoded. Unknown names stay as they are.
fn fill(to: &str, captures: &Captures<'_>) -> String {
    let value = |word: &str| {
        let (_, value) = captures.iter().find(|(name, _)| is_name(word) && *name == word)?;
        Some(encode(value))
    };
    let filled = replace_names(to, value);
    // `/:splat/x` with an empty splat must not lead to the host `x`.
    if to.starts_with('/') { format!("/{}", filled.trim_start_matches('/')) } else { filled }
}

/// Replaces each `:name` for which there is a value.
fn replace_names(to: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(to.len());
    let mut parts = to.split(':');
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (word, rest) = part.split_at(end);
        match value(word) {
            Some(value) => {
                filled.push_str(&value);
                filled.push_str(rest);
            }
            None => {
                filled.push(':');
                filled.push_str(part);
            }
        }
    }
    filled
}

/// Encodes a decoded path part by part.
fn encode(value: &str) -> String {
    let parts: Vec<String> =
        value.split('/').map(|part| utf8_percent_encode(part, PLAIN).to_string()).collect();
    parts.join("/")
}

/// Whether a target is this decoded path, up to a final slash.
fn leads_to(to: &str, path: &str) -> bool {
    let end = to.find(['?', '#']).unwrap_or(to.len());
    let plain = |path: &str| path.strip_suffix('/').unwrap_or(path).to_owned();
    percent_decode_str(&to[..end]).decode_utf8().is_ok_and(|to| plain(&to) == plain(path))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn find(text: &str, path: &str) -> Option<(String, u16, bool)> {
        RedirectRules::parse(text).find(path).map(|found| (found.to, found.status, found.forced))
    }

    fn to(text: &str, path: &str) -> Option<String> {
        find(text, path).map(|(to, ..)| to)
    }

    #[test]
    fn a_rule_leads_from_one_path_to_another() {
        let text = "# Old paths\n\n/a /b\n/c\t/d/ 302 # moved\r\n/e /f 200!\n/g https://example.org/x 308\n/h /404.html 404\n";
        assert_eq!(find(text, "/a"), Some(("/b".into(), 301, false)));
        assert_eq!(find(text, "/a/"), Some(("/b".into(), 301, false)));
        assert_eq!(find(text, "/c"), Some(("/d/".into(), 302, false)));
        assert_eq!(find(text, "/e"), Some(("/f".into(), 200, true)));
        assert_eq!(find(text, "/g"), Some(("https://example.org/x".into(), 308, false)));
        assert_eq!(find(text, "/h"), Some(("/404.html".into(), 404, false)));
        assert_eq!(find(text, "/A"), None);
        assert_eq!(find(text, "/"), None);
    }

    #[test]
    fn wildcards_are_filled_into_the_target() {
        for (rule, path, expected) in [
            ("/old/:year/:slug /:year/news/:slug/", "/old/2026/strike", "/2026/news/strike/"),
            ("/old/* /new/:splat", "/old/a/b/", "/new/a/b/"),
            ("/old/* /new/:splat", "/old", "/new/"),
            (
                "/* https://example.org:8080/:splat?from=:other 302",
                "/a",
                "https://example.org:8080/a?from=:other",
            ),
            ("/:lang/* https://:lang.example.org/:splat", "/el/x", "https://el.example.org/x"),
            ("/:a/:ab /:ab/:a/:abc", "/1/2", "/2/1/:abc"),
            ("/* /index.html 200", "/any/thing", "/index.html"),
        ] {
            assert_eq!(to(rule, path).as_deref(), Some(expected), "{rule}");
        }
    }

    #[test]
    fn the_first_match_counts() {
        let text = "/a/b /1\n/a/* /2\n/a/c /3\n/d/* /4\n/a/b /5\n/* /6";
        for (path, expected) in [("/a/b", "/1"), ("/a/c", "/2"), ("/d/x", "/4"), ("/x", "/6")] {
            assert_eq!(to(text, path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn a_rule_that_leads_to_itself_is_skipped() {
        let text = "/a /a/\n/b/* /b/:splat?x=1\n/* /%61 302\n/a /c\n";
        assert_eq!(to(text, "/a/").as_deref(), Some("/c"));
        assert_eq!(to(text, "/b/x").as_deref(), Some("/%61"));
    }

    #[test]
    fn conditional_and_invalid_rules_are_skipped() {
        #[rustfmt::skip]
        let lines = [
            "", "#", "/a", "a /b", "/a b", "/a //evil.example", "/a /\\evil.example",
            "/a javascript:alert(1)", "/a /b 999", "/a /b 410", "/a /b 301 Country=gr", "/a /b Language=el",
            "/a id=:id /b", "/a?x=1 /b", "/a#x /b", "https://a.example/a /b", "/*/a /b", "/a*/x* /b",
            "/%zz /b", "/a /b 0301", "/a /b +301", "/a /b !", "/a /b 301!!", "/a /b\0", "/a /b\r/c",
        ];
        for line in lines {
            assert_eq!(find(line, "/a"), None, "{line:?}");
        }
    }

    #[test]
    fn generated_rules_match_the_decoded_path() {
        use crate::formats::redirects::{Rule, rules};
        use crate::plan::{Route, Urls};
        let urls = Urls::new(&url::Url::parse("https://example.org/").unwrap());
        let encoded = |path: &str| urls.path(&Route::parse(path).unwrap());
        let text = rules(
            Some("/own /rule"),
            [Rule { from: encoded("/παλιά:* %41/"), to: encoded("/νέα & όλα/"), has_page: false }],
        );
        let expected = "/%CE%BD%CE%AD%CE%B1%20&%20%CF%8C%CE%BB%CE%B1/";
        assert_eq!(to(&text, "/παλιά:* %41/").as_deref(), Some(expected));
        assert_eq!(to(&text, "/own").as_deref(), Some("/rule"));
    }

    #[test]
    fn matched_text_is_encoded_again() {
        assert_eq!(to("/a/* /b/:splat", "/a/x y?z#%:é").as_deref(), Some("/b/x%20y%3Fz%23%25%3A%C3%A9"));
        assert_eq!(
            to("/a/* /b/:splat", "/a/\r\nSet-Cookie: x").as_deref(),
            Some("/b/%0D%0ASet-Cookie%3A%20x")
        );
        assert_eq!(to("/a /東京/<x>", "/a").as_deref(), Some("/%E6%9D%B1%E4%BA%AC/%3Cx%3E"));
    }

    #[test]
    fn no_path_leads_to_another_host() {
        assert_eq!(to("/go/* /:splat/evil.example", "/go").as_deref(), Some("/evil.example"));
        assert_eq!(to("/go/* /:splat", "/go//evil.example").as_deref(), Some("/evil.example"));
        assert_eq!(to("/go/* /:splat", "/go/\\evil.example").as_deref(), Some("/%5Cevil.example"));
        assert_eq!(
            to("/go/* https://example.org/:splat", "/go/@evil.example").as_deref(),
            Some("https://example.org/%40evil.example")
        );
    }

    proptest! {
        #[test]
        fn any_target_is_a_valid_header_value(text in "[/:*a!#%?@ .\\\\\n\r\t3012東\0-]{0,60}", path in "/[/a.%:@\\\\\n東-]{0,12}") {
            if let Some(found) = RedirectRules::parse(&text).find(&path) {
                prop_assert!(found.to.bytes().all(|byte| byte.is_ascii_graphic()), "{:?}", found.to);
                prop_assert!(is_valid_target(&found.to), "{:?}", found.to);
            }
        }

        #[test]
        fn a_filled_path_stays_on_its_host(template in "/(:splat|:a|/|\\.|x){0,6}", path in "/[/a.@\\\\]{1,12}") {
            let text = format!("/* {template}\n/:a/* {template}");
            if let Some(found) = RedirectRules::parse(&text).find(&path) {
                let base = url::Url::parse("http://localhost/").unwrap();
                let url = base.join(&found.to).unwrap();
                prop_assert_eq!(url.host_str(), Some("localhost"));
            }
        }
    }
}
