//! What a new site begins with → its files; and whether a file is still as it began.

/// Path and text of each file of a site with samples. `@DATE@` and `@TIMEZONE@` are filled in, and stand at the ends of lines.
const SAMPLE: [(&str, &str); 5] = [
    (SETTINGS, include_str!("bulletin.yaml")),
    ("content/local/the-first-story.md", include_str!("first.md")),
    ("content/opinion/what-may-wait.md", include_str!("second.md")),
    ("content/about.md", include_str!("about.md")),
    IGNORED,
];

/// The same of a site without any.
const EMPTY: [(&str, &str); 2] = [(SETTINGS, include_str!("empty.yaml")), IGNORED];

const SETTINGS: &str = "bulletin.yaml";
const IGNORED: (&str, &str) = (".gitignore", include_str!("gitignore"));

/// The files of a new site with samples, from the folder of the site.
pub fn sample(date: &str, timezone: &str) -> Vec<(&'static str, String)> {
    let filled = |text: &str| text.replace("@DATE@", date).replace("@TIMEZONE@", timezone);
    SAMPLE.iter().map(|(path, text)| (*path, filled(text))).collect()
}

/// The files of a new site without articles.
pub fn empty() -> Vec<(&'static str, String)> {
    EMPTY.iter().map(|(path, text)| (*path, (*text).to_owned())).collect()
}

/// Whether a file of a site, by its path in it, is as a new site has it, whatever its date and zone.
pub fn is_as_begun(path: &str, text: &str) -> bool {
    let text = text.replace("\r\n", "\n");
    SAMPLE.iter().chain(&EMPTY).any(|(known, begun)| *known == path && is_filled(begun, &text))
}

/// The articles of a new site, by their paths below `content/`.
pub fn articles() -> impl Iterator<Item = &'static str> {
    SAMPLE.iter().filter_map(|(path, _)| path.strip_prefix("content/"))
}

fn is_filled(begun: &str, text: &str) -> bool {
    let place = ["@DATE@", "@TIMEZONE@"].into_iter().filter_map(|name| Some((begun.find(name)?, name.len())));
    let Some((at, length)) = place.min() else { return begun == text };
    let Some(rest) = text.strip_prefix(&begun[..at]) else { return false };
    is_filled(&begun[at + length..], &rest[rest.find('\n').unwrap_or(rest.len())..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_as_it_began_whatever_was_filled_in_and_until_somebody_edits_it() {
        for (path, text) in sample("2031-01-02", "Asia/Tokyo").into_iter().chain(empty()) {
            assert!(is_as_begun(path, &text), "{path}");
            assert!(is_as_begun(path, &text.replace('\n', "\r\n")), "{path}");
            assert!(!is_as_begun(path, &format!("{text}x\n")), "{path}");
            assert!(!is_as_begun(path, &text[1..]), "{path}");
            assert!(!is_as_begun("content/x.md", &text), "{path}");
        }
    }
}
