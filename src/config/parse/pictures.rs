//! `pictures`: how pictures are published.

use super::{Reader, invalid};
use crate::config::{Pictures, PublishedOriginals, keys};
use crate::yaml::{Map, Node};

/// The default, as it is written.
const WIDTHS_EXAMPLE: &str = "widths: [320, 640, 960, 1280, 1920]";

/// The widths that renditions may have.
const WIDTHS: std::ops::RangeInclusive<i64> = 16..=8192;

impl Reader {
    pub(super) fn pictures(&mut self, map: Map<'_>) -> Pictures {
        self.check_keys(map, &keys::PICTURES);
        let default = Pictures::default();
        Pictures {
            widths: map.get("widths").and_then(|node| self.widths(node)).unwrap_or(default.widths),
            avif: map.get("formats").and_then(|node| self.formats(node)).unwrap_or(default.avif),
            quality: map.get("quality").and_then(|node| self.quality(node)).unwrap_or(default.quality),
            original: map.get("original").and_then(|node| self.original(node)).unwrap_or_default(),
            cache_days: u32::try_from(self.positive(map, "cache_days", default.cache_days as usize))
                .unwrap_or(u32::MAX),
        }
    }

    fn widths(&mut self, node: Node<'_>) -> Option<Vec<u32>> {
        let mut widths = Vec::new();
        for item in self.items(node, WIDTHS_EXAMPLE)? {
            let width = self.take(item.integer())?;
            if !WIDTHS.contains(&width) {
                let (least, most) = WIDTHS.into_inner();
                let message = format!("`pictures.widths` must be from {least} to {most} pixels");
                let problem = item.error("config/number", message);
                return self.wrong(problem, format!("the default is `{WIDTHS_EXAMPLE}`"));
            }
            widths.extend(u32::try_from(width));
        }
        widths.sort_unstable();
        widths.dedup();
        Some(widths)
    }

    /// The items of a list, which must have some.
    fn items<'n>(&mut self, node: Node<'n>, example: &str) -> Option<Vec<Node<'n>>> {
        let help = format!("write it as in `{example}`");
        let items: Vec<Node<'n>> = match node.list() {
            Ok(items) => items.collect(),
            Err(problem) => return self.wrong(*problem, help),
        };
        if items.is_empty() {
            let problem = node.error("config/blank", format!("`{}` is empty", node.name()));
            return self.wrong(problem, help);
        }
        Some(items)
    }

    /// Whether browsers get AVIF.
    fn formats(&mut self, node: Node<'_>) -> Option<bool> {
        let mut avif = false;
        for item in self.items(node, "formats: [avif, jpeg]")? {
            let format = self.line(item)?;
            match &*format {
                "avif" => avif = true,
                // Feed readers and social networks need it, so it is always there.
                "jpeg" | "jpg" => {}
                _ => return self.wrong(invalid(item, &format), "write `avif` or `jpeg`"),
            }
        }
        Some(avif)
    }

    fn quality(&mut self, node: Node<'_>) -> Option<u8> {
        let quality = node.integer().ok().and_then(|number| u8::try_from(number).ok());
        match quality {
            Some(quality @ 1..=100) => Some(quality),
            _ => {
                let message = "`pictures.quality` must be a whole number from 1 to 100";
                self.wrong(node.error("config/number", message), "the default is `quality: 75`")
            }
        }
    }

    fn original(&mut self, node: Node<'_>) -> Option<PublishedOriginals> {
        let written = self.line(node)?;
        match &*written {
            "never" => Some(PublishedOriginals::Never),
            "linked" => Some(PublishedOriginals::Linked),
            "always" => Some(PublishedOriginals::Always),
            _ => self.wrong(invalid(node, &written), "write `never`, `linked` or `always`"),
        }
    }
}
