//! The names that sites give to their lists of terms → what the terms are.

use super::KeyMapping;
use crate::slug::slugify;

/// What the terms of a taxonomy are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum TermKind {
    Section,
    Author,
    Series,
    /// Categories, the first of which is the section where nothing else says it.
    Category,
    Tag,
}

/// The names of roles in the languages that many papers are written in, without accents. What else there is are tags.
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

/// A key of front matter whose values are terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Taxonomy {
    /// The key, which is the folder of its lists too.
    pub(in crate::import) name: String,
    pub(in crate::import) kind: TermKind,
}

impl Taxonomy {
    /// What a name says.
    pub(in crate::import) fn named(name: String) -> Self {
        let plain = slugify(&name);
        let kind = NAMES
            .iter()
            .find(|(_, names)| names.split(' ').any(|known| known == plain))
            .map_or(TermKind::Tag, |(kind, _)| *kind);
        Self { name, kind }
    }

    /// What its key in front matter means.
    pub(in crate::import) fn map_key(&self) -> KeyMapping {
        match self.kind {
            TermKind::Section | TermKind::Category => KeyMapping::Categories,
            TermKind::Author => KeyMapping::Field("authors", 3),
            TermKind::Series => KeyMapping::Field("series", 3),
            TermKind::Tag => KeyMapping::Tags,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terms_are_is_told_in_many_languages() {
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
