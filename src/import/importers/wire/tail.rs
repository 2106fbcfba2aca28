//! The end of copy: sources, sign-offs, end marks, and what is not for publication.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agencies::is_agency;
use super::flow::Flow;
use super::found::{Author, Caption, Found, Part, When};
use super::labels::Label;
use super::layout::Block;
use super::{byline, caption, header, labels};
use crate::import::Confidence;

/// Most paragraphs that are looked at from the end.
const DEEPEST: usize = 40;

/// `Source: X, Y`, on its own or behind the last sentence.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|(?P<before>[.!?…”’"'»)\]。]|\s)\s*)(?P<label>(?:Source|SOURCE)(?:s|S|\(s\))?|Quellen?|QUELLEN?|Fuentes?|Fonti?|Fontes?|Bron|Πηγή|Πηγές|Источник|المصدر|来源)\s?[:：]\s*(?P<names>\S.{0,118}?)\s*$"#)
        .expect("a pattern that is tested")
});
static END_MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) ^ (?: -{0,3}\s?30\s?-{0,3} | -\s?0\s?- | \#(?:\s?\#){1,4}
        | [-–—/(\[（=]{0,2}\s? (?i:ends?|ende|fin|fine|fim|schluss|konec|koniec|完|τέλος) \s?[-–—/)\]）=]{0,2}
        | (?i:enditem) | REUTERS? | Reuters? | [(\[]?\s?(?i:more|mf|mtf)\s?[)\]]? | [-–—(]{0,2}\s?(?i:more\ to\ (?:come|follow)s?)\s?[-–—.)]{0,3}
        | XXX | xxx | \*\s?\*\s?\* | NNNN | \#END\# | ■ | □ | [•●] ) \.? $",
    )
    .expect("a pattern that is tested")
});
/// An end mark that may stand behind a sentence; others must stand alone.
static GLUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:[.!?”’\x22)。]\s*)(?P<mark>-\s?30\s?-|#\s?#\s?#|REUTERS?|Reuter|\(?ENDS\)?|\((?i:ends?|ende|schluss|fine?)\)|（完）|\(完\)|[（(](?:共同|時事|ロイター|了)[）)]|Enditem|\(MORE\)|-\s?ends\s?-|/END/|■)\.?$").expect("a pattern that is tested")
});
/// Who sent it, behind the last sentence or on a line: `(ANSA).`, `(KVH, Belga)`, `PTI ADU ARS`, `--IANS`, `==Kyodo`, `dpa/lno rab`, `AAP bg/tw`.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[.!?”’\x22)]\s+)(?P<mark>(?P<open>[(\[]|--|==)?\s?(?:\p{L}{2,4},\s)?(?P<who>\p{L}[\p{L}-]+?)(?P<desk>(?:(?:/|\s)\p{L}{2,4}){0,6})[)\]]?)\.?$").expect("a pattern that is tested")
});
/// `14-OTT-25 08:12 NNNN`, `YQX-PF/`, `Keywords: …`, and other marks of systems.
static SYSTEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?P<when>\d{1,2}-\p{L}{3}-\d{2,4}\s+\d{1,2}:\d{2})(?:\s+NNNN)?|[A-Z]{2,4}-[A-Z]{2,4}/?|\^?[A-Z]{2}-[A-Z]{2,3}-\d{2}-\d{2}-\d{2,4}\s+\d{4}GMT<?|\d{6}\s+(?:GMT\s+)?\p{L}{3}\s+\d{2,4}|Keywords?:.{2,120}|(?i:our standards:).{0,80}|\(\(.{2,300}\)\)|\^.{0,80}<|\((?i:schluss|ende?|fine?)\)\s+[a-z]{2,4}(?:/[a-z]{2,4})*|[A-Z]{2,4}(?:\s[A-Z]{2,4}){0,3}|(?i:read more:?|click here|tags?:|follow us).{0,120})$")
        .expect("a pattern that is tested")
});
static SIGN_OFF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[(\[]?\s*(?:(?i:(?:additional |further )?(?:reporting|writing|editing|translation|translating|compiled|written|edited|contributed|production)(?: and (?:writing|editing|reporting))?(?: assistance)? by)\s|(?i:with (?:reporting|files|additional reporting|inputs?) (?:by|from))\s|(?i:editing by|writing by))(?P<rest>.{2,400}?)[)\].]*$")
        .expect("a pattern that is tested")
});
static REPORTING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[(\[]?\s*(?i:reporting(?: and writing)? by)\s+(?P<names>[^;)\]]{2,160})")
        .expect("a pattern that is tested")
});
/// `str/xyz`, `ab-cd/ef`, `mm/pb`
static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[a-zäöü]{2,5}(?:[/\-+][a-zäöü]{1,5}){1,5}/?(?:[ /](?:[A-Z]{2,4}|\d{4}))*|dpa [a-z]{1,4}(?: [a-z0-9]{1,4}){1,4})$").expect("a pattern that is tested")
});
static NOT_FOR_READERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\W{0,3}(?i:(?:the following|this) (?:information|text|section)?.{0,40}not (?:intended )?for publication|not for publication\b|(?:die )?(?:folgenden|nachfolgenden) informationen sind nicht zur ver|notizblock|editor['’]?s?['’]? ?notes?\b|notes? (?:to|for) editors?|(?:media|press) (?:contacts?|inquiries|enquiries)\b|contacts?\s?:|for (?:more|further) information,? (?:please )?(?:contact|call|visit|see)|about (?:the )?\p{L}+ ?:?$|internet: )|#{1,3}\s?(?i:(?:dpa-)?notizblock|notebook|notepad|notes|contacts?|kontakte?|redaktion|ansprechpartner|internet|service|links|orte?)|-{2}\s*$)")
        .expect("a pattern that is tested")
});
/// A correction that readers are told of under the text.
static EARLIER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[(\[]?\s*(?i:correction|clarification|corrected|editor['’]s note|update)\b.{0,60}?[:—–-]\s*.{10,}|.{0,80}\b(?i:(?:earlier|previous) version of this (?:story|article|report|item))\b.*)$").expect("a pattern that is tested")
});
static RIGHTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:©|\(c\)|\(C\)|Copyright\b)\s*(?:©\s*|\(c\)\s*)?(?:\d{4}(?:[-–]\d{2,4})?,?\s*)?(?:by\s+)?(?P<who>[^.,]{2,60})?.{0,200}$").expect("a pattern that is tested")
});
/// `- AP`, `— with AFP`
static CREDIT_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:[-–—]{1,2}\s*|[(\[])?(?i:with\s+|from\s+|by\s+)?(?P<who>[\p{L}][\p{L}\-./&, ]{1,48}?)[)\]]?$",
    )
    .expect("a pattern that is tested")
});

/// Takes off the end of copy whatever is no text for readers.
pub(super) fn peel(blocks: &mut Vec<Block>, found: &mut Found) {
    embargoes(blocks, found);
    not_for_readers(blocks, found);
    // One thing may stand behind another, so it goes on until nothing was found.
    for _ in 0..DEEPEST {
        let Some(block) = blocks.last() else { return };
        // One line is the story.
        if blocks.len() == 1 && block.lines.len() == 1 && !SOURCE.is_match(block.text()) {
            return;
        }
        if !peel_one(blocks, found) {
            return;
        }
    }
}

/// All that is behind a line that says it is not for publication, or behind an end mark.
fn not_for_readers(blocks: &mut Vec<Block>, found: &mut Found) {
    more_marks(blocks, found);
    // Before it is a text, not only a head.
    let weight = |block: &Block| match super::layout::ends_sentence(block.text()) {
        true if block.text().chars().count() > 60 => 2,
        is_sentence => usize::from(is_sentence),
    };
    let mut before = 0;
    let from = blocks.iter().position(|block| {
        let text = block.text();
        let is_one = NOT_FOR_READERS.is_match(text) && text.len() < 300
            || END_MARK.is_match(text) && !is_divider(text);
        let is_behind = before > 1;
        before += weight(block);
        is_one && is_behind
    });
    let Some(from) = from else { return };
    let rest: Vec<Block> = blocks.drain(from..).collect();
    // `Source:` and the like may stand behind it.
    let mut rest = rest;
    while let Some(last) = rest.last() {
        let text = last.text();
        if SOURCE.is_match(text) || END_MARK.is_match(text) {
            let mut one = vec![rest.remove(rest.len() - 1)];
            if !peel_one(&mut one, found) {
                rest.extend(one);
                break;
            }
        } else {
            break;
        }
    }
    for block in rest {
        let is_mark = END_MARK.is_match(block.text());
        if SYSTEM.is_match(block.text()) {
            system(&block.flow, found);
        } else if RIGHTS.is_match(block.text()) && block.text().len() < 300 {
            rights(&block.flow, found);
        } else if is_mark || block.text() == "--" {
            found.take(block.flow.whole(), "left-out");
        } else {
            found.note(&block.flow);
        }
    }
}

/// Lines about an embargo, wherever they stand: none is to be passed over.
fn embargoes(blocks: &mut Vec<Block>, found: &mut Found) {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^[(\[*\s]* (?:(?i:editors?|attention|note|desks?|note\ to\ editors|achtung)\s?[:,–—-]\s*)? (?P<line>
              (?i:(?:strict(?:ly)?\ |under\ |sous\ |bajo\ |unter\ )*(?:embargo(?:ed|ado)?|эмбарго|sperrfrist|εμπάργκο)) (?: \s?[:–—-].* | \s(?i:until|till|to|for|before|hasta|jusqu|bis|до|fino|μέχρι).* )
            | (?i:(?:for\ )?release(?:\ date|\ time)?)\s?:\s*.*\d.*
            | .*(?i:\bunder\ (?:strict\ )?embargo\b|\bembargoed\ (?:until|till|for|to)\b|\bhold\ for\ release\b|\bnot\ for\ (?:publication|release|broadcast)\ (?:before|until)\b).*
            )$",
        )
        .expect("a pattern that is tested")
    });
    blocks.retain(|block| {
        let text = block.text();
        let Some(line) =
            LINE.captures(text).and_then(|captures| captures.name("line")).filter(|_| text.len() <= 200)
        else {
            return true;
        };
        let when = match labels::line(line.as_str()) {
            Some(Label::Embargo(when)) => line.start() + when.start..line.start() + when.end,
            _ => line.range(),
        };
        let part = found.part(&block.flow, when, "embargo", Confidence::Explicit);
        found.embargoes.push(part);
        false
    });
}

/// `MORE` and `mf` at the end of a page: the text goes on behind them.
fn more_marks(blocks: &mut Vec<Block>, found: &mut Found) {
    blocks.retain(|block| {
        let word = block.text().trim_matches(['(', ')', '-', ' ']);
        let is_mark = matches!(word, "MORE" | "more" | "mf" | "MF" | "mtf" | "MTF");
        if is_mark {
            found.take(block.flow.whole(), "left-out");
        }
        !is_mark
    });
}

/// Marks that part sections as well as ending texts.
fn is_divider(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '*' | ' ' | '#')) && !text.contains('#')
}

/// Takes one thing off the end, if there is one.
fn peel_one(blocks: &mut Vec<Block>, found: &mut Found) -> bool {
    let Some(block) = blocks.last() else { return false };
    let flow = block.flow.clone();
    if mark(&flow, found) {
        blocks.pop();
        return true;
    }
    let start =
        glued(&flow, found).or_else(|| signed(&flow, blocks.len(), found)).or_else(|| sources(&flow, found));
    if let Some(start) = start {
        return cut(blocks, start);
    }
    // A headline and a paragraph are a story.
    let is_behind = blocks.len() > 2;
    if is_behind && found.correction.is_none() && EARLIER.is_match(flow.text()) {
        let kind = if flow.text().to_lowercase().contains("clarif") { "clarification" } else { "correction" };
        found.correction = Some((kind, part(&flow, 0..flow.text().len(), Confidence::Explicit)));
        found.told = blocks.pop();
        return true;
    }
    let is_taken = is_behind && (byline(&flow, found) || picture(&flow, found)) || noted(&flow, found);
    if is_taken {
        blocks.pop();
    }
    is_taken
}

/// An end mark, a rule, a mark of a system.
fn mark(flow: &Flow, found: &mut Found) -> bool {
    let text = flow.text();
    if SYSTEM.is_match(text) {
        system(flow, found);
        return true;
    }
    if !END_MARK.is_match(text) && !super::layout::is_rule(text) {
        return false;
    }
    let name = text.trim_end_matches('.');
    if is_agency(name) {
        found.signed.push(part(flow, 0..name.len(), Confidence::Explicit));
    }
    found.take(flow.whole(), "left-out");
    true
}

/// An end mark behind the last sentence; gives where the rest ends.
fn glued(flow: &Flow, found: &mut Found) -> Option<usize> {
    let text = flow.text();
    let mark = GLUED.captures(text)?.name("mark")?;
    let name = mark.as_str().trim_matches(['（', '(', '）', ')']);
    if is_agency(name) {
        let start = mark.start() + mark.as_str().find(name).unwrap_or_default();
        found.signed.push(part(flow, start..start + name.len(), Confidence::Explicit));
    }
    found.take(flow.source(mark.start()..text.len()), "left-out");
    Some(mark.start())
}

/// `Source: …`; gives where the rest ends.
fn sources(flow: &Flow, found: &mut Found) -> Option<usize> {
    let captures = SOURCE.captures(flow.text())?;
    let (label, names) = (captures.name("label")?, captures.name("names")?);
    if !is_source_line(names.as_str(), label.start() == 0) {
        return None;
    }
    for name in list(names.as_str(), names.start()).into_iter().rev() {
        let part = found.part(flow, name, "source", Confidence::Explicit);
        found.sources.insert(0, part);
    }
    Some(label.start())
}

/// What is for the desk: sign-offs, rights, credits, notes in brackets.
fn noted(flow: &Flow, found: &mut Found) -> bool {
    let text = flow.text();
    let is_in_brackets = text.starts_with(['(', '[']) && text.ends_with([')', ']']);
    if SIGN_OFF.is_match(text) || INITIALS.is_match(text) {
        sign_off(flow, found);
    } else if RIGHTS.is_match(text) && text.len() < 300 {
        rights(flow, found);
    } else if is_in_brackets && is_bracketed_note(text) {
        found.note(flow);
    } else {
        return text.len() <= 60 && credit_line(flow, found);
    }
    true
}

/// Cuts the last paragraph; nothing stays of it if it starts there.
fn cut(blocks: &mut Vec<Block>, at: usize) -> bool {
    let Some(block) = blocks.last_mut() else { return false };
    block.keep(0..at);
    if block.flow.is_empty() {
        blocks.pop();
    }
    true
}

/// Takes who sent it off the end; gives where the rest ends.
fn signed(flow: &Flow, blocks: usize, found: &mut Found) -> Option<usize> {
    let text = flow.text();
    let captures = SIGNED.captures(text)?;
    let (mark, who) = (captures.name("mark")?, captures.name("who")?);
    let is_line = mark.start() == 0;
    let desk = captures.name("desk").map_or("", |desk| desk.as_str());
    let is_marked = captures.name("open").is_some();
    // `He works for AP` ends a sentence; `PTI ADU ARS` does not.
    let is_sign = if is_line {
        blocks > 1
    } else {
        is_marked || !desk.is_empty() && desk.chars().all(|c| !c.is_lowercase())
    };
    if !is_sign || !is_agency(who.as_str()) || is_line && !is_marked && desk.is_empty() {
        return None;
    }
    let agency = found.part(flow, who.range(), "source", Confidence::Explicit);
    found.signed.push(agency);
    Some(mark.start())
}

/// Marks of systems: what tells a time is kept as one.
fn system(flow: &Flow, found: &mut Found) {
    let text = flow.text();
    let when = SYSTEM.captures(text).and_then(|captures| captures.name("when")).map(|when| when.range());
    if text.starts_with("((") || text.starts_with("Keyword") {
        return found.note(flow);
    }
    if let Some(when) = when
        && let Some(local) = header::local_time(&text[when.clone()])
    {
        found.when.push((When::Exact(local), flow.source(when)));
    } else {
        header::sent(text, flow, found);
    }
    found.take(flow.whole(), "left-out");
}

/// Whether what is behind `Source:` are names, not a sentence.
fn is_source_line(names: &str, is_alone: bool) -> bool {
    let words: Vec<&str> = names.split_whitespace().collect();
    let small = words.iter().filter(|word| word.starts_with(char::is_lowercase) && word.len() > 3).count();
    let ends = names.ends_with(['.', '!', '?']) && !names.ends_with("Inc.") && words.len() > 5;
    let names_agency = list(names, 0).iter().any(|name| names.get(name.clone()).is_some_and(is_agency));
    !ends && (small * 3 <= words.len() || is_alone && (words.len() <= 4 || names_agency))
}

/// `Al Jazeera, News Agencies` → the ranges of the names.
fn list(text: &str, base: usize) -> Vec<Range<usize>> {
    static GAP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\s*(?:[,;|،、+]|\s(?:and|und|et|y|και|и|و)\s|\s?/\s?|\s&\s)\s*")
            .expect("a pattern that is tested")
    });
    let mut names = Vec::new();
    let mut at = 0;
    for gap in GAP.find_iter(text) {
        names.push(at..gap.start());
        at = gap.end();
    }
    names.push(at..text.trim_end_matches(['.', ' ', ')']).len().max(at));
    let names = names.into_iter().filter(|name| !name.is_empty());
    names.map(|name| base + name.start..base + name.end).collect()
}

fn part(flow: &Flow, range: Range<usize>, sure: Confidence) -> Part {
    let part = flow.part(range);
    Part { text: part.text().to_owned(), span: part.whole(), sure }
}

/// `(Reporting by A; Editing by B)`: a note to the desk, and the byline if there is no other.
fn sign_off(flow: &Flow, found: &mut Found) {
    let text = flow.text();
    let names = REPORTING.captures(text).and_then(|captures| captures.name("names"));
    if let Some(names) = names {
        let byline = byline::names(names.as_str().trim_end_matches(['.', ' ']), names.start());
        for name in byline.into_iter().flat_map(|byline| byline.names) {
            found.reporters.push(Author { name: part(flow, name, Confidence::Explicit) });
        }
    }
    let with = text.to_lowercase();
    if let Some(rest) = SIGN_OFF.captures(text).and_then(|captures| captures.name("rest"))
        && with.trim_start_matches(['(', '[']).starts_with("with ")
    {
        for name in list(rest.as_str(), rest.start()) {
            let name = part(flow, name, Confidence::Explicit);
            if is_agency(&name.text) {
                found.signed.push(name);
            }
        }
    }
    found.note(flow);
}

/// A byline under the text.
fn byline(flow: &Flow, found: &mut Found) -> bool {
    let Some(byline) = byline::find(flow.text()).filter(|_| found.authors.is_empty()) else { return false };
    for name in byline.names {
        let name = found.part(flow, name, "authors", Confidence::Explicit);
        found.authors.push(Author { name });
    }
    if let Some(body) = byline.body {
        found.employer(flow, body);
    }
    true
}

/// A caption with its credit under the text.
fn picture(flow: &Flow, found: &mut Found) -> bool {
    let Some(words) = caption::find(flow.text()) else { return false };
    if words.credit.is_none() || flow.text().ends_with(']') && !words.is_marked {
        return false;
    }
    let caption = words.caption.map(|range| found.part(flow, range, "image.caption", Confidence::Positional));
    let credit = words.credit.map(|range| found.part(flow, range, "image.credit", Confidence::Explicit));
    found.captions.insert(0, Caption { caption, credit });
    true
}

fn rights(flow: &Flow, found: &mut Found) {
    let who = RIGHTS.captures(flow.text()).and_then(|captures| captures.name("who"));
    if let Some(who) = who.filter(|who| is_agency(who.as_str())) {
        let part = part(flow, who.range(), Confidence::Explicit);
        found.signed.push(part);
    }
    found.note(flow);
}

/// `- AP` at the end: who sent it.
fn credit_line(flow: &Flow, found: &mut Found) -> bool {
    let text = flow.text();
    let Some(who) = CREDIT_LINE.captures(text).and_then(|captures| captures.name("who")) else {
        return false;
    };
    let names = list(who.as_str(), who.start());
    if names.is_empty() || !names.iter().all(|name| text.get(name.clone()).is_some_and(is_agency)) {
        return false;
    }
    for name in names {
        let part = found.part(flow, name, "source", Confidence::Explicit);
        found.signed.push(part);
    }
    true
}

/// Whether a paragraph in brackets at the end speaks to the desk.
fn is_bracketed_note(text: &str) -> bool {
    let inner = text.trim_matches(['(', ')', '[', ']']);
    let first = inner.split([' ', ':']).next().unwrap_or_default().to_lowercase();
    let marks = [
        "eds",
        "editors",
        "editor",
        "note",
        "$1",
        "1",
        "reporting",
        "graphic",
        "for",
        "click",
        "see",
        "writing",
        "editing",
        "additional",
        "refiles",
        "corrects",
        "adds",
        "updates",
        "this",
    ];
    let is_contact = inner.contains("newsroom")
        || inner.contains('@')
        || inner.contains("+") && inner.matches(|c: char| c.is_ascii_digit()).count() > 6;
    text.len() < 400 && is_contact || text.len() < 400 && marks.contains(&&*first) && !inner.contains("said")
}

#[cfg(test)]
mod tests {
    use super::super::layout::blocks;
    use super::*;

    fn peeled(copy: &str) -> (Vec<String>, Found) {
        let mut found = Found::default();
        let mut blocks = blocks(copy, 0..copy.len());
        peel(&mut blocks, &mut found);
        (blocks.iter().map(|block| block.text().to_owned()).collect(), found)
    }

    fn texts(parts: &[Part]) -> Vec<&str> {
        parts.iter().map(|part| &*part.text).collect()
    }

    #[test]
    fn a_source_line_is_found_even_when_it_is_glued_to_the_last_sentence() {
        for end in [
            "The end.\n\nSource: Al Jazeera, News Agencies",
            "The end.Source: Al Jazeera, News Agencies",
            "The end. SOURCES: Al Jazeera and News Agencies\n",
        ] {
            let (blocks, found) = peeled(&format!("Headline\n\nThe port is shut.\n\n{end}"));
            assert_eq!(blocks, ["Headline", "The port is shut.", "The end."], "{end}");
            assert_eq!(texts(&found.sources), ["Al Jazeera", "News Agencies"], "{end}");
        }
        let (blocks, found) =
            peeled("A\n\nB b.\n\nSource: the report says that nobody knew what the port had done by then.");
        assert_eq!((blocks.len(), found.sources.len()), (3, 0));
    }

    #[test]
    fn sign_offs_and_end_marks_are_taken_off() {
        let (blocks, found) = peeled(
            "A\n\nB b.\n\nThe end. REUTER\n\n(Reporting by Ana Ruiz in Athens and Bo Lind; Editing by Cy Ode)\n",
        );
        assert_eq!(blocks, ["A", "B b.", "The end."]);
        let names: Vec<&str> = found.reporters.iter().map(|author| &*author.name.text).collect();
        assert_eq!(names, ["Ana Ruiz", "Bo Lind"]);
        assert_eq!(texts(&found.signed), ["REUTER"]);
        for mark in
            ["-30-", "###", "# # #", "ENDS", "(ends)", "-ends-", "MORE", "xyz/abc", "© 2024 AFP", "- AP"]
        {
            let (blocks, _) = peeled(&format!("A\n\nB b.\n\nThe end.\n\n{mark}\n"));
            assert_eq!(blocks, ["A", "B b.", "The end."], "{mark}");
        }
    }

    #[test]
    fn what_is_not_for_publication_goes_to_the_desk() {
        let copy = "A\n\nB b.\n\nThe end.\n\nThe following information is not for publication\n\nContact: Desk, 123\n\nSource: AFP";
        let (blocks, found) = peeled(copy);
        assert_eq!(blocks, ["A", "B b.", "The end."]);
        assert_eq!(found.notes.len(), 2);
        assert_eq!(texts(&found.sources), ["AFP"]);
    }

    #[test]
    fn a_story_is_not_eaten_up() {
        for copy in ["ENDS", "Source: AFP x", "More", "Reuters"] {
            assert_eq!(peeled(copy).0.len(), usize::from(!copy.starts_with("Source")), "{copy}");
        }
    }
}
