//! One source file → an [`Article`], with everything that is wrong with it.

use std::cell::OnceCell;
use std::fs;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use super::bodies::{Bodies, Body};
use super::remembered;
use super::{Article, assets, front_matter, leftovers, markdown, shown_path};
use crate::config::{Config, RawHtml};
use crate::diagnostic::{Diagnostic, Place, first_of_each_kind};
use crate::manifest::{Clock, Fingerprint, Stat};
use crate::plain_text;
use crate::site::SiteDir;
use crate::timings::Recorder;

/// Largest source in bytes. The longest books have fewer.
const LARGEST: u64 = 8 * 1024 * 1024;

/// A source file in memory, with what its path says about the article.
#[derive(Debug)]
pub struct Source {
    /// Path relative to `content/`.
    pub path: Arc<str>,
    /// Path as diagnostics show it.
    pub file: Arc<str>,
    /// The file's text without a byte order mark.
    pub text: Arc<str>,
}

impl Source {
    /// A source file with this path relative to `content/` and this text.
    pub fn new(path: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path: path.into(), file: shown_path(path).into(), text: text.into() }
    }

    /// The name that the article goes by: of its file, or of its folder if it is an `index.md` in one.
    pub fn name(&self) -> &str {
        let stem = stem_of(&self.path);
        let stem = stem.strip_suffix("/index").unwrap_or(stem);
        stem.rsplit('/').next().unwrap_or(stem)
    }

    /// The first folder under `content/`, unless it is the article's own or a year.
    pub fn first_folder(&self) -> Option<&str> {
        let stem = self.path.rsplit_once('/')?.0;
        let own = stem_of(&self.path).ends_with("/index");
        let mut folders = stem.split('/');
        let first = folders.next()?;
        if own && folders.next().is_none() {
            return None;
        }
        let is_year = first.len() == 4 && first.bytes().all(|b| b.is_ascii_digit());
        (!is_year).then_some(first)
    }
}

/// The path of a source without what says the format.
fn stem_of(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// How sources are read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) site: &'a SiteDir,
    pub(super) config: &'a Config,
    /// The time before the first of them is.
    pub(super) clock: Option<Clock>,
    pub(super) timings: Option<&'a Recorder>,
    /// Where bodies wait for their pages.
    pub(super) bodies: Option<&'a Bodies>,
}

/// What came of a source.
#[derive(Debug)]
pub(super) struct Read {
    /// `None` if the file cannot be read at all.
    pub(super) source: Option<remembered::Source>,
    /// All that is wrong with it.
    pub(super) problems: Vec<Diagnostic>,
    /// The article that it was, if it was read anew.
    pub(super) before: Option<Arc<Article>>,
    /// Its HTML, if that is final already.
    pub(super) body: Option<Body>,
}

impl Reading<'_> {
    /// Reads and checks one source, unless it is known and as it was.
    pub(super) fn read(&self, path: &Arc<str>, mut known: Option<remembered::Source>) -> Read {
        let content = self.site.content();
        // One that is not known is opened in any case.
        let stat = known.as_ref().and_then(|_| Stat::of(&content.join(&**path)).ok());
        let has_its_files = known.as_ref().is_some_and(|known| known.has_files_as_before(&content));
        let is_same = |known: &mut remembered::Source| known.stat.is_some() && known.stat == stat;
        if let Some(known) = known.take_if(|known| has_its_files && is_same(known)) {
            return self.as_before(path, known);
        }
        let started = self.timings.map(|timings| (timings, Instant::now()));
        let (bytes, stat) = match load(self.site, path) {
            Ok(loaded) => loaded,
            Err(problem) => return Read { source: None, problems: vec![problem], before: None, body: None },
        };
        let hash = Fingerprint::of_bytes(&bytes);
        // One that may change without showing it is read again by the next build.
        let stat = Some(stat).filter(|stat| self.clock.is_some_and(|clock| stat.is_settled(clock)));
        if let Some(known) = known.take_if(|known| has_its_files && known.hash == hash) {
            return self.as_before(path, remembered::Source { stat, is_new: true, ..known });
        }
        let (article, problems, html) = self.parse(path, &bytes, hash);
        if let Some((timings, started)) = started {
            timings.source(path, started, Instant::now());
        }
        let problems = first_of_each_kind(problems);
        let source = remembered::Source {
            path: path.clone(),
            stat,
            hash,
            article,
            problems: problems.clone(),
            is_new: true,
        };
        let body = html.zip(self.bodies).and_then(|(html, bodies)| bodies.keep(&html));
        Read { source: Some(source), problems, before: known.and_then(|known| known.article), body }
    }

    fn as_before(&self, path: &Arc<str>, mut source: remembered::Source) -> Read {
        if let Some(article) = source.article.as_mut().and_then(Arc::get_mut) {
            article.path = path.clone();
        }
        let text = OnceCell::new();
        let read = || {
            let text = fs::read_to_string(self.site.content().join(&**path)).ok()?;
            Some(Arc::from(text.strip_prefix('\u{feff}').unwrap_or(&text)))
        };
        // A source's problems are about itself.
        let own = shown_path(path);
        let text_of = |file: &str| (file == own).then(|| text.get_or_init(read).clone()).flatten();
        let problems = source.problems.iter().cloned().map(|problem| problem.with_texts(text_of)).collect();
        Read { source: Some(source), problems, before: None, body: None }
    }

    fn parse(
        &self,
        path: &str,
        bytes: &[u8],
        hash: Fingerprint,
    ) -> (Option<Arc<Article>>, Vec<Diagnostic>, Option<String>) {
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
            // It stands for a missing deck.
            outline.summary = String::new();
        }
        for span in &outline.unsafe_links {
            diagnostics.push(unsafe_link(&source, head.body_start + span.start..head.body_start + span.end));
        }
        let left = std::mem::take(&mut outline.leftovers);
        diagnostics.extend(leftovers::of_front(&source, head.body_start, &head.front, self.config));
        diagnostics.extend(leftovers::of_text(&source, head.body_start, &left, self.config));
        let is_unsafe = outline.has_html && self.config.markdown.raw_html == RawHtml::Sanitized;
        let html = if is_unsafe { html.map(|html| markdown::sanitized(&html)) } else { html };
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
        // No other page shows what the desk notes of it.
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

/// The bytes of a source, and what it was before they were read.
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
            format!("this file has {} MiB; an article may have {}", size >> 20, LARGEST >> 20),
        )
        .at(Place::file(shown_path(path)))
        .help("is it an article at all? Pictures and data belong beside it, in files of their own"));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    // What is added while it is read shows in its time, and is read by the next build.
    file.by_ref().take(size).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok((bytes, stat))
}

fn text_of<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostic> {
    plain_text::decode(&shown_path(path), bytes, ["content/not-text", "content/not-utf8"])
}

fn index_file(path: &str) -> Diagnostic {
    Diagnostic::warning(
        "content/index-file",
        "`_index.md` describes a section in other generators and is not used here",
    )
    .at(Place::file(shown_path(path)))
    .help("give sections their titles and descriptions in `bulletin.yaml`, under `sections`")
}

fn unsafe_link(source: &Source, span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::warning("link/unsafe", "this link would run code; its text is shown without it")
        .at(Place::new(source.file.clone(), source.text.clone(), span))
        .help("link to an `https:` address")
}

fn unclosed_comment(source: &Source, at: usize) -> Diagnostic {
    Diagnostic::warning(
        "markdown/open-comment",
        "this comment has no end; readers see nothing of what follows",
    )
    .at(Place::new(source.file.clone(), source.text.clone(), at..at + 4))
    .help("end it with `-->`, or write `\\<!--` if readers are to see it")
}

fn no_slug(source: &Source) -> Diagnostic {
    Diagnostic::error("content/no-slug", "the name of this file has no letter or digit to make a URL from")
        .at(Place::file(source.file.clone()))
        .help("rename it, or give the article a `slug`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_goes_by_the_name_of_its_file_or_folder() {
        for (path, name, folder) in [
            ("world/2026-11-20-strike.md", "2026-11-20-strike", Some("world")),
            ("world/strike/index.md", "strike", Some("world")),
            ("strike/index.md", "strike", None),
            ("about.md", "about", None),
            ("2016/05/a.b.md", "a.b", None),
            ("index.md", "index", None),
            ("world/strike/index.MD", "strike", Some("world")),
        ] {
            let source = Source::new(path, "");
            assert_eq!((source.name(), source.first_folder()), (name, folder), "{path}");
        }
    }
}
