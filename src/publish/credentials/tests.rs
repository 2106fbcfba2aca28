use std::path::Path;

use url::form_urlencoded;

use super::sigv4::{Payload, Scope, encode_path, sha256, sign};
use super::*;
use crate::http::{Body, Method, Request};
use crate::publish::recorder::{Recorded, Recorder};

fn keys(token: Option<&str>) -> Aws {
    Aws {
        access_key: "AKIDEXAMPLE".to_owned(),
        secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        token: token.map(Secret::new),
        expires: None,
        region: None,
    }
}

/// The first five are from the test suite of AWS, the others from botocore 1.44.
#[test]
fn signatures_are_those_of_the_tools_of_aws() {
    let session = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    let now: Timestamp = "2015-08-30T12:36:00Z".parse().unwrap();
    let plain = "https://example.amazonaws.com/";
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let page = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "max-age=0"),
        ("If-None-Match", "*"),
    ];
    let file = || Body::File { path: "a".into(), size: 5 };
    let hello = || Body::Bytes(b"hello".to_vec());
    #[rustfmt::skip]
    let cases: &[(&str, Request, Option<&str>, Payload, &str)] = &[
        ("service", request(Method::Get, plain, &[], Body::Empty), None, Payload::Body,
            "host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("service", request(Method::Get, "https://example.amazonaws.com/?Param2=value2&Param1=value1", &[], Body::Empty), None, Payload::Body,
            "host;x-amz-date, Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ("service", request(Method::Get, plain, &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")], Body::Empty), None, Payload::Body,
            "host;my-header1;my-header2;x-amz-date, Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        ("service", request(Method::Post, plain, &[form], Body::Bytes(b"Param1=value1".to_vec())), None, Payload::Body,
            "content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        ("service", request(Method::Post, plain, &[], Body::Empty), Some(session), Payload::Body,
            "host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
        ("service", request(Method::Get, "https://example.amazonaws.com/example%20space/%C3%A9", &[], Body::Empty), None, Payload::Body,
            "host;x-amz-date, Signature=5f1460c954a2497fb102ef9e47a0521f22a0278c9dae44082cea43424405d5f8"),
        ("s3", request(Method::Put, "https://examplebucket.s3.amazonaws.com/a%20b/+é%2520&.html", &page, hello()), None, Payload::Sha256(sha256(b"hello")),
            "cache-control;content-type;host;if-none-match;x-amz-content-sha256;x-amz-date, Signature=0b02df7bf1fd9ea5ed8c3a8b489b6e6b12f9319e05ce58fd077ecb5c4b70d816"),
        ("s3", request(Method::Put, "https://examplebucket.s3.amazonaws.com/a", &[("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")], file()), None, Payload::Body,
            "content-md5;host;x-amz-content-sha256;x-amz-date, Signature=be77e15e202d727a6aa73b9e91e2423c7bfeda5e486f4e83c0ae60d15860e28c"),
        ("s3", request(Method::Get, "http://127.0.0.1:9000/bucket?prefix=a%2Fb+c&list-type=2&continuation-token=x%2B%2F%3D", &[], Body::Empty), None, Payload::Body,
            "host;x-amz-content-sha256;x-amz-date, Signature=175351a97909934973497b81b6c78aee5727a3480cd019838b9f538d6c5157b8"),
    ];
    for (service, request, token, payload, expected) in cases {
        let scope = Scope { service, region: "us-east-1" };
        let signed = sign(request.clone(), scope, &keys(*token), *payload, now);
        let (name, value) = signed.headers.last().unwrap();
        assert_eq!(name, "authorization");
        let (start, signature) = value.reveal().split_once(", SignedHeaders=").unwrap();
        assert_eq!(
            start,
            format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request")
        );
        assert_eq!(signature, *expected, "{}", request.url);
    }
}

/// The signature was computed by a program of our own from the description of Google.
#[test]
fn google_has_its_own_words() {
    let headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "max-age=0"),
        ("x-goog-meta-bulletin-hash", "00"),
        ("x-goog-if-generation-match", "0"),
    ];
    let url = "https://storage.googleapis.com/herald/a%20b.html";
    let signed = sign(
        request(Method::Put, url, &headers, Body::Bytes(b"hello".to_vec())),
        Scope { service: "storage", region: "auto" },
        &keys(None),
        Payload::Body,
        "2015-08-30T12:36:00Z".parse().unwrap(),
    );
    let names = "cache-control;content-type;host;x-goog-content-sha256;x-goog-date;x-goog-if-generation-match;x-goog-meta-bulletin-hash";
    let signature = "4abb26775692ea06118c2f81c90448e76fde21ddcf8a1ca815493e45a2058314";
    let credential = "GOOG4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/auto/storage/goog4_request";
    let expected = format!("{credential}, SignedHeaders={names}, Signature={signature}");
    assert_eq!(signed.headers.last().unwrap().1.reveal(), expected);
}

fn request(method: Method, url: &str, headers: &[(&str, &str)], body: Body) -> Request {
    let request = Request::new(method, url::Url::parse(url).unwrap()).body(body);
    headers.iter().fold(request, |request, (name, value)| request.header(name, *value))
}

#[test]
fn a_path_is_sent_as_it_is_signed() {
    assert_eq!(encode_path("2026/a b/+é%20&='~.html"), "2026/a%20b/%2B%C3%A9%2520%26%3D%27~.html");
    let url = "https://b.s3.amazonaws.com/a+b'(é)/%2e%7E?prefix=a/b c&x";
    let signed = sign(
        request(Method::Get, url, &[], Body::Empty),
        Scope { service: "s3", region: "r" },
        &keys(None),
        Payload::Body,
        Timestamp::UNIX_EPOCH,
    );
    assert_eq!(signed.url.as_str(), "https://b.s3.amazonaws.com/a%2Bb%27%28%C3%A9%29/.~?prefix=a%2Fb%20c&x=");
}

const OFF: (&str, &str) = ("AWS_EC2_METADATA_DISABLED", "true");

/// A home folder with these two files.
fn home(config: &str, credentials: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::write(folder.join("credentials"), credentials).unwrap();
    home
}

fn find(profile: Option<&str>, variables: &[(&str, &str)], home: Option<&Path>) -> Result<Aws> {
    let variables = [variables, &[OFF]].concat();
    aws(profile, None, &Client::new(), &Environment::of(&variables, home))
}

/// The id of the key that is found, or the message and help.
fn outcome(found: Result<Aws>) -> std::result::Result<String, String> {
    found.map(|keys| keys.access_key).map_err(|problem| {
        assert_eq!(problem.code, CODE);
        let text = format!("{} — {}", problem.message, problem.help.clone().unwrap());
        assert!(!text.contains("s3cr3t") && !format!("{problem:?}").contains("s3cr3t"), "{text}");
        text
    })
}

#[test]
fn sources_are_asked_in_the_order_of_the_tools_of_aws() {
    let home = home(
        "[default]\nregion = eu-north-1\n[profile herald]\nregion = eu-west-1\n\
         [profile printed]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"PRINTED\",\"SecretAccessKey\":\"s3cr3t\",\"Expiration\":\"2026-11-30T20:00:00Z\"}'\n",
        "[default]\naws_access_key_id = FILE\naws_secret_access_key = s3cr3t\n[herald]\naws_access_key_id = HERALD\naws_secret_access_key = s3cr3t\naws_session_token = s3cr3t\n",
    );
    let home = Some(home.path());
    let variables = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s3cr3t")];
    let profile = |name| [&variables[..0], &[("AWS_PROFILE", name)]].concat();
    for (settings, variables, home, expected) in [
        (None, &variables[..], home, "ENV"),
        (None, &[], home, "FILE"),
        (None, &profile("herald"), home, "HERALD"),
        (Some("herald"), &variables, home, "HERALD"),
        (Some("gone"), &variables, home, "ENV"),
        (Some("printed"), &[], home, "PRINTED"),
        (None, &variables, None, "ENV"),
    ] {
        let found = outcome(find(settings, variables, home));
        assert_eq!(found.as_deref(), Ok(expected), "{settings:?} {variables:?}");
    }
    let region = |profile: Option<&str>, region: Option<&str>, variables: &[(&str, &str)]| {
        aws(profile, region, &Client::new(), &Environment::of(variables, home)).unwrap().region
    };
    assert_eq!(region(None, None, &[]).as_deref(), Some("eu-north-1"));
    assert_eq!(region(Some("herald"), None, &[]).as_deref(), Some("eu-west-1"));
    assert_eq!(region(Some("herald"), None, &[("AWS_REGION", "us-east-2")]).as_deref(), Some("us-east-2"));
    assert_eq!(region(Some("herald"), Some("auto"), &[("AWS_REGION", "us-east-2")]).as_deref(), Some("auto"));
    let printed = find(Some("printed"), &[], home).unwrap();
    assert_eq!(printed.expires, Some("2026-11-30T20:00:00Z".parse().unwrap()));
}

#[test]
fn what_is_missing_is_said_with_the_way_out_and_without_secrets() {
    let config = "[profile sso]\nsso_session = s\n[profile mfa]\nrole_arn = r\nmfa_serial = m\nsource_profile = x\n\
        [profile loop]\nrole_arn = r\nsource_profile = loop2\n[profile loop2]\nrole_arn = r\nsource_profile = loop\n\
        [profile alone]\nrole_arn = r\n[profile half]\naws_access_key_id = A\n[profile empty]\nregion = x\n\
        [profile fails]\ncredential_process = exit 3\n[profile other]\ncredential_process = echo s3cr3t\n\
        [profile v2]\ncredential_process = echo '{\"Version\":2,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s3cr3t\"}'\n";
    let home = home(config, "");
    let home = Some(home.path());
    for (variables, expected) in [
        (
            &[("AWS_ACCESS_KEY_ID", "A")][..],
            "`AWS_ACCESS_KEY_ID` is set, but `AWS_SECRET_ACCESS_KEY` is not — set",
        ),
        (
            &[("AWS_PROFILE", "gone")],
            "have no profile `gone`, which `AWS_PROFILE` names — run `aws configure --profile gone`",
        ),
        (
            &[("AWS_PROFILE", "sso")],
            "signs in through a browser — sign in with `aws`, then use a profile with the line `credential_process",
        ),
        (&[("AWS_PROFILE", "mfa")], "asks for a code of an MFA device — sign in"),
        (&[("AWS_PROFILE", "loop")], "the AWS profile `loop` is its own source"),
        (&[("AWS_PROFILE", "alone")], "has a `role_arn`, but no `source_profile`"),
        (&[("AWS_PROFILE", "half")], "has no `aws_secret_access_key`"),
        (&[("AWS_PROFILE", "empty")], "has no credentials"),
        (&[("AWS_PROFILE", "fails")], "failed (exit status: 3)"),
        (&[("AWS_PROFILE", "other")], "printed no credentials: it is not JSON (line 1, column 1)"),
        (&[("AWS_PROFILE", "v2")], "printed a version other than 1"),
        (&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/x")], "`AWS_ROLE_ARN` is not — set"),
        (
            &[("AWS_ROLE_ARN", "r"), ("GITHUB_ACTIONS", "true")],
            "add `permissions: {id-token: write}` to the job",
        ),
        (
            &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/")],
            "is neither HTTPS nor an address of this machine",
        ),
        (
            &[
                ("AWS_ACCESS_KEY_ID", "A"),
                ("AWS_SECRET_ACCESS_KEY", "s3cr3t"),
                ("AWS_CREDENTIAL_EXPIRATION", "2026-11-30T18:59:59Z"),
            ],
            "the AWS credentials expired at 2026-11-30T18:59:59Z — sign in again",
        ),
        (
            &[],
            "no AWS credentials: `AWS_ACCESS_KEY_ID` is not set; `AWS_ROLE_ARN` is not set; `~/.aws/config` and `~/.aws/credentials` \
               have no profile `default`; this machine is not a container with a role; `AWS_EC2_METADATA_DISABLED` is set — set `AWS_ACCESS_KEY_ID`",
        ),
    ] {
        let text = outcome(find(None, variables, home)).unwrap_err();
        assert!(text.contains(expected), "{text}");
    }
    let broken = self::home("[default]\nAKIAs3cr3t\n", "");
    let text = outcome(find(None, &[], Some(broken.path()))).unwrap_err();
    assert!(text.starts_with("line 2 of `~/.aws/config` has no `=` — write"), "{text}");
}

const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
    <AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s3cr3t</SecretAccessKey><SessionToken>T</SessionToken>\
    <Expiration>2026-11-30T20:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

fn form(request: &Recorded) -> Vec<(String, String)> {
    form_urlencoded::parse(request.body.as_bytes()).into_owned().collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_role_is_assumed_with_the_keys_of_its_source() {
    let sts = Recorder::answering(200, ROLE);
    let home = home(
        "[profile role]\nrole_arn = arn:aws:iam::1:role/p\nsource_profile = default\nexternal_id = x y\nregion = eu-west-1\n",
        "[default]\naws_access_key_id = FILE\naws_secret_access_key = s3cr3t\n",
    );
    let variables = [("AWS_ENDPOINT_URL_STS", sts.url.as_str())];
    let found = find(Some("role"), &variables, Some(home.path())).unwrap();
    assert_eq!((&*found.access_key, found.token), ("ROLE", Some(Secret::new("T"))));
    let request = &sts.requests()[0];
    assert_eq!(request.line(), "POST /");
    let expected = pairs(&[
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", "arn:aws:iam::1:role/p"),
        ("RoleSessionName", "bulletin"),
        ("ExternalId", "x y"),
    ]);
    assert_eq!(form(request), expected);
    let authorization = request.header("authorization").unwrap();
    assert!(authorization.contains("Credential=FILE/20261130/eu-west-1/sts/aws4_request"), "{authorization}");
}

#[test]
fn a_refused_role_says_why() {
    let body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>";
    let sts = Recorder::answering(403, body);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "TOKEN\n").unwrap();
    let variables = [
        ("AWS_ENDPOINT_URL_STS", sts.url.as_str()),
        ("AWS_ROLE_ARN", "arn:p"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
    ];
    let text = outcome(find(None, &variables, None)).unwrap_err();
    assert!(text.contains("the role `arn:p` cannot be assumed: AccessDenied: not authorized"), "{text}");
    let expected = pairs(&[
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", "arn:p"),
        ("RoleSessionName", "bulletin"),
        ("WebIdentityToken", "TOKEN"),
    ]);
    assert_eq!(form(&sts.requests()[0]), expected);
    assert_eq!(sts.requests()[0].header("authorization"), None);
}

#[test]
fn github_actions_issue_a_token_for_a_role() {
    let server = Recorder::start(|request| {
        let body = if request.method == "GET" { r#"{"value":"OIDC"}"# } else { ROLE };
        (200, Vec::new(), body.into())
    });
    let url = format!("{}token?api=1", server.url);
    let variables = [
        ("AWS_ENDPOINT_URL_STS", server.url.as_str()),
        ("AWS_ROLE_ARN", "arn:p"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ask"),
    ];
    assert_eq!(outcome(find(None, &variables, None)).as_deref(), Ok("ROLE"));
    let requests = server.requests();
    assert_eq!(requests[0].line(), "GET /token?api=1&audience=sts.amazonaws.com");
    assert_eq!(requests[0].header("authorization"), Some("Bearer ask"));
    assert!(form(&requests[1]).contains(&("WebIdentityToken".to_owned(), "OIDC".to_owned())));
}

const MACHINE: &str = r#"{"Code":"Success","AccessKeyId":"MACHINE","SecretAccessKey":"s3cr3t","Token":"T","Expiration":"2026-11-30T20:00:00Z"}"#;

#[test]
fn a_container_has_credentials() {
    let server = Recorder::answering(200, MACHINE);
    let url = format!("{}role", server.url);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "bearer\n").unwrap();
    let variables = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*url),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.path().to_str().unwrap()),
    ];
    assert_eq!(outcome(find(None, &variables, None)).as_deref(), Ok("MACHINE"));
    assert_eq!(server.requests()[0].header("authorization"), Some("bearer"));
}

#[test]
fn an_instance_has_credentials() {
    let server = Recorder::start(|request| {
        let body = match &*request.line() {
            "PUT /latest/api/token" => "imds",
            "GET /latest/meta-data/iam/security-credentials/" => "publisher\n",
            "GET /latest/meta-data/iam/security-credentials/publisher" => MACHINE,
            _ => return (404, Vec::new(), Vec::new()),
        };
        (200, Vec::new(), body.into())
    });
    let environment = Environment::of(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url.as_str())], None);
    let found = aws(None, None, &Client::new(), &environment);
    assert_eq!(outcome(found).as_deref(), Ok("MACHINE"));
    let requests = server.requests();
    assert_eq!(requests[0].header("x-aws-ec2-metadata-token-ttl-seconds"), Some("21600"));
    assert_eq!(requests[2].header("x-aws-ec2-metadata-token"), Some("imds"));
}

#[test]
fn credentials_are_renewed_before_they_expire() {
    let server = Recorder::start(|_| {
        let soon = MACHINE.replace("20:00:00", "19:04:00");
        (200, Vec::new(), soon.into_bytes())
    });
    let environment =
        Environment::of(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url.as_str()), OFF], None);
    let client = Client::new();
    let login = Login::new(None, None, &client, &environment).unwrap();
    login.keys().unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_token_is_read_from_the_first_variable_that_is_set() {
    let names = ["CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"];
    let environment = Environment::of(&[("CLOUDFLARE_API_TOKEN", " "), ("CF_API_TOKEN", "t")], None);
    assert_eq!(token(&environment, &names, "Cloudflare").unwrap(), Secret::new("t"));
    let problem = token(&Environment::of(&[], None), &names, "Cloudflare").unwrap_err();
    assert_eq!(problem.message, "no token for Cloudflare: `CLOUDFLARE_API_TOKEN` is not set");
    assert_eq!(format!("{:?}", Secret::new("t")), "[secret]");
}
