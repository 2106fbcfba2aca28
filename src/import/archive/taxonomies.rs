//! The names of taxonomies → what their terms are.

use super::KeyMapping;
use super::survey::ListKind;
use crate::content::Key;
use crate::slug::slugify;

/// What the terms of a taxonomy are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum TermKind {
    Section,
    Author,
    Series,
    /// Categories: the first is the section if nothing else names it.
    Category,
    Tag,
}

impl TermKind {
    /// The kind of list that the page of a term is. Series have none on the new site.
    pub(in crate::import) fn list(self) -> Option<ListKind> {
        match self {
            Self::Author => Some(ListKind::Author),
            Self::Section => Some(ListKind::Section),
            Self::Tag | Self::Category => Some(ListKind::Tag),
            Self::Series => None,
        }
    }

    /// The page of the new site that replaces the list of all terms.
    pub(in crate::import) fn index_page(self) -> &'static str {
        self.list().map_or("/", ListKind::index_page)
    }
}

/// Taxonomy names in common languages, without accents. All others hold tags.
const NAMES: [(TermKind, &str); 4] = [
    (
        TermKind::Author,
        "author authors autor autores autoren autorin autorinnen autora autoras auteur auteurs autrices \
        auteurice auteurices autore autori autorzy byline bylines writer writers contributor contributors \
        contributeurs journalist journalists journalistes redakteur redakteure reporter reporters columnist \
        columnists forfatter forfattere forfattare skribent skribenter kirjoittaja kirjoittajat avtor avtory \
        yazar yazarlar szerzo szerzok penulis",
    ),
    (
        TermKind::Section,
        "section sections rubrique rubriques rubrik rubriken ressort ressorts seccion secciones secao secoes \
        sezione sezioni rubrica rubriche rubric rubrics rubryka rubriki seksjon seksjoner sektion sektioner \
        osasto osastot bolum rovat rovatok desk desks",
    ),
    (TermKind::Series, "series serie serien seria serier sarja sarjat storyline storylines"),
    (
        TermKind::Category,
        "category categories kategorie kategorien categorie categoria categorias categorieen kategori \
        kategorier kategoriat kategoriler kategoria kategorije",
    ),
];

/// A front matter key whose values are terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Taxonomy {
    /// The key, which is also the folder of its list pages.
    pub(in crate::import) name: String,
    pub(in crate::import) kind: TermKind,
}

impl Taxonomy {
    /// Recognizes a taxonomy by its name.
    pub(in crate::import) fn named(name: String) -> Self {
        let plain = slugify(&name);
        let kind = NAMES
            .iter()
            .find(|(_, names)| names.split(' ').any(|known| known == plain))
            .map_or(TermKind::Tag, |(kind, _)| *kind);
        Self { name, kind }
    }

    /// Maps its key in front matter.
    pub(in crate::import) fn mapping(&self) -> KeyMapping {
        match self.kind {
            TermKind::Section | TermKind::Category => KeyMapping::Categories,
            TermKind::Author => KeyMapping::Field(Key::Authors, 3),
            TermKind::Series => KeyMapping::Field(Key::Series, 3),
            TermKind::Tag => KeyMapping::Tags,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taxonomies_are_recognized_in_many_languages() {
        for (name, kind) in [
            ("Rubriques", TermKind::Section),
            ("secções", TermKind::Tag),
            ("Seções", TermKind::Section),
            ("Autorinnen", TermKind::Author),
            ("Séries", TermKind::Series),
            ("Kategorien", TermKind::Category),
            ("countries", TermKind::Tag),
        ] {
            assert_eq!(Taxonomy::named(name.to_owned()).kind, kind, "{name}");
        }
    }
}
