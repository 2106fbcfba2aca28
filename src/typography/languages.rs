//! The quotation marks of languages.

/// The quotation marks of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Language {
    /// The opening and closing marks of quotations.
    pub(super) double: [&'static str; 2],
    /// The marks inside quotations, also used for straight single marks.
    pub(super) single: [&'static str; 2],
    /// Words that start with an apostrophe.
    pub(super) clipped: &'static [&'static str],
}

const ENGLISH: Language = Language {
    double: ["“", "”"],
    single: ["‘", "’"],
    clipped: &["tis", "twas", "twere", "twill", "em", "til", "nuff"],
};
const GERMAN: &[&str] = &["s", "n", "ne", "nen", "nem", "ner"];
const DUTCH: &[&str] = &["s", "t", "n", "k", "m", "r", "ns"];

/// The marks of a language, by the longest known prefix of its tag.
pub(super) fn find(tag: &str) -> Language {
    let tag = tag.to_ascii_lowercase().replace('_', "-");
    let mut known = &*tag;
    loop {
        if let Some((double, single)) = marks(known) {
            return Language { double, single, clipped: clipped(&tag) };
        }
        match known.rsplit_once('-') {
            Some((shorter, _)) => known = shorter,
            None => return Language { clipped: clipped(&tag), ..ENGLISH },
        }
    }
}

fn clipped(tag: &str) -> &'static [&'static str] {
    match tag.split('-').next() {
        Some("en") => ENGLISH.clipped,
        Some("de" | "gsw" | "lb" | "nds") => GERMAN,
        Some("nl" | "af" | "fy") => DUTCH,
        _ => &[],
    }
}

type Marks = ([&'static str; 2], [&'static str; 2]);

/// Quotation marks that differ from English, by CLDR 48 (`delimiters`). Exceptions: French has narrow spaces inside its marks and
/// other inner marks, Swiss German the marks of its newspapers, and Hebrew gershayim.
fn marks(tag: &str) -> Option<Marks> {
    const SPACED: [&str; 2] = ["«\u{202f}", "\u{202f}»"];
    const CURLY: [&str; 2] = ["“", "”"];
    const GUILLEMETS: [&str; 2] = ["«", "»"];
    const SINGLE_GUILLEMETS: [&str; 2] = ["‹", "›"];
    Some(match tag {
        "en" => (ENGLISH.double, ENGLISH.single),
        "fr" | "br" | "ht" | "oc" => (SPACED, CURLY),
        "fr-ch" => (SPACED, ["‹\u{202f}", "\u{202f}›"]),
        "de-ch" | "de-li" | "gsw" | "am" | "fa" | "mzn" | "rm" | "sdh" | "wae" | "az-arab" | "az-cyrl" => {
            (GUILLEMETS, SINGLE_GUILLEMETS)
        }
        "bs-cyrl" | "cs" | "de" | "dsb" | "et" | "hr" | "hsb" | "is" | "ksh" | "lb" | "luy" | "mk"
        | "nds" | "sk" | "sl" => (["„", "“"], ["‚", "‘"]),
        "ast" | "blo" | "bm" | "ca" | "cv" | "el" | "es-us" | "eu" | "ewo" | "ie" | "it" | "kab" | "kk"
        | "lij" | "mg" | "mua" | "nnh" | "pms" | "pt-ao" | "pt-ch" | "pt-cv" | "pt-gq" | "pt-gw"
        | "pt-lu" | "pt-mo" | "pt-mz" | "pt-pt" | "pt-st" | "pt-tl" | "sc" | "sg" | "ti" => {
            (GUILLEMETS, CURLY)
        }
        "bas" | "be" | "bua" | "ky" | "os" | "ru" | "sah" | "tyv" | "uk" => (GUILLEMETS, ["„", "“"]),
        "fi" | "lag" | "rn" | "se" | "sn" | "sv" => (["”", "”"], ["’", "’"]),
        "he" | "iw" | "yi" => (["״", "״"], ["׳", "׳"]),
        "dua" | "el-polyton" | "ksf" | "nb" | "nn" | "no" | "rw" => (GUILLEMETS, ENGLISH.single),
        "ar" | "lld" | "ms-arab" | "syr" | "ur" => (["”", "“"], ["’", "‘"]),
        "hy" | "yav" => (GUILLEMETS, GUILLEMETS),
        "bg" | "lt" | "prg" | "sgs" => (["„", "“"], ["„", "“"]),
        "fur" | "ia" | "ti-er" | "tn" => (ENGLISH.single, CURLY),
        "ja" | "yue" | "zh-hant" | "zh-tw" | "zh-hk" | "zh-mo" => (["「", "」"], ["『", "』"]),
        "nmg" | "pl" | "ro" => (["„", "”"], GUILLEMETS),
        "agq" | "ff" => (["„", "”"], ["‚", "’"]),
        "hu" | "szl" => (["„", "”"], ["»", "«"]),
        "kk-arab" | "ug" => (["»", "«"], ["›", "‹"]),
        "shi" | "zgh" => (GUILLEMETS, ["„", "”"]),
        "bs" => (["„", "”"], ENGLISH.single),
        "eo" => (CURLY, GUILLEMETS),
        "ka" => (["„", "“"], GUILLEMETS),
        "nl" => (ENGLISH.single, ENGLISH.single),
        "sr" => (["„", "”"], ["’", "’"]),
        "uz" => (CURLY, ["’", "‘"]),
        _ => return None,
    })
}
