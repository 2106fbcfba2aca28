//! The environment → the proxy for a URL.
//!
//! `HTTPS_PROXY` and `HTTP_PROXY` are for URLs of their scheme, `ALL_PROXY` for the rest, in upper or lower case; `NO_PROXY` lists hosts to
//! which connections are direct, as curl reads it: `*`, or names, each with all names below it.

use url::{Host, Url};

/// The proxies of the environment. The values are URLs that may contain passwords.
#[derive(Clone, Default)]
pub(super) struct Proxies {
    https: Option<Proxy>,
    http: Option<Proxy>,
    direct: Vec<String>,
}

/// A proxy and the variable that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    /// The variable, for messages.
    pub(super) variable: &'static str,
    /// Its URL.
    pub(super) url: String,
}

impl Proxies {
    /// Reads variables with this function.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 4]| {
            names.into_iter().find_map(|name| {
                let url = variable(name).filter(|url| !url.trim().is_empty())?;
                Some(Proxy { variable: name, url: url.trim().to_owned() })
            })
        };
        let direct = variable("NO_PROXY").or_else(|| variable("no_proxy")).unwrap_or_default();
        let entries = direct.split([',', ' ']).map(|entry| entry.trim().to_ascii_lowercase());
        Self {
            https: first(["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]),
            direct: entries.filter(|entry| !entry.is_empty()).collect(),
        }
    }

    /// The proxy for a URL; `None` for a direct connection. This machine, and the addresses at which cloud machines find their credentials, are
    /// never behind a proxy.
    pub(super) fn of_url(&self, url: &Url) -> Option<&Proxy> {
        let is_near = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => true,
        };
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        if is_near || self.direct.iter().any(|entry| matches(entry, host, url.port_or_known_default())) {
            return None;
        }
        if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// Whether an entry of `NO_PROXY` names a host.
fn matches(entry: &str, host: &str, port: Option<u16>) -> bool {
    let (name, wanted) = match entry.rsplit_once(':') {
        Some((name, digits)) if !name.contains(':') => (name, digits.parse().ok()),
        _ => (entry, None),
    };
    let name = name.trim_start_matches("*.").trim_start_matches('.').trim_matches(['[', ']']);
    let is_below = host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name == "*" || (!name.is_empty() && is_below && (wanted.is_none() || wanted == port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(variables: &[(&str, &str)], url: &str) -> Option<&'static str> {
        let value = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Proxies::of(value).of_url(&Url::parse(url).unwrap()).map(|proxy| proxy.variable)
    }

    #[test]
    fn a_proxy_is_chosen_by_the_scheme_of_the_url() {
        let all = [("HTTPS_PROXY", "http://p:1"), ("http_proxy", "p:2"), ("ALL_PROXY", "socks5://p:3")];
        assert_eq!(proxy(&all, "https://a.example/"), Some("HTTPS_PROXY"));
        assert_eq!(proxy(&all, "http://a.example/"), Some("http_proxy"));
        assert_eq!(proxy(&all[2..], "http://a.example/"), Some("ALL_PROXY"));
        assert_eq!(proxy(&[("HTTPS_PROXY", " ")], "https://a.example/"), None);
    }

    #[test]
    fn hosts_of_no_proxy_and_near_ones_are_reached_directly() {
        for (list, url, direct) in [
            ("", "https://a.example/", false),
            ("", "https://localhost:3/", true),
            ("", "http://127.0.0.9/", true),
            ("", "http://[::1]:80/", true),
            ("", "http://169.254.169.254/", true),
            ("*", "https://a.example/", true),
            ("b.example, .A.example", "https://s.a.example/", true),
            ("a.example", "https://a.example./", true),
            ("a.example", "https://aa.example/", false),
            ("*.a.example", "https://x.a.example/", true),
            ("a.example:8443", "https://a.example/", false),
            ("a.example:443", "https://a.example/", true),
            ("10.0.0.1", "http://10.0.0.1/", true),
            ("fd00::1", "http://[fd00::1]/", true),
        ] {
            let variables = [("ALL_PROXY", "p:1"), ("no_proxy", list)];
            assert_eq!(proxy(&variables, url).is_none(), direct, "{list} {url}");
        }
    }
}
