//! The name of a target → the target in the settings.

use std::sync::Arc;

use crate::config::publish::PublishTarget;
use crate::config::{Config, LoadedConfig};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// The settings, and a target by its name, the only one, or the one called `production`.
pub(super) fn find_target(
    settings: &LoadedConfig,
    name: Option<&str>,
) -> Result<(Arc<Config>, PublishTarget), Vec<Diagnostic>> {
    let failed = settings.problems.iter().any(Diagnostic::is_error);
    let Some(config) = settings.config.clone().filter(|_| !failed) else {
        return Err(settings.problems.clone());
    };
    let targets = &config.publish;
    let names = || targets.iter().map(|target| target.name.as_str());
    let found = match (name, targets.as_slice()) {
        (Some(name), _) => targets.iter().find(|target| target.name == name),
        (None, [only]) => Some(only),
        (None, _) => targets.iter().find(|target| target.name == "production"),
    };
    if let Some(target) = found.cloned() {
        return Ok((config, target));
    }
    let all = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (message, help) = match name {
        _ if targets.is_empty() => (
            "`bulletin.yaml` does not say where to publish".to_owned(),
            "add a target, as in `publish: {production: {to: folder, path: /srv/herald}}`; see docs/publishing.md".to_owned(),
        ),
        Some(name) => (
            format!("unknown target `{name}`"),
            match did_you_mean(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if targets.len() == 1 => format!("the only target is {all}"),
                None => format!("the targets are {all}"),
            },
        ),
        None => ("the site has several targets".to_owned(), format!("name one of {all}")),
    };
    Err(vec![Diagnostic::fatal("publish/target", message).help(help)])
}
