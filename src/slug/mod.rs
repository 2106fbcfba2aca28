//! Text in any script → the part of a URL that stands for it, by the rules of its language.
//!
//! A slug of a story may be given by hand, and two that meet are an error; so it is spelt in `a` to `z` wherever that reads well. The
//! slug of a name (tag, author, series) is made from what makes its spellings one name ([`Slugs::key`]) and from nothing else: no other
//! name, older or newer, hidden or not, can change it, and no other can have it.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

mod names;
mod spelling;

pub use names::are_different_words;
use spelling::Language;

/// Longest slug in bytes: a file name may have 255, and some hosts add to it.
const LONGEST: usize = 120;

/// Which letters URLs are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Letters {
    /// `a` to `z` for alphabets that can be spelt in them, the text's own letters for other scripts.
    #[default]
    Readable,
    /// `a` to `z` alone.
    Ascii,
    /// The text's own letters.
    Unicode,
}

/// How slugs are made of texts in a language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slugs {
    letters: Letters,
    language: Language,
}

impl Slugs {
    /// Slugs of these letters, by the rules of the language with this BCP 47 tag.
    pub fn new(letters: Letters, language: &str) -> Self {
        Self { letters, language: Language::of(language) }
    }

    /// The same for a text in another language, if it says so.
    #[must_use]
    pub fn in_language(self, language: Option<&str>) -> Self {
        language.map_or(self, |language| Self::new(self.letters, language))
    }

    /// Which letters they are made of.
    pub fn letters(self) -> Letters {
        self.letters
    }

    /// The slug of a headline, file or section. Empty only if the text has neither a letter, a digit nor a symbol.
    pub fn of(self, text: &str) -> String {
        if is_slug(text) {
            return text.to_owned();
        }
        let slug = match self.letters {
            Letters::Unicode => self.own_letters(text),
            Letters::Readable if !spelling::is_alphabetic(text) => self.own_letters(text),
            Letters::Readable => self.latin_letters(text),
            Letters::Ascii if self.language.is_spelt_whole(text) => self.latin_letters(text),
            Letters::Ascii => self.signed(text),
        };
        if !slug.is_empty() {
            return slug;
        }
        // An alphabet may have letters that nobody spells, and symbols may have names.
        let own = if self.letters == Letters::Ascii { String::new() } else { self.own_letters(text) };
        let all = [own, self.latin_letters(text), symbols(text)];
        all.into_iter().find(|slug| !slug.is_empty()).unwrap_or_default()
    }

    /// The slug that somebody wrote: with its letters, unless URLs have `a` to `z` alone.
    pub fn of_written(self, slug: &str) -> String {
        let kept = if self.letters == Letters::Ascii { String::new() } else { self.own_letters(slug) };
        if kept.is_empty() { self.of(slug) } else { kept }
    }

    /// What makes two spellings of a name one name: equal slugs for names in Latin letters (`Kosice`, `Košice`), equal words for others,
    /// whose transliteration is the same for many (`海` and `害` are both `hai`). Empty if there is no slug.
    pub fn key(self, name: &str) -> String {
        if is_latin(name) {
            let dotless =
                names::with_dotless(name, self.language).filter(|_| self.letters != Letters::Unicode);
            return dotless.map_or_else(|| self.of(name), |name| self.own_letters(&name));
        }
        let words = self.own_letters(&names::folded(name));
        if words.is_empty() { self.of(name) } else { words }
    }

    /// The slug of a name, which depends on its [key](Self::key) alone. It is spelt in `a` to `z` if that spelling is the name, too;
    /// else two names could have it.
    pub fn of_name(self, name: &str) -> String {
        let key = self.key(name);
        let is_the_name = |slug: &String| !slug.is_empty() && self.key(slug) == key;
        let spelt = Some(self.latin_letters(&key)).filter(|_| self.letters != Letters::Unicode);
        if let Some(slug) = spelt.filter(is_the_name) {
            return slug;
        }
        let own = Some(self.own_letters(&key)).filter(|_| self.letters != Letters::Ascii);
        own.filter(is_the_name)
            .unwrap_or_else(|| if key.is_empty() { key.clone() } else { self.signed(&key) })
    }

    /// What can be spelt of a text, with a sign of the whole of it, so that two texts that are spelt alike have two slugs.
    fn signed(self, text: &str) -> String {
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
        cut(slug::slugify(self.language.spell(&spell_out_signs(&composed(text)))))
    }

    /// Letters and digits of any script, small and in NFC, and single hyphens.
    fn own_letters(self, text: &str) -> String {
        if is_slug(text) {
            return text.to_owned();
        }
        let text = if is_latin(text) { text.to_owned() } else { text.replace('&', " ") };
        let mut slug = String::with_capacity(text.len());
        for c in self.language.lower(&spell_out_signs(&text)).nfkc() {
            match c {
                // Catalan `l·l` is one sound.
                '·' if slug.ends_with('l') => {}
                // Joins letters, or is not seen at all.
                '\u{ad}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {}
                '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => {}
                c if c.is_alphanumeric() => slug.push(c),
                c if is_combining_mark(c) && !slug.is_empty() && !slug.ends_with('-') => slug.push(c),
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(slug.trim_end_matches('-').len());
        cut(slug)
    }
}

/// A text in `a` to `z` whatever its language: for places on a page, templates, and texts of which no language is known.
pub fn slugify(text: &str) -> String {
    if is_slug(text) { text.to_owned() } else { cut(slug::slugify(spell_out_signs(text))) }
}

/// What makes two spellings of a name one name, whatever the site and its language.
pub fn name_key(text: &str) -> String {
    Slugs::default().key(text)
}

/// A text whose capitals are small where its language has others than the site's may: in Turkish, `I` is the capital of `ı`.
pub fn small_letters<'t>(text: &'t str, language: &str) -> std::borrow::Cow<'t, str> {
    match Language::of(language) {
        Language::Turkish if text.contains(['I', 'İ']) => Language::Turkish.lower(&composed(text)).into(),
        _ => text.into(),
    }
}

/// Whether all letters are Latin (Unicode blocks up to Latin Extended-B, and Latin Extended Additional).
pub fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'))
}

/// Text as names of files and URLs have it: in NFC, whatever the disk or the editor made of it.
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

/// A slug that is not too long: cut between words, or else between letters.
fn cut(mut slug: String) -> String {
    if slug.len() > LONGEST {
        let whole = (0..=LONGEST).rev().find(|at| slug.is_char_boundary(*at)).unwrap_or_default();
        let end = slug[..whole].rfind('-').unwrap_or(whole);
        slug.truncate(end);
    }
    slug
}

/// The numbers of symbols, for a text of nothing else that nobody has given a name.
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

    fn readable(language: &str) -> Slugs {
        Slugs::new(Letters::Readable, language)
    }

    #[test]
    fn titles_get_a_readable_slug() {
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
    fn letters_are_spelt_as_their_language_does() {
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
        // In NFD, too.
        assert_eq!(readable("de").of("u\u{308}ber"), "ueber");
    }

    #[test]
    fn own_letters_are_kept_where_the_site_wants_them() {
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
    fn the_slug_of_a_name_is_its_own() {
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
    fn a_slug_that_somebody_wrote_keeps_its_letters() {
        assert_eq!(readable("ar").of_written("أداء الاقتصاد"), "أداء-الاقتصاد");
        assert_eq!(readable("de").of_written("über uns"), "über-uns");
        assert_eq!(readable("en").of_written("Harbour Fire"), "harbour-fire");
        assert_eq!(Slugs::new(Letters::Ascii, "de").of_written("über"), "ueber");
    }

    #[test]
    fn signs_that_tell_topics_apart_are_spelt_out() {
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
    fn a_very_long_headline_gives_a_slug_that_fits_a_file_name() {
        let slug = readable("en").of(&"word ".repeat(100));
        assert!(slug.len() <= LONGEST && !slug.ends_with('-'));
        assert!(readable("zh").of(&"字".repeat(100)).len() <= LONGEST);
    }
}
