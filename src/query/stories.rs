//! An edition and a filter → the stories that match, in order.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::{ArticleQuery, StoryOrder};
use crate::archive::{Taxonomy, TermId};
use crate::content::{Article, ArticleId};
use crate::edition::Edition;
use crate::plan::{List, stories_of};

/// Finds the stories of one edition. Its tables are built when they are first needed.
#[derive(Debug, Default)]
pub(super) struct StoryIndex {
    by_url: OnceLock<HashMap<String, ArticleId>>,
    /// The stories of each genre and language, newest first.
    by_trait: OnceLock<HashMap<String, Vec<ArticleId>>>,
}

impl StoryIndex {
    /// The article at a URL of the site.
    pub(super) fn at_url(&self, edition: &Edition, url: &str) -> Option<ArticleId> {
        let by_url = self.by_url.get_or_init(|| {
            let Edition { content, archive, plan, .. } = edition;
            let routes = content.iter().filter_map(|(id, _)| Some((id, plan.article(archive, id)?)));
            routes.map(|(id, route)| (plan.urls().path(route), id)).collect()
        });
        by_url.get(url).copied()
    }

    /// The stories that match a filter.
    pub(super) fn select(&self, edition: &Edition, wanted: &ArticleQuery) -> Vec<ArticleId> {
        let archive = &edition.archive;
        let named = [
            (Taxonomy::Series, wanted.series.as_deref()),
            (Taxonomy::Author, wanted.author.as_deref()),
            (Taxonomy::Tag, wanted.tag.as_deref()),
            (Taxonomy::Section, wanted.section.as_deref()),
        ];
        let mut filters: Vec<(Taxonomy, TermId)> = Vec::new();
        for (taxonomy, slug) in named {
            let Some(slug) = slug else { continue };
            match archive.terms(taxonomy).by_slug(slug) {
                Some(id) => filters.push((taxonomy, id)),
                None => return Vec::new(),
            }
        }
        let mut sorted;
        let candidates = match (wanted.order, filters.first()) {
            (StoryOrder::Front, Some((taxonomy, id))) => {
                sorted = stories_of(archive, List::Term(*taxonomy, *id)).to_vec();
                sorted.sort_by_cached_key(|id| archive.front_rank(*id));
                &sorted
            }
            (StoryOrder::Front, None) => archive.front(),
            (_, Some((taxonomy, id))) => stories_of(archive, List::Term(*taxonomy, *id)),
            (_, None) => self.shortest_candidates(edition, wanted),
        };
        let excluded: HashSet<ArticleId> =
            wanted.exclude.iter().filter_map(|url| self.at_url(edition, url)).collect();
        let matches = |id: &ArticleId| {
            let article = edition.content.get(*id);
            !excluded.contains(id)
                && filters.iter().all(|(taxonomy, term)| belongs(edition, *id, *taxonomy, *term))
                && wanted.genre.as_deref().is_none_or(|genre| genre == article.front.genre.name())
                && wanted.language.as_deref().is_none_or(|language| language == language_of(edition, article))
        };
        let page = |stories: &mut dyn Iterator<Item = ArticleId>| -> Vec<ArticleId> {
            stories.filter(matches).skip(wanted.offset).take(wanted.limit).collect()
        };
        let mut candidates = candidates.iter().copied();
        match wanted.order {
            StoryOrder::Oldest => page(&mut candidates.rev()),
            StoryOrder::Newest | StoryOrder::Front => page(&mut candidates),
        }
    }

    /// The shortest list that contains every match, newest first, for a filter without terms.
    fn shortest_candidates<'s>(&'s self, edition: &'s Edition, wanted: &ArticleQuery) -> &'s [ArticleId] {
        let stories = edition.archive.stories();
        if wanted.genre.is_none() && wanted.language.is_none() {
            return stories;
        }
        let by_trait = self.by_trait.get_or_init(|| {
            let mut lists: HashMap<String, Vec<ArticleId>> = HashMap::new();
            for &id in stories {
                let article = edition.content.get(id);
                lists.entry(article.front.genre.name().to_owned()).or_default().push(id);
                lists.entry(format!("language {}", language_of(edition, article))).or_default().push(id);
            }
            lists
        });
        let genre = wanted.genre.clone();
        let language = wanted.language.as_ref().map(|language| format!("language {language}"));
        let lists =
            genre.into_iter().chain(language).map(|key| by_trait.get(&key).map_or(&[][..], Vec::as_slice));
        lists.min_by_key(|list| list.len()).unwrap_or(stories)
    }
}

/// The language of an article.
pub(crate) fn language_of<'a>(edition: &'a Edition, article: &'a Article) -> &'a str {
    article.front.lang.as_deref().unwrap_or(&edition.config.language)
}

fn belongs(edition: &Edition, id: ArticleId, taxonomy: Taxonomy, term: TermId) -> bool {
    let membership = edition.archive.membership(id);
    match taxonomy {
        Taxonomy::Section => membership.section == Some(term),
        Taxonomy::Tag => membership.tags.contains(&term),
        Taxonomy::Author => membership.authors.contains(&Some(term)),
        Taxonomy::Series => membership.series == Some(term),
    }
}
