//! Imports WordPress exports (WXR 1.x).
//!
//! ```text
//! files ──▶ items ──▶ survey: references between items, settings of the site
//!           one by    ──▶ portions: stories, some hundred at a time
//!           one
//! ```
//!
//! The export of a large site does not fit into memory, so it is read twice, item by item.

use std::collections::HashMap;
use std::fs::File as Handle;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::weblog::{self, Blog};
use crate::diagnostic::Diagnostic;
use crate::import::old_site::OldSite;
use crate::import::xml::of_root;
use crate::import::{
    Entry, File, ImportContext, Importer, Listing, Origin, Portions, Refusal, Sample, Source, Story,
};

mod item;
mod items;
mod site;

use items::{Items, RawItem};
use site::Export;

/// Items read at a time, and the number of bytes that ends a portion earlier.
const AT_ONCE: usize = 512;
const BYTES_AT_ONCE: usize = 16 << 20;

/// Extensions of exports.
const EXTENSIONS: [&str; 2] = ["xml", "wxr"];

/// WordPress exports.
pub(super) struct Wxr;

impl Importer for Wxr {
    fn name(&self) -> &'static str {
        "wxr"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        of_root(sample.head).is_some_and(|(name, _)| name == "rss")
            && sample.head.contains("://wordpress.org/export/")
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        weblog::has_export(folder, self, &EXTENSIONS)
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(Box::new(Exports { folder: folder.map(Path::to_owned), ..Exports::default() }))
    }
}

/// Exports of one site or several.
#[derive(Default)]
struct Exports {
    folder: Option<PathBuf>,
    sites: Vec<Export>,
    /// The site of each file.
    of: HashMap<PathBuf, usize>,
}

impl Source for Exports {
    fn files(&self) -> Listing {
        weblog::exports(self.folder.as_deref(), &Wxr, &EXTENSIONS)
    }

    fn survey(&mut self, all: &[Entry], _: &ImportContext<'_>) {
        for entry in all {
            let Ok(mut items) = open(entry) else { continue };
            let mut portion = portion(&mut items);
            let base = items.channel().ok().and_then(|channel| site::base(&channel));
            let same = |site: &Export| site.blog.base == base;
            let index = self.sites.iter().position(same).unwrap_or_else(|| {
                self.sites.push(Export::new(Blog::new(base.clone(), None)));
                self.sites.len() - 1
            });
            self.of.insert(weblog::path(entry).to_owned(), index);
            let Some(export) = self.sites.get_mut(index) else { continue };
            export.blog.folders.extend(weblog::path(entry).parent().map(Path::to_owned));
            export.blog.folders.extend(self.folder.clone());
            while !portion.is_empty() {
                let wrap = items.wrap();
                let facts: Vec<_> = portion
                    .par_iter()
                    .map(|piece| {
                        item::parse_item(piece, &wrap, |item| Some(site::ItemFacts::of(item))).ok().flatten()
                    })
                    .collect();
                facts.into_iter().flatten().for_each(|fact| export.learn(fact));
                portion = self::portion(&mut items);
            }
            if let Ok(channel) = items.channel() {
                export.channel(&channel);
            }
        }
        self.sites.iter_mut().for_each(Export::finish_survey);
    }

    fn portions<'s>(&'s self, entry: &'s Entry, context: &'s ImportContext<'_>) -> Option<Portions<'s>> {
        let export = self.of.get(weblog::path(entry)).and_then(|index| self.sites.get(*index));
        let (Some(export), Ok(items)) = (export, open(entry)) else {
            let refusal = Refusal::failed("the file cannot be read");
            return Some(Box::new(std::iter::once(vec![Err(refusal)])));
        };
        let file = File { path: weblog::path(entry).to_owned(), bytes: Vec::new() };
        Some(Box::new(Stories { items, export, file, context, has_begun: false, is_done: false }))
    }

    fn read(&self, file: &File, context: &ImportContext<'_>) -> Result<Vec<Story>, Refusal> {
        let entry = Entry::Standard(file.bytes.clone());
        let mut all = Self::default();
        all.survey(std::slice::from_ref(&entry), context);
        let found = all.portions(&entry, context).into_iter().flatten().flatten();
        let (stories, refused): (Vec<_>, Vec<_>) = found.partition(Result::is_ok);
        match refused.into_iter().find_map(Result::err) {
            Some(refusal) if stories.is_empty() => Err(refusal),
            _ => Ok(stories.into_iter().flatten().collect()),
        }
    }

    fn site(&self) -> OldSite {
        self.sites.first().map(|export| export.blog.old_site()).unwrap_or_default()
    }
}

/// The stories of an export, in portions.
struct Stories<'s> {
    items: Items<Box<dyn Read>>,
    export: &'s Export,
    file: File,
    context: &'s ImportContext<'s>,
    has_begun: bool,
    is_done: bool,
}

impl Iterator for Stories<'_> {
    type Item = Vec<Result<Story, Refusal>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let pieces = portion(&mut self.items);
        if !self.has_begun
            && let Err(refusal) = self.items.channel()
        {
            self.is_done = true;
            return Some(vec![Err(refusal)]);
        }
        let wrap = self.items.wrap();
        let story = |piece: &RawItem| {
            item::parse_item(piece, &wrap, |item| self.export.story(item, &self.file, self.context))
                .transpose()
        };
        let mut stories: Vec<_> = pieces.par_iter().filter_map(story).collect();
        self.is_done = pieces.is_empty();
        let skipped = self.export.skipped.clone().filter(|_| !self.has_begun);
        if let Some((Ok(story), message)) = stories.first_mut().zip(skipped) {
            story.remark("import/skipped", message, None);
        }
        self.has_begun |= !stories.is_empty();
        if self.is_done {
            let fault = self.items.fault().map(|(message, at)| Refusal::Failed(message, Some(at)));
            let none = || {
                Refusal::Skipped(self.export.skipped.clone().unwrap_or("the export has no posts".to_owned()))
            };
            stories.extend(fault.or_else(|| (!self.has_begun).then(none)).map(Err));
        }
        Some(stories)
    }
}

/// The next items. Empty at the end.
fn portion(items: &mut Items<Box<dyn Read>>) -> Vec<RawItem> {
    let mut bytes = 0;
    let mut pieces = Vec::new();
    while pieces.len() < AT_ONCE && bytes < BYTES_AT_ONCE {
        let Some(piece) = items.next() else { break };
        bytes += piece.bytes.len();
        pieces.push(piece);
    }
    pieces
}

/// Opens a file. UTF-16 is read at once, because items are found by bytes.
fn open(entry: &Entry) -> std::io::Result<Items<Box<dyn Read>>> {
    let mut from: Box<dyn Read> = match entry {
        Entry::Standard(bytes) => Box::new(Cursor::new(bytes.clone())),
        Entry::Path(path) => Box::new(Handle::open(path)?),
    };
    let mut head = Vec::new();
    from.by_ref().take(4).read_to_end(&mut head)?;
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        from.read_to_end(&mut head)?;
        let text =
            crate::import::encoding::decode(&head, None).map(|decoded| decoded.text).unwrap_or_default();
        return Ok(Items::new(Box::new(Cursor::new(text.into_bytes()))));
    }
    Ok(Items::new(Box::new(Cursor::new(head).chain(from))))
}
