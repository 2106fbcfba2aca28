use super::*;
use crate::diagnostic::Diagnostics;
use proptest::prelude::*;

fn parse(text: &str) -> Result<Document, Box<Diagnostic>> {
    let text: Arc<str> = text.into();
    Document::parse(&"a.md".into(), &text, 0..text.len())
}

fn fails(text: &str) -> Diagnostic {
    match parse(text) {
        Err(error) => *error,
        Ok(document) => panic!("{text:?} was read: {document:?}"),
    }
}

fn pointed(diagnostic: &Diagnostic) -> (usize, &str) {
    let place = diagnostic.place.as_ref().unwrap();
    (place.start().unwrap().0, &place.text[place.span.clone()])
}

fn get<'a>(document: &'a Document, path: &str) -> Node<'a> {
    let mut node = document.root();
    for key in path.split('.') {
        node = match key.parse::<usize>() {
            Ok(index) => node.list().unwrap().nth(index).unwrap(),
            Err(_) => {
                node.map().unwrap().entries().find(|(name, _)| name.string().unwrap() == key).unwrap().1
            }
        };
    }
    node
}

#[test]
fn values_know_their_places() {
    let text = "# a comment: with a colon\ntitle: One # not: this\n\"quoted key\": 'it''s'\nmap:\n  inner:\n    deep: 7\n  \
                # between\n  list:\n  - a: 1\n    b: 2\n  -   c: 3\ntext: >\n  folded: not a key\n\n  more\nlast: [x, {y: z, w: 1}, \"a, b\"]\n\
                plain: one\n  two\n\n  three\nempty:\nbare:\n- p\n-\n  q: r\n- - nested\n  - items\nurl: http://x.y:80/z#a\nend: z\n";
    let document = parse(text).unwrap();
    let all = [
        ("title", 2, "One"),
        ("quoted key", 3, "'it''s'"),
        ("map.inner.deep", 6, "7"),
        ("map.list.0.b", 10, "2"),
        ("map.list.1.c", 11, "3"),
        ("map.list.1", 11, "c: 3"),
        ("text", 12, ">"),
        ("last.0", 16, "x"),
        ("last.1.y", 16, "z"),
        ("last.1.w", 16, "1"),
        ("last.2", 16, "\"a, b\""),
        ("plain", 17, "one"),
        ("empty", 21, "empty"),
        ("bare.0", 23, "p"),
        ("bare.1.q", 25, "r"),
        ("bare.2.1", 27, "items"),
        ("url", 28, "http://x.y:80/z#a"),
        ("end", 29, "z"),
    ];
    for (path, line, found) in all {
        let error = get(&document, path).error("a/b", "");
        assert_eq!(pointed(&error), (line, found), "{path}");
    }
}

#[test]
fn keys_know_their_place_and_name() {
    let document = parse("a:\n  - {bb: 1}\n").unwrap();
    let (key, value) = get(&document, "a.0").map().unwrap().entries().next().unwrap();
    assert_eq!(pointed(&key.error("a/b", "")), (2, "bb"));
    assert_eq!((key.name().as_str(), value.name().as_str()), ("a.bb", "a.bb"));
}

#[test]
fn positions_refer_to_the_whole_file() {
    let text: Arc<str> = "---\ntitle: [x]\n---\nbody".into();
    let document = Document::parse(&"a.md".into(), &text, 4..15).unwrap();
    let error = get(&document, "title").string().unwrap_err();
    assert_eq!(pointed(&error), (2, "[x]"));
    assert_eq!(error.message, "`title` must be text, but it is a list");
    assert_eq!(error.help.as_deref(), Some("write it as in `title: some text`"));
}

#[test]
fn unknown_shapes_fall_back_to_their_parents() {
    let document = parse("a:\n  ? [complex]\n  : {x: 1}\nb: 2\n").unwrap();
    let inner = get(&document, "a").map().unwrap().entries().next().unwrap().1;
    assert!(inner.place().start().unwrap().0 <= 3);
    assert!(get(&document, "a").json().is_err());
}

#[test]
fn numbers_and_booleans_are_text_as_written() {
    for written in ["2024", "1e3", "0x10", "007", "1.0", "+12", "True", "no", "1_000", ".5", "0o17", "-0"] {
        for text in [format!("t: {written}"), format!("t: {written} # c\nu: 1"), format!("t: [a, {written}]")]
        {
            let document = parse(&text).unwrap();
            let node = get(&document, "t");
            let node = if node.is_list() { node.list().unwrap().nth(1).unwrap() } else { node };
            assert_eq!(node.string().unwrap(), written, "{text}");
        }
    }
}

#[test]
fn lists_of_text_have_brackets_or_commas() {
    let mut problems = Diagnostics::default();
    for text in ["t: [a, 7, '']", "t: a, 7, ,", "t:\n- a\n-\n- 7"] {
        let document = parse(text).unwrap();
        let texts = get(&document, "t").strings(&mut problems);
        assert_eq!(texts.iter().map(|(_, text)| &**text).collect::<Vec<_>>(), ["a", "7"]);
    }
    assert!(problems.is_empty());
    let document = parse("t: [[a], b, {c: d}]").unwrap();
    assert_eq!(get(&document, "t").strings(&mut problems).len(), 1);
    assert_eq!(problems.count(crate::diagnostic::Severity::Error), 2);
}

#[test]
fn scalars_are_parsed_leniently() {
    let document = parse("y: yes\nf: \"false\"\ni: '3'\nw: word\nz: 3.5\n").unwrap();
    assert!(get(&document, "y").bool().unwrap());
    assert!(!get(&document, "f").bool().unwrap());
    assert_eq!(get(&document, "i").integer().unwrap(), 3);
    for (key, expected) in [("w", "a whole number"), ("z", "a whole number")] {
        assert!(get(&document, key).integer().unwrap_err().message.contains(expected));
    }
    assert!(get(&document, "w").bool().is_err());
    assert!(get(&document, "w").list().is_err());
    assert!(get(&document, "w").map().is_err());
}

#[test]
fn numbers_are_as_fast_as_text() {
    let many = 20_000;
    let keys: String = (0..many).map(|number| format!("{number}: {number}\n")).collect();
    let start = std::time::Instant::now();
    let json = data(&"a.yaml".into(), &keys.as_str().into()).unwrap();
    assert_eq!((json.as_object().unwrap().len(), &json["7"]), (many, &serde_json::json!(7)));
    let items = (0..many).map(|number| format!("{number}.0")).collect::<Vec<_>>().join(", ");
    let lists = [format!("t: [{items}]"), format!("t:\n- {}", items.replace(", ", "\n- "))];
    for text in lists {
        let document = parse(&text).unwrap();
        let mut problems = Diagnostics::default();
        let texts = get(&document, "t").strings(&mut problems);
        assert_eq!((texts.len(), &*texts[7].1), (many, "7.0"));
        let names: usize = get(&document, "t").list().unwrap().map(|item| item.name().len()).sum();
        assert_eq!(names, many);
    }
    // Scanning the document for each of them would take minutes.
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn control_characters_in_text_are_errors() {
    let document = parse("a: \"x\\u0007y\"\nb: \"tab\\tand\\nline\"\n").unwrap();
    let error = get(&document, "a").string().unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        ("yaml/control-character", "`a` contains the control character U+0007")
    );
    assert!(get(&document, "b").string().is_ok());
    assert_eq!(fails("a: b\u{1b}c").code, "yaml/control-character");
    assert_eq!(pointed(&fails("a: b\nc: d\u{2028}e\n")), (2, "\u{2028}"));
}

#[test]
fn json_keeps_types_and_limits_nesting() {
    let document = parse("a: {b: [1, 2.5, true, null, x, .nan, 18446744073709551615], 7: y}\n").unwrap();
    let json = get(&document, "a").json().unwrap();
    assert_eq!(
        json,
        serde_json::json!({"b": [1, 2.5, true, null, "x", ".nan", 18_446_744_073_709_551_615_u64], "7": "y"})
    );
    let deep = format!("a: {}1{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(get(&parse(&deep).unwrap(), "a").json().unwrap_err().code, "yaml/too-deep");
    let deeper = format!("a: {}1{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(fails(&deeper).code, "yaml/too-deep");
}

#[test]
fn unsupported_yaml_is_reported_and_similar_text_is_not() {
    let refused = [
        ("title: &x y", "&x y"),
        ("title: *emphasis* here", "*emphasis* here"),
        ("title: !important news", "!important news"),
        ("- !x", "!x"),
        ("a: [b, &c d]", "&c d"),
        ("a: {b: *c}", "*c"),
        ("a: {b: !c d}", "!c d"),
        ("a:\n  <<: {b: c}", "<<"),
        ("a: {<<: {b: c}}", "<<"),
        ("&a b: c", "&a b"),
        ("%YAML 1.2\n---\na: b", "%YAML 1.2"),
        ("a:\n  &b\n  c: d", "&b"),
        ("a: !!str 5", "!!str 5"),
    ];
    for (text, found) in refused {
        let error = fails(text);
        assert_eq!((error.code, pointed(&error).1), ("yaml/unsupported", found), "{text}");
    }
    let error = fails("x: 1\ntitle: *emphasis* \"here\"");
    let help = "if it is text, quote it: `title: '*emphasis* \"here\"'`; otherwise, write the value out";
    assert_eq!(error.help.as_deref(), Some(help));
    let read = [
        "title: Food & drink",
        "title: Fire!\nb: 2 * 3",
        "title: \"&x *y !z\"",
        "title: '*x'",
        "url: https://x.y/?a=1&b=2",
        "text: |\n  &anchor\n  *alias\n  !tag\n  <<: x\nnext: 1",
        "text: one\n  & two\n  * three",
        "# &x *y\na: b # &x",
        "a: [b & c, \"*d\"]",
        "a: <<EOF",
        "t: one\n\n  !two",
        "a: 100 %\n",
        "k:\n- '&x'\n- \"a: *b\"",
    ];
    for text in read {
        assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn duplicate_keys_point_at_both() {
    for text in ["a: 1\nb: 2\n'a': 3", "x:\n  a: 1\n  b: {}\n  \"a\": 2"] {
        let error = fails(text);
        assert_eq!((error.code, error.message.as_str()), ("yaml/duplicate-key", "duplicate key `a`"));
        assert_eq!(pointed(&error).0, text.lines().count());
        assert_eq!(error.related.len(), 1);
    }
}

/// Texts without quotes, the line of the problem, its message, and the repaired line.
const MISSING_QUOTES: [(&str, usize, &str, &str); 20] = [
    (
        "title: Budget: what we know",
        1,
        "text that contains a colon must be quoted",
        "title: \"Budget: what we know\"",
    ),
    ("a: b\n  \ntitle: Budget:\nc: d", 3, "text that contains a colon must be quoted", "title: \"Budget:\""),
    (
        "title: He said \"no\": why",
        1,
        "text that contains a colon must be quoted",
        "title: 'He said \"no\": why'",
    ),
    (
        "title: It's \"no\": why",
        1,
        "text that contains a colon must be quoted",
        "title: \"It's \\\"no\\\": why\"",
    ),
    ("title: @home", 1, "text that starts with `@` or a backtick must be quoted", "title: \"@home\""),
    ("title: 50\ndeck: % of", 2, "text that starts with `%` must be quoted", "deck: \"% of\""),
    ("tags:\n  - `x`", 2, "text that starts with `@` or a backtick must be quoted", "- \"`x`\""),
    (
        "tags:\n  - name: @x\n    b: c",
        2,
        "text that starts with `@` or a backtick must be quoted",
        "- name: \"@x\"",
    ),
    (
        "title: [Update] Fire\ndeck: x",
        1,
        "text that starts with a bracket must be quoted",
        "title: \"[Update] Fire\"",
    ),
    ("title: {x} y", 1, "text that starts with a bracket must be quoted", "title: \"{x} y\""),
    ("title: 'It's over'\na: b", 1, "an apostrophe ends text in single quotes", "title: \"It's over\""),
    (
        "title: \"The \"new\" law\"",
        1,
        "a quotation mark ends text in double quotes",
        "title: 'The \"new\" law'",
    ),
    ("title: 'abc\nu: 2\nv: 3", 1, "missing closing quotation mark", "title: \"abc\""),
    ("title: \"abc\nu: 2\nv: 3", 1, "missing closing quotation mark", "title: \"abc\""),
    ("title: 'abc\ndeck: It's\nv: 3", 1, "missing closing quotation mark", "title: \"abc\""),
    ("a: \"C:\\qx\"", 1, "a backslash has a special meaning in double quotes", "a: 'C:\\qx'"),
    (
        "a: b\nid: 123456789012345678901234567890",
        2,
        "this number is too large",
        "id: \"123456789012345678901234567890\"",
    ),
    ("a: - b", 1, "this text must be quoted", "a: \"- b\""),
    ("title: A: b\ndeck: C: d", 1, "text that contains a colon must be quoted", "title: \"A: b\""),
    ("title: \"a\" b", 1, "a quotation mark ends text in double quotes", "title: '\"a\" b'"),
];

#[test]
fn missing_quotes_are_reported_with_the_repaired_line() {
    for (text, line, message, fixed) in MISSING_QUOTES {
        for end in ["\n", "\r\n"] {
            let text = text.replace('\n', end);
            let error = fails(&text);
            assert_eq!(
                (error.code, error.message.as_str(), pointed(&error).0),
                ("yaml/quotes", message, line),
                "{text}"
            );
            assert_eq!(error.help, Some(format!("quote the text: `{fixed}`")), "{text}");
        }
    }
}

#[test]
fn other_mistakes_have_messages() {
    let all = [
        ("title: x\ntags:\n\t- a", "yaml/tab", 3, "tabs"),
        ("\ttitle: x", "yaml/tab", 1, "tabs"),
        ("a: b\ntags: [a, b\nu: 2", "yaml/quotes", 2, "missing closing bracket"),
        ("a: b\nm: {a: b\nu: 2", "yaml/quotes", 2, "missing closing bracket"),
        ("a: b\ntitle:Fire\nc: d", "yaml/syntax", 2, "missing space after the colon"),
        ("a: b\n c: d\ne: f", "yaml/syntax", 2, "this line is indented differently"),
        ("a: 1\n---\nb: 2", "yaml/unsupported", 2, "a second YAML document starts here"),
        ("---\na: 1\n---\nb: 2", "yaml/unsupported", 3, "a second YAML document starts here"),
        ("a: b\njust words\nc: d", "yaml/syntax", 2, "expected `key: value`"),
        ("a: [b, c]]\nd: e", "yaml/syntax", 1, "expected `key: value`"),
    ];
    for (text, code, line, message) in all {
        let error = fails(text);
        assert_eq!((error.code, pointed(&error).0), (code, line), "{text}: {error:?}");
        assert!(error.message.contains(message), "{text}: {}", error.message);
        assert!(error.help.is_some(), "{text}");
    }
}

#[test]
fn a_map_is_required_where_keys_are_expected() {
    assert_eq!(parse("").unwrap().map().unwrap().entries().count(), 0);
    assert_eq!(parse("# only a comment").unwrap().map().unwrap().entries().count(), 0);
    for text in ["just words", "\n- a\n- b", "title:x"] {
        let document = parse(text).unwrap();
        assert_eq!(document.map().unwrap_err().code, "yaml/wrong-type");
    }
    let document = parse("a:\nb: 1").unwrap();
    assert!(document.map().unwrap().get("a").is_none() && document.map().unwrap().get("b").is_some());
}

/// Reads all values in every way.
fn read(node: Node<'_>, problems: &mut Diagnostics) {
    node.strings(problems);
    let results = [
        node.string().err(),
        node.bool().err(),
        node.integer().err(),
        node.json().err(),
        node.list().err(),
        node.map().err(),
    ];
    problems.extend(results.into_iter().flatten().map(|error| *error));
    problems.push(node.warning("a/b", node.name()));
    for item in node.list().into_iter().flatten() {
        read(item, problems);
    }
    for (key, value) in node.map().into_iter().flat_map(Map::entries) {
        problems.push(key.error("a/b", ""));
        read(value, problems);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_place_is_in_the_text(
        text in prop_oneof![
            "\\PC{0,80}",
            "([a-c ]{0,3}(: |:|- |\\? |\\[|\\]|\\{|\\}|,|\"|'|#|&|\\*|!|<<|%|@|\\||>|\t|\n|\r\n|---|\\.\\.\\.|é|\u{2028}|0x1|1e3)){0,20}",
        ],
    ) {
        let mut problems = Diagnostics::default();
        match parse(&text) {
            Ok(document) => {
                problems.extend(document.map().err().map(|error| *error));
                read(document.root(), &mut problems);
            }
            Err(error) => problems.push(*error),
        }
        for problem in problems {
            let place = problem.place.expect("every problem has a place");
            prop_assert_eq!(&*place.text, text.as_str());
            prop_assert!(place.text.get(place.span).is_some());
        }
    }

    /// The scanner and the parser find the same values.
    #[test]
    fn the_scanner_follows_the_parser(
        keys in proptest::collection::vec(("[a-z]{1,4}", 0..8usize, "[a-z0-9]{1,5}"), 1..6),
    ) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (index, (key, shape, value)) in keys.iter().enumerate() {
            let key = format!("{key}{index}");
            let value = format!("v{value}");
            text += &match shape {
                0 => format!("{key}: {value}\n"),
                1 => format!("{key}: \"{value}\" # comment\n"),
                2 => format!("{key}:\n  inner: {value}\n"),
                3 => format!("{key}:\n- {value}\n- x: y\n"),
                4 => format!("{key}:\n  - a: {value}\n    b: c\n\n"),
                5 => format!("{key}: [{value}, {{a: b}}]\n"),
                6 => format!("{key}: |\n  {value}\n   k: v\n\n"),
                _ => format!("{key}: {{a: {value}, 'b, c': [d]}}\n"),
            };
            let path = match shape {
                2 => format!("{key}.inner"),
                3 | 5 => format!("{key}.0"),
                4 => format!("{key}.0.a"),
                7 => format!("{key}.a"),
                _ => key,
            };
            if *shape != 6 {
                expected.push((path, value));
            }
        }
        let document = parse(&text).unwrap();
        for (path, value) in expected {
            let error = get(&document, &path).error("a/b", "");
            prop_assert_eq!(pointed(&error).1.trim_matches('"'), value);
        }
    }
}

#[test]
fn texts_in_brackets_are_quoted() {
    for (text, pointed_at, help) in [
        ("authors: [@ann]\n", "@ann", "`authors: [\"@ann\"]`"),
        ("authors: [Bo, @ann, @bo]\nend: x\n", "@ann", "`authors: [Bo, \"@ann\", \"@bo\"]`"),
        ("a: x\ntags: [#port]\nend: x\n", "#port", "`tags: [\"#port\"]`"),
        ("tags: [port, #strike]\n", "#strike", "`tags: [port, \"#strike\"]`"),
        ("image: {src: a.jpg, credit: @ann}\n", "@ann", "`image: {src: a.jpg, credit: \"@ann\"}`"),
        (
            "image: {src: a.jpg, alt: Port: nine cranes}\n",
            "Port: nine cranes",
            "alt: \"Port: nine cranes\"}`",
        ),
        ("authors: [Ana,\n  @bo]\nend: x\n", "@bo", "`\"@bo\"]`"),
        ("authors: [Ana,\n  @bo,\n  Cy]\n", "@bo", "`\"@bo\",`"),
        ("image: {src: x.jpg,\n  credit: @bo}\n", "@bo", "`credit: \"@bo\"}`"),
        ("title: @bo]\nend: x\n", "@bo]", "`title: \"@bo]\"`"),
        ("end: x\ntitle: Port: nine,\n", "Port: nine,", "`title: \"Port: nine,\"`"),
        ("title: > Fire\n", "> Fire", "`title: \"> Fire\"`"),
        ("title: | Fire\ndate: x\n", "| Fire", "`title: \"| Fire\"`"),
        ("title: “Port: nine cranes”\n", "“Port: nine cranes”", "`title: \"Port: nine cranes\"`"),
    ] {
        let error = fails(text);
        assert_eq!((error.code, pointed(&error).1), ("yaml/quotes", pointed_at), "{text}: {error:?}");
        assert!(error.help.as_ref().unwrap().ends_with(help), "{text}: {error:?}");
    }
    for text in ["tags: [*port]\n", "tags: [&port]\n", "tags: [!port]\n"] {
        let error = fails(text);
        assert_eq!(error.code, "yaml/unsupported");
        assert!(error.help.as_ref().unwrap().contains("port\"]`"), "{error:?}");
    }
}

/// The key of each text that is cut off, the remaining text, the comment, and the help.
fn cuts_of(yaml: &str) -> Vec<(String, String, String, String)> {
    let document = parse(yaml).unwrap();
    let cuts = document.cuts();
    let owned = cuts.iter().map(|cut| {
        let comment = pointed(&cut.warning).1.to_owned();
        (cut.key.to_owned(), cut.left.to_owned(), comment, cut.warning.help.clone().unwrap())
    });
    owned.collect()
}

#[test]
fn texts_that_a_comment_cuts_off_are_reported_with_a_fix() {
    for (yaml, key, left, comment, fix) in [
        ("title: Storm is level # 4\n", "title", "Storm is level", "# 4", "title: \"Storm is level # 4\""),
        ("a: 1\nkicker: #MeToo\nb: 2\n", "kicker", "", "#MeToo", "kicker: \"#MeToo\""),
        ("title: We're #1\n", "title", "We're", "#1", "title: \"We're #1\""),
        ("image:\n  alt: Gate # 3 \"A\"\n", "alt", "Gate", "# 3 \"A\"", "alt: 'Gate # 3 \"A\"'"),
        ("tags:\n  - C # language\n", "tags", "C", "# language", "- \"C # language\""),
        ("tags:\n- a\n- #MeToo\n", "tags", "", "#MeToo", "- \"#MeToo\""),
        ("deck: Two lines\n  and # four\n", "deck", "Two lines\n  and", "# four", "quote the text; if"),
        ("tags: [a,\n  b # c\n  ]\n", "tags", "b", "# c", "quote the text: `\"b # c\"`"),
    ] {
        let cuts = cuts_of(yaml);
        assert_eq!(cuts.len(), 1, "{yaml}: {cuts:?}");
        let (found, rest, cut, help) = &cuts[0];
        assert_eq!((&**found, &**rest, &**cut), (key, left, comment), "{yaml}");
        assert!(help.contains(fix), "{yaml}: {help}");
    }
}

#[test]
fn intended_comments_are_not_reported() {
    for yaml in [
        "# title\ntitle: One\n  # two\nb: c\n",
        "title: \"One\" # two\n",
        "title: 'One' # two\n",
        "draft: true # yet\nurgency: 3 # high\n",
        "tags: [a, b] # c\n",
        "tags: # c\n  - a\n",
        "image: # c\n  src: a.jpg\n",
        "text: | # c\n  a # b\n",
        "title: C# and F#\nurl: https://a.example/#b\n",
    ] {
        assert_eq!(cuts_of(yaml), [], "{yaml}");
    }
}

#[test]
fn json_escapes_are_supported() {
    let document =
        parse("title: \"News \\ud83d\\uddde\\uFE0F \\u00e9\\/\\\\ud83d\"\n\"\\ud83d\\uddde\": 1\nplain: \\ud83d\nn: 007\n").unwrap();
    assert_eq!(get(&document, "title").string().unwrap(), "News \u{1f5de}\u{fe0f} é/\\ud83d");
    assert_eq!(get(&document, "\u{1f5de}").integer().unwrap(), 1);
    assert_eq!(get(&document, "plain").string().unwrap(), "\\ud83d");
    assert_eq!(get(&document, "n").string().unwrap(), "007");
    assert_eq!(pointed(&get(&document, "n").error("a/b", "c")), (4, "007"));
}

#[test]
fn half_a_surrogate_pair_is_an_error() {
    for (yaml, half) in [
        ("a: b\ntitle: \"x \\ud83d\"\n", "\\ud83d"),
        ("a: b\ntitle: \"x \\uddde\\ud83d\"\n", "\\uddde"),
        ("a: b\ntitle: \"\\ud83d\\u0041\"\n", "\\ud83d"),
    ] {
        let error = fails(yaml);
        assert_eq!((error.code, pointed(&error)), ("yaml/escape", (2, half)));
    }
}

#[test]
fn other_mistakes_beside_a_pair_have_their_own_places() {
    let text = "a: \"\\ud83d\\uddde\"\ntitle: One: two\n";
    let error = fails(text);
    assert_eq!((error.code, pointed(&error)), ("yaml/quotes", (2, "One: two")));
    assert_eq!(&*error.place.unwrap().text, text);
}
