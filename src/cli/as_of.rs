//! `--as-of TIME` → the instant whose site a command shows.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Console;
use crate::config::LoadedConfig;
use crate::diagnostic::Diagnostic;
use crate::time::{SiteTime, format_with_offset};

/// The option `--as-of`.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct AsOf {
    /// Treat this as the current time; without an offset, it is in the site's time zone [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<SiteTime>,
}

impl AsOf {
    /// Whether a time was given.
    pub(super) fn is_given(self) -> bool {
        self.as_of.is_some()
    }

    /// Returns the instant that was given, or now. Warns about a time that occurs twice.
    pub(super) fn or_now(self, settings: &LoadedConfig, console: &Console) -> Result<Timestamp, ExitCode> {
        Ok(self.given(settings, console)?.unwrap_or_else(Timestamp::now))
    }

    /// Returns the instant that was given, if one was. Warns about a time that occurs twice.
    pub(super) fn given(
        self,
        settings: &LoadedConfig,
        console: &Console,
    ) -> Result<Option<Timestamp>, ExitCode> {
        let Some(time) = self.as_of else { return Ok(None) };
        let zone = &settings.timezone();
        let instant = time.in_zone(zone).map_err(|why| {
            let message = format!("the time of `--as-of` does not exist: {why}");
            let help = "choose a time that exists in the site's time zone, or add an offset";
            console.problem(Diagnostic::fatal("cli/as-of", message).help(help))
        })?;
        console.problems(repeated_time("--as-of", Some(time), zone).as_slice());
        Ok(Some(instant))
    }
}

/// The warning that the time of an option occurs twice because clocks go back. The earlier instant counts, so that nothing is
/// published too early.
pub(super) fn repeated_time(option: &str, time: Option<SiteTime>, zone: &TimeZone) -> Option<Diagnostic> {
    let (first, second) = time?.both(zone)?;
    let [first, second] = [first, second].map(|instant| format_with_offset(instant, zone));
    let message =
        format!("the time of `{option}` occurs twice, at {first} and at {second}; the earlier one is used");
    let help = format!("write `{option} {second}` if you mean the later one");
    Some(Diagnostic::warning("cli/time-twice", message).help(help))
}
