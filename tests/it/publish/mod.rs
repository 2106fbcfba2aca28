//! Publishing: what readers get from a target, whatever fails on the way.

mod digests;
mod engine;
mod hosts;
mod objects;
mod releases;
