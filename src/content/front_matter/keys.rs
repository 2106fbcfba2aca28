//! The keys of front matter, their names, and suggestions for misspelt ones.

/// A key of front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The headline.
    Title,
    /// The line under the headline.
    Deck,
    /// The label above the headline.
    Kicker,
    /// When the story is published.
    Date,
    /// When the story last changed.
    Updated,
    /// Whether the story is a draft.
    Draft,
    /// Until when the story is held back.
    Embargo,
    /// When the story disappears.
    Expires,
    /// Whether the story may run.
    Status,
    /// That the story was withdrawn, and the notice to readers.
    Withdrawn,
    /// The section.
    Section,
    /// The topics.
    Tags,
    /// The byline.
    Authors,
    /// The place of reporting.
    Dateline,
    /// The agencies that the copy comes from.
    Source,
    /// The kind of piece (`type`).
    Genre,
    /// The lead picture.
    Image,
    /// More pictures.
    Gallery,
    /// The sound that leads the story.
    Audio,
    /// The film that leads the story.
    Video,
    /// The urgency from 1 to 9.
    Urgency,
    /// Until when the story stays on top of the front page.
    PinnedUntil,
    /// The corrections.
    Corrections,
    /// The series that the story is part of.
    Series,
    /// Hand-picked links to other stories.
    Related,
    /// The language.
    Lang,
    /// The last part of the URL.
    Slug,
    /// The URL path, or a pattern for it.
    Permalink,
    /// Old URL paths that redirect to the story.
    Aliases,
    /// Old slugs, whose URLs redirect to the story.
    OldSlugs,
    /// The identity of the story in feeds.
    Id,
    /// Where the story first ran.
    CanonicalUrl,
    /// The story that this one translates.
    TranslationOf,
    /// Whether search engines are asked to leave the story out.
    Noindex,
    /// Whether the story is in feeds.
    Feed,
    /// The template of the page.
    Template,
    /// A note to editors.
    Ednote,
    /// The notes of `bulletin import`.
    Import,
    /// The theme's own keys.
    Extra,
}

/// All keys in the order of [`Key`] with their names: their own, then those of other generators and of ninjs. A name with a dot is
/// that of a key in a map.
pub(super) const KEYS: [(Key, &[&str]); 39] = [
    (Key::Title, &["title", "headline"]),
    (
        Key::Deck,
        &[
            "deck",
            "description",
            "subtitle",
            "standfirst",
            "subheadline",
            "dek",
            "summary",
            "excerpt",
            "blurb",
        ],
    ),
    (Key::Kicker, &["kicker", "overline", "label"]),
    (Key::Date, &["date", "published", "publish_date", "publishDate", "pubDate", "published_at"]),
    (Key::Updated, &["updated", "lastmod", "modified", "last_modified_at", "updated_at"]),
    (Key::Draft, &["draft"]),
    (Key::Embargo, &["embargo", "embargoed_until", "publish_at"]),
    (Key::Expires, &["expires", "expiryDate", "expiry_date"]),
    (Key::Status, &["status", "pubstatus"]),
    (Key::Withdrawn, &["withdrawn"]),
    (Key::Section, &["section", "category", "categories", "taxonomies.categories"]),
    (Key::Tags, &["tags", "tag", "keywords", "topics", "taxonomies.tags"]),
    (Key::Authors, &["authors", "author", "byline", "taxonomies.authors"]),
    (Key::Dateline, &["dateline", "located", "location"]),
    (Key::Source, &["source", "sources", "agency"]),
    (Key::Genre, &["type", "genre"]),
    (Key::Image, &["image", "featured_image", "feature_image", "featured_image_url", "cover", "thumbnail"]),
    (Key::Gallery, &["gallery"]),
    (Key::Audio, &["audio"]),
    (Key::Video, &["video"]),
    (Key::Urgency, &["urgency", "priority"]),
    (Key::PinnedUntil, &["pinned_until"]),
    (Key::Corrections, &["corrections"]),
    (Key::Series, &["series"]),
    (Key::Related, &["related"]),
    (Key::Lang, &["lang", "language", "locale"]),
    (Key::Slug, &["slug"]),
    (Key::Permalink, &["permalink", "url", "path"]),
    (Key::Aliases, &["aliases", "redirect_from"]),
    (Key::OldSlugs, &["old_slugs", "earlier_slugs", "previous_slugs", "former_slugs", "old_slug"]),
    (Key::Id, &["id", "guid", "uri"]),
    (Key::CanonicalUrl, &["canonical_url", "canonical"]),
    (Key::TranslationOf, &["translation_of"]),
    (Key::Noindex, &["noindex", "no_index"]),
    (Key::Feed, &["feed"]),
    (Key::Template, &["template", "layout"]),
    (Key::Ednote, &["ednote"]),
    (Key::Import, &["import"]),
    (Key::Extra, &["extra", "params"]),
];

impl Key {
    /// Its own name in front matter.
    pub fn name(self) -> &'static str {
        KEYS[self as usize].1[0]
    }

    /// The key with this name, which must be its own.
    pub fn from_name(name: &str) -> Option<Self> {
        KEYS.iter().find(|(_, names)| names[0] == name).map(|(key, _)| *key)
    }

    /// Whether it keeps a story from readers or takes it from them: a typo in it would leak the story.
    pub(super) fn holds_back(self) -> bool {
        matches!(self, Self::Draft | Self::Embargo | Self::Expires | Self::Status | Self::Withdrawn)
    }

    /// Whether it decides if readers see the story.
    fn decides(self) -> bool {
        self.holds_back() || self == Self::Date
    }
}

/// Suffix of the name under which `import` keeps a key that would hold the story back, to show that it does not.
pub(crate) const AS_WRITTEN: &str = "_written";

/// Keys that are close to a known name and mean something else.
const UNRELATED: [&str; 3] = ["images", "publisher", "publishers"];

/// Keys that hold a story back in other programs, or look as if they did, by the key that does so here; normalized by [`plain`].
const RISKY: [(&str, &[&str]); 4] = [
    ("draft", &["isdraft", "unpublished", "publish", "hidden", "private"]),
    ("status", &["withheld"]),
    (
        "date",
        &[
            "publishedon",
            "publicationdate",
            "publicationtime",
            "publishtime",
            "datepublished",
            "pubdatetime",
            "datetime",
            "postdate",
            "releasedate",
        ],
    ),
    (
        "embargo",
        &[
            "releaseon",
            "publishon",
            "publishafter",
            "golive",
            "golivedate",
            "scheduled",
            "scheduledfor",
            "scheduledat",
        ],
    ),
];

/// A known name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) key: Key,
    /// Its index among the names of the key: 0 is its own.
    pub(super) rank: usize,
    /// The spelling in [`KEYS`].
    pub(super) spelling: &'static str,
}

/// The known name that a text is: exactly, or else ignoring case, `_` and `-`.
pub(super) fn find(text: &str) -> Option<Name> {
    let names = || {
        KEYS.iter().flat_map(|(key, names)| {
            let name = |(rank, spelling): (usize, &&'static str)| Name { key: *key, rank, spelling };
            names.iter().enumerate().map(name)
        })
    };
    names().find(|name| name.spelling == text).or_else(|| names().find(|name| same(name.spelling, text)))
}

/// Whether two keys differ in nothing but case, `_` and `-`.
pub(super) fn same(one: &str, other: &str) -> bool {
    let letters = |key| str::bytes(key).filter(|byte| !matches!(byte, b'_' | b'-'));
    letters(one)
        .map(|byte| byte.to_ascii_lowercase())
        .eq(letters(other).map(|byte| byte.to_ascii_lowercase()))
}

/// The known name that an unknown key may be a typo of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suggestion {
    /// A name of a key that holds a story back.
    HoldsBack(&'static str),
    /// A name of the date, which holds a story back while it is in the future.
    Date(&'static str),
    /// Another name.
    Other(&'static str),
}

/// Suggests a known name for an unknown key, if one is close.
pub(super) fn suggest(key: &str) -> Option<Suggestion> {
    if UNRELATED.contains(&key) {
        return None;
    }
    let key = plain(key);
    if let Some((name, _)) = RISKY.iter().find(|(_, risky)| risky.contains(&&*key)) {
        return Some(Suggestion::HoldsBack(name));
    }
    if key.contains("embargo") {
        return Some(Suggestion::HoldsBack("embargo"));
    }
    if key.starts_with("expir") {
        return Some(Suggestion::HoldsBack("expires"));
    }
    // Only a program writes `import`, so `imports` is not a typo of it.
    let typed = KEYS.iter().filter(|(known, _)| *known != Key::Import);
    let names = typed.flat_map(|(known, names)| names.iter().map(|name| (*known, *name)));
    let (distance, known, name) = names
        .map(|(known, name)| (strsim::osa_distance(&key, &plain(name)), known, name))
        .min_by_key(|(distance, known, _)| (*distance, !known.decides()))?;
    let length = key.chars().count().min(plain(name).len());
    let most = match (known.decides(), length) {
        (_, 0..3) => 0,
        (_, 3..6) | (true, 6) => 1,
        _ => 2,
    };
    // `exports` is not `expires`.
    let like = distance < 2 || strsim::jaro_winkler(&key, &plain(name)) >= 0.9;
    if distance > most || known.decides() && !like {
        return None;
    }
    match known {
        Key::Date => Some(Suggestion::Date(name)),
        _ if known.holds_back() => Some(Suggestion::HoldsBack(name)),
        // `math` is not `path`: typos rarely change the first letter.
        _ => (key.chars().next() == name.chars().next()).then_some(Suggestion::Other(name)),
    }
}

/// Whether the value of a key is prose, so that a `#` in it may be part of the text.
pub(super) fn is_prose(name: &str) -> bool {
    const PROSE: [Key; 12] = [
        Key::Title,
        Key::Deck,
        Key::Kicker,
        Key::Section,
        Key::Tags,
        Key::Authors,
        Key::Dateline,
        Key::Source,
        Key::Corrections,
        Key::Series,
        Key::Ednote,
        Key::Extra,
    ];
    !["src", "kind", "focus", "poster"].contains(&name)
        && find(name).is_none_or(|name| PROSE.contains(&name.key))
}

/// A name without its case and separators.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_and_names_are_unique() {
        let mut seen: Vec<(Key, &str)> = Vec::new();
        for (index, (key, names)) in KEYS.iter().enumerate() {
            assert_eq!(*key as usize, index);
            assert_eq!(Key::from_name(key.name()), Some(*key));
            for (rank, spelling) in names.iter().enumerate() {
                let clash =
                    |other: &&(Key, &str)| other.1 == *spelling || same(other.1, spelling) && other.0 != *key;
                assert_eq!(seen.iter().find(clash), None, "{spelling}");
                seen.push((*key, spelling));
                assert_eq!(find(spelling), Some(Name { key: *key, rank, spelling }));
            }
        }
        assert_eq!(find("colour"), None);
    }

    #[test]
    fn case_and_hyphens_do_not_matter() {
        for (key, spelling) in [
            ("Title", "title"),
            ("DATE", "date"),
            ("publishdate", "publish_date"),
            ("publish-date", "publish_date"),
            ("PublishDate", "publish_date"),
            ("publishDate", "publishDate"),
            ("PubDate", "pubDate"),
            ("Expirydate", "expiryDate"),
            ("publishAt", "publish_at"),
            ("pub_status", "pubstatus"),
            ("lastMod", "lastmod"),
            ("pinnedUntil", "pinned_until"),
            ("canonicalUrl", "canonical_url"),
            ("Taxonomies.Tags", "taxonomies.tags"),
        ] {
            assert_eq!(find(key).map(|name| name.spelling), Some(spelling), "{key}");
        }
    }

    #[test]
    fn typos_are_recognised() {
        for (key, name) in
            [("tittle", "title"), ("tgas", "tags"), ("update", "updated"), ("corections", "corrections")]
        {
            assert_eq!(suggest(key), Some(Suggestion::Other(name)), "{key}");
        }
    }

    #[test]
    fn typos_of_the_date_are_recognised() {
        for (key, name) in [
            ("dates", "date"),
            ("dat", "date"),
            ("data", "date"),
            ("publsihdate", "publish_date"),
            ("published_date", "publish_date"),
            ("publishe", "published"),
            ("publihsed", "published"),
            ("pubdat", "pubDate"),
        ] {
            assert_eq!(suggest(key), Some(Suggestion::Date(name)), "{key}");
        }
    }

    #[test]
    fn typos_of_keys_that_hold_a_story_back_are_recognised() {
        for (key, name) in [
            ("embrago", "embargo"),
            ("emabrgo", "embargo"),
            ("embargo_until", "embargo"),
            ("embergo", "embargo"),
            ("darft", "draft"),
            ("drafts", "draft"),
            ("isDraft", "draft"),
            ("hidden", "draft"),
            ("Private", "draft"),
            ("withheld", "status"),
            ("expire", "expires"),
            ("expiration_date", "expires"),
            ("stauts", "status"),
            ("published_on", "date"),
            ("publicationDate", "date"),
            ("publication_date", "date"),
            ("release-date", "date"),
            ("datePublished", "date"),
            ("publish_on", "embargo"),
            ("go_live", "embargo"),
        ] {
            assert_eq!(suggest(key), Some(Suggestion::HoldsBack(name)), "{key}");
        }
    }

    #[test]
    fn other_keys_get_no_suggestion() {
        for key in [
            "weight",
            "images",
            "toc",
            "state",
            "publisher",
            "comments",
            "menu",
            "math",
            "movie",
            "footer",
            "og_image",
            "in_search_index",
            "ShowToc",
            "exports",
            "desk",
            "imports",
            "imported",
            "x",
            "",
        ] {
            assert_eq!(
                suggest(key),
                if key == "desk" { Some(Suggestion::Other("deck")) } else { None },
                "{key}"
            );
        }
    }
}
