//! Turns the redirect rules of an old site's host into redirects in the settings and lines of `static/_redirects`.
//!
//! Each format is converted to [`Rule`]s in the notation of `_redirects`. Rules from one path to one URL become redirects. Rules with
//! wildcards, conditions or another status stay lines. Rules that a line cannot express are reported.

use std::path::Path;

use super::archive::read_bytes;
use super::old_site::{OldRedirect, OldSite};
use super::{Media, Remark, encoding};

mod apache;
mod hosts;
mod nginx;
mod patterns;

/// Largest file in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Folders of an archive that may have rule files.
const FOLDERS: [&str; 6] = ["", "static", "public", "source", "src", "content/extra"];
/// Names of rule files, and their readers.
const KINDS: [(&str, Reader); 6] = [
    ("_redirects", hosts::lines),
    (".htaccess", apache::read),
    ("nginx.conf", nginx::read),
    ("vercel.json", hosts::vercel),
    ("now.json", hosts::vercel),
    ("netlify.toml", hosts::netlify),
];

/// Reads the text of a file.
type Reader = fn(&str) -> Rules;

/// The rules of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rules {
    rules: Vec<Rule>,
    /// Statements that `_redirects` cannot express.
    lost: Vec<String>,
}

/// A rule in the notation of `_redirects`: `/blog/*`, `/news/:splat`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rule {
    from: String,
    to: String,
    /// The status, with `!` if the rule overrides pages. Empty means 301.
    status: String,
    /// Query parameters after the path, and conditions after the status.
    query: String,
    conditions: String,
}

impl Rule {
    fn new(from: impl Into<String>, to: impl Into<String>, status: impl Into<String>) -> Self {
        Self { from: from.into(), to: to.into(), status: status.into(), ..Self::default() }
    }

    /// Whether it redirects one path to one URL unconditionally.
    fn is_plain(&self) -> bool {
        let is_path = |text: &str| text.starts_with('/') && !text.starts_with("//");
        let is_one = is_path(&self.from) && !self.from.contains(['*', '?']) && !self.from.contains("/:");
        let leads = is_path(&self.to) || self.to.starts_with("https://") || self.to.starts_with("http://");
        let path = self.to.split_once("://").map_or(&*self.to, |(_, rest)| rest);
        let is_filled = path.contains("/:") || path.contains("=:");
        let moves = ["", "301", "302", "303", "307", "308"].contains(&self.status.trim_end_matches('!'));
        is_one && leads && !is_filled && moves && self.query.is_empty() && self.conditions.is_empty()
    }

    fn is_permanent(&self) -> bool {
        ["", "301", "308"].contains(&self.status.trim_end_matches('!'))
    }

    fn line(&self) -> String {
        let words = [&self.from, &self.query, &self.to, &self.status, &self.conditions];
        words.into_iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    }
}

/// Whether a file of the old site contains redirect rules.
pub(super) fn is_rules(name: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == name)
}

/// Adds the rules of an archive to its settings, and returns the lines for `static/_redirects`.
pub(super) fn read(root: Option<&Path>, statics: &[Media], site: &mut OldSite) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, reader) in KINDS {
        let of_folders = root.into_iter().flat_map(|root| FOLDERS.map(|folder| root.join(folder).join(name)));
        let of_statics = statics.iter().filter(|media| media.name == name).map(|media| media.from.clone());
        let mut files: Vec<_> = of_statics.chain(of_folders.filter(|file| file.is_file())).collect();
        files.sort();
        files.dedup();
        for file in files {
            let Some(text) = read_bytes(&file, LARGEST).and_then(|bytes| encoding::decode(&bytes, None))
            else {
                continue;
            };
            let Rules { rules, lost } = reader(&text.text);
            let remark_of = |code, message| Remark { code, about: name.to_owned(), message, span: None };
            for rule in rules {
                let is_plain = rule.is_plain();
                if is_plain {
                    site.redirects.push(OldRedirect { from: rule.from.clone(), to: rule.to.clone() });
                }
                if !is_plain || !rule.is_permanent() {
                    lines.push(rule.line());
                }
                if !is_plain {
                    let message =
                        format!("the rule `{}` works only on hosts that support `_redirects`", rule.line());
                    site.remarks.push(remark_of("import/redirect-rule", message));
                }
            }
            let remark = |rule: String| {
                remark_of(
                    "import/redirect-lost",
                    format!("a rule in {name} could not be converted: `{rule}`"),
                )
            };
            site.remarks.extend(lost.into_iter().map(remark));
        }
    }
    lines
}
