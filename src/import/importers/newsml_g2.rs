//! IPTC NewsML-G2 2 → stories: a news item, or the items of a news message.

use std::collections::BTreeMap;
use std::path::Path;

use super::common::{self, Draft, Said};
use super::nitf;
use crate::diagnostic::Diagnostic;
use crate::import::html;
use crate::import::xml::{As, Document, Element, of_root};
use crate::import::{Desk, File, Importer, Lines, Origin, Refusal, Sample, Source, Story};

/// NewsML-G2.
pub(super) struct NewsmlG2;

/// Items that are not news.
const OTHER_ITEMS: [(&str, &str); 5] = [
    ("packageItem", "it is a package of other items"),
    ("conceptItem", "it describes a concept"),
    ("knowledgeItem", "it is a list of concepts"),
    ("planningItem", "it is a plan of coverage"),
    ("catalogItem", "it is a list of schemes"),
];

impl Importer for NewsmlG2 {
    fn name(&self) -> &'static str {
        "newsml-g2"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        let is_other = |name: &str| OTHER_ITEMS.iter().any(|(other, _)| *other == name);
        of_root(sample.head).is_some_and(|(name, space)| match name {
            "newsMessage" | "newsItem" => true,
            "NewsML" => true,
            name => is_other(name) && space.starts_with("http://iptc.org/std/nar"),
        })
    }

    fn open(&self, folder: Option<&Path>, _: &Desk<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::files(folder, &["xml", "newsml"], read))
    }
}

fn read(file: &File, desk: &Desk<'_>) -> Result<Vec<Story>, Refusal> {
    let document = Document::parse(&file.bytes)?;
    let root = document.root();
    let items: Vec<_> = match root.name() {
        "newsMessage" => root.all("itemSet").flat_map(|set| set.elements()).collect(),
        "newsItem" => vec![root],
        "NewsML" => {
            let message = "it is NewsML 1, which is not read; ask the agency for NewsML-G2 or NITF";
            return Err(Refusal::Failed(message.to_owned(), None));
        }
        name if OTHER_ITEMS.iter().any(|(other, _)| *other == name) => vec![root],
        _ => return Err(common::other_root(root, "NewsML-G2")),
    };
    let lines = document.lines();
    let pictures = Pictures::new(&items);
    let texts: Vec<_> = items.iter().copied().filter(|item| reason(*item).is_none()).collect();
    let mut stories = Vec::new();
    for item in &texts {
        let picture = picture_of(*item, &pictures, texts.len());
        stories.extend(story(*item, picture, &lines, file, desk));
    }
    let reason = items.iter().find_map(|item| reason(*item));
    common::some(stories, reason.map(str::to_owned), "it has no news item")
}

/// The class of an item, as `ninat:picture` or the URI of that.
fn is_of(item: Element<'_>, class: &str) -> bool {
    let found =
        item.find("itemMeta/itemClass").and_then(|class| class.attribute("qcode").or(class.attribute("uri")));
    item.name() == "newsItem" && found.is_some_and(|found| found.rsplit([':', '/']).next() == Some(class))
}

/// Why an item is no story.
fn reason(item: Element<'_>) -> Option<&'static str> {
    if let Some((_, reason)) = OTHER_ITEMS.iter().find(|(name, _)| *name == item.name()) {
        return Some(reason);
    }
    if item.name() != "newsItem" {
        return Some("it is no news item");
    }
    match () {
        () if is_of(item, "picture") => Some("it is a picture without a text"),
        () if is_of(item, "graphic") => Some("it is a graphic without a text"),
        () if is_of(item, "video") => Some("it is a video"),
        () if is_of(item, "audio") => Some("it is a recording"),
        () => None,
    }
}

/// The picture that goes with a text: one that it links to, or the first if the message has one text.
fn picture_of<'a>(item: Element<'a>, pictures: &Pictures<'a>, texts: usize) -> Option<Element<'a>> {
    let links = item.find("itemMeta").into_iter().flat_map(|meta| meta.all("link"));
    let mut ids = links.filter_map(|link| link.attribute("residref").or_else(|| link.attribute("href")));
    let linked = ids.find_map(|id| pictures.by_id.get(id));
    linked.or(pictures.first.as_ref().filter(|_| texts == 1)).copied()
}

/// The pictures of a message.
struct Pictures<'a> {
    first: Option<Element<'a>>,
    by_id: BTreeMap<&'a str, Element<'a>>,
}

impl<'a> Pictures<'a> {
    fn new(items: &[Element<'a>]) -> Self {
        let all = items.iter().copied().filter(|item| is_of(*item, "picture"));
        let by_id = all.clone().filter_map(|item| Some((item.attribute("guid")?, item))).collect();
        Self { first: all.clone().next(), by_id }
    }
}

fn story(
    item: Element<'_>,
    picture: Option<Element<'_>>,
    lines: &Lines<'_>,
    file: &File,
    desk: &Desk<'_>,
) -> Option<Story> {
    let mut draft = Draft::new(desk, file);
    draft.identity(Said::attribute(Some(item), "guid", lines).as_ref());
    item_meta(item, lines, &mut draft);
    content_meta(item, lines, &mut draft);
    rights(item, lines, &mut draft);
    if let Some(picture) = picture {
        picture_item(picture, lines, &mut draft);
    }
    body(item, lines, &mut draft);
    draft.say("extra.version", Said::attribute(Some(item), "version", lines));
    draft.finish()
}

/// A code or URI, or the words of an element.
fn code(element: Option<Element<'_>>, lines: &Lines<'_>) -> Option<Said> {
    ["qcode", "uri", "literal"]
        .iter()
        .find_map(|name| Said::attribute(element, name, lines))
        .or_else(|| Said::of(element, lines))
}

/// The name of a thing, in the language of the item if there are several.
fn name_of(element: Element<'_>, lines: &Lines<'_>, language: Option<&str>) -> Option<Said> {
    let names: Vec<_> = element.all("name").collect();
    let fitting = names.iter().find(|name| language.is_some() && name.attribute("xml:lang") == language);
    let name = fitting.or_else(|| names.first()).copied();
    Said::of(name, lines).or_else(|| Said::attribute(Some(element), "literal", lines))
}

fn item_meta(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(meta) = item.find("itemMeta") else {
        return;
    };
    let of = |name: &str| Said::of(meta.find(name), lines);
    let created = Said::of(item.find("contentMeta/contentCreated"), lines);
    draft.versions(of("firstCreated").or(created), of("versionCreated"));
    draft.date("embargo", of("embargoed"));
    draft.status(code(meta.find("pubStatus"), lines));
    if meta.find("embargoed").is_some() && of("embargoed").is_none() {
        draft.embargo_without_end();
    }
    let language = item.attribute("xml:lang");
    for service in meta.all("service") {
        draft.section(name_of(service, lines, language));
    }
    for note in meta.all("edNote") {
        draft.note(Said::of(Some(note), lines));
    }
    for signal in meta.all("signal") {
        let Some(said) = code(Some(signal), lines) else { continue };
        match said.text.rsplit([':', '/']).next() {
            Some("correction") => {
                let message = "this version corrects an earlier one; say what was wrong under `corrections`";
                draft.story.remark("import/correction", message, said.at.first().copied());
            }
            Some("update") => {
                draft.story.remark(
                    "import/update",
                    "this version updates an earlier one",
                    said.at.first().copied(),
                );
            }
            _ => {}
        }
    }
    let headlines = item.find("contentMeta").into_iter().flat_map(|meta| meta.all("headline"));
    let headlines = headlines.map(|headline| Said::of(Some(headline), lines));
    draft.say("title", common::first_headline(headlines.chain([of("title")])));
}

fn content_meta(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(meta) = item.find("contentMeta") else {
        return;
    };
    let of = |name: &str| Said::of(meta.find(name), lines);
    let language = item.attribute("xml:lang");
    draft.urgency(of("urgency"));
    draft.deck(description(meta, &["summary", "caption", "description"], lines));
    draft.byline(of("by"));
    if !draft.has("authors") {
        for creator in meta.all("creator") {
            draft.byline(name_of(creator, lines, language));
        }
    }
    let place = meta.all("located").find_map(|place| name_of(place, lines, language));
    draft.say("dateline", place.or_else(|| of("dateline")));
    for source in meta.all("infoSource") {
        draft.source(name_of(source, lines, language).or_else(|| Said::of(Some(source), lines)));
    }
    if !draft.has("source") {
        draft.source(of("creditline"));
    }
    for genre in meta.all("genre") {
        draft.genre(name_of(genre, lines, language).or_else(|| code(Some(genre), lines)));
        draft.genre(code(Some(genre), lines));
    }
    for subject in meta.all("subject").chain(meta.all("keyword")) {
        draft.tag(name_of(subject, lines, language).or_else(|| Said::of(Some(subject), lines)));
    }
    draft.language(Said::attribute(meta.find("language"), "tag", lines));
    draft.language(Said::attribute(Some(item), "xml:lang", lines));
    draft.say("extra.slugline", of("slugline"));
}

/// The description of one of these roles, or one without a role.
fn description(meta: Element<'_>, roles: &[&str], lines: &Lines<'_>) -> Option<Said> {
    let role = |element: &Element<'_>| {
        element
            .attribute("role")
            .and_then(|role| role.rsplit([':', '/']).next())
            .unwrap_or_default()
            .to_owned()
    };
    let with = |wanted: &str| meta.all("description").find(|element| role(element) == wanted);
    let found = roles.iter().find_map(|wanted| with(wanted)).or_else(|| with(""));
    Said::of(found, lines)
}

fn rights(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    for rights in item.all("rightsInfo") {
        for terms in rights.all("usageTerms") {
            draft.note(Said::of(Some(terms), lines));
        }
        draft.note(Said::of(rights.find("copyrightNotice"), lines));
        let holder = rights.find("copyrightHolder");
        if !draft.has("source") {
            draft.source(holder.and_then(|holder| name_of(holder, lines, None)));
        }
    }
}

/// What a picture item says of its picture.
fn picture_item(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let contents: Vec<_> =
        item.find("contentSet").into_iter().flat_map(|set| set.all("remoteContent")).collect();
    let size = |content: &Element<'_>| {
        let number = |name| content.attribute(name).and_then(|value| value.parse::<u64>().ok());
        number("width").or_else(|| number("size")).unwrap_or(0)
    };
    let mut best: Option<Element<'_>> = None;
    for content in contents.into_iter().filter(|content| content.attribute("href").is_some()) {
        if best.as_ref().is_none_or(|best| size(best) < size(&content)) {
            best = Some(content);
        }
    }
    draft.picture(Said::attribute(best, "href", lines));
    if let Some(meta) = item.find("contentMeta") {
        draft.say("image.caption", description(meta, &["caption", "summary"], lines));
        let credit = Said::of(meta.find("creditline"), lines).or_else(|| Said::of(meta.find("by"), lines));
        draft.say("image.credit", credit);
    }
    let holder = item.find("rightsInfo/copyrightHolder");
    draft.say("image.credit", holder.and_then(|holder| name_of(holder, lines, None)));
    draft.note(Said::of(item.find("rightsInfo/usageTerms"), lines));
    // What holds a picture back holds back what shows it.
    draft.date("embargo", Said::of(item.find("itemMeta/embargoed"), lines));
    let status = code(item.find("itemMeta/pubStatus"), lines);
    if status.as_ref().is_some_and(|status| !status.text.ends_with("usable")) {
        let message = "its picture may not be used, by its status; choose another";
        draft.story.remark("import/picture", message, status.and_then(|status| status.at.first().copied()));
        draft.story.fields.retain(|field| !field.key.starts_with("image."));
        draft.story.media.clear();
    }
}

fn body(item: Element<'_>, lines: &Lines<'_>, draft: &mut Draft<'_>) {
    let Some(set) = item.find("contentSet") else {
        return;
    };
    if let Some(inline) = set.find("inlineXML") {
        let all = inline.descendants();
        if let Some(nitf) = all.iter().find(|element| element.name() == "nitf") {
            return nitf::fill(*nitf, lines, draft);
        }
        let body = all.iter().find(|element| element.name() == "body").copied().unwrap_or(inline);
        return draft.body(html::markdown(&body.html(role), None));
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
        let message = format!("its text is elsewhere, at {href}; add it by hand");
        draft.story.remark("import/text", message, Some(lines.at(set.span())));
    }
}

/// What an element of XHTML is in HTML.
fn role(element: Element<'_>) -> As<'_> {
    match element.name() {
        "head" | "script" | "style" => As::Gone,
        name => As::Element(name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fits, one, refused, stories, value};
    use super::*;

    const ITEM: &str = "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='urn:newsml:dw.example:1' version='2' xml:lang='en'>
<rightsInfo><copyrightHolder literal='x'><name>Delta Wire</name></copyrightHolder><usageTerms>No archive</usageTerms></rightsInfo>
<itemMeta><itemClass qcode='ninat:text'/><versionCreated>2026-11-22T11:00:00+01:00</versionCreated><firstCreated>2026-11-22T08:00:00Z</firstCreated>
<embargoed>2026-11-23T06:00:00Z</embargoed><pubStatus qcode='stat:usable'/><edNote>Adds quote</edNote><signal qcode='sig:correction'/></itemMeta>
<contentMeta><urgency>3</urgency><headline>Dockers walk out</headline><by>Ana Berg</by><located><name>Portmouth</name></located>
<subject type='cpnat:abstract' qcode='medtop:1'><name xml:lang='de'>Streik</name><name xml:lang='en'>strike</name></subject>
<genre qcode='genre:Interview'/><description role='drol:summary'>Talks stall</description></contentMeta>
<contentSet><inlineXML contenttype='application/xhtml+xml'><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head>
<body><p>One <b>two</b>.</p><p>Three</p></body></html></inlineXML></contentSet></newsItem>";

    #[test]
    fn an_item_becomes_a_story() {
        let story = one(&NewsmlG2, ITEM);
        for (key, expected) in [
            ("title", "\"Dockers walk out\""),
            ("deck", "\"Talks stall\""),
            ("date", "\"2026-11-22T08:00:00Z\""),
            ("updated", "\"2026-11-22T11:00:00+01:00\""),
            ("embargo", "\"2026-11-23T06:00:00Z\""),
            ("status", "null"),
            ("tags", "[\"strike\"]"),
            ("authors", "[\"Ana Berg\"]"),
            ("dateline", "\"Portmouth\""),
            ("source", "[\"Delta Wire\"]"),
            ("type", "\"interview\""),
            ("urgency", "3"),
            ("ednote", "\"Adds quote\\nNo archive\""),
        ] {
            assert_eq!(value(&story, key), expected, "{key}");
        }
        assert_eq!(story.body, "One **two**.\n\nThree");
        assert_eq!(story.remarks[0].code, "import/correction");
    }

    #[test]
    fn what_holds_an_item_back_is_kept() {
        for (status, expected) in
            [("canceled", "\"withdrawn\""), ("withheld", "\"withheld\""), ("odd", "\"withheld\"")]
        {
            let story = one(&NewsmlG2, &ITEM.replace("stat:usable", &format!("stat:{status}")));
            assert_eq!(value(&story, "status"), expected);
        }
    }

    #[test]
    fn a_message_has_many_items_and_a_picture_goes_with_its_text() {
        let picture = "<newsItem guid='p'><itemMeta><itemClass qcode='ninat:picture'/><pubStatus qcode='stat:usable'/></itemMeta><contentMeta><creditline>Jo Lind</creditline>
            <description role='drol:caption'>The port</description></contentMeta><contentSet><remoteContent href='https://p.example/s.jpg' width='10'/>
            <remoteContent href='https://p.example/l.jpg' width='20'/></contentSet></newsItem>";
        let message = |items: &str| {
            format!(
                "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><header/><itemSet>{items}</itemSet></newsMessage>"
            )
        };
        let story = one(&NewsmlG2, &message(&format!("{picture}<packageItem/>{ITEM}")));
        assert_eq!(value(&story, "image.src"), "\"https://p.example/l.jpg\"");
        assert_eq!(value(&story, "image.caption"), "\"The port\"");
        let two = stories(&NewsmlG2, message(&format!("{ITEM}{picture}{ITEM}")).as_bytes()).unwrap();
        assert_eq!(two.len(), 2);
        assert!(two[0].field("image.src").is_none());
        assert_eq!(refused(&NewsmlG2, &message(picture)), "it is a picture without a text");
        assert_eq!(refused(&NewsmlG2, &message("<conceptItem/>")), "it describes a concept");
        assert_eq!(refused(&NewsmlG2, &message("")), "it has no news item");
    }

    #[test]
    fn other_contents_are_read() {
        let (before, _) = ITEM.split_once("<contentSet>").unwrap();
        let with =
            |content: &str| one(&NewsmlG2, &format!("{before}<contentSet>{content}</contentSet></newsItem>"));
        assert_eq!(
            with("<inlineData contenttype='text/plain'>One\n\n# two</inlineData>").body,
            "One\n\n\\# two"
        );
        assert_eq!(
            with("<inlineData contenttype='text/html'>&lt;p&gt;One&lt;/p&gt;</inlineData>").body,
            "One"
        );
        assert_eq!(with("<inlineXML><nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'><body><body.content><p>One</p></body.content></body></nitf></inlineXML>").body, "One");
        assert_eq!(with("<remoteContent href='https://a.example/t'/>").remarks[1].code, "import/text");
    }

    #[test]
    fn others_are_refused() {
        assert!(refused(&NewsmlG2, "<NewsML/>").contains("NewsML 1"));
        assert!(!fits(&NewsmlG2, "<nitf>"));
        assert!(!fits(&NewsmlG2, "<rss>"));
    }
}
