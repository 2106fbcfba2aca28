//! Settings, sections, authors and redirects of an old site move in.
