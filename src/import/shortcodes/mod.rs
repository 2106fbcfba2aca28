//! Shortcodes and template tags of other generators → Markdown or HTML, by a table.
//!
//! The table is data: [`SHIPPED`], overridden by the site's own `import.map.yaml`. [`replace`] applies it to a text,
//! [`brackets`] finds the shortcodes of WordPress, [`filters`] extends Tera for its templates, [`remap`] applies it to stories
//! that were imported before.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::sync::{Arc, LazyLock};

use serde::Serialize;
use tera::{Context, Tera};

use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::site::SiteDir;
use crate::yaml::{Document, Node};

pub(super) mod brackets;
mod filters;
pub(super) mod remap;
pub(super) mod replace;

pub(super) use filters::{fence, linked, remove_blank_lines};

/// The site's own table, beside its settings.
const FILE: &str = "import.map.yaml";
/// The table for every site.
const TEXT: &str = include_str!("import.map.yaml");

/// The syntax of shortcodes, named after the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `{{< name >}}…{{< /name >}}`
    Hugo,
    /// `{{ name() }}` and `{% name() %}…{% end %}`
    Zola,
    /// `{% name %}…{% endname %}`
    Jekyll,
    /// `[name]…[/name]`
    Wordpress,
}

impl Syntax {
    const ALL: [&str; 5] = ["all", "hugo", "zola", "jekyll", "wordpress"];

    fn name(self) -> &'static str {
        match self {
            Self::Hugo => "hugo",
            Self::Zola => "zola",
            Self::Jekyll => "jekyll",
            Self::Wordpress => "wordpress",
        }
    }
}

/// A shortcode in a text.
#[derive(Clone, Debug)]
pub(super) struct ShortcodeCall<'a> {
    pub(super) syntax: Syntax,
    pub(super) name: &'a str,
    /// Its arguments. Positional ones have an empty name.
    pub(super) values: Vec<(String, String)>,
}

/// What a shortcode is replaced with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replacement {
    pub(super) text: String,
    /// Whether it is a block.
    pub(super) is_block: bool,
}

/// An entry of the table.
#[derive(Clone, Debug)]
struct MapEntry {
    /// The name of its template. `None` keeps the shortcode as it is.
    template: Option<String>,
    is_block: bool,
    takes_inner: bool,
}

/// A table.
#[derive(Default)]
struct MapLayer {
    tera: Tera,
    /// By `generator name`.
    entries: HashMap<String, MapEntry>,
}

static SHIPPED: LazyLock<MapLayer> = LazyLock::new(|| {
    let (layer, problems) = MapLayer::read(&FILE.into(), &TEXT.into());
    debug_assert!(problems.is_empty(), "{:?}", problems.first().map(|problem| &problem.message));
    layer
});

/// The tables that apply to a site.
#[derive(Default)]
pub struct ShortcodeMap {
    own: Option<MapLayer>,
}

/// The tables for a site without one of its own.
#[cfg(test)]
pub(super) static SHIPPED_ONLY: ShortcodeMap = ShortcodeMap { own: None };

impl std::fmt::Debug for ShortcodeMap {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Map").field("has_own", &self.own.is_some()).finish()
    }
}

impl ShortcodeMap {
    /// Reads the site's own table, if there is one.
    ///
    /// # Errors Everything that is wrong with the file.
    pub(super) fn read(site: &SiteDir) -> Result<Self, Vec<Diagnostic>> {
        let text = match fs::read_to_string(site.root().join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                let message = format!("cannot read this file: {error}");
                return Err(vec![Diagnostic::fatal("import/map", message).at(Place::file(FILE))]);
            }
        };
        let (layer, problems) = MapLayer::read(&FILE.into(), &text.into());
        if problems.is_empty() { Ok(Self { own: Some(layer) }) } else { Err(problems) }
    }

    fn entry(&self, syntax: Syntax, name: &str) -> Option<(&MapLayer, &MapEntry)> {
        let name = name.to_lowercase();
        let own = format!("{} {name}", syntax.name());
        // Texts of WordPress are HTML, all others Markdown.
        let all = (syntax != Syntax::Wordpress).then(|| format!("all {name}"));
        let keys = [Some(own), all];
        let layers = [self.own.as_ref(), Some(&*SHIPPED)];
        layers.into_iter().flatten().find_map(|layer| {
            let entry = keys.iter().flatten().find_map(|key| layer.entries.get(key))?;
            Some((layer, entry))
        })
    }

    /// Whether the table has an entry for a name, even one that keeps the shortcode.
    fn knows(&self, syntax: Syntax, name: &str) -> bool {
        self.entry(syntax, name).is_some()
    }

    /// Whether an entry uses the text between a shortcode and its end. `None` if there is no template.
    pub(super) fn takes_body(&self, syntax: Syntax, name: &str) -> Option<bool> {
        let (_, entry) = self.entry(syntax, name)?;
        entry.template.as_ref().map(|_| entry.takes_inner)
    }

    /// Expands a shortcode. `inner` is the converted and the original text up to its end, if it has one. `None` if there is no
    /// template, or it lacks an argument.
    pub(super) fn expand(
        &self,
        call: &ShortcodeCall<'_>,
        inner: Option<(&str, &str)>,
    ) -> Option<Replacement> {
        let (layer, entry) = self.entry(call.syntax, call.name)?;
        let template = entry.template.as_ref()?;
        if !entry.takes_inner && inner.is_some_and(|(inner, _)| !inner.trim().is_empty()) {
            return None;
        }
        let mut context = Context::new();
        let (mut args, mut params) = (Vec::new(), HashMap::new());
        for (name, value) in &call.values {
            let name = if name.is_empty() {
                args.push(value.as_str());
                (args.len() - 1).to_string()
            } else {
                name.to_lowercase()
            };
            params.insert(name, value.as_str());
        }
        put(&mut context, "args", &args);
        put(&mut context, "params", &params);
        put(&mut context, "name", &call.name);
        if let Some((inner, verbatim)) = inner {
            put(&mut context, "inner", &inner.trim());
            put(&mut context, "verbatim", &verbatim);
        }
        let text = layer.tera.render(template, &context).ok()?;
        Some(Replacement { text: text.trim_matches('\n').trim_end().to_owned(), is_block: entry.is_block })
    }
}

fn put(context: &mut Context, name: &'static str, value: &impl Serialize) {
    context.insert(name, value);
}

impl MapLayer {
    /// Reads a table and everything that is wrong with it.
    fn read(file: &Arc<str>, text: &Arc<str>) -> (Self, Vec<Diagnostic>) {
        let mut layer = Self::default();
        layer.tera.autoescape_on(Vec::<String>::new());
        filters::register(&mut layer.tera);
        let mut problems = Vec::new();
        let document = match Document::parse(file, text, 0..text.len()) {
            Ok(document) => document,
            Err(problem) => return (layer, vec![*problem]),
        };
        if document.root().is_null() {
            return (layer, problems);
        }
        let of_all = match document.map() {
            Ok(map) => map,
            Err(problem) => return (layer, vec![*problem]),
        };
        for (key, entries) in of_all.entries() {
            let syntax = key.string().unwrap_or_default();
            if !Syntax::ALL.contains(&&*syntax) {
                let known =
                    did_you_mean(&syntax, Syntax::ALL).map(|name| format!("; did you mean `{name}`?"));
                let known = known.unwrap_or_default();
                problems.push(
                    key.error("import/map", format!("unknown generator `{syntax}`{known}"))
                        .help(format!("use one of {}", Syntax::ALL.join(", "))),
                );
                continue;
            }
            match entries.map() {
                Ok(map) => map.entries().for_each(|(names, text)| {
                    let names = names.string().unwrap_or_default();
                    problems.extend(layer.add(&syntax, &names, text));
                }),
                Err(problem) => problems.push(*problem),
            }
        }
        (layer, problems)
    }

    /// Adds an entry for one name, or for several separated by commas.
    fn add(&mut self, syntax: &str, names: &str, text: Node<'_>) -> Option<Diagnostic> {
        let mut entry = MapEntry { template: None, is_block: false, takes_inner: false };
        if !text.is_null() {
            let template = match text.string() {
                Ok(template) => template,
                Err(problem) => return Some(*problem),
            };
            entry.is_block = template.ends_with('\n');
            entry.takes_inner = template.contains("inner") || template.contains("verbatim");
            let name = format!("{syntax} {names}");
            if let Err(error) = self.tera.add_raw_template(&name, &template) {
                let message = match error.kind() {
                    tera::ErrorKind::SyntaxError(report) => {
                        report.message().trim().trim_end_matches('.').to_owned()
                    }
                    _ => error
                        .to_string()
                        .lines()
                        .next()
                        .unwrap_or_default()
                        .trim_start_matches("error: ")
                        .to_owned(),
                };
                let message = format!("the template of `{names}` is invalid: {message}");
                return Some(text.error("import/map", message));
            }
            entry.template = Some(name);
        }
        for name in names.split(',').map(|name| name.trim().to_lowercase()) {
            self.entries.insert(format!("{syntax} {name}"), entry.clone());
        }
        None
    }
}

#[cfg(test)]
mod tests;
