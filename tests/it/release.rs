//! When stories come out, and what tells of it: lists, feeds, sitemaps, messages.
