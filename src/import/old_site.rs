//! The settings of the site that an archive comes from: title, time zone, sections, authors, redirects.
//!
//! Importers of archives provide them ([`super::Source::site`]), and the import adds them to `bulletin.yaml` where the newsroom has not
//! made its own choice. Texts are decoded; URLs of the old site are encoded paths that start with the path of that site.

use std::path::PathBuf;

use super::Remark;

/// The settings of an old site. Unknown ones are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OldSite {
    /// The name of the publication.
    pub title: Option<String>,
    /// A one-sentence description.
    pub description: Option<String>,
    /// Its absolute URL.
    pub base_url: Option<String>,
    /// The BCP 47 tag of its main language.
    pub language: Option<String>,
    /// The IANA name of its time zone.
    pub timezone: Option<String>,
    /// The URL pattern of most of its stories, in bulletin's notation: `/:year/:month/:slug/`.
    pub permalink: Option<String>,
    /// Its sections, in the order of its navigation if there is one.
    pub sections: Vec<OldList>,
    /// Its tags that have more than a name.
    pub tags: Vec<OldList>,
    /// Its authors' profiles.
    pub authors: Vec<OldAuthor>,
    /// Its menus, by name.
    pub menus: Vec<(String, Vec<MenuItem>)>,
    /// Its redirects, including the old paths of feeds and other machine-readable files.
    pub redirects: Vec<OldRedirect>,
    /// Settings that change what readers see and have no counterpart here.
    pub remarks: Vec<Remark>,
}

/// A section or tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldList {
    /// What stories call it: the name of its folder, or its part of a URL.
    pub slug: String,
    /// The displayed title.
    pub title: String,
    /// The text of its page, as one paragraph of plain text.
    pub description: Option<String>,
    /// The paths of its list, the main one first.
    pub urls: Vec<String>,
}

/// An author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldAuthor {
    /// Their part of a URL.
    pub slug: String,
    /// The displayed name.
    pub name: String,
    /// Other names that stories use: logins, keys of data files.
    pub aliases: Vec<String>,
    /// A short biography in plain text.
    pub bio: Option<String>,
    /// Their own website.
    pub url: Option<String>,
    /// Their portrait: a file, or its old URL.
    pub picture: Option<Picture>,
    /// The paths of their lists.
    pub urls: Vec<String>,
}

/// The portrait of an author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A file of the archive.
    File(PathBuf),
    /// A path of the old site, or an absolute URL.
    Url(String),
}

/// A menu item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuItem {
    /// The displayed title.
    pub title: String,
    /// A path of the old site, or an absolute URL.
    pub url: String,
}

/// A redirect of the old site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldRedirect {
    /// A path of the old site.
    pub from: String,
    /// A path of the old site, or an absolute URL.
    pub to: String,
}
