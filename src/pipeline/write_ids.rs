//! Ids that stories have without saying so → lines of their front matter, so that a file can be renamed or moved and is the same
//! story to those who read its feed.

use std::fs;
use std::io;
use std::path::Path;

use crate::config::Config;
use crate::content::{ArticleId, Content, head, keys, place_of};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::manifest::Fingerprint;
use crate::view::identity;

/// Stories that have no `id` of their own.
pub(super) fn without(content: &Content) -> impl Iterator<Item = ArticleId> {
    content
        .iter()
        .filter(|(_, article)| !article.is_standing() && article.front.id.is_none())
        .map(|(id, _)| id)
}

/// Writes the ids that stories have into those that say none; gives how many, and why others were left alone.
pub(super) fn write(edition: &Edition) -> (usize, Vec<Diagnostic>) {
    let Edition { content, config, .. } = edition;
    let (mut written, mut problems) = (0, Vec::new());
    for id in without(content) {
        match write_one(content, config, id) {
            Ok(()) => written += 1,
            Err(why) => problems.push(
                Diagnostic::warning("ids/not-written", format!("this story did not get its id: {why}"))
                    .at(place_of(content.get(id)))
                    .help(format!("add `id: {}` to its front matter", identity(config, content.get(id)))),
            ),
        }
    }
    (written, problems)
}

fn write_one(content: &Content, config: &Config, id: ArticleId) -> Result<(), String> {
    let article = content.get(id);
    let file = content.file(&article.path);
    let bytes = fs::read(&file).map_err(|error| error.to_string())?;
    if Fingerprint::of_bytes(&bytes) != article.hash {
        return Err("it changed while it was read".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let new = with_id(&article.path, &text, &identity(config, article), config);
    let new = new.ok_or("its front matter has no place for another line")?;
    replace(&file, &new).map_err(|error| error.to_string())
}

/// A source with an id as one more line of its front matter. `None` if that would say something else than before, too.
fn with_id(path: &str, text: &str, id: &str, config: &Config) -> Option<String> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (before, body) = keys(path, text).ok()?;
    let head_of = &text[..bom + body];
    let first = head_of.find('\n')? + 1;
    let end = if text[..first].ends_with("\r\n") { "\r\n" } else { "\n" };
    // Of TOML the first line, as the last may be in a table.
    let (at, line) = match head_of[bom..].trim_start().as_bytes().first()? {
        b'+' => (first, format!("id = \"{id}\"{end}")),
        b'{' => (first, format!("\"id\": \"{id}\",{end}")),
        _ => (head_of.trim_end_matches(['\r', '\n']).rfind('\n')? + 1, format!("id: {id}{end}")),
    };
    let new = format!("{}{line}{}", &text[..at], &text[at..]);
    let (mut after, _) = keys(path, &new).ok()?;
    let is_new = after.shift_remove("id").is_some_and(|written| written == id);
    let read = head(path, &new, config).0.is_some_and(|(front, _)| front.id.as_deref() == Some(id));
    (is_new && read && after == before).then_some(new)
}

/// Puts a text in the place of a file, whole or not at all.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let whole = file.with_file_name(format!(".{name}.new"));
    fs::write(&whole, text)?;
    fs::set_permissions(&whole, fs::metadata(file)?.permissions())?;
    fs::rename(&whole, file).inspect_err(|_| drop(fs::remove_file(&whole)))
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
