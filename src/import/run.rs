//! What is to be imported → articles in `content/`, and a row of a report for each file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;

use super::input::{Batch, Entry, Input, Sorted, sort};
use super::placing::{Place, Places};
use super::prepared::{Origins, Prepared};
use super::settings::Settings;
use super::shortcodes::Map;
use super::stories::Stories;
use super::topics::Topics;
use super::write::{self, Writer};
use super::{
    Field, File, ImportContext, Importer, Media, Origin, Piece, Refusal, Remark, Span, article, statics,
};
use crate::config::Config;
use crate::content::{Content, Known};
use crate::diagnostic::{self, Diagnostic};
use crate::site::SiteDir;

/// Files that are read at a time: their stories are in memory until they are written.
const AT_ONCE: usize = 512;
/// Largest file of an archive in bytes: exports of a whole site are one file.
const LARGEST: u64 = 512 * 1024 * 1024;

/// How stories are released, whatever the copy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Status {
    Draft,
    Published,
    Withheld,
    Withdrawn,
}

/// What to import and how.
#[derive(Clone)]
pub struct Request {
    /// Where the copy is.
    pub inputs: Vec<Input>,
    /// The kind of copy; `None`: it is recognized from each file.
    pub kind: Option<&'static dyn Importer>,
    /// A section for all stories: a slug.
    pub section: Option<String>,
    /// When copy that does not say its year is from.
    pub date: Option<Timestamp>,
    /// How stories are released.
    pub status: Option<Status>,
    /// Write a new version in the place of an old one.
    pub update: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// What became of a story, or of a file that gave none.
#[derive(Debug)]
pub struct Row {
    /// The file as it was named.
    pub input: String,
    /// The kind of copy.
    pub from: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// What was read, if it was a story.
    pub told: Option<Box<StoryReport>>,
}

/// What became of a story or file.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is an article now: its path below `content/`.
    Imported(String),
    /// It is in the place of an earlier version.
    Updated(String),
    /// It is an article already, and has not changed: its path below `content/`.
    There(String),
    /// Nothing, which is as it should be.
    Skipped(String),
    /// Nothing, which a person should fix; where in the file.
    Failed(String, Option<Span>),
    /// Something was done to the settings or files of the whole site: what, and YAML to look at. Remarks may come alone.
    Settings(String, Option<String>),
}

/// What was read of a story.
#[derive(Debug, Default)]
pub struct StoryReport {
    /// Its identity.
    pub id: String,
    /// Whether readers do not see it until an editor has reviewed it.
    pub is_draft: bool,
    /// Path of its URL on the old site.
    pub old_url: Option<String>,
    /// Path of its URL, if this run chose one.
    pub url: Option<String>,
    /// Its fields, with how sure they are.
    pub fields: Vec<Field>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// Every piece of a plain text.
    pub pieces: Vec<Piece>,
    /// Its Markdown.
    pub body: String,
    /// The text of the article.
    pub text: String,
}

/// How much came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Totals {
    pub imported: usize,
    pub updated: usize,
    pub skipped: usize,
    /// Stories that are articles already.
    pub there: usize,
    pub failed: usize,
    /// Files of the whole site that came along into `static/`.
    pub statics: usize,
    /// Of what was imported or updated.
    pub drafts: usize,
}

/// Imports all that is asked for, and reports each row as soon as it is certain, in the order of the files.
///
/// # Errors
/// What kept it from starting; nothing was written then.
pub fn import(
    request: &Request,
    site: &SiteDir,
    config: &Config,
    tell: &mut (dyn FnMut(Row) + Send + Sync),
) -> Result<Totals, Vec<Diagnostic>> {
    let map = Map::read(site)?;
    let nothing = (Topics::new(Vec::new(), BTreeMap::new()), Stories::default());
    let desk =
        ImportContext { config, date: request.date, topics: &nothing.0, stories: &nothing.1, map: &map };
    let Sorted { batches, skipped } = sort(&request.inputs, request.kind, &desk)?;
    let mut settings = Settings::begin(site, config, request, &batches)?;
    let config = &settings.config.clone();
    // Where there is no folder, a dry run makes none.
    let known = if site.root().exists() { Known::open(site, config) } else { Known::default() };
    let (content, _) = Content::read(site, config, known, None);
    settings.see_content(&content);
    let topics = Topics::new(tags_of(&content), config.tag_aliases.clone());
    let stories = Stories::of(&content);
    let desk = ImportContext { config, date: request.date, topics: &topics, stories: &stories, map: &map };
    let mut run = Run {
        request,
        site,
        own: site.content().canonicalize().ok(),
        desk,
        places: Places::new(site, config, &content),
        writer: (!request.dry_run).then(|| writer(site.content())).transpose()?,
        settings,
        totals: Totals::default(),
        tell,
    };
    drop(content);
    run.skip("none", &skipped);
    for batch in &batches {
        run.batch(batch);
    }
    let Run { settings, places, mut totals, tell, .. } = run;
    for row in settings.end(&places, &batches) {
        totals.failed += usize::from(matches!(row.outcome, Outcome::Failed(..)));
        tell(row);
    }
    Ok(totals)
}

/// What writes to a folder, alone.
pub(super) fn writer(folder: PathBuf) -> Result<Writer, Vec<Diagnostic>> {
    let shown = shown(&folder);
    Writer::open(folder).map_err(|error| {
        let problem = match error.kind() {
            std::io::ErrorKind::WouldBlock => {
                Diagnostic::fatal("import/running", "another import writes to this folder")
                    .help("wait for it to end, then import again")
            }
            _ => Diagnostic::fatal(
                "import/cannot-write",
                format!("nothing can be written to this folder: {error}"),
            )
            .help("is the disk full, or the folder another user's?"),
        };
        vec![problem.at(diagnostic::Place::file(shown))]
    })
}

/// Tags that are in use, each once, in the order of their names.
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
    /// The folder of the site's own articles, links followed.
    own: Option<PathBuf>,
    desk: ImportContext<'a>,
    places: Places<'a>,
    /// `None`: nothing is written.
    writer: Option<Writer>,
    settings: Settings<'a>,
    totals: Totals,
    tell: &'a mut (dyn FnMut(Row) + Send + Sync),
}

/// A file that was read.
struct Read {
    input: String,
    name: String,
    /// The hash of the copy and the article that it is already, if it need not be read.
    there: Option<(String, String)>,
    stories: Result<Vec<Result<Prepared, Refusal>>, Refusal>,
}

/// A row that is certain, or a story with a place, about to be written.
enum Work {
    Done(Row),
    Write { input: String, name: String, story: Box<Prepared>, place: Place },
}

impl Run<'_> {
    fn batch(&mut self, batch: &Batch) {
        self.skip(batch.importer.name(), &batch.skipped);
        let desk = self.desk;
        let mut whole = Vec::new();
        for entry in &batch.files {
            match batch.source.portions(entry, &desk).filter(|_| !self.is_own(entry)) {
                Some(portions) => portions.for_each(|portion| self.portion(batch, entry, portion)),
                None => whole.push(entry),
            }
        }
        for files in whole.chunks(AT_ONCE) {
            let read: Vec<Read> = files.par_iter().map(|file| self.read(batch, file)).collect();
            self.write(batch, read);
        }
        self.statics(batch);
    }

    fn skip(&mut self, from: &'static str, files: &[(PathBuf, String)]) {
        for (path, why) in files {
            self.row(Row { input: shown(path), from, outcome: Outcome::Skipped(why.clone()), told: None });
        }
    }

    /// Writes some of the stories of a file.
    fn portion(&mut self, batch: &Batch, entry: &Entry, portion: Vec<Result<super::Story, Refusal>>) {
        let (input, name) = names(batch, entry);
        let prepare = |story: Result<super::Story, Refusal>| {
            let story = story?;
            self.prepared(batch, &name, &hash_of(&story), story)
        };
        let stories = Ok(portion.into_par_iter().map(prepare).collect());
        self.write(batch, vec![Read { input, name, there: None, stories }]);
    }

    /// Whether a file is in the folder of the site's own articles.
    fn is_own(&self, entry: &Entry) -> bool {
        let Entry::Path(path) = entry else { return false };
        path.canonicalize().is_ok_and(|path| self.own.as_ref().is_some_and(|own| path.starts_with(own)))
    }

    fn prepared(
        &self,
        batch: &Batch,
        file: &str,
        hash: &str,
        story: super::Story,
    ) -> Result<Prepared, Refusal> {
        let origins = Origins { from: batch.importer.name(), whose: batch.importer.origin(), file, hash };
        Prepared::new(story, origins, self.request, self.desk.config)
            .map_err(|why| Refusal::Failed(why, None))
    }

    fn read(&self, batch: &Batch, entry: &Entry) -> Read {
        let (input, name) = names(batch, entry);
        if batch.is_near(self.own.as_deref()) && self.is_own(entry) {
            let why = "it is an article of this site already".to_owned();
            return Read { input, name: String::new(), there: None, stories: Err(Refusal::Skipped(why)) };
        }
        let file = match entry {
            Entry::Standard(bytes) => Ok(File { path: PathBuf::new(), bytes: bytes.clone() }),
            Entry::Path(path) => load(path).map(|bytes| File { path: path.clone(), bytes }),
        };
        let file = match file {
            Ok(file) => file,
            Err(why) => return Read { input, name, there: None, stories: Err(Refusal::Failed(why, None)) },
        };
        let hash = article::hash(&file.bytes);
        let is_settled = batch.importer.origin() == Origin::Archive && self.settings.is_settled();
        if let Some(path) = self.places.unchanged(&name, &hash).filter(|_| is_settled) {
            return Read { input, name, there: Some((hash, path)), stories: Ok(Vec::new()) };
        }
        let stories = batch.source.read(&file, &self.desk).map(|stories| {
            let many = stories.len() > 1;
            let prepare = |mut story: super::Story| {
                self.settings.fit(&mut story);
                // Of a file of many stories, one that did not change is the same wherever it stands and whatever the site is.
                let own = many.then(|| hash_of(&story));
                self.prepared(batch, &name, own.as_deref().unwrap_or(&hash), story)
            };
            stories.into_iter().map(prepare).collect()
        });
        Read { input, name, there: None, stories }
    }

    /// Gives each story its place, in the order of the files, and writes them side by side.
    fn write(&mut self, batch: &Batch, read: Vec<Read>) {
        let from = batch.importer.name();
        let mut work = Vec::new();
        let ready = read.iter().filter_map(|file| file.stories.as_ref().ok());
        self.places.reserve_sections(ready.flatten().filter_map(|story| story.as_ref().ok()));
        for Read { input, name, there, stories } in read {
            if let Some((hash, path)) = there {
                self.places.again(&hash);
                work.push(Work::Done(Row { input, from, outcome: Outcome::There(path), told: None }));
                continue;
            }
            for story in stories.unwrap_or_else(|refusal| vec![Err(refusal)]) {
                let mut story = match story {
                    Ok(story) => story,
                    Err(refusal) => {
                        let outcome = match refusal {
                            Refusal::Skipped(why) => Outcome::Skipped(why),
                            Refusal::Failed(why, at) => Outcome::Failed(why, at),
                        };
                        work.push(Work::Done(Row { input: input.clone(), from, outcome, told: None }));
                        continue;
                    }
                };
                self.settings.see(&story);
                if self.places.is_new(&story.id) {
                    // The version before it must be on the disk.
                    self.finish(batch, std::mem::take(&mut work));
                }
                let place = match self.settings.carried(&mut story) {
                    Some(why) => Place::Skip(why),
                    None => self.places.place(&mut story, self.request),
                };
                work.push(Work::Write {
                    input: input.clone(),
                    name: name.clone(),
                    story: Box::new(story),
                    place,
                });
            }
        }
        self.finish(batch, work);
    }

    fn finish(&mut self, batch: &Batch, work: Vec<Work>) {
        let rows: Vec<Row> = work.into_par_iter().map(|work| self.finished(batch, work)).collect();
        rows.into_iter().for_each(|row| self.row(row));
    }

    fn finished(&self, batch: &Batch, work: Work) -> Row {
        let (input, name, mut story, place) = match work {
            Work::Done(row) => return row,
            Work::Write { input, name, story, place } => (input, name, story, place),
        };
        let from = batch.importer.name();
        if let Place::Update(_, front) = &place {
            story.front = (**front).clone();
        }
        let text =
            story.text(&Origins { from, whose: batch.importer.origin(), file: &name, hash: &story.hash });
        let Prepared { id, story: super::Story { media, comments, .. }, .. } = &*story;
        let keep = |path: &str| write::comments(&self.site.data(), path, id, comments);
        let outcome = match (place, &self.writer) {
            (Place::There(path), _) => Outcome::There(path),
            (Place::Skip(why), _) => Outcome::Skipped(why),
            (Place::Refuse(why), _) => Outcome::Failed(why, None),
            (Place::New(path), None) => Outcome::Imported(path),
            (Place::Update(path, _), None) => Outcome::Updated(path),
            (Place::New(path), Some(writer)) => {
                match keep(&path).and_then(|()| writer.add(&path, &text, media)) {
                    Ok(()) => Outcome::Imported(path),
                    Err(error) => cannot(&error),
                }
            }
            (Place::Update(path, _), Some(_)) if self.is_as_it_is(&path, &text) => Outcome::There(path),
            (Place::Update(path, _), Some(_)) if !media.is_empty() && !path.ends_with("/index.md") => {
                let why = "the new version has pictures, and content/{path} no folder of its own; make it an index.md in one";
                Outcome::Failed(why.replace("{path}", &path), None)
            }
            (Place::Update(path, _), Some(writer)) => {
                match keep(&path).and_then(|()| writer.update(&path, &text, media)) {
                    Ok(()) => Outcome::Updated(path),
                    Err(error) => cannot(&error),
                }
            }
        };
        let is_draft = story.front.get("draft").is_some_and(|draft| draft == true);
        let Prepared { story, id, url, .. } = *story;
        let super::Story { fields, remarks, pieces, body, old_url, .. } = story;
        Row {
            input,
            from,
            outcome,
            told: Some(Box::new(StoryReport {
                id,
                is_draft,
                old_url,
                url,
                fields,
                remarks,
                pieces,
                body,
                text,
            })),
        }
    }

    fn is_as_it_is(&self, path: &str, text: &str) -> bool {
        fs::read_to_string(self.site.content().join(path)).is_ok_and(|there| there == text)
    }

    /// Copies the files of the whole site, each unless it is there.
    fn statics(&mut self, batch: &Batch) {
        let folder = self.site.static_files();
        let writer = self.writer.is_some() && !batch.statics.is_empty();
        let writer = writer.then(|| Writer::open(folder.clone())).transpose();
        for file in &batch.statics {
            if let Some((code, why)) = statics::stays(file, &self.places) {
                self.settings.stays(file, code, why);
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
                    format!("there is another file static/{name} already, which is left alone")
                }
                Err(error) => format!("it cannot be copied to static/{name}: {error}"),
            };
            let outcome = Outcome::Failed(why, None);
            self.row(Row { input: shown(from), from: batch.importer.name(), outcome, told: None });
        }
    }

    fn row(&mut self, row: Row) {
        if let (Some(told), Outcome::Imported(_) | Outcome::Updated(_)) = (&row.told, &row.outcome) {
            self.totals.drafts += usize::from(told.is_draft);
        }
        match row.outcome {
            Outcome::Imported(_) => self.totals.imported += 1,
            Outcome::Updated(_) => self.totals.updated += 1,
            Outcome::There(_) => self.totals.there += 1,
            Outcome::Skipped(_) => self.totals.skipped += 1,
            Outcome::Failed(..) => self.totals.failed += 1,
            Outcome::Settings(..) => {}
        }
        (self.tell)(row);
    }
}

fn cannot(error: &std::io::Error) -> Outcome {
    Outcome::Failed(format!("its article cannot be written: {error}"), None)
}

/// A hash of what the copy says of a story.
fn hash_of(story: &super::Story) -> String {
    let said = story.fields.iter().filter(|field| field.confidence != super::Confidence::Derived);
    let said: Vec<String> = said.map(|field| format!("{}: {}", field.key, field.value)).collect();
    article::hash(format!("{}\n{}", said.join("\n"), story.body).as_bytes())
}

/// What a file is called in reports, and in the record of an article.
fn names(batch: &Batch, entry: &Entry) -> (String, String) {
    let Entry::Path(path) = entry else { return ("standard input".to_owned(), String::new()) };
    let below = batch.root.as_deref().and_then(|root| path.strip_prefix(root).ok());
    (shown(path), below.or(path.file_name().map(Path::new)).map(shown).unwrap_or_default())
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn load(path: &Path) -> Result<Vec<u8>, String> {
    let size = fs::metadata(path).map_err(|error| format!("it cannot be read: {error}"))?.len();
    if size > LARGEST {
        return Err(format!("it has {} MiB, and the most that is read is {}", size >> 20, LARGEST >> 20));
    }
    fs::read(path).map_err(|error| format!("it cannot be read: {error}"))
}
