//! Netlify, Cloudflare Pages and Workers, and Vercel, as strict hosts on loopback.

use std::fs;

use serde_json::json;

use super::hosts::cloudflare::Cloudflare;
use super::hosts::netlify::Netlify;
use super::hosts::vercel::Vercel;
use super::hosts::{Answer, Api, Host, TOKEN};
use crate::support::{Run, Site, Tree, assert_same, bulletin, story};

/// The hosts, by name.
fn hosts() -> Vec<(&'static str, Box<dyn Api>)> {
    vec![
        ("netlify", Box::new(Netlify::default())),
        ("pages", Box::new(Cloudflare::new(true))),
        ("workers", Box::new(Cloudflare::new(false))),
        ("vercel", Box::new(Vercel::default())),
    ]
}

/// A site and the host that it is published to.
struct Newsroom {
    name: &'static str,
    site: Site,
    host: Host,
    variables: Vec<(&'static str, &'static str)>,
}

impl Newsroom {
    fn new((name, api): (&'static str, Box<dyn Api>), stories: usize) -> Self {
        let variables = api.variables();
        let host = Host::start(api);
        let site = Site::new(&[]);
        let target = host.lock().api.settings(&host.url);
        site.write(
            "bulletin.yaml",
            format!("title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\npublish: {{production: {target}}}\n"),
        );
        for number in 0..stories {
            let text = story(&format!("Story {number}"), "2026-11-01", "", &format!("Text {number}."));
            site.write(&format!("content/story-{number}.md"), text);
        }
        site.write("static/a b/100%+é.txt", "An odd name.");
        site.write("static/CNAME", "plain.example");
        Self { name, site, host, variables }
    }

    fn run(&self, args: &[&str]) -> Run {
        let mut command = bulletin();
        command.arg("publish").arg("--site").arg(&self.site.root).args(args);
        let all = [
            "NETLIFY_AUTH_TOKEN",
            "NETLIFY_SITE_ID",
            "CLOUDFLARE_API_TOKEN",
            "CLOUDFLARE_ACCOUNT_ID",
            "VERCEL_TOKEN",
            "VERCEL_ORG_ID",
            "VERCEL_PROJECT_ID",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
        ];
        all.into_iter().for_each(|name| {
            command.env_remove(name);
        });
        command.envs(self.variables.iter().copied());
        let run = Run::of(&mut command);
        assert!(
            !format!("{}{}", run.stdout, run.stderr).contains(TOKEN),
            "{}: the token was printed",
            self.name
        );
        run
    }

    #[track_caller]
    fn publish(&self) -> Run {
        let run = self.run(&[]);
        assert_eq!(run.code, Some(0), "{}: {}", self.name, run.stderr);
        run
    }

    #[track_caller]
    fn fails(&self, args: &[&str], code: &str) -> Run {
        let run = self.run(args);
        assert_ne!(run.code, Some(0), "{}: {}", self.name, run.stderr);
        assert!(run.stderr.contains(&format!("[{code}]")), "{}: {}", self.name, run.stderr);
        run
    }

    /// The built site as the host serves it.
    fn built(&self) -> Tree {
        let mut files = self.site.public();
        files.remove(".bulletin-files");
        if self.name == "vercel" {
            files.remove("_headers");
            files.remove("_redirects");
        }
        files
    }

    #[track_caller]
    fn assert_published(&self) {
        let mut found = self.host.site();
        found.remove("_bulletin/build.txt").expect("the file that names the build");
        assert_same(&self.built(), &found, self.name);
    }

    /// The number of bytes of files that were sent since the last call.
    fn uploads(&self) -> usize {
        let log = self.host.take_log();
        log.iter().filter(|(line, _)| is_upload(line)).map(|(_, size)| size).sum()
    }

    fn edit(&self, number: usize, keys: &str, text: &str) {
        let text = story(&format!("Story {number}"), "2026-11-01", keys, text);
        self.site.write(&format!("content/story-{number}.md"), text);
    }

    fn forget(&self) {
        fs::remove_dir_all(self.site.path(".bulletin/publish")).unwrap();
    }
}

/// Whether a request sends files.
fn is_upload(line: &str) -> bool {
    line.contains("/files") || line.ends_with("assets/upload")
}

#[test]
fn only_files_that_the_host_lacks_travel() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 3);
        let run = newsroom.publish();
        assert!(run.stderr.contains("Published to "), "{}", run.stderr);
        newsroom.assert_published();
        let all = newsroom.uploads();
        assert!(all > 2000, "{}: {all}", newsroom.name);

        assert!(newsroom.publish().stderr.contains("Nothing to publish"));
        assert_eq!(newsroom.uploads(), 0, "{}", newsroom.name);

        newsroom.edit(1, "", "Corrected.");
        newsroom.publish();
        newsroom.assert_published();
        let some = newsroom.uploads();
        assert!(some > 0 && some < all / 2, "{}: {some} of {all}", newsroom.name);

        // Without the record, the host decides what travels: nothing.
        newsroom.forget();
        newsroom.publish();
        newsroom.assert_published();
        assert_eq!(newsroom.uploads(), 0, "{}", newsroom.name);
    }
}

#[test]
fn a_large_site_is_sent_in_batches() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 120);
        newsroom.publish();
        newsroom.assert_published();
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 2);
        let run = newsroom.run(&["--dry-run"]);
        assert_eq!(run.code, Some(0), "{}: {}", newsroom.name, run.stderr);
        let log = newsroom.host.take_log();
        assert!(log.iter().all(|(line, _)| line.starts_with("GET ")), "{}: {log:?}", newsroom.name);
    }
}

#[test]
fn a_withdrawn_story_is_taken_down_before_anything_is_sent() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 3);
        newsroom.publish();
        let first = newsroom.host.lock().api.deployments();
        newsroom.uploads();
        newsroom.edit(1, "expires: 2026-11-02\n", "Canary.");
        newsroom.edit(2, "", "New text.");
        // The first upload finds the story gone.
        let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        newsroom.host.lock().fault = Some(Box::new({
            let seen = seen.clone();
            move |request, _| {
                seen.lock().unwrap().push(request.line());
                None
            }
        }));
        newsroom.publish();
        newsroom.assert_published();
        let is_switch = |line: &String| {
            line.ends_with("herald/deploys")
                || line.ends_with("v13/deployments")
                || line.ends_with("herald/deployments") && line.starts_with("POST")
        };
        let seen = seen.lock().unwrap();
        let (upload, switch) =
            (seen.iter().position(|line| is_upload(line)), seen.iter().position(is_switch));
        // Vercel needs its configuration, a file of the host's own, for the smaller site.
        if newsroom.name != "vercel" {
            assert!(switch < upload, "{}: {seen:?}", newsroom.name);
        }
        assert!(seen.iter().filter(|line| is_switch(line)).count() >= 2, "{}: {seen:?}", newsroom.name);
        // The first deployment shows the story for ever, so it is deleted, where that is possible.
        let now = newsroom.host.lock().api.deployments();
        assert_eq!(
            now.contains(&first[0]),
            newsroom.name == "workers",
            "{}: {first:?} {now:?}",
            newsroom.name
        );
    }
}

#[test]
fn a_story_is_taken_down_by_its_url() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 3);
        newsroom.publish();
        newsroom.uploads();
        let run = newsroom.run(&["--takedown", "https://plain.example/2026/11/story-1/"]);
        assert_eq!(run.code, Some(0), "{}: {}", newsroom.name, run.stderr);
        let site = newsroom.host.site();
        assert!(!site.contains_key("2026/11/story-1/index.html"), "{}", newsroom.name);
        assert!(site.contains_key("2026/11/story-0/index.html"), "{}", newsroom.name);
        let most = if newsroom.name == "vercel" { 4000 } else { 0 };
        assert!(newsroom.uploads() <= most, "{}", newsroom.name);
        // The story is still in the sources.
        newsroom.publish();
        newsroom.assert_published();

        newsroom.forget();
        newsroom.fails(&["--takedown", "https://plain.example/2026/11/story-1/"], "publish/takedown");
        assert!(newsroom.host.site().contains_key("2026/11/story-1/index.html"));
    }
}

#[test]
fn another_publication_in_the_meantime_wins() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 2);
        newsroom.publish();
        newsroom.edit(1, "", "Corrected.");
        // Somebody else publishes while the changed files are sent.
        let mut is_done = false;
        newsroom.host.lock().fault = Some(Box::new(move |request, api| {
            if is_upload(&request.line()) && !is_done {
                is_done = true;
                api.publish_elsewhere();
            }
            None
        }));
        let run = newsroom.fails(&[], "publish/lost-race");
        assert!(run.stderr.contains("publish again"), "{}", run.stderr);
        assert!(newsroom.host.site().is_empty(), "{}: the other publication was replaced", newsroom.name);
        let run = newsroom.publish();
        assert!(run.stderr.contains("publish/changed-elsewhere"), "{}: {}", newsroom.name, run.stderr);
        newsroom.assert_published();
    }
}

#[test]
fn a_publication_without_a_record_is_completed_quietly() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 2);
        newsroom.publish();
        let record = fs::read(newsroom.site.path(".bulletin/publish/production/record")).unwrap();
        newsroom.edit(1, "", "Corrected.");
        newsroom.publish();
        // As if it had been killed before the last step.
        newsroom.site.write(".bulletin/publish/production/record", record);
        newsroom.uploads();
        let run = newsroom.publish();
        assert!(!run.stderr.contains("warning"), "{}: {}", newsroom.name, run.stderr);
        newsroom.assert_published();
        assert_eq!(newsroom.uploads(), 0, "{}", newsroom.name);
    }
}

#[test]
fn each_refusal_says_what_to_do() {
    let cloudflare = |code: i64| json!({ "success": false, "errors": [{ "code": code, "message": "No way." }], "result": null });
    for host in hosts() {
        let mut newsroom = Newsroom::new(host, 1);
        newsroom.publish();
        let before = newsroom.host.site();
        newsroom.edit(0, "", "Corrected.");
        let cases: [(u16, &str, &str); 3] = [
            (401, "publish/credentials", "set `"),
            (403, "publish/denied", "token"),
            (404, "publish/missing", "check `"),
        ];
        for (status, code, help) in cases {
            // Workers that do not exist are created.
            if (newsroom.name, status) == ("workers", 404) {
                continue;
            }
            newsroom.host.fail_once("GET", (status, cloudflare(1)));
            let run = newsroom.fails(&[], code);
            assert!(
                run.stderr.contains(help) && run.stderr.contains("No way"),
                "{}: {}",
                newsroom.name,
                run.stderr
            );
        }
        let variables = std::mem::take(&mut newsroom.variables);
        let run = newsroom.fails(&[], "publish/credentials");
        assert!(run.stderr.contains("TOKEN` is not set"), "{}", run.stderr);
        newsroom.variables = variables;
        assert_same(&before, &newsroom.host.site(), "a refused publication changed the site");
        newsroom.publish();
        newsroom.assert_published();
    }
}

#[test]
fn a_busy_host_is_asked_again() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 2);
        let mut count = 0;
        newsroom.host.lock().fault = Some(Box::new(move |_, _| {
            count += 1;
            let busy: Option<Answer> = match count % 5 {
                2 => Some((429, json!({}))),
                3 => Some((503, json!({}))),
                _ => None,
            };
            busy
        }));
        newsroom.publish();
        newsroom.assert_published();
    }
}

#[test]
fn a_failed_deployment_leaves_the_former_site() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 2);
        newsroom.publish();
        let before = newsroom.host.site();
        newsroom.edit(1, "", "Corrected.");
        newsroom.host.lock().api.fail_deployments("Out of paper.");
        let run = newsroom.run(&[]);
        assert_eq!(run.code, Some(2), "{}: {}", newsroom.name, run.stderr);
        let reason = if newsroom.name == "pages" { "ended with `failure`" } else { "Out of paper" };
        assert!(run.stderr.contains(reason), "{}: {}", newsroom.name, run.stderr);
        assert_same(&before, &newsroom.host.site(), newsroom.name);
        newsroom.host.lock().api.fail_deployments("");
        newsroom.publish();
        newsroom.assert_published();
    }
}

#[test]
fn an_expired_permission_to_upload_is_renewed() {
    for is_pages in [true, false] {
        let mut cloudflare = Cloudflare::new(is_pages);
        // Pages count the question for missing files, too.
        cloudflare.expires_after = Some(if is_pages { 1 } else { 2 });
        let newsroom = Newsroom::new(("cloudflare", Box::new(cloudflare)), 10);
        newsroom.publish();
        newsroom.assert_published();
        let log = newsroom.host.take_log();
        let renewed = log
            .iter()
            .filter(|(line, _)| line.ends_with("check-missing") || line.ends_with("upload-session"));
        assert_eq!(renewed.count(), 2, "{log:?}");
    }
}

#[test]
fn a_site_beyond_the_limits_is_refused_before_anything_is_sent() {
    let mut cloudflare = Cloudflare::new(true);
    cloudflare.most = 5;
    let newsroom = Newsroom::new(("pages", Box::new(cloudflare)), 3);
    for args in [&["--dry-run"][..], &[]] {
        let run = newsroom.fails(args, "publish/limits");
        assert!(run.stderr.contains("takes at most 5") && run.stderr.contains("`to: s3`"), "{}", run.stderr);
    }
    assert!(newsroom.host.take_log().iter().all(|(line, _)| line.starts_with("GET ")));

    for (file, text, reason) in [
        ("static/_worker.js", "export default {}", "readers could read the program"),
        (
            "static/_redirects",
            &(0..101).map(|n| format!("/old/{n}/* /new/:splat 301\n")).collect::<String>(),
            "reads only 100",
        ),
        ("static/_headers", &(0..101).map(|n| format!("/{n}\n  X-A: 1\n")).collect::<String>(), "101 rules"),
    ] {
        for is_pages in [true, false] {
            let newsroom = Newsroom::new(("cloudflare", Box::new(Cloudflare::new(is_pages))), 1);
            newsroom.site.write(file, text);
            for args in [&["--dry-run"][..], &[]] {
                let run = newsroom.fails(args, "publish/limits");
                assert!(run.stderr.contains(reason), "{}", run.stderr);
            }
            assert!(newsroom.host.take_log().iter().all(|(line, _)| line.starts_with("GET ")));
        }
    }
}

#[test]
fn an_earlier_deployment_is_shown_again() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 3);
        newsroom.publish();
        let first = newsroom.host.site();
        newsroom.edit(1, "", "Wrong.");
        newsroom.publish();
        newsroom.uploads();
        let run = newsroom.run(&["--rollback"]);
        assert_eq!(run.code, Some(0), "{}: {}", newsroom.name, run.stderr);
        assert_same(&first, &newsroom.host.site(), newsroom.name);
        assert_eq!(newsroom.uploads(), 0, "{}", newsroom.name);
        newsroom.fails(&["--rollback"], "publish/no-rollback");

        // A story that was taken down since stays away.
        newsroom.publish();
        newsroom.edit(2, "expires: 2026-11-02\n", "Canary.");
        newsroom.publish();
        newsroom.edit(0, "", "Wrong again.");
        newsroom.publish();
        for _ in 0..2 {
            let run = newsroom.run(&["--rollback", "--yes"]);
            assert_eq!(run.code, Some(0), "{}: {}", newsroom.name, run.stderr);
            assert!(!newsroom.host.site().contains_key("2026/11/story-2/index.html"), "{}", newsroom.name);
        }
        newsroom.publish();
        newsroom.assert_published();
    }
}

#[test]
fn an_earlier_deployment_that_could_not_be_deleted_is_tried_again() {
    for host in hosts() {
        let newsroom = Newsroom::new(host, 2);
        if newsroom.name == "workers" {
            continue;
        }
        newsroom.publish();
        let first = newsroom.host.lock().api.deployments().remove(0);
        newsroom.edit(1, "expires: 2026-11-02\n", "Canary.");
        newsroom.host.fail_once("DELETE", (403, json!({ "message": "Not yours" })));
        let run = newsroom.fails(&[], "publish/old-deployment");
        assert_eq!(run.code, Some(2), "{}: {}", newsroom.name, run.stderr);
        assert!(run.stderr.contains(&first) && run.stderr.contains("Not yours"), "{}", run.stderr);
        // Everything else is done.
        newsroom.assert_published();
        assert!(newsroom.host.lock().api.deployments().contains(&first));
        newsroom.edit(0, "", "Corrected.");
        newsroom.publish();
        assert!(!newsroom.host.lock().api.deployments().contains(&first), "{}", newsroom.name);
    }
}
