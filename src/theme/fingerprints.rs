//! The texts of templates → for each template, a fingerprint of itself and everything that it may use.
//!
//! A template uses another if it extends or includes it or calls one of its components. To be safe, it counts as using every
//! template whose name, or the name of one of whose components, appears anywhere in its text: at worst, a page is rendered
//! needlessly.

use std::collections::{BTreeMap, BTreeSet};

use super::files::TemplateSource;
use crate::manifest::Fingerprint;

/// The fingerprint of each template's own text.
pub(super) fn texts(sources: &BTreeMap<String, TemplateSource>) -> BTreeMap<String, Fingerprint> {
    sources.iter().map(|(name, source)| (name.clone(), Fingerprint::of(&*source.text))).collect()
}

/// The fingerprint of each template with everything that it uses; `prefixes` are those that names may omit.
pub(super) fn closures(
    sources: &BTreeMap<String, TemplateSource>,
    texts: &BTreeMap<String, Fingerprint>,
    prefixes: &[&str],
) -> BTreeMap<String, Fingerprint> {
    let names: BTreeMap<&str, Vec<String>> =
        sources.iter().map(|(name, source)| (name.as_str(), names(name, source, prefixes))).collect();
    let direct: BTreeMap<&str, Vec<&str>> = sources
        .iter()
        .map(|(name, source)| {
            let text = strip_separators(&source.text);
            let used = names.iter().filter(|(_, names)| names.iter().any(|name| text.contains(name)));
            (name.as_str(), used.map(|(used, _)| *used).collect())
        })
        .collect();
    let closure = |name: &str| {
        let mut used = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            let more = direct.get(name.as_str()).into_iter().flatten();
            open.extend(more.filter(|more| !used.contains(**more)).map(|more| (*more).to_owned()));
            used.insert(name);
        }
        used.into_iter().filter_map(|name| texts.get(&name).map(|text| (name, *text))).collect::<Vec<_>>()
    };
    sources.keys().map(|name| (name.clone(), Fingerprint::of(&closure(name)))).collect()
}

/// Removes what may separate the parts of a name or escape its letters.
fn strip_separators(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// The names by which others may refer to a template or its components, without separators.
fn names(name: &str, source: &TemplateSource, prefixes: &[&str]) -> Vec<String> {
    let plain = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let text = strip_separators(&source.text);
    let definitions = text.split("component").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(rest.len());
        // Only a definition has arguments.
        rest[end..].starts_with('(').then(|| rest[..end].to_owned())
    });
    std::iter::once(strip_separators(plain)).chain(definitions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_covers_everything_that_a_template_uses() {
        let fingerprints = |changed: &str| {
            let texts = [
                ("own.html", "{% extends \"base.html\" %}{{<card a={1} />}}"),
                ("news/base.html", "{% include \"parts\\/foot.html\" %}{{ <big . box a={1} /> }}"),
                ("news/parts/foot.html", "foot"),
                ("news/cards.html", "{%- component\tcard(a) -%}{{ a }}{% endcomponent card %}"),
                ("news/boxes.html", "{% component big.box(a) %}{{ a }}{% endcomponent big.box %}"),
                ("news/other.html", "other"),
            ];
            let source = |(name, text): (&str, &str)| {
                let more = if name == changed { " changed" } else { "" };
                (name.to_owned(), TemplateSource { file: name.into(), text: format!("{text}{more}").into() })
            };
            let sources: BTreeMap<String, TemplateSource> = texts.into_iter().map(source).collect();
            closures(&sources, &super::texts(&sources), &["news/"])
        };
        let before = fingerprints("");
        for (changed, reached) in [
            ("own.html", true),
            ("news/base.html", true),
            ("news/parts/foot.html", true),
            ("news/cards.html", true),
            ("news/boxes.html", true),
            ("news/other.html", false),
        ] {
            assert_eq!(before["own.html"] != fingerprints(changed)["own.html"], reached, "{changed}");
        }
    }
}
