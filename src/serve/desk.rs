//! The stories of the site → the rows of the desk; a page → the content of its bar.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::live::{LiveSite, Snapshot};
use super::story_status;
use super::view_options::ViewOptions;
use crate::archive::{Taxonomy, Visibility};
use crate::config::Config;
use crate::content::{Article, ArticleId};
use crate::diagnostic::Severity;
use crate::edition::Edition;
use crate::lint;
use crate::plan::next_change;

/// The most rows in a reply.
const MAX_ROWS: usize = 500;
/// The states of stories, in the order of the desk.
const STATES: [&str; 7] = ["live", "scheduled", "embargoed", "draft", "expired", "withheld", "withdrawn"];

/// Filters and order of the desk's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeskQuery {
    /// Text to find in the title, authors, section or path.
    text: String,
    state: String,
    section: String,
    sort: String,
    descending: bool,
    offset: usize,
    limit: usize,
}

impl DeskQuery {
    /// Parses the query of a URL. Invalid values are ignored.
    pub(super) fn parse(text: &str) -> Self {
        let mut query = Self {
            text: String::new(),
            state: String::new(),
            section: String::new(),
            sort: "date".to_owned(),
            descending: false,
            offset: 0,
            limit: 100,
        };
        for (key, value) in url::form_urlencoded::parse(text.as_bytes()) {
            match &*key {
                "q" => query.text = value.to_lowercase(),
                "state" => query.state = value.into_owned(),
                "section" => query.section = value.into_owned(),
                "sort" => query.sort = value.into_owned(),
                "order" => query.descending = value == "desc",
                "offset" => query.offset = value.parse().unwrap_or(0),
                "limit" => query.limit = value.parse().unwrap_or(100).min(MAX_ROWS),
                _ => {}
            }
        }
        query
    }
}

/// A story in the list.
struct StoryRow<'a> {
    id: ArticleId,
    article: &'a Article,
    state: &'static str,
    at: Option<Timestamp>,
    section: Option<&'a str>,
    warnings: usize,
}

/// The rows and filters that match a query.
pub(super) fn stories(live: &LiveSite, snapshot: &Snapshot, query: &DeskQuery, now: Timestamp) -> Value {
    let edition = snapshot.edition();
    let problems = live.problems(snapshot.options, Vec::new());
    let mut warnings: HashMap<&str, usize> = HashMap::new();
    for place in problems.iter().filter_map(|problem| problem.place.as_ref()) {
        *warnings.entry(place.file.strip_prefix("content/").unwrap_or_default()).or_default() += 1;
    }
    let rows = edition.content.iter().map(|(id, article)| row(edition, id, article, &warnings, now));
    let rows: Vec<StoryRow<'_>> = rows.filter(|row| matches_text(row, &query.text)).collect();
    let counts: Vec<Value> = STATES
        .into_iter()
        .map(|state| (state, rows.iter().filter(|row| row.state == state).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| json!([state, count]))
        .collect();
    let fits = |row: &StoryRow<'_>| {
        (query.state.is_empty() || row.state == query.state)
            && (query.section.is_empty() || row.article.front.section.as_deref() == Some(&query.section))
    };
    let mut rows: Vec<StoryRow<'_>> = rows.into_iter().filter(fits).collect();
    sort(&mut rows, query);
    let shown = rows.iter().skip(query.offset).take(query.limit);
    let sections: Vec<Value> = edition
        .archive
        .terms(Taxonomy::Section)
        .iter()
        .map(|(_, section)| json!([section.slug, section.name]))
        .collect();
    let mut answer = view(live, snapshot.options, now);
    answer["total"] = rows.len().into();
    answer["states"] = counts.into();
    answer["sections"] = sections.into();
    (answer["next"], answer["happens"]) = next(edition);
    answer["rows"] = shown.map(|row| row_as_json(live, edition, row, now)).collect();
    answer
}

/// The content of the bar on a page.
pub(super) fn bar(live: &LiveSite, snapshot: &Snapshot, path: &str, now: Timestamp) -> Value {
    let edition = snapshot.edition();
    let zone = &edition.config.timezone;
    let article = snapshot.article_at(path).map(|id| edition.content.get(id));
    let article = article.map(|article| {
        let (state, at) = story_status::state(&article.front, now);
        let source = format!("content/{}", article.path);
        json!({
            "title": article.front.title,
            "editor": live.editor(&source, 1, 1),
            "source": source,
            "state": state,
            "at": at.map(|at| story_status::time(at, zone)),
            "words": article.outline.length.total(),
            "minutes": article.outline.length.minutes(),
            "remarks": lint::remarks(edition, article, &live.pictures),
        })
    });
    let problems = live.problems(snapshot.options, Vec::new());
    let held_back = edition.archive.held_back();
    let mut bar = view(live, snapshot.options, now);
    bar["article"] = article.unwrap_or_default();
    bar["warnings"] = problems.iter().filter(|problem| problem.severity == Severity::Warning).count().into();
    bar["held_back"] = held_back.iter().map(|(reason, count)| json!([reason.name(), count])).collect();
    (bar["next"], bar["happens"]) = next(edition);
    bar
}

/// When the site next changes without an edit, and how.
fn next(edition: &Edition) -> (Value, Value) {
    let Some(next) = next_change(&edition.config, &edition.content, &edition.archive) else {
        return Default::default();
    };
    let file = &edition.content.get(next.article).path;
    let happens = format!("content/{file} {}", next.what.predicate());
    (story_status::time(next.at, &edition.config.timezone).into(), happens.into())
}

/// The current view and time.
fn view(live: &LiveSite, options: ViewOptions, now: Timestamp) -> Value {
    let zone = live.zone();
    let as_of = options.as_of.map(|as_of| story_status::instant(as_of, &zone));
    json!({
        "view": {"as_of": as_of, "drafts": options.drafts},
        "now": now.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
        "zone": zone.iana_name().unwrap_or("UTC"),
    })
}

fn row<'a>(
    edition: &'a Edition,
    id: ArticleId,
    article: &'a Article,
    warnings: &HashMap<&str, usize>,
    now: Timestamp,
) -> StoryRow<'a> {
    let (state, at) = story_status::state(&article.front, now);
    let terms = edition.archive.terms(Taxonomy::Section);
    let section = article.front.section.as_deref();
    let named = section.and_then(|slug| terms.by_slug(slug)).map(|id| terms.get(id).name.as_str());
    let warnings = warnings.get(&*article.path).copied().unwrap_or(0);
    StoryRow { id, article, state, at, section: named.or(section), warnings }
}

fn matches_text(row: &StoryRow<'_>, text: &str) -> bool {
    let front = &row.article.front;
    let authors = front.authors.iter().map(|author| author.name.as_str());
    let texts = authors.chain([front.title.as_str(), &row.article.path]).chain(row.section);
    // Keyboards type straight apostrophes, titles have curly ones.
    let typed = |text: &str| text.to_lowercase().replace('’', "'");
    text.is_empty() || texts.into_iter().any(|place| typed(place).contains(&typed(text)))
}

/// The name of an author, whose byline may be the slug of a profile.
fn name<'a>(config: &'a Config, byline: &'a str) -> &'a str {
    let profile = config.authors.iter().find(|profile| profile.slug == byline);
    profile.map_or(byline, |profile| &profile.name)
}

fn sort(rows: &mut [StoryRow<'_>], query: &DeskQuery) {
    let state = |row: &StoryRow<'_>| STATES.iter().position(|state| *state == row.state);
    match query.sort.as_str() {
        "title" => rows.sort_by_cached_key(|row| row.article.front.title.to_lowercase()),
        "state" => rows.sort_by_key(|row| (state(row), row.at)),
        "section" => rows.sort_by_key(|row| row.section),
        "words" => rows.sort_by_key(|row| row.article.outline.length.total()),
        "warnings" => rows.sort_by_key(|row| row.warnings),
        _ => rows.sort_by_key(|row| row.article.front.published_at()),
    }
    if query.descending {
        rows.reverse();
    }
}

fn row_as_json(live: &LiveSite, edition: &Edition, row: &StoryRow<'_>, now: Timestamp) -> Value {
    let Edition { config, archive, plan, .. } = edition;
    let (zone, front) = (&config.timezone, &row.article.front);
    let path = plan.article(archive, row.id).map(|route| plan.urls().path(route));
    let is_hidden = matches!(archive.visibility(row.id), Visibility::Hidden(_));
    let preview = story_status::preview(front, now).filter(|_| is_hidden);
    let preview = preview.zip(plan.route_of(row.id)).map(|(options, route)| {
        let as_of = options.as_of.map(|as_of| story_status::instant(as_of, zone));
        json!({"path": plan.urls().path(route), "as_of": as_of, "drafts": options.drafts})
    });
    let source = format!("content/{}", row.article.path);
    json!({
        "title": front.title,
        "editor": live.editor(&source, 1, 1),
        "source": source,
        "state": row.state,
        "at": row.at.map(|at| story_status::time(at, zone)),
        "date": front.published_at().map(|instant| story_status::time(instant, zone)),
        "section": row.section,
        "authors": front.authors.iter().map(|author| name(config, &author.name)).collect::<Vec<_>>(),
        "words": row.article.outline.length.total(),
        "warnings": row.warnings,
        "path": path,
        "preview": preview,
    })
}
