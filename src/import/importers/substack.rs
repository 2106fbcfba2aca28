//! Imports Substack exports: folders with `posts.csv` and `posts/ID.SLUG.html`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value as Json;

use super::common::{Draft, Sourced};
use super::weblog::{self, Blog};
use crate::content::Key;
use crate::diagnostic::{Diagnostic, Place};
use crate::import::html::escaped;
use crate::import::old_site::OldSite;
use crate::import::{
    File, Identity, ImportContext, Importer, Listing, Origin, Refusal, Sample, Source, Story,
};

/// An empty element that is filled in by a script, with the data of a post, picture or recording.
static EMPTY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)<div\b[^>]*?\bdata-attrs="([^"]*)"[^>]*>\s*</div>"#).ok());
/// Boxes that ask readers to subscribe or share.
static ASKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?s)<p class="button-wrapper"[^>]*>.*?</p>|<div class="subscription-widget-wrap[^"]*"[^>]*>.*?</form>.*?</div>\s*</div>|<a\b[^>]*href="%%[^"]*"[^>]*>.*?</a>"#).ok()
});

/// Substack.
pub(super) struct Substack;

impl Importer for Substack {
    fn name(&self) -> &'static str {
        "substack"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, _: &Sample<'_>) -> bool {
        false
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        folder.join("posts.csv").is_file() && folder.join("posts").is_dir()
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let folder = folder.filter(|folder| self.fits_folder(folder));
        let Some(folder) = folder else {
            let problem = Diagnostic::fatal(
                "import/no-archive",
                "this is not a Substack export: it has no `posts.csv` or no `posts` folder",
            );
            return Err(Box::new(
                problem.help("unpack the file that Substack provides, and pass its folder"),
            ));
        };
        let unreadable = |error: &dyn std::fmt::Display| {
            let problem =
                Diagnostic::fatal("import/unreadable", format!("this file cannot be read: {error}"));
            Box::new(problem.at(Place::file(folder.join("posts.csv").to_string_lossy())))
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(folder.join("posts.csv"))
            .map_err(|error| unreadable(&error))?;
        let rows = reader.deserialize::<HashMap<String, String>>();
        let rows =
            rows.filter_map(Result::ok).filter_map(|row| Some((row.get("post_id")?.clone(), row))).collect();
        Ok(Box::new(Export { folder: folder.to_owned(), rows, blog: Blog::new(None, Some(folder)) }))
    }
}

struct Export {
    folder: PathBuf,
    /// The row of each post, by its number and name.
    rows: HashMap<String, HashMap<String, String>>,
    blog: Blog,
}

impl Source for Export {
    fn files(&self) -> Listing {
        let mut listing = Listing::default();
        for entry in
            walkdir::WalkDir::new(&self.folder).sort_by_file_name().into_iter().filter_map(Result::ok)
        {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if !entry.file_type().is_file() || name.starts_with('.') || name == "posts.csv" {
                continue;
            }
            let is_post = path.extension().is_some_and(|extension| extension == "html")
                && path.parent().is_some_and(|above| above.ends_with("posts"));
            if is_post {
                listing.files.push(path.to_owned());
            } else {
                // Lists of subscribers and of their activity.
                listing.skipped.push((path.to_owned(), "it is not a post".to_owned()));
            }
        }
        listing
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        let stem = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let (number, slug) = stem.split_once('.').unwrap_or(("", &stem));
        let Some(row) = self.rows.get(&stem).or_else(|| self.rows.get(number)) else {
            return Err(Refusal::failed("posts.csv has no row for it"));
        };
        let of = |name: &str| row.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let text = String::from_utf8_lossy(&file.bytes);
        let mut draft = Draft::of_archive(context, file, of("type") == Some("page"));
        draft.story.identity = Some(Identity::Given(format!("substack:{stem}")));
        let sourced = |name: &str| of(name).and_then(|text| Sourced::new(text, Vec::new()));
        draft.set(Key::Title, sourced("title"));
        draft.deck(sourced("subtitle"));
        if !draft.is_standing {
            draft.versions(sourced("post_date"), None);
        }
        if of("is_published") != Some("true") {
            weblog::hold_back(&mut draft, &[], "", None);
        }
        weblog::set_audience(&mut draft, of("audience").unwrap_or_default());
        let recording = of("podcast_url")
            .map(|url| format!("<p><a href=\"{0}\">{0}</a></p>", escaped(url)))
            .unwrap_or_default();
        self.blog.body(&mut draft, &format!("{}{recording}", plain(&text)), None);
        self.blog.set_location(&mut draft, "", Some(slug), Vec::new());
        draft.story.old_url = Some(format!("/p/{slug}"));
        weblog::only_story(draft)
    }

    fn site(&self) -> OldSite {
        OldSite { permalink: Some("/p/:slug".to_owned()), ..OldSite::default() }
    }
}

/// Removes boxes that ask for something, and turns script-filled elements into links.
fn plain(text: &str) -> String {
    let text = ASKS.as_ref().map_or_else(|| text.into(), |asks| asks.replace_all(text, ""));
    let link = |found: &Captures<'_>| {
        let data =
            found.get(1).map(|found| htmlize::unescape(found.as_str()).into_owned()).unwrap_or_default();
        let data: Json = serde_json::from_str(&data).unwrap_or_default();
        let of = |name: &str| data.get(name).and_then(Json::as_str);
        let url = of("url")
            .or_else(|| of("src"))
            .map(str::to_owned)
            .or_else(|| Some(format!("https://www.youtube.com/watch?v={}", of("videoId")?)));
        let label = of("full_text").or_else(|| of("title"));
        let Some(url) = url else { return String::new() };
        format!("<p><a href=\"{}\">{}</a></p>", escaped(&url), escaped(label.unwrap_or(&url)))
    };
    EMPTY.as_ref().map_or_else(|| text.to_string(), |empty| empty.replace_all(&text, link).into_owned())
}
