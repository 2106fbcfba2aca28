//! Mistakes of theme authors, each of which is reported.

use std::thread;
use std::time::{Duration, Instant};

use crate::support::server::Server;
use crate::support::{AS_OF, Run, Site, build_in_process, bulletin, request, story, without_lost_urls};

const SETTINGS: &str = "title: T\nbase_url: https://example.org/\n";

/// A site with a story, the default theme and these files.
fn site(files: &[(&str, &str)]) -> Site {
    let site = Site::bare(files);
    if !files.iter().any(|(path, _)| *path == "bulletin.yaml") {
        site.write("bulletin.yaml", SETTINGS);
    }
    site.write(
        "content/local/2026-11-20-a.md",
        story("A story", "2026-11-20", "tags: [Port]\n", "The text."),
    );
    site
}

/// The exit code of a build and the code, place, message and help of each problem.
fn build_problems(site: &Site, args: &[&str]) -> (Option<i32>, Vec<String>) {
    let run = site.json(args);
    (run.code, problems_of(&run))
}

fn problems_of(run: &Run) -> Vec<String> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let line = |p: &serde_json::Value| {
        let parts = ["code", "file", "line", "column", "message", "help"].map(|key| text(&p[key]));
        parts.join(" | ")
    };
    run.problems().iter().map(line).collect()
}

/// The only problem of a build whose 404 page is this template; the build must fail.
#[track_caller]
fn refused(template: &str) -> String {
    let site = site(&[("templates/404.html", template)]);
    let (code, problems) = build_problems(&site, &[]);
    assert_eq!((code, problems.len()), (Some(1), 1), "{problems:?}");
    problems.into_iter().next().unwrap_or_default()
}

#[test]
fn undefined_values_are_errors_in_every_filter() {
    for (template, place) in [
        ("\n{{ page.content | safe }}", "| 2 | 19 |"),
        ("{{ page.nope | str }}", "| 1 | 16 |"),
        ("{{ [page.nope, 1] | join(sep=\"-\") }}", "| 1 | 21 |"),
        ("{{ page.nope | json }}", "| 1 | 16 |"),
        ("a\n {{ \"a\" ~ page.nope }}", "| 2 | 11 |"),
        ("{% for a in page.nope %}{% endfor %}", "| 1 | 13 |"),
        ("{{ nope | safe }}", "| 1 | 11 |"),
    ] {
        let problem = refused(template);
        assert!(
            problem.starts_with("theme/template | templates/404.html ") && problem.contains(place),
            "{problem}"
        );
        assert!(problem.contains("not defined"), "{problem}");
    }
}

#[test]
fn defined_and_optional_values_are_printed() {
    let template = "{{ page.nope | default(value=\"none\") }}|{{ \"<b>\" | safe }}|{{ [1, 2] | join(sep=\", \") }}|\
                    {{ page.nope is defined }}|{{ \"a\" ~ page.kind ~ 1 }}|{{ \"a-a\" | replace(from=\"a\", to=\"<\") }}|\
                    {% set x = [n for n in [1, 2, 3] if n > 1] %}{{ x | json }}|{{ 3 | str ~ \"!\" }}|\
                    {% set y %}{{ page.kind }}{% endset %}{{ y }}|{{ page?.nope?.more ~ \"z\" }}";
    let site = site(&[("templates/404.html", template)]);
    site.build(&[]);
    let page = site.read("public/404.html");
    assert_eq!(page, "none|<b>|1, 2|false|anot_found1|&lt;-&lt;|[2,3]|3!|not_found|z");
}

#[test]
fn unknown_arguments_are_errors() {
    for (template, column, message) in [
        (
            "{{ \"2026-11-20\" | date(format=\"full\", language=\"es\") }}",
            39,
            "unknown argument `language` for filter `date`",
        ),
        (
            "{{ \"a b\" | truncate_words(length=2) }}",
            27,
            "unknown argument `length` for filter `truncate_words`",
        ),
        (
            "{{ \"x\" | markdown(inlin=true) }}",
            19,
            "argument `inlin` for filter `markdown` | did you mean `inline`?",
        ),
        (
            "{{ \"x\" | upper(first=true) }}",
            16,
            "unknown argument `first` for filter `upper` | remove it: there are no arguments",
        ),
        ("{{ \"x\" | trim(path=\"x\") }}", 15, "did you mean `pat`?"),
        ("{% filter indent(with=2) %}x{% endfilter %}", 18, "did you mean `width`?"),
        ("{% if false %}{{ articles(sektion=\"x\") }}{% endif %}", 27, "did you mean `section`?"),
        (
            "{% if 4 is divisible_by(by=2, divisor=2) %}{% endif %}",
            25,
            "unknown argument `by` for test `divisible_by`",
        ),
        ("{{ range(end=2, steps=1) }}", 17, "did you mean `step_by`?"),
    ] {
        let problem = refused(template);
        let start = format!("theme/argument | templates/404.html | 1 | {column} | ");
        assert!(problem.starts_with(&start) && problem.contains(message), "{problem}");
    }
}

#[test]
fn arguments_of_the_wrong_type_are_errors() {
    for template in [
        "{{ head(title=page.nope) }}",
        "{{ head(title=3) }}",
        "{{ data(file=page.nope) }}",
        "{{ t(key=1) }}",
        "{{ \"a b\" | truncate_words(count=\"2\") }}",
        "{{ articles(section=page.nope) }}",
        "{{ articles(limit=1001) }}",
        "{{ related(to=\"/2026/11/a/\", limit=5000) }}",
        "{{ articles(type=\"nwes\") }}",
        "{{ asset(name=\"ap.css\") }}",
    ] {
        let problem = refused(template);
        assert!(problem.starts_with("theme/template | templates/404.html | 1 | "), "{problem}");
    }
    assert!(refused("{{ articles(type=\"nwes\") }}").contains("did you mean `news`?"));
    assert!(refused("{{ asset(name=\"ap.css\") }}").contains("did you mean `app.css`?"));
}

#[test]
fn unknown_names_in_queries_are_warnings() {
    let template = "{{ head() }}{{ articles(section=\"locall\") | length }} {{ articles(tag=\"prot\") | length }}\n\
                    {{ articles(author=\"nobody\") | length }} {{ articles(series=\"nothing\") | length }}\n\
                    {{ article(path=\"nosuch.md\") or \"none\" }} {{ url(path=\"/nosuch/\") }} {{ url(path=\"/2026/11/a/#x\") }}\n\
                    {{ articles(tag=\"port\", section=\"local\") | length }} {{ url(path=\"https://example.com/x\") }}\n\
                    {{ articles(language=\"xx\") | length }} {{ url(path=\"/feed.json\") }} {{ url(path=\"/app.css\") }}\n\
                    {% set name = \"dyn\" ~ \"amic\" %}{{ articles(tag=name) | length }}";
    let site = site(&[("templates/404.html", template)]);
    let (code, first) = build_problems(&site, &[]);
    assert_eq!(code, Some(0), "{first:?}");
    let expected = [
        "| - | - | unknown tag `dynamic`",
        "| 1 | 33 | unknown section `locall` | did you mean `local`?",
        "| 1 | 71 | unknown tag `prot` | did you mean `port`?",
        "| 2 | 20 | unknown author `nobody`",
        "| 2 | 61 | unknown series `nothing`",
        "| 3 | 17 | story `content/nosuch.md` not found",
        "| 3 | 55 | no page or file at `/nosuch/`",
        "| 5 | 22 | no story is in the language `xx`",
    ];
    assert_eq!(first.len(), expected.len(), "{first:#?}");
    for (problem, expected) in first.iter().zip(expected) {
        assert!(
            problem.starts_with("theme/unknown-name | ") && problem.contains(expected),
            "{problem} is not {expected}"
        );
    }
    // A build that keeps the page repeats the warnings.
    assert_eq!(problems_again(&site), first);
    // Names that exist now are no longer reported.
    site.write("content/nosuch.md", "---\ntitle: S\nslug: nosuch\n---\nx\n");
    let (_, third) = build_problems(&site, &[]);
    assert_eq!(third.len(), expected.len() - 2, "{third:#?}");
    assert_eq!(build_problems(&site, &["--clean"]).1, third);
}

fn problems_again(site: &Site) -> Vec<String> {
    let (code, problems) = build_problems(site, &[]);
    assert_eq!(code, Some(0), "{problems:?}");
    problems
}

#[test]
fn incremental_builds_and_check_repeat_warnings_about_queries() {
    let site = site(&[("templates/404.html", "{{ head() }}{{ articles(tag=\"strike\") | length }}")]);
    let build = || without_lost_urls(&build_in_process(&request(&site.root, AS_OF)));
    assert_eq!(build().len(), 1);
    site.write("content/local/2026-11-21-b.md", story("B", "2026-11-21", "tags: [Strike]\n", "x"));
    assert_eq!(build(), []);
    site.remove("content/local/2026-11-21-b.md");
    let problems = build();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let mut clean = request(&site.root, AS_OF);
    clean.clean = true;
    assert_eq!(without_lost_urls(&build_in_process(&clean)), problems);
    let mut check = bulletin();
    let run = Run::of(
        check.args(["check", "--message-format", "json", "--as-of", AS_OF, "--site"]).arg(&site.root),
    );
    assert!(
        problems_of(&run).iter().any(|problem| problem.contains("unknown tag `strike`")),
        "{}",
        run.stdout
    );
}

#[test]
fn templates_without_head_are_warnings() {
    let base = "<!doctype html><html><head>{% block title %}{% endblock %}{% block head %}{% endblock %}</head><body>\
                {% block masthead %}{% endblock %}{% block main %}{% endblock %}{% block footer %}{% endblock %}</body></html>";
    let site = site(&[("templates/base.html", base)]);
    let (code, first) = build_problems(&site, &[]);
    assert_eq!(code, Some(0));
    let heads: Vec<&String> =
        first.iter().filter(|problem| problem.starts_with("theme/no-head | ")).collect();
    // One warning per template, however many pages use it; none for the 404 page.
    let named = |name: &str| heads.iter().filter(|problem| problem.contains(&format!("`{name}`"))).count();
    assert_eq!(
        ["article.html", "front.html", "list.html", "terms.html", "404.html"].map(named),
        [1, 1, 1, 1, 0]
    );
    assert_eq!(problems_again(&site), first);
    // A page may declare its canonical URL itself.
    site.write(
        "templates/base.html",
        base.replace("<head>", "<head><link rel=\"canonical\" href=\"{{ page.canonical }}\">"),
    );
    assert!(!problems_again(&site).iter().any(|problem| problem.starts_with("theme/no-head")));
}

#[test]
fn unknown_keys_and_options_are_warnings() {
    let site = site(&[
        (
            "bulletin.yaml",
            "title: T\nbase_url: https://example.org/\ntheme: x\nextra:\n  acent: blue\n  accent: \"#123456\"\n  hero: 3\n  \
             mine: 1\n",
        ),
        ("themes/x/theme.yaml", "name: X\nparent: magazine\nstrings_: {}\noptions: {hero: false}\n"),
        ("themes/x/templates/404.html", "{{ head() }}{{ site.extra.mine }}"),
    ]);
    let (code, problems) = build_problems(&site, &[]);
    assert_eq!(code, Some(0), "{problems:?}");
    let expected = [
        "theme/option | bulletin.yaml | 5 | 3 | unknown option `acent`: neither the theme nor a template uses it | did you mean `accent`?",
        "theme/option | bulletin.yaml | 6 | 3 | `#123456` is not a valid value of `accent` | use one of: red, blue, green",
        "theme/option | bulletin.yaml | 7 | 3 | `hero` must be `true` or `false`, not a number | correct it, or remove it to use the default `false`",
        "theme/unknown-key | themes/x/theme.yaml | 2 | 1 | unknown key `parent` in `theme.yaml`",
        "theme/unknown-key | themes/x/theme.yaml | 3 | 1 | unknown key `strings_` in `theme.yaml` | did you mean `strings`?",
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(problem.starts_with(expected), "{problem} is not {expected}");
    }
}

#[test]
fn values_of_the_wrong_type_in_theme_yaml_are_errors() {
    for settings in [
        "strings: [a]",
        "strings: {en: text}",
        "options: 3",
        "strings: {en: {by: [a]}}",
        "choices: {a: b}",
        "- a",
    ] {
        let site = site(&[
            ("bulletin.yaml", "title: T\nbase_url: https://example.org/\ntheme: x\n"),
            ("themes/x/theme.yaml", settings),
        ]);
        let (code, problems) = build_problems(&site, &[]);
        assert_eq!((code, problems.len()), (Some(1), 1), "{problems:?}");
        assert!(problems[0].starts_with("yaml/wrong-type | themes/x/theme.yaml | 1 | "), "{problems:?}");
    }
}

#[test]
fn a_language_without_strings_is_a_warning() {
    let language = |language: &str| {
        let site = site(&[("bulletin.yaml", &format!("{SETTINGS}language: {language}\n"))]);
        build_problems(&site, &[]).1
    };
    let problems = language("it-CH");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("theme/language | bulletin.yaml | 3 | 1 | the theme has no strings in language `it-CH`: readers see all "));
    assert!(problems[0].contains("`strings.it` in `themes/broadsheet/theme.yaml`"), "{problems:?}");
    for complete in ["en", "en-GB", "de", "el", "fr-CA", "es", "ar"] {
        assert_eq!(language(complete), Vec::<String>::new());
    }
}

#[test]
fn only_strings_that_templates_use_are_missing() {
    let files = [
        ("bulletin.yaml", "title: T\nbase_url: https://example.org/\nlanguage: it\ntheme: own\n"),
        ("themes/own/templates/article.html", "{{ head() }}{{ t(key=\"by\") }}{{ t(key=\"more\") }}"),
        ("themes/own/templates/list.html", "{{ head() }}"),
        ("themes/own/templates/front.html", "{{ head() }}"),
        ("themes/own/templates/terms.html", "{{ head() }}"),
        ("themes/own/templates/404.html", "{{ head() }}"),
        ("themes/own/theme.yaml", "strings:\n  en: {by: By, more: More, unused: Unused}\n  it: {by: Di}\n"),
    ];
    let problems = build_problems(&site(&files), &[]).1;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("lacks string `more` in language `it`"), "{problems:?}");
}

#[test]
fn unused_templates_are_warnings() {
    let site = site(&[
        ("templates/sections.html", "x"),
        ("templates/404.htm", "x"),
        ("templates/section-local.html", "x"),
        ("templates/standing.html", "{% extends \"broadsheet/page.html\" %}"),
        ("templates/parts/card.html", "x"),
        ("templates/parts/boxes.html", "{% component box() %}{% endcomponent box %}"),
        ("templates/404.html", "{% include \"parts/card.html\" %}{{ <box /> }}"),
        ("templates/special.html", "{{ head() }}"),
        ("templates/README.md", "x"),
        ("content/about.md", "---\ntitle: About\ntemplate: special.html\n---\nx\n"),
    ]);
    let (code, problems) = build_problems(&site, &[]);
    assert_eq!(code, Some(0), "{problems:?}");
    let expected = [
        "templates/404.htm | - | - | this file is not used: template names end in `.html` | rename it to `404.html`",
        "templates/section-local.html | - | - | no page uses this template | did you mean `section.html`?",
        "templates/sections.html | - | - | no page uses this template | did you mean `section.html`?",
        "templates/standing.html | - | - | no page uses this template",
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(problem.starts_with(&format!("theme/unused | {expected}")), "{problem} is not {expected}");
    }
}

/// A theme that uses nothing of the default theme.
const OWN: [(&str, &str); 5] = [
    ("themes/own/templates/article.html", "{{ head() }}{{ content }}"),
    ("themes/own/templates/terms.html", "{{ head() }}"),
    ("themes/own/templates/404.html", "gone"),
    (
        "themes/own/templates/list.html",
        "{{ head() }}{{ list.kind }}|{{ list.title }}|{{ list.count }}|{{ page.title or \"-\" }}\
         {% for story in list.articles %}|{{ story.title }}{% endfor %}{{ list.older or \"\" }}{{ list.newer or \"\" }}",
    ),
    ("bulletin.yaml", "title: T\nbase_url: https://example.org/\ntheme: own\nlists: {per_page: 2}\n"),
];

#[test]
fn static_files_of_the_default_theme_are_published_only_if_used() {
    let site = site(&OWN);
    site.build(&[]);
    let own = |site: &Site| {
        let public = site.public();
        ["app.css", "favicon.svg"].map(|name| public.contains_key(name))
    };
    assert_eq!(own(&site), [false, false]);
    // They are published with a page that uses a template of the default theme, and removed with it.
    site.remove("themes/own/templates/404.html");
    site.build(&[]);
    assert_eq!(own(&site), [true, true]);
    site.write("themes/own/templates/404.html", "<img src=\"{{ url(path=\"/favicon.svg\") }}\">");
    site.build(&[]);
    assert_eq!(own(&site), [false, true]);
    let before = site.public();
    site.build(&["--clean"]);
    assert_eq!(site.public(), before);
}

#[test]
fn a_front_page_rendered_with_the_list_template_has_a_list() {
    let site = site(&OWN);
    for (name, date) in [("b", "2026-11-18"), ("c", "2026-11-19")] {
        site.write(&format!("content/{name}.md"), story(name, date, "", "x"));
    }
    site.build(&[]);
    let front = site.read("public/index.html");
    assert!(front.ends_with("front|T|3|-|A story|c"), "{front}");
    // The page depends on what it shows.
    site.write("content/d.md", story("d", "2026-11-21", "", "x"));
    site.build(&[]);
    let front = site.read("public/index.html");
    assert!(front.ends_with("front|T|4|-|d|A story"), "{front}");
}

#[test]
fn a_biography_is_rendered_once() {
    let settings = format!("{SETTINGS}authors: [{{slug: ana, name: Ana, bio: She counts ships.}}]\n");
    let site = site(&[("bulletin.yaml", &settings)]);
    site.write("content/b.md", story("B", "2026-11-20", "authors: [ana]\n", "x"));
    site.build(&[]);
    let page = site.read("public/authors/ana/index.html");
    let body = &page[page.find("<body").unwrap()..];
    assert_eq!(body.matches("She counts ships.").count(), 1, "{body}");
}

#[test]
fn a_preview_reports_broken_templates_once() {
    let broken = "{% extends \"base.html\" %}\n{% block main %}{{ article.nope }}{% endblock main %}";
    let site = site(&[("templates/article.html", broken)]);
    let server = Server::start(&site, &["--as-of", AS_OF]);
    for _ in 0..2 {
        let page = server.get("/2026/11/a/");
        assert_eq!(page.status, Some(503));
        let text = page.text();
        assert!(
            text.contains("Field `nope` is not defined") && text.contains("templates/article.html:2:"),
            "{text}"
        );
    }
    let count = |what: &str| server.printed().matches(what).count();
    let until = |what: &str| {
        let end = Instant::now() + Duration::from_secs(20);
        while count(what) == 0 {
            assert!(Instant::now() < end, "no {what:?}: {}", server.printed());
            thread::sleep(Duration::from_millis(20));
        }
    };
    until("Field `nope` is not defined");
    assert_eq!(count("Field `nope` is not defined"), 1, "{}", server.printed());

    // Another file changes. The page is still broken, which was already reported.
    site.write("content/local/2026-11-20-b.md", story("B story", "2026-11-20", "", "The text."));
    until("2026-11-20-b.md (");
    assert_eq!(server.get("/2026/11/a/").status, Some(503));
    assert_eq!(count("Field `nope` is not defined"), 1, "{}", server.printed());

    // A page that worked in the meantime is reported again.
    site.write("templates/article.html", broken.replace(".nope", ".title"));
    until("templates/article.html (");
    assert_eq!(server.get("/2026/11/a/").status, Some(200));
    site.write("templates/article.html", broken);
    let end = Instant::now() + Duration::from_secs(20);
    while count("Field `nope` is not defined") < 2 {
        assert!(Instant::now() < end, "{}", server.printed());
        assert_eq!(server.get("/2026/11/a/").status, Some(200), "what was there before is shown");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn runaway_templates_are_errors() {
    let long_if = format!("{{% if false %}}{}{{% endif %}}", "{% elif false %}".repeat(4000));
    let doubled = |how: &str| {
        format!("{{% set s = \"0123456789\" %}}{{% for i in range(end=60) %}}{how}{{% endfor %}}{{{{ s }}}}")
    };
    for (template, message) in [
        (long_if, "4000 `elif`s; the limit is 200"),
        (doubled("{% set_global s = s ~ s %}"), "than the limit of 32 MB"),
        (doubled("{% set_global s %}{{ s }}{{ s }}{% endset %}"), "more than the limit of 32 MB"),
        (doubled("{% set_global s = s | replace(from=\"0\", to=s) %}"), "than the limit of 32 MB"),
        (doubled("{% set_global s = [s, s] %}"), "than the limit of 32 MB"),
        (
            "{% set s = [] %}{% for i in range(end=5000) %}{% set_global s = [s] %}{% endfor %}".to_owned(),
            "deeper than the limit of 200 levels",
        ),
        (doubled("{% set_global s = [s, s] | join %}"), "than the limit of 32 MB"),
        (
            "{% set r = range(end=1000) %}{% for i in r %}{% for j in r %}{% for k in r %}{% endfor %}{% endfor %}{% endfor %}"
                .to_owned(),
            "the limit of 1000000 items",
        ),
        (
            "{% for i in range(end=900) %}{% for j in range(end=1000) %}0123456789012345678901234567890123456789{% endfor %}{% endfor %}"
                .to_owned(),
            "than the limit of 32 MB",
        ),
        (
            "{% component a(n) %}{% if n < 15 %}{{ <a n={n + 1} /> }}{{ <a n={n + 1} /> }}{{ <a n={n + 1} /> }}{{ <a n={n + 1} /> }}\
             {% endif %}{% endcomponent a %}{{ <a n={1} /> }}"
                .to_owned(),
            "the limit of 1000000 items",
        ),
        (" ".repeat((4 << 20) + 1), "larger than the limit of 4 MB"),
    ] {
        let problem = refused(&template);
        assert!(problem.starts_with("theme/limit | templates/404.html | ") && problem.contains(message), "{problem}");
    }
    for (template, message) in [
        ("{% if true %}".repeat(10_000), "nesting is too deep"),
        (format!("{{{{ 1{} }}}}", "+1".repeat(100_000)), "too complex"),
        ("{% include \"404.html\" %}".to_owned(), "includes itself"),
        ("{% extends \"404.html\" %}".to_owned(), "extends itself"),
    ] {
        let problem = refused(&template);
        assert!(
            problem.starts_with("theme/template | templates/404.html | ") && problem.contains(message),
            "{problem}"
        );
    }
}

#[test]
fn long_chains_of_templates_are_errors() {
    let chain = |length: usize, link: &dyn Fn(usize) -> String| {
        let site = site(&[("templates/404.html", &link(0))]);
        for at in 1..length {
            site.write(&format!("templates/t{at}.html"), link(at));
        }
        site.write(&format!("templates/t{length}.html"), "x");
        build_problems(&site, &[])
    };
    let include = |at: usize| format!("{{% include \"t{}.html\" %}}", at + 1);
    let (code, problems) = chain(200, &include);
    assert_eq!(code, Some(1));
    assert!(
        problems.iter().all(|problem| problem.starts_with("theme/limit | ")
            && problem.contains("deeper than the limit of 30")),
        "{problems:?}"
    );
    assert_eq!(chain(30, &include).0, Some(0));
    let (code, problems) = chain(500, &|at| format!("{{% extends \"t{}.html\" %}}", at + 1));
    assert_eq!((code, problems.len()), (Some(1), 1), "{problems:?}");
    assert!(problems[0].contains("a chain of 21 `extends`"), "{problems:?}");
    let (code, problems) = chain(20, &|at| include(at).repeat(2));
    assert_eq!((code, problems.len()), (Some(1), 1), "{problems:?}");
    assert!(problems[0].contains("limit of 10000 times"), "{problems:?}");
}

#[test]
fn large_data_files_are_errors() {
    let site = site(&[("templates/404.html", "{{ data(file=\"big.json\") | length }}")]);
    site.write("data/big.json", format!("[{}1]", "1,".repeat(9 << 20)));
    let (code, problems) = build_problems(&site, &[]);
    assert_eq!((code, problems.len()), (Some(1), 1), "{problems:?}");
    assert!(problems[0].contains("`data/big.json` is larger than the limit of 16 MB"), "{problems:?}");
    site.write("data/big.json", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert!(build_problems(&site, &[]).1[0].contains("recursion limit"));
}

#[cfg(unix)]
#[test]
fn named_pipes_among_the_data_are_errors() {
    let site =
        site(&[("templates/404.html", "{{ data(file=\"pipe.json\") | length }}"), ("data/a.json", "1")]);
    let made = std::process::Command::new("mkfifo").arg(site.path("data/pipe.json")).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    assert!(build_problems(&site, &[]).1[0].contains("`data/pipe.json` is not a file"));
}
