//! Benchmarks reading, planning and rendering separately. Run `cargo bench --bench rooms`.
//!
//! The site is the one of `compare.py` with 2,000 stories, written by `corpus.py` (requires Python 3). The benchmarks call
//! `Config::load`, `Theme::load`, `theme::statics`, `Content::load`, `Edition::new`, `Queries::new` and `Renderer::render`.
//! Reading and planning use all cores; rendering uses one.
#![allow(clippy::unwrap_used)] // An error aborts the benchmark.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use bulletin::archive::View;
use bulletin::config::Config;
use bulletin::content::{Content, SourceCache};
use bulletin::edition::Edition;
use bulletin::plan::{Page, PageKind};
use bulletin::query::Queries;
use bulletin::render::Renderer;
use bulletin::site::SiteDir;
use bulletin::theme::{self, Theme};
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};

const STORIES: u64 = 2000;

fn main() {
    let temp = tempfile::tempdir().unwrap();
    write_site(temp.path());
    let site = SiteDir::new(temp.path());
    let config = Arc::new(Config::load(&site).0.unwrap());
    let theme = Theme::load(&site, &config).0.unwrap();
    let statics = theme::statics(&site, &config, None).0;
    let content = Arc::new(Content::load(&site, &config, &mut SourceCache::disabled(), None).0);
    let view = View { as_of: "2026-11-22T12:00:00Z".parse().unwrap(), drafts: false };
    let edition = || Edition::new(Arc::clone(&config), Arc::clone(&content), statics.clone(), view).0;

    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let mut stories = criterion.benchmark_group("stories");
    stories.throughput(Throughput::Elements(STORIES));
    stories.bench_function("read", |bencher| {
        bencher.iter_with_large_drop(|| Content::load(&site, &config, &mut SourceCache::disabled(), None));
    });
    stories.bench_function("plan", |bencher| bencher.iter_with_large_drop(edition));
    stories.finish();

    let edition = Arc::new(edition());
    let renderer = Renderer::new(
        Arc::new(theme),
        Arc::new(Queries::new(Arc::clone(&edition), site.data(), Arc::default())),
    );
    let mut pages = criterion.benchmark_group("pages");
    let all = edition.plan.pages();
    render(&mut pages, "render stories, on one core", &renderer, all, |kind| {
        matches!(kind, PageKind::Article(_))
    });
    render(&mut pages, "render lists, on one core", &renderer, all, |kind| {
        matches!(kind, PageKind::List(..))
    });
    pages.finish();
    criterion.final_summary();
}

fn write_site(site: &Path) {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
    for entry in walkdir::WalkDir::new(benches.join("sites/bulletin")).into_iter().map(Result::unwrap) {
        let to = site.join(entry.path().strip_prefix(benches.join("sites/bulletin")).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    let mut corpus = Command::new("python3");
    let done = corpus.arg(benches.join("corpus.py")).arg(site).arg(STORIES.to_string()).status().unwrap();
    assert!(done.success(), "corpus.py failed");
}

fn render(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    renderer: &Renderer,
    all: &[Page],
    fits: fn(&PageKind) -> bool,
) {
    let pages: Vec<&Page> = all.iter().filter(|page| fits(&page.kind)).collect();
    group.throughput(Throughput::Elements(pages.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            pages
                .iter()
                .map(|page| renderer.render(&renderer.prepare(page).unwrap()).unwrap().bytes.len())
                .sum::<usize>()
        });
    });
}
