//! One file or folder for each kind of copy that can be taken in. A new one is a module here, a line in [`ALL`], and a
//! folder of fixtures in `tests/import/`.

use super::Importer;

mod common;
mod folders;
mod ghost;
#[cfg(test)]
mod hostile;
mod hugo;
mod jekyll;
mod medium;
mod newsml_g2;
mod ninjs;
mod nitf;
mod pelican;
mod rss;
mod substack;
#[cfg(test)]
mod testing;
mod weblog;
mod wire;
mod wp_rest;
mod wxr;
mod zola;

/// Every importer, in the order in which they are asked whether copy is theirs: the surest first.
pub static ALL: [&dyn Importer; 17] = [
    &newsml_g2::NewsmlG2,
    &nitf::Nitf,
    &wxr::Wxr,
    &substack::Substack,
    &medium::Medium,
    &rss::Rss,
    &ghost::Ghost,
    &wp_rest::WpRest,
    &ninjs::Ninjs,
    &pelican::Pelican,
    &zola::Zola,
    folders::HEXO,
    folders::ELEVENTY,
    folders::ASTRO,
    &jekyll::Jekyll,
    &hugo::Hugo,
    &wire::Wire,
];

/// The importer of this name.
pub fn named(name: &str) -> Option<&'static dyn Importer> {
    ALL.iter().copied().find(|importer| importer.name() == name)
}

/// The names of all kinds, for `--from`.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|importer| importer.name())
}
