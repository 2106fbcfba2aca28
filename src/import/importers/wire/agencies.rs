//! Names of news agencies, as they stand in datelines, credits and sources.

/// Names as agencies sign with; letters count, not their case.
const NAMES: [&str; 116] = [
    "AA",
    "AAP",
    "ABC",
    "Adnkronos",
    "AFP",
    "Agence France-Presse",
    "Agencies",
    "AGERPRES",
    "AGI",
    "Al Jazeera",
    "AMNA",
    "ANA-MPA",
    "Anadolu",
    "Anadolu Agency",
    "Andina",
    "ANI",
    "ANP",
    "ANSA",
    "Antara",
    "AP",
    "APA",
    "APP",
    "APS",
    "Associated Press",
    "ATS",
    "Azertac",
    "BBC",
    "Belga",
    "Bernama",
    "Bloomberg",
    "BNA",
    "BNS",
    "BTA",
    "Business Wire",
    "Canadian Press",
    "CMC",
    "CNA",
    "CNN",
    "CP",
    "CTK",
    "ČTK",
    "Deutsche Presse-Agentur",
    "dpa",
    "dpa-AFX",
    "EFE",
    "ELTA",
    "epd",
    "Europa Press",
    "FENA",
    "GlobeNewswire",
    "GNA",
    "HINA",
    "IANS",
    "Interfax",
    "IPS",
    "IRNA",
    "ITAR-TASS",
    "Jiji",
    "Jiji Press",
    "KCNA",
    "Keystone-SDA",
    "KNA",
    "KUNA",
    "Kyodo",
    "Kyodo News",
    "LaPresse",
    "LETA",
    "Lusa",
    "MAP",
    "MENA",
    "MIA",
    "MTI",
    "NAN",
    "News Agencies",
    "Nova",
    "Notimex",
    "NNA",
    "NTB",
    "ots",
    "PA",
    "PA Media",
    "PAP",
    "Petra",
    "PNA",
    "Prensa Latina",
    "Press Association",
    "PRNewswire",
    "PR Newswire",
    "PTI",
    "QNA",
    "Reuter",
    "Reuters",
    "RIA",
    "RIA Novosti",
    "Ritzau",
    "RTR",
    "SANA",
    "SAPA",
    "sda",
    "SID",
    "SPA",
    "STT",
    "Tanjug",
    "TASR",
    "TASS",
    "Télam",
    "Thomson Reuters Foundation",
    "TT",
    "UNI",
    "UPI",
    "VNA",
    "WAFA",
    "WAM",
    "Xinhua",
    "Yonhap",
    "Zenit",
];

/// The same in other scripts.
const OTHER_SCRIPTS: [&str; 15] = [
    "ΑΠΕ-ΜΠΕ",
    "ΑΠΕ",
    "ΚΥΠΕ",
    "ТАСС",
    "РИА Новости",
    "Интерфакс",
    "Укринформ",
    "УНИАН",
    "رويترز",
    "أ ف ب",
    "ا ف ب",
    "وكالات",
    "د ب أ",
    "新华社",
    "共同社",
];

/// Whether a text is the name of an agency, or several with `/`, `,` or `and` between.
pub(super) fn is_agency(text: &str) -> bool {
    let plain = |text: &str| {
        let text = text.trim().trim_end_matches('.');
        text.strip_prefix("The ").or_else(|| text.strip_prefix("the ")).unwrap_or(text).to_lowercase()
    };
    let is_one = |text: &str| {
        let text = plain(text);
        NAMES.iter().chain(&OTHER_SCRIPTS).any(|name| name.to_lowercase() == text)
    };
    // `dpa/AFP`, and `dpa/bb` of a regional desk.
    let mut parts = text.split('/');
    let is_desk = |part: &str| part.len() <= 4 && part.chars().all(char::is_lowercase);
    parts.next().is_some_and(is_one) && parts.all(|part| is_one(part) || is_desk(part))
}

/// The name of an agency as it is printed elsewhere: not in the capitals of its sign-off.
pub(super) fn as_printed(text: &str) -> String {
    let text = text.trim();
    match text.to_uppercase().as_str() {
        "REUTER" | "REUTERS" | "RTR" => "Reuters".to_owned(),
        "XINHUA" => "Xinhua".to_owned(),
        "BUSINESS WIRE" => "Business Wire".to_owned(),
        "AGENCIES" => "Agencies".to_owned(),
        _ => text.to_owned(),
    }
}

/// Whether two names are those of one agency.
pub(super) fn same(one: &str, other: &str) -> bool {
    fn key(text: &str) -> String {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let text = text.strip_prefix("the ").unwrap_or(&text);
        match text {
            "associated press" => "ap",
            "agence france-presse" => "afp",
            "pa media" | "press association" => "pa",
            "deutsche presse-agentur" => "dpa",
            "reuter" => "reuters",
            other => other,
        }
        .to_owned()
    }
    key(one) == key(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_are_known_by_their_names() {
        for name in ["AP", "the Associated Press", "dpa", "REUTERS", "dpa/AFP", "ТАСС", "رويترز"] {
            assert!(is_agency(name), "{name}");
        }
        for name in ["", "left", "NYSE: IBM", "AP Photo", "Athens"] {
            assert!(!is_agency(name), "{name}");
        }
    }
}
