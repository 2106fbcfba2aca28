//! Decides whether the rules for English names apply to a story.

use super::lexicon::Class;
use super::tokens::{Copy, Shape, Style};

/// Whether a story is in English and capitalizes only names.
///
/// It counts the frequent words of English and of other languages, and capitals: German has them for all nouns, tables everywhere.
pub(super) fn has_english_names(copy: &Copy<'_>) -> bool {
    if !is_mostly_latin(copy) {
        return false;
    }
    let (mut all, mut english, mut foreign, mut inside, mut capitals) = (0, 0, 0, 0, 0);
    for token in copy.tokens.iter().filter(|token| copy.style(token) == Style::Sentences) {
        all += 1;
        english += usize::from(token.class.is(Class::ENGLISH));
        foreign += usize::from(token.class.is(Class::FOREIGN));
        if !token.starts_sentence && token.shape != Shape::Number {
            inside += 1;
            capitals += usize::from(token.is_capital());
        }
    }
    let is_english = match all {
        // A headline is too short to count.
        0..30 => english >= foreign,
        _ => english * 10 >= all && english > foreign,
    };
    is_english && (inside < 30 || capitals * 2 < inside)
}

fn is_mostly_latin(copy: &Copy<'_>) -> bool {
    let (mut latin, mut others) = (0_usize, 0_usize);
    for part in &copy.parts {
        if part.text.is_ascii() {
            latin += part.text.len();
            continue;
        }
        for c in part.text.chars().filter(|c| c.is_alphabetic()) {
            match c {
                '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => latin += 1,
                _ => others += 1,
            }
        }
    }
    others * 4 <= latin
}

#[cfg(test)]
mod tests {
    use super::super::StoryText;
    use super::super::lexicon::Lexicon;
    use super::*;

    fn is_english(text: &str) -> bool {
        let text = StoryText { paragraphs: &[text], ..StoryText::default() };
        has_english_names(&Copy::new(&text, &Lexicon::new()))
    }

    #[test]
    fn english_is_detected_by_its_frequent_words() {
        assert!(is_english("The mayor said that the ferry to the island would be late for the winter."));
        assert!(!is_english("Der Bürgermeister sagte, die Fähre zur Insel werde im Winter nicht fahren."));
        assert!(!is_english("Le maire a dit que le bac pour les îles ne partirait pas cet hiver."));
        assert!(!is_english("Ο δήμαρχος είπε ότι το πλοίο θα αργήσει."));
        assert!(is_english("Ferry late again"));
    }

    #[test]
    fn a_list_of_names_is_not_english_text() {
        assert!(!is_english(&"Ada Brook of the Weir Hill Runners Club, Tom Vale and Ines Rook. ".repeat(5)));
    }
}
