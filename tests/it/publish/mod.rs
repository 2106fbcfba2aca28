//! Publishing: what readers get from a target, whatever fails on the way.

mod engine;
mod objects;
mod releases;
