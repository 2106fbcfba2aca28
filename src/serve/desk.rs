//! All articles + what the desk asks for → the rows of its list; and one article → the bar at the foot of its page.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::choice::Choice;
use super::facts;
use super::live::Live;
use super::snapshot::Snapshot;
use crate::archive::{Taxonomy, Visibility};
use crate::config::Config;
use crate::content::{Article, ArticleId};
use crate::diagnostic::Severity;
use crate::edition::Edition;
use crate::plan::next_change;

/// Most rows of one answer.
const MOST: usize = 500;
/// The states of articles in the order in which they are shown.
const STATES: [&str; 7] = ["live", "scheduled", "embargoed", "draft", "expired", "withheld", "withdrawn"];

/// What the desk asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// Words that headline, byline, section or path hold.
    text: String,
    state: String,
    section: String,
    sort: String,
    descending: bool,
    offset: usize,
    limit: usize,
}

impl Question {
    /// Reads the query of a URL. What cannot be read is as if it was not there.
    pub(super) fn read(query: &str) -> Self {
        let mut question = Self {
            text: String::new(),
            state: String::new(),
            section: String::new(),
            sort: "date".to_owned(),
            descending: false,
            offset: 0,
            limit: 100,
        };
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "q" => question.text = value.to_lowercase(),
                "state" => question.state = value.into_owned(),
                "section" => question.section = value.into_owned(),
                "sort" => question.sort = value.into_owned(),
                "order" => question.descending = value == "desc",
                "offset" => question.offset = value.parse().unwrap_or(0),
                "limit" => question.limit = value.parse().unwrap_or(100).min(MOST),
                _ => {}
            }
        }
        question
    }
}

/// An article in the list.
struct Row<'a> {
    id: ArticleId,
    article: &'a Article,
    state: &'static str,
    at: Option<Timestamp>,
    section: Option<&'a str>,
    warnings: usize,
}

/// The answer to a question of the desk.
pub(super) fn answer(live: &Live, snapshot: &Snapshot, question: &Question, now: Timestamp) -> Value {
    let edition = snapshot.edition();
    let problems = live.problems(snapshot.choice, Vec::new());
    let mut warnings: HashMap<&str, usize> = HashMap::new();
    for place in problems.iter().filter_map(|problem| problem.place.as_ref()) {
        *warnings.entry(place.file.strip_prefix("content/").unwrap_or_default()).or_default() += 1;
    }
    let rows = edition.content.iter().map(|(id, article)| row(edition, id, article, &warnings, now));
    let rows: Vec<Row<'_>> = rows.filter(|row| holds(row, &question.text)).collect();
    let counts: Vec<Value> = STATES
        .into_iter()
        .map(|state| (state, rows.iter().filter(|row| row.state == state).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| json!([state, count]))
        .collect();
    let fits = |row: &Row<'_>| {
        (question.state.is_empty() || row.state == question.state)
            && (question.section.is_empty()
                || row.article.front.section.as_deref() == Some(&question.section))
    };
    let mut rows: Vec<Row<'_>> = rows.into_iter().filter(fits).collect();
    sort(&mut rows, question);
    let shown = rows.iter().skip(question.offset).take(question.limit);
    let sections: Vec<Value> = edition
        .archive
        .terms(Taxonomy::Section)
        .iter()
        .map(|(_, section)| json!([section.slug, section.name]))
        .collect();
    let mut answer = view(live, snapshot.choice, now);
    answer["total"] = rows.len().into();
    answer["states"] = counts.into();
    answer["sections"] = sections.into();
    (answer["next"], answer["happens"]) = next(edition);
    answer["rows"] = shown.map(|row| row_as_json(live, edition, row, now)).collect();
    answer
}

/// What the bar says of the page at a path.
pub(super) fn bar(live: &Live, snapshot: &Snapshot, path: &str, now: Timestamp) -> Value {
    let edition = snapshot.edition();
    let zone = &edition.config.timezone;
    let article = snapshot.article_at(path).map(|id| edition.content.get(id));
    let article = article.map(|article| {
        let (state, at) = facts::state(&article.front, now);
        let source = format!("content/{}", article.path);
        json!({
            "title": article.front.title,
            "editor": live.editor(&source, 1, 1),
            "source": source,
            "state": state,
            "at": at.map(|at| facts::time(at, zone)),
            "words": article.outline.length.total(),
            "minutes": article.outline.length.minutes(),
            "remarks": facts::remarks(&edition.content, article),
        })
    });
    let problems = live.problems(snapshot.choice, Vec::new());
    let held_back = edition.archive.held_back();
    let mut bar = view(live, snapshot.choice, now);
    bar["article"] = article.unwrap_or_default();
    bar["warnings"] = problems.iter().filter(|problem| problem.severity == Severity::Warning).count().into();
    bar["held_back"] = held_back.iter().map(|(reason, count)| json!([reason.name(), count])).collect();
    (bar["next"], bar["happens"]) = next(edition);
    bar
}

/// When the site next differs by itself, and what happens then.
fn next(edition: &Edition) -> (Value, Value) {
    let Some(next) = next_change(&edition.config, &edition.content, &edition.archive) else {
        return Default::default();
    };
    let file = &edition.content.get(next.article).path;
    let happens = format!("content/{file} {}", next.what.predicate());
    (facts::time(next.at, &edition.config.timezone).into(), happens.into())
}

/// What is shown, and the time.
fn view(live: &Live, choice: Choice, now: Timestamp) -> Value {
    let zone = live.zone();
    let as_of = choice.as_of.map(|as_of| facts::instant(as_of, &zone));
    json!({
        "view": {"as_of": as_of, "drafts": choice.drafts},
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
) -> Row<'a> {
    let (state, at) = facts::state(&article.front, now);
    let terms = edition.archive.terms(Taxonomy::Section);
    let section = article.front.section.as_deref();
    let named = section.and_then(|slug| terms.by_slug(slug)).map(|id| terms.get(id).name.as_str());
    let warnings = warnings.get(&*article.path).copied().unwrap_or(0);
    Row { id, article, state, at, section: named.or(section), warnings }
}

fn holds(row: &Row<'_>, text: &str) -> bool {
    let front = &row.article.front;
    let authors = front.authors.iter().map(|author| author.name.as_str());
    let texts = authors.chain([front.title.as_str(), &row.article.path]).chain(row.section);
    // Keyboards have straight apostrophes, headlines curly ones.
    let typed = |text: &str| text.to_lowercase().replace('’', "'");
    text.is_empty() || texts.into_iter().any(|place| typed(place).contains(&typed(text)))
}

/// The name of an author, whose byline may be the slug of a profile.
fn name<'a>(config: &'a Config, byline: &'a str) -> &'a str {
    let profile = config.authors.iter().find(|profile| profile.slug == byline);
    profile.map_or(byline, |profile| &profile.name)
}

fn sort(rows: &mut [Row<'_>], question: &Question) {
    let state = |row: &Row<'_>| STATES.iter().position(|state| *state == row.state);
    match question.sort.as_str() {
        "title" => rows.sort_by_cached_key(|row| row.article.front.title.to_lowercase()),
        "state" => rows.sort_by_key(|row| (state(row), row.at)),
        "section" => rows.sort_by_key(|row| row.section),
        "words" => rows.sort_by_key(|row| row.article.outline.length.total()),
        "warnings" => rows.sort_by_key(|row| row.warnings),
        _ => rows.sort_by_key(|row| row.article.front.published_at()),
    }
    if question.descending {
        rows.reverse();
    }
}

fn row_as_json(live: &Live, edition: &Edition, row: &Row<'_>, now: Timestamp) -> Value {
    let Edition { config, archive, plan, .. } = edition;
    let (zone, front) = (&config.timezone, &row.article.front);
    let path = plan.article(archive, row.id).map(|route| plan.urls().path(route));
    let is_hidden = matches!(archive.visibility(row.id), Visibility::Hidden(_));
    let preview = facts::preview(front, now).filter(|_| is_hidden);
    let preview = preview.zip(plan.route_of(row.id)).map(|(choice, route)| {
        let as_of = choice.as_of.map(|as_of| facts::instant(as_of, zone));
        json!({"path": plan.urls().path(route), "as_of": as_of, "drafts": choice.drafts})
    });
    let source = format!("content/{}", row.article.path);
    json!({
        "title": front.title,
        "editor": live.editor(&source, 1, 1),
        "source": source,
        "state": row.state,
        "at": row.at.map(|at| facts::time(at, zone)),
        "date": front.published_at().map(|instant| facts::time(instant, zone)),
        "section": row.section,
        "authors": front.authors.iter().map(|author| name(config, &author.name)).collect::<Vec<_>>(),
        "words": row.article.outline.length.total(),
        "warnings": row.warnings,
        "path": path,
        "preview": preview,
    })
}
