//! A page of the plan → the metadata that `head()` writes. It is derived from the page's own inputs, so it adds no dependency.

use crate::archive::{Taxonomy, Visibility};
use crate::config::FeedFormat;
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::formats::head::{self, Feed, Head, Link, Listing, Profile, Subject, Translation};
use crate::formats::{Site, Story};
use crate::plan::{List, ListPage, Page, PageKind, Route, feeds_of, is_indexable, json_of};
use crate::query::lists::{ListFacts, title};
use crate::query::{Queries, language_of};

/// The HTML; `title` names pages that only the theme can name.
pub(super) fn html(queries: &Queries, page: &Page, title: Option<&str>) -> String {
    let edition = queries.edition();
    let site = Site::new(edition);
    let feeds = feeds(edition, &site, None);
    let base = |subject| base(edition, &site, page, &feeds, subject);
    let named = |subject| Head { title: title.unwrap_or(site.title), ..base(subject) };
    head::html(&match &page.kind {
        PageKind::Article(id) => article(edition, *id, &base),
        PageKind::List(list, part) => return list_page(queries, &site, page, *list, *part),
        PageKind::NotFound => named(Subject::NotFound),
        PageKind::Index(_) => named(Subject::Index),
        PageKind::Front => {
            Head { description: site.description.filter(|text| !text.is_empty()), ..named(Subject::Front) }
        }
        // No template renders these.
        PageKind::Redirect(_)
        | PageKind::RedirectRules
        | PageKind::NginxMap
        | PageKind::Headers(_)
        | PageKind::Feed(..)
        | PageKind::Sitemap(_)
        | PageKind::Robots
        | PageKind::Trust(_)
        | PageKind::ArticleJson(_)
        | PageKind::ListJson(_)
        | PageKind::File(_)
        | PageKind::Asset(..)
        | PageKind::Picture(..) => return String::new(),
    })
}

/// A head with what all pages have.
fn base<'a>(
    edition: &Edition,
    site: &'a Site<'a>,
    page: &Page,
    feeds: &'a [Feed<'a>],
    subject: Subject<'a>,
) -> Head<'a> {
    let url = edition.plan.urls().absolute(&page.route);
    let is_somewhere = !matches!(subject, Subject::NotFound);
    Head {
        site,
        canonical: is_somewhere.then(|| url.clone()),
        url,
        title: site.title,
        description: None,
        language: site.language,
        noindex: false,
        feeds,
        translations: Vec::new(),
        json: json(edition, page, &subject),
        subject,
    }
}

fn article<'a>(edition: &'a Edition, id: ArticleId, base: &dyn Fn(Subject<'a>) -> Head<'a>) -> Head<'a> {
    let Edition { content, archive, .. } = edition;
    let article = content.get(id);
    let story = Story::new(edition, id).filter(|_| archive.visibility(id) == Visibility::Shown);
    let Some(story) = story else {
        let (title, language) = (article.front.notice_headline(), language_of(edition, article));
        return Head { title, language, ..base(Subject::Withdrawn) };
    };
    let (title, summary, language) = (story.title, story.summary, story.language);
    let (noindex, source) = (story.noindex, story.syndicated_from);
    let subject = match story.published {
        Some(_) => Subject::Story(Box::new(story)),
        None => Subject::Standing(Box::new(story)),
    };
    let base = base(subject);
    Head {
        title,
        description: Some(summary).filter(|summary| !summary.is_empty()),
        canonical: source.map(str::to_owned).or(base.canonical),
        language,
        noindex,
        translations: translations(edition, id),
        ..base
    }
}

fn translations(edition: &Edition, id: ArticleId) -> Vec<Translation<'_>> {
    let Edition { content, archive, plan, .. } = edition;
    let translation = |id: &ArticleId| {
        let article = content.get(*id);
        is_indexable(article).then_some(())?;
        Some(Translation {
            language: language_of(edition, article),
            url: plan.urls().absolute(plan.article(archive, *id)?),
        })
    };
    let all: Vec<Translation<'_>> = archive.translations(id).iter().filter_map(translation).collect();
    let own = plan.article(archive, id).map(|route| plan.urls().absolute(route));
    let mut translations: Vec<Translation<'_>> = Vec::new();
    for one in all {
        // Each language may appear once: its first story is the original or closest to it.
        if translations.iter().all(|other| other.language != one.language) {
            translations.push(one);
        }
    }
    let includes_own = translations.iter().any(|one| Some(&one.url) == own.as_ref());
    if includes_own && translations.len() > 1 { translations } else { Vec::new() }
}

fn list_page(queries: &Queries, site: &Site<'_>, page: &Page, list: List, part: ListPage) -> String {
    let edition = queries.edition();
    let Edition { content, archive, plan, .. } = edition;
    let shown = plan.shown_on(archive, &page.kind);
    let Some(facts) = ListFacts::new(queries, list, part, shown) else { return String::new() };
    let link = |id: &ArticleId| {
        let url = plan.urls().absolute(plan.article(archive, *id)?);
        Some(Link { name: &content.get(*id).front.title, url })
    };
    let parents = parents(queries, list);
    let own = plan.list(archive, list).unwrap_or_else(Route::root);
    let subject = Subject::List(Listing {
        name: &facts.title,
        url: plan.urls().absolute(&own),
        author: author(edition, list),
        stories: shown.iter().filter_map(link).collect(),
        parents: parents.iter().map(|(name, url)| Link { name, url: url.clone() }).collect(),
    });
    let mut all_feeds = feeds(edition, site, Some((list, &facts.title)));
    all_feeds.extend(feeds(edition, site, None));
    let description = facts.description.filter(|text| !text.is_empty());
    let base = base(edition, site, page, &all_feeds, subject);
    head::html(&Head { title: &facts.title, description, ..base })
}

/// The year of a month, or the year and month of a day.
fn parents(queries: &Queries, list: List) -> Vec<(String, String)> {
    let Edition { archive, plan, .. } = queries.edition();
    let List::Period(period) = list else { return Vec::new() };
    let above = std::iter::successors(period.parent(), |period| period.parent());
    let named = above.filter_map(|period| {
        let route = plan.list(archive, List::Period(period))?;
        Some((title(queries, period), plan.urls().absolute(&route)))
    });
    let mut parents: Vec<(String, String)> = named.collect();
    parents.reverse();
    parents
}

fn author(edition: &Edition, list: List) -> Option<Profile<'_>> {
    let List::Term(Taxonomy::Author, id) = list else { return None };
    let term = edition.archive.terms(Taxonomy::Author).get(id);
    let urls = edition.plan.urls();
    Some(Profile {
        name: &term.name,
        bio: term.description.as_deref(),
        url: term.url.as_deref().map(|url| urls.whole_of_any(url)),
        image: term.image.as_deref().map(|image| urls.whole_of_any(image)),
        is_organization: term.is_organization,
    })
}

/// The feeds of a list, given with its name, or of the site.
fn feeds(edition: &Edition, site: &Site<'_>, of: Option<(List, &str)>) -> Vec<Feed<'static>> {
    let Edition { config, archive, plan, .. } = edition;
    let title = of.map_or_else(|| site.title.to_owned(), |(_, name)| format!("{name} — {}", site.title));
    let route = of.and_then(|(list, _)| Some((list, plan.list(archive, list)?)));
    let all = match (&of, &route) {
        (None, _) => feeds_of(config, archive, None),
        (Some(_), Some((list, route))) => feeds_of(config, archive, Some((*list, route))),
        (Some(_), None) => Vec::new(),
    };
    let feed = |(format, route): (FeedFormat, Route)| {
        let (name, media_type) = match format {
            FeedFormat::Rss => ("RSS", "application/rss+xml"),
            FeedFormat::Atom => ("Atom", "application/atom+xml"),
            FeedFormat::Json => ("JSON", "application/feed+json"),
            FeedFormat::Podcast => ("Podcast", "application/rss+xml"),
        };
        Feed { title: format!("{title} ({name})"), url: plan.urls().absolute(&route), media_type }
    };
    all.into_iter().map(feed).collect()
}

/// The URL of the page as JSON, if the site has it.
fn json(edition: &Edition, page: &Page, subject: &Subject<'_>) -> Option<String> {
    if let Subject::Story(story) = subject {
        return story.json.clone();
    }
    let has_json = matches!(page.kind, PageKind::List(List::Term(..), ListPage::Newest) | PageKind::Front);
    let route = json_of(&page.route).filter(|_| has_json && edition.config.api)?;
    Some(edition.plan.urls().absolute(&route))
}
