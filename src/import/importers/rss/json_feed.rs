//! Imports JSON Feed 1.

use serde_json::{Map, Value as Json};

use super::super::common::{self, Draft, Sourced};
use super::place;
use crate::content::Key;
use crate::import::{File, ImportContext, Refusal, Story, html};
use url::Url;

type Object = Map<String, Json>;

/// Whether a text starts like a JSON Feed.
pub(super) fn fits(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    // The URL of the format may be written with `\/`.
    head.starts_with('{') && head.replace("\\/", "/").contains("jsonfeed.org/version/")
}

pub(super) fn read(file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
    let values = common::json_values(&file.bytes)?;
    let feed = values.first().and_then(Json::as_object);
    let items = feed.and_then(|feed| feed.get("items")).and_then(Json::as_array);
    let (Some(feed), Some(items)) = (feed, items) else {
        return Err(Refusal::failed("the file has no `items`, as a JSON Feed does"));
    };
    let items = items.iter().filter_map(Json::as_object);
    let stories = items.filter_map(|item| story(item, feed, file, context)).collect();
    common::require_stories(stories, None, "no item has a headline or text")
}

fn story(item: &Object, feed: &Object, file: &File, context: &ImportContext<'_>) -> Option<Story> {
    let sourced = |key: &str| Sourced::json(item.get(key));
    let mut draft = Draft::new(context, file);
    let link = sourced("url").or_else(|| sourced("external_url"));
    draft.identity(sourced("id").or_else(|| link.clone()).as_ref());
    draft.set(Key::Title, sourced("title"));
    draft.versions(sourced("date_published"), sourced("date_modified"));
    for people in [item, feed] {
        let list = people.get("authors").and_then(Json::as_array).into_iter().flatten();
        let names: Vec<_> =
            list.chain(people.get("author")).filter_map(|author| Sourced::json(author.get("name"))).collect();
        if !draft.has(Key::Authors) {
            names.into_iter().for_each(|name| draft.byline(Some(name)));
        }
    }
    if let Some(title) = Sourced::json(feed.get("title")) {
        draft.derive(Key::Source, vec![title.text], title.spans);
    }
    for tag in item.get("tags").and_then(Json::as_array).into_iter().flatten() {
        draft.tag(Sourced::json(Some(tag)));
    }
    let base = link.as_ref().and_then(|link| Url::parse(&link.text).ok());
    if let Some(text) = item.get("content_html").and_then(Json::as_str) {
        draft.body(html::markdown(text, base.as_ref()));
    } else if let Some(text) = item.get("content_text").and_then(Json::as_str) {
        draft.story.body = html::from_plain_text(text);
    }
    match sourced("summary") {
        Some(summary) if draft.story.body.is_empty() => {
            draft.story.body = html::from_plain_text(&summary.text)
        }
        summary => draft.deck(summary),
    }
    draft.picture(sourced("image").or_else(|| sourced("banner_image")));
    if let Some(link) = link {
        place(&mut draft, link, context);
    }
    draft.language(sourced("language").or_else(|| Sourced::json(feed.get("language"))));
    draft.finish()
}
