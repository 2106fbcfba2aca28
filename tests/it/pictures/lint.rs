//! What `bulletin check` says of pictures.

use image::ImageFormat;
use image::imageops::{FilterType, blur, resize};

use super::{encoded, photo, scene, segment, with_segments};
use crate::support::{AS_OF, Run, Site, bulletin};

/// A story with this lead picture.
fn story(title: &str, date: &str, image: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: {date}\nimage: {image}\n---\nText.\n\n{body}\n")
}

/// The code, file and line of each problem of pictures.
fn found(site: &Site) -> Vec<(String, String, u64)> {
    let mut command = bulletin();
    command.args(["check", "--message-format", "json", "--as-of", AS_OF, "--site"]).arg(&site.root);
    let run = Run::of(&mut command);
    let places = run.places().into_iter().filter(|(code, ..)| code.starts_with("image/"));
    places.map(|(code, file, line)| (code, file, line.unwrap_or_default())).collect()
}

fn problem(code: &str, file: &str, line: u64) -> (String, String, u64) {
    (code.to_owned(), file.to_owned(), line)
}

#[test]
fn a_lead_picture_needs_a_text_a_credit_and_a_size() {
    for (image, size, expected) in [
        ("{src: p.jpg, alt: x, credit: Desk}", (1200, 640), &[][..]),
        ("{src: p.jpg, credit: Desk}", (1200, 640), &["image/no-alt"]),
        ("{src: p.jpg, alt: x}", (1200, 640), &["image/no-credit"]),
        ("{src: p.jpg, alt: x, credit: ' '}", (1200, 640), &["image/no-credit"]),
        ("{src: p.jpg, alt: x, credit: Desk}", (1199, 640), &["image/too-small"]),
        // A card of a panorama is as high as the panorama.
        ("{src: p.jpg, alt: x, credit: Desk}", (1400, 300), &["image/too-small"]),
        ("p.jpg", (300, 200), &["image/no-alt", "image/no-credit", "image/too-small"]),
    ] {
        let site = Site::new(&[("content/s/index.md", &story("T", "2026-01-01", image, ""))]);
        site.write("content/s/p.jpg", photo(size.0, size.1, 1));
        let expected: Vec<_> = expected.iter().map(|code| problem(code, "content/s/index.md", 4)).collect();
        assert_eq!(found(&site), expected, "{image} {size:?}");
        // Scheduled stories are checked, drafts are not.
        let later = story("T", "2027-01-01", image, "");
        site.write("content/s/index.md", &later);
        assert_eq!(found(&site), expected, "scheduled: {image} {size:?}");
        site.write("content/s/index.md", later.replace("date:", "draft: true\ndate:"));
        assert_eq!(found(&site), [], "{image}");
    }
    // A drawing needs neither credit nor size.
    let site = Site::new(&[("content/s/index.md", &story("T", "2026-01-01", "{src: p.svg, alt: x}", ""))]);
    site.write("content/s/p.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\"/>");
    assert_eq!(found(&site), []);
}

#[test]
fn a_picture_of_a_gallery_needs_a_text_and_a_credit() {
    for (entry, metadata, expected) in [
        ("{src: p.jpg, alt: x, credit: Desk}", "", &[][..]),
        ("p.jpg", "", &["image/no-alt", "image/no-credit"]),
        ("{src: p.jpg, alt: x}", "", &["image/no-credit"]),
        ("{src: p.jpg, alt: x}", "<dc:creator>Zoë Example</dc:creator>", &[]),
    ] {
        let story = story("T", "2026-01-01", "x", "").replace("image: x", &format!("gallery: [{entry}]"));
        let site = Site::new(&[("content/s/index.md", &story)]);
        let xmp = format!(
            "http://ns.adobe.com/xap/1.0/\0<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
             xmlns:dc='http://purl.org/dc/elements/1.1/'><rdf:Description>{metadata}</rdf:Description></rdf:RDF>"
        );
        let photo = with_segments(&photo(300, 200, 1), &[segment(0xe1, xmp.as_bytes())]);
        site.write("content/s/p.jpg", photo);
        let expected: Vec<_> = expected.iter().map(|code| problem(code, "content/s/index.md", 4)).collect();
        assert_eq!(found(&site), expected, "{entry} {metadata}");
    }
}

#[test]
fn pictures_of_scheduled_stories_are_decoded() {
    let site = Site::new(&[(
        "content/s/index.md",
        &story("T", "2027-01-01", "{src: p.jpg, alt: x, credit: D}", ""),
    )]);
    let mut bytes = photo(1200, 640, 1);
    let at = bytes.windows(2).position(|pair| pair == [0xff, 0xc4]).unwrap();
    bytes[at + 5..at + 21].fill(0xff);
    site.write("content/s/p.jpg", bytes);
    assert_eq!(found(&site), [problem("image/unreadable", "content/s/index.md", 4)]);
}

const LEAD: &str = "{src: p.jpg, alt: x, credit: Desk}";

#[test]
fn a_blurred_photograph_is_a_hint() {
    let site = Site::new(&[("content/s/index.md", &story("T", "2026-01-01", LEAD, ""))]);
    let scene = scene(1200, 640, 1);
    site.write("content/s/p.jpg", encoded(&scene, ImageFormat::Jpeg));
    assert_eq!(found(&site), []);
    let far = resize(
        &blur(&resize(&scene, 300, 160, FilterType::Triangle), 6.0),
        1200,
        640,
        FilterType::CatmullRom,
    );
    site.write("content/s/p.jpg", encoded(&far, ImageFormat::Jpeg));
    assert_eq!(found(&site), [problem("image/blurred", "content/s/index.md", 4)]);
}

#[test]
fn a_picture_in_two_files_or_with_two_credits_is_found() {
    let original = scene(1600, 900, 1);
    let site = Site::new(&[
        ("content/a/index.md", &story("A", "2026-01-01", LEAD, "")),
        ("content/b/index.md", &story("B", "2026-01-02", LEAD, "")),
        ("content/c/index.md", &story("C", "2026-01-03", LEAD, "")),
    ]);
    site.write("content/a/p.jpg", encoded(&original, ImageFormat::Jpeg));
    site.write("content/b/p.jpg", photo(1600, 900, 9));
    site.write("content/c/p.jpg", photo(1600, 900, 14));
    assert_eq!(found(&site), []);
    // The same file in several stories is normal.
    site.write("content/b/p.jpg", encoded(&original, ImageFormat::Jpeg));
    assert_eq!(found(&site), []);
    site.write("content/b/index.md", story("B", "2026-01-02", &LEAD.replace("Desk", "desk."), ""));
    assert_eq!(found(&site), []);
    site.write("content/b/index.md", story("B", "2026-01-02", &LEAD.replace("Desk", "Somebody"), ""));
    assert_eq!(found(&site), [problem("image/other-credit", "content/b/index.md", 4)]);
    // Scaled and saved in another format, it is still the same picture.
    site.write("content/b/index.md", story("B", "2026-01-02", LEAD, ""));
    site.write(
        "content/b/p.jpg",
        encoded(&resize(&original, 1280, 720, FilterType::Lanczos3), ImageFormat::Jpeg),
    );
    assert_eq!(found(&site), [problem("image/duplicate", "content/b/index.md", 4)]);
}

#[test]
fn the_preview_lists_what_a_check_reports_without_decoding() {
    let site = Site::new(&[("content/s/index.md", &story("T", "2026-01-01", "{src: p.jpg}", ""))]);
    site.write("content/s/p.jpg", photo(300, 200, 1));
    let server = crate::support::server::Server::start(&site, &[]);
    let token = server.token();
    let bar = server.get(&format!("/__bulletin/page?token={token}&path=/2026/01/s/")).text();
    for words in ["no credit", "no alternative text", "too few for search engines"] {
        assert!(bar.contains(words), "{words}: {bar}");
    }
}
