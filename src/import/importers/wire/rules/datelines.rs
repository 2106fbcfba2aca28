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

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&DATELINE_END, &AGENCY_FIRST, &CHINESE_DATELINE, &JAPANESE_DATELINE, &PLACE];
