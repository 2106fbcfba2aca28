//! Articles as they were last read + the paths where something changed → the articles as they are now.
//!
//! For a preview, which must not look at a hundred thousand files because one was saved. A source that cannot be
//! understood for the moment leaves its article as it was, so that the site stays whole while somebody types.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::names::are_alike;
use super::source::{Read, Reading};
use super::{Article, Content, Seen, is_article, remembered, walk};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::manifest::Fingerprint;
use crate::site::SiteDir;

/// What came of looking again.
#[derive(Debug)]
pub struct Renewed {
    /// The articles as they are now.
    pub content: Content,
    /// The sources that were looked at, relative to `content/`, with what is wrong with each.
    pub sources: BTreeMap<String, Vec<Diagnostic>>,
    /// Those of them that say something else than before, are new or are gone.
    pub changed: BTreeSet<String>,
}

impl Content {
    /// Looks again at some paths relative to `content/`: at sources, at what is below folders, and at the sources of
    /// articles that name a file there.
    #[must_use]
    pub fn renewed(&self, site: &SiteDir, config: &Config, paths: &BTreeSet<String>) -> Renewed {
        let sources = self.sources_at(site, paths);
        let reading = Reading { site, config, clock: None, timings: None, bodies: None };
        let look = |path: &String| {
            let path: Arc<str> = path.as_str().into();
            let read = walk::is_there(site, &path).then(|| reading.read(&path, None));
            (path, read)
        };
        let looked: Vec<(Arc<str>, Option<Read>)> = sources.par_iter().map(look).collect();
        let (mut others, mut same): (Vec<_>, BTreeMap<&str, _>) = (Vec::new(), BTreeMap::new());
        for (article, seen) in self.articles.iter().zip(&self.seen) {
            if sources.contains(&*article.path) {
                same.insert(&article.path, (article, seen));
            } else {
                others.push((Arc::clone(article), seen.clone()));
            }
        }
        let mut broken = self.broken.clone();
        let mut renewed = (BTreeMap::new(), BTreeSet::new());
        for (path, read) in looked {
            let before = same.get(&*path).copied();
            let was_broken = broken.remove(&path);
            let (source, problems) = read.map_or((None, None), |read| (read.source, Some(read.problems)));
            let article = source.and_then(|source| Some((source.article?, source.problems)));
            // An `_index.md` is no article either, but nothing is wrong with it.
            let fails = problems.iter().flatten().any(Diagnostic::is_error);
            let is_same = article.as_ref().map(|(article, _)| said(article))
                == before.map(|(article, _)| said(article));
            if was_broken != fails || !(fails || is_same) {
                renewed.1.insert(path.to_string());
            }
            match (article, before) {
                (Some((article, problems)), _) => {
                    others.push((article, Seen { stat: None, is_new: true, problems, body: None }));
                }
                (None, Some((article, seen))) if fails => others.push((Arc::clone(article), seen.clone())),
                (None, _) => {}
            }
            if fails {
                broken.insert(Arc::clone(&path));
            }
            renewed.0.insert(path.to_string(), problems.unwrap_or_default());
        }
        // Nearly in order, which a stable sort is quick with.
        others.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        let (sources, changed) = renewed;
        Renewed { content: self.with(others, broken), sources, changed }
    }

    /// The same with articles as they were whose sources cannot be understood now.
    #[must_use]
    pub fn with_last_good_of(mut self, before: &Self) -> Self {
        let broken: Vec<Arc<str>> = self.broken.iter().cloned().collect();
        for path in broken {
            if let (None, Some(id)) = (self.by_path(&path), before.by_path(&path)) {
                let at = self.articles.partition_point(|article| article.path < path);
                self.articles.insert(at, Arc::clone(&before.articles[id.0 as usize]));
                self.seen.insert(at, before.seen[id.0 as usize].clone());
            }
        }
        // Ids are not what they were.
        (self.before, self.by_slug, self.by_composed) = (Vec::new(), OnceLock::new(), OnceLock::new());
        self
    }

    fn with(&self, articles: Vec<(Arc<Article>, Seen)>, broken: std::collections::HashSet<Arc<str>>) -> Self {
        let (articles, seen) = articles.into_iter().unzip();
        Self {
            texts: super::check::Texts::default(),
            dir: self.dir.clone(),
            articles,
            by_slug: OnceLock::new(),
            by_composed: OnceLock::new(),
            typography: self.typography,
            markdown: self.markdown.clone(),
            seen,
            before: Vec::new(),
            broken,
            clock: None,
            rest: remembered::Rest::default(),
            bodies: self.bodies.clone(),
        }
    }

    /// The sources that something at these paths has to do with.
    fn sources_at(&self, site: &SiteDir, paths: &BTreeSet<String>) -> BTreeSet<String> {
        let mut sources = BTreeSet::new();
        for path in paths {
            if is_article(path.as_ref()) {
                sources.insert(path.clone());
            }
            let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
            let from = self.articles.partition_point(|article| *article.path < *folder);
            let below = self.articles[from..].iter().map(|article| &article.path);
            sources.extend(below.take_while(|path| path.starts_with(&folder)).map(|path| path.to_string()));
            let broken = self.broken.iter().filter(|broken| broken.starts_with(&folder));
            sources.extend(broken.map(|path| path.to_string()));
            if site.content().join(path).is_dir() {
                sources.extend(walk::below(site, path));
            }
        }
        let is_touched = |named: &str| {
            let above = named.match_indices('/').map(|(slash, _)| &named[..slash]);
            let is_one = |path: &str| {
                paths.contains(path) || (!path.is_ascii() && paths.iter().any(|one| are_alike(one, path)))
            };
            above.chain([named]).any(is_one)
        };
        let names_one = |article: &&Arc<Article>| article.named.iter().any(|named| is_touched(&named.path));
        let naming: Vec<String> =
            self.articles.par_iter().filter(names_one).map(|article| article.path.to_string()).collect();
        sources.extend(naming);
        sources
    }
}

/// Equal if an article says the same, and the files that it names are the same.
fn said(article: &Article) -> (Fingerprint, Fingerprint) {
    (article.hash, article.digest)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Known;
    use super::*;

    /// A site with two articles, and what was read of it.
    fn site() -> (tempfile::TempDir, SiteDir, Config, Content) {
        let dir = tempfile::tempdir().unwrap();
        let site = SiteDir::new(dir.path());
        fs::write(site.config(), "title: T\nbase_url: https://example.org/\n").unwrap();
        fs::create_dir_all(site.content().join("world")).unwrap();
        fs::write(site.content().join("a.md"), "---\ntitle: A\n---\nText.\n").unwrap();
        fs::write(site.content().join("world/b.md"), "---\ntitle: B\n---\n![x](p.svg)\n").unwrap();
        let config = Config::load(&site).0.unwrap();
        let (content, _) = Content::read(&site, &config, Known::default(), None);
        (dir, site, config, content)
    }

    fn titles(content: &Content) -> Vec<&str> {
        content.iter().map(|(_, article)| article.front.title.as_str()).collect()
    }

    fn at(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn what_changed_is_read_and_nothing_else() {
        let (_dir, site, config, content) = site();
        fs::write(site.content().join("a.md"), "---\ntitle: A, again\n---\n").unwrap();
        fs::write(site.content().join("world/b.md"), "---\ntitle: not looked at\n---\n").unwrap();
        let renewed = content.renewed(&site, &config, &at(&["a.md"]));
        assert_eq!(titles(&renewed.content), ["A, again", "B"]);
        assert_eq!(renewed.changed, at(&["a.md"]));
    }

    #[test]
    fn a_folder_that_goes_takes_its_articles_along_and_one_that_comes_brings_them() {
        let (_dir, site, config, content) = site();
        fs::rename(site.content().join("world"), site.content().join("aaa")).unwrap();
        let renewed = content.renewed(&site, &config, &at(&["world", "aaa"]));
        let paths: Vec<&str> = renewed.content.iter().map(|(_, article)| &*article.path).collect();
        assert_eq!(paths, ["a.md", "aaa/b.md"]);
        assert_eq!(renewed.changed, at(&["aaa/b.md", "world/b.md"]));
    }

    #[test]
    fn an_article_stays_while_its_source_cannot_be_understood() {
        let (_dir, site, config, content) = site();
        fs::write(site.content().join("a.md"), "---\ntitle: [\n---\n").unwrap();
        let broken = content.renewed(&site, &config, &at(&["a.md"]));
        assert_eq!(titles(&broken.content), ["A", "B"]);
        assert!(!broken.sources["a.md"].is_empty());
        fs::write(site.content().join("a.md"), "---\ntitle: A\n---\nText.\n").unwrap();
        let mended = broken.content.renewed(&site, &config, &at(&["a.md"]));
        assert_eq!((titles(&mended.content), mended.changed), (vec!["A", "B"], at(&["a.md"])));
        fs::remove_file(site.content().join("a.md")).unwrap();
        assert_eq!(titles(&mended.content.renewed(&site, &config, &at(&["a.md"])).content), ["B"]);
    }

    #[test]
    fn an_article_that_is_kept_has_a_place_among_the_others() {
        let (_dir, site, config, before) = site();
        fs::write(site.content().join("a.md"), "---\ntitle: [\n---\n").unwrap();
        let (now, _) = Content::read(&site, &config, Known::default(), None);
        let found = now.get(now.by_path("world/b.md").unwrap());
        assert!(now.related(found, "b").is_some());
        let whole = now.with_last_good_of(&before);
        assert_eq!(titles(&whole), ["A", "B"]);
        let b = whole.by_path("world/b.md").unwrap();
        assert_eq!(whole.related(whole.get(b), "b"), Some(b));
    }

    #[test]
    fn a_picture_that_comes_is_found_by_the_article_that_names_it() {
        let (_dir, site, config, content) = site();
        fs::write(site.content().join("world/p.svg"), "<svg width='2' height='1'/>").unwrap();
        let renewed = content.renewed(&site, &config, &at(&["world/p.svg"]));
        let id = renewed.content.by_path("world/b.md").unwrap();
        assert_eq!(renewed.content.get(id).assets[0].size, Some((2, 1)));
        assert!(renewed.content.check().is_empty() && !content.check().is_empty());
    }
}
