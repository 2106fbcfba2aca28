//! A post in HTML → HTML that Markdown leaves alone.

/// One block of HTML: Markdown ends a block at a blank line (CommonMark, section 4.6), so there are none in it.
pub(super) fn wrap_in_block(html: &str) -> String {
    let mut block = String::from("<div>\n");
    let mut in_pre = false;
    for line in html.lines() {
        if line.trim().is_empty() {
            if in_pre {
                // A line of its own all the same.
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
    fn blank_lines_go_but_for_those_in_listings() {
        assert_eq!(
            wrap_in_block("<p>a</p>\n\n    <p>*b*</p>\n<pre>c\n\nd</pre>\n\n"),
            "<div>\n<p>a</p>\n    <p>*b*</p>\n<pre>c\n<!-- -->\nd</pre>\n</div>\n"
        );
    }
}
