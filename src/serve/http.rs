//! HTTP requests → replies.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{COOKIE, HOST, HeaderMap, HeaderName, IF_NONE_MATCH, IF_RANGE, ORIGIN, RANGE};
use hyper::{Method, Request, Response};
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::connection_limits::Connection;
use super::events::PageView;
use super::host::{Hosts, is_same_origin, may_act, same_secret};
use super::live::{Cleaned, LiveSite, Resolved};
use super::reply::{self, Body, Reply};
use super::target::{self, Refusal, Target};
use super::view_options::{ViewOptions, cookie};
use super::{browser, csp, desk};
use crate::host_files::content_type;
use crate::manifest::Fingerprint;
use crate::plan::FileSource;
use crate::time::SiteTime;

/// The path of the preview's own pages and files.
pub(super) const PREVIEW_PATH: &str = "/__bulletin/";
/// The largest request body, in bytes.
const MAX_BODY: usize = 4096;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The header that proves that a request comes from a page of this preview.
const TOKEN: HeaderName = HeaderName::from_static("x-bulletin-token");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The HTTP server.
pub(super) struct Server {
    pub(super) live: LiveSite,
    pub(super) hosts: Hosts,
    /// The id of this run, by which browsers notice a restart.
    pub(super) run: String,
    /// A secret that only pages of this run have.
    pub(super) token: String,
    /// The secret that visitors from the network need.
    pub(super) key: Option<String>,
    /// Part of cookie names, because cookies are shared by all ports of a host.
    pub(super) port: u16,
}

/// A request whose target and host are valid.
struct ParsedRequest {
    method: Method,
    target: Target,
    host: String,
    headers: HeaderMap,
}

impl ParsedRequest {
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

    /// The target as browsers write it, without one parameter of the query.
    fn url_without(&self, name: &str) -> String {
        let path = percent_encoding::utf8_percent_encode(&self.target.path, reply::PATH).to_string();
        let query = self.target.query.as_deref().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != name);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

/// Answers a request that arrived on a connection.
pub(super) async fn serve(
    server: Arc<Server>,
    connection: Arc<Connection>,
    http_request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let is_head = http_request.method() == Method::HEAD;
    let reply = match server.parse(&http_request) {
        Ok(request) => match server.check_key(&request) {
            Some(reply) => reply,
            None => {
                connection.authenticate();
                server.reply(request, Arc::clone(&connection.close), http_request.into_body()).await
            }
        },
        Err(refusal) => reply::refusal(refusal),
    };
    Ok(reply.into_response(is_head))
}

impl Server {
    fn parse(&self, request: &Request<Incoming>) -> Result<ParsedRequest, Refusal> {
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
        Ok(ParsedRequest { method: method.clone(), target, host: host.to_owned(), headers: headers.clone() })
    }

    /// Requires the key, if there is one. It arrives in the URL once and then in a cookie.
    fn check_key(&self, request: &ParsedRequest) -> Option<Reply> {
        let key = self.key.as_deref()?;
        let name = format!("bulletin-key-{}", self.port);
        if request.query("key").is_some_and(|value| same_secret(&value, key)) {
            // Remove the key from the address bar, where scripts of the site could read it.
            return Some(reply::redirect(&request.url_without("key"), 303).with_cookie(&name, key));
        }
        let has_key = request.cookie(&name).is_some_and(|value| same_secret(value, key));
        let why = "this preview requires its full URL, including the key";
        (!has_key).then(|| reply::refusal(Refusal { status: 403, why }))
    }

    async fn reply(self: &Arc<Self>, request: ParsedRequest, close: Arc<Notify>, body: Incoming) -> Reply {
        match request.target.path.strip_prefix(PREVIEW_PATH) {
            Some("view") => self.set_view(&request, body).await,
            Some(name) => {
                let (server, name) = (Arc::clone(self), name.to_owned());
                spawn_blocking(move || server.preview_reply(&request, &name, close)).await
            }
            None => {
                let server = Arc::clone(self);
                spawn_blocking(move || server.site_reply(&request)).await
            }
        }
    }

    /// Replies with a page or file of the site.
    fn site_reply(&self, request: &ParsedRequest) -> Reply {
        let options = self.view_options(request);
        let view = PageView { options, path: request.target.path.clone() };
        let etag = request.header(&IF_NONE_MATCH);
        let reply = match self.live.resolve(&view) {
            Resolved::Redirect(to, status) => reply::redirect(&to, status),
            Resolved::File(FileSource::Embedded(bytes), name) => reply::embedded(bytes, &name, etag),
            Resolved::File(FileSource::Disk(path), name) => {
                let range = request.header(&RANGE).filter(|_| request.method == Method::GET);
                let part = range.map(|range| reply::RangeRequest { range, of: request.header(&IF_RANGE) });
                match self.live.open(&path).map(|file| self.live.cleaned(&path, file)) {
                    Ok(Cleaned::Bytes(bytes)) => {
                        let etag = (etag, Fingerprint::of_bytes(&bytes).to_string());
                        reply::page(200, content_type(&name), bytes, etag)
                    }
                    Ok(Cleaned::Nothing) => reply::refusal(Refusal {
                        status: 404,
                        why: "this picture reveals where it was taken",
                    }),
                    Ok(Cleaned::File(file)) => reply::file(file, &name, etag, part),
                    Err(_) => reply::refusal(Refusal { status: 404, why: "this file no longer exists" }),
                }
            }
            Resolved::Picture(picture, name) => match self.live.pictures.preview(&picture) {
                Ok((bytes, media_type)) => {
                    let etag = (etag, Fingerprint::of_bytes(&bytes).to_string());
                    reply::page(200, media_type.unwrap_or_else(|| content_type(&name)), bytes, etag)
                }
                Err(_) => reply::refusal(Refusal { status: 404, why: "this picture cannot be shown" }),
            },
            Resolved::Page(page) if page.file.ends_with(".html") => {
                let state = page.state.to_string();
                let html = browser::with_script(&page.bytes, &self.token, &state);
                let etag = (etag, format!("{state}-{}", self.run));
                reply::page(page.status, "text/html; charset=utf-8", html, etag)
            }
            Resolved::Page(page) => {
                let etag = (etag, page.state.to_string());
                reply::page(page.status, content_type(&page.file), page.bytes.clone(), etag)
            }
        };
        let snapshot = self.live.snapshot(options);
        let headers = snapshot.map(|(snapshot, _)| snapshot.headers().for_path(&view.path));
        headers.into_iter().flatten().fold(reply, |reply, (name, value)| {
            let is_policy = name.eq_ignore_ascii_case("content-security-policy");
            let value = if is_policy { csp::allow_preview(&value) } else { value };
            reply.with_site_header(&name, &value)
        })
    }

    /// Replies with a page or file of the preview itself.
    fn preview_reply(&self, request: &ParsedRequest, name: &str, close: Arc<Notify>) -> Reply {
        let (config, now) = self.live.settings();
        match name {
            "" => {
                let title = config.map_or_else(String::new, |config| config.title.clone());
                reply::preview_page(browser::desk(&title, &self.token))
            }
            "events" | "page" | "desk.json" if !self.is_from_preview(request) => reply::refusal(Refusal {
                status: 403,
                why: "only pages of this preview may request this; reload the page if the preview was restarted",
            }),
            "events" => {
                let path = decode(&request.query("path").unwrap_or_default());
                let view = PageView { options: self.view_options(request), path };
                if request.method == Method::HEAD {
                    return reply::event_stream_head();
                }
                let (status, _) = self.live.page_status(&view);
                let hello = serde_json::json!({"run": self.run, "files": self.live.file_changes()});
                let events = self.live.events.subscribe(hello, &view, status, close);
                // Publish what changed before the stream was open.
                self.live.events.publish(&view, &self.live.page_status(&view).0);
                reply::events(events)
            }
            "page" | "desk.json" => match self.live.snapshot(self.view_options(request)) {
                None => reply::json(503, &serde_json::json!({"message": "the site cannot be shown yet"})),
                Some((snapshot, _)) if name == "page" => {
                    let path = decode(&request.query("path").unwrap_or_default());
                    reply::json(200, &desk::bar(&self.live, &snapshot, &path, now))
                }
                Some((snapshot, _)) => {
                    let query = desk::DeskQuery::parse(request.target.query.as_deref().unwrap_or_default());
                    reply::json(200, &desk::stories(&self.live, &snapshot, &query, now))
                }
            },
            _ => match browser::file(name) {
                Some(bytes) => reply::preview_file(name, bytes),
                None => reply::refusal(Refusal { status: 404, why: "the preview has no such file" }),
            },
        }
    }

    /// Stores the view of the browser in its cookie.
    async fn set_view(self: &Arc<Self>, request: &ParsedRequest, body: Incoming) -> Reply {
        let refused = |status, why| reply::refusal(Refusal { status, why });
        let (origin, site) = (request.header(&ORIGIN), request.header(&SEC_FETCH_SITE));
        if !may_act(origin, site, &request.host) || !self.has_token(request) {
            return refused(403, "only pages of this preview may do this");
        }
        let body = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await;
        let Ok(Ok(body)) = body else { return refused(400, "the request has no readable body") };
        let Ok(body) = serde_json::from_slice::<serde_json::Value>(&body.to_bytes()) else {
            return refused(400, "the request body is not JSON");
        };
        let server = Arc::clone(self);
        let zone = tokio::task::spawn_blocking(move || server.live.zone()).await.unwrap_or(TimeZone::UTC);
        let as_of = match body["as_of"].as_str().filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => match text.parse::<SiteTime>().and_then(|at| at.in_zone(&zone)) {
                Ok(instant) => Some(instant),
                Err(why) => return reply::json(400, &serde_json::json!({"message": why})),
            },
        };
        let options = ViewOptions { as_of, drafts: body["drafts"].as_bool().unwrap_or(false) };
        reply::no_content().with_cookie(&self.view_cookie(), &options.to_cookie())
    }

    fn view_cookie(&self) -> String {
        format!("bulletin-view-{}", self.port)
    }

    /// The view of the browser.
    fn view_options(&self, request: &ParsedRequest) -> ViewOptions {
        let body = request.cookie(&self.view_cookie()).and_then(ViewOptions::from_cookie);
        body.unwrap_or(self.live.options.view)
    }

    /// Whether a request comes from a page of this preview.
    fn is_from_preview(&self, request: &ParsedRequest) -> bool {
        let (origin, site) = (request.header(&ORIGIN), request.header(&SEC_FETCH_SITE));
        self.has_token(request) && is_same_origin(origin, site, &request.host)
    }

    fn has_token(&self, request: &ParsedRequest) -> bool {
        let by_header = request.header(&TOKEN).map(str::to_owned);
        by_header.or_else(|| request.query("token")).is_some_and(|token| same_secret(&token, &self.token))
    }
}

/// Decodes a path from `location.pathname`.
fn decode(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Creates a reply on a thread where it blocks no other connection.
async fn spawn_blocking(work: impl FnOnce() -> Reply + Send + 'static) -> Reply {
    let result = tokio::task::spawn_blocking(work).await;
    result.unwrap_or_else(|_| {
        reply::refusal(Refusal { status: 500, why: "the preview failed; see its terminal" })
    })
}
