//! Rules for when copy may run: embargoes and notices that kill a story.

use super::Rule;

/// A line that states an embargo.
pub(in super::super) static EMBARGO_LINE: Rule = Rule::new(
    "embargo line",
    r"^ [(\[*\s]* (?: (?i:editors?|attention|note|desks?|note\ to\ editors|achtung) \s?[:,–—-]\s* )?
      (?P<line>
          (?i: (?:strict(?:ly)?\ |under\ |sous\ |bajo\ |unter\ )* (?:embargo(?:ed|ado)?|эмбарго|sperrfrist|εμπάργκο) )
          (?: \s?[:–—-].* | \s(?i:until|till|to|for|before|hasta|jusqu|bis|до|fino|μέχρι).* )
        | (?i: (?:for\ )? release (?:\ date|\ time)? ) \s?:\s* .*\d.*
        | .* (?i: \bunder\ (?:strict\ )?embargo\b | \bembargoed\ (?:until|till|for|to)\b | \bhold\ for\ release\b
            | \bnot\ for\ (?:publication|release|broadcast)\ (?:before|until)\b ) .*
      ) $",
    &[
        "EMBARGOED UNTIL 10:00 GMT, Jan 5, 2024",
        "Note to editors: embargo: 5 January",
        "Sperrfrist: 5. Januar",
        "Release date: 5 January",
        "This story is under strict embargo",
    ],
    &["Embargo on oil is lifted", "Release: soon"],
);

/// The time of an embargo and the phrase before it.
pub(in super::super) static EMBARGO_TIME: Rule = Rule::new(
    "embargo time",
    r"(?i) ^ [\s*(\[]* (?:strict(?:ly)?\s+)? (?:under\s+)?
      (?: embargo(?:ed)? | sperrfrist | embargo\ bis
        | not\ for\ (?:publication|release|broadcast|use)[^.]{0,40}?\ (?:before|until)
        | (?:hold\ )?for\ release ) \b
      [\s:,–—-]* (?:until|till|before|bis|to|at|on)? [\s:–—-]* (?P<when>.*?) [\s*)\].]* $",
    &["EMBARGOED UNTIL 10:00 GMT", "Not for publication before 0600 GMT", "(Hold for release at noon)"],
    &["The embargo", "Embargos"],
);

/// A time of day and its zone.
pub(in super::super) static TIME_OF_DAY: Rule = Rule::new(
    "time of day",
    r"(?i)\b (?: (?P<h>\d{1,2}) [:.] (?P<m>\d{2}) (?:[:.]\d{2})? \s? (?P<half>[ap]\.?\s?m\b\.?)?
        | (?P<hh>\d{2})(?P<mm>\d{2}) (?:\s?(?:hrs|hours|h|uhr))? \b
        | (?P<h12>\d{1,2}) \s? (?P<half12>[ap]\.?\s?m\b\.?)
        | (?P<noon>noon)
        | (?P<hour>\d{1,2})\s?uhr )
      (?: \s* \(? (?P<zone>{zone}\b) )?",
    &["10:00 GMT", "0600 GMT", "10 a.m. ET", "noon BST", "18 Uhr"],
    &["January", "5 days"],
);

/// A day in digits, within a text.
pub(in super::super) static ISO_DAY_WITHIN: Rule =
    Rule::new("ISO day within", r"\d{4}-\d{2}-\d{2}", &["on 2024-01-05 at noon"], &["05-01-2024"]);

/// A day whose month comes second, within a text.
pub(in super::super) static DAY_FIRST_WITHIN: Rule = Rule::new(
    "day first within",
    r"(?i)\b \d{1,2}{ordinal}?\.? \s (?:de\s|of\s)? {month-name} (?: ,?\s (?:de\s)? \d{4}\b )?",
    &["on Tuesday, 5 January 2024", "5th of January"],
    &["January 5"],
);

/// A day whose month comes first, within a text.
pub(in super::super) static MONTH_FIRST_WITHIN: Rule = Rule::new(
    "month first within",
    r"(?i) {month-name} \s \d{1,2}{ordinal}?\b (?: ,?\s\d{4}\b )?",
    &["10 a.m. ET January 5, 2024"],
    &["5 January"],
);

/// What may surround a day and a time without changing them.
pub(in super::super) static EMBARGO_FILLER: Rule = Rule::new(
    "embargo filler",
    r"(?i)\b(?: {weekday} | mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun
        | at|on|until|till|the|of|for|release|publication|hrs|hours|uhr|local\ time|editors?|embargo(?:ed)?|strict(?:ly)?
        | under|um|am|den|bis|is|this|story|report )\b",
    &["Tuesday", "local time", "STRICTLY"],
    &["after", "midnight", "end"],
);

/// A line that labels a notice as one that kills a story.
pub(in super::super) static KILL_LABEL: Rule = Rule::new(
    "kill label",
    r"^ [\s*^!+=<>\[(]* (?:
          (?: (?:ADVISORY|BULLETIN|MANDATORY|STORY|NOTICE|ATTENTION|URGENT|EDITORS?|AP|PA|AAP)\b [\s:,.*-]* )*
              KILL(?:ED)?\b (?: [\s,*-]+ KILL\b )*
        | (?:ACHTUNG\W+)? (?i: (?:meldung\s|bericht\s)? (?:wird\s|wurde\s|ist\s)? (?:zurückgezogen|zurückziehung|annulliert) )
        | (?i: annulation|annulée?|anulad[ao]|anulación|annullat[ao]|annullamento|ingetrokken|wycofan[ea] )
        | 記事取り?消し | 取り?消し | 全文削除 | 撤稿 | 撤銷稿件
      ) \s* (?: [-–—:：<*^!\])]+ \s* (?P<headline>\S.*?)? | ) [\s*<^!=]* $",
    &[
        "MANDATORY KILL",
        "ADVISORY: KILL KILL KILL - Ferry sank",
        "^BULLETIN KILL<",
        "Zurückgezogen: Fähre",
        "撤稿",
    ],
    &["POLICE KILL TWO IN RAID", "Kill the bill, say protesters"],
);

/// A sentence that asks desks to drop a story.
pub(in super::super) static KILL_REQUEST: Rule = Rule::new(
    "kill request",
    r"(?i)\b (?:please|are\ asked\ to|must|should|pls) \s+ (?:kill|withdraw|do\ not\ use|disregard)\b [^.]{0,40}
          \b(?:story|item|report|article|version|piece)
    | bitte\s+ (?:die\s+|den\s+|diese\s+|diesen\s+)? (?:meldung|bericht|text) [^.]{0,60} nicht\s+ (?:mehr\s+)?
          (?:verwenden|veröffentlichen)
    | (?:merci\ de|prière\ de)\s+ (?:ne\ pas\ utiliser|ne\ plus\ utiliser|annuler)
    | rogamos\s+ (?:anular|no\ utilizar)
    | si\ prega\ di\ (?:non\ utilizzare|annullare)",
    &["Please kill the story slugged Ferry", "Bitte die Meldung nicht verwenden", "Merci de ne pas utiliser"],
    &["They kill birds", "The story must run"],
);

/// The slug of the story that a notice kills.
pub(in super::super) static KILLED_SLUG: Rule = Rule::new(
    "killed slug",
    r#"(?i)\b (?:slugged|slug(?:line)?:) \s* [“”«»„\x22'‘]?
       (?P<slug>[\p{L}\d][^,.;“”«»\x22\n]{2,60}?) [“”«»\x22'’]?
       \s* (?: [,.;\n] | $ | \b(?:sent|moved|of|from|that|which|transmitted|filed|timed)\b )"#,
    &["the story slugged BC-Amary Ferry sent on Nov 25", "slug: “Ferry”"],
    &["the slug was"],
);

/// The headline of the story that a notice kills.
pub(in super::super) static KILLED_HEADLINE: Rule = Rule::new(
    "killed headline",
    r#"(?i)\b (?: headlined?|titled|entitled|überschrift|titel|intitulée?|titulad[ao]|titolat[ao]|[见見]出し|headline: )
       \s* [:：]? \s* [“«„「\x22'‘] (?P<headline>[^”»“」\x22\n]{4,200}) [”»“」\x22'’]"#,
    &["The story headlined “Ferry sank” is wrong", "見出し「フェリー沈没」"],
    &["headlined Ferry sank"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[
    &EMBARGO_LINE,
    &EMBARGO_TIME,
    &TIME_OF_DAY,
    &ISO_DAY_WITHIN,
    &DAY_FIRST_WITHIN,
    &MONTH_FIRST_WITHIN,
    &EMBARGO_FILLER,
    &KILL_LABEL,
    &KILL_REQUEST,
    &KILLED_SLUG,
    &KILLED_HEADLINE,
];
