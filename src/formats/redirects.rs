//! Redirects → rules for hosts: `_redirects` for Netlify and Cloudflare Pages, and a map for nginx.

use std::collections::{BTreeMap, HashSet};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::plan::NGINX_MAP;

/// Bytes that would end a word of a rule; everything else is already encoded.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ');
/// The same for nginx, where a `$` begins the name of a variable.
const UNSAFE_IN_NGINX: &AsciiSet = &UNSAFE.add(b'$').add(b'"').add(b'\\');
/// The longest word that fits safely into nginx's buffer of 4,096 bytes.
const LONGEST_IN_NGINX: usize = 2000;
/// The longest key that fits into nginx's hash tables with their default `map_hash_bucket_size` of 64: a length and a
/// pointer come before it and a pointer after it (`ngx_hash_init`), rounded up to eight bytes.
const LONGEST_KEY_IN_NGINX: usize = 46;

/// An old path and its target, as rules have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The old path, percent-encoded.
    pub from: String,
    /// The target: a percent-encoded path of the host, or a URL.
    pub to: String,
    /// Whether there is a page at the old path, for hosts that do not read rules.
    pub has_page: bool,
}

/// Writes `_redirects`: the site's own rules up to its first with a wildcard, then the redirects, then its other rules.
///
/// Hosts take the first rule that matches. Cloudflare reads 2,000 rules for single paths, but counts every rule after
/// one with a wildcard towards its limit of 100 for those (developers.cloudflare.com/pages/configuration/redirects).
/// The site's own rule for a path wins.
///
/// Netlify serves the page at an old path unless the status is `301!`. Cloudflare does not know that status; it skips
/// the line and takes the next, because it does not look for pages.
pub fn rules(own: Option<&str>, redirects: impl IntoIterator<Item = Rule>) -> String {
    let lines: Vec<&str> = own.unwrap_or_default().trim_end().lines().collect();
    let (plain, others) =
        lines.split_at(lines.iter().position(|line| has_wildcard(line)).unwrap_or(lines.len()));
    let taken: HashSet<String> = lines.iter().filter_map(|line| path_of(line)).collect();
    let mut text = String::new();
    plain.iter().for_each(|line| text.extend([line, "\n"]));
    for Rule { from, to, has_page } in redirects {
        if taken.contains(&decoded(&from)) {
            continue;
        }
        for status in if has_page { &["301!", "301"][..] } else { &["301"] } {
            text.extend(utf8_percent_encode(&from, UNSAFE));
            text.push(' ');
            text.extend(utf8_percent_encode(&to, UNSAFE));
            text.extend([" ", status, "\n"]);
        }
    }
    others.iter().for_each(|line| text.extend([line, "\n"]));
    text
}

/// Whether a line is a rule for many paths.
fn has_wildcard(line: &str) -> bool {
    let from = line.split_whitespace().next().unwrap_or_default();
    from.starts_with('/') && (from.contains('*') || from.contains("/:"))
}

/// The path that an unconditional rule is for.
fn path_of(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
    let is_rule =
        matches!(words.as_slice(), [from, to] | [from, to, _] if from.starts_with('/') && !to.contains('='));
    is_rule.then(|| decoded(words[0]))
}

/// What two spellings of a path have in common.
fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().trim_end_matches('/').to_owned()
}

/// Counts the rules for single paths in `_redirects`, of which Cloudflare reads 2,000.
pub fn count_rules(own: Option<&str>, redirects: usize) -> usize {
    let is_rule = |line: &&str| line.starts_with('/') && !has_wildcard(line);
    own.unwrap_or_default().lines().map(str::trim).filter(is_rule).count() + redirects
}

/// Writes a map for nginx from decoded paths, as `$uri` has them, to targets, sorted. A comment explains how to use it
/// (nginx.org/en/docs/http/ngx_http_map_module.html). It needs no other settings: keys that are too long for nginx's
/// hash tables become regular expressions.
pub fn nginx_map(redirects: impl IntoIterator<Item = Rule>) -> String {
    let mut text = format!(
        "# Redirects for nginx. In its configuration, inside `http`:\n#\n\
         #     map $uri $moved_to {{ include /path/of/the/site/{NGINX_MAP}; }}\n#\n\
         # and inside `server`:\n#\n\
         #     if ($moved_to) {{ return 301 $moved_to; }}\n\n",
    );
    for (key, to) in nginx_entries(redirects).values() {
        text.extend(["\"", &key.replace('\\', "\\\\").replace('"', "\\\""), "\" \"", to, "\";\n"]);
    }
    text
}

/// A case-insensitive regular expression for a path; for a folder, with or without the trailing slash.
fn expression(path: &str) -> String {
    let mut expression = "~*^".to_owned();
    for c in path.trim_end_matches('/').chars() {
        if r"\.^$*+?()[]{}|".contains(c) {
            expression.push('\\');
        }
        expression.push(c);
    }
    expression + if path.ends_with('/') { "/?$" } else { "$" }
}

/// The entries by their keys in lower case: nginx ignores case and refuses to start if two keys are the same.
fn nginx_entries(redirects: impl IntoIterator<Item = Rule>) -> BTreeMap<String, (String, String)> {
    let mut map = BTreeMap::new();
    let mut without_slash = Vec::new();
    for Rule { from, to, .. } in redirects {
        let Ok(key) = percent_decode_str(&from).decode_utf8() else { continue };
        let to = utf8_percent_encode(&to, UNSAFE_IN_NGINX).to_string();
        // nginx compares without case, query or fragment, so such a target would redirect to itself forever.
        let path = to.split(['?', '#']).next().unwrap_or_default();
        let is_loop = decoded(path).eq_ignore_ascii_case(key.trim_end_matches('/'));
        if to.len() > LONGEST_IN_NGINX || is_loop || key.contains(char::is_control) {
            continue;
        }
        if key.len() > LONGEST_KEY_IN_NGINX {
            let expression = expression(&key);
            if expression.len() <= LONGEST_IN_NGINX {
                map.entry(key.to_ascii_lowercase()).or_insert((expression, to));
            }
            continue;
        }
        if let Some(bare) = key.strip_suffix('/').filter(|bare| !bare.is_empty()) {
            without_slash.push((bare.to_owned(), to.clone()));
        }
        map.entry(key.to_ascii_lowercase()).or_insert((key.into_owned(), to));
    }
    for (key, to) in without_slash {
        map.entry(key.to_ascii_lowercase()).or_insert((key, to));
    }
    map
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<Rule> {
        let rule = |(from, to): &(&str, &str)| Rule {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            has_page: false,
        };
        pairs.iter().map(rule).collect()
    }

    fn entries(redirects: &[(&str, &str)]) -> Vec<String> {
        let text = nginx_map(pairs(redirects));
        text.lines().filter(|line| line.starts_with('"')).map(str::to_owned).collect()
    }

    #[test]
    fn redirects_come_between_the_sites_own_rules() {
        let redirects = pairs(&[("/old/", "/new/"), ("/x.php", "https://x.example:8080/a?b#c")]);
        assert_eq!(
            rules(None, redirects.clone()),
            "/old/ /new/ 301\n/x.php https://x.example:8080/a?b#c 301\n"
        );
        assert_eq!(rules(Some("/a /b\n\n"), redirects.clone()).lines().next(), Some("/a /b"));
        let own = "# Ours\n/a /b 302\n/x id=:id /y\n# All\n/blog/* /:splat\n/z /w\n";
        assert_eq!(
            rules(Some(own), redirects),
            "# Ours\n/a /b 302\n/x id=:id /y\n# All\n/old/ /new/ 301\n/x.php https://x.example:8080/a?b#c 301\n/blog/* /:splat\n/z /w\n"
        );
        assert_eq!(rules(Some("/:year/* /x"), pairs(&[("/a", "/b")])), "/a /b 301\n/:year/* /x\n");
        assert_eq!(rules(None, []), "");
    }

    #[test]
    fn a_rule_of_the_site_wins_for_its_path() {
        for own in ["/old%20story /b", "/old%20story/ /b 302 # kept", "/* /x\n/old%20story /b"] {
            let text = rules(Some(own), pairs(&[("/old%20story/", "/new/")]));
            assert_eq!(text, format!("{own}\n"));
        }
        for own in ["/old id=:id /b", "/old /b 302 Country=gr", "# /old /b", "/older /b"] {
            let text = rules(Some(own), pairs(&[("/old/", "/new/")]));
            assert_eq!(text, format!("{own}\n/old/ /new/ 301\n"));
        }
    }

    #[test]
    fn a_rule_never_spans_lines() {
        let text = rules(None, pairs(&[("/a b", "/c\nd /* /evil 301")]));
        assert_eq!(text, "/a%20b /c%0Ad%20/*%20/evil%20301 301\n");
    }

    #[test]
    fn nginx_compares_decoded_paths() {
        assert_eq!(
            entries(&[
                ("/%E6%9D%B1/", "/%E4%BA%AC/"),
                ("/it's%20%22so%22;%7B$uri%7D%25/", "/a$b;c'd/"),
                ("/b.html", "https://x.example/?q=\"\\ $1"),
            ]),
            [
                "\"/b.html\" \"https://x.example/?q=%22%5C%20%241\";",
                "\"/it's \\\"so\\\";{$uri}%\" \"/a%24b;c'd/\";",
                "\"/it's \\\"so\\\";{$uri}%/\" \"/a%24b;c'd/\";",
                "\"/東\" \"/%E4%BA%AC/\";",
                "\"/東/\" \"/%E4%BA%AC/\";",
            ]
        );
    }

    #[test]
    fn the_nginx_map_has_each_path_once() {
        assert_eq!(
            entries(&[("/Old/", "/1/"), ("/old/", "/2/"), ("/OLD", "/3/"), ("/x/", "/X/"), ("/y%0A", "/z/")]),
            ["\"/OLD\" \"/3/\";", "\"/Old/\" \"/1/\";"]
        );
        let long = format!("/{}/", "a".repeat(2000));
        assert_eq!(entries(&[(&long, "/a/"), ("/a/", &long)]), Vec::<String>::new());
    }

    #[test]
    fn the_nginx_map_has_no_redirect_to_the_same_path() {
        let redirects = [("/a/", "/A/#b"), ("/c.php", "/C.php?d=1"), ("/e/", "/e%23f/"), ("/g/", "/h/#g")];
        assert_eq!(
            entries(&redirects),
            ["\"/e\" \"/e%23f/\";", "\"/e/\" \"/e%23f/\";", "\"/g\" \"/h/#g\";", "\"/g/\" \"/h/#g\";",]
        );
    }

    #[test]
    fn netlify_is_forced_to_redirect_from_a_page() {
        let page = Rule { from: "/old/".to_owned(), to: "/new/".to_owned(), has_page: true };
        assert_eq!(rules(None, [page.clone()]), "/old/ /new/ 301!\n/old/ /new/ 301\n");
        assert_eq!(rules(Some("/old /b"), [page]), "/old /b\n");
    }

    #[test]
    fn rules_with_wildcards_are_not_counted() {
        assert_eq!(count_rules(Some("# Ours\n/a /b\n /c /d 302\n\n/e/* /f\n/:g /h\n"), 3), 5);
        assert_eq!(count_rules(None, 0), 0);
    }

    #[test]
    fn the_nginx_map_explains_its_use() {
        let text = nginx_map(pairs(&[("/a/", "/b/")]));
        assert!(
            text.contains("#     map $uri $moved_to { include /path/of/the/site/redirects.nginx.map; }\n"),
            "{text}"
        );
        assert!(nginx_map([]).lines().all(|line| line.is_empty() || line.starts_with('#')));
    }

    #[test]
    fn long_paths_become_regular_expressions() {
        let (fits, long) = (format!("/{}/", "a".repeat(44)), format!("/{}.(B)/", "a".repeat(44)));
        assert_eq!(entries(&[(&fits, "/b/")]).len(), 2);
        assert_eq!(
            entries(&[(&long, "/b/")]),
            [format!("\"~*^/{}\\\\.\\\\(B\\\\)/?$\" \"/b/\";", "a".repeat(44))]
        );
        let file = format!("/{}.html", "a".repeat(44));
        assert_eq!(entries(&[(&file, "/b/")]), [format!("\"~*^/{}\\\\.html$\" \"/b/\";", "a".repeat(44))]);
    }

    proptest! {
        #[test]
        fn the_nginx_map_has_one_quoted_pair_per_line(from in "/[a\"\\\\;${}#' \n%0]{0,9}", to in "[a\"\\\\;${}#' \n:/]{0,9}") {
            for line in entries(&[(&from, &to)]) {
                let plain = line.replace("\\\\", "").replace("\\\"", "");
                let is_pair = plain.matches('"').count() == 4 && plain.ends_with("\";");
                prop_assert!(is_pair && !plain.split("\" \"").last().unwrap().contains(['$', ' ']), "{}", line);
            }
        }
    }
}
