//! NITF 3 → a story.

use std::path::Path;

use super::common::{self, Draft, Picture, Said};
use crate::diagnostic::Diagnostic;
use crate::import::html;
use crate::import::xml::{As, Document, Element, of_root};
use crate::import::{Desk, File, Importer, Lines, Origin, Refusal, Sample, Source, Story};

/// NITF.
pub(super) struct Nitf;

impl Importer for Nitf {
    fn name(&self) -> &'static str {
        "nitf"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        of_root(sample.head).is_some_and(|(name, _)| name == "nitf")
    }

    fn open(&self, folder: Option<&Path>, _: &Desk<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::files(folder, &["xml", "nitf", "ntf"], read))
    }
}

fn read(file: &File, desk: &Desk<'_>) -> Result<Vec<Story>, Refusal> {
    let document = Document::parse(&file.bytes)?;
    let root = document.root();
    if root.name() != "nitf" {
        return Err(common::other_root(root, "NITF"));
    }
    let mut draft = Draft::new(desk, file);
    fill(root, &document.lines(), &mut draft);
    common::some(draft.finish().into_iter().collect(), None, "it has neither a headline nor text")
}

/// Puts what NITF says into a story, where nothing is said yet: it may come within NewsML.
pub(super) fn fill(nitf: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let of = |path: &str| Said::of(nitf.find(path), lines);
    let attribute = |path: &str, name: &str| Said::attribute(nitf.find(path), name, lines);
    draft.identity(attribute("head/docdata/doc-id", "id-string").as_ref());
    headlines(nitf, lines, draft);
    if !draft.has("source") {
        draft.source(of("body/body.head/distributor"));
    }
    docdata(nitf, lines, draft);
    if let Some(head) = nitf.find("body/body.head") {
        body_head(head, lines, draft);
    }
    if let Some(tagline) = of("body/body.end/tagline") {
        draft.note(Some(Said { text: format!("sign-off: {}", tagline.text), at: tagline.at }));
    }
    if let Some(content) = nitf.find("body/body.content") {
        for image in images(content) {
            draft.show(picture(image, lines));
        }
        draft.body(html::markdown(&content.html(role), None));
    }
}

/// Headline and deck. Keyword lines of the desk are neither if there is something else.
fn headlines(nitf: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let of = |path: &str| Said::of(nitf.find(path), lines);
    let (first, second) = (of("body/body.head/hedline/hl1"), of("body/body.head/hedline/hl2"));
    let keywords =
        [&first, &second].into_iter().flatten().find(|line| common::is_keyword_line(line)).cloned();
    let title = common::first_headline([first, of("head/title"), second.clone()]);
    let is_title = |said: &Said| title.as_ref().is_some_and(|title| title.text == said.text);
    let deck = second.filter(|second| !common::is_keyword_line(second) && !is_title(second));
    draft.deck(deck);
    draft.summary(of("body/body.head/abstract"));
    draft.say("title", title);
    let key = Said::attribute(nitf.find("head/docdata/du-key"), "key", lines);
    draft.say("extra.slugline", key.or(keywords));
}

fn docdata(nitf: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(data) = nitf.find("head/docdata") else {
        return;
    };
    let norm = |name: &str| Said::attribute(data.find(name), "norm", lines);
    let issue =
        norm("date.issue").or_else(|| Said::attribute(nitf.find("head/pubdata"), "date.publication", lines));
    let story_date = Said::attribute(nitf.find("body/body.head/dateline/story.date"), "norm", lines);
    let release = norm("date.release");
    draft.date("date", issue.or(story_date));
    // A release with the issue is no embargo.
    if release.as_ref().map(|said| &said.text) != norm("date.issue").as_ref().map(|said| &said.text) {
        let has_embargo = draft.has("embargo");
        draft.date("embargo", release.clone());
        let date = draft.story.text("date").unwrap_or_default().to_owned();
        let embargo = draft.story.text("embargo").unwrap_or_default().to_owned();
        if !has_embargo
            && !date.is_empty()
            && !embargo.is_empty()
            && !common::dates::is_later(&embargo, &date)
        {
            draft.story.fields.retain(|field| field.key != "embargo");
        }
    }
    draft.date("date", release);
    draft.date("expires", norm("date.expire"));
    draft.status(Said::attribute(Some(data), "management-status", lines));
    draft.urgency(Said::attribute(data.find("urgency"), "ed-urg", lines));
    for keyword in data.all("key-list").flat_map(|list| list.all("keyword")) {
        draft.tag(Said::attribute(Some(keyword), "key", lines));
    }
    for content in data.all("identified-content").flat_map(|content| content.elements()) {
        let said = Said::attribute(Some(content), "value", lines).or_else(|| Said::of(Some(content), lines));
        if content.is("classifier") || said.is_some() && !content.is("location") {
            draft.tag(said);
        }
    }
    for message in data.all("ed-msg") {
        draft.note(Said::attribute(Some(message), "info", lines).or_else(|| Said::of(Some(message), lines)));
    }
    draft.say("extra.slugline", Said::attribute(data.find("du-key"), "key", lines));
    draft.say("extra.version", Said::attribute(data.find("du-key"), "version", lines));
    let holder = Said::attribute(data.find("doc.copyright"), "holder", lines);
    if !draft.has("source") {
        draft.source(holder);
    }
}

fn body_head(head: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let has_authors = draft.has("authors");
    for byline in head.all("byline").filter(|_| !has_authors) {
        let names: Vec<_> = byline.all("person").chain(byline.all("virtloc")).collect();
        let role = Said::of(byline.find("byttl"), lines);
        match (names.first(), role) {
            (Some(only), Some(role)) if names.len() == 1 => {
                if let Some(name) = Said::of(Some(*only), lines) {
                    draft.byline(Some(Said {
                        text: format!("{}, {}", name.text.replace(',', ""), role.text),
                        at: name.at,
                    }));
                }
            }
            (Some(_), _) => names.iter().for_each(|name| draft.byline(Said::of(Some(*name), lines))),
            (None, _) => draft.byline(Said::of(Some(byline), lines)),
        }
    }
    let dateline = head.find("dateline");
    let place = dateline.and_then(|dateline| dateline.find("location"));
    let place =
        Said::of(place.and_then(|place| place.find("city")), lines).or_else(|| Said::of(place, lines));
    draft.say(
        "dateline",
        place.or_else(|| Said::of(dateline.filter(|dateline| dateline.find("story.date").is_none()), lines)),
    );
    for rights in head.all("rights") {
        draft.note(Said::of(Some(rights), lines));
    }
    for note in head.all("note") {
        draft.note(Said::of(Some(note), lines));
    }
}

/// The pictures of a text: the parts of `media` that are images.
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
    // Of several sizes the widest.
    let width =
        |element: &&Element<'_>| element.attribute("width").and_then(|width| width.parse::<u32>().ok());
    let reference = references.iter().rev().max_by_key(width).copied();
    Picture {
        src: Said::attribute(reference, "source", lines),
        alt: Said::attribute(reference, "alternate-text", lines),
        caption: Said::of(image.find("media-caption"), lines),
        credit: Said::of(image.find("media-producer"), lines),
    }
}

/// What an element of NITF is in HTML.
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

#[cfg(test)]
mod tests {
    use super::super::testing::{one, refused, value};
    use super::*;

    const COPY: &str = "<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'>
<nitf><head><title>T</title><docdata management-status='usable'><doc-id id-string='dw.1'/><urgency ed-urg='3'/>
<date.issue norm='20261122T101500Z'/><date.release norm='20261123T060000Z'/><date.expire norm='20271122T000000Z'/>
<ed-msg info='Adds quote'/><key-list><keyword key='harbour'/><keyword key='strike'/></key-list><doc.copyright holder='Delta Wire'/></docdata></head>
<body><body.head><hedline><hl1>Dockers walk out</hl1><hl2>Talks stall</hl2></hedline><byline>By <person>Ana Berg</person><byttl>Reporter</byttl></byline>
<dateline><location>Portmouth</location><story.date norm='20261122'/></dateline></body.head>
<body.content><p>One <em>two</em>.</p><hl2>Next</hl2><media media-type='image'><media-reference source='https://p.example/a.jpg' alternate-text='Cranes'/>
<media-caption><p>The port</p></media-caption><media-producer>Jo Lind</media-producer></media><ul><li>a</li></ul>
<table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></table></body.content><body.end><tagline>ab/cd</tagline></body.end></body></nitf>";

    #[test]
    fn copy_becomes_a_story() {
        let story = one(&Nitf, COPY);
        for (key, expected) in [
            ("title", "\"Dockers walk out\""),
            ("deck", "\"Talks stall\""),
            ("date", "\"2026-11-22T10:15:00Z\""),
            ("embargo", "\"2026-11-23T06:00:00Z\""),
            ("expires", "\"2027-11-22T00:00:00Z\""),
            ("urgency", "3"),
            ("tags", "[\"harbour\",\"strike\"]"),
            ("authors", "[{\"name\":\"Ana Berg\",\"role\":\"Reporter\"}]"),
            ("dateline", "\"Portmouth\""),
            ("source", "[\"Delta Wire\"]"),
            ("image.src", "\"https://p.example/a.jpg\""),
            ("image.caption", "\"The port\""),
            ("image.credit", "\"Jo Lind\""),
            ("ednote", "\"Adds quote\\nsign-off: ab/cd\""),
        ] {
            assert_eq!(value(&story, key), expected, "{key}");
        }
        assert_eq!(story.body, "One *two*.\n\n## Next\n\n- a\n\n| x | y |\n| - | - |\n| 1 | 2 |");
    }

    #[test]
    fn what_holds_a_story_back_is_kept() {
        let with = |from: &str, to: &str| one(&Nitf, &COPY.replace(from, to));
        assert_eq!(value(&with("'usable'", "'canceled'"), "status"), "\"withdrawn\"");
        assert_eq!(value(&with("'usable'", "'withheld'"), "status"), "\"withheld\"");
        assert_eq!(value(&with("20261123T060000Z", "tomorrow"), "status"), "\"withheld\"");
        assert_eq!(value(&with("20271122T000000Z", "never"), "draft"), "true");
        assert_eq!(value(&with("20261123T060000Z", "20261121T060000Z"), "embargo"), "null");
    }

    #[test]
    fn keyword_lines_are_no_headlines_if_there_are_others() {
        let with = |from: &str, to: &str| one(&Nitf, &COPY.replace(from, to));
        let story = with("Talks stall", "BC-BBN--Top Ten");
        assert_eq!(
            (value(&story, "title").as_str(), value(&story, "deck").as_str()),
            ("\"Dockers walk out\"", "null")
        );
        assert_eq!(value(&story, "extra.slugline"), "\"BC-BBN--Top Ten\"");
        let story =
            one(&Nitf, &COPY.replace("Dockers walk out", "BC-US--Docks,3").replace("<title>T</title>", ""));
        assert_eq!(
            (value(&story, "title").as_str(), value(&story, "deck").as_str()),
            ("\"Talks stall\"", "null")
        );
        let story = one(
            &Nitf,
            "<nitf><body><body.head><hedline><hl1>BC-US--Docks</hl1></hedline></body.head><body.content><p>x</p></body.content></body></nitf>",
        );
        assert_eq!(value(&story, "title"), "\"BC-US--Docks\"");
    }

    #[test]
    fn what_is_no_nitf_is_refused() {
        assert!(refused(&Nitf, "<html><body/></html>").contains("its root is `<html>`"));
        assert!(refused(&Nitf, "<nitf><body>").contains("cut off"));
        assert!(refused(&Nitf, "<nitf/>").contains("neither a headline"));
    }
}
