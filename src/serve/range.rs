//! A `Range` header and the length of a file → the requested bytes (RFC 9110, section 14).

use std::ops::RangeInclusive;

/// The part of a file to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ByteRange {
    /// The whole file, with status 200.
    Full,
    /// These bytes, with status 206.
    Partial(RangeInclusive<u64>),
    /// Nothing, because the range begins after the end of the file. Status 416.
    Unsatisfiable,
}

/// Parses a `Range` header. Headers that are invalid or name several ranges request the whole file, which is always a valid
/// response.
pub(super) fn parse_range(header: Option<&str>, length: u64) -> ByteRange {
    let Some((first, last)) = header.and_then(bounds) else { return ByteRange::Full };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => ByteRange::Full,
        (Some(first), _) if first >= length => ByteRange::Unsatisfiable,
        (Some(first), last) => ByteRange::Partial(first..=last.unwrap_or(u64::MAX).min(length - 1)),
        (None, Some(0)) => ByteRange::Unsatisfiable,
        // An empty file has no last bytes.
        (None, Some(_)) if length == 0 => ByteRange::Full,
        (None, Some(count)) => ByteRange::Partial(length.saturating_sub(count)..=length - 1),
        (None, None) => ByteRange::Full,
    }
}

/// The two sides of `bytes=a-b`, each either empty or digits.
fn bounds(header: &str) -> Option<(&str, &str)> {
    let (unit, range) = header.trim_matches([' ', '\t']).split_once('=')?;
    let (first, last) = range.trim_matches([' ', '\t']).split_once('-')?;
    let is_number = |side: &str| side.bytes().all(|byte| byte.is_ascii_digit());
    (unit.eq_ignore_ascii_case("bytes") && is_number(first) && is_number(last)).then_some((first, last))
}

/// A number of bytes. Numbers that overflow are after the end of any file.
fn number(digits: &str) -> Option<u64> {
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_range_is_partial() {
        for (header, part) in [
            ("bytes=0-99", 0..=99),
            ("bytes=0-0", 0..=0),
            ("bytes=100-", 100..=999),
            ("bytes=-500", 500..=999),
            ("bytes=-5000", 0..=999),
            ("bytes=900-5000", 900..=999),
            ("Bytes= 0-99 ", 0..=99),
            ("bytes=1-99999999999999999999999", 1..=999),
            ("bytes=-99999999999999999999999", 0..=999),
        ] {
            assert_eq!(parse_range(Some(header), 1000), ByteRange::Partial(part), "{header}");
        }
    }

    #[test]
    fn a_range_after_the_end_is_unsatisfiable() {
        for header in ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(parse_range(Some(header), 1000), ByteRange::Unsatisfiable, "{header}");
        }
        assert_eq!(parse_range(Some("bytes=0-"), 0), ByteRange::Unsatisfiable);
    }

    #[test]
    fn an_invalid_header_requests_the_whole_file() {
        #[rustfmt::skip]
        let headers = [
            "", "bytes", "bytes=", "bytes=-", "bytes=5-1", "bytes=0-1,5-6", "bytes=0-1,", "bytes=a-b", "bytes=+1-2", "bytes=1--2",
            "lines=0-1", "bytes 0-1", "bytes=0 - 1", "0-1",
        ];
        for header in headers {
            assert_eq!(parse_range(Some(header), 1000), ByteRange::Full, "{header}");
        }
        assert_eq!(parse_range(None, 1000), ByteRange::Full);
        assert_eq!(parse_range(Some("bytes=-500"), 0), ByteRange::Full);
    }

    proptest::proptest! {
        #[test]
        fn a_partial_range_is_within_the_file(first in "[0-9]{0,21}", last in "[0-9]{0,21}", length in proptest::num::u64::ANY) {
            if let ByteRange::Partial(part) = parse_range(Some(&format!("bytes={first}-{last}")), length) {
                proptest::prop_assert!(part.start() <= part.end() && *part.end() < length);
            }
        }
    }
}
