//! What happens to the site → events on the streams of the browsers that look at it.
//!
//! A subscriber holds no more than a few events: a browser that does not read them is close off, and is told all anew should it
//! come back.

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

/// What a browser looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageView {
    pub(super) options: ViewOptions,
    /// Path of its page on the host, decoded.
    pub(super) path: String,
}

/// What a browser is to know of what it looks at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PageStatus {
    /// Of the page's bytes; `None` if there is none.
    pub(super) state: Option<Fingerprint>,
    /// All that is wrong.
    pub(super) problems: Value,
}

#[derive(Debug)]
struct Subscriber {
    view: PageView,
    last: PageStatus,
    events: Sender<Bytes>,
    /// Ends the connection.
    close: Arc<Notify>,
}

/// The streams.
#[derive(Debug, Default)]
pub(super) struct EventHub(Mutex<Vec<Subscriber>>);

impl EventHub {
    /// Opens a subscriber for a browser that looks at something, and tells it how that is. `hello` is what else it is told.
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
        // How long browsers wait before they come back to a server that was started again.
        let _ = events.try_send(Frame::data(Bytes::from_static(b"retry: 500\n\n")));
        let _ = events.try_send(frame("hello", &hello));
        self.lock().push(Subscriber { view: view.clone(), last: status, events, close });
        body
    }

    /// What is looked at, each once.
    pub(super) fn views(&self) -> HashSet<PageView> {
        self.lock().iter().map(|subscriber| subscriber.view.clone()).collect()
    }

    /// Tells the browsers that look at something how it is now, if that is status to them; whether a page was.
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

    /// Tells all browsers.
    pub(super) fn broadcast(&self, event: &str, data: &Value) {
        self.retain(|subscriber| subscriber.send(event, data));
    }

    /// Keeps streams open through whatever stands between, and finds those that nobody reads any more.
    pub(super) fn keep_alive(&self) {
        self.retain(|subscriber| {
            subscriber.events.try_send(Frame::data(Bytes::from_static(b":\n\n"))).is_ok()
        });
    }

    /// Does something with each subscriber; those where it gives `false` are close off.
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

/// An event as the HTML standard has it. JSON has no line ends.
fn frame(event: &str, data: &Value) -> Frame<Bytes> {
    Frame::data(format!("event: {event}\ndata: {data}\n\n").into())
}
