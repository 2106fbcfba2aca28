//! Bulletin turns a folder of article files into a news site.
//!
//! Data goes one way, each room a function from values to values:
//!
//! ```text
//! content/ → content → archive → plan → render → output → public/
//! themes/  ────────────────────→ theme ──┘
//! ```
//!
//! `ARCHITECTURE.md` describes the rooms, the laws they keep and where a change belongs.

pub mod archive;
pub mod cli;
pub mod config;
pub mod conflict;
pub mod content;
pub mod diagnostic;
pub mod edition;
pub mod formats;
pub mod freshness;
pub mod import;
pub mod instant;
pub mod manifest;
pub mod output;
pub mod pictures;
pub mod pipeline;
pub mod plain_text;
pub mod plan;
pub mod query;
pub mod render;
pub mod serve;
pub mod site;
pub mod slug;
pub mod starter;
pub mod theme;
pub mod timings;
pub mod typography;
pub mod view;
pub mod yaml;
