//! Text in any script → the part of a URL that stands for it.

/// Longest slug in bytes: a file name may have 255, and some hosts add to it.
const LONGEST: usize = 120;

/// A slug of `a-z`, `0-9` and single hyphens; empty if the text has no letter or digit.
///
/// Other scripts are transliterated. Signs that tell one topic from another are spelt out (`C++`, `C#`, `R&D`, `5%`).
pub fn slugify(text: &str) -> String {
    if is_slug(text) {
        return text.to_owned();
    }
    let mut slug = slug::slugify(spell_out_signs(text));
    if slug.len() > LONGEST {
        let cut = slug[..LONGEST].rfind('-').unwrap_or(LONGEST);
        slug.truncate(cut);
    }
    slug
}

/// What makes two spellings of a name one name: equal slugs for names in Latin letters (`Kosice`, `Košice`), equal words in
/// lower case for others, whose transliteration is the same for many (`海` and `害` are both `hai`). Empty if there is no slug.
pub fn name_key(text: &str) -> String {
    let slug = slugify(text);
    if slug.is_empty() || is_latin(text) {
        return slug;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether all letters are Latin (Unicode blocks up to Latin Extended-B, and Latin Extended Additional).
pub fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'))
}

fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= LONGEST
        && bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

fn spell_out_signs(text: &str) -> String {
    let mut spelt = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '&' => spelt.push_str(" and "),
            '+' if before.is_alphanumeric() || before == '+' => spelt.push_str(" plus "),
            '#' if before.is_alphanumeric() => spelt.push_str(" sharp "),
            '%' if before.is_ascii_digit() => spelt.push_str(" percent "),
            // Left out, so that `don't` is `dont` and not `don-t`.
            '\'' | '’' => {}
            _ => spelt.push(c),
        }
        before = c;
    }
    spelt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_in_any_script_get_a_readable_slug() {
        for (text, slug) in [
            ("Harbour strike: talks stall", "harbour-strike-talks-stall"),
            ("Don’t panic", "dont-panic"),
            ("Μεσόγειος", "mesogeios"),
            ("北京", "bei-jing"),
            ("Košice & Prešov", "kosice-and-presov"),
            ("already-a-slug-2", "already-a-slug-2"),
        ] {
            assert_eq!(slugify(text), slug);
        }
    }

    #[test]
    fn signs_that_tell_topics_apart_are_spelt_out() {
        assert_eq!(slugify("C++"), "c-plus-plus");
        assert_eq!(slugify("C#"), "c-sharp");
        assert_eq!(slugify("#election"), "election");
    }

    #[test]
    fn names_are_one_by_slug_in_latin_and_by_word_in_other_scripts() {
        assert_eq!(name_key("Košice  Castle"), name_key("kosice-castle"));
        assert_ne!(name_key("海"), name_key("害"));
        assert_eq!(name_key("Παλιό  Λιμάνι"), name_key("παλιό λιμάνι"));
        assert_eq!(name_key("!?"), "");
    }

    #[test]
    fn text_without_letters_has_no_slug() {
        for text in ["", "...", "..", "!?", "—", "/"] {
            assert_eq!(slugify(text), "", "{text}");
        }
    }

    #[test]
    fn a_very_long_headline_gives_a_slug_that_fits_a_file_name() {
        let slug = slugify(&"word ".repeat(100));
        assert!(slug.len() <= LONGEST && !slug.ends_with('-'));
    }
}
