use std::path::{Path, PathBuf};

use jsonschema::Validator;

use super::*;
use crate::config::Config;
use crate::content;
use crate::yaml;

const MINIMAL: &str = "title: T\nbase_url: https://x.example/\n";

fn validator(schema: &Value) -> Validator {
    assert!(jsonschema::meta::is_valid(schema));
    jsonschema::draft202012::new(schema).unwrap()
}

fn data(text: &str) -> Value {
    yaml::data(&"a.yaml".into(), &text.into()).unwrap()
}

/// The problems that the schema finds.
fn problems(validator: &Validator, text: &str) -> Vec<String> {
    validator.iter_errors(&data(text)).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn config(text: &str) -> (Option<Config>, usize) {
    let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text.into());
    (config, problems.into_sorted().len())
}

/// The files with this name or ending in a folder.
fn files(dir: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => files(&path, ending, found),
            false if path.to_string_lossy().ends_with(ending) => found.push(path),
            false => {}
        }
    }
}

fn repository_files(ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for dir in ["tests", "themes", "docs", "examples", "sample", "src/starter"] {
        files(&root.join(dir), ending, &mut found);
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

#[test]
fn settings_that_load_validate() {
    let validator = validator(&settings());
    for file in repository_files("bulletin.yaml") {
        let text = std::fs::read_to_string(&file).unwrap().replace("@TIMEZONE@", "UTC");
        if matches!(config(&text), (Some(_), 0)) {
            assert_eq!(problems(&validator, &text), [""; 0], "{}", file.display());
        }
    }
    for lines in [
        "language: pt_BR\ntimezone: Europe/Athens\ntheme: my-theme\npermalink: /:slug.html\napi: yes",
        "sections: [world, Local News, {slug: arts, title: Arts & Life, description: A}, {slug: sport}]",
        "lists: {per_page: '20', tags: no, archives: \"false\"}\nslugs: ascii\ndescription: 2024",
        "feeds: {site: [atom], lists: [], of: 'tag, author', limit: 5, hub: https://hub.example/}",
        "publisher: {name: P, logo: /l.png, url: https://p.example, policies: {ethicsPolicy: /ethics/}}",
        "authors: [{name: Ana Ruiz, bio: B, url: /ana, type: organization}, Carl, {name: Bo, aliases: B}]",
        "tags: {aliases: {Kiev: Kyiv, 2024: two}}\nmarkdown: {raw_html: sanitized}\nextra: {a: [1, {b: c}]}",
        "tags: [{name: Kyiv, description: D, aliases: [Kiev]}, Port]\nid_authority: x.example",
        "robots: {agent: 'GPTBot, Google-Extended', disallow: '/*.pdf$'}",
        "robots:\n  - {agent: [GPTBot], disallow: /, allow: [/about/]}\n  - {agent: '*', disallow: ''}",
        "redirects: {/old/: /new/, /2024: /x/, /shop/: 'https://shop.example/'}",
        "security_txt: {contact: [a@x.example, tel:+30-1], expires: 2027-06-01T02:00+02:00, policy: /s/, languages: [en, pt_BR]}",
        "trust_txt: {member: [https://a.example/, b.example], contact: The desk, datatrainingallowed: no, vendor: []}",
        "humans_txt: |\n  Ed\n\n  More\nads_txt: a, b\nlists:\nfeeds:\nrobots:\nextra:",
    ] {
        let text = format!("{MINIMAL}{lines}\n");
        assert_eq!(config(&text).1, 0, "{lines}");
        assert_eq!(problems(&validator, &text), [""; 0], "{lines}");
    }
}

#[test]
fn wrong_settings_fail_in_the_reader_and_the_schema() {
    let validator = validator(&settings());
    for lines in [
        "tittle: x",
        "lists: {perpage: 3}",
        "lists: {per_page: 0}",
        "lists: {per_page: many}",
        "lists: {tags: maybe}",
        "feeds: {site: [rss, rdf]}",
        "feeds: {limit: -1}",
        "feeds: {hub: hub.example}",
        "language: english language",
        "id_authority: https://x.example/",
        "slugs: latin",
        "timezone: Athens",
        "timezone: +02:00",
        "theme: ../x",
        "permalink: /:year/",
        "permalink: ':slug'",
        "sections: {world: World}",
        "sections: [{name: World}]",
        "authors: [{bio: x}]",
        "authors: [{name: Bo, url: 'javascript:x'}]",
        "authors: [{name: Bo, type: robot}]",
        "tags: [{description: x}]",
        "description: ' '",
        "extra: 3",
        "robots: GPTBot",
        "robots: [{disallow: /}]",
        "robots: [{agent: GPT Bot}]",
        "robots: [{agent: A, disallow: about}]",
        "redirects: {/a/: x}",
        "redirects: {/a/: //evil.example}",
        "redirects: {/a/: 'javascript:alert(1)'}",
        "redirects: [/a/, /b/]",
        "security_txt: {contact: a@x.example}",
        "security_txt: {contact: call us, expires: 2027-06-01}",
        "security_txt: {contact: a@x.example, expires: soon}",
        "security_txt: {contact: a@x.example, expires: 2027-06-01, policy: policy.html}",
        "security_txt: {contact: a@x.example, expires: 2027-06-01, Canonical: x}",
        "trust_txt: {member: The Press Council}",
        "trust_txt: {datatrainingallowed: maybe}",
        "humans_txt: ' '",
        "ads_txt: [a, b]",
        "markdown: {raw_html: none}",
    ] {
        let text = format!("{MINIMAL}{lines}\n");
        assert_ne!(config(&text).1, 0, "{lines}");
        assert_ne!(problems(&validator, &text), [""; 0], "{lines}");
    }
    for text in [
        "title: T",
        "base_url: https://x.example/",
        "title:\nbase_url: https://x.example/",
        "title: T\nbase_url: x",
    ] {
        assert_ne!((config(text).1, problems(&validator, text).len()), (0, 0), "{text}");
    }
}

fn front_matter_problems(text: &str) -> usize {
    let (settings, _) = config(MINIMAL);
    content::head("article.md", &format!("---\n{text}\n---\n"), &settings.unwrap()).1.len()
}

#[test]
fn front_matter_that_loads_validates() {
    let validator = validator(&front_matter());
    let mut checked = 0;
    for file in repository_files(".md") {
        let text = std::fs::read_to_string(&file).unwrap_or_default().replace("@DATE@", "2026-11-22");
        let front =
            text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")).map(|(front, _)| front);
        let Some(front) = front.filter(|front| front_matter_problems(front) == 0) else { continue };
        assert_eq!(problems(&validator, front), [""; 0], "{}", file.display());
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
    for lines in [
        "date: 2026-11-22 18:30\nupdated: 2026-11-23T10:00:00+02:00\nlang: el\nurgency: 3\ndraft: no",
        "headline: B\nsummary: C\ntitle:",
        "authors: [Ana, {name: Bo, role: photographs, url: /bo/, twitter: x}]\ntags: a, b\nsection: world",
        "image: {src: a.jpg, alt: A, caption: C, credit: D, focus: 50% 30%, width: 3}\nseries: S",
        "image: a.jpg\ncorrections: [{date: 2026-11-22, kind: update, text: T}]\ntype: opinion",
        "status: withheld\nfeed: false\nnoindex: true\ntemplate: page.html\nextra: {a: 1}\nid: x\naliases: [/a/]",
        "date: 2026-11-22\nwithdrawn: {headline: H, reason: R, date: 2026-11-24}\nexpires: 2027-01-01",
        "taxonomies: {tags: [a]}\nparams: {x: 1}\npublished: true\nlayout: post\ndeck:\nkicker: ''",
    ] {
        let text = if lines.contains("title:") { lines.to_owned() } else { format!("title: A\n{lines}") };
        assert_eq!(front_matter_problems(&text), 0, "{lines}");
        assert_eq!(problems(&validator, &text), [""; 0], "{lines}");
    }
}

#[test]
fn wrong_front_matter_fails_in_the_reader_and_the_schema() {
    let validator = validator(&front_matter());
    for lines in [
        "tittle: x",
        "date: tomorrow",
        "date: 2026-13-01",
        "date: 21-03-2023",
        "embargo: soon",
        "embargo:",
        "draft: perhaps",
        "draft:",
        "status: hidden",
        "lang: english language",
        "urgency: 12",
        "urgency: high",
        "image: {source_file: a.jpg}",
        "authors: [{name: A, rolle: x}]",
        "corrections: [{date: 2026-11-22}]",
        "corrections: oops",
        "corrections: [{date: 2026-11-22, text: T, kind: typo}]",
        "type: story-of-the-day",
        "withdrawn: perhaps",
        "canonical_url: /x/",
        "noindex: 3",
        "extra: 3",
        "weight: 3",
        "title: [x]",
        "id: ''",
    ] {
        let text = if lines.starts_with("title") { lines.to_owned() } else { format!("title: A\n{lines}") };
        assert_ne!(front_matter_problems(&text), 0, "{lines}");
        assert_ne!(problems(&validator, &text), [""; 0], "{lines}");
    }
    assert_ne!(problems(&validator, "deck: x"), [""; 0]);
}
