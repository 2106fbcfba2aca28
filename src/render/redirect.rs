//! A page that sends readers, and search engines, to where a story is now.

use crate::plan::{Destination, Urls};

/// HTML that works without a server's help. Search engines take a refresh without delay for a permanent redirect, and the
/// canonical URL from it; `noindex` would tell them to forget both.
pub(super) fn page(urls: &Urls, to: &Destination) -> String {
    let whole = to.absolute(urls);
    // A part of a page has no canonical URL of its own (RFC 6596, section 3).
    let canonical = whole.split('#').next().unwrap_or_default();
    let (path, canonical) = (escape(&to.path(urls)), escape(canonical));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{canonical}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={path}\">\n<link rel=\"canonical\" href=\"{canonical}\">\n\
         </head>\n<body>\n<p><a href=\"{path}\">{canonical}</a></p>\n</body>\n</html>\n"
    )
}

/// The same at the URL of an XML file, which browsers show like HTML.
pub(super) fn xml(urls: &Urls, to: &Destination) -> String {
    let (path, whole) = (escape(&to.path(urls)), escape(&to.absolute(urls)));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n\
         <title>{whole}</title>\n<meta http-equiv=\"refresh\" content=\"0; url={path}\"/>\n</head>\n\
         <body>\n<p><a href=\"{path}\">{whole}</a></p>\n</body>\n</html>\n"
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
    use crate::plan::Route;

    fn html(base: &str, to: &Destination) -> String {
        page(&Urls::new(&url::Url::parse(base).unwrap()), to)
    }

    #[test]
    fn a_redirect_leads_there_with_and_without_a_browser_that_obeys() {
        let to = Destination::Route(Route::parse("/2026/it's & \"so\"/").unwrap());
        let html = html("https://example.org:8080/news/", &to);
        assert!(html.contains("0; url=/news/2026/it&#39;s%20&amp;%20%22so%22/\""), "{html}");
        assert!(html.contains("rel=\"canonical\" href=\"https://example.org:8080/news/2026/"), "{html}");
    }

    #[test]
    fn search_engines_may_follow_a_redirect() {
        let html = html("https://example.org/", &Destination::Route(Route::root()));
        assert!(html.contains("canonical") && !html.contains("robots"), "{html}");
    }

    #[test]
    fn a_redirect_may_leave_the_site_or_lead_into_a_page() {
        let shop = Destination::Elsewhere("https://shop.example/?a=1&b=<\"'>#c".to_owned());
        let page = html("https://example.org/", &shop);
        assert!(
            page.contains("content=\"0; url=https://shop.example/?a=1&amp;b=&lt;&quot;&#39;&gt;#c\""),
            "{page}"
        );
        assert!(
            page.contains("rel=\"canonical\" href=\"https://shop.example/?a=1&amp;b=&lt;&quot;&#39;&gt;\""),
            "{page}"
        );
        let about = Route::parse("/about/").unwrap();
        let part = html("https://example.org/news/", &Destination::RouteWithSuffix(about, "#us".to_owned()));
        assert!(part.contains("0; url=/news/about/#us\""), "{part}");
        assert!(part.contains("rel=\"canonical\" href=\"https://example.org/news/about/\""), "{part}");
    }
}
