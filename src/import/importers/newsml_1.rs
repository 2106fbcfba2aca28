//! NewsML 1.0 to 1.2 → stories, one for each `NewsItem` with a text.
//!
//! Components are nested. The metadata of a text is in its own component or in one around it, and the nearest counts. Of equivalents
//! (`EquivalentsList="yes"`: the same content in other formats, sizes or languages), the most suitable one is used.

use super::common::{self, Draft, Picture, Sourced};
use super::{iptc, nitf};
use crate::content::Key;
use crate::import::xml::{Element, of_root};
use crate::import::{FieldKey, File, ImportContext, Lines, Refusal, Story, html};

/// NewsML 1.
pub(super) static FORMAT: iptc::Format = iptc::Format {
    name: "newsml-1",
    extensions: &["xml", "newsml"],
    fits: |head| of_root(head).is_some_and(|(name, _)| name == "NewsML"),
    read,
};

/// Names of sections for the first two digits of IPTC subject codes, from `01`.
const SUBJECTS: &str = "Culture|Crime|Disasters|Business|Education|Environment|Health|Human interest|Labour|Lifestyle|\
    Politics|Religion|Science|Social issues|Sport|Conflicts|Weather";

fn read(file: &File, desk: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
    let document = iptc::document(&file.bytes, "NewsML", "NewsML 1")?;
    let root = document.root();
    let lines = document.lines();
    let (mut stories, mut reason) = (Vec::new(), None);
    for item in root.all("NewsItem") {
        let news = NewsItem::new(root, item, desk);
        match &news.texts[..] {
            [] => reason = Some(news.reason().to_owned()),
            _ => stories.extend(news.story(&lines, file, desk)),
        }
    }
    common::require_stories(stories, reason, "the file has no news item")
}

/// Content with the components around it, the innermost first.
struct Content<'a> {
    item: Element<'a>,
    around: Vec<Element<'a>>,
    kind: Kind,
}

/// The kind of content, the most suitable for a story last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other,
    Picture,
    Plain,
    Markup,
    Nitf,
}

/// A news item and its content.
struct NewsItem<'a> {
    root: Element<'a>,
    item: Element<'a>,
    texts: Vec<Content<'a>>,
    captions: Vec<Content<'a>>,
    pictures: Vec<Content<'a>>,
}

/// The `FormalName` of an element in lower case.
fn formal(element: Option<Element<'_>>) -> String {
    element.and_then(|element| element.attribute("FormalName")).unwrap_or_default().to_lowercase()
}

/// The kind of a content item, by its media type, the type of its data, or its data.
fn kind_of(item: Element<'_>) -> Kind {
    let types = ["MediaType", "MimeType", "Format"].map(|name| formal(item.find(name))).join(" ");
    let href = item.attribute("Href").unwrap_or_default().to_lowercase();
    let Some(data) = item.find("DataContent").filter(|data| data.line().is_some()) else {
        let is_picture =
            ["photo", "picture", "graphic", "image", "jpeg", "jpg"].iter().any(|kind| types.contains(kind))
                || [".jpg", ".jpeg", ".png", ".gif", ".webp"].iter().any(|end| href.ends_with(end));
        return if is_picture && !href.is_empty() { Kind::Picture } else { Kind::Other };
    };
    if item.find("Encoding").is_some() || data.find("Encoding").is_some() {
        return Kind::Other;
    }
    match data.elements().next() {
        Some(_) if nitf_in(data).is_some() => Kind::Nitf,
        Some(_) => Kind::Markup,
        None => Kind::Plain,
    }
}

fn nitf_in(data: Element<'_>) -> Option<Element<'_>> {
    data.elements().find(|element| element.name() == "nitf")
}

impl<'a> NewsItem<'a> {
    fn new(root: Element<'a>, item: Element<'a>, desk: &ImportContext<'_>) -> Self {
        let mut news = Self { root, item, texts: Vec::new(), captions: Vec::new(), pictures: Vec::new() };
        let mut waiting: Vec<Vec<Element<'a>>> =
            item.all("NewsComponent").map(|component| vec![component, item]).collect();
        waiting.reverse();
        while let Some(around) = waiting.pop() {
            let component = around[0];
            let kinds = component.all("ContentItem").map(|item| (item, kind_of(item)));
            let contents = kinds.map(|(item, kind)| Content { item, kind, around: around.clone() });
            let mut contents: Vec<_> = contents.collect();
            if component.attribute("EquivalentsList") == Some("yes") {
                contents = best(contents).into_iter().collect();
            }
            contents.into_iter().for_each(|content| news.sort(content));
            let mut inner: Vec<_> = component.all("NewsComponent").collect();
            if component.attribute("EquivalentsList") == Some("yes") && inner.len() > 1 {
                inner = vec![equivalent(&inner, desk)];
            }
            waiting.extend(inner.into_iter().rev().map(|inner| [&[inner], &around[..]].concat()));
        }
        news
    }

    /// Sorts content by its innermost role.
    fn sort(&mut self, content: Content<'a>) {
        let roles = content.around.iter().map(|component| formal(component.find("Role")));
        let role = roles.into_iter().find(|role| !role.is_empty()).unwrap_or_default();
        match content.kind {
            Kind::Other => {}
            Kind::Picture => self.pictures.push(content),
            _ if role.contains("caption") => self.captions.push(content),
            _ => self.texts.push(content),
        }
    }

    /// Why the item is not a story.
    fn reason(&self) -> &'static str {
        let refers = self.item.descendants().iter().any(|element| element.name() == "NewsItemRef");
        match (self.pictures.is_empty(), refers) {
            (false, _) => "the item is a picture without text",
            (true, true) => "the item only refers to other items",
            (true, false) => "the item has no text",
        }
    }

    fn story(&self, lines: &Lines<'_>, file: &File, desk: &ImportContext<'_>) -> Option<Story> {
        let mut draft = Draft::new(desk, file);
        let main = self.texts.iter().find(|text| text.is_of(&["main"])).or(self.texts.first())?;
        self.identification(lines, &mut draft);
        self.management(lines, &mut draft);
        main.news_lines(lines, &mut draft);
        main.metadata(lines, &mut draft);
        for picture in sizes(&self.pictures) {
            draft.add_picture(self.picture(picture, lines));
        }
        main.fill(lines, &mut draft);
        draft.take_dateline();
        for text in self.texts.iter().filter(|text| !std::ptr::eq(*text, main)) {
            if text.is_of(&["abstract", "summary", "teaser", "deck", "lead-in"]) {
                draft.summary(Sourced::of(text.item.find("DataContent"), lines));
                continue;
            }
            let own = text.around[0].find("NewsLines/HeadLine").filter(|_| text.around[0] != main.around[0]);
            let head = own.and_then(Element::line).map(|head| format!("<h2>{}</h2>", html::escaped(&head)));
            let rest = text.html().unwrap_or_default();
            draft.body(html::markdown(&format!("{}{rest}", head.unwrap_or_default()), None));
        }
        let label = Sourced::of(self.item.find("Identification/NameLabel"), lines);
        draft.set(FieldKey::extra("slugline"), label.clone());
        draft.language(Sourced::attribute(Some(self.item), "xml:lang", lines));
        draft.finish()
    }

    fn identification(&self, lines: &Lines<'_>, draft: &mut Draft<'_>) {
        let of = |name: &str| {
            Sourced::of(self.item.find("Identification/NewsIdentifier").and_then(|id| id.find(name)), lines)
        };
        if let (Some(provider), Some(date), Some(id)) = (of("ProviderId"), of("DateId"), of("NewsItemId")) {
            let text = format!("urn:newsml:{}:{}:{}", provider.text, date.text, id.text);
            draft.identity(Sourced::new(&text, id.spans).as_ref());
        }
        // The last part is the revision.
        let public = of("PublicIdentifier").map(|id| Sourced {
            text: id.text.rsplit_once(':').map_or(id.text.clone(), |(id, _)| id.to_owned()),
            spans: id.spans,
        });
        draft.identity(public.as_ref());
        draft.set(FieldKey::extra("version"), of("RevisionId"));
    }

    fn management(&self, lines: &Lines<'_>, draft: &mut Draft<'_>) {
        let sent = Sourced::of(self.root.find("NewsEnvelope/DateAndTime"), lines);
        let priority = Sourced::attribute(self.root.find("NewsEnvelope/Priority"), "FormalName", lines);
        let Some(management) = self.item.find("NewsManagement") else { return };
        let of = |path: &str| Sourced::of(management.find(path), lines);
        let named = |path: &str| Sourced::attribute(management.find(path), "FormalName", lines);
        draft.versions(of("FirstCreated").or(sent), of("ThisRevisionCreated"));
        let (now, later) = (named("Status"), formal(management.find("StatusWillChange/FutureStatus")));
        let is_usable = now.as_ref().is_none_or(|now| now.text.eq_ignore_ascii_case("usable"));
        match of("StatusWillChange/DateAndTime").filter(|_| is_usable != (later == "usable")) {
            Some(when) if is_usable => draft.date(Key::Expires, Some(when)),
            // The item is held back until then.
            Some(when) if formal(management.find("Status")) != "canceled" => {
                draft.date(Key::Embargo, Some(when))
            }
            _ => draft.status(now.map(|now| Sourced { text: now.text.to_lowercase(), ..now })),
        }
        draft.urgency(named("Urgency").or(priority));
        for instruction in management.all("Instruction") {
            let at = Some(lines.at(instruction.span()));
            match formal(Some(instruction)).as_str() {
                "delete" | "kill" | "cancel" | "withdraw" => {
                    draft.status(Sourced::new("canceled", at.into_iter().collect()));
                }
                name => iptc::signal(name, at, draft),
            }
        }
    }

    /// A picture with the caption and credit of its component, or with a caption beside it.
    fn picture(&self, content: &Content<'a>, lines: &Lines<'_>) -> Picture {
        // The components around the picture that contain no text.
        let holds = |component: &Element<'a>, other: &Content<'a>| other.around.contains(component);
        let alone = |component: &&Element<'a>| {
            component.name() == "NewsComponent" && !self.texts.iter().any(|text| holds(component, text))
        };
        let around: Vec<_> = content.around.iter().take_while(alone).collect();
        let caption = self.captions.iter().find(|caption| around.iter().any(|own| holds(own, caption)));
        let line = |name: &str| {
            around
                .iter()
                .find_map(|own| Sourced::of(own.find("NewsLines").and_then(|lines| lines.find(name)), lines))
        };
        Picture {
            src: Sourced::attribute(Some(content.item), "Href", lines),
            alt: None,
            caption: caption
                .and_then(|caption| Sourced::of(caption.item.find("DataContent"), lines))
                .or_else(|| line("HeadLine")),
            credit: line("CreditLine").or_else(|| line("ByLine")),
        }
    }
}

/// The most suitable of equivalent contents.
fn best(contents: Vec<Content<'_>>) -> Option<Content<'_>> {
    contents.into_iter().rev().max_by_key(|content| (content.kind, width(content)))
}

/// The component in the language of the site, else the one with the most suitable text, else the first.
fn equivalent<'a>(components: &[Element<'a>], desk: &ImportContext<'_>) -> Element<'a> {
    let score = |component: &Element<'a>| {
        let language = component.attribute("xml:lang").or_else(|| {
            component
                .find("DescriptiveMetadata/Language")
                .and_then(|language| language.attribute("FormalName"))
        });
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        let is_site_language = language.is_some_and(|tag| primary(tag) == primary(&desk.config.language));
        let contents = component.descendants().into_iter().filter(|element| element.name() == "ContentItem");
        (is_site_language, contents.map(kind_of).max())
    };
    components.iter().rev().copied().max_by_key(score).unwrap_or(components[0])
}

fn width(content: &Content<'_>) -> u64 {
    let properties = content.item.find("Characteristics").into_iter().flat_map(|all| all.all("Property"));
    let width = properties.filter(|property| formal(Some(*property)) == "width");
    width.filter_map(|property| property.attribute("Value")?.parse().ok()).next().unwrap_or(0)
}

/// The widest of several sizes of a picture in one component.
fn sizes<'c, 'a>(pictures: &'c [Content<'a>]) -> Vec<&'c Content<'a>> {
    let mut kept: Vec<&Content<'a>> = Vec::new();
    for picture in pictures {
        // A size may have a component of its own, with a role such as `Thumbnail` and no caption.
        let owner = |content: &Content<'a>| {
            let is_bare = content.around[0].find("NewsLines").is_none() && content.around.len() > 2;
            content.around[usize::from(is_bare)]
        };
        match kept.last_mut() {
            Some(last) if owner(last) == owner(picture) && picture.is_size() => {
                if width(last) < width(picture) {
                    *last = picture;
                }
            }
            _ => kept.push(picture),
        }
    }
    kept
}

impl<'a> Content<'a> {
    /// Whether a component around it has one of these roles.
    fn is_of(&self, roles: &[&str]) -> bool {
        self.around.iter().any(|component| {
            let role = formal(component.find("Role"));
            roles.contains(&iptc::term(&role))
        })
    }

    /// Whether a picture states its width or its size, so that other sizes are beside it.
    fn is_size(&self) -> bool {
        width(self) > 0
            || self.is_of(&["thumbnail", "preview", "quicklook", "highdef", "highres", "lowres", "web"])
    }

    /// The elements of a path in the nearest component that has any.
    fn all(&self, path: &str) -> Vec<Element<'a>> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let of = |component: &Element<'a>| -> Vec<Element<'a>> {
            component.find(folder).into_iter().flat_map(|inner| inner.all(name)).collect()
        };
        self.around.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn news_lines(&self, lines: &Lines<'_>, draft: &mut Draft<'_>) {
        let all = |name: &str| -> Vec<Sourced> {
            let found = self.all(&format!("NewsLines/{name}"));
            found.into_iter().filter_map(|line| Sourced::of(Some(line), lines)).collect()
        };
        let first = |name: &str| all(name).into_iter().next();
        draft.set(
            Key::Title,
            common::first_headline(all("HeadLine").into_iter().map(Some)).and_then(Sourced::plain),
        );
        draft.deck(first("SubHeadLine"));
        let role = first("ByLineTitle").map(|role| format!(", {}", role.text)).unwrap_or_default();
        for name in all("ByLine") {
            draft.byline(Some(Sourced { text: format!("{}{role}", name.text), spans: name.spans }));
        }
        draft.set(Key::Dateline, first("DateLine"));
        all("CreditLine").into_iter().for_each(|credit| draft.source(Some(credit)));
        for name in ["CopyrightLine", "RightsLine"] {
            all(name).into_iter().for_each(|line| draft.note(Some(line)));
        }
        draft.set(FieldKey::extra("slugline"), first("SlugLine"));
        for line in all("KeywordLine") {
            for keyword in line.text.split([',', ';', '/']) {
                draft.tag(Sourced::new(keyword, line.spans.clone()));
            }
        }
        for line in self.all("NewsLines/NewsLine") {
            draft.note(Sourced::of(line.find("NewsLineText"), lines));
        }
    }

    fn metadata(&self, lines: &Lines<'_>, draft: &mut Draft<'_>) {
        let named = |path: &str| {
            self.all(path).into_iter().find_map(|found| Sourced::attribute(Some(found), "FormalName", lines))
        };
        let party = |of: &str| named(&format!("AdministrativeMetadata/{of}/Party"));
        for of in ["Source", "Provider"] {
            if !draft.has(Key::Source) {
                draft.source(party(of));
            }
        }
        if !draft.has(Key::Authors) {
            draft.byline(party("Creator").filter(|name| name.text.contains(' ')));
        }
        draft.note(
            self.all("RightsMetadata/UsageRights")
                .first()
                .and_then(|rights| Sourced::of(Some(*rights), lines)),
        );
        draft.genre(named("DescriptiveMetadata/Genre"));
        draft.language(named("DescriptiveMetadata/Language"));
        for component in &self.around {
            draft.language(Sourced::attribute(Some(*component), "xml:lang", lines));
        }
        for subject in self.all("DescriptiveMetadata/SubjectCode").iter().flat_map(|code| code.elements()) {
            let Some(name) = Sourced::attribute(Some(subject), "FormalName", lines) else { continue };
            match name.text.get(..2).filter(|_| name.text.bytes().all(|byte| byte.is_ascii_digit())) {
                Some(code) => {
                    let section = code
                        .parse::<usize>()
                        .ok()
                        .and_then(|code| SUBJECTS.split('|').nth(code.checked_sub(1)?));
                    draft.section(section.and_then(|section| Sourced::new(section, name.spans.clone())));
                }
                None => draft.tag(Some(name)),
            }
        }
        let place = |name: &str| {
            self.all("DescriptiveMetadata/Location").into_iter().find_map(|location| {
                let found = location.all("Property").find(|property| formal(Some(*property)) == name);
                Sourced::attribute(found, "Value", lines)
            })
        };
        draft.set(Key::Dateline, place("city"));
    }

    /// Fills a story with the text, and with the metadata of NITF.
    fn fill(&self, lines: &Lines<'_>, draft: &mut Draft<'_>) {
        let data = self.item.find("DataContent");
        match (data.and_then(nitf_in), self.html()) {
            (Some(nitf), _) => nitf::fill(nitf, lines, draft),
            (None, Some(html)) => draft.body(html::markdown(&html, None)),
            (None, None) => draft.plain_body(&data.map(Element::text).unwrap_or_default()),
        }
    }

    /// The text as HTML, unless it is plain.
    fn html(&self) -> Option<String> {
        let data = self.item.find("DataContent")?;
        if let Some(content) = nitf_in(data).and_then(|nitf| nitf.find("body/body.content")) {
            return Some(content.html(nitf::role));
        }
        data.elements().next()?;
        Some(iptc::html_within(data))
    }
}
