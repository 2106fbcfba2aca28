//! Splits a byline into names.

use serde_json::{Value as Json, json};

/// Lower-case prefixes of bylines.
const BY: [&str; 6] = ["by ", "von ", "par ", "por ", "di ", "da "];

/// Separators of names.
const AND: [&str; 6] = [" and ", " und ", " et ", " y ", " & ", " e "];

/// The names of a byline such as `By Ana Berg and Jo Lind`. `Ana Berg, Chief Reporter` is one name with a role.
pub(super) fn of(byline: &str) -> Vec<Json> {
    let start = BY.iter().find(|by| {
        byline.get(..by.len()).is_some_and(|start| start.eq_ignore_ascii_case(by)) && byline.len() > by.len()
    });
    let byline = byline.get(start.map_or(0, |by| by.len())..).unwrap_or(byline).trim();
    let without = byline.contains('@').then(|| without_addresses(byline));
    let byline = without.as_deref().unwrap_or(byline);
    if has_initials_behind(byline) {
        return vec![json!(byline)];
    }
    let mut names = vec![byline];
    for and in AND {
        names = names.iter().flat_map(|name| name.split(and)).collect();
    }
    let is_list = names.len() > 1;
    let split = names.iter().flat_map(|name| name.split(if is_list { [',', ';'] } else { [';', ';'] }));
    split.map(str::trim).filter(|name| !name.is_empty()).map(name).collect()
}

/// Removes e-mail addresses and handles: `jo@a.example (Jo Lind)`, `Jo Lind <jo@a.example>`, `Jo Lind @jo`.
fn without_addresses(byline: &str) -> String {
    let words: Vec<_> = byline.split_whitespace().filter(|word| !word.contains('@')).collect();
    let text = words.join(" ").replace(['(', ')', '<', '>', '"'], "");
    text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.').to_owned()
}

/// Whether names are inverted, as in `HOLM, K., BERG, A. M.`, so that a comma does not separate them.
fn has_initials_behind(byline: &str) -> bool {
    let is_initials = |part: &str| {
        let mut letters = part.split(['.', '-', ' ']).filter(|letter| !letter.is_empty()).peekable();
        part.ends_with('.') && letters.peek().is_some() && letters.all(|letter| letter.chars().count() == 1)
    };
    byline.split(',').skip(1).any(|part| is_initials(part.trim()))
}

fn name(text: &str) -> Json {
    match text.split_once(',') {
        Some((name, role)) if !name.trim().is_empty() && !role.trim().is_empty() => {
            json!({"name": name.trim(), "role": role.trim()})
        }
        _ => json!(text.trim_matches([',', ' '])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_are_split_into_names() {
        for (byline, names) in [
            ("By Ana Berg", json!(["Ana Berg"])),
            ("by ana berg", json!(["ana berg"])),
            ("Ana Berg and Jo Lind", json!(["Ana Berg", "Jo Lind"])),
            ("Ana Berg, Jo Lind und Kai Holm", json!(["Ana Berg", "Jo Lind", "Kai Holm"])),
            ("Ana Berg, Chief Reporter", json!([{"name": "Ana Berg", "role": "Chief Reporter"}])),
            ("Byron Holm", json!(["Byron Holm"])),
            ("jo@a.example (Jo Lind)", json!(["Jo Lind"])),
            ("By Jo Lind <jo@a.example> and Kai Holm, kai@a.example", json!(["Jo Lind", "Kai Holm"])),
            ("jo@a.example", json!([])),
            ("By ", json!(["By"])),
            ("HOLM, K., BERG, A.-M., LIND, J.", json!(["HOLM, K., BERG, A.-M., LIND, J."])),
            ("Holm, K.", json!(["Holm, K."])),
            (",", json!([""])),
        ] {
            assert_eq!(Json::from(of(byline)), names, "{byline}");
        }
    }
}
