//! Writes tables as Markdown, or as HTML if Markdown cannot express them. Layout tables become blocks.

use super::blocks::{Writer, is_block};
use super::inline::Place;
use super::tree::{Ref, Tag, find, name, tag};
use super::{code, media, plain, raw};

/// Width up to which columns are padded.
const WIDEST: usize = 40;

/// Average text length per cell above which a table without a header is page layout.
const LAYOUT: usize = 400;

/// The rows and cells of a table.
struct Grid<'t> {
    rows: Vec<Vec<Ref<'t>>>,
    captions: Vec<Ref<'t>>,
    columns: usize,
    has_head: bool,
}

impl<'t> Grid<'t> {
    fn of(table: Ref<'t>) -> Self {
        let mut grid = Self { rows: Vec::new(), captions: Vec::new(), columns: 0, has_head: false };
        let is_row = |node: &Ref<'_>| name(*node) == "tr";
        for part in table.children() {
            match name(part) {
                "caption" => grid.captions.push(part),
                "tr" => grid.row(part, false),
                "thead" => part.children().filter(is_row).for_each(|row| grid.row(row, true)),
                "tbody" | "tfoot" => part.children().filter(is_row).for_each(|row| grid.row(row, false)),
                _ => {}
            }
        }
        grid
    }

    fn row(&mut self, row: Ref<'t>, is_head: bool) {
        let cells: Vec<_> = row.children().filter(|cell| matches!(name(*cell), "td" | "th")).collect();
        if cells.is_empty() {
            return;
        }
        if self.rows.is_empty() {
            self.has_head = is_head || cells.iter().any(|cell| name(*cell) == "th");
        }
        self.columns = self.columns.max(cells.len());
        self.rows.push(cells);
    }

    fn cells(&self) -> impl Iterator<Item = Ref<'t>> {
        self.rows.iter().flatten().copied()
    }

    /// Whether the table is used for layout.
    fn is_layout(&self, tag: &Tag) -> bool {
        let is_declared = matches!(tag.value("role"), Some("presentation" | "none"));
        let long = || self.cells().map(|cell| plain(cell).len()).sum::<usize>() / self.cells().count().max(1);
        is_declared
            || self.columns < 2
            || self.cells().any(|cell| find(cell, &["table"]).is_some())
            || !self.has_head && long() > LAYOUT
    }

    /// Whether a cell has several blocks, or spans rows or columns.
    fn is_rich(&self) -> bool {
        let spans = |tag: &Tag| {
            let is_more = |name: &str| {
                tag.value(name).is_some_and(|value| value.trim().parse::<u32>().is_ok_and(|count| count > 1))
            };
            is_more("colspan") || is_more("rowspan")
        };
        let has_blocks = |cell: Ref<'_>| {
            let blocks: Vec<_> = cell.descendants().skip(1).filter(|node| is_block(*node)).collect();
            let is_box = |node: &Ref<'_>| matches!(name(*node), "p" | "div" | "center" | "iframe");
            !blocks.iter().all(is_box)
                || blocks.iter().filter(|block| name(**block) == "p" && !plain(**block).is_empty()).count()
                    > 1
        };
        self.cells().any(|cell| tag(cell).is_some_and(spans) || has_blocks(cell))
    }
}

/// Writes a table.
pub(super) fn table(writer: &mut Writer<'_>, node: Ref<'_>, tag: &Tag) {
    writer.flush();
    if tag.has_class(&["tr-caption-container"]) {
        return media::figure(writer, node, tag);
    }
    if code::is_numbered(node) {
        return code::cells(node).for_each(|cell| match find(cell, &["pre"]) {
            Some(_) => writer.paragraph(cell),
            None => code::block(writer, cell),
        });
    }
    let grid = Grid::of(node);
    if grid.is_layout(tag) {
        grid.captions.iter().for_each(|caption| writer.paragraph(*caption));
        return grid.cells().for_each(|cell| writer.paragraph(cell));
    }
    if grid.is_rich() {
        let html = raw::html(writer, node);
        return writer.block(&html);
    }
    grid.captions.iter().for_each(|caption| writer.paragraph(*caption));
    let text = piped(writer, &grid);
    writer.block(&text);
}

fn piped(writer: &mut Writer<'_>, grid: &Grid<'_>) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in &grid.rows {
        rows.push(
            row.iter().map(|cell| writer.phrase(Place::Cell, |writer| writer.node_of_cell(*cell))).collect(),
        );
    }
    // Markdown tables need a header: here an empty one.
    if !grid.has_head {
        rows.insert(0, Vec::new());
    }
    let mut widths = vec![1_usize; grid.columns];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().min(WIDEST).max(*width);
        }
    }
    let mut out = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        // The header sets the number of columns; missing cells of other rows may stay missing.
        let count = if index == 0 { grid.columns } else { row.len() };
        let cells = widths.iter().take(count).enumerate().map(|(column, width)| {
            let cell = row.get(column).map(String::as_str).unwrap_or_default();
            format!(" {cell:width$} |")
        });
        out.push(format!("|{}", cells.collect::<String>()));
        if index == 0 {
            out.push(format!(
                "|{}",
                widths.iter().map(|width| format!(" {} |", "-".repeat(*width))).collect::<String>()
            ));
        }
    }
    out.join("\n")
}
