//! What an archive says of its site as a whole, before any story: title, zone, sections, authors, redirects.
//!
//! Importers of archives fill it in ([`super::Source::site`]); the import writes it to `bulletin.yaml` where the newsroom has not
//! decided itself. Texts are as readers saw them, entities decoded; URLs of the old site are paths with that of the site in front, encoded.

use std::path::PathBuf;

use super::Remark;

/// The settings of the site that an archive comes from. What it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OldSite {
    /// Name of the paper.
    pub title: Option<String>,
    /// One sentence about it.
    pub description: Option<String>,
    /// Where it was: an absolute URL.
    pub base_url: Option<String>,
    /// BCP 47 tag of its main language.
    pub language: Option<String>,
    /// IANA name of its zone.
    pub timezone: Option<String>,
    /// The pattern of the URLs of most of its stories, as bulletin writes it: `/:year/:month/:slug/`.
    pub permalink: Option<String>,
    /// Its sections, in the order of its navigation if it has one.
    pub sections: Vec<OldList>,
    /// Its tags that have more than a name.
    pub tags: Vec<OldList>,
    /// The profiles of its authors.
    pub authors: Vec<OldAuthor>,
    /// Its menus: the name of each, and what it links to.
    pub menus: Vec<(String, Vec<MenuItem>)>,
    /// Its redirects, and old paths of feeds and other machine files.
    pub redirects: Vec<OldRedirect>,
    /// Settings that change what readers see and have no counterpart here.
    pub remarks: Vec<Remark>,
}

/// A section or tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldList {
    /// What stories call it: the name of its folder, or its part of a URL.
    pub slug: String,
    /// What readers saw.
    pub title: String,
    /// What its page said, as one paragraph of plain text.
    pub description: Option<String>,
    /// Paths of the pages that led to its list, its own first.
    pub urls: Vec<String>,
}

/// An author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldAuthor {
    /// Their part of a URL.
    pub slug: String,
    /// Name as printed.
    pub name: String,
    /// What else stories call them: logins, keys of data files.
    pub aliases: Vec<String>,
    /// A few sentences of plain text.
    pub bio: Option<String>,
    /// Their own page elsewhere.
    pub url: Option<String>,
    /// A picture of them: the file, or the URL it had.
    pub picture: Option<Picture>,
    /// Paths of the pages that led to their stories.
    pub urls: Vec<String>,
}

/// A picture of an author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A file of the archive.
    File(PathBuf),
    /// A path of the old site, or an absolute URL.
    Url(String),
}

/// An entry of a menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuItem {
    /// What readers saw.
    pub title: String,
    /// A path of the old site, or an absolute URL.
    pub url: String,
}

/// An old path and where it led.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldRedirect {
    /// A path of the old site.
    pub from: String,
    /// A path of the old site, or an absolute URL.
    pub to: String,
}
