//! A story → the notes that editors left in its text (`TK`, `[check]`, `FIXME`).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::content::{Article, Content, markdown, shown_path, text_of};
use crate::diagnostic::{Diagnostic, Place};

/// Words in capitals, words in brackets, question marks in place of a fact, and dummy text.
static NOTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) \b(?:TK)+\b | \bX{3,}\b | \bFIXME\b | \bTODO:
        | \[(?i:(?:check|confirm|fact[\ -]?check|ck|cq|tk|tktk|to\ come|verify|xxx|todo|fixme)\b|\?+)[^\[\]]{0,60}\]
        | (?i:\blorem\s+ipsum\b)
        | \?{2,}",
    )
    .expect("valid pattern")
});

/// Returns a warning for each note. Reads the source file again.
pub(super) fn editors_notes(content: &Content, article: &Article) -> Vec<Diagnostic> {
    // A file that changes meanwhile is checked by the next run.
    let Some(text) = text_of(content, article) else { return Vec::new() };
    let (head, body) = text.split_at_checked(article.body_start).unwrap_or((&text, ""));
    let front = &article.front;
    let corrections = front.corrections.iter().map(|correction| &correction.text);
    let image = front.image.iter().flat_map(|image| [&image.alt, &image.caption, &image.credit]).flatten();
    let shown =
        [&front.title].into_iter().chain(&front.deck).chain(&front.kicker).chain(image).chain(corrections);
    let mut places = Vec::new();
    for value in shown {
        for note in notes(value) {
            let start = head.find(value.as_str()).map(|at| at + note.start);
            let start = start.or_else(|| head.find(&value[note.clone()])).unwrap_or_default();
            places.push(start..start + note.len());
        }
    }
    let of_body = markdown::texts(body).into_iter().flat_map(|span| {
        let found = notes(&body[span.clone()]);
        found.into_iter().map(move |note| span.start + note.start..span.start + note.end)
    });
    places.extend(of_body.map(|note| head.len() + note.start..head.len() + note.end));
    let warning = |span: Range<usize>| {
        let note = text.get(span.clone()).unwrap_or_default();
        Diagnostic::warning(
            "text/editors-note",
            format!("`{note}` looks like an editor's note, but readers will see it"),
        )
        .at(Place::new(shown_path(&article.path), text.clone(), span))
        .help("replace it with the missing text, or put it in backticks if readers should see it")
    };
    places.into_iter().map(warning).collect()
}

/// Returns the byte ranges of the notes in a text.
fn notes(text: &str) -> Vec<Range<usize>> {
    let is_note = |note: &Range<usize>| {
        let found = &text[note.clone()];
        let before = &text[..note.start];
        let next = text[note.end..].chars().next();
        let last = before.chars().next_back();
        match found.as_bytes().first() {
            // `What??` is an emphatic question; `cost ?? euros` lacks a number.
            Some(b'?') => last.is_none_or(|c| {
                c.is_whitespace() || matches!(c, '(' | '[' | '“' | '"' | '–' | '—' | '$' | '£' | '€')
            }),
            // `TK 1980` is a flight and `Super Bowl XXX` a Roman numeral.
            Some(b'T') if found == "TK" => {
                let is_number = text[note.end..]
                    .trim_start_matches([' ', '-', '\u{a0}'])
                    .starts_with(|c: char| c.is_ascii_digit());
                !is_number && last != Some('.') && last != Some('-')
            }
            Some(b'X') if found == "XXX" => {
                let name = before.strip_suffix(' ').and_then(|before| before.rsplit(' ').next());
                let is_name = name.is_some_and(|name| {
                    name.starts_with(char::is_uppercase) && name.chars().skip(1).any(char::is_lowercase)
                });
                !is_name && last != Some('-') && next != Some('-') && last != Some('.')
            }
            _ => true,
        }
    };
    NOTES.find_iter(text).map(|found| found.range()).filter(is_note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_notes_are_told_apart_from_prose() {
        let found = |text: &str| -> Vec<String> {
            notes(text).into_iter().map(|note| text[note].to_owned()).collect()
        };
        for (text, expected) in [
            ("The mayor, TK, said TKTK people came", vec!["TK", "TKTK"]),
            ("about XXX euros and XXXX more", vec!["XXX", "XXXX"]),
            ("He is 42 [check] or [CHECK AGE] or [tk name]", vec!["[check]", "[CHECK AGE]", "[tk name]"]),
            ("FIXME: who?", vec!["FIXME"]),
            ("TODO: ask", vec!["TODO:"]),
            ("Lorem ipsum dolor", vec!["Lorem ipsum"]),
            ("It cost ?? euros, says (??)", vec!["??", "??"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        for text in [
            "ATK, TKO, HTK, Tk, tk and МТК",
            "flight TK 1980 and TK1980 and TK-12",
            "Super Bowl XXX, xxx, XXX-rated, Vin.XXX",
            "What?? Really?!",
            "[checked] [sic] [the check] [...]",
            "El todo, TODO el mundo",
            "a.TK domain",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
