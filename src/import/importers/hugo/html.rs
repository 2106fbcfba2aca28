//! A page in HTML → Markdown with its shortcodes as they were, for what becomes of these is decided later.

use crate::import::archive::template_tags::{self, Delimiters};
use crate::import::html::{Converted, markdown};

/// Whether files with an extension are HTML.
pub(super) fn is_html(extension: &str) -> bool {
    extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm")
}

/// The same text in Markdown.
pub(super) fn to_markdown(text: &str, kinds: &[Delimiters]) -> Converted {
    let found = template_tags::find(text, kinds);
    // A word that the text does not have stands for each, in texts and in attributes.
    let mut word = "shortcode".to_owned();
    while text.contains(&word) {
        word.push('x');
    }
    let (mut html, mut from) = (String::with_capacity(text.len()), 0);
    for (number, tag) in found.iter().enumerate() {
        html.push_str(text.get(from..tag.range.start).unwrap_or_default());
        html.push_str(&format!("{word}{number}z"));
        from = tag.range.end;
    }
    html.push_str(text.get(from..).unwrap_or_default());
    let converted = markdown(&html, None);
    let mut body = String::with_capacity(converted.body.len());
    let mut rest = converted.body.as_str();
    while let Some((before, behind)) = rest.split_once(&*word) {
        body.push_str(before);
        let known = behind
            .split_once('z')
            .and_then(|(number, behind)| Some((found.get(number.parse::<usize>().ok()?)?, behind)));
        rest = match known {
            Some((tag, behind)) => {
                body.push_str(text.get(tag.range.clone()).unwrap_or_default());
                behind
            }
            None => behind,
        };
    }
    body.push_str(rest);
    Converted { body, ..converted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_of_a_page_in_html_stay_as_they_are() {
        let html = "<p>A shortcode <a href=\"{{< ref \"b_c.md\" >}}\">b</a></p>\n\n{{< figure src=\"a_b.png\" >}}\n<p><em>c</em></p>";
        assert_eq!(
            to_markdown(html, &[Delimiters::Angle]).body,
            "A shortcode [b]({{< ref \"b_c.md\" >}})\n\n{{< figure src=\"a_b.png\" >}}\n\n*c*"
        );
    }
}
