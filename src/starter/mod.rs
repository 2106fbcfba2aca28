//! The files of a new site, and whether one of them is still unchanged.

/// Paths and texts of a new site with sample stories. `@DATE@` and `@TIMEZONE@` are placeholders at the ends of lines.
const SAMPLE: [(&str, &str); 5] = [
    (SETTINGS, include_str!("bulletin.yaml")),
    ("content/local/the-first-story.md", include_str!("first.md")),
    ("content/opinion/what-may-wait.md", include_str!("second.md")),
    ("content/about.md", include_str!("about.md")),
    IGNORED,
];

/// Paths and texts of a new site without sample stories.
const EMPTY: [(&str, &str); 2] = [(SETTINGS, include_str!("empty.yaml")), IGNORED];

const SETTINGS: &str = "bulletin.yaml";
const IGNORED: (&str, &str) = (".gitignore", include_str!("gitignore"));

/// The files of a new site with sample stories, relative to its folder.
pub fn sample(date: &str, timezone: &str) -> Vec<(&'static str, String)> {
    let fill = |text: &str| text.replace("@DATE@", date).replace("@TIMEZONE@", timezone);
    SAMPLE.iter().map(|(path, text)| (*path, fill(text))).collect()
}

/// The files of a new site without stories.
pub fn empty() -> Vec<(&'static str, String)> {
    EMPTY.iter().map(|(path, text)| (*path, (*text).to_owned())).collect()
}

/// Whether a file of a site is as `bulletin init` wrote it, with any date and time zone.
pub fn is_unchanged(path: &str, text: &str) -> bool {
    let text = text.replace("\r\n", "\n");
    SAMPLE.iter().chain(&EMPTY).any(|(known, original)| *known == path && matches_template(original, &text))
}

/// The paths of the sample stories in `content/`.
pub fn articles() -> impl Iterator<Item = &'static str> {
    SAMPLE.iter().filter_map(|(path, _)| path.strip_prefix("content/"))
}

fn matches_template(template: &str, text: &str) -> bool {
    let place =
        ["@DATE@", "@TIMEZONE@"].into_iter().filter_map(|name| Some((template.find(name)?, name.len())));
    let Some((at, length)) = place.min() else { return template == text };
    let Some(rest) = text.strip_prefix(&template[..at]) else { return false };
    matches_template(&template[at + length..], &rest[rest.find('\n').unwrap_or(rest.len())..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_unchanged_until_they_are_edited() {
        for (path, text) in sample("2031-01-02", "Asia/Tokyo").into_iter().chain(empty()) {
            assert!(is_unchanged(path, &text), "{path}");
            assert!(is_unchanged(path, &text.replace('\n', "\r\n")), "{path}");
            assert!(!is_unchanged(path, &format!("{text}x\n")), "{path}");
            assert!(!is_unchanged(path, &text[1..]), "{path}");
            assert!(!is_unchanged("content/x.md", &text), "{path}");
        }
    }
}
