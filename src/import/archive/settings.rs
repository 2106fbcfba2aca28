//! The settings files of an archive, in YAML, TOML or JSON → values by key.

use std::path::Path;

use serde_json::Value as Json;

use super::{MAX_BYTES, decode, tree};
use crate::import::front::{self, Front, FrontEntry};

/// The settings of an archive. Keys are case-insensitive.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Settings(pub(in crate::import) serde_json::Map<String, Json>);

impl Settings {
    /// Reads the first file that exists.
    pub(in crate::import) fn first(folder: &Path, names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| Self::read(&folder.join(name)))
    }

    /// Reads a file.
    pub(in crate::import) fn read(file: &Path) -> Option<Self> {
        let name = file.file_name()?.to_str()?;
        let text = decode(&tree::read_bytes(file, MAX_BYTES)?)?;
        front::parse_settings(name, &text).map(Self)
    }

    /// The value of a key.
    pub(in crate::import) fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// A text that is not blank.
    pub(in crate::import) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(front::as_text)
    }

    /// A boolean; false by default.
    pub(in crate::import) fn is(&self, key: &str) -> bool {
        self.get(key).and_then(front::as_bool).unwrap_or(false)
    }

    /// A nested map; empty by default.
    pub(in crate::import) fn map(&self, key: &str) -> Self {
        Self(self.get(key).and_then(Json::as_object).cloned().unwrap_or_default())
    }
}

/// Adds a default from the settings to the front matter of an article that does not set the key itself.
pub(in crate::import) fn default_entry(front: &mut Front, key: &str, value: Json) {
    if front.get(key).is_none() {
        front.entries.push(FrontEntry { key: key.to_owned(), value, at: None, inner: Vec::new() });
    }
}
