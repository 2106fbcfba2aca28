//! What directories of podcasts ask of a podcast and the site cannot know, and the categories that Apple's directory has.

use serde::Serialize;

use super::Config;
use crate::diagnostic::Place;

/// The podcast that a section or tag is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Podcast {
    /// The path of its cover from the root of the site: a picture in `static/`.
    pub image: String,
    /// Its category. Default: news.
    pub category: PodcastCategory,
    /// Who makes it. Default: the publisher.
    pub author: Option<String>,
    /// The address that directories write to.
    pub email: Option<String>,
    /// Whether it has strong language or other content for adults. Default: false.
    pub is_explicit: bool,
    /// Whether its episodes are to be heard in order, the oldest first. Default: false.
    pub is_serial: bool,
    /// Where the settings name its cover.
    #[serde(skip)]
    pub place: Place,
}

impl Config {
    /// The podcasts, each with the slug of its section or the name of its tag.
    pub fn podcasts(&self) -> impl Iterator<Item = (&str, &Podcast)> {
        let sections = self.sections.iter().flatten();
        let sections = sections.map(|section| (&*section.slug, section.podcast.as_ref()));
        let tags = self.tags.iter().map(|tag| (&*tag.name, tag.podcast.as_ref()));
        sections.chain(tags).filter_map(|(of, podcast)| Some((of, podcast?)))
    }
}

/// A category of Apple's directory, which the others use, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PodcastCategory {
    /// Its name.
    pub name: &'static str,
    /// A part of it.
    pub part: Option<&'static str>,
}

impl Default for PodcastCategory {
    fn default() -> Self {
        Self { name: "News", part: None }
    }
}

impl PodcastCategory {
    /// The category with this name, which may be that of a part. Case does not matter.
    pub(super) fn named(name: &str) -> Option<Self> {
        CATEGORIES.iter().find_map(|(category, parts)| {
            if category.eq_ignore_ascii_case(name) {
                return Some(Self { name: category, part: None });
            }
            let part = parts.iter().find(|part| part.eq_ignore_ascii_case(name))?;
            Some(Self { name: category, part: Some(part) })
        })
    }

    /// The names of all categories and their parts.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        CATEGORIES
            .iter()
            .flat_map(|(category, parts)| std::iter::once(*category).chain(parts.iter().copied()))
    }
}

/// The categories with their parts (podcasters.apple.com/support/1691-apple-podcasts-categories). No name occurs twice.
const CATEGORIES: [(&str, &[&str]); 19] = [
    ("Arts", &["Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"]),
    ("Business", &["Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"]),
    ("Comedy", &["Comedy Interviews", "Improv", "Stand-Up"]),
    ("Education", &["Courses", "How To", "Language Learning", "Self-Improvement"]),
    ("Fiction", &["Comedy Fiction", "Drama", "Science Fiction"]),
    ("Government", &[]),
    (
        "Health & Fitness",
        &["Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"],
    ),
    ("History", &[]),
    ("Kids & Family", &["Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"]),
    (
        "Leisure",
        &[
            "Animation & Manga",
            "Automotive",
            "Aviation",
            "Crafts",
            "Games",
            "Hobbies",
            "Home & Garden",
            "Video Games",
        ],
    ),
    ("Music", &["Music Commentary", "Music History", "Music Interviews"]),
    (
        "News",
        &[
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ],
    ),
    (
        "Religion & Spirituality",
        &["Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"],
    ),
    (
        "Science",
        &[
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ],
    ),
    (
        "Society & Culture",
        &["Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"],
    ),
    (
        "Sports",
        &[
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ],
    ),
    ("Technology", &[]),
    ("True Crime", &[]),
    ("TV & Film", &["After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_names_its_category() {
        let category = |name, part| Some(PodcastCategory { name, part });
        assert_eq!(PodcastCategory::named("news"), category("News", None));
        assert_eq!(PodcastCategory::named("Politics"), category("News", Some("Politics")));
        assert_eq!(PodcastCategory::named("tv & film"), category("TV & Film", None));
        assert_eq!(PodcastCategory::named("Weather"), None);
        let mut names: Vec<&str> = PodcastCategory::names().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
