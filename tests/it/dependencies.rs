//! Guards the policy in `deny.toml`, as far as it can be checked without `cargo-deny`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::repository;

/// Reads a TOML file of the repository.
fn read(name: &str) -> toml::Table {
    fs::read_to_string(repository().join(name)).unwrap().parse().unwrap()
}

/// The names and licenses of the shipped crates for this system, which are the ones that are certainly downloaded.
fn licenses() -> Vec<(String, String)> {
    let shipped: BTreeSet<[String; 2]> =
        shipped().into_iter().map(|[name, version, _]| [name, version]).collect();
    let text = |output: std::process::Output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let rustc = text(Command::new("rustc").arg("-vV").output().unwrap());
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--offline", "--locked", "--format-version=1", "--filter-platform", host]);
    let metadata: Value =
        serde_json::from_str(&text(cargo.current_dir(repository()).output().unwrap())).unwrap();
    let field = |package: &Value, name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| shipped.contains(&[field(package, "name"), field(package, "version")]))
        .map(|package| (field(package, "name"), field(package, "license")))
        .collect()
}

/// The name, version and source of every locked crate that is part of the program on some system: not those that only tests use.
fn shipped() -> Vec<[String; 3]> {
    let lock = read("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    let field = |package: &toml::Value, key: &str| {
        package.get(key).map_or("", |text| text.as_str().unwrap()).to_owned()
    };
    let manifest = read("Cargo.toml");
    let for_tests = manifest["dev-dependencies"].as_table().unwrap();
    let mut waiting = vec!["bulletin".to_owned()];
    let mut found: BTreeSet<[String; 3]> = BTreeSet::new();
    while let Some(wanted) = waiting.pop() {
        // `name`, or `name version` where there are several.
        let (name, version) = wanted.split_once(' ').unwrap_or((&wanted, ""));
        let of_name = packages.iter().filter(|package| field(package, "name") == name);
        for package in of_name.filter(|package| version.is_empty() || field(package, "version") == version) {
            let is_new = name == "bulletin"
                || found.insert(["name", "version", "source"].map(|key| field(package, key)));
            let dependencies = package.get("dependencies").and_then(toml::Value::as_array).filter(|_| is_new);
            let names = dependencies.into_iter().flatten().filter_map(toml::Value::as_str);
            waiting.extend(
                names
                    .filter(|other| name != "bulletin" || !for_tests.contains_key(*other))
                    .map(str::to_owned),
            );
        }
    }
    found.into_iter().collect()
}

/// The values of a key in a list of tables.
fn column<'a>(list: &'a toml::Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap()).collect()
}

/// Whether a set of licenses satisfies an SPDX expression. Supports what crates use: alternatives, and conjunctions in parentheses.
/// Old crates write `/` for `OR`.
fn is_satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    expression.split(" AND ").all(|part| {
        let part = part.trim_start_matches('(').trim_end_matches(')').replace('/', " OR ");
        part.split(" OR ").any(|license| allowed(license.trim()))
    })
}

#[test]
fn every_license_is_allowed_by_the_policy() {
    let policy = read("deny.toml");
    let rules = &policy["licenses"];
    let general: Vec<&str> =
        rules["allow"].as_array().unwrap().iter().map(|license| license.as_str().unwrap()).collect();
    let exceptions = rules["exceptions"].as_array().unwrap();
    for (name, license) in licenses() {
        let own = exceptions.iter().filter(|exception| exception["crate"].as_str() == Some(&name));
        let own: Vec<&str> = own
            .flat_map(|exception| exception["allow"].as_array().unwrap())
            .filter_map(toml::Value::as_str)
            .collect();
        let is_allowed = |license: &str| general.contains(&license) || own.contains(&license);
        assert!(is_satisfied(&license, &is_allowed), "{name} has the license {license}");
    }
}

#[test]
fn a_second_version_of_a_crate_has_a_reason_and_no_reason_is_stale() {
    let policy = read("deny.toml");
    let skipped: BTreeSet<&str> = column(&policy["bans"]["skip"], "crate").into_iter().collect();
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [name, version, _] in shipped() {
        versions.entry(name.clone()).or_default().push(format!("{name}@{version}"));
    }
    for (name, all) in &versions {
        let counted: Vec<&String> =
            all.iter().filter(|version| !skipped.contains(version.as_str())).collect();
        assert!(counted.len() <= 1, "{name} has several versions: {counted:?}");
    }
    for version in skipped {
        let (name, _) = version.split_once('@').unwrap();
        let is_needed =
            versions.get(name).is_some_and(|all| all.len() > 1 && all.iter().any(|one| one == version));
        assert!(is_needed, "{version} is not a second version any more: take it out of deny.toml");
    }
}

#[test]
fn every_crate_comes_from_an_allowed_registry_and_none_is_banned() {
    let policy = read("deny.toml");
    let registries = policy["sources"]["allow-registry"].as_array().unwrap();
    let banned = column(&policy["bans"]["deny"], "crate");
    for [name, _, source] in shipped() {
        let is_allowed = |source: &str| {
            registries.iter().any(|registry| source.strip_prefix("registry+") == registry.as_str())
        };
        assert!(is_allowed(&source), "{name} comes from {source}");
        assert!(!banned.contains(&name.as_str()), "{name} is banned");
    }
}
