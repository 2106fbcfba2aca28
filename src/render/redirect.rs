//! A redirect → a page that sends readers and search engines to the new URL.

use crate::plan::{Destination, Urls};

/// A redirect as HTML, for hosts without redirect rules. Search engines treat a refresh without delay as a permanent redirect and
/// follow its canonical URL; `noindex` would make them drop both.
pub(super) fn html(urls: &Urls, to: &Destination) -> String {
    let whole = to.absolute(urls);
    // A canonical URL must not have a fragment (RFC 6596, section 3).
    let canonical = whole.split('#').next().unwrap_or_default();
    let (path, canonical) = (escape(&to.path(urls)), escape(canonical));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{canonical}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={path}\">\n<link rel=\"canonical\" href=\"{canonical}\">\n\
         </head>\n<body>\n<p><a href=\"{path}\">{canonical}</a></p>\n</body>\n</html>\n"
    )
}

/// A redirect at the URL of an XML file, as XHTML that browsers render.
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
    // Writing to a String cannot fail.
    debug_assert!(written.is_ok());
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Route;

    fn rendered(base: &str, to: &Destination) -> String {
        html(&Urls::new(&url::Url::parse(base).unwrap()), to)
    }

    #[test]
    fn a_redirect_has_a_refresh_and_a_canonical_url() {
        let to = Destination::Route(Route::parse("/2026/it's & \"so\"/").unwrap());
        let html = rendered("https://example.org:8080/news/", &to);
        assert!(html.contains("0; url=/news/2026/it&#39;s%20&amp;%20%22so%22/\""), "{html}");
        assert!(html.contains("rel=\"canonical\" href=\"https://example.org:8080/news/2026/"), "{html}");
    }

    #[test]
    fn a_redirect_does_not_stop_search_engines() {
        let html = rendered("https://example.org/", &Destination::Route(Route::root()));
        assert!(html.contains("canonical") && !html.contains("robots"), "{html}");
    }

    #[test]
    fn a_redirect_may_lead_to_another_site_or_a_fragment() {
        let shop = Destination::Elsewhere("https://shop.example/?a=1&b=<\"'>#c".to_owned());
        let page = rendered("https://example.org/", &shop);
        assert!(
            page.contains("content=\"0; url=https://shop.example/?a=1&amp;b=&lt;&quot;&#39;&gt;#c\""),
            "{page}"
        );
        assert!(
            page.contains("rel=\"canonical\" href=\"https://shop.example/?a=1&amp;b=&lt;&quot;&#39;&gt;\""),
            "{page}"
        );
        let about = Route::parse("/about/").unwrap();
        let part =
            rendered("https://example.org/news/", &Destination::RouteWithSuffix(about, "#us".to_owned()));
        assert!(part.contains("0; url=/news/about/#us\""), "{part}");
        assert!(part.contains("rel=\"canonical\" href=\"https://example.org/news/about/\""), "{part}");
    }
}
