//! All articles and an instant → what readers can see: order, sections, tags, authors, series, dates, related stories.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::iter::Either;
use rayon::prelude::*;

use crate::config::{AuthorProfile, Config};
use crate::content::{ArticleId, Asset, Content};
use crate::diagnostic::Diagnostic;

mod departed;
mod order;
mod related;
mod terms;
mod translations;
mod visibility;

pub use departed::{DepartedStory, Departure, end_of_notice};
pub use order::USUAL_URGENCY;
pub use related::RelatedCandidates;
use terms::{CollectedTerms, MergedNames};
pub use terms::{Membership, Taxonomy, Term, TermId, Terms, slugs_named};
use translations::Translations;
pub use visibility::{Reason, View, Visibility, visibility};

/// What readers can see of a site at an instant.
#[derive(Debug)]
pub struct Archive {
    /// For each article what readers see of it.
    visibility: Vec<Visibility>,
    /// For each article its place among the stories, newest first; meaningless for others.
    rank: Vec<u32>,
    /// For each article the terms it belongs to.
    memberships: Vec<Membership>,
    stories: Vec<ArticleId>,
    standing: Vec<ArticleId>,
    withdrawn: Vec<ArticleId>,
    /// In the order in which they were published, newest first.
    departed: Vec<DepartedStory>,
    front: Vec<ArticleId>,
    /// For each article its place in `front`; meaningless for others than stories.
    front_rank: Vec<u32>,
    terms: [Terms; 4],
    periods: BTreeMap<Period, Vec<ArticleId>>,
    translations: Translations,
    merges: Vec<MergedNames>,
    /// The site's language.
    language: String,
    view: View,
}

/// A span of the calendar in the site's zone. Years come before their months, months before their days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The year.
    pub year: i16,
    /// From 1; `None`: the whole year.
    pub month: Option<i8>,
    /// From 1; `None`: the whole month or year.
    pub day: Option<i8>,
}

impl Period {
    /// Its first day.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// The year of a month, the month of a day.
    pub fn parent(self) -> Option<Self> {
        match self {
            Self { day: Some(_), .. } => Some(Self { day: None, ..self }),
            Self { month: Some(_), .. } => Some(Self { month: None, ..self }),
            Self { .. } => None,
        }
    }
}

impl Archive {
    /// Sorts out what readers see at `view.as_of`.
    pub fn new(content: &Content, config: &Config, view: View) -> Self {
        let visibility: Vec<Visibility> =
            ids(content).map(|id| visibility::visibility(&content.get(id).front, view)).collect();
        let seen = &visibility;
        let with = |wanted| ids(content).filter(move |id| seen[id.0 as usize] == wanted);
        let (mut dated, standing): (Vec<(Timestamp, ArticleId)>, Vec<_>) = with(Visibility::Shown)
            .partition_map(|id| match content.get(id).front.published_at() {
                Some(date) => Either::Left((date, id)),
                None => Either::Right(id),
            });
        order::newest_first(&mut dated);
        let stories: Vec<ArticleId> = dated.iter().map(|(_, id)| *id).collect();
        let withdrawn = with(Visibility::Withdrawn).collect();
        let ranks = |order: &[ArticleId]| {
            let mut ranks = vec![0; content.len()];
            order.iter().zip(0..).for_each(|(id, place)| ranks[id.0 as usize] = place);
            ranks
        };
        let (gone, departures) = departed(content, &visibility, view.as_of);
        let (collected, (front, periods)) = rayon::join(
            || terms::collect(content, config, &stories, &standing, &gone),
            || (order::for_front(content, &stories, view.as_of), by_period(config, &dated)),
        );
        let (rank, front_rank) = (ranks(&stories), ranks(&front));
        let CollectedTerms { terms, memberships, departed, merges } = collected;
        let departed = gone.into_iter().zip(departures).zip(departed);
        let departed = departed
            .map(|((id, departure), membership)| DepartedStory { id, departure, membership })
            .collect();
        Self {
            translations: Translations::new(content, &visibility),
            merges,
            language: config.language.clone(),
            view,
            visibility,
            rank,
            memberships,
            stories,
            standing,
            withdrawn,
            departed,
            front,
            front_rank,
            terms,
            periods,
        }
    }

    /// The language of an article, without its region or script.
    pub fn language<'a>(&'a self, content: &'a Content, id: ArticleId) -> &'a str {
        let tag = content.get(id).front.lang.as_deref().unwrap_or(&self.language);
        tag.split('-').next().unwrap_or(tag)
    }

    /// Warns about names that are one term but may be different words.
    pub fn merged_names(&self, content: &Content) -> impl Iterator<Item = Diagnostic> {
        self.merges.iter().map(|merge| merge.warning(content))
    }

    /// What readers see of an article.
    pub fn visibility(&self, id: ArticleId) -> Visibility {
        self.visibility[id.0 as usize]
    }

    /// Whether readers may see a file that an article they see names: not if it lies in the folder of an article that
    /// they do not see.
    pub fn may_show(&self, content: &Content, asset: &Asset) -> bool {
        asset.path.match_indices('/').all(|(slash, _)| {
            let owner = content.by_path(&format!("{}/index.md", &asset.path[..slash]));
            !owner.is_some_and(|owner| matches!(self.visibility(owner), Visibility::Hidden(_)))
        })
    }

    /// How many articles readers do not see, by reason; reasons without any are left out.
    pub fn held_back(&self) -> Vec<(Reason, usize)> {
        let hidden =
            |reason| self.visibility.iter().filter(|seen| **seen == Visibility::Hidden(reason)).count();
        Reason::ALL
            .map(|reason| (reason, hidden(reason)))
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// When the next scheduled or embargoed story appears by itself.
    pub fn next_appearance(&self, content: &Content) -> Option<Timestamp> {
        let waiting = content.iter().filter(|(id, _)| {
            matches!(self.visibility(*id), Visibility::Hidden(Reason::Scheduled | Reason::Embargoed))
        });
        waiting.filter_map(|(_, article)| article.front.appears_at()).min()
    }

    /// All stories, newest first; equal times in the order of their paths.
    pub fn stories(&self) -> &[ArticleId] {
        &self.stories
    }

    /// Standing pages in the order of their paths.
    pub fn standing(&self) -> &[ArticleId] {
        &self.standing
    }

    /// Withdrawn articles in the order of their paths.
    pub fn withdrawn(&self) -> &[ArticleId] {
        &self.withdrawn
    }

    /// Stories that are in no list any more and left a trace in feeds, newest first: those of a term, or all.
    pub fn departed(&self, term: Option<(Taxonomy, TermId)>) -> impl Iterator<Item = &DepartedStory> {
        self.departed.iter().filter(move |departed| {
            term.is_none_or(|(taxonomy, id)| departed.membership.belongs(taxonomy, id))
        })
    }

    /// All stories in the order of the front page: pinned ones, then by date and urgency.
    pub fn front(&self) -> &[ArticleId] {
        &self.front
    }

    /// The place of a story among all, newest first, from 0.
    pub fn rank(&self, id: ArticleId) -> u32 {
        self.rank[id.0 as usize]
    }

    /// The place of a story in the order of the front page, from 0.
    pub fn front_rank(&self, id: ArticleId) -> u32 {
        self.front_rank[id.0 as usize]
    }

    /// The terms of a taxonomy.
    pub fn terms(&self, taxonomy: Taxonomy) -> &Terms {
        &self.terms[taxonomy as usize]
    }

    /// Takes what authors' profiles say of them from these.
    pub(crate) fn describe_authors(&mut self, profiles: &[AuthorProfile]) {
        self.terms[Taxonomy::Author as usize].describe(profiles);
    }

    /// The terms an article belongs to. Empty for one that is not shown.
    pub fn membership(&self, id: ArticleId) -> &Membership {
        &self.memberships[id.0 as usize]
    }

    /// Years, months and days that have stories, oldest first, with their stories, newest first.
    pub fn periods(&self) -> &BTreeMap<Period, Vec<ArticleId>> {
        &self.periods
    }

    /// An article that readers see and its translations, the original first; nothing if it has none.
    pub fn translations(&self, id: ArticleId) -> &[ArticleId] {
        self.translations.of(id)
    }

    /// The instant at which readers see all this.
    pub fn as_of(&self) -> Timestamp {
        self.view.as_of
    }

    /// That instant, and who looks at the site then.
    pub fn view(&self) -> View {
        self.view
    }

    /// Whether the front page has another order at a later instant, if only pins end before then.
    pub fn is_reordered_at(&self, content: &Content, later: Timestamp) -> bool {
        order::is_reordered(content, &self.front, &self.rank, [self.as_of(), later])
    }

    /// What decides which stories go with an article.
    pub fn related_candidates(&self, content: &Content, id: ArticleId) -> RelatedCandidates {
        related::candidates(self, content, id)
    }

    /// Stories that go with an article, at most `limit`: those it names, then the likest of the older ones.
    pub fn related(&self, content: &Content, id: ArticleId, limit: usize) -> Vec<ArticleId> {
        related::related(self, content, id, limit)
    }
}

/// Stories that left a trace in feeds, newest first.
fn departed(content: &Content, seen: &[Visibility], as_of: Timestamp) -> (Vec<ArticleId>, Vec<Departure>) {
    let departure = |id: ArticleId| {
        let front = &content.get(id).front;
        let departure = departed::departure(front, seen[id.0 as usize], as_of)?;
        Some((front.published_at()?, id, departure))
    };
    let mut departed: Vec<(Timestamp, ArticleId, Departure)> = ids(content).filter_map(departure).collect();
    departed.sort_unstable_by_key(|(published, id, _)| (Reverse(*published), *id));
    departed.into_iter().map(|(_, id, departure)| (id, departure)).unzip()
}

/// Every article, in the order of their paths.
pub(crate) fn ids(content: &Content) -> impl IndexedParallelIterator<Item = ArticleId> + Clone {
    (0..content.len()).into_par_iter().map(|index| ArticleId(index as u32))
}

fn by_period(config: &Config, stories: &[(Timestamp, ArticleId)]) -> BTreeMap<Period, Vec<ArticleId>> {
    let day = |(date, _): &(Timestamp, ArticleId)| config.timezone.to_datetime(*date).date();
    let days: Vec<Date> = stories.par_iter().map(day).collect();
    let mut periods: BTreeMap<Period, Vec<ArticleId>> = BTreeMap::new();
    let mut from = 0;
    // A day comes twice if its clock is put back over midnight, as in some zones.
    for same in days.chunk_by(|a, b| a == b) {
        let (date, to) = (same[0], from + same.len());
        let day = Period { year: date.year(), month: Some(date.month()), day: Some(date.day()) };
        for period in std::iter::successors(Some(day), |period| period.parent()) {
            periods.entry(period).or_default().extend(stories[from..to].iter().map(|(_, id)| *id));
        }
        from = to;
    }
    periods.values_mut().for_each(Vec::shrink_to_fit);
    periods
}
