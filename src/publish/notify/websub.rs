//! WebSub: a hub sends new entries of feeds to their subscribers (<https://www.w3.org/TR/websub/>).
//!
//! How a publisher tells the hub is left to the hub; all take the form of PubSubHubbub 0.4, §7.1.

use url::Url;
use url::form_urlencoded::Serializer;

use super::CODE;
use crate::diagnostic::Diagnostic;
use crate::http::{Body, Client, Method, Request};
use crate::publish::parallel;

/// Tells a hub of changed feeds, with a request for each, because not all hubs take several. Returns a warning if any fails.
pub(super) fn publish(hub: &str, feeds: &[String], client: &Client) -> Option<Diagnostic> {
    let failed = parallel::map(feeds, parallel::DEFAULT, |feed| {
        let request = request(hub, feed)?;
        match client.send(&request) {
            Err(error) => Err(error.to_string()),
            Ok(response) if response.is_success() => Ok(()),
            Ok(response) => Err(format!("it returned {}", response.status)),
        }
    });
    let reason = failed.into_iter().find_map(Result::err)?;
    let problem =
        Diagnostic::warning(CODE, format!("the WebSub hub `{hub}` rejected changed feeds: {reason}"));
    Some(
        problem.help("check `feeds.hub`; subscribers get the entries when the hub reads the feeds by itself"),
    )
}

fn request(hub: &str, feed: &str) -> Result<Request, String> {
    let url = Url::parse(hub).map_err(|error| error.to_string())?;
    let form = Serializer::new(String::new())
        .append_pair("hub.mode", "publish")
        .append_pair("hub.url", feed)
        .append_pair("hub.topic", feed)
        .finish();
    Ok(Request::new(Method::Post, url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::Bytes(form.into_bytes())))
}
