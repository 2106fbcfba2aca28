//! URLs, slugs and ids that stay once they are given.
