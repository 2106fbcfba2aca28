//! The rules for crawlers → `robots.txt` (RFC 9309).

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::config::CrawlerRules;

/// Bytes that a rule must escape: a `#` begins a comment. `%`, `*` and `$` keep their meaning.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'#');

/// Writes the rules of the settings, then one that allows all other crawlers unless the settings have rules for them,
/// then the absolute URLs of sitemaps. `prefix` is the path of the base URL: crawlers look for the file only at the
/// root of the host.
pub fn robots(rules: &[CrawlerRules], sitemaps: &[String], prefix: &str) -> String {
    let prefix = prefix.trim_end_matches('/');
    let mut text = String::new();
    for CrawlerRules { agents, allow, disallow } in rules {
        group(&mut text, agents, prefix, allow, disallow);
    }
    if !rules.iter().any(|rules| rules.agents.iter().any(|agent| agent == "*")) {
        group(&mut text, &["*".to_owned()], prefix, &[], &[]);
    }
    for sitemap in sitemaps {
        line(&mut text, "Sitemap", sitemap);
    }
    text
}

/// Writes the rules for some crawlers, and an empty line.
fn group(text: &mut String, agents: &[String], prefix: &str, allow: &[String], disallow: &[String]) {
    for agent in agents {
        line(text, "User-agent", agent);
    }
    for path in allow {
        line(text, "Allow", &format!("{prefix}{path}"));
    }
    for path in disallow {
        line(text, "Disallow", &format!("{prefix}{path}"));
    }
    // Without a rule, the next group would apply to these crawlers too.
    if allow.is_empty() && disallow.is_empty() {
        line(text, "Allow", &format!("{prefix}/"));
    }
    text.push('\n');
}

fn line(text: &mut String, name: &str, value: &str) {
    text.extend([name, ": "]);
    text.extend(utf8_percent_encode(value, ESCAPED));
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(agents: &[&str], allow: &[&str], disallow: &[&str]) -> CrawlerRules {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        CrawlerRules { agents: owned(agents), allow: owned(allow), disallow: owned(disallow) }
    }

    #[test]
    fn all_crawlers_are_allowed_by_default() {
        assert_eq!(robots(&[], &[], ""), "User-agent: *\nAllow: /\n\n");
        let sitemaps = ["https://x.example:80/news/sitemap.xml".to_owned()];
        assert_eq!(
            robots(&[], &sitemaps, "/news/"),
            "User-agent: *\nAllow: /news/\n\nSitemap: https://x.example:80/news/sitemap.xml\n"
        );
    }

    #[test]
    fn rules_of_the_settings_come_first() {
        let own =
            [rules(&["GPTBot", "CCBot"], &["/about/"], &["/", "/*.pdf$"]), rules(&["Friend"], &[], &[])];
        assert_eq!(
            robots(&own, &["https://x.example/a.xml".to_owned(), "https://x.example/b.xml".to_owned()], ""),
            "User-agent: GPTBot\nUser-agent: CCBot\nAllow: /about/\nDisallow: /\nDisallow: /*.pdf$\n\n\
             User-agent: Friend\nAllow: /\n\nUser-agent: *\nAllow: /\n\n\
             Sitemap: https://x.example/a.xml\nSitemap: https://x.example/b.xml\n"
        );
        assert_eq!(
            robots(&[rules(&["A", "*"], &[], &["/x/"])], &[], "/news"),
            "User-agent: A\nUser-agent: *\nDisallow: /news/x/\n\n"
        );
    }

    #[test]
    fn a_rule_never_spans_lines() {
        let text = robots(&[rules(&["A"], &[], &["/a b#c%20ä\n\rAllow: /"])], &[], "");
        assert!(text.contains("Disallow: /a%20b%23c%20%C3%A4%0A%0DAllow:%20/\n"), "{text}");
    }
}
