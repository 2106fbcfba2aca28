//! Front matter and settings as people really write them.
