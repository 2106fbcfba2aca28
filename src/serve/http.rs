//! A request of a browser → an answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{COOKIE, HOST, HeaderMap, HeaderName, IF_NONE_MATCH, IF_RANGE, ORIGIN, RANGE};
use hyper::{Method, Request, Response};
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::answer::{self, Answer, Body};
use super::choice::{Choice, cookie};
use super::host::{Hosts, is_same_origin, may_act, same_secret};
use super::hub::Sight;
use super::live::Live;
use super::look::Look;
use super::media;
use super::room::Guest;
use super::target::{self, Refusal, Target};
use super::{browser, desk, site_headers};
use crate::plan::FileSource;
use crate::time::SiteTime;

/// Where the preview's own pages and files are.
pub(super) const OWN: &str = "/__bulletin/";
/// Bytes that a browser may send.
const LARGEST: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(10);
/// The header that shows that a request comes from a page of this preview.
const TOKEN: HeaderName = HeaderName::from_static("x-bulletin-token");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What answers.
pub(super) struct Server {
    pub(super) live: Live,
    pub(super) hosts: Hosts,
    /// Of this run, so that browsers notice a restart.
    pub(super) run: String,
    /// Known to the pages that this run serves, and to nobody else.
    pub(super) token: String,
    /// What those on the network must know to see anything.
    pub(super) key: Option<String>,
    /// Cookies are shared by all ports of a host.
    pub(super) port: u16,
}

/// A request, as far as it was understood.
struct Asked {
    method: Method,
    target: Target,
    host: String,
    headers: HeaderMap,
}

impl Asked {
    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        cookie(self.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()), name)
    }

    fn query(&self, name: &str) -> Option<String> {
        let query = self.target.query.as_deref().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// What was asked for, as browsers ask, but for a part of the query.
    fn address_without(&self, name: &str) -> String {
        let path = percent_encoding::utf8_percent_encode(&self.target.path, answer::PATH).to_string();
        let query = self.target.query.as_deref().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != name);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

/// Answers a request that came by the connection of a guest.
pub(super) async fn serve(
    server: Arc<Server>,
    guest: Arc<Guest>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let is_head = request.method() == Method::HEAD;
    let answer = match server.understand(&request) {
        Ok(asked) => match server.gate(&asked) {
            Some(answer) => answer,
            None => {
                guest.is_known();
                server.answer(asked, Arc::clone(&guest.cut), request.into_body()).await
            }
        },
        Err(refusal) => answer::refusal(refusal),
    };
    Ok(answer.finish(is_head))
}

impl Server {
    fn understand(&self, request: &Request<Incoming>) -> Result<Asked, Refusal> {
        let headers = request.headers();
        let host =
            self.hosts.check(headers.get_all(HOST).iter().map(hyper::header::HeaderValue::as_bytes))?;
        let uri = request.uri();
        let written = match uri.path_and_query() {
            Some(path) if uri.scheme().is_none() && uri.authority().is_none() => path.as_str().to_owned(),
            _ => uri.to_string(),
        };
        let method = request.method();
        let acts = written.split('?').next() == Some("/__bulletin/view");
        let target = if acts {
            target::read_for(method.as_str(), written.as_bytes(), &["POST"])?
        } else {
            target::read(method.as_str(), written.as_bytes())?
        };
        Ok(Asked { method: method.clone(), target, host: host.to_owned(), headers: headers.clone() })
    }

    /// On the network, the key is asked for; it comes by the URL once, and then by a cookie.
    fn gate(&self, asked: &Asked) -> Option<Answer> {
        let key = self.key.as_deref()?;
        let name = format!("bulletin-key-{}", self.port);
        if asked.query("key").is_some_and(|known| same_secret(&known, key)) {
            // Out of the address bar, where scripts of the site could read it.
            return Some(answer::elsewhere(&asked.address_without("key"), 303).with_cookie(&name, key));
        }
        let has_it = asked.cookie(&name).is_some_and(|known| same_secret(known, key));
        let why = "this preview is shown to those who have its whole address, with the key";
        (!has_it).then(|| answer::refusal(Refusal { status: 403, why }))
    }

    async fn answer(self: &Arc<Self>, asked: Asked, cut: Arc<Notify>, body: Incoming) -> Answer {
        match asked.target.path.strip_prefix(OWN) {
            Some("view") => self.set_view(&asked, body).await,
            Some(name) => {
                let (server, name) = (Arc::clone(self), name.to_owned());
                on_other_thread(move || server.own(&asked, &name, cut)).await
            }
            None => {
                let server = Arc::clone(self);
                on_other_thread(move || server.content(&asked)).await
            }
        }
    }

    /// A page or file of the site.
    fn content(&self, asked: &Asked) -> Answer {
        let choice = self.choice(asked);
        let sight = Sight { choice, path: asked.target.path.clone() };
        let etag = asked.header(&IF_NONE_MATCH);
        let answer = match self.live.look(&sight) {
            Look::Elsewhere(to, status) => answer::elsewhere(&to, status),
            Look::File(FileSource::Embedded(bytes), name) => answer::embedded(bytes, &name, etag),
            Look::File(FileSource::Disk(path), name) => {
                let range = asked.header(&RANGE).filter(|_| asked.method == Method::GET);
                let part = range.map(|range| answer::Part { range, of: asked.header(&IF_RANGE) });
                match self.live.open(&path) {
                    Ok(file) => answer::file(file, &name, etag, part),
                    Err(_) => answer::refusal(Refusal {
                        status: 404,
                        why: "this file is gone, or no longer one of the site",
                    }),
                }
            }
            Look::Page(made) if made.file.ends_with(".html") => {
                let state = made.state.to_string();
                let html = browser::with_script(&made.bytes, &self.token, &state);
                let etag = (etag, format!("{state}-{}", self.run));
                answer::page(made.status, "text/html; charset=utf-8", html, etag)
            }
            Look::Page(made) => {
                let etag = (etag, made.state.to_string());
                answer::page(made.status, media::content_type(&made.file), made.bytes.clone(), etag)
            }
        };
        let snapshot = self.live.snapshot(choice);
        let headers = snapshot.map(|(snapshot, _)| snapshot.headers().for_path(&sight.path));
        headers.into_iter().flatten().fold(answer, |answer, (name, value)| {
            let is_policy = name.eq_ignore_ascii_case("content-security-policy");
            let value = if is_policy { site_headers::with_preview(&value) } else { value };
            answer.with_header_of_site(&name, &value)
        })
    }

    /// A page or file of the preview itself.
    fn own(&self, asked: &Asked, name: &str, cut: Arc<Notify>) -> Answer {
        let (config, now) = self.live.settings();
        match name {
            "" => {
                let title = config.map_or_else(String::new, |config| config.title.clone());
                answer::own_page(browser::desk(&title, &self.token))
            }
            "events" | "page" | "desk.json" if !self.is_trusted(asked) => answer::refusal(Refusal {
                status: 403,
                why: "this is for pages of this preview alone; after a restart of it, reload the page",
            }),
            "events" => {
                let path = decoded(&asked.query("path").unwrap_or_default());
                let sight = Sight { choice: self.choice(asked), path };
                if asked.method == Method::HEAD {
                    return answer::events_to_come();
                }
                let (news, _) = self.live.news(&sight);
                let hello = serde_json::json!({"run": self.run, "files": self.live.file_changes()});
                let events = self.live.hub.open(hello, &sight, news, cut);
                // What changed before the stream was open is told now.
                self.live.hub.tell(&sight, &self.live.news(&sight).0);
                answer::events(events)
            }
            "page" | "desk.json" => match self.live.snapshot(self.choice(asked)) {
                None => answer::json(503, &serde_json::json!({"message": "the site cannot be shown yet"})),
                Some((snapshot, _)) if name == "page" => {
                    let path = decoded(&asked.query("path").unwrap_or_default());
                    answer::json(200, &desk::bar(&self.live, &snapshot, &path, now))
                }
                Some((snapshot, _)) => {
                    let question = desk::Question::read(asked.target.query.as_deref().unwrap_or_default());
                    answer::json(200, &desk::answer(&self.live, &snapshot, &question, now))
                }
            },
            _ => match browser::file(name) {
                Some(bytes) => answer::own_file(name, bytes),
                None => answer::refusal(Refusal { status: 404, why: "the preview has no such file" }),
            },
        }
    }

    /// What a browser wants to see from now on.
    async fn set_view(self: &Arc<Self>, asked: &Asked, body: Incoming) -> Answer {
        let refused = |status, why| answer::refusal(Refusal { status, why });
        let (origin, site) = (asked.header(&ORIGIN), asked.header(&SEC_FETCH_SITE));
        if !may_act(origin, site, &asked.host) || !self.has_token(asked) {
            return refused(403, "only pages of this preview may do that");
        }
        let body = tokio::time::timeout(PATIENCE, Limited::new(body, LARGEST).collect()).await;
        let Ok(Ok(body)) = body else { return refused(400, "the request has no body that can be read") };
        let Ok(wanted) = serde_json::from_slice::<serde_json::Value>(&body.to_bytes()) else {
            return refused(400, "the request has no JSON in it");
        };
        let server = Arc::clone(self);
        let zone = tokio::task::spawn_blocking(move || server.live.zone()).await.unwrap_or(TimeZone::UTC);
        let as_of = match wanted["as_of"].as_str().filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => match text.parse::<SiteTime>().and_then(|at| at.in_zone(&zone)) {
                Ok(instant) => Some(instant),
                Err(why) => return answer::json(400, &serde_json::json!({"message": why})),
            },
        };
        let choice = Choice { as_of, drafts: wanted["drafts"].as_bool().unwrap_or(false) };
        answer::done().with_cookie(&self.view_cookie(), &choice.to_cookie())
    }

    fn view_cookie(&self) -> String {
        format!("bulletin-view-{}", self.port)
    }

    /// What the browser wants to see.
    fn choice(&self, asked: &Asked) -> Choice {
        let wanted = asked.cookie(&self.view_cookie()).and_then(Choice::from_cookie);
        wanted.unwrap_or(self.live.options.view)
    }

    /// Whether a request for what only the preview's own pages need comes from one of them.
    fn is_trusted(&self, asked: &Asked) -> bool {
        let (origin, site) = (asked.header(&ORIGIN), asked.header(&SEC_FETCH_SITE));
        self.has_token(asked) && is_same_origin(origin, site, &asked.host)
    }

    fn has_token(&self, asked: &Asked) -> bool {
        let by_header = asked.header(&TOKEN).map(str::to_owned);
        by_header.or_else(|| asked.query("token")).is_some_and(|token| same_secret(&token, &self.token))
    }
}

/// A path as browsers write it in `location.pathname`, decoded.
fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Makes an answer where it keeps no other connection waiting.
async fn on_other_thread(make: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    let made = tokio::task::spawn_blocking(make).await;
    made.unwrap_or_else(|_| {
        answer::refusal(Refusal { status: 500, why: "the preview failed; its terminal says more" })
    })
}
