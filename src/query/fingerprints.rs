//! An edition → fingerprints of what templates see of its articles and terms.
//!
//! They reveal whether a card changed without building it: an incremental build takes the fingerprints of the whole
//! archive but builds the values of only a few pages. They cover what [`Values`] is built from, except for the settings
//! that all pages share.

use std::sync::OnceLock;

use tera::Value;

use super::StoryReference;
use crate::archive::{Taxonomy, TermId, Visibility};
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::manifest::Fingerprint;
use crate::plan::NamedPicture;
use crate::view::modified;
use crate::view::values::Values;

/// The fingerprints of one edition.
#[derive(Debug)]
pub(super) struct CardFingerprints {
    /// By taxonomy and term.
    terms: [Vec<Fingerprint>; 4],
    /// Each is computed on first use.
    cards: Vec<OnceLock<Fingerprint>>,
    /// For each taxonomy and term: running sums over its first 0, 1, 2, … stories. Computed on first use.
    sums: OnceLock<[Vec<Vec<Fingerprint>>; 4]>,
}

/// The fingerprint of a template value. Maps keep the order of their keys, so equal values have equal JSON.
pub(crate) fn of_value(value: &Value) -> Fingerprint {
    Fingerprint::of_bytes(&serde_json::to_vec(value).unwrap_or_default())
}

impl CardFingerprints {
    pub(super) fn new(edition: &Edition, values: &Values) -> Self {
        let terms = Taxonomy::ALL.map(|taxonomy| terms(edition, values, taxonomy));
        Self { terms, cards: vec![OnceLock::new(); edition.content.len()], sums: OnceLock::new() }
    }

    /// A reference to a story that a page shows.
    pub(super) fn reference(&self, edition: &Edition, id: ArticleId) -> StoryReference {
        let path = Fingerprint::of(&*edition.content.get(id).path).short();
        StoryReference { path, card: self.card(edition, id).short() }
    }

    /// The fingerprint of an article as its own page and all lists show it.
    pub(super) fn card(&self, edition: &Edition, id: ArticleId) -> Fingerprint {
        *self.cards[id.0 as usize].get_or_init(|| card(edition, &self.terms, id))
    }

    /// The fingerprint of everything that decides which stories are related to an article, and how they look.
    pub(super) fn related(&self, edition: &Edition, id: ArticleId, limit: usize) -> Fingerprint {
        let sums = self.sums.get_or_init(|| self.running_sums(edition));
        let near = edition.archive.related_candidates(&edition.content, id);
        let picked: Vec<Fingerprint> = near.picked.iter().map(|id| self.card(edition, *id)).collect();
        let older: Vec<(u8, Fingerprint)> = near
            .older
            .iter()
            .map(|(taxonomy, term, range)| {
                let sums = &sums[*taxonomy as usize][term.0 as usize];
                // The taxonomy matters: a shared tag weighs more than a shared section.
                (*taxonomy as u8, sums[range.end].without(sums[range.start]))
            })
            .collect();
        Fingerprint::of(&(limit, picked, older, edition.archive.language(&edition.content, id)))
    }

    fn running_sums(&self, edition: &Edition) -> [Vec<Vec<Fingerprint>>; 4] {
        Taxonomy::ALL.map(|taxonomy| {
            let sums = |stories: &[ArticleId]| {
                let mut sums = Vec::with_capacity(stories.len() + 1);
                sums.push(Fingerprint::default());
                let mut sum = Fingerprint::default();
                for id in stories {
                    sum = sum.with(self.card(edition, *id));
                    sums.push(sum);
                }
                sums
            };
            edition.archive.terms(taxonomy).iter().map(|(_, term)| sums(&term.stories)).collect()
        })
    }
}

fn terms(edition: &Edition, values: &Values, taxonomy: Taxonomy) -> Vec<Fingerprint> {
    let terms = edition.archive.terms(taxonomy).iter();
    terms
        .map(|(id, term)| {
            Fingerprint::of(&(of_value(&values.term(taxonomy, id)), &term.url, term.is_organization))
        })
        .collect()
}

fn card(edition: &Edition, terms: &[Vec<Fingerprint>; 4], id: ArticleId) -> Fingerprint {
    let Edition { content, archive, plan, .. } = edition;
    let article = content.get(id);
    let visibility = archive.visibility(id);
    if matches!(visibility, Visibility::Hidden(_)) {
        return Fingerprint::default();
    }
    let membership = archive.membership(id);
    let of = |taxonomy: Taxonomy, term: TermId| terms[taxonomy as usize][term.0 as usize];
    let section = membership.section.map(|term| of(Taxonomy::Section, term));
    let series = membership.series.map(|term| of(Taxonomy::Series, term));
    let authors = membership.authors.iter().map(|term| term.map(|term| of(Taxonomy::Author, term)));
    // The order of tags and authors matters here; the article's digest covers the rest of them.
    let in_order = membership.tags.iter().map(|term| Some(of(Taxonomy::Tag, *term))).chain(authors);
    let terms_in_order: Vec<Option<Fingerprint>> = in_order.collect();
    let may_show: Vec<bool> = article.assets.iter().map(|asset| archive.may_show(content, asset)).collect();
    let route = plan.article(archive, id).map(|route| route.as_str());
    let withdrawn = visibility == Visibility::Withdrawn;
    // Future dates do not count yet.
    let modified = modified(article, archive.as_of()).map(|instant| instant.as_nanosecond());
    let state = (route, withdrawn, modified);
    let card =
        Fingerprint::of(&(&*article.path, article.digest, state, section, series, terms_in_order, may_show));
    let pictures: Vec<NamedPicture<'_>> =
        article.front.pictures().filter_map(|image| plan.static_picture(image.src.as_deref()?)).collect();
    match hidden_links(edition, id) {
        None if pictures.is_empty() => card,
        hidden => Fingerprint::of(&(card, hidden, pictures)),
    }
}

/// Which links in an article's front matter lead to hidden pages; `None` if none do.
fn hidden_links(edition: &Edition, id: ArticleId) -> Option<(Vec<bool>, Option<String>)> {
    if !edition.plan.has_hidden_paths() {
        return None;
    }
    let front = &edition.content.get(id).front;
    let files = front.picture_files().chain(front.recording_files());
    let authors = front.authors.iter().filter_map(|author| author.url.as_deref());
    let links = files.chain(authors).chain(front.canonical_url.as_deref());
    let hidden: Vec<bool> = links.map(|url| edition.shown(id, url).is_none()).collect();
    let extra = edition.shown_extra(id).and_then(|extra| serde_json::to_string(&extra).ok());
    (extra.is_some() || hidden.contains(&true)).then_some((hidden, extra))
}
