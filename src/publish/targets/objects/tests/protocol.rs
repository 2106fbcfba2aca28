//! One publication after another.

use super::memory::Fault;
use super::*;
use crate::publish::targets::objects::{LOCK, RECORD};

fn first() -> Site {
    Site::from([("index.html", "one"), ("story/a", "a"), ("story/b", "b"), ("old", "old"), ("s.css", "{}")])
}

fn second() -> Site {
    Site::from([("index.html", "two"), ("story/b", "b"), ("story/ü %+#", "c"), ("s.css", "{}")])
}

#[test]
fn the_cost_is_what_changed() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    assert_serves(&store, &first(), "first");
    store.log();
    publish("r2", &store, state.path(), &second());
    assert_serves(&store, &second(), "second");
    let expected = [
        "PUT _bulletin/lock",
        "GET _bulletin/record",
        "PUT _bulletin/lock",
        "DELETE story/a",
        "PUT index.html",
        "PUT story/ü %+#",
        "DELETE old",
        "PUT _bulletin/record",
        "DELETE _bulletin/lock",
    ];
    assert_eq!(store.log(), expected);
    // A machine without a copy of the record reads it before the lock is taken.
    publish("r3", &store, &state_of(&state, "other"), &first());
    let log = store.log();
    assert_eq!(log.iter().filter(|line| line.contains("_bulletin/")).count(), 6, "{log:?}");
    assert!(!log.iter().any(|line| line == "LIST" || line.starts_with("HEAD")), "{log:?}");
}

#[test]
fn a_publication_that_dies_at_any_request_is_continued() {
    let third = Site::from([("index.html", "three"), ("story/a", "a2"), ("s.css", "{}")]);
    for fault in [Fault::Dead, Fault::DeadAfter, Fault::Once, Fault::OnceAfter] {
        for same_machine in [true, false] {
            for request in 0.. {
                let (store, state) = (Memory::new(), state());
                publish("r1", &store, state.path(), &first());
                let what = format!("{fault:?} at {request}, same machine: {same_machine}");
                let mut killed = Publication::new("r2", store.with(request, fault), state.path(), &second());
                let outcome = killed.run();
                drop(killed);
                let next = if same_machine {
                    state.path().to_owned()
                } else {
                    // A failed publication that reaches the store gives its lock up.
                    if matches!(fault, Fault::Dead | Fault::DeadAfter) || request > 7 {
                        expire(&store);
                    }
                    state_of(&state, "other")
                };
                publish("r3", &store, &next, &third);
                assert_serves(&store, &third, &what);
                if outcome.is_ok() {
                    assert!(request > 6, "{what}");
                    break;
                }
            }
        }
    }
}

#[test]
fn publications_that_die_one_after_another_leave_nothing_behind() {
    let third = Site::from([("index.html", "three"), ("story/a", "a2"), ("s.css", "{}")]);
    for one in 3..12 {
        for two in (0..14).filter(|two| (one + two) % 2 == 0) {
            for fault in [Fault::Dead, Fault::DeadAfter] {
                for machines in 0..4 {
                    let (store, state) = (Memory::new(), state());
                    let other = state_of(&state, "other");
                    let machine = |number: usize| {
                        if machines >> number & 1 == 0 { state.path() } else { other.as_path() }
                    };
                    publish("r1", &store, state.path(), &first());
                    let what = format!("{fault:?} at {one}, {two}, machines {machines}");
                    for (run, request, site, number) in
                        [("r2", one, second(), 0), ("r3", two, third.clone(), 1)]
                    {
                        let faulty = store.with(request, fault);
                        let _ = Publication::new(run, faulty, machine(number), &site).run();
                        expire(&store);
                    }
                    publish("r4", &store, state.path(), &first());
                    assert_serves(&store, &first(), &what);
                }
            }
        }
    }
}

#[test]
fn a_request_that_is_sent_again_changes_nothing() {
    for request in 0..24 {
        let (store, state) = (Memory::new(), state());
        for (run, site) in [("r1", first()), ("r2", second())] {
            let mut publication =
                Publication::new(run, store.with(request, Fault::Twice), state.path(), &site);
            let outcome = publication.run();
            assert!(outcome.is_ok(), "{request}: {outcome:?}");
            assert_serves(&store, &site, &format!("{run} {request}"));
        }
    }
}

#[test]
fn what_was_confirmed_is_not_sent_again() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    store.log();
    // Lock, record, lock, takedown, two uploads, removal: the last of them is lost.
    let _ = Publication::new("r2", store.with(6, Fault::DeadAfter), state.path(), &second()).run();
    store.log();
    let opened = publish("r3", &store, state.path(), &second());
    assert!(!opened.record.unwrap().files.contains_key("old"));
    let log = store.log();
    // Only the last of them is asked for. One is changed again, so that the record is stored.
    let of_site: Vec<&String> = log.iter().filter(|line| !line.contains("_bulletin/")).collect();
    assert_eq!(of_site, ["HEAD old", "PUT story/ü %+#"]);
    assert_serves(&store, &second(), "resumed");
}

#[test]
fn a_test_of_the_store_that_was_killed_leaves_nothing_behind() {
    for request in 0..9 {
        let (store, state) = (Memory::new(), state());
        let _ = Publication::new("r1", store.with(request, Fault::DeadAfter), state.path(), &first()).run();
        expire(&store);
        publish("r2", &store, &state_of(&state, "other"), &first());
        assert_serves(&store, &first(), &request.to_string());
    }
}

#[test]
fn a_publication_that_died_after_its_record_leaves_nothing_to_do() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    let _ = Publication::new("r2", store.with(8, Fault::Dead), state.path(), &second()).run();
    assert!(store.objects().contains_key(LOCK));
    store.log();
    let mut next = target(store.clone(), &state_of(&state, "other"));
    assert_eq!(next.open(Some(&claim("r3"))).unwrap().in_doubt, BTreeSet::new());
    next.close();
    assert_serves(&store, &second(), "done");
}

#[test]
fn what_was_not_verified_is_sent_again() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    let mut unverified = Publication::new("r2", store.clone(), state.path(), &second());
    (0..STEPS - 1).for_each(|step| unverified.step(step).unwrap());
    unverified.target.close();
    // The store said that it had stored this.
    store.unset("story/ü %+#");
    let opened = publish("r3", &store, state.path(), &second());
    assert!(!opened.record.unwrap().files.contains_key("story/ü %+#"));
    assert_serves(&store, &second(), "verified");
}

#[test]
fn a_first_publication_that_died_is_continued_without_asking_for_each_file() {
    let (store, state) = (Memory::new(), state());
    // Record, probe (6), lock, record, list, lock, then the first uploads.
    let _ = Publication::new("r1", store.with(14, Fault::Dead), state.path(), &first()).run();
    assert_eq!(store.objects().keys().filter(|key| !key.starts_with("_bulletin/")).count(), 3);
    store.log();
    publish("r2", &store, state.path(), &first());
    let log = store.log();
    assert_eq!(log.iter().filter(|line| line.starts_with("HEAD")).count(), 0, "{log:?}");
    let sent = log.iter().filter(|line| line.starts_with("PUT") && !line.contains("_bulletin/"));
    assert_eq!(sent.count(), 2, "{log:?}");
    assert_serves(&store, &first(), "resumed");
}

#[test]
fn a_lock_that_was_removed_by_hand_leaves_its_paths_in_doubt() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    let _ = Publication::new("r2", store.with(5, Fault::DeadAfter), state.path(), &second()).run();
    store.unset(LOCK);
    publish("r3", &store, state.path(), &first());
    assert_serves(&store, &first(), "without a lock");
}

#[test]
fn a_dry_run_changes_nothing_and_says_the_same() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    for request in 0..9 {
        let _ = Publication::new("r2", store.with(request, Fault::Dead), state.path(), &second()).run();
        let before = store.objects();
        store.log();
        let looked = target(store.clone(), state.path()).open(None).unwrap();
        assert_eq!(store.objects(), before);
        let log = store.log();
        assert_eq!(log[..2], ["GET _bulletin/record", "GET _bulletin/lock"]);
        assert!(log[2..].iter().all(|line| line.starts_with("HEAD")), "{log:?}");
        let mut next = target(store.clone(), state.path());
        let opened = next.open(Some(&claim("r3"))).unwrap();
        assert_eq!((&opened.record, &opened.in_doubt), (&looked.record, &looked.in_doubt), "{request}");
        next.close();
    }
}

#[test]
fn a_damaged_record_is_replaced_and_a_newer_one_is_not() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    store.set(RECORD, b"damaged");
    let opened = publish("r2", &store, state.path(), &second());
    assert_eq!(
        opened.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(),
        ["publish/damaged-record"]
    );
    assert_serves(&store, &second(), "damaged");

    use std::io::Write;
    let mut newer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    newer.write_all(b"bulletin record 2 x\n").unwrap();
    store.set(RECORD, &newer.finish().unwrap());
    let before = store.objects();
    let outcome = Publication::new("r3", store.clone(), state.path(), &first()).run();
    assert_eq!(outcome.unwrap_err().code, "publish/newer-record");
    assert_eq!(store.objects(), before);
}

#[test]
fn a_file_that_changed_since_it_was_planned_is_not_recorded() {
    let (store, state) = (Memory::new(), state());
    publish("r1", &store, state.path(), &first());
    for large in [false, true] {
        let path = state.path().join("page");
        let text = if large { "x".repeat(9 << 20) } else { "planned".to_owned() };
        std::fs::write(&path, &text).unwrap();
        let mut publication = Publication::new("r2", store.clone(), state.path(), &first());
        publication.files[0] = LocalFile { source: Source::Disk(path.clone()), ..file("index.html", &text) };
        std::fs::write(&path, text.replacen(['x', 'p'], "y", 1)).unwrap();
        assert_eq!(publication.run().unwrap_err().code, "publish/changed-while-sending");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(publication.run().unwrap_err().code, "publish/changed-while-sending");
    }
    publish("r3", &store, state.path(), &second());
    assert_serves(&store, &second(), "afterwards");
}

#[test]
fn a_large_file_is_streamed() {
    let (store, state) = (Memory::new(), state());
    let (path, text) = (state.path().join("video"), "v".repeat(9 << 20));
    std::fs::write(&path, &text).unwrap();
    let mut publication = Publication::new("r1", store.clone(), state.path(), &first());
    publication.files.push(LocalFile { source: Source::Disk(path), ..file("video", &text) });
    publication.run().unwrap();
    assert_eq!(store.objects()["video"].0.len(), text.len());
}

#[test]
fn a_publication_that_leaves_paths_in_doubt_says_so() {
    for (same_machine, dies) in [(true, false), (false, false), (true, true), (false, true)] {
        let (store, state) = (Memory::new(), state());
        publish("r1", &store, state.path(), &first());
        let _ = Publication::new("r2", store.with(5, Fault::DeadAfter), state.path(), &second()).run();
        expire(&store);
        // A story is taken down at once, and nothing else is done.
        let next = if same_machine { state.path().to_owned() } else { state_of(&state, "other") };
        let mut target = target(store.clone(), &next);
        let opened = target.open(Some(&claim("r3"))).unwrap();
        let paths = ["story/b".to_owned()];
        target.begin(&Plan { take_down: paths.to_vec(), ..Plan::default() }, &[]).unwrap();
        target.take_down(&paths).unwrap();
        let mut record = opened.record.unwrap();
        record.files.remove("story/b");
        record.about.run = "r3".to_owned();
        target.finish(&record).unwrap();
        if !dies {
            target.close();
        }
        drop(target);
        expire(&store);
        let opened = publish("r4", &store, state.path(), &first());
        assert!(!opened.in_doubt.is_empty());
        assert_serves(&store, &first(), &format!("same machine: {same_machine}, dies: {dies}"));
    }
}

#[test]
fn object_stores_cannot_be_rolled_back() {
    let state = state();
    let outcome = target(Memory::new(), state.path()).roll_back(None, false);
    assert_eq!(outcome.unwrap_err().code, "publish/no-rollback");
}

#[test]
fn a_hundred_thousand_paths_may_be_in_doubt() {
    let (store, state) = (Memory::new(), state());
    let mut first = target(store.clone(), state.path());
    first.open(Some(&claim("r1"))).unwrap();
    let remove: Vec<String> = (0..100_000).map(|n| format!("2026/11/30/story-{n}/index.html")).collect();
    first.begin(&Plan { remove: remove.clone(), ..Plan::default() }, &[]).unwrap();
    first.close();
    let opened = target(store, &state_of(&state, "other")).open(None).unwrap();
    assert!(opened.in_doubt.iter().eq(&BTreeSet::from_iter(remove)));
}
