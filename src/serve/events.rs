//! Changes of the site → events for the browsers that show it.
//!
//! A browser that does not read its events is disconnected, and gets everything when it comes back.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::channel::{Channel, Sender};
use hyper::body::{Bytes, Frame};
use serde_json::Value;
use tokio::sync::Notify;

use super::view_options::ViewOptions;
use crate::manifest::Fingerprint;

/// Events that wait for a browser.
const MAX_QUEUED: usize = 32;

/// A page in a browser's view.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageView {
    pub(super) options: ViewOptions,
    /// The decoded path of the page.
    pub(super) path: String,
}

/// What a browser should know about its page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PageStatus {
    /// The fingerprint of the page's bytes; `None` if there is no page.
    pub(super) state: Option<Fingerprint>,
    /// The problems of the site.
    pub(super) problems: Value,
}

#[derive(Debug)]
struct Subscriber {
    view: PageView,
    last: PageStatus,
    events: Sender<Bytes>,
    /// Closes the connection.
    close: Arc<Notify>,
}

/// The open streams.
#[derive(Debug, Default)]
pub(super) struct EventHub(Mutex<Vec<Subscriber>>);

impl EventHub {
    /// Opens a stream that begins with the status of a page. `hello` is further data of the first event.
    pub(super) fn subscribe(
        &self,
        mut hello: Value,
        view: &PageView,
        status: PageStatus,
        close: Arc<Notify>,
    ) -> Channel<Bytes> {
        let (mut events, body) = Channel::new(MAX_QUEUED);
        hello["state"] = fingerprint(&status).into();
        hello["problems"] = status.problems.clone();
        // How long browsers wait before they reconnect to a restarted server.
        let _ = events.try_send(Frame::data(Bytes::from_static(b"retry: 500\n\n")));
        let _ = events.try_send(frame("hello", &hello));
        self.lock().push(Subscriber { view: view.clone(), last: status, events, close });
        body
    }

    /// The pages that browsers show, without duplicates.
    pub(super) fn views(&self) -> HashSet<PageView> {
        self.lock().iter().map(|subscriber| subscriber.view.clone()).collect()
    }

    /// Sends the status of a page to the browsers that show it, where it changed. Returns whether the page itself did.
    pub(super) fn publish(&self, view: &PageView, status: &PageStatus) -> bool {
        let mut is_changed = false;
        self.retain(|subscriber| {
            if subscriber.view != *view || subscriber.last == *status {
                return true;
            }
            let before = std::mem::replace(&mut subscriber.last, status.clone());
            is_changed |= before.state != status.state;
            let page = serde_json::json!({"state": fingerprint(status)});
            let problems = serde_json::json!({"problems": status.problems});
            (before.problems == status.problems || subscriber.send("problems", &problems))
                && (before.state == status.state || subscriber.send("page", &page))
        });
        is_changed
    }

    /// Sends an event to all browsers.
    pub(super) fn broadcast(&self, event: &str, data: &Value) {
        self.retain(|subscriber| subscriber.send(event, data));
    }

    /// Keeps streams open through proxies, and finds those that nobody reads.
    pub(super) fn keep_alive(&self) {
        self.retain(|subscriber| {
            subscriber.events.try_send(Frame::data(Bytes::from_static(b":\n\n"))).is_ok()
        });
    }

    /// Calls a function for each stream, and closes those for which it returns `false`.
    fn retain(&self, mut act: impl FnMut(&mut Subscriber) -> bool) {
        self.lock().retain_mut(|subscriber| {
            let stays = act(subscriber);
            if !stays {
                subscriber.close.notify_one();
            }
            stays
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Subscriber>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber {
    fn send(&mut self, event: &str, data: &Value) -> bool {
        self.events.try_send(frame(event, data)).is_ok()
    }
}

fn fingerprint(status: &PageStatus) -> Option<String> {
    status.state.map(|state| state.to_string())
}

/// An event in the format of the HTML standard. JSON has no line breaks.
fn frame(event: &str, data: &Value) -> Frame<Bytes> {
    Frame::data(format!("event: {event}\ndata: {data}\n\n").into())
}
