//! Links of articles that readers see → those that lead to what readers do not see.

use std::collections::HashSet;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::Plan;
use crate::archive::{Archive, Visibility};
use crate::content::markdown::{Reference, Written, classify, resolve};
use crate::content::{Article, ArticleId, Content, is_media, place_of_reference, place_of_value};
use crate::diagnostic::Diagnostic;
use crate::slug::composed;

/// Reports links of these articles to hidden ones, and links from the root of the site that no page answers.
pub(super) fn check(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    of: impl ParallelIterator<Item = ArticleId>,
) -> Vec<Diagnostic> {
    let paths = Paths { plan, known: OnceLock::new() };
    let shown = of.filter(|id| archive.visibility(*id) == Visibility::Shown);
    let problems = shown.flat_map_iter(|id| {
        let article = content.get(id);
        let of_reference = |reference: &Reference| {
            let problem = match classify(&reference.written) {
                Written::Source { path, .. } => to_hidden(plan, content, archive, article, &path),
                Written::Site(path) => to_nothing(&paths, path),
                _ => None,
            };
            problem.map(|problem| problem.at(place_of_reference(content, article, reference)))
        };
        let of_image = || {
            let src = article.front.image.as_ref()?.src.as_deref()?;
            let Written::Site(path) = classify(src) else { return None };
            Some(to_nothing(&paths, path)?.at(place_of_value(content, article, src)))
        };
        article.outline.references.iter().filter_map(of_reference).chain(of_image()).collect::<Vec<_>>()
    });
    problems.collect()
}

fn to_hidden(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    article: &Article,
    path: &str,
) -> Option<Diagnostic> {
    let id = content.by_path(&resolve(&article.path, path)?)?;
    if plan.article(archive, id).is_some() {
        return None;
    }
    let hidden = &content.get(id).path;
    Some(
        Diagnostic::warning(
            "link/hidden",
            format!("this links to `content/{hidden}`, which readers cannot see"),
        )
        .help("its text is shown without the link, which comes by itself when the article does"),
    )
}

/// The paths that have a page, without `/` at the end.
struct Paths<'p> {
    plan: &'p Plan,
    /// Made when the first link from the root of the site is met: many sites have none.
    known: OnceLock<HashSet<&'p str, RandomState>>,
}

impl Paths<'_> {
    fn contains(&self, path: &str) -> bool {
        // An old URL that hosts know by their rules alone leads somewhere, too.
        let old = || self.plan.redirects.iter().map(|redirect| redirect.from.as_str());
        let routes = || self.plan.pages.iter().map(|page| page.route.as_str()).chain(old());
        let known = self.known.get_or_init(|| routes().map(|path| path.trim_end_matches('/')).collect());
        known.contains(path)
    }
}

fn to_nothing(paths: &Paths<'_>, written: &str) -> Option<Diagnostic> {
    let path = written.split(['#', '?']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    if paths.contains(&composed(decoded.trim_end_matches('/'))) {
        return None;
    }
    let help = match is_media(path) {
        true => format!("put it into the site as `static{path}`"),
        false => {
            "link to an article by the path of its file, which is checked and survives a new URL".to_owned()
        }
    };
    Some(Diagnostic::warning("link/no-page", format!("the site has no page or file `{path}`")).help(help))
}
