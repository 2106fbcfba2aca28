//! Keys of front matter → fields, for all generators.

use crate::content::Key;

/// What a key of front matter maps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum KeyMapping {
    /// A field, and the rank of the key among those for the same field: 0 is the best.
    Field(Key, usize),
    /// Categories: the first is the section if nothing else names it, the others are tags.
    Categories,
    /// Tags.
    Tags,
    /// The section, unless the folder names one.
    Section,
    /// A map whose keys count like those at the top, as `[taxonomies]` in Zola.
    Nested,
    /// A map of parameters for the theme.
    ThemeParams,
    /// A key that is kept under `extra`.
    Extra,
    /// A key that [`super::Generator::path_info`] has read.
    Consumed,
}

/// Maps the keys that most generators share.
pub(in crate::import) fn map_common_key(key: &str) -> KeyMapping {
    let lower = key.to_ascii_lowercase();
    match lower.as_str() {
        // Names and numbers that only the old site understands.
        "template" | "layout" | "related" | "translation_of" | "id" | "uri" | "priority" | "import" => {
            KeyMapping::Extra
        }
        "permalink" | "url" | "path" => KeyMapping::Consumed,
        "category" | "categories" => KeyMapping::Categories,
        "params" | "extra" => KeyMapping::ThemeParams,
        _ => match crate::content::writing::known_key(key) {
            Some((key, rank)) => KeyMapping::Field(key, rank),
            None => KeyMapping::Extra,
        },
    }
}
