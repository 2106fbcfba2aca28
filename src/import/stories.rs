//! Finds stories of the site by headline or slugline.

use crate::content::Content;
use crate::slug::slugify;

/// Most stories returned for one notice.
const MOST: usize = 5;

/// The stories of a site by headline.
#[derive(Debug, Default)]
pub struct Stories {
    /// The slug of each headline between hyphens, with the path below `content/`.
    titles: Vec<(String, String)>,
}

impl Stories {
    /// Indexes the stories of a site.
    pub(super) fn new(content: &Content) -> Self {
        let titles = |title: &str| format!("-{}-", slugify(title));
        let all = content.iter().map(|(_, article)| (titles(&article.front.title), article.path.to_string()));
        Self { titles: all.collect() }
    }

    /// The paths of the stories with this headline, or else of those whose headlines contain all words of it or of the slugline.
    pub(super) fn named(&self, headline: Option<&str>, slugline: Option<&str>) -> Vec<&str> {
        let headline = headline.map(slugify).filter(|slug| !slug.is_empty());
        if let Some(headline) = &headline {
            let exact = self.matching(|title| title.trim_matches('-') == headline);
            if !exact.is_empty() {
                return exact;
            }
        }
        // `BC-Amary Ferry` and `AP-EU--Amary-Ferry` refer to a story about the Amary ferry.
        let slugline = slugline.map(slugify);
        [headline, slugline]
            .into_iter()
            .flatten()
            .map(|words| self.with_words(&words))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    fn with_words(&self, slug: &str) -> Vec<&str> {
        let words: Vec<String> =
            slug.split('-').filter(|word| word.len() > 2).map(|word| format!("-{word}")).collect();
        if words.len() < 2 {
            return Vec::new();
        }
        self.matching(|title| words.iter().all(|word| title.contains(word.as_str())))
    }

    fn matching(&self, fits: impl Fn(&str) -> bool) -> Vec<&str> {
        let found = self.titles.iter().filter(|(titles, _)| fits(titles));
        found.map(|(_, path)| path.as_str()).take(MOST).collect()
    }
}
