//! What articles say about each other → the references that lead nowhere.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::front_matter::places::of_key;
use super::markdown::{Reference, ReferenceKind, Written, classify, resolve};
use super::names::are_alike;
use super::{Article, Content, Source, shown_path};
use crate::diagnostic::{Diagnostic, Place, Severity, did_you_mean};

/// Checks all references of all articles. `broken` are sources that exist but could not be read: a link to
/// one of them is not a second problem.
pub(super) fn references(content: &Content, broken: &HashSet<Arc<str>>) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> =
        content.articles.par_iter().flat_map_iter(|article| of_article(content, broken, article)).collect();
    diagnostics.extend(shared_ids(content));
    diagnostics
}

fn of_article(content: &Content, broken: &HashSet<Arc<str>>, article: &Article) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let text = OnceCell::new();
    let text = || text.get_or_init(|| text_of(content, article)).clone();
    for reference in &article.outline.references {
        let problem = match classify(&reference.written) {
            // It is not there to lead anywhere.
            _ if reference.kind == ReferenceKind::Mention => None,
            Written::Fragment(fragment) => missing_heading(article, fragment),
            Written::Source { path, fragment } => missing_article(content, broken, article, &path, fragment),
            // A link to a file may lead to another page's, which the plan knows.
            Written::File(path)
                if reference.kind == ReferenceKind::Image && article.asset(&path).is_none() =>
            {
                Some(missing_file(content, article, reference.kind, &path))
            }
            _ => None,
        };
        diagnostics.extend(problem.map(|problem| problem.at(place_in(text(), article, reference))));
    }
    if let Some(src) = article.front.image.as_ref().and_then(|image| image.src.as_deref())
        && let Written::File(path) = classify(src)
        && article.asset(&path).is_none()
    {
        diagnostics.push(missing_file(content, article, ReferenceKind::Image, &path).at(in_front_matter(
            text(),
            article,
            src,
        )));
    }
    diagnostics.extend(super::flaws::of_pictures(content, article));
    for written in article.front.related.iter().chain(&article.front.translation_of) {
        if content.related(article, written).is_none() && !is_broken(broken, article, written) {
            let problem =
                Diagnostic::error("front-matter/related", format!("there is no article `{written}`"))
                    .help("give the path of its file, relative to this one or to `content/`, or its slug");
            diagnostics.push(problem.at(in_front_matter(text(), article, written)));
        }
    }
    if article.front.is_held() {
        // Work in progress must not keep the paper from coming out.
        diagnostics.iter_mut().for_each(|problem| problem.severity = Severity::Warning);
    }
    diagnostics
}

fn is_broken(broken: &HashSet<Arc<str>>, article: &Article, written: &str) -> bool {
    resolve(&article.path, written).is_some_and(|path| names_one(broken, &path)) || names_one(broken, written)
}

/// Whether a path names one of some sources, in whichever form of Unicode.
fn names_one(sources: &HashSet<Arc<str>>, path: &str) -> bool {
    sources.contains(path) || (!path.is_ascii() && sources.iter().any(|one| are_alike(one, path)))
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
    broken: &HashSet<Arc<str>>,
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
    if names_one(broken, &target) {
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

/// The place of a reference in its article's file, which is read again, as its text is not kept.
pub fn place_of_reference(content: &Content, article: &Article, reference: &Reference) -> Place {
    place_in(text_of(content, article), article, reference)
}

fn place_in(text: Option<Arc<str>>, article: &Article, reference: &Reference) -> Place {
    let Some(text) = text else { return super::place_of(article) };
    let start = article.body_start;
    Place::new(shown_path(&article.path), text, start + reference.span.start..start + reference.span.end)
}

/// The place of a value in the front matter of an article's file, which is read again.
pub fn place_of_value(content: &Content, article: &Article, written: &str) -> Place {
    in_front_matter(text_of(content, article), article, written)
}

/// The place of a value of a key of an article's front matter, of the key's whole value if it is not found, of the file if the key is
/// not there. The file is read again.
pub fn place_of_key(content: &Content, article: &Article, key: &str, written: Option<&str>) -> Place {
    text_of(content, article)
        .and_then(|text| of_key(&Source::new(&article.path, &text), key, written))
        .unwrap_or_else(|| super::place_of(article))
}

/// The place of what an article's URL is made from: its `permalink`, else its `slug`, else its file.
pub fn place_of_url(content: &Content, article: &Article) -> Place {
    let front = &article.front;
    match (&front.permalink, &front.slug) {
        (Some(_), _) => place_of_key(content, article, "permalink", None),
        (None, Some(_)) => place_of_key(content, article, "slug", None),
        (None, None) => super::place_of(article),
    }
}

/// The place where an article names a file that goes with it.
pub fn place_of_asset(content: &Content, article: &Article, name: &str) -> Place {
    let names = |reference: &&Reference| matches!(classify(&reference.written), Written::File(path) if *path == *name);
    match article.outline.references.iter().find(names) {
        Some(reference) => place_of_reference(content, article, reference),
        None => place_of_value(content, article, name),
    }
}

/// Where a value is written in the front matter: behind a colon, a hyphen, a comma or a bracket, not within a headline.
fn in_front_matter(text: Option<Arc<str>>, article: &Article, written: &str) -> Place {
    let Some(text) = text else { return super::place_of(article) };
    let head = text.get(..article.body_start).unwrap_or_default();
    let is_value = |at: &usize| {
        let before = head[..*at].trim_end_matches([' ', '"', '\'']);
        let after = head[at + written.len()..].trim_start_matches([' ', '"', '\'']);
        before.ends_with([':', '-', ',', '[']) && after.starts_with(['\n', '\r', ',', ']', '}', '#'])
    };
    let at = head.match_indices(written).map(|(at, _)| at).find(is_value);
    match at {
        Some(at) => Place::new(shown_path(&article.path), text, at..at + written.len()),
        None => super::place_of(article),
    }
}

/// The text of an article's file as it is now, without a byte order mark. All who hold it at one time share it: a story
/// with a thousand dead links must not be in memory a thousand times.
pub(crate) fn text_of(content: &Content, article: &Article) -> Option<Arc<str>> {
    content.texts.get_or_read(&article.path, || {
        let text = fs::read_to_string(content.file(&article.path)).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
    })
}

/// Texts of sources, for as long as somebody holds them.
#[derive(Debug, Default)]
pub(super) struct Texts(Mutex<HashMap<Arc<str>, Weak<str>>>);

impl Texts {
    fn get_or_read(&self, path: &Arc<str>, read: impl FnOnce() -> Option<Arc<str>>) -> Option<Arc<str>> {
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = held().get(path).and_then(Weak::upgrade) {
            return Some(text);
        }
        let text = read()?;
        held().insert(path.clone(), Arc::downgrade(&text));
        Some(text)
    }
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
                    .at(super::place_of(article))
                    .also("the other one", super::place_of(other))
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
