//! A built site and a target → readers see the site there, at the cost of what changed.
//!
//! The files of the site are compared with the record that the last publication left at the target. What differs is uploaded in stages, so
//! that no page links to a file that is not there yet; what readers must no longer see is removed before anything else.

mod caches;
mod changes;
pub(crate) mod credentials;
mod engine;
mod hashes;
mod hooks;
pub(crate) mod local_file;
mod notify;
pub(crate) mod parallel;
pub(crate) mod plan;
pub(crate) mod record;
#[cfg(test)]
pub(crate) mod recorder;
mod shell;
mod since;
mod site_files;
pub(crate) mod target;
pub(crate) mod targets;
mod urls;
mod verify;
mod xml;

pub use changes::{ChangedFile, Changes};
pub use engine::{Done, Options, Outcome, Progress, Publication, Published, Request, Summary};
pub use since::changed_since;
