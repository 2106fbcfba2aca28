//! References of articles → those that lead to what readers do not see, or nowhere.

use rayon::prelude::*;

use super::{LinkTarget, Plan};
use crate::archive::{Archive, Visibility};
use crate::content::markdown::{ReferenceKind, Written, classify};
use crate::content::{
    Article, ArticleId, Content, is_media, missing_file, missing_heading, place_of_reference, place_of_value,
};
use crate::diagnostic::Diagnostic;

/// Reports references of these articles that lead to hidden ones or nowhere. Of articles that readers do not see, only files beside
/// them are looked for: for the rest, they see the site of another day.
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
        let in_words = words_of_front_matter(article).filter(move |_| is_shown && plan.has_hidden_paths());
        let in_words = in_words.filter_map(move |words| {
            let hidden = checking.named_in(id, words)?;
            Some(named(&content.get(hidden).path).at(place_of_value(content, article, words)))
        });
        in_text.chain(in_front).chain(in_words)
    })
    .collect()
}

/// The values of front matter that are shown as links or pictures.
fn in_front_matter(article: &Article) -> impl Iterator<Item = (&str, ReferenceKind)> {
    let front = &article.front;
    let image = front.image.as_ref().and_then(|image| image.src.as_deref());
    let authors = front.authors.iter().filter_map(|author| author.url.as_deref());
    let links = authors.chain(front.canonical_url.as_deref());
    image
        .map(|src| (src, ReferenceKind::Image))
        .into_iter()
        .chain(links.map(|url| (url, ReferenceKind::Link)))
}

/// The values of front matter that are shown as they are written.
fn words_of_front_matter(article: &Article) -> impl Iterator<Item = &str> {
    let front = &article.front;
    let image = front.image.iter().flat_map(|image| [&image.alt, &image.caption, &image.credit]);
    let words = [&front.deck, &front.kicker].into_iter().chain(image).filter_map(Option::as_deref);
    let corrections = front.corrections.iter().map(|correction| &*correction.text);
    words.chain(corrections).chain(front.source.iter().map(String::as_str))
}

#[derive(Clone, Copy)]
struct LinkChecker<'a> {
    plan: &'a Plan,
    content: &'a Content,
    archive: &'a Archive,
}

impl LinkChecker<'_> {
    /// The hidden article that a URL in these words leads to.
    fn named_in(&self, id: ArticleId, words: &str) -> Option<ArticleId> {
        let Self { plan, content, archive } = self;
        let urls = words.split(|c: char| c.is_whitespace() || "\"'()<>[]“”„«»".contains(c));
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
        // What is wrong with these is found where nothing of the site need be known.
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
        .help("its text is shown without the link, which comes by itself when the article does")
}

fn named(path: &str) -> Diagnostic {
    let message = format!("this names the URL of `content/{path}`, which readers cannot see");
    Diagnostic::warning("link/hidden", message)
        .help("readers are shown it as it is written: take it out until the article appears")
}

fn to_nothing(path: &str) -> Diagnostic {
    let help = match is_media(path) {
        true => format!("put it into the site as `static{path}`"),
        false => {
            "link to an article by the path of its file, which is checked and survives a new URL".to_owned()
        }
    };
    Diagnostic::warning("link/no-page", format!("the site has no page or file `{path}`")).help(help)
}
