//! Formats numbers and escapes text for the report.

use std::time::Duration;

/// Formats a number with separators: `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Formats a duration with about three digits: `340 µs`, `3.1 ms`, `1.24 s`, `1,234 s`.
pub(super) fn duration(time: Duration) -> String {
    let (number, unit) = match time.as_nanos() {
        0..999_500 => (time.as_secs_f64() * 1e6, "µs"),
        999_500..999_500_000 => (time.as_secs_f64() * 1e3, "ms"),
        _ => (time.as_secs_f64(), "s"),
    };
    match number {
        _ if unit == "µs" => format!("{number:.0} {unit}"),
        ..9.995 if unit == "s" => format!("{number:.2} {unit}"),
        ..99.95 => format!("{number:.1} {unit}"),
        // A duration is finite and not negative.
        _ => format!("{} {unit}", thousands(number.round() as u64)),
    }
}

/// Formats a share of a whole: `83 %`, or `0 %` of nothing.
pub(super) fn percent(part: Duration, whole: Duration) -> String {
    format!("{:.0} %", 100.0 * share(part, whole))
}

/// The share of a whole, from 0 to 1.
pub(super) fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { part.div_duration_f64(whole).min(1.0) }
}

/// Escapes text for elements and quoted attributes. Characters that HTML forbids are replaced.
pub(super) fn escape(text: &str) -> String {
    let shown: String = text.chars().map(|c| if is_forbidden(c) { '\u{fffd}' } else { c }).collect();
    let mut escaped = String::with_capacity(shown.len());
    let written = pulldown_cmark_escape::escape_html(&mut escaped, &shown);
    // Writing to a `String` cannot fail.
    debug_assert!(written.is_ok());
    escaped
}

/// Whether HTML forbids a character: control characters and noncharacters, which file names can contain.
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_about_three_digits() {
        let written = [
            (0, "0 µs"),
            (400, "0 µs"),
            (340_000, "340 µs"),
            (999_499, "999 µs"),
            (999_500, "1.0 ms"),
            (3_140_000, "3.1 ms"),
            (99_960_000, "100 ms"),
            (999_499_999, "999 ms"),
            (999_500_000, "1.00 s"),
            (1_240_000_000, "1.24 s"),
            (9_996_000_000, "10.0 s"),
            (83_210_000_000, "83.2 s"),
            (1_234_567_000_000, "1,235 s"),
        ];
        for (nanos, expected) in written {
            assert_eq!(duration(Duration::from_nanos(nanos)), expected);
        }
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [0, 999, 12_345, 1_234_567].map(thousands),
            ["0", "999", "12,345", "1,234,567"].map(str::to_owned)
        );
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(percent(Duration::ZERO, Duration::ZERO), "0 %");
        assert_eq!(percent(Duration::from_secs(1), Duration::from_secs(3)), "33 %");
        assert_eq!(percent(Duration::from_secs(4), Duration::from_secs(3)), "100 %");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("<a href='x'>\"&\u{0}\u{1b}\u{fffe}"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;���");
        assert_eq!(escape("/عاجل/"), "/عاجل/");
    }
}
