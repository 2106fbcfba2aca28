//! A path pattern of host files (`/old/:year/*`) → whether it matches a path, and what its wildcards stand for.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The name of what `*` matches.
const SPLAT: &str = "splat";

/// What browsers do not encode in a path.
const UNENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A path with at most one `*`, which matches anything, and parts like `:year`, which match one part each.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// The whole pattern, or what is before the `*`.
    front: Vec<Piece>,
    /// What is after the `*`.
    back: Option<Vec<Piece>>,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Decoded.
    Text(String),
    Name(String),
}

/// The names of wildcards and the decoded text that they match.
pub(super) type Captures<'a> = Vec<(&'a str, &'a str)>;

impl Pattern {
    /// Parses a pattern, percent-encoded from the root. `None` if it can match no path.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let is_path = written.starts_with('/') && !written.contains(['?', '#', '\\']);
        if !is_path || written.contains("//") || !is_well_encoded(written.as_bytes()) {
            return None;
        }
        let (front, back) = match written.split_once('*') {
            // With several, it would be ambiguous what each of them matches.
            Some((_, back)) if back.contains('*') => return None,
            Some((front, back)) => (pieces(front)?, Some(pieces(back)?)),
            None => (pieces(without_slash(written))?, None),
        };
        Some(Self { front, back })
    }

    /// The only path that the pattern matches, without a final slash; `None` if it has wildcards.
    pub(super) fn literal(&self) -> Option<&str> {
        match (self.front.as_slice(), &self.back) {
            ([], None) => Some(""),
            ([Piece::Text(text)], None) => Some(text),
            _ => None,
        }
    }

    /// Whether only a final `*` matches more than one part.
    pub(super) fn ends_with_any(&self) -> bool {
        self.back.as_ref().is_none_or(Vec::is_empty)
    }

    /// The pattern as a regular expression for encoded or decoded paths, for hosts that take those, and the names of its groups in their order.
    pub(super) fn regex(&self) -> (String, Vec<&str>) {
        let mut regex = String::from("^");
        let mut names = Vec::new();
        write_pieces(&self.front, &mut regex, &mut names);
        match &self.back {
            None if self.front.is_empty() => regex.push('/'),
            None => regex.push_str("/?"),
            // `/news/*` also matches `/news`.
            Some(back) if back.is_empty() && regex.len() > 2 && regex.ends_with('/') => {
                regex.pop();
                regex.push_str("(?:/(.*))?");
                names.push(SPLAT);
            }
            Some(back) => {
                regex.push_str("(.*)");
                names.push(SPLAT);
                write_pieces(back, &mut regex, &mut names);
            }
        }
        regex.push('$');
        (regex, names)
    }

    /// What the wildcards match in a decoded path, if the pattern matches it. A final slash makes no difference.
    pub(super) fn matches<'a>(&'a self, path: &'a str) -> Option<Captures<'a>> {
        let mut captures = Captures::new();
        let Some(back) = &self.back else {
            let rest = match_front(&self.front, without_slash(path), &mut captures)?;
            return rest.is_empty().then_some(captures);
        };
        // `/news/*` also matches `/news`.
        if back.is_empty() && !path.ends_with('/') && self.is_own_folder(path, &mut captures) {
            captures.push((SPLAT, ""));
            return Some(captures);
        }
        captures.clear();
        let rest = match_front(&self.front, path, &mut captures)?;
        let any = match_back(back, rest, &mut captures)?;
        captures.push((SPLAT, any));
        Some(captures)
    }

    /// Whether a path is the folder whose files the pattern matches.
    fn is_own_folder<'a>(&'a self, path: &'a str, captures: &mut Captures<'a>) -> bool {
        let Some((Piece::Text(last), before)) = self.front.split_last() else { return false };
        let rest = match_front(before, path, captures);
        last.strip_suffix('/').is_some_and(|last| rest == Some(last))
    }
}

/// Appends pieces to a regular expression.
fn write_pieces<'a>(pieces: &'a [Piece], regex: &mut String, names: &mut Vec<&'a str>) {
    for piece in pieces {
        match piece {
            Piece::Name(name) => {
                names.push(name);
                regex.push_str("([^/]+)");
            }
            Piece::Text(text) => {
                for part in text.split_inclusive('/') {
                    let (decoded, encoded) =
                        (regex::escape(part), utf8_percent_encode(part, UNENCODED).to_string());
                    let encoded = regex::escape(&encoded);
                    if decoded == encoded {
                        regex.push_str(&decoded);
                    } else {
                        regex.push_str(&format!("(?:{decoded}|{encoded})"));
                    }
                }
            }
        }
    }
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// Splits the text before or after a `*` into pieces. A name is a whole part of the path.
fn pieces(written: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for (index, part) in written.split('/').enumerate() {
        if index > 0 {
            text.push('/');
        }
        // The text before the first slash is the end of a part.
        if let Some(name) = part.strip_prefix(':').filter(|name| index > 0 && is_name(name)) {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(Piece::Name(name.to_owned()));
        } else {
            let decoded = percent_decode_str(part).decode_utf8().ok()?;
            // No requested path contains these.
            if decoded.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
                return None;
            }
            text.push_str(&decoded);
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

/// Whether a word can be the name of a wildcard.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Matches pieces at the start of a path and returns the rest.
fn match_front<'a>(pieces: &'a [Piece], path: &'a str, captures: &mut Captures<'a>) -> Option<&'a str> {
    pieces.iter().try_fold(path, |rest, piece| match piece {
        Piece::Text(text) => rest.strip_prefix(text.as_str()),
        Piece::Name(name) => {
            let (part, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            captures.push((name, part));
            (!part.is_empty()).then_some(rest)
        }
    })
}

/// Matches pieces at the end of a path and returns the rest.
fn match_back<'a>(pieces: &'a [Piece], path: &'a str, captures: &mut Captures<'a>) -> Option<&'a str> {
    pieces.iter().rev().try_fold(path, |rest, piece| match piece {
        Piece::Text(text) => rest.strip_suffix(text.as_str()),
        Piece::Name(name) => {
            let (rest, part) = rest.split_at(rest.rfind('/').map_or(0, |at| at + 1));
            captures.push((name, part));
            (!part.is_empty()).then_some(rest)
        }
    })
}

/// Whether every `%` begins an escape. Decoders leave other ones as they are.
pub(crate) fn is_well_encoded(written: &[u8]) -> bool {
    let escapes = written.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    escapes
        .map(|(at, _)| written.get(at + 1..at + 3))
        .all(|digits| digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(pattern: &str, path: &str) -> Option<String> {
        let pattern = Pattern::parse(pattern)?;
        let captures = pattern.matches(path)?;
        Some(captures.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn paths_are_compared_decoded_and_without_a_final_slash() {
        for (pattern, path) in [
            ("/", "/"),
            ("/a/b", "/a/b/"),
            ("/a/b/", "/a/b"),
            ("/%E6%9D%B1%20x/", "/東 x/"),
            ("/東/", "/東"),
            ("/a%2Ab%3Ac", "/a*b:c"),
            ("/%3Aa/", "/:a"),
            ("/%252e", "/%2e"),
            ("/a:b", "/a:b"),
            ("/:1/:", "/:1/:/"),
        ] {
            assert_eq!(fit(pattern, path).as_deref(), Some(""), "{pattern} {path}");
        }
        for (pattern, path) in
            [("/a", "/A"), ("/a", "/a/b"), ("/a", "/ab"), ("/a/b", "/a"), ("/%3Aa", "/x"), ("/", "/a")]
        {
            assert_eq!(fit(pattern, path), None, "{pattern} {path}");
        }
    }

    #[test]
    fn a_name_matches_one_part_and_a_star_matches_any() {
        for (pattern, path, captures) in [
            ("/:y/:m/x", "/2026/11/x/", Some("y=2026 m=11")),
            ("/:y/:m", "/2026", None),
            ("/:y", "/", None),
            ("/*", "/", Some("splat=")),
            ("/*", "/a/b/", Some("splat=a/b/")),
            ("/old/*", "/old/", Some("splat=")),
            ("/old/*", "/old", Some("splat=")),
            ("/old/*", "/older", None),
            ("/old*", "/older/x", Some("splat=er/x")),
            ("/:a/*", "/x", Some("a=x splat=")),
            ("/:a/b/*", "/x/b/c", Some("a=x splat=c")),
            ("/*.jpg", "/a/b.jpg", Some("splat=a/b")),
            ("/*.jpg", "/a/b.png", None),
            ("/*/x/:last", "/a/b/x/c", Some("last=c splat=a/b")),
            ("/a*a", "/a", None),
        ] {
            assert_eq!(fit(pattern, path).as_deref(), captures, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_and_its_regular_expression_match_the_same_paths() {
        for (pattern, paths) in [
            ("/", &["/", "/a"][..]),
            ("/a/b", &["/a/b", "/a/b/", "/a/b/c", "/a/bc"]),
            ("/*", &["/", "/a/b/"]),
            ("/old/*", &["/old", "/old/", "/old/a/b", "/older"]),
            ("/:a/*", &["/x", "/x/", "/x/y", "/"]),
            ("/:y/:m/rss.xml", &["/2026/11/rss.xml", "/2026/rss.xml", "/2026/11/rssxxml"]),
            ("/*.jpg", &["/a/b.jpg", "/a/b.png"]),
            ("/*/x/:last", &["/a/b/x/c", "/a/x/c/d"]),
            ("/%E6%9D%B1%20x/", &["/東 x/", "/東 x", "/y"]),
        ] {
            let parsed = Pattern::parse(pattern).unwrap();
            let (regex, names) = parsed.regex();
            let regex = regex::Regex::new(&regex).unwrap();
            for path in paths {
                let encoded = utf8_percent_encode(path, UNENCODED).to_string();
                let expected = parsed.matches(path);
                assert_eq!(regex.is_match(path), expected.is_some(), "{pattern} {path} {regex}");
                assert_eq!(regex.is_match(&encoded), expected.is_some(), "{pattern} {encoded} {regex}");
                let (Some(found), Some(expected)) = (regex.captures(path), expected) else { continue };
                let found: Vec<(&str, &str)> = names
                    .iter()
                    .enumerate()
                    .map(|(index, name)| (*name, found.get(index + 1).map_or("", |group| group.as_str())))
                    .collect();
                for capture in expected {
                    assert!(found.contains(&capture), "{pattern} {path} {capture:?} {found:?}");
                }
            }
        }
    }

    #[test]
    fn a_pattern_that_matches_no_path_is_rejected() {
        #[rustfmt::skip]
        let patterns = [
            "", "a", "//a", "/a//b", "/a?b", "/a#b", "/a\\b", "/*/*", "/%", "/%zz", "/%ff", "/%2f", "/%0a",
            "/%5c", "http://a/",
        ];
        for pattern in patterns {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
    }
}
