//! What the program does, from outside: the laws of `ARCHITECTURE.md`, each command, every byte of small sites, and what real use broke.
//!
//! One program, as linking sixteen takes longer than running most of their tests.
#![allow(clippy::unwrap_used)] // A failure here is a failed test.

mod archives;
mod bad_input;
mod check;
mod cli;
mod collisions;
mod copy;
mod costs;
mod dependencies;
mod docs;
mod feeds;
mod front_matter;
mod golden;
mod import;
mod incremental;
mod laws;
mod links;
mod machines;
mod manifest;
mod output;
mod past_is_stable;
mod pictures;
mod preview;
mod redirects;
mod release;
mod sample_site;
mod serve;
mod serve_attacks;
mod shown;
mod support;
mod tampering;
mod text;
mod themes;
mod tour;
mod urls;
mod walls;
