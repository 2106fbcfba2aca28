//! The settings of a site as plain values for machine-readable formats. URLs are absolute.

use crate::config::POLICIES;
use crate::edition::Edition;
use crate::plan::Route;

/// A site.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// The name of the paper.
    pub title: &'a str,
    /// One sentence about it.
    pub description: Option<&'a str>,
    /// Its language, a BCP 47 tag.
    pub language: &'a str,
    /// The URL of its front page.
    pub url: String,
    /// The publisher.
    pub publisher: Publisher<'a>,
}

/// The publisher of a site.
#[derive(Clone, Debug)]
pub struct Publisher<'a> {
    /// The name; that of the site if the settings give none.
    pub name: &'a str,
    /// The home page.
    pub url: Option<String>,
    /// The logo.
    pub logo: Option<String>,
    /// The publisher's policies by their names in schema.org, such as `correctionsPolicy`, with their pages.
    pub policies: Vec<(&'a str, String)>,
}

impl<'a> Site<'a> {
    /// The site of an edition.
    pub fn new(edition: &'a Edition) -> Self {
        let Edition { config, plan, .. } = edition;
        let urls = plan.urls();
        let whole = |written: &str| urls.whole_of_any(written);
        let policies = config.publisher.policies.iter().filter(|(name, _)| POLICIES.contains(&name.as_str()));
        Self {
            title: &config.title,
            description: config.description.as_deref(),
            language: &config.language,
            url: urls.absolute(&Route::root()),
            publisher: Publisher {
                name: config.publisher.name.as_deref().unwrap_or(&config.title),
                url: config.publisher.url.as_deref().map(whole),
                logo: config.publisher.logo.as_deref().map(whole),
                policies: policies.map(|(name, to)| (&**name, whole(to))).collect(),
            },
        }
    }
}
