//! Why there is no response: errors of the client, of TLS and of the system → a clause for the user and what to do.

use std::fmt;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use url::Url;

use super::body::{CHANGED, FileProblem};
use super::resolver::Unknown;

/// Why a request has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The scheme, host and path that was requested, without secrets.
    pub place: String,
    /// What went wrong, as a clause: `the connection was refused`.
    pub reason: String,
    /// The kind of failure.
    pub cause: Cause,
}

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There was no connection, so the request was certainly not processed.
    NoConnection,
    /// The connection ended or stalled, or the time limit passed: the request may have been processed.
    Interrupted,
    /// The host could not prove with a certificate who it is, or does not speak TLS.
    NotTrusted,
    /// The request cannot be sent: a header or a URL that is not valid, or a file that changed.
    Request,
    /// The response is larger than what is read.
    Response,
}

impl Error {
    /// What to do.
    pub fn help(&self) -> &'static str {
        let reason = &*self.reason;
        match self.cause {
            Cause::NotTrusted if reason == NO_AUTHORITIES => {
                "install the package `ca-certificates`, or let `SSL_CERT_FILE` name a file of certificates"
            }
            Cause::NotTrusted if reason == UNKNOWN_ISSUER => {
                "update the package `ca-certificates`; if your network or host has its own authority, let `SSL_CERT_FILE` name a file with its certificate"
            }
            Cause::NotTrusted if reason.contains(EXPIRED) || reason.contains(NOT_YET) => {
                "check the clock of this machine; if it is right, the host must renew its certificate"
            }
            Cause::NotTrusted => "check the host name and the port of the URL",
            Cause::Request if reason.contains("proxy") => {
                "check the proxy that the environment variable names"
            }
            Cause::Request if reason == CHANGED => {
                "run the command again when nothing else writes to the output folder"
            }
            Cause::Request => "check the URL and the settings that are part of the request",
            Cause::NoConnection => {
                "check the host name, the network, and the proxy (`HTTPS_PROXY`, `NO_PROXY`); then run the command again"
            }
            Cause::Interrupted | Cause::Response => {
                "run the command again; if it happens again, ask the host why"
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for Error {}

const NO_AUTHORITIES: &str = "this machine has no CA certificates, so it cannot trust any host";
const UNKNOWN_ISSUER: &str = "the certificate is from a CA that this machine does not trust";
const EXPIRED: &str = "the certificate expired";
const NOT_YET: &str = "the certificate is not valid before";

/// Says what an error of the client means. `limit` is the time limit of the request, if it has its own.
pub(super) fn explain(url: &Url, error: ureq::Error, limit: Option<Duration>) -> Error {
    let (cause, reason) = match error {
        ureq::Error::Io(error) => of_io(&error),
        ureq::Error::Rustls(error) => of_tls(&error),
        ureq::Error::Timeout(timeout) => of_timeout(timeout, limit),
        ureq::Error::HostNotFound => (Cause::NoConnection, "the host name has no address".to_owned()),
        ureq::Error::Other(error) => match error.downcast_ref::<Unknown>() {
            Some(unknown) => (Cause::NoConnection, format!("the host name has no address ({unknown})")),
            None => (Cause::Interrupted, error.to_string()),
        },
        ureq::Error::ConnectionFailed => (Cause::NoConnection, "there is no connection".to_owned()),
        ureq::Error::ConnectProxyFailed(why) => {
            (Cause::Request, format!("the proxy refuses to connect: {}", why.trim()))
        }
        ureq::Error::InvalidProxyUrl => (Cause::Request, "the URL of the proxy is not valid".to_owned()),
        ureq::Error::BodyExceedsLimit(bytes) => {
            (Cause::Response, format!("the response is larger than {} MB", bytes / 1_000_000))
        }
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            (Cause::Interrupted, "the response is not valid HTTP".to_owned())
        }
        ureq::Error::Http(error) => (Cause::Request, error.to_string()),
        ureq::Error::BadUri(_) => (Cause::Request, "the URL is not valid".to_owned()),
        ureq::Error::Tls(why) => (Cause::NotTrusted, why.to_owned()),
        other => (Cause::Interrupted, other.to_string()),
    };
    Error { place: place(url), reason, cause }
}

fn of_io(error: &io::Error) -> (Cause, String) {
    if let Some(inner) = error.get_ref() {
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return of_tls(error);
        }
        if let Some(problem) = inner.downcast_ref::<FileProblem>() {
            return (Cause::Request, problem.to_string());
        }
    }
    let (cause, reason) = match error.kind() {
        io::ErrorKind::ConnectionRefused => (Cause::NoConnection, "the connection was refused"),
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => (Cause::NoConnection, "the host cannot be reached from here"),
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => (Cause::Interrupted, "the connection was cut"),
        _ => return (Cause::Interrupted, error.to_string()),
    };
    (cause, reason.to_owned())
}

fn of_timeout(timeout: ureq::Timeout, limit: Option<Duration>) -> (Cause, String) {
    use ureq::Timeout;
    match timeout {
        Timeout::Resolve => (Cause::NoConnection, "the host name could not be looked up in time".to_owned()),
        Timeout::Connect => (Cause::NoConnection, "no connection was made within 20 s".to_owned()),
        Timeout::RecvResponse => (Cause::Interrupted, "no response arrived within 60 s".to_owned()),
        Timeout::PerRead | Timeout::PerWrite => {
            (Cause::Interrupted, "the connection stalled for 60 s".to_owned())
        }
        Timeout::RecvBody => {
            (Cause::Interrupted, "the response was not complete after 10 minutes".to_owned())
        }
        _ => {
            let seconds = limit.unwrap_or_default().as_secs_f64();
            (Cause::Interrupted, format!("no complete response arrived within {seconds} s"))
        }
    }
}

fn of_tls(error: &rustls::Error) -> (Cause, String) {
    let reason = match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error),
        rustls::Error::General(why) if why.contains("No CA certificates") => NO_AUTHORITIES.to_owned(),
        rustls::Error::InvalidMessage(_) => "the host does not speak TLS at this port".to_owned(),
        rustls::Error::AlertReceived(alert) => format!("the host refuses the TLS connection ({alert:?})"),
        rustls::Error::PeerIncompatible(_) => "the host supports only insecure versions of TLS".to_owned(),
        other => other.to_string(),
    };
    (Cause::NotTrusted, reason)
}

fn of_certificate(error: &CertificateError) -> String {
    let day = |time: &rustls::pki_types::UnixTime| {
        let seconds = i64::try_from(time.as_secs()).ok();
        let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        instant
            .map_or_else(|| "an unknown day".to_owned(), |instant| instant.strftime("%Y-%m-%d").to_string())
    };
    match error {
        CertificateError::UnknownIssuer => UNKNOWN_ISSUER.to_owned(),
        CertificateError::Expired => EXPIRED.to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => format!("{EXPIRED} on {}", day(not_after)),
        CertificateError::NotValidYet => format!("{NOT_YET} some day to come"),
        CertificateError::NotValidYetContext { not_before, .. } => format!("{NOT_YET} {}", day(not_before)),
        CertificateError::Revoked => "the certificate was revoked".to_owned(),
        CertificateError::NotValidForName => "the certificate is for another host".to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().take(3).map(|name| bare(name)).collect();
            match names[..] {
                [] => "the certificate is for another host".to_owned(),
                _ => format!("the certificate is for another host: {}", names.join(", ")),
            }
        }
        other => format!("the certificate is not valid: {other}"),
    }
}

/// The name in `DnsName("a.example")`, as the crate writes it.
fn bare(presented: &str) -> &str {
    let inner = presented.split_once('(').map_or(presented, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"')
}

/// A URL without its query, which may contain a signature, and without its user.
pub(super) fn place(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}
