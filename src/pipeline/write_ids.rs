//! Stories without an `id` → the id that feeds use for them, written into their front matter, so that the file can be renamed or moved
//! without appearing as a new story in feeds.

use super::source_edit::edit_source;
use crate::config::Config;
use crate::content::{ArticleId, Content, head, keys, place_of};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::view::identity;

/// The stories without an `id`.
pub(super) fn without_id(content: &Content) -> impl Iterator<Item = ArticleId> {
    content
        .iter()
        .filter(|(_, article)| !article.is_standing() && article.front.id.is_none())
        .map(|(id, _)| id)
}

/// Writes generated ids into the front matter of stories without one. Returns their number and the problems with others.
pub(super) fn write(edition: &Edition) -> (usize, Vec<Diagnostic>) {
    let Edition { content, config, .. } = edition;
    let (mut count, mut problems) = (0, Vec::new());
    for id in without_id(content) {
        let identity = identity(config, content.get(id));
        match edit_source(edition, id, |path, text| with_id(path, text, &identity, config)) {
            Ok(()) => count += 1,
            Err(why) => problems.push(
                Diagnostic::warning("ids/not-written", format!("cannot add an id to this story: {why}"))
                    .at(place_of(content.get(id)))
                    .help(format!("add `id: {identity}` to its front matter")),
            ),
        }
    }
    (count, problems)
}

/// Adds a line with an id to the front matter of a source. Returns `None` if that would change anything else.
fn with_id(path: &str, text: &str, id: &str, config: &Config) -> Option<String> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (before, body) = keys(path, text).ok()?;
    let front = &text[..bom + body];
    let first = front.find('\n')? + 1;
    let end = if text[..first].ends_with("\r\n") { "\r\n" } else { "\n" };
    // In TOML, the last line may belong to a table, so the first is used.
    let (at, line) = match front[bom..].trim_start().as_bytes().first()? {
        b'+' => (first, format!("id = \"{id}\"{end}")),
        b'{' => (first, format!("\"id\": \"{id}\",{end}")),
        _ => (front.trim_end_matches(['\r', '\n']).rfind('\n')? + 1, format!("id: {id}{end}")),
    };
    let new = format!("{}{line}{}", &text[..at], &text[at..]);
    let (mut after, _) = keys(path, &new).ok()?;
    let is_new = after.shift_remove("id").is_some_and(|value| value == id);
    let read = head(path, &new, config).0.is_some_and(|(front, _)| front.id.as_deref() == Some(id));
    (is_new && read && after == before).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_last_line_of_the_front_matter() {
        let config = Config::new("T", url::Url::parse("https://x.example/").unwrap());
        let id = "tag:x.example,2000:world/a";
        let with = |text: &str| with_id("world/a.md", text, id, &config);
        for (text, expected) in [
            ("---\ntitle: A\n---\nText.\n", "---\ntitle: A\nid: ID\n---\nText.\n"),
            (
                "\u{feff}---\r\ntitle: A\r\n---\r\nText.\r\n",
                "\u{feff}---\r\ntitle: A\r\nid: ID\r\n---\r\nText.\r\n",
            ),
            (
                "---\ntitle: A\nednote: |\n  One.\n  Two.\n...\n---\n",
                "---\ntitle: A\nednote: |\n  One.\n  Two.\nid: ID\n...\n---\n",
            ),
            ("---\ntitle: A\n---", "---\ntitle: A\nid: ID\n---"),
            (
                "+++\ntitle = 'A'\n[extra]\na = 1\n+++\n",
                "+++\nid = \"ID\"\ntitle = 'A'\n[extra]\na = 1\n+++\n",
            ),
            ("{\n\"title\": \"A\"\n}\nText", "{\n\"id\": \"ID\",\n\"title\": \"A\"\n}\nText"),
        ] {
            assert_eq!(with(text), Some(expected.replace("ID", id)), "{text}");
        }
        for text in ["---\n{title: A}\n---\n", "---\ntitle: A\nid:\n---\n", "Text."] {
            assert_eq!(with(text), None, "{text}");
        }
    }
}
