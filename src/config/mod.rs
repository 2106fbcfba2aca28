//! Turns `bulletin.yaml` into a [`Config`]. The types are here, the keys in `keys`, the reader in `parse`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::plain_text;
use crate::site::SiteDir;
use crate::slug::Slugs;
use crate::typography::Typography;

pub mod additions;
pub(crate) mod keys;
mod parse;
mod permalink;
mod podcasts;
pub mod policy;
pub mod publish;

pub use podcasts::{Podcast, PodcastCategory};

pub(crate) use parse::{is_section_slug_free, language_tag, time_zones, web_url};

/// The settings of a site. All have defaults except `title` and `base_url`.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of the publication.
    pub title: String,
    /// The URL of the site: `http` or `https`, ends with `/`, has no query or fragment.
    pub base_url: Url,
    /// One sentence about the publication.
    pub description: Option<String>,
    /// The site's language as a BCP 47 tag. Default: `en`.
    pub language: String,
    /// The authority in generated ids (RFC 4151): a host name. Default: the host of `base_url`.
    pub id_authority: Option<String>,
    /// How slugs are made from text in that language.
    pub slugs: Slugs,
    /// The zone of times without an offset, and of displayed times. Default: UTC.
    pub timezone: TimeZone,
    /// The name of the theme. Default: `broadsheet`.
    pub theme: String,
    /// The pattern of story URLs. Default: `/:year/:month/:slug/`.
    pub permalink: Permalink,
    /// Sections in the order of the navigation. `None`: the sections that articles have.
    pub sections: Option<Vec<Section>>,
    /// Which lists the site has, and how long their pages are.
    pub lists: Lists,
    /// Which feeds the site has.
    pub feeds: Feeds,
    /// Whether articles and lists are also published as JSON. Default: false.
    pub api: bool,
    /// Rules for crawlers.
    pub robots: Vec<CrawlerRules>,
    /// Redirects in addition to the `aliases` of articles.
    pub redirects: Vec<Redirect>,
    /// Files that identify the publisher.
    pub trust: Trust,
    /// The publisher.
    pub publisher: Publisher,
    /// Profiles of authors, by slug.
    pub authors: Vec<AuthorProfile>,
    /// Profiles of tags.
    pub tags: Vec<TagProfile>,
    /// Spellings of tags → their preferred names.
    pub tag_aliases: BTreeMap<String, String>,
    /// How Markdown is rendered.
    pub markdown: Markdown,
    /// How pictures are published.
    pub pictures: Pictures,
    /// The content security policy of the site's pages: bulletin's own, or that of `static/_headers`.
    pub policy: policy::Policy,
    /// Where the site is published.
    pub publish: Vec<publish::PublishTarget>,
    /// The theme's own settings.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The part of the URL, and the name in front matter.
    pub slug: String,
    /// The name that readers see.
    pub title: String,
    /// One sentence about the section.
    pub description: Option<String>,
    /// The podcast that its stories with sound or film are.
    pub podcast: Option<Podcast>,
}

/// Which lists the site has, and how long their pages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    /// The number of stories on a full page, at least 1. Default: 50.
    pub per_page: usize,
    /// Pages of sections. Default: true, as for the others.
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

/// The format of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FeedFormat {
    Rss,
    Atom,
    Json,
    /// RSS with what directories of podcasts need. A list has it if it is a podcast.
    Podcast,
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
    /// Formats of the site's feed. Default: all three.
    pub site: Vec<FeedFormat>,
    /// Formats of the feeds of lists. Default: RSS.
    pub lists: Vec<FeedFormat>,
    /// The kinds of list that have a feed. Default: sections, tags and authors.
    pub of: Vec<FeedOf>,
    /// The maximum number of stories in a feed. Default: 30.
    pub limit: usize,
    /// Whether feeds carry whole stories instead of summaries. Default: true.
    pub full_text: bool,
    /// The absolute URL of a WebSub hub.
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

/// The names of the categories that a podcast may have.
fn podcast_categories() -> Vec<String> {
    PodcastCategory::names().map(str::to_owned).collect()
}

/// Whether schema.org defines a policy. Validators reject others.
pub(crate) fn is_schema_org_policy(name: &str) -> bool {
    keys::POLICY.names().any(|known| known == name)
}

/// The publisher of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publisher {
    /// The name. Default: the title of the site.
    pub name: Option<String>,
    /// The path or URL of a logo.
    pub logo: Option<String>,
    /// The home page.
    pub url: Option<String>,
    /// The paths or URLs of policies by schema.org name: `ethicsPolicy`, `correctionsPolicy`, …
    pub policies: BTreeMap<String, String>,
}

/// The profile of an author. A byline works without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorProfile {
    /// The part of the URL.
    pub slug: String,
    /// The name in bylines.
    pub name: String,
    /// Other and earlier names and slugs. Bylines with one of them belong to the author, and old URLs redirect to the author's page.
    pub aliases: Vec<String>,
    /// A few sentences.
    pub bio: Option<String>,
    /// The author's own page on the web.
    pub url: Option<String>,
    /// The path or URL of a portrait.
    pub image: Option<String>,
    /// Whether this is a desk, an agency or another organization.
    pub is_organization: bool,
}

/// The profile of a tag. A tag works without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagProfile {
    /// The name that readers see. The slug is made from it.
    pub name: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// The podcast that its stories with sound or film are.
    pub podcast: Option<Podcast>,
}

/// Rules for some crawlers (RFC 9309).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrawlerRules {
    /// Product tokens of crawlers, at least one; `*` for all others.
    pub agents: Vec<String>,
    /// Paths that they may read, by their beginning.
    pub allow: Vec<String>,
    /// Paths that they must not read, by their beginning.
    pub disallow: Vec<String>,
}

/// A redirect from an old path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// A path from the root of the site.
    pub from: String,
    /// A path from the root of the site, or an absolute URL elsewhere.
    pub to: String,
    /// Its place in the settings.
    pub place: Place,
}

/// Files that identify the publisher. `None`: the site does not have the file.
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

/// Security contacts (RFC 9116).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityTxt {
    /// URIs (`mailto:`, `https:`, `tel:`), at least one, the preferred one first.
    pub contact: Vec<String>,
    /// When the file goes out of date.
    pub expires: Timestamp,
    /// Field names with URLs or paths of the site.
    pub pages: Vec<(&'static str, String)>,
    /// Tags of the languages that the contacts understand.
    pub languages: Vec<String>,
}

/// How Markdown is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markdown {
    /// Whether straight quotes, `--` and `...` become those of the text's language. Default: true.
    pub smart_punctuation: bool,
    /// How HTML in articles is handled. Default: it is trusted.
    pub raw_html: RawHtml,
}

/// How pictures are published.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Pictures {
    /// The widths of renditions in pixels, in ascending order. Default: 320, 640, 960, 1280 and 1920.
    pub widths: Vec<u32>,
    /// Whether browsers get AVIF besides JPEG. Default: true.
    pub avif: bool,
    /// The quality of renditions, from 1 to 100. Default: 75.
    pub quality: u8,
    /// Which original files readers get. Default: none.
    pub original: PublishedOriginals,
    /// Days for which a rendition that no page needs is kept. Default: 30.
    pub cache_days: u32,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            widths: vec![320, 640, 960, 1280, 1920],
            avif: true,
            quality: 75,
            original: PublishedOriginals::default(),
            cache_days: 30,
        }
    }
}

impl Pictures {
    /// Whether readers may get original files.
    pub fn has_originals(&self) -> bool {
        self.original != PublishedOriginals::Never
    }

    /// The largest width of renditions.
    pub fn widest(&self) -> u32 {
        self.widths.last().copied().unwrap_or(u32::MAX)
    }
}

/// Which original picture files readers get. The location and other private metadata are removed from them, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PublishedOriginals {
    /// None: a file under the name of the original is at most as large as the largest rendition.
    #[default]
    Never,
    /// Those that a text links to.
    Linked,
    /// All.
    Always,
}

/// How HTML in articles is handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RawHtml {
    /// It is kept as it is.
    #[default]
    Trusted,
    /// Whatever runs code or changes the page is removed.
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

/// A valid pattern such as `/:year/:month/:slug/`: literal text and fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permalink(pub Vec<PermalinkPart>);

/// Literal text or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PermalinkPart {
    Text(String),
    Field(PermalinkField),
}

/// The settings of a site and their problems, read once for everything that a command does.
#[derive(Debug)]
pub struct LoadedConfig {
    /// `None` if the file cannot be read or is not a YAML map.
    pub config: Option<Arc<Config>>,
    /// What is wrong with the settings.
    pub problems: Vec<Diagnostic>,
}

impl LoadedConfig {
    /// Reads the settings of a site.
    pub fn load(site: &SiteDir) -> Self {
        let (config, problems) = Config::load(site);
        Self { config: config.map(Arc::new), problems: problems.into_sorted() }
    }

    /// The site's time zone; UTC if the settings cannot be read, which is reported elsewhere.
    pub fn timezone(&self) -> TimeZone {
        self.config.as_ref().map_or(TimeZone::UTC, |config| config.timezone.clone())
    }
}

impl Config {
    /// Returns the slug of a section from its name or slug.
    ///
    /// # Errors
    /// If the site does not have the section.
    pub(crate) fn known_section(&self, name: &str) -> Result<String, Diagnostic> {
        let slug = self.slugs.of(name);
        let Some(sections) = &self.sections else {
            return if slug.is_empty() {
                Err(Diagnostic::fatal("new/section", "the section must have a letter or digit"))
            } else {
                Ok(slug)
            };
        };
        if sections.iter().any(|section| section.slug == slug) {
            return Ok(slug);
        }
        let slugs = || sections.iter().map(|section| section.slug.as_str());
        let problem = Diagnostic::fatal("new/section", format!("unknown section `{name}`"));
        Err(match did_you_mean(&slug, slugs()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("the sections are: {}", slugs().collect::<Vec<_>>().join(", "))),
        })
    }

    /// The typography of a language, by default the site's. `None` if text is published as typed.
    pub fn typography(&self, language: Option<&str>) -> Option<Typography> {
        self.markdown.smart_punctuation.then(|| Typography::of(language.unwrap_or(&self.language)))
    }

    /// Reads the settings of a site. `None` if the file cannot be read or is not a YAML map; other problems are reported and
    /// replaced by defaults.
    pub fn load(site: &SiteDir) -> (Option<Self>, Diagnostics) {
        match crate::site::read(&site.config()) {
            Ok(bytes) => {
                let text =
                    match plain_text::decode("bulletin.yaml", &bytes, ["config/not-text", "config/not-utf8"])
                    {
                        Ok(text) => text,
                        Err(problem) => return (None, problem.into()),
                    };
                let (mut config, problems) = Self::parse(&"bulletin.yaml".into(), &text.into());
                let headers = crate::site::read_text(&site.static_files().join("_headers")).ok();
                if let (Some(config), Some(headers)) = (&mut config, headers) {
                    config.policy = policy::Policy::from_headers(&headers, &config.base_url);
                }
                (config, problems)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let dir = site.root().display();
                let message = format!("no site in `{dir}`: `bulletin.yaml` is missing");
                let problem = Diagnostic::fatal("config/missing", message).help(
                    "pass the folder of the site with `--site DIR`, or start a site with `bulletin init DIR`",
                );
                (None, problem.into())
            }
            Err(error) => {
                let message = format!("cannot read `bulletin.yaml`: {error}");
                (None, Diagnostic::fatal("config/unreadable", message).into())
            }
        }
    }
}
