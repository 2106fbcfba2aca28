//! The names of front matter, and what people write in their place.

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Deck,
    Kicker,
    Date,
    Updated,
    Draft,
    Embargo,
    Expires,
    Status,
    Withdrawn,
    Section,
    Tags,
    Authors,
    Dateline,
    Source,
    Genre,
    Image,
    Urgency,
    PinnedUntil,
    Corrections,
    Series,
    Related,
    Lang,
    Slug,
    Permalink,
    Aliases,
    OldSlugs,
    Id,
    CanonicalUrl,
    TranslationOf,
    Noindex,
    Feed,
    Template,
    Ednote,
    Import,
    Extra,
}

/// Fields in the order of [`Field`] with their names: our own, then those of other generators and of ninjs.
/// A name with a dot is that of a key in a map.
pub(super) const FIELDS: [(Field, &[&str]); 36] = [
    (Field::Title, &["title", "headline"]),
    (
        Field::Deck,
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
    (Field::Kicker, &["kicker", "overline", "label"]),
    (Field::Date, &["date", "published", "publish_date", "publishDate", "pubDate", "published_at"]),
    (Field::Updated, &["updated", "lastmod", "modified", "last_modified_at", "updated_at"]),
    (Field::Draft, &["draft"]),
    (Field::Embargo, &["embargo", "embargoed_until", "publish_at"]),
    (Field::Expires, &["expires", "expiryDate", "expiry_date"]),
    (Field::Status, &["status", "pubstatus"]),
    (Field::Withdrawn, &["withdrawn"]),
    (Field::Section, &["section", "category", "categories", "taxonomies.categories"]),
    (Field::Tags, &["tags", "tag", "keywords", "topics", "taxonomies.tags"]),
    (Field::Authors, &["authors", "author", "byline", "taxonomies.authors"]),
    (Field::Dateline, &["dateline", "located", "location"]),
    (Field::Source, &["source", "sources", "agency"]),
    (Field::Genre, &["type", "genre"]),
    (Field::Image, &["image", "featured_image", "feature_image", "featured_image_url", "cover", "thumbnail"]),
    (Field::Urgency, &["urgency", "priority"]),
    (Field::PinnedUntil, &["pinned_until"]),
    (Field::Corrections, &["corrections"]),
    (Field::Series, &["series"]),
    (Field::Related, &["related"]),
    (Field::Lang, &["lang", "language", "locale"]),
    (Field::Slug, &["slug"]),
    (Field::Permalink, &["permalink", "url", "path"]),
    (Field::Aliases, &["aliases", "redirect_from"]),
    (Field::OldSlugs, &["old_slugs", "earlier_slugs", "previous_slugs", "former_slugs", "old_slug"]),
    (Field::Id, &["id", "guid", "uri"]),
    (Field::CanonicalUrl, &["canonical_url", "canonical"]),
    (Field::TranslationOf, &["translation_of"]),
    (Field::Noindex, &["noindex", "no_index"]),
    (Field::Feed, &["feed"]),
    (Field::Template, &["template", "layout"]),
    (Field::Ednote, &["ednote"]),
    (Field::Import, &["import"]),
    (Field::Extra, &["extra", "params"]),
];

/// Keys that are close to one of ours and mean something else.
const NOT_OURS: [&str; 3] = ["images", "publisher", "publishers"];

/// Keys that hold a story back elsewhere, or look as if they did, and what they are here; as [`plain`] has them.
const RISKY: [(&str, &str); 23] = [
    ("isdraft", "draft"),
    ("unpublished", "draft"),
    ("publish", "draft"),
    ("hidden", "draft"),
    ("private", "draft"),
    ("withheld", "status"),
    ("publishedon", "date"),
    ("publicationdate", "date"),
    ("publicationtime", "date"),
    ("publishtime", "date"),
    ("datepublished", "date"),
    ("pubdatetime", "date"),
    ("datetime", "date"),
    ("postdate", "date"),
    ("releasedate", "date"),
    ("releaseon", "embargo"),
    ("publishon", "embargo"),
    ("publishafter", "embargo"),
    ("golive", "embargo"),
    ("golivedate", "embargo"),
    ("scheduled", "embargo"),
    ("scheduledfor", "embargo"),
    ("scheduledat", "embargo"),
];

impl Field {
    /// Whether it keeps a story from readers, or takes it from them: a typo in it would leak one.
    pub(super) fn holds_back(self) -> bool {
        matches!(self, Self::Draft | Self::Embargo | Self::Expires | Self::Status | Self::Withdrawn)
    }
}

/// A known name of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The field.
    pub(super) field: Field,
    /// Its place among the names of the field: 0 is our own.
    pub(super) rank: usize,
    /// As it is spelt in [`FIELDS`].
    pub(super) spelt: &'static str,
}

/// The name that a key is: exactly, or else but for case, `_` and `-`.
pub(super) fn find(key: &str) -> Option<Name> {
    let names = || {
        FIELDS.iter().flat_map(|(field, names)| {
            let name = |(rank, spelt): (usize, &&'static str)| Name { field: *field, rank, spelt };
            names.iter().enumerate().map(name)
        })
    };
    names().find(|name| name.spelt == key).or_else(|| names().find(|name| same(name.spelt, key)))
}

/// Whether two keys differ in nothing but case, `_` and `-`.
pub(super) fn same(one: &str, other: &str) -> bool {
    let letters = |key| str::bytes(key).filter(|byte| !matches!(byte, b'_' | b'-'));
    letters(one)
        .map(|byte| byte.to_ascii_lowercase())
        .eq(letters(other).map(|byte| byte.to_ascii_lowercase()))
}

/// What an unknown key was probably meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// A name that holds a story back.
    HoldsBack(&'static str),
    /// A name of the date, which holds a story back if it is in the future.
    Date(&'static str),
    /// Another name.
    Other(&'static str),
}

/// The name that an unknown key was probably meant to be, if one is close.
pub(super) fn meant(key: &str) -> Option<Meant> {
    if NOT_OURS.contains(&key) {
        return None;
    }
    let key = plain(key);
    if let Some((_, name)) = RISKY.iter().find(|(risky, _)| *risky == key) {
        return Some(Meant::HoldsBack(name));
    }
    if key.contains("embargo") {
        return Some(Meant::HoldsBack("embargo"));
    }
    if key.starts_with("expir") {
        return Some(Meant::HoldsBack("expires"));
    }
    // A program writes `import`: nobody means it who writes `imports`.
    let typed = FIELDS.iter().filter(|(field, _)| *field != Field::Import);
    let names = typed.flat_map(|(field, names)| names.iter().map(|name| (*field, *name)));
    let (distance, field, name) = names
        .map(|(field, name)| (strsim::osa_distance(&key, &plain(name)), field, name))
        .min_by_key(|(distance, field, _)| (*distance, !decides(*field)))?;
    let length = key.chars().count().min(plain(name).len());
    let most = match (decides(field), length) {
        (_, 0..3) => 0,
        (_, 3..6) | (true, 6) => 1,
        _ => 2,
    };
    // `exports` is not `expires`.
    let like = distance < 2 || strsim::jaro_winkler(&key, &plain(name)) >= 0.9;
    if distance > most || decides(field) && !like {
        return None;
    }
    match field {
        Field::Date => Some(Meant::Date(name)),
        _ if field.holds_back() => Some(Meant::HoldsBack(name)),
        // `math` is not `path`: people get the first letter right.
        _ => (key.chars().next() == name.chars().next()).then_some(Meant::Other(name)),
    }
}

/// Whether the value of a key is for people, so that a `#` in it may be meant.
pub(super) fn is_text(key: &str) -> bool {
    use Field::{
        Authors, Corrections, Dateline, Deck, Ednote, Extra, Kicker, Section, Series, Source, Tags, Title,
    };
    let is_text = |field| {
        matches!(
            field,
            Title
                | Deck
                | Kicker
                | Section
                | Tags
                | Authors
                | Dateline
                | Source
                | Corrections
                | Series
                | Ednote
                | Extra
        )
    };
    !["src", "kind", "focus"].contains(&key) && find(key).is_none_or(|name| is_text(name.field))
}

/// Whether a field decides if readers see the story.
fn decides(field: Field) -> bool {
    field.holds_back() || field == Field::Date
}

/// Without what people vary in names.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_order_and_names_are_unique() {
        let mut seen: Vec<(Field, &str)> = Vec::new();
        for (index, (field, names)) in FIELDS.iter().enumerate() {
            assert_eq!(*field as usize, index);
            for (rank, spelt) in names.iter().enumerate() {
                let clash =
                    |other: &&(Field, &str)| other.1 == *spelt || same(other.1, spelt) && other.0 != *field;
                assert_eq!(seen.iter().find(clash), None, "{spelt}");
                seen.push((*field, spelt));
                assert_eq!(find(spelt), Some(Name { field: *field, rank, spelt }));
            }
        }
        assert_eq!(find("colour"), None);
    }

    #[test]
    fn case_and_hyphens_do_not_matter() {
        for (key, spelt) in [
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
            assert_eq!(find(key).map(|name| name.spelt), Some(spelt), "{key}");
        }
    }

    #[test]
    fn typos_are_recognised() {
        for (key, name) in
            [("tittle", "title"), ("tgas", "tags"), ("update", "updated"), ("corections", "corrections")]
        {
            assert_eq!(meant(key), Some(Meant::Other(name)), "{key}");
        }
    }

    #[test]
    fn typos_of_the_date_are_told_apart() {
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
            assert_eq!(meant(key), Some(Meant::Date(name)), "{key}");
        }
    }

    #[test]
    fn typos_of_what_holds_a_story_back_are_told_apart() {
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
            assert_eq!(meant(key), Some(Meant::HoldsBack(name)), "{key}");
        }
    }

    #[test]
    fn keys_of_others_are_left_alone() {
        for key in [
            "weight",
            "images",
            "toc",
            "state",
            "publisher",
            "comments",
            "menu",
            "math",
            "video",
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
            assert_eq!(meant(key), if key == "desk" { Some(Meant::Other("deck")) } else { None }, "{key}");
        }
    }
}
