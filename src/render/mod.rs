//! One planned page → its bytes, and what it read of the site.

use std::borrow::Cow;
use std::sync::Arc;

use tera::Value;

use crate::archive::{Taxonomy, Visibility};
use crate::content::markdown::{ReferenceKind, Target, Written, classify, resolve};
use crate::content::{Article, ArticleId, Changed, place_of, place_of_value};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::plan::{FileSource, List, Page, PageKind, Part, RULES, Route, rules};
use crate::theme::context::{self, PageFacts};
use crate::theme::queries::{Query, TermKind, TermOrder};
use crate::theme::{Queries, Read, Theme};

mod redirect;

/// A page as it is served.
#[derive(Debug)]
pub struct Rendered {
    /// The bytes of the file.
    pub bytes: Cow<'static, [u8]>,
    /// The questions the page asked of the site, with hashes of the answers: what it depends on besides itself.
    pub reads: Vec<Read>,
}

/// Renders the pages of one edition.
#[derive(Debug)]
pub struct Renderer<'a> {
    theme: &'a Theme,
    queries: Arc<Queries>,
    /// `site`, the same on every page.
    site: Value,
}

impl<'a> Renderer<'a> {
    /// For the edition that `queries` knows.
    pub fn new(theme: &'a Theme, queries: Arc<Queries>) -> Self {
        let site = context::site(&queries, theme);
        Self { theme, queries, site }
    }

    /// Renders a page.
    ///
    /// # Errors
    /// If a template fails, or a file that the page is made from is gone or has changed.
    pub fn render(&self, page: &Page) -> Result<Rendered, Diagnostic> {
        match &page.kind {
            PageKind::Front => self.plain(page, "front", &["front.html", "list.html"]),
            PageKind::NotFound => self.plain(page, "not_found", &["404.html"]),
            PageKind::Article(id) => self.article(page, *id),
            PageKind::List(list, part) => self.list(page, *list, *part),
            PageKind::Index(taxonomy) => self.index(page, *taxonomy),
            PageKind::Redirect(to) => Ok(unread(redirect::page(self.edition().plan.urls(), to).into_bytes())),
            PageKind::RedirectRules => self.rules(),
            PageKind::File(source) | PageKind::Asset(_, source) => {
                read(source).map(|bytes| Rendered { bytes, reads: Vec::new() })
            }
        }
    }

    /// The files that pages asked for under a name with a fingerprint. Complete once all pages are rendered.
    pub fn fingerprinted(&self) -> Vec<Page> {
        let files = self.queries.fingerprinted().into_iter();
        files.map(|(route, source)| Page { route, kind: PageKind::File(source) }).collect()
    }

    fn edition(&self) -> &Edition {
        self.queries.edition()
    }

    fn plain(&self, page: &Page, kind: &str, templates: &[&str]) -> Result<Rendered, Diagnostic> {
        let description = self.edition().config.description.as_deref().filter(|_| kind == "front");
        let facts = PageFacts { kind, title: None, description, canonical: None, language: None };
        self.html(page, templates, &context::page(&self.queries, &self.site, page, facts))
    }

    fn article(&self, page: &Page, id: ArticleId) -> Result<Rendered, Diagnostic> {
        let edition = self.edition();
        let article = edition.content.get(id);
        let withdrawn = edition.archive.visibility(id) == Visibility::Withdrawn;
        let html = if withdrawn {
            String::new()
        } else {
            let target = |written: &str, _: ReferenceKind| self.target(id, written);
            edition.content.html(article, &target).map_err(|changed| source_changed(article, &changed))?
        };
        let summary = article.front.deck.as_deref().unwrap_or(&article.outline.summary);
        let facts = PageFacts {
            kind: if article.is_standing() { "standing" } else { "article" },
            title: Some(&article.front.title),
            description: Some(summary).filter(|summary| !withdrawn && !summary.is_empty()),
            canonical: article.front.canonical_url.clone().filter(|_| !withdrawn),
            language: article.front.lang.as_deref(),
        };
        let mut context = context::page(&self.queries, &self.site, page, facts);
        context::article(&mut context, &self.queries, id, &html);
        let on_the_press =
            |problem: Diagnostic| problem.also("while this article was on the press", place_of(article));
        if let Some(own) = article.front.template.as_deref().filter(|own| self.theme.choose(&[own]).is_some())
        {
            return self.html(page, &[own], &context).map_err(on_the_press);
        }
        let templates: &[&str] =
            if article.is_standing() { &["page.html", "article.html"] } else { &["article.html"] };
        self.html(page, templates, &context).map_err(on_the_press)
    }

    fn list(&self, page: &Page, list: List, part: Part) -> Result<Rendered, Diagnostic> {
        let named = context::name(&self.queries, list);
        let facts = PageFacts {
            kind: context::kind(list),
            title: Some(&named.title),
            description: named.description.as_deref(),
            canonical: None,
            language: None,
        };
        let mut context = context::page(&self.queries, &self.site, page, facts);
        context::list(&mut context, &self.queries, list, part);
        let own = match list {
            List::Term(Taxonomy::Section, _) => "section.html",
            List::Term(Taxonomy::Tag, _) => "tag.html",
            List::Term(Taxonomy::Author, _) => "author.html",
            List::Term(Taxonomy::Series, _) => "series.html",
            List::Period(_) => "archive.html",
        };
        self.html(page, &[own, "list.html"], &context)
    }

    fn index(&self, page: &Page, taxonomy: Taxonomy) -> Result<Rendered, Diagnostic> {
        let query = Query::Terms(TermKind::Of(taxonomy), TermOrder::Usual, usize::MAX);
        let terms = self.queries.ask(&query).map_err(|why| Diagnostic::error("theme/template", why))?;
        let kind = context::index_kind(taxonomy);
        let facts = PageFacts { kind, title: None, description: None, canonical: None, language: None };
        let mut context = context::page(&self.queries, &self.site, page, facts);
        context::index(&mut context, taxonomy, terms.value);
        self.html(page, &["terms.html"], &context)
    }

    fn rules(&self) -> Result<Rendered, Diagnostic> {
        let Edition { plan, statics, .. } = self.edition();
        let own =
            statics.iter().find(|file| file.path == RULES).map(|file| read(&file.source)).transpose()?;
        let own = own.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let path = |route: &Route| plan.urls().path(route);
        let redirects = plan.redirects().iter().map(|(from, to)| (path(from), path(to)));
        Ok(unread(rules(own.as_deref(), redirects).into_bytes()))
    }

    fn html(&self, page: &Page, templates: &[&str], context: &tera::Context) -> Result<Rendered, Diagnostic> {
        let Some(template) = self.theme.choose(templates) else {
            let names = templates.join("` or `");
            return Err(Diagnostic::error(
                "theme/no-template",
                format!("the theme has no template `{names}`"),
            )
            .help(format!("it is needed for {}", page.route.as_str())));
        };
        let (html, reads) = self.theme.render(template, context, &self.queries)?;
        Ok(Rendered { bytes: html.into_bytes().into(), reads })
    }

    /// What a destination in an article's text becomes.
    fn target(&self, id: ArticleId, written: &str) -> Target {
        let Edition { content, archive, plan, .. } = self.edition();
        match classify(written) {
            Written::Source { path, fragment } => {
                let target = resolve(&content.get(id).path, &path).and_then(|path| content.by_path(&path));
                match target.and_then(|target| plan.article(archive, target)) {
                    Some(route) => {
                        let fragment = fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
                        Target::Url(plan.urls().path(route) + &fragment, None)
                    }
                    None => Target::Hidden,
                }
            }
            Written::Site(path) => Target::Url(plan.urls().path_of(path), None),
            Written::File(reference) => match context::file_url(self.edition(), id, written) {
                Some((url, size)) => Target::Url(url, size),
                // It is there, and must not be shown.
                None if content.get(id).asset(&reference).is_some() => Target::Hidden,
                None => Target::Keep,
            },
            Written::Elsewhere | Written::Unsafe | Written::Fragment(_) => Target::Keep,
        }
    }
}

/// Warns of articles that ask for a template that the theme does not have: they are shown with the usual one.
pub fn missing_templates(theme: &Theme, edition: &Edition) -> Vec<Diagnostic> {
    let Edition { content, archive, .. } = edition;
    let shown = content.iter().filter(|(id, _)| archive.visibility(*id) == Visibility::Shown);
    let asked = shown.filter_map(|(_, article)| Some((article, article.front.template.as_deref()?)));
    asked
        .filter(|(_, template)| theme.choose(&[template]).is_none())
        .map(|(article, template)| {
            let message = format!("the theme has no template `{template}`; the usual one is used");
            let help = match theme.near(template) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "take `template` out of the front matter, or add the file to `templates/`".to_owned(),
            };
            Diagnostic::warning("theme/no-template", message)
                .at(place_of_value(content, article, template))
                .help(help)
        })
        .collect()
}

fn unread(bytes: Vec<u8>) -> Rendered {
    Rendered { bytes: bytes.into(), reads: Vec::new() }
}

fn read(source: &FileSource) -> Result<Cow<'static, [u8]>, Diagnostic> {
    match source {
        FileSource::Embedded(bytes) => Ok(Cow::Borrowed(*bytes)),
        FileSource::Disk(path) => std::fs::read(path).map(Cow::Owned).map_err(|error| {
            Diagnostic::error("content/unreadable", format!("this file cannot be read: {error}"))
                .at(Place::file(path.to_string_lossy().replace('\\', "/")))
        }),
    }
}

fn source_changed(article: &Article, changed: &Changed) -> Diagnostic {
    let what = match &changed.0 {
        Some(error) => format!("this file could not be read a second time: {error}"),
        None => "this file changed while the site was built".to_owned(),
    };
    Diagnostic::error("content/changed", what).at(place_of(article)).help("build again")
}
