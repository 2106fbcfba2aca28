//! An HTML post → HTML that Markdown leaves alone.

/// Makes one block of HTML. It must not contain blank lines, because Markdown ends a block there (CommonMark, section 4.6).
pub(super) fn wrap_in_block(html: &str) -> String {
    let mut block = String::from("<div>\n");
    let mut in_pre = false;
    for line in html.lines() {
        if line.trim().is_empty() {
            if in_pre {
                // Keeps the line in the listing.
                block.push_str("<!-- -->\n");
            }
            continue;
        }
        let lower = line.to_ascii_lowercase();
        in_pre = match (lower.rfind("<pre"), lower.rfind("</pre")) {
            (Some(open), Some(close)) => open > close,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => in_pre,
        };
        block.push_str(line.trim_end());
        block.push('\n');
    }
    block.push_str("</div>\n");
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_removed_outside_listings() {
        assert_eq!(
            wrap_in_block("<p>a</p>\n\n    <p>*b*</p>\n<pre>c\n\nd</pre>\n\n"),
            "<div>\n<p>a</p>\n    <p>*b*</p>\n<pre>c\n<!-- -->\nd</pre>\n</div>\n"
        );
    }
}
