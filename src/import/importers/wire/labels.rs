//! `UPDATE 2-`, `CORRECTED-`, `URGENT`, `EMBARGOED UNTIL …` → what a label states about a story.

use std::ops::Range;

use super::rules;

/// What a label states. Ranges are bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// How urgent it is, from 1 (flash) to 9.
    Urgency(u8),
    /// It is a new version of a story sent before.
    Version,
    /// It corrects a story, with the kind of correction.
    Correction(&'static str),
    /// It must not run any more.
    Withdrawn,
    /// Its genre, as front matter names it.
    Genre(&'static str),
    /// A kicker for readers.
    Kicker,
    /// When it may run.
    Embargo(Range<usize>),
    /// Nothing: it may run now.
    Nothing,
}

/// Labels before a headline, followed by `-` or `:`, or on lines of their own.
const WORDS: [(&str, Label); 63] = [
    ("FLASH", Label::Urgency(1)),
    ("URGENT", Label::Urgency(2)),
    ("BULLETIN", Label::Urgency(2)),
    ("ALERT", Label::Urgency(2)),
    ("NEWS ALERT", Label::Urgency(2)),
    ("BREAKING", Label::Urgency(2)),
    ("BREAKING NEWS", Label::Urgency(2)),
    ("SNAP", Label::Urgency(2)),
    ("EIL", Label::Urgency(2)),
    ("EILMELDUNG", Label::Urgency(2)),
    ("URGENTE", Label::Urgency(2)),
    ("MOLNIYA", Label::Urgency(1)),
    ("UPDATE", Label::Version),
    ("WRAPUP", Label::Version),
    ("TABLE", Label::Version),
    ("WRAP", Label::Version),
    ("LEAD", Label::Version),
    ("LD", Label::Version),
    ("WRITETHRU", Label::Version),
    ("LD-WRITETHRU", Label::Version),
    ("REFILE", Label::Version),
    ("RPT", Label::Version),
    ("REPEAT", Label::Version),
    ("REPEATING", Label::Version),
    ("RECAST", Label::Version),
    ("ADDS", Label::Version),
    ("ZUSAMMENFASSUNG", Label::Version),
    ("CORRECTED", Label::Correction("correction")),
    ("CORRECTION", Label::Correction("correction")),
    ("CORRECTS", Label::Correction("correction")),
    ("CORRECTIVE", Label::Correction("correction")),
    ("BERICHTIGUNG", Label::Correction("correction")),
    ("CORRECTED REPEAT", Label::Correction("correction")),
    ("CLARIFICATION", Label::Correction("clarification")),
    ("CLARIFIES", Label::Correction("clarification")),
    ("KILL", Label::Withdrawn),
    ("MANDATORY KILL", Label::Withdrawn),
    ("STORY KILLED", Label::Withdrawn),
    ("WITHDRAWN", Label::Withdrawn),
    ("STORY WITHDRAWN", Label::Withdrawn),
    ("WITHDRAWAL", Label::Withdrawn),
    ("RETRACTION", Label::Withdrawn),
    ("RETRACTED", Label::Withdrawn),
    ("ANALYSIS", Label::Genre("analysis")),
    ("INSIGHT", Label::Genre("analysis")),
    ("NEWS ANALYSIS", Label::Genre("analysis")),
    ("INTERVIEW", Label::Genre("interview")),
    ("FACTBOX", Label::Genre("explainer")),
    ("EXPLAINER", Label::Genre("explainer")),
    ("TIMELINE", Label::Genre("explainer")),
    ("FACT CHECK", Label::Genre("factcheck")),
    ("FACT-CHECK", Label::Genre("factcheck")),
    ("BRIEF", Label::Genre("brief")),
    ("REVIEW", Label::Genre("review")),
    ("OPINION", Label::Genre("opinion")),
    ("COMMENTARY", Label::Genre("opinion")),
    ("COLUMN", Label::Genre("opinion")),
    ("EDITORIAL", Label::Genre("opinion")),
    ("OBITUARY", Label::Genre("obituary")),
    ("EXCLUSIVE", Label::Kicker),
    ("FOR IMMEDIATE RELEASE", Label::Nothing),
    ("IMMEDIATE RELEASE", Label::Nothing),
    ("PRESS RELEASE", Label::Nothing),
];

/// The labels before a headline, and the range of each.
pub(super) fn prefixes(headline: &str) -> Vec<(Label, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(captures) = headline.get(at..).and_then(|rest| rules::LABEL_PREFIX.captures(rest)) {
        let whole = captures.get(0).map_or(0, |whole| whole.end());
        let Some(label) = captures.name("word").and_then(|word| label_of(word.as_str())) else { break };
        // The rule may have taken a quotation mark that begins the headline.
        let taken = &headline[at..at + whole];
        let end = at + taken.trim_end_matches(['“', '"', '‘', '\'', '*', '$']).len();
        if headline[end..].trim().is_empty() {
            break;
        }
        found.push((label, at..end));
        at = end;
    }
    found
}

/// Parses a label on a line of its own.
pub(super) fn parse_line(text: &str) -> Option<Label> {
    if let Some(embargo) = embargo(text) {
        return Some(embargo);
    }
    let word = rules::LABEL_LINE.captures(text)?.name("word")?.as_str();
    let in_capitals = !word.chars().any(char::is_lowercase);
    label_of(&word.to_uppercase()).filter(|label| in_capitals || !matches!(label, Label::Version))
}

fn embargo(text: &str) -> Option<Label> {
    if text.len() > 200 {
        return None;
    }
    let captures = rules::EMBARGO_TIME.captures(text)?;
    let when = captures.name("when")?;
    let start = text.trim_start_matches([' ', '*', '(', '[']);
    // A sentence about an embargo on oil is not a label.
    let is_line = when.len() <= 60
        && start.split(' ').next().is_some_and(|word| word.len() < 12)
        && (when.as_str().contains(|c: char| c.is_ascii_digit()) || when.is_empty());
    let is_release = start.to_lowercase().starts_with("for release") && when.is_empty();
    (is_line && !is_release).then(|| Label::Embargo(when.range()))
}

fn label_of(word: &str) -> Option<Label> {
    let plain = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let find = |word: &str| WORDS.iter().find(|(name, _)| *name == word).map(|(_, label)| label.clone());
    // Of `CORRECTED-UPDATE` and `BULLETIN KILL`, the gravest label counts.
    find(plain).or_else(|| {
        let parts: Vec<Option<Label>> = plain.split(['-', ' ']).map(find).collect();
        let parts: Option<Vec<Label>> = parts.into_iter().collect();
        parts?.into_iter().min_by_key(|label| match label {
            Label::Withdrawn => 0,
            Label::Correction(_) => 1,
            Label::Urgency(_) => 2,
            _ => 3,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(headline: &str) -> (Vec<Label>, &str) {
        let found = prefixes(headline);
        let end = found.last().map_or(0, |(_, range)| range.end);
        (found.into_iter().map(|(label, _)| label).collect(), &headline[end..])
    }

    #[test]
    fn labels_before_a_headline_are_found() {
        for (headline, labels, rest) in [
            ("UPDATE 2-Talks fail", vec![Label::Version], "Talks fail"),
            ("CORRECTED-UPDATE 1-Talks fail", vec![Label::Correction("correction")], "Talks fail"),
            ("CORRECTED-Talks fail", vec![Label::Correction("correction")], "Talks fail"),
            ("WRAPUP 1-“No deal”, he says", vec![Label::Version], "“No deal”, he says"),
            ("ANALYSIS: Why talks failed", vec![Label::Genre("analysis")], "Why talks failed"),
            ("URGENT - Talks fail", vec![Label::Urgency(2)], "Talks fail"),
            ("Talks fail - again", vec![], "Talks fail - again"),
            ("US-Turkey talks fail", vec![], "US-Turkey talks fail"),
            ("BP-Shell deal", vec![], "BP-Shell deal"),
            ("UPDATE 2-", vec![], "UPDATE 2-"),
        ] {
            assert_eq!(stripped(headline), (labels, rest), "{headline}");
        }
    }

    #[test]
    fn labels_on_lines_of_their_own_are_parsed() {
        for (text, label) in [
            ("URGENT", Some(Label::Urgency(2))),
            ("*** FLASH ***", Some(Label::Urgency(1))),
            ("1ST LEAD", Some(Label::Version)),
            ("STORY WITHDRAWN", Some(Label::Withdrawn)),
            ("For immediate release", Some(Label::Nothing)),
            ("Update", None),
            ("Talks fail", None),
            ("EMBARGOED UNTIL 10:00 GMT, Jan 5, 2024", Some(Label::Embargo(16..38))),
            ("Not for publication before 0600 GMT", Some(Label::Embargo(27..35))),
            ("Embargo on oil is lifted", None),
            ("Embargoed goods seized in 2014 raid on the port of Oslo that shut it for days", None),
        ] {
            assert_eq!(parse_line(text), label, "{text}");
        }
    }
}
