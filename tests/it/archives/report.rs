//! What an import reports.
