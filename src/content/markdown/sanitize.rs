//! Rendered HTML with untrusted raw HTML in it → the same without anything that runs code, styles the page or changes it.
//!
//! All HTML of a text is sanitized at once, because a tag may begin in one piece of raw HTML and end in another. Figures, tables,
//! pictures, sound, film and `https` frames stay: a frame has its own origin and, without styles, cannot cover the page.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::Builder;

/// Elements that are allowed besides ammonia's defaults.
const ELEMENTS: [&str; 9] =
    ["audio", "iframe", "picture", "section", "source", "track", "video", "main", "address"];

/// Attributes that are allowed on all elements.
const OF_ALL: [&str; 8] = ["class", "id", "title", "lang", "dir", "role", "tabindex", "aria-label"];

/// Attributes that are allowed on some elements besides ammonia's defaults.
const ATTRIBUTES: [(&str, &[&str]); 9] = [
    ("img", &["loading", "decoding", "srcset", "sizes", "longdesc"]),
    ("iframe", &["src", "width", "height", "loading", "allowfullscreen"]),
    ("audio", &["src", "controls", "preload", "loop"]),
    ("video", &["src", "controls", "preload", "loop", "poster", "width", "height", "muted", "playsinline"]),
    ("source", &["src", "srcset", "sizes", "type", "media", "width", "height"]),
    ("track", &["src", "kind", "label", "srclang", "default"]),
    ("ol", &["start", "reversed", "type"]),
    ("li", &["value"]),
    ("details", &["open"]),
];

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.add_tags(ELEMENTS).add_generic_attributes(OF_ALL).add_url_schemes(["data"]).link_rel(None);
    for (element, names) in ATTRIBUTES {
        builder.add_tag_attributes(element, names.iter().copied());
    }
    builder.attribute_filter(|element, name, value| filter(element, name, value).map(Cow::Borrowed));
    builder
});

/// The value of an attribute if it is allowed.
fn filter<'v>(element: &str, name: &str, value: &'v str) -> Option<&'v str> {
    let begins = |start: &str| {
        value.trim_start().get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
    };
    let fits = match (element, name) {
        ("iframe", "src") => begins("https://"),
        ("img", "src") => !begins("data:") || begins("data:image/"),
        // Lists of URLs, which ammonia does not check.
        (_, "srcset") => !value.contains("javascript:") && !value.contains("data:"),
        _ => !begins("data:"),
    };
    fits.then_some(value)
}

/// Limit of nested elements, as the work grows with its square.
const DEEPEST: usize = 500;

/// Removes everything that is not allowed.
pub fn sanitize(html: &str) -> String {
    let mut depth = 0_usize;
    let is_too_deep = html.match_indices('<').any(|(at, _)| {
        match html.as_bytes().get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'a'..=b'z' | b'A'..=b'Z') => depth += 1,
            _ => {}
        }
        // Void elements such as pictures have no end tag, so long texts need a higher limit.
        depth > DEEPEST + html.len() / 64
    });
    if is_too_deep {
        let texts = html.split('<').filter_map(|piece| piece.split_once('>').map(|(_, text)| text));
        let text = texts.collect::<String>().replace('>', "&gt;");
        return format!("<p>{}</p>\n", text.trim());
    }
    BUILDER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_styles_are_removed() {
        for (html, expected) in [
            ("<p onclick=x style=color:red class=a>b</p>", "<p class=\"a\">b</p>"),
            ("a<script>alert(1)</script>b", "ab"),
            ("<a href=\"java&#115;cript:x\">a</a>", "<a>a</a>"),
            ("<base href=/x/><meta http-equiv=refresh content=0>a", "a"),
            ("<iframe srcdoc=\"<script>\"></iframe>", "<iframe></iframe>"),
            ("<iframe src=http://a.example/></iframe>", "<iframe></iframe>"),
            ("<iframe src=/a/></iframe>", "<iframe></iframe>"),
            ("<svg onload=x><a xlink:href=javascript:x>t</a></svg>a", "a"),
            ("<img src=\"data:text/html,x\" alt=\"a\">", "<img alt=\"a\">"),
            ("<p title=\"<p>\" onclick=x>a", "<p title=\"&lt;p&gt;\">a</p>"),
        ] {
            assert_eq!(sanitize(html), expected, "{html}");
        }
    }

    #[test]
    fn markup_of_newsrooms_stays() {
        for html in [
            "<figure id=\"f\"><img src=\"/a.png\" alt=\"b\" width=\"2\" height=\"1\" loading=\"lazy\" decoding=\"async\"><figcaption>c</figcaption></figure>",
            "<div class=\"table-scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\" class=\"right\">a</th></tr></thead></table></div>",
            "<sup><a href=\"#fn_1\" id=\"fnref_1\" role=\"doc-noteref\">1</a></sup>",
            "<iframe src=\"https://v.example/1\" width=\"2\" height=\"1\" allowfullscreen=\"\" title=\"t\"></iframe>",
            "<video src=\"/a.mp4\" controls=\"\" poster=\"/a.png\"></video>",
            "<details open=\"\"><summary>a</summary>b</details> <ol start=\"3\"><li>c</li></ol>",
        ] {
            let (mut expected, mut found): (Vec<_>, Vec<_>) = {
                let clean = sanitize(html);
                let words = |html: &str| html.split([' ', '>']).map(str::to_owned).collect::<Vec<_>>();
                (words(html), words(&clean))
            };
            // Ammonia changes the order of attributes.
            expected.sort();
            found.sort();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn endless_nesting_becomes_text() {
        let deep = format!("{}one <b>two</b>", "<i>".repeat(100_000));
        let started = std::time::Instant::now();
        assert!(sanitize(&deep).contains("one"));
        assert!(started.elapsed().as_secs() < 5);
    }
}
