//! A page → its part in a publication: in which order files are uploaded, and how long caches may keep them.

use super::{Page, PageKind, Plan};
use crate::archive::{Archive, Visibility};

/// The part of a file in a publication. Files are uploaded in this order, so that no page links to one that is not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileClass {
    /// A file whose name changes with its bytes.
    Asset,
    /// A rendition of a story's picture. Its name changes with its bytes, too.
    Rendition,
    /// Another static file.
    Static,
    /// A picture or other file of a story, or its JSON.
    StoryFile,
    /// A story or a standing page.
    Story,
    /// The page or the JSON of a withdrawn story.
    Notice,
    /// A page that redirects readers.
    Redirect,
    /// A page of a list, its JSON, an index, or the page for unknown URLs.
    List,
    /// A feed, a sitemap, or another file for machines.
    Feed,
    /// Rules for the host: `_headers`, `_redirects`, the map for nginx.
    Rules,
    /// The front page.
    Front,
}

impl FileClass {
    /// All classes, in the order of upload.
    pub const ALL: [Self; 11] = [
        Self::Asset,
        Self::Rendition,
        Self::Static,
        Self::StoryFile,
        Self::Story,
        Self::Notice,
        Self::Redirect,
        Self::List,
        Self::Feed,
        Self::Rules,
        Self::Front,
    ];

    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Rendition => "rendition",
            Self::Static => "static",
            Self::StoryFile => "story-file",
            Self::Story => "story",
            Self::Notice => "notice",
            Self::Redirect => "redirect",
            Self::List => "list",
            Self::Feed => "feed",
            Self::Rules => "rules",
            Self::Front => "front",
        }
    }

    /// The class with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether a file of this class shows readers a story, so that its removal cannot wait.
    pub fn is_of_story(self) -> bool {
        matches!(self, Self::Story | Self::StoryFile)
    }
}

/// A file of a built site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Its path in the output folder, with `/`.
    pub path: String,
    /// Its part in a publication.
    pub class: FileClass,
    /// Where it redirects readers: a percent-encoded path of the host, or a URL.
    pub redirects_to: Option<String>,
}

impl Plan {
    /// The file of a page. Files in `static/` whose name changes with their bytes are not in the plan: they are assets.
    pub fn file_of(&self, archive: &Archive, page: &Page) -> SiteFile {
        let class = match &page.kind {
            PageKind::Front => FileClass::Front,
            PageKind::Article(id) | PageKind::ArticleJson(id)
                if archive.visibility(*id) == Visibility::Withdrawn =>
            {
                FileClass::Notice
            }
            PageKind::Article(_) => FileClass::Story,
            PageKind::Picture(..) if page.route.is_rendition() => FileClass::Rendition,
            PageKind::Picture(..) => FileClass::StoryFile,
            PageKind::ArticleJson(_) | PageKind::Asset(..) => FileClass::StoryFile,
            PageKind::List(..) | PageKind::Index(_) | PageKind::NotFound | PageKind::ListJson(_) => {
                FileClass::List
            }
            PageKind::Redirect(_) => FileClass::Redirect,
            PageKind::RedirectRules | PageKind::NginxMap | PageKind::Headers(_) => FileClass::Rules,
            PageKind::Feed(..) | PageKind::Sitemap(_) | PageKind::Robots | PageKind::Trust(_) => {
                FileClass::Feed
            }
            PageKind::File(_) if ["_headers", "_redirects"].contains(&&page.route.as_str()[1..]) => {
                FileClass::Rules
            }
            PageKind::File(_) => FileClass::Static,
        };
        let redirects_to = match &page.kind {
            PageKind::Redirect(to) => Some(to.path(&self.urls)),
            _ => None,
        };
        SiteFile { path: page.route.file_path(), class, redirects_to }
    }
}
