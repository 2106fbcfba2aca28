//! The text of a document → HTML.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Parts, picture_name};
use crate::import::html::{self, escaped};
use crate::import::xml::{Document, Element};

/// The contents of a document.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) html: String,
    /// The names of pictures, and the part that contains each.
    pub(super) pictures: BTreeMap<String, String>,
    pub(super) comments: usize,
    pub(super) changes: usize,
    pub(super) objects: usize,
}

/// Converts the text of a document to HTML.
pub(super) struct Text<'p> {
    parts: &'p Parts,
    // Elements by the identifier that refers to them.
    styles: BTreeMap<&'p str, Element<'p>>,
    numberings: BTreeMap<&'p str, Element<'p>>,
    numbers: BTreeMap<&'p str, Element<'p>>,
    footnotes: BTreeMap<&'p str, Element<'p>>,
    endnotes: BTreeMap<&'p str, Element<'p>>,
    contents: Contents,
    /// The tags of open lists, the innermost last.
    lists: Vec<&'static str>,
    /// Open fields, the innermost last.
    fields: Vec<Field>,
    /// Footnotes in the order of their references, as Markdown.
    notes: Vec<String>,
    is_in_note: bool,
    /// A picture whose caption may follow.
    figure: Option<String>,
    /// The paragraphs in text boxes of the current paragraph.
    boxes: String,
}

#[derive(Default)]
struct Field {
    code: String,
    /// Whether the text is now its result, not its code.
    is_shown: bool,
    is_link: bool,
}

/// The placeholder for a reference to a footnote, for which HTML has no element.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"zqfootnote(\d+)zq").expect("a test compiles the pattern"));

/// Replaces the placeholders with references to footnotes.
pub(super) fn insert_references(markdown: &str) -> String {
    REFERENCE.replace_all(markdown, |captures: &Captures<'_>| format!("[^{}]", &captures[1])).into_owned()
}

/// The `val` attribute of the element on a path.
fn value<'a>(element: Element<'a>, path: &str) -> Option<&'a str> {
    element.find(path)?.local("val")
}

/// Whether a property is set: it exists and is not switched off.
fn is_set(properties: Option<Element<'_>>, name: &str) -> bool {
    let property = properties.and_then(|properties| properties.find(name));
    property.is_some_and(|property| !matches!(property.local("val"), Some("0" | "false" | "none" | "off")))
}

/// The elements of a name in a part, by an attribute.
fn by_id<'p>(part: Option<&'p Document>, name: &str, id: &str) -> BTreeMap<&'p str, Element<'p>> {
    let all = part.into_iter().flat_map(|part| part.root().all(name).collect::<Vec<_>>());
    all.filter_map(|element| Some((element.local(id)?, element))).collect()
}

fn id<'a>(reference: Element<'a>) -> &'a str {
    reference.local("id").unwrap_or_default()
}

impl<'p> Text<'p> {
    pub(super) fn new(parts: &'p Parts) -> Self {
        Self {
            parts,
            styles: by_id(parts.styles.as_ref(), "style", "styleId"),
            numberings: by_id(parts.numbers.as_ref(), "num", "numId"),
            numbers: by_id(parts.numbers.as_ref(), "abstractNum", "abstractNumId"),
            footnotes: by_id(parts.footnotes.as_ref(), "footnote", "id"),
            endnotes: by_id(parts.endnotes.as_ref(), "endnote", "id"),
            contents: Contents::default(),
            lists: Vec::new(),
            fields: Vec::new(),
            notes: Vec::new(),
            is_in_note: false,
            figure: None,
            boxes: String::new(),
        }
    }

    pub(super) fn document(&mut self, document: &Document) {
        if let Some(body) = document.root().find("body") {
            let mut html = String::new();
            self.blocks(body, &mut html);
            self.close_lists(0, &mut html);
            self.close_figure(&mut html);
            self.contents.html = html;
        }
    }

    /// The footnotes as Markdown, and the rest.
    pub(super) fn finish(self) -> (String, Contents) {
        let notes = self.notes.iter().enumerate();
        let notes = notes.map(|(at, note)| format!("\n\n[^{}]: {note}", at + 1)).collect();
        (notes, self.contents)
    }

    fn blocks(&mut self, outer: Element<'_>, html: &mut String) {
        for element in outer.elements() {
            match element.name() {
                "p" => self.paragraph(element, html),
                "tbl" => {
                    self.close_lists(0, html);
                    self.close_figure(html);
                    self.table(element, html);
                }
                "sdt" => {
                    if let Some(content) = element.find("sdtContent") {
                        self.blocks(content, html);
                    }
                }
                "customXml" | "ins" | "moveTo" => self.blocks(element, html),
                _ => {}
            }
        }
    }

    fn table(&mut self, table: Element<'_>, html: &mut String) {
        let rows: Vec<_> = table.all("tr").map(|row| row.all("tc").collect::<Vec<_>>()).collect();
        // A table of one cell is a frame around text.
        if let [row] = &rows[..]
            && let [cell] = row[..]
        {
            return self.blocks(cell, html);
        }
        html.push_str("<table>");
        for (at, row) in rows.into_iter().enumerate() {
            html.push_str("<tr>");
            for cell in row {
                let mut inner = String::new();
                self.blocks(cell, &mut inner);
                self.close_lists(0, &mut inner);
                self.close_figure(&mut inner);
                let tag = if at == 0 { "th" } else { "td" };
                html.push_str(&format!("<{tag}>{inner}</{tag}>"));
            }
            html.push_str("</tr>");
        }
        html.push_str("</table>");
    }

    fn paragraph(&mut self, paragraph: Element<'_>, html: &mut String) {
        let properties = paragraph.find("pPr");
        let (style, of_style) = self.style(properties.and_then(|properties| value(properties, "pStyle")));
        let is_deleted = properties.and_then(|properties| properties.find("rPr/del")).is_some();
        let mut inner = String::new();
        self.runs(paragraph, &mut inner);
        let boxes = std::mem::take(&mut self.boxes);
        let text = html::text(&inner);
        if text.is_empty() && inner.contains("<img") {
            self.close_lists(0, html);
            self.close_figure(html);
            self.figure = Some(inner);
        } else if style == Style::Caption && self.figure.is_some() {
            let figure = self.figure.take().unwrap_or_default();
            html.push_str(&format!("<figure>{figure}<figcaption>{inner}</figcaption></figure>"));
        } else if !text.is_empty() {
            self.close_figure(html);
            let list = properties.or(of_style).and_then(|properties| self.list(properties, of_style));
            let list = list.filter(|_| style == Style::Text);
            match (list, style) {
                (Some((level, tag)), _) => self.item(level, tag, &inner, html),
                (None, Style::Heading(level)) => {
                    self.close_lists(0, html);
                    html.push_str(&format!("<h{level}>{inner}</h{level}>"));
                }
                (None, Style::Quote) => {
                    self.close_lists(0, html);
                    html.push_str(&format!("<blockquote><p>{inner}</p></blockquote>"));
                }
                (None, _) => {
                    self.close_lists(0, html);
                    html.push_str(&format!("<p>{inner}</p>"));
                }
            }
        }
        self.contents.changes += usize::from(is_deleted);
        html.push_str(&boxes);
    }

    fn close_figure(&mut self, html: &mut String) {
        if let Some(figure) = self.figure.take() {
            html.push_str(&format!("<p>{figure}</p>"));
        }
    }

    /// Closes lists until `open` are left.
    fn close_lists(&mut self, open: usize, html: &mut String) {
        while self.lists.len() > open
            && let Some(tag) = self.lists.pop()
        {
            html.push_str(&format!("</li></{tag}>"));
        }
    }

    fn item(&mut self, level: usize, tag: &'static str, inner: &str, html: &mut String) {
        self.close_lists(level + 1, html);
        if self.lists.len() == level + 1 {
            if self.lists.last() == Some(&tag) {
                html.push_str("</li>");
            } else {
                self.close_lists(level, html);
            }
        }
        while self.lists.len() < level + 1 {
            let outer = if self.lists.len() == level { tag } else { "ul" };
            let is_bare = self.lists.len() < level;
            html.push_str(&format!("<{outer}>{}", if is_bare { "<li>" } else { "" }));
            self.lists.push(outer);
        }
        html.push_str(&format!("<li>{inner}"));
    }

    /// The level of a list item, from 0, and the tag of its list.
    fn list(&self, properties: Element<'_>, style: Option<Element<'_>>) -> Option<(usize, &'static str)> {
        let of_style = style.and_then(|style| style.find("pPr"));
        let number = value(properties, "numPr/numId").or_else(|| value(of_style?, "numPr/numId"));
        let number = number.filter(|number| *number != "0")?;
        let level = value(properties, "numPr/ilvl").or_else(|| value(of_style?, "numPr/ilvl")).unwrap_or("0");
        let kind = self.numbers.get(value(*self.numberings.get(number)?, "abstractNumId")?)?;
        let found = kind.all("lvl").find(|found| found.local("ilvl") == Some(level));
        let format = found.and_then(|found| value(found, "numFmt")).unwrap_or("bullet");
        let tag = if matches!(format, "bullet" | "none") { "ul" } else { "ol" };
        // `List Bullet 2` is a style with its own list.
        let name = style.and_then(|style| value(style, "name")).unwrap_or_default();
        let named = name.rsplit_once(' ').and_then(|(_, level)| level.parse::<usize>().ok()).unwrap_or(1);
        Some(((level.parse::<usize>().ok()? + named - 1).min(8), tag))
    }

    /// The kind of a paragraph by its style, and the style.
    fn style(&self, id: Option<&str>) -> (Style, Option<Element<'p>>) {
        let Some(id) = id else { return (Style::Text, None) };
        let style = self.styles.get(id).copied();
        let name = style.and_then(|style| value(style, "name")).unwrap_or(id).to_lowercase();
        let outline = style.and_then(|style| value(style, "pPr/outlineLvl"));
        let level = name.strip_prefix("heading").and_then(|level| level.trim().parse::<usize>().ok());
        let level =
            level.or_else(|| outline?.parse().ok().filter(|level| *level < 9).map(|level: usize| level + 1));
        let kind = match (&*name, level) {
            ("title", _) => Style::Heading(1),
            ("caption", _) => Style::Caption,
            ("quote" | "intense quote" | "block text", _) => Style::Quote,
            (_, Some(level)) => Style::Heading(level.saturating_add(1).clamp(2, 6)),
            _ => Style::Text,
        };
        (kind, style)
    }

    fn runs(&mut self, outer: Element<'_>, html: &mut String) {
        for element in outer.elements() {
            match element.name() {
                "r" => self.run(element, html),
                "hyperlink" => {
                    let url = element.local("id").and_then(|id| self.parts.links.get(id)).cloned();
                    let mut inner = String::new();
                    self.runs(element, &mut inner);
                    html.push_str(&linked(url.as_deref(), &inner));
                }
                "fldSimple" => {
                    let url = element.local("instr").and_then(link_of);
                    let mut inner = String::new();
                    self.runs(element, &mut inner);
                    html.push_str(&linked(url.as_deref(), &inner));
                }
                "ins" | "moveTo" => {
                    self.contents.changes += 1;
                    self.runs(element, html);
                }
                "del" | "moveFrom" => self.contents.changes += 1,
                "sdt" | "sdtContent" | "smartTag" | "customXml" | "dir" | "bdo" => self.runs(element, html),
                _ => {}
            }
        }
    }

    fn run(&mut self, run: Element<'_>, html: &mut String) {
        let properties = run.find("rPr");
        if is_set(properties, "vanish") {
            return;
        }
        let mut inner = String::new();
        for element in run.elements() {
            self.piece(element, &mut inner);
        }
        let script = properties.and_then(|properties| value(properties, "vertAlign"));
        let marks = [
            (is_set(properties, "b"), "strong"),
            (is_set(properties, "i"), "em"),
            (is_set(properties, "strike") || is_set(properties, "dstrike"), "s"),
            (script == Some("superscript"), "sup"),
            (script == Some("subscript"), "sub"),
        ];
        // A reference to a footnote is superscript by itself.
        let is_text = !inner.trim().is_empty() && !REFERENCE.is_match(&inner);
        for (_, tag) in marks.into_iter().filter(|(is_set, _)| *is_set && is_text) {
            inner = format!("<{tag}>{inner}</{tag}>");
        }
        html.push_str(&inner);
    }

    fn piece(&mut self, element: Element<'_>, html: &mut String) {
        let is_code = self.fields.last().is_some_and(|field| !field.is_shown);
        match element.name() {
            "fldChar" => self.field(element.local("fldCharType").unwrap_or_default(), html),
            "instrText" => {
                if let Some(field) = self.fields.last_mut() {
                    field.code.push_str(&element.text());
                }
            }
            _ if is_code => {}
            "t" => html.push_str(&escaped(&element.text())),
            "tab" => html.push(' '),
            "br" | "cr" if matches!(element.local("type"), Some("page" | "column")) => html.push(' '),
            "br" | "cr" => html.push_str("<br>"),
            "noBreakHyphen" => html.push('\u{2011}'),
            "footnoteReference" => self.note(self.footnotes.get(id(element)).copied(), html),
            "endnoteReference" => self.note(self.endnotes.get(id(element)).copied(), html),
            "commentReference" => self.contents.comments += 1,
            "AlternateContent" => {
                let choice = element.elements().next();
                choice.iter().flat_map(|choice| choice.elements()).for_each(|inner| self.piece(inner, html));
            }
            "drawing" | "pict" | "object" => self.drawing(element, html),
            _ => {}
        }
    }

    fn field(&mut self, step: &str, html: &mut String) {
        match step {
            "begin" => self.fields.push(Field::default()),
            "separate" => {
                if let Some(field) = self.fields.last_mut() {
                    field.is_shown = true;
                    if let Some(url) = link_of(&field.code) {
                        field.is_link = true;
                        html.push_str(&format!("<a href=\"{}\">", escaped(&url)));
                    }
                }
            }
            "end" => {
                let is_link = self.fields.pop().is_some_and(|field| field.is_link);
                html.push_str(if is_link { "</a>" } else { "" });
            }
            _ => {}
        }
    }

    fn note(&mut self, note: Option<Element<'p>>, html: &mut String) {
        // Notes within notes could recurse forever.
        let Some(note) = note.filter(|_| !self.is_in_note) else { return };
        self.is_in_note = true;
        let mut inner = String::new();
        for paragraph in note.all("p") {
            self.runs(paragraph, &mut inner);
            inner.push_str("<br>");
        }
        self.is_in_note = false;
        let text = html::markdown(&inner, None).body.replace(['\n', '\\'], " ");
        self.notes.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        html.push_str(&format!("zqfootnote{}zq", self.notes.len()));
    }

    /// Converts pictures and text boxes, and counts other drawings.
    fn drawing(&mut self, drawing: Element<'_>, html: &mut String) {
        let all = drawing.descendants();
        let alt = all.iter().find(|element| element.name() == "docPr");
        let alt = alt.and_then(|alt| alt.attribute("descr")).unwrap_or_default();
        let mut is_read = false;
        // The end of the last text box, whose content is converted already.
        let mut boxed = 0;
        for element in &all {
            if element.span().start < boxed {
                continue;
            }
            let id = match element.name() {
                "blip" => element.local("embed"),
                "imagedata" => element.local("id"),
                "txbxContent" => {
                    let mut inner = String::new();
                    self.blocks(*element, &mut inner);
                    self.boxes.push_str(&inner);
                    boxed = element.span().end;
                    is_read = true;
                    None
                }
                _ => None,
            };
            let Some(target) = id.and_then(|id| self.parts.links.get(id)) else { continue };
            let is_there = self.parts.names.contains(&format!("word/{target}"));
            let Some(name) = picture_name(target).filter(|_| is_there) else { continue };
            self.contents.pictures.entry(name.clone()).or_insert_with(|| target.clone());
            html.push_str(&format!("<img src=\"{}\" alt=\"{}\">", escaped(&name), escaped(alt)));
            is_read = true;
        }
        self.contents.objects += usize::from(!is_read);
    }
}

/// The kind of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Text,
    Heading(usize),
    Caption,
    Quote,
}

fn linked(url: Option<&str>, inner: &str) -> String {
    match url {
        Some(url) => format!("<a href=\"{}\">{inner}</a>", escaped(url)),
        None => inner.to_owned(),
    }
}

/// The URL of a field: `HYPERLINK "https://a.example/"`.
fn link_of(code: &str) -> Option<String> {
    let (_, rest) = code.trim().split_once("HYPERLINK")?;
    let url = rest.split('"').nth(1)?;
    url.contains(':').then(|| url.to_owned())
}
