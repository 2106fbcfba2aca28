//! Imports RSS 2.0 and 1.0, Atom, and JSON Feed.

use std::path::Path;

use url::Url;

use super::common::{self, Draft, Sourced};
use crate::content::Key;
use crate::diagnostic::Diagnostic;
use crate::import::xml::{As, Document, Element, of_root};
use crate::import::{
    File, ImageField, ImportContext, Importer, Lines, Origin, Refusal, Sample, Source, Story, html,
};

mod json_feed;

/// Most recordings of an item that are linked.
const MOST_RECORDINGS: usize = 20;

/// Feeds.
pub(super) struct Rss;

impl Importer for Rss {
    fn name(&self) -> &'static str {
        "rss"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        if json_feed::fits(sample.head) {
            return true;
        }
        of_root(sample.head).is_some_and(|(name, space)| match name {
            "rss" => !sample.head.contains("://wordpress.org/export/"),
            "RDF" => {
                space.contains("rdf-syntax") && sample.head.contains("rss/1.0")
                    || sample.head.contains("rdf/simple")
            }
            "feed" | "entry" => space.is_empty() || space.to_lowercase().contains("atom"),
            "channel" => true,
            _ => false,
        })
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::files(folder, &["xml", "rss", "atom", "rdf", "json"], read))
    }
}

fn read(file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
    if file.bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf))
        == Some(&b'{')
    {
        return json_feed::read(file, context);
    }
    let document = Document::parse(&file.bytes)?;
    let lines = document.lines();
    let root = document.root();
    let (channel, items): (_, Vec<_>) = match root.name() {
        "rss" => {
            (root.find("channel"), root.all("channel").flat_map(|channel| channel.all("item")).collect())
        }
        "channel" => (Some(root), root.all("item").collect()),
        "RDF" => (root.find("channel"), root.all("item").collect()),
        "feed" => (Some(root), root.elements().filter(|element| element.name() == "entry").collect()),
        "entry" => (None, vec![root]),
        _ => return Err(common::wrong_root(root, "feed")),
    };
    let of = |name: &str| channel.and_then(|channel| channel.find(name));
    let feed = Feed {
        root,
        page: of("link").and_then(Element::line),
        title: of("title").or_else(|| of("atom:title")),
        language: of("language"),
        lines: &lines,
        file,
        context,
    };
    let stories = items.into_iter().filter_map(|item| feed.story(item)).collect();
    common::require_stories(stories, None, "no item has a headline or text")
}

/// A feed whose items are being read.
struct Feed<'f> {
    root: Element<'f>,
    /// Properties of the channel, looked up once, because a missing one would be searched for in every item.
    page: Option<String>,
    title: Option<Element<'f>>,
    language: Option<Element<'f>>,
    lines: &'f Lines<'f>,
    file: &'f File,
    context: &'f ImportContext<'f>,
}

impl<'f> Feed<'f> {
    fn sourced(&self, element: Option<Element<'f>>) -> Option<Sourced> {
        Sourced::of(element, self.lines)
    }

    /// The text of the first of these elements.
    fn first(&self, item: Element<'f>, names: &[&str]) -> Option<Sourced> {
        names.iter().find_map(|name| self.sourced(item.find(name)))
    }

    fn story(&self, item: Element<'f>) -> Option<Story> {
        let mut draft = Draft::new(self.context, self.file);
        let title = self.first(item, &["title", "atom:title", "dc:title", "media:title"]);
        draft.set(Key::Title, title.and_then(Sourced::plain));
        let link = self.link(item);
        let given = self.first(item, &["guid", "atom:id"]);
        let about = Sourced::attribute(Some(item), "rdf:about", self.lines);
        // The URL of the feed's page does not identify a story.
        let page = link.clone().filter(|link| !self.is_channel(&link.text));
        draft.identity(given.or(about).or(page).as_ref());
        let published = self.first(
            item,
            &["pubDate", "atom:published", "atom:issued", "dc:date", "dcterms:created", "dcterms:issued"],
        );
        let updated = self.first(item, &["atom:updated", "atom:modified", "dcterms:modified"]);
        draft.versions(published, updated);
        draft.date(
            Key::Expires,
            self.first(item, &["expirationDate", "dcterms:valid"]).filter(|value| !value.text.contains('=')),
        );
        self.people(item, &mut draft);
        for category in item.elements().filter(|element| matches!(element.name(), "category" | "subject")) {
            let value = Sourced::attribute(Some(category), "label", self.lines)
                .or_else(|| self.sourced(Some(category)));
            draft.tag(
                value
                    .or_else(|| Sourced::attribute(Some(category), "term", self.lines))
                    .and_then(Sourced::plain),
            );
        }
        let base = self.base(item, link.as_ref(), true);
        self.text(item, base.as_ref(), &mut draft);
        self.picture(item, &mut draft);
        self.recordings(item, &mut draft);
        if let Some(link) = link.filter(|link| !self.is_channel(&link.text)) {
            place(&mut draft, link, self.context);
        }
        draft.language(Sourced::attribute(Some(item), "xml:lang", self.lines));
        draft.language(self.sourced(self.language));
        draft.language(Sourced::attribute(Some(self.root), "xml:lang", self.lines));
        draft.note(self.first(item, &["dc:rights", "atom:rights", "media:copyright"]));
        draft.finish()
    }

    /// Whether a URL is the feed's own page.
    fn is_channel(&self, url: &str) -> bool {
        let bare = |url: &str| url.trim_end_matches('/').to_owned();
        self.page.as_ref().is_some_and(|page| bare(page) == bare(url))
    }

    /// The page of an item.
    fn link(&self, item: Element<'f>) -> Option<Sourced> {
        let web = |value: &Sourced| {
            Url::parse(&value.text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        };
        let is_page = |link: &Element<'f>| matches!(link.attribute("rel"), None | Some("alternate"));
        let atom = item.all("atom:link").find(is_page);
        let base = self.base(item, None, false);
        let whole = |value: Sourced| {
            let url = Url::options().base_url(base.as_ref()).parse(&value.text).ok()?;
            Sourced::new(url.as_str(), value.spans)
        };
        let atom = Sourced::attribute(atom, "href", self.lines).and_then(whole);
        let guid = item.find("guid").filter(|guid| guid.attribute("isPermaLink") != Some("false"));
        let all = [
            self.sourced(item.find("link")).and_then(whole),
            atom,
            self.sourced(guid),
            Sourced::attribute(Some(item), "rdf:about", self.lines),
        ];
        all.into_iter().flatten().find(web)
    }

    /// The base of relative URLs: `xml:base`, or else the page of the item, or else that of the feed.
    fn base(&self, item: Element<'f>, link: Option<&Sourced>, is_content: bool) -> Option<Url> {
        let content = item.elements().find(|element| is_content && element.is("atom:content"));
        let outer = self.root.attribute("xml:base").and_then(|base| Url::parse(base).ok());
        let mut base = outer;
        for element in [Some(item), content].into_iter().flatten() {
            if let Some(inner) = element.attribute("xml:base") {
                base = Url::options().base_url(base.as_ref()).parse(inner).ok().or(base);
            }
        }
        base.or_else(|| Url::parse(&link?.text).ok()).or_else(|| Url::parse(self.page.as_ref()?).ok())
    }

    fn people(&self, item: Element<'f>, draft: &mut Draft<'_>) {
        for creator in item.all("dc:creator") {
            let value = self.sourced(Some(creator)).and_then(Sourced::plain);
            draft.byline(value);
        }
        for author in item.all("atom:author") {
            draft.byline(self.sourced(author.find("atom:name")));
        }
        if let Some(author) = self.sourced(item.find("author")).filter(|_| !draft.has(Key::Authors)) {
            draft.byline(Some(author));
        }
        draft.source(
            self.sourced(item.find("source")).or_else(|| self.sourced(item.find("atom:source/atom:title"))),
        );
        if !draft.has(Key::Source)
            && let Some(value) = self.sourced(self.title).and_then(Sourced::plain)
        {
            draft.derive(Key::Source, vec![value.text], value.spans);
        }
    }

    /// Sets text and deck. The shorter of two texts is the deck.
    fn text(&self, item: Element<'f>, base: Option<&Url>, draft: &mut Draft<'_>) {
        let full = ["content:encoded", "atom:content", "html:body", "html:div"]
            .iter()
            .find_map(|name| item.find(name));
        let short = ["description", "atom:summary", "dc:description", "media:description"]
            .iter()
            .find_map(|name| item.find(name));
        let full = full.filter(|full| full.line().is_some() || full.elements().next().is_some());
        if let Some(full) = full {
            draft.body(html::markdown(&markup(full), base));
            draft.deck(self.sourced(short));
        } else if let Some(short) = short {
            draft.body(html::markdown(&markup(short), base));
        }
    }

    /// Adds links to audio and video at the end of the text.
    fn recordings(&self, item: Element<'f>, draft: &mut Draft<'_>) {
        let is_enclosure = |element: &Element<'f>| {
            element.is("enclosure")
                || element.is("atom:link") && element.attribute("rel") == Some("enclosure")
        };
        let mut seen = Vec::new();
        for element in item.elements().filter(is_enclosure).filter(is_recording) {
            let value = Sourced::attribute(Some(element), "url", self.lines)
                .or_else(|| Sourced::attribute(Some(element), "href", self.lines));
            let url = value.as_ref().and_then(|value| Url::parse(&value.text).ok());
            let (Some(url), Some(value)) =
                (url.filter(|url| matches!(url.scheme(), "http" | "https")), value)
            else {
                continue;
            };
            if seen.contains(&url) || seen.len() >= MOST_RECORDINGS || draft.story.body.contains(url.as_str())
            {
                continue;
            }
            let link = format!("<p><a href=\"{0}\">{0}</a></p>", html::escaped(url.as_str()));
            let link = html::markdown(&link, None).body;
            let gap = if draft.story.body.is_empty() { "" } else { "\n\n" };
            draft.story.body.push_str(&format!("{gap}{link}"));
            let message = "its recording became a link at the end of the text";
            draft.story.remark("import/embed", message, value.spans.first().copied());
            seen.push(url);
        }
    }

    fn picture(&self, item: Element<'f>, draft: &mut Draft<'_>) {
        let is_image = |element: &Element<'f>| {
            let kind = element.attribute("medium").or_else(|| element.attribute("type"));
            let is_named = element.attribute("url").or(element.attribute("href")).is_some_and(has_image_name);
            kind.map_or(is_named, |kind| kind.starts_with("image"))
        };
        let groups = item.all("media:group").flat_map(|group| group.elements());
        let contents: Vec<_> = item.elements().chain(groups).collect();
        let enclosure = |element: &&Element<'f>| {
            element.is("media:content")
                || element.is("enclosure")
                || element.is("atom:link") && element.attribute("rel") == Some("enclosure")
        };
        let found = contents.iter().filter(enclosure).find(|element| is_image(element)).copied();
        let found = found.or_else(|| contents.iter().find(|element| element.is("media:thumbnail")).copied());
        let Some(image) = found else { return };
        let url = Sourced::attribute(Some(image), "url", self.lines)
            .or_else(|| Sourced::attribute(Some(image), "href", self.lines));
        draft.picture(url);
        let inner = |name: &str| {
            self.sourced(
                image.find(name).or_else(|| contents.iter().find(|element| element.is(name)).copied()),
            )
        };
        draft.set(
            ImageField::Caption,
            inner("media:description").and_then(Sourced::plain).filter(|_| image.is("media:content")),
        );
        draft.set(ImageField::Credit, inner("media:credit").and_then(Sourced::plain));
    }
}

/// Sets the old URL if it is on this site, or else the canonical URL.
pub(super) fn place(draft: &mut Draft<'_>, link: Sourced, context: &ImportContext<'_>) {
    let Ok(url) = Url::parse(&link.text) else { return };
    if url.host_str() == context.config.base_url.host_str() {
        draft.story.old_url = Some(url.path().to_owned());
    } else {
        let text = without_tracking(url).into();
        draft.set(Key::CanonicalUrl, Some(Sourced { text, spans: link.spans }));
    }
}

/// Removes tracking parameters from a URL.
fn without_tracking(mut url: Url) -> Url {
    if url.query().is_some_and(|query| query.contains("utm_")) {
        let kept: Vec<_> =
            url.query_pairs().into_owned().filter(|(name, _)| !name.starts_with("utm_")).collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    url
}

/// Whether an enclosure is audio or video, by its type or else its extension.
fn is_recording(element: &Element<'_>) -> bool {
    let kind = element.attribute("type").map(str::trim).filter(|kind| !kind.is_empty());
    let url = element.attribute("url").or(element.attribute("href")).unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    let is_named = || {
        [".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".mp4", ".m4v", ".mov", ".webm"]
            .iter()
            .any(|end| path.ends_with(end))
    };
    kind.map_or_else(is_named, |kind| kind.starts_with("audio") || kind.starts_with("video"))
}

fn has_image_name(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"].iter().any(|end| path.ends_with(end))
}

/// The HTML of an element, which holds it as text or as XHTML.
fn markup(element: Element<'_>) -> String {
    if element.elements().next().is_some() {
        return element.html(|element| match element.name() {
            "script" | "style" | "head" => As::Gone,
            name => As::Element(name),
        });
    }
    let text = element.text();
    let is_plain = element.attribute("type").is_some_and(|kind| matches!(kind, "text" | "text/plain"));
    if is_plain { html::escaped(&text).replace("\n\n", "<p>") } else { text }
}
