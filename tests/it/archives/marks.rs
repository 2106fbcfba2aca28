//! Shortcodes, Liquid and kramdown move in.
