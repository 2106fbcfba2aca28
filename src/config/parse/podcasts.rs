//! `podcast` of a section or tag.

use super::{Reader, invalid};
use crate::config::{Podcast, PodcastCategory, keys};
use crate::diagnostic::suggestion;
use crate::yaml::{Map, Node};

impl Reader {
    /// The podcast that a section or tag is, from the path of its cover or a map. `None` without a cover, which directories require.
    pub(super) fn podcast(&mut self, of: Map<'_>) -> Option<Podcast> {
        let node = of.get("podcast")?;
        let plain = |reader: &mut Self, image: Node<'_>| {
            Some(Podcast {
                image: reader.cover(image)?,
                category: PodcastCategory::default(),
                author: None,
                email: None,
                is_explicit: false,
                is_serial: false,
                place: image.place(),
            })
        };
        if !node.is_map() {
            return plain(self, node);
        }
        let map = self.take(node.map())?;
        self.check_keys(map, &keys::PODCAST);
        let image = self.required(map, "image", &node.place(), "podcast: {image: /podcast.jpg}");
        let category = map.get("category").and_then(|node| self.category(node));
        let author = self.text(map, "author");
        let email = map.get("email").and_then(|node| self.email(node));
        let is_explicit = self.bool(map, "explicit", false);
        let is_serial = map.get("type").is_some_and(|node| self.is_serial(node));
        let category = category.unwrap_or_default();
        Some(Podcast { category, author, email, is_explicit, is_serial, ..plain(self, image?)? })
    }

    /// The path of a picture in `static/`.
    fn cover(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        if text.starts_with('/') && !text.starts_with("//") {
            return Some(text);
        }
        let problem = node.error("config/podcast", format!("the cover `{text}` is not a path"));
        self.wrong(
            problem,
            "put the picture into `static/` and write its path there, as in `image: /podcast.jpg`",
        )
    }

    fn category(&mut self, node: Node<'_>) -> Option<PodcastCategory> {
        let written = self.line(node)?;
        let found = PodcastCategory::named(&written);
        if found.is_none() {
            let near = suggestion(&written, PodcastCategory::names());
            let help = near.unwrap_or_else(|| {
                "write a category of Apple Podcasts, such as `News`, `Politics` or `True Crime`".to_owned()
            });
            self.problems.push(invalid(node, &written).help(help));
        }
        found
    }

    fn email(&mut self, node: Node<'_>) -> Option<String> {
        let text = self.line(node)?;
        let is_address = !text.contains(' ')
            && text.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && !host.contains('@') && host.trim_matches('.').contains('.')
            });
        if is_address {
            return Some(text);
        }
        let problem = node.error("config/podcast", format!("`{text}` is not an email address"));
        self.wrong(problem, "write it as in `email: audio@meridian.example`")
    }

    fn is_serial(&mut self, node: Node<'_>) -> bool {
        match self.line(node).as_deref() {
            Some("serial") => true,
            Some("episodic") | None => false,
            Some(other) => {
                self.problems.push(invalid(node, other).help("write `episodic` or `serial`"));
                false
            }
        }
    }
}
