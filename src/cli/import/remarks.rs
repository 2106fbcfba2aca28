//! Codes of remarks → what the stories with that remark have in common, and what to do about it.

/// A line for each code: `code | problem | fix`.
const TABLE: &str = include_str!("remarks.txt");

fn entries() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE.lines().filter_map(|line| {
        let mut cells = line.splitn(3, " | ");
        Some((cells.next()?, cells.next()?, cells.next()?))
    })
}

/// The problem that stories with this code share, and the fix.
pub(super) fn describe(code: &str) -> Option<(&'static str, &'static str)> {
    entries().find(|(known, ..)| *known == code).map(|(_, problem, fix)| (problem, fix))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex::Regex;
    use walkdir::WalkDir;

    use super::*;

    /// Codes of problems that are reported one by one, each with its own help.
    const DIAGNOSTICS: &[&str] = &[
        "import/cannot-write",
        "import/running",
        "import/failed",
        "import/map",
        "import/no-archive",
        "import/no-date",
        "import/no-file",
        "import/nothing",
        "import/remap",
        "import/report",
        "import/stdin",
        "import/unknown-folder",
        "import/unreadable",
        "import/unreviewed",
    ];

    #[test]
    fn every_code_has_a_description_and_a_fix() {
        let code = Regex::new(r#""(import/[a-z0-9-]+)""#).unwrap();
        let mut used = BTreeSet::new();
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = WalkDir::new(src).into_iter().map(Result::unwrap);
        for file in files.filter(|file| file.path().extension().is_some_and(|kind| kind == "rs")) {
            if file.path().ends_with("cli/import/remarks.rs") {
                continue;
            }
            let text = fs::read_to_string(file.path()).unwrap();
            used.extend(code.captures_iter(&text).map(|found| found[1].to_owned()));
        }
        let known: BTreeSet<&str> = entries().map(|(code, ..)| code).collect();
        assert_eq!(known.len(), TABLE.lines().count());
        let undescribed: Vec<_> = used
            .iter()
            .filter(|code| !known.contains(&***code) && !DIAGNOSTICS.contains(&&***code))
            .collect();
        assert_eq!(undescribed, [""; 0]);
    }
}
