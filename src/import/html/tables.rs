//! Tables as they are found → tables as Markdown has them: a row of heads, and rows of cells of one line.

use super::marks::{self, BORDER, CELL};

/// Characters that the columns of a table may be filled up to: all cells of a column are made as wide as its widest.
const WIDEST: usize = 1 << 20;

/// A table that is being read. Its rows are in the text from `start` on.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Where its rows begin in the text.
    start: usize,
    /// Where the row begins that is being read.
    row: Option<usize>,
    /// Where the cell begins that is being read.
    cell: usize,
    /// Cells of the row so far.
    cells: usize,
    /// Whether the row has a head.
    has_head: bool,
    rows: usize,
    columns: usize,
    /// Bytes of the longest cell.
    longest: usize,
    /// What it shows, on one line.
    pub(super) caption: String,
}

impl Table {
    pub(super) fn new(start: usize) -> Self {
        Self { start, ..Self::default() }
    }

    /// Begins a row, if none is open.
    pub(super) fn open_row(&mut self, out: &mut String) {
        if self.row.is_none() {
            (self.row, self.cells, self.has_head) = (Some(out.len()), 0, false);
            out.push_str("<tr>");
        }
    }

    /// Begins a cell.
    pub(super) fn open_cell(&mut self, is_head: bool, out: &mut String) {
        self.open_row(out);
        self.has_head |= is_head;
        self.cells += 1;
        out.push_str("<t");
        out.push(CELL);
        out.push('>');
        self.cell = out.len();
    }

    /// Ends a cell.
    pub(super) fn close_cell(&mut self, out: &mut String) {
        self.longest = self.longest.max(out.len().saturating_sub(self.cell));
        out.push_str("</t");
        out.push(CELL);
        out.push('>');
    }

    /// Ends the row that is open.
    pub(super) fn close_row(&mut self, out: &mut String) {
        let Some(start) = self.row.take() else {
            return;
        };
        if self.cells == 0 {
            out.truncate(start);
            return;
        }
        out.push_str("</tr>");
        if self.rows == 0 {
            let row = out.split_off(start);
            // Markdown has no table without heads: they are empty, then.
            let heads = if self.has_head {
                row.replace(CELL, "h")
            } else {
                format!("<tr>{}</tr>", "<th></th>".repeat(self.cells))
            };
            out.push_str(&format!("<thead>{heads}</thead><tbody>"));
            if !self.has_head {
                out.push_str(&row);
            }
        }
        self.rows += 1;
        self.columns = self.columns.max(self.cells);
    }

    /// Ends the table. One of a single column is there for the looks: its cells become blocks.
    pub(super) fn close(mut self, out: &mut String) {
        self.close_row(out);
        let rows = out.split_off(self.start);
        if !self.caption.is_empty() {
            out.push_str("<p>");
            marks::hide(&self.caption, false, out);
            out.push_str("</p>");
        }
        if self.rows == 0 {
            return;
        }
        let size = self.rows.saturating_mul(self.columns).saturating_mul(self.longest);
        if self.columns > 1 && size <= rows.len().saturating_mul(4).max(WIDEST) {
            let rows = rows.replace(CELL, "d").replace(BORDER, " ");
            out.push_str(&format!("<table>{rows}</tbody></table>"));
            return;
        }
        out.push_str(&blocks(&rows));
    }
}

/// Rows with a paragraph in place of each cell.
fn blocks(rows: &str) -> String {
    let mut rows = rows.replace(BORDER, "</p><p>").replace(CELL, "d");
    for part in ["<thead>", "</thead>", "<tbody>", "<tr>", "</tr>", "<th></th>"] {
        rows = rows.replace(part, "");
    }
    rows.replace("<td>", "<p>").replace("</td>", "</p>").replace("<th>", "<p>").replace("</th>", "</p>")
}
