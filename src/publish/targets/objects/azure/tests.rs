//! The requests of the store, and what it makes of answers, against a server on loopback.

use super::*;
use crate::http::Body;
use crate::publish::recorder::{Recorded, Recorder};

fn connect(server: &Recorder, variables: &[(&str, &str)]) -> Result<AzureStore> {
    let settings = Azure {
        account: "herald".to_owned(),
        container: "$web".to_owned(),
        prefix: "news/".to_owned(),
        endpoint: Some(server.url.clone()),
    };
    AzureStore::connect(&settings, &Client::new(), &Environment::of(variables, None))
}

fn store(server: &Recorder) -> AzureStore {
    connect(server, &[("AZURE_STORAGE_SAS_TOKEN", "?sv=2021&sig=very%2Fsecret")]).unwrap()
}

fn put(store: &AzureStore, condition: &Condition) -> Result<Put> {
    let headers = Headers {
        content_type: "text/css".to_owned(),
        cache_control: Some("max-age=60".to_owned()),
        content_encoding: None,
        redirects_to: None,
    };
    let hash = ContentHash::of(b"text");
    store.put(
        &Object { key: "a b+c%.css", body: Body::Bytes(b"text".to_vec()), hash, headers: &headers },
        condition,
    )
}

#[test]
fn a_blob_is_stored_with_its_headers_and_condition() {
    let server = Recorder::start(|_| (201, vec![("etag", "\"e1\"".to_owned())], vec![]));
    let stored = put(&store(&server), &Condition::Absent).unwrap();
    assert_eq!(stored, Put::Stored(Version("\"e1\"".to_owned())));
    let request = server.requests().pop().unwrap();
    assert_eq!(request.line(), "PUT /$web/news/a%20b%2Bc%25.css?sv=2021&sig=very%2Fsecret");
    for (name, value) in [
        ("x-ms-blob-type", "BlockBlob"),
        ("x-ms-blob-content-type", "text/css"),
        ("x-ms-blob-cache-control", "max-age=60"),
        ("x-ms-meta-bulletinhash", &ContentHash::of(b"text").to_string()),
        ("x-ms-date", "Mon, 30 Nov 2026 19:00:00 GMT"),
        ("if-none-match", "*"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    assert_eq!(request.header("x-ms-blob-content-encoding"), None);
    put(&store(&server), &Condition::Unchanged(Version("\"e1\"".to_owned()))).unwrap();
    assert_eq!(server.requests().pop().unwrap().header("if-match"), Some("\"e1\""));
}

#[test]
fn credentials_are_those_of_the_azure_command_line() {
    let server = Recorder::answering(201, "");
    let connection = "DefaultEndpointsProtocol=https;AccountName=herald;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";
    for (name, value, is_key) in [
        ("AZURE_STORAGE_KEY", "c2VjcmV0", true),
        ("AZURE_STORAGE_CONNECTION_STRING", connection, true),
        (
            "AZURE_STORAGE_CONNECTION_STRING",
            "BlobEndpoint=https://x/;SharedAccessSignature=sv=1&sig=2",
            false,
        ),
    ] {
        put(&connect(&server, &[(name, value)]).unwrap(), &Condition::None).unwrap();
        let request = server.requests().pop().unwrap();
        let authorization = request.header("authorization").unwrap_or_default();
        assert_eq!(authorization.starts_with("SharedKey herald:"), is_key, "{name}");
        assert_eq!(request.target.ends_with("?sv=1&sig=2"), !is_key, "{name}");
    }
    for variables in [&[][..], &[("AZURE_STORAGE_KEY", "not base64")]] {
        let problem = connect(&server, variables).unwrap_err();
        assert_eq!(problem.code, "publish/credentials");
        assert!(!problem.message.contains("not base64!"));
    }
}

#[test]
fn answers_have_meanings() {
    let refused = |status, code: &'static str, condition: Condition| {
        let headers =
            vec![("x-ms-error-code", code.to_owned()), ("date", "Mon, 30 Nov 2026 19:00:00 GMT".to_owned())];
        let server = Recorder::start(move |_| (status, headers.clone(), vec![]));
        put(&store(&server), &condition).map_err(|problem| {
            assert!(problem.help.is_some() && !format!("{problem:?}").contains("secret"));
            problem.code
        })
    };
    let unchanged = || Condition::Unchanged(Version("\"e\"".to_owned()));
    for (status, code, condition, expected) in [
        (409, "BlobAlreadyExists", Condition::Absent, Ok(Put::Refused)),
        (412, "ConditionNotMet", unchanged(), Ok(Put::Refused)),
        (404, "BlobNotFound", unchanged(), Ok(Put::Refused)),
        (404, "ContainerNotFound", unchanged(), Err("publish/missing")),
        (409, "BlobImmutableDueToPolicy", Condition::None, Err("publish/upload")),
        (403, "AuthenticationFailed", Condition::None, Err("publish/credentials")),
        (403, "AuthorizationPermissionMismatch", Condition::None, Err("publish/denied")),
        (400, "Md5Mismatch", Condition::None, Err("publish/upload")),
        (413, "RequestBodyTooLarge", Condition::None, Err("publish/limits")),
    ] {
        assert_eq!(refused(status, code, condition), expected, "{code}");
    }
}

#[test]
fn blobs_are_read_listed_and_deleted() {
    let server = Recorder::start(|request: &Recorded| {
        let list = |name: &str, marker: &str| {
            let blob = format!(
                "<Blob><Name>news/{name}</Name><Properties><Content-Length>3</Content-Length></Properties></Blob>"
            );
            format!(
                "<EnumerationResults><Blobs>{blob}</Blobs><NextMarker>{marker}</NextMarker></EnumerationResults>"
            )
        };
        match (&*request.method, &*request.target) {
            ("GET", target) if target.contains("marker=m%2F1") => (200, vec![], list("b", "").into_bytes()),
            ("GET", target) if target.contains("comp=list") => {
                (200, vec![], list("a &amp; b%", "m/1").into_bytes())
            }
            ("HEAD", target) if target.contains("/gone") => {
                (404, vec![("x-ms-error-code", "BlobNotFound".to_owned())], vec![])
            }
            ("HEAD", _) => {
                let md5 = ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==".to_owned());
                (200, vec![md5, (HASH, "00".repeat(16)), ("content-type", "text/css".to_owned())], vec![])
            }
            ("DELETE", target) if target.contains("/gone") => (404, vec![], vec![]),
            ("DELETE", _) if request.header("if-match").is_some() => (412, vec![], vec![]),
            ("DELETE", _) => (202, vec![], vec![]),
            _ => (304, vec![], vec![]),
        }
    });
    let store = store(&server);
    let listed = store.list().unwrap();
    assert_eq!(listed.iter().map(|blob| &*blob.path).collect::<Vec<_>>(), ["a & b%", "b"]);
    assert!(server.requests()[0].target.starts_with("/$web?restype=container&comp=list&prefix=news%2F&sv="));
    let stored = store.head("a").unwrap().unwrap();
    assert_eq!((stored.hash, stored.md5.map(|md5| md5[0])), (Some(ContentHash([0; 16])), Some(0xd4)));
    assert!(store.head("gone").unwrap().is_none());
    let version = Version("\"e\"".to_owned());
    assert_eq!(store.get("a", Some(&version)).unwrap(), Fetched::Unchanged);
    store.delete(&["a".to_owned(), "gone".to_owned()]).unwrap();
    store.delete_version("a", &version).unwrap();
    assert_eq!(store.place(), "azure://herald/$web/news/");
}
