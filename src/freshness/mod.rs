//! The pages of the last build and an edition → which pages are still fresh, and why the others are stale.
//!
//! A page is fresh if its inputs are the same, every query it made still has the same answer, and its file is as the build
//! left it. Each query is answered once, however many pages made it.

use std::collections::HashMap;

use crate::manifest::{Fingerprint, Stat};
use crate::query::AnswerDigest;
use crate::render::{Inputs, PreparedPage};

mod explain;
mod previous_build;
mod records;

pub use explain::{Explainer, Explanation};
pub use previous_build::{PreviousBuild, output_hashes};
pub use records::{LostUrl, PageRecord, Reminders};

/// A page of the current build.
#[derive(Debug)]
pub enum BuiltPage {
    /// Kept from an earlier build: its index in the records of the last build, and the new metadata of its file if that was touched.
    Kept(u32, Option<Stat>),
    /// Rendered by this build, with the index of the earlier page at the same path.
    Rendered(Box<PageRecord>, Option<u32>),
}

/// Why a page is stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaleReason {
    /// Its file is missing or was changed since the last build.
    File,
    /// One of its source files may have changed without a visible trace.
    Unsettled,
    /// Its inputs changed; these are the earlier ones.
    Inputs(Inputs),
    /// The answer to the query with this fingerprint changed.
    Answer(Fingerprint),
}

/// The earlier and the current answers to queries whose answers changed, by the fingerprints of the queries. The current answer is
/// `None` if the query has become invalid.
#[derive(Debug)]
pub struct ChangedAnswers(HashMap<Fingerprint, (AnswerDigest, Option<AnswerDigest>)>);

impl ChangedAnswers {
    /// The reasons why a page is stale; none if it is fresh. `is_intact` says whether its file is as the last build left it.
    pub fn reasons(
        &self,
        page: &PageRecord,
        prepared: &PreparedPage<'_>,
        is_intact: bool,
    ) -> Vec<StaleReason> {
        let mut reasons = Vec::new();
        match (page.inputs, prepared.inputs()) {
            (Some(before), Some(now)) if before == now => {}
            (Some(before), Some(_)) => reasons.push(StaleReason::Inputs(before)),
            _ => reasons.push(StaleReason::Unsettled),
        }
        let changed = page.queries.iter().filter(|query| self.0.contains_key(query));
        reasons.extend(changed.map(|query| StaleReason::Answer(*query)));
        if !is_intact {
            reasons.push(StaleReason::File);
        }
        reasons
    }
}
