//! Settings of an archive, in YAML, TOML or JSON → their values by key.

use std::path::Path;

use serde_json::Value as Json;

use super::{LARGEST, decode, tree};
use crate::import::front::{self, Front, FrontEntry};

/// Settings of an archive, whose keys may be in any case.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Settings(pub(in crate::import) serde_json::Map<String, Json>);

impl Settings {
    /// The first file with settings among those of some names, below a folder.
    pub(in crate::import) fn first(folder: &Path, names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| Self::read(&folder.join(name)))
    }

    /// The settings in a file.
    pub(in crate::import) fn read(file: &Path) -> Option<Self> {
        let name = file.file_name()?.to_str()?;
        let text = decode(&tree::read_bytes(file, LARGEST)?)?;
        front::parse_settings(name, &text).map(Self)
    }

    /// A value, whatever the case of the letters of its key.
    pub(in crate::import) fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// A text that is not blank.
    pub(in crate::import) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(front::as_text)
    }

    /// A truth value; false if there is none.
    pub(in crate::import) fn is(&self, key: &str) -> bool {
        self.get(key).and_then(front::as_bool).unwrap_or(false)
    }

    /// A map in them.
    pub(in crate::import) fn map(&self, key: &str) -> Self {
        Self(self.get(key).and_then(Json::as_object).cloned().unwrap_or_default())
    }
}

/// Adds an entry that the settings make, unless the article has one of its own.
pub(in crate::import) fn default_entry(front: &mut Front, key: &str, value: Json) {
    if front.get(key).is_none() {
        front.entries.push(FrontEntry { key: key.to_owned(), value, at: None, inner: Vec::new() });
    }
}
