//! Importers: a file or folder for each format. A new one needs a module here, an entry in [`ALL`], and a folder of fixtures in
//! `tests/import/`.

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

/// All importers. The first that recognizes a file imports it, so the most specific come first.
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

/// The importer with this name.
pub fn named(name: &str) -> Option<&'static dyn Importer> {
    ALL.iter().copied().find(|importer| importer.name() == name)
}

/// The names of all formats, for `--from`.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|importer| importer.name())
}
