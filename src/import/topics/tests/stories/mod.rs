//! What a desk would choose for whole stories, on a site without tags.

use super::{names, site};

/// A story, the tags that it must have, and those that it must not have.
macro_rules! story {
    ($test:ident, $file:literal, [$($tag:literal),*], not [$($wrong:literal),*]) => {
        #[test]
        fn $test() {
            let found = names(&site(&[], &[]), include_str!(concat!($file, ".txt")));
            for tag in [$($tag),*] as [&str; _] {
                assert!(found.iter().any(|name| name == tag), "{tag} is not in {found:?}");
            }
            for wrong in [$($wrong),*] as [&str; _] {
                assert!(!found.iter().any(|name| name == wrong), "{wrong} is in {found:?}");
            }
        }
    };
}

story!(
    names_of_one_organisation_are_one_tag,
    "air-bases",
    ["Turkey", "Islamic State", "Orhan Demirel", "Syria", "United States", "Paul Hartwell"],
    not ["ISIL", "IS", "Ankara", "Al Jazeera", "Friday", "Also", "Simon Price", "Price", "Demirel", "Turkish"]
);
story!(
    envoys_and_countries_are_tags_but_agencies_are_not,
    "ambassador",
    ["Lebanon", "Daniel Whitcomb", "United States", "Israel", "Hezbollah", "Samir Khoury"],
    not ["Al Jazeera", "BBC", "Associated Press", "Washington", "Wednesday", "State", "Secretary"]
);
story!(
    a_council_is_named_as_a_whole,
    "council",
    ["Kelsby Town Council", "Ruth Pemberton"],
    not ["Cllr Dev Anand", "However", "May", "Easter", "Pemberton", "March"]
);
story!(
    companies_are_named_without_their_legal_form,
    "merger",
    ["Norvik Energy", "Halden Gas", "Ingrid Solberg", "Competition and Markets Authority"],
    not ["Norvik Energy plc", "Norvik", "Halden", "NVE", "LSE", "CEO", "Markets Authority", "Moody", "Q4"]
);
story!(
    players_and_clubs_are_tags,
    "football",
    ["Samuel Okafor", "Brackley Rovers", "Westhaven United", "Luca Brandt"],
    not ["Late Okafor", "Okafor", "United", "Rovers", "Saturday", "Nigeria"]
);
story!(
    a_trial_has_the_accused_and_not_his_wife,
    "trial",
    ["Colin Farrar", "Deepwater Dredging", "Serious Fraud Office"],
    not ["Mrs Farrar", "Judge Helena Marsh", "QC", "Farrar", "Thursday"]
);
story!(
    storms_keep_their_names,
    "storm",
    ["Storm Edda", "Ireland", "Scotland", "Galway"],
    not ["Edda", "Storm", "Sunday", "Red"]
);
story!(
    scientists_are_named_without_titles,
    "science",
    ["University of Tromsvik", "Anneke Vos", "Martin Oyelaran"],
    not ["Dr Anneke Vos", "Prof Martin Oyelaran", "PET", "DNA", "Vos"]
);
story!(
    the_dead_come_first_in_an_obituary,
    "obituary",
    ["Marta Lindqvist", "Japan", "The Salt Road"],
    not ["Karin", "Sir Basil Renner", "Lindqvist", "She"]
);
story!(
    sides_of_a_war_are_tags,
    "war",
    ["Arvenko", "Ukraine", "Russia", "United Nations"],
    not ["Moscow", "Kyiv", "Ukrainian", "Russian", "Tuesday", "UN"]
);
story!(
    markets_have_banks_and_not_analysts_firms,
    "market",
    ["Federal Reserve", "European Central Bank"],
    not ["Fed", "ECB", "Fitch", "Wednesday", "January", "OPEC"]
);
story!(
    parties_and_leaders_of_an_election_are_tags,
    "election",
    ["Dorvania", "Viktor Tamás", "Civic Union", "Petra Halmos", "New Course", "OSCE", "European Union"],
    not ["Course", "Tamás", "EU", "Greens", "Sunday"]
);
story!(
    german_copy_gives_only_what_is_listed,
    "german",
    ["Europäische Investitionsbank", "Österreich"],
    not ["EIB", "Montag", "Arbeiten", "Kritik", "Verkehrsminister", "Strecke", "Austria"]
);
story!(
    french_copy_gives_only_what_is_listed,
    "french",
    ["France"],
    not ["Le", "La Bretagne", "Brest", "Elle", "Germany"]
);
story!(
    spanish_copy_gives_only_what_is_listed,
    "spanish",
    ["Perú", "Organización de los Estados Americanos"],
    not ["El", "OEA", "Según", "Peru"]
);
story!(
    greek_copy_gives_its_pairs,
    "greek",
    ["Ευρωπαϊκή Τράπεζα Επενδύσεων"],
    not ["ΕΤΕπ", "Δευτέρα", "ΠΑΛΙΟ ΛΙΜΑΝΙ"]
);
story!(arabic_copy_gives_what_is_in_latin_letters_and_listed, "arabic", ["UNICEF"], not["Unicef"]);
story!(
    headlines_in_capitals_name_nobody,
    "shouting",
    ["Greta Sund", "Holm"],
    not ["United States", "World Health Organization", "Islamic State", "WHO", "US", "WHAT", "MAYOR", "TELLS", "VOTERS"]
);
story!(
    headlines_in_titles_name_only_what_the_text_names,
    "titles",
    ["Winter Falls", "Bill Hadley", "Ohio Department of Transportation", "Ohio"],
    not ["Long Delayed Crossing", "Toll", "Spring", "Mayor Bill Hadley", "Bridge", "Department of Transportation"]
);
story!(
    a_people_is_no_country,
    "kurds",
    ["Kobani", "Syrian Observatory for Human Rights", "YPG", "Rojda Serhat"],
    not ["Kurdish", "Kurds", "Arab", "Observatory for Human Rights", "Istanbul", "Turkish"]
);
story!(
    people_with_names_of_countries_are_people,
    "namesakes",
    ["Aidan Jordan", "Penrith Town", "Milton Athletic"],
    not ["Jordan", "Chad", "Georgia", "Paris", "France", "Milton"]
);
story!(
    hospitals_and_trusts_are_organisations,
    "inquest",
    ["Northgate Hospital", "Edith Cross", "Care Quality Commission"],
    not ["Dr James Pell", "Mrs Cross", "Cross", "Hospital"]
);
story!(
    tickers_and_titles_are_no_names,
    "tech",
    ["Auralis Systems", "China", "Priya Raman"],
    not ["Nasdaq", "AURL", "Auralis", "AI", "Officer Priya Raman", "Ann Lowe", "Paul Reece", "Chipmaker Auralis", "Taiwan"]
);
story!(
    a_summit_has_its_countries_and_their_leaders,
    "summit",
    ["United Kingdom", "France", "Germany", "Alan Thorne", "Luc Girard", "Eva Brandt"],
    not ["British", "Berlin", "Leaders", "of Britain", "Friday", "UK"]
);
story!(
    a_dateline_of_an_agency_is_no_tag,
    "quake",
    ["Indonesia", "National Disaster Management Agency", "Larantuka"],
    not ["Reuters", "Agus Hadi", "Clare Dunn", "Jakarta", "BNPB", "JAKARTA"]
);
story!(
    what_a_player_is_called_is_no_part_of_his_name,
    "cricket",
    ["England", "India", "Arjun Nair", "Joe Hallam"],
    not ["Spinner Arjun Nair", "Captain Joe Hallam", "Nair"]
);
story!(
    rivers_and_water_companies,
    "farming",
    ["Anglia Rivers", "National Farmers' Union"],
    not ["NFU", "Queen Victoria", "Farmers", "Reservoirs"]
);
story!(
    a_museum_and_its_finds,
    "museum",
    ["Thornbury Museum", "Bronze Age", "Heritage Fund"],
    not ["France", "Dr Lena Strand", "Museum"]
);
story!(
    seeds_are_no_part_of_the_names_of_players,
    "tennis",
    ["Clara Brennan", "French Open", "Petra Zelenka"],
    not ["Second", "Third", "Amanda", "Czech Republic", "United Kingdom"]
);
story!(
    parties_are_no_part_of_the_names_of_politicians,
    "election-us",
    ["Ohio", "Walter Boone", "Diane Kessler", "United States"],
    not ["Democrat Walter Boone", "Republican Senator Diane Kessler", "Senate", "China", "White House"]
);
story!(
    a_country_named_once_counts_with_its_people,
    "flood",
    ["Moravia", "Czech Republic", "Hradovice"],
    not ["Mayor Kralova", "NGOs", "Czech", "Prime Minister Petr Havel", "Saturday"]
);
story!(
    unions_are_named_by_the_long_form,
    "strike",
    ["Meridian Airlines", "Airline Pilots Union", "Alice Whitmore"],
    not ["APU", "Meridian", "Captain Rob Sillitoe", "France", "London"]
);
story!(
    agencies_of_health_are_named_by_the_long_form,
    "health",
    ["UK Health Security Agency", "Leeds", "World Health Organization", "Sunita Rao"],
    not ["UKHSA", "WHO", "MMR", "Health", "Dr Rao"]
);
story!(
    two_clubs_of_one_town_are_two_tags,
    "football-preview",
    ["Manchester United", "Manchester City", "Karl Rasmussen"],
    not ["United", "City", "Form", "Liverpool"]
);
story!(
    probes_keep_their_numbers,
    "space",
    ["European Space Agency", "Selene-2", "Paola Rinaldi"],
    not ["ESA", "Selene", "GMT", "NASA", "Germany"]
);
story!(
    kings_and_queens_keep_their_titles,
    "royal",
    ["Queen Ingrid", "Storo", "Lillo"],
    not ["Ingrid", "Prince Magnus", "Pope Leo"]
);
story!(
    parties_with_names_that_are_words_count,
    "poll",
    ["Labour Party", "Conservative Party", "Alan Thorne"],
    not ["BBC", "Evening Standard", "Labour", "Tories", "Leeds", "NHS"]
);
story!(
    camps_have_places_and_those_who_help,
    "refugees",
    ["Greece", "Samos", "Médecins Sans Frontières", "European Union"],
    not ["MSF", "Farid", "EU", "Sunday", "Aid"]
);
story!(
    lists_of_results_give_no_tags,
    "list",
    [],
    not ["Ada Brook", "Weir Hill", "AC"]
);

story!(
    a_gang_is_named_as_it_calls_itself,
    "cyber",
    ["Black Kettle", "Lisbon", "Portugal", "Teresa Almeida", "National Cybersecurity Centre"],
    not ["Kettle", "CNCS", "IT", "FBI", "Faro"]
);
story!(
    films_keep_their_articles,
    "film",
    ["The Lighthouse Tailor", "Venice Film Festival", "Ilse Brandauer", "Seven Rivers"],
    not ["Lighthouse Tailor", "Rivers", "Netflix", "Best", "Brandauer"]
);
story!(
    a_headline_in_capitals_counts_for_what_the_text_names,
    "us-local",
    ["Fairmont", "Carver Library", "Dale Whitt", "Sue Ann Perkins"],
    not ["R-Fairmont", "CITY COUNCIL", "Mayor Sue Ann Perkins", "Walmart", "SUNDAYS", "Iowa"]
);
story!(
    a_bank_and_its_governor,
    "rates",
    ["Bank of England", "Monetary Policy Committee", "Helen Carrick", "Simon Vale"],
    not ["England", "MPC", "ONS", "Exchequer Simon Vale", "Bank", "Christmas", "Budget"]
);
story!(
    police_are_named_as_a_whole,
    "murder",
    ["Salford", "Greater Manchester Police"],
    not ["Manchester", "Manchester Police", "Detective Chief Inspector", "God", "Flowers", "Police"]
);
story!(
    teams_merge_with_their_short_names,
    "basketball",
    ["Ashford Hawks", "Lakeland Kings", "Tyrell Moore"],
    not ["Hawks", "Kings", "Moore", "Center", "Coach", "Chicago"]
);
story!(
    hostages_and_their_captors,
    "hostage",
    ["Abu Zaman", "Philippines", "Malaysia", "Jolo"],
    not ["Malaysians", "IS", "MANILA", "AP", "Manila", "Colonel Ramon Diaz"]
);
story!(
    drugs_and_the_navy,
    "mexico",
    ["Mexico", "Acapulco", "Sierra Cartel", "Lucia Ortega"],
    not ["DEA", "Mexican", "Reuters", "President Lucia Ortega", "Six"]
);
story!(
    trade_between_two_powers,
    "tariffs",
    ["European Union", "United States", "Sofia Lindgren"],
    not ["EU", "US", "Trade Commissioner", "American", "Wall Street", "Washington"]
);

story!(
    a_company_with_the_name_of_a_fruit,
    "apple",
    ["Apple", "Dana Whitlock"],
    not ["Tim", "Nasdaq", "New York", "CUPERTINO", "China"]
);
story!(
    matters_of_the_times_are_tags,
    "brexit",
    ["Brexit", "Theresa Mott", "Public Accounts Committee", "Jo Hartley"],
    not ["MPs", "Labour MP Jo Hartley", "Mott", "Whitehall", "Number", "Dublin"]
);
story!(
    mountains_keep_their_word,
    "volcano",
    ["Mount Kerano", "Papua New Guinea", "James Yombo"],
    not ["Kerano", "PNG", "Father Peter Wari", "Defence Force", "Guinea"]
);
story!(
    the_council_of_the_united_nations_is_a_tag,
    "un",
    ["Sudan", "UN Security Council", "Rapid Support Front", "United Nations"],
    not ["RSF", "Khartoum", "Darfur", "UN", "Sudan's", "Port Sudan"]
);
story!(
    names_with_small_first_letters_merge,
    "dash",
    ["Morocco", "Senegal", "Youssef al-Nour", "Walid el-Fassi"],
    not ["Nour", "Fassi", "Al-Nour", "El-Fassi", "VAR", "Rabat"]
);
story!(
    dutch_copy_gives_only_what_is_listed,
    "dutch",
    ["Duitsland"],
    not ["Het", "Germany", "Schiphol", "Den Haag", "Parijs"]
);
story!(
    first_names_are_no_tags,
    "column",
    [],
    not ["Dave", "Linda", "Sarah", "Company", "Dad's Pot", "Hotel", "All"]
);
story!(
    courts_and_cases,
    "supreme",
    ["Supreme Court", "Ohio", "Indiana", "Maumee River", "Environmental Protection Agency"],
    not ["EPA", "WASHINGTON", "Justice Eleanor Vance", "Chief Justice", "Ohio Gov", "Washington"]
);
story!(
    tabloids_name_boxers,
    "tabloid",
    ["Bruce Kane", "Essex Police"],
    not ["EX-BOXER BRUCE KANE", "Kelly", "M25", "The Sun", "Dad", "Kane", "Star"]
);

story!(
    a_long_form_may_hold_a_country,
    "central-bank",
    ["Turkey", "Central Bank of the Republic of Turkey", "Fatih Aksoy", "Erol Tan"],
    not ["CBRT", "UPDATE", "Ankara", "Central Bank", "Istanbul", "Goldman Sachs", "Thursday"]
);
story!(
    two_names_of_a_person_are_one_tag,
    "aka",
    ["Leroy Simms"],
    not ["King Flint", "Simms", "Mack", "Judge Mary Penn", "Tuesday", "Instagram"]
);
story!(
    airlines_and_places_of_a_crash,
    "crash",
    ["Sao Paulo", "Brazil", "Voa Sul", "Vinhedo"],
    not ["CENIPA", "BEA", "ATR", "France", "Brazilian"]
);
