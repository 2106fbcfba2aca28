//! What programs that write front matter must know of how it is read.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::dates;
use super::hints::{self, Hint};
use super::keys::{self, Suggestion};

pub(crate) use super::keys::AS_WRITTEN;

/// The own name of the key that has this name, and the index of this name among all its names: 0 is its own.
pub(crate) fn own_name(key: &str) -> Option<(&'static str, usize)> {
    keys::find(key).map(|name| (name.key.name(), name.rank))
}

/// Whether an unknown key holds its story back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// It does if its value is a date later than the story's.
    IfLate,
}

/// Whether an unknown key with this value, which is not blank, holds its story back.
pub(crate) fn says_hold(key: &str, text: &str, truth: Option<bool>) -> Hold {
    let when = |is_held| if is_held { Hold::Yes } else { Hold::No };
    match keys::suggest(key) {
        Some(Suggestion::HoldsBack("draft")) if keys::same(key, "publish") => {
            return when(truth == Some(false));
        }
        Some(Suggestion::HoldsBack(_)) => return when(truth != Some(false)),
        _ => {}
    }
    match hints::hint(key) {
        _ if hints::is_hidden_state(text) => Hold::Yes,
        Some(Hint::Hides) if hints::is_of_part(key) => Hold::No,
        Some(Hint::Hides) => when(truth != Some(false)),
        Some(Hint::State) => when(!hints::is_public_state(text)),
        Some(Hint::Shows) if truth.is_some() => when(truth == Some(false)),
        Some(Hint::Shows | Hint::Until | Hint::Ends) => Hold::IfLate,
        None => Hold::No,
    }
}

/// Parses a date and time in a form that front matter allows, with the offset if there is one. A date alone is midnight.
pub(crate) fn written_date(text: &str) -> Option<(DateTime, Option<Offset>)> {
    dates::written(text).ok()
}

/// The name of a file without its leading date, if something is left.
pub(crate) fn without_date(name: &str) -> &str {
    dates::strip(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_holds_are_known() {
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
    fn dates_keep_their_offset() {
        let (when, offset) = written_date("2019-05-01T10:30:00+02:00").unwrap();
        assert_eq!(
            (when.to_string().as_str(), offset.map(|o| o.seconds())),
            ("2019-05-01T10:30:00", Some(7200))
        );
        assert_eq!(written_date("2019/5/1").unwrap().0.to_string(), "2019-05-01T00:00:00");
        assert_eq!(written_date("May 1"), None);
    }
}
