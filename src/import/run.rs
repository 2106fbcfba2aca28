//! Imports files and reports a row for each of their stories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;

use super::input::{Batch, Entry, Input, Sorted, sort};
use super::placement::{Placement, SiteIndex};
use super::prepare::{CopyFile, PreparedStory};
use super::report::{Outcome, Row, StoryReport, Totals};
use super::settings::Settings;
use super::shortcodes::ShortcodeMap;
use super::stories::Stories;
use super::topics::Topics;
use super::write::{self, Writer};
use super::{File, ImportContext, Importer, Media, Origin, Refusal, article, statics};
use crate::config::Config;
use crate::content::{Content, SourceCache};
use crate::diagnostic::{self, Diagnostic};
use crate::site::SiteDir;

/// Files read at a time. Their stories are in memory until they are written.
const AT_ONCE: usize = 512;
/// Largest file in bytes. The export of a whole site is one file.
const LARGEST: u64 = 512 * 1024 * 1024;

/// The release of imported stories, which overrides the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Status {
    Draft,
    Published,
    Withheld,
    Withdrawn,
}

/// What to import, and how.
#[derive(Clone)]
pub struct Request {
    /// The files and folders.
    pub inputs: Vec<Input>,
    /// The format. `None` detects it for each file.
    pub kind: Option<&'static dyn Importer>,
    /// The slug of a section for all stories.
    pub section: Option<String>,
    /// The date of copy that does not state its year.
    pub date: Option<Timestamp>,
    /// The release of all stories. `None` takes it from the copy.
    pub status: Option<Status>,
    /// Replace stories with their new versions.
    pub update: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// Imports everything that was requested. Rows are reported in the order of the files.
///
/// # Errors
/// The problems that kept it from starting. Nothing has been written then.
pub fn import(
    request: &Request,
    site: &SiteDir,
    config: &Config,
    report: &mut (dyn FnMut(Row) + Send + Sync),
) -> Result<Totals, Vec<Diagnostic>> {
    let map = ShortcodeMap::read(site)?;
    let nothing = (Topics::new(Vec::new(), BTreeMap::new()), Stories::default());
    let context =
        ImportContext { config, date: request.date, topics: &nothing.0, stories: &nothing.1, map: &map };
    let Sorted { batches, skipped } = sort(&request.inputs, request.kind, &context)?;
    let mut settings = Settings::begin(site, config, request, &batches)?;
    let config = &settings.config.clone();
    // A dry run does not create the folder.
    let mut cache =
        if site.root().exists() { SourceCache::open(site, config) } else { SourceCache::disabled() };
    let (content, _) = Content::read(site, config, &mut cache, None);
    drop(cache);
    settings.record_content(&content);
    let topics = Topics::new(tags_of(&content), config.tag_aliases.clone());
    let stories = Stories::new(&content);
    let context = ImportContext { config, date: request.date, topics: &topics, stories: &stories, map: &map };
    let mut run = Run {
        request,
        site,
        own: site.content().canonicalize().ok(),
        context,
        index: SiteIndex::new(site, config, &content),
        writer: (!request.dry_run).then(|| writer(site.content())).transpose()?,
        settings,
        totals: Totals::default(),
        report,
    };
    drop(content);
    run.skip("none", &skipped);
    for batch in &batches {
        run.batch(batch);
    }
    let Run { settings, index, mut totals, report, .. } = run;
    for row in settings.finish(&index, &batches) {
        totals.failed += usize::from(matches!(row.outcome, Outcome::Failed(..)));
        report(row);
    }
    Ok(totals)
}

/// Opens a folder for writing, as the only import that does.
pub(super) fn writer(folder: PathBuf) -> Result<Writer, Vec<Diagnostic>> {
    let shown = display(&folder);
    Writer::open(folder).map_err(|error| {
        let problem = match error.kind() {
            std::io::ErrorKind::WouldBlock => {
                Diagnostic::fatal("import/running", "another import is writing to this folder")
                    .help("wait until it has finished, then import again")
            }
            _ => {
                Diagnostic::fatal("import/cannot-write", format!("this folder cannot be written to: {error}"))
                    .help("check the free disk space and the permissions of the folder")
            }
        };
        vec![problem.at(diagnostic::Place::file(shown))]
    })
}

/// The tags in use, sorted, each once.
fn tags_of(content: &Content) -> Vec<String> {
    let mut tags: Vec<String> =
        content.iter().flat_map(|(_, article)| article.front.tags.iter().cloned()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

struct Run<'a> {
    request: &'a Request,
    site: &'a SiteDir,
    /// The site's content folder with symbolic links resolved.
    own: Option<PathBuf>,
    context: ImportContext<'a>,
    index: SiteIndex<'a>,
    /// `None` in a dry run.
    writer: Option<Writer>,
    settings: Settings<'a>,
    totals: Totals,
    report: &'a mut (dyn FnMut(Row) + Send + Sync),
}

/// A file that has been read.
struct ReadFile {
    input: String,
    name: String,
    /// The hash of the file and the path of its story, if an earlier run imported it and nothing has changed.
    unchanged: Option<(String, String)>,
    stories: Result<Vec<Result<PreparedStory, Refusal>>, Refusal>,
}

/// A finished row, or a story to write.
enum Work {
    Done(Row),
    Write { input: String, name: String, story: Box<PreparedStory>, place: Placement },
}

impl Run<'_> {
    fn batch(&mut self, batch: &Batch) {
        self.skip(batch.importer.name(), &batch.skipped);
        let context = self.context;
        let mut whole = Vec::new();
        for entry in &batch.files {
            match batch.source.portions(entry, &context).filter(|_| !self.is_own(entry)) {
                Some(portions) => portions.for_each(|portion| self.portion(batch, entry, portion)),
                None => whole.push(entry),
            }
        }
        for files in whole.chunks(AT_ONCE) {
            let read: Vec<ReadFile> = files.par_iter().map(|file| self.read(batch, file)).collect();
            self.place(batch, read);
        }
        self.statics(batch);
    }

    fn skip(&mut self, from: &'static str, files: &[(PathBuf, String)]) {
        for (path, why) in files {
            self.row(Row { input: display(path), from, outcome: Outcome::Skipped(why.clone()), story: None });
        }
    }

    /// Writes one portion of the stories of a file.
    fn portion(&mut self, batch: &Batch, entry: &Entry, portion: Vec<Result<super::Story, Refusal>>) {
        let (input, name) = file_names(batch, entry);
        let prepare = |story: Result<super::Story, Refusal>| {
            let story = story?;
            self.prepare(batch, &name, &story_hash(&story), story)
        };
        let stories = Ok(portion.into_par_iter().map(prepare).collect());
        self.place(batch, vec![ReadFile { input, name, unchanged: None, stories }]);
    }

    /// Whether a file is in the site's own content folder.
    fn is_own(&self, entry: &Entry) -> bool {
        let Entry::Path(path) = entry else { return false };
        path.canonicalize().is_ok_and(|path| self.own.as_ref().is_some_and(|own| path.starts_with(own)))
    }

    fn prepare(
        &self,
        batch: &Batch,
        file: &str,
        hash: &str,
        story: super::Story,
    ) -> Result<PreparedStory, Refusal> {
        let copy = CopyFile { from: batch.importer.name(), whose: batch.importer.origin(), file, hash };
        PreparedStory::new(story, copy, self.request, self.context.config)
    }

    fn read(&self, batch: &Batch, entry: &Entry) -> ReadFile {
        let (input, name) = file_names(batch, entry);
        if batch.is_near(self.own.as_deref()) && self.is_own(entry) {
            let why = "it is already a story of this site".to_owned();
            return ReadFile {
                input,
                name: String::new(),
                unchanged: None,
                stories: Err(Refusal::Skipped(why)),
            };
        }
        let file = match entry {
            Entry::Standard(bytes) => Ok(File { path: PathBuf::new(), bytes: bytes.clone() }),
            Entry::Path(path) => load(path).map(|bytes| File { path: path.clone(), bytes }),
        };
        let file = match file {
            Ok(file) => file,
            Err(refusal) => return ReadFile { input, name, unchanged: None, stories: Err(refusal) },
        };
        let hash = article::hash(&file.bytes);
        let is_complete = batch.importer.origin() == Origin::Archive && self.settings.is_complete();
        if let Some(path) = self.index.unchanged_path(&name, &hash).filter(|_| is_complete) {
            return ReadFile { input, name, unchanged: Some((hash, path)), stories: Ok(Vec::new()) };
        }
        let stories = batch.source.read(&file, &self.context).map(|stories| {
            let many = stories.len() > 1;
            let prepare = |mut story: super::Story| {
                self.settings.adapt(&mut story);
                // In a file of several stories, the hash covers one story, so that changes to the others do not count.
                let own = many.then(|| story_hash(&story));
                self.prepare(batch, &name, own.as_deref().unwrap_or(&hash), story)
            };
            stories.into_iter().map(prepare).collect()
        });
        ReadFile { input, name, unchanged: None, stories }
    }

    /// Assigns a path to each story, in the order of the files, then writes the stories in parallel.
    fn place(&mut self, batch: &Batch, read: Vec<ReadFile>) {
        let from = batch.importer.name();
        let mut work = Vec::new();
        let ready = read.iter().filter_map(|file| file.stories.as_ref().ok());
        self.index.reserve_sections(ready.flatten().filter_map(|story| story.as_ref().ok()));
        for ReadFile { input, name, unchanged, stories } in read {
            if let Some((hash, path)) = unchanged {
                self.index.mark_repeated(&hash);
                work.push(Work::Done(Row { input, from, outcome: Outcome::Unchanged(path), story: None }));
                continue;
            }
            for story in stories.unwrap_or_else(|refusal| vec![Err(refusal)]) {
                let mut story = match story {
                    Ok(story) => story,
                    Err(refusal) => {
                        let outcome = refusal.into();
                        work.push(Work::Done(Row { input: input.clone(), from, outcome, story: None }));
                        continue;
                    }
                };
                self.settings.record(&story);
                if self.index.is_from_this_run(&story.id) {
                    // The earlier version must be on disk first.
                    self.write_all(batch, std::mem::take(&mut work));
                }
                let place = match self.settings.take_redirects(&mut story) {
                    Some(why) => Placement::Refused(Refusal::Skipped(why)),
                    None => self.index.assign(&mut story, self.request),
                };
                work.push(Work::Write {
                    input: input.clone(),
                    name: name.clone(),
                    story: Box::new(story),
                    place,
                });
            }
        }
        self.write_all(batch, work);
    }

    fn write_all(&mut self, batch: &Batch, work: Vec<Work>) {
        let rows: Vec<Row> = work.into_par_iter().map(|work| self.write_one(batch, work)).collect();
        rows.into_iter().for_each(|row| self.row(row));
    }

    fn write_one(&self, batch: &Batch, work: Work) -> Row {
        let (input, name, mut story, place) = match work {
            Work::Done(row) => return row,
            Work::Write { input, name, story, place } => (input, name, story, place),
        };
        let from = batch.importer.name();
        if let Placement::Update(_, front) = &place {
            story.front = (**front).clone();
        }
        let text = story.article_text(&CopyFile {
            from,
            whose: batch.importer.origin(),
            file: &name,
            hash: &story.hash,
        });
        let PreparedStory { id, story: super::Story { media, comments, .. }, .. } = &*story;
        let keep = |path: &str| write::comments(&self.site.data(), path, id, comments);
        let outcome = match (place, &self.writer) {
            (Placement::Unchanged(path), _) => Outcome::Unchanged(path),
            (Placement::Refused(refusal), _) => refusal.into(),
            (Placement::New(path), None) => Outcome::Imported(path),
            (Placement::Update(path, _), None) => Outcome::Updated(path),
            (Placement::New(path), Some(writer)) => {
                match keep(&path).and_then(|()| writer.add(&path, &text, media)) {
                    Ok(()) => Outcome::Imported(path),
                    Err(error) => write_failure(&error),
                }
            }
            (Placement::Update(path, _), Some(_)) if self.is_unchanged_on_disk(&path, &text) => {
                Outcome::Unchanged(path)
            }
            (Placement::Update(path, _), Some(_)) if !media.is_empty() && !path.ends_with("/index.md") => {
                let why = "the new version has pictures, but content/{path} has no folder of its own; move it to an index.md in a folder";
                Outcome::Failed(why.replace("{path}", &path), None)
            }
            (Placement::Update(path, _), Some(writer)) => {
                match keep(&path).and_then(|()| writer.update(&path, &text, media)) {
                    Ok(()) => Outcome::Updated(path),
                    Err(error) => write_failure(&error),
                }
            }
        };
        Row { input, from, outcome, story: Some(Box::new(report(*story, text))) }
    }

    fn is_unchanged_on_disk(&self, path: &str, text: &str) -> bool {
        fs::read_to_string(self.site.content().join(path)).is_ok_and(|unchanged| unchanged == text)
    }

    /// Copies static files that the site does not have yet.
    fn statics(&mut self, batch: &Batch) {
        let folder = self.site.static_files();
        let writer = self.writer.is_some() && !batch.statics.is_empty();
        let writer = writer.then(|| Writer::open(folder.clone())).transpose();
        for file in &batch.statics {
            if let Some((code, why)) = statics::reason_to_skip(file, &self.index) {
                self.settings.record_left_out(file, code, why);
                continue;
            }
            let Media { from, name } = file;
            let copied = || {
                let to = write::within(&folder, name)?;
                let is_there = write::same_or_absent(from, &to)?;
                match &writer {
                    _ if is_there => {}
                    Ok(None) => {}
                    Ok(Some(writer)) => writer.copy(from, &to)?,
                    Err(error) => return Err(std::io::Error::new(error.kind(), error.to_string())),
                }
                Ok(!is_there)
            };
            let why = match copied() {
                Ok(is_new) => {
                    self.totals.statics += usize::from(is_new);
                    continue;
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    format!("static/{name} exists with different contents and was not overwritten")
                }
                Err(error) => format!("the file cannot be copied to static/{name}: {error}"),
            };
            let outcome = Outcome::Failed(why, None);
            self.row(Row { input: display(from), from: batch.importer.name(), outcome, story: None });
        }
    }

    fn row(&mut self, row: Row) {
        self.totals.add(&row);
        (self.report)(row);
    }
}

fn write_failure(error: &std::io::Error) -> Outcome {
    Outcome::Failed(format!("the story cannot be written: {error}"), None)
}

/// A hash of what the copy itself says, without derived fields.
fn story_hash(story: &super::Story) -> String {
    let fields = story.fields.iter().filter(|field| field.confidence != super::Confidence::Derived);
    let fields: Vec<String> = fields.map(|field| format!("{}: {}", field.key, field.value)).collect();
    article::hash(format!("{}\n{}", fields.join("\n"), story.body).as_bytes())
}

/// The name of a file in reports, and in the story's import record.
fn file_names(batch: &Batch, entry: &Entry) -> (String, String) {
    let Entry::Path(path) = entry else { return ("standard input".to_owned(), String::new()) };
    let below = batch.root.as_deref().and_then(|root| path.strip_prefix(root).ok());
    (display(path), below.or(path.file_name().map(Path::new)).map(display).unwrap_or_default())
}

fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn load(path: &Path) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::failed(format!("the file cannot be read: {error}"));
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let (size, limit) = (size >> 20, LARGEST >> 20);
        return Err(Refusal::failed(format!("the file is {size} MiB, but the limit is {limit} MiB")));
    }
    fs::read(path).map_err(unreadable)
}

/// What is reported of a story.
fn report(story: PreparedStory, text: String) -> StoryReport {
    let is_draft = story.front.get("draft").is_some_and(|draft| draft == true);
    let PreparedStory { story, id, url, .. } = story;
    let super::Story { fields, remarks, pieces, body, old_url, .. } = story;
    StoryReport { id, is_draft, old_url, url, fields, remarks, pieces, body, text }
}
