//! A page that sends readers, and search engines, to where a story is now.

use crate::plan::{Route, Urls};

/// HTML that works without a server's help. The canonical URL is what search engines take from it.
pub(super) fn page(urls: &Urls, to: &Route) -> String {
    let (path, canonical) = (escape(&urls.path(to)), escape(&urls.absolute(to)));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{canonical}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={path}\">\n<link rel=\"canonical\" href=\"{canonical}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n</head>\n<body>\n<p><a href=\"{path}\">{canonical}</a></p>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let written = pulldown_cmark_escape::escape_html(&mut escaped, text);
    // Writing to a String has no way to fail.
    debug_assert!(written.is_ok());
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_there_with_and_without_a_browser_that_obeys() {
        let urls = Urls::new(&url::Url::parse("https://example.org/").unwrap());
        let html = page(&urls, &Route::parse("/2026/it's & \"so\"/").unwrap());
        assert!(html.contains("0; url=/2026/it&#39;s%20&amp;%20%22so%22/\""), "{html}");
        assert!(html.contains("rel=\"canonical\" href=\"https://example.org/2026/"), "{html}");
    }
}
