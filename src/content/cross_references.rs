//! References between articles → a problem for each that leads nowhere.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs;

use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::markdown::{ReferenceKind, Written, classify, resolve};
use super::places::{ArticleText, place_of_key};
use super::unicode_paths::are_alike;
use super::{Article, Content, pictures, place_of, shown_path};
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};

/// Checks all references of all articles. A link to a broken source is not a second problem.
pub(super) fn check(content: &Content) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> =
        content.articles.par_iter().flat_map_iter(|article| of_article(content, article)).collect();
    diagnostics.extend(shared_ids(content));
    diagnostics
}

fn of_article(content: &Content, article: &Article) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let text = OnceCell::new();
    let text = || text.get_or_init(|| ArticleText::read(content, article));
    for reference in &article.outline.references {
        let problem = match classify(&reference.written) {
            // It leads nowhere on purpose.
            _ if reference.kind == ReferenceKind::Mention => None,
            Written::Fragment(fragment) => missing_heading(article, fragment),
            Written::Source { path, fragment } => missing_article(content, article, &path, fragment),
            // A link may lead to a file of another page, which the plan knows.
            Written::File(path)
                if reference.kind == ReferenceKind::Image && article.asset(&path).is_none() =>
            {
                Some(missing_file(content, article, reference.kind, &path))
            }
            _ => None,
        };
        diagnostics.extend(problem.map(|problem| problem.at(text().place_of_reference(reference))));
    }
    if let Some(src) = article.front.image.as_ref().and_then(|image| image.src.as_deref())
        && let Written::File(path) = classify(src)
        && article.asset(&path).is_none()
    {
        let problem = missing_file(content, article, ReferenceKind::Image, &path);
        diagnostics.push(problem.at(text().place_of_value(src)));
    }
    diagnostics.extend(pictures::flaws(content, article));
    for written in article.front.related.iter().chain(&article.front.translation_of) {
        if content.related(article, written).is_none() && !names_broken_source(content, article, written) {
            let problem = Diagnostic::error("front-matter/related", format!("no story matches `{written}`"))
                .help("give the path of its file, relative to this one or to `content/`, or its slug");
            diagnostics.push(problem.at(text().place_of_value(written)));
        }
    }
    if article.front.is_held() {
        // Work in progress must not stop the paper.
        diagnostics.iter_mut().for_each(|problem| problem.severity = Severity::Warning);
    }
    diagnostics
}

fn names_broken_source(content: &Content, article: &Article, written: &str) -> bool {
    resolve(&article.path, written).is_some_and(|path| is_broken(content, &path))
        || is_broken(content, written)
}

/// Whether a path in any Unicode normal form is that of a broken source.
fn is_broken(content: &Content, path: &str) -> bool {
    content.is_broken(path)
        || (!path.is_ascii() && content.broken.iter().any(|broken| are_alike(broken, path)))
}

/// What is wrong with a link to a place on an article's page.
pub(crate) fn missing_heading(article: &Article, fragment: &str) -> Option<Diagnostic> {
    // What browsers look for in the text is not the name of a place.
    let fragment = fragment.split(":~:").next().unwrap_or_default();
    let decoded = percent_decode_str(fragment).decode_utf8_lossy();
    let headings = || article.outline.headings.iter().map(|heading| heading.id.as_str());
    let anchors = article.outline.anchors.iter().map(String::as_str);
    let is_named = |name: &str| name == fragment || name == decoded;
    // The page's own and those of footnotes are not looked after.
    let is_made = fragment.is_empty()
        || fragment == "top"
        || ["fn_", "fnref_"].iter().any(|of| fragment.starts_with(of));
    if is_made || headings().chain(anchors).any(is_named) {
        return None;
    }
    let problem = Diagnostic::warning("link/no-heading", format!("there is no heading `#{fragment}`"));
    Some(match did_you_mean(fragment, headings()) {
        Some(near) => problem.help(format!("did you mean `#{near}`?")),
        None => problem,
    })
}

fn missing_article(
    content: &Content,
    article: &Article,
    path: &str,
    fragment: Option<&str>,
) -> Option<Diagnostic> {
    let Some(target) = resolve(&article.path, path) else {
        return Some(Diagnostic::error("link/leaves-content", "this link leads out of `content/`"));
    };
    if let Some(id) = content.by_path(&target) {
        return missing_heading(content.get(id), fragment?);
    }
    if is_broken(content, &target) {
        return None;
    }
    let problem =
        Diagnostic::error("link/no-article", format!("there is no article `{}`", shown_path(&target)));
    Some(match content.by_name(&target) {
        Some(near) => problem.help(format!("did you mean `{}`?", shown_path(&near.path))),
        None => problem
            .help("the path is relative to this file; one that begins with `/` is relative to `content/`"),
    })
}

/// What is wrong with a reference to a file that is not there.
pub(crate) fn missing_file(
    content: &Content,
    article: &Article,
    kind: ReferenceKind,
    path: &str,
) -> Diagnostic {
    let problem = match kind {
        ReferenceKind::Image => Diagnostic::error("image/missing", format!("there is no picture `{path}`")),
        _ => Diagnostic::warning("link/no-file", format!("there is no file `{path}` beside this article")),
    };
    match (other_case(content, article, path), kind) {
        (Some(near), _) => problem.help(format!("did you mean `{near}`? Most hosts tell capitals from small letters")),
        (None, ReferenceKind::Image) => problem.help(
            "the path is relative to this file; a picture for all pages belongs into `static/` and is named from `/`",
        ),
        (None, _) => problem.help("a link to another site begins with `https://`"),
    }
}

/// The name of a file that differs from a path in capitals only, as it is on disk.
fn other_case(content: &Content, article: &Article, path: &str) -> Option<String> {
    let wanted = resolve(&article.path, path)?;
    let (folder, name) = wanted.rsplit_once('/').unwrap_or(("", &wanted));
    let files = fs::read_dir(content.file(folder)).ok()?.flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let same = names.filter(|file| file.to_lowercase() == name.to_lowercase()).min()?;
    Some(path.strip_suffix(name).map_or_else(|| same.clone(), |before| format!("{before}{same}")))
}

/// Articles that claim one identity: a reader's app would show one and hide the other.
fn shared_ids(content: &Content) -> Vec<Diagnostic> {
    let mut seen: HashMap<Cow<'_, str>, &Article> = HashMap::new();
    let mut diagnostics = Vec::new();
    let is_named = |article: &&Article| article.front.id.is_some();
    let articles = || content.articles.iter().map(|article| &**article);
    for article in articles().filter(is_named) {
        let id = article.identity();
        if let Some(first) = seen.insert(id.clone(), article) {
            let id = &*id;
            diagnostics.push(
                Diagnostic::error("front-matter/shared-id", format!("two articles have the id `{id}`"))
                    .at(place_of_key(content, article, "id", Some(id)))
                    .also("it is also the id of this one", place_of_key(content, first, "id", Some(id)))
                    .help("was one copied from the other? Take the `id` out of the copy"),
            );
        }
    }
    for article in articles().filter(|article| !is_named(article)) {
        let id = article.identity();
        let other = seen.get(&id).copied().or_else(|| twin(content, article));
        if let Some(other) = other {
            let message = format!("this article and another are both known as `{id}` to feed readers");
            diagnostics.push(
                Diagnostic::error("front-matter/shared-id", message)
                    .at(place_of(article))
                    .also("the other one", place_of(other))
                    .help("give one of them an `id` of its own"),
            );
        }
    }
    diagnostics
}

/// An article without an `id` whose path comes to the same identity: `x.md` is one of `x/index.md`.
fn twin<'c>(content: &'c Content, article: &Article) -> Option<&'c Article> {
    let path = &*article.path;
    // Of two, the plain one need not look for the other.
    if path.ends_with(".md") && !path.ends_with("/index.md") {
        return None;
    }
    let id = article.identity();
    let plainer = [format!("{id}.md"), format!("{id}.markdown"), format!("{id}/index.md")];
    let others = plainer.iter().take_while(|other| *other != path).filter_map(|other| content.by_path(other));
    others.map(|id| content.get(id)).find(|other| other.path != article.path && other.front.id.is_none())
}
