//! What importers of XML and JSON share.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::import::xml::Element;
use crate::import::{
    Confidence, FieldKey, File, Identity, ImportContext, Lines, Listing, Refusal, Source, Span, Story, html,
};

mod dateline;
mod draft;
mod lines;
mod names;

pub(super) use draft::{Draft, Picture};
pub(super) use lines::{first_headline, is_keyword_line};

/// Longest value of a field in characters. Front matter has a size limit.
const LONGEST: usize = 4000;

/// Reads the stories of a file.
pub(super) type Read = fn(&File, &ImportContext<'_>) -> Result<Vec<Story>, Refusal>;

/// Files that each contain their own stories.
pub(super) struct Files {
    folder: Option<PathBuf>,
    extensions: &'static [&'static str],
    read: Read,
}

/// A source of the files with these extensions in a folder, or of single files.
pub(super) fn files(
    folder: Option<&Path>,
    extensions: &'static [&'static str],
    read: Read,
) -> Box<dyn Source> {
    Box::new(Files { folder: folder.map(Path::to_owned), extensions, read })
}

/// Reads the stories of a file that contains other files.
type ReadPacked = fn(&File, &ImportContext<'_>, &TempFiles) -> Result<Vec<Story>, Refusal>;

/// A source of files with these extensions that contain other files.
pub(super) fn packed(
    folder: Option<&Path>,
    extensions: &'static [&'static str],
    read: ReadPacked,
) -> Box<dyn Source> {
    let files = Files { folder: folder.map(Path::to_owned), extensions, read: |_, _| Ok(Vec::new()) };
    Box::new(Packed { files, read, spill: TempFiles::default() })
}

struct Packed {
    files: Files,
    read: ReadPacked,
    spill: TempFiles,
}

impl Source for Packed {
    fn files(&self) -> Listing {
        self.files.files()
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        (self.read)(file, context, &self.spill)
    }
}

/// Temporary copies of embedded pictures, so that thousands of them need not be in memory.
#[derive(Default)]
pub(super) struct TempFiles(OnceLock<Option<tempfile::TempDir>>);

impl TempFiles {
    /// Stores a file until the import ends.
    ///
    /// # Errors
    /// The folder for temporary files is not writable.
    pub(super) fn keep(&self, bytes: &[u8]) -> Result<PathBuf, Refusal> {
        let cannot = || {
            let message = "its pictures cannot be stored temporarily; check the free space of the folder for temporary files";
            Refusal::Failed(message.to_owned(), None)
        };
        let folder = self.0.get_or_init(|| tempfile::tempdir().ok()).as_ref().ok_or_else(cannot)?;
        let path = folder.path().join(blake3::hash(bytes).to_hex().as_str());
        if !path.exists() {
            let mut file = tempfile::NamedTempFile::new_in(folder.path()).map_err(|_| cannot())?;
            file.write_all(bytes).map_err(|_| cannot())?;
            file.persist(&path).map_err(|_| cannot())?;
        }
        Ok(path)
    }
}

impl Source for Files {
    fn files(&self) -> Listing {
        let mut listing = Listing::default();
        let Some(folder) = &self.folder else {
            return listing;
        };
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok) {
            if !entry.file_type().is_file() || entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let extension =
                entry.path().extension().map(|extension| extension.to_string_lossy().to_lowercase());
            if extension.is_some_and(|extension| self.extensions.contains(&extension.as_str())) {
                listing.files.push(entry.into_path());
            } else {
                listing
                    .skipped
                    .push((entry.into_path(), "its extension is not one of this format".to_owned()));
            }
        }
        listing
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        (self.read)(file, context)
    }
}

/// A value and the ranges of the copy that it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sourced {
    pub(super) text: String,
    pub(super) spans: Vec<Span>,
}

impl Sourced {
    /// A value on one line. `None` if it is blank.
    pub(super) fn new(text: &str, at: Vec<Span>) -> Option<Self> {
        let mut text = html::line(text);
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
        }
        (!text.is_empty()).then_some(Self { text, spans: at })
    }

    /// A JSON string or number, without a place.
    pub(super) fn json(value: Option<&Json>) -> Option<Self> {
        match value? {
            Json::String(text) => Self::new(text, Vec::new()),
            Json::Number(number) => Self::new(&number.to_string(), Vec::new()),
            _ => None,
        }
    }

    /// The text of an element.
    pub(super) fn of(element: Option<Element<'_>>, lines: &Lines<'_>) -> Option<Self> {
        let element = element?;
        Self::new(&element.line()?, vec![lines.at(element.span())])
    }

    /// An attribute of an element.
    pub(super) fn attribute(element: Option<Element<'_>>, name: &str, lines: &Lines<'_>) -> Option<Self> {
        let element = element?;
        Self::new(element.attribute(name)?, vec![lines.at(element.span())])
    }

    /// The text of a value that is HTML.
    pub(super) fn plain(self) -> Option<Self> {
        Self::new(&html::text(&self.text), self.spans)
    }
}

/// The JSON values of a file: one, a sequence, or the items of an array.
///
/// # Errors
/// The file is not JSON.
pub(super) fn json_values(bytes: &[u8]) -> Result<Vec<Json>, Refusal> {
    let decoded = crate::import::encoding::decode(bytes, None);
    let decoded =
        decoded.ok_or_else(|| Refusal::failed("the file is not text; unpack it if it is compressed"))?;
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(&decoded.text).into_iter::<Json>() {
        match value {
            Ok(Json::Array(inner)) => values.extend(inner),
            Ok(value) => values.push(value),
            Err(error) => {
                let (line, column) = (error.line().max(1), error.column().max(1));
                let problem = error.to_string();
                let problem = problem.split(" at line ").next().unwrap_or_default();
                let message = format!("the file is not valid JSON: {problem}; it may be truncated");
                return Err(Refusal::Failed(
                    message,
                    Some(Span { line, column, end_line: line, end_column: column + 1 }),
                ));
            }
        }
    }
    Ok(values)
}

/// The stories of a file.
///
/// # Errors
/// There are none: `reason` says why the last candidate was skipped.
pub(super) fn require_stories(
    stories: Vec<Story>,
    reason: Option<String>,
    none: &str,
) -> Result<Vec<Story>, Refusal> {
    let stories = keep_newest(stories);
    match (stories.is_empty(), reason) {
        (false, _) => Ok(stories),
        (true, Some(reason)) => Err(Refusal::Skipped(reason)),
        (true, None) => Err(Refusal::Skipped(none.to_owned())),
    }
}

/// Keeps the newest of several versions of a story, at the position of the first.
fn keep_newest(stories: Vec<Story>) -> Vec<Story> {
    let mut kept: Vec<Story> = Vec::with_capacity(stories.len());
    let mut places: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    for story in stories {
        let version =
            story.text(FieldKey::extra("version")).map(|text| text.trim_matches(char::is_alphabetic));
        let version = version.and_then(|text| text.parse().ok());
        let (Some(Identity::Given(id)), Some(version)) = (&story.identity, version) else {
            kept.push(story);
            continue;
        };
        match places.get(id).copied() {
            Some((_, before)) if before > version => {}
            Some((place, _)) => {
                places.insert(id.clone(), (place, version));
                kept[place] = story;
            }
            None => {
                places.insert(id.clone(), (kept.len(), version));
                kept.push(story);
            }
        }
    }
    kept
}

/// The refusal of a file with the wrong root element.
pub(super) fn wrong_root(root: Element<'_>, wanted: &str) -> Refusal {
    let name: String = root.name().chars().take(40).collect();
    Refusal::Failed(
        format!("the root element `<{name}>` is not that of a {wanted}; set the format with `--from`"),
        None,
    )
}
