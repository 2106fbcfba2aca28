//! The preview under files that change and clients that do not behave.
