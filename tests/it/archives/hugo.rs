//! Sites of Hugo and Zola move in.
