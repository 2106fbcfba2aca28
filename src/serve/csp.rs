//! A content security policy → the same policy, loosened as far as the preview's own script needs.

/// Allows the preview's script to load and to connect. A header may hold several policies, separated by commas, all of which apply.
/// Upgrades to HTTPS are removed, because the preview has only HTTP.
pub(super) fn allow_preview(csp: &str) -> String {
    let policies: Vec<String> = csp.split(',').map(amend).filter(|policy| !policy.is_empty()).collect();
    policies.join(", ")
}

/// The name of a directive as written, and its values.
type Directive<'a> = (&'a str, Vec<&'a str>);

fn amend(policy: &str) -> String {
    let mut directives: Vec<Directive<'_>> = Vec::new();
    for mut parts in policy.split(';').map(str::split_ascii_whitespace) {
        let Some(name) = parts.next() else { continue };
        // Browsers use the first of several directives with the same name.
        if !name.eq_ignore_ascii_case("upgrade-insecure-requests") && !has(&directives, name) {
            directives.push((name, parts.collect()));
        }
    }
    for name in ["script-src", "connect-src"] {
        if let Some(default) = sources(&mut directives, "default-src").cloned()
            && !has(&directives, name)
        {
            directives.push((name, default));
        }
    }
    for name in ["script-src", "script-src-elem", "connect-src"] {
        if let Some(sources) = sources(&mut directives, name) {
            allow_self(sources);
        }
    }
    let written = |(name, values): Directive<'_>| [&[name], values.as_slice()].concat().join(" ");
    directives.into_iter().map(written).collect::<Vec<_>>().join("; ")
}

fn has(directives: &[Directive<'_>], name: &str) -> bool {
    directives.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn sources<'a, 'b>(directives: &'a mut [Directive<'b>], name: &str) -> Option<&'a mut Vec<&'b str>> {
    directives.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, sources)| sources)
}

fn allow_self(sources: &mut Vec<&str>) {
    sources.retain(|source| !source.eq_ignore_ascii_case("'none'"));
    if !sources.iter().any(|source| source.eq_ignore_ascii_case("'self'")) {
        sources.push("'self'");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::host_files::SiteHeaders;

    #[test]
    fn a_policy_lets_the_preview_in() {
        for (policy, amended) in [
            ("", ""),
            ("img-src *", "img-src *"),
            ("default-src 'self'", "default-src 'self'; script-src 'self'; connect-src 'self'"),
            ("default-src 'none'", "default-src 'none'; script-src 'self'; connect-src 'self'"),
            ("script-src 'none'; style-src 'none'", "script-src 'self'; style-src 'none'"),
            ("script-src", "script-src 'self'"),
            (
                "Default-Src 'none'; Script-Src https://a.example 'sha256-x';",
                "Default-Src 'none'; Script-Src https://a.example 'sha256-x' 'self'; connect-src 'self'",
            ),
            (
                "default-src https://a.example 'unsafe-inline'",
                "default-src https://a.example 'unsafe-inline'; script-src https://a.example 'unsafe-inline' 'self'; \
                 connect-src https://a.example 'unsafe-inline' 'self'",
            ),
            ("script-src-elem 'None'; connect-src *", "script-src-elem 'self'; connect-src * 'self'"),
            ("script-src 'none'; script-src *", "script-src 'self'"),
            ("script-src 'none', connect-src 'none'", "script-src 'self', connect-src 'self'"),
            ("script-src a,, ;", "script-src a 'self'"),
            ("upgrade-insecure-requests; img-src *", "img-src *"),
        ] {
            assert_eq!(allow_preview(policy), amended, "{policy}");
        }
    }

    #[test]
    fn the_policy_of_a_new_site_already_lets_the_preview_in() {
        use crate::formats::host_headers::{Files, headers};
        let urls = crate::plan::Urls::new(&url::Url::parse("https://example.org/").unwrap());
        let written = SiteHeaders::parse(&headers(&urls, &Files::default())).for_path("/");
        let policy = &written.iter().find(|(name, _)| name == "Content-Security-Policy").unwrap().1;
        assert_eq!(allow_preview(policy), *policy);
    }

    proptest! {
        #[test]
        fn an_amended_policy_needs_no_further_change(policy in "((default|script|connect|style)-src|'none'|'self'|\\*|;|,| ){0,20}") {
            let once = allow_preview(&policy);
            prop_assert_eq!(allow_preview(&once), once.clone());
        }
    }
}
