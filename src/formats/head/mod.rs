//! A page → the machine-readable part of its `<head>`: description, canonical URL, rules for crawlers, alternates,
//! social cards and structured data.
//!
//! It is written in one place and one order from plain values. A theme inserts it with one call and cannot get it
//! wrong.

mod links;
mod social;
mod tags;

use super::schema_org;
use super::{Site, Story};

/// What the head of a page is written from. URLs are absolute.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// The site of the page.
    pub site: &'a Site<'a>,
    /// The URL of the page.
    pub url: String,
    /// The canonical URL: the page itself, or where a story first ran. `None` for the 404 page.
    pub canonical: Option<String>,
    /// The title when the page is shared; the site's title on the front page.
    pub title: &'a str,
    /// The description of this page, not of the site: search engines ignore one that all pages share.
    pub description: Option<&'a str>,
    /// The language of the page, a BCP 47 tag.
    pub language: &'a str,
    /// Whether search engines are asked to leave it out. Withdrawn stories and the 404 page are left out anyway.
    pub noindex: bool,
    /// The feeds, the most specific first, because browsers offer that one.
    pub feeds: &'a [Feed<'a>],
    /// The page in all its languages, itself included, the original first. Empty if there is only one.
    pub translations: Vec<Translation<'a>>,
    /// The URL of the page as JSON.
    pub json: Option<String>,
    /// What the page is about.
    pub subject: Subject<'a>,
}

/// A feed that belongs to a page.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// The title that readers see.
    pub title: String,
    /// Its URL.
    pub url: String,
    /// The media type, such as `application/rss+xml`.
    pub media_type: &'a str,
}

/// A page in one language.
#[derive(Clone, Debug)]
pub struct Translation<'a> {
    /// The language, a BCP 47 tag.
    pub language: &'a str,
    /// Its URL.
    pub url: String,
}

/// What a page is about.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// The whole site.
    Front,
    /// A story.
    Story(Box<Story<'a>>),
    /// A standing page: imprint, contact.
    Standing(Box<Story<'a>>),
    /// A section, tag, author or series, or a period.
    List(Listing<'a>),
    /// All tags or all authors; the title of the head says which.
    Index,
    /// A withdrawn story.
    Withdrawn,
    /// The 404 page.
    NotFound,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// The name of the list.
    pub name: &'a str,
    /// The URL of the first page of the list.
    pub url: String,
    /// The author, if it is the list of one.
    pub author: Option<Profile<'a>>,
    /// The stories of this page, in its order.
    pub stories: Vec<Link<'a>>,
    /// The parents, from the top: the year of a month, the year and month of a day.
    pub parents: Vec<Link<'a>>,
}

/// The author of a list.
#[derive(Clone, Debug)]
pub struct Profile<'a> {
    /// The name that readers see.
    pub name: &'a str,
    /// The biography.
    pub bio: Option<&'a str>,
    /// The author's page elsewhere.
    pub url: Option<String>,
    /// The URL of a picture.
    pub image: Option<String>,
    /// Whether this is a desk or an agency rather than a person.
    pub is_organization: bool,
}

/// A link to a page.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// The headline or name.
    pub name: &'a str,
    /// The URL.
    pub url: String,
}

impl Head<'_> {
    /// Whether search engines may list the page.
    fn is_indexed(&self) -> bool {
        !self.noindex && !matches!(self.subject, Subject::Withdrawn | Subject::NotFound)
    }
}

/// Writes the HTML of a head, one element per line: everything except `charset`, `viewport`, `<title>`, styles and
/// icons.
pub fn html(head: &Head<'_>) -> String {
    let mut out = String::with_capacity(4096);
    if let Some(description) = head.description {
        tags::meta(&mut out, "description", description);
    }
    if let Subject::Story(story) | Subject::Standing(story) = &head.subject {
        // HTML, "standard metadata names": the name of one of the authors.
        story.authors.iter().for_each(|author| tags::meta(&mut out, "author", author.name));
    }
    links::write(&mut out, head);
    // The 404 page has no URL of its own to share.
    if !matches!(head.subject, Subject::NotFound) {
        social::write(&mut out, head);
    }
    tags::meta(&mut out, "generator", "bulletin");
    schema_org::write(&mut out, head);
    out
}

#[cfg(test)]
mod tests;
