//! An answer that is a refusal → a problem with help.
//!
//! The codes are those of <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> and
//! <https://cloud.google.com/storage/docs/xml-api/reference-status>.

use super::super::answers::{Refusal, clock, wrong_clock};
use super::{Dialect, S3Store};
use crate::diagnostic::Diagnostic;
use crate::http::Response;
use crate::publish::xml::text_of;

/// Says what an answer means. `action` completes "while": `storing `a``.
pub(super) fn problem(store: &S3Store, response: &Response, action: &str) -> Box<Diagnostic> {
    let refusal = Refusal::of(response);
    let said = refusal.said(response.status);
    if let Some(region) = other_region(store, response) {
        let message =
            format!("the bucket `{}` is in the region `{region}`, not in `{}`", store.bucket, store.region);
        let help = format!("set `region: {region}` for this target");
        return Box::new(Diagnostic::fatal("publish/missing", message).help(help));
    }
    let place = store.shown();
    let (code, message, help) = match &*refusal.code {
        "NoSuchBucket" => (
            "publish/missing",
            format!("the bucket `{}` does not exist at {}", store.bucket, store.host()),
            "create the bucket, or check `bucket`, `region` and `endpoint` of the target",
        ),
        "RequestTimeTooSkewed" => {
            let message = format!("{place} refuses the clock of this machine");
            return wrong_clock(response, store.environment.now()).unwrap_or_else(|| clock(message));
        }
        code if is_about_credentials(code) || response.status == 401 => {
            if let Some(problem) = wrong_clock(response, store.environment.now()) {
                return problem;
            }
            (
                "publish/credentials",
                format!("{place} refuses the credentials: {said}"),
                credentials_help(store, code),
            )
        }
        "BadDigest" | "XAmzContentSHA256Mismatch" | "InvalidDigest" | "XAmzContentChecksumMismatch" => (
            "publish/upload",
            format!("{place} received other bytes than were sent while {action}: {said}"),
            "run the command again; if the store does not know the checksum, set `checksum: md5` or `checksum: none`",
        ),
        "EntityTooLarge" | "KeyTooLongError" | "KeyTooLong" => (
            "publish/limits",
            format!("{place} does not take this while {action}: {said}"),
            "shorten or remove the file",
        ),
        _ => general(response.status, &place, action, &said, store.dialect),
    };
    Box::new(Diagnostic::fatal(code, message).help(help))
}

/// A refusal whose code says nothing more than its status.
fn general(
    status: u16,
    place: &str,
    action: &str,
    said: &str,
    dialect: Dialect,
) -> (&'static str, String, &'static str) {
    match status {
        403 => (
            "publish/denied",
            format!("{place} denies access while {action}: {said}"),
            match dialect {
                Dialect::S3 => {
                    "allow `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` and `s3:ListBucket` on this bucket, and check that it is yours"
                }
                Dialect::Gcs => {
                    "give the account the role `Storage Object User` for this bucket, and check that it is yours"
                }
            },
        ),
        429 | 500..=599 if status != 501 => (
            "publish/unreachable",
            format!("{place} is too busy or broken while {action}: {said}"),
            "run the command again later; it goes on where it ended",
        ),
        300..=399 => (
            "publish/missing",
            format!("{place} is at another address: {said}"),
            "check `region` and `endpoint` of the target",
        ),
        _ => (
            "publish/upload",
            format!("{place} refuses the request while {action}: {said}"),
            "check `endpoint` and the other settings of the target",
        ),
    }
}

fn is_about_credentials(code: &str) -> bool {
    const CODES: [&str; 10] = [
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidSecurity",
        "InvalidToken",
        "MissingSecurityHeader",
        "NotSignedUp",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "Unauthorized",
    ];
    CODES.contains(&code)
}

fn credentials_help(store: &S3Store, code: &str) -> &'static str {
    match (store.dialect, code) {
        (Dialect::Gcs, _) => {
            "check `GCS_ACCESS_KEY_ID` and `GCS_SECRET_ACCESS_KEY`: they are an HMAC key of the project's settings for interoperability"
        }
        (_, "ExpiredToken" | "TokenRefreshRequired") => "sign in again, such as with `aws sso login`",
        (_, "SignatureDoesNotMatch") => "check the secret key, such as `AWS_SECRET_ACCESS_KEY`",
        (_, "AuthorizationHeaderMalformed") => "check `region` of the target",
        _ => "check the access key, such as `AWS_ACCESS_KEY_ID`, and that it belongs to this store",
    }
}

/// The region in which the bucket is, if that is another one.
fn other_region(store: &S3Store, response: &Response) -> Option<String> {
    if !matches!(response.status, 301 | 307 | 400) || store.dialect == Dialect::Gcs {
        return None;
    }
    let named = response.header("x-amz-bucket-region").map(str::to_owned);
    let region = named.or_else(|| text_of(&response.body, "Region"))?;
    (!region.is_empty() && region != store.region).then_some(region)
}
