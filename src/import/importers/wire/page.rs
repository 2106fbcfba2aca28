//! A page of HTML that came in place of plain text → a story.

use std::sync::LazyLock;

use regex::Regex;

use super::flow::is_seen;
use crate::import::{Confidence, Identity, Lines, Piece, Story, html};
use crate::slug::slugify;

/// Characters of the longest headline.
const LONGEST_TITLE: usize = 200;

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)<h1\b[^>]*>(?P<head>.*?)</h1>|<title\b[^>]*>(?P<title>.*?)</title>")
        .expect("a pattern that is tested")
});

/// Whether a text is a page of HTML, not copy that mentions it.
pub(super) fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(400).collect::<String>().to_lowercase();
    let starts = ["<!doctype html", "<html", "<head", "<body", "<article", "<div", "<p>", "<h1"];
    starts.iter().any(|tag| start.starts_with(tag))
}

/// Reads a page. All of its text is the body, as nothing tells what of it is the story.
pub(super) fn read(text: &str) -> Story {
    let lines = Lines::new(text);
    let mut story = Story { body: html::markdown(text, None).body, ..Story::default() };
    let all = || TITLE.captures_iter(text);
    let heads = all().filter_map(|found| found.name("head"));
    if let Some(found) = heads.chain(all().filter_map(|found| found.name("title"))).next() {
        let title = html::text(found.as_str());
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if !title.is_empty() {
            // The headline is over the article already.
            if let Some((_, rest)) = story.body.strip_prefix("## ").and_then(|body| body.split_once('\n')) {
                story.body = rest.trim_start().to_owned();
            }
            story.identity = Some(Identity::Derived(slugify(&title)));
            story.set("title", title, Confidence::Explicit, vec![lines.at(found.range())]);
        }
    }
    if story.text("title").is_none()
        && let Some((title, rest)) = first_in_bold(&story.body)
    {
        story.identity = Some(Identity::Derived(slugify(&title)));
        let at = text.find(&title).map(|at| lines.at(at..at + title.len()));
        story.set("title", title, Confidence::Positional, at.into_iter().collect());
        story.body = rest;
    }
    story.body.push('\n');
    story.mark_missing("date");
    if !is_of_word(text) {
        let message = "it is a page of HTML, so all of its text is in the article, with menus and the like";
        story.remark("import/html", message, None);
    }
    if text.chars().any(is_seen) {
        story.pieces.push(Piece { text: text.to_owned(), to: "body", span: lines.at(0..text.len()) });
    }
    if story.identity.is_none() {
        story.identity = Some(Identity::Derived(text.chars().take(200).collect()));
    }
    story
}

/// Whether a word processor wrote it: then it has no menus.
fn is_of_word(text: &str) -> bool {
    [
        "MsoNormal",
        "urn:schemas-microsoft-com:office",
        "content=Word",
        "content=\"LibreOffice",
        "content=\"Microsoft Word",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

/// The first paragraph, if all of it is bold or a heading, as headlines are in documents; and what follows it.
fn first_in_bold(body: &str) -> Option<(String, String)> {
    let (first, rest) = body.trim_start().split_once("\n\n")?;
    let inner = first.strip_prefix("**").and_then(|text| text.strip_suffix("**"));
    let inner = inner
        .or_else(|| first.trim_start_matches('#').strip_prefix(' ').filter(|_| first.starts_with('#')))?;
    let title = inner.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "");
    let is_one = !title.is_empty() && title.chars().count() <= LONGEST_TITLE && !title.contains("**");
    is_one.then(|| (title, rest.trim_start().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::story;

    #[test]
    fn a_page_of_html_is_read_as_one() {
        let page = "<!DOCTYPE html><html><head><title>Port | The Paper</title></head><body><h1>Port <i>shut</i></h1><p>Ferries &amp; trams stayed.</p><script>x()</script></body></html>";
        let story = story(page);
        assert_eq!(story.text("title"), Some("Port shut"));
        assert_eq!(story.body, "Ferries & trams stayed.\n");
        assert_eq!(story.remarks[0].code, "import/html");
    }

    #[test]
    fn the_first_bold_paragraph_of_a_document_is_its_headline() {
        let page = "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><body><p class=MsoNormal><b>Ferry stays in port</b></p><p class=MsoNormal>It sails <b>on Friday</b>.</p></body></html>";
        let story = story(page);
        assert_eq!(story.text("title"), Some("Ferry stays in port"));
        assert_eq!(story.body, "It sails **on Friday**.\n");
        assert!(story.remarks.is_empty(), "{:?}", story.remarks);
    }
}
