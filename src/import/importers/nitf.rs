//! NITF 3 → a story.

use super::common::{self, Draft, Picture, Sourced};
use super::iptc;
use crate::content::Key;
use crate::import::xml::{As, Element, of_root};
use crate::import::{FieldKey, File, ImportContext, Lines, Refusal, Story, html};
use crate::time;

/// NITF.
pub(super) static FORMAT: iptc::Format = iptc::Format {
    name: "nitf",
    extensions: &["xml", "nitf", "ntf"],
    fits: |head| of_root(head).is_some_and(|(name, _)| name == "nitf"),
    read,
};

fn read(file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
    let document = iptc::document(&file.bytes, "nitf", "NITF")?;
    let mut draft = Draft::new(desk, file);
    fill(document.root(), &document.lines(), &mut draft);
    common::require_stories(
        draft.finish().into_iter().collect(),
        None,
        "the item has neither a headline nor text",
    )
}

/// Fills the fields of a story that are still empty, as NITF may be part of NewsML.
pub(super) fn fill(nitf: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let of = |path: &str| Sourced::of(nitf.find(path), lines);
    let attribute = |path: &str, name: &str| Sourced::attribute(nitf.find(path), name, lines);
    draft.identity(attribute("head/docdata/doc-id", "id-string").as_ref());
    headlines(nitf, lines, draft);
    if !draft.has(Key::Source) {
        draft.source(of("body/body.head/distributor"));
    }
    docdata(nitf, lines, draft);
    if let Some(head) = nitf.find("body/body.head") {
        body_head(head, lines, draft);
    }
    if let Some(tagline) = of("body/body.end/tagline") {
        draft.note(Some(Sourced { text: format!("sign-off: {}", tagline.text), spans: tagline.spans }));
    }
    if let Some(content) = nitf.find("body/body.content") {
        for image in images(content) {
            draft.add_picture(picture(image, lines));
        }
        draft.body(html::markdown(&content.html(role), None));
    }
}

/// Headline and deck. Keyword lines for the desk are used only if there is nothing else.
fn headlines(nitf: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let of = |path: &str| Sourced::of(nitf.find(path), lines);
    let (first, second) = (of("body/body.head/hedline/hl1"), of("body/body.head/hedline/hl2"));
    let keywords =
        [&first, &second].into_iter().flatten().find(|line| common::is_keyword_line(line)).cloned();
    let title = common::first_headline([first, of("head/title"), second.clone()]);
    let is_title = |line: &Sourced| title.as_ref().is_some_and(|title| title.text == line.text);
    let deck = second.filter(|second| !common::is_keyword_line(second) && !is_title(second));
    draft.deck(deck);
    draft.summary(of("body/body.head/abstract"));
    draft.set(Key::Title, title);
    let key = Sourced::attribute(nitf.find("head/docdata/du-key"), "key", lines);
    draft.set(FieldKey::extra("slugline"), key.or(keywords));
}

fn docdata(nitf: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(data) = nitf.find("head/docdata") else {
        return;
    };
    let norm = |name: &str| Sourced::attribute(data.find(name), "norm", lines);
    let issue = norm("date.issue")
        .or_else(|| Sourced::attribute(nitf.find("head/pubdata"), "date.publication", lines));
    let story_date = Sourced::attribute(nitf.find("body/body.head/dateline/story.date"), "norm", lines);
    let release = norm("date.release");
    draft.date(Key::Date, issue.or(story_date));
    // A release at the time of issue is not an embargo.
    if release.as_ref().map(|date| &date.text) != norm("date.issue").as_ref().map(|date| &date.text) {
        let has_embargo = draft.has(Key::Embargo);
        draft.date(Key::Embargo, release.clone());
        let date = draft.story.text(Key::Date).unwrap_or_default().to_owned();
        let embargo = draft.story.text(Key::Embargo).unwrap_or_default().to_owned();
        if !has_embargo && !date.is_empty() && !embargo.is_empty() && !time::is_later(&embargo, &date) {
            draft.story.remove(Key::Embargo);
        }
    }
    draft.date(Key::Date, release);
    draft.date(Key::Expires, norm("date.expire"));
    draft.status(Sourced::attribute(Some(data), "management-status", lines));
    draft.urgency(Sourced::attribute(data.find("urgency"), "ed-urg", lines));
    for keyword in data.all("key-list").flat_map(|list| list.all("keyword")) {
        draft.tag(Sourced::attribute(Some(keyword), "key", lines));
    }
    for content in data.all("identified-content").flat_map(|content| content.elements()) {
        let topic =
            Sourced::attribute(Some(content), "value", lines).or_else(|| Sourced::of(Some(content), lines));
        if content.is("classifier") || topic.is_some() && !content.is("location") {
            draft.tag(topic);
        }
    }
    for message in data.all("ed-msg") {
        draft.note(
            Sourced::attribute(Some(message), "info", lines).or_else(|| Sourced::of(Some(message), lines)),
        );
    }
    draft.set(FieldKey::extra("slugline"), Sourced::attribute(data.find("du-key"), "key", lines));
    draft.set(FieldKey::extra("version"), Sourced::attribute(data.find("du-key"), "version", lines));
    let holder = Sourced::attribute(data.find("doc.copyright"), "holder", lines);
    if !draft.has(Key::Source) {
        draft.source(holder);
    }
}

fn body_head(head: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let has_authors = draft.has(Key::Authors);
    for byline in head.all("byline").filter(|_| !has_authors) {
        let names: Vec<_> = byline.all("person").chain(byline.all("virtloc")).collect();
        let role = Sourced::of(byline.find("byttl"), lines);
        match (names.first(), role) {
            (Some(only), Some(role)) if names.len() == 1 => {
                if let Some(name) = Sourced::of(Some(*only), lines) {
                    draft.byline(Some(Sourced {
                        text: format!("{}, {}", name.text.replace(',', ""), role.text),
                        spans: name.spans,
                    }));
                }
            }
            (Some(_), _) => names.iter().for_each(|name| draft.byline(Sourced::of(Some(*name), lines))),
            (None, _) => draft.byline(Sourced::of(Some(byline), lines)),
        }
    }
    let dateline = head.find("dateline");
    let place = dateline.and_then(|dateline| dateline.find("location"));
    let place =
        Sourced::of(place.and_then(|place| place.find("city")), lines).or_else(|| Sourced::of(place, lines));
    draft.set(
        Key::Dateline,
        place.or_else(|| {
            Sourced::of(dateline.filter(|dateline| dateline.find("story.date").is_none()), lines)
        }),
    );
    for rights in head.all("rights") {
        draft.note(Sourced::of(Some(rights), lines));
    }
    for note in head.all("note") {
        draft.note(Sourced::of(Some(note), lines));
    }
}

/// The `media` elements of a text that are pictures.
fn images(content: Element<'_>) -> Vec<Element<'_>> {
    let all = content.descendants().into_iter();
    all.filter(|element| {
        element.is("media")
            && element.attribute("media-type").is_none_or(|kind| kind == "image")
            && element.find("media-reference").is_some()
    })
    .collect()
}

fn picture(image: Element<'_>, lines: &Lines<'_>) -> Picture {
    let references: Vec<_> = image.all("media-reference").collect();
    // The widest of several sizes.
    let width =
        |element: &&Element<'_>| element.attribute("width").and_then(|width| width.parse::<u32>().ok());
    let reference = references.iter().rev().max_by_key(width).copied();
    Picture {
        src: Sourced::attribute(reference, "source", lines),
        alt: Sourced::attribute(reference, "alternate-text", lines),
        caption: Sourced::of(image.find("media-caption"), lines),
        credit: Sourced::of(image.find("media-producer"), lines),
    }
}

/// The HTML for an element of NITF.
pub(super) fn role(element: Element<'_>) -> As<'_> {
    match element.name() {
        "hl1" | "hl2" => As::Element("h2"),
        "bq" | "blockquote" => As::Element("blockquote"),
        "block" | "credit" | "note" | "nitf-table" | "fn" => As::Element("div"),
        "media" | "body.head" | "nitf-table-metadata" | "head" | "style" | "script" => As::Gone,
        name @ ("p" | "ul" | "ol" | "li" | "dl" | "dt" | "dd" | "table" | "caption" | "tr" | "td" | "th"
        | "pre" | "em" | "strong" | "b" | "i" | "a" | "br" | "hr" | "q" | "sub" | "sup") => As::Element(name),
        _ => As::Content,
    }
}
