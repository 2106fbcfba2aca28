//! A story as plain values for machine-readable formats. URLs are absolute, texts are plain, times are in the zone of
//! the site.

use jiff::{Timestamp, Zoned};

use crate::archive::{Taxonomy, TermId};
use crate::content::markdown::Player;
use crate::content::{ArticleId, CorrectionKind, Genre};
use crate::edition::Edition;
use crate::pictures::DigitalSource;
use crate::plan::{List, MachinePictures, RenditionFile, json_of, middling};
use crate::view::{AuthorView, PictureView, RecordingView, Rights, StoryView, zoned};

/// A story or standing page that readers see.
#[derive(Clone, Debug)]
pub struct Story<'a> {
    /// Its identity, a URI: see [`identity`](crate::view::identity()).
    pub id: String,
    /// Its URL.
    pub url: String,
    /// The URL of its JSON, if the site has that.
    pub json: Option<String>,
    /// Where it first ran, if not here.
    pub syndicated_from: Option<&'a str>,
    /// Its language, a BCP 47 tag.
    pub language: &'a str,
    /// The headline.
    pub title: &'a str,
    /// The label over the headline.
    pub kicker: Option<&'a str>,
    /// The deck, else the beginning of the text; may be empty.
    pub summary: &'a str,
    /// When it was first published, to the second. `None` for a standing page.
    pub published: Option<Zoned>,
    /// When it last changed for readers, corrections included.
    pub modified: Option<Zoned>,
    /// Its section.
    pub section: Option<TermLink<'a>>,
    /// Its tags.
    pub tags: Vec<TermLink<'a>>,
    /// Its series.
    pub series: Option<TermLink<'a>>,
    /// Its authors, in the order of the byline.
    pub authors: Vec<Author<'a>>,
    /// The place of reporting.
    pub dateline: Option<&'a str>,
    /// The agencies that the copy comes from.
    pub sources: &'a [String],
    /// The kind of story.
    pub genre: Genre,
    /// The lead picture.
    pub image: Option<Picture<'a>>,
    /// More pictures, in order.
    pub gallery: Vec<Picture<'a>>,
    /// The sound and the film that lead it.
    pub recordings: Vec<Recording<'a>>,
    /// The corrections, oldest first.
    pub corrections: Vec<CorrectionNote<'a>>,
    /// 1 (flash) to 9.
    pub urgency: Option<u8>,
    /// The number of words in its text.
    pub words: u32,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// Whether this is the notice of a withdrawn story, which has nothing but the headline, dates and corrections. Its
    /// summary is the reason, or empty.
    pub is_withdrawn: bool,
}

/// A section, tag or series.
#[derive(Clone, Debug)]
pub struct TermLink<'a> {
    /// The name that readers see.
    pub name: &'a str,
    /// The URL of its list, if the site has it.
    pub url: Option<String>,
}

/// One name of a byline.
#[derive(Clone, Debug)]
pub struct Author<'a> {
    /// The name, without "By" or a role.
    pub name: &'a str,
    /// The author's list here, else the page that the byline names, else that of the profile.
    pub url: Option<String>,
    /// What they did.
    pub role: Option<&'a str>,
    /// Whether this is a desk or an agency rather than a person.
    pub is_organization: bool,
}

/// A file of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureFile {
    /// Its URL.
    pub url: String,
    /// Width and height in pixels, if known.
    pub size: Option<(u32, u32)>,
}

/// A picture.
#[derive(Clone, Debug, Default)]
pub struct Picture<'a> {
    /// The URL of its file of middling width, for feeds and partners.
    pub url: String,
    /// Width and height of that file in pixels, if known.
    pub size: Option<(u32, u32)>,
    /// The file under its own name, if that is another one.
    pub large: Option<PictureFile>,
    /// The card for social networks, if it could be made.
    pub card: Option<PictureFile>,
    /// The crops for search engines, if they could be made: 1:1, 4:3 and 16:9.
    pub crops: Vec<PictureFile>,
    /// The alternative text.
    pub alt: Option<&'a str>,
    /// The caption.
    pub caption: Option<&'a str>,
    /// The credit.
    pub credit: Option<&'a str>,
    /// Who made it and who owns it.
    pub rights: Rights<'a>,
    /// How it came to be, if that is not a plain photograph.
    pub digital_source: Option<DigitalSource>,
}

/// Sound or film.
#[derive(Clone, Debug)]
pub struct Recording<'a> {
    /// Its file, poster and captions under absolute URLs.
    pub player: Player,
    /// The media type.
    pub media_type: &'static str,
    /// The size of its file in bytes, if known.
    pub length: Option<u64>,
    /// What it is.
    pub title: Option<&'a str>,
    /// How long it is in seconds, if known.
    pub duration: Option<u32>,
    /// The URL of its text.
    pub transcript: Option<String>,
    /// The season of a podcast that it is part of.
    pub season: Option<u32>,
    /// Its number in the podcast or the season.
    pub episode: Option<u32>,
}

/// A correction.
#[derive(Clone, Debug)]
pub struct CorrectionNote<'a> {
    /// When it was made.
    pub date: Zoned,
    /// Its kind.
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
            gallery: view.gallery().filter_map(|picture| Picture::of_gallery(edition, &picture)).collect(),
            recordings: view
                .audio()
                .into_iter()
                .chain(view.video())
                .map(|recording| Recording::new(edition, recording))
                .collect(),
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
        let (settings, urls) = (&edition.config.pictures, edition.plan.urls());
        let file = |file: &RenditionFile| {
            let (url, size) = file.absolute(urls);
            PictureFile { url, size: Some(size) }
        };
        let own = PictureFile { url: picture.url(edition)?, size: picture.size };
        let middling = picture.file.and_then(|file| middling(settings, file)).as_ref().map(file);
        let machine = picture.file.and_then(|file| MachinePictures::new(settings, file, picture.image));
        let (PictureFile { url, size }, large) = match middling {
            Some(middling) => (middling, Some(own)),
            None => (own, None),
        };
        Some(Self {
            url,
            size,
            large,
            card: machine.as_ref().map(|machine| file(&machine.card)),
            crops: machine.iter().flat_map(|machine| &machine.crops).map(file).collect(),
            alt: picture.image.alt.as_deref(),
            caption: picture.image.caption.as_deref(),
            credit: picture.image.credit.as_deref(),
            rights: picture.rights(),
            digital_source: picture.digital_source(),
        })
    }

    /// A picture of a gallery: the site has no card or crops of it.
    fn of_gallery(edition: &Edition, picture: &PictureView<'a>) -> Option<Self> {
        Some(Self { card: None, crops: Vec::new(), ..Self::new(edition, picture)? })
    }
}

impl<'a> Recording<'a> {
    fn new(edition: &Edition, view: RecordingView<'a>) -> Self {
        // `join` also resolves `//host/…` and escapes what must be escaped.
        let whole =
            |url: &str| edition.config.base_url.join(url).map_or_else(|_| url.to_owned(), String::from);
        let RecordingView { player, media_type, length, title, duration, transcript, season, episode } = view;
        let transcript = transcript.map(|url| whole(&url));
        Self {
            player: player.map_urls(whole),
            media_type,
            length,
            title,
            duration,
            transcript,
            season,
            episode,
        }
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
