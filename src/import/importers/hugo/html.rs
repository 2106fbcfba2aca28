//! An HTML page → Markdown, with its shortcodes unchanged for later steps.

use crate::import::archive::template_tags::{self, Delimiters};
use crate::import::html::{Converted, markdown};

/// Whether an extension is that of HTML.
pub(super) fn is_html(extension: &str) -> bool {
    extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm")
}

/// Converts the page.
pub(super) fn to_markdown(text: &str, kinds: &[Delimiters]) -> Converted {
    let found = template_tags::find(text, kinds);
    // Placeholders that do not occur in the text stand for the shortcodes.
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
    while let Some((before, after)) = rest.split_once(&*word) {
        body.push_str(before);
        let known = after
            .split_once('z')
            .and_then(|(number, after)| Some((found.get(number.parse::<usize>().ok()?)?, after)));
        rest = match known {
            Some((tag, after)) => {
                body.push_str(text.get(tag.range.clone()).unwrap_or_default());
                after
            }
            None => after,
        };
    }
    body.push_str(rest);
    Converted { body, ..converted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_survive_the_conversion() {
        let html = "<p>A shortcode <a href=\"{{< ref \"b_c.md\" >}}\">b</a></p>\n\n{{< figure src=\"a_b.png\" >}}\n<p><em>c</em></p>";
        assert_eq!(
            to_markdown(html, &[Delimiters::Angle]).body,
            "A shortcode [b]({{< ref \"b_c.md\" >}})\n\n{{< figure src=\"a_b.png\" >}}\n\n*c*"
        );
    }
}
