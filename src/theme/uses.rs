//! Templates' texts → for each a fingerprint of all that it may be made from.
//!
//! A template uses another if it extends or includes it, or calls a component of it. Tera knows, and does not tell; so a
//! template counts as using every other whose name, or the name of a component of which, is anywhere in its text: at worst
//! a page is made again for nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::lookup::Source;
use crate::manifest::Fingerprint;

/// A fingerprint of each template's own text.
pub(super) fn texts(sources: &BTreeMap<String, Source>) -> BTreeMap<String, Fingerprint> {
    sources.iter().map(|(name, source)| (name.clone(), Fingerprint::of(&*source.text))).collect()
}

/// A fingerprint of each template with all that it uses. `prefixes` are those that a template need not be named by.
pub(super) fn closures(
    sources: &BTreeMap<String, Source>,
    texts: &BTreeMap<String, Fingerprint>,
    prefixes: &[&str],
) -> BTreeMap<String, Fingerprint> {
    let marks: BTreeMap<&str, Vec<String>> =
        sources.iter().map(|(name, source)| (name.as_str(), marks(name, source, prefixes))).collect();
    let direct: BTreeMap<&str, Vec<&str>> = sources
        .iter()
        .map(|(name, source)| {
            let text = bare(&source.text);
            let used = marks.iter().filter(|(_, marks)| marks.iter().any(|mark| text.contains(mark)));
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
        used.into_iter().filter_map(|name| texts.get(&name).map(|print| (name, *print))).collect::<Vec<_>>()
    };
    sources.keys().map(|name| (name.clone(), Fingerprint::of(&closure(name)))).collect()
}

/// A text without what may stand between the parts of a name, or before its letters.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// By what other templates may name this one, or something of it, as bare text.
fn marks(name: &str, source: &Source, prefixes: &[&str]) -> Vec<String> {
    let plain = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let text = bare(&source.text);
    let definitions = text.split("component").skip(1).filter_map(|behind| {
        let end = behind.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(behind.len());
        // Where a component is defined, its arguments follow.
        behind[end..].starts_with('(').then(|| behind[..end].to_owned())
    });
    std::iter::once(bare(plain)).chain(definitions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_made_from_what_it_extends_includes_and_calls() {
        let prints = |changed: &str| {
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
                (name.to_owned(), Source { file: name.into(), text: format!("{text}{more}").into() })
            };
            let sources: BTreeMap<String, Source> = texts.into_iter().map(source).collect();
            closures(&sources, &super::texts(&sources), &["news/"])
        };
        let before = prints("");
        for (changed, reached) in [
            ("own.html", true),
            ("news/base.html", true),
            ("news/parts/foot.html", true),
            ("news/cards.html", true),
            ("news/boxes.html", true),
            ("news/other.html", false),
        ] {
            assert_eq!(before["own.html"] != prints(changed)["own.html"], reached, "{changed}");
        }
    }
}
