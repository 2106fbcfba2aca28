//! Link and picture destinations → where they lead on the new site.
//!
//! Pages move, so only the files that move with them may be linked relatively. Links to other articles become their old URLs,
//! for which the new site has aliases.

use percent_encoding::percent_decode_str;

use super::urls::{encode, encode_destination, is_document, join, resolve_reference, split};
use super::{ArticleContext, ArticleIndex as _, FileKind, LinkTarget};
use crate::content::markdown::{Written, classify, resolve};
use crate::import::story::{Media, Span, Story};

/// Finds the place of a destination on demand, because counting columns is slow.
pub(super) type SpanLookup<'a> = &'a dyn Fn() -> Option<Span>;

/// What a destination is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkUse {
    /// A link, or an attribute in HTML.
    Link,
    /// A picture in the text.
    Picture,
    /// The picture in front matter. Its path may be that of a static file without the leading slash.
    Lead,
}

impl ArticleContext<'_> {
    /// Rewrites a destination. `None` if it stays as it is.
    pub(super) fn rewrite_destination(
        &self,
        story: &mut Story,
        written: &str,
        usage: LinkUse,
        at: SpanLookup<'_>,
    ) -> Option<String> {
        let new = self.resolve_on_old_site(story, written, usage, at);
        let base = &*self.generator.info().base;
        // The new site adds its base path to links, so it must not be there already.
        let is_same = !base.is_empty() && self.import.config.base_url.path().trim_end_matches('/') == base;
        if !is_same {
            return new;
        }
        let there = new.as_deref().unwrap_or(written.trim());
        let inner =
            there.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        match inner {
            Some(inner) if !self.tree.is_static(split_suffix(there).0.trim_start_matches('/')) => {
                let slash = if inner.starts_with('/') { "" } else { "/" };
                Some(format!("{slash}{inner}"))
            }
            _ => new,
        }
    }

    /// Rewrites a destination to a path of the old site.
    fn resolve_on_old_site(
        &self,
        story: &mut Story,
        written: &str,
        usage: LinkUse,
        at: SpanLookup<'_>,
    ) -> Option<String> {
        let written = written.trim();
        let (reference, end) = split_suffix(written);
        let path = percent_decode_str(reference).decode_utf8_lossy();
        match self.generator.link_target(self.path, &path) {
            Some(LinkTarget::Path(path)) => return Some(encode_destination(&path) + end),
            Some(LinkTarget::File(file)) => return Some(self.file(story, &file, written, (usage, end), at)),
            None => {}
        }
        match classify(written) {
            Written::Unsafe | Written::Fragment(_) => None,
            Written::Source { path, .. } => {
                let found = self.article(&path);
                let whole = resolve_reference(self.url(), &path);
                Some(self.to_article(story, found, (&path, &whole), end, at))
            }
            Written::Site(_) => self.site_path(story, &path, (usage, end), at),
            _ if path.starts_with('{') => {
                let message = format!("the link `{written}` works only on the old site");
                story.remark("import/link", message, at());
                None
            }
            _ if is_absolute(written) || path.is_empty() => None,
            _ => Some(self.relative(story, &path, (usage, end), at)),
        }
    }

    /// Finds the article that a path leads to, from the folder of this article or from the content folder.
    fn article(&self, path: &str) -> Option<String> {
        let from_root =
            |path: &str| resolve("", path).map(|path| join(&self.generator.info().content, &path));
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
        at: SpanLookup<'_>,
    ) -> String {
        if let Some(url) = found.and_then(|path| self.archive.article_url(&path)) {
            return url + end;
        }
        story.remark(
            "import/link",
            format!("the link leads to `{written}`, which is not a story in the archive"),
            at(),
        );
        // With its extension it would look like the source file of an article.
        let path = whole.trim_end_matches('/');
        let bare = [".md", ".markdown", ".rst", ".adoc", ".org", ".ipynb"];
        let path = bare.iter().find_map(|extension| path.strip_suffix(extension)).unwrap_or(path);
        encode_destination(path.strip_suffix("_index").unwrap_or(path)) + end
    }

    /// Guesses the URL path of a file in the content folder.
    fn approximate_path(&self, file: &str) -> String {
        let content = &*self.generator.info().content;
        let inner = file.strip_prefix(content).filter(|_| !content.is_empty()).unwrap_or(file);
        format!("{}/{}", self.generator.info().base, inner.trim_start_matches('/'))
    }

    /// Returns the destination of a file of the archive.
    fn file(
        &self,
        story: &mut Story,
        file: &str,
        written: &str,
        (usage, end): (LinkUse, &str),
        at: SpanLookup<'_>,
    ) -> String {
        match self.generator.classify(file) {
            FileKind::Article | FileKind::List => {
                let found = self.archive.is_article(file).then(|| file.to_owned());
                self.to_article(story, found, (written, &self.approximate_path(file)), end, at)
            }
            FileKind::Skipped(_) if is_source(file) => {
                self.to_article(story, None, (written, &self.approximate_path(file)), end, at)
            }
            FileKind::Static(name) => format!("/{}{end}", encode_destination(&name)),
            _ => match self.attach(story, file, split(file).1) {
                Some(name) => name + end,
                None => {
                    self.remark_missing(story, written, usage, at);
                    encode_destination(&self.approximate_path(file)) + end
                }
            },
        }
    }

    /// Rewrites a path from the root of the old site.
    fn site_path(
        &self,
        story: &mut Story,
        path: &str,
        (usage, end): (LinkUse, &str),
        at: SpanLookup<'_>,
    ) -> Option<String> {
        let inner = path
            .strip_prefix(&*self.generator.info().base)
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path);
        let name = inner.trim_start_matches('/');
        if self.tree.is_static(name) {
            return (inner != path).then(|| format!("/{}{end}", encode_destination(name)));
        }
        let file = join(&self.generator.info().content, name);
        if is_document(name)
            && self.generator.classify(&file) == FileKind::Attachment
            && let Some(name) = self.attach(story, &file, split(&file).1)
        {
            return Some(name + end);
        }
        if usage != LinkUse::Link {
            self.remark_missing(story, path, usage, at);
        }
        None
    }

    /// Rewrites a path relative to the page.
    fn relative(
        &self,
        story: &mut Story,
        path: &str,
        (usage, end): (LinkUse, &str),
        at: SpanLookup<'_>,
    ) -> String {
        if let Some(file) = resolve(self.path, path)
            && self.tree.resolve(&file).is_some()
        {
            match self.generator.classify(&file) {
                FileKind::Static(name) => return format!("/{}{end}", encode_destination(&name)),
                FileKind::Article => return self.file(story, &file, path, (usage, end), at),
                _ => {
                    let own = path.trim_start_matches("./");
                    if let Some(name) = self.attach(story, &file, own) {
                        return name + end;
                    }
                }
            }
        }
        if usage == LinkUse::Lead {
            // Templates start from the root of the site.
            let inner = path.trim_start_matches("./");
            if !self.tree.is_static(inner) {
                self.remark_missing(story, path, usage, at);
            }
            return encode_destination(&resolve_reference("/", inner)) + end;
        }
        let whole = resolve_reference(self.url(), path);
        let remarks = story.remarks.len();
        if let Some(known) = self.site_path(story, &whole, (usage, end), at) {
            return known;
        }
        let inner =
            whole.strip_prefix(&*self.generator.info().base).unwrap_or(&whole).trim_start_matches('/');
        let is_said = story.remarks.len() > remarks;
        if !is_said && is_document(path) && !self.tree.is_static(inner) {
            self.remark_missing(story, path, usage, at);
        }
        encode_destination(&whole) + end
    }

    /// Attaches the pictures and documents beside the article that a value names.
    pub(super) fn attach_named(&self, story: &mut Story, value: &serde_json::Value, depth: usize) {
        match value {
            serde_json::Value::String(path)
                if path.len() < 512 && is_document(path) && !path.starts_with('/') =>
            {
                let file = resolve(self.path, path)
                    .filter(|file| self.generator.classify(file) == FileKind::Attachment);
                if let Some(file) = file.filter(|_| !path.split('/').any(|part| part == "..")) {
                    self.attach(story, &file, path);
                }
            }
            serde_json::Value::Array(items) if depth > 0 => {
                items.iter().for_each(|item| self.attach_named(story, item, depth - 1));
            }
            serde_json::Value::Object(map) if depth > 0 => {
                map.values().for_each(|item| self.attach_named(story, item, depth - 1));
            }
            _ => {}
        }
    }

    /// Attaches all pictures and documents in a folder, and keeps its subfolders.
    pub(super) fn attach_folder(&self, story: &mut Story, folder: &str) {
        for (file, name) in self.tree.files_in(folder) {
            if self.generator.classify(&file) == FileKind::Attachment && is_document(&name) {
                self.attach(story, &file, &name);
            }
        }
    }

    /// Attaches a file, and returns its name as the text refers to it. `None` if the file does not exist.
    fn attach(&self, story: &mut Story, file: &str, wanted: &str) -> Option<String> {
        let from = self.tree.resolve(file).filter(|_| !is_source(file))?;
        let wanted =
            wanted.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/");
        let mut name = wanted.clone();
        let mut number = 2;
        while let Some(media) = story.media.iter().find(|media| media.name.eq_ignore_ascii_case(&name)) {
            if media.from == from {
                return Some(encode_file_name(&media.name));
            }
            let (folder, last) = split(&wanted);
            name = join(folder, &format!("{number}-{last}"));
            number += 1;
        }
        story.media.push(Media { from, name: name.clone() });
        Some(encode_file_name(&name))
    }

    fn remark_missing(&self, story: &mut Story, path: &str, usage: LinkUse, at: SpanLookup<'_>) {
        let what = if usage == LinkUse::Link { "file" } else { "picture" };
        if is_source(path) {
            let message =
                format!("the {what} `{path}` is a source file of the old site and was not imported");
            story.remark("import/missing-file", message, at());
            return;
        }
        story.remark("import/missing-file", format!("the {what} `{path}` is not in the archive"), at());
    }

    /// The base of relative paths.
    fn url(&self) -> &str {
        self.page.url.as_deref().unwrap_or("/")
    }
}

/// Encodes a file name for a destination; `#`, `?` and `%` are part of the name.
fn encode_file_name(name: &str) -> String {
    encode(&name.replace('%', "%25"))
        .replace('#', "%23")
        .replace('?', "%3F")
        .replace('(', "%28")
        .replace(')', "%29")
}

/// Whether a file is the source of a page, which may not have been public.
fn is_source(path: &str) -> bool {
    const SOURCES: [&str; 12] =
        ["md", "markdown", "rst", "html", "htm", "adoc", "asciidoc", "txt", "ipynb", "org", "mkd", "mdown"];
    SOURCES.contains(&&*super::tree::extension(path).to_ascii_lowercase())
}

/// Splits query and fragment off a destination.
fn split_suffix(destination: &str) -> (&str, &str) {
    let end = destination.find(['?', '#']).unwrap_or(destination.len());
    destination.split_at_checked(end).unwrap_or((destination, ""))
}

/// Whether a destination names a scheme or a host.
fn is_absolute(destination: &str) -> bool {
    let start = destination.split(['/', '?', '#']).next().unwrap_or_default();
    destination.starts_with("//") || start.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_urls_are_recognized() {
        for (destination, whole) in [
            ("https://x.example/", true),
            ("mailto:a@b.example", true),
            ("//x.example", true),
            ("a/b:c", false),
            ("a", false),
        ] {
            assert_eq!(is_absolute(destination), whole, "{destination}");
        }
        assert_eq!(split_suffix("a?b#c"), ("a", "?b#c"));
        assert_eq!(encode_file_name("a #1 (é).png"), "a%20%231%20%28%C3%A9%29.png");
    }
}
