//! Many paths → few patterns: `/tag/*/page/*`, with how many paths each stands for and one of them.

use std::collections::BTreeMap;

/// A part is named in patterns if so many paths at least have it at its place,
const FEWEST: usize = 3;
/// and one in so many of all paths there.
const SHARE: usize = 10;

/// The patterns of paths, the most frequent first, with count and an example.
pub fn patterns<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<(String, usize, &'a str)> {
    let mut found: BTreeMap<String, (usize, &'a str)> = BTreeMap::new();
    sort_in(String::new(), paths.into_iter().map(|path| (path, path)).collect(), &mut found);
    let mut all: Vec<_> = found.into_iter().map(|(pattern, (count, path))| (pattern, count, path)).collect();
    all.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    all
}

/// Sorts paths (and what of them is left behind the pattern) by their next part.
fn sort_in<'a>(
    before: String,
    paths: Vec<(&'a str, &'a str)>,
    found: &mut BTreeMap<String, (usize, &'a str)>,
) {
    let all = paths.len();
    let mut parts: BTreeMap<&str, Vec<(&'a str, &'a str)>> = BTreeMap::new();
    for (path, rest) in paths {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.find('/').unwrap_or(rest.len());
        parts.entry(&rest[..end]).or_default().push((path, &rest[end..]));
    }
    let is_alone = parts.len() == 1;
    let mut others: BTreeMap<String, Vec<(&'a str, &'a str)>> = BTreeMap::new();
    for (part, paths) in parts {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_named = part.is_empty()
            || !is_number && (is_alone || paths.len() >= FEWEST && paths.len() * SHARE >= all);
        let name = if is_named { part.to_owned() } else { format!("*{}", ending(part)) };
        others.entry(name).or_default().extend(paths);
    }
    for (name, paths) in others {
        let pattern = format!("{before}/{name}");
        let (ends, goes_on): (Vec<_>, Vec<_>) = paths.into_iter().partition(|(_, rest)| rest.is_empty());
        if let Some((path, _)) = ends.first() {
            found.entry(pattern.clone()).or_insert((0, path)).0 += ends.len();
        }
        if !goes_on.is_empty() {
            sort_in(pattern, goes_on, found);
        }
    }
}

/// `.html` of a file, and a query.
fn ending(part: &str) -> &str {
    if let Some((_, query)) = part.split_once('?') {
        let key = query.find('=').map_or(query.len(), |at| at + 1);
        return &part[part.len() - query.len() - 1..part.len() - query.len() + key];
    }
    match part.rfind('.') {
        Some(at) if (2..=5).contains(&(part.len() - at - 1)) && part.is_char_boundary(at) => {
            let kind = &part[at + 1..];
            if kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) { &part[at..] } else { "" }
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_a_star_and_what_many_share_is_named() {
        let mut paths: Vec<String> = Vec::new();
        for tag in 0..12 {
            paths.extend((2..12).map(|page| format!("/tag/t{tag}/page/{page}/")));
        }
        paths.extend((0..40).map(|n| format!("/2014/{:02}/story-{n}.html", n % 12)));
        paths.push("/about".to_owned());
        let found = patterns(paths.iter().map(String::as_str));
        assert_eq!(
            found,
            [
                ("/tag/*/page/*/".to_owned(), 120, "/tag/t0/page/10/"),
                ("/*/*/*.html".to_owned(), 40, "/2014/00/story-0.html"),
                ("/*".to_owned(), 1, "/about"),
            ]
        );
        assert_eq!(patterns(["/a/b/"]), [("/a/b/".to_owned(), 1, "/a/b/")]);
        assert_eq!(patterns(["/?p=1", "/?p=22"]), [("/*?p=".to_owned(), 2, "/?p=1")]);
    }
}
