//! Redirects → lines under `redirects` in `bulletin.yaml`; all other lines stay as they are.

use std::fs;

use super::super::source_edit::replace;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::site::SiteDir;

/// Adds redirects to the settings.
///
/// # Errors
/// If the file cannot be written, or its format does not allow adding lines.
pub(super) fn add_redirects(site: &SiteDir, new: &[(&str, &str)]) -> Result<(), Box<Diagnostic>> {
    if new.is_empty() {
        return Ok(());
    }
    let failed = |why: String| {
        let lines: String =
            new.iter().map(|(from, to)| format!("\n  {}: {}", scalar(from), scalar(to))).collect();
        let message = format!("cannot add redirects to the settings: {why}");
        let help = format!("add to `bulletin.yaml`:\nredirects:{lines}");
        Box::new(Diagnostic::warning("urls/not-written", message).at(Place::file("bulletin.yaml")).help(help))
    };
    let file = site.config();
    let text = fs::read_to_string(&file).map_err(|error| failed(error.to_string()))?;
    let all = with_redirects(&text, new);
    let count = |text: &str| {
        let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text.into());
        config.filter(|_| !problems.has_errors()).map(|config| config.redirects.len())
    };
    if count(&text).map(|before| before + new.len()) != count(&all) {
        return Err(failed("the format of `redirects` does not allow it".to_owned()));
    }
    replace(&file, &all).map_err(|error| failed(error.to_string()))
}

/// Adds redirects to the text of settings.
fn with_redirects(text: &str, new: &[(&str, &str)]) -> String {
    let start =
        if text.starts_with("redirects:") { Some(0) } else { text.find("\nredirects:").map(|at| at + 1) };
    let lines = |indent: &str| -> String {
        new.iter().map(|(from, to)| format!("{indent}{}: {}\n", scalar(from), scalar(to))).collect()
    };
    let Some(start) = start else {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return format!("{text}{gap}redirects:\n{}", lines("  "));
    };
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at + 1);
    let next =
        text[end..].lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let indent =
        next.map(|line| &line[..line.len() - line.trim_start().len()]).filter(|indent| !indent.is_empty());
    let gap = if text[..end].ends_with('\n') { "" } else { "\n" };
    format!("{}{gap}{}{}", &text[..end], lines(indent.unwrap_or("  ")), &text[end..])
}

/// A path as a YAML scalar.
pub(super) fn scalar(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-');
    if path.bytes().all(is_plain) { path.to_owned() } else { serde_json::Value::from(path).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_added_under_their_key() {
        let new = [("/a/", "/b/"), ("/c d/", "/e/")];
        for (text, expected) in [
            ("title: T", "title: T\nredirects:\n  /a/: /b/\n  \"/c d/\": /e/\n"),
            (
                "redirects:\n    # Old.\n    /x/: /y/\ntitle: T\n",
                "redirects:\n    /a/: /b/\n    \"/c d/\": /e/\n    # Old.\n    /x/: /y/\ntitle: T\n",
            ),
        ] {
            assert_eq!(with_redirects(text, &new), expected);
        }
    }
}
