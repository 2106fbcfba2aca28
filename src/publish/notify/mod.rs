//! What a publication changed → feed readers and search engines that want to know at once: WebSub, IndexNow.
//!
//! Only for a target that readers see at the site's own URL: nobody subscribes to a staging site. Failures are warnings, because hubs and search
//! engines look again anyway.

use url::Url;

use super::changes::public_url;
use super::credentials::Environment;
use crate::config::publish::PublishTarget;
use crate::diagnostic::Diagnostic;
use crate::host_files::content_type;
use crate::http::Client;
use crate::plan::FileClass;

pub(crate) mod index_now;
mod websub;

/// The code of all problems with notifications.
const CODE: &str = "publish/notify";

/// The changed URLs that others want to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Feeds of RSS, Atom and JSON Feed that have new entries.
    pub(crate) feeds: Vec<String>,
    /// Pages of stories that are new, changed or gone. Lists change with them and are found by themselves.
    pub(crate) pages: Vec<String>,
}

impl News {
    /// Those of the added, changed and removed files, by path and class.
    pub(crate) fn of<'a>(files: impl Iterator<Item = (&'a str, FileClass)>, base: &Url) -> Self {
        let mut news = Self::default();
        for (path, class) in files {
            match class {
                FileClass::Feed if is_feed(path) => news.feeds.push(public_url(path, base)),
                FileClass::Story | FileClass::Notice | FileClass::Redirect if path.ends_with(".html") => {
                    news.pages.push(public_url(path, base));
                }
                _ => {}
            }
        }
        for urls in [&mut news.feeds, &mut news.pages] {
            urls.sort_unstable();
            urls.dedup();
        }
        news
    }
}

/// Whether a machine file is a feed, not a sitemap.
fn is_feed(path: &str) -> bool {
    ["application/rss+xml", "application/atom+xml", "application/feed+json"].contains(&content_type(path))
}

/// Notifies the hub of the settings and search engines. Does nothing for a target that is not the site itself.
pub(crate) fn notify(
    target: &PublishTarget,
    site: &Url,
    hub: Option<&str>,
    news: &News,
    client: &Client,
    environment: &Environment,
) -> Vec<Diagnostic> {
    if target.url.as_ref().is_some_and(|url| url != site) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if let Some(hub) = hub {
        problems.extend(websub::publish(hub, &news.feeds, client));
    }
    if let Some(key) = &target.index_now {
        problems.extend(index_now::submit(key, site, &news.pages, client, environment));
    }
    problems
}

#[cfg(test)]
mod tests;
