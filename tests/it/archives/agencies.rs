//! Copy of agencies in other containers move in.
