use proptest::prelude::*;

use super::*;

#[track_caller]
fn set(language: &str, cases: &[(&str, &str)]) {
    for (typed, expected) in cases {
        assert_eq!(Typography::of(language).apply(typed), *expected, "{language}: {typed}");
    }
}

#[test]
fn apostrophes_are_not_quotation_marks() {
    set(
        "en",
        &[
            ("rock 'n' roll", "rock ’n’ roll"),
            ("Rock 'n' Roll Hall 'N' All", "Rock ’n’ Roll Hall ’N’ All"),
            ("rock 'n roll", "rock ’n roll"),
            ("the '90s", "the ’90s"),
            ("'90s kids and class of '68", "’90s kids and class of ’68"),
            ("in the 1990's", "in the 1990’s"),
            ("drivers' strike", "drivers’ strike"),
            ("'Tis the season", "’Tis the season"),
            ("go get 'em", "go get ’em"),
            ("the 'burbs", "the ’burbs"),
            ("don't, won't, O'Brien's", "don’t, won’t, O’Brien’s"),
            ("Yahoo!'s and (BBC)'s", "Yahoo!’s and (BBC)’s"),
            ("the boss's bosses' boss", "the boss’s bosses’ boss"),
            ("'Tis the drivers' strike", "’Tis the drivers’ strike"),
            ("Drivers' 'last' stand", "Drivers’ ‘last’ stand"),
            ("the 'drivers' strike' ends", "the ‘drivers’ strike’ ends"),
            ("y'all'd've", "y’all’d’ve"),
            ("ain't nothin' but a 'hound dog'", "ain’t nothin’ but a ‘hound dog’"),
            ("Guns N' Roses", "Guns N’ Roses"),
            ("the \"'90s\" show", "the “’90s” show"),
            ("@herald's", "@herald’s"),
        ],
    );
}

#[test]
fn marks_after_digits_are_primes_or_closing() {
    set(
        "en",
        &[
            ("He is 6'2\" tall and 5\" wide; 40° 26' 46\" N.", "He is 6′2″ tall and 5″ wide; 40° 26′ 46″ N."),
            ("a 46\" TV", "a 46″ TV"),
            ("\"a 46\" TV\"", "“a 46″ TV”"),
            ("\"Route 66\"", "“Route 66”"),
            ("\"1\", \"2\"", "“1”, “2”"),
            ("\"He is 6'2\" tall\"", "“He is 6′2″ tall”"),
            ("'Catch 22'", "‘Catch 22’"),
            ("“in 2024\"", "“in 2024”"),
            ("5' 10\"", "5′ 10″"),
            ("5'-6' tall, 7\" x 9\"", "5′-6′ tall, 7″ x 9″"),
            ("a 46\" TV and \"big\" one", "a 46″ TV and “big” one"),
        ],
    );
    set("de-CH", &[("10'000 und 1'000'000", "10’000 und 1’000’000")]);
}

#[test]
fn quotations_are_paired() {
    set(
        "en",
        &[
            ("\"Yes,\" he said.", "“Yes,” he said."),
            ("He said: \"It's 'fine' now.\"", "He said: “It’s ‘fine’ now.”"),
            ("\"'Yes,' he said,\" she said.", "“‘Yes,’ he said,” she said."),
            ("\"She said 'yes.'\"", "“She said ‘yes.’”"),
            ("'He said \"no\"'", "‘He said “no”’"),
            ("--\"Yes\"--", "–“Yes”–"),
            ("\"I was--\" He stopped.", "“I was–” He stopped."),
            ("(\"Yes\") [\"No\"]", "(“Yes”) [“No”]"),
            ("\"$5 more\"", "“$5 more”"),
            ("\"...and then\"", "“…and then”"),
            ("\"A quotation that goes on", "“A quotation that goes on"),
            ("either/\"or\"", "either/“or”"),
            ("'Quoted' headline", "‘Quoted’ headline"),
            ("\"One\"; \"two\"?", "“One”; “two”?"),
            ("\"\"", "“”"),
            ("'I'm here,' she said. 'You're not.'", "‘I’m here,’ she said. ‘You’re not.’"),
            ("said \"no\"—\"never\"", "said “no”—“never”"),
            ("\"What's up?\" \"Nothin'.\"", "“What’s up?” “Nothin’.”"),
        ],
    );
}

#[test]
fn marks_depend_on_the_language() {
    set(
        "de",
        &[
            ("Er sagte: \"Das ist 'gut'.\"", "Er sagte: „Das ist ‚gut‘.“"),
            ("Wie geht's, Hans' Auto", "Wie geht’s, Hans’ Auto"),
        ],
    );
    set("de-AT", &[("\"Ja\"", "„Ja“")]);
    set("de-CH", &[("\"Ja 'so'\"", "«Ja ‹so›»")]);
    set(
        "fr",
        &[
            ("\"Oui\", l'homme", "«\u{202f}Oui\u{202f}», l’homme"),
            ("l'\"avion\"", "l’«\u{202f}avion\u{202f}»"),
        ],
    );
    set("fr", &[("\"Il dit 'non'\"", "«\u{202f}Il dit “non”\u{202f}»")]);
    set("sv", &[("\"Ja\" 'nej'", "”Ja” ’nej’")]);
    set("fi-FI", &[("\"Ei\"", "”Ei”")]);
    set("pl", &[("\"Tak\"", "„Tak”")]);
    set("ru", &[("\"Да 'нет'\"", "«Да „нет“»")]);
    set("it", &[("L'\"Unità\"", "L’«Unità»")]);
    set(
        "he",
        &[("\"שלום\"", "״שלום״"), ("צה\"ל", "צה״ל"), ("ג'ירפה", "ג׳ירפה"), ("\"אמר צה\"ל\"", "״אמר צה״ל״")],
    );
    set("zh", &[("他说\"好\"了", "他说“好”了")]);
    set("zh-TW", &[("他說\"好\"了", "他說「好」了")]);
    set("ja", &[("彼は\"はい\"と言った", "彼は「はい」と言った")]);
    set("ko", &[("그는 \"네\"라고 '아니'라고", "그는 “네”라고 ‘아니’라고")]);
    set("nl", &[("'s avonds", "’s avonds")]);
    set("xx", &[("\"a\"", "“a”")]);
    set("EN_gb", &[("'a'", "‘a’")]);
}

#[test]
fn addresses_are_unchanged() {
    set(
        "en",
        &[
            ("see https://a.example/b--c...d's \"x\"", "see https://a.example/b--c...d's “x”"),
            ("\"https://a.example/\" it's", "“https://a.example/” it’s"),
            ("o'brien--x@a.example it's", "o'brien--x@a.example it’s"),
            ("www.a.example/it's.", "www.a.example/it's."),
        ],
    );
}

#[test]
fn dashes_and_dots_are_converted() {
    set("en", &[("a -- b --- c - d", "a – b — c - d"), ("a... b.. c....", "a… b.. c…."), ("-----", "—–")]);
}

const PIECES: [&str; 18] =
    ["'", "\"", " ", "a", "s", "9", "(", ")", ".", "-", "n", "’", "“", "真", "צ", "://", "@", "é"];

proptest! {
    #[test]
    fn words_stay_and_straight_marks_go(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24),
        language in prop::sample::select(&["en", "de", "fr", "he", "ja"][..]),
    ) {
        let text = pieces.concat();
        let set = Typography::of(language).apply(&text).into_owned();
        let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert_eq!(words(&set), words(&text));
        prop_assert!(text.contains("://") || text.contains('@') || !set.contains(['"', '\'']), "{} {}", text, set);
        prop_assert!(language == "de" || text.contains("9“") || !set.contains("9“"), "{} {}", text, set);
    }
}
