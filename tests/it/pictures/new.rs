//! `bulletin new --image`.

use std::fs;

use image::ImageFormat;

use super::{encoded, photo, scene};
use crate::support::{Run, Site, bulletin, tree};

fn new(site: &Site, headline: &str, file: &str) -> Run {
    let mut command = bulletin();
    command.args(["new", headline, "--section", "local", "--site"]).arg(&site.root);
    Run::of(command.arg("--image").arg(site.path(file)))
}

#[test]
fn a_new_story_has_its_picture_beside_it() {
    let site = Site::new(&[]);
    let jpeg = photo(60, 40, 1);
    for (given, bytes, name) in [
        ("in/Kran am Hafen (2).JPG", &jpeg, "kran-am-hafen-2.jpg"),
        ("in/!!!.jpeg", &jpeg, "picture.jpeg"),
        ("in/chart.jpg", &encoded(&scene(60, 40, 1), ImageFormat::Png), "chart.png"),
        ("in/scan.tif", &encoded(&scene(60, 40, 1), ImageFormat::Tiff), "scan.tif"),
    ] {
        site.write(given, bytes);
        let run = new(&site, &format!("Strike {name}"), given);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{given}");
        let story = std::path::Path::new(run.stdout.trim_end());
        assert!(story.ends_with("index.md"), "{}", run.stdout);
        let text = fs::read_to_string(story).unwrap();
        assert!(text.contains(&format!("image:\n  src: \"{name}\"\n  alt: #")), "{text}");
        assert_eq!(&fs::read(story.with_file_name(name)).unwrap(), bytes, "{given}");
        assert_eq!(fs::read(site.path(given)).unwrap(), *bytes, "the file of the photographer stays");
    }
    // The stories are valid as they are, and ask for what is missing once they are published.
    site.build(&["--drafts", "--as-of", "2100-01-01"]);
    assert!(
        site.public().keys().any(|path| path.ends_with("kran-am-hafen-2.jpg")),
        "{:?}",
        site.public().keys()
    );
}

/// The same JPEG with another precision in its frame.
fn twelve_bits(jpeg: &[u8]) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 4] = 12;
    bytes
}

#[test]
fn a_picture_that_a_site_cannot_show_is_refused() {
    let site = Site::new(&[]);
    let jpeg = photo(60, 40, 1);
    for (name, bytes, words) in [
        ("a.heic", &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], "HEIC"),
        ("b.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("c.jpg", b"", "empty"),
        ("d.jpg", &jpeg[..jpeg.len() / 2], "truncated"),
        ("e.png", b"<p>404</p>", "not a picture"),
        // A frame of 12 bits per color.
        ("g.jpg", &twelve_bits(&jpeg), "12 bits per color"),
        ("f.txt", b"text", "not that of a picture"),
    ] {
        site.write(name, bytes);
        let run = new(&site, "Strike", name);
        assert_eq!(run.code, Some(2), "{name}");
        assert!(run.stderr.contains("new/image") && run.stderr.contains(words), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("help:"), "{name}: {}", run.stderr);
    }
    assert_eq!(new(&site, "Strike", "gone.jpg").code, Some(2));
    assert!(!site.path("content").exists(), "{:?}", tree(&site.root).keys());
}

#[test]
fn a_story_is_never_replaced() {
    let site = Site::new(&[]);
    site.write("p.jpg", photo(60, 40, 1));
    site.write("q.jpg", photo(60, 40, 2));
    assert_eq!(new(&site, "Strike", "p.jpg").code, Some(0));
    let before = tree(&site.path("content"));
    let again = new(&site, "Strike", "q.jpg");
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("new/exists"), "{}", again.stderr);
    let mut plain = bulletin();
    plain.args(["new", "Strike", "--section", "local", "--site"]).arg(&site.root);
    assert_eq!(Run::of(&mut plain).code, Some(2), "the same story without a picture");
    assert_eq!(before, tree(&site.path("content")));
}
