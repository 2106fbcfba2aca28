//! A notice that an earlier story must not run → which story that is.
//!
//! Agencies send such notices instead of a story, in the words of their language; the headline or the slugline of the story stands in them.

use std::sync::LazyLock;

use regex::Regex;

use super::dateline;

/// Bytes of the longest notice: what has more is a story with a label.
const LONGEST: usize = 2500;
/// Lines in which a notice says what it is.
const FIRST: usize = 8;

/// What a notice says of the story that it kills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kill {
    pub(super) headline: Option<String>,
    pub(super) slugline: Option<String>,
}

/// A line that begins with the word for it, and what stands behind that.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^[\s*^!+=<>\[(]* (?:
          (?:(?:ADVISORY|BULLETIN|MANDATORY|STORY|NOTICE|ATTENTION|URGENT|EDITORS?|AP|PA|AAP)\b[\s:,.*-]*)* KILL(?:ED)?\b (?:[\s,*-]+KILL\b)*
        | (?:ACHTUNG\W+)? (?i:(?:meldung\s|bericht\s)?(?:wird\s|wurde\s|ist\s)?(?:zurückgezogen|zurückziehung|annulliert))
        | (?i:annulation|annulée?|anulad[ao]|anulación|annullat[ao]|annullamento|ingetrokken|wycofan[ea])
        | 記事取り?消し | 取り?消し | 全文削除 | 撤稿 | 撤銷稿件
        ) \s* (?: [-–—:：<*^!\])]+ \s* (?P<headline>\S.*?)? | ) [\s*<^!=]* $",
    )
    .expect("a pattern that is tested")
});

/// A sentence that asks for it.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:please|are asked to|must|should|pls)\s+(?:kill|withdraw|do not use|disregard)\b[^.]{0,40}\b(?:story|item|report|article|version|piece)|bitte\s+(?:die\s+|den\s+|diese\s+|diesen\s+)?(?:meldung|bericht|text)[^.]{0,60}nicht\s+(?:mehr\s+)?(?:verwenden|veröffentlichen)|(?:merci de|prière de)\s+(?:ne pas utiliser|ne plus utiliser|annuler)|rogamos\s+(?:anular|no utilizar)|si prega di (?:non utilizzare|annullare)",
    )
    .expect("a pattern that is tested")
});

static SLUGGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:slugged|slug(?:line)?:)\s*[“”«»„\x22'‘]?(?P<slug>[\p{L}\d][^,.;“”«»\x22\n]{2,60}?)[“”«»\x22'’]?\s*(?:[,.;\n]|$|\b(?:sent|moved|of|from|that|which|transmitted|filed|timed)\b)")
        .expect("a pattern that is tested")
});

static HEADLINED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:headlined?|titled|entitled|überschrift|titel|intitulée?|titulad[ao]|titolat[ao]|见出し|見出し|headline:)\s*[:：]?\s*[“«„「\x22'‘](?P<headline>[^”»“」\x22\n]{4,200})[”»“」\x22'’]")
        .expect("a pattern that is tested")
});

/// What a text says if it is such a notice and nothing else.
pub(super) fn find(copy: &str) -> Option<Kill> {
    if copy.len() > LONGEST || copy.split("\n\n").any(|text| dateline::find(text.trim()).is_some()) {
        return None;
    }
    let lines = || copy.lines().map(str::trim).filter(|line| !line.is_empty());
    let label = lines().take(FIRST).find_map(|line| LABEL.captures(line));
    if label.is_none() && !ASKS.is_match(copy) {
        return None;
    }
    let named = |captures: regex::Captures<'_>, name: &str| {
        captures.name(name).map(|found| found.as_str().trim().to_owned())
    };
    let quoted = HEADLINED.captures(copy).and_then(|captures| named(captures, "headline"));
    let labelled = label.and_then(|captures| named(captures, "headline"));
    let slugline = SLUGGED.captures(copy).and_then(|captures| named(captures, "slug"));
    Some(Kill { headline: quoted.or(labelled), slugline })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(copy: &str) -> Option<(Option<String>, Option<String>)> {
        find(copy).map(|kill| (kill.headline, kill.slugline))
    }

    #[test]
    fn notices_name_the_story_that_must_not_run() {
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
    fn a_story_of_killing_is_none() {
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
