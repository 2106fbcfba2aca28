//! `bulletin import`: copy of agencies, and archives of other generators, become articles.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::build::shown_twice;
use super::new::{known_section, settings};
use super::{MessageFormat, Words, counted};
use crate::diagnostic::{Diagnostic, Place};
use crate::import::{self, At, Field, Input, Outcome, Remark, Request, Row, Sure, Told, Totals, importers};
use crate::instant;
use crate::site::SiteDir;
use crate::timings::thousands;

/// Most files each of whose stories is told of field by field.
const FEW: usize = 4;
/// Remarks that are made of each of many stories, too: what readers would see, or not.
const HEEDED: [&str; 9] = [
    "import/withdraws",
    "import/embargo",
    "import/undated",
    "import/status",
    "import/date",
    "import/not-used",
    "import/section",
    "import/unknown-section",
    "import/url-taken",
];
/// Characters of a value that a table shows.
const WIDTH: usize = 60;

/// Arguments of `bulletin import`.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// Files, folders of archives, or `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    inputs: Vec<PathBuf>,
    /// What kind of copy it is [default: it is told from each file]
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(importers::names()))]
    from: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Report in lines of JSON on stdout, with every field and every piece of the copy
    #[arg(long)]
    json: bool,
    /// The section of the stories
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
    /// When the copy is from: the date of stories without one, and the year of those whose dateline has none
    #[arg(long, value_name = "TIME")]
    date: Option<instant::Instant>,
    /// How the stories are released [default: copy of agencies is a draft, an archive stays as it was]
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Write a new version of a story in the place of the one that is there, unless somebody has edited its text
    #[arg(long)]
    update: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Draft,
    Published,
    Withheld,
    Withdrawn,
}

impl Import {
    pub(super) fn run(&self, site: &SiteDir, words: &Words) -> ExitCode {
        let words = &self.words(words);
        let config = match import::vacant(site).map_or_else(|| settings(site), Ok) {
            Ok(config) => config,
            Err(problems) => return words.problems(&problems),
        };
        let date = match self.date.map(|date| date.in_zone(&config.timezone)).transpose() {
            Ok(date) => date,
            Err(why) => {
                let message = format!("the time of `--date` does not exist: {why}");
                return words.problem(Diagnostic::fatal("import/date", message));
            }
        };
        words.problems(shown_twice("--date", self.date, &config.timezone).as_slice());
        let section = match self.section.as_deref().map(|section| known_section(&config, section)).transpose()
        {
            Ok(section) => section,
            Err(problem) => return words.problem(problem),
        };
        let inputs = match self.inputs() {
            Ok(inputs) => inputs,
            Err(problem) => return words.problem(problem),
        };
        let request = Request {
            inputs,
            kind: self.from.as_deref().and_then(importers::named),
            section,
            date,
            status: self.status.map(Status::of_import),
            update: self.update,
            dry_run: self.dry_run,
        };
        let speaker = Speaker { words, dry_run: self.dry_run, in_full: words.verbose || self.is_few() };
        match import::import(&request, site, &config, &mut |row| speaker.row(&row)) {
            Ok(totals) => speaker.finish(totals),
            Err(problems) => words.problems(&problems),
        }
    }

    /// `--json` is `--message-format json` by a shorter name.
    fn words(&self, words: &Words) -> Words {
        let mut words = words.clone();
        if self.json {
            words.format = MessageFormat::Json;
        }
        words
    }

    fn is_few(&self) -> bool {
        self.inputs.len() <= FEW && self.inputs.iter().all(|path| !path.is_dir())
    }

    fn inputs(&self) -> Result<Vec<Input>, Diagnostic> {
        let read = |path: &PathBuf| {
            if path.as_os_str() != "-" {
                return Ok(Input::Path(path.clone()));
            }
            let mut bytes = Vec::new();
            match std::io::stdin().lock().read_to_end(&mut bytes) {
                Ok(_) => Ok(Input::Standard(bytes)),
                Err(error) => {
                    Err(Diagnostic::fatal("import/stdin", format!("standard input cannot be read: {error}")))
                }
            }
        };
        self.inputs.iter().map(read).collect()
    }
}

impl Status {
    fn of_import(self) -> import::Status {
        match self {
            Self::Draft => import::Status::Draft,
            Self::Published => import::Status::Published,
            Self::Withheld => import::Status::Withheld,
            Self::Withdrawn => import::Status::Withdrawn,
        }
    }
}

/// Tells of each story.
struct Speaker<'a> {
    words: &'a Words,
    dry_run: bool,
    /// Field by field.
    in_full: bool,
}

impl Speaker<'_> {
    fn row(&self, row: &Row) {
        if self.words.format == MessageFormat::Json {
            return self.words.data(&as_json(row, self.dry_run).to_string());
        }
        match &row.outcome {
            Outcome::Imported(path) => {
                self.written(row, path, if self.dry_run { "Would import" } else { "Imported" })
            }
            Outcome::Updated(path) => {
                self.written(row, path, if self.dry_run { "Would update" } else { "Updated" })
            }
            Outcome::Skipped(why) => self.words.say(&format!("Skipped {}: {why}", row.input)),
            Outcome::Settings(said, yaml) => self.settings(row, said, yaml.as_deref()),
            Outcome::Failed(why, at) => {
                let place = at.map_or_else(
                    || row.input.clone(),
                    |At { line, column, .. }| format!("{}:{line}:{column}", row.input),
                );
                let problem = Diagnostic::error("import/failed", format!("this was not imported: {why}"))
                    .at(Place::file(place));
                self.words.problems(&[problem]);
            }
        }
    }

    /// Says what became of the settings; YAML to paste is data where nothing was written.
    fn settings(&self, row: &Row, said: &str, yaml: Option<&str>) {
        if !said.is_empty() {
            self.words.say(&format!("{}{}", said, if yaml.is_some() { ":" } else { "" }));
        }
        match yaml {
            Some(yaml) if self.dry_run => self.words.data(yaml.trim_end()),
            Some(yaml) => self.words.say(&format!("\n{}\n", yaml.trim_end())),
            None => {}
        }
        let remarks = row.told.iter().flat_map(|told| &told.remarks);
        let mut kinds: Vec<(&Remark, usize)> = Vec::new();
        for remark in remarks {
            match kinds.iter_mut().find(|(kind, _)| (kind.code, &kind.about) == (remark.code, &remark.about))
            {
                Some((_, count)) => *count += 1,
                None => kinds.push((remark, 0)),
            }
        }
        for (Remark { message, .. }, more) in kinds {
            let more = if more > 0 {
                format!(" (and {} more like it)", thousands(more as u64))
            } else {
                String::new()
            };
            self.words.say(&format!("note: {message}{more}"));
        }
    }

    fn written(&self, row: &Row, path: &str, did: &str) {
        let told = row.told.as_deref();
        if self.in_full || self.dry_run {
            self.words.say(&format!("{did} {} ({}) as content/{path}", row.input, row.from));
        }
        if self.in_full
            && let Some(told) = told
        {
            self.words.say(&table(told));
        }
        match told.filter(|_| self.dry_run) {
            Some(told) => self.words.data(told.text.trim_end()),
            None => self.words.data(&format!("content/{path}")),
        }
        if !self.in_full
            && let Some(told) = told
        {
            self.heed(told, path);
        }
    }

    /// Says of one of many stories what nobody should overlook.
    fn heed(&self, told: &Told, path: &str) {
        let text = |key: &str| {
            told.fields.iter().find(|field| field.key == key).and_then(|field| field.value.as_str())
        };
        let is_missing =
            |key: &str| told.fields.iter().any(|field| field.key == key && field.sure == Sure::Missing);
        let mut notes = Vec::new();
        if is_missing("date") {
            notes.push("no date".to_owned());
        }
        notes.extend(text("embargo").map(|until| format!("under embargo until {until}")));
        notes.extend(text("status").map(str::to_owned));
        notes.extend(
            told.remarks
                .iter()
                .filter(|remark| HEEDED.contains(&remark.code))
                .map(|remark| remark.message.clone()),
        );
        if !notes.is_empty() {
            self.words.say(&format!("content/{path}: {}", notes.join("; ")));
        }
    }

    fn finish(&self, totals: Totals) -> ExitCode {
        let Totals { imported, updated, skipped, failed, statics, drafts, remarks } = totals;
        if self.words.format == MessageFormat::Json {
            let line = json!({
                "reason": "import-finished", "imported": imported, "updated": updated, "skipped": skipped, "failed": failed,
                "drafts": drafts, "static_files": statics, "dry_run": self.dry_run,
            });
            self.words.data(&line.to_string());
        } else {
            self.words.say(&summary(&totals, self.dry_run));
            if remarks > 0 && !self.in_full {
                self.words.say(&format!(
                    "There is more to know of them: {}; see it with -v or --json",
                    counted(remarks, "remark", "remarks")
                ));
            }
        }
        if failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
    }
}

/// The last line of an import.
fn summary(totals: &Totals, dry_run: bool) -> String {
    let Totals { imported, updated, skipped, failed, statics, drafts, .. } = *totals;
    let [did, updated_it] = if dry_run { ["Would import", "would update"] } else { ["Imported", "updated"] };
    let mut parts = vec![format!("{did} {}", counted(imported, "story", "stories"))];
    if updated > 0 {
        parts.push(format!("{updated_it} {}", thousands(updated as u64)));
    }
    match drafts {
        0 => {}
        1 if imported + updated == 1 => parts.push("a draft until somebody has looked".to_owned()),
        1 => parts.push("one of them a draft".to_owned()),
        all if all == imported + updated => {
            parts.push("all of them drafts until somebody has looked".to_owned())
        }
        some => parts.push(format!("{} of them drafts", thousands(some as u64))),
    }
    for (count, what) in [(skipped, "skipped"), (failed, "failed")] {
        if count > 0 {
            parts.push(format!("{} {what}", thousands(count as u64)));
        }
    }
    if statics > 0 {
        parts.push(format!("{} for static/", counted(statics, "file", "files")));
    }
    parts.join(", ")
}

/// Every field with how sure it is, where it came from and what it is.
fn table(told: &Told) -> String {
    // The id and the release are made here, and shown in the file.
    let fields = || told.fields.iter().filter(|field| !matches!(&*field.key, "id" | "draft"));
    let width = fields().map(|field| field.key.chars().count()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for field in fields() {
        let place = field.at.first().map(ToString::to_string).unwrap_or_default();
        let value = match (field.sure, &*field.key) {
            (Sure::Missing, "date") if told.remarks.iter().any(|remark| remark.code == "import/no-year") => {
                "its year is not in the copy: give it with --date, or write the date into the file".to_owned()
            }
            (Sure::Missing, "date") => {
                "not in the copy: write it into the file, or give it with --date".to_owned()
            }
            (Sure::Missing, _) => "not in the copy: write it into the file".to_owned(),
            _ => shortened(&shown(&field.value)),
        };
        lines.push(
            format!("  {:<width$}  {:<10}  {place:<12}  {value}", field.key, field.sure.name())
                .trim_end()
                .to_owned(),
        );
    }
    lines.extend(told.remarks.iter().map(|remark| match remark.at {
        Some(at) => format!("  note: {} ({at})", remark.message),
        None => format!("  note: {}", remark.message),
    }));
    lines.join("\n")
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Json::Object(map) => map.values().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn shortened(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

fn as_json(row: &Row, dry_run: bool) -> Json {
    let (outcome, file, why, at) = match &row.outcome {
        Outcome::Imported(path) => ("imported", Some(path), None, None),
        Outcome::Updated(path) => ("updated", Some(path), None, None),
        Outcome::Skipped(why) => ("skipped", None, Some(why), None),
        Outcome::Failed(why, at) => ("failed", None, Some(why), at.as_ref()),
        Outcome::Settings(said, _) => ("settings", None, Some(said), None),
    };
    let reason = if outcome == "settings" { "import-settings" } else { "import-story" };
    let mut line = json!({"reason": reason, "outcome": outcome, "input": row.input, "from": row.from});
    let mut add = |key: &str, value: Json| {
        if let Json::Object(map) = &mut line {
            map.insert(key.to_owned(), value);
        }
    };
    if let Some(file) = file {
        add("file", format!("content/{file}").into());
    }
    if let Some(why) = why {
        add("why", why.clone().into());
    }
    if let Some(at) = at {
        add("at", place(at));
    }
    if let Outcome::Settings(_, Some(yaml)) = &row.outcome {
        add("yaml", yaml.clone().into());
    }
    if let Some(told) = &row.told {
        add("id", told.id.clone().into());
        add("fields", told.fields.iter().map(field).collect());
        add("remarks", told.remarks.iter().map(|remark| {
            json!({"code": remark.code, "message": remark.message, "at": remark.at.as_ref().map(place)})
        }).collect());
        add(
            "pieces",
            told.pieces
                .iter()
                .map(|piece| json!({"text": piece.text, "to": piece.to, "at": place(&piece.at)}))
                .collect(),
        );
        add("body", told.body.clone().into());
        if dry_run {
            add("text", told.text.clone().into());
        }
    }
    line
}

fn field(field: &Field) -> Json {
    json!({"key": field.key, "value": field.value, "sure": field.sure.name(), "at": field.at.iter().map(place).collect::<Vec<_>>()})
}

fn place(at: &At) -> Json {
    json!({"line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column})
}
