//! New stories → a news sitemap (developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).

use jiff::Zoned;

use super::super::xml::document;
use super::{SITEMAP, fits};
use crate::view::rfc3339;

const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// A new story.
#[derive(Clone, Debug)]
pub struct NewsItem<'a> {
    /// Absolute.
    pub url: String,
    /// Name of the paper.
    pub publication: &'a str,
    /// Of the story: a BCP 47 tag.
    pub language: &'a str,
    /// When it was first published.
    pub published: Zoned,
    /// Its headline.
    pub title: &'a str,
}

/// A news sitemap. Those whose URL is longer than sitemaps allow are left out.
pub fn news(items: &[NewsItem<'_>]) -> Vec<u8> {
    document("urlset", &[("xmlns", Some(SITEMAP)), ("xmlns:news", Some(NEWS))], |xml| {
        for item in items.iter().filter(|item| fits(&item.url)) {
            xml.parent("url", &[], |xml| {
                xml.text("loc", &item.url);
                xml.parent("news:news", &[], |xml| {
                    xml.parent("news:publication", &[], |xml| {
                        xml.text("news:name", item.publication);
                        xml.text("news:language", &language(item.language));
                    });
                    xml.text("news:publication_date", &rfc3339(&item.published));
                    xml.text("news:title", item.title);
                });
            });
        }
    })
}

/// What Google takes for a language: its ISO 639 code, and for Chinese one with the script that is written.
fn language(tag: &str) -> String {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let main = parts.next().unwrap_or_default();
    if main != "zh" {
        return main.to_owned();
    }
    let parts: Vec<&str> = parts.collect();
    let is_traditional = match (parts.contains(&"hant"), parts.contains(&"hans")) {
        (false, false) => parts.iter().any(|part| matches!(*part, "tw" | "hk" | "mo")),
        (traditional, _) => traditional,
    };
    if is_traditional { "zh-tw" } else { "zh-cn" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(url: &str) -> NewsItem<'_> {
        NewsItem {
            url: url.to_owned(),
            publication: "Wool & Yarn",
            language: "pt-BR",
            published: "2026-11-22T09:30:00+02:00[Europe/Athens]".parse().unwrap(),
            title: "Prices <up> “again”\u{b}",
        }
    }

    #[test]
    fn a_news_sitemap_names_the_paper_and_the_headline() {
        let map = String::from_utf8(news(&[item("https://x.example/a/?b&c")])).unwrap();
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n \
            <url>\n  <loc>https://x.example/a/?b&amp;c</loc>\n  <news:news>\n   <news:publication>\n    \
            <news:name>Wool &amp; Yarn</news:name>\n    <news:language>pt</news:language>\n   </news:publication>\n   \
            <news:publication_date>2026-11-22T09:30:00+02:00</news:publication_date>\n   \
            <news:title>Prices &lt;up&gt; “again”</news:title>\n  </news:news>\n </url>\n</urlset>\n";
        assert_eq!(map, expected);
    }

    #[test]
    fn a_news_sitemap_may_be_empty_and_leaves_out_what_no_sitemap_may_hold() {
        assert!(String::from_utf8(news(&[])).unwrap().trim_end().ends_with("</urlset>"));
        let long = format!("https://x.example/{}", "a".repeat(2048));
        let items = [item("https://x.example/"), item(&long)];
        assert_eq!(String::from_utf8(news(&items)).unwrap().matches("<loc>").count(), 1);
    }

    #[test]
    fn languages_are_those_that_google_knows() {
        for (tag, code) in [
            ("en", "en"),
            ("pt_BR", "pt"),
            ("EL-gr", "el"),
            ("sr-Latn-RS", "sr"),
            ("yue-HK", "yue"),
            ("zh", "zh-cn"),
            ("zh-Hans-TW", "zh-cn"),
            ("zh-SG", "zh-cn"),
            ("zh-Hant", "zh-tw"),
            ("zh-hant-CN", "zh-tw"),
            ("zh-HK", "zh-tw"),
            ("ZH-tw", "zh-tw"),
        ] {
            assert_eq!(language(tag), code, "{tag}");
        }
    }
}
