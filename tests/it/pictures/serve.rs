//! Pictures in the preview: a file that lands beside a story shows at once, although no text changed.

use image::ImageFormat;

use super::{encoded, photo, scene};
use crate::support::Site;
use crate::support::server::{Server, next_event};

const STORY: &str =
    "---\ntitle: T\ndate: 2026-01-01\nimage: {src: lead.jpg, alt: x, credit: Desk}\n---\nText.\n";

/// The URL in a page that contains these words.
fn url_with(page: &str, words: &str) -> Option<String> {
    let mut values = page.split(['"', ' ', ',']).filter(|value| value.contains(words));
    values.next().map(|url| url.trim_start_matches("https://plain.example").to_owned())
}

#[test]
fn a_picture_that_lands_beside_a_story_shows_at_once() {
    let site = Site::new(&[("content/s/index.md", STORY)]);
    site.write(
        "bulletin.yaml",
        "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\npictures: {widths: [100, 200]}\n",
    );
    let server = Server::start(&site, &[]);
    let (page, file) = ("/2026/01/s/", "/2026/01/s/lead.jpg");
    assert_eq!(server.get(file).status, Some(404));
    let (mut events, _) = server.listen(page, &[]);

    // It lands.
    site.write("content/s/lead.jpg", photo(400, 300, 1));
    next_event(&mut events, "page");
    let shown = server.get(page).text();
    assert!(shown.contains("lead.jpg"), "{shown}");
    let first = server.get(file);
    assert_eq!((first.status, first.header("content-type")), (Some(200), Some("image/jpeg")));
    let size = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8().dimensions();
    assert_eq!(size(&first.body), (200, 150), "readers get the widest rendition");
    let rendition = url_with(&shown, "/renditions/");

    // It is replaced by one of another size and another scene.
    site.write("content/s/lead.jpg", photo(400, 400, 2));
    next_event(&mut events, "page");
    let second = server.get(file);
    assert_eq!(size(&second.body), (200, 200));
    let shown = server.get(page).text();
    if let Some(rendition) = rendition {
        assert_ne!(url_with(&shown, "/renditions/").as_ref(), Some(&rendition), "a URL is immutable");
        let old = server.get(&rendition);
        assert!(old.status == Some(404) || size(&old.body) != (200, 200), "an old URL shows the new picture");
    }

    // One that cannot be decoded is reported, and is served as it is.
    let mut damaged = encoded(&scene(400, 300, 3), ImageFormat::Jpeg);
    let at = damaged.windows(2).position(|pair| pair == [0xff, 0xc4]).unwrap();
    damaged[at + 5..at + 21].fill(0xff);
    site.write("content/s/lead.jpg", &damaged);
    next_event(&mut events, "page");
    assert_eq!(server.get(page).status, Some(200));
    assert_eq!(server.get(file).body, damaged);
    let codes = || -> Vec<String> {
        let (_, hello) = server.listen(page, &[]);
        let problems = hello["problems"].as_array().unwrap().clone();
        problems.iter().map(ToString::to_string).collect()
    };
    assert!(codes().iter().any(|problem| problem.contains("image/unreadable")), "{:?}", codes());

    // It is deleted.
    site.remove("content/s/lead.jpg");
    next_event(&mut events, "page");
    assert_eq!(server.get(file).status, Some(404));
    assert!(codes().iter().any(|problem| problem.contains("image/missing")), "{:?}", codes());
    assert!(codes().iter().all(|problem| !problem.contains("image/unreadable")), "{:?}", codes());
}
