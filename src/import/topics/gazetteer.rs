//! The built-in gazetteer → its records.

const TEXT: &str = include_str!("gazetteer.txt");

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A country.
    Country,
    /// A region, a city, a sea.
    Place,
    /// Anything with a name that is not a place.
    Organization,
    /// A topic of a site, or a subject of current affairs.
    Topic,
    /// A source of news, which is a tag only if the site has it.
    Source,
    /// Names of an entry in other languages; not a kind of its own.
    Foreign,
}

/// A name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    /// Whether it counts only in a story with another name of the entry: `IS`.
    pub(super) is_weak: bool,
    /// Whether it is also the name of persons.
    pub(super) is_personal_name: bool,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) kind: Kind,
    /// The first is the preferred one.
    pub(super) names: Vec<Name<'a>>,
    /// Names of its inhabitants.
    pub(super) demonyms: Vec<Name<'a>>,
    /// Capitals, which stand for the country.
    pub(super) capitals: Vec<Name<'a>>,
}

/// All records, in the order of the file.
pub(super) fn records() -> impl Iterator<Item = Record<'static>> {
    let mut kind = Kind::Topic;
    TEXT.lines().filter_map(move |line| {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            kind = section_kind(section)?;
            return None;
        }
        record(line, kind)
    })
}

fn section_kind(section: &str) -> Option<Kind> {
    Some(match section {
        "country" => Kind::Country,
        "place" => Kind::Place,
        "organization" => Kind::Organization,
        "topic" => Kind::Topic,
        "source" => Kind::Source,
        "foreign" => Kind::Foreign,
        _ => return None,
    })
}

/// `NAME = OTHER, OTHER : PEOPLE @ CAPITAL`
fn record(line: &'static str, kind: Kind) -> Option<Record<'static>> {
    if line.starts_with('#') {
        return None;
    }
    let (line, capitals) = line.split_once('@').unwrap_or((line, ""));
    let (line, demonyms) = line.split_once(':').unwrap_or((line, ""));
    let (first, others) = line.split_once('=').unwrap_or((line, ""));
    let names: Vec<_> = names(first).chain(names(others)).collect();
    let (demonyms, capitals) = (self::names(demonyms).collect(), self::names(capitals).collect());
    (!names.is_empty()).then_some(Record { kind, names, demonyms, capitals })
}

fn names(list: &'static str) -> impl Iterator<Item = Name<'static>> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(|name| Name {
        text: name.trim_start_matches(['~', '?']),
        is_weak: name.starts_with('~'),
        is_personal_name: name.starts_with('?'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slug::name_key;

    #[test]
    fn records_have_names_people_and_capitals() {
        let turkey = records().find(|record| record.names[0].text == "Turkey").expect("Turkey is there");
        assert_eq!(turkey.kind, Kind::Country);
        assert_eq!(turkey.capitals[0].text, "Ankara");
        assert!(turkey.demonyms.iter().any(|name| name.text == "Turks"));
        let countries = records().filter(|record| record.kind == Kind::Country).count();
        assert!((190..=205).contains(&countries), "{countries}");
    }

    #[test]
    fn foreign_names_belong_to_entries() {
        let all: Vec<_> = records().collect();
        for foreign in all.iter().filter(|record| record.kind == Kind::Foreign) {
            let is_same = |record: &&Record<'_>| {
                record.kind != Kind::Foreign && record.names[0].text == foreign.names[0].text
            };
            assert!(all.iter().any(|record| is_same(&record)), "{}", foreign.names[0].text);
        }
    }

    #[test]
    fn each_name_is_listed_once() {
        let mut seen = std::collections::BTreeSet::new();
        for record in records().filter(|record| record.kind != Kind::Foreign) {
            // One record may have several spellings of a name, but two records may not share one.
            let lists = [&record.names, &record.demonyms, &record.capitals];
            let own: std::collections::BTreeSet<String> =
                lists.into_iter().flatten().map(|name| name_key(name.text)).collect();
            for key in own {
                assert!(!key.is_empty() && seen.insert(key.clone()), "{key}");
            }
        }
    }
}
