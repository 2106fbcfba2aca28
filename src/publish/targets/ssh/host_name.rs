//! The host of the settings → how `ssh` and rsync take it.

use super::super::releases::problems::fatal;
use crate::publish::target::Result;

/// A host that neither program can mistake for an option or a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostName {
    ssh: String,
    rsync: String,
}

impl HostName {
    /// Checks the host of the settings: a name or an address, perhaps with a user before `@`. `ssh` inserts it into commands of its
    /// configuration (CVE-2023-51385), so it contains nothing that means something to a shell.
    ///
    /// # Errors
    /// If it is something else.
    pub(super) fn new(host: &str) -> Result<Self> {
        let (user, name) = match host.rsplit_once('@') {
            Some((user, name)) => (Some(user), name),
            None => (None, host),
        };
        let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_plain = |text: &str, others: &str| {
            let mut all = text.chars();
            all.all(|c| c.is_alphanumeric() || others.contains(c))
                && !text.starts_with('-')
                && !text.is_empty()
        };
        if !is_plain(name, "._-:%") || !user.is_none_or(|user| is_plain(user, "._-+@")) {
            let message = format!("`{host}` is not an SSH host");
            let help =
                "write it as in `host: deploy@herald.example`; ports and options belong into `~/.ssh/config`";
            return Err(fatal("publish/host", message, help));
        }
        let user = user.map(|user| format!("{user}@")).unwrap_or_default();
        let rsync = if name.contains(':') { format!("{user}[{name}]") } else { format!("{user}{name}") };
        Ok(Self { ssh: format!("{user}{name}"), rsync })
    }

    /// The host for `ssh`.
    pub(super) fn for_ssh(&self) -> &str {
        &self.ssh
    }

    /// The host for rsync, which takes what follows a colon for a path.
    pub(super) fn for_rsync(&self) -> &str {
        &self.rsync
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_neither_options_nor_commands() {
        for (host, ssh, rsync) in [
            ("herald", "herald", "herald"),
            ("deploy@herald.example", "deploy@herald.example", "deploy@herald.example"),
            ("deploy@[2001:db8::1]", "deploy@2001:db8::1", "deploy@[2001:db8::1]"),
            ("fe80::1%eth0", "fe80::1%eth0", "[fe80::1%eth0]"),
        ] {
            let name = HostName::new(host).unwrap();
            assert_eq!((name.for_ssh(), name.for_rsync()), (ssh, rsync));
        }
        for host in [
            "",
            "-oProxyCommand=x",
            "deploy@-oProxyCommand=x",
            "-l@x",
            "a b",
            "a;b",
            "$(x)",
            "`x`@a",
            "a/b",
            "@a",
        ] {
            assert_eq!(HostName::new(host).unwrap_err().code, "publish/host", "{host}");
        }
    }
}
