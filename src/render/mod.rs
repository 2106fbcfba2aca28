//! One planned page → what it is made from, and its bytes with what it read.
//!
//! In two steps: [`Renderer::prepare`] finds what a page is made from, which is enough to tell whether the page that an
//! earlier build made is still right; [`Renderer::render`] makes its bytes.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tera::{Context, Value};

use crate::archive::{Taxonomy, Visibility};
use crate::content::markdown::{ReferenceKind, Target, Written, classify};
use crate::content::{Article, ArticleId, BodySpool, SourceCache, SourceChanged, place_of};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::formats::file_url;
use crate::formats::portable::Portable;
use crate::manifest::{Clock, Fingerprint, Stat};
use crate::plan::{Destination, FileSource, Lead, List, Page, PageKind, Part, Route};
use crate::theme::context::{self, PageFacts};
use crate::theme::lists::ListFacts;
use crate::theme::queries::{Mention, Query, TermKind, TermOrder};
use crate::theme::{Queries, Read, TEMPLATES, Theme, prints};

mod hosts;
mod location;
mod machines;
mod redirect;
mod sitemaps;
mod templates;

pub use hosts::{security_txt_problem, too_many_rules};
use machines::Machine;
pub use templates::problems_of_templates;

/// A page as it is served.
#[derive(Debug)]
pub struct Rendered {
    /// The bytes of the file.
    pub bytes: Cow<'static, [u8]>,
    /// The questions the page asked of the site, with the gist of the answers: what it depends on besides its inputs.
    pub reads: Vec<Arc<Read>>,
}

/// Fingerprints of what a page is made from, besides the answers to what it asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// What all pages share: `site`, the zone of times, the language of dates.
    pub settings: Fingerprint,
    /// The template, and all that it uses.
    pub template: Fingerprint,
    /// The article's text, or the file that is copied.
    pub source: Fingerprint,
    /// What the page's own values are made from: front matter, names and numbers of a list.
    pub facts: Fingerprint,
    /// Where the links and pictures of a text lead.
    pub links: Fingerprint,
    /// The stories of a list, as they are shown.
    pub stories: Fingerprint,
}

/// A page that can be made.
#[derive(Debug)]
pub struct Job<'a> {
    page: &'a Page,
    /// `None` if a file may change without showing it.
    inputs: Option<Inputs>,
    work: Work<'a>,
}

#[derive(Debug)]
enum Work<'a> {
    /// A template, the kind of page, and `index` if it is one of a taxonomy.
    Plain {
        template: Arc<str>,
        facts: PageFacts<'a>,
        index: Option<Value>,
    },
    List {
        template: Arc<str>,
        facts: Box<ListFacts<'a>>,
    },
    Article {
        template: Arc<str>,
        id: ArticleId,
    },
    Redirect(&'a Destination),
    Bytes(Vec<u8>),
    Machine(Machine<'a>),
    Copy(&'a FileSource),
}

impl Job<'_> {
    /// What the page is made from; `None` if a file that may change without showing it is part of it.
    pub fn inputs(&self) -> Option<Inputs> {
        self.inputs
    }

    /// The file that it is a copy of, which may be too large to be made in memory.
    pub fn copies(&self) -> Option<&Path> {
        match self.work {
            Work::Copy(FileSource::Disk(path)) => Some(path),
            _ => None,
        }
    }

    /// The name of the template that makes it.
    pub fn template(&self) -> Option<&str> {
        match &self.work {
            Work::Plain { template, .. } | Work::List { template, .. } | Work::Article { template, .. } => {
                Some(&**template)
            }
            Work::Redirect(_) | Work::Bytes(_) | Work::Machine(_) | Work::Copy(_) => None,
        }
    }
}

/// Renders the pages of one edition.
#[derive(Debug)]
pub struct Renderer {
    theme: Arc<Theme>,
    queries: Arc<Queries>,
    /// `site`, the same on every page.
    site: Value,
    /// The settings that all pages are made from, as JSON.
    settings: String,
    /// Of those.
    print: Fingerprint,
    portable: Portable,
    /// What was chosen for pages of each kind, with its fingerprint.
    chosen: [Option<Template>; TEMPLATES.len()],
    /// The time before the build read any file; `None` if files that are copied are never fresh.
    clock: Option<Clock>,
    /// Bodies that were rendered when their sources were read.
    bodies: Option<Arc<BodySpool>>,
}

/// Kinds of pages by the templates that can make them, in the order of [`TEMPLATES`].
#[derive(Clone, Copy, Debug)]
enum Chosen {
    Front,
    NotFound,
    Article,
    Standing,
    Section,
    Tag,
    Author,
    Series,
    Archive,
    Terms,
}

impl Chosen {
    fn of_list(list: List) -> Self {
        match list {
            List::Term(Taxonomy::Section, _) => Self::Section,
            List::Term(Taxonomy::Tag, _) => Self::Tag,
            List::Term(Taxonomy::Author, _) => Self::Author,
            List::Term(Taxonomy::Series, _) => Self::Series,
            List::Period(_) => Self::Archive,
        }
    }
}

/// A template by its name, with a fingerprint of all that it uses.
#[derive(Clone, Debug)]
struct Template {
    name: Arc<str>,
    print: Fingerprint,
}

impl Template {
    fn choose(theme: &Theme, templates: &[&str]) -> Option<Self> {
        let name = theme.choose(templates)?;
        Some(Self { name: name.into(), print: Fingerprint::of(&(name, theme.print(name), theme.strings())) })
    }
}

impl Renderer {
    /// For the edition that `queries` knows.
    pub fn new(theme: Arc<Theme>, queries: Arc<Queries>) -> Self {
        let site = context::site(&queries, &theme);
        let config = &queries.edition().config;
        let settings = serde_json::json!({
            "site": serde_json::to_value(&site).unwrap_or_default(),
            "base_url": config.base_url.as_str(),
            "timezone": format!("{:?}", config.timezone),
            "id_authority": config.id_authority,
            "slugs": format!("{:?}", config.slugs),
            "smart_punctuation": config.markdown.smart_punctuation,
            "raw_html": config.markdown.raw_html,
            "feeds": format!("{:?}", config.feeds),
            "api": config.api,
        })
        .to_string();
        let chosen = TEMPLATES.map(|templates| Template::choose(&theme, templates));
        Self {
            theme,
            queries,
            site,
            print: Fingerprint::of(&settings),
            settings,
            portable: Portable::default(),
            chosen,
            clock: None,
            bodies: None,
        }
    }

    /// Uses what a build knows since it read the sources: its clock, and the bodies that were final then.
    #[must_use]
    pub fn with_sources(self, sources: &SourceCache) -> Self {
        Self { clock: sources.clock(), bodies: sources.bodies().cloned(), ..self }
    }

    /// The theme it renders with.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// What it asks of the site.
    pub fn queries(&self) -> &Queries {
        &self.queries
    }

    /// The settings that all pages are made from, as JSON.
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// The stories of a list page, as far as needed to recognise them.
    pub fn mentions(&self, job: &Job<'_>) -> Vec<Mention> {
        match &job.work {
            Work::List { facts, .. } => self.queries.mentions(facts.stories),
            _ => Vec::new(),
        }
    }

    /// A page is rendered: what only it needed may go.
    pub fn let_go(&self, page: &Page) {
        let Edition { archive, plan, .. } = self.edition();
        self.queries.let_go(plan.shown_on(archive, &page.kind));
    }

    /// Finds what a page is made from.
    ///
    /// # Errors
    /// If the theme has no template for it, or a file that it is made from cannot be read.
    pub fn prepare<'s>(&'s self, page: &'s Page) -> Result<Job<'s>, Diagnostic> {
        match &page.kind {
            PageKind::Front => self.front(page),
            PageKind::NotFound => self.plain(page, "not_found", Chosen::NotFound, None),
            PageKind::Article(id) => self.article(page, *id),
            PageKind::List(list, part) => self.list(page, *list, *part),
            PageKind::Index(taxonomy) => self.index(page, *taxonomy),
            PageKind::Redirect(to) => {
                if let Some((list, format)) = self.moved_feed(page, to) {
                    return Ok(job(page, self.feed(page, list, format)));
                }
                let facts = Fingerprint::of(&to.absolute(self.edition().plan.urls()));
                let inputs = Some(Inputs { facts, ..Inputs::default() });
                Ok(Job { page, inputs, work: Work::Redirect(to) })
            }
            PageKind::RedirectRules => {
                let rules = self.rules()?;
                let inputs = Some(Inputs { source: Fingerprint::of(&rules), ..Inputs::default() });
                Ok(Job { page, inputs, work: Work::Bytes(rules) })
            }
            PageKind::File(source) | PageKind::Asset(_, source) => {
                Ok(Job { page, inputs: self.of_file(source), work: Work::Copy(source) })
            }
            PageKind::Feed(list, format) => Ok(job(page, self.feed(page, *list, *format))),
            PageKind::Sitemap(sitemap) => Ok(job(page, self.sitemap(sitemap))),
            PageKind::NginxMap => Ok(job(page, self.bytes(self.nginx_map()))),
            PageKind::Headers(marked) => Ok(job(page, self.bytes(self.headers(marked)))),
            PageKind::Robots => Ok(job(page, self.bytes(self.robots()))),
            PageKind::Trust(file) => Ok(job(page, self.bytes(self.trust(*file, &page.route)))),
            PageKind::ArticleJson(id) => Ok(job(page, self.article_json(*id))),
            PageKind::ListJson(list) => Ok(job(page, self.list_json(page, *list))),
        }
    }

    /// Makes a page.
    ///
    /// # Errors
    /// If a template fails, or a file that the page is made from is gone or has changed.
    pub fn render(&self, job: &Job<'_>) -> Result<Rendered, Diagnostic> {
        match &job.work {
            Work::Plain { template, facts, index } => {
                let mut context = self.context(job.page, facts);
                if let Some(index) = index {
                    context.insert_value("index", index.clone());
                }
                self.html(job.page, template, &context)
            }
            Work::List { template, facts } => {
                let of_page = PageFacts {
                    kind: facts.kind,
                    title: Some(&*facts.title).filter(|_| facts.kind != "front"),
                    description: facts.description,
                    canonical: None,
                    language: None,
                };
                let mut context = self.context(job.page, &of_page);
                context.insert_value("list", facts.value(self.queries.cards(facts.stories)));
                self.html(job.page, template, &context)
            }
            Work::Article { template, id } => self.article_html(job.page, template, *id),
            Work::Redirect(to) => {
                let urls = self.edition().plan.urls();
                let is_xml = job.page.route.as_str().ends_with(".xml");
                let page = if is_xml { redirect::xml(urls, to) } else { redirect::page(urls, to) };
                Ok(unread(page.into_bytes()))
            }
            Work::Bytes(bytes) => Ok(unread(bytes.clone())),
            Work::Machine(machine) => self.machine_bytes(job.page, machine).map(unread),
            Work::Copy(source) => read(source).map(|bytes| Rendered { bytes, reads: Vec::new() }),
        }
    }

    /// Checks a file that is about to be copied.
    ///
    /// # Errors
    /// If it cannot be read, or readers must not have it as it is.
    pub fn check_copy(&self, job: &Job<'_>) -> Result<(), Diagnostic> {
        let Work::Copy(source) = &job.work else { return Ok(()) };
        if let FileSource::Disk(file) = source {
            std::fs::File::open(file).map_err(|error| unreadable(file, &error))?;
        }
        location::check(job.page, source, &self.edition().statics)
    }

    fn edition(&self) -> &Edition {
        self.queries.edition()
    }

    /// `site` and `page`.
    fn context(&self, page: &Page, facts: &PageFacts<'_>) -> Context {
        let mut context = Context::new();
        context.insert_value("site", self.site.clone());
        context.insert_value("page", context::page(&self.queries, page, facts));
        context
    }

    fn of_file(&self, source: &FileSource) -> Option<Inputs> {
        let source = match source {
            // What is in the program changes with the program, whose records are not believed then.
            FileSource::Embedded(bytes) => Fingerprint::of(&bytes.len()),
            FileSource::Disk(path) => {
                let stat = Stat::of(path).ok()?;
                let settled = self.clock.is_some_and(|clock| stat.is_settled(clock));
                let name = path.file_name().map(std::ffi::OsStr::to_string_lossy);
                Fingerprint::of(&(name, settled.then_some(stat)?))
            }
        };
        Some(Inputs { source, ..Inputs::default() })
    }

    /// The front page. A template that is not made for it gets a list of its newest stories.
    fn front<'s>(&'s self, page: &'s Page) -> Result<Job<'s>, Diagnostic> {
        let template = self.template(page, Chosen::Front)?;
        if template.name.rsplit('/').next() == TEMPLATES[Chosen::Front as usize].first().copied() {
            return self.plain(page, "front", Chosen::Front, None);
        }
        Ok(self.with_list(page, template, ListFacts::of_front(&self.queries)))
    }

    fn plain<'s>(
        &'s self,
        page: &'s Page,
        kind: &'static str,
        template: Chosen,
        index: Option<Value>,
    ) -> Result<Job<'s>, Diagnostic> {
        let description = self.edition().config.description.as_deref().filter(|_| kind == "front");
        let facts = PageFacts { kind, title: None, description, canonical: None, language: None };
        let template = self.template(page, template)?;
        let inputs = Inputs {
            settings: self.print,
            template: template.print,
            facts: Fingerprint::of(&(&facts, page.route.as_str(), index.as_ref().map(prints::of_value))),
            ..Inputs::default()
        };
        Ok(Job { page, inputs: Some(inputs), work: Work::Plain { template: template.name, facts, index } })
    }

    fn article<'s>(&'s self, page: &'s Page, id: ArticleId) -> Result<Job<'s>, Diagnostic> {
        let Edition { content, archive, .. } = self.edition();
        let article = content.get(id);
        let own = article.front.template.as_deref().and_then(|own| Template::choose(&self.theme, &[own]));
        let kind = if article.is_standing() { Chosen::Standing } else { Chosen::Article };
        let template = own.map_or_else(|| self.template(page, kind), Ok)?;
        let links: Vec<Target> = match archive.visibility(id) {
            Visibility::Withdrawn => Vec::new(),
            _ => self.targets(id).collect(),
        };
        let inputs = Inputs {
            settings: self.print,
            template: template.print,
            source: article.hash,
            facts: self.queries.card_print(id),
            links: Fingerprint::of(&(links, self.translations(id))),
            stories: Fingerprint::default(),
        };
        Ok(Job { page, inputs: Some(inputs), work: Work::Article { template: template.name, id } })
    }

    /// The text of an article as HTML.
    fn body(
        &self,
        id: ArticleId,
        target: &dyn Fn(&str, ReferenceKind) -> Target,
    ) -> Result<String, Diagnostic> {
        let Edition { content, config, .. } = self.edition();
        let article = content.get(id);
        let spooled = self.bodies.as_ref().and_then(|bodies| bodies.get(&article.path));
        spooled
            .map_or_else(|| content.html(id, config, target), Ok)
            .map_err(|error| source_changed(article, &error))
    }

    fn article_html(&self, page: &Page, template: &str, id: ArticleId) -> Result<Rendered, Diagnostic> {
        let edition = self.edition();
        let article = edition.content.get(id);
        let withdrawn = edition.archive.visibility(id) == Visibility::Withdrawn;
        let html = if withdrawn {
            String::new()
        } else {
            let target = |written: &str, kind: ReferenceKind| self.target(id, written, kind);
            self.body(id, &target)?
        };
        let summary = article.front.deck.as_deref().unwrap_or(&article.outline.summary);
        let facts = PageFacts {
            kind: if article.is_standing() { "standing" } else { "article" },
            title: Some(if withdrawn { article.front.notice_headline() } else { &article.front.title }),
            description: Some(summary).filter(|summary| !withdrawn && !summary.is_empty()),
            canonical: article
                .front
                .canonical_url
                .clone()
                .filter(|url| !withdrawn && edition.shown(id, url).is_some()),
            language: article.front.lang.as_deref(),
        };
        let mut context = self.context(page, &facts);
        context::article(&mut context, &self.queries, id, &html);
        self.html(page, template, &context)
            .map_err(|problem| problem.also("while this article was on the press", place_of(article)))
    }

    fn list<'s>(&'s self, page: &'s Page, list: List, part: Part) -> Result<Job<'s>, Diagnostic> {
        let template = self.template(page, Chosen::of_list(list))?;
        let Edition { archive, plan, .. } = self.edition();
        let shown = plan.shown_on(archive, &page.kind);
        let facts = ListFacts::new(&self.queries, list, part, shown).ok_or_else(|| {
            Diagnostic::error("theme/template", format!("there is no list at {}", page.route.as_str()))
        })?;
        Ok(self.with_list(page, template, facts))
    }

    fn with_list<'s>(&'s self, page: &'s Page, template: Template, facts: ListFacts<'s>) -> Job<'s> {
        let stories: Vec<Fingerprint> = facts.stories.iter().map(|id| self.queries.card_print(*id)).collect();
        let inputs = Inputs {
            settings: self.print,
            template: template.print,
            facts: Fingerprint::of(&(&facts, page.route.as_str())),
            stories: Fingerprint::of(&stories),
            ..Inputs::default()
        };
        Job {
            page,
            inputs: Some(inputs),
            work: Work::List { template: template.name, facts: Box::new(facts) },
        }
    }

    fn index<'s>(&'s self, page: &'s Page, taxonomy: Taxonomy) -> Result<Job<'s>, Diagnostic> {
        let query = Query::Terms(TermKind::Of(taxonomy), TermOrder::Usual, usize::MAX);
        let (terms, _) = self.queries.ask(&query).map_err(|why| Diagnostic::error("theme/template", why))?;
        let index = context::index(taxonomy, terms);
        self.plain(page, context::index_kind(taxonomy), Chosen::Terms, Some(index))
    }

    /// The template of pages of a kind.
    fn template(&self, page: &Page, kind: Chosen) -> Result<Template, Diagnostic> {
        self.chosen[kind as usize].clone().ok_or_else(|| {
            let names = TEMPLATES[kind as usize].join("` or `");
            Diagnostic::error("theme/no-template", format!("the theme has no template `{names}`"))
                .help(format!("it is needed for {}", page.route.as_str()))
        })
    }

    fn html(&self, page: &Page, template: &str, context: &Context) -> Result<Rendered, Diagnostic> {
        let (html, reads) = self.theme.render(template, context, page, &self.queries)?;
        Ok(Rendered { bytes: html.into_bytes().into(), reads })
    }

    /// What the destinations in an article's text become.
    fn targets(&self, id: ArticleId) -> impl Iterator<Item = Target> {
        let references = &self.edition().content.get(id).outline.references;
        references.iter().map(move |link| self.target(id, &link.written, link.kind))
    }

    /// The languages of an article and its translations, and where they are.
    fn translations(&self, id: ArticleId) -> Vec<(Option<&str>, Option<&str>)> {
        let Edition { content, archive, plan, .. } = self.edition();
        let translations = archive.translations(id).iter();
        translations
            .map(|id| {
                let route = plan.article(archive, *id).map(Route::as_str);
                (content.get(*id).front.lang.as_deref(), route)
            })
            .collect()
    }

    /// What a destination in an article's text becomes.
    fn target(&self, id: ArticleId, written: &str, kind: ReferenceKind) -> Target {
        let Edition { content, archive, plan, .. } = self.edition();
        let target = match plan.lead(content, archive, id, written) {
            Lead::Hidden(_) => return Target::Hidden,
            Lead::Page { url: Some(url), .. } => Target::Url(url, None),
            Lead::Page { url: None, .. } => Target::Keep,
            Lead::Nowhere(_) | Lead::Away => match classify(written) {
                Written::Source { .. } => Target::Hidden,
                Written::Site(path) => Target::Url(plan.urls().path_of(path), None),
                Written::File(reference) => match file_url(self.edition(), id, written) {
                    Some((url, size)) => Target::Url(url, size),
                    // It is there, and must not be shown.
                    None if content.get(id).asset(&reference).is_some() => Target::Hidden,
                    None => Target::Keep,
                },
                _ => Target::Keep,
            },
        };
        // The rest of the attribute is no URL.
        if kind == ReferenceKind::Mention { Target::Keep } else { target }
    }
}

fn job<'a>(page: &'a Page, (work, inputs): (Work<'a>, Inputs)) -> Job<'a> {
    Job { page, inputs: Some(inputs), work }
}

fn unread(bytes: Vec<u8>) -> Rendered {
    Rendered { bytes: bytes.into(), reads: Vec::new() }
}

fn read(source: &FileSource) -> Result<Cow<'static, [u8]>, Diagnostic> {
    match source {
        FileSource::Embedded(bytes) => Ok(Cow::Borrowed(*bytes)),
        FileSource::Disk(path) => {
            std::fs::read(path).map(Cow::Owned).map_err(|error| unreadable(path, &error))
        }
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("content/unreadable", format!("this file cannot be read: {error}"))
        .at(Place::file(file.to_string_lossy().replace('\\', "/")))
}

fn source_changed(article: &Article, changed: &SourceChanged) -> Diagnostic {
    let what = match &changed.0 {
        Some(error) => format!("this file could not be read a second time: {error}"),
        None => "this file changed while the site was built".to_owned(),
    };
    Diagnostic::error("content/changed", what).at(place_of(article)).help("build again")
}
