//! Detects the language of a text.

use icu_locale::{Locale, LocaleCanonicalizer};
use whatlang::Lang;

/// Characters that detection reads.
const SAMPLE: usize = 400;
/// Fewest letters for a reliable guess.
const FEWEST: usize = 60;

/// The BCP 47 tag of the language of a text, if the guess is reliable.
pub(super) fn detect(text: &str) -> Option<String> {
    let end = text.char_indices().nth(SAMPLE).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if text.chars().filter(|c| c.is_alphabetic()).count() < FEWEST && text.is_ascii() {
        return None;
    }
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    tag(info.lang())
}

/// The shortest BCP 47 tag of a language, by CLDR.
fn tag(lang: Lang) -> Option<String> {
    let mut locale: Locale = lang.code().parse().ok()?;
    LocaleCanonicalizer::new_common().canonicalize(&mut locale);
    Some(locale.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_detected_in_long_enough_texts() {
        let german = "Der Hafen wurde am Montag gesperrt, weil ein Schiff gegen die einzige Brücke gefahren ist, teilte die Stadt mit.";
        let english = "The port was shut on Monday after a ship ran into its only bridge, the council said in a statement.";
        assert_eq!(detect(german).as_deref(), Some("de"));
        assert_eq!(detect(english).as_deref(), Some("en"));
        assert_eq!(
            detect("Το λιμάνι έκλεισε τη Δευτέρα, όταν πλοίο χτύπησε τη μοναδική γέφυρα.").as_deref(),
            Some("el")
        );
        assert_eq!(detect("Port shut"), None);
        assert!(Lang::all().iter().all(|lang| tag(*lang).is_some()));
        for (code, expected) in
            [("cmn", "zh"), ("pes", "fa"), ("nob", "nb"), ("ell", "el"), ("ori", "or"), ("yid", "yi")]
        {
            assert_eq!(tag(Lang::from_code(code).unwrap()).as_deref(), Some(expected), "{code}");
        }
    }
}
