//! An article and an instant → whether readers see it.

use jiff::Timestamp;

use crate::content::{FrontMatter, Status};

/// The instant that a site is built for, and whether drafts are shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The instant that the site is built for.
    pub as_of: Timestamp,
    /// Whether drafts are shown, as in a preview.
    pub drafts: bool,
}

/// What readers see of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// The whole article.
    Shown,
    /// The notice that it was withdrawn.
    Withdrawn,
    /// Nothing.
    Hidden(Reason),
}

/// Why an article is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Reason {
    Draft,
    Withheld,
    Embargoed,
    Scheduled,
    Expired,
}

impl Reason {
    /// Every reason, the most common first.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Embargoed, Self::Scheduled, Self::Expired, Self::Withheld];

    /// The adjective, as in `2 embargoed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Withheld => "withheld",
            Self::Embargoed => "embargoed",
            Self::Scheduled => "scheduled",
            Self::Expired => "expired",
        }
    }
}

/// Decides what readers see of an article. The first reason to hide it wins: a draft stays hidden after its embargo,
/// and a withdrawn story whose embargo has not passed shows no notice.
pub fn visibility(front: &FrontMatter, view: View) -> Visibility {
    let later = |instant: Option<Timestamp>| instant.is_some_and(|instant| instant > view.as_of);
    if front.draft && !view.drafts {
        Visibility::Hidden(Reason::Draft)
    } else if front.status == Status::Withheld {
        Visibility::Hidden(Reason::Withheld)
    } else if later(front.embargo) {
        Visibility::Hidden(Reason::Embargoed)
    } else if later(front.date) {
        Visibility::Hidden(Reason::Scheduled)
    } else if front.expires.is_some_and(|instant| instant <= view.as_of) {
        Visibility::Hidden(Reason::Expired)
    } else if front.status == Status::Withdrawn {
        Visibility::Withdrawn
    } else {
        Visibility::Shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn seen(front: &FrontMatter, as_of: &str) -> Visibility {
        visibility(front, View { as_of: at(as_of), drafts: false })
    }

    #[test]
    fn an_article_is_shown_from_its_last_date_until_it_expires() {
        let front = FrontMatter {
            date: Some(at("2026-01-01T10:00:00Z")),
            embargo: Some(at("2026-01-01T12:00:00Z")),
            expires: Some(at("2026-01-02T00:00:00Z")),
            ..FrontMatter::default()
        };
        assert_eq!(seen(&front, "2026-01-01T09:59:59Z"), Visibility::Hidden(Reason::Embargoed));
        assert_eq!(seen(&front, "2026-01-01T11:59:59Z"), Visibility::Hidden(Reason::Embargoed));
        assert_eq!(seen(&front, "2026-01-01T12:00:00Z"), Visibility::Shown);
        assert_eq!(seen(&front, "2026-01-02T00:00:00Z"), Visibility::Hidden(Reason::Expired));
    }

    #[test]
    fn drafts_are_shown_on_request_but_not_before_their_embargo() {
        let mut front = FrontMatter { draft: true, ..FrontMatter::default() };
        let view = View { as_of: at("2026-01-01T00:00:00Z"), drafts: true };
        assert_eq!(visibility(&front, view), Visibility::Shown);
        front.embargo = Some(at("2027-01-01T00:00:00Z"));
        assert_eq!(visibility(&front, view), Visibility::Hidden(Reason::Embargoed));
    }

    #[test]
    fn a_withdrawn_story_has_a_notice_and_a_withheld_one_does_not() {
        let mut front = FrontMatter { status: Status::Withdrawn, ..FrontMatter::default() };
        assert_eq!(seen(&front, "2026-01-01T00:00:00Z"), Visibility::Withdrawn);
        front.status = Status::Withheld;
        assert_eq!(seen(&front, "2026-01-01T00:00:00Z"), Visibility::Hidden(Reason::Withheld));
    }
}
