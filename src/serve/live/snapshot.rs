//! The inputs of a site, in a view → any of its pages, rendered on request.

use std::sync::Arc;

use jiff::Timestamp;

use super::inputs::CompleteInputs;
use super::page_cache::Subject;
use crate::archive::Visibility;
use crate::content::{ArticleId, Content};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::host_files::{RedirectRules, SiteHeaders};
use crate::pictures::{Library, PublishedPicture};
use crate::plan::{FileSource, HEADERS, Page, PageKind, RULES, Route, StaticFile};
use crate::query::{self, Queries};
use crate::render::{self, Renderer};
use crate::serve::view_options::ViewOptions;
use crate::site::SiteDir;
use crate::theme::{Theme, limits};

/// The site in one view at one generation.
#[derive(Debug)]
pub(in crate::serve) struct Snapshot {
    pub(in crate::serve) options: ViewOptions,
    theme: Arc<Theme>,
    renderer: Renderer,
    /// Problems of the plan.
    problems: Vec<Diagnostic>,
    rules: RedirectRules,
    headers: SiteHeaders,
}

/// What a path leads to.
/// Marks the pictures of which is known that they cannot be decoded: none is decoded before somebody looks at it.
fn marked(content: &Arc<Content>, pictures: &Library) -> (Arc<Content>, Vec<Diagnostic>) {
    Arc::clone(content).mark_undecodable(true, &|_, source| pictures.error_of(source))
}

#[derive(Debug)]
pub(in crate::serve) enum Lookup<'a> {
    /// A rendered page.
    Page(&'a Page),
    /// A copied file, and its path on the site.
    File(FileSource, String),
    /// A picture, and its path on the site.
    Picture(Arc<PublishedPicture>, String),
    /// A redirect to another path.
    Redirect(String),
    /// Nothing.
    NotFound,
}

impl Snapshot {
    /// Creates a snapshot; `now` is the time of views without a fixed one.
    pub(super) fn new(
        site: &SiteDir,
        inputs: CompleteInputs,
        options: ViewOptions,
        now: Timestamp,
        pictures: Arc<Library>,
    ) -> Self {
        let CompleteInputs { config, theme, mut statics, content } = inputs;
        query::examine_static_pictures(&mut statics, &content, &pictures);
        let (content, of_pictures) = marked(&content, &pictures);
        let (edition, problems) = Edition::new(config, content, statics, options.view(now));
        let of_pictures = edition.defer(of_pictures);
        let mut problems: Vec<Diagnostic> = problems.into_iter().chain(of_pictures).collect();
        problems.extend(render::problems_of_templates(&theme, &edition));
        problems.extend(render::security_txt_problem(&edition));
        problems.extend(render::too_many_rules(&edition));
        let renderer = renderer(site, &theme, edition, pictures);
        let rules = rules(&renderer);
        let headers = headers(&renderer);
        Self { options, theme, renderer, problems, rules, headers }
    }

    /// The same site with some articles changed, unless that moves any of them.
    pub(in crate::serve) fn with_texts(
        &self,
        site: &SiteDir,
        content: &Arc<Content>,
        sources: &[&str],
    ) -> Option<Self> {
        let changed: Option<Vec<ArticleId>> = sources.iter().map(|path| content.by_path(path)).collect();
        let (content, _) = marked(content, self.renderer.queries().pictures());
        let (edition, links) = self.edition().with_texts(&content, &changed?)?;
        let is_of_them = |problem: &&Diagnostic| {
            let file = problem.place.as_ref().and_then(|place| place.file.strip_prefix("content/"));
            file.is_some_and(|file| sources.contains(&file))
        };
        let (of_them, of_others): (Vec<_>, Vec<_>) = self.problems.iter().partition(is_of_them);
        if !of_them.into_iter().all(is_of_a_link) {
            return None;
        }
        let problems = of_others.into_iter().cloned().chain(links).collect();
        Some(Self {
            options: self.options,
            renderer: renderer(site, &self.theme, edition, self.renderer.queries().shared_pictures()),
            theme: Arc::clone(&self.theme),
            problems,
            rules: self.rules.clone(),
            headers: self.headers.clone(),
        })
    }

    pub(in crate::serve) fn edition(&self) -> &Edition {
        self.renderer.edition()
    }

    /// The problems of the plan, and those of the pictures that somebody has looked at.
    pub(in crate::serve) fn problems(&self) -> Vec<Diagnostic> {
        let pictures = self.renderer.queries().pictures();
        let of_pictures =
            render::problems_of_pictures(self.edition(), |picture| pictures.error_of(&picture.source));
        self.problems.iter().cloned().chain(of_pictures).collect()
    }

    /// The redirect rules of the site.
    pub(in crate::serve) fn rules(&self) -> &RedirectRules {
        &self.rules
    }

    /// The response headers of the site.
    pub(in crate::serve) fn headers(&self) -> &SiteHeaders {
        &self.headers
    }

    /// Looks up a decoded path as a static host does.
    pub(in crate::serve) fn look_up(&self, path: &str) -> Lookup<'_> {
        let plan = &self.edition().plan;
        let urls = plan.urls();
        let home = urls.path(&Route::root());
        let Some(within) = path.strip_prefix(home.trim_end_matches('/')).filter(|rest| rest.starts_with('/'))
        else {
            let is_above = home.starts_with(&format!("{}/", path.trim_end_matches('/')));
            return if is_above { Lookup::Redirect(home) } else { Lookup::NotFound };
        };
        let as_folder = format!("{}/", within.trim_end_matches('/'));
        let Some(page) = plan.served(within) else {
            if let Some(picture) = self.renderer.queries().offered(within) {
                return Lookup::Picture(picture, within.to_owned());
            }
            let source = self.fingerprinted(within);
            return source.map_or(Lookup::NotFound, |source| Lookup::File(source, within.to_owned()));
        };
        let route = page.route.as_str();
        let is_index = route.ends_with('/') || route == format!("{as_folder}index.html");
        if is_index && !within.ends_with('/') && !within.ends_with("/index.html") {
            return Lookup::Redirect(urls.path(&page.route).trim_end_matches("index.html").to_owned());
        }
        match &page.kind {
            PageKind::File(source) | PageKind::Asset(_, source) => {
                Lookup::File(source.clone(), route.to_owned())
            }
            PageKind::Picture(_, picture) => Lookup::Picture(Arc::clone(picture), route.to_owned()),
            _ => Lookup::Page(page),
        }
    }

    /// The site's own error page.
    pub(in crate::serve) fn not_found(&self) -> Option<&Page> {
        self.edition().plan.page(&Route::parse("/404.html").ok()?)
    }

    /// The article whose page is at a path.
    pub(in crate::serve) fn article_at(&self, path: &str) -> Option<ArticleId> {
        match self.look_up(path) {
            Lookup::Page(Page { kind: PageKind::Article(id), .. }) => Some(*id),
            _ => None,
        }
    }

    /// What a page is about.
    pub(in crate::serve) fn subject(&self, page: &Page) -> Subject {
        let Edition { archive, content, .. } = self.edition();
        match page.kind {
            PageKind::Article(id) if archive.visibility(id) == Visibility::Shown => {
                Subject::Article(content.get(id).path.to_string())
            }
            PageKind::Article(_) => Subject::Hidden,
            _ => Subject::Route(page.route.as_str().to_owned()),
        }
    }

    /// Renders a page.
    pub(in crate::serve) fn render(&self, page: &Page) -> Result<Vec<u8>, Diagnostic> {
        limits::with_large_stack(|| {
            let rendered = self.renderer.render(&self.renderer.prepare(page)?)?;
            Ok(rendered.bytes.into_owned())
        })
    }

    /// The URL paths of copied files whose source matches.
    pub(in crate::serve) fn paths_of<'a>(
        &'a self,
        is_one: &'a dyn Fn(&std::path::Path) -> bool,
    ) -> impl Iterator<Item = String> + 'a {
        let plan = &self.edition().plan;
        let copied = plan.pages().iter().filter(move |page| match &page.kind {
            PageKind::Picture(_, picture) => is_one(&picture.file),
            PageKind::File(FileSource::Disk(file)) | PageKind::Asset(_, FileSource::Disk(file)) => {
                is_one(file)
            }
            _ => false,
        });
        copied.map(move |page| plan.urls().path(&page.route))
    }

    /// The file of a fingerprinted name: `/css/site.0123456789.css` is `css/site.css`.
    fn fingerprinted(&self, path: &str) -> Option<FileSource> {
        let (folder, name) = path.rsplit_once('/')?;
        let mut parts: Vec<&str> = name.split('.').collect();
        let mark = if parts.len() > 2 { parts.len() - 2 } else { parts.len() - 1 };
        let is_mark = |part: &str| part.len() == 10 && part.bytes().all(|b| b.is_ascii_hexdigit());
        if parts.len() < 2 || !is_mark(parts[mark]) {
            return None;
        }
        parts.remove(mark);
        let original = format!("{folder}/{}", parts.join("."));
        let (route, source) = self.renderer.queries().fingerprinted(&original).ok()?;
        (route.as_str() == path).then_some(source)
    }
}

/// Whether a changed text leads to a new search for this problem.
fn is_of_a_link(problem: &Diagnostic) -> bool {
    let is_at_a_span = problem.place.as_ref().is_some_and(|place| place.start().is_some());
    problem.code.starts_with("link/") && is_at_a_span
}

fn renderer(site: &SiteDir, theme: &Arc<Theme>, edition: Edition, pictures: Arc<Library>) -> Renderer {
    let queries = Queries::for_single_pages(Arc::new(edition), site.data(), pictures);
    Renderer::new(Arc::clone(theme), Arc::new(queries))
}

/// The redirect rules that a build writes: the site's own and those of articles.
fn rules(renderer: &Renderer) -> RedirectRules {
    let plan = &renderer.edition().plan;
    let page = Route::root().file(RULES).ok().and_then(|route| plan.page(&route));
    let rendered = page.and_then(|page| renderer.render(&renderer.prepare(page).ok()?).ok());
    let text =
        String::from_utf8_lossy(&rendered.map(|rendered| rendered.bytes).unwrap_or_default()).into_owned();
    // A real page comes before a rule here, so that editors notice the conflict. Of the two lines that hosts get, this drops the
    // one for Netlify.
    let mut lines = text.lines().peekable();
    let mut rules = String::new();
    while let Some(line) = lines.next() {
        if line.strip_suffix('!').is_none_or(|plain| lines.peek() != Some(&plain)) {
            rules.extend([line, "\n"]);
        }
    }
    RedirectRules::parse(&rules)
}

/// The response headers that a build writes, without those for fingerprinted files.
fn headers(renderer: &Renderer) -> SiteHeaders {
    let generated = renderer.headers_page(std::iter::empty());
    let rendered = generated.and_then(|page| renderer.render(&renderer.prepare(&page).ok()?).ok());
    match rendered {
        Some(rendered) => SiteHeaders::parse(&String::from_utf8_lossy(&rendered.bytes)),
        None => {
            let statics = &renderer.edition().statics;
            let file = statics.iter().find(|file| file.path == HEADERS);
            SiteHeaders::parse(&file.and_then(StaticFile::text).unwrap_or_default())
        }
    }
}
