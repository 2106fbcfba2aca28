//! An article → what machines are told of it. URLs are absolute, texts are plain, times are in the site's zone.

use jiff::{Timestamp, Zoned};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::archive::{Taxonomy, TermId, Visibility};
use crate::config::Config;
use crate::content::markdown::{Written, classify};
use crate::content::{Article, ArticleId, Byline, CorrectionKind, Genre, Image};
use crate::edition::Edition;
use crate::plan::{List, folder_of, json_of};

/// Bytes of a path that a tag URI must escape (RFC 4151 takes its characters from the `pchar` of RFC 3986).
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b',');

/// A story or standing page that readers see.
#[derive(Clone, Debug)]
pub struct Story<'a> {
    /// What stays the same whatever else of it changes: see [`identity`].
    pub id: String,
    /// Where it is.
    pub url: String,
    /// Where it is as JSON, if the site has that.
    pub json: Option<String>,
    /// Where it first ran, if not here.
    pub syndicated_from: Option<&'a str>,
    /// BCP 47 tag.
    pub language: &'a str,
    /// Headline.
    pub title: &'a str,
    /// The label over the headline.
    pub kicker: Option<&'a str>,
    /// The line under the headline, else the beginning of the text; may be empty.
    pub summary: &'a str,
    /// When it was first published, to the second. `None`: a standing page.
    pub published: Option<Zoned>,
    /// When it last changed for its readers: the latest of its dates and those of its corrections.
    pub modified: Option<Zoned>,
    /// Its part of the paper.
    pub section: Option<Named<'a>>,
    /// Its topics.
    pub tags: Vec<Named<'a>>,
    /// Its storyline.
    pub series: Option<Named<'a>>,
    /// Who wrote it, in the order of the byline.
    pub authors: Vec<Author<'a>>,
    /// Place of reporting.
    pub dateline: Option<&'a str>,
    /// Agencies the copy comes from.
    pub sources: &'a [String],
    /// The kind of piece.
    pub genre: Genre,
    /// Lead picture.
    pub image: Option<Picture<'a>>,
    /// Corrections, oldest first.
    pub corrections: Vec<Note<'a>>,
    /// 1 (flash) to 9.
    pub urgency: Option<u8>,
    /// Words of the text.
    pub words: u32,
    /// Search engines are asked to leave it out.
    pub noindex: bool,
    /// It is told that the story was withdrawn: of the story itself there is nothing but its headline, its dates and the notes on it.
    /// The summary is the reason, or blank.
    pub is_withdrawn: bool,
}

/// A section, tag or series.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// As readers see it.
    pub name: &'a str,
    /// Of its list, if the site has it.
    pub url: Option<String>,
}

/// One name of a byline.
#[derive(Clone, Debug)]
pub struct Author<'a> {
    /// Without "By" or a role.
    pub name: &'a str,
    /// Of their list here, else of their page elsewhere that the byline names, else of that of their profile.
    pub url: Option<String>,
    /// What they did.
    pub role: Option<&'a str>,
    /// A desk or an agency, not a person.
    pub is_organization: bool,
}

/// A picture.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    /// Where it is.
    pub url: String,
    /// Width and height in pixels, if they are known.
    pub size: Option<(u32, u32)>,
    /// What can be seen.
    pub alt: Option<&'a str>,
    /// The line under it.
    pub caption: Option<&'a str>,
    /// Who made it or owns it.
    pub credit: Option<&'a str>,
}

/// A note about what was wrong.
#[derive(Clone, Debug)]
pub struct Note<'a> {
    /// When it was made.
    pub date: Zoned,
    /// How grave it is.
    pub kind: CorrectionKind,
    /// What was wrong and what is right.
    pub text: &'a str,
}

impl<'a> Story<'a> {
    /// Of an article that readers see, in full or as withdrawn. `None` if they do not.
    pub fn new(edition: &'a Edition, id: ArticleId) -> Option<Self> {
        let notice = Self::notice(edition, id)?;
        if edition.archive.visibility(id) == Visibility::Withdrawn {
            return Some(notice);
        }
        let article = edition.content.get(id);
        let front = &article.front;
        let membership = edition.archive.membership(id);
        let authors = front.authors.iter().zip(&membership.authors);
        Some(Self {
            syndicated_from: front.canonical_url.as_deref().and_then(|url| edition.shown(id, url)),
            title: &front.title,
            kicker: front.kicker.as_deref(),
            summary: front.deck.as_deref().unwrap_or(&article.outline.summary),
            section: membership.section.map(|term| named(edition, Taxonomy::Section, term)),
            tags: membership.tags.iter().map(|term| named(edition, Taxonomy::Tag, *term)).collect(),
            series: membership.series.map(|term| named(edition, Taxonomy::Series, term)),
            authors: authors.map(|(byline, term)| author(edition, id, byline, *term)).collect(),
            dateline: front.dateline.as_deref(),
            sources: &front.source,
            genre: front.genre,
            image: picture_of(edition, id),
            urgency: front.urgency,
            words: article.outline.length.total(),
            noindex: front.noindex,
            is_withdrawn: false,
            ..notice
        })
    }

    /// What is told of an article even if it is withdrawn.
    fn notice(edition: &'a Edition, id: ArticleId) -> Option<Self> {
        let Edition { config, content, archive, plan, .. } = edition;
        let article = content.get(id);
        let front = &article.front;
        let route = plan.article(archive, id)?;
        let json = json_of(route).filter(|_| config.api && !article.is_standing());
        let time = |instant: Timestamp| zoned(config, instant);
        let notes = front.corrections.iter();
        let mut corrections: Vec<Note<'a>> =
            notes.map(|note| Note { date: time(note.date), kind: note.kind, text: &note.text }).collect();
        corrections.sort_by_key(|note| note.date.timestamp());
        let reason = front.withdrawn.as_ref().and_then(|withdrawal| withdrawal.reason.as_deref());
        Some(Self {
            id: identity(config, article),
            url: plan.urls().absolute(route),
            json: json.map(|route| plan.urls().absolute(&route)),
            syndicated_from: None,
            language: front.lang.as_deref().unwrap_or(&config.language),
            title: front.notice_headline(),
            kicker: None,
            summary: reason.unwrap_or_default(),
            published: front.published_at().map(time),
            modified: modified(article, archive.as_of()).map(time),
            section: None,
            tags: Vec::new(),
            series: None,
            authors: Vec::new(),
            dateline: None,
            sources: &[],
            genre: Genre::default(),
            image: None,
            corrections,
            urgency: None,
            words: 0,
            noindex: true,
            is_withdrawn: true,
        })
    }
}

/// When an article last changed for its readers: the latest of its dates, those of its corrections and that of its withdrawal that is
/// not to come yet. `None`: it has no date.
pub fn modified(article: &Article, as_of: Timestamp) -> Option<Timestamp> {
    let front = &article.front;
    let corrections = front.corrections.iter().map(|note| note.date);
    let own = [front.published_at(), front.updated, front.withdrawn_at()].into_iter().flatten();
    own.chain(corrections).filter(|instant| *instant <= as_of).max()
}

/// A time in the site's zone, to the second.
pub fn zoned(config: &Config, instant: Timestamp) -> Zoned {
    let whole = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
    whole.to_zoned(config.timezone.clone())
}

/// The identity of an article, a URI: its `id`, made a tag URI (RFC 4151) if it is no URI, else one of the path of its source.
/// It survives a change of headline, slug or date, as readers' programs take a story with a new identity for a new story.
pub fn identity(config: &Config, article: &Article) -> String {
    let authority = authority(config);
    match &article.front.id {
        Some(id) if is_uri(id) => id.clone(),
        _ => format!("tag:{authority},2000:{}", utf8_percent_encode(&article.identity(), ESCAPED)),
    }
}

/// Who gives the ids that nobody wrote.
pub fn authority(config: &Config) -> &str {
    config.id_authority.as_deref().or(config.base_url.host_str()).unwrap_or("localhost")
}

/// Whether somebody wrote the whole identity of an article.
pub fn has_own_id(article: &Article) -> bool {
    article.front.id.as_deref().is_some_and(is_uri)
}

/// A scheme, and nothing that a URI cannot hold (RFC 3986, section 2).
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_forbidden = |b: u8| !b.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&b);
    is_scheme && !rest.is_empty() && !rest.bytes().any(is_forbidden)
}

/// The path or URL and the size of a file that an article names. `None` if readers must not see it or there is none.
pub fn file_url(edition: &Edition, id: ArticleId, written: &str) -> Option<(String, Option<(u32, u32)>)> {
    let urls = edition.plan.urls();
    match classify(written) {
        Written::File(reference) => {
            let asset = edition.content.get(id).asset(&reference)?;
            let asset = Some(asset).filter(|asset| edition.archive.may_show(&edition.content, asset))?;
            let route = edition.plan.article(&edition.archive, id)?;
            let file = folder_of(route).file(&asset.name).ok()?;
            Some((urls.path(&file), asset.size))
        }
        Written::Unsafe | Written::Fragment(_) | Written::Source { .. } => None,
        _ => edition.shown(id, written).map(|written| (urls.path_of_any(written), None)),
    }
}

/// The lead picture of an article, if readers may see it.
pub fn picture_of(edition: &Edition, id: ArticleId) -> Option<Picture<'_>> {
    picture(edition, id, edition.content.get(id).front.image.as_ref()?)
}

fn named(edition: &Edition, taxonomy: Taxonomy, id: TermId) -> Named<'_> {
    let Edition { archive, plan, .. } = edition;
    let url = plan.list(archive, List::Term(taxonomy, id)).map(|route| plan.urls().absolute(&route));
    Named { name: &archive.terms(taxonomy).get(id).name, url }
}

fn author<'a>(
    edition: &'a Edition,
    article: ArticleId,
    byline: &'a Byline,
    id: Option<TermId>,
) -> Author<'a> {
    let config = &edition.config;
    let own = byline.url.as_deref().and_then(|url| edition.shown(article, url));
    let article = edition.content.get(article);
    let role = byline.role.as_deref();
    let whole = |url: Option<&str>| url.map(|url| edition.plan.urls().whole_of_any(url));
    let (name, url, is_organization) = match id {
        None => (byline.name.as_str(), whole(own), false),
        Some(id) => {
            let term = edition.archive.terms(Taxonomy::Author).get(id);
            let page = named(edition, Taxonomy::Author, id).url;
            (term.name.as_str(), page.or_else(|| whole(own.or(term.url.as_deref()))), term.is_organization)
        }
    };
    let publisher = config.publisher.name.as_deref();
    let mut bodies = article.front.source.iter().map(String::as_str).chain(publisher).chain([&*config.title]);
    let is_organization = is_organization || bodies.any(|body| body.eq_ignore_ascii_case(name));
    Author { name, url, role, is_organization }
}

fn picture<'a>(edition: &'a Edition, id: ArticleId, image: &'a Image) -> Option<Picture<'a>> {
    let (src, size) = file_url(edition, id, image.src.as_deref()?)?;
    // Takes what begins with `//` too, and escapes what must be.
    let url = edition.config.base_url.join(&src).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(Picture {
        url: url.into(),
        size,
        alt: image.alt.as_deref(),
        caption: image.caption.as_deref(),
        credit: image.credit.as_deref(),
    })
}
