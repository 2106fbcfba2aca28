//! What the answers of all stores have in common: an error in XML, the clock of the host, the way in which an upload can end.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use crate::diagnostic::Diagnostic;
use crate::http::Response;
use crate::publish::xml::text_of;

/// An error as a store names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The code, such as `NoSuchBucket`; empty if there is none.
    pub(super) code: String,
    /// The message on one line.
    pub(super) message: String,
}

impl Refusal {
    /// Reads the body of an answer.
    pub(super) fn of(response: &Response) -> Self {
        let text = |name| text_of(&response.body, name).unwrap_or_default();
        let code = response.header("x-ms-error-code").map_or_else(|| text("Code"), str::to_owned);
        // Azure writes the id and the time of the request on further lines.
        Self { code, message: short(text("Message").lines().next().unwrap_or_default()) }
    }

    /// What the store said, as the end of a message: `403 AccessDenied: Access Denied`.
    pub(super) fn said(&self, status: u16) -> String {
        let code = if self.code.is_empty() { String::new() } else { format!(" {}", self.code) };
        let message = if self.message.is_empty() { String::new() } else { format!(": {}", self.message) };
        format!("{status}{code}{message}")
    }
}

/// The beginning of a line, without a period at its end.
fn short(line: &str) -> String {
    let short: String = line.chars().take(200).collect();
    short.trim().trim_end_matches('.').to_owned()
}

/// A problem if the clock of this machine differs so much from the host's that signatures are refused: by more than 5 minutes.
pub(super) fn wrong_clock(response: &Response, now: Timestamp) -> Option<Box<Diagnostic>> {
    let theirs = rfc2822::parse(response.header("date")?).ok()?.timestamp();
    let ahead = now.duration_since(theirs);
    if ahead.abs() < SignedDuration::from_mins(5) {
        return None;
    }
    let side = if ahead.is_positive() { "ahead of" } else { "behind" };
    let minutes = ahead.abs().as_mins();
    let span = match minutes {
        120.. => format!("{} hours", (minutes + 30) / 60),
        _ => format!("{minutes} minutes"),
    };
    Some(clock(format!("the clock of this machine is {span} {side} that of the store")))
}

/// A problem with the clock.
pub(super) fn clock(message: String) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::fatal("publish/clock", message)
            .help("set the clock of this machine, such as with `timedatectl set-ntp true`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(date: &str, body: &str) -> Response {
        let headers = vec![("date".to_owned(), date.to_owned())];
        Response { status: 403, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn the_difference_of_clocks_is_told() {
        let now: Timestamp = "2026-11-30T19:00:00Z".parse().unwrap();
        let told = |date: &str| wrong_clock(&response(date, ""), now).map(|problem| problem.message);
        assert_eq!(told("Mon, 30 Nov 2026 19:04:59 GMT"), None);
        assert_eq!(told("yesterday"), None);
        assert_eq!(
            told("Mon, 30 Nov 2026 18:40:00 GMT").as_deref(),
            Some("the clock of this machine is 20 minutes ahead of that of the store")
        );
        assert_eq!(
            told("Tue, 01 Dec 2026 19:00:00 GMT").as_deref(),
            Some("the clock of this machine is 24 hours behind that of the store")
        );
    }

    #[test]
    fn an_error_is_read_from_xml_and_nothing_else() {
        let xml = "<Error><Code>AccessDenied</Code><Message>Access Denied.\nTime: now</Message></Error>";
        assert_eq!(Refusal::of(&response("", xml)).said(403), "403 AccessDenied: Access Denied");
        assert_eq!(Refusal::of(&response("", "<html>no")).said(502), "502");
        assert!(
            Refusal::of(&response("", &format!("<Message>{}</Message>", "ö".repeat(900)))).message.len()
                < 500
        );
    }
}
