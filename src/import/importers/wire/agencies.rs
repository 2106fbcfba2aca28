//! The names of news agencies in datelines, credits and sources.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Names that agencies sign with. Their case does not matter.
const NAMES: &str = "共同, 共同通信, 時事, 時事通信, ロイター, AA, AAP, ABr, AccuWeather, ACN, Adnkronos, AFP, Agence France-Presse, Agencia EFE, \
    Agencies, Agenzia Nova, AGERPRES, AGI, Agência Brasil, Agência Lusa, AKI, AKIpress, Al Jazeera, AMNA, ANA-MPA, \
    Anadolu, Anadolu Agency, Andina, ANI, ANP, ANSA, Antara, AP, APA, APP, APS, Armenpress, Asian News International, \
    askanews, Associated Press, Associated Press of Pakistan, ATS, awp, Azertac, Bakhtar, Baltic News, BBC, Belga, \
    Bernama, Bloomberg, BNA, BNS, BTA, Business Wire, Canadian Press, CMC, CNA, CNN, CNW, CNW Group, CP, CTK, \
    Deutsche Presse-Agentur, Dow Jones, dpa, dpa-AFX, DW, EFE, ELTA, epd, Euronews, Europa Press, FENA, \
    GlobeNewswire, GNA, HINA, IANS, Interfax, IPS, IRNA, ISNA, ITAR-TASS, Jiji, Jiji Press, Kazinform, KCNA, \
    Keystone-SDA, Khaama, KNA, KUNA, Kyodo, Kyodo News, La Presse Canadienne, LaPresse, LETA, Lusa, MAP, MarketWatch, \
    Mehr, MENA, MIA, MTI, NAN, News Agencies, NNA, Notimex, Nova, NTB, Omnisport, ots, PA, PA Media, PA Sport, \
    Pajhwok, PAP, Petra, PNA, PR Newswire, Prensa Latina, Press Association, Press Trust of India, Press TV, \
    PRNewswire, PTI, QNA, Reuter, Reuters, RFE/RL, RIA, RIA Novosti, Ritzau, RTR, SANA, SAPA, sda, SID, SPA, \
    Stats Perform, STT, Tanjug, Tasnim, TASR, TASS, Thomson Reuters, Thomson Reuters Foundation, TT, Télam, UNI, UPI, \
    UzA, VNA, WAFA, WAM, Xinhua, Yonhap, Zenit, ČTK";

/// Names in other scripts.
const OTHER_SCRIPTS: &str = "ΑΠΕ-ΜΠΕ, ΑΠΕ, ΚΥΠΕ, ТАСС, РИА Новости, Интерфакс, Укринформ, УНИАН, رويترز, أ ف ب, ا ف ب, وكالات, د ب أ, 新华社, \
    共同社, БелТА, УНН, УНІАН, Укрінформ, БТА, ТАНЮГ, МИА";

/// All names in lower case.
static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| names(NAMES).chain(names(OTHER_SCRIPTS)).map(str::to_lowercase).collect());

fn names(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(", ")
}

/// Whether a text names an agency, or several separated by slashes.
pub(super) fn is_agency(text: &str) -> bool {
    let is_one = |text: &str| {
        let text = text.trim().trim_end_matches('.');
        let text = text.strip_prefix("The ").or_else(|| text.strip_prefix("the ")).unwrap_or(text);
        // `AA` and `MAP` are agencies; `aa` and `map` are not.
        let is_sign = text.chars().count() > 4
            || !text.chars().any(char::is_lowercase)
            || names(NAMES).any(|name| name == text);
        is_sign && KNOWN.contains(&text.to_lowercase())
    };
    // `dpa/AFP`, and `dpa/bb` of a regional desk.
    let mut parts = text.split('/');
    let is_desk = |part: &str| part.len() <= 4 && part.chars().all(char::is_lowercase);
    let first = parts.next().unwrap_or_default();
    if is_one(first) {
        return parts.all(|part| is_one(part) || is_desk(part));
    }
    is_desk(first) && parts.next().is_some_and(is_one) && parts.next().is_none()
}

/// The usual spelling of the name of an agency, without the capitals of a signature.
pub(super) fn display_name(text: &str) -> String {
    let text = text.trim();
    let text =
        text.strip_prefix("The ").filter(|text| names(NAMES).any(|name| name == *text)).unwrap_or(text);
    match text.to_uppercase().as_str() {
        "REUTER" | "REUTERS" | "RTR" => "Reuters".to_owned(),
        "XINHUA" => "Xinhua".to_owned(),
        "BUSINESS WIRE" => "Business Wire".to_owned(),
        "AGENCIES" => "Agencies".to_owned(),
        _ => text.to_owned(),
    }
}

/// Whether two names belong to one agency.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    fn key(text: &str) -> String {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let text = text.strip_prefix("the ").unwrap_or(&text);
        // `dpa/lno` is dpa.
        let text =
            text.split_once('/').filter(|(_, desk)| desk.len() <= 4).map_or(text, |(agency, _)| agency);
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
    fn agencies_are_recognized_by_name() {
        for name in ["AP", "the Associated Press", "dpa", "REUTERS", "dpa/AFP", "ТАСС", "رويترز"] {
            assert!(is_agency(name), "{name}");
        }
        for name in ["", "left", "NYSE: IBM", "AP Photo", "Athens"] {
            assert!(!is_agency(name), "{name}");
        }
    }
}
