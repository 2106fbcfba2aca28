//! A site and a story for the tests of formats.

use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::{Publisher, Site, Story};
use crate::content::Genre;

pub(super) fn site() -> Site<'static> {
    Site {
        title: "The Sample",
        description: None,
        language: "en-GB",
        url: "https://news.example/".to_owned(),
        publisher: Publisher {
            name: "Sample & Co",
            url: Some("https://co.example/".to_owned()),
            logo: Some("https://news.example/logo.png".to_owned()),
            policies: vec![("correctionsPolicy", "https://news.example/corrections/".to_owned())],
        },
    }
}

/// Half past an hour of 22 November 2026 in Athens.
pub(super) fn at(hour: i8) -> Zoned {
    date(2026, 11, 22).at(hour, 30, 0, 0).to_zoned(TimeZone::get("Europe/Athens").unwrap()).unwrap()
}

/// A story with as little as possible.
pub(super) fn bare_story() -> Story<'static> {
    Story {
        id: "tag:news.example,2000:storm".to_owned(),
        url: "https://news.example/2026/11/storm/".to_owned(),
        json: None,
        syndicated_from: None,
        language: "en-GB",
        title: "Storm",
        kicker: None,
        summary: "",
        published: Some(at(9)),
        modified: Some(at(9)),
        section: None,
        tags: Vec::new(),
        series: None,
        authors: Vec::new(),
        dateline: None,
        sources: &[],
        genre: Genre::News,
        image: None,
        gallery: Vec::new(),
        recordings: Vec::new(),
        corrections: Vec::new(),
        urgency: None,
        words: 0,
        noindex: false,
        is_withdrawn: false,
    }
}
