//! Pages as the last build made them + an edition → which of them are still right, and why the others are not.
//!
//! A page is fresh if it was made from the same inputs, every question it asked still has the same answer, and the file is
//! as the build left it. Each question is answered once, whatever the number of pages that ask it.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::io;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::manifest::{Chunk, Clock, Fingerprint, Stat, Store, prune};
use crate::render::{Inputs, Job, Renderer};
use crate::site::SiteDir;
use crate::theme::queries::{Gist, Mention, Query};
use crate::theme::{Queries, Read};

mod explain;

pub use explain::{Explanation, Words};

/// What the names of the records of output folders begin with.
const PREFIX: &str = "output-";
/// Output folders whose records are kept.
const FOLDERS: usize = 4;

/// A page as a build made it.
#[derive(Debug, Deserialize)]
pub struct Made {
    /// Path of the file in the output folder.
    pub path: Box<str>,
    /// What it was made from; `None` if that may change without showing it.
    pub inputs: Option<Inputs>,
    /// Fingerprints of the questions that it asked.
    pub asked: Vec<Fingerprint>,
    /// The stories of a list page.
    pub stories: Vec<Mention>,
    /// Hash of its bytes.
    pub hash: Fingerprint,
    /// The file; `None` if it may change without showing it.
    pub stat: Option<Stat>,
}

/// A question that pages asked, and the answer they got.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    /// Of the question.
    print: [u8; 8],
    query: Query,
    gist: Gist,
    #[serde(skip)]
    is_new: bool,
}

/// What pages have in common, to tell what of it changed.
#[derive(Debug, Default, Serialize, Deserialize)]
struct About {
    /// The settings that all pages see, as JSON.
    settings: String,
    /// Templates' texts by name.
    templates: Vec<(String, Fingerprint)>,
    strings: Fingerprint,
    /// The record of files in the output folder.
    ledger: Option<Fingerprint>,
    notes: Notes,
}

/// What builds tell again until somebody answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// URLs that an earlier build had, where nothing is.
    pub lost: Vec<Lost>,
    /// The authority that ids of stories name, if nobody wrote them.
    pub authority: Option<String>,
}

/// A URL that a build had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// From the root of the site, decoded.
    pub url: String,
    /// Whether it was one of a list, not of a story.
    pub is_list: bool,
}

/// What the last build into an output folder made.
#[derive(Debug)]
pub struct Before {
    store: Store,
    about: About,
    pages: Vec<Made>,
    /// Places in `pages`, by hashes of their paths.
    by_path: HashMap<u64, u32, FixedState>,
    page_pieces: Vec<Chunk>,
    asked: HashMap<Fingerprint, Asked>,
    asked_pieces: Vec<Chunk>,
}

/// A page of this build.
#[derive(Debug)]
pub enum Record {
    /// As an earlier build made it: its place among those, and its file where that was found under another time.
    Kept(u32, Option<Stat>),
    /// Made by this build, and the place of what an earlier build made at its path.
    Made(Box<Made>, Option<u32>),
}

/// Why a page is made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its file is gone, or is not what the last build wrote.
    File,
    /// A file that it is made from may have changed without showing it.
    Unsettled,
    /// Its inputs changed: those of the last build.
    Inputs(Inputs),
    /// The answer to this question changed.
    Answer(Fingerprint),
}

/// The files that the last build into an output folder wrote, with the hashes of their bytes, whatever is believed of it otherwise.
pub fn written(site: &SiteDir, output: &Path) -> Vec<(Box<str>, Fingerprint)> {
    Before::open(site, output, false).pages.into_iter().map(|made| (made.path, made.hash)).collect()
}

impl Before {
    /// Reads what the last build into an output folder made; nothing if `forget`.
    pub fn open(site: &SiteDir, output: &Path, forget: bool) -> Self {
        let name = format!("{PREFIX}{}", Fingerprint::of(&*output.to_string_lossy()));
        let store = Store::new(&site.manifest(), &name);
        let index = store.index::<About>().filter(|_| site.remembers());
        // What somebody has yet to answer is no part of what may be wrong.
        let notes = index.as_ref().map(|(about, _)| about.notes.clone()).unwrap_or_default();
        // Nor is which record of files that build left.
        let ledger = index.as_ref().and_then(|(about, _)| about.ledger).filter(|_| forget);
        let index = index.filter(|_| !forget);
        let (mut about, [page_pieces, asked_pieces]): (About, _) = index
            .and_then(|(about, tables)| Some((about, <[Vec<Chunk>; 2]>::try_from(tables).ok()?)))
            .unwrap_or_default();
        about.notes = notes;
        about.ledger = about.ledger.or(ledger);
        let pieces = page_pieces.len();
        let pages = store.read::<Made>(page_pieces);
        if pages.chunks.len() < pieces {
            // Pages that were made are not known: only the record in the output folder tells which.
            about.ledger = None;
        }
        let asked_table = store.read::<Asked>(asked_pieces);
        let asked: HashMap<Fingerprint, Asked> = asked_table
            .records
            .into_iter()
            .map(|asked| (Fingerprint::from_bytes(asked.print), asked))
            .collect();
        // Where a question was lost, nobody can tell whether its answer is the same.
        let is_whole = |page: &&Made| page.asked.iter().all(|print| asked.contains_key(print));
        let places = pages.records.iter().zip(0..).filter(|(page, _)| is_whole(page));
        Self {
            about,
            by_path: places.map(|(page, place)| (hash(&page.path), place)).collect(),
            pages: pages.records,
            page_pieces: pages.chunks,
            asked,
            asked_pieces: asked_table.chunks,
            store,
        }
    }

    /// The page of a path and its place.
    pub fn page(&self, path: &str) -> Option<(u32, &Made)> {
        let place = *self.by_path.get(&hash(path))?;
        Some((place, self.at(place))).filter(|(_, page)| &*page.path == path)
    }

    /// The page at a place.
    pub fn at(&self, place: u32) -> &Made {
        &self.pages[place as usize]
    }

    /// The fingerprint of the record of files that the last build left in the output folder, if it is known.
    pub fn record(&self) -> Option<Fingerprint> {
        self.about.ledger
    }

    /// The fingerprint of the record of files that the last build left in the output folder, if these pages have the
    /// same paths.
    pub fn ledger(&self, pages: &[Record]) -> Option<Fingerprint> {
        let kept = |page: &&Record| match page {
            Record::Kept(..) => true,
            Record::Made(_, place) => place.is_some(),
        };
        let is_same = pages.len() == self.pages.len() && pages.iter().all(|page| kept(&page));
        self.about.ledger.filter(|_| is_same)
    }

    /// The path of a page of this build.
    pub fn path<'a>(&'a self, page: &'a Record) -> &'a str {
        match page {
            Record::Kept(place, _) => &self.at(*place).path,
            Record::Made(made, _) => &made.path,
        }
    }

    fn asked_by<'a>(&'a self, page: &'a Record) -> &'a [Fingerprint] {
        match page {
            Record::Kept(place, _) => &self.at(*place).asked,
            Record::Made(made, _) => &made.asked,
        }
    }

    /// URLs of articles and lists that the last build had and these pages have not.
    pub fn lost(&self, pages: &[Record]) -> Vec<Lost> {
        let mut is_lost = vec![true; self.pages.len()];
        for page in pages {
            if let Record::Kept(place, _) | Record::Made(_, Some(place)) = page {
                is_lost[*place as usize] = false;
            }
        }
        let lost = self.pages.iter().zip(is_lost).filter(|(_, is_lost)| *is_lost).map(|(page, _)| page);
        lost.filter_map(url_of).collect()
    }

    /// URLs of articles and lists that the last build had.
    pub fn urls(&self) -> Vec<Lost> {
        self.pages.iter().filter_map(url_of).collect()
    }

    /// What the last build left to be told again.
    pub fn notes(&self) -> &Notes {
        &self.about.notes
    }

    /// Answers all questions that pages asked; gives those whose answers changed, and takes the new ones over.
    pub fn ask_again(&mut self, queries: &Queries) -> Changed {
        let now: Vec<(Fingerprint, Option<Gist>)> = self
            .asked
            .par_iter()
            .map(|(print, asked)| (*print, queries.gist(&asked.query, &asked.gist).ok()))
            .collect();
        let mut changed = HashMap::new();
        for (print, now) in now {
            let Some(asked) = self.asked.get_mut(&print) else { continue };
            // What makes no sense any more is an error of the page that asks it.
            let Some(now) = now else {
                changed.insert(print, (std::mem::take(&mut asked.gist), None));
                continue;
            };
            if now != asked.gist {
                let before = std::mem::replace(&mut asked.gist, now);
                asked.is_new = true;
                if before.print != asked.gist.print {
                    changed.insert(print, (before, Some(asked.gist.clone())));
                }
            }
        }
        Changed(changed)
    }

    /// The questions that these pages asked, each once.
    pub fn questions(&self, pages: &[Record]) -> impl Iterator<Item = &Query> {
        self.used(pages).into_iter().filter_map(|print| self.asked.get(&print).map(|asked| &asked.query))
    }

    fn used(&self, pages: &[Record]) -> Vec<Fingerprint> {
        let mut used: Vec<Fingerprint> = pages.iter().flat_map(|page| self.asked_by(page)).copied().collect();
        used.par_sort_unstable();
        used.dedup();
        used
    }

    /// Notes what pages asked that were made.
    pub fn note(&mut self, reads: impl IntoIterator<Item = Arc<Read>>) {
        for read in reads {
            let print = Fingerprint::of(&read.query);
            let is_known = self.asked.get(&print).is_some_and(|asked| asked.gist == read.answer);
            if !is_known {
                let (query, gist) = (read.query.clone(), read.answer.clone());
                self.asked.insert(print, Asked { print: print.to_bytes(), query, gist, is_new: true });
            }
        }
    }

    /// Writes down what this build made. The `clocks` were read before the files of pages that were kept, and before those
    /// of pages that were made, were looked at.
    ///
    /// # Errors
    /// If the site's state cannot be written. The next build then makes more pages than it needs to.
    pub fn remember(
        &self,
        site: &SiteDir,
        pages: &[Record],
        renderer: &Renderer,
        ledger: Option<Fingerprint>,
        notes: Notes,
        clocks: [Clock; 2],
    ) -> io::Result<()> {
        if !site.remembers() {
            return Ok(());
        }
        let about = About { ledger, notes, ..About::new(renderer) };
        let is_kept = |page: &Record| matches!(page, Record::Kept(_, None));
        let is_as_before = pages.len() == self.pages.len() && pages.iter().all(is_kept);
        if is_as_before && self.asked.values().all(|asked| !asked.is_new) && !pages.is_empty() {
            return self.store.finish(about, vec![self.page_pieces.clone(), self.asked_pieces.clone()]);
        }
        let asked: Vec<&Asked> = self.used(pages).iter().filter_map(|print| self.asked.get(print)).collect();
        let pages = self.in_order_of_paths(pages, clocks);
        let pages = self.store.write(
            &pages,
            |page| page.page.path.as_bytes(),
            |page| page.is_new,
            &self.page_pieces,
        )?;
        let asked =
            self.store.write(&asked, |asked| &asked.print, |asked| asked.is_new, &self.asked_pieces)?;
        self.store.finish(about, vec![pages, asked])?;
        prune(&site.manifest(), PREFIX, FOLDERS)
    }

    /// The records of pages in the order of their paths, in which those of the last build are already.
    fn in_order_of_paths<'a>(&'a self, pages: &'a [Record], clocks: [Clock; 2]) -> Vec<Written<'a>> {
        let mut known: Vec<Option<Written<'_>>> = vec![None; self.pages.len()];
        let mut new = Vec::new();
        for page in pages {
            let written = self.written(page, clocks);
            match page {
                Record::Kept(place, _) | Record::Made(_, Some(place)) => {
                    known[*place as usize] = Some(written)
                }
                Record::Made(_, None) => new.push(written),
            }
        }
        new.par_sort_unstable_by(|a, b| a.page.path.cmp(&b.page.path));
        if known.is_empty() {
            return new;
        }
        let mut all: Vec<Written<'_>> = known.into_iter().flatten().chain(new).collect();
        // Two runs that are sorted: a stable sort merges them.
        all.sort_by(|a, b| a.page.path.cmp(&b.page.path));
        all
    }

    fn written<'a>(&'a self, page: &'a Record, [of_kept, of_made]: [Clock; 2]) -> Written<'a> {
        let settled = |stat: Option<Stat>, clock| stat.filter(|stat| stat.is_settled(clock));
        match page {
            Record::Kept(place, None) => {
                let page = self.at(*place);
                Written { page, stat: page.stat, is_new: false }
            }
            Record::Kept(place, stat) => {
                Written { page: self.at(*place), stat: settled(*stat, of_kept), is_new: true }
            }
            Record::Made(page, _) => Written { page, stat: settled(page.stat, of_made), is_new: true },
        }
    }
}

/// A page as it is written down.
#[derive(Clone, Copy)]
struct Written<'a> {
    page: &'a Made,
    stat: Option<Stat>,
    is_new: bool,
}

impl Serialize for Written<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Made { path, inputs, asked, stories, hash, stat: _ } = self.page;
        // The fields of a `Made`, in their order.
        (path, inputs, asked, stories, hash, self.stat).serialize(to)
    }
}

impl About {
    fn new(renderer: &Renderer) -> Self {
        let theme = renderer.theme();
        Self {
            settings: renderer.settings().to_owned(),
            templates: theme.texts().iter().map(|(name, print)| (name.clone(), *print)).collect(),
            strings: theme.strings(),
            ledger: None,
            notes: Notes::default(),
        }
    }
}

/// The questions whose answers changed, with the answers of then and now.
#[derive(Debug)]
pub struct Changed(HashMap<Fingerprint, (Gist, Option<Gist>)>);

impl Changed {
    /// Why a page must be made again: for no reason if it is fresh. `is_intact`: its file is as the last build left it.
    pub fn reasons(&self, made: &Made, job: &Job<'_>, is_intact: bool) -> Vec<Reason> {
        let mut reasons = Vec::new();
        match (made.inputs, job.inputs()) {
            (Some(before), Some(now)) if before == now => {}
            (Some(before), Some(_)) => reasons.push(Reason::Inputs(before)),
            _ => reasons.push(Reason::Unsettled),
        }
        reasons.extend(
            made.asked.iter().filter(|asked| self.0.contains_key(asked)).map(|asked| Reason::Answer(*asked)),
        );
        if !is_intact {
            reasons.push(Reason::File);
        }
        reasons
    }
}

/// The URL of a page, if it was one of an article, or the own page of a section, tag, author or series.
fn url_of(made: &Made) -> Option<Lost> {
    let (inputs, nothing) = (made.inputs?, Fingerprint::default());
    if inputs.template == nothing || !made.path.ends_with(".html") {
        return None;
    }
    // Only the page of an article is made from a source and with a template.
    let is_list = inputs.source == nothing;
    let url = format!("/{}", made.path.strip_suffix("index.html").unwrap_or(&made.path));
    let is_of_dates = url.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let is_own = url.ends_with('/') && url.len() > 1 && !url.contains("/page/") && !is_of_dates;
    (!is_list || (inputs.stories != nothing && is_own)).then_some(Lost { url, is_list })
}

fn hash(path: &str) -> u64 {
    FixedState::default().hash_one(path)
}
