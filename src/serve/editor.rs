//! A place in a file → a link that opens it in an editor.

use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters of a path that must be escaped in an editor's URL.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'&');

/// Known editors and their URLs.
const KNOWN: [(&str, &str); 7] = [
    ("vscode", "vscode://file{file}:{line}:{column}"),
    ("vscodium", "vscodium://file{file}:{line}:{column}"),
    ("cursor", "cursor://file{file}:{line}:{column}"),
    ("zed", "zed://file{file}:{line}:{column}"),
    ("idea", "idea://open?file={file}&line={line}&column={column}"),
    ("sublime", "subl://open?url=file://{file}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file://{file}&line={line}&column={column}"),
];

/// A URL that opens a file, with the placeholders `{file}` (absolute), `{line}` and `{column}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor(String);

impl std::str::FromStr for Editor {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        if let Some((_, url)) = KNOWN.iter().find(|(name, _)| *name == written) {
            return Ok(Self((*url).to_owned()));
        }
        let scheme = written.split_once(':').map_or("", |(scheme, _)| scheme);
        let runs_code = ["javascript", "data", "vbscript"].contains(&scheme.to_ascii_lowercase().as_str());
        if written.contains("{file}") && !scheme.is_empty() && !runs_code {
            return Ok(Self(written.to_owned()));
        }
        let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
        Err(format!("expected one of {}, or a URL with {{file}}, {{line}} and {{column}}", names.join(", ")))
    }
}

impl Editor {
    /// The link to a place. Lines and columns start at 1.
    pub(super) fn link(&self, file: &Path, line: usize, column: usize) -> String {
        let file = file.to_string_lossy().replace('\\', "/");
        // Windows has `C:/…`, which URLs write as `/C:/…`.
        let file = if file.starts_with('/') { file } else { format!("/{file}") };
        let file = utf8_percent_encode(&file, ESCAPED).to_string();
        let url = self.0.replace("{file}", &file);
        url.replace("{line}", &line.to_string()).replace("{column}", &column.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_file_line_and_column() {
        let link = |editor: &str| {
            let editor: Editor = editor.parse().unwrap();
            editor.link(Path::new("/site/content/a b&c.md"), 3, 7)
        };
        assert_eq!(link("vscode"), "vscode://file/site/content/a%20b%26c.md:3:7");
        assert_eq!(link("my://edit?f={file}#{line}"), "my://edit?f=/site/content/a%20b%26c.md#3");
        for wrong in ["", "vim", "javascript:alert('{file}')", "{file}"] {
            assert!(wrong.parse::<Editor>().is_err(), "{wrong}");
        }
    }
}
