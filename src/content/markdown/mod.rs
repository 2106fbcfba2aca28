//! Markdown → what it holds ([`outline()`]), and Markdown → HTML ([`to_html`]).
//!
//! An outline is made when a source is read; it is all that the rest of the site needs of a text. The HTML is made
//! when the article's page is: only then are the URLs of other articles known, and a hundred thousand
//! bodies need not be kept.

use pulldown_cmark::{Options, Parser};

mod footnotes;
mod html;
mod outline;
mod raw_html;
mod references;
mod tables;

pub use html::{Target, to_html};
pub use outline::{Heading, Outline, outline};
pub use references::{Reference, ReferenceKind, Written, classify, resolve};

/// Text that ends the summary of an article, as in other generators.
const MORE: &str = "<!--more-->";

fn parser(text: &str, smart_punctuation: bool) -> Parser<'_> {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST;
    options.set(Options::ENABLE_SMART_PUNCTUATION, smart_punctuation);
    Parser::new_ext(text, options)
}
