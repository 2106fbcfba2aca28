//! Pages that templates render → their inputs and HTML.

use std::sync::Arc;

use tera::{Context, Value};

use super::text_pictures::TextPictures;
use super::{Inputs, Rendered, Renderer, Task};
use crate::archive::{Taxonomy, Visibility};
use crate::content::markdown::{ReferenceKind, Target};
use crate::content::{ArticleId, place_of};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::manifest::Fingerprint;
use crate::plan::{List, ListPage, Page};
use crate::query::lists::ListFacts;
use crate::query::{Query, TermKind, TermOrder, of_value};
use crate::theme::context::{self, PageFacts};
use crate::theme::{TEMPLATES, Theme};

/// The kinds of pages that share a choice of templates, in the order of [`TEMPLATES`].
#[derive(Clone, Copy, Debug)]
pub(super) enum TemplateKind {
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

impl TemplateKind {
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

/// A template with the fingerprint of everything that it uses.
#[derive(Clone, Debug)]
pub(super) struct Template {
    name: Arc<str>,
    fingerprint: Fingerprint,
}

impl Template {
    pub(super) fn choose(theme: &Theme, templates: &[&str]) -> Option<Self> {
        let name = theme.choose(templates)?;
        let fingerprint = Fingerprint::of(&(
            name,
            theme.fingerprint(name),
            theme.strings_fingerprint(),
            theme.text_sizes(),
        ));
        Some(Self { name: name.into(), fingerprint })
    }
}

type Prepared<'s> = Result<(Task<'s>, Inputs), Diagnostic>;

impl Renderer {
    /// Prepares the front page. A theme without a template for it renders a list of the newest stories.
    pub(super) fn front<'s>(&'s self, page: &'s Page) -> Prepared<'s> {
        let template = self.template(page, TemplateKind::Front)?;
        if template.name.rsplit('/').next() == TEMPLATES[TemplateKind::Front as usize].first().copied() {
            return self.plain(page, "front", TemplateKind::Front, None);
        }
        Ok(self.prepare_list(page, template, ListFacts::of_front(&self.queries)))
    }

    pub(super) fn plain<'s>(
        &'s self,
        page: &'s Page,
        kind: &'static str,
        template: TemplateKind,
        index: Option<Value>,
    ) -> Prepared<'s> {
        let description = self.edition().config.description.as_deref().filter(|_| kind == "front");
        let facts = PageFacts { kind, title: None, description, canonical: None, language: None };
        let template = self.template(page, template)?;
        let inputs = Inputs {
            settings: self.settings_fingerprint,
            template: template.fingerprint,
            facts: Fingerprint::of(&(&facts, page.route.as_str(), index.as_ref().map(of_value))),
            ..Inputs::default()
        };
        Ok((Task::Plain { template: template.name, facts, index }, inputs))
    }

    pub(super) fn article<'s>(&'s self, page: &'s Page, id: ArticleId) -> Prepared<'s> {
        let Edition { content, archive, .. } = self.edition();
        let article = content.get(id);
        let own = article.front.template.as_deref().and_then(|own| Template::choose(&self.theme, &[own]));
        let kind = if article.is_standing() { TemplateKind::Standing } else { TemplateKind::Article };
        let template = own.map_or_else(|| self.template(page, kind), Ok)?;
        let links: Vec<Target> = match archive.visibility(id) {
            Visibility::Withdrawn => Vec::new(),
            _ => self.targets(id).collect(),
        };
        let inputs = Inputs {
            settings: self.settings_fingerprint,
            template: template.fingerprint,
            source: article.hash,
            facts: self.queries.card_fingerprint(id),
            links: Fingerprint::of(&(links, self.translations(id))),
            stories: Fingerprint::default(),
        };
        Ok((Task::Article { template: template.name, id }, inputs))
    }

    pub(super) fn list<'s>(&'s self, page: &'s Page, list: List, part: ListPage) -> Prepared<'s> {
        let template = self.template(page, TemplateKind::of_list(list))?;
        let Edition { archive, plan, .. } = self.edition();
        let shown = plan.shown_on(archive, &page.kind);
        let facts = ListFacts::new(&self.queries, list, part, shown).ok_or_else(|| {
            Diagnostic::error("theme/template", format!("there is no list at {}", page.route.as_str()))
        })?;
        Ok(self.prepare_list(page, template, facts))
    }

    fn prepare_list<'s>(&self, page: &Page, template: Template, facts: ListFacts<'s>) -> (Task<'s>, Inputs) {
        let inputs = Inputs {
            settings: self.settings_fingerprint,
            template: template.fingerprint,
            facts: Fingerprint::of(&(&facts, page.route.as_str())),
            stories: self.card_fingerprints(facts.stories),
            ..Inputs::default()
        };
        (Task::List { template: template.name, facts: Box::new(facts) }, inputs)
    }

    pub(super) fn index<'s>(&'s self, page: &'s Page, taxonomy: Taxonomy) -> Prepared<'s> {
        let kind = TermKind::Of(taxonomy);
        let query = Query::Terms(kind, TermOrder::Usual, usize::MAX);
        let (terms, _) = self.queries.ask(&query).map_err(|why| Diagnostic::error("theme/template", why))?;
        self.plain(page, kind.name(), TemplateKind::Terms, Some(context::index(taxonomy, terms)))
    }

    /// The template for pages of a kind.
    fn template(&self, page: &Page, kind: TemplateKind) -> Result<Template, Diagnostic> {
        self.templates[kind as usize].clone().ok_or_else(|| {
            let names = TEMPLATES[kind as usize].join("` or `");
            Diagnostic::error("theme/no-template", format!("the theme has no template `{names}`"))
                .help(format!("add it: {} needs it", page.route.as_str()))
        })
    }

    pub(super) fn render_plain(
        &self,
        page: &Page,
        template: &str,
        facts: &PageFacts<'_>,
        index: Option<&Value>,
    ) -> Result<Rendered, Diagnostic> {
        let mut context = self.context(page, facts);
        if let Some(index) = index {
            context.insert_value("index", index.clone());
        }
        self.render_template(page, template, &context)
    }

    pub(super) fn render_list(
        &self,
        page: &Page,
        template: &str,
        list: &ListFacts<'_>,
    ) -> Result<Rendered, Diagnostic> {
        let facts = PageFacts {
            kind: list.kind,
            title: Some(&*list.title).filter(|_| list.kind != "front"),
            description: list.description,
            canonical: None,
            language: None,
        };
        let mut context = self.context(page, &facts);
        context.insert_value("list", list.value(self.queries.cards(list.stories)));
        self.render_template(page, template, &context)
    }

    pub(super) fn render_article(
        &self,
        page: &Page,
        template: &str,
        id: ArticleId,
    ) -> Result<Rendered, Diagnostic> {
        let edition = self.edition();
        let article = edition.content.get(id);
        let withdrawn = edition.archive.visibility(id) == Visibility::Withdrawn;
        let pictures = TextPictures::new(self, id);
        let html = if withdrawn {
            String::new()
        } else {
            let target = |reference: &str, kind: ReferenceKind| pictures.target(reference, kind);
            self.body(id, &target)?
        };
        let summary = article.front.deck.as_deref().unwrap_or(&article.outline.summary);
        let canonical = article.front.canonical_url.clone();
        let facts = PageFacts {
            kind: if article.is_standing() { "standing" } else { "article" },
            title: Some(if withdrawn { article.front.notice_headline() } else { &article.front.title }),
            description: Some(summary).filter(|summary| !withdrawn && !summary.is_empty()),
            canonical: canonical.filter(|url| !withdrawn && edition.shown(id, url).is_some()),
            language: article.front.lang.as_deref(),
        };
        let mut context = self.context(page, &facts);
        context::article(&mut context, &self.queries, id, &html);
        let mut rendered = self
            .render_template(page, template, &context)
            .map_err(|problem| problem.also("while rendering this story", place_of(article)))?;
        rendered.depend_on(pictures.into_dependencies());
        Ok(rendered)
    }

    /// The variables `site` and `page`.
    fn context(&self, page: &Page, facts: &PageFacts<'_>) -> Context {
        let mut context = Context::new();
        context.insert_value("site", self.site.clone());
        context.insert_value("page", context::page(&self.queries, page, facts));
        context
    }

    fn render_template(
        &self,
        page: &Page,
        template: &str,
        context: &Context,
    ) -> Result<Rendered, Diagnostic> {
        let (html, dependencies) = self.theme.render(template, context, page, &self.queries)?;
        Ok(Rendered { bytes: html.into_bytes().into(), dependencies })
    }
}
