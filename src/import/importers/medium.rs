//! Imports Medium exports: folders with `posts/DAY_NAME-NUMBER.html`.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::common::{Draft, Sourced};
use super::weblog::{self, Blog};
use crate::content::Key;
use crate::diagnostic::Diagnostic;
use crate::import::old_site::OldSite;
use crate::import::{File, ImportContext, Importer, Listing, Origin, Refusal, Sample, Source, Story};

type Pattern = LazyLock<Option<Regex>>;

static TITLE: Pattern = LazyLock::new(|| Regex::new(r#"(?s)<h1\b[^>]*class="p-name"[^>]*>(.*?)</h1>"#).ok());
static SUBTITLE: Pattern =
    LazyLock::new(|| Regex::new(r#"(?s)<section\b[^>]*data-field="subtitle"[^>]*>(.*?)</section>"#).ok());
static BODY: Pattern = LazyLock::new(|| {
    Regex::new(r#"(?s)<section\b[^>]*data-field="body"[^>]*>(.*)</section>\s*(?:<footer|</article|$)"#).ok()
});
static DATE: Pattern =
    LazyLock::new(|| Regex::new(r#"<time\b[^>]*class="dt-published"[^>]*datetime="([^"]*)""#).ok());
static AUTHOR: Pattern =
    LazyLock::new(|| Regex::new(r#"(?s)<a\b[^>]*class="p-author[^"]*"[^>]*>(.*?)</a>"#).ok());
static CANONICAL: Pattern =
    LazyLock::new(|| Regex::new(r#"<a\b[^>]*href="([^"]*)"[^>]*class="p-canonical""#).ok());
static TAGS: Pattern = LazyLock::new(|| Regex::new(r#"(?s)<a\b[^>]*class="p-tag"[^>]*>(.*?)</a>"#).ok());
/// The headline and subtitle, which the text repeats.
static HEAD: Pattern = LazyLock::new(|| {
    Regex::new(
        r#"(?s)<(h[1-6]|p)\b[^>]*class="[^"]*graf--(?:title|subtitle)\b[^"]*"[^>]*>.*?</(?:h[1-6]|p)>"#,
    )
    .ok()
});
static GIST: Pattern = LazyLock::new(|| {
    Regex::new(r#"<script\b[^>]*src="(https://gist\.github\.com/[^"]+?)(?:\.js)?"[^>]*>\s*</script>"#).ok()
});
static DIVIDER: Pattern =
    LazyLock::new(|| Regex::new(r#"^(?:\s*<(?:section|div)\b[^>]*>)*\s*<hr\b[^>]*>"#).ok());

/// Medium.
pub(super) struct Medium;

impl Importer for Medium {
    fn name(&self) -> &'static str {
        "medium"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        sample.head.contains("class=\"h-entry\"") && sample.head.contains("data-field=\"body\"")
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        weblog::has_export(&folder.join("posts"), self, &["html"])
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(Box::new(Export { folder: folder.map(Path::to_owned), blog: Blog::new(None, folder) }))
    }
}

struct Export {
    folder: Option<PathBuf>,
    blog: Blog,
}

impl Source for Export {
    fn files(&self) -> Listing {
        weblog::exports(self.folder.as_deref(), &Medium, &["html"])
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        let text = String::from_utf8_lossy(&file.bytes);
        let of = |pattern: &Pattern| {
            pattern.as_ref()?.captures(&text)?.get(1).map(|found| found.as_str().to_owned())
        };
        let sourced = |pattern: &Pattern| {
            of(pattern).and_then(|text| Sourced::new(&text, Vec::new())).and_then(Sourced::plain)
        };
        let Some(body) = of(&BODY) else {
            return Err(Refusal::failed("the file has no post, as pages of Medium exports do"));
        };
        let mut draft = Draft::of_archive(context, file, false);
        let canonical = sourced(&CANONICAL);
        draft.identity(canonical.as_ref());
        draft.set(Key::Title, sourced(&TITLE));
        draft.deck(sourced(&SUBTITLE));
        draft.versions(sourced(&DATE), None);
        draft.byline(sourced(&AUTHOR));
        let tags = TAGS.as_ref().into_iter().flat_map(|tags| tags.captures_iter(&text));
        let tags = tags
            .filter_map(|found| Sourced::new(found.get(1)?.as_str(), Vec::new()).and_then(Sourced::plain));
        weblog::tags(&mut draft, tags.collect());
        let name = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("draft_") || !draft.has(Key::Date) {
            weblog::hold_back(&mut draft, &[], "", None);
        }
        let replaced = |pattern: &Pattern, text: String, with: &str| match &**pattern {
            Some(pattern) => pattern.replace_all(&text, with).into_owned(),
            None => text,
        };
        let body = replaced(&GIST, body, "<p><a href=\"$1\">$1</a></p>");
        let body = replaced(&DIVIDER, replaced(&HEAD, body, ""), "");
        self.blog.body(&mut draft, &body, None);
        let url = canonical.and_then(|value| Url::parse(&value.text).ok());
        let last =
            url.as_ref().and_then(|url| url.path().rsplit('/').next()).unwrap_or(bare(&name)).to_owned();
        let name = last
            .rsplit_once('-')
            .filter(|(_, number)| number.len() >= 8 && number.bytes().all(|byte| byte.is_ascii_hexdigit()));
        // A URL on the newsroom's own domain is kept. URLs on medium.com stay there.
        let own = url.filter(|url| {
            !url.host_str().is_some_and(|host| host == "medium.com" || host.ends_with(".medium.com"))
        });
        self.blog.set_location(
            &mut draft,
            own.as_ref().map_or("", Url::as_str),
            name.map(|(name, _)| name).or(Some(&last)),
            Vec::new(),
        );
        weblog::only_story(draft)
    }

    fn site(&self) -> OldSite {
        OldSite::default()
    }
}

/// The file name without its date or `draft` prefix.
fn bare(name: &str) -> &str {
    match name.split_once('_') {
        Some((before, rest))
            if before == "draft" || before.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') =>
        {
            rest
        }
        _ => name,
    }
}
