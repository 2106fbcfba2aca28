//! Guards every byte of the output of small sites. Each folder in `tests/golden` contains a `site`, its `expected` output, and
//! optionally the instant in `as-of`. `BULLETIN_BLESS=1` overwrites `expected`; review it before you commit it. The sites use
//! the theme of `tests/it/support/plain`, so that changes to the default theme do not affect them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{AS_OF, Site, Tree, copy, repository};

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("tests/golden")).unwrap();
    let mut cases: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// Builds a case and returns its output without the record of files and the files of the default theme.
fn output(case: &Path) -> Tree {
    let site = Site::bare(&[]);
    copy(&case.join("site"), &site.root);
    site.add_plain_theme();
    let as_of = fs::read_to_string(case.join("as-of")).unwrap_or_else(|_| AS_OF.to_owned());
    let run = site.run(&["--as-of", as_of.trim()]);
    assert_eq!(run.code, Some(0), "{}: {}", case.display(), run.stderr);
    let words: Vec<&str> = run.stderr.lines().filter(|line| !line.starts_with("Built ")).collect();
    let mut tree = site.public();
    let record = String::from_utf8(tree.remove(".bulletin-files").unwrap()).unwrap();
    let recorded: Vec<&str> = record.lines().skip(1).collect();
    assert!(tree.keys().eq(recorded.iter().copied()), "{}: the record is {recorded:?}", case.display());
    for path in crate::support::tree(&repository().join("themes/broadsheet/static")).keys() {
        if !site.path("static").join(path).exists() {
            tree.remove(path);
        }
    }
    tree.insert("(warnings)".into(), (words.join("\n") + "\n").into_bytes());
    tree
}

#[test]
fn every_site_builds_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 13, "{} cases", cases.len());
    crate::support::assert_as_expected(&cases, output, "golden");
}

#[test]
fn a_theme_may_replace_default_templates() {
    let site = Site::bare(&[
        ("bulletin.yaml", crate::support::SETTINGS),
        ("content/world/a.md", &crate::support::story("A", "2026-11-01", "tags: [x]\n", "Text.")),
        ("content/about.md", "---\ntitle: About\n---\nText.\n"),
        ("themes/plain/templates/base.html", "<title>{{ site.title }}</title>{% block main %}{% endblock %}"),
        (
            "themes/plain/templates/list.html",
            "{% extends \"base.html\" %}{% block main %}own list{% endblock %}",
        ),
        (
            "themes/plain/templates/article.html",
            "{% extends \"base.html\" %}{% block main %}own article{% endblock %}",
        ),
        ("themes/plain/templates/terms.html", "own terms"),
        ("themes/plain/templates/404.html", "own 404"),
        ("themes/plain/templates/front.html", "own front"),
    ]);
    site.build(&[]);
    let public = site.public();
    let text = |path: &str| String::from_utf8(public[path].clone()).unwrap();
    assert_eq!(text("2026/11/a/index.html"), "<title>Plain Paper</title>own article");
    for path in ["world/index.html", "tags/x/index.html", "2026/index.html", "2026/11/01/index.html"] {
        assert_eq!(text(path), "<title>Plain Paper</title>own list", "{path}");
    }
}
