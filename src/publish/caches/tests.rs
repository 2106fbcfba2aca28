use super::*;
use crate::publish::recorder::{Recorded, Recorder};

fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

/// Purges paths of `https://herald.example/news/` in a cache whose API is at a recorder.
fn run(cache: Cache, server: &Recorder, paths: &[&str], depth: Depth) -> Purged {
    let api = server.url.as_str();
    let environment = Environment::of(
        &[
            ("CLOUDFLARE_API_TOKEN", "s3cr3t"),
            ("CLOUDFLARE_API_BASE_URL", api),
            ("FASTLY_API_TOKEN", "s3cr3t"),
            ("FASTLY_API_ENDPOINT", api),
            ("BUNNY_API_KEY", "s3cr3t"),
            ("BUNNY_API_ENDPOINT", api),
            ("AWS_ACCESS_KEY_ID", "AK"),
            ("AWS_SECRET_ACCESS_KEY", "s3cr3t"),
            ("AWS_ENDPOINT_URL", api),
        ],
        None,
    );
    let base = Url::parse("https://herald.example/news/").unwrap();
    let caches = Caches {
        caches: &[cache],
        base: &base,
        run: "run1",
        profile: None,
        parallel: Some(1),
        client: &Client::new(),
        environment: &environment,
    };
    let purged = purge(&caches, &owned(paths), depth);
    assert!(!format!("{purged:?}").contains("s3cr3t"), "{purged:?}");
    purged
}

fn body(request: &Recorded) -> serde_json::Value {
    serde_json::from_str(&request.body).unwrap()
}

const PATHS: [&str; 3] = ["/", "/2026/caf%C3%A9/", "/rss.xml"];

#[test]
fn cloudflare_takes_urls_prefixes_and_the_whole_site() {
    let server = Recorder::answering(200, r#"{"success": true, "errors": [], "result": {"id": "z"}}"#);
    let zone = || Cache::Cloudflare("z1".to_owned());
    assert_eq!(run(zone(), &server, &PATHS, Depth::Exact), Purged::default());
    assert_eq!(run(zone(), &server, &PATHS, Depth::WithQueries), Purged::default());
    let all: Vec<String> = (0..2000).map(|number| format!("/{number}/")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(run(zone(), &server, &all[..1500], Depth::Exact), Purged::default());
    assert_eq!(run(zone(), &server, &all, Depth::Exact), Purged::default());
    let requests = server.requests();
    assert_eq!(requests[0].line(), "POST /zones/z1/purge_cache");
    assert_eq!(requests[0].header("authorization"), Some("Bearer s3cr3t"));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    let url = |path: &str| format!("https://herald.example/news{path}");
    let files: Vec<_> =
        ["/", "/2026/caf%C3%A9/", "/2026/caf%C3%A9/index.html", "/index.html", "/rss.xml"].map(url).into();
    assert_eq!(body(&requests[0]), serde_json::json!({ "files": files }));
    assert_eq!(body(&requests[1]), serde_json::json!({ "files": [url("/"), url("/index.html")] }));
    let prefixes = ["herald.example/news/2026/caf%C3%A9", "herald.example/news/rss.xml"];
    assert_eq!(body(&requests[2]), serde_json::json!({ "prefixes": prefixes }));
    assert_eq!(requests.len(), 3 + 30 + 1);
    assert!(requests[3..33].iter().all(|request| body(request)["files"].as_array().unwrap().len() == 100));
    assert_eq!(body(&requests[33]), serde_json::json!({ "prefixes": ["herald.example/news"] }));
}

#[test]
fn fastly_takes_one_url_a_request() {
    let server = Recorder::answering(200, r#"{"status": "ok", "id": "1"}"#);
    let service = || Cache::Fastly("s1".to_owned());
    assert_eq!(run(service(), &server, &PATHS, Depth::WithQueries), Purged::default());
    let expected = ["/", "/2026/caf%C3%A9/", "/2026/caf%C3%A9/index.html", "/index.html", "/rss.xml"]
        .map(|path| format!("POST /purge/herald.example/news{path}"));
    assert_eq!(server.lines(), expected);
    assert_eq!(server.requests()[0].header("fastly-key"), Some("s3cr3t"));
    let many: Vec<String> = (0..5001).map(|number| format!("/{number}.html")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(run(service(), &server, &many, Depth::Exact), Purged::default());
    assert_eq!(server.lines()[5..], ["POST /service/s1/purge_all"]);
}

#[test]
fn bunny_takes_urls_and_prefixes() {
    let server = Recorder::answering(204, "");
    assert_eq!(run(Cache::Bunny, &server, &["/a/", "/b.xml"], Depth::Exact), Purged::default());
    assert_eq!(run(Cache::Bunny, &server, &["/a/", "/b.xml"], Depth::WithQueries), Purged::default());
    let line = |path: &str, exact: &str| {
        format!("POST /purge?url=https%3A%2F%2Fherald.example%2Fnews%2F{path}&async=true{exact}")
    };
    let exact = "&exactPath=true";
    let expected = [
        line("a%2F", exact),
        line("a%2Findex.html", exact),
        line("b.xml", exact),
        line("a%2F*", ""),
        line("b.xml*", ""),
    ];
    assert_eq!(server.lines(), expected);
    assert_eq!(server.requests()[0].header("accesskey"), Some("s3cr3t"));
}

#[test]
fn a_server_of_ones_own_takes_purge_for_the_public_host() {
    let server = Recorder::start(|request| {
        (if request.target.ends_with("rss.xml") { 412 } else { 200 }, Vec::new(), Vec::new())
    });
    let purged = run(Cache::Http(server.url.clone()), &server, &PATHS, Depth::WithQueries);
    assert_eq!(purged, Purged::default());
    let expected = ["/", "/2026/caf%C3%A9/", "/2026/caf%C3%A9/index.html", "/index.html", "/rss.xml"]
        .map(|path| format!("PURGE /news{path}"));
    assert_eq!(server.lines(), expected);
    assert!(server.requests().iter().all(|request| request.header("host") == Some("herald.example")));
}

#[test]
fn cloudfront_takes_one_invalidation_and_waits_for_others() {
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let server = Recorder::start(move |_| match attempts.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => {
            let code =
                "<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code></Error></ErrorResponse>";
            (400, Vec::new(), code.into())
        }
        _ => (201, Vec::new(), "<Invalidation><Id>I1</Id></Invalidation>".into()),
    });
    let distribution = || Cache::CloudFront("E1".to_owned());
    assert_eq!(run(distribution(), &server, &["/", "/a'b/"], Depth::Exact), Purged::default());
    assert_eq!(run(distribution(), &server, &["/a/", "/x.jpg"], Depth::WithQueries), Purged::default());
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert_eq!(requests[0].line(), "POST /2020-05-31/distribution/E1/invalidation");
    assert_eq!(requests[0].body, requests[2].body);
    let authorization = requests[0].header("authorization").unwrap();
    assert!(
        authorization.contains("Credential=AK/20261130/us-east-1/cloudfront/aws4_request"),
        "{authorization}"
    );
    let paths = "<Paths><Items><Path>/news/</Path><Path>/news/a&apos;b/</Path><Path>/news/a&apos;b/index.html</Path>\
        <Path>/news/index.html</Path></Items><Quantity>4</Quantity></Paths>";
    assert!(requests[0].body.contains(paths), "{}", requests[0].body);
    let reference = |request: &Recorded| xml::text_of(request.body.as_bytes(), "CallerReference").unwrap();
    assert!(reference(&requests[0]).starts_with("bulletin-run1-"));
    assert_ne!(reference(&requests[0]), reference(&requests[3]));
    let wild = "<Items><Path>/news/a/*</Path><Path>/news/x.jpg*</Path></Items><Quantity>2</Quantity>";
    assert!(requests[3].body.contains(wild), "{}", requests[3].body);
}

#[test]
fn what_a_cache_still_has_is_said_and_remembered() {
    let refusing = Recorder::answering(
        403,
        r#"{"success": false, "errors": [{"code": 10000, "message": "Authentication\nerror"}]}"#,
    );
    let purged = run(Cache::Cloudflare("z1".to_owned()), &refusing, &PATHS, Depth::Exact);
    assert_eq!(purged.unpurged, PATHS);
    let problem = &purged.problems[0];
    assert_eq!(problem.code, "publish/purge");
    assert_eq!(
        problem.message,
        "Cloudflare may still have old copies of 3 URLs: it returned 403 (Authentication error)"
    );
    assert_eq!(refusing.lines().len(), 1);
    // One URL that a server refuses does not keep the others.
    let picky = Recorder::start(|request| {
        (if request.target.contains("caf") { 400 } else { 200 }, Vec::new(), Vec::new())
    });
    let purged = run(Cache::Http(picky.url.clone()), &picky, &PATHS, Depth::Exact);
    assert_eq!(purged.unpurged, ["/2026/caf%C3%A9/"]);
    assert_eq!(picky.lines().len(), 5);
    assert_eq!(purged.problems[0].message, "the cache may still have old copies of 1 URL: it returned 400");
}

#[test]
fn without_a_token_nothing_is_sent() {
    let base = Url::parse("https://herald.example/").unwrap();
    let caches = Caches {
        caches: &[Cache::Bunny],
        base: &base,
        run: "run1",
        profile: None,
        parallel: None,
        client: &Client::new(),
        environment: &Environment::of(&[], None),
    };
    let purged = purge(&caches, &owned(&["/a/"]), Depth::Exact);
    assert_eq!(purged.problems[0].code, "publish/credentials");
    assert_eq!(purged.unpurged, ["/a/"]);
    assert_eq!(purge(&caches, &[], Depth::Exact), Purged::default());
}
