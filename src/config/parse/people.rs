//! The publisher and the authors.

use super::{Reader, invalid, list};
use crate::config::{AuthorProfile, Publisher, keys};
use crate::diagnostic::did_you_mean;
use crate::yaml::{Map, Node};

impl Reader {
    pub(super) fn publisher(&mut self, map: Map<'_>) -> Publisher {
        self.check_keys(map, &keys::PUBLISHER);
        let policies = self.group(map, "policies").map(|map| self.pairs(map)).unwrap_or_default();
        Publisher {
            name: self.text(map, "name"),
            logo: self.link(map, "logo"),
            url: self.link(map, "url"),
            policies: policies.into_iter().filter_map(|(name, node)| self.policy(name, node)).collect(),
        }
    }

    /// The name and page of a policy. Warns about names that schema.org does not have, which only a theme can use.
    fn policy(&mut self, name: String, node: Node<'_>) -> Option<(String, String)> {
        if !keys::POLICY.names().any(|known| known == name) {
            let message =
                format!("schema.org does not define the policy `{name}`, so only the theme can use it");
            let help = match did_you_mean(&name, keys::POLICY.names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the policies are {}", list(keys::POLICY.names())),
            };
            self.problems.push(node.warning("config/unknown-policy", message).help(help));
        }
        Some((name, self.checked_link(node)?))
    }

    pub(super) fn authors(&mut self, node: Node<'_>) -> Vec<AuthorProfile> {
        let mut authors: Vec<AuthorProfile> = Vec::new();
        for item in self.take(node.list()).into_iter().flatten() {
            let Some(author) = self.author(item) else {
                continue;
            };
            if authors.iter().any(|known| known.slug == author.slug) {
                let message = format!("two authors have the slug `{}`", author.slug);
                let problem = item.error("config/duplicate-author", message);
                self.problems.push(problem.help("give one of them another `slug`"));
            } else if let Some(name) = self.shared_name(&authors, &author) {
                let problem =
                    item.error("config/duplicate-author", format!("two authors have the name `{name}`"));
                self.problems.push(problem.help("remove it from the `aliases` of one of them"));
            } else {
                authors.push(author);
            }
        }
        authors
    }

    /// An alias of this author that an earlier author has as a name, slug or alias, or the other way round.
    fn shared_name(&self, before: &[AuthorProfile], author: &AuthorProfile) -> Option<String> {
        let named = |author: &AuthorProfile, name: &str| {
            let key = self.slugs.key(name);
            [&author.name, &author.slug]
                .into_iter()
                .chain(&author.aliases)
                .any(|one| self.slugs.key(one) == key)
        };
        before.iter().find_map(|known| {
            let of_this = author.aliases.iter().find(|alias| named(known, alias));
            of_this.or_else(|| known.aliases.iter().find(|alias| named(author, alias))).cloned()
        })
    }

    fn author(&mut self, item: Node<'_>) -> Option<AuthorProfile> {
        if !item.is_map() {
            let name = self.line(item)?;
            let slug = self.author_slug(item, &self.slugs.of_name(&name))?;
            return Some(AuthorProfile { slug, name, ..AuthorProfile::default() });
        }
        let map = self.take(item.map())?;
        self.check_keys(map, &keys::AUTHOR);
        let Some(name) = map.get("name") else {
            let problem = item.error("config/author", "this author has no `name`");
            return self.wrong(problem, "add one, as in `- {name: Ana Ruiz, bio: Covers the harbour.}`");
        };
        let name = self.line(name)?;
        let slug = match map.get("slug") {
            Some(node) => self.line(node).and_then(|slug| self.author_slug(node, &slug)),
            None => self.author_slug(item, &self.slugs.of_name(&name)),
        };
        Some(AuthorProfile {
            slug: slug?,
            name,
            aliases: self.aliases(map),
            bio: self.text(map, "bio"),
            url: self.link(map, "url"),
            image: self.link(map, "image"),
            is_organization: map.get("type").is_some_and(|node| self.is_organization(node)),
        })
    }

    pub(super) fn aliases(&mut self, map: Map<'_>) -> Vec<String> {
        let written = map.get("aliases").map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        written.into_iter().filter_map(|(node, _)| self.line(node)).collect()
    }

    fn is_organization(&mut self, node: Node<'_>) -> bool {
        match self.line(node).as_deref() {
            Some("organization" | "organisation") => true,
            Some("person") | None => false,
            Some(other) => {
                self.problems.push(invalid(node, other).help("write `person` or `organization`"));
                false
            }
        }
    }

    fn author_slug(&mut self, at: Node<'_>, slug: &str) -> Option<String> {
        let right = self.slugs.of_written(slug);
        if *slug == right && !slug.is_empty() {
            return Some(right);
        }
        let problem = at.error("config/author", format!("`{slug}` is not a valid slug"));
        let example = if right.is_empty() { "ana-ruiz" } else { &right };
        self.wrong(problem, format!("add a slug of letters, digits and hyphens, as in `slug: {example}`"))
    }
}
