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
pub use story::{
    Author, Named, Note, Picture, Story, authority, file_url, has_own_id, identity, modified, picture_of,
    zoned,
};

use icu_locale::{LanguageIdentifier, LocaleDirectionality};
use jiff::Zoned;

/// A time as RFC 3339 has it, to the second, with its offset: `2026-11-22T09:30:00+02:00`.
pub fn rfc3339(time: &Zoned) -> String {
    time.timestamp().display_with_offset(time.offset()).to_string()
}

/// The direction of a language, as HTML has it: `rtl` or `ltr`.
pub fn direction(language: &str) -> &'static str {
    let rtl = LanguageIdentifier::try_from_str(language)
        .is_ok_and(|language| LocaleDirectionality::new_common().is_right_to_left(&language));
    if rtl { "rtl" } else { "ltr" }
}

/// Whether HTML must not have a character: a control that is no white space, or a noncharacter.
fn is_forbidden(char: char) -> bool {
    let is_white = matches!(char, '\t' | '\n' | '\u{c}' | '\r');
    (char.is_control() && !is_white) || is_noncharacter(char)
}

/// Whether Unicode will never assign a character (section 23.7 of the standard).
fn is_noncharacter(char: char) -> bool {
    matches!(char, '\u{fdd0}'..='\u{fdef}') || u32::from(char) & 0xfffe == 0xfffe
}
