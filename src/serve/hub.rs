//! What happens to the site → events on the streams of the browsers that look at it.
//!
//! A stream holds no more than a few events: a browser that does not read them is cut off, and is told all anew should it
//! come back.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::channel::{Channel, Sender};
use hyper::body::{Bytes, Frame};
use serde_json::Value;
use tokio::sync::Notify;

use super::choice::Choice;
use crate::manifest::Fingerprint;

/// Events that wait for a browser.
const WAITING: usize = 32;

/// What a browser looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sight {
    pub(super) choice: Choice,
    /// Path of its page on the host, decoded.
    pub(super) path: String,
}

/// What a browser is to know of what it looks at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct News {
    /// Of the page's bytes; `None` if there is none.
    pub(super) state: Option<Fingerprint>,
    /// All that is wrong.
    pub(super) problems: Value,
}

#[derive(Debug)]
struct Stream {
    sight: Sight,
    known: News,
    events: Sender<Bytes>,
    /// Ends the connection.
    cut: Arc<Notify>,
}

/// The streams.
#[derive(Debug, Default)]
pub(super) struct Hub(Mutex<Vec<Stream>>);

impl Hub {
    /// Opens a stream for a browser that looks at something, and tells it how that is. `hello` is what else it is told.
    pub(super) fn open(
        &self,
        mut hello: Value,
        sight: &Sight,
        news: News,
        cut: Arc<Notify>,
    ) -> Channel<Bytes> {
        let (mut events, body) = Channel::new(WAITING);
        hello["state"] = state(&news).into();
        hello["problems"] = news.problems.clone();
        // How long browsers wait before they come back to a server that was started again.
        let _ = events.try_send(Frame::data(Bytes::from_static(b"retry: 500\n\n")));
        let _ = events.try_send(frame("hello", &hello));
        self.lock().push(Stream { sight: sight.clone(), known: news, events, cut });
        body
    }

    /// What is looked at, each once.
    pub(super) fn sights(&self) -> HashSet<Sight> {
        self.lock().iter().map(|stream| stream.sight.clone()).collect()
    }

    /// Tells the browsers that look at something how it is now, if that is news to them; whether a page was.
    pub(super) fn tell(&self, sight: &Sight, news: &News) -> bool {
        let mut is_news = false;
        self.each(|stream| {
            if stream.sight != *sight || stream.known == *news {
                return true;
            }
            let before = std::mem::replace(&mut stream.known, news.clone());
            is_news |= before.state != news.state;
            let page = serde_json::json!({"state": state(news)});
            let problems = serde_json::json!({"problems": news.problems});
            (before.problems == news.problems || stream.send("problems", &problems))
                && (before.state == news.state || stream.send("page", &page))
        });
        is_news
    }

    /// Tells all browsers.
    pub(super) fn tell_all(&self, event: &str, data: &Value) {
        self.each(|stream| stream.send(event, data));
    }

    /// Keeps streams open through whatever stands between, and finds those that nobody reads any more.
    pub(super) fn tick(&self) {
        self.each(|stream| stream.events.try_send(Frame::data(Bytes::from_static(b":\n\n"))).is_ok());
    }

    /// Does something with each stream; those where it gives `false` are cut off.
    fn each(&self, mut act: impl FnMut(&mut Stream) -> bool) {
        self.lock().retain_mut(|stream| {
            let stays = act(stream);
            if !stays {
                stream.cut.notify_one();
            }
            stays
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn send(&mut self, event: &str, data: &Value) -> bool {
        self.events.try_send(frame(event, data)).is_ok()
    }
}

fn state(news: &News) -> Option<String> {
    news.state.map(|state| state.to_string())
}

/// An event as the HTML standard has it. JSON has no line ends.
fn frame(event: &str, data: &Value) -> Frame<Bytes> {
    Frame::data(format!("event: {event}\ndata: {data}\n\n").into())
}
