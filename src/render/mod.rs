//! A planned page → its inputs, and its bytes with its dependencies.
//!
//! This takes two steps: [`Renderer::prepare`] determines the inputs of a page, which is enough to tell whether the page of an
//! earlier build is still fresh; [`Renderer::render`] produces the bytes.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tera::Value;

use crate::content::markdown::{ReferenceKind, Target};
use crate::content::{ArticleId, BodySpool, SourceCache};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::formats::portable::Portable;
use crate::manifest::{Clock, Fingerprint, Stat};
use crate::pictures::PublishedPicture;
use crate::plan::{Destination, FileSource, Page, PageKind};
use crate::query::lists::ListFacts;
use crate::query::{Dependency, Queries, StoryReference};
use crate::theme::context::{self, PageFacts};
use crate::theme::{TEMPLATES, Theme};

mod copies;
mod hosts;
mod html;
mod links;
mod machines;
mod pictures;
mod redirect;
mod sitemaps;
mod template_check;
mod text_pictures;

pub use hosts::{security_txt_problem, too_many_rules};
use html::{Template, TemplateKind};
use machines::MachineFile;
pub use pictures::problems_of_pictures;
pub use template_check::problems_of_templates;

/// A rendered page.
#[derive(Debug)]
pub struct Rendered {
    /// The bytes of the file.
    pub bytes: Cow<'static, [u8]>,
    /// The queries that the page made: what it depends on besides its inputs.
    pub dependencies: Vec<Arc<Dependency>>,
}

impl Rendered {
    /// Adds queries. They stay sorted and without duplicates.
    fn depend_on(&mut self, more: Vec<Arc<Dependency>>) {
        self.dependencies.extend(more);
        self.dependencies.sort_unstable_by(|a, b| a.query.cmp(&b.query));
        self.dependencies.dedup_by(|later, first| later.query == first.query);
    }

    fn without_dependencies(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self { bytes: bytes.into(), dependencies: Vec::new() }
    }
}

/// The fingerprints of a page's inputs: what it depends on besides its queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// What all pages share: the variable `site`, the time zone and the language.
    pub settings: Fingerprint,
    /// The template and everything that it uses.
    pub template: Fingerprint,
    /// The article's source, or the file that is copied.
    pub source: Fingerprint,
    /// The page's own facts: front matter, names and numbers of a list.
    pub facts: Fingerprint,
    /// The targets of links and pictures in a text.
    pub links: Fingerprint,
    /// The cards of the stories of a list.
    pub stories: Fingerprint,
}

/// A page that is ready to render.
#[derive(Debug)]
pub struct PreparedPage<'a> {
    page: &'a Page,
    inputs: Option<Inputs>,
    task: Task<'a>,
}

/// How a page is rendered.
#[derive(Debug)]
enum Task<'a> {
    /// With a template; `index` is the variable for the page of a taxonomy.
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
    Machine(MachineFile<'a>),
    Copy(&'a FileSource),
    Picture(Option<ArticleId>, &'a PublishedPicture),
}

impl PreparedPage<'_> {
    /// The fingerprints of the page's inputs; `None` if a source file may have changed without a visible trace.
    pub fn inputs(&self) -> Option<Inputs> {
        self.inputs
    }

    /// The name of the page's template.
    pub fn template(&self) -> Option<&str> {
        match &self.task {
            Task::Plain { template, .. } | Task::List { template, .. } | Task::Article { template, .. } => {
                Some(&**template)
            }
            Task::Redirect(_) | Task::Bytes(_) | Task::Machine(_) | Task::Copy(_) | Task::Picture(..) => None,
        }
    }
}

/// Renders the pages of one edition.
#[derive(Debug)]
pub struct Renderer {
    edition: Arc<Edition>,
    theme: Arc<Theme>,
    queries: Arc<Queries>,
    /// The variable `site`, which all pages share.
    site: Value,
    /// The settings that affect all pages, as JSON.
    settings: String,
    settings_fingerprint: Fingerprint,
    portable: Portable,
    /// The template of each [`TemplateKind`].
    templates: [Option<Template>; TEMPLATES.len()],
    /// The time before the build read any file; without it, copied files are never fresh.
    clock: Option<Clock>,
    /// Bodies that were rendered while their sources were read.
    bodies: Option<Arc<BodySpool>>,
}

impl Renderer {
    /// A renderer for the edition of `queries`.
    pub fn new(theme: Arc<Theme>, queries: Arc<Queries>) -> Self {
        let edition = queries.shared_edition();
        let site = context::site(&queries, &theme);
        let config = &edition.config;
        let settings = serde_json::json!({
            "site": serde_json::to_value(&site).unwrap_or_default(),
            "base_url": config.base_url.as_str(),
            "timezone": format!("{:?}", config.timezone),
            "id_authority": config.id_authority,
            "slugs": format!("{:?}", config.slugs),
            "smart_punctuation": config.markdown.smart_punctuation,
            "raw_html": config.markdown.raw_html,
            "feeds": format!("{:?}", config.feeds),
            // Whose pages name a podcast.
            "podcasts": config.podcasts().map(|(of, _)| of).collect::<Vec<_>>(),
            "api": config.api,
            // What files for machines name.
            "pictures": (config.pictures.quality, config.pictures.widest(), config.pictures.original),
        })
        .to_string();
        Self {
            templates: TEMPLATES.map(|templates| Template::choose(&theme, templates)),
            edition,
            theme,
            queries,
            site,
            settings_fingerprint: Fingerprint::of(&settings),
            settings,
            portable: Portable::default(),
            clock: None,
            bodies: None,
        }
    }

    /// Adds what is known from reading the sources: the clock, and bodies that are rendered already.
    #[must_use]
    pub fn with_sources(self, sources: &SourceCache) -> Self {
        Self { clock: sources.clock(), bodies: sources.bodies().cloned(), ..self }
    }

    /// The edition whose pages are rendered.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The theme.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// The queries that pages make.
    pub fn queries(&self) -> &Queries {
        &self.queries
    }

    /// The settings that affect all pages, as JSON.
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// References to the stories on a page of a list.
    pub fn references(&self, prepared: &PreparedPage<'_>) -> Vec<StoryReference> {
        match &prepared.task {
            Task::List { facts, .. } => self.queries.references(facts.stories),
            _ => Vec::new(),
        }
    }

    /// Releases what is cached for a page that has been rendered.
    pub fn release(&self, page: &Page) {
        let Edition { archive, plan, .. } = self.edition();
        self.queries.release(plan.shown_on(archive, &page.kind));
    }

    /// Determines the inputs of a page.
    ///
    /// # Errors
    /// If the theme has no template for the page, or one of its source files cannot be read.
    pub fn prepare<'s>(&'s self, page: &'s Page) -> Result<PreparedPage<'s>, Diagnostic> {
        let (task, inputs) = match &page.kind {
            PageKind::Front => self.front(page)?,
            PageKind::NotFound => self.plain(page, "not_found", TemplateKind::NotFound, None)?,
            PageKind::Article(id) => self.article(page, *id)?,
            PageKind::List(list, part) => self.list(page, *list, *part)?,
            PageKind::Index(taxonomy) => self.index(page, *taxonomy)?,
            PageKind::Redirect(to) => match self.moved_feed(page, to) {
                Some((list, format)) => self.feed(page, list, format),
                None => {
                    let facts = Fingerprint::of(&to.absolute(self.edition().plan.urls()));
                    (Task::Redirect(to), Inputs { facts, ..Inputs::default() })
                }
            },
            PageKind::File(source) | PageKind::Asset(_, source) => {
                return Ok(PreparedPage { page, inputs: self.file_inputs(source), task: Task::Copy(source) });
            }
            PageKind::Picture(owner, picture) => (
                Task::Picture(*owner, picture),
                Inputs { source: pictures::fingerprint(picture), ..Inputs::default() },
            ),
            PageKind::RedirectRules => self.bytes(self.rules()?),
            PageKind::Feed(list, format) => self.feed(page, *list, *format),
            PageKind::Sitemap(sitemap) => self.sitemap(sitemap),
            PageKind::NginxMap => self.bytes(self.nginx_map()),
            PageKind::Headers(fingerprinted) => self.bytes(self.headers(fingerprinted)),
            PageKind::Robots => self.bytes(self.robots()),
            PageKind::Trust(file) => self.bytes(self.trust(*file, &page.route)),
            PageKind::ArticleJson(id) => self.article_json(*id),
            PageKind::ListJson(list) => self.list_json(page, *list),
        };
        Ok(PreparedPage { page, inputs: Some(inputs), task })
    }

    /// Renders a page.
    ///
    /// # Errors
    /// If a template fails, or a source file of the page is gone or has changed.
    pub fn render(&self, prepared: &PreparedPage<'_>) -> Result<Rendered, Diagnostic> {
        let page = prepared.page;
        match &prepared.task {
            Task::Plain { template, facts, index } => {
                self.render_plain(page, template, facts, index.as_ref())
            }
            Task::List { template, facts } => self.render_list(page, template, facts),
            Task::Article { template, id } => self.render_article(page, template, *id),
            Task::Redirect(to) => {
                let urls = self.edition().plan.urls();
                let is_xml = page.route.as_str().ends_with(".xml");
                let text = if is_xml { redirect::xml(urls, to) } else { redirect::html(urls, to) };
                Ok(Rendered::without_dependencies(text.into_bytes()))
            }
            Task::Bytes(bytes) => Ok(Rendered::without_dependencies(bytes.clone())),
            Task::Machine(file) => self.machine_bytes(page, file).map(Rendered::without_dependencies),
            Task::Copy(source) => {
                copies::check_recording(page, source, self.edition())?;
                let bytes = read(source)?;
                copies::published(page, source, bytes, self.edition()).map(Rendered::without_dependencies)
            }
            Task::Picture(owner, picture) => {
                self.picture(*owner, picture).map(Rendered::without_dependencies)
            }
        }
    }

    /// The file that a page is a copy of: one of the site whose bytes may be published. It may be too large to load into memory.
    pub fn copied_file<'p>(&self, prepared: &'p PreparedPage<'_>) -> Option<Cow<'p, Path>> {
        match &prepared.task {
            Task::Copy(FileSource::Disk(path)) if copies::is_replaced(prepared.page, path) => None,
            Task::Copy(FileSource::Disk(path)) => Some(Cow::Borrowed(path)),
            _ => None,
        }
    }

    /// Checks a file that is about to be copied.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn check_copy(&self, prepared: &PreparedPage<'_>) -> Result<(), Diagnostic> {
        let Task::Copy(source) = &prepared.task else { return Ok(()) };
        if let FileSource::Disk(file) = source {
            std::fs::File::open(file).map_err(|error| unreadable(file, &error))?;
        }
        Ok(())
    }

    /// The text of an article as HTML.
    fn body(
        &self,
        id: ArticleId,
        target: &dyn Fn(&str, ReferenceKind) -> Target,
    ) -> Result<String, Diagnostic> {
        let Edition { content, config, .. } = self.edition();
        let spooled = self.bodies.as_ref().and_then(|bodies| bodies.get(&content.get(id).path));
        spooled.map_or_else(|| content.html(id, config, target), Ok)
    }

    fn bytes(&self, bytes: Vec<u8>) -> (Task<'_>, Inputs) {
        let inputs = Inputs { source: Fingerprint::of_bytes(&bytes), ..Inputs::default() };
        (Task::Bytes(bytes), inputs)
    }

    fn file_inputs(&self, source: &FileSource) -> Option<Inputs> {
        let source = match source {
            // Embedded files change only with the program, which ignores the records of other versions.
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
    Diagnostic::error("content/unreadable", format!("cannot read this file: {error}"))
        .at(Place::file(file.to_string_lossy().replace('\\', "/")))
}
