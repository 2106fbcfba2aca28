//! The settings of a site → what machines are told of it. URLs are absolute.

use crate::config::is_schema_org_policy;
use crate::edition::Edition;
use crate::plan::Route;

/// A site as machines are told of it.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// Name of the paper.
    pub title: &'a str,
    /// One sentence about it.
    pub description: Option<&'a str>,
    /// BCP 47 tag.
    pub language: &'a str,
    /// Of its front page.
    pub url: String,
    /// Who publishes it.
    pub publisher: Publisher<'a>,
}

/// Who publishes a site.
#[derive(Clone, Debug)]
pub struct Publisher<'a> {
    /// Its name; that of the site if the settings have none.
    pub name: &'a str,
    /// Its home page.
    pub url: Option<String>,
    /// A picture.
    pub logo: Option<String>,
    /// Names of policies that schema.org has, as `correctionsPolicy`, and the pages that have them.
    pub policies: Vec<(&'a str, String)>,
}

impl<'a> Site<'a> {
    /// The site of an edition.
    pub fn new(edition: &'a Edition) -> Self {
        let Edition { config, plan, .. } = edition;
        let urls = plan.urls();
        let whole = |written: &str| urls.whole_of_any(written);
        let policies = config.publisher.policies.iter().filter(|(name, _)| is_schema_org_policy(name));
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
