//! Pages and when they changed → sitemaps (sitemaps.org, protocol 0.9, with Google's extension for images), and their index.

use jiff::Zoned;

use super::xml::{Xml, document};
use crate::view::rfc3339;

mod news;

pub use news::{NewsItem, news};

/// The namespace of sitemaps and of their index.
const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// The namespace of images (developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps).
const IMAGE: &str = "http://www.google.com/schemas/sitemap-image/1.1";
/// The protocol: a URL must be shorter than that.
const LONGEST_URL: usize = 2048;
/// Google's limit.
const MOST_IMAGES: usize = 1000;

/// A page that search engines may know.
#[derive(Clone, Debug)]
pub struct Location {
    /// Absolute.
    pub url: String,
    /// When its content last changed.
    pub modified: Option<Zoned>,
    /// Absolute URLs of its pictures.
    pub images: Vec<String>,
}

/// A sitemap. URLs that are longer than the protocol allows are left out.
pub fn urls(locations: &[Location]) -> Vec<u8> {
    document("urlset", &[("xmlns", Some(SITEMAP)), ("xmlns:image", Some(IMAGE))], |xml| {
        for Location { url, modified, images } in locations.iter().filter(|location| fits(&location.url)) {
            xml.parent("url", &[], |xml| {
                place(xml, url, modified.as_ref());
                for image in images.iter().filter(|image| fits(image)).take(MOST_IMAGES) {
                    xml.parent("image:image", &[], |xml| xml.text("image:loc", image));
                }
            });
        }
    })
}

/// An index of sitemaps: their absolute URLs, and when they last changed.
pub fn index(files: &[(String, Option<Zoned>)]) -> Vec<u8> {
    document("sitemapindex", &[("xmlns", Some(SITEMAP))], |xml| {
        for (url, modified) in files {
            xml.parent("sitemap", &[], |xml| place(xml, url, modified.as_ref()));
        }
    })
}

fn place(xml: &mut Xml, url: &str, modified: Option<&Zoned>) {
    xml.text("loc", url);
    if let Some(time) = modified {
        xml.text("lastmod", &rfc3339(time));
    }
}

/// Whether a URL may stand in a sitemap.
fn fits(url: &str) -> bool {
    url.len() < LONGEST_URL || url.chars().count() < LONGEST_URL
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(url: &str) -> Location {
        Location { url: url.to_owned(), modified: None, images: Vec::new() }
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_sitemap_says_where_pages_are_and_when_they_changed() {
        let story = Location {
            url: "https://x.example:8080/news/a%20&b/".to_owned(),
            modified: Some("2026-11-22T09:30:00+02:00[Europe/Athens]".parse().unwrap()),
            images: vec!["https://x.example/a.jpg?a=1&b=<2>".to_owned()],
        };
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">\n \
            <url>\n  <loc>https://x.example:8080/news/a%20&amp;b/</loc>\n  <lastmod>2026-11-22T09:30:00+02:00</lastmod>\n  \
            <image:image>\n   <image:loc>https://x.example/a.jpg?a=1&amp;b=&lt;2&gt;</image:loc>\n  </image:image>\n </url>\n \
            <url>\n  <loc>https://x.example/</loc>\n </url>\n</urlset>\n";
        assert_eq!(text(urls(&[story, location("https://x.example/")])), expected);
    }

    #[test]
    fn an_index_says_where_sitemaps_are() {
        let files = [
            (
                "https://x.example/sitemaps/2026-11.xml".to_owned(),
                Some("2026-11-22T00:00:00[UTC]".parse().unwrap()),
            ),
            ("https://x.example/sitemaps/pages.xml".to_owned(), None),
        ];
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n \
            <sitemap>\n  <loc>https://x.example/sitemaps/2026-11.xml</loc>\n  \
            <lastmod>2026-11-22T00:00:00+00:00</lastmod>\n </sitemap>\n \
            <sitemap>\n  <loc>https://x.example/sitemaps/pages.xml</loc>\n </sitemap>\n</sitemapindex>\n";
        assert_eq!(text(index(&files)), expected);
    }

    #[test]
    fn what_no_sitemap_may_hold_is_left_out() {
        let long = format!("https://x.example/{}", "ä".repeat(2048));
        let mut story = location("https://x.example/a\u{1}\u{ffff}/");
        story.images = vec![long.clone(); 2];
        story.images.extend((0..1001).map(|number| format!("https://x.example/{number}.jpg")));
        let map = text(urls(&[location(&long), story]));
        assert_eq!(map.matches("<loc>").count(), 1);
        assert!(map.contains("<loc>https://x.example/a/</loc>"));
        assert_eq!(map.matches("<image:loc>").count(), 1000);
        assert!(fits(&"ä".repeat(2047)) && !fits(&"a".repeat(2048)));
    }
}
