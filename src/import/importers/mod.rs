//! One file or folder for each kind of copy that can be taken in. A new one is a module here, a line in [`ALL`], and a
//! folder of fixtures in `tests/import/`.

use super::Importer;

mod common;
mod docx;
mod email;
mod folders;
mod ghost;
mod hugo;
mod iptc;
mod jekyll;
mod medium;
mod newsml_1;
mod newsml_g2;
mod ninjs;
mod nitf;
mod pelican;
mod rss;
mod substack;
mod weblog;
mod wire;
mod wp_rest;
mod wxr;
mod zola;

/// Every importer, in the order in which they are asked whether copy is theirs: the surest first.
pub static ALL: &[&dyn Importer] = &[
    &docx::Docx,
    &email::Email,
    &newsml_g2::FORMAT,
    &newsml_1::FORMAT,
    &nitf::FORMAT,
    &wxr::Wxr,
    &substack::Substack,
    &medium::Medium,
    &rss::Rss,
    &ghost::Ghost,
    &wp_rest::WpRest,
    &ninjs::FORMAT,
    pelican::PELICAN,
    zola::ZOLA,
    folders::HEXO,
    folders::ELEVENTY,
    folders::ASTRO,
    jekyll::JEKYLL,
    hugo::HUGO,
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
