//! Lists, feeds and Markdown.

use super::{Reader, invalid, list};
use crate::config::{FeedFormat, FeedOf, Feeds, Lists, Markdown, RawHtml, keys};
use crate::yaml::{Map, Node};

const FORMATS: [(&str, FeedFormat); 3] =
    [("rss", FeedFormat::Rss), ("atom", FeedFormat::Atom), ("json", FeedFormat::Json)];

const FEEDS_OF: [(&str, FeedOf); 4] = [
    ("section", FeedOf::Section),
    ("tag", FeedOf::Tag),
    ("author", FeedOf::Author),
    ("series", FeedOf::Series),
];

impl Reader {
    pub(super) fn lists(&mut self, map: Map<'_>) -> Lists {
        self.check_keys(map, &keys::LISTS);
        let default = Lists::default();
        Lists {
            per_page: self.positive(map, "per_page", default.per_page),
            sections: self.bool(map, "sections", default.sections),
            tags: self.bool(map, "tags", default.tags),
            authors: self.bool(map, "authors", default.authors),
            series: self.bool(map, "series", default.series),
            archives: self.bool(map, "archives", default.archives),
        }
    }

    pub(super) fn feeds(&mut self, map: Map<'_>) -> Feeds {
        self.check_keys(map, &keys::FEEDS);
        let default = Feeds::default();
        Feeds {
            site: self.names(map, "site", &FORMATS).unwrap_or(default.site),
            lists: self.names(map, "lists", &FORMATS).unwrap_or(default.lists),
            of: self.names(map, "of", &FEEDS_OF).unwrap_or(default.of),
            limit: self.positive(map, "limit", default.limit),
            full_text: self.bool(map, "full_text", default.full_text),
            hub: map.get("hub").and_then(|node| self.web_url(node)),
        }
    }

    /// A list of known names.
    fn names<T: Copy + PartialEq>(
        &mut self,
        map: Map<'_>,
        key: &str,
        known: &[(&'static str, T)],
    ) -> Option<Vec<T>> {
        let mut found = Vec::new();
        for (node, text) in map.get(key)?.strings(&mut self.problems) {
            match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
                Some((_, value)) if found.contains(value) => {}
                Some((_, value)) => found.push(*value),
                None => {
                    let names = list(known.iter().map(|(name, _)| *name));
                    self.problems.push(invalid(node, &text).help(format!("the values are {names}")));
                }
            }
        }
        Some(found)
    }

    pub(super) fn markdown(&mut self, map: Map<'_>) -> Markdown {
        self.check_keys(map, &keys::MARKDOWN);
        let default = Markdown::default();
        Markdown {
            smart_punctuation: self.bool(map, "smart_punctuation", default.smart_punctuation),
            raw_html: map.get("raw_html").and_then(|node| self.raw_html(node)).unwrap_or_default(),
        }
    }

    fn raw_html(&mut self, node: Node<'_>) -> Option<RawHtml> {
        let written = self.line(node)?;
        match written.as_str() {
            "trusted" => Some(RawHtml::Trusted),
            "sanitized" | "sanitised" => Some(RawHtml::Sanitized),
            _ => self.wrong(invalid(node, &written), "write `trusted` or `sanitized`"),
        }
    }
}
