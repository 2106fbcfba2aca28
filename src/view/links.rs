//! Where a story's links and files lead, as a path for templates or as an absolute URL for formats.

use crate::content::markdown::{Written, classify};
use crate::content::{ArticleId, Asset};
use crate::edition::Edition;
use crate::plan::{Route, Urls, folder_of, under_own_name};

/// The target of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link<'a> {
    /// A page of this site.
    Page(Route),
    /// A path or URL as somebody wrote it.
    Written(&'a str),
}

impl Link<'_> {
    /// Returns the path of a page of this site, or the URL of another.
    pub fn path(&self, urls: &Urls) -> String {
        match self {
            Self::Page(route) => urls.path(route),
            Self::Written(written) => urls.path_of_any(written),
        }
    }

    /// Returns the absolute URL.
    pub fn absolute(&self, urls: &Urls) -> String {
        match self {
            Self::Page(route) => urls.absolute(route),
            Self::Written(written) => urls.whole_of_any(written),
        }
    }
}

/// Returns the path or URL of a file that an article names, and its size in pixels if known. `None` if there is no such
/// file or readers must not see it.
pub fn file_url(edition: &Edition, id: ArticleId, written: &str) -> Option<(String, Option<(u32, u32)>)> {
    let urls = edition.plan.urls();
    match classify(written) {
        Written::File(reference) => {
            let asset = edition.content.get(id).asset(&reference)?;
            let published = under_own_name(&edition.config.pictures, edition.content.get(id), asset);
            Some((asset_url(edition, id, asset)?, published.map(|(_, size)| size).or(asset.size)))
        }
        Written::Unsafe | Written::Fragment(_) | Written::Source { .. } => None,
        _ => edition.shown(id, written).map(|written| (urls.path_of_any(written), None)),
    }
}

/// Returns the path of a file that is published with an article. `None` if readers must not see it.
pub(super) fn asset_url(edition: &Edition, id: ArticleId, asset: &Asset) -> Option<String> {
    let asset = Some(asset).filter(|asset| edition.archive.may_show(&edition.content, asset))?;
    let route = edition.plan.article(&edition.archive, id)?;
    let file = folder_of(route).file(&asset.name).ok()?;
    Some(edition.plan.urls().path(&file))
}
