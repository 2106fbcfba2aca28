//! Sites whose stories are Markdown with front matter in folders: Eleventy, Astro, Hexo.
//!
//! [`Site`] is what they have in common; a [`Flavor`] is what one does its own way. Their settings may be programs: only what is
//! written plainly in them is read.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::edits::Edits;
use crate::import::archive::marks::Kind as MarkKind;
use crate::import::archive::said::describes;
use crate::import::archive::survey::{self, List};
use crate::import::archive::{
    Archive, Asked, Dialect, Kind, Meaning, Page, Settings, Target, lenient, text_at, urls, when,
};
use crate::import::front::{self, Front};
use crate::import::importers::jekyll::liquid;
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{ImportContext, Importer, Origin, Refusal, Sample, Source};

mod astro;
mod eleventy;
mod hexo;

/// Names of folders and collections that say nothing of what is in them.
const PLAIN: [&str; 8] = ["post", "posts", "blog", "articles", "_posts", "_drafts", "content", "pages"];

/// What one generator does its own way.
trait Flavor: Clone + Default + Send + Sync + 'static {
    const NAME: &'static str;
    /// Its name as people write it, and a file that its sites have.
    const SHOWN: (&'static str, &'static str);
    const MARKS: &'static [MarkKind];
    /// Whether a file without front matter is no page.
    const NEEDS_FRONT: bool = false;

    fn fits(folder: &Path) -> bool;
    /// Reads its settings into what all have.
    fn open(site: &mut Site<Self>, root: &Path);
    /// What a file below the root is.
    fn sort(site: &Site<Self>, path: &str) -> Kind;
    /// Changes front matter by what lies beside it.
    fn front(_site: &Site<Self>, _path: &str, _front: &mut Front) {}
    /// The path of a URL without that of the site; `None` if it had none, or it cannot be told.
    fn url(site: &Site<Self>, path: &str, front: &Front) -> Option<String>;
    fn meaning(_key: &str) -> Option<Meaning> {
        None
    }
    fn target(_site: &Site<Self>, _path: &str, _destination: &str) -> Option<Target> {
        None
    }
    fn list_url(_site: &Site<Self>, _list: List, _name: &str) -> Option<String> {
        None
    }
    /// Whether it is a draft by its place.
    fn is_draft(_path: &str) -> bool {
        false
    }
}

/// A site.
#[derive(Clone, Debug, Default)]
struct Site<F> {
    root: PathBuf,
    settings: Settings,
    /// The folders of the content, the longest first.
    contents: Vec<String>,
    base: String,
    url: String,
    zone: Option<jiff::tz::TimeZone>,
    old: OldSite,
    own: F,
}

/// Sites of a flavor.
struct Folders<F>(std::marker::PhantomData<F>);

/// Sites of Eleventy.
pub(super) const ELEVENTY: &dyn Importer = &Folders::<eleventy::Eleventy>(std::marker::PhantomData);
/// Sites of Astro.
pub(super) const ASTRO: &dyn Importer = &Folders::<astro::Astro>(std::marker::PhantomData);
/// Sites of Hexo.
pub(super) const HEXO: &dyn Importer = &Folders::<hexo::Hexo>(std::marker::PhantomData);

impl<F: Flavor> Importer for Folders<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, _sample: &Sample<'_>) -> bool {
        false
    }

    fn recognized_by(&self) -> &'static str {
        F::SHOWN.1
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        F::fits(folder)
    }

    fn open(
        &self,
        folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let mut site = Site::<F>::default();
        let Some(root) = folder.filter(|folder| folder.is_dir()) else {
            let (name, file) = F::SHOWN;
            let problem =
                Diagnostic::error("import/no-archive", format!("this is no folder with a site of {name}"));
            let place = Place::file(folder.unwrap_or(Path::new("")).to_string_lossy().into_owned());
            return Err(Box::new(problem.at(place).help(format!("name the folder that `{file}` is in"))));
        };
        site.root = root.to_owned();
        F::open(&mut site, root);
        let words = &site.settings;
        let url = ["url", "site"].iter().find_map(|key| words.text(key)).unwrap_or_default();
        let base = ["root", "base", "pathprefix"].iter().find_map(|key| words.text(key));
        site.base = urls::path_of(
            &base.map_or_else(|| url.clone(), |base| format!("/{}", base.trim_start_matches('/'))),
        );
        site.url = url;
        site.zone =
            site.zone.or_else(|| words.text("timezone").and_then(|zone| jiff::tz::TimeZone::get(&zone).ok()));
        let OldSite { menus, redirects, .. } = std::mem::take(&mut site.old);
        site.old = OldSite { menus, redirects, ..describes(&site.settings, &site.base) };
        Ok(Box::new(Archive::new(Some(root), site)))
    }
}

impl<F: Flavor> Site<F> {
    /// The path of a file below the content.
    fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        let below = |folder: &String| {
            if folder.is_empty() { Some(path) } else { path.strip_prefix(&**folder)?.strip_prefix('/') }
        };
        self.contents.iter().find_map(below)
    }

    /// Folders between the content and a file that say something of it.
    fn folders<'p>(&self, path: &'p str) -> Vec<&'p str> {
        let folder = urls::split(self.inner(path).unwrap_or(path)).0;
        let is_year = |part: &str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        folder.split('/').filter(|part| !part.is_empty() && !PLAIN.contains(part) && !is_year(part)).collect()
    }
}

impl<F: Flavor> Dialect for Site<F> {
    fn sort(&self, path: &str) -> Kind {
        F::sort(self, path)
    }

    fn front(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let mut front = match lenient::read(text, lines)? {
            None if F::NEEDS_FRONT => return Err(Refusal::Skipped("it has no front matter".to_owned())),
            front => front.unwrap_or_default(),
        };
        F::front(self, path, &mut front);
        if let Some(entry) = front.entries.iter_mut().find(|entry| entry.key == "published")
            && let Some(is_published) = front::truth(&entry.value)
        {
            "draft".clone_into(&mut entry.key);
            entry.value = Json::Bool(!is_published);
        }
        Ok(front)
    }

    fn page(&self, path: &str, front: &Front) -> Page {
        let (folder, file) = urls::split(path);
        let stem = urls::stem(file).0;
        let stem = if stem == "index" { urls::split(folder).1 } else { stem };
        let dated = urls::dated(stem).filter(|(date, _)| when::read(date).is_some());
        let name = front.text("slug").unwrap_or_else(|| dated.map_or(stem, |(_, name)| name).to_owned());
        let mut folders = self.folders(path);
        let is_dated = dated.is_some() || front.text("date").is_some() || front.text("pubDate").is_some();
        // A folder for one story is no section.
        folders.pop_if(|folder| file.starts_with("index.") || *folder == stem);
        let section = folders.first().filter(|_| is_dated);
        let url = F::url(self, path, front).filter(|_| !F::is_draft(path));
        Page {
            url: url.map(|url| urls::encoded(&format!("{}/{}", self.base, url.trim_start_matches('/')))),
            own_path: front
                .text("permalink")
                .filter(|path| !path.contains(['{', ':']))
                .map(|path| format!("/{}", path.trim_start_matches('/'))),
            name: urls::split(&name).1.to_owned(),
            section: section.map(|name| ((*name).to_owned(), Confidence::Positional)),
            folder: urls::split(self.inner(path).unwrap_or(path)).0.to_owned(),
            date: dated
                .filter(|_| front.text("date").is_none_or(|date| when::read(&date).is_none()))
                .and_then(|(date, _)| when::read(date)),
            draft: F::is_draft(path).then_some("it was in the folder of drafts"),
            ..Page::default()
        }
    }

    fn meaning(&self, key: &str) -> Meaning {
        F::meaning(key).unwrap_or_else(|| crate::import::archive::common_meaning(key))
    }

    fn base(&self) -> &str {
        &self.base
    }

    fn site_url(&self) -> &str {
        &self.url
    }

    fn named_language(&self) -> Option<&str> {
        self.old.language.as_deref()
    }

    fn zone(&self) -> Option<&jiff::tz::TimeZone> {
        self.zone.as_ref()
    }

    fn content(&self) -> &str {
        self.contents.last().map_or("", |folder| folder)
    }

    fn target(&self, path: &str, destination: &str) -> Option<Target> {
        F::target(self, path, destination)
    }

    fn evaluate(&self, text: &str, asked: &Asked<'_>) -> Edits {
        liquid::evaluate(liquid::Site { base: &self.base, url: &self.url, settings: None }, text, asked)
    }

    fn marks(&self) -> &'static [MarkKind] {
        F::MARKS
    }

    fn is_liquid(&self) -> bool {
        true
    }

    fn site(&self) -> OldSite {
        self.old.clone()
    }

    fn list_url(&self, list: List, name: &str) -> Option<String> {
        F::list_url(self, list, name).map(|url| format!("{}/{}", self.base, url.trim_start_matches('/')))
    }

    fn is_list(&self, _path: &str, page: &Page, front: &Front, body: &str) -> bool {
        body.trim().is_empty() && survey::list_of(page, front, &self.base).is_some()
    }

    fn components(&self, path: &str, text: &str) -> Option<(String, Vec<String>)> {
        path.ends_with(".mdx").then(|| astro::without_components(text))
    }
}

fn is_markdown(path: &str) -> bool {
    matches!(urls::stem(urls::split(path).1).1, "md" | "markdown" | "mdx")
}

/// What is written plainly in a program: `key: "value"` and `key: true`, the first of each key.
fn plain_settings(file: &Path) -> Option<Settings> {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)(?:^|[\s{,(])["']?(\w+)["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`$\n]*)`|(true|false)\b)"#)
            .expect("a pattern that is tested")
    });
    let text = text_at(file)?;
    let mut all = Map::new();
    for found in PAIR.captures_iter(&text) {
        let value = (2..=4).find_map(|group| found.get(group)).map(|text| Json::from(text.as_str()));
        let value =
            value.unwrap_or_else(|| Json::Bool(found.get(5).is_some_and(|word| word.as_str() == "true")));
        all.entry(found[1].to_owned()).or_insert(value);
    }
    Some(Settings(all))
}
