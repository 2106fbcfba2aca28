//! What real use broke, by subject: each test is named after what went wrong.
#![allow(clippy::unwrap_used)] // A failure here is a failed test.

#[path = "../support/mod.rs"]
mod support;

mod archives;
mod copy;
mod costs;
mod front_matter;
mod links;
mod output;
mod pictures;
mod preview;
mod release;
mod tampering;
mod text;
mod themes;
mod tour;
mod urls;
