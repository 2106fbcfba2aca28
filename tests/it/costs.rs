//! The time and memory that bad input may cost, and faults that a run survives.

use crate::support::{SETTINGS, Site};

const HEAD: &str = "---\ntitle: T\ndate: 2026-01-01\n---\n";

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn thousands_of_dead_links_are_counted_but_few_are_shown() {
    let site = Site::new(&[]);
    site.write("content/a.md", format!("{HEAD}{}", lines(50_000, |at| format!("[x](/p{at}/)\n"))));
    let run = site.run(&[]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.stderr.matches("warning[link/no-page]").count(), 20, "{}", run.stderr);
    assert!(run.stderr.contains("49980 more like this in the file"), "{}", run.stderr);
    assert!(run.stderr.contains("50,000 warnings"), "{}", run.stderr);
    let run = site.run(&["--message-format", "json"]);
    assert!(run.stdout.contains("\"more\":49980"), "{}", run.stdout);
}

#[test]
fn a_repeated_problem_is_shown_in_full_only_with_verbose() {
    let site = Site::new(&[]);
    for at in 0..100 {
        site.write(&format!("content/a{at}.md"), format!("{HEAD}[x](/nowhere/)\n"));
    }
    let run = site.run(&[]);
    assert_eq!(run.stderr.matches("warning[link/no-page]").count(), 60, "{}", run.stderr);
    assert!(
        run.stderr.contains("40 more problems with code `link/no-page` (-v shows them all)"),
        "{}",
        run.stderr
    );
    let run = site.run(&["-v"]);
    assert_eq!(run.stderr.matches("warning[link/no-page]").count(), 100);
}

#[test]
fn a_chain_of_thousands_of_redirects_leads_to_its_end() {
    let site = Site::new(&[("content/about.md", "---\ntitle: About\n---\nx\n")]);
    let chain = lines(5000, |at| format!("  /r{at}/: /r{}/\n", at + 1));
    site.write("bulletin.yaml", format!("{SETTINGS}redirects:\n{chain}  /r5000/: /about/\n"));
    let run = site.run(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(site.read("public/r0/index.html").contains("/about/"));
}

#[test]
fn a_redirect_loop_is_reported_once() {
    let site = Site::empty();
    let circle = lines(5000, |at| format!("  /r{at}/: /r{}/\n", (at + 1) % 5000));
    let into = lines(100, |at| format!("  /into{at}/: /r7/\n"));
    site.write("bulletin.yaml", format!("{SETTINGS}redirects:\n{circle}{into}"));
    let run = site.run(&[]);
    assert_eq!((run.code, run.stderr.matches("redirect/loop").count()), (Some(1), 1), "{}", run.stderr);
}

#[test]
fn too_many_sections_or_tags_exceed_a_named_limit() {
    let site = Site::new(&[]);
    for at in 0..1001 {
        site.write(&format!("content/s{at}/a{at}.md"), HEAD);
    }
    let run = site.run(&[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("the site has 1001 sections; the limit is 1000"), "{}", run.stderr);
    let site = Site::new(&[]);
    let tags = lines(4000, |at| format!("t{at}, "));
    site.write("content/a.md", HEAD.replace("date:", &format!("tags: [{tags}x]\ndate:")));
    let run = site.run(&[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("this story has 4001 tags; the limit is 200"), "{}", run.stderr);
}
