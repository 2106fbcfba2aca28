//! The typed view of a story.

use jiff::Timestamp;

use super::dates::{StoryDate, modified};
use super::identity::identity;
use super::links::{Link, file_url};
use super::recordings::RecordingView;
use crate::archive::{Membership, Taxonomy, TermId, Visibility};
use crate::content::{Article, ArticleId, Byline, Correction, FrontMatter, Genre, Image};
use crate::edition::Edition;
use crate::pictures::{DigitalSource, Metadata};
use crate::plan::{List, NamedPicture, Route};

/// A story or standing page as its readers may see it. Of a withdrawn story only the notice is left: its headline, its
/// dates and the notes on it; everything else is empty.
#[derive(Clone, Copy, Debug)]
pub struct StoryView<'a> {
    edition: &'a Edition,
    id: ArticleId,
    article: &'a Article,
    /// What readers see only of a story that was not withdrawn.
    shown: Option<(&'a Article, &'a Membership)>,
}

/// One name of a byline.
#[derive(Clone, Debug)]
pub struct AuthorView<'a> {
    /// The name, without "By" or a role.
    pub name: &'a str,
    /// The slug of the author's list.
    pub slug: Option<&'a str>,
    /// What they did.
    pub role: Option<&'a str>,
    /// Their list on this site, else the page that the byline names, else that of their profile.
    pub link: Option<Link<'a>>,
    /// Whether this is a desk or an agency rather than a person.
    pub is_organization: bool,
}

/// Who made a picture and who owns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights<'a> {
    /// Who created it.
    pub creator: Option<&'a str>,
    /// The copyright notice.
    pub copyright: Option<&'a str>,
    /// The URL of its license or rights statement.
    pub license: Option<&'a str>,
}

/// The lead picture of a story.
#[derive(Clone, Debug)]
pub struct PictureView<'a> {
    /// Its path on this site, or its URL elsewhere.
    pub src: String,
    /// Width and height in pixels, if known.
    pub size: Option<(u32, u32)>,
    /// Its texts and its focus.
    pub image: &'a Image,
    /// The file, if it belongs to the story or is in `static/`.
    pub file: Option<NamedPicture<'a>>,
}

impl<'a> StoryView<'a> {
    /// Views an article that readers see, in full or as withdrawn.
    pub fn new(edition: &'a Edition, id: ArticleId) -> Self {
        let article = edition.content.get(id);
        consider_every_field(&article.front);
        let is_withdrawn = edition.archive.visibility(id) == Visibility::Withdrawn;
        let shown = (!is_withdrawn).then(|| (article, edition.archive.membership(id)));
        Self { edition, id, article, shown }
    }

    fn front(&self) -> &'a FrontMatter {
        &self.article.front
    }

    fn shown_front(&self) -> Option<&'a FrontMatter> {
        self.shown.map(|(article, _)| &article.front)
    }

    fn membership(&self) -> Option<&'a Membership> {
        self.shown.map(|(_, membership)| membership)
    }

    /// Whether only the notice of its withdrawal is left.
    pub fn is_withdrawn(&self) -> bool {
        self.shown.is_none()
    }

    /// Where it is. `None` if it has no URL or readers do not see it.
    pub fn route(&self) -> Option<&'a Route> {
        self.edition.plan.article(&self.edition.archive, self.id)
    }

    /// Its identity in feeds.
    pub fn identity(&self) -> String {
        identity(&self.edition.config, self.article)
    }

    /// Where it first ran, if not here.
    pub fn syndicated_from(&self) -> Option<&'a str> {
        self.edition.shown(self.id, self.shown_front()?.canonical_url.as_deref()?)
    }

    /// Its language, a BCP 47 tag.
    pub fn language(&self) -> &'a str {
        self.front().lang.as_deref().unwrap_or(&self.edition.config.language)
    }

    /// The last part of its URL.
    pub fn slug(&self) -> &'a str {
        &self.article.slug
    }

    /// The headline, or that of the notice.
    pub fn title(&self) -> &'a str {
        if self.is_withdrawn() { self.front().notice_headline() } else { &self.front().title }
    }

    /// The line over the headline.
    pub fn kicker(&self) -> Option<&'a str> {
        self.shown_front()?.kicker.as_deref()
    }

    /// The line under the headline.
    pub fn deck(&self) -> Option<&'a str> {
        self.shown_front()?.deck.as_deref()
    }

    /// The deck, else the beginning of the text, which may be empty.
    pub fn summary(&self) -> Option<&'a str> {
        self.deck().or_else(|| Some(&*self.shown?.0.outline.summary))
    }

    /// The place of reporting.
    pub fn dateline(&self) -> Option<&'a str> {
        self.shown_front()?.dateline.as_deref()
    }

    /// When it was first published. `None` for a standing page.
    pub fn published(&self) -> Option<StoryDate> {
        let instant = self.front().published_at()?;
        Some(StoryDate { instant, is_day: self.front().published_on_day() })
    }

    /// The last significant change that its front matter names.
    pub fn updated(&self) -> Option<StoryDate> {
        Some(StoryDate { instant: self.front().updated?, is_day: self.front().updated_is_day })
    }

    /// When it last changed for its readers: see [`modified`].
    pub fn modified(&self) -> Option<Timestamp> {
        modified(self.article, self.edition.archive.as_of())
    }

    /// When it was withdrawn, if it was and anything says when.
    pub fn withdrawn(&self) -> Option<Timestamp> {
        self.front().withdrawn_at()
    }

    /// Why it was withdrawn.
    pub fn withdrawal_reason(&self) -> Option<&'a str> {
        self.front().withdrawn.as_ref().filter(|_| self.is_withdrawn())?.reason.as_deref()
    }

    /// The section.
    pub fn section(&self) -> Option<TermId> {
        self.membership()?.section
    }

    /// The tags, in the order written.
    pub fn tags(&self) -> &'a [TermId] {
        self.membership().map_or(&[], |membership| &membership.tags)
    }

    /// The series.
    pub fn series(&self) -> Option<TermId> {
        self.membership()?.series
    }

    /// The bylines and the authors that they name, in the order written.
    pub fn bylines(&self) -> impl Iterator<Item = (&'a Byline, Option<TermId>)> {
        let bylines = self.shown.map(|(article, membership)| {
            article.front.authors.iter().zip(membership.authors.iter().copied())
        });
        bylines.into_iter().flatten()
    }

    /// The author that a byline of this story names.
    pub fn author(&self, byline: &'a Byline, id: Option<TermId>) -> AuthorView<'a> {
        let own = byline.url.as_deref().and_then(|url| self.edition.shown(self.id, url));
        let author = match id {
            Some(id) => AuthorView::new(self.edition, id, own),
            None => AuthorView {
                name: &byline.name,
                slug: None,
                role: None,
                link: own.map(Link::Written),
                is_organization: false,
            },
        };
        let config = &self.edition.config;
        let agencies = self.sources().iter().map(String::as_str);
        let mut bodies = agencies.chain(config.publisher.name.as_deref()).chain([&*config.title]);
        let is_organization =
            author.is_organization || bodies.any(|body| body.eq_ignore_ascii_case(author.name));
        AuthorView { role: byline.role.as_deref(), is_organization, ..author }
    }

    /// The agencies that the copy comes from.
    pub fn sources(&self) -> &'a [String] {
        self.shown_front().map_or(&[], |front| &front.source)
    }

    /// The kind of story.
    pub fn genre(&self) -> Genre {
        self.front().genre
    }

    /// The lead picture, if readers may see it.
    pub fn picture(&self) -> Option<PictureView<'a>> {
        self.view_picture(self.shown_front()?.image.as_deref()?)
    }

    /// The pictures of the gallery that readers may see.
    pub fn gallery(&self) -> impl Iterator<Item = PictureView<'a>> {
        let gallery = self.shown_front().map_or(&[][..], |front| &front.gallery);
        gallery.iter().filter_map(|image| self.view_picture(image))
    }

    fn view_picture(&self, image: &'a Image) -> Option<PictureView<'a>> {
        let written = image.src.as_deref()?;
        let (src, size) = file_url(self.edition, self.id, written)?;
        let beside = self.article.asset_written(written).map(NamedPicture::from);
        let file = beside.or_else(|| self.edition.plan.static_picture(written));
        let size = size.or_else(|| file?.size);
        Some(PictureView { src, size, image, file })
    }

    /// The sound that leads the story, if readers may hear it.
    pub fn audio(&self) -> Option<RecordingView<'a>> {
        RecordingView::new(self.edition, self.id, self.shown_front()?.audio.as_deref()?)
    }

    /// The film that leads the story, if readers may see it.
    pub fn video(&self) -> Option<RecordingView<'a>> {
        RecordingView::new(self.edition, self.id, self.shown_front()?.video.as_deref()?)
    }

    /// The corrections, oldest first.
    pub fn corrections(&self) -> Vec<&'a Correction> {
        let mut corrections: Vec<&Correction> = self.front().corrections.iter().collect();
        corrections.sort_by_key(|correction| correction.date);
        corrections
    }

    /// 1 (flash) to 9, if the story says so.
    pub fn urgency(&self) -> Option<u8> {
        self.shown_front()?.urgency
    }

    /// The number of words in its text.
    pub fn words(&self) -> u32 {
        self.shown.map_or(0, |(article, _)| article.outline.length.total())
    }

    /// How many minutes it takes to read.
    pub fn minutes(&self) -> u32 {
        self.shown.map_or(0, |(article, _)| article.outline.length.minutes())
    }

    /// Whether search engines are asked to leave it out.
    pub fn noindex(&self) -> bool {
        self.shown_front().is_none_or(|front| front.noindex)
    }
}

impl<'a> AuthorView<'a> {
    /// The author of a list; `own` is the page that a byline names.
    pub fn new(edition: &'a Edition, id: TermId, own: Option<&'a str>) -> Self {
        let term = edition.archive.terms(Taxonomy::Author).get(id);
        let page = edition.plan.list(&edition.archive, List::Term(Taxonomy::Author, id));
        Self {
            name: &term.name,
            slug: Some(&term.slug),
            role: None,
            link: page.map(Link::Page).or_else(|| own.or(term.url.as_deref()).map(Link::Written)),
            is_organization: term.is_organization,
        }
    }
}

impl<'a> PictureView<'a> {
    fn metadata(&self) -> Option<&'a Metadata> {
        self.file?.metadata
    }

    /// How it came to be, if that is not a plain photograph.
    pub fn digital_source(&self) -> Option<DigitalSource> {
        self.metadata()?.digital_source
    }

    /// Its rights, as the file states them.
    pub fn rights(&self) -> Rights<'a> {
        let text = |of: fn(&'a Metadata) -> &'a Option<String>| of(self.metadata()?).as_deref();
        Rights {
            creator: text(|metadata| &metadata.creator),
            copyright: text(|metadata| &metadata.copyright),
            license: text(|metadata| &metadata.license),
        }
    }

    /// Returns its absolute URL. `None` if browsers cannot load it over HTTP.
    pub fn url(&self, edition: &Edition) -> Option<String> {
        // `join` also resolves `//host/…` and escapes what must be escaped.
        let url = edition.config.base_url.join(&self.src).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.into())
    }
}

/// Names every field of the front matter, so that a new one does not compile until somebody has decided here whether
/// readers see it (then [`StoryView`] has it) or not.
fn consider_every_field(front: &FrontMatter) {
    let FrontMatter {
        // Readers see it.
        title: _,
        deck: _,
        kicker: _,
        date: _,
        date_is_day: _,
        updated: _,
        updated_is_day: _,
        section: _,
        tags: _,
        authors: _,
        dateline: _,
        source: _,
        genre: _,
        image: _,
        gallery: _,
        audio: _,
        video: _,
        urgency: _,
        corrections: _,
        series: _,
        lang: _,
        extra: _,
        canonical_url: _,
        withdrawn: _,
        noindex: _,
        // Readers see its effect: on the archive, the routes or the identity.
        section_name: _,
        status: _,
        related: _,
        slug: _,
        permalink: _,
        aliases: _,
        old_slugs: _,
        translation_of: _,
        not_in_feeds: _,
        id: _,
        template: _,
        pinned_until: _,
        // For the desk.
        draft: _,
        import: _,
        embargo: _,
        expires: _,
    } = front;
}
