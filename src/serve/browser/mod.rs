//! The preview's own files, which are embedded in the program, and the script that it adds to pages.

use include_dir::{Dir, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/serve/browser");

/// A script, style sheet or picture of the preview.
pub(super) fn file(name: &str) -> Option<&'static [u8]> {
    let file = FILES.get_file(name).filter(|_| !name.ends_with(".html"))?;
    Some(file.contents())
}

/// The page of the desk.
pub(super) fn desk(title: &str, token: &str) -> String {
    include_str!("desk.html").replace("{{token}}", token).replace("{{title}}", &escaped(title))
}

/// Adds the preview's script to a page, and nothing else. `state` tells the script which version of the page it is on.
pub(super) fn with_script(html: &[u8], token: &str, state: &str) -> Vec<u8> {
    let script = format!(
        "<script type=\"module\" src=\"/__bulletin/client.js\" data-token=\"{token}\" data-state=\"{state}\"></script>"
    );
    let is_end =
        |at: &usize| html[*at..].len() >= END.len() && html[*at..*at + END.len()].eq_ignore_ascii_case(END);
    // Without an end tag, browsers end the body at the end of the file.
    let at = (0..html.len()).rev().find(is_end).unwrap_or(html.len());
    [&html[..at], script.as_bytes(), &html[at..]].concat()
}

const END: &[u8] = b"</body>";

/// Escapes text for HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_script_is_added_to_a_page() {
        for (html, before) in [
            ("<body>a</body></html>", "<body>a"),
            ("<BODY>a</BODY>", "<BODY>a"),
            ("<p>`</body>` ends a page</body>\n", "<p>`</body>` ends a page"),
            ("no end", "no end"),
            ("", ""),
        ] {
            let page = String::from_utf8(with_script(html.as_bytes(), "t", "s")).unwrap();
            let (start, rest) = page.split_once("<script ").unwrap();
            let (_, end) = rest.split_once("</script>").unwrap();
            assert_eq!((start, format!("{start}{end}").as_str()), (before, html));
        }
    }

    #[test]
    fn a_title_is_escaped() {
        assert!(desk("<b>&\"", "t").contains("&lt;b&gt;&amp;&quot;"));
    }
}
