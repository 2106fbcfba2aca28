//! The names of months, weekdays and time zones.

use jiff::tz::{Offset, TimeZone};

/// The names of each month in 18 languages. A dot ends the letters that identify the month, if they are not the whole name.
const MONTHS: [&str; 12] = [
    "jan.uary jan.uar jan.vier jan.eiro jan.uari jän.ner ene.ro gen.naio oca.k sty.cznia ιαν.ουαρίου янв.аря січ.ня يناير",
    "feb.ruary feb.ruar fév.rier fev.rier feb.rero feb.braio fev.ereiro feb.ruari şub.at lut.ego φεβ.ρουαρίου фев.раля лют.ого فبراير",
    "mar.ch mär.z maerz mar.s mar.zo mar.ço maa.rt mrt mar.ca mar.t μαρ.τίου μάρ.τιος мар.та бер.езня مارس",
    "apr.il avr.il abr.il apr.ile nis.an kwi.etnia απρ.ιλίου апр.еля кві.тня أبريل ابريل",
    "may mai may.o mag.gio mai.o mei maj.a may.ıs μαΐ.ου μαϊ.ου μάι.ος мая май тра.вня مايو",
    "jun.e jun.i juin jun.io giu.gno jun.ho haz.iran cze.rwca ιουν.ίου ιούν.ιος июн.я чер.вня يونيو",
    "jul.y jul.i juil.let jul.io lug.lio jul.ho tem.muz lip.ca ιουλ.ίου ιούλ.ιος июл.я лип.ня يوليو",
    "aug.ust aoû.t aou.t ago.sto aug.ustus ağu.stos sie.rpnia αυγ.ούστου αύγ.ουστος авг.уста сер.пня أغسطس",
    "sep.tember sep.tembre sep.tiembre set.tembre set.embro eyl.ül wrz.eśnia σεπ.τεμβρίου сен.тября вер.есня سبتمبر",
    "oct.ober okt.ober oct.obre oct.ubre ott.obre out.ubro eki.m paź.dziernika οκτ.ωβρίου окт.ября жов.тня أكتوبر",
    "nov.ember nov.embre nov.iembre nov.embro kas.ım lis.topada νοε.μβρίου νοέ.μβριος ноя.бря лис.топада نوفمبر",
    "dec.ember dez.ember déc.embre dec.embre dic.iembre dic.embre dez.embro des.ember ara.lık gru.dnia δεκ.εμβρίου дек.абря гру.дня ديسمبر",
];

/// Weekdays in English, German, French and Spanish.
const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag \
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo";

/// English abbreviations of weekdays, which no other language uses for ordinary words.
const SHORT_WEEKDAYS: &str = "mon tue tues wed thu thur thurs fri sat sun";

/// Time zone abbreviations with their offsets in minutes. `BST` is British and `CST` American, as in the copy of agencies.
const ZONES: [(&str, i32); 25] = [
    ("Z", 0),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("BST", 60),
    ("WEST", 60),
    ("CET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("JST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];

/// Abbreviations whose offset depends on the date.
const REGIONS: [(&str, &str); 4] = [
    ("ET", "America/New_York"),
    ("CT", "America/Chicago"),
    ("MT", "America/Denver"),
    ("PT", "America/Los_Angeles"),
];

/// The month that a name or an inflected form of it begins like: `Sept`, `сентябрь`.
pub(crate) fn parse_month(name: &str) -> Option<i8> {
    let name = name.to_lowercase();
    let stems = months().map(|(entry, month)| (entry.split('.').next().unwrap_or(entry), month));
    // Longer words only begin like a month.
    let fits = stems.filter(|(stem, _)| name.starts_with(stem) && name.chars().count() <= 11);
    fits.max_by_key(|(stem, _)| stem.len()).map(|(_, month)| month)
}

/// The month with this exact name, or whose name begins with these three or four letters. Expects lower case.
pub(super) fn exact_month(name: &str) -> Option<i8> {
    months().find(|(entry, _)| is_name(name, entry)).map(|(_, month)| month)
}

fn months() -> impl Iterator<Item = (&'static str, i8)> {
    MONTHS.iter().zip(1..).flat_map(|(names, month)| names.split(' ').map(move |name| (name, month)))
}

/// Whether a word in lower case is a weekday, or the first three or four letters of one.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.split(' ').any(|name| is_name(word, name))
}

/// Whether a word is this name, or the first three or four letters of it.
fn is_name(word: &str, name: &str) -> bool {
    let mut letters = name.chars().filter(|c| *c != '.');
    let is_prefix = word.chars().all(|c| letters.next() == Some(c));
    is_prefix && (letters.next().is_none() || (3..=4).contains(&word.chars().count()))
}

/// A pattern of the weekdays, without a group.
pub(crate) fn weekday_pattern() -> String {
    WEEKDAYS.replace(' ', "|")
}

/// A pattern of the weekdays and their English abbreviations, without a group.
pub(super) fn any_weekday_pattern() -> String {
    format!("{WEEKDAYS} {SHORT_WEEKDAYS}").replace(' ', "|")
}

/// A pattern of the time zone abbreviations, without a group.
pub(crate) fn zone_pattern() -> String {
    let names = ZONES.iter().map(|(name, _)| *name).chain(REGIONS.iter().map(|(name, _)| *name));
    names.collect::<Vec<_>>().join("|")
}

/// The fixed offset of a time zone abbreviation, in any case.
pub(super) fn zone_offset(name: &str) -> Option<Offset> {
    let (_, minutes) = ZONES.iter().find(|(zone, _)| zone.eq_ignore_ascii_case(name))?;
    Offset::from_seconds(minutes * 60).ok()
}

/// The zone of an abbreviation in any case: `CET`, `ET`.
pub(crate) fn find_zone(name: &str) -> Option<TimeZone> {
    let region = REGIONS.iter().find(|(region, _)| region.eq_ignore_ascii_case(name));
    match region {
        Some((_, zone)) => TimeZone::get(zone).ok(),
        None => zone_offset(name).map(TimeZone::fixed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names_and_stems() {
        for (name, month) in
            [("sept", 9), ("Juin", 6), ("JUIL", 7), ("Σεπτεμβρίου", 9), ("ιουν", 6), ("maj", 5)]
        {
            assert_eq!(parse_month(name), Some(month), "{name}");
        }
        for name in ["", "ju", "marketing days", "berlin-on-the-spree"] {
            assert_eq!(parse_month(name), None, "{name}");
        }
        assert_eq!(exact_month("sept"), Some(9));
        assert_eq!(exact_month("марта"), Some(3));
        assert_eq!(exact_month("septem"), None);
    }

    #[test]
    fn abbreviations_of_zones_have_offsets() {
        let january = "2024-01-05T12:00:00Z".parse().unwrap();
        for (name, hours) in [("z", 0), ("CET", 1), ("mesz", 2), ("ET", -5), ("EDT", -4)] {
            let offset = find_zone(name).unwrap().to_offset(january);
            assert_eq!(offset.seconds(), hours * 3600, "{name}");
        }
        assert!(find_zone("IST").is_none());
    }
}
