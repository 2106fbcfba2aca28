//! Reads written dates and times: front matter, `--as-of`, archives, feeds and prose.
//!
//! Each source has a grammar of its own. The names of months, weekdays and time zones (`names`) and the rules for local
//! times (`clock`) are shared.

mod archives;
mod clock;
mod days;
mod feeds;
mod front_matter;
mod names;

pub(crate) use archives::{ArchiveDate, parse_archive_date};
pub use clock::SiteTime;
pub(crate) use clock::{ClockTime, format_local, format_with_offset};
pub(crate) use days::{Day, parse_day};
pub(crate) use feeds::{is_later, parse_feed_date};
pub(crate) use front_matter::{
    DATE_PATTERN, DateError, ParsedDate, file_name_date, has_year_last, parse_civil, parse_date,
    possible_days, start_of_day, strip_file_name_date,
};
pub(crate) use names::{find_zone, parse_month, weekday_pattern, zone_pattern};
