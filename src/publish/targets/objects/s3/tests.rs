//! The requests of the store, and what it makes of answers, against a server on loopback.

use super::*;
use crate::config::publish::Gcs;
use crate::publish::local_file::ContentHash;
use crate::publish::recorder::{Answer, Recorded, Recorder};
use crate::publish::targets::objects::gcs;

const VARIABLES: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "very-secret"),
    ("GCS_ACCESS_KEY_ID", "GOOG1EXAMPLE"),
    ("GCS_SECRET_ACCESS_KEY", "very-secret"),
];

fn store(server: &Recorder, checksum: Checksum) -> S3Store {
    let settings = S3 {
        bucket: "herald".to_owned(),
        prefix: "news/".to_owned(),
        region: Some("eu-west-1".to_owned()),
        endpoint: Some(server.url.clone()),
        profile: None,
        path_style: true,
        checksum,
    };
    S3Store::connect(&settings, &Client::new(), &Environment::of(&VARIABLES, None)).unwrap()
}

fn google(server: &Recorder) -> S3Store {
    let settings =
        Gcs { bucket: "herald".to_owned(), prefix: "news/".to_owned(), endpoint: Some(server.url.clone()) };
    gcs::connect(&settings, &Client::new(), &Environment::of(&VARIABLES, None)).unwrap()
}

fn headers(redirect: Option<&str>) -> Headers {
    Headers {
        content_type: "text/html; charset=utf-8".to_owned(),
        cache_control: Some("max-age=60".to_owned()),
        content_encoding: Some("br".to_owned()),
        redirects_to: redirect.map(str::to_owned),
    }
}

fn put(store: &S3Store, condition: &Condition) -> Result<Put> {
    let headers = headers(Some("/b/"));
    let hash = ContentHash::of(b"text");
    store.put(
        &Object { key: "a b+c%.html", body: Body::Bytes(b"text".to_vec()), hash, headers: &headers },
        condition,
    )
}

fn unchanged(version: &str) -> Condition {
    Condition::Unchanged(Version(version.to_owned()))
}

fn error(code: &str, more: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Some words.</Message>{more}</Error>")
}

#[test]
fn an_object_is_stored_with_its_headers_checksum_and_condition() {
    let server = Recorder::start(|_| (200, vec![("etag", "\"e1\"".to_owned())], Vec::new()));
    for (checksum, header, value) in [
        (Checksum::Sha256, "x-amz-checksum-sha256", Some("mC2ePrmW9VnmM/TRlN7zdh2Qn1o7ZH0ahR/q1nwyydE=")),
        (Checksum::Md5, "content-md5", Some("HLJR7A1WjeapKbUgxK7Y0Q==")),
        (Checksum::None, "content-md5", None),
    ] {
        let store = store(&server, checksum);
        let stored = put(&store, &unchanged("\"e0\"")).unwrap();
        assert_eq!(stored, Put::Stored(Version("\"e1\"".to_owned())));
        let request = server.requests().pop().unwrap();
        assert_eq!(request.line(), "PUT /herald/news/a%20b%2Bc%25.html");
        assert_eq!((request.header(header), &*request.body), (value, "text"));
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "max-age=60"),
            ("content-encoding", "br"),
            ("x-amz-website-redirect-location", "/b/"),
            ("x-amz-meta-bulletin-hash", &ContentHash::of(b"text").to_string()),
            ("x-amz-content-sha256", "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"),
            ("if-match", "\"e0\""),
        ] {
            assert_eq!(request.header(name), Some(value), "{name}");
        }
        let authorization = request.header("authorization").unwrap();
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261130/eu-west-1/s3/"));
        assert!(authorization.contains("if-match") && authorization.contains("x-amz-meta-bulletin-hash"));
    }
    put(&store(&server, Checksum::None), &Condition::Absent).unwrap();
    assert_eq!(server.requests().pop().unwrap().header("if-none-match"), Some("*"));
}

#[test]
fn google_gets_its_own_names_and_generations() {
    let answer = vec![("etag", "\"e1\"".to_owned()), ("x-goog-generation", "17".to_owned())];
    let server = Recorder::start(move |_| (200, answer.clone(), Vec::new()));
    let store = google(&server);
    let Put::Stored(version) = put(&store, &Condition::Absent).unwrap() else { panic!("refused") };
    put(&store, &Condition::Unchanged(version.clone())).unwrap();
    store.get("x", Some(&version)).unwrap();
    store.delete_version("x", &version).unwrap();
    let requests = server.requests();
    let condition = |index: usize| requests[index].header("x-goog-if-generation-match");
    assert_eq!([condition(0), condition(1), condition(3)], [Some("0"), Some("17"), Some("17")]);
    assert_eq!(requests[2].header("if-none-match"), Some("\"e1\""));
    for request in &requests {
        assert!(!request.headers.iter().any(|(name, _)| name.starts_with("x-amz-")), "{request:?}");
        let authorization = request.header("authorization").unwrap();
        assert!(
            authorization
                .starts_with("GOOG4-HMAC-SHA256 Credential=GOOG1EXAMPLE/20261130/auto/storage/goog4_request")
        );
    }
    assert_eq!(requests[0].header("content-md5"), Some("HLJR7A1WjeapKbUgxK7Y0Q=="));
    assert_eq!(store.place(), "gs://herald/news/");
    assert_eq!((store.headers())(&headers(Some("/b/"))), headers(None));
}

#[test]
fn a_condition_that_does_not_hold_is_no_error() {
    for (status, code, condition, expected) in [
        (412, "PreconditionFailed", Condition::Absent, Ok(Put::Refused)),
        (409, "ConditionalRequestConflict", Condition::Absent, Ok(Put::Refused)),
        (304, "", Condition::Absent, Ok(Put::Refused)),
        (404, "NoSuchKey", unchanged("\"e\""), Ok(Put::Refused)),
        (404, "NoSuchBucket", unchanged("\"e\""), Err("publish/missing")),
        (409, "OperationAborted", Condition::None, Err("publish/upload")),
        (501, "NotImplemented", Condition::Absent, Err("publish/no-conditions")),
        (501, "NotImplemented", Condition::None, Err("publish/upload")),
    ] {
        let server = Recorder::start(move |_| (status, Vec::new(), error(code, "").into_bytes()));
        let outcome = put(&store(&server, Checksum::None), &condition).map_err(|problem| problem.code);
        assert_eq!(outcome, expected, "{status} {code}");
        assert_eq!(server.requests().len(), if status == 409 { 4 } else { 1 });
    }
}

#[test]
fn a_refusal_is_explained_without_secrets() {
    let date = |text: &str| vec![("date", text.to_owned())];
    let in_time = || date("Mon, 30 Nov 2026 19:00:00 GMT");
    let region = vec![("x-amz-bucket-region", "us-west-2".to_owned())];
    for (status, headers, code, more, expected, said) in [
        (
            404,
            in_time(),
            "NoSuchBucket",
            "",
            "publish/missing",
            "the bucket `herald` does not exist at 127.0.0.1",
        ),
        (
            403,
            in_time(),
            "AccessDenied",
            "",
            "publish/denied",
            "denies access while storing `a b+c%.html`: 403 AccessDenied: Some words",
        ),
        (
            403,
            in_time(),
            "InvalidAccessKeyId",
            "",
            "publish/credentials",
            "s3://herald refuses the credentials",
        ),
        (
            403,
            in_time(),
            "SignatureDoesNotMatch",
            "",
            "publish/credentials",
            "s3://herald refuses the credentials",
        ),
        (400, in_time(), "ExpiredToken", "", "publish/credentials", "ExpiredToken"),
        (
            403,
            date("Mon, 30 Nov 2026 18:30:00 GMT"),
            "RequestTimeTooSkewed",
            "",
            "publish/clock",
            "is 30 minutes ahead of",
        ),
        (403, in_time(), "RequestTimeTooSkewed", "", "publish/clock", "s3://herald refuses the clock"),
        (
            403,
            date("Mon, 30 Nov 2026 20:30:00 GMT"),
            "SignatureDoesNotMatch",
            "",
            "publish/clock",
            "is 90 minutes behind",
        ),
        (
            301,
            region,
            "PermanentRedirect",
            "",
            "publish/missing",
            "is in the region `us-west-2`, not in `eu-west-1`",
        ),
        (
            400,
            in_time(),
            "AuthorizationHeaderMalformed",
            "<Region>us-east-1</Region>",
            "publish/missing",
            "`us-east-1`, not in `eu-west-1`",
        ),
        (400, in_time(), "BadDigest", "", "publish/upload", "received other bytes"),
        (400, in_time(), "EntityTooLarge", "", "publish/limits", "EntityTooLarge"),
        (405, in_time(), "", "", "publish/upload", "405"),
    ] {
        let server = Recorder::start(move |_| (status, headers.clone(), error(code, more).into_bytes()));
        let problem = put(&store(&server, Checksum::None), &Condition::None).unwrap_err();
        assert_eq!(problem.code, expected, "{code}");
        assert!(problem.message.contains(said), "{}", problem.message);
        assert!(problem.help.is_some(), "{code}");
        assert!(!format!("{problem:?}").contains("very-secret"), "{problem:?}");
    }
}

#[test]
fn an_object_is_read_unless_it_is_known_or_missing() {
    let server = Recorder::start(|request: &Recorded| -> Answer {
        match (&*request.target, request.header("if-none-match")) {
            ("/herald/news/a", Some("\"e1\"")) => (304, vec![], vec![]),
            ("/herald/news/a", _) => (200, vec![("etag", "\"e1\"".to_owned())], b"text".to_vec()),
            ("/herald/news/b", _) => (404, vec![], error("NoSuchKey", "").into_bytes()),
            _ => (404, vec![], error("NoSuchBucket", "").into_bytes()),
        }
    });
    let store = store(&server, Checksum::None);
    let version = Version("\"e1\"".to_owned());
    assert_eq!(store.get("a", None).unwrap(), Fetched::Object(b"text".to_vec(), version.clone()));
    assert_eq!(store.get("a", Some(&version)).unwrap(), Fetched::Unchanged);
    assert_eq!(store.get("b", Some(&version)).unwrap(), Fetched::Missing);
    assert_eq!(store.get("c", None).unwrap_err().code, "publish/missing");
}

#[test]
fn what_is_stored_is_known_from_headers() {
    let md5 = Some([
        0x1c, 0xb2, 0x51, 0xec, 0x0d, 0x56, 0x8d, 0xe6, 0xa9, 0x29, 0xb5, 0x20, 0xc4, 0xae, 0xd8, 0xd1,
    ]);
    for (name, value, etag, expected) in [
        ("x-a", "", "\"1cb251ec0d568de6a929b520c4aed8d1\"", md5),
        ("x-a", "", "\"1cb251ec0d568de6a929b520c4aed8d1-2\"", None),
        ("x-amz-server-side-encryption", "aws:kms", "\"1cb251ec0d568de6a929b520c4aed8d1\"", None),
        ("x-amz-server-side-encryption", "AES256", "\"1cb251ec0d568de6a929b520c4aed8d1\"", md5),
        ("x-goog-hash", "crc32c=AAAAAA==,md5=HLJR7A1WjeapKbUgxK7Y0Q==", "\"x\"", md5),
    ] {
        let headers = vec![
            (name, value.to_owned()),
            ("etag", etag.to_owned()),
            ("content-type", "text/css".to_owned()),
            ("x-amz-meta-bulletin-hash", "00".repeat(16)),
            ("x-amz-website-redirect-location", "/b/".to_owned()),
        ];
        let server = Recorder::start(move |_| (200, headers.clone(), vec![]));
        let stored = store(&server, Checksum::None).head("a").unwrap().unwrap();
        assert_eq!((stored.md5, stored.hash), (expected, Some(ContentHash([0; 16]))));
        assert_eq!((&*stored.headers.content_type, stored.headers.cache_control), ("text/css", None));
        assert_eq!(stored.headers.redirects_to.as_deref(), Some("/b/"));
    }
    let server = Recorder::start(|request| match &*request.method {
        "HEAD" => (403, vec![], vec![]),
        _ => (403, vec![], error("ExpiredToken", "").into_bytes()),
    });
    assert_eq!(store(&server, Checksum::None).head("a").unwrap_err().code, "publish/credentials");
    let server = Recorder::answering(404, "");
    assert!(store(&server, Checksum::None).head("a").unwrap().is_none());
}

#[test]
fn a_list_has_all_pages_and_decoded_keys() {
    let server = Recorder::start(|request: &Recorded| {
        let second = request.target.contains("continuation-token=t%2B1%3D");
        let (keys, rest) = if second {
            (
                "<Contents><Key>news/c&amp;%d</Key><Size>3</Size></Contents>",
                "<IsTruncated>false</IsTruncated>",
            )
        } else {
            (
                "<Contents><Key>news/a+b%2Bc%25%C3%A9</Key><Size>1</Size></Contents><Contents><Key>news/</Key><Size>0</Size></Contents>",
                "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t+1=</NextContinuationToken>",
            )
        };
        (200, vec![], format!("<ListBucketResult>{rest}{keys}</ListBucketResult>").into_bytes())
    });
    let listed = store(&server, Checksum::None).list().unwrap();
    let listed: Vec<_> = listed.iter().map(|object| (&*object.path, object.size)).collect();
    assert_eq!(listed, [("a b+c%é", 1), ("", 0), ("c&%d", 3)]);
    let first = &server.requests()[0].target;
    assert_eq!(first, "/herald/?encoding-type=url&list-type=2&prefix=news%2F");

    for (xml, is_list) in
        [("<html></html>", false), ("<ListBucketResult></ListBucketResult>", true), ("", false)]
    {
        let server = Recorder::start(move |_| (200, vec![], xml.as_bytes().to_vec()));
        assert_eq!(store(&server, Checksum::None).list().is_ok(), is_list, "{xml}");
    }
}

#[test]
fn objects_are_deleted_together_or_one_by_one() {
    let keys = ["a&<b>".to_owned(), "c".to_owned()];
    let server = Recorder::answering(
        200,
        "<DeleteResult><Error><Key>news/c</Key><Code>NoSuchKey</Code></Error></DeleteResult>",
    );
    store(&server, Checksum::Sha256).delete(&keys).unwrap();
    let request = server.requests().pop().unwrap();
    assert!(request.body.contains("<Object><Key>news/a&amp;&lt;b&gt;</Key></Object>"), "{}", request.body);
    assert!(request.header("content-md5").is_some() && request.header("x-amz-checksum-sha256").is_some());
    assert_eq!(request.line(), "POST /herald/?delete=");

    let server = Recorder::start(|request: &Recorded| match &*request.target {
        "/herald/?delete=" => {
            let busy = "<Error><Key>news/c</Key><Code>InternalError</Code></Error>";
            (200, vec![], format!("<DeleteResult>{busy}</DeleteResult>").into_bytes())
        }
        "/herald/news/c" => (403, vec![], error("AccessDenied", "").into_bytes()),
        _ => (204, vec![], vec![]),
    });
    let problem = store(&server, Checksum::None).delete(&keys).unwrap_err();
    assert_eq!(problem.code, "publish/denied");
    assert!(problem.message.contains("deleting `c`"), "{}", problem.message);
    assert_eq!(server.requests().len(), 3);

    let server = Recorder::start(|request| match &*request.method {
        "POST" => (501, vec![], vec![]),
        _ => (204, vec![], vec![]),
    });
    let store = store(&server, Checksum::None);
    assert_eq!(store.delete_batch(), 1000);
    store.delete(&keys).unwrap();
    store.delete(&keys).unwrap();
    assert_eq!(store.delete_batch(), 1);
    let lines: Vec<_> = server.requests().iter().map(Recorded::line).collect();
    let single = ["DELETE /herald/news/a%26%3Cb%3E", "DELETE /herald/news/c"];
    assert_eq!(lines[1..], [single, single].concat());
}

#[test]
fn a_version_that_is_gone_is_not_deleted_and_no_error() {
    for (status, requests) in [(204, 1), (412, 1), (404, 1), (501, 2)] {
        let server = Recorder::start(move |request| match request.header("if-match") {
            Some(_) => (status, vec![], vec![]),
            None => (204, vec![], vec![]),
        });
        store(&server, Checksum::None).delete_version("a", &Version("\"e\"".to_owned())).unwrap();
        assert_eq!(server.requests().len(), requests, "{status}");
    }
}

#[test]
fn a_store_has_names_for_messages_and_for_what_is_remembered() {
    let server = Recorder::answering(200, "");
    let store = store(&server, Checksum::None);
    let port = server.url.port().unwrap();
    assert_eq!(store.place(), "s3://herald/news/");
    assert_eq!(store.identity(), format!("s3://herald/news/ at 127.0.0.1:{port}"));
    assert_eq!(store.longest_key(), 1019);
    assert!(!format!("{store:?}").contains("very-secret"));
    let redirects = |endpoint: &str| {
        let endpoint = Some(url::Url::parse(endpoint).unwrap());
        let settings = S3 {
            bucket: "herald".to_owned(),
            prefix: String::new(),
            region: None,
            endpoint,
            profile: None,
            path_style: true,
            checksum: Checksum::None,
        };
        let store = S3Store::connect(&settings, &Client::new(), &Environment::of(&VARIABLES, None)).unwrap();
        (store.headers())(&headers(Some("/b/"))).redirects_to.is_some()
    };
    assert!(redirects("https://minio.example/"));
    assert!(!redirects("https://id.r2.cloudflarestorage.com/"));
}
