//! An article → what machines are told of it. URLs are absolute, texts are plain, times are in the site's zone.

use jiff::{Timestamp, Zoned};

use crate::archive::{Taxonomy, TermId};
use crate::content::{ArticleId, CorrectionKind, Genre};
use crate::edition::Edition;
use crate::plan::{List, json_of};
use crate::view::{AuthorView, PictureView, StoryView, zoned};

/// A story or standing page that readers see.
#[derive(Clone, Debug)]
pub struct Story<'a> {
    /// Its identity: see [`identity`](crate::view::identity).
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
    pub section: Option<TermLink<'a>>,
    /// Its topics.
    pub tags: Vec<TermLink<'a>>,
    /// Its storyline.
    pub series: Option<TermLink<'a>>,
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
    pub corrections: Vec<CorrectionNote<'a>>,
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
pub struct TermLink<'a> {
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
pub struct CorrectionNote<'a> {
    /// When it was made.
    pub date: Zoned,
    /// How grave it is.
    pub kind: CorrectionKind,
    /// What was wrong and what is right.
    pub text: &'a str,
}

impl<'a> Story<'a> {
    /// The story of an article, in full or as withdrawn. `None` if readers do not see it.
    pub fn new(edition: &'a Edition, id: ArticleId) -> Option<Self> {
        let Edition { config, plan, .. } = edition;
        let view = StoryView::new(edition, id);
        let route = view.route()?;
        let urls = plan.urls();
        let time = |instant: Timestamp| zoned(config, instant);
        let published = view.published().map(|date| time(date.instant));
        let json = json_of(route).filter(|_| config.api && published.is_some());
        let term = |taxonomy| move |id| named(edition, taxonomy, id);
        let notes = view.corrections().into_iter();
        Some(Self {
            id: view.identity(),
            url: urls.absolute(route),
            json: json.map(|route| urls.absolute(&route)),
            syndicated_from: view.syndicated_from(),
            language: view.language(),
            title: view.title(),
            kicker: view.kicker(),
            summary: view.summary().or_else(|| view.withdrawal_reason()).unwrap_or_default(),
            published,
            modified: view.modified().map(time),
            section: view.section().map(term(Taxonomy::Section)),
            tags: view.tags().iter().copied().map(term(Taxonomy::Tag)).collect(),
            series: view.series().map(term(Taxonomy::Series)),
            authors: view.bylines().map(|(byline, id)| author(edition, view.author(byline, id))).collect(),
            dateline: view.dateline(),
            sources: view.sources(),
            // A notice has no genre of its own.
            genre: if view.is_withdrawn() { Genre::default() } else { view.genre() },
            image: view.picture().and_then(|picture| Picture::new(edition, &picture)),
            corrections: notes
                .map(|note| CorrectionNote { date: time(note.date), kind: note.kind, text: &note.text })
                .collect(),
            urgency: view.urgency(),
            words: view.words(),
            noindex: view.noindex(),
            is_withdrawn: view.is_withdrawn(),
        })
    }
}

impl<'a> Picture<'a> {
    /// A picture under its absolute URL. `None` if browsers cannot load it over HTTP.
    pub fn new(edition: &Edition, picture: &PictureView<'a>) -> Option<Self> {
        let PictureView { size, image, .. } = picture;
        Some(Self {
            url: picture.url(edition)?,
            size: *size,
            alt: image.alt.as_deref(),
            caption: image.caption.as_deref(),
            credit: image.credit.as_deref(),
        })
    }
}

fn named(edition: &Edition, taxonomy: Taxonomy, id: TermId) -> TermLink<'_> {
    let Edition { archive, plan, .. } = edition;
    let url = plan.list(archive, List::Term(taxonomy, id)).map(|route| plan.urls().absolute(&route));
    TermLink { name: &archive.terms(taxonomy).get(id).name, url }
}

fn author<'a>(edition: &Edition, author: AuthorView<'a>) -> Author<'a> {
    let AuthorView { name, role, link, is_organization, .. } = author;
    let url = link.map(|link| link.absolute(edition.plan.urls()));
    Author { name, url, role, is_organization }
}
