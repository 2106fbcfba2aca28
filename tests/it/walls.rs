//! Guards the walls between the rooms of `src/`: ARCHITECTURE.md must list each `crate::ROOM` path in the code, each listed dependency
//! must be used, and the dependencies must not form a cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use walkdir::WalkDir;

use crate::support::repository;

/// The rooms that each room uses, by name.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The code of a file without its unit tests, which may use anything.
fn code(text: &str) -> &str {
    text.split_once("#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code)
}

/// The dependencies in the source code.
fn drawn() -> Arrows {
    let src = repository().join("src");
    let path = Regex::new(r"\bcrate::(?:\{([^}]*)\}|([a-z_]+))").unwrap();
    let mut arrows = Arrows::new();
    for entry in WalkDir::new(&src).into_iter().map(Result::unwrap) {
        let inside = entry.path().strip_prefix(&src).unwrap();
        let is_code = inside.extension().is_some_and(|extension| extension == "rs");
        let is_test =
            inside.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")));
        let first = inside.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let Some(room) = first.filter(|_| is_code && !is_test) else { continue };
        let room = room.trim_end_matches(".rs").to_owned();
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap();
        let code: String = code(&text)
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        let used = arrows.entry(room.clone()).or_default();
        for found in path.captures_iter(&code) {
            let names = found.get(1).or(found.get(2)).map_or("", |names| names.as_str());
            let rooms = names.split(',').filter_map(|name| name.trim().split("::").next());
            used.extend(rooms.filter(|name| !name.is_empty() && *name != room).map(str::to_owned));
        }
    }
    let rooms: BTreeSet<String> = arrows.keys().cloned().collect();
    for used in arrows.values_mut() {
        used.retain(|name| rooms.contains(name));
    }
    arrows
}

/// The dependencies that ARCHITECTURE.md allows: the last column of the table of rooms. `None`: all rooms except those it names.
fn allowed() -> BTreeMap<String, Result<BTreeSet<String>, BTreeSet<String>>> {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text.split_once("## The rooms\n").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let name = Regex::new(r"`([a-z_]+)/?`").unwrap();
    let names =
        |cell: &str| name.captures_iter(cell).map(|found| found[1].to_owned()).collect::<BTreeSet<_>>();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [room, _, knows] = cells[..] else { panic!("three columns: {row}") };
        let room = names(room).into_iter().next().unwrap_or_else(|| panic!("no room: {row}"));
        let known = names(knows);
        (room, if knows.starts_with("everything") { Err(known) } else { Ok(known) })
    })
    .collect()
}

#[test]
fn rooms_use_only_the_rooms_that_the_table_allows() {
    let (drawn, allowed) = (drawn(), allowed());
    assert!(drawn.len() > 15, "{drawn:?}");
    let rooms: BTreeSet<_> = drawn.keys().collect();
    assert_eq!(
        rooms,
        allowed.keys().collect::<BTreeSet<_>>(),
        "the rooms of src/ and those of ARCHITECTURE.md"
    );
    let mut wrong = Vec::new();
    for (room, used) in &drawn {
        match &allowed[room] {
            Ok(known) => {
                wrong.extend(
                    used.difference(known)
                        .map(|other| format!("{room} uses {other}, which ARCHITECTURE.md does not allow")),
                );
                wrong.extend(
                    known
                        .difference(used)
                        .map(|other| format!("ARCHITECTURE.md lets {room} use {other}, which it does not")),
                );
            }
            Err(but) => wrong.extend(
                used.intersection(but)
                    .map(|other| format!("{room} uses {other}, which ARCHITECTURE.md excludes")),
            ),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_uses_itself_through_others() {
    let mut arrows = drawn();
    // Removes rooms that use no others until none is left.
    while let Some(lowest) = arrows.iter().find(|(_, used)| used.is_empty()).map(|(room, _)| room.clone()) {
        arrows.remove(&lowest);
        arrows.values_mut().for_each(|used| {
            used.remove(&lowest);
        });
    }
    assert!(
        arrows.is_empty(),
        "these rooms use each other in a circle, or a room that is in one: {arrows:#?}"
    );
}

#[test]
fn paths_are_found_in_code_but_not_in_comments_or_tests() {
    assert_eq!(code("a\n#[cfg(test)]\nmod tests {\nuse crate::cli;\n}\n"), "a\n");
    assert!(Path::new(&repository().join("src/lib.rs")).exists());
}
