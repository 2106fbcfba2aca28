//! `~/.aws/config` and `~/.aws/credentials` → profiles: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::{CODE, Environment};
use crate::diagnostic::Diagnostic;
use crate::publish::target::Result;

/// The settings of a profile, by name in lower case. Some are secret, so that there is no `Debug`.
#[derive(Default)]
pub(super) struct Profile(BTreeMap<String, String>);

impl Profile {
    /// The value of a setting; `None` if there is none or it is blank.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// The profiles of the shared files.
#[derive(Default)]
pub(super) struct SharedFiles {
    profiles: BTreeMap<String, Profile>,
    /// The names of the files in messages, and whether there is one.
    files: Vec<(String, bool)>,
}

impl SharedFiles {
    /// A profile.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// The start of a clause that ends with what is not there: "`~/.aws/config` and `~/.aws/credentials` have". A file that does not exist has
    /// nothing, either.
    pub(super) fn have(&self) -> String {
        let names: Vec<_> = self.files.iter().filter(|(_, exists)| *exists).map(|(name, _)| name).collect();
        match names[..] {
            [] => "there are no shared AWS files, so there is".to_owned(),
            [one] => format!("`{one}` has"),
            _ => format!(
                "{} have",
                names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
            ),
        }
    }
}

/// Reads the shared files. A file that does not exist is empty.
///
/// # Errors
/// If a file cannot be read, or a line is none of its format.
pub(super) fn read(environment: &Environment) -> Result<SharedFiles> {
    let mut shared = SharedFiles::default();
    let files = [("AWS_CONFIG_FILE", "config", true), ("AWS_SHARED_CREDENTIALS_FILE", "credentials", false)];
    for (variable, name, is_config) in files {
        let Some((path, shown)) = locate(environment, variable, name) else { continue };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                shared.files.push((shown, false));
                continue;
            }
            Err(error) => {
                let problem = Diagnostic::fatal(CODE, format!("`{shown}` cannot be read: {error}"));
                return Err(Box::new(problem.help("check its permissions; it must be text in UTF-8")));
            }
        };
        parse(&text, is_config, &mut shared.profiles).map_err(|(line, what)| {
            let problem = Diagnostic::fatal(CODE, format!("line {line} of `{shown}` {what}"));
            Box::new(
                problem.help("write `name = value` below a line with the name of the profile in brackets"),
            )
        })?;
        shared.files.push((shown, true));
    }
    Ok(shared)
}

/// The path of a file and its name in messages.
fn locate(environment: &Environment, variable: &str, name: &str) -> Option<(PathBuf, String)> {
    let Some(written) = environment.get(variable) else {
        return Some((environment.home()?.join(".aws").join(name), format!("~/.aws/{name}")));
    };
    Some((environment.path(written), written.to_owned()))
}

/// Reads the profiles of a file; those of a later file win. The error is the number of a line, and what is wrong with it, without its text.
fn parse(
    text: &str,
    is_config: bool,
    profiles: &mut BTreeMap<String, Profile>,
) -> std::result::Result<(), (usize, &'static str)> {
    /// Where a line is.
    enum Section {
        None,
        Profile(String),
        /// A section that has no credentials.
        Other,
    }
    let mut section = Section::None;
    let mut has_settings = false;
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let (title, _) = rest.split_once(']').ok_or((number, "has no `]`"))?;
            section = profile_of(title.trim(), is_config).map_or(Section::Other, Section::Profile);
            has_settings = false;
            if let Section::Profile(name) = &section {
                profiles.entry(name.clone()).or_default();
            }
            continue;
        }
        // An indented line continues a nested setting, such as those of `s3 =`.
        let is_nested = line.starts_with([' ', '\t']) && has_settings;
        match &section {
            Section::None => return Err((number, "is not in a profile")),
            Section::Other => {}
            Section::Profile(_) if is_nested => {}
            Section::Profile(name) => {
                let (key, value) = content.split_once('=').ok_or((number, "has no `=`"))?;
                let key = key.trim().to_ascii_lowercase();
                profiles.entry(name.clone()).or_default().0.insert(key, without_comment(value).to_owned());
                has_settings = true;
            }
        }
    }
    Ok(())
}

/// The profile that a section describes: `[NAME]`, in the configuration file `[profile NAME]` or `[default]`.
fn profile_of(title: &str, is_config: bool) -> Option<String> {
    let name = match title.split_once([' ', '\t']) {
        Some(("profile", name)) => name.trim(),
        Some(_) => return None,
        None if is_config && title != "default" => return None,
        None => title,
    };
    Some(name.trim_matches(['"', '\'']).to_owned())
}

/// A value without a comment, which begins with a space and `#` or `;`.
fn without_comment(value: &str) -> &str {
    let starts = [" #", " ;", "\t#", "\t;"];
    let end = starts.iter().filter_map(|start| value.find(start)).min().unwrap_or(value.len());
    value[..end].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(config: &str, credentials: &str) -> BTreeMap<String, Profile> {
        let mut profiles = BTreeMap::new();
        parse(config, true, &mut profiles).unwrap();
        parse(credentials, false, &mut profiles).unwrap();
        profiles
    }

    #[test]
    fn profiles_of_both_files_are_one() {
        let all = profiles(
            "\u{feff}# all\n[default]\nregion = eu-north-1 # home\ns3 =\n  max_concurrent_requests = 20\nOutput=json\n\n\
             [profile herald]\nregion=eu-west-1\naws_access_key_id = OLD\n[sso-session x]\nsso_region = q\n[herald]\nregion = no\n",
            "[herald]\naws_access_key_id = AK\naws_secret_access_key = a=b/c+#\n",
        );
        let get = |profile: &str, name: &str| all[profile].get(name).map(str::to_owned);
        assert_eq!(get("default", "region").as_deref(), Some("eu-north-1"));
        assert_eq!(get("default", "output").as_deref(), Some("json"));
        assert_eq!(get("default", "max_concurrent_requests"), None);
        assert_eq!(get("herald", "region").as_deref(), Some("eu-west-1"));
        assert_eq!(get("herald", "aws_access_key_id").as_deref(), Some("AK"));
        assert_eq!(get("herald", "aws_secret_access_key").as_deref(), Some("a=b/c+#"));
        assert_eq!(all.keys().collect::<Vec<_>>(), ["default", "herald"]);
    }

    #[test]
    fn a_line_that_is_wrong_is_named_by_its_number() {
        for (text, expected) in [
            ("region = x\n", (1, "is not in a profile")),
            ("\n[default\nregion = x\n", (2, "has no `]`")),
            ("[default]\n# c\nAKIASECRET\n", (3, "has no `=`")),
        ] {
            assert_eq!(parse(text, true, &mut BTreeMap::new()), Err(expected), "{text}");
        }
    }
}
