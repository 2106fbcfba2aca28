//! The site at one instant → what machines read of it: feeds, sitemaps, structured data, the static API, and the files by
//! which hosts and partners know it.
//!
//! These are written by typed code, not by templates: that they are well formed must not depend on a theme.

mod site;
mod story;

pub use site::{Publisher, Site};
pub use story::{Author, Named, Note, Picture, Story, file_url, identity, modified, zoned};

use jiff::Zoned;

/// A time as RFC 3339 has it, to the second, with its offset: `2026-11-22T09:30:00+02:00`.
pub fn rfc3339(time: &Zoned) -> String {
    time.timestamp().display_with_offset(time.offset()).to_string()
}
