//! Rules for datelines: who signs them, what ends them, their places and days.

use super::Rule;

/// The end of a dateline: who signs it and a dash, or one of the two.
pub(in super::super) static DATELINE_END: Rule = Rule::new(
    "dateline end",
    r"(?P<signed> \s* (?:
          [.,]? \s* / \s? (?P<slashes>[\p{L}][\p{L}\ .\-]{1,24}?) \s? /
        | \s* -{0,2} [(（\[] (?P<parens>[\p{L}][^()（）\[\]]{1,40}?) [)）\]]
      ) )
      (?P<dash> \s* [.:,]? \s* (?: [-–—−_]{1,3} | ― | = ) (?:\s+|$) | \s* [.:] (?:\s+|$) | -- | \s+ | $ )?
    | \s* \.? (?P<bare>
          \s [-–—−_]{1,3} (?:\s+|$) | \.-(?:\s+|$) | \s?[–—] (?:\s+|$) | -{2}\s* | [–—]+ | (?:\d|\.)-\s+
        | \s*-\s*РИА\ Новости\.\s* )",
    &["ROME (AP) - The", "MOSCOW. /TASS/. The", "ROME - The", "ROME, 12- The", "ROME--(BUSINESS WIRE)--The"],
    &["The port is shut", "well-known"],
);

/// An agency in front of a place: `(ANSA) - ROME`.
pub(in super::super) static AGENCY_FIRST: Rule = Rule::new(
    "agency first",
    r"^ \( ([\p{L}][\p{L}\-.\ ]{1,24}) \) \s* (?:[-–—]{1,2}\s*)?",
    &["(ANSA) - ROME", "(Belga) Een trein"],
    &["ROME (ANSA)", "(1) One"],
);

/// The dateline of a Chinese agency: `新华社北京9月12日电`.
pub(in super::super) static CHINESE_DATELINE: Rule = Rule::new(
    "Chinese dateline",
    r"^ [（(]? (?P<agency>新华社|中新社|中新网|中央社|共同社) (?P<place>\p{Han}{2,8}?)
      (?P<month>\d{1,2})月 (?P<day>\d{1,2})日电 [）)]? \s*",
    &["新华社北京9月12日电 中国", "（中新社上海1月2日电）"],
    &["新华社报道", "北京9月12日电"],
);

/// The dateline of a Japanese agency. Its day has no month, so it is left to the desk.
pub(in super::super) static JAPANESE_DATELINE: Rule = Rule::new(
    "Japanese dateline",
    r"^ [【［\[] (?P<place>[\p{Han}\p{Hiragana}\p{Katakana}ー・A-Za-z]{1,24}?)
      (?: [\s　]* [0-9０-９]{1,2} [\s　]* 日 )? [\s　=＝]*
      (?P<agency> 共同通信社?|共同|時事通信社?|時事|ロイター|AFP[=＝]?時事|ＡＦＰ[=＝]?時事|AFP|ＡＦＰ|AP|ＡＰ
        | ブルームバーグ|聯合ニュース|新華社|CNN )
      [】］\]] [\s　]* (?:[-–—―－][\s　]*)?",
    &["【ワシントン共同】", "【ロンドン時事】", "［東京　１２日　ロイター］　-"],
    &["【速報】港が閉鎖", "ワシントン共同"],
);

/// A place in mixed case: capitalized words with small ones between, up to four places with slashes.
pub(in super::super) static PLACE: Rule = Rule::new(
    "place",
    r"^ {place} (?: \s?/\s? {place} ){0,3} $",
    &["Paris", "Rio de Janeiro", "'s-Hertogenbosch", "Frankfurt am Main", "Berlin/Paris", "St. John's"],
    &["paris", "the city", "Paris was dark"],
);

/// A day whose month comes first: `Sept. 12, 2014`.
pub(in super::super) static MONTH_FIRST: Rule = Rule::new(
    "month first",
    r"^(?i) (\p{L}{3,12})\.? \s? (\d{1,2}){ordinal}? (?: \s?,?\s? (\d{4}) )? $",
    &["March 3", "Sept. 12", "Jan 5, 2024", "July 4th"],
    &["12 March", "March"],
);

/// A day whose month comes second: `12 de septiembre de 2014`.
pub(in super::super) static DAY_FIRST: Rule = Rule::new(
    "day first",
    r"^(?i) (\d{1,2}) (?:st|nd|rd|th|er|º|η)? \.? \s (?:de\s|d')? (\p{L}{3,12})\.?
      (?: \s?,?\s? (?:de\s)? (\d{4}) )? (?:\s?г\.?)? $",
    &["12 September 2014", "12. September", "1er avril", "12 de septiembre de 2014", "12 сентября 2014 г."],
    &["March 3", "12"],
);

/// A day in digits.
pub(in super::super) static ISO_DAY: Rule =
    Rule::new("ISO day", r"^ (\d{4})-(\d{2})-(\d{2}) $", &["2014-09-12"], &["12-09-2014"]);

/// A weekday in front of a day.
pub(in super::super) static WEEKDAY_PREFIX: Rule = Rule::new(
    "weekday prefix",
    r"^(?i) (?: (?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?
        | montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag ) \.?,? \s+",
    &["Friday, Sept 12", "Thu. 5 March", "Montag, 3. März"],
    &["Sept 12", "Mondays are"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[
    &DATELINE_END,
    &AGENCY_FIRST,
    &CHINESE_DATELINE,
    &JAPANESE_DATELINE,
    &PLACE,
    &MONTH_FIRST,
    &DAY_FIRST,
    &ISO_DAY,
    &WEEKDAY_PREFIX,
];
