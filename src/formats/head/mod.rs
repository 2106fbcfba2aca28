//! What is said of a page → the part of its `<head>` that machines read: description, canonical URL, wishes to crawlers,
//! alternates, social cards and structured data.
//!
//! All of it in one place and one order, from plain values: a theme gets it with one call, and none can get it wrong.

mod links;
mod social;
mod tags;

use super::schema_org;
use super::{Site, Story};

/// What the head of a page is made from. URLs are absolute.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// The site it is a page of.
    pub site: &'a Site<'a>,
    /// Of the page.
    pub url: String,
    /// Where the same text is to be looked for: the page itself, or where a story first ran. `None`: nowhere, as on the page
    /// that stands for all that are missing.
    pub canonical: Option<String>,
    /// Of the page when it is shared; the site's title on the front page.
    pub title: &'a str,
    /// Of this page, not of the site: search engines take no notice of one that all pages share.
    pub description: Option<&'a str>,
    /// BCP 47 tag of the page.
    pub language: &'a str,
    /// Search engines are asked to leave it out. What is withdrawn or not found is left out anyway.
    pub noindex: bool,
    /// The nearest first, as browsers offer that one.
    pub feeds: &'a [Feed<'a>],
    /// The page in all of its languages, itself included, the original first. Empty if there is but one.
    pub translations: Vec<Translation<'a>>,
    /// URL of the page as JSON.
    pub json: Option<String>,
    /// What it is about.
    pub subject: Subject<'a>,
}

/// A feed that goes with a page.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// As readers are offered it.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// Media type, as `application/rss+xml`.
    pub media_type: &'a str,
}

/// A page in one language.
#[derive(Clone, Debug)]
pub struct Translation<'a> {
    /// BCP 47 tag.
    pub language: &'a str,
    /// Where it is.
    pub url: String,
}

/// What a page is about.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// The whole site.
    Front,
    /// A story.
    Story(Box<Story<'a>>),
    /// A page that is no story: imprint, contact.
    Standing(Box<Story<'a>>),
    /// Stories of a section, tag, author or series, or of a time.
    List(Listing<'a>),
    /// All tags or all authors: the title of the head says which.
    Index,
    /// A story that is no longer told.
    Withdrawn,
    /// The page that is shown for one that is missing.
    NotFound,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// Of the whole list.
    pub name: &'a str,
    /// Of the list's own page, which a numbered page is not.
    pub url: String,
    /// Whom the list is about. `None`: it is not an author's.
    pub author: Option<Profile<'a>>,
    /// The stories of this page, in its order.
    pub stories: Vec<Link<'a>>,
    /// What is above it, from the top: the year of a month, year and month of a day.
    pub parents: Vec<Link<'a>>,
}

/// Who has a list.
#[derive(Clone, Debug)]
pub struct Profile<'a> {
    /// As readers see it.
    pub name: &'a str,
    /// About them.
    pub bio: Option<&'a str>,
    /// Of a page of theirs elsewhere.
    pub url: Option<String>,
    /// Of a picture of them.
    pub image: Option<String>,
    /// A desk or an agency, not a person.
    pub is_organization: bool,
}

/// A page as others name it.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// Headline or name.
    pub name: &'a str,
    /// Where it is.
    pub url: String,
}

impl Head<'_> {
    /// Whether search engines may have the page.
    fn is_indexed(&self) -> bool {
        !self.noindex && !matches!(self.subject, Subject::Withdrawn | Subject::NotFound)
    }
}

/// The HTML of a head, each element on a line of its own: all but `charset`, `viewport`, `<title>`, styles and icons.
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
    // Nothing can be told of a page that stands at no URL of its own.
    if !matches!(head.subject, Subject::NotFound) {
        social::write(&mut out, head);
    }
    tags::meta(&mut out, "generator", "bulletin");
    schema_org::write(&mut out, head);
    out
}

#[cfg(test)]
mod tests;
