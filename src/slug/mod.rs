//! Turns text in any script into slugs, by the rules of its language.
//!
//! The slug of a story can be set by hand, and duplicates are errors, so it is transliterated to `a` to `z` wherever that reads
//! well. The slug of a name (tag, author, series) depends only on its [key](Slugs::key), which all its spellings share: no other
//! name can change it or have the same one.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

mod names;
mod spelling;

pub use names::are_different_words;
use spelling::Language;

/// The maximum length of a slug in bytes. File names can have 255, and some hosts add to them.
const LONGEST: usize = 120;

/// The letters of slugs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Letters {
    /// `a` to `z` for alphabets that can be transliterated, the text's own letters for other scripts.
    #[default]
    Readable,
    /// Only `a` to `z`.
    Ascii,
    /// The text's own letters.
    Unicode,
}

/// Makes slugs of texts in a language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slugs {
    letters: Letters,
    language: Language,
}

impl Slugs {
    /// Slugs with these letters, by the rules of the language with this BCP 47 tag.
    pub fn new(letters: Letters, language: &str) -> Self {
        Self { letters, language: Language::of(language) }
    }

    /// The same letters for another language, if there is one.
    #[must_use]
    pub fn in_language(self, language: Option<&str>) -> Self {
        language.map_or(self, |language| Self::new(self.letters, language))
    }

    /// The letters of the slugs.
    pub fn letters(self) -> Letters {
        self.letters
    }

    /// The slug of a headline, file or section. Empty only if the text has no letter, digit or symbol.
    pub fn of(self, text: &str) -> String {
        if is_slug(text) {
            return text.to_owned();
        }
        let slug = match self.letters {
            Letters::Unicode => self.own_letters(text),
            Letters::Readable if !spelling::is_alphabetic(text) => self.own_letters(text),
            Letters::Readable => self.latin_letters(text),
            Letters::Ascii if self.language.transliterates(text) => self.latin_letters(text),
            Letters::Ascii => self.with_hash(text),
        };
        if !slug.is_empty() {
            return slug;
        }
        // Some letters have no transliteration, and some symbols have names.
        let own = if self.letters == Letters::Ascii { String::new() } else { self.own_letters(text) };
        let all = [own, self.latin_letters(text), symbols(text)];
        all.into_iter().find(|slug| !slug.is_empty()).unwrap_or_default()
    }

    /// Normalizes a slug that was set by hand. It keeps its letters, except in ASCII.
    pub fn of_written(self, slug: &str) -> String {
        let kept = if self.letters == Letters::Ascii { String::new() } else { self.own_letters(slug) };
        if kept.is_empty() { self.of(slug) } else { kept }
    }

    /// The key that all spellings of a name share: the slug for names in Latin letters (`Kosice`, `Košice`), the normalized words for
    /// others, whose transliterations are ambiguous (`海` and `害` are both `hai`). Empty if there is no slug.
    pub fn key(self, name: &str) -> String {
        if is_latin(name) {
            let dotless =
                names::with_dotless(name, self.language).filter(|_| self.letters != Letters::Unicode);
            return dotless.map_or_else(|| self.of(name), |name| self.own_letters(&name));
        }
        let words = self.own_letters(&names::fold(name));
        if words.is_empty() { self.of(name) } else { words }
    }

    /// The slug of a name, which depends only on its [key](Self::key). It is transliterated only if that has the same key, so that
    /// no two names share a slug.
    pub fn of_name(self, name: &str) -> String {
        let key = self.key(name);
        let is_the_name = |slug: &String| !slug.is_empty() && self.key(slug) == key;
        let spelt = Some(self.latin_letters(&key)).filter(|_| self.letters != Letters::Unicode);
        if let Some(slug) = spelt.filter(is_the_name) {
            return slug;
        }
        let own = Some(self.own_letters(&key)).filter(|_| self.letters != Letters::Ascii);
        own.filter(is_the_name)
            .unwrap_or_else(|| if key.is_empty() { key.clone() } else { self.with_hash(&key) })
    }

    /// A transliteration with a hash of the text, so that texts with the same transliteration have different slugs.
    fn with_hash(self, text: &str) -> String {
        let hash = blake3::hash(text.nfc().collect::<String>().as_bytes()).to_hex();
        let spelt = match self.letters {
            Letters::Ascii => self.latin_letters(text),
            _ => self.own_letters(text),
        };
        if !text.chars().any(char::is_alphanumeric) {
            return spelt;
        }
        if spelt.is_empty() { hash[..8].to_owned() } else { format!("{spelt}-{}", &hash[..8]) }
    }

    /// `a` to `z`, `0` to `9` and single hyphens.
    fn latin_letters(self, text: &str) -> String {
        if is_slug(text) {
            return text.to_owned();
        }
        shorten(slug::slugify(self.language.spell(&spell_out_signs(&composed(text)))))
    }

    /// Lowercase letters and digits of any script in NFC, and single hyphens.
    fn own_letters(self, text: &str) -> String {
        if is_slug(text) {
            return text.to_owned();
        }
        let text = if is_latin(text) { text.to_owned() } else { text.replace('&', " ") };
        let mut slug = String::with_capacity(text.len());
        for c in self.language.lower(&spell_out_signs(&text)).nfkc() {
            match c {
                // The Catalan digraph `l·l`.
                '·' if slug.ends_with('l') => {}
                // Joiners and invisible characters.
                '\u{ad}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {}
                '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => {}
                c if c.is_alphanumeric() => slug.push(c),
                c if is_combining_mark(c) && !slug.is_empty() && !slug.ends_with('-') => slug.push(c),
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(slug.trim_end_matches('-').len());
        shorten(slug)
    }
}

/// A slug in `a` to `z` without the rules of a language, for anchors and templates.
pub fn slugify(text: &str) -> String {
    if is_slug(text) { text.to_owned() } else { shorten(slug::slugify(spell_out_signs(text))) }
}

/// The key of a name without the rules of a site or a language.
pub fn name_key(text: &str) -> String {
    Slugs::default().key(text)
}

/// Lowercases the capitals that differ in a language: in Turkish, `I` is the capital of `ı`.
pub fn small_letters<'t>(text: &'t str, language: &str) -> std::borrow::Cow<'t, str> {
    match Language::of(language) {
        Language::Turkish if text.contains(['I', 'İ']) => Language::Turkish.lower(&composed(text)).into(),
        _ => text.into(),
    }
}

/// Whether all letters are Latin: Unicode blocks up to Latin Extended-B, and Latin Extended Additional.
pub fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'))
}

/// Normalizes a text to NFC. File systems and editors may use other forms.
pub fn composed(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() || unicode_normalization::is_nfc(text) {
        return text.into();
    }
    text.nfc().collect::<String>().into()
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

/// Shortens a slug between words, or else between letters.
fn shorten(mut slug: String) -> String {
    if slug.len() > LONGEST {
        let whole = (0..=LONGEST).rev().find(|at| slug.is_char_boundary(*at)).unwrap_or_default();
        let end = slug[..whole].rfind('-').unwrap_or(whole);
        slug.truncate(end);
    }
    slug
}

/// The code points of symbols that have no names, for texts with nothing else.
fn symbols(text: &str) -> String {
    let is_symbol = |c: &char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    let numbers = text.chars().filter(is_symbol).take(8).map(|c| format!("u{:x}", u32::from(c)));
    numbers.collect::<Vec<_>>().join("-")
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
            // Dropped, so that `don't` becomes `dont` and not `don-t`.
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

    fn readable(language: &str) -> Slugs {
        Slugs::new(Letters::Readable, language)
    }

    #[test]
    fn titles_get_readable_slugs() {
        for (text, slug) in [
            ("Harbour strike: talks stall", "harbour-strike-talks-stall"),
            ("Don’t panic", "dont-panic"),
            ("Μεσόγειος", "mesogeios"),
            ("北京", "北京"),
            ("5G 手机", "5g-手机"),
            ("Košice & Prešov", "kosice-and-presov"),
            ("col·laboració", "collaboracio"),
            ("already-a-slug-2", "already-a-slug-2"),
            ("أأ", "أأ"),
            ("🎉", "tada"),
        ] {
            assert_eq!(readable("en").of(text), slug);
        }
    }

    #[test]
    fn letters_are_transliterated_by_language() {
        for (language, text, slug) in [
            ("de", "Größe über Öl in Ärzten", "groesse-ueber-oel-in-aerzten"),
            ("de-AT", "STRAẞE", "strasse"),
            ("en", "Größe", "grosse"),
            ("da", "Så Ærø bør åbne", "saa-aeroe-boer-aabne"),
            ("nb-NO", "Tromsø", "tromsoe"),
            ("sv", "Åre är öde", "are-ar-ode"),
            ("fi", "Hämäläinen", "hamalainen"),
            ("tr", "IŞIK ve İĞNE ılık", "isik-ve-igne-ilik"),
            ("az", "Gəncə", "gence"),
        ] {
            assert_eq!(readable(language).of(text), slug, "{language}");
        }
        // NFD works as well.
        assert_eq!(readable("de").of("u\u{308}ber"), "ueber");
    }

    #[test]
    fn unicode_slugs_keep_letters() {
        for (language, text, slug) in [
            ("de", "Größe & Maß", "größe-and-maß"),
            ("tr", "IŞIK", "ışık"),
            ("tr", "İğne", "iğne"),
            ("en", "I", "i"),
            ("hi", "हिन्दी समाचार", "हिन्दी-समाचार"),
            ("ko", "서울 시장", "서울-시장"),
            ("th", "ประเทศไทย", "ประเทศไทย"),
            ("fa", "می‌خواهم", "می-خواهم"),
            ("ja", "ＮＨＫの「今日」", "nhkの-今日"),
            ("en", "🎉", "tada"),
        ] {
            assert_eq!(Slugs::new(Letters::Unicode, language).of(text), slug, "{language}");
        }
    }

    #[test]
    fn ascii_is_ascii_and_japanese_is_not_read_as_mandarin() {
        let ascii = |language: &str, text: &str| Slugs::new(Letters::Ascii, language).of(text);
        assert_eq!(ascii("zh", "台风登陆广东"), "tai-feng-deng-lu-guang-dong");
        assert_eq!(ascii("el", "Μεσόγειος"), "mesogeios");
        assert!(!ascii("ja", "東京").contains("dong"));
        assert!(!ascii("en", "東京タワーへ").contains("dong"));
        for text in ["أداء", "عداء", "أأ", "東京", "京都", "🎉", "שלום"] {
            let slug = ascii("ja", text);
            assert!(is_slug(&slug), "{text}: {slug}");
        }
        assert_ne!(ascii("ar", "أداء"), ascii("ar", "عداء"));
    }

    #[test]
    fn names_have_distinct_slugs() {
        let names = [
            "李明",
            "黎明",
            "台湾",
            "台灣",
            "أداء",
            "عداء",
            "داء",
            "Χώρος",
            "Χορός",
            "Limani",
            "Λιμάνι",
            "Kıl",
        ];
        for letters in [Letters::Readable, Letters::Ascii, Letters::Unicode] {
            let slugs = Slugs::new(letters, "en");
            let all: std::collections::BTreeSet<String> =
                names.iter().map(|name| slugs.of_name(name)).collect();
            assert_eq!(all.len(), names.len(), "{all:?}");
            for spelling in ["Košice Castle", "КИЇВ", "R&D", "Zs. Őry", "А. С. Пушкин"] {
                let other = spelling.to_lowercase().replace(' ', "  ");
                assert_eq!(slugs.of_name(spelling), slugs.of_name(&other), "{letters:?}");
            }
        }
        assert_eq!(readable("en").of_name("Košice"), "kosice");
        assert_eq!(readable("de").of_name("Müller"), readable("de").of_name("Mueller"));
        assert_eq!(readable("zh").of_name("李明"), "李明");
        assert_eq!(readable("en").of_name("!?"), "");
        assert!(Slugs::new(Letters::Ascii, "zh").of_name("李明").starts_with("li-ming-"));
    }

    #[test]
    fn slugs_set_by_hand_keep_their_letters() {
        assert_eq!(readable("ar").of_written("أداء الاقتصاد"), "أداء-الاقتصاد");
        assert_eq!(readable("de").of_written("über uns"), "über-uns");
        assert_eq!(readable("en").of_written("Harbour Fire"), "harbour-fire");
        assert_eq!(Slugs::new(Letters::Ascii, "de").of_written("über"), "ueber");
    }

    #[test]
    fn distinguishing_signs_are_spelled_out() {
        assert_eq!(slugify("C++"), "c-plus-plus");
        assert_eq!(slugify("C#"), "c-sharp");
        assert_eq!(slugify("#election"), "election");
    }

    #[test]
    fn text_without_letters_has_no_slug() {
        for text in ["", "...", "..", "!?", "—", "/"] {
            for letters in [Letters::Readable, Letters::Ascii, Letters::Unicode] {
                assert_eq!(Slugs::new(letters, "en").of(text), "", "{text}");
            }
        }
    }

    #[test]
    fn symbols_alone_have_a_slug() {
        for text in ["🎉", "🫨", "\u{1faea}", "★"] {
            for letters in [Letters::Readable, Letters::Ascii, Letters::Unicode] {
                assert!(is_slug(&Slugs::new(letters, "en").of(text)), "{text}");
            }
        }
    }

    #[test]
    fn long_headlines_give_slugs_that_fit_file_names() {
        let slug = readable("en").of(&"word ".repeat(100));
        assert!(slug.len() <= LONGEST && !slug.ends_with('-'));
        assert!(readable("zh").of(&"字".repeat(100)).len() <= LONGEST);
    }
}
