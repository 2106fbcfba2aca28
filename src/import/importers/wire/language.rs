//! A text → the language that it is in.

use whatlang::Lang;

/// Characters that are looked at.
const LOOKED_AT: usize = 400;
/// Letters from which on the language of a text can be told.
const FEWEST: usize = 60;

/// The BCP 47 tag of the language of a text, if it is sure.
pub(super) fn detect(text: &str) -> Option<&'static str> {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if text.chars().filter(|c| c.is_alphabetic()).count() < FEWEST && text.is_ascii() {
        return None;
    }
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    tag(info.lang())
}

/// ISO 639-3 and ISO 639-1 of the languages that are told apart.
const TAGS: [(&str, &str); 69] = [
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("zul", "zu"),
];

fn tag(lang: Lang) -> Option<&'static str> {
    TAGS.iter().find(|(code, _)| *code == lang.code()).map(|(_, tag)| *tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_when_there_is_enough_to_tell() {
        let german = "Der Hafen wurde am Montag gesperrt, weil ein Schiff gegen die einzige Brücke gefahren ist, teilte die Stadt mit.";
        let english = "The port was shut on Monday after a ship ran into its only bridge, the council said in a statement.";
        assert_eq!(detect(german), Some("de"));
        assert_eq!(detect(english), Some("en"));
        assert_eq!(
            detect("Το λιμάνι έκλεισε τη Δευτέρα, όταν πλοίο χτύπησε τη μοναδική γέφυρα."),
            Some("el")
        );
        assert_eq!(detect("Port shut"), None);
        assert!(Lang::all().iter().all(|lang| tag(*lang).is_some() || lang.code() == "yid"));
    }
}
