//! What readers see → the pages of articles, lists and files, in the order of the plan. Other files of this room add theirs.

use std::collections::{BTreeMap, HashSet};

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{
    Destination, FileSource, List, ListPage, Page, PageKind, Plan, RenditionFile, Route, StaticFile,
    folder_of, numbered, redirects,
};
use crate::archive::{Archive, Taxonomy, Visibility};
use crate::config::Config;
use crate::content::{Article, ArticleId, Content, place_of, place_of_asset};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pictures::{Flaw, Form};

/// Articles that one task plans.
const RUN: usize = 4096;

/// Collects the pages and the problems of a plan.
pub(super) struct Planner<'a> {
    /// What is known so far: the routes of articles and lists.
    pub(super) plan: &'a Plan,
    pub(super) content: &'a Content,
    pub(super) archive: &'a Archive,
    pub(super) config: &'a Config,
    pub(super) pages: Vec<Page>,
    pub(super) covers: BTreeMap<List, RenditionFile>,
    pub(super) diagnostics: Diagnostics,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        content: &'a Content,
        archive: &'a Archive,
        config: &'a Config,
    ) -> Self {
        Self {
            plan,
            content,
            archive,
            config,
            pages: Vec::new(),
            covers: BTreeMap::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    pub(super) fn pages(&mut self, statics: &[StaticFile]) {
        self.add(Route::root(), PageKind::Front);
        let archive = self.archive;
        for ids in [archive.stories(), archive.standing(), archive.withdrawn()] {
            self.articles(ids);
        }
        self.static_pictures();
        self.remove_repeated_renditions();
        for taxonomy in Taxonomy::ALL {
            for (id, term) in archive.terms(taxonomy).iter() {
                self.list(List::Term(taxonomy, id), term.stories.len());
            }
            if let Some(route) = self.plan.index(archive, taxonomy) {
                self.add(route, PageKind::Index(taxonomy));
            }
        }
        for (period, stories) in archive.periods() {
            self.list(List::Period(*period), stories.len());
        }
        if let Ok(route) = Route::root().file("404.html") {
            self.add(route, PageKind::NotFound);
        }
        for file in statics {
            match Route::root().file(&file.path) {
                // The site's own `_redirects` is merged into the generated one.
                Ok(_) if file.path == redirects::RULES => {}
                Ok(route) => self.add(route, PageKind::File(file.source.clone())),
                Err(why) => self.diagnostics.push(bad_static(file, &why)),
            }
        }
    }

    pub(super) fn add(&mut self, route: Route, kind: PageKind) {
        self.pages.push(Page { route, kind });
    }

    /// Stories may share a picture; its renditions have one file.
    fn remove_repeated_renditions(&mut self) {
        let mut known: HashSet<Route, RandomState> = HashSet::default();
        self.pages.retain(|page| match &page.kind {
            PageKind::Picture(_, picture) if matches!(picture.form, Form::Rendition(_)) => {
                known.insert(page.route.clone())
            }
            _ => true,
        });
    }

    fn articles(&mut self, ids: &[ArticleId]) {
        let plan_some = |ids: &[ArticleId]| {
            let mut planner = Planner::new(self.plan, self.content, self.archive, self.config);
            ids.iter().for_each(|id| planner.article(*id));
            planner
        };
        let parts: Vec<Planner<'_>> = ids.par_chunks(RUN).map(plan_some).collect();
        for part in parts {
            self.pages.extend(part.pages);
            self.diagnostics.extend(part.diagnostics);
        }
    }

    fn article(&mut self, id: ArticleId) {
        let Some(route) = self.plan.articles[id.0 as usize].clone() else { return };
        let article = self.content.get(id);
        if self.archive.visibility(id) == Visibility::Shown && !article.assets.is_empty() {
            let folder = folder_of(&route);
            for asset in &article.assets {
                if !self.archive.may_show(self.content, asset) {
                    self.diagnostics.push(hidden_asset(article, &asset.reference));
                    continue;
                }
                if asset.flaws.iter().any(Flaw::leaves_nothing) {
                    continue;
                }
                let source = FileSource::Disk(self.content.file(&asset.path));
                match folder.file(&asset.name) {
                    Ok(route) => {
                        if self.picture(&self.config.pictures, id, asset, &route).is_none() {
                            self.add(route, PageKind::Asset(id, source));
                        }
                    }
                    Err(why) => {
                        self.diagnostics.push(bad_asset(self.content, article, &asset.reference, &why))
                    }
                }
            }
        }
        self.add(route, PageKind::Article(id));
    }

    fn list(&mut self, list: List, stories: usize) {
        let Some(route) = self.plan.list(self.archive, list) else { return };
        let full = self.plan.pagination(stories).full_pages();
        for number in 1..=full {
            self.add(numbered(&route, number), PageKind::List(list, ListPage::Numbered(number)));
        }
        if full > 0 {
            self.add(numbered(&route, full + 1), PageKind::Redirect(Destination::Route(route.clone())));
        }
        self.add(route, PageKind::List(list, ListPage::Newest));
    }
}

fn hidden_asset(article: &Article, name: &str) -> Diagnostic {
    let message = format!("this story uses `{name}`, a file of a story that readers cannot see");
    Diagnostic::warning("link/hidden", message)
        .at(place_of(article))
        .help("the file is not published until that story is; to publish it now, copy it next to this story")
}

fn bad_asset(content: &Content, article: &Article, name: &str, why: &str) -> Diagnostic {
    Diagnostic::error("route/invalid", format!("the file `{name}` of this story has no valid URL: {why}"))
        .at(place_of_asset(content, article, name))
        .help("rename the file")
}

fn bad_static(file: &StaticFile, why: &str) -> Diagnostic {
    Diagnostic::error("route/invalid", format!("this file has no valid URL: {why}"))
        .at(Place::file(file.shown.as_str()))
        .help("rename the file")
}
