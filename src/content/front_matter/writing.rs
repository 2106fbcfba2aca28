//! What those who write front matter must know of those who read it.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::dates;
use super::holding::{self, Sign};
use super::keys::{self, Meant};

/// Our own name of a key, and the place of the key among the names of that field: 0 is our own.
pub(crate) fn own_name(key: &str) -> Option<(&'static str, usize)> {
    let name = keys::find(key)?;
    let (_, names) = keys::FIELDS.get(name.field as usize)?;
    names.first().map(|own| (*own, name.rank))
}

/// What is at the end of the name under which `import` keeps a key that would hold the story back: that it does not is known.
pub(crate) const AS_WRITTEN: &str = "_written";

/// Whether an unknown key says that its story is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// It says nothing of the kind.
    No,
    /// It does.
    Yes,
    /// It does if its value is a date later than that of the story.
    IfLate,
}

/// Parts of a page that themes hide: keys with these words say nothing of the whole story.
const PARTS: [&str; 30] = [
    "ad",
    "ads",
    "author",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "byline",
    "caption",
    "comments",
    "cover",
    "date",
    "description",
    "featured",
    "footer",
    "header",
    "hero",
    "image",
    "menu",
    "meta",
    "nav",
    "newsletter",
    "related",
    "share",
    "sidebar",
    "summary",
    "tags",
    "thumbnail",
    "title",
    "toc",
    "translations",
];

/// What an unknown key with this value, which is not blank, says of its story.
pub(crate) fn says_hold(key: &str, text: &str, truth: Option<bool>) -> Hold {
    let when = |is_held| if is_held { Hold::Yes } else { Hold::No };
    match keys::meant(key) {
        Some(Meant::HoldsBack("draft")) if keys::same(key, "publish") => return when(truth == Some(false)),
        Some(Meant::HoldsBack(_)) => return when(truth != Some(false)),
        _ => {}
    }
    match holding::sign(key) {
        _ if holding::is_state(text) => Hold::Yes,
        Some(Sign::Hides) if holding::words(key).iter().any(|word| PARTS.contains(&&**word)) => Hold::No,
        Some(Sign::Hides) => when(truth != Some(false)),
        Some(Sign::State) => when(!holding::is_public(text)),
        Some(Sign::Shows) if truth.is_some() => when(truth == Some(false)),
        Some(Sign::Shows | Sign::Until | Sign::Ends) => Hold::IfLate,
        None => Hold::No,
    }
}

/// Date and time as written, in a form that front matter may have, with the offset if there is one. A date alone is midnight.
pub(crate) fn written_date(text: &str) -> Option<(DateTime, Option<Offset>)> {
    dates::written(text).ok()
}

/// The name of a file without a date in front, if something is left.
pub(crate) fn without_date(name: &str) -> &str {
    dates::strip(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_our_own() {
        assert_eq!(own_name("headline"), Some(("title", 1)));
        assert_eq!(own_name("LastMod"), Some(("updated", 1)));
        assert_eq!(own_name("weight"), None);
        for (key, value, hold) in [
            ("hidden", "true", Hold::Yes),
            ("hidden", "false", Hold::No),
            ("should_hide_footer_newsletter", "true", Hold::No),
            ("hideTitle", "true", Hold::No),
            ("hide_story", "true", Hold::Yes),
            ("visible", "false", Hold::Yes),
            ("release", "2030-01-01", Hold::IfLate),
            ("stage", "draft", Hold::Yes),
            ("visibility", "members", Hold::Yes),
            ("weight", "3", Hold::No),
        ] {
            assert_eq!(says_hold(key, value, value.parse().ok()), hold, "{key}");
        }
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        let (when, offset) = written_date("2019-05-01T10:30:00+02:00").unwrap();
        assert_eq!(
            (when.to_string().as_str(), offset.map(|o| o.seconds())),
            ("2019-05-01T10:30:00", Some(7200))
        );
        assert_eq!(written_date("2019/5/1").unwrap().0.to_string(), "2019-05-01T00:00:00");
        assert_eq!(written_date("May 1"), None);
    }
}
