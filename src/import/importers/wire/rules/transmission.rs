//! Rules for what transmission adds to copy: headers, trailers, mail headers, page headers and marks of systems.

use super::Rule;

/// The border between two stories of one transmission: the end of one (`NNNN`, ETX) and the start of the next (`ZCZC`, SOH).
pub(in super::super) static STORY_BORDER: Rule = Rule::new(
    "story border",
    r"(?: \nNNNN [^\S\n]* \n\s* | \x03 [^\x01\x02\x16]{0,200}? )
      (?P<next> ZCZC | [\x01\x16] )",
    &["Text.\nNNNN\n\nZCZC AB2", "\u{2}b\u{3}\n\u{1}c"],
    &["NNNN is a word", "NNNN\n"],
);

/// The header of IPTC 7901.
pub(in super::super) static IPTC_HEADER: Rule = Rule::new(
    "IPTC 7901 header",
    r"^ {control}* (?P<source>[A-Za-z]{2,5}) \s? (?P<number>\d{3,5})
      \s+ (?P<priority>[1-9]) \s+ (?P<category>[A-Za-z]{1,4}) \s+ (?P<words>\d{1,5})\b (?P<rest>[^\n]{0,60})",
    &["\u{1}xyz0007 4 s 850 dpa-tns 0908", "ecp0007 4 s 850"],
    &["Ferry 2 sails at 4", "ecp0007 s 850"],
);

/// The header of ANPA 1312.
pub(in super::super) static ANPA_HEADER: Rule = Rule::new(
    "ANPA 1312 header",
    r"^ {control}* [a-z]\s?\d{3,4} {control}*
      (?: (?P<priority>[fubrdz]) {control}+ (?P<category>[a-z])\b )? [^\n]{0,80}",
    &["\u{16}\u{16}\u{1}z6715\u{1f}\nBC-Ferry", "a0123\nr i"],
    &["Ferry 0123", "a12"],
);

/// When copy was sent, in the trailer of either standard.
pub(in super::super) static TRAILER_TIME: Rule = Rule::new(
    "trailer time",
    r"(?P<m>\d{2})-(?P<d>\d{2})-(?P<y>\d{2,4}) \ + (?P<h>\d{2}):?(?P<min>\d{2}) \ ? (?:GMT|UTC|Z)
    | (?P<d2>\d{2})(?P<h2>\d{2})(?P<min2>\d{2}) \ * (?:GMT|UTC|Z)? \ * (?P<mon>\p{L}{3}) \ + (?P<y2>\d{2,4})",
    &["AP-WF-02-20-16 0337GMT", "121030 Sep 14", "201014 GMT Jan 2024"],
    &["02-20-16", "0337GMT"],
);

/// A field of a mail header.
pub(in super::super) static MAIL_FIELD: Rule = Rule::new(
    "mail field",
    r"^(?i) (?P<name>
          from|to|cc|bcc|subject|date|sent|reply-to|message-id|received|mime-version|content-[a-z-]+|x-[a-z-]+
        | return-path|importance|delivered-to|list-[a-z]+|von|an|betreff|gesendet|objet|de|asunto
      ) : \s* (?P<value>\S.*)? $",
    &["From: Desk <desk@wire.example>", "Subject:", "Betreff: Hafen", "X-Mailer: m"],
    &["Note: this", "From the desk"],
);

/// The header of a printed page, which may interrupt a sentence.
pub(in super::super) static PAGE_HEADER: Rule = Rule::new(
    "page header",
    r"^(?: (?:[\p{Lu}\d][\p{Lu}\d:./-]*\s+){0,8} PAGE | (?i:page|seite|página) )
      \s+\d{1,3} (?:\s(?i:of)\s\d{1,3})? $",
    &["PAGE 2", "BC-FERRY 2ND LD PAGE 3", "Seite 4", "page 1 of 3"],
    &["Page two", "The page 2"],
);

/// A line that an editing system adds: its time, its keywords, its operators.
pub(in super::super) static SYSTEM_LINE: Rule = Rule::new(
    "system line",
    r"^(?: (?P<when> \d{1,2}-\p{L}{3}-\d{2,4} \s+ \d{1,2}:\d{2} ) (?:\s+NNNN)?
        | [A-Z]{2,4}-[A-Z]{2,4}/?
        | \^? [A-Z]{2}-[A-Z]{2,3}-\d{2}-\d{2}-\d{2,4} \s+ \d{4}GMT <?
        | \d{6} \s+ (?:GMT\s+)? \p{L}{3} \s+ \d{2,4}
        | Keywords?: .{2,120}
        | (?i:our\ standards:) .{0,80}
        | \(\( .{2,300} \)\)
        | \^ .{0,80} <
        | \( (?i:schluss|ende?|fine?) \) \s+ [a-z]{2,4} (?:/[a-z]{2,4})*
        | [A-Z]{2,4} (?:\s[A-Z]{2,4}){0,3}
        | (?i:read\ more:?|click\ here|tags?:|follow\ us) .{0,120}
      )$",
    &[
        "14-OTT-25 08:12 NNNN",
        "YQX-PF/",
        "AP-WF-02-20-16 0337GMT<",
        "Keywords: ferry, strike",
        "((Desk: 1234))",
        "(Schluss) ab/cd",
        "PTI ADU",
        "Read more: the ferry",
    ],
    &["The end.", "Ferries sailed", "Harbour"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&STORY_BORDER, &IPTC_HEADER, &ANPA_HEADER, &TRAILER_TIME, &MAIL_FIELD, &PAGE_HEADER, &SYSTEM_LINE];
