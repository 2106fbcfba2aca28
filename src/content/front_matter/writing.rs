//! What those who write front matter must know of those who read it.

use super::holding::{self, Sign};
use super::keys::{self, Meant};
use super::{fields, read};
use crate::config::Config;
use crate::content::{FrontMatter, Source};
use crate::diagnostic::Diagnostic;

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

/// What front matter (YAML, without its `---` lines) is read as, and all that is wrong with it. The first part is `None` if it
/// cannot be read at all.
pub(crate) fn reading(yaml: &str, config: &Config) -> (Option<FrontMatter>, Vec<Diagnostic>) {
    let source = Source::new("article.md", &format!("---\n{yaml}\n---\n"));
    let (head, problems) = read(&source, config);
    (head.map(|head| head.front), problems)
}

/// The names of each field, in the order of the fields: bulletin's own, then those of other generators.
pub(crate) fn names() -> impl Iterator<Item = &'static [&'static str]> {
    keys::FIELDS.iter().map(|(_, names)| *names)
}

/// The keys of the maps of a field: bulletin's own, and the others that are accepted.
pub(crate) fn inner_keys(field: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    let shape = fields::SHAPES.iter().find(|shape| shape.what == field)?;
    Some((shape.keys, shape.others))
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
}
