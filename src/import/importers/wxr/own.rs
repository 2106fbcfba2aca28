//! URLs of the exported site in the text of a post → files beside the export, and paths of its other posts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};
use url::Url;

use crate::import::html::Converted;
use crate::import::xml::Element;
use crate::import::{File, Media, Story};

/// Where WordPress keeps files.
const UPLOADS: &str = "wp-content/uploads/";

/// Where a link or picture of Markdown or HTML leads, of those that say a host.
static TARGET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(\]\(|\b(?:href|poster|src)=")(https?://[^\s()"<>]+)"#).ok());

/// The exported site.
pub(super) struct Own {
    host: Option<String>,
    /// Paths of what was published.
    paths: BTreeSet<String>,
}

impl Own {
    pub(super) fn new(base: Option<&Url>, channel: Element<'_>) -> Self {
        let host = base.and_then(host_of);
        let mut own = Self { host, paths: BTreeSet::new() };
        for item in channel.all("item") {
            let text = |name: &str| item.find(name).and_then(Element::line).unwrap_or_default();
            let is_public =
                matches!(text("wp:post_type").as_str(), "post" | "page") && text("wp:status") == "publish";
            let link = own.parse(&text("link")).filter(|link| is_public && link.query().is_none());
            if let Some(link) = link.filter(|link| link.path() != "/") {
                own.paths.insert(bare(link.path()));
            }
        }
        own
    }

    /// A URL of this site.
    fn parse(&self, url: &str) -> Option<Url> {
        Url::parse(url).ok().filter(|url| self.host.is_some() && host_of(url) == self.host)
    }

    /// The file of a URL, if it lies below the folder of the export as it lay on the site. It comes along under its name with the
    /// folders in it, `2020-05-a.jpg`.
    pub(super) fn file(&self, url: &str, export: &File) -> Option<Media> {
        let url = self.parse(url)?;
        let (_, path) = url.path().split_once(UPLOADS)?;
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let is_plain =
            |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0']);
        if export.path.as_os_str().is_empty() || !path.split('/').all(is_plain) {
            return None;
        }
        let from = export.path.parent()?.join(UPLOADS).join(&*path);
        let name: String = path.chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
        from.is_file().then_some(Media { from, name })
    }

    /// Leads pictures to the files that come along, and links to the paths of other posts: their new pages answer there.
    pub(super) fn mend(&self, converted: &mut Converted, export: &File, story: &mut Story) {
        let Some(target) = &*TARGET else { return };
        let mut in_code = false;
        let mut body = String::with_capacity(converted.body.len());
        for line in converted.body.split_inclusive('\n') {
            in_code ^= line.trim_start_matches([' ', '>', '-']).starts_with("```");
            if in_code || !line.contains("](http") && !line.contains("=\"http") {
                body.push_str(line);
                continue;
            }
            let mended = target.replace_all(line, |found: &Captures<'_>| {
                let [start, url] =
                    [1, 2].map(|group| found.get(group).map(|found| found.as_str()).unwrap_or_default());
                if let Some(media) = self.file(url, export) {
                    let name = media.name.clone();
                    comes(story, media);
                    return format!("{start}{name}");
                }
                format!("{start}{}", self.path(url).unwrap_or_else(|| url.to_owned()))
            });
            body.push_str(&mended);
        }
        converted.body = body;
        converted.pictures.retain(|picture| self.file(&picture.src, export).is_none());
    }

    /// The path of another post.
    fn path(&self, url: &str) -> Option<String> {
        let url =
            self.parse(url).filter(|url| url.query().is_none() && self.paths.contains(&bare(url.path())))?;
        Some(match url.fragment() {
            Some(fragment) => format!("{}#{fragment}", url.path()),
            None => url.path().to_owned(),
        })
    }
}

/// A file that comes along, once.
pub(super) fn comes(story: &mut Story, media: Media) {
    if !story.media.contains(&media) {
        story.media.push(media);
    }
}

/// What can stand in a destination of Markdown as it is.
fn is_safe(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

fn bare(path: &str) -> String {
    path.trim_end_matches('/').to_owned()
}
