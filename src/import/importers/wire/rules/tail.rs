//! Rules for the end of copy: sources, end marks, sign-offs, rights, what is not for publication.

use super::Rule;

/// `Source: X, Y`, on its own or after the last sentence.
pub(in super::super) static SOURCE_LINE: Rule = Rule::new(
    "source line",
    r#"(?: ^ | (?P<before> [.!?…”’"'»)\]。] | \s ) \s* )
       (?P<label> (?:Source|SOURCE)(?:s|S|\(s\))? | Quellen?|QUELLEN?|Fuentes?|Fonti?|Fontes?|Bron|Πηγή|Πηγές|Источник|المصدر|来源 )
       \s? [:：] \s* (?P<names>\S.{0,118}?) \s* $"#,
    &["Source: Al Jazeera", "The end.Source: AFP", "Quelle: dpa", "来源：新华社"],
    &["Resource: AFP", "Source AFP"],
);

/// An end mark on a line of its own.
pub(in super::super) static END_MARK: Rule = Rule::new(
    "end mark",
    r"^ (?: -{0,3}\s?30\s?-{0,3} | -\s?0\s?- | \#(?:\s?\#){1,4}
        | [-–—/(\[（=]{0,2}\s? (?i:ends?|ende|fin|fine|fim|schluss|konec|koniec|完|τέλος) \s?[-–—/)\]）=]{0,2}
        | (?i:enditem) | REUTERS? | Reuters?
        | [(\[]?\s?(?i:more|mf|mtf)\s?[)\]]? | [-–—(]{0,2}\s?(?i:more\ to\ (?:come|follow)s?)\s?[-–—.)]{0,3}
        | XXX | xxx | \*\s?\*\s?\* | NNNN | \#END\# | ■ | □ | [•●]
      ) \.? $",
    &["-30-", "###", "# # #", "ENDS", "(ends)", "-ends-", "REUTERS", "MORE", "(more to come)", "■"],
    &["The end", "300", "More ferries"],
);

/// An end mark that may follow a sentence on its line.
pub(in super::super) static GLUED_END_MARK: Rule = Rule::new(
    "glued end mark",
    r"(?: [.!?”’\x22)。]\s* )
      (?P<mark> -\s?30\s?- | \#\s?\#\s?\# | REUTERS?|Reuter | \(?ENDS\)? | \((?i:ends?|ende|schluss|fine?)\)
        | （完）|\(完\) | [（(](?:共同|時事|ロイター|了)[）)] | Enditem | \(MORE\) | -\s?ends\s?- | /END/ | ■ ) \.? $",
    &["It is shut. REUTER", "It is shut. -30-", "It is shut.(ends)", "終わった。（共同）"],
    &["It is shut", "the REUTERS", "He works for Reuters."],
);

/// An agency's signature, after the last sentence or on a line of its own.
pub(in super::super) static SIGNATURE: Rule = Rule::new(
    "signature",
    r"(?: ^ | [.!?”’\x22)]\s+ )
      (?P<mark> (?P<open> [(\[] | -- | == )? \s? (?:\p{L}{2,4},\s)?
        (?P<who>\p{L}[\p{L}-]+?) (?P<desk> (?: (?:/|\s)\p{L}{2,4} ){0,6} ) [)\]]? ) \.? $",
    &[
        "It is shut. (ANSA).",
        "It is shut. (KVH, Belga)",
        "PTI ADU ARS",
        "--IANS",
        "==Kyodo",
        "dpa/lno rab",
        "AAP bg/tw",
    ],
    &["It is shut, he said.", "12"],
);

/// A sign-off: who reported, wrote, edited or translated.
pub(in super::super) static SIGN_OFF: Rule = Rule::new(
    "sign-off",
    r"^ [(\[]? \s* (?:
          (?i: (?:additional\ |further\ )?
              (?:reporting|writing|editing|translation|translating|compiled|written|edited|contributed|production)
              (?:\ and\ (?:writing|editing|reporting))? (?:\ assistance)? \ by ) \s
        | (?i: with\ (?:reporting|files|additional\ reporting|inputs?)\ (?:by|from) ) \s
        | (?i: editing\ by|writing\ by )
      ) (?P<rest>.{2,400}?) [)\].]* $",
    &["(Reporting by Ana Ruiz; Editing by Bo Lind)", "With inputs from PTI", "Written by Ana Ruiz"],
    &["Reporting was hard", "By Ana Ruiz"],
);

/// The reporters that a sign-off names.
pub(in super::super) static REPORTERS: Rule = Rule::new(
    "reporters",
    r"^ [(\[]? \s* (?i: reporting(?:\ and\ writing)?\ by ) \s+ (?P<names>[^;)\]]{2,160})",
    &["(Reporting by Ana Ruiz and Bo Lind; Editing by Cy Ode)", "Reporting and writing by Ana Ruiz"],
    &["Editing by Bo Lind", "Additional reporting by Ana Ruiz"],
);

/// The initials of the reporters and editors.
pub(in super::super) static INITIALS: Rule = Rule::new(
    "initials",
    r"^(?: [a-zäöü]{2,5} (?:[/\-+][a-zäöü]{1,5}){1,5} /? (?:[\ /](?:[A-Z]{2,4}|\d{4}))*
        | dpa\ [a-z]{1,4} (?:\ [a-z0-9]{1,4}){1,4} )$",
    &["str/xyz", "ab-cd/ef", "mm/pb", "dpa ab cd e1"],
    &["Ab/cd", "harbour", "well-meaning"],
);

/// A line that opens what is not for publication.
pub(in super::super) static NOT_FOR_PUBLICATION: Rule = Rule::new(
    "not for publication",
    r"^(?: \W{0,3} (?i:
            (?:the\ following|this)\ (?:information|text|section)? .{0,40} not\ (?:intended\ )?for\ publication
          | not\ for\ publication\b
          | (?:die\ )? (?:folgenden|nachfolgenden)\ informationen\ sind\ nicht\ zur\ ver
          | notizblock
          | editor['’]?s?['’]?\ ?notes?\b | notes?\ (?:to|for)\ editors?
          | (?:media|press)\ (?:contacts?|inquiries|enquiries)\b | contacts?\s?:
          | for\ (?:more|further)\ information,?\ (?:please\ )?(?:contact|call|visit|see)
          | about\ (?:the\ )?\p{L}+\ ?:?$
          | internet:\  )
        | \#{1,3}\s? (?i: (?:dpa-)?notizblock|notebook|notepad|notes|contacts?|kontakte?|redaktion|ansprechpartner
          | internet|service|links|orte? )
        | -{2}\s*$ )",
    &[
        "The following information is not for publication",
        "Not for publication",
        "Editors' notes",
        "Press contact Ana Ruiz",
        "For more information, contact the port",
        "About Meridian:",
        "# Notizblock",
        "--",
    ],
    &["About the port, he said little", "The press met", "Contact was lost"],
);

/// A correction or clarification that readers see under the text.
pub(in super::super) static CORRECTION_NOTICE: Rule = Rule::new(
    "correction notice",
    r"^(?: [(\[]?\s* (?i:correction|clarification|corrected|editor['’]s\ note|update)\b .{0,60}? [:—–-]\s* .{10,}
        | .{0,80}\b (?i: (?:earlier|previous)\ version\ of\ this\ (?:story|article|report|item) )\b .* )$",
    &["Correction: the ferry is blue.", "An earlier version of this story named another port."],
    &["Corrections are due", "The earlier version"],
);

/// A notice of copyright.
pub(in super::super) static RIGHTS: Rule = Rule::new(
    "rights",
    r"^(?: © | \(c\) | \(C\) | Copyright\b ) \s* (?:©\s*|\(c\)\s*)? (?:\d{4}(?:[-–]\d{2,4})?,?\s*)?
      (?:by\s+)? (?P<who>[^.,]{2,60})? .{0,200} $",
    &["© 2024 AFP", "Copyright 2024 by Reuters. All rights reserved.", "(c) dpa"],
    &["The copyright", "Copyrighted"],
);

/// A line that credits agencies.
pub(in super::super) static CREDIT_LINE: Rule = Rule::new(
    "credit line",
    r"^(?: [-–—]{1,2}\s* | [(\[] )? (?i: with\s+|from\s+|by\s+ )? (?P<who>[\p{L}][\p{L}\-./&,\ ]{1,48}?) [)\]]? $",
    &["- AP", "— with AFP", "(AFP, AP)"],
    &["2 ferries", "The port: shut"],
);

/// What separates the names of sources.
pub(in super::super) static SOURCE_SEPARATOR: Rule = Rule::new(
    "source separator",
    r"\s* (?: [,;|،、+] | \s(?:and|und|et|y|και|и|و)\s | \s?/\s? | \s&\s ) \s*",
    &["AFP, AP", "AFP and AP", "AFP/AP", "AFP & AP"],
    &["AFP", "Andina"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[
    &SOURCE_LINE,
    &END_MARK,
    &GLUED_END_MARK,
    &SIGNATURE,
    &SIGN_OFF,
    &REPORTERS,
    &INITIALS,
    &NOT_FOR_PUBLICATION,
    &CORRECTION_NOTICE,
    &RIGHTS,
    &CREDIT_LINE,
    &SOURCE_SEPARATOR,
];
