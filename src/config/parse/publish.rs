//! `publish`: the places that the site is published to.

use url::Url;

use super::{Reader, invalid, list};
use crate::config::keys;
use crate::config::publish::{
    Azure, Cache, Checksum, CloudflarePages, CloudflareWorkers, Compression, Folder, Gcs, Netlify,
    PublishTarget, Releases, S3, Ssh, TargetKind, Vercel,
};
use crate::diagnostic::did_you_mean;
use crate::yaml::{Map, Node};

/// The keys of each kind of target, besides those of all.
const OWN_KEYS: [(&str, &[&str]); 9] = [
    ("s3", &["bucket", "prefix", "region", "endpoint", "profile", "path_style", "checksum"]),
    ("gcs", &["bucket", "prefix", "endpoint"]),
    ("azure", &["account", "container", "prefix", "endpoint"]),
    ("ssh", &["host", "path", "keep", "compress"]),
    ("folder", &["path", "keep", "compress"]),
    ("netlify", &["site", "endpoint"]),
    ("cloudflare-pages", &["account", "project", "branch", "endpoint"]),
    ("cloudflare-workers", &["account", "worker", "endpoint"]),
    ("vercel", &["project", "team", "endpoint"]),
];

impl Reader {
    pub(super) fn publish(&mut self, map: Map<'_>) -> Vec<PublishTarget> {
        self.pairs(map).into_iter().filter_map(|(name, node)| self.target(name, node)).collect()
    }

    fn target(&mut self, name: String, node: Node<'_>) -> Option<PublishTarget> {
        let map = self.take(node.map())?;
        let kind = self.target_kind(&name, node, map)?;
        self.check_target_keys(map, &kind);
        Some(PublishTarget {
            to: self.place(node, map, &kind)?,
            url: map.get("url").and_then(|node| self.url(node)),
            verify: self.bool(map, "verify", false),
            max_removed: map.get("max_removed").and_then(|node| self.percentage(node)),
            parallel: map.get("parallel").map(|_| self.positive(map, "parallel", 16)),
            purge: map.get("purge").map(|node| self.caches(node)).unwrap_or_default(),
            index_now: self.text(map, "index_now"),
            hooks: map.get("hooks").map(|node| self.hooks(node)).unwrap_or_default(),
            name,
        })
    }

    fn target_kind(&mut self, name: &str, node: Node<'_>, map: Map<'_>) -> Option<String> {
        let Some(to) = map.get("to") else {
            let problem = node.error("config/publish", format!("the target `{name}` has no `to`"));
            let kinds = list(keys::TARGETS.into_iter());
            return self.wrong(problem, format!("say what kind of host it is: {kinds}"));
        };
        let kind = self.line(to)?;
        if keys::TARGETS.contains(&kind.as_str()) {
            return Some(kind);
        }
        let help = match did_you_mean(&kind, keys::TARGETS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the kinds are {}", list(keys::TARGETS.into_iter())),
        };
        self.wrong(invalid(to, &kind), help)
    }

    /// Reports unknown keys, and those of another kind of target.
    fn check_target_keys(&mut self, map: Map<'_>, kind: &str) {
        self.check_keys(map, &keys::PUBLISH);
        let own = OWN_KEYS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, own)| own);
        for (key, _) in map.entries() {
            let Ok(name) = key.string() else { continue };
            let is_known = keys::PUBLISH.names().any(|known| known == name);
            if is_known && !keys::ANY_TARGET.contains(&&*name) && !own.contains(&&*name) {
                let message = format!("targets of the kind `{kind}` have no setting `{name}`");
                let problem = key.error("config/publish", message);
                self.problems.push(problem.help(format!("its settings are {}", list(own.iter().copied()))));
            }
        }
    }

    fn place(&mut self, node: Node<'_>, map: Map<'_>, kind: &str) -> Option<TargetKind> {
        let endpoint = map.get("endpoint").and_then(|node| self.url(node));
        let prefix = self.prefix(map);
        Some(match kind {
            "s3" => TargetKind::S3(S3 {
                bucket: self.needed(node, map, kind, "bucket")?,
                prefix,
                region: self.text(map, "region"),
                profile: self.text(map, "profile"),
                path_style: self.bool(map, "path_style", endpoint.is_some()),
                checksum: self.checksum(map),
                endpoint,
            }),
            "gcs" => {
                TargetKind::Gcs(Gcs { bucket: self.needed(node, map, kind, "bucket")?, prefix, endpoint })
            }
            "azure" => TargetKind::Azure(Azure {
                account: self.needed(node, map, kind, "account")?,
                container: self.text(map, "container").unwrap_or_else(|| "$web".to_owned()),
                prefix,
                endpoint,
            }),
            "ssh" => TargetKind::Ssh(Ssh {
                host: self.ssh_host(node, map)?,
                path: self.remote_path(node, map)?,
                releases: self.releases(map),
            }),
            "folder" => TargetKind::Folder(Folder {
                path: self.needed(node, map, kind, "path")?,
                releases: self.releases(map),
            }),
            "netlify" => TargetKind::Netlify(Netlify { site: self.text(map, "site"), endpoint }),
            "cloudflare-pages" => TargetKind::CloudflarePages(CloudflarePages {
                account: self.text(map, "account"),
                project: self.needed(node, map, kind, "project")?,
                branch: self.text(map, "branch"),
                endpoint,
            }),
            "cloudflare-workers" => TargetKind::CloudflareWorkers(CloudflareWorkers {
                account: self.text(map, "account"),
                worker: self.needed(node, map, kind, "worker")?,
                endpoint,
            }),
            _ => TargetKind::Vercel(Vercel {
                project: self.text(map, "project"),
                team: self.text(map, "team"),
                endpoint,
            }),
        })
    }

    /// A setting that a kind of target needs.
    fn needed(&mut self, node: Node<'_>, map: Map<'_>, kind: &str, key: &'static str) -> Option<String> {
        if map.get(key).is_none() {
            let message = format!("a target of the kind `{kind}` must have `{key}`");
            return self.wrong(node.error("config/publish", message), format!("add a line `{key}: …`"));
        }
        self.text(map, key)
    }

    /// A host that `ssh` cannot mistake for an option.
    fn ssh_host(&mut self, node: Node<'_>, map: Map<'_>) -> Option<String> {
        let host = self.needed(node, map, "ssh", "host")?;
        if !host.starts_with('-') && !host.contains(char::is_whitespace) {
            return Some(host);
        }
        let problem = node.error("config/publish", format!("`{host}` is not a valid SSH host"));
        self.wrong(
            problem,
            "write it as in `host: deploy@herald.example`; options belong into `~/.ssh/config`",
        )
    }

    /// An absolute path on a server.
    fn remote_path(&mut self, node: Node<'_>, map: Map<'_>) -> Option<String> {
        let path = self.needed(node, map, "ssh", "path")?;
        let path = path.trim_end_matches('/');
        if path.starts_with('/') && !path.split('/').any(|part| part == "..") {
            return Some(path.to_owned());
        }
        let problem =
            node.error("config/publish", "`path` must be an absolute path below the root of the server");
        self.wrong(problem, "write it as in `path: /srv/herald`")
    }

    /// The start of keys in a bucket, with `/` at its end unless it is empty.
    fn prefix(&mut self, map: Map<'_>) -> String {
        let prefix = self.text(map, "prefix").unwrap_or_default();
        let prefix = prefix.trim_matches('/');
        if let Some(node) =
            map.get("prefix").filter(|_| prefix.split('/').any(|part| part == "." || part == ".."))
        {
            let problem = node.error("config/publish", "`prefix` cannot contain `.` or `..` as a folder");
            return self
                .wrong(problem, "write the folder in the bucket, as in `prefix: news`")
                .unwrap_or_default();
        }
        if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
    }

    fn url(&mut self, node: Node<'_>) -> Option<Url> {
        self.web_url(node).and_then(|url| Url::parse(&url).ok())
    }

    fn percentage(&mut self, node: Node<'_>) -> Option<u8> {
        let text = self.line(node)?;
        let number = text.trim_end_matches('%').trim().parse::<u8>().ok().filter(|number| *number <= 100);
        if number.is_some() {
            return number;
        }
        let problem = node.error("config/number", format!("`{text}` is not a percentage from 0 to 100"));
        self.wrong(problem, "write it as in `max_removed: 10 %`")
    }

    fn checksum(&mut self, map: Map<'_>) -> Checksum {
        let Some(node) = map.get("checksum") else { return Checksum::default() };
        match self.line(node).as_deref() {
            Some("md5") => Checksum::Md5,
            Some("none") => Checksum::None,
            Some("sha256") | None => Checksum::Sha256,
            Some(other) => {
                let help = "the checksums are `sha256`, `md5` and `none`";
                self.wrong(invalid(node, other), help).unwrap_or_default()
            }
        }
    }

    fn releases(&mut self, map: Map<'_>) -> Releases {
        let mut compress = Vec::new();
        let names = map.get("compress").map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        for (node, name) in names {
            match &*name {
                "br" | "brotli" => compress.push(Compression::Brotli),
                "gzip" | "gz" => compress.push(Compression::Gzip),
                _ => self.problems.push(invalid(node, &name).help("the encodings are `br` and `gzip`")),
            }
        }
        compress.sort_unstable();
        compress.dedup();
        Releases { keep: self.positive(map, "keep", 5), compress }
    }

    fn hooks(&mut self, node: Node<'_>) -> Vec<String> {
        if node.is_list() {
            let items: Vec<Node<'_>> = self.take(node.list()).into_iter().flatten().collect();
            return items.into_iter().filter_map(|item| self.line(item)).collect();
        }
        self.line(node).into_iter().collect()
    }

    fn caches(&mut self, node: Node<'_>) -> Vec<Cache> {
        if node.is_list() {
            let items: Vec<Node<'_>> = self.take(node.list()).into_iter().flatten().collect();
            return items.into_iter().flat_map(|item| self.caches(item)).collect();
        }
        let Some(map) = self.take(node.map()) else { return Vec::new() };
        self.check_keys(map, &keys::CACHE);
        let mut caches = Vec::new();
        caches.extend(self.text(map, "cloudfront").map(Cache::CloudFront));
        caches.extend(self.text(map, "cloudflare").map(Cache::Cloudflare));
        caches.extend(self.text(map, "fastly").map(Cache::Fastly));
        caches.extend(self.bool(map, "bunny", false).then_some(Cache::Bunny));
        caches.extend(map.get("http").and_then(|node| self.url(node)).map(Cache::Http));
        caches
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Config;

    fn parse(target: &str) -> (Vec<PublishTarget>, Vec<String>) {
        let text: Arc<str> =
            format!("title: T\nbase_url: https://a.example/\npublish:\n  x: {target}\n").into();
        let (config, problems) = Config::parse(&"bulletin.yaml".into(), &text);
        let problems = problems.into_sorted().into_iter().map(|problem| problem.message).collect();
        (config.unwrap().publish, problems)
    }

    #[track_caller]
    fn good(target: &str) -> PublishTarget {
        let (mut targets, problems) = parse(target);
        assert_eq!(problems, Vec::<String>::new());
        targets.pop().unwrap()
    }

    #[test]
    fn each_kind_of_target_is_parsed() {
        let TargetKind::S3(s3) = good("{to: s3, bucket: b, prefix: /a/b/, endpoint: https://e.example}").to
        else {
            panic!()
        };
        assert_eq!((s3.bucket.as_str(), s3.prefix.as_str(), s3.path_style), ("b", "a/b/", true));
        let TargetKind::S3(s3) = good("{to: s3, bucket: b, checksum: md5}").to else { panic!() };
        assert_eq!((s3.prefix.as_str(), s3.path_style, s3.checksum), ("", false, Checksum::Md5));
        let TargetKind::Azure(azure) = good("{to: azure, account: a}").to else { panic!() };
        assert_eq!(azure.container, "$web");
        let TargetKind::Ssh(ssh) =
            good("{to: ssh, host: d@h, path: /srv/h/, compress: [gzip, br, gz], keep: 2}").to
        else {
            panic!()
        };
        assert_eq!((ssh.path.as_str(), ssh.releases.keep), ("/srv/h", 2));
        assert_eq!(ssh.releases.compress, [Compression::Brotli, Compression::Gzip]);
        for other in [
            "{to: gcs, bucket: b}",
            "{to: folder, path: x}",
            "{to: netlify}",
            "{to: vercel}",
            "{to: cloudflare-pages, project: p}",
            "{to: cloudflare-workers, worker: w}",
        ] {
            good(other);
        }
    }

    #[test]
    fn what_all_targets_have_is_parsed() {
        let target = good(
            "{to: netlify, url: https://s.example/x, verify: true, max_removed: 25 %, parallel: 4, hooks: [a, b], purge: [{cloudfront: E1}, {bunny: true}, {http: 'http://127.0.0.1:1/'}]}",
        );
        assert_eq!((target.verify, target.max_removed, target.parallel), (true, Some(25), Some(4)));
        assert_eq!(target.hooks, ["a", "b"]);
        let http = Cache::Http(Url::parse("http://127.0.0.1:1/").unwrap());
        assert_eq!(target.purge, [Cache::CloudFront("E1".to_owned()), Cache::Bunny, http]);
        assert_eq!(good("{to: vercel, purge: {fastly: S}, hooks: a}").purge, [Cache::Fastly("S".to_owned())]);
    }

    #[test]
    fn invalid_targets_are_reported() {
        for (target, problem) in [
            ("{bucket: b}", "the target `x` has no `to`"),
            ("{to: s4, bucket: b}", "`s4` is not a valid value for `publish.x.to`"),
            ("{to: s3}", "a target of the kind `s3` must have `bucket`"),
            ("{to: s3, bucket: b, project: p}", "targets of the kind `s3` have no setting `project`"),
            ("{to: s3, bukket: b, bucket: b}", "unknown setting `publish.x.bukket`"),
            ("{to: ssh, host: -oProxyCommand=x, path: /a}", "`-oProxyCommand=x` is not a valid SSH host"),
            ("{to: s3, bucket: b, prefix: ../c}", "`prefix` cannot contain `.` or `..` as a folder"),
            ("{to: ssh, host: h, path: srv}", "`path` must be an absolute path below the root of the server"),
            (
                "{to: ssh, host: h, path: /a/../b}",
                "`path` must be an absolute path below the root of the server",
            ),
            ("{to: folder, path: x, compress: zip}", "`zip` is not a valid value for `publish.x.compress`"),
            ("{to: netlify, max_removed: 101}", "`101` is not a percentage from 0 to 100"),
            ("{to: netlify, purge: {varnish: x}}", "unknown setting `publish.x.purge.varnish`"),
        ] {
            assert_eq!(parse(target).1, [problem], "{target}");
        }
    }
}
