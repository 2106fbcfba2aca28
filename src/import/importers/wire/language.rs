//! A text → the language that it is in.

use icu_locale::{Locale, LocaleCanonicalizer};
use whatlang::Lang;

/// Characters that are looked at.
const LOOKED_AT: usize = 400;
/// Letters from which on the language of a text can be told.
const FEWEST: usize = 60;

/// The BCP 47 tag of the language of a text, if it is sure.
pub(super) fn detect(text: &str) -> Option<String> {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if text.chars().filter(|c| c.is_alphabetic()).count() < FEWEST && text.is_ascii() {
        return None;
    }
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    tag(info.lang())
}

/// The shortest tag of a language that is known by three letters (ISO 639-3), as CLDR has it.
fn tag(lang: Lang) -> Option<String> {
    let mut locale: Locale = lang.code().parse().ok()?;
    LocaleCanonicalizer::new_common().canonicalize(&mut locale);
    Some(locale.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_when_there_is_enough_to_tell() {
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
