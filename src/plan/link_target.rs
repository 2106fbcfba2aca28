//! A reference of an article, however it is written → the page it leads to, or that there is none, or that readers must not know.
//!
//! The one place that knows what a reference means: whatever shows, checks or counts links asks here.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::paths::{folder, normalize, own_path, path_of};
use super::{PageKind, Plan};
use crate::archive::Archive;
use crate::content::markdown::{Written, classify, may_be_own, may_hand_on, resolve};
use crate::content::{Article, ArticleId, Content};
use crate::slug::composed;

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// Out of the site, to a place on its own page, to a file beside the article, or to a source that is not there.
    Outside,
    /// To a page or file of the site.
    Page {
        /// As links should have it, if that is not as it is written: a path of the host.
        url: Option<String>,
        /// The article whose page it is.
        article: Option<ArticleId>,
    },
    /// To what readers do not see, because of this article.
    Hidden(ArticleId),
    /// To this path of the site, decoded, where nothing is.
    Missing(String),
}

/// What is at a path of the site.
enum PathTarget {
    Page(Option<ArticleId>),
    Hidden(ArticleId),
    Nothing,
}

impl Plan {
    /// Where a reference leads that an article makes. Of files, only those that are none of its own are looked for.
    pub fn resolve_link(
        &self,
        content: &Content,
        archive: &Archive,
        from: ArticleId,
        written: &str,
    ) -> LinkTarget {
        let article = content.get(from);
        match classify(written) {
            Written::Elsewhere if may_hand_on(written, self.base.host_str().unwrap_or_default()) => {
                self.within(written).map_or(LinkTarget::Outside, LinkTarget::Hidden)
            }
            Written::Elsewhere | Written::Unsafe | Written::Fragment(_) => LinkTarget::Outside,
            Written::Source { path, fragment } => {
                let target = resolve(&article.path, &path).and_then(|path| content.by_path(&path));
                target.map_or(LinkTarget::Outside, |target| self.article_lead(archive, target, fragment))
            }
            Written::Site(written) => self.site_lead(written),
            Written::Web(written) => self.web_lead(written),
            Written::Relative(written) => self.relative_lead(content, archive, from, written),
            Written::File(path) if article.asset(&path).is_some() => LinkTarget::Outside,
            Written::File(_) => self.relative_lead(content, archive, from, written),
        }
    }

    /// Where a reference leads that no article makes: of a theme, a data file or the settings.
    pub fn resolve_site_link(&self, written: &str) -> LinkTarget {
        match classify(written) {
            Written::Site(written) => self.site_lead(written),
            Written::Web(written) => self.web_lead(written),
            _ => LinkTarget::Outside,
        }
    }

    /// Whether there is anything that no reference may name.
    pub fn has_hidden_paths(&self) -> bool {
        !self.hidden_paths.is_empty()
    }

    fn article_lead(&self, archive: &Archive, target: ArticleId, fragment: Option<&str>) -> LinkTarget {
        let Some(route) = self.article(archive, target) else { return LinkTarget::Hidden(target) };
        let fragment = fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
        LinkTarget::Page { url: Some(self.urls.path(route) + &fragment), article: Some(target) }
    }

    /// A path from the root of the site. Where the site is in a folder of its host, it may be written with that.
    fn site_lead(&self, written: &str) -> LinkTarget {
        let path = normalize("/", path_of(written));
        let below_base = path.get(self.urls.prefix().len()..).filter(|_| {
            let is_below = |rest: &str| rest.starts_with('/');
            !self.urls.prefix().is_empty() && path.strip_prefix(self.urls.prefix()).is_some_and(is_below)
        });
        let (at, url) = match (self.at(&path), below_base.map(|path| self.at(path))) {
            (PathTarget::Nothing, Some(at @ (PathTarget::Page(_) | PathTarget::Hidden(_)))) => {
                (at, written.to_owned())
            }
            (at, _) => (at, self.urls.path_of(written)),
        };
        match at {
            PathTarget::Page(article) => LinkTarget::Page { url: Some(url), article },
            PathTarget::Hidden(id) => LinkTarget::Hidden(id),
            PathTarget::Nothing => LinkTarget::Missing(path.into_owned()),
        }
    }

    /// A URL with a host.
    fn web_lead(&self, written: &str) -> LinkTarget {
        let host = self.base.host_str().unwrap_or_default();
        if !may_be_own(written, host) {
            return LinkTarget::Outside;
        }
        let Ok(mut url) = self.base.join(written) else { return LinkTarget::Outside };
        if let Some(path) = own_path(&url, &self.base) {
            let path = normalize("/", path_of(path));
            return match self.at(&path) {
                PathTarget::Page(article) => LinkTarget::Page { url: None, article },
                PathTarget::Hidden(id) => LinkTarget::Hidden(id),
                PathTarget::Nothing => LinkTarget::Missing(path.into_owned()),
            };
        }
        let twin = url.host_str().map(|host| match host.strip_prefix("www.") {
            Some(host) => host.to_owned(),
            None => format!("www.{host}"),
        });
        let is_twin = twin.as_deref() == Some(host) && url.set_host(twin.as_deref()).is_ok();
        let path = Some(&url).filter(|_| is_twin).and_then(|url| own_path(url, &self.base));
        let hidden = path.and_then(|path| match self.at(&normalize("/", path_of(path))) {
            PathTarget::Hidden(id) => Some(id),
            PathTarget::Page(_) | PathTarget::Nothing => None,
        });
        hidden.or_else(|| self.within(written)).map_or(LinkTarget::Outside, LinkTarget::Hidden)
    }

    /// A path that browsers take from the page. Some editors write it from the article's file.
    fn relative_lead(
        &self,
        content: &Content,
        archive: &Archive,
        from: ArticleId,
        written: &str,
    ) -> LinkTarget {
        let path = path_of(written);
        let folder = self.route_of(from).map_or("/", |route| folder(route.as_str()));
        let from_page = match self.urls.prefix() {
            "" => Some(normalize(folder, path)),
            // What climbs out of the site's folder leads to another part of the host.
            prefix => {
                let whole = normalize(&format!("{prefix}{folder}"), path);
                let below = whole.strip_prefix(prefix).filter(|below| below.starts_with('/'));
                below.map(|below| Cow::Owned(below.to_owned()))
            }
        };
        let at = from_page.as_deref().map(|path| self.at(path));
        match at {
            Some(PathTarget::Page(article)) => return LinkTarget::Page { url: None, article },
            Some(PathTarget::Hidden(id)) => return LinkTarget::Hidden(id),
            Some(PathTarget::Nothing) | None => {}
        }
        if let Some(target) = beside(content, content.get(from), path) {
            let fragment = written.split_once('#').map(|(_, fragment)| fragment);
            return self.article_lead(archive, target, fragment);
        }
        from_page.map_or(LinkTarget::Outside, |path| LinkTarget::Missing(path.into_owned()))
    }

    fn at(&self, path: &str) -> PathTarget {
        let path = &*composed(path);
        let shown = self.answer(path);
        if let Some(article) = shown {
            return PathTarget::Page(article);
        }
        self.hidden_paths.named(path).map_or(PathTarget::Nothing, PathTarget::Hidden)
    }

    /// The page or redirect that answers a decoded path, with or without `/` at its end: whose article it is, if any.
    fn answer(&self, path: &str) -> Option<Option<ArticleId>> {
        let path = path.strip_suffix("index.html").filter(|rest| rest.ends_with('/')).unwrap_or(path);
        let bare = path.trim_end_matches('/');
        let folder = || Cow::Owned(format!("{bare}/"));
        let others = [bare != path, !path.ends_with('/')];
        let spellings =
            [Some(Cow::Borrowed(path)), others[0].then_some(Cow::Borrowed(bare)), others[1].then(folder)];
        spellings.into_iter().flatten().find_map(|path| {
            if let Some(page) = self.page_at(&path) {
                return Some(match &page.kind {
                    PageKind::Article(id) => Some(*id),
                    _ => None,
                });
            }
            // An old URL that hosts know by their rules alone leads somewhere, too.
            let old = self.redirects.binary_search_by(|redirect| redirect.from.as_str().cmp(&path));
            old.ok().map(|_| None)
        })
    }

    /// The hidden article whose URL is within something else, as that of a page to share is.
    fn within(&self, written: &str) -> Option<ArticleId> {
        if self.hidden_paths.is_empty() {
            return None;
        }
        let host = self.base.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        let decoded = percent_decode_str(written).decode_utf8_lossy().to_ascii_lowercase();
        let mut behind = decoded.match_indices(host).map(|(at, _)| &decoded[at + host.len()..]);
        behind.find_map(|behind| {
            let port = behind
                .strip_prefix(':')
                .map_or(behind, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
            let is_end = |c: char| c.is_whitespace() || "\"'<>()&?#,;".contains(c);
            let path = port.split(is_end).next().unwrap_or_default();
            let path = path.strip_prefix(&*self.urls.prefix().to_ascii_lowercase()).unwrap_or(path);
            match self.at(&normalize("/", path)) {
                PathTarget::Hidden(id) => Some(id),
                PathTarget::Page(_) | PathTarget::Nothing => None,
            }
        })
    }
}

/// The article that a path means if it is taken from the article's file, as `../b/` or `b.html` for `../b.md`.
fn beside(content: &Content, article: &Article, path: &str) -> Option<ArticleId> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let bare = decoded.trim_end_matches('/');
    let bare = [".html", ".htm"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    let path = resolve(&article.path, bare).filter(|path| !path.is_empty())?;
    let names = [".md", "/index.md", ".markdown", "/index.markdown"];
    let found = names.iter().find_map(|end| content.by_path(&format!("{path}{end}")))?;
    (content.get(found).path != article.path).then_some(found)
}
