//! ninjs 1, 2 and 3 → stories. A file contains an item, a list of items, or an item on each line.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::common::{self, Draft, Sourced};
use super::iptc;
use crate::content::Key;
use crate::import::{FieldKey, File, ImageField, ImportContext, Refusal, Story, html};

/// ninjs.
pub(super) static FORMAT: iptc::Format = iptc::Format {
    name: "ninjs",
    extensions: &["json", "jsonl", "ndjson", "ninjs"],
    fits: |head| {
        let head = head.trim_start_matches('\u{feff}').trim_start();
        head.starts_with(['{', '['])
            && !head.contains("jsonfeed.org/version")
            && count_typical_keys(head) >= MIN_TYPICAL
    },
    read,
};

/// Keys that distinguish ninjs from other JSON, as [`plain`] spells them. `type` also counts if its value is `text`.
const TYPICAL: &str = "uri guid headline headlines versioncreated firstcreated contentcreated pubstatus bodytext bodyhtml \
    bodyxhtml bodies slugline located embargoed representationtype renditions";

/// The minimum number of typical keys of ninjs.
const MIN_TYPICAL: usize = 2;

/// Keys of subjects, which become tags.
const SUBJECTS: &str = "subjects subject keywords people person organisations organisation places place";

/// Keys of the text.
const BODIES: [&str; 4] = ["bodyhtml", "bodyxhtml", "bodytext", "bodies"];

/// Counts the [`TYPICAL`] keys of the outer object, or of the objects in the outer list. The text may be cut off.
fn count_typical_keys(head: &str) -> usize {
    let outer = if head.starts_with('[') { 2 } else { 1 };
    let (mut depth, mut found) = (0_usize, BTreeSet::new());
    let mut rest = head;
    while let Some(at) = rest.find(['{', '}', '[', ']', '"']) {
        let (sign, after) = rest.get(at..).unwrap_or_default().split_at(1);
        rest = after;
        match sign {
            "{" | "[" => depth += 1,
            "}" | "]" => depth = depth.saturating_sub(1),
            _ => {
                let end = end_of_string(after);
                let (text, value) =
                    (after.get(..end).unwrap_or_default(), after.get(end + 1..).unwrap_or_default());
                rest = value;
                let Some(value) = value.trim_start().strip_prefix(':').filter(|_| depth == outer) else {
                    continue;
                };
                let key = if text.len() < 40 { plain(text) } else { continue };
                if TYPICAL.split(' ').any(|typical| typical == key)
                    || key == "type" && value.trim_start().starts_with("\"text\"")
                {
                    found.insert(key);
                }
            }
        }
    }
    found.len()
}

/// The end of a JSON string: its closing quote, or the end of the text.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// The spelling of a key that all versions share.
fn plain(key: &str) -> String {
    key.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// An item.
type Item = Map<String, Json>;

/// The value of a key, given as [`plain`] spells it.
fn get<'i>(item: &'i Item, key: &str) -> Option<&'i Json> {
    item.iter().find(|(name, value)| plain(name) == key && !value.is_null()).map(|(_, value)| value)
}

fn text_of(item: &Item, key: &str) -> Option<Sourced> {
    Sourced::json(get(item, key))
}

fn read(file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
    let (mut stories, mut reason) = (Vec::new(), None);
    let values = common::json_values(&file.bytes)?;
    let all = values.iter().any(Json::is_object);
    if !values.is_empty() && !all {
        return Err(Refusal::Failed("the file has no JSON object; check that it is ninjs".to_owned(), None));
    }
    for item in values.iter().filter_map(Json::as_object) {
        match story(item, file, desk) {
            Ok(found) => stories.push(found),
            Err(why) => reason = Some(why),
        }
    }
    common::require_stories(stories, reason, "the file has no item")
}

/// The story of an item, or why it is not one.
fn story(item: &Item, file: &File, desk: &ImportContext<'_>) -> Result<Story, String> {
    let kind = text_of(item, "type").map(|kind| kind.text.to_lowercase()).unwrap_or_default();
    let kind = kind.rsplit(':').next().unwrap_or_default();
    let is_media =
        matches!(kind, "picture" | "video" | "audio" | "graphic" | "planning" | "event" | "package");
    let has_text = BODIES.iter().any(|key| get(item, key).is_some());
    if is_media || matches!(kind, "composite" | "component") && !has_text {
        return Err(format!("the item has type `{kind}`, not `text`"));
    }
    let mut draft = Draft::new(desk, file);
    draft.identity(text_of(item, "uri").or_else(|| text_of(item, "guid")).as_ref());
    draft.set(Key::Title, headline(item));
    draft.deck(deck(item));
    draft.versions(
        text_of(item, "firstcreated").or_else(|| text_of(item, "contentcreated")),
        text_of(item, "versioncreated"),
    );
    draft.date(Key::Embargo, embargo(item));
    draft.date(Key::Expires, text_of(item, "expires"));
    draft.status(text_of(item, "pubstatus"));
    // A story with an unreadable key that may hold it back must not run.
    let is_unreadable =
        |key: &&str| get(item, key).is_some_and(|value| !value.is_null()) && text_of(item, key).is_none();
    if ["embargoeduntil", "embargoed", "pubstatus"].iter().any(is_unreadable) {
        draft.withhold_without_date();
    }
    draft.urgency(text_of(item, "urgency"));
    people(item, &mut draft);
    topics(item, &mut draft);
    draft.set(Key::Dateline, text_of(item, "located").or_else(|| text_of(item, "dateline")));
    draft.language(text_of(item, "language"));
    picture(item, &mut draft);
    for key in ["ednote", "usageterms", "usagetermstext", "copyrightnotice"] {
        draft.note(text_of(item, key));
    }
    draft.set(
        FieldKey::extra("slugline"),
        text_of(item, "slugline").or_else(|| of_role(item, "sluglines", &["", "main"])),
    );
    draft.set(FieldKey::extra("version"), text_of(item, "version"));
    draft.set(FieldKey::extra("profile"), text_of(item, "profile"));
    body(item, &mut draft);
    draft.finish().ok_or_else(|| "the item has neither a headline nor text".to_owned())
}

/// The value of the list entry with one of these roles, else of the first: `[{"role": "main", "value": "..."}]`.
fn of_role(item: &Item, key: &str, roles: &[&str]) -> Option<Sourced> {
    let entries: Vec<_> = get(item, key)?.as_array()?.iter().collect();
    let role = |entry: &Json| entry.get("role").and_then(Json::as_str).unwrap_or_default().to_lowercase();
    let entry = roles.iter().find_map(|wanted| entries.iter().find(|entry| role(entry) == *wanted));
    Sourced::json(value(entry.or_else(|| entries.first())?))
}

/// The text of an entry, which may be a string itself.
fn value(entry: &Json) -> Option<&Json> {
    match entry {
        Json::Object(map) => map.get("value").or_else(|| map.get("name")).or_else(|| map.get("literal")),
        other => Some(other),
    }
}

/// The end of the embargo. `true` states an embargo without an end.
fn embargo(item: &Item) -> Option<Sourced> {
    ["embargoeduntil", "embargoed", "embargo"].iter().find_map(|key| match get(item, key) {
        Some(Json::Bool(true)) => Sourced::new("true", Vec::new()),
        value => Sourced::json(value),
    })
}

fn headline(item: &Item) -> Option<Sourced> {
    let all = [
        text_of(item, "headline"),
        of_role(item, "headlines", &["main", "headline", ""]),
        text_of(item, "title"),
    ];
    common::first_headline(all).and_then(Sourced::plain)
}

fn deck(item: &Item) -> Option<Sourced> {
    let description = text_of(item, "descriptiontext").or_else(|| text_of(item, "descriptionhtml"));
    description
        .or_else(|| of_role(item, "descriptions", &["summary", "abstract", "main", ""]))
        .and_then(Sourced::plain)
}

/// Authors and sources.
fn people(item: &Item, draft: &mut Draft<'_>) {
    draft.byline(text_of(item, "byline").or_else(|| text_of(item, "by")));
    for key in ["bylines", "authors", "creators"] {
        for entry in get(item, key).and_then(Json::as_array).into_iter().flatten() {
            if !draft.has(Key::Authors) || key != "authors" {
                draft.byline(Sourced::json(value(entry)));
            }
        }
    }
    let sources = ["infosources", "infosource"].iter().filter_map(|key| get(item, key));
    for source in sources {
        match source {
            Json::Array(entries) => {
                entries.iter().for_each(|entry| draft.source(Sourced::json(value(entry))))
            }
            other => draft.source(Sourced::json(value(other))),
        }
    }
    for key in ["source", "provider", "copyrightholder"] {
        if !draft.has(Key::Source) {
            draft.source(text_of(item, key));
        }
    }
}

fn topics(item: &Item, draft: &mut Draft<'_>) {
    for key in SUBJECTS.split(' ') {
        match get(item, key) {
            Some(Json::Array(entries)) => {
                entries.iter().for_each(|entry| draft.tag(Sourced::json(value(entry))))
            }
            Some(Json::String(words)) => {
                words.split(',').for_each(|word| draft.tag(Sourced::new(word, Vec::new())))
            }
            _ => {}
        }
    }
    for key in ["genres", "genre"] {
        for entry in get(item, key).and_then(Json::as_array).into_iter().flatten() {
            draft.genre(Sourced::json(value(entry)));
        }
    }
    for key in ["services", "service"] {
        for entry in get(item, key).and_then(Json::as_array).into_iter().flatten() {
            draft.section(Sourced::json(value(entry)));
        }
    }
}

/// The associated items with their names: a map in version 1, a list in later ones.
fn associations(item: &Item) -> Vec<(String, &Item)> {
    let named = |entry: &Item| entry.get("name").and_then(Json::as_str).unwrap_or_default().to_lowercase();
    match get(item, "associations") {
        Some(Json::Object(map)) => {
            map.iter().filter_map(|(name, entry)| Some((name.to_lowercase(), entry.as_object()?))).collect()
        }
        Some(Json::Array(list)) => {
            list.iter().filter_map(Json::as_object).map(|entry| (named(entry), entry)).collect()
        }
        _ => Vec::new(),
    }
}

fn picture(item: &Item, draft: &mut Draft<'_>) {
    let all = associations(item);
    let is_picture = |entry: &Item| {
        text_of(entry, "type")
            .is_none_or(|kind| matches!(kind.text.as_str(), "picture" | "graphic" | "image"))
    };
    let first = all.iter().find(|(name, entry)| name.starts_with("feature") && is_picture(entry));
    let Some((_, entry)) = first.or_else(|| all.iter().find(|(_, entry)| is_picture(entry))) else {
        return;
    };
    if text_of(entry, "pubstatus").is_some_and(|kind| kind.text != "usable") {
        return iptc::unusable_picture(None, draft);
    }
    draft.picture(rendition(entry));
    draft.set(ImageField::Alt, text_of(entry, "alttext").or_else(|| text_of(entry, "bodytext")));
    draft.set(ImageField::Caption, deck(entry).or_else(|| headline(entry)));
    let credit =
        text_of(entry, "byline").or_else(|| text_of(entry, "by")).or_else(|| text_of(entry, "creditline"));
    draft.set(ImageField::Credit, credit.or_else(|| text_of(entry, "copyrightholder")));
    // An embargo on a picture also holds back the story.
    draft.date(Key::Embargo, embargo(entry));
    for key in ["usageterms", "ednote"] {
        draft.note(text_of(entry, key));
    }
}

/// The largest rendition: a map in version 1, a list in later ones.
fn rendition(entry: &Item) -> Option<Sourced> {
    let all: Vec<&Json> = match get(entry, "renditions")? {
        Json::Object(map) => map.values().collect(),
        Json::Array(list) => list.iter().collect(),
        _ => return None,
    };
    let width = |rendition: &Json| rendition.get("width").and_then(Json::as_u64).unwrap_or(0);
    let mut best: Option<&Json> = None;
    for rendition in all.into_iter().filter(|rendition| rendition.get("href").is_some_and(Json::is_string)) {
        if best.is_none_or(|best| width(best) < width(rendition)) {
            best = Some(rendition);
        }
    }
    Sourced::json(best?.get("href"))
}

fn body(item: &Item, draft: &mut Draft<'_>) {
    let text = |key| get(item, key).and_then(Json::as_str).filter(|text| !text.trim().is_empty());
    if let Some(text) = text("bodyhtml").or_else(|| text("bodyxhtml")) {
        return draft.body(html::markdown(text, None));
    }
    if let Some(text) = text("bodytext") {
        return draft.plain_body(text);
    }
    let bodies: Vec<_> = get(item, "bodies")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_object)
        .collect();
    let is_html = |body: &&&Item| {
        text_of(body, "contenttype").is_some_and(|kind| kind.text.contains("html"))
            || text_of(body, "role").is_some_and(|kind| kind.text.contains("html"))
    };
    let Some(body) = bodies.iter().find(is_html).or_else(|| bodies.first()) else {
        return;
    };
    let text = get(body, "value").and_then(Json::as_str).unwrap_or_default();
    if is_html(&body) {
        draft.body(html::markdown(text, None));
    } else {
        draft.plain_body(text);
    }
}
