//! WordPress export (WXR 1.x) → stories and standing pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use percent_encoding::percent_decode_str;
use serde_json::json;
use url::Url;

use super::common::{self, Draft, Said};
use crate::diagnostic::Diagnostic;
use crate::import::html;
use crate::import::xml::{Document, Element, of_root};
use crate::import::{Desk, File, Identity, Importer, Lines, Origin, Refusal, Sample, Source, Story, Sure};
use crate::slug::slugify;

mod content;
mod own;

use own::Own;

/// WordPress exports.
pub(super) struct Wxr;

/// Pages that may stand above each other.
const DEEPEST: usize = 20;

impl Importer for Wxr {
    fn name(&self) -> &'static str {
        "wxr"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        of_root(sample.head).is_some_and(|(name, _)| name == "rss")
            && sample.head.contains("://wordpress.org/export/")
    }

    fn open(&self, folder: Option<&Path>, _: &Desk<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::files(folder, &["xml", "wxr"], read))
    }
}

fn read(file: &File, desk: &Desk<'_>) -> Result<Vec<Story>, Refusal> {
    let document = Document::parse(&file.bytes)?;
    let root = document.root();
    let Some(channel) = root.find("channel").filter(|_| root.name() == "rss") else {
        return Err(common::other_root(root, "WordPress export"));
    };
    let lines = document.lines();
    let export = Export::new(channel, &lines, file, desk);
    let shared = shared_guids(channel);
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    let mut stories = Vec::new();
    for item in channel.all("item") {
        match export.story(item) {
            Ok(mut story) => {
                apart(&mut story, item, &shared);
                stories.push(story);
            }
            Err(why) => *skipped.entry(why).or_default() += 1,
        }
    }
    let reasons: Vec<_> = skipped.iter().map(|(why, count)| format!("{count} {why}")).collect();
    let reason = (!reasons.is_empty()).then(|| format!("not taken from this export: {}", reasons.join(", ")));
    if let Some((story, reason)) = stories.first_mut().zip(reason.clone()) {
        story.remark("import/skipped", reason, None);
    }
    common::some(stories, reason, "it has no post")
}

/// GUIDs that several posts or pages have: exports that were merged repeat them.
fn shared_guids(channel: Element<'_>) -> BTreeSet<String> {
    let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for item in channel.all("item") {
        let kind = item.find("wp:post_type").and_then(Element::line).unwrap_or_default();
        let guid = item.find("guid").and_then(Element::line).filter(|_| kind == "post" || kind == "page");
        if let Some(guid) = guid
            && !seen.insert(guid.clone())
        {
            shared.insert(guid);
        }
    }
    shared
}

/// Adds its number to an identity that others have, too.
fn apart(story: &mut Story, item: Element<'_>, shared: &BTreeSet<String>) {
    let number = item.find("wp:post_id").and_then(Element::line);
    if let (Some(Identity::Given(guid)), Some(number)) = (&mut story.identity, number)
        && shared.contains(guid)
    {
        guid.push_str(&format!("#{number}"));
    }
}

/// What is known of a picture or page of an export.
#[derive(Default)]
struct Thing {
    name: String,
    parent: String,
    url: Option<Said>,
    alt: Option<Said>,
    caption: Option<Said>,
}

/// An export whose items are being read.
struct Export<'e> {
    lines: &'e Lines<'e>,
    file: &'e File,
    desk: &'e Desk<'e>,
    base: Option<Url>,
    /// Names of authors by login.
    authors: BTreeMap<String, String>,
    /// Pictures and pages by number.
    things: BTreeMap<String, Thing>,
    own: Own,
}

impl<'e> Export<'e> {
    fn new(channel: Element<'e>, lines: &'e Lines<'e>, file: &'e File, desk: &'e Desk<'e>) -> Self {
        let base = channel.find("wp:base_blog_url").or_else(|| channel.find("link"));
        let base = base.and_then(Element::line).and_then(|url| Url::parse(&url).ok());
        let name = |author: Element<'e>| {
            let login = author.find("wp:author_login")?.line()?;
            Some((login, author.find("wp:author_display_name")?.line()?))
        };
        let authors = channel.all("wp:author").filter_map(name).collect();
        let own = Own::new(base.as_ref(), channel);
        let mut export = Self { lines, file, desk, base, authors, things: BTreeMap::new(), own };
        for item in channel.all("item") {
            let text = |name: &str| item.find(name).and_then(Element::line).unwrap_or_default();
            if matches!(text("wp:post_type").as_str(), "attachment" | "page") {
                let thing = Thing {
                    name: text("wp:post_name"),
                    parent: text("wp:post_parent"),
                    url: export.said(item, "wp:attachment_url"),
                    alt: export.meta(item, "_wp_attachment_image_alt").next(),
                    caption: export.said(item, "excerpt:encoded").and_then(Said::plain),
                };
                export.things.insert(text("wp:post_id"), thing);
            }
        }
        export
    }

    fn said(&self, item: Element<'e>, name: &str) -> Option<Said> {
        Said::of(item.find(name), self.lines)
    }

    /// The values of a key of an item's own data.
    fn meta(&self, item: Element<'e>, key: &str) -> impl Iterator<Item = Said> {
        let of_key =
            |meta: &Element<'e>| meta.find("wp:meta_key").and_then(Element::line).as_deref() == Some(key);
        let values =
            item.all("wp:postmeta").filter(of_key).filter_map(|meta| self.said(meta, "wp:meta_value"));
        values.collect::<Vec<_>>().into_iter()
    }

    /// The story of an item, or what it is instead.
    fn story(&self, item: Element<'e>) -> Result<Story, String> {
        let text = |name: &str| item.find(name).and_then(Element::line).unwrap_or_default();
        let kind = text("wp:post_type");
        let is_page = kind == "page";
        if !is_page && kind != "post" {
            let kind: String = kind.chars().take(40).collect();
            return Err(format!("of type `{kind}`"));
        }
        if text("wp:status") == "trash" {
            return Err("in the trash".to_owned());
        }
        let mut draft = Draft::new(self.desk, self.file);
        draft.is_standing = is_page;
        draft.identity(self.said(item, "guid").as_ref());
        draft.say("title", self.said(item, "title").and_then(Said::plain));
        draft.deck(self.said(item, "excerpt:encoded").and_then(Said::plain));
        self.times(item, is_page, &mut draft);
        self.status(item, &mut draft);
        self.terms(item, is_page, &mut draft);
        if !is_page {
            let creator = self.said(item, "dc:creator");
            draft.byline(creator.map(|said| Said {
                text: self.authors.get(&said.text).cloned().unwrap_or(said.text),
                at: said.at,
            }));
        }
        self.picture(item, &mut draft);
        self.body(item, &mut draft);
        self.left_out(item, &mut draft);
        self.place(item, is_page, &mut draft);
        draft.finish().ok_or_else(|| "without a headline and text".to_owned())
    }

    /// A page has no date: it is in no list.
    fn times(&self, item: Element<'e>, is_page: bool, draft: &mut Draft<'_>) {
        let time = |name: &str| {
            let is_set = |said: &Said| !said.text.starts_with("0000");
            let world = self.said(item, &format!("{name}_gmt")).filter(is_set);
            let world = world.map(|said| Said { text: format!("{}Z", said.text), at: said.at });
            world.or_else(|| self.said(item, name).filter(is_set))
        };
        if !is_page {
            draft.versions(time("wp:post_date"), time("wp:post_modified"));
        }
    }

    fn status(&self, item: Element<'e>, draft: &mut Draft<'_>) {
        let status = self.said(item, "wp:status").unwrap_or_default();
        if !matches!(status.text.as_str(), "publish" | "future") {
            draft.story.set("draft", true, Sure::Explicit, status.at.clone());
        }
        if status.text == "future" && draft.story.field("date").is_none() {
            // A page has no date that would hold it back.
            draft.story.set("draft", true, Sure::Explicit, status.at.clone());
            let message = "it was to appear later, and a page has no date, so it is a draft";
            draft.story.remark("import/status", message, status.at.first().copied());
        }
        if !matches!(status.text.as_str(), "publish" | "future" | "draft" | "pending" | "auto-draft") {
            let name: String = status.text.chars().take(40).collect();
            draft.story.remark(
                "import/status",
                format!("its status was `{name}`, so it is a draft"),
                status.at.first().copied(),
            );
        }
        if let Some(password) = self.said(item, "wp:post_password") {
            draft.story.set("draft", true, Sure::Explicit, password.at.clone());
            let message = "it asked for a password, so it is a draft; there is none here";
            draft.story.remark("import/status", message, password.at.first().copied());
        }
    }

    /// The first category is the section, the others are tags.
    fn terms(&self, item: Element<'e>, is_page: bool, draft: &mut Draft<'_>) {
        for category in item.all("category") {
            let domain = category.attribute("domain").unwrap_or_default();
            let name = category.attribute("nicename").unwrap_or_default();
            let said = Said::of(Some(category), self.lines).and_then(Said::plain);
            match domain {
                "category" if name == "uncategorized" || is_page => {}
                "category" if !draft.has("section") && !name.is_empty() => {
                    let section = self.section(name, said.as_ref());
                    draft.story.set("section", section, Sure::Explicit, vec![self.lines.at(category.span())]);
                }
                "category" | "post_tag" | "tag" => draft.tag(said),
                _ => {}
            }
        }
    }

    /// The site's own slug of a category, else its name, which readers see.
    fn section(&self, nicename: &str, name: Option<&Said>) -> String {
        let slug = percent_decode_str(nicename).decode_utf8_lossy().into_owned();
        let name = name.map(|said| said.text.as_str()).filter(|name| !slugify(name).is_empty());
        let known = self.desk.config.sections.iter().flatten().find(|section| {
            section.slug == slug
                || name.is_some_and(|name| {
                    section.slug == slugify(name) || section.title.eq_ignore_ascii_case(name)
                })
        });
        known.map(|section| section.slug.clone()).or(name.map(str::to_owned)).unwrap_or(slug)
    }

    /// URLs that a post had under other names: those of its own with another last part.
    fn old_names(&self, item: Element<'e>, draft: &mut Draft<'_>) {
        let Some(own) = draft.story.old_url.clone() else { return };
        let (path, end) = own.strip_suffix('/').map_or((own.as_str(), ""), |path| (path, "/"));
        let Some((above, last)) = path.rsplit_once('/') else { return };
        let last = percent_decode_str(last).decode_utf8_lossy().into_owned();
        // An address of numbers alone never changed.
        if draft.story.name.as_deref() != Some(&last) {
            return;
        }
        let old: Vec<_> = self.meta(item, "_wp_old_slug").filter(|said| !said.text.contains('/')).collect();
        let paths = old.iter().map(|said| format!("{above}/{}{end}", said.text));
        let paths: Vec<_> =
            paths.map(|path| percent_decode_str(&path).decode_utf8_lossy().into_owned()).collect();
        if !paths.is_empty() {
            let at = old.into_iter().flat_map(|said| said.at).collect();
            draft.story.set("aliases", json!(paths), Sure::Explicit, at);
        }
    }

    fn picture(&self, item: Element<'e>, draft: &mut Draft<'_>) {
        let Some(id) = self.meta(item, "_thumbnail_id").next() else {
            return;
        };
        let Some(thing) = self.things.get(&id.text) else {
            let message = "its lead picture is not in this export; add it by hand";
            return draft.story.remark("import/picture", message, id.at.first().copied());
        };
        let beside = thing.url.as_ref().and_then(|url| self.own.file(&url.text, self.file));
        match beside.zip(thing.url.as_ref()) {
            Some((media, url)) => {
                draft.story.set("image.src", media.name.clone(), Sure::Explicit, url.at.clone());
                own::comes(&mut draft.story, media);
            }
            None => draft.picture(thing.url.clone()),
        }
        if draft.has("image.src") {
            draft.say("image.alt", thing.alt.clone());
            draft.say("image.caption", thing.caption.clone());
        }
    }

    fn body(&self, item: Element<'e>, draft: &mut Draft<'_>) {
        let Some(encoded) = item.find("content:encoded") else {
            return;
        };
        let picture = |id: &str| {
            let thing = self.things.get(id)?;
            let alt = thing.alt.as_ref().map(|said| said.text.as_str()).unwrap_or_default();
            Some((thing.url.as_ref()?.text.as_str(), alt))
        };
        let content = content::html(&encoded.text(), &picture, self.desk.map);
        let base = item.find("link").and_then(Element::line).and_then(|link| Url::parse(&link).ok());
        let mut converted = html::markdown(&content.html, base.as_ref().or(self.base.as_ref()));
        self.own.mend(&mut converted, self.file, &mut draft.story);
        draft.body(converted);
        if content.has_linked_caption {
            let message = "links in the caption of a picture are left out: captions are plain text";
            draft.story.remark("import/caption", message, Some(self.lines.at(encoded.span())));
        }
        if !content.shortcodes.is_empty() {
            let names: Vec<_> = content.shortcodes.iter().map(|name| format!("`[{name}]`")).collect();
            let message = format!("its text has shortcodes that nothing here fills in: {}", names.join(", "));
            draft.story.remark("import/shortcode", message, Some(self.lines.at(encoded.span())));
        }
    }

    /// Tells what of a post has no place here.
    fn left_out(&self, item: Element<'e>, draft: &mut Draft<'_>) {
        let place = |element: Element<'e>| Some(self.lines.at(element.span()));
        if let Some(first) = item.all("wp:comment").next() {
            let message = match item.all("wp:comment").count() {
                1 => "a comment of a reader is left out".to_owned(),
                count => format!("{count} comments of readers are left out"),
            };
            draft.story.remark("import/comments", message, place(first));
        }
        if let Some(sticky) = item.find("wp:is_sticky").filter(|sticky| sticky.line().as_deref() == Some("1"))
        {
            let message = "it stayed on top of the lists; here `pinned_until` does that until a day";
            draft.story.remark("import/sticky", message, place(sticky));
        }
    }

    /// Where it was, and where it goes.
    fn place(&self, item: Element<'e>, is_page: bool, draft: &mut Draft<'_>) {
        let name = item.find("wp:post_name").and_then(Element::line);
        draft.story.name = name.map(|name| percent_decode_str(&name).decode_utf8_lossy().into_owned());
        let mut parents = self.parents(item);
        if let Some(link) = self.said(item, "link")
            && let Ok(url) = Url::parse(&link.text)
        {
            if url.path() == "/" && url.query().is_some() {
                let message = "its address is a number only, which nothing leads here from";
                draft.story.remark("import/address", message, link.at.first().copied());
            } else {
                draft.story.old_url = Some(url.path().to_owned());
                let mut path: Vec<_> =
                    url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
                path.pop();
                parents = path;
            }
        }
        self.old_names(item, draft);
        if is_page {
            let parts = parents.iter().map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
            let parts: Vec<_> =
                parts.filter(|part| !part.contains(['/', '\\', '\0']) && !part.starts_with('.')).collect();
            draft.story.folder = Some(parts.join("/"));
        }
    }

    /// Names of the pages above one.
    fn parents(&self, item: Element<'e>) -> Vec<String> {
        let mut names = Vec::new();
        let mut above = item.find("wp:post_parent").and_then(Element::line);
        while let Some(page) =
            above.as_ref().and_then(|id| self.things.get(id)).filter(|_| names.len() < DEEPEST)
        {
            names.insert(0, page.name.clone());
            above = Some(page.parent.clone());
        }
        names
    }
}

#[cfg(test)]
mod tests;
