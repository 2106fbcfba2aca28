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
    Id,
    CanonicalUrl,
    Template,
    Ednote,
    Extra,
}

/// Fields in the order of [`Field`] with their names: our own, then those of other generators and of ninjs.
/// A name with a dot is that of a key in a map.
pub(super) const FIELDS: [(Field, &[&str]); 30] = [
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
    (Field::Date, &["date", "published", "publish_date", "publishDate", "pubDate"]),
    (Field::Updated, &["updated", "lastmod", "modified", "last_modified_at"]),
    (Field::Draft, &["draft"]),
    (Field::Embargo, &["embargo", "embargoed_until", "publish_at"]),
    (Field::Expires, &["expires", "expiryDate", "expiry_date"]),
    (Field::Status, &["status", "pubstatus"]),
    (Field::Section, &["section", "category", "categories", "taxonomies.categories"]),
    (Field::Tags, &["tags", "keywords", "topics", "taxonomies.tags"]),
    (Field::Authors, &["authors", "author", "byline", "taxonomies.authors"]),
    (Field::Dateline, &["dateline", "located", "location"]),
    (Field::Source, &["source", "sources", "agency"]),
    (Field::Genre, &["type", "genre"]),
    (Field::Image, &["image", "featured_image", "cover", "thumbnail"]),
    (Field::Urgency, &["urgency", "priority"]),
    (Field::PinnedUntil, &["pinned_until"]),
    (Field::Corrections, &["corrections"]),
    (Field::Series, &["series"]),
    (Field::Related, &["related"]),
    (Field::Lang, &["lang", "language", "locale"]),
    (Field::Slug, &["slug"]),
    (Field::Permalink, &["permalink", "url", "path"]),
    (Field::Aliases, &["aliases", "redirect_from"]),
    (Field::Id, &["id", "guid", "uri"]),
    (Field::CanonicalUrl, &["canonical_url", "canonical"]),
    (Field::Template, &["template", "layout"]),
    (Field::Ednote, &["ednote"]),
    (Field::Extra, &["extra", "params"]),
];

/// Keys that are close to one of ours and mean something else.
const NOT_OURS: [&str; 2] = ["images", "publisher"];

/// Keys that hold a story back elsewhere, or look as if they did, and what they are here.
const RISKY: [(&str, &str); 5] = [
    ("isdraft", "draft"),
    ("unpublished", "draft"),
    ("publish", "draft"),
    ("publishedat", "date"),
    ("publishon", "embargo"),
];

impl Field {
    /// Whether it keeps a story from readers: a typo in it would leak one.
    pub(super) fn holds_back(self) -> bool {
        matches!(self, Self::Draft | Self::Embargo | Self::Expires | Self::Status)
    }
}

/// The field with this name, and the name's rank: 0 is our own.
pub(super) fn find(name: &str) -> Option<(Field, usize)> {
    FIELDS.iter().find_map(|(field, names)| {
        let rank = names.iter().position(|known| *known == name)?;
        Some((*field, rank))
    })
}

/// What an unknown key was probably meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// A name that holds a story back.
    HoldsBack(&'static str),
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
    let names = FIELDS.iter().flat_map(|(field, names)| names.iter().map(|name| (*field, *name)));
    let (distance, field, name) = names
        .map(|(field, name)| (strsim::osa_distance(&key, &plain(name)), field, name))
        .min_by_key(|(distance, field, _)| (*distance, !field.holds_back()))?;
    let length = key.chars().count().min(plain(name).len());
    let most = match (field.holds_back(), length) {
        (_, 0..3) => 0,
        (_, 3..6) | (true, 6) => 1,
        _ => 2,
    };
    // `exports` is not `expires`.
    let like = distance < 2 || strsim::jaro_winkler(&key, &plain(name)) >= 0.9;
    if distance > most || field.holds_back() && !like {
        return None;
    }
    if field.holds_back() {
        return Some(Meant::HoldsBack(name));
    }
    // `math` is not `path`: people get the first letter right.
    (key.chars().next() == name.chars().next()).then_some(Meant::Other(name))
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
        let mut seen = Vec::new();
        for (index, (field, names)) in FIELDS.iter().enumerate() {
            assert_eq!(*field as usize, index);
            for (rank, name) in names.iter().enumerate() {
                assert!(!seen.contains(name), "{name}");
                seen.push(name);
                assert_eq!(find(name), Some((*field, rank)));
            }
        }
        assert_eq!(find("colour"), None);
    }

    #[test]
    fn typos_are_recognised() {
        for (key, name) in [
            ("tittle", "title"),
            ("Title", "title"),
            ("tag", "tags"),
            ("pinnedUntil", "pinned_until"),
            ("update", "updated"),
            ("lastMod", "lastmod"),
            ("corections", "corrections"),
            ("canonicalUrl", "canonical_url"),
        ] {
            assert_eq!(meant(key), Some(Meant::Other(name)), "{key}");
        }
    }

    #[test]
    fn typos_of_what_holds_a_story_back_are_told_apart() {
        for (key, name) in [
            ("embrago", "embargo"),
            ("emabrgo", "embargo"),
            ("Embargo", "embargo"),
            ("embargo_until", "embargo"),
            ("embergo", "embargo"),
            ("Draft", "draft"),
            ("darft", "draft"),
            ("drafts", "draft"),
            ("isDraft", "draft"),
            ("expire", "expires"),
            ("expirydate", "expires"),
            ("expiration_date", "expires"),
            ("stauts", "status"),
            ("pub_status", "pubstatus"),
            ("publishAt", "publish_at"),
            ("published_at", "date"),
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
            "x",
            "",
        ] {
            assert_eq!(meant(key), if key == "desk" { Some(Meant::Other("deck")) } else { None }, "{key}");
        }
    }
}
