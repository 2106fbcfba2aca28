//! `By ANA RUIZ, The Paper` → names, and who they work for.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agencies::is_agency;

/// A byline. Ranges are bytes of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Byline {
    pub(super) names: Vec<Range<usize>>,
    /// An agency or paper behind the names.
    pub(super) body: Option<Range<usize>>,
}

/// Words that a byline begins with.
static BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\^?(?:By|BY|Von|VON|Por|POR|Par|PAR|Di|Door|Av|Του|Της|От|Автор:?|بقلم|Text(?:\sby|:)|Words(?:\sby|:))\s+(?:-\s)?(?P<rest>\S.*?)[=<:]?$")
        .expect("a pattern that is tested")
});

static AND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s+(?:and|AND|und|et|y|e|og|och|&|και|и|with|und)\s+|\s*[;/]\s*|,\s+")
        .expect("a pattern that is tested")
});

/// What stands behind a name and is no name.
static JOB: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:writers?|correspondents?|reporters?|editors?|staff|columnist|bureau|chief|producer|associated press|press association|media|news|paper|post|times|herald|tribune|gazette|journal|courier|chronicle|agency|service|desk|university|korrespondent|redaktion)\b")
        .expect("a pattern that is tested")
});

/// One name: two to five capitalised words, or one.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:(?:Dr|Prof|Sir|Mr|Mrs|Ms)\.?\s)?[\p{Lu}\p{Lo}][\p{L}\p{M}'’.\-]*)(?:\s(?:(?:de|del|van|von|der|den|da|dos|di|la|el|al|bin|ibn|ten|ter|du|le)\s){0,2}(?:al-|el-|d'|d’|O’|O')?[\p{Lu}\p{Lo}][\p{L}\p{M}'’.\-]*){0,4}$")
        .expect("a pattern that is tested")
});

/// The byline that a whole text is.
pub(super) fn find(text: &str) -> Option<Byline> {
    let rest = BY.captures(text)?.name("rest")?;
    if rest.as_str().split_whitespace().count() > 20 || rest.as_str().ends_with(['?', '!']) {
        return None;
    }
    let byline = names(rest.as_str(), rest.start())?;
    let words = |range: &Range<usize>| text.get(range.clone()).map_or(0, |name| name.split(' ').count());
    // `By Monday` and `By Act of Parliament` begin headlines.
    let is_sentence =
        rest.as_str().ends_with('.') && !rest.as_str().ends_with("Jr.") && byline.names.len() < 2;
    (!is_sentence && byline.names.iter().all(|name| words(name) <= 5)).then_some(byline)
}

/// Names with commas and the like between, each of which must be one; behind the last may be a body.
pub(super) fn names(text: &str, base: usize) -> Option<Byline> {
    let mut byline = Byline::default();
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for gap in AND.find_iter(text) {
        parts.push(at..gap.start());
        at = gap.end();
    }
    parts.push(at..text.len());
    for part in parts {
        let written = text.get(part.clone())?;
        // `Ana Ruiz in Athens`, `Ana Ruiz (Athens)`, `Ana Ruiz | The Paper`, `Ana Ruiz <ana@paper.example>`
        let name = [" in ", " (", " | ", " - ", " <"]
            .iter()
            .fold(written, |name, end| name.split_once(end).map_or(name, |(name, _)| name));
        let name = name.trim();
        if name.is_empty() {
            continue;
        }
        let behind = written.split_once(" | ").map(|(_, body)| body).filter(|body| !body.is_empty());
        if let Some(body) = behind {
            byline.body = Some(base + part.end - body.len()..base + part.end);
        }
        let is_body = is_agency(name) || JOB.is_match(name);
        if is_body && !byline.names.is_empty() {
            byline.body = byline.body.or(Some(base + part.start..base + part.start + name.len()));
        } else if is_body || NAME.is_match(name) && !name.chars().any(|c| c.is_ascii_digit()) {
            byline.names.push(base + part.start..base + part.start + name.len());
        } else if byline.names.is_empty() {
            return None;
        }
    }
    (!byline.names.is_empty()).then_some(byline)
}

/// Whether a line is a name in capitals, as agencies set bylines without `By`.
pub(super) fn is_name_in_capitals(text: &str) -> bool {
    let words = text.split(' ').count();
    (2..=4).contains(&words)
        && !text.chars().any(|c| c.is_lowercase() || c.is_numeric())
        && NAME.is_match(text)
}

/// Whether a line says what its author does: `AP Sports Writer`, `Staff reporter`.
pub(super) fn is_job(text: &str) -> bool {
    text.split(' ').count() <= 6 && !text.ends_with('.') && (JOB.is_match(text) || is_agency(text))
}

/// A name in the case of running text.
pub(super) fn in_running_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase)
        && !name.split(' ').all(|word| {
            word.chars().filter(|c| c.is_alphabetic()).count() > 1 && word.chars().all(|c| !c.is_lowercase())
        })
    {
        return name.to_owned();
    }
    super::place::in_running_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(Vec<&str>, Option<&str>)> {
        let found = find(text)?;
        Some((found.names.into_iter().map(|name| &text[name]).collect(), found.body.map(|body| &text[body])))
    }

    #[test]
    fn bylines_give_names_and_bodies() {
        for (text, names, body) in [
            ("By Ana Ruiz", vec!["Ana Ruiz"], None),
            ("By ANA RUIZ=", vec!["ANA RUIZ"], None),
            ("By Ana Ruiz and Bo Lind", vec!["Ana Ruiz", "Bo Lind"], None),
            (
                "By Ana Ruiz, Bo Lind and Cy Twombly, Associated Press",
                vec!["Ana Ruiz", "Bo Lind", "Cy Twombly"],
                Some("Associated Press"),
            ),
            ("By Ana Ruiz, The Meridian Paper", vec!["Ana Ruiz"], Some("The Meridian Paper")),
            ("By Ana Ruiz in Athens", vec!["Ana Ruiz"], None),
            ("By Ana de la Ruiz, PA", vec!["Ana de la Ruiz"], Some("PA")),
            ("Von Jens Meier, dpa", vec!["Jens Meier"], Some("dpa")),
            ("By Ana Ruiz <ana@paper.example>", vec!["Ana Ruiz"], None),
            ("By Ana Ruiz | The Associated Press", vec!["Ana Ruiz"], Some("The Associated Press")),
        ] {
            assert_eq!(parts(text), Some((names, body)), "{text}");
        }
    }

    #[test]
    fn sentences_that_begin_like_bylines_are_none() {
        for text in [
            "By noon the port was shut",
            "By the time they came, all was over.",
            "By 2014 it was gone",
            "Byline",
            "By",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn names_in_capitals_are_set_as_names() {
        assert!(
            is_name_in_capitals("ANA RUIZ") && !is_name_in_capitals("HARBOUR") && is_job("AP Sports Writer")
        );
        assert_eq!(in_running_case("ANA O'NEIL-RUIZ"), "Ana O'Neil-Ruiz");
        assert_eq!(in_running_case("Ana McRuiz"), "Ana McRuiz");
    }
}
