//! Articles as they were last read + the paths that changed → the articles as they are now.
//!
//! For the preview, which must not check a hundred thousand files because one was saved. While a source cannot be parsed its article
//! stays as it was, so that the site stays complete while somebody types.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::source_reader::{SourceRead, SourceReader};
use super::unicode_paths::are_alike;
use super::{Article, Content, FileState, NamedFile, is_article, recordings, walk};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::manifest::Fingerprint;
use crate::site::SiteDir;

/// The outcome of a reload.
#[derive(Debug)]
pub struct Reload {
    /// The articles as they are now.
    pub content: Content,
    /// The sources that were read again, relative to `content/`, with their problems.
    pub sources: BTreeMap<String, Vec<Diagnostic>>,
    /// The sources among them that changed, are new or are gone.
    pub changed: BTreeSet<String>,
}

impl Content {
    /// Reads again the sources at some paths relative to `content/`: sources, everything in folders, and the sources of articles
    /// that name a file there.
    #[must_use]
    pub fn reload(&self, site: &SiteDir, config: &Config, paths: &BTreeSet<String>) -> Reload {
        let wanted = self.sources_at(site, paths);
        let reader = SourceReader { site, config, clock: None, timings: None, spool: None };
        let read = |path: &String| {
            let path: Arc<str> = path.as_str().into();
            let read = walk::is_there(site, &path).then(|| reader.read(&path, None));
            (path, read)
        };
        let read: Vec<(Arc<str>, Option<SourceRead>)> = wanted.par_iter().map(read).collect();
        let (mut articles, mut before): (Vec<_>, BTreeMap<&str, _>) = (Vec::new(), BTreeMap::new());
        for article in &self.articles {
            if wanted.contains(&*article.path) {
                before.insert(&article.path, article);
            } else {
                articles.push(Arc::clone(article));
            }
        }
        let mut broken = self.broken.clone();
        let (mut sources, mut changed) = (BTreeMap::new(), BTreeSet::new());
        for (path, read) in read {
            let before = before.get(&*path).copied();
            let was_broken = broken.remove(&path);
            let (record, problems) = read.map_or((None, None), |read| (read.record, Some(read.problems)));
            let article = record.and_then(|record| record.article);
            // An `_index.md` is not an article either, but it is not broken.
            let is_broken = problems.iter().flatten().any(Diagnostic::is_error);
            let is_same = article.as_deref().map(version) == before.map(|article| version(article));
            if was_broken != is_broken || !(is_broken || is_same) {
                changed.insert(path.to_string());
            }
            articles.extend(article.or_else(|| before.filter(|_| is_broken).map(Arc::clone)));
            sources.insert(path.to_string(), problems.unwrap_or_default());
            if is_broken {
                broken.insert(path);
            }
        }
        // Nearly sorted already, which a stable sort is fast with.
        articles.sort_by(|a, b| a.path.cmp(&b.path));
        Reload { content: Self::new(self.dir.clone(), articles, broken), sources, changed }
    }

    /// The same content, with the articles of an earlier state for sources that cannot be parsed now.
    #[must_use]
    pub fn with_last_good_of(self, before: &Self) -> Self {
        let mut articles = self.articles;
        for path in &self.broken {
            let at = articles.binary_search_by(|article| article.path.cmp(path));
            if let (Err(at), Some(id)) = (at, before.by_path(path)) {
                articles.insert(at, Arc::clone(&before.articles[id.0 as usize]));
            }
        }
        Self::new(self.dir, articles, self.broken)
    }

    /// The sources that a change at these paths may concern.
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
        let has_new_companion = |named: &NamedFile| {
            let (folder, recording) = named.path.rsplit_once('/').unwrap_or(("", &named.path));
            matches!(named.state, FileState::Companions(_))
                && paths.iter().any(|path| {
                    let (other, name) = path.rsplit_once('/').unwrap_or(("", path));
                    are_alike(other, folder) && recordings::is_companion(recording, name)
                })
        };
        let names_one = |article: &&Arc<Article>| {
            article.named.iter().any(|named| is_touched(&named.path) || has_new_companion(named))
        };
        let naming: Vec<String> =
            self.articles.par_iter().filter(names_one).map(|article| article.path.to_string()).collect();
        sources.extend(naming);
        sources
    }
}

/// Equal if the source and the files that the article names are the same.
fn version(article: &Article) -> (Fingerprint, Fingerprint) {
    (article.hash, article.digest)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::SourceCache;
    use super::*;

    /// A site with two articles, and its content.
    fn site() -> (tempfile::TempDir, SiteDir, Config, Content) {
        let dir = tempfile::tempdir().unwrap();
        let site = SiteDir::new(dir.path());
        fs::write(site.config(), "title: T\nbase_url: https://example.org/\n").unwrap();
        fs::create_dir_all(site.content().join("world")).unwrap();
        fs::write(site.content().join("a.md"), "---\ntitle: A\n---\nText.\n").unwrap();
        fs::write(site.content().join("world/b.md"), "---\ntitle: B\n---\n![x](p.svg)\n").unwrap();
        let config = Config::load(&site).0.unwrap();
        let (content, _) = Content::read(&site, &config, &mut SourceCache::disabled(), None);
        (dir, site, config, content)
    }

    fn titles(content: &Content) -> Vec<&str> {
        content.iter().map(|(_, article)| article.front.title.as_str()).collect()
    }

    fn at(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn only_changed_sources_are_read() {
        let (_dir, site, config, content) = site();
        fs::write(site.content().join("a.md"), "---\ntitle: A, again\n---\n").unwrap();
        fs::write(site.content().join("world/b.md"), "---\ntitle: not read\n---\n").unwrap();
        let reload = content.reload(&site, &config, &at(&["a.md"]));
        assert_eq!(titles(&reload.content), ["A, again", "B"]);
        assert_eq!(reload.changed, at(&["a.md"]));
    }

    #[test]
    fn articles_follow_a_renamed_folder() {
        let (_dir, site, config, content) = site();
        fs::rename(site.content().join("world"), site.content().join("aaa")).unwrap();
        let reload = content.reload(&site, &config, &at(&["world", "aaa"]));
        let paths: Vec<&str> = reload.content.iter().map(|(_, article)| &*article.path).collect();
        assert_eq!(paths, ["a.md", "aaa/b.md"]);
        assert_eq!(reload.changed, at(&["aaa/b.md", "world/b.md"]));
    }

    #[test]
    fn an_article_stays_while_its_source_is_broken() {
        let (_dir, site, config, content) = site();
        fs::write(site.content().join("a.md"), "---\ntitle: [\n---\n").unwrap();
        let broken = content.reload(&site, &config, &at(&["a.md"]));
        assert_eq!(titles(&broken.content), ["A", "B"]);
        assert!(!broken.sources["a.md"].is_empty());
        fs::write(site.content().join("a.md"), "---\ntitle: A\n---\nText.\n").unwrap();
        let fixed = broken.content.reload(&site, &config, &at(&["a.md"]));
        assert_eq!((titles(&fixed.content), fixed.changed), (vec!["A", "B"], at(&["a.md"])));
        fs::remove_file(site.content().join("a.md")).unwrap();
        assert_eq!(titles(&fixed.content.reload(&site, &config, &at(&["a.md"])).content), ["B"]);
    }

    #[test]
    fn a_kept_article_is_found_like_the_others() {
        let (_dir, site, config, before) = site();
        fs::write(site.content().join("a.md"), "---\ntitle: [\n---\n").unwrap();
        let (now, _) = Content::read(&site, &config, &mut SourceCache::disabled(), None);
        let found = now.get(now.by_path("world/b.md").unwrap());
        assert!(now.related(found, "b").is_some());
        let whole = now.with_last_good_of(&before);
        assert_eq!(titles(&whole), ["A", "B"]);
        let b = whole.by_path("world/b.md").unwrap();
        assert_eq!(whole.related(whole.get(b), "b"), Some(b));
    }

    #[test]
    fn a_new_picture_reaches_the_article_that_names_it() {
        let (_dir, site, config, content) = site();
        fs::write(site.content().join("world/p.svg"), "<svg width='2' height='1'/>").unwrap();
        let reload = content.reload(&site, &config, &at(&["world/p.svg"]));
        let id = reload.content.by_path("world/b.md").unwrap();
        assert_eq!(reload.content.get(id).assets[0].size, Some((2, 1)));
        assert!(reload.content.check().is_empty() && !content.check().is_empty());
    }
}
