//! The environment → credentials, in the order in which users of other tools expect them.
//!
//! For AWS that is the order of its own tools: variables, the shared files, a web identity, a container, the instance
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>). Nothing here prints a secret.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::target::Result;
use crate::diagnostic::Diagnostic;
use crate::http::{Client, Secret};

pub(crate) mod environment;
mod identity;
mod instance;
mod process;
mod profiles;
mod shared_files;
pub(crate) mod sigv4;
mod sts;

pub(crate) use environment::Environment;

/// The code of all problems with credentials.
const CODE: &str = "publish/credentials";

/// Credentials of AWS, or of a store that speaks the protocol of S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aws {
    /// The id of the access key, which is not secret.
    pub(crate) access_key: String,
    /// The secret key.
    pub(crate) secret: Secret,
    /// The session token of temporary credentials.
    pub(crate) token: Option<Secret>,
    /// When they expire.
    pub(crate) expires: Option<Timestamp>,
    /// The region of the settings, the environment or the profile.
    pub(crate) region: Option<String>,
}

/// What one source of credentials has.
enum Found {
    /// Credentials.
    Keys(Aws),
    /// None; why, as a clause.
    Nothing(String),
}

/// Finds credentials of AWS. `profile` and `region` are those of the settings. A profile that this machine does not have is no error if there are
/// other credentials, so that one `bulletin.yaml` fits laptops and CI.
///
/// # Errors
/// `publish/credentials`: there are none, they are incomplete or expired, or a source that should have them failed.
pub(crate) fn aws(
    profile: Option<&str>,
    region: Option<&str>,
    client: &Client,
    environment: &Environment,
) -> Result<Aws> {
    let files = shared_files::read(environment)?;
    let named = profile.filter(|name| files.profile(name).is_some());
    let current = named.or_else(|| environment.get("AWS_PROFILE")).unwrap_or("default");
    let region = region
        .or_else(|| environment.get("AWS_REGION"))
        .or_else(|| environment.get("AWS_DEFAULT_REGION"))
        .or_else(|| files.profile(current)?.get("region"))
        .map(str::to_owned);
    let chain = Chain { client, environment, files: &files, region: region.as_deref() };
    let mut keys = chain.find(profile, named)?;
    if let Some(expires) = keys.expires.filter(|expires| *expires <= environment.now()) {
        let problem = Diagnostic::fatal(CODE, format!("the AWS credentials expired at {expires}"));
        return Err(Box::new(problem.help("sign in again, as with `aws sso login`, or set new variables")));
    }
    keys.region = region;
    Ok(keys)
}

/// What the sources of credentials need.
struct Chain<'a> {
    client: &'a Client,
    environment: &'a Environment,
    files: &'a shared_files::SharedFiles,
    region: Option<&'a str>,
}

impl Chain<'_> {
    /// The credentials of the first source that has some. `named` is the profile of the settings if there is one with its name.
    fn find(&self, profile: Option<&str>, named: Option<&str>) -> Result<Aws> {
        if let Some(name) = named {
            return self.of_profile(name);
        }
        let mut tried = Vec::new();
        if let Some(name) = profile {
            tried.push(format!("{} no profile `{name}`", self.files.have()));
        }
        let sources: [fn(&Self) -> Result<Found>; 5] = [
            Self::of_variables,
            Self::of_web_identity,
            Self::of_current_profile,
            Self::of_container,
            Self::of_instance,
        ];
        for source in sources {
            match source(self)? {
                Found::Keys(keys) => return Ok(keys),
                Found::Nothing(why) => tried.push(why),
            }
        }
        let message = format!("no AWS credentials: {}", tried.join("; "));
        Err(Box::new(Diagnostic::fatal(CODE, message).help(
            "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or create a profile with `aws configure`",
        )))
    }

    /// `AWS_ACCESS_KEY_ID` and the variables that belong to it.
    fn of_variables(&self) -> Result<Found> {
        let variable = |name| self.environment.get(name);
        let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
        else {
            let (set, missing) = match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
                (Some(_), None) => ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
                (None, Some(_)) => ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
                _ => return Ok(Found::Nothing("`AWS_ACCESS_KEY_ID` is not set".to_owned())),
            };
            let problem = Diagnostic::fatal(CODE, format!("`{set}` is set, but `{missing}` is not"));
            return Err(Box::new(problem.help(format!("set `{missing}`, too, or unset `{set}`"))));
        };
        Ok(Found::Keys(Aws {
            access_key: id.to_owned(),
            secret: Secret::new(secret),
            token: variable("AWS_SESSION_TOKEN").map(Secret::new),
            expires: variable("AWS_CREDENTIAL_EXPIRATION").and_then(|text| text.parse().ok()),
            region: None,
        }))
    }
}

/// Credentials that are renewed before they expire: a first publication of a large archive takes longer than a session.
#[derive(Debug)]
pub(crate) struct Login {
    profile: Option<String>,
    region: Option<String>,
    client: Client,
    environment: Environment,
    known: Mutex<Arc<Aws>>,
}

impl Login {
    /// Finds credentials as [`aws`] does.
    ///
    /// # Errors
    /// As [`aws`].
    pub(crate) fn new(
        profile: Option<&str>,
        region: Option<&str>,
        client: &Client,
        environment: &Environment,
    ) -> Result<Self> {
        let known = Mutex::new(Arc::new(aws(profile, region, client, environment)?));
        let (profile, region) = (profile.map(str::to_owned), region.map(str::to_owned));
        Ok(Self { profile, region, client: client.clone(), environment: environment.clone(), known })
    }

    /// Credentials that are valid for five minutes at least, if their source gives such.
    ///
    /// # Errors
    /// As [`aws`], if they must be renewed.
    pub(crate) fn keys(&self) -> Result<Arc<Aws>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = self.environment.now().saturating_add(SignedDuration::from_mins(5));
        if known.expires.is_some_and(|expires| soon.is_ok_and(|soon| expires <= soon)) {
            *known = Arc::new(aws(
                self.profile.as_deref(),
                self.region.as_deref(),
                &self.client,
                &self.environment,
            )?);
        }
        Ok(known.clone())
    }
}

/// A token from the first of these variables that is set. `purpose` completes "no token for …".
///
/// # Errors
/// `publish/credentials` if none is set.
pub(crate) fn token(environment: &Environment, names: &[&str], purpose: &str) -> Result<Secret> {
    if let Some(token) = names.iter().find_map(|name| environment.get(name)) {
        return Ok(Secret::new(token));
    }
    let first = names.first().copied().unwrap_or_default();
    let problem = Diagnostic::fatal(CODE, format!("no token for {purpose}: `{first}` is not set"));
    Err(Box::new(
        problem.help(format!("set the environment variable `{first}`; do not write tokens into files")),
    ))
}

#[cfg(test)]
mod tests;
