//! Keys whose value is a map or a list of maps, and keys that are addresses.

use url::Url;

use super::nested_keys::Shape;
use super::times::Twice;
use super::{Reader, folded};
use crate::config;
use crate::content::front_matter::keys::Key;
use crate::content::front_matter::paths;
use crate::content::{Correction, CorrectionKind, Image};
use crate::diagnostic::did_you_mean;
use crate::slug::{Letters, composed};
use crate::yaml::{Map, Node};

/// Names of the keys of a picture, their own first.
const SRC: [&str; 6] = ["src", "image", "url", "path", "file", "feature"];
const ALT: [&str; 2] = ["alt", "alt_text"];
pub(super) const PICTURE: Shape = Shape {
    parent: "image",
    keys: &["src", "alt", "caption", "credit", "focus"],
    others: "image url path file feature alt_text title width height relative hidden hiddenInList \
        hiddenInSingle responsiveImages linkFullImages source link teaser thumb thumbnail focal_point \
        placement preview_only lqip position type id",
};
/// An example for help texts.
const CORRECTIONS: &str = "[{date: 2026-11-22, text: \"…\"}]";
pub(super) const CORRECTION: Shape =
    Shape { parent: "corrections", keys: &["date", "kind", "text"], others: "type" };

impl<'a> Reader<'a> {
    pub(super) fn media(&mut self) {
        let image = match self.get(Key::Image) {
            Some(node) if node.is_map() => self.picture(node, &PICTURE),
            Some(node) => self.source(node).map(|src| Image { src: Some(src), ..Image::default() }),
            None => self.first_of_images(),
        };
        self.front.image = image.map(Box::new);
    }

    /// The first of Hugo's `images`, which are kept in `extra` as well.
    fn first_of_images(&self) -> Option<Image> {
        let src = self.unknown_values.get("images")?.as_array()?.first()?.as_str()?.trim();
        (!src.is_empty() && is_source(src)).then(|| Image { src: Some(src.to_owned()), ..Image::default() })
    }

    /// A picture with its texts; `shape` is that of the key that it is under.
    pub(super) fn picture(&mut self, node: Node<'a>, shape: &Shape) -> Option<Image> {
        let map = self.take(node.map())?;
        self.check_keys(map, shape);
        let src = SRC.iter().find_map(|key| map.get(key)).and_then(|node| self.source(node));
        let mut image = Image {
            src,
            alt: ALT.iter().find_map(|key| self.part(map, key)),
            caption: self.part(map, "caption"),
            credit: self.part(map, "credit"),
            focus: map.get("focus").and_then(|node| self.focus(node)),
        };
        // An empty text says that there is none, whatever the file says of itself.
        if image.src.is_some() {
            let is_empty = |keys: &[&str]| {
                let mut nodes = keys.iter().filter_map(|key| map.get(key));
                nodes.any(|node| !node.is_null() && node.string().is_ok_and(|text| text.trim().is_empty()))
            };
            let texts = [
                (&mut image.alt, &ALT[..]),
                (&mut image.caption, &["caption"]),
                (&mut image.credit, &["credit"]),
            ];
            for (text, _) in texts.into_iter().filter(|(text, keys)| text.is_none() && is_empty(keys)) {
                *text = Some(String::new());
            }
        }
        (image != Image::default()).then_some(image)
    }

    pub(super) fn source(&mut self, node: Node<'a>) -> Option<String> {
        let text = self.line(node)?;
        if is_source(&text) {
            return Some(without_fragment(text));
        }
        let error = node.error("front-matter/image", format!("`{text}` is not the path or URL of a picture"));
        self.wrong(
            error,
            "write the path of a file beside the story, a path that starts with `/`, or an `https://` URL",
        )
    }

    fn focus(&mut self, node: Node<'a>) -> Option<(f64, f64)> {
        let mut texts = Vec::new();
        if node.is_list() {
            texts.extend(node.strings(&mut self.problems).into_iter().map(|(_, text)| text.into_owned()));
        } else {
            let text = self.take(node.string())?;
            let parts = text.split(|c: char| c == ',' || c.is_whitespace());
            texts.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
        }
        let numbers: Vec<_> = texts.iter().map(|text| fraction(text)).collect();
        if let [Some(x), Some(y)] = numbers[..] {
            return Some((x, y));
        }
        let error = node.error("front-matter/focus", "`focus` is not a point in the picture");
        self.wrong(error, "write the distance from the left and from the top, as in `focus: [0.5, 0.3]` or `focus: 50% 30%`")
    }

    pub(super) fn corrections(&mut self) {
        let Some(node) = self.get(Key::Corrections) else {
            return;
        };
        let items: Vec<_> = match node.is_map() {
            true => vec![node],
            false if !node.is_list() => {
                return self.problems.push(*node.wrong_type("a list", CORRECTIONS));
            }
            false => self.take(node.list()).into_iter().flatten().filter(|item| !item.is_null()).collect(),
        };
        for item in items {
            let correction = self.correction(item);
            self.front.corrections.extend(correction);
        }
    }

    fn correction(&mut self, item: Node<'a>) -> Option<Correction> {
        let example =
            "write, for example, `- {date: 2026-11-22, kind: correction, text: \"An earlier version…\"}`";
        if !item.is_map() {
            self.problems.push(*item.wrong_type("a list of maps with a date and a text", CORRECTIONS));
            return None;
        }
        let map = self.take(item.map())?;
        self.check_keys(map, &CORRECTION);
        let mut lacks = |key: &str| {
            let error = item.error("front-matter/correction", format!("this correction has no `{key}`"));
            self.problems.push(error.help(example));
        };
        let (date, text) = (map.get("date"), map.get("text"));
        if date.is_none() {
            lacks("date");
        }
        if text.is_none() {
            lacks("text");
        }
        let kind = map.get("kind").or_else(|| map.get("type"));
        let kind = kind.map_or(Some(CorrectionKind::default()), |node| self.correction_kind(node));
        let date = date.and_then(|node| self.moment(node, Twice::Later));
        let text = text.and_then(|node| {
            let text = self.take(node.string())?.trim().to_owned();
            if text.is_empty() {
                let error = node.error("front-matter/correction", "this correction has a blank `text`");
                return self.wrong(error, "write what was wrong and what is right");
            }
            Some(text)
        });
        let date = date?;
        Some(Correction { date: date.instant, is_day: date.is_day, kind: kind?, text: text? })
    }

    fn correction_kind(&mut self, node: Node<'a>) -> Option<CorrectionKind> {
        let text = self.line(node)?.to_ascii_lowercase();
        if let Some((_, kind)) = CorrectionKind::ALL.iter().find(|(name, _)| *name == text) {
            return Some(*kind);
        }
        let names = || CorrectionKind::ALL.iter().map(|(name, _)| *name);
        let help = match did_you_mean(&text, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of {}", names().collect::<Vec<_>>().join(", ")),
        };
        self.wrong(
            node.error("front-matter/correction", format!("unknown kind of correction `{text}`")),
            help,
        )
    }

    pub(super) fn addresses(&mut self) {
        if let Some(node) = self.get(Key::Slug) {
            self.front.slug = self.slug(node);
        }
        if let Some(node) = self.get(Key::Permalink)
            && let Some(text) = self.line(node)
        {
            match paths::permalink(&text, &self.config.base_url) {
                Ok(path) => self.front.permalink = Some(path),
                Err(why) => self.bad_path(node, &text, &why),
            }
        }
        let aliases = self.get(Key::Aliases).map(|node| node.strings(&mut self.problems));
        for (node, text) in aliases.into_iter().flatten() {
            match paths::path(&text, &self.config.base_url) {
                Ok(path) if self.front.aliases.iter().any(|alias| paths::same(alias, &path)) => {}
                Ok(path) => self.front.aliases.push(path),
                Err(why) => self.bad_path(node, &text, &why),
            }
        }
        self.old_slugs();
        self.identity();
        self.channels();
        if let Some(node) = self.get(Key::Template)
            && let Some(text) = self.line(node)
        {
            if paths::is_template(&text) {
                self.front.template = Some(text);
            } else {
                let error =
                    node.error("front-matter/template", format!("`{text}` is not the name of a template"));
                self.problems
                    .push(error.help("write the name of a file under `templates/`, such as `page.html`"));
            }
        }
    }

    fn old_slugs(&mut self) {
        let slugs = self.get(Key::OldSlugs).map(|node| node.strings(&mut self.problems));
        for (node, _) in slugs.into_iter().flatten() {
            let slug = self.slug(node);
            self.front.old_slugs.extend(slug);
        }
    }

    /// Reads where else the story appears.
    fn channels(&mut self) {
        self.front.translation_of = self.text(Key::TranslationOf);
        if let Some(node) = self.get(Key::Noindex) {
            self.front.noindex = self.take(node.bool()).unwrap_or(true);
        }
        if let Some(node) = self.get(Key::Feed) {
            self.front.not_in_feeds = !self.take(node.bool()).unwrap_or(false);
        }
    }

    fn identity(&mut self) {
        if let Some(node) = self.get(Key::Id) {
            self.front.id = self.line(node);
            if self.front.id.is_none() && node.string().is_ok() {
                let error = node.error("front-matter/id", format!("`{}` is blank", node.name()));
                self.problems.push(
                    error.help("delete the line: without it, the story gets an id from the path of its file"),
                );
            }
        }
        if let Some(node) = self.get(Key::CanonicalUrl)
            && let Some(text) = self.line(node)
        {
            if let Some(url) = config::web_url(&text) {
                self.front.canonical_url = Some(url.into());
            } else {
                let error =
                    node.error("front-matter/canonical-url", format!("`{text}` is not a complete URL"));
                self.problems
                    .push(error.help("write the URL where the story first ran, starting with `https://`"));
            }
        }
    }

    fn slug(&mut self, node: Node<'a>) -> Option<String> {
        let text = self.line(node)?;
        if paths::is_hidden(&text) && text.bytes().any(|byte| byte != b'.') {
            let message = format!("`{text}` starts with a dot, as the names of hidden files do");
            return self.wrong(node.error("front-matter/slug", message), "remove the dot");
        }
        let slugs = self.config.slugs.in_language(self.front.lang.as_deref());
        let text = composed(&text);
        if paths::is_url_safe(&text, slugs.letters() != Letters::Ascii) {
            return Some(text.into_owned());
        }
        let slug = slugs.of_written(&text);
        if slug.is_empty() {
            let error = node.error("front-matter/slug", format!("`{text}` cannot be part of a URL"));
            return self.wrong(error, "write letters, digits and hyphens, as in `slug: harbour-fire`");
        }
        Some(slug)
    }

    fn bad_path(&mut self, node: Node<'a>, text: &str, why: &str) {
        let error = node.error("front-matter/path", format!("the path `{text}` {why}"));
        self.problems.push(
            error.help("write the part of the URL after the site's address, such as `/2026/harbour-fire/`"),
        );
    }

    pub(super) fn part(&mut self, map: Map<'a>, key: &str) -> Option<String> {
        self.line(map.get(key)?)
    }

    /// A URL of the web, a mail address or a path of the site.
    pub(super) fn link(&mut self, node: Node<'a>) -> Option<String> {
        let text = self.line(node)?;
        match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https" | "mailto") => {
                let message = format!("`{}` cannot be a `{}:` URL", node.name(), url.scheme());
                let error = node.error("front-matter/url", message);
                self.wrong(error, "write an `https://` URL or a path that starts with `/`")
            }
            // Normalized, with everything escaped that must be.
            Ok(url) => Some(url.into()),
            Err(_) => Some(folded(&text)),
        }
    }
}

/// A path in which `#` is part of a file name, as pictures and recordings have no fragments.
pub(super) fn without_fragment(text: String) -> String {
    let is_file = !text.starts_with('/') && !text.contains("://");
    if is_file { text.replace('#', "%23") } else { text }
}

/// Whether a text can be the path or URL of a file that browsers load.
pub(super) fn is_source(text: &str) -> bool {
    Url::parse(text).map_or(true, |url| matches!(url.scheme(), "http" | "https"))
}

/// `0.5` or `50%`.
fn fraction(text: &str) -> Option<f64> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.trim().parse().ok()?,
    };
    (0.0..=1.0).contains(&number).then_some(number)
}
