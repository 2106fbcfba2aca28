//! `By ANA RUIZ, The Paper` → the names of authors and their employer.

use std::ops::Range;

use super::agencies::is_agency;
use super::rules;

/// A byline. Ranges are bytes of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Byline {
    pub(super) names: Vec<Range<usize>>,
    /// An agency or a paper after the names.
    pub(super) employer: Option<Range<usize>>,
}

/// The byline that a text consists of.
pub(super) fn find(text: &str) -> Option<Byline> {
    let rest = rules::BYLINE.captures(text)?.name("rest")?;
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

/// The byline of a list of names that starts at `base`. An employer may follow the last name.
pub(super) fn names(text: &str, base: usize) -> Option<Byline> {
    let mut byline = Byline::default();
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for gap in rules::NAME_SEPARATOR.find_iter(text) {
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
        let employer =
            written.split_once(" | ").map(|(_, employer)| employer).filter(|text| !text.is_empty());
        if let Some(employer) = employer {
            byline.employer = Some(base + part.end - employer.len()..base + part.end);
        }
        let is_employer = is_agency(name) || rules::JOB.is_match(name);
        if is_employer && !byline.names.is_empty() {
            byline.employer = byline.employer.or(Some(base + part.start..base + part.start + name.len()));
        } else if is_employer || rules::PERSON.is_match(name) && !name.chars().any(|c| c.is_ascii_digit()) {
            byline.names.push(base + part.start..base + part.start + name.len());
        } else if byline.names.is_empty() {
            return None;
        }
    }
    (!byline.names.is_empty()).then_some(byline)
}

/// Whether a line is a name in capitals, as in bylines without `By`.
pub(super) fn is_name_in_capitals(text: &str) -> bool {
    let words = text.split(' ').count();
    (2..=4).contains(&words)
        && !text.chars().any(|c| c.is_lowercase() || c.is_numeric())
        && rules::PERSON.is_match(text)
}

/// Whether a line states the job of an author: `AP Sports Writer`, `Staff reporter`.
pub(super) fn is_job(text: &str) -> bool {
    text.split(' ').count() <= 6 && !text.ends_with('.') && (rules::JOB.is_match(text) || is_agency(text))
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
        Some((
            found.names.into_iter().map(|name| &text[name]).collect(),
            found.employer.map(|employer| &text[employer]),
        ))
    }

    #[test]
    fn bylines_have_names_and_employers() {
        for (text, names, employer) in [
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
            assert_eq!(parts(text), Some((names, employer)), "{text}");
        }
    }

    #[test]
    fn sentences_that_begin_like_bylines_are_rejected() {
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
    fn names_in_capitals_are_recased() {
        assert!(
            is_name_in_capitals("ANA RUIZ") && !is_name_in_capitals("HARBOUR") && is_job("AP Sports Writer")
        );
        assert_eq!(in_running_case("ANA O'NEIL-RUIZ"), "Ana O'Neil-Ruiz");
        assert_eq!(in_running_case("Ana McRuiz"), "Ana McRuiz");
    }
}
