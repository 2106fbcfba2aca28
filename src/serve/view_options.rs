//! The view of a browser, that is the time and whether drafts are shown; and the cookie that stores it.

use jiff::Timestamp;

use crate::archive::View;

/// The view of a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ViewOptions {
    /// The time of the site; `None` for the current time.
    pub as_of: Option<Timestamp>,
    /// Whether drafts are shown.
    pub drafts: bool,
}

impl ViewOptions {
    /// The view of the archive at the current time `now`.
    pub(super) fn view(self, now: Timestamp) -> View {
        View { as_of: self.as_of.unwrap_or(now), drafts: self.drafts }
    }

    /// The cookie value, as in `drafts@2026-11-23T04:00:00Z`.
    pub(super) fn to_cookie(self) -> String {
        let drafts = if self.drafts { "drafts" } else { "readers" };
        let as_of = self.as_of.map_or_else(|| "now".to_owned(), |instant| instant.to_string());
        format!("{drafts}@{as_of}")
    }

    /// Parses the value of [`ViewOptions::to_cookie`].
    pub(super) fn from_cookie(value: &str) -> Option<Self> {
        let (drafts, as_of) = value.split_once('@')?;
        let drafts = match drafts {
            "drafts" => true,
            "readers" => false,
            _ => return None,
        };
        let as_of = if as_of == "now" { None } else { Some(as_of.parse().ok()?) };
        Some(Self { as_of, drafts })
    }
}

/// The value of a cookie in the `Cookie` headers of a request.
pub(super) fn cookie<'a>(mut headers: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    headers.find_map(|header| {
        let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_round_trips_through_its_cookie() {
        let as_of = Some("2026-11-23T04:00:00Z".parse().unwrap());
        for options in [
            ViewOptions::default(),
            ViewOptions { as_of, drafts: true },
            ViewOptions { as_of, drafts: false },
        ] {
            let cookies = format!("a=b; view={}", options.to_cookie());
            let value = cookie([cookies.as_str()].into_iter(), "view").unwrap();
            assert_eq!(ViewOptions::from_cookie(value), Some(options));
        }
        for nonsense in ["", "@", "drafts", "drafts@", "readers@tomorrow", "x@now"] {
            assert_eq!(ViewOptions::from_cookie(nonsense), None, "{nonsense}");
        }
    }
}
