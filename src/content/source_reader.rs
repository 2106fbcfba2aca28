//! One source file → an [`Article`] and every problem in it.

use std::cell::OnceCell;
use std::fs;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use super::body_spool::{BodySpan, SpoolFile};
use super::source::stem_of;
use super::source_record::SourceRecord;
use super::{Article, Source, assets, front_matter, leftovers, markdown, pictures, places, shown_path};
use crate::config::{Config, RawHtml};
use crate::diagnostic::{Diagnostic, Place, first_of_each_kind};
use crate::manifest::{Clock, Fingerprint, Stat};
use crate::plain_text;
use crate::site::SiteDir;
use crate::timings::Recorder;

/// Largest source in bytes. The longest books are shorter.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Reads source files.
#[derive(Clone, Copy)]
pub(super) struct SourceReader<'a> {
    pub(super) site: &'a SiteDir,
    pub(super) config: &'a Config,
    /// The time before the first source is read.
    pub(super) clock: Option<Clock>,
    pub(super) timings: Option<&'a Recorder>,
    /// Stores the HTML that is final already.
    pub(super) spool: Option<&'a SpoolFile>,
}

/// The outcome of reading a source.
#[derive(Debug)]
pub(super) struct SourceRead {
    /// `None` if the file cannot be read at all.
    pub(super) record: Option<SourceRecord>,
    pub(super) problems: Vec<Diagnostic>,
    /// The article of the old record, if the source changed.
    pub(super) previous: Option<Arc<Article>>,
    /// Its HTML, if that is final already.
    pub(super) body: Option<BodySpan>,
}

/// A parsed source: its article, its problems, and its HTML if that is final.
type Parsed = (Option<Arc<Article>>, Vec<Diagnostic>, Option<String>);

impl SourceReader<'_> {
    /// Reads and checks one source, unless its record is still right.
    pub(super) fn read(&self, path: &Arc<str>, mut old: Option<SourceRecord>) -> SourceRead {
        let content = self.site.content();
        // A source without a record is opened in any case.
        let stat = old.as_ref().and_then(|_| Stat::of(&content.join(&**path)).ok());
        let has_its_files = old.as_ref().is_some_and(|old| old.has_unchanged_files(&content));
        let is_same = |old: &mut SourceRecord| old.stat.is_some() && old.stat == stat;
        if let Some(old) = old.take_if(|old| has_its_files && is_same(old)) {
            return self.restore(path, old);
        }
        let started = self.timings.map(|timings| (timings, Instant::now()));
        let (bytes, stat) = match load(self.site, path) {
            Ok(loaded) => loaded,
            Err(problem) => {
                return SourceRead { record: None, problems: vec![problem], previous: None, body: None };
            }
        };
        let hash = Fingerprint::of_bytes(&bytes);
        // A file that may change without showing it is read again by the next build.
        let stat = Some(stat).filter(|stat| self.clock.is_some_and(|clock| stat.is_settled(clock)));
        if let Some(old) = old.take_if(|old| has_its_files && old.hash == hash) {
            return self.restore(path, SourceRecord { stat, is_new: true, ..old });
        }
        let (article, problems, html) = self.parse(path, &bytes, hash);
        if let Some((timings, started)) = started {
            timings.source(path, started, Instant::now());
        }
        let problems = first_of_each_kind(problems);
        let record = SourceRecord {
            path: path.clone(),
            stat,
            hash,
            article,
            problems: problems.clone(),
            is_new: true,
        };
        let body = html.zip(self.spool).and_then(|(html, spool)| spool.put(&html));
        SourceRead { record: Some(record), problems, previous: old.and_then(|old| old.article), body }
    }

    /// The source as its record has it.
    fn restore(&self, path: &Arc<str>, mut record: SourceRecord) -> SourceRead {
        if let Some(article) = record.article.as_mut().and_then(Arc::get_mut) {
            article.path = path.clone();
        }
        let text = OnceCell::new();
        let read = || places::read_text(&self.site.content().join(&**path));
        // All problems of a source are in its own file.
        let own = shown_path(path);
        let text_of = |file: &str| (file == own).then(|| text.get_or_init(read).clone()).flatten();
        let problems = record.problems.iter().cloned().map(|problem| problem.with_texts(text_of)).collect();
        SourceRead { record: Some(record), problems, previous: None, body: None }
    }

    fn parse(&self, path: &str, bytes: &[u8], hash: Fingerprint) -> Parsed {
        let text = match text_of(path, bytes) {
            Ok(text) => text,
            Err(diagnostic) => return (None, vec![diagnostic], None),
        };
        if stem_of(path).rsplit('/').next() == Some("_index") {
            return (None, vec![index_file(path)], None);
        }
        let source = Source::new(path, text);
        let (head, mut diagnostics) = front_matter::read(&source, self.config);
        let Some(head) = head else { return (None, diagnostics, None) };
        let body = source.text.get(head.body_start..).unwrap_or_default();
        let host = self.config.base_url.host_str().unwrap_or_default();
        let typography = self.config.typography(head.front.lang.as_deref());
        let (mut outline, html) = markdown::read(body, typography, host);
        if head.front.deck.is_some() {
            // A summary only replaces a missing deck.
            outline.summary = String::new();
        }
        for span in &outline.unsafe_links {
            diagnostics.push(unsafe_link(&source, head.body_start + span.start..head.body_start + span.end));
        }
        let left = std::mem::take(&mut outline.leftovers);
        diagnostics.extend(leftovers::of_front(&source, &head.front, self.config));
        diagnostics.extend(leftovers::of_text(&source, head.body_start, &left, self.config));
        let is_unsafe = outline.has_html && self.config.markdown.raw_html == RawHtml::Sanitized;
        let html = if is_unsafe { html.map(|html| markdown::sanitize(&html)) } else { html };
        if let Some(at) = outline.unclosed_comment {
            diagnostics.push(unclosed_comment(&source, head.body_start + at));
        }
        let slug = head.slug(self.config);
        if slug.is_empty() {
            diagnostics.push(no_slug(&source));
            return (None, diagnostics, None);
        }
        let (assets, named) = assets::find(self.site, path, &head.front, &outline, self.clock);
        let mut front = head.front;
        pictures::fill_in(&mut front, &assets, typography);
        // No page shows the notes of an import.
        let import = front.import.take();
        let digest = Fingerprint::of(&(&slug, &front, &outline.summary, outline.length, &assets));
        front.import = import;
        let article = Article {
            path: source.path.clone(),
            slug,
            front,
            outline,
            assets,
            named,
            digest,
            body_start: head.body_start,
            hash,
        };
        (Some(Arc::new(article)), diagnostics, html)
    }
}

/// The bytes of a source, and its metadata from before they were read.
fn load(site: &SiteDir, path: &str) -> Result<(Vec<u8>, Stat), Diagnostic> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::error("content/unreadable", format!("this file cannot be read: {error}"))
            .at(Place::file(shown_path(path)))
    };
    let mut file = fs::File::open(site.content().join(path)).map_err(unreadable)?;
    let stat = Stat::new(&file.metadata().map_err(unreadable)?);
    let size = stat.size();
    if size > LARGEST {
        return Err(Diagnostic::error(
            "content/too-large",
            format!("this file is {} MiB, but the limit is {} MiB", size >> 20, LARGEST >> 20),
        )
        .at(Place::file(shown_path(path)))
        .help("put pictures and data into separate files beside it"));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    // Anything added meanwhile changes the time of the file, and is read by the next build.
    file.by_ref().take(size).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok((bytes, stat))
}

fn text_of<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostic> {
    plain_text::decode(&shown_path(path), bytes, ["content/not-text", "content/not-utf8"])
}

fn index_file(path: &str) -> Diagnostic {
    Diagnostic::warning(
        "content/index-file",
        "`_index.md` describes a section in other generators and is ignored here",
    )
    .at(Place::file(shown_path(path)))
    .help("set section titles and descriptions in `bulletin.yaml`, under `sections`")
}

fn unsafe_link(source: &Source, span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::warning("link/unsafe", "this link would run code, so only its text is shown")
        .at(source.place(span))
        .help("link to an `https:` address")
}

fn unclosed_comment(source: &Source, at: usize) -> Diagnostic {
    Diagnostic::warning(
        "markdown/open-comment",
        "this comment is not closed, so readers do not see the text after it",
    )
    .at(source.place(at..at + 4))
    .help("close it with `-->`, or write `\\<!--` to show it")
}

fn no_slug(source: &Source) -> Diagnostic {
    Diagnostic::error("content/no-slug", "the name of this file has no letter or digit for a URL")
        .at(Place::file(source.file.clone()))
        .help("rename it, or add a `slug`")
}
