use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::config::{CrawlerRules, FeedFormat, FeedOf};

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
    assert_eq!((config.title.as_str(), config.base_url.as_str()), ("The Paper", "https://x.example/sub/"));
    assert_eq!((config.language.as_str(), config.theme.as_str()), ("en", "broadsheet"));
    assert_eq!(config.permalink, Permalink::parse("/:year/:month/:slug/").unwrap());
    assert_eq!((config.lists, config.feeds), (Lists::default(), Feeds::default()));
    assert_eq!((config.sections, config.timezone), (None, TimeZone::UTC));
}

#[test]
fn every_setting_is_parsed() {
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
    assert_eq!((config.tag_aliases["Kiev"].as_str(), config.tag_aliases["2024"].as_str()), ("Kyiv", "two"));
    assert!(!config.markdown.smart_punctuation);
    assert_eq!(serde_json::Value::Object(config.extra), json!({"a": [1, {"b": "c"}]}));
    let config = good("tags: [{name: Kyiv, description: D, aliases: [Kiev]}, Port]");
    let tags: Vec<_> =
        config.tags.iter().map(|tag| (tag.name.as_str(), tag.description.as_deref())).collect();
    assert_eq!(tags, [("Kyiv", Some("D")), ("Port", None)]);
    assert_eq!((config.tag_aliases["Kiev"].as_str(), config.tag_aliases["Port"].as_str()), ("Kyiv", "Port"));
}

#[test]
fn invalid_settings_are_reported_with_line_and_help() {
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
        ("sections: [{slug: tags}]", "config/section", "itself"),
        ("sections: [{description: x}]", "config/section", "slug: world"),
        ("sections: ['!!']", "config/section", "world"),
        ("authors: [{bio: x}]", "config/author", "name: Ana"),
        ("authors: [Bo, {name: BO}]", "config/duplicate-author", "another"),
        ("authors: [{name: '!'}]", "config/author", "ana-ruiz"),
        ("tags: [{description: x}]", "config/tag", "name: Port"),
        ("tags: [{name: A, aliases: [b]}, {name: B}]", "config/duplicate-tag", "remove"),
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
fn invalid_yaml_gives_no_settings() {
    for text in ["title: a: b", "- a", "words"] {
        let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text.into());
        assert!(config.is_none() && problems.has_errors(), "{text}");
    }
}

#[test]
fn language_tags_are_normalized() {
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

/// The one problem of these lines: its code and its message.
#[track_caller]
fn wrong(lines: &str) -> (&'static str, String) {
    let (_, problems) = with(lines);
    assert_eq!(problems.len(), 1, "{lines}: {problems:#?}");
    let problem = &problems[0];
    assert!(problem.is_error() && problem.help.is_some(), "{lines}: {problem:?}");
    assert!(problem.place.as_ref().and_then(|place| place.start()).is_some(), "{lines}: {problem:?}");
    (problem.code, problem.message.clone())
}

#[test]
fn machine_files_are_off_by_default() {
    let config = good("");
    assert!(!config.api && config.robots.is_empty() && config.redirects.is_empty());
    assert_eq!(config.trust, Trust::default());
    let empty = good("robots:\nredirects:\nsecurity_txt:\ntrust_txt:\nhumans_txt:\nads_txt:\napi:");
    assert_eq!((empty.trust, empty.robots), (Trust::default(), Vec::new()));
}

#[test]
fn crawlers_have_rules() {
    let rules = |lines: &str| -> Vec<String> {
        let shown = |rules: CrawlerRules| {
            format!("{} +{} -{}", rules.agents.join(" "), rules.allow.join(" "), rules.disallow.join(" "))
        };
        good(lines).robots.into_iter().map(shown).collect()
    };
    assert_eq!(
        rules(
            "robots:\n  - {agent: [GPTBot, CCBot], disallow: /, allow: [/about/, /ethics/]}\n  - agent: \"*\"\n"
        ),
        ["GPTBot CCBot +/about/ /ethics/ -/", "* + -"]
    );
    assert_eq!(
        rules("robots: {agent: 'GPTBot, Google-Extended', disallow: '/*.pdf$'}"),
        ["GPTBot Google-Extended + -/*.pdf$"]
    );
    assert_eq!(rules("robots: [{agent: A/1.0, disallow: ''}]"), ["A/1.0 + -"]);
    assert_eq!(rules("robots: [{agent: A, disallow: [/a b/, '/ä#b']}]"), ["A + -/a b/ /ä#b"]);
}

#[test]
fn invalid_rules_are_reported_once() {
    for (lines, code, message) in [
        ("robots: GPTBot", "yaml/wrong-type", "`robots` must be a list, but it is text"),
        ("robots: [GPTBot]", "config/robots", "a rule of `robots` must name an `agent`"),
        ("robots: [{disallow: /}]", "config/robots", "this rule has no `agent`"),
        ("robots: [{agent: '', disallow: /}]", "config/robots", "this rule has no `agent`"),
        ("robots: [{agent: GPT Bot}]", "config/robots", "`GPT Bot` is not the name of a crawler"),
        (
            "robots: [{agent: \"A\\nDisallow: /\"}]",
            "config/robots",
            "`A\nDisallow: /` is not the name of a crawler",
        ),
        ("robots: [{agent: A, disallow: about}]", "config/robots", "`about` is not a path of this site"),
        ("robots: [{agent: A, allow: \"/a\\nb\"}]", "config/robots", "`/a\nb` is not a path of this site"),
        ("robots: [{agent: A, alow: /}]", "config/unknown-key", "unknown setting `robots.alow`"),
    ] {
        assert_eq!(wrong(lines), (code, message.to_owned()));
    }
    let star = "title: T\nbase_url: https://x.example/\nrobots: [{agent: *, disallow: /}]\n";
    let (_, problems) = Config::parse(&"bulletin.yaml".into(), &star.into());
    let problems = problems.into_sorted();
    assert!(problems[0].message.contains("`*` starts"), "{problems:?}");
}

#[test]
fn redirects_go_from_paths_to_paths_or_urls() {
    let config = good(
        "redirects:\n  /old/: /new/\n  /old story.php: /a?b#c\n  /2024: /x/\n  /shop/: https://shop.example/ä?q=1\n",
    );
    let found: Vec<_> = config.redirects.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    assert_eq!(
        found,
        [
            ("/old/", "/new/"),
            ("/old story.php", "/a?b#c"),
            ("/2024", "/x/"),
            ("/shop/", "https://shop.example/ä?q=1")
        ]
    );
    assert_eq!(config.redirects[1].place.start(), Some((5, 3)));
}

#[test]
fn invalid_redirects_are_reported() {
    for (pair, message) in [
        ("2024: /x/", "`2024` is not a path of this site"),
        ("old: /x/", "`old` is not a path of this site"),
        ("//old.example/: /x/", "`//old.example/` is not a path of this site"),
        ("https://x.example/a/: /x/", "`https://x.example/a/` is not a path of this site"),
        ("/a?p=1: /x/", "`/a?p=1` is not a path of this site"),
        ("'/a#b': /x/", "`/a#b` is not a path of this site"),
        ("\"/a\\nb\": /x/", "`/a\nb` is not a path of this site"),
        ("/a\\b: /x/", "`/a\\b` is not a path of this site"),
        ("/blog/*: /x/", "`/blog/*` is a pattern, but a redirect takes one path"),
        ("/a/: x", "`x` is not a valid redirect target"),
        ("/a/: //evil.example", "`//evil.example` is not a valid redirect target"),
        ("/a/: /\\evil.example", "`/\\evil.example` is not a valid redirect target"),
        ("/a/: javascript:alert(1)", "`javascript:alert(1)` is not a valid redirect target"),
        ("/a/: https://", "`https://` is not a valid redirect target"),
    ] {
        assert_eq!(wrong(&format!("redirects:\n  {pair}")), ("config/redirect", message.to_owned()));
    }
    assert_eq!(wrong("redirects: [/a/, /b/]").0, "yaml/wrong-type");
    assert_eq!(wrong("redirects:\n  /a/:\n").0, "yaml/wrong-type");
    assert_eq!(wrong("redirects:\n  /a/: ' '\n").0, "config/blank");
}

#[test]
fn security_txt_has_uris() {
    let config = good(
        "security_txt: {contact: [desk@x.example, 'https://x.example/ä', tel:+30-210-0], expires: 2027-06-01T02:00+02:00,\n\
         policy: /security/, encryption: 'openpgp4fpr:5f2d', hiring: https://x.example/jobs, languages: [en, pt_BR]}",
    );
    let security = config.trust.security.unwrap();
    assert_eq!(security.contact, ["mailto:desk@x.example", "https://x.example/%C3%A4", "tel:+30-210-0"]);
    assert_eq!(security.expires.to_string(), "2027-06-01T00:00:00Z");
    let pages: Vec<_> = security.pages.iter().map(|(field, page)| format!("{field} {page}")).collect();
    assert_eq!(pages, ["Encryption openpgp4fpr:5f2d", "Policy /security/", "Hiring https://x.example/jobs"]);
    assert_eq!(security.languages, ["en", "pt-BR"]);
    let date = good("security_txt: {contact: a@x.example, expires: 2027-06-01}").trust.security.unwrap();
    assert_eq!(date.expires.to_string(), "2027-06-01T00:00:00Z");
}

#[test]
fn invalid_contacts_are_reported_once() {
    let needs = "`security_txt` must have `contact` and `expires`";
    for (inner, code, message) in [
        ("contact: a@x.example", "config/security-txt", needs),
        ("expires: 2027-06-01", "config/security-txt", needs),
        ("policy: /x/", "config/security-txt", needs),
        ("contact: a@x.example, expires: soon", "config/date", "`soon` is not a valid date"),
        ("contact: a@x.example, expires: 2027", "config/date", "`2027` is not a valid date"),
        ("contact: call us, expires: 2027-06-01", "config/security-txt", "`call us` is not a valid contact"),
        ("contact: '@x', expires: 2027-06-01", "config/security-txt", "`@x` is not a valid contact"),
        (
            "contact: 'http://x.example/', expires: 2027-06-01",
            "config/security-txt",
            "`http://x.example/` is not a valid contact",
        ),
        (
            "contact: a@x.example, expires: 2027-06-01, policy: policy.html",
            "config/security-txt",
            "`policy.html` is not a valid path or URL",
        ),
        (
            "contact: a@x.example, expires: 2027-06-01, hiring: 'javascript:alert(1)'",
            "config/security-txt",
            "`javascript:alert(1)` is not a valid path or URL",
        ),
        (
            "contact: a@x.example, expires: 2027-06-01, languages: english!",
            "config/language",
            "`english!` is not a valid language tag",
        ),
        (
            "contact: a@x.example, expires: 2027-06-01, Canonical: x",
            "config/unknown-key",
            "unknown setting `security_txt.Canonical`",
        ),
    ] {
        assert_eq!(wrong(&format!("security_txt: {{{inner}}}")), (code, message.to_owned()));
    }
    let (config, problems) = with("security_txt: {contact: 1, expires: 2}");
    assert_eq!((config.trust.security, problems.len()), (None, 2), "{problems:?}");
    assert_eq!(wrong("security_txt: desk@x.example").0, "yaml/wrong-type");
}

#[test]
fn trust_txt_keeps_the_order_of_its_specification() {
    let config = good(
        "trust_txt:\n  datatrainingallowed: no\n  contact: [The  desk, desk@x.example]\n  social: https://social.example/@x\n\
         \x20 member: [https://press.example/, council.example]\n  vendor: []\n",
    );
    let fields = config.trust.trust.unwrap();
    let shown: Vec<_> =
        fields.iter().map(|(field, values)| format!("{field} {}", values.join("|"))).collect();
    assert_eq!(
        shown,
        [
            "member https://press.example/|council.example",
            "social https://social.example/@x",
            "vendor ",
            "contact The desk|desk@x.example",
            "datatrainingallowed no"
        ]
    );
    for (inner, code, message) in [
        ("member: The Press Council", "config/trust-txt", "`The Press Council` is not the URL of a site"),
        ("social: '@paper'", "config/trust-txt", "`@paper` is not the URL of a site"),
        (
            "control: \"https://x.example/\\nmember=https://y.example/\"",
            "config/trust-txt",
            "`https://x.example/\nmember=https://y.example/` is not the URL of a site",
        ),
        ("members: https://x.example", "config/unknown-key", "unknown setting `trust_txt.members`"),
        (
            "datatrainingallowed: maybe",
            "yaml/wrong-type",
            "`trust_txt.datatrainingallowed` must be `true` or `false`, but it is text",
        ),
    ] {
        assert_eq!(wrong(&format!("trust_txt: {{{inner}}}")), (code, message.to_owned()));
    }
}

#[test]
fn text_files_end_with_one_line_break() {
    let trust = good("humans_txt: |\n  Ed: Ana\n\n  More\n\n\nads_txt: 'a, b, DIRECT'").trust;
    assert_eq!(trust.humans.as_deref(), Some("Ed: Ana\n\nMore\n"));
    assert_eq!(trust.ads.as_deref(), Some("a, b, DIRECT\n"));
    assert_eq!(wrong("humans_txt: ' '"), ("config/blank", "`humans_txt` is blank".to_owned()));
    assert_eq!(wrong("ads_txt: [a, b]"), ("config/text", "`ads_txt` must be text".to_owned()));
    assert_eq!(wrong("ads_txt: {a: b}").0, "config/text");
    assert_eq!(wrong("ads_txt: \"a\\0\"").0, "yaml/control-character");
}
