//! Edits of a text → the edited text, and a map from its places to those in the original.

use std::ops::Range;

/// Edits of a text, in order.
#[derive(Debug, Default)]
pub(in crate::import) struct Edits {
    all: Vec<(Range<usize>, String)>,
}

/// Maps places in an edited text to places in the original.
#[derive(Debug, Default)]
pub(in crate::import) struct OffsetMap {
    /// Where each piece begins in the edited and in the original text, and whether it is a copy.
    pieces: Vec<(usize, usize, bool)>,
}

impl Edits {
    /// Replaces a range. A replacement that overlaps an earlier one is ignored.
    pub(in crate::import) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        if self.all.last().is_none_or(|(last, _)| last.end <= range.start) {
            self.all.push((range, text.into()));
        }
    }

    /// Applies the edits.
    pub(in crate::import) fn apply(self, text: &str) -> (String, OffsetMap) {
        let mut changed = String::with_capacity(text.len());
        let mut before = OffsetMap { pieces: vec![(0, 0, true)] };
        let mut copied = 0;
        for (range, new) in self.all {
            let (Some(kept), true) = (text.get(copied..range.start), text.is_char_boundary(range.end)) else {
                continue;
            };
            changed.push_str(kept);
            before.pieces.push((changed.len(), range.start, false));
            changed.push_str(&new);
            before.pieces.push((changed.len(), range.end, true));
            copied = range.end;
        }
        changed.push_str(text.get(copied..).unwrap_or_default());
        (changed, before)
    }
}

impl OffsetMap {
    /// Maps a place to the original text.
    pub(in crate::import) fn original(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|(start, ..)| *start <= at);
        let piece = index.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece.map_or(at, |(start, old, is_copied)| if *is_copied { old + (at - start) } else { *old })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_map_back_to_the_original() {
        let mut edits = Edits::default();
        edits.replace(2..4, "long");
        edits.replace(3..5, "overlaps");
        edits.replace(6..6, "é");
        let (text, before) = edits.apply("abcdefgh");
        assert_eq!(text, "ablongeféh".replace("h", "gh"));
        assert_eq!(
            (before.original(0), before.original(3), before.original(6), before.original(10)),
            (0, 2, 4, 6)
        );
    }
}
