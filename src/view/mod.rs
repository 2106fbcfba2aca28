//! An article → the facts of it that readers may see, as one typed view: where it is, who wrote it, its picture, dates
//! and corrections.
//!
//! Templates (`values`) and machine-readable formats (`formats`) both read [`StoryView`], so a rule such as "a page of
//! this site wins over the URL in a byline" is written once. The view borrows everything; nothing is allocated until it
//! is asked for.

mod dates;
mod identity;
mod links;
mod recordings;
mod story;
pub(crate) mod values;

pub use dates::{StoryDate, modified, rfc3339, zoned};
pub use identity::{authority, has_own_id, identity};
pub use links::{Link, file_url};
pub use recordings::{RecordingView, player};
pub use story::{AuthorView, PictureView, Rights, StoryView};

use icu_locale::{LanguageIdentifier, LocaleDirectionality};

/// Returns the text direction of a language as HTML spells it: `rtl` or `ltr`.
pub fn direction(language: &str) -> &'static str {
    let rtl = LanguageIdentifier::try_from_str(language)
        .is_ok_and(|language| LocaleDirectionality::new_common().is_right_to_left(&language));
    if rtl { "rtl" } else { "ltr" }
}
