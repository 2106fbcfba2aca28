//! The tags of a site.

use super::{names, site, topics};

const HARBOUR: &str = "Strike at the old harbour enters third week

-

Dockers at the old harbour went on strike again on Monday over water in the new sheds.

The union said that clean water was not much to ask for. Kosice and Košice were written on the same crate.

A spokesman said that water, and nothing else, was why Maria Delgado had been sent. Delgado smiled.";

#[test]
fn tags_are_spelled_as_on_the_site() {
    let site = site(&["water", "Old Harbour", "KOŠICE", "Strikes", "Delgado"], &[]);
    assert_eq!(names(&site, HARBOUR), ["Old Harbour", "water", "KOŠICE", "Delgado"]);
    assert!(topics(&site, HARBOUR).iter().all(|topic| topic.is_known));
}

#[test]
fn aliases_lead_to_the_preferred_name() {
    let site = site(&["harbour"], &[("harbour", "Port"), ("dockers", "Port"), ("Kosice", "Kassa")]);
    assert_eq!(names(&site, HARBOUR), ["Port", "Kassa", "Maria Delgado"]);
}

#[test]
fn tags_match_whole_words_only() {
    let site = site(&["port", "art", "sea", "he"], &[]);
    let story = "Ports and airports

-

The airport is important. He starts the search at sea, and the sea is cold.";
    assert_eq!(names(&site, story), ["sea"]);
}

#[test]
fn a_tag_that_is_a_stop_word_matches_only_in_capitals() {
    let story = "What it is that tells us

-

Who said that it is for us in may? It told us, and it is who is with us. Will may do it.";
    let site = site(&["US", "IT", "WHO", "May", "IS", "us", "Who", "Will"], &[]);
    assert_eq!(names(&site, story), [""; 0]);
    let story = "US firms hire IT staff

-

Firms in the US hire IT staff, and it is not enough for us.";
    assert_eq!(names(&site, story), ["US", "IT"]);
}

#[test]
fn a_tag_that_is_a_word_and_a_name_needs_a_capital() {
    let site = site(&["Apple", "Turkey", "reading"], &[]);
    let story = "Turkey dinner and apple pie

-

Turkey is what people eat. An apple or a turkey costs two pounds. Apple pie is in the oven, and turkey is not. Reading helps.";
    assert_eq!(names(&site, story), [""; 0]);
    let story = "Apple opens shops in Turkey

-

The plan of Apple for Turkey was announced by Apple on Monday.";
    assert_eq!(names(&site, story), ["Apple", "Turkey"]);
}

#[test]
fn a_tag_of_the_site_has_all_its_names_in_the_gazetteer() {
    let story = "American jets over Britain

-

The United States told the UK of it. U.S. officials said that the British knew, and that Daesh did not.

Fighters of the Islamic State group (ISIL) fled.";
    let found = names(&site(&["USA", "Great Britain", "ISIS"], &[]), story);
    assert_eq!(found, ["Great Britain", "USA", "ISIS"]);
    let found = names(&site(&["U.S."], &[]), story);
    assert!(found.contains(&"U.S.".to_owned()), "{found:?}");
}

#[test]
fn a_tag_that_is_a_surname_covers_the_person() {
    let site = site(&["Demirel"], &[]);
    let story = "Minister resigns

-

The minister, Orhan Demirel, has resigned. Orhan Demirel was ill. Demirel is 60.";
    assert_eq!(names(&site, story), ["Demirel"]);
}

#[test]
fn a_source_is_a_tag_only_of_stories_about_it_on_sites_that_have_the_tag() {
    let of_it = "BBC to close a station

-

The BBC said on Monday that it would close a station. BBC staff protested.";
    let by_it = "Station to close

-

A station will close, the BBC said. The BBC was told so by staff, it told BBC News.";
    assert_eq!(names(&site(&["BBC"], &[]), of_it), ["BBC"]);
    assert_eq!(names(&site(&["BBC"], &[]), by_it), [""; 0]);
    assert_eq!(names(&site(&[], &[]), of_it), [""; 0]);
}

#[test]
fn tags_with_signs_and_of_other_scripts_are_found() {
    let site = site(&["C++", "R&D", "παλιό λιμάνι", "北京", "C", "الميناء القديم"], &[]);
    assert_eq!(
        names(&site, "Firms spend on R&D\n\n-\n\nThe code is in C++ and the R&D is not. C is."),
        ["R&D", "C++"]
    );
    assert_eq!(names(&site, include_str!("stories/greek.txt"))[0], "παλιό λιμάνι");
    assert_eq!(names(&site, include_str!("stories/arabic.txt"))[0], "الميناء القديم");
    assert_eq!(names(&site, "新北京市\n\n-\n\n北京。"), ["北京"]);
}

#[test]
fn useless_tags_are_ignored() {
    let long = "long ".repeat(200);
    let site = site(&["", " ", "!?", "Monday", "m", &long], &[("", "x"), ("y", "")]);
    assert_eq!(names(&site, "Monday m !?\n\n-\n\nMonday and x and y, m."), [""; 0]);
}

#[test]
fn topics_have_their_place() {
    let site = site(&["water"], &[]);
    let found = topics(&site, HARBOUR);
    let water = found.iter().find(|topic| topic.name == "water").expect("it is in the text");
    assert_eq!(water.found.0, 2);
    assert_eq!(HARBOUR.split("\n\n").nth(2).and_then(|part| part.get(water.found.1.clone())), Some("water"));
}
