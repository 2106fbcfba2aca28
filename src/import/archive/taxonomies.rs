//! The names that sites give to their lists of terms → what the terms are.

use super::Meaning;
use crate::slug::slugify;

/// What the terms of a taxonomy are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Role {
    Section,
    Author,
    Series,
    /// Categories, the first of which is the section where nothing else says it.
    Category,
    Tag,
}

/// The names of roles in the languages that many papers are written in, without accents. What else there is are tags.
const NAMES: [(Role, &[&str]); 4] = [
    (
        Role::Author,
        &[
            "author",
            "authors",
            "autor",
            "autores",
            "autoren",
            "autorin",
            "autorinnen",
            "autora",
            "autoras",
            "auteur",
            "auteurs",
            "autrices",
            "auteurice",
            "auteurices",
            "autore",
            "autori",
            "autorzy",
            "byline",
            "bylines",
            "writer",
            "writers",
            "contributor",
            "contributors",
            "contributeurs",
            "journalist",
            "journalists",
            "journalistes",
            "redakteur",
            "redakteure",
            "reporter",
            "reporters",
            "columnist",
            "columnists",
            "forfatter",
            "forfattere",
            "forfattare",
            "skribent",
            "skribenter",
            "kirjoittaja",
            "kirjoittajat",
            "avtor",
            "avtory",
            "yazar",
            "yazarlar",
            "szerzo",
            "szerzok",
            "penulis",
        ],
    ),
    (
        Role::Section,
        &[
            "section",
            "sections",
            "rubrique",
            "rubriques",
            "rubrik",
            "rubriken",
            "ressort",
            "ressorts",
            "seccion",
            "secciones",
            "secao",
            "secoes",
            "sezione",
            "sezioni",
            "rubrica",
            "rubriche",
            "rubric",
            "rubrics",
            "rubryka",
            "rubriki",
            "seksjon",
            "seksjoner",
            "sektion",
            "sektioner",
            "osasto",
            "osastot",
            "bolum",
            "rovat",
            "rovatok",
            "desk",
            "desks",
        ],
    ),
    (
        Role::Series,
        &["series", "serie", "serien", "seria", "serier", "sarja", "sarjat", "storyline", "storylines"],
    ),
    (
        Role::Category,
        &[
            "category",
            "categories",
            "kategorie",
            "kategorien",
            "categorie",
            "categoria",
            "categorias",
            "categorieen",
            "kategori",
            "kategorier",
            "kategoriat",
            "kategoriler",
            "kategoria",
            "kategorije",
        ],
    ),
];

/// A key of front matter whose values are terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Taxonomy {
    /// The key, which is the folder of its lists too.
    pub(in crate::import) name: String,
    pub(in crate::import) role: Role,
}

impl Taxonomy {
    /// What a name says.
    pub(in crate::import) fn of(name: String) -> Self {
        let plain = slugify(&name);
        let role =
            NAMES.iter().find(|(_, names)| names.contains(&&*plain)).map_or(Role::Tag, |(role, _)| *role);
        Self { name, role }
    }

    /// What its key in front matter means.
    pub(in crate::import) fn meaning(&self) -> Meaning {
        match self.role {
            Role::Section | Role::Category => Meaning::Terms,
            Role::Author => Meaning::Field("authors", 3),
            Role::Series => Meaning::Field("series", 3),
            Role::Tag => Meaning::Tags,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terms_are_is_told_in_many_languages() {
        for (name, role) in [
            ("Rubriques", Role::Section),
            ("secções", Role::Tag),
            ("Seções", Role::Section),
            ("Autorinnen", Role::Author),
            ("Séries", Role::Series),
            ("Kategorien", Role::Category),
            ("countries", Role::Tag),
        ] {
            assert_eq!(Taxonomy::of(name.to_owned()).role, role, "{name}");
        }
    }
}
