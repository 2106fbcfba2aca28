//! An edition → its sections, tags, authors, series or years, as templates see them.

use tera::Value;

use super::{TermKind, TermOrder};
use crate::archive::Taxonomy;
use crate::edition::Edition;
use crate::plan::{List, stories_of};
use crate::slug::is_latin;
use crate::view::values::{map, text};

struct TermEntry {
    list: List,
    name: String,
    slug: String,
    count: usize,
}

/// The terms of a kind that readers can browse, up to a limit.
pub(super) fn terms(edition: &Edition, kind: TermKind, order: TermOrder, limit: usize) -> Value {
    let Edition { archive, plan, .. } = edition;
    let entry = |list: List, name: String, slug: String| {
        let count = stories_of(archive, list).len();
        TermEntry { list, name, slug, count }
    };
    let mut terms: Vec<TermEntry> = match kind {
        TermKind::Of(taxonomy) => {
            let terms = archive.terms(taxonomy).iter();
            terms
                .map(|(id, term)| entry(List::Term(taxonomy, id), term.name.clone(), term.slug.clone()))
                .collect()
        }
        TermKind::Years => {
            let years = archive.periods().keys().rev().filter(|period| period.month.is_none());
            years
                .map(|year| entry(List::Period(*year), year.year.to_string(), year.year.to_string()))
                .collect()
        }
    };
    terms.retain(|term| term.count > 0 || matches!(term.list, List::Term(Taxonomy::Section, _)));
    if matches!(kind, TermKind::Of(taxonomy) if taxonomy != Taxonomy::Section) {
        // Latin names sort by slug, so that accents do not matter; other scripts follow.
        terms.sort_by_cached_key(|term| match is_latin(&term.name) {
            true => (false, term.slug.clone(), term.name.clone()),
            false => (true, term.name.to_lowercase(), term.slug.clone()),
        });
    }
    if order == TermOrder::Count {
        terms.sort_by_key(|term| std::cmp::Reverse(term.count));
    }
    terms.truncate(limit);
    let values = terms.into_iter().map(|TermEntry { list, name, slug, count }| {
        let url = plan.list(archive, list).map(|route| plan.urls().path(&route));
        map([
            ("name", Value::from(name)),
            ("slug", Value::from(slug)),
            ("url", text(url.as_deref())),
            ("count", Value::from(count)),
        ])
    });
    Value::from(values.collect::<Vec<_>>())
}
