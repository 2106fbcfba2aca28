//! One file or folder for each kind of copy that can be taken in. A new one is a module here, a line in [`ALL`], and a
//! folder of fixtures in `tests/import/`.

use super::Importer;

mod hugo;
mod jekyll;
mod pelican;
mod wire;
mod zola;

/// Every importer, in the order in which they are asked whether copy is theirs: the surest first.
pub static ALL: [&dyn Importer; 5] =
    [&pelican::Pelican, &zola::Zola, &jekyll::Jekyll, &hugo::Hugo, &wire::Wire];

/// The importer of this name.
pub fn named(name: &str) -> Option<&'static dyn Importer> {
    ALL.iter().copied().find(|importer| importer.name() == name)
}

/// The names of all kinds, for `--from`.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|importer| importer.name())
}
