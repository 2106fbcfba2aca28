//! Publishing to an object store that fails, with a program that is killed: after the last publication that succeeds, the store has what a clean
//! publication puts into an empty one, and at no instant before did readers see what they must not.
//!
//! An ordinary run takes a few histories; `BULLETIN_CASES=500 cargo test --test it publish::objects` takes many.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use regex::Regex;

use crate::support::object_store::{BUCKET, Change, Fault, KEY_ID, Kill, ObjectStore, Objects, SECRET};
use crate::support::paper::Dice;
use crate::support::{Site, Tree, bulletin, tree};

/// The start of all keys, as in the settings.
const PREFIX: &str = "www/";
const RECORD: &str = "www/_bulletin/record";
const LOCK: &str = "www/_bulletin/lock";
const BUILD: &str = "www/_bulletin/build.txt";

fn settings(store: &ObjectStore) -> String {
    format!(
        "title: Plain Paper\nbase_url: https://plain.example/\napi: true\nlists: {{per_page: 3}}\n\
         publish: {{production: {{to: s3, bucket: {BUCKET}, prefix: www, region: eu-north-1, endpoint: \"{}\", max_removed: 100}}}}\n",
        store.endpoint()
    )
}

/// What readers may see of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    Embargoed,
    Expired,
    Withdrawn,
    Draft,
    Deleted,
}

#[derive(Clone, Debug)]
struct Story {
    number: usize,
    version: u64,
    gate: Gate,
    tag: u64,
    has_picture: bool,
    has_alias: bool,
    /// The number of a story that the text links to.
    link: Option<usize>,
}

/// A newsroom: stories, a style sheet, and the title of the site.
#[derive(Clone, Debug)]
struct Newsroom {
    stories: Vec<Story>,
    style: u64,
    title: u64,
}

impl Newsroom {
    fn new(dice: &mut Dice) -> Self {
        let mut newsroom = Self { stories: Vec::new(), style: 0, title: 0 };
        for _ in 0..6 {
            newsroom.add(dice);
        }
        newsroom
    }

    fn add(&mut self, dice: &mut Dice) {
        let number = self.stories.len();
        self.stories.push(Story {
            number,
            version: 0,
            gate: Gate::Open,
            tag: dice.below(3),
            has_picture: dice.below(2) == 0,
            has_alias: dice.below(3) == 0,
            link: (number > 0 && dice.below(2) == 0).then(|| dice.below(number as u64) as usize),
        });
    }

    fn edit(&mut self, dice: &mut Dice) -> String {
        let pick = dice.below(self.stories.len() as u64) as usize;
        let story = &mut self.stories[pick];
        match dice.below(12) {
            0 | 1 => {
                self.add(dice);
                return format!("story {} is new", self.stories.len() - 1);
            }
            2..=4 => story.version += 1,
            5 => story.tag = dice.below(4),
            6 => story.has_picture ^= true,
            7 => story.has_alias ^= true,
            8 => self.style += 1,
            9 => self.title += 1,
            _ => {
                let gates =
                    [Gate::Open, Gate::Embargoed, Gate::Expired, Gate::Withdrawn, Gate::Draft, Gate::Deleted];
                story.gate = gates[dice.below(6) as usize];
            }
        }
        format!("style {}, title {}, {:?}", self.style, self.title, self.stories[pick])
    }

    fn files(&self, store: &ObjectStore) -> Tree {
        let mut files = Tree::new();
        files.insert(
            "bulletin.yaml".to_owned(),
            settings(store).replace("Paper", &format!("Paper {}", self.title)).into(),
        );
        files.insert("static/s.css".to_owned(), format!("a {{ order: {} }}\n", self.style).into());
        files.insert("static/a b/ü +&'.txt".to_owned(), "an odd name\n".into());
        for story in self.stories.iter().filter(|story| story.gate != Gate::Deleted) {
            let slug = slug(story.number);
            if story.has_picture {
                let picture = format!(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><!-- {} --></svg>",
                    canary(story.number)
                );
                files.insert(format!("content/{slug}/own.svg"), picture.into());
            }
            files.insert(format!("content/{slug}/index.md"), story.text(self).into());
        }
        files
    }

    fn hidden(&self) -> BTreeSet<usize> {
        self.stories.iter().filter(|story| story.gate != Gate::Open).map(|story| story.number).collect()
    }
}

impl Story {
    fn text(&self, newsroom: &Newsroom) -> String {
        let gate = match self.gate {
            Gate::Open | Gate::Deleted => "",
            Gate::Embargoed => "embargo: 2099-01-01\n",
            Gate::Expired => "expires: 2021-01-01\n",
            Gate::Withdrawn => "status: withdrawn\n",
            Gate::Draft => "draft: true\n",
        };
        let picture = if self.has_picture { "image: own.svg\n" } else { "" };
        let alias =
            if self.has_alias { format!("aliases: [/old/{}/]\n", self.number) } else { String::new() };
        let target = self.link.filter(|link| newsroom.stories[*link].gate != Gate::Deleted);
        let link =
            target.map(|target| format!("See [this](/{}/index.md).", slug(target))).unwrap_or_default();
        format!(
            "---\ntitle: Story {} {}\ndate: 2020-11-{:02}\ntags: [Tag {}]\n{gate}{picture}{alias}---\n{} in version {}. {link}\n",
            self.number,
            self.version,
            1 + self.number % 28,
            self.tag,
            canary(self.number),
            self.version
        )
    }
}

fn slug(number: usize) -> String {
    format!("story-{number}")
}

/// The start of the keys of a story.
fn keys(number: usize) -> String {
    format!("{PREFIX}2020/11/{}/", slug(number))
}

fn canary(number: usize) -> String {
    format!("canary-of-{number}-only")
}

/// A machine with the sources of a site.
struct Machine {
    site: Site,
    saved: Tree,
}

impl Machine {
    fn new() -> Self {
        Self { site: Site::in_memory(), saved: Tree::new() }
    }

    fn save(&mut self, files: &Tree) {
        let before = std::mem::replace(&mut self.saved, files.clone());
        crate::support::paper::save(&self.site, &before, &self.saved, crate::support::paper::Saving::Plainly);
    }

    fn command(&self) -> Command {
        let mut command = bulletin();
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command.env("AWS_ACCESS_KEY_ID", KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.env("HOME", &self.site.root).env("NO_PROXY", "*");
        command.arg("publish").arg("--site").arg(&self.site.root);
        command
    }
}

/// How a run of the program ended, with its output.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    output: String,
}

/// A run of the program that can be killed by the store.
struct Running {
    child: Arc<Mutex<Option<Child>>>,
    output: File,
}

impl Running {
    /// Starts the program after `prepare` got the means to kill it.
    fn start(command: &mut Command, prepare: impl FnOnce(Box<dyn FnMut() + Send>)) -> Self {
        let output = tempfile::tempfile().unwrap();
        let clone = || Stdio::from(output.try_clone().unwrap());
        let child: Arc<Mutex<Option<Child>>> = Arc::default();
        let killed = Arc::clone(&child);
        prepare(Box::new(move || {
            if let Some(child) = killed.lock().unwrap().as_mut() {
                child.kill().unwrap();
            }
        }));
        let spawned = command.stdin(Stdio::null()).stdout(clone()).stderr(clone()).spawn().unwrap();
        *child.lock().unwrap() = Some(spawned);
        Self { child, output }
    }

    fn wait(mut self) -> Ended {
        let status = loop {
            let status = self.child.lock().unwrap().as_mut().unwrap().try_wait().unwrap();
            match status {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(2)),
            }
        };
        let mut output = String::new();
        std::io::Seek::rewind(&mut self.output).unwrap();
        self.output.read_to_string(&mut output).unwrap();
        assert!(!output.contains("panicked"), "{output}");
        Ended { code: status.code(), output }
    }
}

fn publish(machine: &Machine, args: &[&str]) -> Ended {
    Running::start(machine.command().args(args), |_| {}).wait()
}

#[track_caller]
fn publish_well(machine: &Machine, args: &[&str]) -> String {
    let Ended { code, output } = publish(machine, args);
    assert_eq!(code, Some(0), "{output}");
    output
}

/// Looks at the store after each change.
struct Watch {
    /// The stories that readers must not see.
    hidden: BTreeSet<usize>,
    /// Whether this publication has stored a file of the site.
    has_stored: bool,
    /// Files that were taken down and not stored again.
    down: BTreeSet<String>,
    /// The links of each page, to keys.
    links: BTreeMap<String, BTreeSet<String>>,
    problems: Vec<String>,
}

impl Watch {
    fn new() -> Self {
        let (hidden, down) = (BTreeSet::new(), BTreeSet::new());
        Self { hidden, has_stored: false, down, links: BTreeMap::new(), problems: Vec::new() }
    }

    fn see(&mut self, objects: &Objects, change: &Change<'_>) {
        match change {
            Change::Stored(key) if is_private(key) => return,
            Change::Stored(key) => {
                self.has_stored = true;
                self.down.remove(*key);
                self.links.insert((*key).to_owned(), links(key, &objects[*key].bytes));
            }
            Change::Deleted(key) if is_private(key) => return,
            Change::Deleted(key) => {
                self.links.remove(*key);
                // What is removed before anything is stored was taken down, because it could be a story.
                if key.starts_with("www/2020/11/story-") || !self.has_stored {
                    self.down.insert((*key).to_owned());
                }
            }
        }
        self.look_for_canaries(objects);
        self.look_for_dead_links(objects);
    }

    /// The takedown precedes everything else.
    fn look_for_canaries(&mut self, objects: &Objects) {
        for number in self.hidden.iter().filter(|_| self.has_stored) {
            let own = keys(*number);
            for (key, object) in objects.range(own.clone()..).take_while(|(key, _)| key.starts_with(&own)) {
                if contains(&object.bytes, &canary(*number)) {
                    self.problems.push(format!("{key} shows a hidden story"));
                }
            }
        }
    }

    /// What readers reach from the front page and from feeds is there, except for stories that were just taken down.
    fn look_for_dead_links(&mut self, objects: &Objects) {
        // There is no site before the first front page.
        if !objects.contains_key("www/index.html") {
            return;
        }
        let mut seen = BTreeSet::new();
        // Readers know the front page, machines the feeds and the sitemap of the site.
        let is_root =
            |key: &&String| *key == "www/index.html" || is_feed(key) && key.matches('/').count() == 1;
        let mut queue: Vec<&String> = self.links.keys().filter(is_root).collect();
        while let Some(key) = queue.pop() {
            if !seen.insert(key) {
                continue;
            }
            for target in self.links.get(key).into_iter().flatten() {
                if objects.contains_key(target) {
                    queue.push(target);
                } else if !self.down.contains(target) && !is_feed(target) {
                    self.problems.push(format!("{key} links to {target}, which is not there"));
                }
            }
        }
    }
}

fn is_private(key: &str) -> bool {
    key.starts_with("www/_bulletin/") && key != BUILD
}

/// Pages may name a feed that comes a moment later.
fn is_feed(key: &str) -> bool {
    key.ends_with(".xml")
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The keys that a page, a feed or a sitemap leads to: pages, pictures and style sheets.
fn links(key: &str, bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    let pattern = if key.ends_with(".html") {
        r##"(?:href|src)="?(?:https://plain\.example)?/([^"#?> ]*)"##
    } else if key.ends_with(".xml") {
        r"https://plain\.example/([^\x22<#?\s]*)"
    } else {
        return BTreeSet::new();
    };
    let paths = Regex::new(pattern).unwrap();
    let key = |path: &str| {
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
        if path.is_empty() || path.ends_with('/') {
            format!("{PREFIX}{decoded}index.html")
        } else {
            format!("{PREFIX}{decoded}")
        }
    };
    let found = paths.captures_iter(&text).map(|found| key(&found[1]));
    found
        .filter(|key| [".html", ".css", ".svg", ".js", ".xml"].iter().any(|end| key.ends_with(end)))
        .collect()
}

/// The text of bytes that may be compressed.
fn text(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    match flate2::read::GzDecoder::new(bytes).read_to_end(&mut text) {
        Ok(_) => text,
        Err(_) => bytes.to_vec(),
    }
}

/// Lets the time pass until the lock ends.
fn expire(store: &ObjectStore) {
    store.edit(|objects| {
        let Some(lock) = objects.get_mut(LOCK) else { return };
        let is_compressed = lock.bytes.starts_with(&[0x1f, 0x8b]);
        let mut value: serde_json::Value = serde_json::from_slice(&text(&lock.bytes)).unwrap();
        value["expires"] = "2020-01-01T00:00:00Z".into();
        lock.bytes = value.to_string().into_bytes();
        if is_compressed {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&lock.bytes).unwrap();
            lock.bytes = encoder.finish().unwrap();
        }
    });
}

/// A history of edits, faults and kills.
struct History {
    dice: Dice,
    store: ObjectStore,
    watch: Arc<Mutex<Watch>>,
    newsroom: Newsroom,
    machines: [Machine; 2],
    /// Who published last, and whether it ended by itself.
    last: (usize, bool),
    has_record: bool,
    told: Vec<String>,
    /// What the program printed last.
    output: String,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let store = ObjectStore::start();
        let watch = Arc::new(Mutex::new(Watch::new()));
        let watching = Arc::clone(&watch);
        store.observe(move |objects, change| watching.lock().unwrap().see(objects, change));
        let newsroom = Newsroom::new(&mut dice);
        let machines = [Machine::new(), Machine::new()];
        Self {
            dice,
            store,
            watch,
            newsroom,
            machines,
            last: (0, true),
            has_record: false,
            told: Vec::new(),
            output: String::new(),
        }
    }

    fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    fn edit(&mut self) {
        for _ in 0..self.dice.below(4) {
            let what = self.newsroom.edit(&mut self.dice);
            self.tell(what);
        }
    }

    /// One publication on one of the machines. Says whether it succeeded.
    fn publish(&mut self, is_faulty: bool) -> Result<bool, String> {
        let number = if self.dice.below(3) == 0 { 1 - self.last.0 } else { self.last.0 };
        if number != self.last.0 || self.dice.below(4) == 0 {
            expire(&self.store);
        }
        let machine = &mut self.machines[number];
        machine.save(&self.newsroom.files(&self.store));
        {
            let mut watch = self.watch.lock().unwrap();
            watch.hidden = self.newsroom.hidden();
            watch.has_stored = false;
        }
        let faults: &[Fault] = &[
            Fault::DropBefore,
            Fault::DropAfter,
            Fault::Truncate,
            Fault::Twice,
            Fault::Twice,
            Fault::Delay,
            Fault::Delay,
            Fault::Status(500),
            Fault::Status(503),
            Fault::Status(429),
            Fault::Status(403),
        ];
        let per_mille = if is_faulty { [0, 10, 40][self.dice.below(3) as usize] } else { 0 };
        let is_killed = is_faulty && self.dice.below(2) == 0;
        let most = if self.has_record { 40 } else { 100 };
        let (seed, request, after) =
            (self.dice.next(), self.dice.below(most) as usize, self.dice.below(2) == 0);
        let store = &self.store;
        let running = Running::start(&mut machine.command(), |kill| {
            let kill = is_killed.then_some(Kill { request, after, kill });
            store.begin(seed, per_mille, faults, kill);
        });
        let ended = running.wait();
        self.store.settle();
        self.last = (number, ended.code.is_some());
        let kill = if is_killed { format!(", killed at request {request}") } else { String::new() };
        self.tell(format!("machine {number}, {per_mille} ‰ faults{kill}: {:?}", ended.code));
        self.look(&ended)?;
        self.output.clone_from(&ended.output);
        Ok(ended.code == Some(0))
    }

    /// What holds after every run.
    fn look(&mut self, ended: &Ended) -> Result<(), String> {
        let log = self.store.log();
        if self.has_record && log.iter().any(|line| line == "LIST") {
            return Err(format!("the store was listed\n{}\n{}", log.join("\n"), ended.output));
        }
        self.has_record |= self.store.objects().contains_key(RECORD);
        if let Some(problem) = self.watch.lock().unwrap().problems.first() {
            return Err(format!("{problem}\n{}\n{}", log.join("\n"), ended.output));
        }
        if ended.output.contains(SECRET) {
            return Err(format!("the output contains a secret\n{}", ended.output));
        }
        for (key, object) in self.store.objects() {
            if contains(&text(&object.bytes), SECRET) {
                return Err(format!("{key} contains a secret"));
            }
        }
        for machine in &self.machines {
            for (path, bytes) in tree(&machine.site.path(".bulletin/publish")) {
                if contains(&text(&bytes), SECRET) {
                    return Err(format!(".bulletin/publish/{path} contains a secret"));
                }
            }
        }
        Ok(())
    }

    /// The store is what a clean publication makes of an empty one.
    fn compare(&self) -> Result<(), String> {
        let store = ObjectStore::start();
        let mut machine = Machine::new();
        machine.save(&self.newsroom.files(&store));
        publish_well(&machine, &[]);
        let (mut clean, mut found) = (store.objects(), self.store.objects());
        if clean.remove(RECORD).is_none() || found.remove(RECORD).is_none() {
            return Err("there is no record".to_owned());
        }
        let paths: BTreeSet<&String> = clean.keys().chain(found.keys()).collect();
        let differ: Vec<&&String> =
            paths.iter().filter(|path| clean.get(**path) != found.get(**path)).collect();
        if !differ.is_empty() {
            return Err(format!("the store differs from a clean one: {differ:#?}"));
        }
        let mut built = machine.site.public();
        built.remove(".bulletin-files");
        let served = clean.iter().filter(|(key, _)| *key != BUILD);
        let served: Tree =
            served.map(|(key, object)| (key[PREFIX.len()..].to_owned(), object.bytes.clone())).collect();
        let difference = crate::support::difference(&built, &served);
        if difference.is_empty() { Ok(()) } else { Err(difference) }
    }

    fn run(&mut self) -> Result<(), String> {
        for _ in 0..3 + self.dice.below(5) {
            self.edit();
            self.publish(true)?;
        }
        // A failed publication is not repeated by anyone but its user, and the next one always succeeds.
        expire(&self.store);
        if !self.publish(false)? {
            return Err(format!("a publication without faults failed\n{}", self.output));
        }
        self.compare()
    }
}

#[test]
fn whatever_fails_the_next_publication_completes_the_site() {
    let cases = std::env::var("BULLETIN_CASES").ok().and_then(|cases| cases.parse().ok());
    // An ordinary run always tries the same histories. With `BULLETIN_CASES`, they are new each time.
    let first = cases.map_or(1, |_| u64::from(std::process::id()) << 20 | 1);
    let cases: u64 = cases.unwrap_or(12);
    // `BULLETIN_SEED` repeats one history, as far as threads allow.
    let seed = std::env::var("BULLETIN_SEED").ok().and_then(|seed| seed.parse().ok());
    let next = AtomicU64::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let case = next.fetch_add(1, Ordering::SeqCst);
                    if case >= cases || !failures.lock().unwrap().is_empty() {
                        return;
                    }
                    let seed = seed.unwrap_or_else(|| (first + case).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                    let mut history = History::new(seed);
                    if let Err(why) = history.run() {
                        let told = history.told.join("\n");
                        failures.lock().unwrap().push(format!("seed {seed}\n{told}\n{why}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures[0]);
}

/// A store and a machine with a published site of some stories.
fn published(stories: usize) -> (ObjectStore, Machine, Newsroom) {
    publish_to(ObjectStore::start(), stories)
}

fn publish_to(store: ObjectStore, stories: usize) -> (ObjectStore, Machine, Newsroom) {
    let mut dice = Dice(7);
    let mut newsroom = Newsroom { stories: Vec::new(), style: 0, title: 0 };
    (0..stories).for_each(|_| newsroom.add(&mut dice));
    let mut machine = Machine::new();
    machine.save(&newsroom.files(&store));
    publish_well(&machine, &[]);
    (store, machine, newsroom)
}

#[test]
fn the_cost_is_what_changed() {
    let (store, mut machine, mut newsroom) = published(8);
    store.log();
    newsroom.stories[3].version += 1;
    machine.save(&newsroom.files(&store));
    publish_well(&machine, &[]);
    let log = store.log();
    let (own, of_site): (Vec<&String>, Vec<&String>) =
        log.iter().partition(|line| line.contains("_bulletin/") && !line.contains("build.txt"));
    assert_eq!(own.len(), 5, "{log:#?}");
    assert!(of_site.iter().all(|line| line.starts_with("PUT www/")), "{log:#?}");
    let distinct: BTreeSet<_> = of_site.iter().collect();
    assert_eq!(distinct.len(), of_site.len(), "{log:#?}");
    // Nothing changed: the lock, the record and the lock again.
    let output = publish_well(&machine, &[]);
    assert!(output.contains("Nothing to publish"), "{output}");
    assert_eq!(store.log().len(), 3);
    // A machine that has never published reads the record.
    let mut other = Machine::new();
    other.save(&newsroom.files(&store));
    publish_well(&other, &[]);
    let log = store.log();
    assert!(log.len() <= 4 && !log.contains(&"LIST".to_owned()), "{log:#?}");
}

#[test]
fn headers_are_stored_with_files() {
    let (store, machine, _) = published(3);
    let objects = store.objects();
    let header = |key: &str, name: &str| objects[key].headers.get(name).map_or("", String::as_str).to_owned();
    let page = "www/2020/11/story-0/index.html";
    assert_eq!(header(page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(page, "cache-control"), "public, max-age=0, must-revalidate");
    assert_eq!(header("www/s.css", "content-type"), "text/css; charset=utf-8");
    assert_eq!(header(RECORD, "cache-control"), "no-store");
    assert_eq!(objects["www/a b/ü +&'.txt"].bytes, b"an odd name\n");
    // A header that changes is a change, although no byte does.
    machine.site.write("static/_headers", "/s.css\n  Cache-Control: max-age=7\n");
    store.log();
    publish_well(&machine, &[]);
    assert!(store.log().contains(&"PUT www/s.css".to_owned()));
    assert_eq!(store.objects()["www/s.css"].headers["cache-control"], "max-age=7");
}

#[test]
fn a_lost_record_is_made_again_from_a_list() {
    let (store, machine, _) = published(12);
    store.edit(|objects| drop(objects.remove(RECORD)));
    store.log();
    let before = store.objects();
    publish_well(&machine, &[]);
    let log = store.log();
    assert!(log.contains(&"LIST".to_owned()), "{log:#?}");
    let sent: Vec<&String> =
        log.iter().filter(|line| line.starts_with("PUT") && !line.contains("_bulletin/")).collect();
    assert!(sent.is_empty(), "{sent:#?}");
    let mut after = store.objects();
    after.remove(RECORD);
    assert_eq!(before, after);
    // So is a damaged one, and the user hears of it.
    store.edit(|objects| objects.get_mut(RECORD).unwrap().bytes.truncate(40));
    assert!(publish_well(&machine, &[]).contains("publish/damaged-record"));
}

#[test]
fn somebody_who_publishes_is_named() {
    let (store, machine, newsroom) = published(2);
    let mut other = Machine::new();
    let mut changed = newsroom.clone();
    changed.stories[0].version += 1;
    other.save(&changed.files(&store));
    // Killed when it has just announced what changes.
    let running = Running::start(other.command().env("USER", "ana").env("HOSTNAME", "desk"), |kill| {
        store.begin(1, 0, &[], Some(Kill { request: 5, after: true, kill }));
    });
    assert_eq!(running.wait().code, None);
    store.settle();
    let during = store.objects();
    let ended = publish(&machine, &[]);
    assert_eq!(ended.code, Some(2), "{}", ended.output);
    assert!(ended.output.contains("ana on desk is publishing to s3://herald/www/"), "{}", ended.output);
    assert_eq!(store.objects(), during);
    // A dry run says what would happen, and changes nothing.
    let output = publish_well(&machine, &["--dry-run"]);
    assert!(output.contains("ana on desk"), "{output}");
    assert_eq!(store.objects(), during);
    // The machine whose publication was killed goes on at once.
    publish_well(&other, &[]);
    assert!(contains(&store.objects()["www/2020/11/story-0/index.html"].bytes, "in version 1"));
    assert!(!store.objects().contains_key(LOCK));
    publish_well(&machine, &[]);
    assert!(contains(&store.objects()["www/2020/11/story-0/index.html"].bytes, "in version 0"));
}

#[test]
fn two_publications_at_once_leave_one_site() {
    for round in 0..3 {
        let (store, machine, mut newsroom) = published(4);
        let mut other = Machine::new();
        newsroom.title += 1;
        other.save(&newsroom.files(&store));
        newsroom.title += 1;
        let mut machine = machine;
        machine.save(&newsroom.files(&store));
        store.begin(round + 1, 300, &[Fault::Delay], None);
        let both = [machine, other];
        let running = both.each_ref().map(|machine| Running::start(&mut machine.command(), |_| {}));
        let ended = running.map(Running::wait);
        store.settle();
        assert!(ended.iter().any(|ended| ended.code == Some(0)), "{ended:#?}");
        for ended in ended.iter().filter(|ended| ended.code != Some(0)) {
            assert!(ended.output.contains("publish/locked"), "{}", ended.output);
        }
        let objects = store.objects();
        let builds = both.each_ref().map(|machine| {
            let public = machine.site.public();
            public.iter().filter(|(path, _)| path.ends_with(".html")).all(|(path, bytes)| {
                objects.get(&format!("{PREFIX}{path}")).is_some_and(|object| object.bytes == *bytes)
            })
        });
        assert!(builds.contains(&true), "a mixture is published");
        assert!(!objects.contains_key(LOCK));
    }
}

#[test]
fn a_store_that_ignores_conditions_is_reported() {
    let (store, machine, _) = publish_to(ObjectStore::without_conditions(), 3);
    let output = publish_well(&machine, &[]);
    assert!(output.contains("warning[publish/no-conditions]"), "{output}");
    assert!(!store.objects().contains_key(LOCK));
    assert!(store.objects().keys().all(|key| !key.contains("probe")), "{:?}", store.objects().keys());
}

#[test]
fn foreign_files_are_not_removed_without_consent() {
    let store = ObjectStore::start();
    store.edit(|objects| {
        let object =
            crate::support::object_store::Object { bytes: b"mine".to_vec(), headers: BTreeMap::new() };
        objects.insert("www/holiday.jpg".to_owned(), object.clone());
        objects.insert("elsewhere/x".to_owned(), object);
    });
    let before = store.objects();
    let mut machine = Machine::new();
    let mut dice = Dice(7);
    machine.save(&Newsroom::new(&mut dice).files(&store));
    let ended = publish(&machine, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert!(ended.output.contains("`holiday.jpg`"), "{}", ended.output);
    assert_eq!(store.objects(), before);
    publish_well(&machine, &["--yes"]);
    let objects = store.objects();
    assert!(!objects.contains_key("www/holiday.jpg") && objects.contains_key("elsewhere/x"));
}

#[test]
fn wrong_settings_are_explained() {
    let (store, machine, _) = published(2);
    let other_bucket = settings(&store).replace(&format!("bucket: {BUCKET}"), "bucket: nobody");
    for (settings, key, code) in
        [(other_bucket, KEY_ID, "publish/missing"), (settings(&store), "AKIAOTHER", "publish/credentials")]
    {
        machine.site.write("bulletin.yaml", settings);
        let ended = Running::start(machine.command().env("AWS_ACCESS_KEY_ID", key), |_| {}).wait();
        assert_eq!(ended.code, Some(2), "{}", ended.output);
        assert!(ended.output.contains(code), "{code}: {}", ended.output);
        assert!(!ended.output.contains(SECRET), "{}", ended.output);
    }
}
