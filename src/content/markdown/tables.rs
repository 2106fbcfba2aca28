//! The cells of a table. The alignment of a column becomes a class, because a strict content security policy forbids styles.

use pulldown_cmark::Alignment;

/// The current table.
#[derive(Default)]
pub(super) struct Table {
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// The tag that closes the open cell.
    closing: &'static str,
}

impl Table {
    pub(super) fn new(columns: Vec<Alignment>) -> Self {
        Self { columns, column: 0, in_head: true, closing: "</th>" }
    }

    pub(super) fn row(&mut self) {
        self.column = 0;
        self.in_head = false;
    }

    /// The tag that opens the next cell. An empty cell of the head is not a header.
    pub(super) fn open_cell(&mut self, is_empty: bool) -> String {
        let align = match self.columns.get(self.column) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::None) | None => "",
        };
        self.column += 1;
        let is_header = self.in_head && !is_empty;
        self.closing = if is_header { "</th>" } else { "</td>" };
        if is_header { format!("<th scope=\"col\"{align}>") } else { format!("<td{align}>") }
    }

    pub(super) fn close_cell(&self) -> &'static str {
        self.closing
    }
}
