//! Compares spellings of names by the rules of their languages.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::spelling::Language;

/// Lowercases a name with `ı` and removes diacritics, but keeps `ı` and `i` apart, which slugs in `a` to `z` cannot.
pub(super) fn with_dotless(name: &str, language: Language) -> Option<String> {
    let may_have_one = name.contains('ı') || language == Language::Turkish && name.contains('I');
    if !may_have_one {
        return None;
    }
    let small = language.lower(&name.nfc().collect::<String>());
    small.contains('ı').then(|| small.nfd().filter(|c| !is_combining_mark(*c)).collect())
}

fn is_turkic(language: &str) -> bool {
    matches!(primary(language), "tr" | "az" | "crh" | "tt")
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

/// Normalizes a name in another script than Latin: lowercase, without full-width forms, and without the marks that its language
/// omits in capitals or in print: Greek accents, the dots of `ё`, Hebrew and Arabic vowel points, apostrophes.
pub(super) fn fold(text: &str) -> String {
    let mut base = ' ';
    let mut kept = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase).nfd() {
        let is_dropped = match c {
            '\'' | '’' | 'ʼ' | '׳' | '"' | '״' | '\u{640}' => true,
            '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{652}' | '\u{670}' => true,
            '\u{308}' if matches!(base, 'е') => true,
            c => is_combining_mark(c) && is_greek(base),
        };
        if !is_combining_mark(c) {
            base = c;
        }
        if !is_dropped {
            kept.push(if c == 'ς' { 'σ' } else { c });
        }
    }
    kept.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

/// Whether two spellings are different words in a language: they differ in letters that it distinguishes (`år` and `ar` in
/// Swedish), not only in optional accents.
pub fn are_different_words(one: &str, other: &str, language: &str) -> bool {
    if one == other {
        return false;
    }
    if primary(language) == "el" {
        let [one, other] =
            [one, other].map(|text| text.nfd().flat_map(char::to_lowercase).collect::<String>());
        let has_accent = |text: &str| text.contains('\u{301}');
        let plain =
            |text: &str| text.chars().filter(|c| c.is_alphabetic() || *c == '\u{301}').collect::<String>();
        return has_accent(&one) && has_accent(&other) && plain(&one) != plain(&other);
    }
    let letters = letters_of(language);
    let small = |text: &str| match is_turkic(language) {
        true => text.nfc().map(|c| if c == 'I' { 'ı' } else { c }).collect::<String>().replace('İ', "i"),
        false => text.to_owned(),
    };
    !letters.is_empty() && letters_in(&small(one), letters) != letters_in(&small(other), letters)
}

/// Lowercases a name and removes the accents that do not make letters of their own.
fn letters_in(text: &str, own: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for c in text.nfc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
        match c {
            c if own.contains(c) => found.push(c),
            'ß' => found.push_str("ss"),
            'æ' => found.push_str("ae"),
            'œ' => found.push_str("oe"),
            'ø' => found.push('o'),
            'đ' | 'ð' => found.push('d'),
            'ł' => found.push('l'),
            'ı' => found.push('i'),
            'þ' => found.push_str("th"),
            c => found.extend(std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c))),
        }
    }
    found
}

/// Letters with diacritics that are part of an alphabet, or distinguish words.
fn letters_of(language: &str) -> &'static str {
    match primary(language) {
        "sv" | "fi" | "smn" | "smj" => "åäö",
        "nb" | "nn" | "no" | "da" => "æøå",
        "is" | "fo" => "áéíóúýðþæö",
        "de" | "lb" | "gsw" | "nds" => "äöü",
        "es" | "gl" | "eu" | "ast" | "fil" => "ñ",
        "tr" | "az" | "crh" | "tt" | "tk" => "çğıöşüə",
        "pl" | "szl" => "ąćęłńóśźż",
        "cs" => "čďěňřšťůž",
        "sk" => "äčďĺľňôŕšťž",
        "sl" | "hr" | "bs" | "sr" => "čćđšž",
        "hu" => "áéíóöőúüű",
        "ro" => "ăâîșț",
        "et" => "äöõüšž",
        "lv" => "āčēģīķļņšūž",
        "lt" => "ąčęėįšųūž",
        "sq" => "çë",
        "vi" => "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slug::{Letters, Slugs, small_letters};

    fn key(name: &str, language: &str) -> String {
        Slugs::new(Letters::Readable, "en").key(&small_letters(name, language))
    }

    #[test]
    fn spellings_are_folded_by_language() {
        for (one, other, language) in [
            ("Ελλάδα", "ΕΛΛΑΔΑ", "el"),
            ("Πειραιάς", "ΠΕΙΡΑΙΑΣ", "el"),
            ("Μαΐου", "ΜΑΪΟΥ", "el"),
            ("Ελλάδα", "Ελλα\u{301}δα", "el"),
            ("Straße", "STRASSE", "de"),
            ("Straße", "STRAẞE", "de"),
            ("Café", "Cafe\u{301}", "fr"),
            ("IĞDIR", "Iğdır", "tr"),
            ("İstanbul", "istanbul", "tr"),
            ("İstanbul", "I\u{307}stanbul", "tr"),
            ("Алёша", "Алеша", "ru"),
            ("Київ", "Киі\u{308}в", "uk"),
            ("м'ята", "м’ята", "uk"),
            ("שָׁלוֹם", "שלום", "he"),
            ("ﾄｳｷｮｳ", "トウキョウ", "ja"),
        ] {
            assert_eq!(key(one, language), key(other, language), "{one} {other}");
        }
        for (one, other, language) in [
            ("Kıl", "Kil", "tr"),
            ("Kıl", "Kil", "en"),
            ("KIL", "Kil", "tr"),
            ("Иод", "Йод", "ru"),
            ("ハハ", "パパ", "ja"),
            ("台湾", "台灣", "zh"),
            ("أداء", "عداء", "ar"),
            ("कल", "काल", "hi"),
        ] {
            assert_ne!(key(one, language), key(other, language), "{one} {other}");
        }
        assert_eq!(key("KIL", "en"), key("kil", "en"));
    }

    #[test]
    fn distinct_letters_make_different_words() {
        for (one, other, language) in [
            ("Åre", "Are", "sv"),
            ("Año", "Ano", "es-MX"),
            ("Lücke", "Lucke", "de"),
            ("πότε", "ποτέ", "el"),
            ("Mã", "Ma", "vi"),
        ] {
            assert!(are_different_words(one, other, language), "{one} {other}");
        }
        for (one, other, language) in [
            ("Košice", "Kosice", "en"),
            ("Élysée", "Elysee", "fr"),
            ("Straße", "STRASSE", "de"),
            ("Ελλάδα", "ΕΛΛΑΔΑ", "el"),
            ("ÅRE", "åre", "sv"),
            ("KIL", "Kıl", "tr"),
            ("İstanbul", "istanbul", "tr"),
            ("Rock 'n' Roll", "rock-n-roll", "de"),
        ] {
            assert!(!are_different_words(one, other, language), "{one} {other}");
        }
    }
}
