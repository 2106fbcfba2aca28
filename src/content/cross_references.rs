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
use super::{Article, Content, pictures, place_of, recordings, shown_path};
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::pictures::is_picture;

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
    for src in article.front.picture_files().chain(article.front.recording_files()) {
        if let Written::File(path) = classify(src)
            && article.asset(&path).is_none()
        {
            let problem = missing_file(content, article, ReferenceKind::Image, &path);
            diagnostics.push(problem.at(text().place_of_value(src)));
        }
    }
    diagnostics.extend(pictures::flaws(content, article));
    diagnostics.extend(recordings::flaws(content, article));
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

/// The problem of a link to a fragment that an article's page does not have.
pub(crate) fn missing_heading(article: &Article, fragment: &str) -> Option<Diagnostic> {
    // A text fragment is searched for by browsers.
    let fragment = fragment.split(":~:").next().unwrap_or_default();
    let decoded = percent_decode_str(fragment).decode_utf8_lossy();
    let headings = || article.outline.headings.iter().map(|heading| heading.id.as_str());
    let anchors = article.outline.anchors.iter().map(String::as_str);
    let is_named = |name: &str| name == fragment || name == decoded;
    // Fragments of the page itself and of footnotes are not checked.
    let is_made = fragment.is_empty()
        || fragment == "top"
        || ["fn_", "fnref_"].iter().any(|of| fragment.starts_with(of));
    if is_made || headings().chain(anchors).any(is_named) {
        return None;
    }
    let problem = Diagnostic::warning("link/no-heading", format!("no heading matches `#{fragment}`"));
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
        return Some(Diagnostic::error("link/leaves-content", "this link leads outside `content/`"));
    };
    if let Some(id) = content.by_path(&target) {
        return missing_heading(content.get(id), fragment?);
    }
    if is_broken(content, &target) {
        return None;
    }
    let problem = Diagnostic::error("link/no-article", format!("no story matches `{}`", shown_path(&target)));
    Some(match content.by_name(&target) {
        Some(near) => problem.help(format!("did you mean `{}`?", shown_path(&near.path))),
        None => problem.help(
            "write a path relative to this file, or one that starts with `/` and is relative to `content/`",
        ),
    })
}

/// The problem of a reference to a missing file.
pub(crate) fn missing_file(
    content: &Content,
    article: &Article,
    kind: ReferenceKind,
    path: &str,
) -> Diagnostic {
    let is_there = resolve(&article.path, path).is_some_and(|path| content.file(&path).is_file());
    if is_there && path.rsplit('/').next().is_some_and(|name| name.starts_with('.')) {
        let message = format!("the file `{path}` is hidden, and hidden files are not published");
        let problem = match kind {
            ReferenceKind::Image => Diagnostic::error("image/missing", message),
            _ => Diagnostic::warning("link/no-file", message),
        };
        return problem.help("rename it: its name must not start with a period");
    }
    let problem = match kind {
        ReferenceKind::Image if !is_picture(path) => {
            Diagnostic::error("media/missing", format!("the file `{path}` does not exist"))
        }
        ReferenceKind::Image => {
            Diagnostic::error("image/missing", format!("the picture `{path}` does not exist"))
        }
        _ => {
            Diagnostic::warning("link/no-file", format!("the file `{path}` does not exist beside this story"))
        }
    };
    match (other_case(content, article, path), kind) {
        (Some(near), _) => problem.help(format!("did you mean `{near}`? On most hosts, file names are case-sensitive")),
        (None, ReferenceKind::Image) => problem.help(
            "write a path relative to this file; put shared files into `static/` and start their paths with `/`",
        ),
        (None, _) => problem.help("start a link to another site with `https://`"),
    }
}

/// The path as it is on disk, if it differs only in case.
fn other_case(content: &Content, article: &Article, path: &str) -> Option<String> {
    let wanted = resolve(&article.path, path)?;
    let (folder, name) = wanted.rsplit_once('/').unwrap_or(("", &wanted));
    let files = fs::read_dir(content.file(folder)).ok()?.flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let same = names.filter(|file| file.to_lowercase() == name.to_lowercase()).min()?;
    Some(path.strip_suffix(name).map_or_else(|| same.clone(), |before| format!("{before}{same}")))
}

/// Reports articles with the same identity: a feed reader would show one and hide the other.
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
                Diagnostic::error("front-matter/shared-id", format!("two stories have the id `{id}`"))
                    .at(place_of_key(content, article, "id", Some(id)))
                    .also("the other story", place_of_key(content, first, "id", Some(id)))
                    .help("remove the `id` from one of them, or change it"),
            );
        }
    }
    for article in articles().filter(|article| !is_named(article)) {
        let id = article.identity();
        let other = seen.get(&id).copied().or_else(|| twin(content, article));
        if let Some(other) = other {
            let message = format!("two stories have the identity `{id}` in feeds");
            diagnostics.push(
                Diagnostic::error("front-matter/shared-id", message)
                    .at(place_of(article))
                    .also("the other story", place_of(other))
                    .help("give one of them an `id`"),
            );
        }
    }
    diagnostics
}

/// An article without an `id` whose path gives the same identity, as `x.md` and `x/index.md` do.
fn twin<'c>(content: &'c Content, article: &Article) -> Option<&'c Article> {
    let path = &*article.path;
    // One of the two reports both.
    if path.ends_with(".md") && !path.ends_with("/index.md") {
        return None;
    }
    let id = article.identity();
    let plainer = [format!("{id}.md"), format!("{id}.markdown"), format!("{id}/index.md")];
    let others = plainer.iter().take_while(|other| *other != path).filter_map(|other| content.by_path(other));
    others.map(|id| content.get(id)).find(|other| other.path != article.path && other.front.id.is_none())
}
