//! Rules for the shape of copy: where paragraphs start, lists, columns.

use super::Rule;

/// A line that starts a paragraph wherever it is: a bullet, an ANPA mark, a byline, a source line, a sign-off.
pub(in super::super) static PARAGRAPH_START: Rule = Rule::new(
    "paragraph start",
    r"^(?: \^ | ZCZC\b | [%$]\S{1,30} | [a-z]\s[a-z]\s(?:BC|AM|PM)-
        | [•●▪·‣*]\s | [-–]\s+\p{Lu} | \d{1,2}[.)]\s
        | (?:By|BY|Von|VON|Por|Par|Di)\s\p{Lu}
        | (?:Source|SOURCE|Sources|SOURCES)s?:
        | \((?:Reporting|Additional|Editing|Writing)\b
        | ___ )",
    &[
        "^Ferry",
        "• One",
        "- One",
        "2. Two",
        "By Ana Ruiz",
        "Source: AFP",
        "(Reporting by A)",
        "___",
        "r i BC-Ferry",
    ],
    &["By the port", "-one", "2014 was", "(The report)"],
);

/// An item of a list, with its bullet.
pub(in super::super) static BULLET_ITEM: Rule = Rule::new(
    "bullet item",
    r"^ (?P<mark> [•●▪·‣*] | [-–] ) \s* (?P<text>\S.*) $",
    &["• One", "*One", "- One", "–One"],
    &["One", "•"],
);

/// A point above the text: a bullet and a space.
pub(in super::super) static POINT: Rule =
    Rule::new("point", r"^ (?: [•●▪·‣*] | [-–] ) \s+ \S", &["• One", "- One"], &["-One", "One - two"]);

/// An item of a numbered list.
pub(in super::super) static NUMBERED_ITEM: Rule = Rule::new(
    "numbered item",
    r"^ (?P<number>\d{1,3}) [.)] \s+ (?P<text>\S.*) $",
    &["1. One", "12) Twelve"],
    &["1.5 percent", "2014 was"],
);

/// The gap between two columns.
pub(in super::super) static COLUMN_GAP: Rule =
    Rule::new("column gap", r"(?: \ {2,} | \t+\ * )", &["North   3", "North\t3"], &["North 3"]);

/// The border between two sentences.
pub(in super::super) static SENTENCE_END: Rule = Rule::new(
    "sentence end",
    r#"\p{Ll} [.!?] ['”’)]? \s+ ['“‘(]? \p{Lu}"#,
    &["It is shut. The union knew.", "It is shut.” “The union"],
    &["It is shut.", "The U.S. Army", "at 10 a.m. on"],
);

/// The headline or the title of an HTML page.
pub(in super::super) static PAGE_TITLE: Rule = Rule::new(
    "page title",
    r"(?is) <h1\b[^>]*> (?P<head>.*?) </h1> | <title\b[^>]*> (?P<title>.*?) </title>",
    &["<h1>Port <i>shut</i></h1>", "<TITLE>Port</TITLE>"],
    &["<h2>Port</h2>", "<header>"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&PARAGRAPH_START, &BULLET_ITEM, &POINT, &NUMBERED_ITEM, &COLUMN_GAP, &SENTENCE_END, &PAGE_TITLE];
