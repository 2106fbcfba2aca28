//! `_headers` and `_redirects` → the configuration of Vercel's Build Output API, version 3
//! (vercel.com/docs/build-output-api/configuration).
//!
//! Routes before `filesystem` apply to every request; those after it only to paths without a file, which is when Netlify applies rules without `!`.
//! Where two rules set the same header for a path, Vercel sends the later value; bulletin writes no such rules.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::host_files::{RegexHeaders, RegexRedirect, SiteHeaders, content_type, regex_redirects};
use crate::publish::targets::digests::host::Manifest;

/// The routes that a deployment may have (vercel.com/docs/limits).
pub(super) const MOST_ROUTES: usize = 2048;

/// The configuration of a deployment.
pub(super) fn config(manifest: &Manifest) -> Value {
    let text = |rules: &Option<std::sync::Arc<[u8]>>| {
        rules.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    };
    let files: HashSet<&str> = manifest.entries.iter().map(|entry| entry.path.as_str()).collect();
    let mut routes = header_routes(&SiteHeaders::regex_rules(&text(&manifest.headers)));
    let (first, last) = redirect_routes(regex_redirects(&text(&manifest.redirects)), &files);
    routes.extend(first);
    routes.extend(slash_routes(&files));
    routes.push(json!({ "handle": "filesystem" }));
    routes.extend(last);
    if files.contains("404.html") {
        routes.push(json!({ "handle": "error" }));
        routes.push(json!({ "status": 404, "src": "^/.*$", "dest": "/404.html" }));
    }
    let mut config = Map::new();
    config.insert("version".to_owned(), 3.into());
    config.insert("routes".to_owned(), routes.into());
    let types = overrides(manifest);
    if !types.is_empty() {
        config.insert("overrides".to_owned(), types.into());
    }
    config.into()
}

/// The headers of all rules. A rule does not match where a later one removes its header.
fn header_routes(rules: &[RegexHeaders]) -> Vec<Value> {
    let mut routes = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        // Headers that later rules remove in the same places share a route.
        let mut groups: Vec<(String, Map<String, Value>)> = Vec::new();
        for (name, value) in &rule.set {
            let removing =
                rules[index + 1..].iter().filter(|later| later.removed.contains(&name.to_ascii_lowercase()));
            let except: String = removing.map(|later| format!("(?!{})", &later.from[1..])).collect();
            let src = format!("^{except}{}", &rule.from[1..]);
            let at = groups.iter().position(|(known, _)| *known == src).unwrap_or_else(|| {
                groups.push((src, Map::new()));
                groups.len() - 1
            });
            groups[at].1.insert(name.clone(), value.clone().into());
        }
        routes.extend(
            groups
                .into_iter()
                .map(|(src, headers)| json!({ "src": src, "headers": headers, "continue": true })),
        );
    }
    routes
}

/// Redirects that come before files, and those that come after. A rule for a single path without a file can come first, which saves readers a
/// detour by the final slash; but not after a rule with a wildcard, which would have won.
fn redirect_routes(rules: Vec<RegexRedirect>, files: &HashSet<&str>) -> (Vec<Value>, Vec<Value>) {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let mut is_after_wildcard = false;
    for RegexRedirect { from, literal, redirect } in rules {
        let has_file = literal.as_deref().is_none_or(|path| {
            let path = path.trim_start_matches('/');
            files.contains(path) || files.contains(format!("{path}/index.html").trim_start_matches('/'))
        });
        is_after_wildcard |= literal.is_none();
        if literal.is_some_and(|path| !seen.insert(path)) {
            continue;
        }
        let route = match redirect.status {
            200 => json!({ "src": from, "dest": redirect.to, "check": true }),
            404 => json!({ "src": from, "dest": redirect.to, "status": 404 }),
            status => json!({ "src": from, "headers": { "Location": redirect.to }, "status": status }),
        };
        if redirect.forced || (!has_file && !is_after_wildcard) {
            first.push(route)
        } else {
            last.push(route)
        }
    }
    (first, last)
}

/// Routes that send readers from `/a` to `/a/`, as all URLs of the site end, except for files without an extension.
fn slash_routes(files: &HashSet<&str>) -> Vec<Value> {
    let is_plain = |path: &&&str| !path.rsplit('/').next().unwrap_or(path).contains('.');
    let mut plain: Vec<String> = files.iter().filter(is_plain).map(|path| regex::escape(path)).collect();
    plain.sort_unstable();
    let mut except = vec![r"\.well-known(?:/.*)?".to_owned()];
    except.append(&mut plain);
    let src = format!(r"^/(?!(?:{})$)((?:[^/]+/)*[^/\.]+)$", except.join("|"));
    vec![json!({ "src": src, "headers": { "Location": "/$1/" }, "status": 308 })]
}

/// The types of files whose names do not reveal them to the host.
fn overrides(manifest: &Manifest) -> Map<String, Value> {
    let differs = |path: &str, known: &str| {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        !known.is_empty() && known != content_type(&format!("x.{extension}"))
    };
    let entries = manifest.entries.iter().filter(|entry| differs(&entry.path, &entry.content_type));
    entries.map(|entry| (entry.path.clone(), json!({ "contentType": entry.content_type }))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::local_file::ContentHash;
    use crate::publish::targets::digests::host::Entry;

    fn config_of(headers: &str, redirects: &str, files: &[&str]) -> Value {
        let entry = |path: &&str| Entry {
            path: (*path).to_owned(),
            digest: String::new(),
            size: 0,
            hash: ContentHash::default(),
            content_type: content_type(path).to_owned(),
            source: None,
        };
        let bytes = |text: &str| Some(text.as_bytes().into());
        config(&Manifest {
            entries: files.iter().map(entry).collect(),
            headers: bytes(headers),
            redirects: bytes(redirects),
            ..Manifest::default()
        })
    }

    /// The routes before and after `filesystem`, without the one for final slashes.
    fn routes(config: &Value) -> (Vec<Value>, Vec<Value>) {
        let all = config["routes"].as_array().unwrap();
        let at = all.iter().position(|route| route["handle"] == "filesystem").unwrap();
        (all[..at - 1].to_vec(), all[at + 1..].to_vec())
    }

    #[test]
    fn headers_apply_to_every_request() {
        let text = "/*\n  X-A: 1\n  X-B: 2\n/a/*\n  ! x-b\n  Cache-Control: no-store\n";
        let (first, last) = routes(&config_of(text, "", &[]));
        let expected = [
            json!({ "src": "^/(.*)$", "headers": { "X-A": "1" }, "continue": true }),
            json!({ "src": "^(?!/a(?:/(.*))?$)/(.*)$", "headers": { "X-B": "2" }, "continue": true }),
            json!({ "src": "^/a(?:/(.*))?$", "headers": { "Cache-Control": "no-store" }, "continue": true }),
        ];
        assert_eq!(first, expected);
        assert!(last.is_empty());
    }

    #[test]
    fn redirects_come_before_or_after_files() {
        let text = "/page /new/ 301!\n/page /new/ 301\n/old /new/ 302\n/kept /x/\n/blog/:y/* /:y/$:splat 308\n/late /x/\n\
                    /app/* /app.html 200\n/gone /404.html 404\n";
        let (first, last) = routes(&config_of("", text, &["page/index.html", "kept"]));
        let location = |src: &str, to: &str, status: u16| json!({ "src": src, "headers": { "Location": to }, "status": status });
        assert_eq!(first, [location("^/page/?$", "/new/", 301), location("^/old/?$", "/new/", 302)]);
        let expected = [
            location("^/kept/?$", "/x/", 301),
            location("^/blog/([^/]+)(?:/(.*))?$", "/$1/%24$2", 308),
            location("^/late/?$", "/x/", 301),
            json!({ "src": "^/app(?:/(.*))?$", "dest": "/app.html", "check": true }),
            json!({ "src": "^/gone/?$", "dest": "/404.html", "status": 404 }),
        ];
        assert_eq!(last, expected);
    }

    #[test]
    fn folders_end_with_a_slash_and_unknown_pages_are_404() {
        let config = config_of("", "", &["index.html", "404.html", "CNAME", "a/rss.xml", "a/b.css"]);
        let slash = &config["routes"][0];
        assert_eq!(slash["src"], r"^/(?!(?:\.well-known(?:/.*)?|CNAME)$)((?:[^/]+/)*[^/\.]+)$");
        assert_eq!(slash["headers"]["Location"], "/$1/");
        let all = config["routes"].as_array().unwrap();
        assert_eq!(
            all[all.len() - 2..],
            [json!({ "handle": "error" }), json!({ "status": 404, "src": "^/.*$", "dest": "/404.html" })]
        );
        assert_eq!(config["overrides"], json!({ "a/rss.xml": { "contentType": "application/rss+xml" } }));
    }
}
