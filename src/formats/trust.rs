//! Settings → `security.txt` (RFC 9116) and `trust.txt` (JournalList, draft-org-trust-relationship-protocol), and a
//! check of `security.txt`.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use crate::config::SecurityTxt;

/// The path of `security.txt` from the root of the site.
pub const SECURITY_TXT: &str = ".well-known/security.txt";
/// RFC 9116, section 2.5.5: `Expires` should be less than a year away. One day is added for leap years.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Writes `security.txt`. `canonical` is its own absolute URL, against which paths of the site are resolved.
pub fn security_txt(settings: &SecurityTxt, canonical: &str) -> String {
    let SecurityTxt { contact, expires, pages, languages } = settings;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.extend([name, ": ", &one_line(value), "\n"]);
    for uri in contact {
        line("Contact", uri);
    }
    let seconds = Timestamp::from_second(expires.as_second()).unwrap_or(*expires);
    line("Expires", &seconds.to_string());
    let home = canonical.strip_suffix(SECURITY_TXT).unwrap_or(canonical).trim_end_matches('/');
    for (field, page) in pages {
        match page.starts_with('/') {
            true => line(field, &format!("{home}{page}")),
            false => line(field, page),
        }
    }
    if !languages.is_empty() {
        line("Preferred-Languages", &languages.join(", "));
    }
    // Section 2.5: web URIs must use `https`.
    if canonical.starts_with("https://") {
        line("Canonical", canonical);
    }
    text
}

/// Writes `trust.txt`: a line `field=value` for each value.
pub fn trust_txt(fields: &[(&str, Vec<String>)]) -> String {
    let mut text = String::new();
    for (field, values) in fields {
        for value in values {
            // A `#` begins a comment. Writing to a `String` cannot fail.
            let _ = writeln!(text, "{field}={}", one_line(value).replace('#', "%23"));
        }
    }
    text
}

/// A problem with a `security.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityTxtProblem {
    /// It has no contact.
    NoContact,
    /// It has no `Expires`.
    NoExpires,
    /// It has several `Expires`.
    SeveralExpires,
    /// Its `Expires` is not a time in RFC 3339.
    UnreadableExpires,
    /// It expired at this time.
    Expired(Timestamp),
    /// It expires at this time, more than a year away, when nobody will remember it.
    TooLong(Timestamp),
}

/// Returns the first problem of a `security.txt` at an instant. The text may be signed.
pub fn check_security_txt(text: &str, as_of: Timestamp) -> Option<SecurityTxtProblem> {
    use SecurityTxtProblem as Problem;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let fields = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    let values = |name: &str| -> Vec<&str> {
        let same = fields.clone().filter(|(field, _)| field.trim().eq_ignore_ascii_case(name));
        same.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect()
    };
    if values("Contact").is_empty() {
        return Some(Problem::NoContact);
    }
    let expires = match values("Expires").as_slice() {
        [] => return Some(Problem::NoExpires),
        [one] => one.parse::<Timestamp>(),
        _ => return Some(Problem::SeveralExpires),
    };
    match expires {
        Err(_) => Some(Problem::UnreadableExpires),
        Ok(expires) if expires <= as_of => Some(Problem::Expired(expires)),
        Ok(expires) if expires.duration_since(as_of) > LONGEST_LIFE => Some(Problem::TooLong(expires)),
        Ok(_) => None,
    }
}

/// A value on a single line.
fn one_line(value: &str) -> String {
    value
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANONICAL: &str = "https://x.example:8443/news/.well-known/security.txt";

    fn settings() -> SecurityTxt {
        SecurityTxt {
            contact: vec!["mailto:desk@x.example".to_owned(), "https://x.example/report".to_owned()],
            expires: "2027-06-01T00:00:00.5Z".parse().unwrap(),
            pages: vec![("Encryption", "openpgp4fpr:5f2d".to_owned()), ("Policy", "/security/".to_owned())],
            languages: vec!["en".to_owned(), "pt-BR".to_owned()],
        }
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn security_txt_has_absolute_urls() {
        assert_eq!(
            security_txt(&settings(), CANONICAL),
            "Contact: mailto:desk@x.example\nContact: https://x.example/report\nExpires: 2027-06-01T00:00:00Z\n\
             Encryption: openpgp4fpr:5f2d\nPolicy: https://x.example:8443/news/security/\n\
             Preferred-Languages: en, pt-BR\nCanonical: https://x.example:8443/news/.well-known/security.txt\n"
        );
        let plain = security_txt(&settings(), "http://x.example/.well-known/security.txt");
        assert!(
            plain.contains("Policy: http://x.example/security/\n") && !plain.contains("Canonical"),
            "{plain}"
        );
    }

    #[test]
    fn generated_security_txt_passes_the_check() {
        let text = security_txt(&settings(), CANONICAL);
        assert_eq!(check_security_txt(&text, at("2026-11-22T00:00:00Z")), None);
    }

    #[test]
    fn trust_txt_has_one_value_per_line() {
        let fields = [
            ("member", vec!["https://a.example/".to_owned(), "b.example".to_owned()]),
            ("vendor", vec![]),
            ("social", vec!["https://s.example/#/@x\nmember=https://evil.example".to_owned()]),
            ("datatrainingallowed", vec!["no".to_owned()]),
        ];
        assert_eq!(
            trust_txt(&fields),
            "member=https://a.example/\nmember=b.example\n\
             social=https://s.example/%23/@x member=https://evil.example\ndatatrainingallowed=no\n"
        );
    }

    #[test]
    fn problems_of_security_txt_are_found() {
        use SecurityTxtProblem as Problem;
        let until = |time: &str| format!("Contact: mailto:a@x.example\nExpires: {time}\n");
        let now = at("2026-11-22T12:00:00Z");
        for (text, problem) in [
            (until("2027-06-01T00:00:00Z"), None),
            (until("2027-06-01T02:00:00+02:00"), None),
            (until("2027-11-22T12:00:00z"), None),
            (
                "\u{feff}# Note\r\nCONTACT : tel:+1\r\n\r\nexpires:2027-06-01t00:00:00.000Z\r\n".to_owned(),
                None,
            ),
            (
                format!(
                    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{}-----BEGIN PGP SIGNATURE-----\n\niQ==\n",
                    until("2027-06-01T00:00:00Z")
                ),
                None,
            ),
            (String::new(), Some(Problem::NoContact)),
            ("# Contact: a\nContact:\nExpires: 2027-06-01T00:00:00Z".to_owned(), Some(Problem::NoContact)),
            (
                "Contact: mailto:a@x.example\n#Expires: 2027-06-01T00:00:00Z".to_owned(),
                Some(Problem::NoExpires),
            ),
            (until("2027-06-01T00:00:00Z\nExpires: 2027-06-02T00:00:00Z"), Some(Problem::SeveralExpires)),
            (until("2027-06-01"), Some(Problem::UnreadableExpires)),
            (until("Tue, 1 Jun 2027 00:00:00 +0000"), Some(Problem::UnreadableExpires)),
            (until("2026-11-22T12:00:00Z"), Some(Problem::Expired(now))),
            (until("2027-11-24T12:00:00Z"), Some(Problem::TooLong(at("2027-11-24T12:00:00Z")))),
        ] {
            assert_eq!(check_security_txt(&text, now), problem, "{text}");
        }
    }
}
