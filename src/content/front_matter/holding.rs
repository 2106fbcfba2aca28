//! The name and the value of a key that is not ours → whether it says that a story is held back.
//!
//! The words are those of newsrooms and of other generators, in each language of the default theme. A key that holds a story back
//! elsewhere and does nothing here would publish the story.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a key says about its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Readers do not see it: `hold`, `private`, `password`.
    Hides,
    /// Readers see it, if the value says so: `live`, `visible`.
    Shows,
    /// Readers see it from some time on: `release`, `not_before`.
    Until,
    /// Readers see it up to some time: `unpublish_on`, `valid_until`.
    Ends,
    /// Who sees it, or how far the desk is with it: `visibility`, `post_status`.
    State,
}

impl Sign {
    /// The key of ours that says the same.
    pub(super) fn own(self, is_date: bool) -> &'static str {
        match self {
            Self::Ends => "expires",
            _ if is_date => "embargo",
            Self::Until => "embargo",
            Self::Hides | Self::Shows => "draft",
            Self::State => "status",
        }
    }
}

/// The words of one language, as [`fold`] has them. `*` stands for any end of a word.
struct Words {
    /// A key that has one of these among its words hides its story.
    hides: &'static [&'static str],
    /// A key that has one of these among its words releases its story.
    until: &'static [&'static str],
    /// A key that is made of these, and of those that [`Words::joins`] has, shows its story or releases it.
    shows: &'static [&'static str],
    /// The same of the end of a story.
    ends: &'static [&'static str],
    /// Words that stand between the others.
    joins: &'static [&'static str],
    /// Values that say that a story is held back, whatever their key is.
    states: &'static [&'static str],
}

/// For each language of the default theme.
const LANGUAGES: [(&str, Words); 6] = [
    (
        "en",
        Words {
            hides: &[
                "hold",
                "held",
                "onhold",
                "withhold",
                "withheld",
                "hide",
                "hides",
                "hidden",
                "private",
                "secret",
                "confidential",
                "unlisted",
                "unpublished",
                "unreleased",
                "password",
                "passwd",
                "passphrase",
                "passcode",
                "protected",
                "restricted",
                "draft",
                "drafts",
                "wip",
                "headless",
                "spike",
                "spiked",
                "killed",
                "quarantine",
                "nonpublic",
                "notpublic",
                "invisible",
            ],
            until: &["embargo*", "schedule", "scheduled", "scheduling", "notbefore", "golive", "prepublish"],
            shows: &[
                "release",
                "released",
                "releases",
                "publish",
                "publishes",
                "publishing",
                "publication",
                "public",
                "live",
                "visible",
                "available",
                "availability",
                "online",
                "listed",
                "show",
                "shown",
                "unlock",
                "unlocks",
                "unhide",
                "approved",
                "approval",
                "ready",
                "access",
                "goes",
                "go",
                "launch",
                "effective",
                "valid",
                "run",
                "runs",
                "appears",
                "appear",
                "open",
                "opens",
                "activate",
                "active",
                "enabled",
                "clear",
                "cleared",
            ],
            ends: &[
                "expir*",
                "unpublish",
                "unpublishes",
                "takedown",
                "withdraw",
                "withdrawn",
                "offline",
                "sunset",
                "until",
                "till",
                "end",
                "ends",
                "through",
            ],
            joins: &[
                "at", "on", "date", "time", "datetime", "day", "from", "since", "after", "before", "for",
                "by", "when", "is", "not", "no", "do", "to", "be", "the", "this", "in", "only", "and", "of",
                "start", "starts", "begin", "begins", "if", "utc", "gmt", "story", "article", "post", "page",
                "down", "off", "window", "instant", "moment", "public", "until", "till", "up", "dont",
            ],
            states: &[
                "draft",
                "private",
                "hidden",
                "unlisted",
                "secret",
                "confidential",
                "restricted",
                "embargo",
                "embargoed",
                "withheld",
                "withhold",
                "hold",
                "onhold",
                "held",
                "pending",
                "scheduled",
                "unpublished",
                "notpublished",
                "unreleased",
                "notreleased",
                "notpublic",
                "nonpublic",
                "protected",
                "passwordprotected",
                "password",
                "wip",
                "workinprogress",
                "inprogress",
                "inreview",
                "forreview",
                "needsreview",
                "underreview",
                "awaitingreview",
                "donotpublish",
                "donotrun",
                "notforpublication",
                "notforrelease",
                "spike",
                "spiked",
                "killed",
                "invisible",
                "disabled",
                "inactive",
                "offline",
                "internal",
                "membersonly",
                "staffonly",
            ],
        },
    ),
    (
        "de",
        Words {
            hides: &[
                "sperr*",
                "gesperrt",
                "entwurf*",
                "entwuerf*",
                "versteckt",
                "verborgen",
                "verstecken",
                "verbergen",
                "privat",
                "nichtoffentlich",
                "nichtoeffentlich",
                "geheim",
                "vertraulich",
                "passwort",
                "kennwort",
                "zuruckgehalten",
                "zurueckgehalten",
                "zuruckhalten",
                "zurueckhalten",
                "unveroffentlicht",
                "unveroeffentlicht",
                "ausgeblendet",
                "unsichtbar",
            ],
            until: &[
                "sperrfrist",
                "freigabe*",
                "freigeben",
                "freigegeben",
                "veroffentlich*",
                "veroeffentlich*",
                "erschein*",
                "geplant",
                "vorgemerkt",
            ],
            shows: &[
                "frei",
                "sichtbar",
                "sichtbarkeit",
                "offentlich",
                "oeffentlich",
                "verfugbar",
                "verfuegbar",
                "gultig",
                "gueltig",
            ],
            ends: &["ablauf*", "bis", "loschen", "loeschen", "zuruckziehen", "zurueckziehen"],
            joins: &[
                "am", "ab", "um", "datum", "zeit", "tag", "nicht", "erst", "von", "im", "vor", "nach", "fur",
                "fuer",
            ],
            states: &[
                "entwurf",
                "privat",
                "versteckt",
                "verborgen",
                "gesperrt",
                "geheim",
                "vertraulich",
                "zuruckgehalten",
                "zurueckgehalten",
                "unveroffentlicht",
                "unveroeffentlicht",
                "nichtveroffentlicht",
                "nichtveroeffentlicht",
                "geplant",
                "inarbeit",
                "inprufung",
                "inpruefung",
                "unsichtbar",
                "intern",
            ],
        },
    ),
    (
        "fr",
        Words {
            hides: &[
                "brouillon*",
                "cache",
                "cachee",
                "cacher",
                "masque",
                "masquee",
                "masquer",
                "prive",
                "privee",
                "confidentiel*",
                "motdepasse",
                "retenu",
                "retenue",
                "retenir",
                "enattente",
                "invisible",
                "nonpublie",
                "nonpubliee",
            ],
            until: &[
                "embargo*",
                "planifie",
                "planifiee",
                "programme",
                "programmee",
                "parution",
                "publication",
                "miseenligne",
            ],
            shows: &[
                "publier",
                "publie",
                "publiee",
                "visible",
                "public",
                "publique",
                "disponible",
                "diffusion",
                "sortie",
                "liberation",
            ],
            ends: &["expir*", "depublier", "retrait", "retirer", "jusqu*"],
            joins: &[
                "le", "la", "les", "a", "au", "avant", "apres", "du", "de", "date", "heure", "jour", "pas",
                "ne", "est", "en", "ligne", "partir", "des",
            ],
            states: &[
                "brouillon",
                "prive",
                "privee",
                "cache",
                "cachee",
                "masque",
                "masquee",
                "confidentiel",
                "confidentielle",
                "sousembargo",
                "retenu",
                "enattente",
                "nonpublie",
                "nonpubliee",
                "planifie",
                "planifiee",
                "programme",
                "programmee",
                "encours",
                "enrelecture",
            ],
        },
    ),
    (
        "es",
        Words {
            hides: &[
                "borrador*",
                "oculto",
                "oculta",
                "ocultar",
                "privado",
                "privada",
                "secreto",
                "secreta",
                "confidencial",
                "contrasena",
                "retenido",
                "retenida",
                "retener",
                "reservado",
                "reservada",
                "invisible",
                "inedito",
            ],
            until: &["embargo*", "programado", "programada", "publicacion", "publicar", "lanzamiento"],
            shows: &[
                "publicado",
                "publicada",
                "visible",
                "publico",
                "publica",
                "disponible",
                "liberar",
                "liberacion",
            ],
            ends: &["caduca*", "caduci*", "vence", "vencimiento", "despublicar", "retirar", "hasta"],
            joins: &[
                "el", "la", "a", "en", "desde", "fecha", "hora", "dia", "no", "antes", "despues", "de",
                "del", "partir",
            ],
            states: &[
                "borrador",
                "privado",
                "privada",
                "oculto",
                "oculta",
                "secreto",
                "confidencial",
                "embargado",
                "retenido",
                "retenida",
                "pendiente",
                "nopublicado",
                "sinpublicar",
                "programado",
                "programada",
                "enrevision",
                "inedito",
            ],
        },
    ),
    (
        "el",
        Words {
            hides: &[
                "προχειρο",
                "κρυφο",
                "κρυμμενο",
                "αποκρυψη",
                "ιδιωτικο",
                "απορρητο",
                "εμπιστευτικο",
                "κωδικοσ",
                "συνθηματικο",
                "αναμονη",
                "αδημοσιευτο",
                "κρατημενο",
            ],
            until: &["εμπαργκο", "αποδεσμευση", "δημοσιευση", "προγραμματισμενο", "κυκλοφορια"],
            shows: &["ορατο", "δημοσιο", "δημοσιευμενο", "διαθεσιμο"],
            ends: &["ληξη", "αποσυρση", "εωσ", "μεχρι"],
            joins: &["σε", "απο", "στισ", "ημερομηνια", "ωρα", "μη", "οχι", "πριν", "μετα"],
            states: &[
                "προχειρο",
                "κρυφο",
                "ιδιωτικο",
                "απορρητο",
                "εμπιστευτικο",
                "σεαναμονη",
                "αδημοσιευτο",
                "εμπαργκο",
            ],
        },
    ),
    (
        "ar",
        Words {
            hides: &[
                "مسودة",
                "مخفي",
                "مخفية",
                "اخفاء",
                "خاص",
                "خاصة",
                "سري",
                "سرية",
                "محجوب",
                "محجوبة",
                "معلق",
                "موجل",
                "كلمةالمرور",
                "كلمةالسر",
            ],
            until: &["حظر", "الحظر", "النشر", "نشر", "مجدول", "مجدولة", "اصدار", "الاصدار"],
            shows: &["مريي", "متاح", "عام"],
            ends: &["انتهاء", "سحب"],
            joins: &["في", "من", "تاريخ", "وقت", "لا", "قبل", "بعد", "حتى", "موعد"],
            states: &["مسودة", "مخفي", "خاص", "سري", "محجوب", "معلق", "موجل", "مجدول", "غيرمنشور"],
        },
    ),
];

/// What has a state of its own: with `status`, these are the state of a story.
const OF_STORY: [&str; 9] =
    ["post", "publish", "publication", "publishing", "article", "story", "page", "content", "editorial"];
/// Keys that say who sees a story, or how far the desk is with it.
const STATE: [&str; 7] =
    ["visibility", "workflow", "workflowstate", "sichtbarkeit", "visibilite", "visibilidad", "ορατοτητα"];
/// States in which readers see a story.
const PUBLIC: [&str; 28] = [
    "published",
    "publish",
    "public",
    "live",
    "usable",
    "final",
    "done",
    "ready",
    "approved",
    "open",
    "everyone",
    "everybody",
    "all",
    "free",
    "online",
    "visible",
    "active",
    "complete",
    "completed",
    "released",
    "offentlich",
    "oeffentlich",
    "veroffentlicht",
    "veroeffentlicht",
    "publie",
    "publico",
    "publicado",
    "δημοσιο",
];
/// Words that say when something happened to the file, which holds nothing back.
const PAST: [&str; 20] = [
    "created",
    "creation",
    "added",
    "written",
    "updated",
    "update",
    "modified",
    "modification",
    "edited",
    "changed",
    "revised",
    "revision",
    "imported",
    "exported",
    "migrated",
    "fetched",
    "generated",
    "crawled",
    "lastmod",
    "mtime",
];

/// Longest key that is taken apart: no word here is as long, and longer ones are sentences.
const LONGEST: usize = 48;

/// What the name of a key says about its story.
pub(super) fn sign(key: &str) -> Option<Sign> {
    if key.len() > 4 * LONGEST {
        return None;
    }
    let words = words(key);
    let whole = words.concat();
    if whole.chars().count() > LONGEST {
        return None;
    }
    let has = |word: &str| words.iter().any(|other| other == word);
    if STATE.contains(&&*whole) || has("status") && OF_STORY.iter().any(|word| has(word)) {
        return Some(Sign::State);
    }
    strong(&words, &whole).or_else(|| made_of(&words))
}

/// What a word among others says, or all of them written as one.
fn strong(words: &[String], whole: &str) -> Option<Sign> {
    let any = |list: &[&str]| {
        list.iter().any(|word| matches(word, whole) || words.iter().any(|w| matches(word, w)))
    };
    // What ends comes first, as `unpublish_embargoed` would; what has a time of its own is before what hides.
    let ends = |list: &[&str]| {
        list.iter().filter(|word| word.len() > 5).any(|word| words.iter().any(|w| matches(word, w)))
    };
    if LANGUAGES.iter().any(|(_, language)| ends(language.ends)) {
        return Some(Sign::Ends);
    }
    if LANGUAGES.iter().any(|(_, language)| any(language.until)) {
        return Some(Sign::Until);
    }
    LANGUAGES.iter().any(|(_, language)| any(language.hides)).then_some(Sign::Hides)
}

/// What a key says that has no word but those that show a story, and those that stand between them: `not_before`, `releaseAt`,
/// `validfrom`. Words that are written as one are taken apart.
fn made_of(words: &[String]) -> Option<Sign> {
    let mut sign = None;
    for word in words {
        sign = stronger(sign, parts(word)?);
    }
    sign
}

/// The sign of one word: `Some(None)` of a word that only joins others, `None` of any other word.
fn parts(text: &str) -> Option<Option<Sign>> {
    if text.is_empty() {
        return Some(None);
    }
    let known =
        |list: &'static [&'static str], sign: Option<Sign>| list.iter().map(move |word| (*word, sign));
    let all = LANGUAGES.iter().flat_map(|(_, language)| {
        let (shows, ends) =
            (known(language.shows, Some(Sign::Shows)), known(language.ends, Some(Sign::Ends)));
        shows.chain(ends).chain(known(language.joins, None))
    });
    let mut joins = false;
    for (word, sign) in all {
        let Some(rest) = text.strip_prefix(word.trim_end_matches('*')) else { continue };
        match (parts(rest), sign) {
            (Some(other), sign) if sign.is_some() || other.is_some() => return Some(stronger(other, sign)),
            (Some(None), None) => joins = true,
            _ => {}
        }
    }
    joins.then_some(None)
}

fn stronger(one: Option<Sign>, other: Option<Sign>) -> Option<Sign> {
    match (one, other) {
        (Some(Sign::Ends), _) | (_, Some(Sign::Ends)) => Some(Sign::Ends),
        (one, other) => one.or(other),
    }
}

fn matches(word: &str, text: &str) -> bool {
    match word.strip_suffix('*') {
        Some(stem) => text.starts_with(stem),
        None => word == text,
    }
}

/// Whether a value says that a story is held back, whatever its key is.
pub(super) fn is_state(value: &str) -> bool {
    let value = words(value).concat();
    LANGUAGES.iter().any(|(_, language)| language.states.contains(&&*value))
}

/// Whether a value says that readers see the story.
pub(super) fn is_public(value: &str) -> bool {
    let value = words(value).concat();
    PUBLIC.contains(&&*value)
}

/// Whether the name of a key says that its date is one of the past.
pub(super) fn is_past(key: &str) -> bool {
    words(key).iter().any(|word| PAST.contains(&&**word))
}

/// The words of a name, folded: `releaseAt`, `release_at` and `Release at` have the same.
pub(super) fn words(name: &str) -> Vec<String> {
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

/// Small letters without accents, of which sigma has one.
fn fold(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    letters.map(|c| if c == 'ς' { 'σ' } else { c }).collect::<String>().replace('ß', "ss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_folded_and_there_are_some_for_each_language_of_the_theme() {
        let theme = include_str!("../../../themes/broadsheet/theme.yaml");
        for (language, words) in &LANGUAGES {
            assert!(theme.contains(&format!("\n  {language}:\n")), "{language}");
            let lists = [words.hides, words.until, words.shows, words.ends, words.joins, words.states];
            for word in lists.into_iter().flatten() {
                assert_eq!(fold(word.trim_end_matches('*')), word.trim_end_matches('*'));
            }
        }
        let languages =
            theme.lines().filter(|line| line.len() == 5 && line.starts_with("  ") && line.ends_with(':'));
        assert_eq!(languages.count(), LANGUAGES.len());
    }

    #[test]
    fn names_that_hold_a_story_back_are_known_in_each_language() {
        for (key, expected) in [
            ("hold", Sign::Hides),
            ("on-hold", Sign::Hides),
            ("holdUntil", Sign::Hides),
            ("password", Sign::Hides),
            ("wip", Sign::Hides),
            ("release", Sign::Shows),
            ("release_at", Sign::Shows),
            ("releaseAt", Sign::Shows),
            ("validfrom", Sign::Shows),
            ("valid_until", Sign::Ends),
            ("not_before", Sign::Until),
            ("available", Sign::Shows),
            ("visibility", Sign::State),
            ("post_status", Sign::State),
            ("sperrfrist", Sign::Until),
            ("Sperrvermerk", Sign::Hides),
            ("entwurf", Sign::Hides),
            ("Veröffentlichung ab", Sign::Until),
            ("veroeffentlichen_am", Sign::Until),
            ("freigabedatum", Sign::Until),
            ("brouillon", Sign::Hides),
            ("mot_de_passe", Sign::Hides),
            ("caché", Sign::Hides),
            ("borrador", Sign::Hides),
            ("contraseña", Sign::Hides),
            ("fecha_de_publicación", Sign::Until),
            ("πρόχειρο", Sign::Hides),
            ("ΕΜΠΑΡΓΚΟ", Sign::Until),
            ("مسودة", Sign::Hides),
            ("حظر_النشر", Sign::Until),
            ("unpublish_on", Sign::Ends),
        ] {
            assert_eq!(sign(key), Some(expected), "{key}");
        }
    }

    #[test]
    fn names_of_other_things_say_nothing() {
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
            assert_eq!(sign(key), None, "{key}");
        }
    }

    #[test]
    fn values_that_say_that_a_story_is_held_back_are_known() {
        for value in
            ["draft", "Private", "in review", "Entwurf", "borrador", "brouillon", "πρόχειρο", "مسودة"]
        {
            assert!(is_state(value), "{value}");
        }
        for value in ["review", "red", "", "published", "a draft of the law"] {
            assert!(!is_state(value), "{value}");
        }
    }
}
