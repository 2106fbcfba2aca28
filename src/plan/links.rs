//! The links of articles → warnings about those that lead to hidden stories or nowhere.

use rayon::prelude::*;

use super::{LinkTarget, Plan};
use crate::archive::{Archive, Visibility};
use crate::content::markdown::{ReferenceKind, Written, classify};
use crate::content::{
    Article, ArticleId, Content, is_media, missing_file, missing_heading, place_of_reference, place_of_value,
};
use crate::diagnostic::Diagnostic;

/// Reports the links of these articles that lead to hidden stories or nowhere. Of hidden articles only missing files
/// are reported: their other links lead to the site of a later day.
pub(super) fn check(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    of: impl ParallelIterator<Item = ArticleId>,
) -> Vec<Diagnostic> {
    let checking = LinkChecker { plan, content, archive };
    of.flat_map_iter(|id| {
        let article = content.get(id);
        let is_shown = archive.visibility(id) == Visibility::Shown;
        let in_text = article.outline.references.iter().filter_map(move |reference| {
            let problem = checking.problem(id, &reference.written, reference.kind, is_shown)?;
            Some(problem.at(place_of_reference(content, article, reference)))
        });
        let in_front = in_front_matter(article).filter_map(move |(written, kind)| {
            let problem = checking.problem(id, written, kind, is_shown)?;
            Some(problem.at(place_of_value(content, article, written)))
        });
        let in_texts = texts_of_front_matter(article).filter(move |_| is_shown && plan.has_hidden_paths());
        let in_texts = in_texts.filter_map(move |text| {
            let hidden = checking.named_in(id, text)?;
            Some(named(&content.get(hidden).path).at(place_of_value(content, article, text)))
        });
        in_text.chain(in_front).chain(in_texts)
    })
    .collect()
}

/// The values of the front matter that become links or pictures.
fn in_front_matter(article: &Article) -> impl Iterator<Item = (&str, ReferenceKind)> {
    let front = &article.front;
    let authors = front.authors.iter().filter_map(|author| author.url.as_deref());
    let links = authors.chain(front.canonical_url.as_deref());
    let files = front.picture_files().chain(front.recording_files());
    files.map(|src| (src, ReferenceKind::Image)).chain(links.map(|url| (url, ReferenceKind::Link)))
}

/// The values of the front matter that readers see as text.
fn texts_of_front_matter(article: &Article) -> impl Iterator<Item = &str> {
    let front = &article.front;
    let pictures = front.pictures().flat_map(|image| [&image.alt, &image.caption, &image.credit]);
    let titles = front.recordings().map(|recording| &recording.title);
    let texts = [&front.deck, &front.kicker].into_iter().chain(pictures).chain(titles);
    let texts = texts.filter_map(Option::as_deref);
    let corrections = front.corrections.iter().map(|correction| &*correction.text);
    texts.chain(corrections).chain(front.source.iter().map(String::as_str))
}

#[derive(Clone, Copy)]
struct LinkChecker<'a> {
    plan: &'a Plan,
    content: &'a Content,
    archive: &'a Archive,
}

impl LinkChecker<'_> {
    /// The hidden article that a URL in this text leads to.
    fn named_in(&self, id: ArticleId, text: &str) -> Option<ArticleId> {
        let Self { plan, content, archive } = self;
        let urls = text.split(|c: char| c.is_whitespace() || "\"'()<>[]“”„«»".contains(c));
        let mut urls = urls.map(|url| url.trim_end_matches(['.', ',', ';', ':', '!', '?']));
        urls.find_map(|url| {
            let is_url = url.starts_with('/') || url.contains("://");
            match is_url.then(|| plan.resolve_link(content, archive, id, url)) {
                Some(LinkTarget::Hidden(hidden)) => Some(hidden),
                _ => None,
            }
        })
    }

    fn problem(
        &self,
        id: ArticleId,
        written: &str,
        kind: ReferenceKind,
        is_shown: bool,
    ) -> Option<Diagnostic> {
        let Self { plan, content, archive } = self;
        let article = content.get(id);
        let form = classify(written);
        let is_file = matches!(form, Written::File(_));
        // Missing pictures are reported when the source is read.
        let is_known = kind == ReferenceKind::Image && is_file;
        if is_known || !(is_shown || is_file) {
            return None;
        }
        match plan.resolve_link(content, archive, id, written) {
            LinkTarget::Hidden(hidden) if is_shown => Some(to_hidden(&content.get(hidden).path)),
            LinkTarget::Page { article: Some(to), .. } if !matches!(form, Written::Source { .. }) => {
                let (_, fragment) = written.split_once('#')?;
                missing_heading(content.get(to), fragment)
            }
            LinkTarget::Missing(_) | LinkTarget::Outside if kind == ReferenceKind::Mention => None,
            LinkTarget::Missing(path) => match form {
                Written::File(file) => Some(missing_file(content, article, kind, &file)),
                _ => Some(to_nothing(&path)),
            },
            _ => None,
        }
    }
}

fn to_hidden(path: &str) -> Diagnostic {
    Diagnostic::warning("link/hidden", format!("this links to `content/{path}`, which readers cannot see"))
        .help("readers see the text without the link until that story is published")
}

fn named(path: &str) -> Diagnostic {
    let message = format!("this text contains the URL of `content/{path}`, which readers cannot see");
    Diagnostic::warning("link/hidden", message)
        .help("remove the URL until that story is published: readers see it as written")
}

fn to_nothing(path: &str) -> Diagnostic {
    let help = match is_media(path) {
        true => format!("save the file as `static{path}`"),
        false => "link to the source file of the story, as in `../story.md`: such links survive a new URL"
            .to_owned(),
    };
    Diagnostic::warning("link/no-page", format!("there is no page or file at `{path}`")).help(help)
}
