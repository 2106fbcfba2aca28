//! Arguments → files to read, sorted by format.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::importers::ALL;
use super::{ImportContext, Importer, Listing, Media, Sample, Source, encoding};
use crate::diagnostic::{Diagnostic, Place};

mod loose;

/// Bytes that decide the format of a file.
const SAMPLE: u64 = 64 * 1024;

/// An argument: where copy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The bytes of standard input.
    Standard(Vec<u8>),
    /// A file or a folder.
    Path(PathBuf),
}

/// Files of one format that are read together.
pub(super) struct Batch {
    pub(super) importer: &'static dyn Importer,
    pub(super) source: Box<dyn Source>,
    /// The folder that their names are relative to.
    pub(super) root: Option<PathBuf>,
    /// The same folder with symbolic links resolved.
    real: Option<PathBuf>,
    pub(super) files: Vec<Entry>,
    /// Skipped files, each with the reason.
    pub(super) skipped: Vec<(PathBuf, String)>,
    /// Static files of the site.
    pub(super) statics: Vec<Media>,
}

impl Batch {
    /// Whether its files may be within a folder, or the folder within them.
    pub(super) fn is_near(&self, folder: Option<&Path>) -> bool {
        let real = self.real.as_deref().zip(folder);
        real.is_none_or(|(real, folder)| real.starts_with(folder) || folder.starts_with(real))
    }
}

/// All files to import.
pub(super) struct Sorted {
    pub(super) batches: Vec<Batch>,
    /// Skipped files in no known format, each with the reason.
    pub(super) skipped: Vec<(PathBuf, String)>,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The bytes of standard input.
    Standard(Vec<u8>),
    /// A file.
    Path(PathBuf),
}

/// Sorts all files to import by format. `kind` is the value of `--from`.
///
/// # Errors
/// All arguments that do not exist and all archives that lack a required file.
pub(super) fn sort(
    inputs: &[Input],
    kind: Option<&'static dyn Importer>,
    desk: &ImportContext<'_>,
) -> Result<Sorted, Vec<Diagnostic>> {
    let mut sorter = Sorter { kind, desk, batches: Vec::new(), skipped: Vec::new(), problems: Vec::new() };
    for input in inputs {
        match input {
            Input::Standard(bytes) => {
                let head = &bytes[..bytes.len().min(SAMPLE as usize)];
                let importer = kind.unwrap_or_else(|| of_bytes("", head));
                sorter.add(importer, Entry::Standard(bytes.clone()));
            }
            Input::Path(path) if path.is_dir() => {
                let before = sorter.count();
                sorter.folder(path);
                if sorter.count() == before {
                    let problem = Diagnostic::fatal("import/nothing", "the folder has nothing to import");
                    sorter.problems.push(problem.at(Place::file(path.to_string_lossy())));
                }
            }
            Input::Path(path) if path.is_file() => {
                let importer = kind.unwrap_or_else(|| of_file(path));
                sorter.add(importer, Entry::Path(path.clone()));
            }
            Input::Path(path) => {
                let problem = Diagnostic::fatal("import/no-file", "no such file or folder");
                sorter.problems.push(problem.at(Place::file(path.to_string_lossy())));
            }
        }
    }
    let Sorter { mut batches, skipped, problems, .. } = sorter;
    batches.iter_mut().for_each(|batch| batch.source.survey(&batch.files, desk));
    if problems.is_empty() { Ok(Sorted { batches, skipped }) } else { Err(problems) }
}

struct Sorter<'a> {
    kind: Option<&'static dyn Importer>,
    desk: &'a ImportContext<'a>,
    batches: Vec<Batch>,
    skipped: Vec<(PathBuf, String)>,
    problems: Vec<Diagnostic>,
}

impl Sorter<'_> {
    /// Adds a file to the batch of its format.
    fn add(&mut self, importer: &'static dyn Importer, entry: Entry) {
        let same = |batch: &&mut Batch| batch.importer.name() == importer.name() && batch.root.is_none();
        if let Some(batch) = self.batches.iter_mut().find(same) {
            batch.files.push(entry);
            return;
        }
        match importer.open(None, self.desk) {
            Ok(source) => self.batches.push(Batch {
                importer,
                source,
                root: None,
                real: None,
                files: vec![entry],
                skipped: Vec::new(),
                statics: Vec::new(),
            }),
            Err(problem) => self.problems.push(*problem),
        }
    }

    /// The number of files and problems found so far.
    fn count(&self) -> usize {
        let files = self.batches.iter().map(|batch| batch.files.len() + batch.skipped.len());
        files.sum::<usize>() + self.skipped.len() + self.problems.len()
    }

    fn folder(&mut self, folder: &Path) {
        let archive = match self.kind {
            Some(kind) => Some(kind).filter(|kind| kind.origin() == super::Origin::Archive),
            None => ALL.iter().copied().find(|importer| importer.fits_folder(folder)),
        };
        match archive {
            Some(importer) => match importer.open(Some(folder), self.desk) {
                Ok(source) => {
                    let Listing { files, skipped } = source.files();
                    let statics = source.statics();
                    let files = files.into_iter().map(Entry::Path).collect();
                    let root = Some(folder.to_owned());
                    let real = folder.canonicalize().ok();
                    self.batches.push(Batch { importer, source, root, real, files, skipped, statics });
                }
                Err(problem) => self.problems.push(*problem),
            },
            None => self.loose_files(folder),
        }
    }

    /// Adds every file of a folder that is not an archive, each by its own format.
    fn loose_files(&mut self, folder: &Path) {
        let is_shown = |entry: &walkdir::DirEntry| {
            // Word creates `~$copy.docx` while a document is open.
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !name.starts_with('.') && !name.starts_with("~$")
        };
        let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_shown);
        let mut files = Vec::new();
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => self.problems.push(Diagnostic::fatal(
                    "import/unreadable",
                    format!("the folder cannot be read: {error}"),
                )),
            }
        }
        match loose::files(folder, files, self.kind.is_some()) {
            Ok((files, skipped)) => {
                self.skipped.extend(skipped);
                for path in files {
                    let importer = self.kind.unwrap_or_else(|| of_file(&path));
                    self.add(importer, Entry::Path(path));
                }
            }
            Err(problem) => self.problems.push(*problem),
        }
    }
}

/// Whether a file may be a story that is not plain text.
fn is_document(path: &Path) -> bool {
    let kinds = ["docx", "docm", "doc", "odt", "pages", "pdf", "zip"];
    path.extension().is_some_and(|extension| kinds.iter().any(|kind| extension.eq_ignore_ascii_case(kind)))
}

fn of_file(path: &Path) -> &'static dyn Importer {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    of_bytes(&name, &read_head(path).unwrap_or_default())
}

/// The beginning of a file.
pub(super) fn read_head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    fs::File::open(path).ok()?.take(SAMPLE).read_to_end(&mut head).ok()?;
    Some(head)
}

/// The importer for a file. Plain text is for any file that no other fits.
fn of_bytes(name: &str, head: &[u8]) -> &'static dyn Importer {
    let text = encoding::decode(head, None).map(|decoded| decoded.text).unwrap_or_default();
    let sample = Sample { name, head: &text };
    let found = ALL.iter().copied().find(|importer| importer.fits(&sample));
    found.unwrap_or(ALL[ALL.len() - 1])
}
