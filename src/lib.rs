//! Bulletin turns a folder of stories into a news site.
//!
//! Data flows one way; each room is a function from values to values:
//!
//! ```text
//! content/ → content → archive → plan → render → output → public/
//! themes/  ────────────────────→ theme ──┘
//! ```
//!
//! `ARCHITECTURE.md` describes the rooms, the laws that they keep, and where a change belongs.

pub mod archive;
pub mod cli;
pub mod config;
pub mod conflict;
pub mod content;
pub mod diagnostic;
pub mod edition;
pub mod formats;
pub mod freshness;
mod host_files;
pub mod http;
pub mod import;
pub mod lint;
pub mod manifest;
pub mod output;
pub mod pictures;
pub mod pipeline;
pub mod plain_text;
pub mod plan;
pub mod publish;
pub mod query;
pub mod render;
pub mod schema;
pub mod serve;
pub mod site;
pub mod slug;
pub mod starter;
pub mod theme;
pub mod time;
pub mod timings;
pub mod typography;
pub mod view;
pub mod yaml;
