//! `bulletin.yaml` → [`Config`]. The types are here, `parse` reads them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::plain_text;
use crate::site::SiteDir;
use crate::slug::Slugs;
use crate::typography::Typography;

pub mod additions;
mod parse;
mod permalink;
pub mod policy;

pub(crate) use parse::{is_section_slug_free, language_tag, web_url};

/// The settings of a site. Everything but `title` and `base_url` has a default.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the paper.
    pub title: String,
    /// Where the site will be: `http` or `https`, with a `/` at the end, without query or fragment.
    pub base_url: Url,
    /// One sentence about the paper.
    pub description: Option<String>,
    /// BCP 47 tag of the site's language. Default `en`.
    pub language: String,
    /// What names the authority of ids that nobody wrote (RFC 4151): a host. Default: that of `base_url`.
    pub id_authority: Option<String>,
    /// How parts of URLs are made of texts in that language.
    pub slugs: Slugs,
    /// The zone of times without an offset, and of the times shown. Default UTC.
    pub timezone: TimeZone,
    /// Name of the theme. Default `broadsheet`.
    pub theme: String,
    /// Pattern of an article's URL. Default `/:year/:month/:slug/`.
    pub permalink: Permalink,
    /// Sections in the order of the navigation. None: whatever sections the articles have.
    pub sections: Option<Vec<Section>>,
    /// Which lists are made, and how long their pages are.
    pub lists: Lists,
    /// Feeds.
    pub feeds: Feeds,
    /// Whether articles and lists are there as JSON too. Default false.
    pub api: bool,
    /// What crawlers are asked.
    pub robots: Vec<CrawlerRules>,
    /// Old paths of the site → a path of the site, or a URL elsewhere. Besides those that articles name.
    pub redirects: Vec<Redirect>,
    /// The files by which others can tell whom they deal with.
    pub trust: Trust,
    /// Who publishes the paper.
    pub publisher: Publisher,
    /// Profiles of authors, by slug.
    pub authors: Vec<AuthorProfile>,
    /// Profiles of tags.
    pub tags: Vec<TagProfile>,
    /// Tags that are one topic: what is written → the preferred name.
    pub tag_aliases: BTreeMap<String, String>,
    /// How Markdown is read.
    pub markdown: Markdown,
    /// What browsers load and run of the site's pages: ours, or that of the site's `static/_headers`.
    pub policy: policy::Policy,
    /// The theme's own settings.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A section of the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its part of the URL, and its name in front matter.
    pub slug: String,
    /// What readers see.
    pub title: String,
    /// One sentence about it.
    pub description: Option<String>,
}

/// Which lists are made, and how long their pages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    /// Stories on a full page. Default 50, at least 1.
    pub per_page: usize,
    /// Pages of sections. Default true, as all of them.
    pub sections: bool,
    /// Pages of tags and their index.
    pub tags: bool,
    /// Pages of authors and their index.
    pub authors: bool,
    /// Pages of series.
    pub series: bool,
    /// Pages of years, months and days.
    pub archives: bool,
}

impl Default for Lists {
    fn default() -> Self {
        Self { per_page: 50, sections: true, tags: true, authors: true, series: true, archives: true }
    }
}

/// A format of feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FeedFormat {
    Rss,
    Atom,
    Json,
}

/// A kind of list that can have a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FeedOf {
    Section,
    Tag,
    Author,
    Series,
}

/// Which feeds a site has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feeds {
    /// Formats of the site's own feed. Default: all three.
    pub site: Vec<FeedFormat>,
    /// Formats of the feed of a list. Default: RSS.
    pub lists: Vec<FeedFormat>,
    /// Which lists have one. Default: sections, tags and authors.
    pub of: Vec<FeedOf>,
    /// Most stories in a feed. Default 30.
    pub limit: usize,
    /// Whole stories, not summaries. Default true.
    pub full_text: bool,
    /// A WebSub hub that tells readers of news: an absolute URL.
    pub hub: Option<String>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self {
            site: vec![FeedFormat::Rss, FeedFormat::Atom, FeedFormat::Json],
            lists: vec![FeedFormat::Rss],
            of: vec![FeedOf::Section, FeedOf::Tag, FeedOf::Author],
            limit: 30,
            full_text: true,
            hub: None,
        }
    }
}

/// Policies that schema.org has a property for, in NewsMediaOrganization or above it. Machines are told of no other: what
/// schema.org does not know nobody reads, and validators complain of it.
pub const POLICIES: [&str; 12] = [
    "actionableFeedbackPolicy",
    "correctionsPolicy",
    "diversityPolicy",
    "diversityStaffingReport",
    "ethicsPolicy",
    "masthead",
    "missionCoveragePrioritiesPolicy",
    "noBylinesPolicy",
    "ownershipFundingInfo",
    "publishingPrinciples",
    "unnamedSourcesPolicy",
    "verificationFactCheckingPolicy",
];

/// Who publishes the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publisher {
    /// Default: the title of the site.
    pub name: Option<String>,
    /// Path or URL of a logo.
    pub logo: Option<String>,
    /// Home page of the publisher.
    pub url: Option<String>,
    /// Policy pages by schema.org name (`ethicsPolicy`, `correctionsPolicy`, …) → path or URL.
    pub policies: BTreeMap<String, String>,
}

/// What the site knows about an author. A byline without a profile works as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorProfile {
    /// Their part of the URL.
    pub slug: String,
    /// Name as printed.
    pub name: String,
    /// Names and slugs that they had: bylines with one of them are theirs, and the old URLs lead to their page.
    pub aliases: Vec<String>,
    /// A few sentences.
    pub bio: Option<String>,
    /// Their own page elsewhere.
    pub url: Option<String>,
    /// Path or URL of a picture of them.
    pub image: Option<String>,
    /// A desk, an agency or another body, not a person.
    pub is_organization: bool,
}

/// What the site knows about a tag. One without a profile works as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagProfile {
    /// Its name as readers see it, which gives it its part of the URL.
    pub name: String,
    /// One sentence about it.
    pub description: Option<String>,
}

/// What some crawlers are asked (RFC 9309).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrawlerRules {
    /// Product tokens of crawlers; `*` for all others. At least one.
    pub agents: Vec<String>,
    /// Beginnings of paths that they may read.
    pub allow: Vec<String>,
    /// Beginnings of paths that they may not read.
    pub disallow: Vec<String>,
}

/// An old path of the site and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// A path from the root of the site.
    pub from: String,
    /// A path from the root of the site, or an absolute URL elsewhere.
    pub to: String,
    /// Where it is written.
    pub place: Place,
}

/// The files by which others can tell whom they deal with. None: the site does not have the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// `/.well-known/security.txt` (RFC 9116).
    pub security: Option<SecurityTxt>,
    /// `/trust.txt` (JournalList): fields in the order of the specification, each with its values.
    pub trust: Option<Vec<(&'static str, Vec<String>)>>,
    /// `/humans.txt`.
    pub humans: Option<String>,
    /// `/ads.txt` (IAB).
    pub ads: Option<String>,
}

/// Whom to tell of a security problem (RFC 9116).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityTxt {
    /// URIs (`mailto:`, `https:`, `tel:`), the preferred one first. At least one.
    pub contact: Vec<String>,
    /// From then on the file is not to be relied on.
    pub expires: Timestamp,
    /// Pages, by field name: URLs, or paths of the site.
    pub pages: Vec<(&'static str, String)>,
    /// Tags of languages that are understood.
    pub languages: Vec<String>,
}

/// How Markdown is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markdown {
    /// Straight quotes, `--` and `...` become those of the text's language. Default true.
    pub smart_punctuation: bool,
    /// What becomes of the HTML in articles. Default: it is trusted.
    pub raw_html: RawHtml,
}

/// What becomes of the HTML in articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RawHtml {
    /// It stays as it is.
    #[default]
    Trusted,
    /// What runs code, styles the page or changes it is left out.
    Sanitized,
}

impl Default for Markdown {
    fn default() -> Self {
        Self { smart_punctuation: true, raw_html: RawHtml::default() }
    }
}

/// A part of a permalink pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PermalinkField {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Section,
    Slug,
}

/// A checked pattern such as `/:year/:month/:slug/`: literal text and fields in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permalink(pub Vec<PermalinkPart>);

/// Literal text or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PermalinkPart {
    Text(String),
    Field(PermalinkField),
}

impl Config {
    /// The slug of a section, from how it was typed.
    ///
    /// # Errors
    /// If the site does not have it.
    pub(crate) fn known_section(&self, written: &str) -> Result<String, Diagnostic> {
        let slug = self.slugs.of(written);
        let Some(sections) = &self.sections else {
            return if slug.is_empty() {
                Err(Diagnostic::fatal("new/section", "this is not a section"))
            } else {
                Ok(slug)
            };
        };
        if sections.iter().any(|section| section.slug == slug) {
            return Ok(slug);
        }
        let slugs = || sections.iter().map(|section| section.slug.as_str());
        let problem = Diagnostic::fatal("new/section", format!("there is no section `{written}`"));
        Err(match did_you_mean(&slug, slugs()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("there are: {}", slugs().collect::<Vec<_>>().join(", "))),
        })
    }

    /// How texts are set, by the article's own language or else the site's. `None` if they stay as they are typed.
    pub fn typography(&self, language: Option<&str>) -> Option<Typography> {
        self.markdown.smart_punctuation.then(|| Typography::of(language.unwrap_or(&self.language)))
    }

    /// Reads the settings of a site. There are none if the file cannot be read or is no YAML map; what else is wrong is
    /// reported and replaced by its default.
    pub fn load(site: &SiteDir) -> (Option<Self>, Diagnostics) {
        match crate::site::read(&site.config()) {
            Ok(bytes) => {
                let text =
                    match plain_text::of("bulletin.yaml", &bytes, ["config/not-text", "config/not-utf8"]) {
                        Ok(text) => text,
                        Err(problem) => return (None, problem.into()),
                    };
                let (mut config, problems) = Self::parse(&"bulletin.yaml".into(), &text.into());
                let headers = crate::site::read_text(&site.static_files().join("_headers")).ok();
                if let (Some(config), Some(headers)) = (&mut config, headers) {
                    config.policy = policy::Policy::of_headers(&headers, &config.base_url);
                }
                (config, problems)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let dir = site.root().display();
                let message = format!("there is no site here: `bulletin.yaml` is not in `{dir}`");
                let problem = Diagnostic::fatal("config/missing", message).help(
                    "name the site's folder with `--site DIR`, or start a site with `bulletin init DIR`",
                );
                (None, problem.into())
            }
            Err(error) => {
                let message = format!("`bulletin.yaml` cannot be read: {error}");
                (None, Diagnostic::fatal("config/unreadable", message).into())
            }
        }
    }
}
