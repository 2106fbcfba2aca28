//! Rules for the head of copy: labels, slug lines, bylines, advisories, lines for the desk.

use super::Rule;

/// A line that advises desks: in brackets, with a mark, or about what changed.
pub(in super::super) static ADVISORY: Rule = Rule::new(
    "advisory",
    r"^\^? (?:
          [(\[*]+ \s* (?i:
              adds?|updates?|corrects?|correcting|corrected|refiles?|refiling|repeats?|repeating|recasts?|removes?|fixes|clarifies
            | eds?\b|editors?|attention|note|changes|drops|inserts?|deletes?|releads?|subs?|substitutes|rewrites?
            | with|new|makes|writes|restores|official|includes|this\ (?:story|version|article)|previous|for\ (?:release|use) )
        | (?i: eds|editors?['’]?s?|attention\ editors|desk|advisory|editor['’]s\ note|note\ to\ editors|eds\ note|note\ to\ desks
            | with\ (?:ap\ )?photos?|ap\ photos?|moving\ on|redaktionell|achtung ) \s? [:_–—-]
        | AP\ (?:Photo|Video|Graphic)
        | (?i: (?:adds?|updates?|corrects?|recasts?|refiles?|clarifies|removes) \s .{3,160}
            \b(?:para(?:graph)?s?|headline|quote|quotes|byline|lead|throughout|details?|background|detail|lede)\b .{0,60} )$
      )",
    &[
        "(Adds reaction in paragraph 3)",
        "[Corrects name]",
        "Eds: with photos",
        "With AP Photos:",
        "AP Photo NY123",
        "Corrects spelling of name in second paragraph",
        "Achtung: neu",
    ],
    &["Ferry strike shuts port", "Updates are due", "(The union said so.)"],
);

/// A slug line.
pub(in super::super) static SLUG_LINE: Rule = Rule::new(
    "slug line",
    r"^\^?(?: (?:BC|AM|PM|AP|US|EU)-[^\s].*<?
        | [A-Za-z]\d{4}[\p{L}\d_-]*
        | [a-z]\s[a-z]\s(?:BC|AM|PM)-.*
        | [\p{L}\d]+ (?:-[\p{L}\d]+){2,} (?:,\p{Lu}+)?
        | ZCZC\b.{0,60}
        | [%$:*]\S[^^<]{0,60}
        | [\p{L}\d\ ]+ (?:[/-][\p{L}\d\ ]+){0,5} /
        | \p{Lu}{3,}[/-]\p{Lu}{3,} (?:\s\([^)]*\))?
      )$",
    &[
        "BC-XYZ--Ferry Strike,416<",
        "r i BC-Ferry",
        "a0123",
        "FERRY-STRIKE/",
        "Harbour/strike/",
        "PORT/FERRY (UPDATE)",
        "ferry-port-strike",
    ],
    &["Ferry strike shuts port", "US talks", "Rail-sea link"],
);

/// A catchline above a headline: a word in capitals and one that is not.
pub(in super::super) static CATCHLINE: Rule = Rule::new(
    "catchline",
    r"^ (?:\d{1,2}\s)? \p{Lu}{3,} \s \p{Lu}\p{Ll}[\p{L}-]* $",
    &["1 POLITICS Buses", "SPORT Ferries"],
    &["POLITICS BUSES", "Ferry Strike", "UK Ferries"],
);

/// A line above a headline that is for the desk: a contact, a greeting, an aside in brackets.
pub(in super::super) static DESK_LINE: Rule = Rule::new(
    "desk line",
    r"^(?: (?i: (?:media\ |press\ )? contacts?: )
        | (?:Hi|Hello|Dear|Hallo|Bonjour|Hola|Good\ morning)\b .{0,30} ,
        | \( [^()]{3,60} \) $
        | \S+@\S+\.\S+ $
        | \+? [\d(] [\d\ ()\-]{6,} $
        | (?i: tel|phone|e-?mail|mobile ) \.? : )",
    &[
        "Press contact: Ana Ruiz",
        "Dear editors,",
        "(with picture)",
        "ana@wire.example",
        "+44 20 1234567",
        "Tel.: 123",
    ],
    &["Ferry strike shuts port", "Contact lost", "(a) (b)"],
);

/// What a first sentence has and a deck does not: a verb of reporting, a day.
pub(in super::super) static REPORTED_SPEECH: Rule = Rule::new(
    "reported speech",
    r"(?i)\b(?: said|told|announced|according\ to|reported|yesterday|today|tonight
        | (?:on|since|until)\ (?:mon|tues|wednes|thurs|fri|satur|sun)day
        | am\ (?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)
        | lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche
        | lunes|martes|miércoles|jueves|viernes|sábado|domingo )\b",
    &["The port shut on Monday.", "It is shut, the union said.", "Der Hafen war am Montag zu."],
    &["Talks are to go on.", "Mondays are quiet."],
);

/// Labels before a headline: `UPDATE 2-`.
pub(in super::super) static LABEL_PREFIX: Rule = Rule::new(
    "label prefix",
    r#"^ (?:\d{1,2}(?:{ordinal}|ST|ND|RD|TH)\s)?
       (?P<word> \p{Lu}[\p{Lu}\-]* (?:\s\p{Lu}{2,})* ) (?:\s+\d{1,2})? \s?
       (?: - (?:\s|\b|[“"‘'*$]) | [–—:]\s ) \s*"#,
    &["UPDATE 2-Talks fail", "1ST LEAD-Talks", "WRAPUP 1-“No deal”", "ANALYSIS: Why", "URGENT - Talks"],
    &["Update 2-Talks", "Talks fail - again"],
);

/// A label on a line of its own.
pub(in super::super) static LABEL_LINE: Rule = Rule::new(
    "label line",
    r"^ [*+=/!\s]* (?:\d{1,2}(?:{ordinal}|ST|ND|RD|TH)\s)?
      (?P<word> \p{L}[\p{L}\-]* (?:\s\p{L}{2,}){0,3}? ) (?:\s+\d{1,2})? [*+=/!:\s.]* $",
    &["URGENT", "*** FLASH ***", "1ST LEAD", "For immediate release"],
    &["Talks fail, he said", "2 and 3"],
);

/// A byline and what it begins with.
pub(in super::super) static BYLINE: Rule = Rule::new(
    "byline",
    r"^\^? (?: By|BY|Von|VON|Por|POR|Par|PAR|Di|Door|Av|Του|Της|От|Автор:?|بقلم|Text(?:\sby|:)|Words(?:\sby|:) )
      \s+ (?:-\s)? (?P<rest>\S.*?) [=<:]? $",
    &["By Ana Ruiz", "^By ANA RUIZ=", "Von Jens Meier, dpa", "Text: Ana Ruiz", "Автор: Анна Руис"],
    &["Byline", "By", "Bypass opens"],
);

/// What separates the names of a byline.
pub(in super::super) static NAME_SEPARATOR: Rule = Rule::new(
    "name separator",
    r"\s+ (?:and|AND|und|et|y|e|og|och|&|και|и|with|und) \s+ | \s*[;/]\s* | ,\s+",
    &["Ana and Bo", "Ana, Bo", "Ana/Bo"],
    &["Ana Ruiz", "Andrea"],
);

/// A word that names a job or a medium, not a person.
pub(in super::super) static JOB: Rule = Rule::new(
    "job",
    r"(?i)\b(?: writers?|correspondents?|reporters?|editors?|staff|columnist|bureau|chief|producer
        | associated\ press|press\ association|media|news|paper|post|times|herald|tribune|gazette|journal|courier
        | chronicle|agency|service|desk|university|korrespondent|redaktion )\b",
    &["AP Sports Writer", "Staff reporter", "The Meridian Paper"],
    &["Ana Ruiz", "Postman"],
);

/// The name of a person: up to five capitalized words, with particles between.
pub(in super::super) static PERSON: Rule = Rule::new(
    "person",
    r"^ (?: (?:(?:Dr|Prof|Sir|Mr|Mrs|Ms)\.?\s)? {name-word} )
      (?: \s (?: (?:de|del|van|von|der|den|da|dos|di|la|el|al|bin|ibn|ten|ter|du|le)\s ){0,2}
          (?:al-|el-|d'|d’|O’|O')? {name-word} ){0,4} $",
    &["Ana Ruiz", "ANA RUIZ", "Dr. Ana de la Ruiz", "Bo O'Neil", "王晓峰"],
    &["noon the port", "Ana ruiz", ""],
);

/// The byline of a Chinese agency, after its dateline.
pub(in super::super) static CHINESE_BYLINE: Rule = Rule::new(
    "Chinese byline",
    r"^[（(] (?: (?:本报|新华社)?记者 | 通讯员 ) \s? (?P<names>[\p{Han}、，,·\s]{2,40}) [）)]",
    &["（记者王晓峰、李珊）中国"],
    &["（记者）", "记者王晓峰"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[
    &ADVISORY,
    &SLUG_LINE,
    &CATCHLINE,
    &DESK_LINE,
    &REPORTED_SPEECH,
    &LABEL_PREFIX,
    &LABEL_LINE,
    &BYLINE,
    &NAME_SEPARATOR,
    &JOB,
    &PERSON,
    &CHINESE_BYLINE,
];
