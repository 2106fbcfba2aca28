//! What an archive says of its site as a whole reaches the settings, and what the settings say reaches readers.

use std::fs;

use crate::support::{Run, Site, bulletin, story, tree};

#[test]
fn a_picture_of_an_author_and_a_text_on_a_topic_had_no_place() {
    let settings = "title: P\nbase_url: https://p.example/paper/\n\
                    authors: [{slug: ann, name: Ann Lee, image: /ann.jpg}]\n\
                    tags: [{name: The port, description: All on the port., aliases: [port]}]\n";
    let site = Site::bare(&[
        ("bulletin.yaml", settings),
        ("content/a.md", &story("A", "2026-11-01", "authors: [ann]\ntags: [port]\n", "Text.")),
    ]);
    site.build(&["--strict"]);
    let author = site.read("public/authors/ann/index.html");
    assert!(author.contains("<img class=\"portrait\" src=\"/paper/ann.jpg\" alt=\"\""), "{author}");
    assert!(author.contains("\"image\":\"https://p.example/paper/ann.jpg\""), "{author}");
    let tag = site.read("public/tags/the-port/index.html");
    assert!(tag.contains("<p class=\"deck\">All on the port.</p>"), "{tag}");
    assert!(tag.contains("<meta name=\"description\" content=\"All on the port.\">"), "{tag}");
    assert!(site.read("public/tags/port/index.html").contains("/paper/tags/the-port/"));
}

#[test]
fn a_site_for_an_archive_began_with_samples() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("s");
    let run = Run::of(bulletin().args(["init", "--empty"]).arg(&root));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("bulletin import ARCHIVE"), "{}", run.stderr);
    assert_eq!(tree(&root).into_keys().collect::<Vec<_>>(), [".gitignore", "bulletin.yaml"]);
    assert_eq!(fs::read_dir(root.join("content")).unwrap().count(), 0);
    let built = Run::of(bulletin().args(["build", "--strict", "--site"]).arg(&root));
    assert_eq!(built.code, Some(0), "{}", built.stderr);
}
