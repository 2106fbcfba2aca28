//! A request to the API of a host → its JSON, or a problem that says what to do.

use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use crate::diagnostic::Diagnostic;
use crate::http::{Client, Method, Request, Response, Secret};
use crate::publish::target::Result;

/// The API of a host.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    /// Sends requests.
    pub(crate) client: Client,
    /// The URL under which all paths are.
    pub(crate) base: Url,
    /// The token of every request.
    pub(crate) token: Secret,
    /// What messages say.
    pub(crate) words: Words,
}

/// What messages say of a host.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// Its name.
    pub(crate) service: &'static str,
    /// The variable with the token.
    pub(crate) token: &'static str,
    /// What the token must be allowed, as help: an imperative.
    pub(crate) permission: &'static str,
    /// What is published to: `the site \`herald\``.
    pub(crate) subject: String,
    /// What to do if it does not exist, as help.
    pub(crate) missing: &'static str,
}

/// The longest message of a host that is repeated.
const LONGEST: usize = 300;

impl Api {
    /// A request with the token. `path` are the decoded parts of the path below the base.
    pub(crate) fn request(&self, method: Method, path: &[&str]) -> Request {
        Request::new(method, self.url(path)).bearer(&self.token)
    }

    /// The URL of a path below the base.
    pub(crate) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Settings accept only `http` and `https` URLs, which have paths.
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path);
        }
        url
    }

    /// Sends a request, and reads the JSON of its response.
    ///
    /// # Errors
    /// `publish/credentials`, `publish/denied`, `publish/missing`, `publish/unreachable`, or `publish/upload` for what else the host refuses.
    pub(crate) fn call(&self, request: &Request) -> Result<Value> {
        let response = self.send(request)?;
        if !response.is_success() {
            return Err(self.failure(&response));
        }
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        response.json().ok_or_else(|| self.senseless())
    }

    /// Sends a request.
    ///
    /// # Errors
    /// `publish/unreachable` if there is no response.
    pub(crate) fn send(&self, request: &Request) -> Result<Response> {
        self.client.send(request).map_err(|error| {
            let message = format!("{} cannot be reached: {error}", self.words.service);
            let problem = Diagnostic::fatal("publish/unreachable", message);
            Box::new(
                problem.help("check the network, then publish again: what was uploaded is not sent twice"),
            )
        })
    }

    /// The problem of a response that is not a success.
    pub(crate) fn failure(&self, response: &Response) -> Box<Diagnostic> {
        let Words { service, token, permission, subject, missing } = &self.words;
        let said = match message_of(response) {
            Some(said) => format!(" ({said})"),
            None => String::new(),
        };
        let status = response.status;
        let (code, message, help) = match status {
            401 => {
                let help = format!("set `{token}` to a valid token");
                ("publish/credentials", format!("{service} rejected the token{said}"), help)
            }
            403 => {
                let message = format!("the token is not allowed to publish to {subject}{said}");
                ("publish/denied", message, (*permission).to_owned())
            }
            404 => {
                ("publish/missing", format!("{service} does not have {subject}{said}"), (*missing).to_owned())
            }
            408 | 429 | 500..=599 => {
                let message = format!("{service} is overloaded or broken: it returned {status}{said}");
                let help = "publish again later: what was uploaded is not sent twice";
                ("publish/unreachable", message, help.to_owned())
            }
            _ => {
                let message = format!("{service} refused a request: it returned {status}{said}");
                let help = format!("look at {subject} at {service}, then publish again");
                ("publish/upload", message, help)
            }
        };
        Box::new(Diagnostic::fatal(code, message).help(help))
    }

    /// The problem of a response that does not say what it should.
    pub(crate) fn senseless(&self) -> Box<Diagnostic> {
        let message = format!("{} sent a response that bulletin does not understand", self.words.service);
        let help = "check `endpoint` and the proxy; if they are right, the API has changed: update bulletin";
        Box::new(Diagnostic::fatal("publish/upload", message).help(help))
    }

    /// A text of a response.
    ///
    /// # Errors
    /// If it is missing.
    pub(crate) fn text(&self, value: &Value, pointer: &str) -> Result<String> {
        value.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| self.senseless())
    }

    /// The problem of a deployment that failed.
    pub(crate) fn failed(&self, deployment: &str, reason: Option<&str>) -> Box<Diagnostic> {
        let reason = reason.map(clean).filter(|reason| !reason.is_empty());
        let reason = reason.unwrap_or_else(|| "without a reason".to_owned());
        let message = format!("the deployment `{deployment}` failed at {}: {reason}", self.words.service);
        let help = "readers see the former site; look at the deployment at the host, then publish again";
        Box::new(Diagnostic::fatal("publish/deployment", message).help(help))
    }

    /// The problem of a deployment that does not become ready.
    pub(crate) fn never_ready(&self, deployment: &str, patience: Patience) -> Box<Diagnostic> {
        let message = format!(
            "the deployment `{deployment}` is not ready after {} seconds at {}",
            patience.at_most.as_secs(),
            self.words.service
        );
        let help =
            "readers may still see the former site; look at the deployment at the host, then publish again";
        Box::new(Diagnostic::fatal("publish/deployment", message).help(help))
    }
}

/// How long to wait for a deployment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// The pause between two questions.
    pub(crate) pause: Duration,
    /// The time after which it is given up.
    pub(crate) at_most: Duration,
}

impl Default for Patience {
    /// A question each second, as the tools of the hosts ask, for ten minutes.
    fn default() -> Self {
        Self { pause: Duration::from_secs(1), at_most: Duration::from_secs(600) }
    }
}

impl Patience {
    /// Asks until there is an answer. `None` if there is none in time.
    ///
    /// # Errors
    /// If a question fails.
    pub(crate) fn wait<T>(self, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask()? {
                return Ok(Some(answer));
            }
            if start.elapsed() + self.pause > self.at_most {
                return Ok(None);
            }
            std::thread::sleep(self.pause);
        }
    }
}

/// What a host says of an error: the messages of Cloudflare, Netlify and Vercel.
fn message_of(response: &Response) -> Option<String> {
    let value = response.json()?;
    let pointers = ["/errors/0/message", "/error/message", "/message", "/error_message", "/error"];
    let said = pointers.iter().find_map(|pointer| value.pointer(pointer)?.as_str())?;
    Some(clean(said)).filter(|said| !said.is_empty())
}

/// A message of a host in one line without control characters or a final period.
fn clean(said: &str) -> String {
    let words: Vec<&str> =
        said.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let mut line: String = words.join(" ").chars().take(LONGEST).collect();
    while line.ends_with('.') {
        line.pop();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> Api {
        Api {
            client: Client::new(),
            base: Url::parse("https://api.example/v4/").unwrap(),
            token: Secret::new("t0ken"),
            words: Words {
                service: "Host",
                token: "HOST_TOKEN",
                permission: "give it the permission",
                subject: "the site `x`".to_owned(),
                missing: "create the site",
            },
        }
    }

    fn failure(status: u16, body: &str) -> (&'static str, String) {
        let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        let problem = api().failure(&response);
        (problem.code, format!("{}; {}", problem.message, problem.help.unwrap()))
    }

    #[test]
    fn each_failure_says_what_to_do() {
        for (status, body, code, text) in [
            (401, "{}", "publish/credentials", "Host rejected the token; set `HOST_TOKEN` to a valid token"),
            (
                403,
                r#"{"errors":[{"code":1,"message":"No\nway."}]}"#,
                "publish/denied",
                "the token is not allowed to publish to the site `x` (No way); give it the permission",
            ),
            (404, "not json", "publish/missing", "Host does not have the site `x`; create the site"),
            (
                503,
                "",
                "publish/unreachable",
                "Host is overloaded or broken: it returned 503; publish again later: what was uploaded is not sent twice",
            ),
            (
                422,
                r#"{"error":{"message":"bad"}}"#,
                "publish/upload",
                "Host refused a request: it returned 422 (bad); look at the site `x` at Host, then publish again",
            ),
        ] {
            assert_eq!(failure(status, body), (code, text.to_owned()));
        }
    }

    #[test]
    fn paths_are_encoded_part_by_part() {
        let url = api().url(&["files", "a b", "50%?#.html", "c/d"]);
        assert_eq!(url.as_str(), "https://api.example/v4/files/a%20b/50%25%3F%23.html/c%2Fd");
    }

    #[test]
    fn waiting_ends() {
        let patience = Patience { pause: Duration::from_millis(1), at_most: Duration::from_millis(20) };
        assert_eq!(patience.wait(|| Ok(None::<u8>)), Ok(None));
        let mut asked = 0;
        let mut third = || {
            asked += 1;
            Ok((asked == 3).then_some(asked))
        };
        assert_eq!(patience.wait(&mut third), Ok(Some(3)));
    }
}
