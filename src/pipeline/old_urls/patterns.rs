//! Many paths → few patterns, such as `/tag/*/page/*`, each with its number of paths and an example.

use std::collections::BTreeMap;

/// A segment is kept in patterns if at least this many paths share it,
const MIN_PATHS: usize = 3;
/// and at least one in this many of the paths at its position.
const MIN_SHARE: usize = 10;

/// The patterns of paths with their counts and examples, most frequent first.
pub fn patterns<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<(String, usize, &'a str)> {
    let mut found: BTreeMap<String, (usize, &'a str)> = BTreeMap::new();
    group(String::new(), paths.into_iter().map(|path| (path, path)).collect(), &mut found);
    let mut all: Vec<_> = found.into_iter().map(|(pattern, (count, path))| (pattern, count, path)).collect();
    all.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    all
}

/// Groups paths by their next segment. Each path comes with the rest that the pattern does not cover yet.
fn group<'a>(prefix: String, paths: Vec<(&'a str, &'a str)>, found: &mut BTreeMap<String, (usize, &'a str)>) {
    let all = paths.len();
    let mut segments: BTreeMap<&str, Vec<(&'a str, &'a str)>> = BTreeMap::new();
    for (path, rest) in paths {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.find('/').unwrap_or(rest.len());
        segments.entry(&rest[..end]).or_default().push((path, &rest[end..]));
    }
    let is_alone = segments.len() == 1;
    let mut groups: BTreeMap<String, Vec<(&'a str, &'a str)>> = BTreeMap::new();
    for (segment, paths) in segments {
        let is_number = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        let is_named = segment.is_empty()
            || !is_number && (is_alone || paths.len() >= MIN_PATHS && paths.len() * MIN_SHARE >= all);
        let name = if is_named { segment.to_owned() } else { format!("*{}", suffix(segment)) };
        groups.entry(name).or_default().extend(paths);
    }
    for (name, paths) in groups {
        let pattern = format!("{prefix}/{name}");
        let (complete, longer): (Vec<_>, Vec<_>) = paths.into_iter().partition(|(_, rest)| rest.is_empty());
        if let Some((path, _)) = complete.first() {
            found.entry(pattern.clone()).or_insert((0, path)).0 += complete.len();
        }
        if !longer.is_empty() {
            group(pattern, longer, found);
        }
    }
}

/// The extension of a segment, or the key of its query.
fn suffix(segment: &str) -> &str {
    if let Some((_, query)) = segment.split_once('?') {
        let key = query.find('=').map_or(query.len(), |at| at + 1);
        return &segment[segment.len() - query.len() - 1..segment.len() - query.len() + key];
    }
    match segment.rfind('.') {
        Some(at) if (2..=5).contains(&(segment.len() - at - 1)) && segment.is_char_boundary(at) => {
            let extension = &segment[at + 1..];
            if extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) { &segment[at..] } else { "" }
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varying_segments_are_stars_and_common_ones_are_kept() {
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
