//! Writes `import-report.html`, a self-contained page about each file of an archive, to the site's folder.
//!
//! For a large archive, the page has only the files worth a look, and `import-report.csv` has all of them.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::Path;

use serde::Serialize;
use tera::{Context, Tera};

use super::tally::{Category, Tally};
use crate::import::{Outcome, Row};

/// The name of the page.
pub(super) const NAME: &str = "import-report.html";
/// The name of the table of all files.
const TABLE: &str = "import-report.csv";
/// Most files on the page: browsers open that many within a second.
const SHOWN: usize = 20_000;

/// A file and its outcome.
#[derive(Debug, Serialize)]
struct ReportLine {
    file: String,
    outcome: &'static str,
    article: String,
    old: String,
    new: String,
    remarks: Vec<String>,
}

/// A finding, as the page shows it.
#[derive(Serialize)]
struct PageFinding<'a> {
    category: &'static str,
    count: usize,
    what: String,
    help: &'a str,
    example: String,
}

/// The rows of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Vec<ReportLine>,
    all: usize,
    /// All rows, once there are more than the page shows. The file is unnamed, so an interrupted run leaves nothing behind.
    table: Option<BufWriter<File>>,
    error: Option<io::Error>,
}

impl Report {
    /// Adds a row.
    pub(super) fn add(&mut self, row: &Row) {
        let line = ReportLine::of(row);
        self.all += 1;
        if self.all == SHOWN + 1 {
            let table = self.spill();
            self.table = table.map_err(|error| self.error = Some(error)).ok();
        }
        if let Some(table) = &mut self.table {
            let written = line.write(table);
            self.error = self.error.take().or(written.err());
        }
        if self.all <= SHOWN || self.lines.len() < SHOWN && line.is_notable() {
            self.lines.push(line);
        }
    }

    /// Writes all rows so far to a table, and keeps those worth a look.
    fn spill(&mut self) -> io::Result<BufWriter<File>> {
        let mut table = BufWriter::new(tempfile::tempfile()?);
        writeln!(table, "file,outcome,story,old URL,new URL,remarks")?;
        self.lines.iter().try_for_each(|line| line.write(&mut table))?;
        self.lines.retain(ReportLine::is_notable);
        Ok(table)
    }

    /// Writes the page, and the table if the page does not have all files.
    pub(super) fn write(
        mut self,
        folder: &Path,
        summary: &str,
        settings: &[&str],
        tally: &Tally,
    ) -> io::Result<()> {
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.table.take() {
            Some(table) => {
                let mut table = table.into_inner().map_err(io::IntoInnerError::into_error)?;
                table.rewind()?;
                put(folder, TABLE, |file| io::copy(&mut table, file).map(|_| ()))?;
            }
            // A table of an earlier, larger import would be out of date.
            None => match fs::remove_file(folder.join(TABLE)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
        let html = self.page(summary, settings, tally).map_err(io::Error::other)?;
        put(folder, NAME, |file| file.write_all(html.as_bytes()))
    }

    fn page(&self, summary: &str, settings: &[&str], tally: &Tally) -> tera::TeraResult<String> {
        let findings: Vec<PageFinding<'_>> = tally
            .sorted()
            .into_iter()
            .map(|finding| PageFinding {
                category: match finding.category {
                    Category::Failed => "failed",
                    Category::Remark => "remark",
                    Category::Skipped => "skipped",
                },
                count: finding.count,
                what: printable(&finding.what),
                help: finding.help,
                example: printable(&finding.example),
            })
            .collect();
        let mut context = Context::new();
        context.insert("summary", summary);
        context.insert("settings", settings);
        context.insert("findings", &findings);
        context.insert("lines", &self.lines);
        context.insert("all", &self.all);
        context.insert("table", TABLE);
        let mut tera = Tera::default();
        // The name ends in `.html`, so values are escaped.
        tera.add_raw_template(NAME, include_str!("report.html"))?;
        tera.render(NAME, &context)
    }
}

/// Writes a file completely or not at all.
fn put(folder: &Path, name: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let unfinished = folder.join(format!(".bulletin-{name}"));
    let written = File::create(&unfinished).and_then(|mut file| write(&mut file));
    written.and_then(|()| fs::rename(&unfinished, folder.join(name))).inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })
}

impl ReportLine {
    fn of(row: &Row) -> Self {
        let story = row.story.as_deref();
        let is_draft = story.is_some_and(|story| story.is_draft);
        let (outcome, article, why) = match &row.outcome {
            Outcome::Imported(path) if is_draft => ("draft", Some(path), None),
            Outcome::Imported(path) => ("imported", Some(path), None),
            Outcome::Updated(path) => ("updated", Some(path), None),
            Outcome::Unchanged(path) => ("unchanged", Some(path), None),
            Outcome::Skipped(why) => ("skipped", None, Some(why.clone())),
            Outcome::Settings(message, _) => {
                ("settings", None, Some(message.clone()).filter(|message| !message.is_empty()))
            }
            Outcome::Failed(why, at) => {
                let at = at.map(|at| format!("{}:{}: ", at.line, at.column)).unwrap_or_default();
                ("failed", None, Some(format!("{at}{why}")))
            }
        };
        let is_made =
            matches!(row.outcome, Outcome::Imported(_) | Outcome::Updated(_) | Outcome::Settings(..));
        let made = story.filter(|_| is_made);
        let remarks = made.map(|story| &*story.remarks).unwrap_or_default().iter();
        let remarks = remarks.map(|remark| match remark.span {
            Some(at) => format!("{}:{}: {}", at.line, at.column, remark.message),
            None => remark.message.clone(),
        });
        let url = |url: &Option<String>| printable(url.as_deref().unwrap_or_default());
        Self {
            file: printable(&row.input),
            outcome,
            article: article.map(|path| printable(&format!("content/{path}"))).unwrap_or_default(),
            old: made.map(|story| url(&story.old_url)).unwrap_or_default(),
            new: made.map(|story| url(&story.url)).unwrap_or_default(),
            remarks: why.into_iter().chain(remarks).map(|text: String| printable(&text)).collect(),
        }
    }

    /// Whether the row is worth a look in a large archive.
    fn is_notable(&self) -> bool {
        self.outcome == "failed"
            || !matches!(self.outcome, "skipped" | "unchanged") && !self.remarks.is_empty()
    }

    /// The row as comma-separated values (RFC 4180).
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let Self { file, outcome, article, old, new, remarks } = self;
        let remarks = remarks.join("; ");
        let cells = [file, *outcome, article, old, new, &remarks].map(cell);
        writeln!(to, "{}", cells.join(","))
    }
}

/// A table cell. A quotation mark keeps spreadsheets from running it as a formula.
fn cell(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if text.contains(['"', ',', '\n']) || !mark.is_empty() {
        format!("\"{mark}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Removes characters that HTML does not allow and file names may have.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(file: &str, why: &str) -> Row {
        Row { input: file.to_owned(), from: "hugo", outcome: Outcome::Skipped(why.to_owned()), story: None }
    }

    #[test]
    fn names_stay_text_in_the_page_and_in_the_table() {
        let temp = tempfile::tempdir().unwrap();
        let (mut report, mut tally) = (Report::default(), Tally::default());
        let nasty = skipped("<script>\u{1}\"a\",b.md", "it is `</td>`");
        report.add(&nasty);
        tally.add(&nasty);
        report.write(temp.path(), "1 < 2", &["`title` is new"], &tally).unwrap();
        let html = fs::read_to_string(temp.path().join(NAME)).unwrap();
        assert_eq!(html.matches("<script>").count(), 1, "{html}");
        assert!(html.contains("&lt;script&gt;\u{fffd}") && html.contains("&lt;/td&gt;"), "{html}");
        assert!(
            html.contains("1 &lt; 2") && html.contains("`title` is new") && !temp.path().join(TABLE).exists(),
            "{html}"
        );
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }

    #[test]
    fn of_a_large_archive_the_page_has_what_matters_and_the_table_all() {
        let temp = tempfile::tempdir().unwrap();
        let (mut report, tally) = (Report::default(), Tally::default());
        for number in 0..SHOWN + 5 {
            report.add(&skipped(&format!("{number}.md"), "it describes a section"));
        }
        let failed = Outcome::Failed("it is broken".to_owned(), None);
        report.add(&Row { outcome: failed, ..skipped("last.md", "") });
        report.write(temp.path(), "", &[], &tally).unwrap();
        let html = fs::read_to_string(temp.path().join(NAME)).unwrap();
        assert!(html.contains("last.md") && !html.contains(">7.md") && html.contains(TABLE), "{html}");
        let table = fs::read_to_string(temp.path().join(TABLE)).unwrap();
        assert_eq!(table.lines().count(), SHOWN + 7);
        assert!(table.contains("\n7.md,skipped,,,,it describes a section\n"));
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 2);
    }
}
