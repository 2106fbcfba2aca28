//! What a build records of itself for the next one.

use serde::{Deserialize, Serialize};

use crate::manifest::{Fingerprint, Stat};
use crate::query::{AnswerDigest, Query, StoryReference};
use crate::render::{Inputs, Renderer};

/// A page that a build rendered.
#[derive(Debug, Deserialize)]
pub struct PageRecord {
    /// The path of its file in the output folder.
    pub path: Box<str>,
    /// The fingerprints of its inputs; `None` if a source file may have changed without a visible trace.
    pub inputs: Option<Inputs>,
    /// The fingerprints of the queries that it made.
    pub queries: Vec<Fingerprint>,
    /// The stories on a page of a list.
    pub stories: Vec<StoryReference>,
    /// The hash of its bytes.
    pub hash: Fingerprint,
    /// The metadata of its file; `None` if the file may have changed without a visible trace.
    pub stat: Option<Stat>,
}

impl PageRecord {
    /// The URL of the page of an article, or of the first page of a section, tag, author or series.
    pub(super) fn url(&self) -> Option<LostUrl> {
        let (inputs, none) = (self.inputs?, Fingerprint::default());
        if inputs.template == none || !self.path.ends_with(".html") {
            return None;
        }
        // Only the page of an article has both a source and a template.
        let is_list = inputs.source == none;
        let url = format!("/{}", self.path.strip_suffix("index.html").unwrap_or(&self.path));
        let is_of_dates = url.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        let is_first = url.ends_with('/') && url.len() > 1 && !url.contains("/page/") && !is_of_dates;
        (!is_list || (inputs.stories != none && is_first)).then_some(LostUrl { url, is_list })
    }
}

/// A query that pages made, with the digest of its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswerRecord {
    /// The fingerprint of the query.
    pub(super) key: [u8; 8],
    pub(super) query: Query,
    pub(super) answer: AnswerDigest,
    #[serde(skip)]
    pub(super) is_new: bool,
}

/// What the pages of a build have in common.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct BuildRecord {
    /// The settings that all pages share, as JSON.
    pub(super) settings: String,
    /// The fingerprints of the templates' texts, by name.
    pub(super) templates: Vec<(String, Fingerprint)>,
    pub(super) strings: Fingerprint,
    /// The fingerprint of the list of files in the output folder.
    pub(super) file_list: Option<Fingerprint>,
    pub(super) reminders: Reminders,
}

impl BuildRecord {
    pub(super) fn new(renderer: &Renderer, file_list: Option<Fingerprint>, reminders: Reminders) -> Self {
        let theme = renderer.theme();
        let templates = theme.texts().iter().map(|(name, text)| (name.clone(), *text)).collect();
        let settings = renderer.settings().to_owned();
        Self { settings, templates, strings: theme.strings_fingerprint(), file_list, reminders }
    }
}

/// What each build warns about until it is resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminders {
    /// URLs of earlier builds at which there is nothing now.
    pub lost: Vec<LostUrl>,
    /// The authority in the generated ids of stories.
    pub authority: Option<String>,
}

/// A URL of an earlier build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostUrl {
    /// The decoded path from the root of the site.
    pub url: String,
    /// Whether it was the URL of a list, not of a story.
    pub is_list: bool,
}
