//! Splits the bytes of an export into its items.
//!
//! Only the tags of items are searched for, so that a damaged item does not affect the others.

use std::io::Read;

use encoding_rs::WINDOWS_1252;
use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::super::common;
use crate::import::xml::Document;
use crate::import::{Refusal, Span, encoding};

/// Least number of bytes read at once.
const CHUNK: usize = 256 * 1024;

/// Largest item, and most bytes outside of items.
const LARGEST: usize = 64 << 20;

/// An item from its start tag to its end tag, with its position.
pub(super) struct RawItem {
    pub(super) bytes: Vec<u8>,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Splits an export into items.
pub(super) struct Items<R> {
    from: R,
    buffer: Vec<u8>,
    /// The start of what has not been returned.
    begin: usize,
    /// Everything before this has been searched.
    at: usize,
    in_item: bool,
    is_end: bool,
    line: usize,
    column: usize,
    around: Vec<u8>,
    fault: Option<(String, Span)>,
}

impl<R: Read> Items<R> {
    pub(super) fn new(from: R) -> Self {
        let (buffer, around) = (Vec::new(), Vec::new());
        Self {
            from,
            buffer,
            begin: 0,
            at: 0,
            in_item: false,
            is_end: false,
            line: 1,
            column: 1,
            around,
            fault: None,
        }
    }

    /// The next item.
    pub(super) fn next(&mut self) -> Option<RawItem> {
        loop {
            let Some(offset) = memchr(b'<', &self.buffer[self.at..]) else {
                self.at = self.buffer.len();
                if !self.more() {
                    return None;
                }
                continue;
            };
            let tag = self.at + offset;
            self.at = tag;
            let rest = &self.buffer[tag..];
            if rest.len() < 10 && !self.is_end {
                self.more();
                continue;
            }
            let (open, close): (usize, &[u8]) = match rest {
                _ if rest.starts_with(b"<![CDATA[") => (9, b"]]>"),
                _ if rest.starts_with(b"<!--") => (4, b"-->"),
                _ if self.in_item && is_tag(rest, b"</item") => (6, b">"),
                _ if !self.in_item && is_tag(rest, b"<item") => {
                    self.pass(tag);
                    self.in_item = true;
                    (5, b"")
                }
                _ => (1, b""),
            };
            let Some(found) = memmem::find(&self.buffer[tag + open..], close) else {
                if !self.more() {
                    return None;
                }
                continue;
            };
            let is_last = close == b">";
            self.at = tag + open + found + close.len();
            if is_last {
                let (line, column, bytes) =
                    (self.line, self.column, self.buffer[self.begin..self.at].to_vec());
                self.count(self.at);
                self.in_item = false;
                return Some(RawItem { bytes, line, column });
            }
        }
    }

    /// Reads more bytes. Returns whether there may be more.
    fn more(&mut self) -> bool {
        if !self.in_item {
            self.pass(self.at);
        }
        self.buffer.drain(..self.begin);
        self.at -= self.begin;
        self.begin = 0;
        let length = self.buffer.len();
        if self.is_end || self.fault.is_some() || length > LARGEST {
            self.close(length > LARGEST);
            return false;
        }
        self.buffer.resize(length + length.max(CHUNK), 0);
        let read = self.from.read(&mut self.buffer[length..]);
        self.buffer.truncate(length + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(0) => self.is_end = true,
            Ok(_) => {}
            Err(error) => {
                self.fault = Some((format!("the file cannot be read to its end: {error}"), self.here()))
            }
        }
        true
    }

    /// Records what is wrong with the end of the file.
    fn close(&mut self, is_large: bool) {
        let message = match () {
            () if self.fault.is_some() => return,
            () if is_large => {
                "the item that starts here is larger than 64 MiB; the rest of the file was not read"
                    .to_owned()
            }
            () if self.in_item => {
                "the file ends within the item that starts here; it may be truncated".to_owned()
            }
            () if memmem::find(&self.around, b"</rss").is_none() => {
                "the file ends before `</rss>`; it may be truncated".to_owned()
            }
            () => return,
        };
        self.fault = Some((message, self.here()));
    }

    fn here(&self) -> Span {
        Span { line: self.line, column: self.column, end_line: self.line, end_column: self.column + 1 }
    }

    /// Skips what is not part of an item.
    fn pass(&mut self, end: usize) {
        let passed = &self.buffer[self.begin..end];
        if self.around.len() < LARGEST && !passed.iter().all(u8::is_ascii_whitespace) {
            self.around.extend_from_slice(passed);
        }
        self.count(end);
    }

    fn count(&mut self, end: usize) {
        let passed = &self.buffer[self.begin..end];
        self.line += memchr_iter(b'\n', passed).count();
        self.column = match memrchr(b'\n', passed) {
            Some(last) => passed.len() - last,
            None => self.column + passed.len(),
        };
        self.begin = end;
    }

    /// What is wrong with the file, after it was read.
    pub(super) fn fault(&mut self) -> Option<(String, Span)> {
        self.fault.take()
    }

    /// The document without its items.
    ///
    /// # Errors
    /// The file is not an export, or not well-formed.
    pub(super) fn channel(&self) -> Result<Document, Refusal> {
        let mut text = text(&self.around, &self.around);
        if text.contains("<channel") && !text.contains("</channel>") {
            text.push_str("</channel></rss>");
        }
        let document = Document::parse(text.as_bytes())?;
        match document.root().find("channel") {
            Some(_) if document.root().name() == "rss" => Ok(document),
            _ => Err(common::wrong_root(document.root(), "WordPress export")),
        }
    }

    /// The XML declaration and the start tags around items, which declare namespace prefixes, on one line.
    pub(super) fn wrap(&self) -> String {
        let head = text(&self.around, &self.around);
        let tag = |name: &str| {
            let start = head.find(name)?;
            head[start..].find('>').map(|end| head[start..=start + end].replace(['\r', '\n'], " "))
        };
        let declared = head.find("?>").map(|end| head[..end + 2].trim().replace(['\r', '\n'], " "));
        format!(
            "{}{}{}",
            declared.unwrap_or_default(),
            tag("<rss").unwrap_or_default(),
            tag("<channel").unwrap_or_default()
        )
    }
}

fn is_tag(rest: &[u8], tag: &[u8]) -> bool {
    rest.starts_with(tag)
        && rest.get(tag.len()).is_none_or(|next| next.is_ascii_whitespace() || *next == b'>')
}

/// Decodes text without control characters. Invalid UTF-8 is Windows-1252 from old databases. `head` may declare another
/// encoding.
pub(super) fn text(bytes: &[u8], head: &[u8]) -> String {
    let head = &head[..head.len().min(200)];
    let declared = crate::import::xml::declared(head).filter(|name| !name.eq_ignore_ascii_case("utf-8"));
    let decoded = match (std::str::from_utf8(bytes), declared) {
        (Err(_), Some(name)) => encoding::decode(bytes, Some(&name)).map(|decoded| decoded.text),
        _ => None,
    };
    let decoded = decoded.unwrap_or_else(|| {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
        }
        text
    });
    let is_odd =
        |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if decoded.contains(is_odd) { decoded.replace(is_odd, "") } else { decoded }
}
