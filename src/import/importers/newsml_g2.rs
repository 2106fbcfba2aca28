//! NewsML-G2 2 → stories: a news item, or the items of a news message.

use std::collections::{BTreeMap, BTreeSet};

use super::common::{self, Draft, Picture, Sourced};
use super::{iptc, nitf};
use crate::content::Key;
use crate::import::xml::{Document, Element, of_root};
use crate::import::{FieldKey, File, ImportContext, Lines, Refusal, Story, html};

/// NewsML-G2.
pub(super) static FORMAT: iptc::Format = iptc::Format {
    name: "newsml-g2",
    extensions: &["xml", "newsml"],
    fits: |head| {
        of_root(head).is_some_and(|(name, space)| match name {
            "newsMessage" | "newsItem" => true,
            name => other_item(name).is_some() && space.starts_with("http://iptc.org/std/nar"),
        })
    },
    read,
};

/// Items that are not news, and why they are skipped.
const OTHER_ITEMS: [(&str, &str); 5] = [
    ("packageItem", "the item is a package of other items"),
    ("conceptItem", "the item describes a concept"),
    ("knowledgeItem", "the item is a list of concepts"),
    ("planningItem", "the item is a coverage plan"),
    ("catalogItem", "the item is a list of schemes"),
];

fn other_item(name: &str) -> Option<&'static str> {
    OTHER_ITEMS.iter().find(|(other, _)| *other == name).map(|(_, reason)| *reason)
}

fn read(file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
    let document = Document::parse(&file.bytes)?;
    let root = document.root();
    let items: Vec<_> = match root.name() {
        "newsMessage" => root.all("itemSet").flat_map(|set| set.elements()).collect(),
        "newsItem" => vec![root],
        name if other_item(name).is_some() => vec![root],
        _ => return Err(common::wrong_root(root, "NewsML-G2")),
    };
    let lines = document.lines();
    let texts: Vec<_> = items.iter().copied().filter(|item| reason(*item).is_none()).collect();
    let pictures = Pictures::of(&items, &texts);
    let mut stories = Vec::new();
    for item in &texts {
        stories.extend(story(*item, pictures.for_text(*item), &lines, file, desk));
    }
    if let Some(first) = stories.first_mut().filter(|_| pictures.loose > 0) {
        let message = match pictures.loose {
            1 => "a picture in the message belongs to none of its texts".to_owned(),
            count => format!("{count} pictures in the message belong to none of its texts"),
        };
        first.remark("import/picture", message, None);
    }
    let reason = items.iter().find_map(|item| reason(*item));
    common::require_stories(stories, reason.map(str::to_owned), "the file has no news item")
}

/// Whether an item has a class, given as `ninat:picture` or as a URI.
fn is_of(item: Element<'_>, class: &str) -> bool {
    let found =
        item.find("itemMeta/itemClass").and_then(|class| class.attribute("qcode").or(class.attribute("uri")));
    item.name() == "newsItem" && found.is_some_and(|found| iptc::term(found) == class)
}

/// Why an item is not a story.
fn reason(item: Element<'_>) -> Option<&'static str> {
    if let Some(reason) = other_item(item.name()) {
        return Some(reason);
    }
    if item.name() != "newsItem" {
        return Some("the item is not a news item");
    }
    let media = [
        ("picture", "the item is a picture without text"),
        ("graphic", "the item is a graphic without text"),
        ("video", "the item is a video"),
        ("audio", "the item is an audio recording"),
    ];
    media.iter().find(|(class, _)| is_of(item, class)).map(|(_, reason)| *reason)
}

/// Whether an item is a picture or a graphic.
fn is_picture(item: Element<'_>) -> bool {
    is_of(item, "picture") || is_of(item, "graphic")
}

/// The pictures of a message, by the text that they belong to.
struct Pictures<'a> {
    by_text: BTreeMap<&'a str, Vec<Element<'a>>>,
    /// The number of pictures that belong to no text.
    loose: usize,
}

impl<'a> Pictures<'a> {
    /// A text links to its pictures, or a package lists both. If the message has only one text, all pictures belong to it.
    fn of(items: &[Element<'a>], texts: &[Element<'a>]) -> Self {
        let guid = |item: &Element<'a>| item.attribute("guid");
        let all: Vec<_> = items.iter().copied().filter(|item| is_picture(*item)).collect();
        let mut by_id: BTreeMap<_, Element<'a>> = BTreeMap::new();
        // The last of several versions counts.
        by_id.extend(all.iter().filter_map(|item| Some((guid(item)?, *item))));
        let is_alone = texts.windows(2).all(|two| guid(&two[0]).is_some() && guid(&two[0]) == guid(&two[1]));
        let texts: BTreeSet<_> = texts.iter().map(|text| guid(text).unwrap_or_default()).collect();
        let mut by_text: BTreeMap<&str, Vec<Element<'a>>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for item in items {
            let refers: Vec<_> = item
                .descendants()
                .into_iter()
                .filter(|element| matches!(element.name(), "link" | "itemRef"))
                .filter_map(|link| link.attribute("residref").or_else(|| link.attribute("href")))
                .collect();
            let text = match item.name() {
                "packageItem" => refers.iter().copied().find(|id| texts.contains(id)),
                _ => guid(item).filter(|id| texts.contains(id)),
            };
            let Some(text) = text else { continue };
            let found = refers.iter().filter_map(|id| by_id.get_key_value(id));
            for (id, picture) in found {
                if seen.insert((text, *id)) {
                    by_text.entry(text).or_default().push(*picture);
                }
            }
        }
        let taken: BTreeSet<_> = seen.iter().map(|(_, id)| *id).collect();
        let loose: Vec<_> =
            all.into_iter().filter(|item| guid(item).is_none_or(|id| !taken.contains(id))).collect();
        if let (Some(only), true) = (texts.first(), is_alone) {
            by_text.entry(only).or_default().extend(loose);
            return Self { by_text, loose: 0 };
        }
        Self { by_text, loose: if texts.is_empty() { 0 } else { loose.len() } }
    }

    fn for_text(&self, text: Element<'a>) -> &[Element<'a>] {
        self.by_text.get(text.attribute("guid").unwrap_or_default()).map_or(&[], Vec::as_slice)
    }
}

fn story(
    item: Element<'_>,
    pictures: &[Element<'_>],
    lines: &Lines<'_>,
    file: &File,
    desk: &ImportContext<'_>,
) -> Option<Story> {
    let mut draft = Draft::new(desk, file);
    draft.identity(Sourced::attribute(Some(item), "guid", lines).as_ref());
    item_meta(item, lines, &mut draft);
    content_meta(item, lines, &mut draft);
    rights(item, lines, &mut draft);
    for picture in pictures {
        picture_item(*picture, lines, &mut draft);
    }
    body(item, lines, &mut draft);
    draft.set(FieldKey::extra("version"), Sourced::attribute(Some(item), "version", lines));
    draft.finish()
}

/// The code or the URI of an element, else its text.
fn code(element: Option<Element<'_>>, lines: &Lines<'_>) -> Option<Sourced> {
    ["qcode", "uri", "literal"]
        .iter()
        .find_map(|name| Sourced::attribute(element, name, lines))
        .or_else(|| Sourced::of(element, lines))
}

/// The name in an element, in the language of the item if there are several.
fn name_of(element: Element<'_>, lines: &Lines<'_>, language: Option<&str>) -> Option<Sourced> {
    let names: Vec<_> = element.all("name").collect();
    let fitting = names.iter().find(|name| language.is_some() && name.attribute("xml:lang") == language);
    let name = fitting.or_else(|| names.first()).copied();
    Sourced::of(name, lines).or_else(|| Sourced::attribute(Some(element), "literal", lines))
}

fn item_meta(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(meta) = item.find("itemMeta") else {
        return;
    };
    let of = |name: &str| Sourced::of(meta.find(name), lines);
    let created = Sourced::of(item.find("contentMeta/contentCreated"), lines);
    draft.versions(of("firstCreated").or(created), of("versionCreated"));
    draft.date(Key::Embargo, of("embargoed"));
    draft.status(code(meta.find("pubStatus"), lines));
    if meta.find("embargoed").is_some() && of("embargoed").is_none() {
        draft.withhold_without_date();
    }
    let language = item.attribute("xml:lang");
    for service in meta.all("service") {
        draft.section(name_of(service, lines, language));
    }
    for note in meta.all("edNote") {
        draft.note(Sourced::of(Some(note), lines));
    }
    for signal in meta.all("signal") {
        if let Some(signal) = code(Some(signal), lines) {
            iptc::signal(iptc::term(&signal.text), signal.spans.first().copied(), draft);
        }
    }
    let headlines = item.find("contentMeta").into_iter().flat_map(|meta| meta.all("headline"));
    let headlines = headlines.map(|headline| Sourced::of(Some(headline), lines));
    draft.set(Key::Title, common::first_headline(headlines.chain([of("title")])));
}

fn content_meta(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(meta) = item.find("contentMeta") else {
        return;
    };
    let of = |name: &str| Sourced::of(meta.find(name), lines);
    let language = item.attribute("xml:lang");
    draft.urgency(of("urgency"));
    draft.deck(description(meta, &["summary", "caption", "description"], lines));
    draft.byline(of("by"));
    if !draft.has(Key::Authors) {
        for creator in meta.all("creator") {
            draft.byline(name_of(creator, lines, language));
        }
    }
    let place = meta.all("located").find_map(|place| name_of(place, lines, language));
    draft.set(Key::Dateline, place.or_else(|| of("dateline")));
    for source in meta.all("infoSource") {
        draft.source(name_of(source, lines, language).or_else(|| Sourced::of(Some(source), lines)));
    }
    if !draft.has(Key::Source) {
        draft.source(of("creditline"));
    }
    for genre in meta.all("genre") {
        draft.genre(name_of(genre, lines, language).or_else(|| code(Some(genre), lines)));
        draft.genre(code(Some(genre), lines));
    }
    for subject in meta.all("subject").chain(meta.all("keyword")) {
        draft.tag(name_of(subject, lines, language).or_else(|| Sourced::of(Some(subject), lines)));
    }
    draft.language(Sourced::attribute(meta.find("language"), "tag", lines));
    draft.language(Sourced::attribute(Some(item), "xml:lang", lines));
    draft.set(FieldKey::extra("slugline"), of("slugline"));
}

/// The description of one of these roles, or one without a role.
fn description(meta: Element<'_>, roles: &[&str], lines: &Lines<'_>) -> Option<Sourced> {
    described(meta, roles, lines).or_else(|| described(meta, &[""], lines))
}

/// The description of one of these roles.
fn described(meta: Element<'_>, roles: &[&str], lines: &Lines<'_>) -> Option<Sourced> {
    let with = |wanted: &str| {
        meta.all("description")
            .find(|element| iptc::term(element.attribute("role").unwrap_or_default()) == wanted)
    };
    Sourced::of(roles.iter().find_map(|wanted| with(wanted)), lines)
}

fn rights(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    for rights in item.all("rightsInfo") {
        for terms in rights.all("usageTerms") {
            draft.note(Sourced::of(Some(terms), lines));
        }
        draft.note(Sourced::of(rights.find("copyrightNotice"), lines));
        let holder = rights.find("copyrightHolder");
        if !draft.has(Key::Source) {
            draft.source(holder.and_then(|holder| name_of(holder, lines, None)));
        }
    }
}

/// Shows the picture of a picture item, if it may be used.
fn picture_item(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let status = code(item.find("itemMeta/pubStatus"), lines);
    if let Some(status) = status.filter(|status| !status.text.ends_with("usable")) {
        return iptc::unusable_picture(status.spans.first().copied(), draft);
    }
    let contents = item.find("contentSet").into_iter().flat_map(|set| set.all("remoteContent"));
    let meta = item.find("contentMeta");
    let of = |name: &str| Sourced::of(meta.and_then(|meta| meta.find(name)), lines);
    let holder = item.find("rightsInfo/copyrightHolder");
    draft.add_picture(Picture {
        src: Sourced::attribute(contents.max_by_key(rendition), "href", lines),
        alt: meta.and_then(|meta| described(meta, &["altText"], lines)),
        caption: meta
            .and_then(|meta| description(meta, &["caption", "summary"], lines))
            .or_else(|| of("headline")),
        credit: of("creditline")
            .or_else(|| of("by"))
            .or_else(|| holder.and_then(|holder| name_of(holder, lines, None))),
    });
    draft.note(Sourced::of(item.find("rightsInfo/usageTerms"), lines));
    // An embargo on a picture also holds back the story.
    draft.date(Key::Embargo, Sourced::of(item.find("itemMeta/embargoed"), lines));
}

/// How well a rendition suits a page: browsers show it, it is not a thumbnail, it is large.
fn rendition(content: &Element<'_>) -> (bool, bool, bool, u64) {
    let number = |name| content.attribute(name).and_then(|value| value.parse::<u64>().ok());
    let kind = content.attribute("contenttype").unwrap_or_default();
    let is_shown = ["jpeg", "jpg", "png", "webp", "gif", "avif"].iter().any(|end| kind.ends_with(end));
    let is_small = content.attribute("rendition").is_some_and(|name| name.to_lowercase().contains("thumb"));
    let size = number("width").or_else(|| number("size")).unwrap_or(0);
    (content.attribute("href").is_some(), is_shown || kind.is_empty(), !is_small, size)
}

fn body(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(set) = item.find("contentSet") else {
        return;
    };
    if let Some(inline) = set.find("inlineXML") {
        return match iptc::nitf_within(inline) {
            Some(nitf) => nitf::fill(nitf, lines, draft),
            None => draft.body(html::markdown(&iptc::html_within(inline), None)),
        };
    }
    if let Some(inline) = set.find("inlineData") {
        let text = inline.text();
        let is_html = inline.attribute("contenttype").is_some_and(|kind| kind.contains("html"));
        if is_html {
            return draft.body(html::markdown(&text, None));
        }
        return draft.plain_body(&text);
    }
    if let Some(remote) = set.find("remoteContent").and_then(|remote| remote.attribute("href")) {
        let href: String = remote.chars().take(120).collect();
        let message = format!("the text is not in the file but at {href}; add it by hand");
        draft.story.remark("import/text", message, Some(lines.at(set.span())));
    }
}
