//! WordPress, Ghost, Substack and Medium move in.
