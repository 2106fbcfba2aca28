//! Publishers, authors and agencies → persons and organizations.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Anchor;
use crate::formats::Site;

/// The publisher of the site.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename = "NewsMediaOrganization")]
pub(super) struct Publisher<'a> {
    #[serde(rename = "@id")]
    id: Anchor<'a>,
    name: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<Logo<'a>>,
    #[serde(flatten)]
    policies: Policies<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename = "ImageObject")]
struct Logo<'a> {
    url: &'a str,
}

#[derive(Debug)]
struct Policies<'a>(&'a [(&'a str, String)]);

impl Serialize for Policies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, url) in self.0 {
            map.serialize_entry(name, url)?;
        }
        map.end()
    }
}

/// Describes the publisher of a site.
pub(super) fn publisher<'a>(site: &'a Site<'_>) -> Publisher<'a> {
    let publisher = &site.publisher;
    Publisher {
        id: Anchor(&site.url, "#publisher"),
        name: publisher.name,
        url: publisher.url.as_deref().unwrap_or(&site.url),
        logo: publisher.logo.as_deref().map(|url| Logo { url }),
        policies: Policies(&publisher.policies),
    }
}

/// A person, desk or agency.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agent<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) same_as: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<&'a str>,
}

impl<'a> Agent<'a> {
    /// An agent with only a name.
    pub(super) fn new(name: &'a str, is_organization: bool) -> Self {
        let kind = if is_organization { "Organization" } else { "Person" };
        Self { kind, name, description: None, url: None, same_as: None, image: None }
    }
}
