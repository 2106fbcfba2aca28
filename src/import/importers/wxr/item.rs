//! Turns an item of an export into a story.

use std::collections::HashMap;

use serde_json::Value as Json;
use url::Url;

use super::super::common::{Draft, Sourced};
use super::super::weblog::{self, content};
use super::items::{RawItem, text};
use super::site::{Export, Term};
use crate::content::Key;
use crate::import::xml::{Document, Element};
use crate::import::{Confidence, FieldKey, File, ImportContext, Lines, Refusal, Span, Story};
use crate::slug::slugify;

/// How deep pages may be nested.
const DEEPEST: usize = 20;

/// Keys of plugins that hold a subtitle or a search description, which becomes the deck. Subtitles come first.
const DECKS: [&str; 10] = [
    "_subtitle",
    "subtitle",
    "kia_subtitle",
    "wps_subtitle",
    "_secondary_title",
    "_yoast_wpseo_metadesc",
    "rank_math_description",
    "_aioseo_description",
    "_aioseop_description",
    "_seopress_titles_desc",
];

/// Keys of plugins for the canonical URL.
const CANONICAL: [&str; 4] = [
    "_yoast_wpseo_canonical",
    "rank_math_canonical_url",
    "_seopress_robots_canonical",
    "_genesis_canonical_uri",
];

/// Keys of plugins that exclude a story from search engines, with part of the value that does so.
const NOINDEX: [(&str, &str); 5] = [
    ("_yoast_wpseo_meta-robots-noindex", "1"),
    ("rank_math_robots", "noindex"),
    ("_seopress_robots_index", "yes"),
    ("_aioseop_noindex", "on"),
    ("_genesis_noindex", "1"),
];

/// A parsed item.
pub(super) struct Item<'a> {
    pub(super) element: Element<'a>,
    lines: &'a Lines<'a>,
}

/// Parses an item inside the start tags of `wrap`.
///
/// # Errors
/// The item is not well-formed.
pub(super) fn parse_item<T>(
    piece: &RawItem,
    wrap: &str,
    read: impl FnOnce(&Item<'_>) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    // The wrapping is on a separate line, so that lines and columns are right.
    let (gap, before) = if piece.line < 2 {
        (String::new(), 0)
    } else {
        (format!("\n{}", " ".repeat(piece.column.min(200) - 1)), piece.line - 2)
    };
    let whole = format!("{wrap}{gap}{}\n</channel></rss>", text(&piece.bytes, wrap.as_bytes()));
    // The text is UTF-8 now, regardless of its declaration.
    let whole = whole.find("?>").map_or(&*whole, |end| &whole[end + 2..]);
    let document = Document::parse(whole.as_bytes()).map_err(|refusal| match refusal {
        Refusal::Failed(message, at) => Refusal::Failed(
            message,
            at.map(|at| Span { line: at.line + before, end_line: at.end_line + before, ..at }),
        ),
        other => other,
    })?;
    let lines = document.lines().preceded_by(before);
    let element = document.root().find("channel/item");
    Ok(element.and_then(|element| read(&Item { element, lines: &lines })))
}

impl<'a> Item<'a> {
    pub(super) fn text(&self, name: &str) -> String {
        self.element.find(name).and_then(Element::line).unwrap_or_default()
    }

    pub(super) fn sourced(&self, name: &str) -> Option<Sourced> {
        Sourced::of(self.element.find(name), self.lines)
    }

    fn at(&self, name: &str) -> Option<Span> {
        self.element.find(name).map(|element| self.lines.at(element.span()))
    }

    /// The values of a custom field.
    pub(super) fn metas(&self, key: &str) -> impl Iterator<Item = Sourced> {
        let of_key = move |meta: &Element<'a>| {
            meta.find("wp:meta_key").and_then(Element::line).as_deref() == Some(key)
        };
        let values = self.element.all("wp:postmeta").filter(of_key);
        values
            .filter_map(|meta| Sourced::of(meta.find("wp:meta_value"), self.lines))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The unchanged value of a custom field.
    fn raw(&self, key: &str) -> Option<String> {
        let metas = self.element.all("wp:postmeta");
        let mut of_key =
            metas.filter(|meta| meta.find("wp:meta_key").and_then(Element::line).as_deref() == Some(key));
        of_key.next()?.find("wp:meta_value").map(Element::text)
    }

    pub(super) fn meta(&self, key: &str) -> Option<Sourced> {
        self.metas(key).next()
    }

    /// The item's terms: taxonomy, slug and name. Before WordPress 3, exports had each term twice, once without a taxonomy.
    pub(super) fn terms(&self) -> Vec<(&'a str, String, Option<Sourced>)> {
        let has_kind = self.element.all("category").any(|term| term.attribute("domain").is_some());
        let terms =
            self.element.all("category").filter(|term| term.attribute("domain").is_some() || !has_kind);
        let term = |term: Element<'a>| {
            let slug = weblog::decoded(term.attribute("nicename").unwrap_or_default());
            (
                term.attribute("domain").unwrap_or("category"),
                slug,
                Sourced::of(Some(term), self.lines).and_then(Sourced::plain),
            )
        };
        terms.map(term).collect()
    }

    /// The section: the primary category of a plugin, or else the category in the URL, or else the first one.
    pub(super) fn section(&self, terms: &HashMap<String, Term>) -> Option<(String, Option<Sourced>)> {
        let sections: Vec<_> = self
            .terms()
            .into_iter()
            .filter(|(kind, slug, _)| *kind == "category" && slug != "uncategorized")
            .collect();
        let chosen = ["_yoast_wpseo_primary_category", "rank_math_primary_category"]
            .iter()
            .find_map(|key| self.meta(key));
        let chosen = chosen.and_then(|id| terms.get(&id.text)).map(|term| term.slug.clone());
        let link = self.text("link");
        let in_link = |slug: &str| link.split('/').any(|part| weblog::decoded(part) == slug);
        let found = sections.iter().find(|(_, slug, _)| Some(slug) == chosen.as_ref());
        let found =
            found.or_else(|| sections.iter().rfind(|(_, slug, _)| in_link(slug))).or(sections.first());
        found.map(|(_, slug, name)| (slug.clone(), name.clone()))
    }
}

impl Export {
    /// The story of an item, if it is one.
    pub(super) fn story(&self, item: &Item<'_>, file: &File, context: &ImportContext<'_>) -> Option<Story> {
        self.skip_reason(&item.text("wp:post_type"), &item.text("wp:status"), &item.text("link"))
            .is_none()
            .then_some(())?;
        let kind = item.text("wp:post_type");
        let mut draft = Draft::of_archive(context, file, kind == "page");
        draft.identity(self.identity(item).as_ref());
        draft.set(Key::Title, item.sourced("title").and_then(Sourced::plain));
        draft.deck(item.sourced("excerpt:encoded").and_then(Sourced::plain));
        for deck in DECKS.iter().filter_map(|key| item.meta(key)).filter(|deck| !is_pattern(&deck.text)) {
            draft.deck(Some(deck));
        }
        times(item, &mut draft);
        status(item, &mut draft);
        self.filed(item, &kind, &mut draft);
        if !draft.is_standing {
            self.bylines(item, &mut draft);
        }
        search_engine_fields(item, &mut draft);
        if let Some(id) = item.meta("_thumbnail_id") {
            match self.files.get(&id.text) {
                Some(shown) => self.blog.picture(&mut draft, shown.clone()),
                None => draft.story.remark(
                    "import/picture",
                    "its main picture is not in this export; import the media export together with it, or add the picture by hand",
                    id.spans.first().copied(),
                ),
            }
        }
        self.text(item, &mut draft, context);
        comments(item, &mut draft);
        if item.text("wp:is_sticky") == "1" {
            weblog::remark_pinned(&mut draft, item.at("wp:is_sticky"));
        }
        self.blog.set_location(
            &mut draft,
            &item.text("link"),
            Some(&item.text("wp:post_name")),
            self.parents(item),
        );
        if item.text("wp:status") == "publish" && draft.story.old_url.is_none() && !draft.is_standing {
            draft.story.remark(
                "import/address",
                "its old URL is only a number, so nothing redirects from it",
                item.at("link"),
            );
        }
        old_names(item, &mut draft);
        draft.finish()
    }

    /// Its GUID, with its number if other items share the GUID, as in merged exports.
    fn identity(&self, item: &Item<'_>) -> Option<Sourced> {
        let mut guid = item.sourced("guid")?;
        if self.is_shared(&guid.text) {
            guid.text.push_str(&format!("#{}", item.text("wp:post_id")));
        }
        Some(guid)
    }

    /// The first category becomes the section, the others become tags.
    fn filed(&self, item: &Item<'_>, kind: &str, draft: &mut Draft<'_>) {
        let section = item.section(&self.terms).filter(|_| !draft.is_standing);
        let mut tags = Vec::new();
        for (domain, slug, name) in item.terms() {
            match domain {
                "category"
                    if slug == "uncategorized" || section.as_ref().is_some_and(|(own, _)| *own == slug) => {}
                "category" | "post_tag" | "tag" => tags.extend(name),
                "post_format" => {
                    let format = slug.trim_start_matches("post-format-").to_owned();
                    draft.story.set(FieldKey::extra("format"), format, Confidence::Explicit, Vec::new());
                }
                _ => {}
            }
        }
        weblog::tags(draft, tags);
        let at = |name: &Option<Sourced>| name.as_ref().map(|name| name.spans.clone()).unwrap_or_default();
        match section {
            Some((slug, name)) => draft.story.set(
                Key::Section,
                self.section(&slug, name.as_ref(), draft.context()),
                Confidence::Explicit,
                at(&name),
            ),
            None if !matches!(kind, "post" | "page") => {
                let message = format!("it had the custom type `{kind}` and is now in the section `{kind}`");
                draft.story.remark_about("import/post-type", kind, message, item.at("wp:post_type"));
                draft.story.set(Key::Section, slugify(kind), Confidence::Explicit, Vec::new());
            }
            None => {}
        }
    }

    /// The site's slug for a category, or else its name if that gives the same slug, or else its old slug.
    fn section(&self, slug: &str, name: Option<&Sourced>, context: &ImportContext<'_>) -> String {
        let name = name.map_or("", |name| &name.text);
        let known = context.config.sections.iter().flatten();
        let mut known =
            known.filter(|section| section.slug == slug || section.title.eq_ignore_ascii_case(name));
        let spelt = |text: &str| context.config.slugs.of(text);
        let is_name = slug.is_empty() || !name.is_empty() && spelt(name) == spelt(slug);
        known.next().map_or(if is_name { name } else { slug }, |section| &section.slug).to_owned()
    }

    /// Adds the authors that a plugin names, or else the owner.
    fn bylines(&self, item: &Item<'_>, draft: &mut Draft<'_>) {
        for (_, slug, name) in item.terms().into_iter().filter(|(kind, ..)| *kind == "author") {
            let login = slug.strip_prefix("cap-").unwrap_or(&slug).to_owned();
            let known = self.author(&login).or_else(|| self.author(&name.as_ref()?.text));
            let at = name.as_ref().map(|name| name.spans.clone()).unwrap_or_default();
            draft.byline(known.and_then(|known| Sourced::new(known, at)).or(name));
        }
        if !draft.has(Key::Authors) {
            draft.byline(item.sourced("dc:creator").map(|value| Sourced {
                text: self.author(&value.text).map(str::to_owned).unwrap_or(value.text),
                spans: value.spans,
            }));
        }
    }

    fn text(&self, item: &Item<'_>, draft: &mut Draft<'_>, context: &ImportContext<'_>) {
        let Some(encoded) = item.element.find("content:encoded") else { return };
        let attached = self.attached.get(&item.text("wp:post_id"));
        let known = content::ExportData {
            map: context.map,
            file: &|id| self.files.get(id),
            block: &|id| self.blocks.get(id).map(String::as_str),
            attached: attached.map(Vec::as_slice).unwrap_or_default(),
            notes: item.raw("footnotes"),
        };
        let found = content::html(&encoded.text(), &known);
        let base = Url::parse(&item.text("link")).ok().filter(|link| link.query().is_none());
        self.blog.body(draft, &found.html, base.as_ref());
        for name in found.shortcodes {
            let message = format!("its text contains `[{name}]`, which no rule expands");
            draft.story.remark_about("import/shortcode", name, message, item.at("content:encoded"));
        }
        for name in found.left_out {
            let message = format!("its text used `{name}`, which is not in the export");
            draft.story.remark_about("import/dropped", name, message, item.at("content:encoded"));
        }
    }

    /// The names of a page's parents.
    fn parents(&self, item: &Item<'_>) -> Vec<String> {
        let mut names = Vec::new();
        let mut above = item.text("wp:post_parent");
        while let Some((name, parent)) = self.pages.get(&above).filter(|_| names.len() < DEEPEST) {
            names.insert(0, name.clone());
            above.clone_from(parent);
        }
        names
    }
}

/// Sets the dates. Pages have none, as no list shows them.
fn times(item: &Item<'_>, draft: &mut Draft<'_>) {
    let time = |name: &str| {
        let is_set = |value: &Sourced| !value.text.starts_with("0000");
        let world = item.sourced(&format!("{name}_gmt")).filter(is_set);
        let world = world.map(|value| Sourced { text: format!("{}Z", value.text), spans: value.spans });
        world.or_else(|| item.sourced(name).filter(is_set))
    };
    if !draft.is_standing {
        draft.versions(time("wp:post_date"), time("wp:post_modified"));
    }
}

fn status(item: &Item<'_>, draft: &mut Draft<'_>) {
    let status = item.sourced("wp:status").unwrap_or_default();
    match &*status.text {
        "" => weblog::hold_back(draft, &[], "", Some("the export does not state its status")),
        name => weblog::set_status(draft, name, &status.spans),
    }
    if let Some(password) = item.sourced("wp:post_password") {
        weblog::hold_back(draft, &password.spans, "password", Some("it was protected by a password"));
    }
}

/// Whether a plugin would have replaced parts of this text.
fn is_pattern(text: &str) -> bool {
    ["%%", "%excerpt%", "%title%", "#post_", "#site_"].iter().any(|sign| text.contains(sign))
}

/// Sets what plugins for search engines say.
fn search_engine_fields(item: &Item<'_>, draft: &mut Draft<'_>) {
    let canonical = CANONICAL.iter().find_map(|key| item.meta(key));
    weblog::set_canonical(draft, canonical, &item.text("link"));
    let noindex = |(key, part): &(&str, &str)| item.meta(key).filter(|value| value.text.contains(part));
    if let Some(value) = NOINDEX.iter().find_map(noindex) {
        draft.story.set(Key::Noindex, true, Confidence::Explicit, value.spans);
    }
}

fn comments(item: &Item<'_>, draft: &mut Draft<'_>) {
    let comment = |comment: Element<'_>| -> Option<Json> {
        let text = |name: &str| comment.find(name).and_then(Element::line).unwrap_or_default();
        let is_shown =
            text("wp:comment_approved") == "1" && matches!(&*text("wp:comment_type"), "" | "comment");
        let written = comment.find("wp:comment_content").map(Element::text).filter(|_| is_shown)?;
        let date = text("wp:comment_date_gmt");
        let date = if date.is_empty() { date } else { date.replace(' ', "T") + "Z" };
        Some(weblog::comment(
            &text("wp:comment_id"),
            &text("wp:comment_parent"),
            &text("wp:comment_author"),
            &text("wp:comment_author_url"),
            &date,
            &content::paragraphs(&written),
        ))
    };
    weblog::comments(
        draft,
        item.element.all("wp:comment").filter_map(comment).collect(),
        item.at("wp:comment"),
    );
}

/// Adds aliases for the names that the post had before.
fn old_names(item: &Item<'_>, draft: &mut Draft<'_>) {
    let Some(own) = draft.story.old_url.clone() else { return };
    let (path, end) = own.strip_suffix('/').map_or((own.as_str(), ""), |path| (path, "/"));
    let Some((above, last)) = path.rsplit_once('/') else { return };
    // A URL of numbers never changed.
    if draft.story.name.as_deref() != Some(&*weblog::decoded(last)) {
        return;
    }
    let old: Vec<_> = item.metas("_wp_old_slug").filter(|value| !value.text.contains('/')).collect();
    let paths: Vec<_> =
        old.iter().map(|value| weblog::decoded(&format!("{above}/{}{end}", value.text))).collect();
    if !paths.is_empty() {
        draft.story.set(
            Key::Aliases,
            paths,
            Confidence::Explicit,
            old.into_iter().flat_map(|value| value.spans).collect(),
        );
    }
}
