//! One source file → an [`Article`], with everything that is wrong with it.

use std::fs;
use std::io::Read;
use std::sync::Arc;

use super::{Article, assets, front_matter, markdown, shown_path};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::site::SiteDir;

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
        let stem = self.path.rsplit_once('.').map_or(&*self.path, |(stem, _)| stem);
        let stem = stem.strip_suffix("/index").unwrap_or(stem);
        stem.rsplit('/').next().unwrap_or(stem)
    }

    /// The first folder under `content/`, unless it is the article's own or a year.
    pub fn first_folder(&self) -> Option<&str> {
        let stem = self.path.rsplit_once('/')?.0;
        let own = self.path.ends_with("/index.md") || self.path.ends_with("/index.markdown");
        let mut folders = stem.split('/');
        let first = folders.next()?;
        if own && folders.next().is_none() {
            return None;
        }
        let is_year = first.len() == 4 && first.bytes().all(|b| b.is_ascii_digit());
        (!is_year).then_some(first)
    }
}

/// Reads and checks one source. There is no article if it cannot be understood.
pub(super) fn read(site: &SiteDir, path: &str, config: &Config) -> (Option<Article>, Vec<Diagnostic>) {
    let bytes = match load(site, path) {
        Ok(bytes) => bytes,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    let hash = blake3::hash(&bytes);
    let text = match text_of(path, &bytes) {
        Ok(text) => text,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    if path == "_index.md" || path.ends_with("/_index.md") {
        return (None, vec![index_file(path)]);
    }
    let source = Source::new(path, text);
    let (head, mut diagnostics) = front_matter::read(&source, config);
    let Some(head) = head else { return (None, diagnostics) };
    let body = source.text.get(head.body_start..).unwrap_or_default();
    let outline = markdown::outline(body, config.markdown.smart_punctuation);
    for span in &outline.unsafe_links {
        diagnostics.push(unsafe_link(&source, head.body_start + span.start..head.body_start + span.end));
    }
    if let Some(first) = outline.foreign.first() {
        let span = head.body_start + first.start..head.body_start + first.end;
        diagnostics.push(foreign(&source, span, outline.foreign.len()));
    }
    let slug = head.front.slug.clone().unwrap_or_else(|| crate::slug::slugify(&head.name));
    if slug.is_empty() {
        diagnostics.push(no_slug(&source));
        return (None, diagnostics);
    }
    let assets = assets::find(site, path, &head.front, &outline);
    let article = Article {
        path: source.path.clone(),
        slug,
        front: head.front,
        outline,
        assets,
        body_start: head.body_start,
        hash,
    };
    (Some(article), diagnostics)
}

fn load(site: &SiteDir, path: &str) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::error("content/unreadable", format!("this file cannot be read: {error}"))
            .at(Place::file(shown_path(path)))
    };
    let mut file = fs::File::open(site.content().join(path)).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(Diagnostic::error(
            "content/too-large",
            format!("this file has {} MiB; an article may have {}", size >> 20, LARGEST >> 20),
        )
        .at(Place::file(shown_path(path)))
        .help("is it an article at all? Pictures and data belong beside it, in files of their own"));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    // A file that grows while it is read does not take all memory.
    file.by_ref().take(LARGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn text_of<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostic> {
    let at = |start: usize| {
        let line = bytes[..start].iter().filter(|b| **b == b'\n').count() + 1;
        format!("line {line}, byte {}", start + 1)
    };
    let binary = Diagnostic::error("content/not-text", "this file is not text")
        .help("save it as plain text in UTF-8; Markdown is a text format, a word processor's file is not");
    let text = std::str::from_utf8(bytes).map_err(|error| {
        if bytes.contains(&0) {
            return binary.clone();
        }
        Diagnostic::error(
            "content/not-utf8",
            format!("this file is not valid UTF-8 at {}", at(error.valid_up_to())),
        )
        .help("save it with the encoding UTF-8")
    });
    match text {
        Ok(text) if !text.contains('\0') => Ok(text),
        Ok(_) => Err(binary.at(Place::file(shown_path(path)))),
        Err(diagnostic) => Err(diagnostic.at(Place::file(shown_path(path)))),
    }
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

fn foreign(source: &Source, span: std::ops::Range<usize>, count: usize) -> Diagnostic {
    let message = match count {
        1 => "this looks like the markup of another generator; readers see it as it is".to_owned(),
        _ => format!(
            "this and {} more look like the markup of another generator; readers see them as they are",
            count - 1
        ),
    };
    Diagnostic::warning("markdown/foreign-syntax", message)
        .at(Place::new(source.file.clone(), source.text.clone(), span))
        .help("write it in Markdown or HTML, or put it between backticks if it is meant to be read")
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
        ] {
            let source = Source::new(path, "");
            assert_eq!((source.name(), source.first_folder()), (name, folder), "{path}");
        }
    }

    #[test]
    fn what_is_not_text_says_so() {
        fn code(bytes: &[u8]) -> Result<&str, &str> {
            text_of("a.md", bytes).map_err(|diagnostic| diagnostic.code)
        }
        assert_eq!(code(b"\x89PNG\0\xff"), Err("content/not-text"));
        assert_eq!(code(b"ok\nb\xe9d"), Err("content/not-utf8"));
        assert_eq!(code(b"a\0b"), Err("content/not-text"));
        assert_eq!(code("zwölf".as_bytes()), Ok("zwölf"));
    }
}
