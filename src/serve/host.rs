//! The `Host` and `Origin` of a request → whether the preview answers it.
//!
//! A page of another site can make a browser send any request to this machine. The site's name gives it away: as `Host` if its name
//! was pointed at this machine (DNS rebinding), otherwise as `Origin`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::target::Refusal;

/// The name of this machine for itself, as are all names below it.
const LOCAL: &str = "localhost";
/// The longest name in DNS.
const LONGEST_NAME: usize = 253;

/// The hosts that requests may name.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    /// In addition to this machine's own names.
    allowed: Vec<Name>,
    /// Whether requests may name any IP address, which no other site can have as its name.
    any_address: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Address(IpAddr),
    /// In lower case, without a final dot.
    Domain(String),
}

impl Hosts {
    /// Allows this machine's own names, additional ones, and any IP address if `lan`.
    ///
    /// # Errors
    /// Describes a name that is not valid.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>, lan: bool) -> Result<Self, String> {
        let mut allowed = Vec::new();
        for name in names {
            // As in browsers, a name in another script becomes `xn--…`.
            let parsed = url::Host::parse(name).ok().and_then(|host| read_name(&host.to_string()));
            allowed.push(parsed.ok_or_else(|| format!("`{name}` is not a valid host name"))?);
        }
        Ok(Self { allowed, any_address: lan })
    }

    /// Checks the `Host` headers of a request and returns the host as written.
    ///
    /// # Errors
    /// 400 unless there is exactly one valid host, 403 if it is not allowed.
    pub(super) fn check<'a>(&self, headers: impl IntoIterator<Item = &'a [u8]>) -> Result<&'a str, Refusal> {
        let mut headers = headers.into_iter();
        let Some(host) = headers.next() else {
            return Err(Refusal::new(400, "the request has no host"));
        };
        if headers.next().is_some() {
            return Err(Refusal::new(400, "the request has several hosts"));
        }
        let unreadable = Refusal::new(400, "the request has an invalid host");
        let host = std::str::from_utf8(host).map_err(|_| unreadable)?;
        let name = split_port(host).and_then(|(name, _)| read_name(name)).ok_or(unreadable)?;
        if self.allows(&name) {
            Ok(host)
        } else {
            Err(Refusal::new(403, "this host name is not allowed; allow it with `--host-name`"))
        }
    }

    fn allows(&self, name: &Name) -> bool {
        let is_own = match name {
            Name::Address(IpAddr::V4(address)) => address.is_loopback(),
            Name::Address(IpAddr::V6(address)) => address.is_loopback(),
            Name::Domain(name) => {
                name.strip_suffix(LOCAL).is_some_and(|below| below.is_empty() || below.ends_with('.'))
            }
        };
        let is_address = matches!(name, Name::Address(_));
        is_own || (is_address && self.any_address) || self.allowed.contains(name)
    }
}

/// Splits a host from its port, which must be a number.
fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let end_of_address = host.rfind(']').map_or(0, |at| at + 1);
    match host[end_of_address..].find(':') {
        None => Some((host, None)),
        Some(at) => {
            let (name, port) = host.split_at(end_of_address + at);
            let digits = &port[1..];
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            let port = digits.parse().ok().filter(|_| is_number)?;
            Some((name, Some(port)))
        }
    }
}

/// Parses a name or an address without a port. Spellings of addresses that only some programs understand count as names.
fn read_name(written: &str) -> Option<Name> {
    if let Some(address) = written.strip_prefix('[') {
        let address = address.strip_suffix(']')?;
        return address.parse::<Ipv6Addr>().ok().map(|address| Name::Address(address.into()));
    }
    let name = written.strip_suffix('.').unwrap_or(written);
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        return Some(Name::Address(address.into()));
    }
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let is_name = name.len() <= LONGEST_NAME && name.split('.').all(is_part);
    is_name.then(|| Name::Domain(name.to_ascii_lowercase()))
}

/// Whether the headers allow that a request comes from a page of this host; `host` is the result of [`Hosts::check`]. Browsers
/// leave the headers out of some requests, so reading requires a secret as well.
pub(super) fn is_same_origin(origin: Option<&str>, sec_fetch_site: Option<&str>, host: &str) -> bool {
    sec_fetch_site.is_none_or(|site| site == "same-origin")
        && origin.is_none_or(|origin| matches_host(origin, host))
}

/// Whether a request may change something: it must state that it comes from a page of this host.
pub(super) fn may_act(origin: Option<&str>, sec_fetch_site: Option<&str>, host: &str) -> bool {
    (origin.is_some() || sec_fetch_site.is_some()) && is_same_origin(origin, sec_fetch_site, host)
}

/// Whether an origin is `http://HOST`. Browsers leave out port 80.
fn matches_host(origin: &str, host: &str) -> bool {
    let parts = |host| match split_port(host) {
        Some((name, port)) => Some((read_name(name)?, port.unwrap_or(80))),
        None => None,
    };
    let origin = origin.strip_prefix("http://").and_then(parts);
    origin.is_some() && origin == parts(host)
}

/// Compares two secrets in constant time for a given length.
pub(super) fn same_secret(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(hosts: &Hosts, headers: &[&str]) -> u16 {
        hosts
            .check(headers.iter().map(|header| header.as_bytes()))
            .map_or_else(|refusal| refusal.status, |_| 200)
    }

    fn own() -> Hosts {
        Hosts::new([], false).unwrap()
    }

    #[test]
    fn the_names_of_this_machine_are_allowed() {
        #[rustfmt::skip]
        let hosts = [
            "localhost", "localhost:1313", "LocalHost", "localhost.", "localhost.:80", "my-paper.localhost:1",
            "127.0.0.1", "127.0.0.1:65535", "127.8.9.10", "[::1]", "[::1]:1313", "[0:0:0:0:0:0:0:1]",
        ];
        for host in hosts {
            assert_eq!(status(&own(), &[host]), 200, "{host}");
        }
    }

    #[test]
    fn other_hosts_are_refused() {
        #[rustfmt::skip]
        let hosts = [
            "evil.example", "evil.example:1313", "localhost.evil.example", "evil.localhost.example",
            "evillocalhost", "127.0.0.1.evil.example", "192.168.1.5", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]",
            "[fe80::1]", "2130706433", "127.1", "0x7f.0.0.1", "128.0.0.1", "local",
        ];
        for host in hosts {
            assert_eq!(status(&own(), &[host]), 403, "{host}");
        }
    }

    #[test]
    fn an_invalid_host_is_refused() {
        #[rustfmt::skip]
        let hosts = [
            "", ":80", ".", "..", "localhost..", ".localhost", "localhost:", "localhost:x", "localhost:+1",
            "localhost:65536", "localhost:80:80", "user@localhost", "user:pass@localhost", "localhost/",
            "localhost/x", "localhost?", "localhost#", "localhost\\x", "local host", " localhost",
            "localhost, evil.example", "localhost\0", "[::1", "::1", "[::1]x", "[::1]]", "x[::1]",
            "[127.0.0.1]", "[fe80::1%eth0]", "%6cocalhost", "http://localhost", "ｌocalhost",
        ];
        for host in hosts {
            assert_eq!(status(&own(), &[host]), 400, "{host:?}");
        }
        assert_eq!(own().check([b"\xff".as_slice()]).map_err(|refusal| refusal.status), Err(400));
    }

    #[test]
    fn a_request_has_exactly_one_host() {
        assert_eq!(status(&own(), &[]), 400);
        assert_eq!(status(&own(), &["localhost", "localhost"]), 400);
        assert_eq!(status(&own(), &["localhost", "evil.example"]), 400);
        assert_eq!(own().check([b"LocalHost:80".as_slice()]), Ok("LocalHost:80"));
    }

    #[test]
    fn the_user_can_allow_more_names() {
        let hosts = Hosts::new(["Desk.Example.", "münchen.example", "10.0.0.7", "[fe80::1]"], false).unwrap();
        for host in
            ["desk.example:1313", "DESK.EXAMPLE.", "xn--mnchen-3ya.example", "10.0.0.7:80", "[FE80::1]:80"]
        {
            assert_eq!(status(&hosts, &[host]), 200, "{host}");
        }
        for host in ["x.desk.example", "example", "10.0.0.8"] {
            assert_eq!(status(&hosts, &[host]), 403, "{host}");
        }
        for name in ["", "*", "a b", "desk.example:80", "http://desk.example/", "user@desk.example"] {
            assert!(Hosts::new([name], false).is_err(), "{name}");
        }
    }

    #[test]
    fn on_the_network_any_address_is_allowed_but_no_name() {
        let hosts = Hosts::new([], true).unwrap();
        for host in ["192.168.1.5:1313", "[fe80::1]", "localhost"] {
            assert_eq!(status(&hosts, &[host]), 200, "{host}");
        }
        assert_eq!(status(&hosts, &["192.168.1.5.evil.example"]), 403);
        assert_eq!(status(&hosts, &["desk.local"]), 403);
    }

    #[test]
    fn an_origin_matches_by_scheme_host_and_port() {
        let host = "localhost:1313";
        assert!(is_same_origin(Some("http://localhost:1313"), Some("same-origin"), host));
        assert!(is_same_origin(Some("http://LOCALHOST:1313"), None, host));
        assert!(is_same_origin(None, None, host));
        assert!(is_same_origin(Some("http://localhost"), None, "localhost:80"));
        assert!(is_same_origin(Some("http://[::1]:1313"), None, "[::1]:1313"));
        #[rustfmt::skip]
        let origins = [
            "null", "", "localhost:1313", "https://localhost:1313", "http://localhost",
            "http://localhost:1314", "http://127.0.0.1:1313", "http://localhost:1313/",
            "http://localhost:1313.evil.example", "http://x@localhost:1313", "http://evil.example", "http://",
        ];
        for origin in origins {
            assert!(!is_same_origin(Some(origin), None, host), "{origin}");
            assert!(!is_same_origin(Some(origin), Some("same-origin"), host), "{origin}");
        }
        for site in ["cross-site", "same-site", "none", "", "Same-Origin"] {
            assert!(!is_same_origin(None, Some(site), host), "{site}");
            assert!(!is_same_origin(Some("http://localhost:1313"), Some(site), host), "{site}");
        }
    }

    #[test]
    fn a_request_that_changes_something_must_state_its_origin() {
        let host = "localhost:1313";
        assert!(!may_act(None, None, host));
        assert!(may_act(Some("http://localhost:1313"), None, host));
        assert!(may_act(None, Some("same-origin"), host));
        assert!(!may_act(Some("http://evil.example"), Some("same-origin"), host));
        assert!(!may_act(Some("http://localhost:1313"), Some("cross-site"), host));
        assert!(!may_act(None, Some("none"), host));
    }

    #[test]
    fn secrets_are_compared_byte_by_byte() {
        assert!(same_secret("abc", "abc") && same_secret("", ""));
        assert!(!same_secret("abc", "abd") && !same_secret("abc", "ab") && !same_secret("", "a"));
    }

    proptest::proptest! {
        #[test]
        fn only_hosts_of_this_machine_are_allowed(host in "(localhost|127\\.0\\.0\\.1|\\[::1\\]|[a-z0-9.:@\\[\\]\\\\/%-]{0,12}){0,3}") {
            if own().check([host.as_bytes()]).is_ok() {
                let url = url::Url::parse(&format!("http://{host}/")).unwrap();
                let is_own = match url.host().unwrap() {
                    url::Host::Domain(name) => {
                        let name = name.trim_end_matches('.');
                        name == "localhost" || name.ends_with(".localhost")
                    }
                    url::Host::Ipv4(address) => address.is_loopback(),
                    url::Host::Ipv6(address) => address.is_loopback(),
                };
                proptest::prop_assert!(is_own, "{}", host);
            }
        }
    }
}
