//! The name and the value of an unknown key → a hint whether readers see the story.
//!
//! A key that holds a story back in another program and does nothing here would publish the story. The words, in `hints.txt`, are
//! those of newsrooms and of other generators in each language of the default theme.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What the name of a key suggests about its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// Readers do not see it: `hold`, `private`, `password`.
    Hides,
    /// Readers see it, depending on the value: `live`, `visible`.
    Shows,
    /// Readers see it from some time on: `release`, `not_before`.
    Until,
    /// Readers see it until some time: `unpublish_on`, `valid_until`.
    Ends,
    /// The value is a state: `visibility`, `post_status`.
    State,
}

impl Hint {
    /// The key of bulletin that does the same.
    pub(super) fn own_key(self, is_date: bool) -> &'static str {
        match self {
            Self::Ends => "expires",
            _ if is_date => "embargo",
            Self::Until => "embargo",
            Self::Hides | Self::Shows => "draft",
            Self::State => "status",
        }
    }
}

/// A list of `hints.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Hides,
    Until,
    Shows,
    Ends,
    Joins,
    States,
    Public,
    Past,
    Visibility,
    Story,
    Parts,
}

const LISTS: [(&str, List); 11] = [
    ("hides", List::Hides),
    ("until", List::Until),
    ("shows", List::Shows),
    ("ends", List::Ends),
    ("joins", List::Joins),
    ("states", List::States),
    ("public", List::Public),
    ("past", List::Past),
    ("visibility", List::Visibility),
    ("story", List::Story),
    ("parts", List::Parts),
];

/// All words with their lists, language by language.
static WORDS: LazyLock<Vec<(List, &str)>> = LazyLock::new(|| {
    let rows = include_str!("hints.txt").lines().filter_map(row);
    rows.flat_map(|(_, list, words)| words.split_whitespace().map(move |word| (list, word))).collect()
});

/// The language, the list and the words of a line.
fn row(line: &'static str) -> Option<(&'static str, List, &'static str)> {
    let (head, words) = line.split_once(": ")?;
    let (language, name) = head.split_once(' ')?;
    let (_, list) = LISTS.iter().find(|(known, _)| *known == name)?;
    Some((language, *list, words))
}

fn words_in(list: List) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |(other, _)| *other == list).map(|(_, word)| *word)
}

/// Longest key that is taken apart: no word is as long, and longer keys are sentences.
const LONGEST: usize = 48;

/// The hint that the name of a key gives.
pub(super) fn hint(key: &str) -> Option<Hint> {
    if key.len() > 4 * LONGEST {
        return None;
    }
    let words = words(key);
    let whole = words.concat();
    if whole.chars().count() > LONGEST {
        return None;
    }
    let has = |word: &str| words.iter().any(|other| other == word);
    if words_in(List::Visibility).any(|word| word == whole) || has("status") && words_in(List::Story).any(has)
    {
        return Some(Hint::State);
    }
    strong(&words, &whole).or_else(|| composed(&words))
}

/// The hint of one word among others, or of all words written as one.
fn strong(words: &[String], whole: &str) -> Option<Hint> {
    let has = |word: &str| words.iter().any(|other| matches(word, other));
    // An end comes first, as in `unpublish_embargoed`; a word with a time of its own comes before one that hides.
    if words_in(List::Ends).any(|word| word.len() > 5 && has(word)) {
        return Some(Hint::Ends);
    }
    let is_any = |list| words_in(list).any(|word| matches(word, whole) || has(word));
    match is_any(List::Until) {
        true => Some(Hint::Until),
        false => is_any(List::Hides).then_some(Hint::Hides),
    }
}

/// The hint of a key made only of words that show or end a story and of joining words: `not_before`, `releaseAt`, `validfrom`.
fn composed(words: &[String]) -> Option<Hint> {
    let mut hint = None;
    for word in words {
        hint = stronger(hint, take_apart(word)?);
    }
    hint
}

/// The hint of one word, which may be several written as one. `Some(None)` for joining words, `None` for unknown ones.
fn take_apart(text: &str) -> Option<Option<Hint>> {
    if text.is_empty() {
        return Some(None);
    }
    let mut joins = false;
    for (list, word) in &*WORDS {
        let hint = match list {
            List::Shows => Some(Hint::Shows),
            List::Ends => Some(Hint::Ends),
            List::Joins => None,
            _ => continue,
        };
        let Some(rest) = text.strip_prefix(word.trim_end_matches('*')) else { continue };
        match take_apart(rest) {
            Some(other) if hint.is_some() || other.is_some() => return Some(stronger(other, hint)),
            Some(_) => joins = true,
            None => {}
        }
    }
    joins.then_some(None)
}

fn stronger(one: Option<Hint>, other: Option<Hint>) -> Option<Hint> {
    match (one, other) {
        (Some(Hint::Ends), _) | (_, Some(Hint::Ends)) => Some(Hint::Ends),
        (one, other) => one.or(other),
    }
}

fn matches(word: &str, text: &str) -> bool {
    match word.strip_suffix('*') {
        Some(stem) => text.starts_with(stem),
        None => word == text,
    }
}

/// Whether a value is a state that holds a story back under any key.
pub(super) fn is_hidden_state(value: &str) -> bool {
    is_in(List::States, value)
}

/// Whether a value is a state in which readers see the story.
pub(super) fn is_public_state(value: &str) -> bool {
    is_in(List::Public, value)
}

fn is_in(list: List, value: &str) -> bool {
    let value = words(value).concat();
    words_in(list).any(|word| word == value)
}

/// Whether the date under this key is when something happened to the file.
pub(super) fn is_past(key: &str) -> bool {
    has_word_in(List::Past, key)
}

/// Whether a key is about a part of the page.
pub(super) fn is_of_part(key: &str) -> bool {
    has_word_in(List::Parts, key)
}

fn has_word_in(list: List, key: &str) -> bool {
    words(key).iter().any(|word| words_in(list).any(|other| other == word))
}

/// The folded words of a name, which are the same for `releaseAt`, `release_at` and `Release at`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars().take(4 * LONGEST) {
        let is_part = c.is_alphanumeric() || is_combining_mark(c);
        if !is_part || before.is_lowercase() && c.is_uppercase() {
            words.push(String::new());
        }
        if let (true, Some(last)) = (is_part, words.last_mut()) {
            last.push(c);
        }
        before = c;
    }
    words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
}

/// Lower case without accents, with one form of sigma.
fn fold(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    letters.map(|c| if c == 'ς' { 'σ' } else { c }).collect::<String>().replace('ß', "ss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_are_read_and_each_language_of_the_theme_has_all_lists() {
        let theme = include_str!("../../../themes/broadsheet/theme.yaml");
        let is_language = |line: &&str| line.len() == 5 && line.starts_with("  ") && line.ends_with(':');
        let languages: Vec<&str> = theme.lines().filter(is_language).map(|line| &line[2..4]).collect();
        let mut found = Vec::new();
        for line in
            include_str!("hints.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (language, list, words) = row(line).unwrap_or_else(|| panic!("{line}"));
            found.push((language, list));
            for word in words.split(' ').map(|word| word.trim_end_matches('*')) {
                assert_eq!((fold(word).as_str(), word.is_empty()), (word, false), "{line}");
            }
        }
        for (index, (_, list)) in LISTS.iter().enumerate() {
            let languages = if index < 6 { &languages[..] } else { &["any"] };
            assert!(languages.iter().all(|language| found.contains(&(language, *list))), "{list:?}");
        }
        assert!(found.iter().all(|(language, _)| *language == "any" || languages.contains(language)));
    }

    #[test]
    fn keys_that_hold_a_story_back_are_known_in_each_language() {
        for (key, expected) in [
            ("hold", Hint::Hides),
            ("on-hold", Hint::Hides),
            ("holdUntil", Hint::Hides),
            ("password", Hint::Hides),
            ("wip", Hint::Hides),
            ("release", Hint::Shows),
            ("release_at", Hint::Shows),
            ("releaseAt", Hint::Shows),
            ("validfrom", Hint::Shows),
            ("valid_until", Hint::Ends),
            ("not_before", Hint::Until),
            ("available", Hint::Shows),
            ("visibility", Hint::State),
            ("post_status", Hint::State),
            ("sperrfrist", Hint::Until),
            ("Sperrvermerk", Hint::Hides),
            ("entwurf", Hint::Hides),
            ("Veröffentlichung ab", Hint::Until),
            ("veroeffentlichen_am", Hint::Until),
            ("freigabedatum", Hint::Until),
            ("brouillon", Hint::Hides),
            ("mot_de_passe", Hint::Hides),
            ("caché", Hint::Hides),
            ("borrador", Hint::Hides),
            ("contraseña", Hint::Hides),
            ("fecha_de_publicación", Hint::Until),
            ("πρόχειρο", Hint::Hides),
            ("ΕΜΠΑΡΓΚΟ", Hint::Until),
            ("مسودة", Hint::Hides),
            ("حظر_النشر", Hint::Until),
            ("unpublish_on", Hint::Ends),
        ] {
            assert_eq!(hint(key), Some(expected), "{key}");
        }
    }

    #[test]
    fn other_keys_give_no_hint() {
        for key in [
            "weight",
            "toc",
            "household",
            "holder",
            "press_release",
            "on",
            "date",
            "at_home",
            "photo",
            "live_blog_url",
            "state",
            "access_key_hint",
            "show_name",
            "color",
            "author_image",
            "",
            "menu",
            "linkTitle",
            "mainfont",
        ] {
            assert_eq!(hint(key), None, "{key}");
        }
    }

    #[test]
    fn values_that_hold_a_story_back_are_known() {
        for value in
            ["draft", "Private", "in review", "Entwurf", "borrador", "brouillon", "πρόχειρο", "مسودة"]
        {
            assert!(is_hidden_state(value), "{value}");
        }
        for value in ["review", "red", "", "published", "a draft of the law"] {
            assert!(!is_hidden_state(value), "{value}");
        }
    }
}
