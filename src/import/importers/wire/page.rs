//! An HTML page in place of plain text → a story.

use super::flow::is_visible;
use super::rules;
use crate::content::Key;
use crate::import::{Confidence, Identity, Lines, Piece, Story, html};
use crate::slug::slugify;

/// The maximum number of characters of a headline.
const LONGEST_TITLE: usize = 200;

/// Whether a text is an HTML page, not copy that mentions HTML.
pub(super) fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(400).collect::<String>().to_lowercase();
    let starts = ["<!doctype html", "<html", "<head", "<body", "<article", "<div", "<p>", "<h1"];
    starts.iter().any(|tag| start.starts_with(tag))
}

/// Reads a page. All of its text becomes the body, as nothing marks the story in it.
pub(super) fn read(text: &str) -> Story {
    let lines = Lines::new(text);
    let mut story = Story { body: html::markdown(text, None).body, ..Story::default() };
    let all = || rules::PAGE_TITLE.captures_iter(text);
    let heads = all().filter_map(|captures| captures.name("head"));
    if let Some(group) = heads.chain(all().filter_map(|captures| captures.name("title"))).next() {
        let title = html::text(group.as_str());
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if !title.is_empty() {
            // The body must not repeat the headline.
            if let Some((_, rest)) = story.body.strip_prefix("## ").and_then(|body| body.split_once('\n')) {
                story.body = rest.trim_start().to_owned();
            }
            story.identity = Some(Identity::Derived(slugify(&title)));
            story.set(Key::Title, title, Confidence::Explicit, vec![lines.at(group.range())]);
        }
    }
    if story.text(Key::Title).is_none()
        && let Some((title, rest)) = first_in_bold(&story.body)
    {
        story.identity = Some(Identity::Derived(slugify(&title)));
        let at = text.find(&title).map(|at| lines.at(at..at + title.len()));
        story.set(Key::Title, title, Confidence::Positional, at.into_iter().collect());
        story.body = rest;
    }
    story.body.push('\n');
    story.mark_missing(Key::Date);
    if !is_word_document(text) {
        let message = "the file is an HTML page, so menus and other page text may be in the story";
        story.remark("import/html", message, None);
    }
    if text.chars().any(is_visible) {
        story.pieces.push(Piece { text: text.to_owned(), to: "body", span: lines.at(0..text.len()) });
    }
    if story.identity.is_none() {
        story.identity = Some(Identity::Derived(text.chars().take(200).collect()));
    }
    story
}

/// Whether a word processor wrote the page, so that it has no menus.
fn is_word_document(text: &str) -> bool {
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

/// The first paragraph, if it is bold or a heading as headlines are, and the text after it.
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
    use crate::content::Key;

    #[test]
    fn an_html_page_is_imported() {
        let page = "<!DOCTYPE html><html><head><title>Port | The Paper</title></head><body><h1>Port <i>shut</i></h1><p>Ferries &amp; trams stayed.</p><script>x()</script></body></html>";
        let story = story(page);
        assert_eq!(story.text(Key::Title), Some("Port shut"));
        assert_eq!(story.body, "Ferries & trams stayed.\n");
        assert_eq!(story.remarks[0].code, "import/html");
    }

    #[test]
    fn the_first_bold_paragraph_of_a_document_becomes_the_headline() {
        let page = "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><body><p class=MsoNormal><b>Ferry stays in port</b></p><p class=MsoNormal>It sails <b>on Friday</b>.</p></body></html>";
        let story = story(page);
        assert_eq!(story.text(Key::Title), Some("Ferry stays in port"));
        assert_eq!(story.body, "It sails **on Friday**.\n");
        assert!(story.remarks.is_empty(), "{:?}", story.remarks);
    }
}
