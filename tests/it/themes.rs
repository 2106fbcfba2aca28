//! Mistakes of theme authors, each of which is reported.
