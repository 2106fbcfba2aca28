//! What those who write front matter must know of those who read it.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::keys::{self, Meant};
use super::{dates, read};
use crate::config::Config;
use crate::content::{FrontMatter, Source};
use crate::diagnostic::Diagnostic;

/// Our own name of a key, and the place of the key among the names of that field: 0 is our own.
pub(crate) fn own_name(key: &str) -> Option<(&'static str, usize)> {
    let name = keys::find(key)?;
    let (_, names) = keys::FIELDS.get(name.field as usize)?;
    names.first().map(|own| (*own, name.rank))
}

/// The name that an unknown key is close to, if that is one that holds a story back.
pub(crate) fn looks_like_hold(key: &str) -> Option<&'static str> {
    match keys::meant(key) {
        Some(Meant::HoldsBack(name)) => Some(name),
        _ => None,
    }
}

/// What front matter (YAML, without its `---` lines) is read as, and all that is wrong with it. The first part is `None` if it
/// cannot be read at all.
pub(crate) fn reading(yaml: &str, config: &Config) -> (Option<FrontMatter>, Vec<Diagnostic>) {
    let source = Source::new("article.md", &format!("---\n{yaml}\n---\n"));
    let (head, problems) = read(&source, config);
    (head.map(|head| head.front), problems)
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
        assert_eq!(looks_like_hold("hidden"), Some("draft"));
        assert_eq!(looks_like_hold("weight"), None);
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
