//! HTML of old stories move in.
