//! What programs that write front matter must know of how it is read.

use super::fields;
use super::hints::{self, Hint};
use super::keys::{self, Key, Suggestion};

pub(crate) use super::keys::AS_WRITTEN;

/// The key that has this name, and the index of this name among all its names: 0 is its own.
pub(crate) fn known_key(name: &str) -> Option<(Key, usize)> {
    keys::find(name).map(|name| (name.key, name.rank))
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

/// The names of each key, in the order of the keys: bulletin's own, then those of other generators.
pub(crate) fn names() -> impl Iterator<Item = &'static [&'static str]> {
    keys::KEYS.iter().map(|(_, names)| *names)
}

/// The keys of the maps under a key: bulletin's own, and the others that are accepted.
pub(crate) fn nested_keys(parent: &str) -> Option<(&'static [&'static str], Vec<&'static str>)> {
    let shape = fields::SHAPES.iter().find(|shape| shape.parent == parent)?;
    Some((shape.keys, shape.others.split_whitespace().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_holds_are_known() {
        assert_eq!(known_key("headline"), Some((Key::Title, 1)));
        assert_eq!(known_key("LastMod"), Some((Key::Updated, 1)));
        assert_eq!(known_key("weight"), None);
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
}
