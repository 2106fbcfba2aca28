//! The site at one instant → what machines read of it: feeds, sitemaps, structured data, the static API, and the files by
//! which hosts and partners know it.
//!
//! These are written by typed code, not by templates: that they are well formed must not depend on a theme.

pub mod feed;
pub mod head;
pub mod host_headers;
mod json;
pub mod ninjs;
pub mod portable;
pub mod redirects;
pub mod robots;
mod schema_org;
mod site;
pub mod sitemap;
mod story;
pub mod trust;
pub mod xml;

pub use site::{Publisher, Site};
pub use story::{Author, CorrectionNote, Picture, Story, TermLink};

/// Whether HTML must not have a character: a control that is no white space, or a noncharacter.
fn is_forbidden(char: char) -> bool {
    let is_white = matches!(char, '\t' | '\n' | '\u{c}' | '\r');
    (char.is_control() && !is_white) || is_noncharacter(char)
}

/// Whether Unicode will never assign a character (section 23.7 of the standard).
fn is_noncharacter(char: char) -> bool {
    matches!(char, '\u{fdd0}'..='\u{fdef}') || u32::from(char) & 0xfffe == 0xfffe
}
