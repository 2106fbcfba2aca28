//! References, whatever way they are written, to pages that readers see, do not see, or that are not there.
