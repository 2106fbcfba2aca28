//! A failed attempt → whether and when the next one follows.
//!
//! Waits double from half a second and are shortened at random, so that many requests do not return at the same time
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>). `Retry-After` of the host
//! (<https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>) is respected, unless it asks for too much.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::{Cause, Error, Response, Retry};

/// The number of attempts.
const ATTEMPTS: u32 = 6;
/// The first wait.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait that bulletin chooses.
const LONGEST: Duration = Duration::from_secs(20);
/// The longest wait that a host can ask for. One that asks for more gets no further attempt: its answer is the outcome.
const LONGEST_ASKED: Duration = Duration::from_secs(120);
/// The longest time that one request waits between attempts, all together.
const TOTAL: Duration = Duration::from_secs(300);

/// How long to wait before the next attempt; `None` if there is none.
///
/// `attempt` counts from 0, `waited` is the time that was spent waiting, and `chance` is a random number from 0 to 1.
pub(super) fn pause(
    retry: Retry,
    outcome: &Result<Response, Error>,
    attempt: u32,
    waited: Duration,
    chance: f64,
) -> Option<Duration> {
    if attempt + 1 >= ATTEMPTS || !is_worthwhile(retry, outcome) {
        return None;
    }
    let longest = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    let chosen = longest.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0));
    let asked = outcome.as_ref().ok().and_then(retry_after).unwrap_or_default();
    let pause = chosen.max(asked);
    (asked <= LONGEST_ASKED && waited + pause <= TOTAL).then_some(pause)
}

/// Whether another attempt may succeed and cannot do harm.
fn is_worthwhile(retry: Retry, outcome: &Result<Response, Error>) -> bool {
    match (retry, outcome) {
        (Retry::Never, _) => false,
        (Retry::Always, Ok(response)) => matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504),
        (Retry::IfNotProcessed, Ok(response)) => matches!(response.status, 429 | 503),
        (Retry::Always, Err(error)) => matches!(error.cause, Cause::NoConnection | Cause::Interrupted),
        (Retry::IfNotProcessed, Err(error)) => error.cause == Cause::NoConnection,
    }
}

/// The wait that a host asks for, in seconds or as a date, which is compared with the host's own clock.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let instant =
        |text: &str| -> Option<Timestamp> { rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()) };
    let wait = instant(text)?.duration_since(instant(response.header("date")?)?);
    Some(wait.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)]) -> Result<Response, Error> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(Response { status, headers, body: Vec::new() })
    }

    fn error(cause: Cause) -> Result<Response, Error> {
        Err(Error { place: String::new(), reason: String::new(), cause })
    }

    #[test]
    fn what_may_have_taken_effect_is_repeated_only_if_that_does_no_harm() {
        for (outcome, always, if_not_processed) in [
            (response(200, &[]), false, false),
            (response(403, &[]), false, false),
            (response(412, &[]), false, false),
            (response(408, &[]), true, false),
            (response(429, &[]), true, true),
            (response(500, &[]), true, false),
            (response(501, &[]), false, false),
            (response(503, &[]), true, true),
            (error(Cause::NoConnection), true, true),
            (error(Cause::Interrupted), true, false),
            (error(Cause::NotTrusted), false, false),
            (error(Cause::Request), false, false),
            (error(Cause::Response), false, false),
        ] {
            let is_repeated = |retry| pause(retry, &outcome, 0, Duration::ZERO, 0.0).is_some();
            assert_eq!(is_repeated(Retry::Always), always, "{outcome:?}");
            assert_eq!(is_repeated(Retry::IfNotProcessed), if_not_processed, "{outcome:?}");
            assert!(!is_repeated(Retry::Never), "{outcome:?}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let outcome = response(503, &[]);
        let waits = |chance| -> Vec<Option<u128>> {
            let wait = |attempt| pause(Retry::Always, &outcome, attempt, Duration::ZERO, chance);
            (0..6).map(|attempt| wait(attempt).map(|wait| wait.as_millis())).collect()
        };
        assert_eq!(waits(1.0), [Some(500), Some(1000), Some(2000), Some(4000), Some(8000), None]);
        assert_eq!(waits(0.0), [Some(250), Some(500), Some(1000), Some(2000), Some(4000), None]);
    }

    #[test]
    fn a_host_can_ask_for_a_wait_but_not_for_hours() {
        let date = ("date", "Mon, 30 Nov 2026 19:00:00 GMT");
        for (headers, seconds) in [
            (&[("retry-after", "7")][..], Some(7.0)),
            (&[("retry-after", "0")], Some(0.25)),
            (&[("retry-after", "120")], Some(120.0)),
            (&[("retry-after", "121")], None),
            (&[("retry-after", "99999999999999999999")], Some(0.25)),
            (&[("retry-after", "soon")], Some(0.25)),
            (&[date, ("retry-after", "Mon, 30 Nov 2026 19:00:09 GMT")], Some(9.0)),
            (&[date, ("retry-after", "Mon, 30 Nov 2026 18:00:00 GMT")], Some(0.25)),
            (&[date, ("retry-after", "Tue, 01 Dec 2026 19:00:00 GMT")], None),
            (&[("retry-after", "Mon, 30 Nov 2026 19:00:09 GMT")], Some(0.25)),
        ] {
            let outcome = response(429, headers);
            let wait = pause(Retry::Always, &outcome, 0, Duration::ZERO, 0.0);
            assert_eq!(wait.map(|wait| wait.as_secs_f64()), seconds, "{headers:?}");
        }
        let patience = |waited| {
            let outcome = response(429, &[("retry-after", "100")]);
            pause(Retry::Always, &outcome, 3, Duration::from_secs(waited), 0.0).is_some()
        };
        assert!(patience(200));
        assert!(!patience(201));
    }
}
