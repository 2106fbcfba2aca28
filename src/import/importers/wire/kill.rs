//! A notice that kills an earlier story → the story that must not run.
//!
//! Such a notice comes instead of a story, in the language of the agency, and names the headline or the slugline of the story.

use super::{dateline, rules};

/// Most bytes of a notice. Longer copy is a story with a label.
const LONGEST: usize = 2500;
/// Lines that may have the label of a notice.
const LABEL_LINES: usize = 8;

/// The story that a notice kills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KillNotice {
    pub(super) headline: Option<String>,
    pub(super) slugline: Option<String>,
}

/// Parses copy that is a kill notice and nothing else.
pub(super) fn find(copy: &str) -> Option<KillNotice> {
    if copy.len() > LONGEST || copy.split("\n\n").any(|text| dateline::find(text.trim()).is_some()) {
        return None;
    }
    let lines = || copy.lines().map(str::trim).filter(|line| !line.is_empty());
    let label = lines().take(LABEL_LINES).find_map(|line| rules::KILL_LABEL.captures(line));
    if label.is_none() && !rules::KILL_REQUEST.is_match(copy) {
        return None;
    }
    let named = |captures: regex::Captures<'_>, name: &str| {
        captures.name(name).map(|group| group.as_str().trim().to_owned())
    };
    let quoted = rules::KILLED_HEADLINE.captures(copy).and_then(|captures| named(captures, "headline"));
    let labelled = label.and_then(|captures| named(captures, "headline"));
    let slugline = rules::KILLED_SLUG.captures(copy).and_then(|captures| named(captures, "slug"));
    Some(KillNotice { headline: quoted.or(labelled), slugline })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(copy: &str) -> Option<(Option<String>, Option<String>)> {
        find(copy).map(|kill| (kill.headline, kill.slugline))
    }

    #[test]
    fn notices_name_the_story_that_they_kill() {
        for (copy, headline, slugline) in [
            (
                "ADVISORY: KILL KILL KILL - Ferry sank off Amary\n\nEditors: please kill the story slugged BC-Amary Ferry sent on Nov 25.\n",
                Some("Ferry sank off Amary"),
                Some("BC-Amary Ferry"),
            ),
            ("MANDATORY KILL\n\nThe story headlined “Ferry sank” is wrong.", Some("Ferry sank"), None),
            (
                "^BULLETIN KILL<\n^Eds: kill the story slugged AP-Ferry, sent Thursday.<",
                None,
                Some("AP-Ferry"),
            ),
            ("Achtung: Zurückgezogen: Fähre gesunken\n\nBitte die Meldung nicht verwenden.", None, None),
            ("ZURÜCKGEZOGEN - Fähre gesunken\n\nDie Angaben waren falsch.", Some("Fähre gesunken"), None),
            (
                "ANNULATION - Le ferry a coulé\n\nMerci de ne pas utiliser la dépêche.",
                Some("Le ferry a coulé"),
                None,
            ),
            ("記事取り消し：フェリー沈没\n\n事実と異なります。", Some("フェリー沈没"), None),
        ] {
            let expected = (headline.map(str::to_owned), slugline.map(str::to_owned));
            assert_eq!(parts(copy), Some(expected), "{copy}");
        }
    }

    #[test]
    fn a_story_about_killing_is_not_a_notice() {
        for copy in [
            "POLICE KILL TWO IN RAID\n\nLONDON, March 3 (Reuters) - Police killed two men on Monday.",
            "Kill the bill, say protesters\n\nThey marched on Monday.",
            "STORY WITHDRAWN-Ferry sank\n\nLONDON, March 3 (Reuters) - The story is withdrawn.",
            "Farmers kill thousands of birds\n\nThe virus came in May.",
        ] {
            assert_eq!(parts(copy), None, "{copy}");
        }
    }
}
