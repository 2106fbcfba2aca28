//! `_headers` and `_redirects` → what Cloudflare takes of them, and whether that is all.
//!
//! Cloudflare ignores rules beyond its limits without an error (developers.cloudflare.com/workers/static-assets/headers and …/redirects; the
//! parser of Wrangler, `packages/workers-shared/utils/configuration`), so they are counted as it counts them before anything is sent.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::publish::target::Result;

/// The number of rules in `_headers`.
const MOST_RULES: usize = 100;
/// The longest line, in UTF-16 units.
const LONGEST_LINE: usize = 2000;
/// The number of redirects before the first with a wildcard.
const STATIC: usize = 2000;
/// The number of the others.
const DYNAMIC: usize = 100;

/// `_redirects` without forced statuses: Cloudflare does not know `301!`, but its rules always win over files. Of several rules for a path it takes
/// the first, so only that one is kept.
pub(crate) fn unforced(redirects: &str) -> String {
    let mut seen = HashSet::new();
    let mut text = String::with_capacity(redirects.len());
    for line in redirects.lines() {
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        match words[..] {
            [from, _] | [from, _, _] if !seen.insert(from.to_owned()) => continue,
            [from, to, status] if status.ends_with('!') => {
                text.extend([from, " ", to, " ", status.trim_end_matches('!')])
            }
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Checks that Cloudflare reads all rules of `_headers`.
///
/// # Errors
/// `publish/limits`
pub(crate) fn check_headers(text: &str) -> Result<()> {
    check_lines("_headers", text)?;
    let rules = lines(text)
        .filter(|line| line.starts_with('/') || line.contains("://") && !line.contains(": "))
        .count();
    if rules > MOST_RULES {
        return refuse(
            format!("`_headers` has {rules} rules, but Cloudflare reads only the first {MOST_RULES}"),
            "join rules in `static/_headers` with a wildcard, as in `/img/*`",
        );
    }
    Ok(())
}

/// Checks that Cloudflare reads all rules of `_redirects`.
///
/// # Errors
/// `publish/limits`
pub(crate) fn check_redirects(text: &str) -> Result<()> {
    check_lines("_redirects", text)?;
    let (mut fixed, mut dynamic) = (0, 0);
    for line in lines(text) {
        let from = line.split_whitespace().next().unwrap_or_default();
        if dynamic == 0 && !from.contains(['*', ':']) {
            fixed += 1;
        } else {
            dynamic += 1;
        }
    }
    let help = "keep fewer old URLs in `_redirects`: the pages at the old paths redirect readers without it, \
                and bulk redirects of Cloudflare take more; or publish to an object store with `to: s3`";
    if fixed > STATIC {
        return refuse(format!("`_redirects` has {fixed} rules, but Cloudflare reads only {STATIC}"), help);
    }
    if dynamic > DYNAMIC {
        let message = format!(
            "`_redirects` has {dynamic} rules from the first with a wildcard on, but Cloudflare reads only {DYNAMIC}"
        );
        return refuse(message, "move rules without `*` and `:` to the beginning of `static/_redirects`");
    }
    Ok(())
}

fn check_lines(name: &str, text: &str) -> Result<()> {
    let too_long = |line: &&str| line.chars().map(char::len_utf16).sum::<usize>() > LONGEST_LINE;
    let Some(line) = lines(text).find(too_long) else { return Ok(()) };
    let start: String = line.chars().take(40).collect();
    refuse(
        format!(
            "the line `{start}…` of `{name}` is longer than {LONGEST_LINE} characters, so Cloudflare ignores it"
        ),
        "make it shorter",
    )
}

/// Lines with a rule or a header.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn refuse(message: String, help: &str) -> Result<()> {
    Err(Box::new(Diagnostic::error("publish/limits", message).help(help)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<()>) -> String {
        result.err().map(|problem| problem.message).unwrap_or_default()
    }

    #[test]
    fn forced_rules_become_plain_ones() {
        let text = "# Old\n/a /b 301!\n/a /b 301\n/c /d # x\n/e https://x.example/ 302!\n/* /x/:splat 301\nnonsense\n";
        let expected = "# Old\n/a /b 301\n/c /d # x\n/e https://x.example/ 302\n/* /x/:splat 301\nnonsense\n";
        assert_eq!(unforced(text), expected);
    }

    #[test]
    fn rules_beyond_the_limits_are_refused() {
        let redirects = |count: usize, from: &str| -> String {
            (0..count).map(|number| format!("/{from}{number} /x 301\n")).collect()
        };
        assert_eq!(check_redirects(&redirects(2000, "a")), Ok(()));
        assert_eq!(
            message(check_redirects(&redirects(2001, "a"))),
            "`_redirects` has 2001 rules, but Cloudflare reads only 2000"
        );
        // A rule without a wildcard that follows one with a wildcard counts as one.
        let mixed = format!("{}/b/* /c/:splat 301\n{}", redirects(2000, "a"), redirects(99, "d"));
        assert_eq!(check_redirects(&mixed), Ok(()));
        let message_of_mixed = message(check_redirects(&format!("{mixed}/e /f\n")));
        assert!(
            message_of_mixed.contains("101 rules from the first with a wildcard on"),
            "{message_of_mixed}"
        );

        let headers =
            |count: usize| -> String { (0..count).map(|number| format!("/{number}\n  X-A: /b\n")).collect() };
        assert_eq!(check_headers(&headers(100)), Ok(()));
        assert!(message(check_headers(&headers(101))).contains("101 rules"));
        let long = format!("/*\n  X-A: {}\n", "é".repeat(1995));
        assert_eq!(check_headers(&long), Ok(()));
        assert!(message(check_headers(&long.replace("X-A", "X-AB"))).contains("longer than 2000"));
    }
}
