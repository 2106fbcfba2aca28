//! An article → the notes to editors in it (`TK`, `[check]`, `FIXME`) that readers would see.
//!
//! For `bulletin check` only: work in progress is full of them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::places::ArticleText;
use super::{Article, Content, front_matter, markdown};
use crate::diagnostic::Diagnostic;

/// Words in capitals, words in brackets, question marks for a missing fact, and dummy text.
static NOTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) \b(?:TK)+\b | \bX{3,}\b | \bFIXME\b | \bTODO:
        | \[(?i:(?:check|confirm|fact[\ -]?check|ck|cq|tk|tktk|to\ come|verify|xxx|todo|fixme)\b|\?+)[^\[\]]{0,60}\]
        | (?i:\blorem\s+ipsum\b)
        | \?{2,}",
    )
    .expect("a tested pattern")
});

/// The notes in an article that readers would see, as warnings.
pub fn editors_notes(content: &Content, article: &Article) -> Vec<Diagnostic> {
    // A file that changes meanwhile is checked by the next run.
    let Some(source) = ArticleText::read(content, article).source else { return Vec::new() };
    let body = source.text.get(article.body_start..).unwrap_or_default();
    let in_body = markdown::texts(body).into_iter().flat_map(|span| {
        let found = notes(&body[span.clone()]);
        found.into_iter().map(move |note| span.start + note.start..span.start + note.end)
    });
    let in_body = in_body.map(|note| {
        let place = source.place(article.body_start + note.start..article.body_start + note.end);
        (body[note].to_owned(), place)
    });
    let in_front = match article.front.texts().any(|text| !notes(text).is_empty()) {
        true => front_matter::places::in_texts(&source, &notes),
        false => Vec::new(),
    };
    let warning = |(note, place)| {
        let message = format!("`{note}` looks like a note to the desk, and readers will see it");
        Diagnostic::warning("text/editors-note", message)
            .at(place)
            .help("fill in what is missing, or put it between backticks if readers should see it")
    };
    in_front.into_iter().chain(in_body).map(warning).collect()
}

/// The notes in a text.
fn notes(text: &str) -> Vec<Range<usize>> {
    let is_note = |note: &Range<usize>| {
        let word = &text[note.clone()];
        let before = &text[..note.start];
        let after = text[note.end..].chars().next();
        let last = before.chars().next_back();
        match word.as_bytes().first() {
            // Several marks after a word are an emphatic question.
            Some(b'?') => last.is_none_or(|c| {
                c.is_whitespace() || matches!(c, '(' | '[' | '“' | '"' | '–' | '—' | '$' | '£' | '€')
            }),
            // Flight numbers (`TK 1980`) are not notes.
            Some(b'T') if word == "TK" => {
                let is_number = text[note.end..]
                    .trim_start_matches([' ', '-', '\u{a0}'])
                    .starts_with(|c: char| c.is_ascii_digit());
                !is_number && last != Some('.') && last != Some('-')
            }
            // Roman numerals after a name (`Super Bowl XXX`) are not notes.
            Some(b'X') if word == "XXX" => {
                let name = before.strip_suffix(' ').and_then(|before| before.rsplit(' ').next());
                let is_name = name.is_some_and(|name| {
                    name.starts_with(char::is_uppercase) && name.chars().skip(1).any(char::is_lowercase)
                });
                !is_name && last != Some('-') && after != Some('-') && last != Some('.')
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
    fn notes_are_found_and_other_words_are_not() {
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
