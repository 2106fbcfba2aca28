//! Copy of strangers: agencies' texts, pictures, HTML that must run no script.
