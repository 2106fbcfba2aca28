//! Destinations of links and pictures → where they lead on the new site.
//!
//! A page moves, so nothing may be relative to it but the files that come along with it. Links to other articles become their old
//! URLs, which the new site answers by aliases.

use percent_encoding::percent_decode_str;

use super::urls::{below, encoded, in_markdown, is_document, join, split};
use super::{Context, Dialect, Finder as _, Kind, Target};
use crate::content::markdown::{Written, classify, resolve};
use crate::import::story::{Media, Span, Story};

/// Finds the place of a destination, if it is wanted: counting columns takes time.
pub(super) type Where<'a> = &'a dyn Fn() -> Option<Span>;

/// What a destination is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A link or an attribute of HTML.
    Link,
    /// A picture in the text.
    Picture,
    /// A picture in front matter, whose path may be that of the static files without `/` in front.
    Lead,
}

impl<D: Dialect> Context<'_, D> {
    /// What is to be written in place of a destination. `None` if it stays.
    pub(super) fn destination(
        &self,
        story: &mut Story,
        written: &str,
        usage: Use,
        at: Where<'_>,
    ) -> Option<String> {
        let new = self.on_the_old_site(story, written, usage, at);
        let base = self.dialect.base();
        // The new site puts its own path in front, so that it may not be there twice.
        let is_same = !base.is_empty() && self.desk.config.base_url.path().trim_end_matches('/') == base;
        if !is_same {
            return new;
        }
        let there = new.as_deref().unwrap_or(written.trim());
        let inner =
            there.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        match inner {
            Some(inner) if !self.tree.is_static(split_end(there).0.trim_start_matches('/')) => {
                let slash = if inner.starts_with('/') { "" } else { "/" };
                Some(format!("{slash}{inner}"))
            }
            _ => new,
        }
    }

    /// The same with the paths of the old site.
    fn on_the_old_site(&self, story: &mut Story, written: &str, usage: Use, at: Where<'_>) -> Option<String> {
        let written = written.trim();
        let (reference, end) = split_end(written);
        let path = percent_decode_str(reference).decode_utf8_lossy();
        match self.dialect.target(self.path, &path) {
            Some(Target::Path(path)) => return Some(in_markdown(&path) + end),
            Some(Target::File(file)) => return Some(self.file(story, &file, written, (usage, end), at)),
            None => {}
        }
        match classify(written) {
            Written::Unsafe | Written::Fragment(_) => None,
            Written::Source { path, .. } => {
                let found = self.article(&path);
                let whole = join(self.url(), &path);
                Some(self.to_article(story, found, (&path, &whole), end, at))
            }
            Written::Site(_) => self.site_path(story, &path, (usage, end), at),
            _ if path.starts_with('{') => {
                let words = format!("the link leads to `{written}`, which only the old site understands");
                story.remark("import/link", words, at());
                None
            }
            _ if is_whole(written) || path.is_empty() => None,
            _ => Some(self.relative(story, &path, (usage, end), at)),
        }
    }

    /// The article that a path leads to: from the folder of this one, or from the content.
    fn article(&self, path: &str) -> Option<String> {
        let from_root = |path: &str| resolve("", path).map(|path| below(self.dialect.content(), &path));
        let ways = match path.strip_prefix('/') {
            Some(rest) => [from_root(rest), resolve("", rest)],
            None => [resolve(self.path, path), from_root(path)],
        };
        ways.into_iter().flatten().find(|path| self.archive.is_article(path))
    }

    fn to_article(
        &self,
        story: &mut Story,
        found: Option<String>,
        (written, whole): (&str, &str),
        end: &str,
        at: Where<'_>,
    ) -> String {
        if let Some(url) = found.and_then(|path| self.archive.url_of(&path)) {
            return url + end;
        }
        story.remark(
            "import/link",
            format!("the link leads to `{written}`, which is no article of the archive"),
            at(),
        );
        // Without its extension: it would be taken for the file of an article.
        let path = whole.trim_end_matches('/');
        let bare = [".md", ".markdown", ".rst", ".adoc", ".org", ".ipynb"];
        let path = bare.iter().find_map(|extension| path.strip_suffix(extension)).unwrap_or(path);
        in_markdown(path.strip_suffix("_index").unwrap_or(path)) + end
    }

    /// The path that a file of the content has from the root of the old site, about.
    fn about(&self, file: &str) -> String {
        let content = self.dialect.content();
        let inner = file.strip_prefix(content).filter(|_| !content.is_empty()).unwrap_or(file);
        format!("{}/{}", self.dialect.base(), inner.trim_start_matches('/'))
    }

    /// What is written for a file of the archive.
    fn file(
        &self,
        story: &mut Story,
        file: &str,
        written: &str,
        (usage, end): (Use, &str),
        at: Where<'_>,
    ) -> String {
        match self.dialect.sort(file) {
            Kind::Article | Kind::List => {
                let found = self.archive.is_article(file).then(|| file.to_owned());
                self.to_article(story, found, (written, &self.about(file)), end, at)
            }
            Kind::Skipped(_) if is_source(file) => {
                self.to_article(story, None, (written, &self.about(file)), end, at)
            }
            Kind::Static(name) => format!("/{}{end}", in_markdown(&name)),
            _ => match self.along(story, file, split(file).1) {
                Some(name) => name + end,
                None => {
                    self.missing(story, written, usage, at);
                    in_markdown(&self.about(file)) + end
                }
            },
        }
    }

    /// A path from the root of the old site.
    fn site_path(
        &self,
        story: &mut Story,
        path: &str,
        (usage, end): (Use, &str),
        at: Where<'_>,
    ) -> Option<String> {
        let inner =
            path.strip_prefix(self.dialect.base()).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        let name = inner.trim_start_matches('/');
        if self.tree.is_static(name) {
            return (inner != path).then(|| format!("/{}{end}", in_markdown(name)));
        }
        let file = below(self.dialect.content(), name);
        if is_document(name)
            && self.dialect.sort(&file) == Kind::Beside
            && let Some(name) = self.along(story, &file, split(&file).1)
        {
            return Some(name + end);
        }
        if usage != Use::Link {
            self.missing(story, path, usage, at);
        }
        None
    }

    /// A path that is relative to the page.
    fn relative(&self, story: &mut Story, path: &str, (usage, end): (Use, &str), at: Where<'_>) -> String {
        if let Some(file) = resolve(self.path, path)
            && self.tree.holds(&file).is_some()
        {
            match self.dialect.sort(&file) {
                Kind::Static(name) => return format!("/{}{end}", in_markdown(&name)),
                Kind::Article => return self.file(story, &file, path, (usage, end), at),
                _ => {
                    let own = path.trim_start_matches("./");
                    if let Some(name) = self.along(story, &file, own) {
                        return name + end;
                    }
                }
            }
        }
        if usage == Use::Lead {
            // Templates begin at the root of the site.
            let inner = path.trim_start_matches("./");
            if !self.tree.is_static(inner) {
                self.missing(story, path, usage, at);
            }
            return in_markdown(&join("/", inner)) + end;
        }
        let whole = join(self.url(), path);
        let remarks = story.remarks.len();
        if let Some(known) = self.site_path(story, &whole, (usage, end), at) {
            return known;
        }
        let inner = whole.strip_prefix(self.dialect.base()).unwrap_or(&whole).trim_start_matches('/');
        let is_said = story.remarks.len() > remarks;
        if !is_said && is_document(path) && !self.tree.is_static(inner) {
            self.missing(story, path, usage, at);
        }
        in_markdown(&whole) + end
    }

    /// Takes along the pictures and documents beside the article that a value names.
    pub(super) fn named_in(&self, story: &mut Story, value: &serde_json::Value, depth: usize) {
        match value {
            serde_json::Value::String(path)
                if path.len() < 512 && is_document(path) && !path.starts_with('/') =>
            {
                let file = resolve(self.path, path).filter(|file| self.dialect.sort(file) == Kind::Beside);
                if let Some(file) = file.filter(|_| !path.split('/').any(|part| part == "..")) {
                    self.along(story, &file, path);
                }
            }
            serde_json::Value::Array(items) if depth > 0 => {
                items.iter().for_each(|item| self.named_in(story, item, depth - 1));
            }
            serde_json::Value::Object(map) if depth > 0 => {
                map.values().for_each(|item| self.named_in(story, item, depth - 1));
            }
            _ => {}
        }
    }

    /// Takes along all files in a folder that readers could be given, with the folders that they are in.
    pub(super) fn whole(&self, story: &mut Story, folder: &str) {
        for (file, name) in self.tree.within(folder) {
            if self.dialect.sort(&file) == Kind::Beside && is_document(&name) {
                self.along(story, &file, &name);
            }
        }
    }

    /// Takes a file along, and gives its name as it is written in the text. `None` if it is not there.
    fn along(&self, story: &mut Story, file: &str, wanted: &str) -> Option<String> {
        let from = self.tree.holds(file).filter(|_| !is_source(file))?;
        let wanted =
            wanted.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/");
        let mut name = wanted.clone();
        let mut number = 2;
        while let Some(media) = story.media.iter().find(|media| media.name.eq_ignore_ascii_case(&name)) {
            if media.from == from {
                return Some(written_name(&media.name));
            }
            let (folder, last) = split(&wanted);
            name = below(folder, &format!("{number}-{last}"));
            number += 1;
        }
        story.media.push(Media { from, name: name.clone() });
        Some(written_name(&name))
    }

    fn missing(&self, story: &mut Story, path: &str, usage: Use, at: Where<'_>) {
        let what = if usage == Use::Link { "file" } else { "picture" };
        if is_source(path) {
            let words = format!("the {what} `{path}` is a source of the old site, and is not taken along");
            story.remark("import/missing-file", words, at());
            return;
        }
        story.remark("import/missing-file", format!("the {what} `{path}` is not in the archive"), at());
    }

    /// What relative paths begin at.
    fn url(&self) -> &str {
        self.page.url.as_deref().unwrap_or("/")
    }
}

/// The name of a file in a destination: `#`, `?` and `%` are part of it.
fn written_name(name: &str) -> String {
    encoded(&name.replace('%', "%25"))
        .replace('#', "%23")
        .replace('?', "%3F")
        .replace('(', "%28")
        .replace(')', "%29")
}

/// Whether a path is that of a text that pages are made from. It may be one that nobody was to see.
fn is_source(path: &str) -> bool {
    const SOURCES: [&str; 12] =
        ["md", "markdown", "rst", "html", "htm", "adoc", "asciidoc", "txt", "ipynb", "org", "mkd", "mdown"];
    SOURCES.contains(&&*super::tree::extension(path).to_ascii_lowercase())
}

/// A destination without query and fragment, and those.
fn split_end(destination: &str) -> (&str, &str) {
    let end = destination.find(['?', '#']).unwrap_or(destination.len());
    destination.split_at_checked(end).unwrap_or((destination, ""))
}

/// Whether a destination names its scheme or its host.
fn is_whole(destination: &str) -> bool {
    let start = destination.split(['/', '?', '#']).next().unwrap_or_default();
    destination.starts_with("//") || start.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_urls_are_told_from_paths() {
        for (destination, whole) in [
            ("https://x.example/", true),
            ("mailto:a@b.example", true),
            ("//x.example", true),
            ("a/b:c", false),
            ("a", false),
        ] {
            assert_eq!(is_whole(destination), whole, "{destination}");
        }
        assert_eq!(split_end("a?b#c"), ("a", "?b#c"));
        assert_eq!(written_name("a #1 (é).png"), "a%20%231%20%28%C3%A9%29.png");
    }
}
