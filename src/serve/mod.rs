//! Requests of a browser on this machine → answers: the preview.

#[cfg_attr(not(test), expect(dead_code, reason = "the server is yet to be written"))]
mod host;
#[cfg_attr(not(test), expect(dead_code, reason = "the server is yet to be written"))]
mod media;
mod pattern;
#[cfg_attr(not(test), expect(dead_code, reason = "the server is yet to be written"))]
mod range;
#[cfg_attr(not(test), expect(dead_code, reason = "the server is yet to be written"))]
mod rules;
#[cfg_attr(not(test), expect(dead_code, reason = "the server is yet to be written"))]
mod site_headers;
#[cfg_attr(not(test), expect(dead_code, reason = "the server is yet to be written"))]
mod target;
