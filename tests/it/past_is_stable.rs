//! Guards law 3 of `ARCHITECTURE.md` on an archive of eight years and two thousand stories: which files a new story, a
//! correction, and a build without changes touch.

use std::collections::BTreeSet;

use crate::support::paper::Dice;
use crate::support::{AS_OF, Site, Tree, build_in_process, request, story};
use bulletin::pipeline::{Built, Request};

const STORIES: u64 = 2000;
const YEARS: u64 = 8;
const SECTIONS: [&str; 6] = ["harbour", "city", "business", "science", "culture", "sport"];
const WORDS: [&str; 24] = [
    "crane", "berth", "ferry", "council", "budget", "night", "storm", "quay", "market", "bridge", "strike",
    "school", "tide", "pilot", "museum", "harbour", "train", "winter", "vote", "plan", "hall", "river",
    "light", "road",
];

/// A site with its output folder as the last build left it.
struct Archive {
    site: Site,
    public: Tree,
}

/// The files of the output folder that a build added, changed or removed.
struct Changed {
    paths: BTreeSet<String>,
    built: Built,
}

impl Archive {
    fn new() -> Self {
        let site = Site::bare(&[(
            "bulletin.yaml",
            &format!(
                "title: The Archive\nbase_url: https://archive.example/\nsections: [{}]\n",
                SECTIONS.join(", ")
            ),
        )]);
        let mut dice = Dice(20_261_122);
        (0..STORIES).for_each(|number| write_story(&site, number, &mut dice));
        Self { site, public: Tree::new() }
    }

    /// Builds and returns the changes. They must match the build's own explanation.
    fn build(&mut self) -> Changed {
        let outcome = build_in_process(&Request { explain: true, ..request(&self.site.root, AS_OF) });
        assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
        let before = std::mem::replace(&mut self.public, self.site.public());
        let changed = Changed { paths: changed(&before, &self.public), built: outcome.built.unwrap() };
        let counted = changed.built.changes.written + changed.built.changes.removed;
        let pages = changed.paths.iter().filter(|path| *path != ".bulletin-files").count();
        assert_eq!(counted, pages, "the summary counts what changed: {:#?}", changed.paths);
        let explained = &changed.built.explanations;
        assert_eq!(explained.len(), changed.built.rendered);
        assert!(explained.iter().all(|page| !page.reasons.is_empty()), "{explained:#?}");
        assert_eq!(explained.iter().filter(|page| page.is_written).count(), changed.built.changes.written);
        changed
    }
}

fn changed(before: &Tree, after: &Tree) -> BTreeSet<String> {
    let paths = before.keys().chain(after.keys());
    paths.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

fn path_of(number: u64) -> String {
    format!("content/{}/s{number:04}.md", SECTIONS[(number % 6) as usize])
}

/// The date of a story. Stories are spread evenly over the years; the last one is from the day before [`AS_OF`].
fn date_of(number: u64) -> String {
    let newest: jiff::civil::Date = "2026-11-21".parse().unwrap();
    let days = (STORIES - 1 - number) * YEARS * 365 / STORIES;
    let date = newest.checked_sub(jiff::Span::new().days(i64::try_from(days).unwrap())).unwrap();
    format!("{date}T{:02}:{:02}:00Z", 6 + number % 12, number % 60)
}

fn write_story(site: &Site, number: u64, dice: &mut Dice) {
    let tags: Vec<String> = (0..4).map(|_| format!("Topic {:02}", dice.below(60))).collect();
    let keys = format!("authors: [Desk {:02}]\ntags: [{}]\n", dice.below(20), tags.join(", "));
    let body: Vec<String> = (0..4).map(|_| paragraph(dice)).collect();
    let body = body.join("\n\n") + "\n\nThe count was eight, the desk says.";
    site.write(&path_of(number), story(&format!("Story {number}"), &date_of(number), &keys, &body));
}

fn paragraph(dice: &mut Dice) -> String {
    let words: Vec<&str> = (0..30).map(|_| WORDS[dice.below(24) as usize]).collect();
    format!("The {}.", words.join(" "))
}

#[test]
fn one_story_touches_few_files() {
    let mut archive = Archive::new();
    let first = archive.build();
    assert_eq!(first.built.articles, 2000);

    let nothing = archive.build();
    assert_eq!(nothing.paths, BTreeSet::new(), "nothing changed");
    assert_eq!(
        (nothing.built.rendered, nothing.built.sources_read),
        (0, 0),
        "{:#?}",
        nothing.built.explanations
    );

    let keys = "authors: [Desk 07]\ntags: [Topic 01, Topic 17, Topic 30, Topic 44]\n";
    archive
        .site
        .write("content/city/late.md", story("Late news", "2026-11-22T11:00:00Z", keys, "It came late."));
    let one_more = archive.build();
    assert!(one_more.paths.len() <= 40, "{} files: {:#?}", one_more.paths.len(), one_more.paths);
    for path in ["index.html", "2026/11/late/index.html", "city/index.html", "tags/topic-30/index.html"] {
        assert!(one_more.paths.contains(path), "{path} is not in {:#?}", one_more.paths);
    }
    let explained = &one_more.built.explanations;
    let front = explained.iter().find(|page| page.route == "/").unwrap();
    assert!(front.reasons.iter().any(|why| why.contains("`city/late.md` added")), "{:#?}", front.reasons);
    assert!(one_more.built.rendered <= 40, "{explained:#?}");

    let old = archive.site.read(&path_of(700));
    archive.site.write(&path_of(700), old.replace("The count was eight", "The count was nine"));
    let corrected = archive.build();
    assert!(corrected.paths.len() <= 5, "{:#?}", corrected.paths);
    assert!(corrected.paths.iter().any(|path| path.ends_with("/s0700/index.html")), "{:#?}", corrected.paths);
    let built = corrected.built;
    assert_eq!((built.rendered, built.sources_read), (1, 1), "{:#?}", built.explanations);
    assert!(
        built.explanations[0].reasons[0].starts_with("the source file changed"),
        "{:#?}",
        built.explanations
    );

    let nothing = archive.build();
    assert_eq!(nothing.paths, BTreeSet::new(), "nothing changed again");
}
