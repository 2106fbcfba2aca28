//! A key of front matter → what it means, whichever generator wrote it.

/// What a key of front matter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum KeyMapping {
    /// A field of ours, and how good a name of it the key is: 0 is the best.
    Field(&'static str, usize),
    /// Categories: the first is the section if nothing else says it, the others are tags.
    Categories,
    /// Topics.
    Tags,
    /// The section, if its place is none.
    Section,
    /// A map whose keys stand for themselves, as `[taxonomies]` of Zola.
    Nested,
    /// A map of keys for the theme.
    ThemeParams,
    /// It is kept for the theme.
    Extra,
    /// [`super::Generator::page`] has read it.
    Consumed,
}

/// What a key means in most generators.
pub(in crate::import) fn map_common_key(key: &str) -> KeyMapping {
    let lower = key.to_ascii_lowercase();
    match lower.as_str() {
        // Files and templates of the other site, other articles by its own names, and numbers of its own.
        "template" | "layout" | "related" | "translation_of" | "id" | "uri" | "priority" | "import" => {
            KeyMapping::Extra
        }
        "permalink" | "url" | "path" => KeyMapping::Consumed,
        "category" | "categories" => KeyMapping::Categories,
        "params" | "extra" => KeyMapping::ThemeParams,
        _ => match crate::content::writing::own_name(key) {
            Some((name, rank)) => KeyMapping::Field(name, rank),
            None => KeyMapping::Extra,
        },
    }
}
