//! The site's data → the values that templates see. `docs/themes.md` is their contract.

use jiff::Timestamp;
use tera::value::Key;
use tera::{Map, Value};

use crate::archive::{Taxonomy, Term, TermId, USUAL_URGENCY, Visibility};
use crate::content::markdown::Heading;
use crate::content::{ArticleId, Byline, Correction, FrontMatter, Image};
use crate::edition::Edition;
use crate::formats::{direction, file_url, identity};
use crate::plan::{List, Route};

/// A map whose keys are known when the program is compiled, in the order given.
pub(crate) fn map<const N: usize>(pairs: [(&'static str, Value); N]) -> Value {
    let mut map = Map::with_capacity(N);
    for (key, value) in pairs {
        map.insert(Key::Str(key), value);
    }
    Value::from(map)
}

/// A string or none.
pub(crate) fn text(text: Option<&str>) -> Value {
    text.map_or_else(Value::none, Value::from)
}

/// A time in the site's zone, RFC 3339 to the second; the date alone of what was written without a time.
fn time(edition: &Edition, instant: Option<Timestamp>, is_day: bool) -> Value {
    let Some(instant) = instant else { return Value::none() };
    if is_day {
        return Value::from(edition.config.timezone.to_datetime(instant).date().to_string());
    }
    Value::from(rfc3339(edition, instant))
}

fn rfc3339(edition: &Edition, instant: Timestamp) -> String {
    let offset = edition.config.timezone.to_offset(instant);
    let whole = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
    whole.display_with_offset(offset).to_string()
}

/// Makes the values of terms and articles.
#[derive(Debug)]
pub(crate) struct Values {
    /// By taxonomy and term: `{name, slug, url}`, shared by all articles.
    terms: [Vec<Value>; 4],
    authors: Vec<Author>,
    no_extra: Value,
    /// Of the site's language.
    direction: &'static str,
}

impl Values {
    pub(crate) fn new(edition: &Edition) -> Self {
        let of = |taxonomy| {
            edition.archive.terms(taxonomy).iter().map(move |(id, term)| {
                let url = edition.plan.list(&edition.archive, List::Term(taxonomy, id));
                let url = url.map(|route| edition.plan.urls().path(&route));
                match taxonomy {
                    Taxonomy::Section => map([
                        ("slug", Value::from(term.slug.as_str())),
                        ("title", Value::from(term.name.as_str())),
                        ("description", text(term.description.as_deref())),
                        ("url", text(url.as_deref())),
                    ]),
                    _ => map([
                        ("name", Value::from(term.name.as_str())),
                        ("slug", Value::from(term.slug.as_str())),
                        ("url", text(url.as_deref())),
                    ]),
                }
            })
        };
        let all = [Taxonomy::Section, Taxonomy::Tag, Taxonomy::Author, Taxonomy::Series];
        Self {
            terms: all.map(|taxonomy| of(taxonomy).collect()),
            authors: edition
                .archive
                .terms(Taxonomy::Author)
                .iter()
                .map(|(id, term)| Author::new(edition, id, term))
                .collect(),
            no_extra: Value::from(Map::new()),
            direction: direction(&edition.config.language),
        }
    }

    /// A term as articles refer to it.
    pub(crate) fn term(&self, taxonomy: Taxonomy, id: TermId) -> Value {
        self.terms[taxonomy as usize][id.0 as usize].clone()
    }

    /// All sections that readers can go to.
    pub(crate) fn sections(&self) -> Vec<Value> {
        let sections = self.terms[Taxonomy::Section as usize].iter();
        sections
            .filter(|section| section.get_from_path("url").is_some_and(|url| !url.is_none()))
            .cloned()
            .collect()
    }

    fn author(&self, edition: &Edition, article: ArticleId, byline: &Byline, id: Option<TermId>) -> Value {
        let written = byline.url.as_deref().and_then(|url| edition.shown(article, url));
        let written = written.map(|url| edition.plan.urls().path_of_any(url));
        let Some(id) = id else {
            return author(&byline.name, None, byline.role.as_deref(), written.as_deref());
        };
        let known = &self.authors[id.0 as usize];
        if byline.role.is_none() && (known.has_page || byline.url.is_none()) {
            return known.value.clone();
        }
        let term = edition.archive.terms(Taxonomy::Author).get(id);
        let url = known.value.get_from_path("url").and_then(Value::as_str);
        let url = if known.has_page { url } else { written.as_deref().or(url) };
        author(&term.name, Some(&term.slug), byline.role.as_deref(), url)
    }

    fn extra(&self, edition: &Edition, id: ArticleId) -> Value {
        let extra = &edition.content.get(id).front.extra;
        match edition.shown_extra(id) {
            Some(shown) => Value::from_serializable(&shown),
            None if extra.is_empty() => self.no_extra.clone(),
            None => Value::from_serializable(extra),
        }
    }

    fn direction(&self, edition: &Edition, language: &str) -> &'static str {
        if language == edition.config.language { self.direction } else { direction(language) }
    }

    /// An article as its own page and all lists show it.
    pub(crate) fn article(&self, edition: &Edition, id: ArticleId) -> Value {
        let article = edition.content.get(id);
        let front = &article.front;
        decided_upon(front);
        if edition.archive.visibility(id) == Visibility::Withdrawn {
            return withdrawn(edition, id);
        }
        let membership = edition.archive.membership(id);
        let term = |taxonomy, id: Option<_>| id.map_or_else(Value::none, |id| self.term(taxonomy, id));
        let language = front.lang.as_deref().unwrap_or(&edition.config.language);
        let length = article.outline.length;
        let tags: Vec<Value> = membership.tags.iter().map(|id| self.term(Taxonomy::Tag, *id)).collect();
        let authors: Vec<Value> = front
            .authors
            .iter()
            .zip(&membership.authors)
            .map(|(byline, term)| self.author(edition, id, byline, *term))
            .collect();
        let source: Vec<Value> = front.source.iter().map(|agency| Value::from(agency.as_str())).collect();
        let deck = text(front.deck.as_deref());
        let summary = match &front.deck {
            Some(_) => deck.clone(),
            None => Value::from(article.outline.summary.as_str()),
        };
        let Addresses { url, permalink, canonical, id: identity } = addresses(edition, id);
        map([
            ("title", Value::from(front.title.as_str())),
            ("deck", deck),
            ("kicker", text(front.kicker.as_deref())),
            ("dateline", text(front.dateline.as_deref())),
            ("summary", summary),
            ("url", url),
            ("permalink", permalink),
            ("canonical", canonical),
            ("id", identity),
            ("slug", Value::from(article.slug.as_str())),
            ("date", time(edition, front.published_at(), front.published_on_day())),
            ("updated", time(edition, front.updated, front.updated_is_day)),
            ("type", Value::from(front.genre.name())),
            ("status", Value::from("published")),
            ("withdrawn", Value::none()),
            ("section", term(Taxonomy::Section, membership.section)),
            ("tags", Value::from(tags)),
            ("authors", Value::from(authors)),
            ("series", term(Taxonomy::Series, membership.series)),
            ("source", Value::from(source)),
            ("image", front.image.as_ref().map_or_else(Value::none, |image| picture(edition, id, image))),
            ("corrections", corrections_of(edition, &front.corrections)),
            ("urgency", Value::from(front.urgency.unwrap_or(USUAL_URGENCY))),
            ("language", Value::from(language)),
            ("dir", Value::from(self.direction(edition, language))),
            ("words", Value::from(length.total())),
            ("minutes", Value::from(length.minutes())),
            ("extra", self.extra(edition, id)),
        ])
    }
}

/// Names every field of the front matter: a new one does not compile until somebody has decided here whether templates see
/// it (then it is in [`Values::article`]) or not.
fn decided_upon(front: &FrontMatter) {
    let FrontMatter {
        // Seen.
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
        urgency: _,
        corrections: _,
        series: _,
        lang: _,
        extra: _,
        // Seen through what is made of them: the archive, the routes, the identity.
        section_name: _,
        status: _,
        withdrawn: _,
        related: _,
        slug: _,
        permalink: _,
        aliases: _,
        old_slugs: _,
        translation_of: _,
        noindex: _,
        not_in_feeds: _,
        id: _,
        canonical_url: _,
        template: _,
        pinned_until: _,
        // The desk's own.
        draft: _,
        import: _,
        embargo: _,
        expires: _,
    } = front;
}

/// What is left of a withdrawn story: its headline or the one that the desk wrote for it, why and when it was withdrawn, dates and
/// corrections.
fn withdrawn(edition: &Edition, id: ArticleId) -> Value {
    let article = edition.content.get(id);
    let language = article.front.lang.as_deref().unwrap_or(&edition.config.language);
    let nothing = || Value::from(Vec::<Value>::new());
    let reason = article.front.withdrawn.as_ref().and_then(|withdrawal| withdrawal.reason.as_deref());
    let withdrawal =
        map([("reason", text(reason)), ("date", time(edition, article.front.withdrawn_at(), false))]);
    let Addresses { url, permalink, id: identity, .. } = addresses(edition, id);
    map([
        ("title", Value::from(article.front.notice_headline())),
        ("deck", Value::none()),
        ("kicker", Value::none()),
        ("dateline", Value::none()),
        ("summary", Value::none()),
        ("url", url),
        ("permalink", permalink.clone()),
        ("canonical", permalink),
        ("id", identity),
        ("slug", Value::from(article.slug.as_str())),
        ("date", time(edition, article.front.published_at(), article.front.published_on_day())),
        ("updated", time(edition, article.front.updated, article.front.updated_is_day)),
        ("type", Value::from(article.front.genre.name())),
        ("status", Value::from("withdrawn")),
        ("withdrawn", withdrawal),
        ("section", Value::none()),
        ("tags", nothing()),
        ("authors", nothing()),
        ("series", Value::none()),
        ("source", nothing()),
        ("image", Value::none()),
        ("corrections", corrections_of(edition, &article.front.corrections)),
        ("urgency", Value::from(USUAL_URGENCY)),
        ("language", Value::from(language)),
        ("dir", Value::from(direction(language))),
        ("words", Value::from(0)),
        ("minutes", Value::from(0)),
        ("extra", Value::from(Map::new())),
    ])
}

/// An author as a byline without a role shows it.
#[derive(Debug)]
struct Author {
    value: Value,
    /// Whether its URL is that of a page here, which no byline overrides.
    has_page: bool,
}

impl Author {
    fn new(edition: &Edition, id: TermId, term: &Term) -> Self {
        let page = edition.plan.list(&edition.archive, List::Term(Taxonomy::Author, id));
        let page = page.map(|route| edition.plan.urls().path(&route));
        let own = term.url.as_deref().map(|url| edition.plan.urls().path_of_any(url));
        let url = page.as_deref().or(own.as_deref());
        Self { value: author(&term.name, Some(&term.slug), None, url), has_page: page.is_some() }
    }
}

fn author(name: &str, slug: Option<&str>, role: Option<&str>, url: Option<&str>) -> Value {
    map([("name", Value::from(name)), ("slug", text(slug)), ("role", text(role)), ("url", text(url))])
}

fn picture(edition: &Edition, id: ArticleId, image: &Image) -> Value {
    let Some((src, size)) = image.src.as_deref().and_then(|src| file_url(edition, id, src)) else {
        return Value::none();
    };
    let side = |side: Option<u32>| side.map_or_else(Value::none, Value::from);
    map([
        ("src", Value::from(src)),
        ("width", side(size.map(|size| size.0))),
        ("height", side(size.map(|size| size.1))),
        ("alt", text(image.alt.as_deref())),
        ("caption", text(image.caption.as_deref())),
        ("credit", text(image.credit.as_deref())),
        ("focus", image.focus.map_or_else(Value::none, |(x, y)| Value::from(vec![x, y]))),
    ])
}

fn corrections_of(edition: &Edition, corrections: &[Correction]) -> Value {
    let mut sorted: Vec<&Correction> = corrections.iter().collect();
    sorted.sort_by_key(|correction| correction.date);
    let values: Vec<Value> = sorted
        .into_iter()
        .map(|correction| {
            map([
                ("date", time(edition, Some(correction.date), correction.is_day)),
                ("kind", Value::from(correction.kind.name())),
                ("text", Value::from(correction.text.as_str())),
            ])
        })
        .collect();
    Value::from(values)
}

fn route_of(edition: &Edition, id: ArticleId) -> &Route {
    static ROOT: std::sync::LazyLock<Route> = std::sync::LazyLock::new(Route::root);
    edition.plan.article(&edition.archive, id).unwrap_or(&ROOT)
}

/// Where an article is, in the forms that templates want, and its identity. Equal ones share their text.
struct Addresses {
    url: Value,
    permalink: Value,
    canonical: Value,
    id: Value,
}

fn addresses(edition: &Edition, id: ArticleId) -> Addresses {
    let urls = edition.plan.urls();
    let path = urls.path(route_of(edition, id));
    let whole = urls.whole(&path);
    let identity = identity(&edition.config, edition.content.get(id));
    let (url, permalink) = (Value::from(path), Value::from(whole));
    let canonical = edition.content.get(id).front.canonical_url.as_deref();
    let canonical = canonical.and_then(|url| edition.shown(id, url));
    // Where search engines should say that a story is.
    let canonical = canonical.map_or_else(|| permalink.clone(), Value::from);
    Addresses { url, permalink, canonical, id: Value::from(identity) }
}

/// Headings as templates see them.
pub(crate) fn table_of_contents(headings: &[Heading]) -> Value {
    let values: Vec<Value> = headings
        .iter()
        .map(|heading| {
            map([
                ("level", Value::from(heading.level)),
                ("id", Value::from(heading.id.as_str())),
                ("title", Value::from(heading.title.as_str())),
            ])
        })
        .collect();
    Value::from(values)
}
