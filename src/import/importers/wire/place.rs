//! Recognizes the place of a dateline and writes it in running case.

use super::rules;

/// Words in capitals before a dash that are not places.
const LABELS: &str = "ADVISORY ALERT ANALYSIS ANSWER BACKGROUND BOX BREAKING BREAKINGVIEWS BRIEF BULLETIN BUSINESS BUZZ CAUTION CHART \
    CLARIFICATION COLUMN COMMENT COMMENTARY CORRECTED CORRECTION CULTURE DAY DEVELOPING DIARY EDITORIAL EDITORS \
    EMBARGOED EXCLUSIVE EXPLAINER FACT FACTBOX FACTS FEATURE FINAL FINANCE FLASH FOCUS FULL GALLERY GLANCE GRAPHIC \
    GUIDE HIGHLIGHTS HOW IN INFO INSIGHT INTERVIEW KEY KILL LATEST LEAD LIVE MARKET MARKETS MORE NEWS NOTE OPINION \
    PHOTO PHOTOS PODCAST POLL PREVIEW PROFILE PROGRAMME PROGRAM QUESTION QUOTE QUOTES READ RECAP REFILE REPORT \
    REVIEW SCORES SPECIAL SPORT SPORTS STORY SUMMARY TABLE TECH THE TIMELINE TOP UPDATE UPDATES URGENT VIDEO WARNING \
    WATCH WEATHER WHAT WHO WHY WRAPUP";

/// Short names in capitals that are cities. Most others are organizations.
const SHORT: [&str; 119] = [
    "ABUJA", "ACCRA", "ADEN", "AGRA", "AMMAN", "APIA", "AQABA", "ARICA", "ASPEN", "AUSTIN", "BAKU", "BALI",
    "BARI", "BASEL", "BASRA", "BATH", "BERN", "BERNE", "BOISE", "BONN", "BREST", "BUSAN", "CAIRO", "CANEA",
    "CEBU", "CORK", "CUSCO", "DAKAR", "DAVOS", "DELHI", "DERBY", "DERRY", "DHAKA", "DILI", "DOHA", "DOVER",
    "DUBAI", "ESSEN", "ETON", "FLINT", "GAZA", "GENOA", "GHENT", "GOMA", "GRAZ", "HAGUE", "HANOI", "HERAT",
    "HILO", "HULL", "IASI", "ISTAN", "IZMIR", "JAKAR", "JOS", "JUBA", "KABUL", "KANO", "KIEL", "KIEV",
    "KOBE", "KUMBO", "KYIV", "KYOTO", "LAGOS", "LA PAZ", "LEEDS", "LHASA", "LIMA", "LINZ", "LODZ", "LOME",
    "LYON", "MACAO", "MACON", "MALE", "MALMO", "MECCA", "MIAMI", "MILAN", "MINSK", "MOSUL", "NANCY", "NICE",
    "OMAHA", "OMSK", "ORAN", "OSAKA", "OSLO", "PARIS", "PATNA", "PERTH", "PISA", "PRATO", "PUNE", "QOM",
    "QUITO", "RABAT", "RENO", "RIGA", "ROME", "SALEM", "SANAA", "SEOUL", "SIDON", "SOFIA", "SPLIT", "SUVA",
    "TAMPA", "TOKYO", "TULSA", "TUNIS", "TURIN", "TYRE", "UTICA", "VADUZ", "WACO", "YORK", "ZUG",
];

/// Whether a text may be the place of a dateline.
pub(super) fn is_place(text: &str) -> bool {
    let words = text.split([' ', '/']).count();
    if text.is_empty()
        || words > 7
        || text.chars().count() < 2
        || text.chars().any(|c| c.is_numeric() || "\"“”:;?!<>^|@".contains(c))
    {
        return false;
    }
    // `Nantes (France)`
    if let Some((place, country)) = text.strip_suffix(')').and_then(|text| text.split_once(" (")) {
        return is_place(place) && is_place(country);
    }
    !has_case(text) && words <= 4 || rules::PLACE.is_match(text) || is_capitals(text)
}

/// Whether a text may be the region after a place.
pub(super) fn is_region(text: &str) -> bool {
    text.split(',').count() <= 3
        && text.trim_start_matches("and ").split(',').all(|part| {
            let part = part.trim();
            part.split(' ').count() <= 4
                && (rules::PLACE.is_match(part) || is_capitals(part) || !has_case(part))
        })
}

/// Whether the script of a text has upper and lower case.
pub(super) fn has_case(text: &str) -> bool {
    text.chars().any(|c| c.is_lowercase() || c.is_uppercase())
}

/// Whether a text is in capitals, except for particles and letters within names: `RIO de JANEIRO`, `McALLEN`, `St. JOHN’s`.
pub(super) fn is_capitals(text: &str) -> bool {
    let mut words = text.split([' ', '-', '/']).filter(|word| !word.is_empty());
    let is_small = |word: &str| {
        [
            "de", "la", "le", "du", "di", "da", "do", "of", "the", "upon", "on", "sur", "am", "an", "al",
            "el", "y", "e", "and", "s", "'s", "’s",
        ]
        .contains(&word)
    };
    let is_big = |word: &str| {
        let word = word.trim_end_matches("'s").trim_end_matches("’s");
        let word = ["Mc", "Mac", "St.", "Ste.", "d'", "d’", "O'", "O’"]
            .iter()
            .find_map(|start| word.strip_prefix(start))
            .unwrap_or(word);
        !word.chars().any(char::is_lowercase)
    };
    let first =
        text.split([' ', '-', '/']).find(|word| word.chars().filter(|c| c.is_uppercase()).count() > 1);
    first.is_some() && words.all(|word| is_big(word) || is_small(word))
}

/// Whether a text in capitals before a bare dash is likely to be a city.
pub(super) fn is_likely_city(place: &str, has_region: bool) -> bool {
    let mut words = place.split([' ', '/']).map(|word| word.trim_matches(['.', '\'', '’']));
    if words.clone().count() > 4 || words.any(|word| LABELS.split(' ').any(|label| label == word)) {
        return false;
    }
    let letters = place.chars().filter(|c| c.is_alphabetic()).count();
    has_region || letters > 5 && !place.contains('&') || SHORT.contains(&place)
}

/// A place in running case: `RIO DE JANEIRO` becomes `Rio de Janeiro`. Text that is not in capitals is unchanged.
pub(in crate::import) fn in_running_case(place: &str) -> String {
    place
        .split(", ")
        .map(|part| if is_capitals(part) { recased(part) } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join(", ")
}

fn recased(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for (index, piece) in part.split_inclusive([' ', '-', '/']).enumerate() {
        let word = piece.trim_end_matches([' ', '-', '/']);
        let small = word.to_lowercase();
        let is_small = matches!(
            &*small,
            "de" | "del"
                | "di"
                | "da"
                | "do"
                | "dos"
                | "of"
                | "the"
                | "upon"
                | "on"
                | "sur"
                | "am"
                | "an"
                | "du"
                | "der"
                | "and"
                | "e"
                | "y"
                | "s"
        );
        // `D.C.` and `U.N.` are abbreviations.
        if word.matches('.').count() > 1
            || is_small && word == small
            || word.contains(char::is_lowercase) && !is_capitals(word)
        {
            out.push_str(word);
        } else if is_small && index > 0 {
            out.push_str(&small);
        } else {
            out.push_str(&capitalized(word));
        }
        out.push_str(&piece[word.len()..]);
    }
    out
}

/// `McALLEN` is `McAllen`, `O'FALLON` is `O'Fallon`, `JOHN'S` is `John's`.
fn capitalized(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut starts = true;
    for (at, c) in word.char_indices() {
        let before = &word[..at];
        let is_prefix = before.ends_with(['\'', '’']) && before.chars().count() == 2;
        let after_prefix = is_prefix || matches!(before, "Mc" | "Mac");
        if starts || after_prefix {
            out.push(c)
        } else {
            out.extend(c.to_lowercase())
        }
        starts = starts && !c.is_alphabetic();
    }
    // A Greek word ends in a letter of its own.
    if out.ends_with('σ') {
        out.pop();
        out.push('ς');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_capitals_are_recased() {
        for (written, place) in [
            ("LONDON", "London"),
            ("RIO DE JANEIRO", "Rio de Janeiro"),
            ("WASHINGTON, D.C.", "Washington, D.C."),
            ("HELSINKI, Finland", "Helsinki, Finland"),
            ("STRATFORD-UPON-AVON", "Stratford-upon-Avon"),
            ("McALLEN, Texas", "McAllen, Texas"),
            ("NEW YORK/LONDON", "New York/London"),
            ("ST. JOHN'S", "St. John's"),
            ("Berlin", "Berlin"),
        ] {
            assert_eq!(in_running_case(written), place);
        }
    }
}
