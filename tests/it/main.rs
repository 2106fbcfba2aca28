//! Tests of the program from outside: the laws of `ARCHITECTURE.md`, every command, every byte of small sites, and bugs found in real use.
//!
//! A single test binary: linking sixteen would take longer than running most of them.
#![allow(clippy::unwrap_used)] // A panic here is a failed test.

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
mod media;
mod output;
mod past_is_stable;
mod pictures;
mod podcasts;
mod preview;
mod publish;
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
