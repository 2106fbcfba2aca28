//! `_redirects` and `_headers`, as Netlify and Cloudflare Pages read them → what they do with a path.
//!
//! The preview applies them as a host would, and `bulletin urls --against` follows the redirects.

mod content_type;
mod headers;
mod pattern;
mod redirects;

pub(crate) use content_type::content_type;
pub(crate) use headers::{RegexHeaders, SiteHeaders};
pub(crate) use pattern::is_well_encoded;
pub(crate) use redirects::{Redirect, RedirectRules, RegexRedirect, regex_redirects};
