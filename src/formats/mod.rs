//! Stories, lists and settings → machine-readable formats: feeds, sitemaps, structured data, a static API, and files
//! for hosts and partners.
//!
//! Typed code writes them, not templates, so that no theme can make them invalid.

pub mod feed;
#[cfg(test)]
mod fixtures;
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
pub use story::{Author, CorrectionNote, Picture, PictureFile, Recording, Story, TermLink};

/// Whether HTML forbids a character: a control character other than white space, or a noncharacter.
fn is_forbidden(char: char) -> bool {
    let is_white = matches!(char, '\t' | '\n' | '\u{c}' | '\r');
    (char.is_control() && !is_white) || is_noncharacter(char)
}

/// Whether Unicode will never assign a character (section 23.7 of the standard).
fn is_noncharacter(char: char) -> bool {
    matches!(char, '\u{fdd0}'..='\u{fdef}') || u32::from(char) & 0xfffe == 0xfffe
}
