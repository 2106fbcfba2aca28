//! The parts of a site + what somebody wants to see of it → any page of it, made when it is asked for.

use std::sync::Arc;

use jiff::Timestamp;

use super::choice::Choice;
use super::kept::Subject;
use super::parts::Whole;
use super::rules::Rules;
use super::site_headers::SiteHeaders;
use crate::archive::Visibility;
use crate::content::{ArticleId, Content};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::plan::{FileSource, HEADERS, Page, PageKind, RULES, Route, StaticFile};
use crate::query::Queries;
use crate::render::{self, Renderer};
use crate::site::SiteDir;
use crate::theme::{Theme, limits};

/// The site at one instant of one state of its files.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) choice: Choice,
    theme: Arc<Theme>,
    renderer: Renderer,
    /// What is wrong with the plan.
    problems: Vec<Diagnostic>,
    rules: Rules,
    headers: SiteHeaders,
}

/// What is at a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A page that is rendered.
    Page(&'a Page),
    /// A file that is copied, and its path on the site, which tells what it is.
    File(FileSource, String),
    /// Something is at another path, which a host sends browsers to.
    Moved(String),
    /// Nothing.
    Nothing,
}

impl Snapshot {
    /// The site as `choice` has it; `now` is the time of those who want to see it now.
    pub(super) fn new(site: &SiteDir, whole: Whole, choice: Choice, now: Timestamp) -> Self {
        let Whole { config, theme, statics, content } = whole;
        let (edition, problems) = Edition::new(config, content, statics, choice.view(now));
        let mut problems: Vec<Diagnostic> = problems.into_iter().collect();
        problems.extend(render::problems_of_templates(&theme, &edition));
        problems.extend(render::security_txt_problem(&edition));
        problems.extend(render::too_many_rules(&edition));
        let renderer = renderer(site, &theme, edition);
        let rules = rules(&renderer);
        let headers = headers(&renderer);
        Self { choice, theme, renderer, problems, rules, headers }
    }

    /// The same with some articles changed, if that moves none of them.
    pub(super) fn with_texts(
        &self,
        site: &SiteDir,
        content: &Arc<Content>,
        sources: &[&str],
    ) -> Option<Self> {
        let changed: Option<Vec<ArticleId>> = sources.iter().map(|path| content.by_path(path)).collect();
        let (edition, links) = self.edition().with_texts(content, &changed?)?;
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
            choice: self.choice,
            renderer: renderer(site, &self.theme, edition),
            theme: Arc::clone(&self.theme),
            problems,
            rules: self.rules.clone(),
            headers: self.headers.clone(),
        })
    }

    pub(super) fn edition(&self) -> &Edition {
        self.renderer.edition()
    }

    pub(super) fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The site's own rules of redirection.
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The headers that the site has its host send.
    pub(super) fn headers(&self) -> &SiteHeaders {
        &self.headers
    }

    /// What is at a path of the host, decoded, as a static host would find it.
    pub(super) fn find(&self, path: &str) -> Found<'_> {
        let plan = &self.edition().plan;
        let urls = plan.urls();
        let home = urls.path(&Route::root());
        let Some(within) = path.strip_prefix(home.trim_end_matches('/')).filter(|rest| rest.starts_with('/'))
        else {
            let is_above = home.starts_with(&format!("{}/", path.trim_end_matches('/')));
            return if is_above { Found::Moved(home) } else { Found::Nothing };
        };
        let as_folder = format!("{}/", within.trim_end_matches('/'));
        let Some(page) = plan.served(within) else {
            let source = self.fingerprinted(within);
            return source.map_or(Found::Nothing, |source| Found::File(source, within.to_owned()));
        };
        let route = page.route.as_str();
        let is_index = route.ends_with('/') || route == format!("{as_folder}index.html");
        if is_index && !within.ends_with('/') && !within.ends_with("/index.html") {
            return Found::Moved(urls.path(&page.route).trim_end_matches("index.html").to_owned());
        }
        match &page.kind {
            PageKind::File(source) | PageKind::Asset(_, source) => {
                Found::File(source.clone(), route.to_owned())
            }
            _ => Found::Page(page),
        }
    }

    /// The page that a host shows for what it does not have.
    pub(super) fn not_found(&self) -> Option<&Page> {
        self.edition().plan.page(&Route::parse("/404.html").ok()?)
    }

    /// The article whose page is at a path.
    pub(super) fn article_at(&self, path: &str) -> Option<ArticleId> {
        match self.find(path) {
            Found::Page(Page { kind: PageKind::Article(id), .. }) => Some(*id),
            _ => None,
        }
    }

    /// What a page is about.
    pub(super) fn subject(&self, page: &Page) -> Subject {
        let Edition { archive, content, .. } = self.edition();
        match page.kind {
            PageKind::Article(id) if archive.visibility(id) == Visibility::Shown => {
                Subject::Article(content.get(id).path.to_string())
            }
            PageKind::Article(_) => Subject::Hidden,
            _ => Subject::Route(page.route.as_str().to_owned()),
        }
    }

    /// Makes a page.
    pub(super) fn render(&self, page: &Page) -> Result<Vec<u8>, Diagnostic> {
        limits::with_large_stack(|| {
            let rendered = self.renderer.render(&self.renderer.prepare(page)?)?;
            Ok(rendered.bytes.into_owned())
        })
    }

    /// Paths on the host of copied files whose source is one of these.
    pub(super) fn paths_of<'a>(
        &'a self,
        is_one: &'a dyn Fn(&std::path::Path) -> bool,
    ) -> impl Iterator<Item = String> + 'a {
        let plan = &self.edition().plan;
        let copied = plan.pages().iter().filter(move |page| match &page.kind {
            PageKind::File(FileSource::Disk(file)) | PageKind::Asset(_, FileSource::Disk(file)) => {
                is_one(file)
            }
            _ => false,
        });
        copied.map(move |page| plan.urls().path(&page.route))
    }

    /// The file under a name that changes with its bytes: `/css/site.0123456789.css` is `css/site.css`.
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

/// Whether a problem is one of those that are looked for again with a changed text.
fn is_of_a_link(problem: &Diagnostic) -> bool {
    let is_at_a_span = problem.place.as_ref().is_some_and(|place| place.start().is_some());
    problem.code.starts_with("link/") && is_at_a_span
}

fn renderer(site: &SiteDir, theme: &Arc<Theme>, edition: Edition) -> Renderer {
    let queries = Queries::for_single_pages(Arc::new(edition), site.data());
    Renderer::new(Arc::clone(theme), Arc::new(queries))
}

/// The rules of redirection as the build writes them: the site's own and those of its articles.
fn rules(renderer: &Renderer) -> Rules {
    let plan = &renderer.edition().plan;
    let page = Route::root().file(RULES).ok().and_then(|route| plan.page(&route));
    let rendered = page.and_then(|page| renderer.render(&renderer.prepare(page).ok()?).ok());
    let text =
        String::from_utf8_lossy(&rendered.map(|rendered| rendered.bytes).unwrap_or_default()).into_owned();
    // Where bulletin makes a page, the preview shows it, so that somebody sees it before readers do: of the two lines that hosts
    // get, the one that Netlify needs is left out.
    let mut lines = text.lines().peekable();
    let mut rules = String::new();
    while let Some(line) = lines.next() {
        if line.strip_suffix('!').is_none_or(|plain| lines.peek() != Some(&plain)) {
            rules.extend([line, "\n"]);
        }
    }
    Rules::read(&rules)
}

/// The headers that the site has its host send, as the build writes them. What is cached for how long is left out: a preview has
/// no use for it.
fn headers(renderer: &Renderer) -> SiteHeaders {
    let ours = renderer.headers_page(std::iter::empty());
    let rendered = ours.and_then(|page| renderer.render(&renderer.prepare(&page).ok()?).ok());
    match rendered {
        Some(rendered) => SiteHeaders::read(&String::from_utf8_lossy(&rendered.bytes)),
        None => {
            let statics = &renderer.edition().statics;
            let file = statics.iter().find(|file| file.path == HEADERS);
            SiteHeaders::read(&file.and_then(StaticFile::text).unwrap_or_default())
        }
    }
}
