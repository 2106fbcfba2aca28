//! Slightly invalid YAML front matter → the same as older parsers read it: the last of duplicate keys counts, tabs are spaces,
//! a value that contains a colon is text.

use std::collections::HashMap;

use crate::import::Refusal;
use crate::import::front::{self, Front};
use crate::import::story::Lines;

/// Reads front matter, and repairs it if it is invalid. Keys that are lost by this are reported.
pub(in crate::import) fn read(text: &str, lines: &Lines<'_>) -> Result<Option<Front>, Refusal> {
    let error = match front::read(text, lines) {
        Err(error) if text.starts_with("---") => error,
        read => return read,
    };
    let Some((fixed, changed)) = repair(text) else { return Err(error) };
    let Ok(Some(mut front)) = front::read(&fixed, &Lines::new(&fixed)) else { return Err(error) };
    front.body = text.len() - (fixed.len() - front.body);
    let place = |line: usize| {
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        lines.at(start..start + text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len))
    };
    front.unreadable.extend(changed.into_iter().map(|(line, what)| (what, place(line))));
    Ok(Some(front))
}

/// Repairs front matter line by line, and returns what was dropped from which line.
fn repair(text: &str) -> Option<(String, Vec<(usize, String)>)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let end = 1 + lines.iter().skip(1).position(|line| matches!(line.trim_end(), "---" | "..."))?;
    let key = |line: &str| {
        let (key, _) = line.split_once(':')?;
        (!key.is_empty() && !key.starts_with([' ', '\t', '-', '#', '"', '\''])).then(|| key.trim().to_owned())
    };
    let last: HashMap<String, usize> =
        lines.iter().enumerate().take(end).skip(1).filter_map(|(at, line)| Some((key(line)?, at))).collect();
    let (mut all, mut changed, mut is_dropped) = (String::with_capacity(text.len()), Vec::new(), false);
    for (at, line) in lines.iter().enumerate() {
        if at == 0 || at >= end {
            all.push_str(line);
            continue;
        }
        if let Some(key) = key(line) {
            is_dropped = last.get(&key).is_some_and(|last| *last > at);
            if is_dropped {
                changed.push((at, format!("duplicate key `{key}`; the last one counts")));
            }
        }
        if is_dropped {
            all.push('\n');
            continue;
        }
        let line = line.replace('\t', "  ");
        let pair = line.split_once(": ").filter(|(key, _)| !key.trim_start().starts_with('-'));
        let colon = pair.filter(|(_, value)| {
            let value = value.trim();
            !value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*', '!'])
                && (value.contains(": ") || value.ends_with(':'))
                || value.starts_with(['@', '`', '%'])
        });
        match colon {
            Some((key, value)) => {
                all.push_str(&format!("{key}: {}\n", serde_json::Value::from(value.trim())))
            }
            None => all.push_str(&line),
        }
    }
    Some((all, changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_yaml_is_repaired() {
        let text = "---\ntitle: One: two\ntags:\n\t- a\ndate: 2019-01-01\ntitle: Last: of all\n---\nText";
        let front = read(text, &Lines::new(text)).unwrap().unwrap();
        let found: Vec<_> =
            front.entries.iter().map(|entry| format!("{} {}", entry.key, entry.value)).collect();
        assert_eq!(found, ["tags [\"a\"]", "date \"2019-01-01\"", "title \"Last: of all\""]);
        assert_eq!((text.get(front.body..), front.unreadable.len()), (Some("Text"), 1));
        assert_eq!(front.unreadable[0].1.to_string(), "2:1-16");
        for text in ["---\n- a\n---\n", "---\na: [\n---\n", "---\na: 1"] {
            assert!(read(text, &Lines::new(text)).is_err(), "{text}");
        }
    }
}
