//! What tests of importers share.

use std::path::PathBuf;

use crate::config::Config;
use crate::import::topics::OF_NO_SITE;
use crate::import::{Desk, File, Importer, Refusal, Sample, Story};

/// The stories of a text.
fn stories(importer: &dyn Importer, text: &str) -> Result<Vec<Story>, Refusal> {
    let mut config = Config::new("Test", url::Url::parse("https://news.example/").unwrap());
    config.timezone = jiff::tz::TimeZone::get("Europe/Athens").unwrap();
    let desk = Desk {
        config: &config,
        date: None,
        topics: &OF_NO_SITE,
        stories: &crate::import::stories::Stories::default(),
        map: &crate::import::shortcodes::OF_NO_SITE,
    };
    let source = importer.open(None, &desk).unwrap();
    source.read(&File { path: PathBuf::new(), bytes: text.into() }, &desk)
}

/// The only story of a text.
pub(super) fn one(importer: &dyn Importer, text: &str) -> Story {
    assert!(importer.fits(&Sample { name: "copy.xml", head: text }), "it is not recognised");
    let mut all = stories(importer, text).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The value of a field as JSON.
pub(super) fn value(story: &Story, key: &str) -> String {
    story.field(key).map_or("null".to_owned(), |field| field.value.to_string())
}

/// Why a text gives no story, with the place in front.
pub(super) fn refused(importer: &dyn Importer, text: &str) -> String {
    match stories(importer, text) {
        Err(Refusal::Failed(message, Some(at))) => format!("{}:{} {message}", at.line, at.column),
        Err(Refusal::Failed(message, None) | Refusal::Skipped(message)) => message,
        Ok(stories) => format!("{stories:?}"),
    }
}
