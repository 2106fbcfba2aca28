//! The parts of tables as they come.

use super::super::elements::Part;
use super::super::marks::{self, BORDER};
use super::super::tables::Table;
use super::{DEEPEST, Open, Tidy};

impl Tidy<'_> {
    pub(super) fn table_start(&mut self, part: Part) {
        self.breaks = 0;
        match part {
            Part::Whole if self.table.is_some() => self.inner_tables += 1,
            Part::Whole if self.is_in("pre") => {}
            Part::Whole => {
                self.end_paragraph();
                if self.open.len() < DEEPEST {
                    self.push("table", String::new(), false);
                    self.table = Some(Table::new(self.out.len()));
                }
            }
            _ if self.table.is_none() => {}
            _ if self.inner_tables > 0 => self.out.push(BORDER),
            Part::Caption => {
                self.end_cell();
                self.push("caption", String::new(), false);
            }
            Part::Row => {
                self.end_row();
                if let Some(table) = &mut self.table {
                    table.open_row(&mut self.out);
                }
            }
            Part::Head => self.cell(true),
            Part::Cell => self.cell(false),
        }
    }

    pub(super) fn table_end(&mut self, part: Part) {
        match part {
            _ if self.table.is_none() => {}
            Part::Whole if self.inner_tables > 0 => self.inner_tables -= 1,
            _ if self.inner_tables > 0 => self.out.push(BORDER),
            Part::Whole => {
                if let Some(at) = self.open.iter().rposition(|open| open.name == "table") {
                    self.pop_to(at);
                }
            }
            Part::Row => self.end_row(),
            Part::Caption | Part::Head | Part::Cell => self.end_cell(),
        }
    }

    pub(super) fn cell(&mut self, is_head: bool) {
        self.end_cell();
        if let Some(table) = &mut self.table {
            table.open_cell(is_head, &mut self.out);
            self.open.push(Open {
                name: "cell",
                tag: String::new(),
                is_inline: false,
                inside: self.out.len(),
                is_merged: false,
            });
        }
    }

    fn end_cell(&mut self) {
        if let Some(at) = self.open.iter().rposition(|open| matches!(open.name, "caption" | "cell")) {
            self.pop_to(at);
        }
    }

    /// A table's caption stands above it.
    pub(super) fn end_table_caption(&mut self, open: &Open) {
        let caption = marks::bare(&self.out.split_off(open.inside.min(self.out.len())));
        if let Some(table) = &mut self.table {
            if !table.caption.is_empty() && !caption.is_empty() {
                table.caption.push(' ');
            }
            table.caption.push_str(&caption);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(table) = &mut self.table {
            table.close_row(&mut self.out);
        }
    }
}
