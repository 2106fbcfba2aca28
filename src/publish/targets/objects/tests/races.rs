//! Two publications at once.

use super::*;
use crate::publish::targets::objects::LOCK;

fn before() -> Site {
    Site::from([("index.html", "zero"), ("story/z", "z")])
}

fn one() -> Site {
    Site::from([("index.html", "one"), ("story/a", "a")])
}

fn other() -> Site {
    Site::from([("index.html", "other"), ("story/b", "b")])
}

/// A store with a site, and the states of two machines.
fn machines() -> (Memory, TempDir, TempDir) {
    let (store, a, b) = (Memory::new(), state(), state());
    publish("r0", &store, a.path(), &before());
    (store, a, b)
}

#[test]
fn one_of_two_publications_wins_and_the_other_says_so() {
    for step in 1..=STEPS {
        let (store, a, b) = machines();
        let mut first = Publication::new("r1", store.clone(), a.path(), &one());
        (0..step).for_each(|step| first.step(step).unwrap());
        let during = store.objects();
        let mut second = Publication::new("r2", store.clone(), b.path(), &other());
        let outcome = second.run();
        if step < STEPS {
            let problem = outcome.unwrap_err();
            assert_eq!(problem.code, "publish/locked", "{step}");
            assert!(problem.message.contains("r1@desk"), "{}", problem.message);
            assert!(problem.help.as_ref().unwrap().contains("UTC"), "{:?}", problem.help);
            assert_eq!(store.objects(), during, "{step}");
            (step..STEPS).for_each(|step| first.step(step).unwrap());
            first.target.close();
            assert_serves(&store, &one(), "the first");
        } else {
            // What was finished need not be waited for.
            outcome.unwrap();
            first.target.close();
            assert_serves(&store, &other(), "the second");
        }
    }
}

#[test]
fn one_machine_publishes_once_at_a_time() {
    let (store, a, _) = machines();
    let mut first = Publication::new("r1", store.clone(), a.path(), &one());
    first.step(0).unwrap();
    store.log();
    let forced = Claim { force: true, ..claim("r2") };
    let problem = target(store.clone(), a.path()).open(Some(&forced)).unwrap_err();
    assert_eq!(problem.code, "publish/locked");
    assert_eq!(store.log(), [""; 0]);
}

#[test]
fn a_publication_that_slept_too_long_stops_before_its_next_request() {
    for step in 1..STEPS {
        for finished in [false, true] {
            let (store, a, b) = machines();
            let mut sleeper = Publication::new("r1", store.clone(), a.path(), &one());
            (0..step).for_each(|step| sleeper.step(step).unwrap());
            // The machine sleeps, and its lock ends.
            expire(&store);
            sleeper.target.claimed.as_ref().unwrap().lease.expire();
            let mut next = Publication::new("r2", store.clone(), b.path(), &other());
            let steps = if finished { STEPS } else { 4 };
            (0..steps).for_each(|step| next.step(step).unwrap());
            if finished {
                next.target.close();
            }
            let there = store.objects();
            store.log();
            for step in step..STEPS {
                let is_idle = match step {
                    2 => sleeper.plan.take_down.is_empty(),
                    3 => sleeper.plan.uploads(&sleeper.files).next().is_none(),
                    4 => sleeper.plan.remove.is_empty(),
                    _ => false,
                };
                if !is_idle {
                    assert_eq!(sleeper.step(step).unwrap_err().code, "publish/lost-race", "{step}");
                }
            }
            sleeper.target.close();
            assert_eq!(store.objects(), there, "{step}");
            (steps..STEPS).for_each(|step| next.step(step).unwrap());
            next.target.close();
            assert_serves(&store, &other(), &format!("step {step}, finished: {finished}"));
        }
    }
}

#[test]
fn a_publication_that_slept_goes_on_if_nobody_took_its_lock() {
    let (store, a, _) = machines();
    let mut sleeper = Publication::new("r1", store.clone(), a.path(), &one());
    (0..3).for_each(|step| sleeper.step(step).unwrap());
    sleeper.target.claimed.as_ref().unwrap().lease.expire();
    (3..STEPS).for_each(|step| sleeper.step(step).unwrap());
    sleeper.target.close();
    assert_serves(&store, &one(), "awake");
}

#[test]
fn a_lock_is_taken_by_force() {
    let (store, a, b) = machines();
    let quick = Timing { renewal: Duration::from_millis(200), ..Timing::default() };
    let mut first = Publication::new("r1", store.clone(), a.path(), &one());
    first.target.timing = quick;
    (0..3).for_each(|step| first.step(step).unwrap());
    let mut second = Publication::new("r2", store.clone(), b.path(), &other());
    second.target.timing = quick;
    let forced = Claim { force: true, ..claim("r2") };
    let opened = second.target.open(Some(&forced)).unwrap();
    assert_eq!(opened.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["publish/locked"]);
    let known = opened.record.as_ref().unwrap();
    assert!(known.files.keys().eq(["index.html"]), "{:?}", known.files.keys());
    // The first notices by itself while the second waits.
    let there = store.objects();
    assert_eq!(first.step(3).unwrap_err().code, "publish/lost-race");
    first.target.close();
    assert_eq!(store.objects(), there);
    second.make_plan(opened.record, &opened.in_doubt).unwrap();
    (1..STEPS).for_each(|step| second.step(step).unwrap());
    second.target.close();
    assert_serves(&store, &other(), "the second");
}

#[test]
fn a_lock_is_renewed_while_its_publication_runs() {
    let (store, a, b) = machines();
    let mut first = Publication::new("r1", store.clone(), a.path(), &one());
    let millis = Duration::from_millis;
    first.target.timing = Timing { lease: millis(1500), renewal: millis(100), grace: millis(50) };
    (0..3).for_each(|step| first.step(step).unwrap());
    std::thread::sleep(millis(2000));
    assert_eq!(
        Publication::new("r2", store.clone(), b.path(), &other()).run().unwrap_err().code,
        "publish/locked"
    );
    (3..STEPS).for_each(|step| first.step(step).unwrap());
    first.target.close();
    assert_serves(&store, &one(), "the first");
}

#[test]
fn a_record_that_was_replaced_without_the_lock_is_not_overwritten() {
    let (store, a, _) = machines();
    let mut first = Publication::new("r1", store.clone(), a.path(), &one());
    (0..5).for_each(|step| first.step(step).unwrap());
    let stranger = record("stranger", &files(&before()));
    store.set(super::super::RECORD, &stranger.to_bytes().unwrap());
    assert_eq!(first.step(5).unwrap_err().code, "publish/lost-race");
    first.target.close();
    publish("r2", &store, a.path(), &other());
    assert_serves(&store, &other(), "the next");
}

#[test]
fn a_store_that_ignores_conditions_is_found_out_once_and_the_lock_is_a_sign() {
    let (store, a, b) = (Memory::without_conditions(), state(), state());
    let codes = |opened: &Opened| opened.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>();
    let opened = publish("r1", &store, a.path(), &before());
    assert_eq!(codes(&opened), ["publish/no-conditions"]);
    assert_serves(&store, &before(), "first");
    assert!(store.log().iter().any(|line| line.contains("probe")));
    let opened = publish("r2", &store, b.path(), &one());
    assert_eq!(codes(&opened), ["publish/no-conditions"]);
    assert_serves(&store, &one(), "second");
    let log = store.log();
    assert!(!log.iter().any(|line| line.contains("probe") || line == "LIST"), "{log:?}");

    let mut first = Publication::new("r3", store.clone(), a.path(), &other());
    (0..3).for_each(|step| first.step(step).unwrap());
    assert!(store.objects().contains_key(LOCK));
    assert_eq!(
        Publication::new("r4", store.clone(), b.path(), &one()).run().unwrap_err().code,
        "publish/locked"
    );
    (3..STEPS).for_each(|step| first.step(step).unwrap());
    first.target.close();
    assert_serves(&store, &other(), "third");
}

#[test]
fn the_probe_leaves_nothing_behind() {
    let (store, a, _) = machines();
    let private: Vec<String> =
        store.objects().into_keys().filter(|key| key.starts_with("_bulletin/")).collect();
    assert_eq!(private, ["_bulletin/record"]);
    let record = Record::parse(&store.objects()["_bulletin/record"].0).unwrap();
    assert_eq!(record.about.target["conditions"], true);
    assert_eq!(record.about.target["store"], "memory://herald/");
    drop(a);
}
