//! Finds the keys and values in a YAML text.
//!
//! Scans what `serde_yaml` accepts in block and flow style, without decoding it. Where it fails, as at a key after `?`, it finds
//! fewer values than there are, which the caller notices.

use std::ops::Range;

/// The maximum nesting, as in `serde_yaml`.
const DEEPEST: usize = 128;

/// A value and its children.
#[derive(Debug)]
pub(super) struct Tree {
    /// The bytes of the value, empty if there is none.
    pub(super) span: Range<usize>,
    /// Its children in source order.
    pub(super) children: Vec<Child>,
}

/// A value of a list or a map.
#[derive(Debug)]
pub(super) struct Child {
    /// The bytes of the key with its quotes, in a map.
    pub(super) key: Option<Range<usize>>,
    /// The value.
    pub(super) value: Tree,
}

/// YAML that bulletin does not support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Anchor,
    Alias,
    Tag,
    Merge,
    Directive,
}

/// A comment after unquoted text, or in place of a value.
#[derive(Debug)]
pub(super) struct Comment {
    /// The bytes of the text, empty if there is none.
    pub(super) value: Range<usize>,
    /// The bytes of the comment.
    pub(super) comment: Range<usize>,
}

/// The result of a scan.
#[derive(Debug)]
pub(super) struct Scan {
    /// The document.
    pub(super) tree: Tree,
    /// The first unsupported YAML.
    pub(super) refused: Option<(Refused, Range<usize>)>,
    /// Comments that may be intended as text.
    pub(super) comments: Vec<Comment>,
}

/// Finds the values of a document.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, refused: None, comments: Vec::new() };
    let tree = scanner.document();
    Scan { tree, refused: scanner.refused, comments: scanner.comments }
}

/// The line that contains a byte, without its line break.
pub(super) fn line_at(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    let carriage_return = usize::from(text[start..end].ends_with('\r'));
    start..end - carriage_return
}

/// The bytes of the key at the start of a line, and the position of its colon.
pub(super) fn key_ahead(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let bytes = text.as_bytes();
    let line = at..at + text[at..].find('\n').unwrap_or(text.len() - at);
    let end = match *bytes.get(at)? {
        quote @ (b'"' | b'\'') => quoted_end(bytes, at, quote).filter(|end| *end <= line.end)?,
        b'[' | b'{' | b'#' | b'?' => return None,
        _ => {
            let ends = |at: &usize| match bytes[*at] {
                b':' => blank(bytes, at + 1),
                b'#' => blank(bytes, at - 1),
                _ => false,
            };
            let colon = (at + 1..line.end).find(ends)?;
            at + text[at..colon].trim_end().len()
        }
    };
    let spaces = bytes[end..line.end].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let colon = end + spaces;
    (bytes.get(colon) == Some(&b':') && blank(bytes, colon + 1)).then_some((at..end, colon))
}

/// The byte after the closing quote of a quoted text.
fn quoted_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn blank(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// What comes before a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Start,
    Key,
    Dash,
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    refused: Option<(Refused, Range<usize>)>,
    comments: Vec<Comment>,
}

impl Scanner<'_> {
    fn document(&mut self) -> Tree {
        loop {
            self.skip_blank();
            let line = line_at(self.text, self.at);
            if self.peek() == Some(b'%') && self.at == line.start {
                self.refuse(Refused::Directive, line.clone());
                self.at = line.end;
            } else {
                break;
            }
        }
        if self.at_marker() && self.peek() == Some(b'-') {
            self.at += 3;
        }
        self.block_node(After::Start, -1, 0)
    }

    /// A value in block style after a key or dash in column `parent`.
    fn block_node(&mut self, after: After, parent: isize, depth: usize) -> Tree {
        let before = self.at;
        self.skip_spaces();
        let inline = !self.at_line_end();
        let comment = self.at;
        if !inline {
            self.skip_blank();
        }
        let column = self.column();
        let dash = self.peek() == Some(b'-') && blank(self.bytes, self.at + 1);
        let beside_key = after == After::Key && dash && column == parent;
        let outside = !inline && column <= parent && !beside_key;
        if depth == DEEPEST || self.peek().is_none() || self.at_marker() || outside {
            if after != After::Start && self.bytes.get(comment) == Some(&b'#') {
                self.comment(before..before, comment);
            }
            return Tree { span: before..before, children: Vec::new() };
        }
        let collection = !inline || after != After::Key;
        if collection && dash {
            return self.block_list(column, depth);
        }
        if collection && key_ahead(self.text, self.at).is_some() {
            return self.block_map(column, depth);
        }
        self.leaf(parent, depth)
    }

    fn block_list(&mut self, column: isize, depth: usize) -> Tree {
        let start = self.at;
        let mut children = Vec::new();
        let mut end = start;
        while self.column() == column && self.peek() == Some(b'-') && blank(self.bytes, self.at + 1) {
            if self.at_marker() {
                break;
            }
            self.at += 1;
            let value = self.block_node(After::Dash, column, depth + 1);
            end = value.span.end.max(start + 1);
            children.push(Child { key: None, value });
            self.skip_blank();
        }
        Tree { span: start..end, children }
    }

    fn block_map(&mut self, column: isize, depth: usize) -> Tree {
        let start = self.at;
        let mut children = Vec::new();
        let mut end = start;
        while self.column() == column && !self.at_marker() {
            let Some((key, colon)) = key_ahead(self.text, self.at) else {
                break;
            };
            self.check_key(&key);
            self.at = colon + 1;
            let value = self.block_node(After::Key, column, depth + 1);
            end = value.span.end.max(colon + 1);
            children.push(Child { key: Some(key), value });
            self.skip_blank();
        }
        Tree { span: start..end, children }
    }

    fn check_key(&mut self, key: &Range<usize>) {
        match &self.text[key.clone()] {
            "<<" => self.refuse(Refused::Merge, key.clone()),
            text => {
                if let Some(what) = text.bytes().next().and_then(property) {
                    self.refuse(what, key.clone());
                }
            }
        }
    }

    /// A scalar or a value in flow style.
    fn leaf(&mut self, parent: isize, depth: usize) -> Tree {
        let start = self.at;
        let children = match self.peek() {
            Some(byte @ (b'&' | b'*' | b'!')) => {
                let line = line_at(self.text, start);
                if let Some(what) = property(byte) {
                    self.refuse(what, start..line.end);
                }
                self.at = line.end;
                Vec::new()
            }
            Some(b'|' | b'>') => {
                self.block_scalar(parent);
                Vec::new()
            }
            Some(quote @ (b'"' | b'\'')) => {
                self.at = quoted_end(self.bytes, start, quote).unwrap_or(self.bytes.len());
                Vec::new()
            }
            Some(open @ (b'[' | b'{')) => self.flow(open, depth),
            _ => {
                self.plain(parent);
                Vec::new()
            }
        };
        Tree { span: start..self.at, children }
    }

    fn plain(&mut self, parent: isize) {
        let start = self.at;
        loop {
            let line = line_at(self.text, self.at);
            let ends = |at: &usize| match self.bytes[*at] {
                b'#' => *at > 0 && blank(self.bytes, at - 1),
                b':' => blank(self.bytes, at + 1),
                _ => false,
            };
            let stop = (self.at..line.end).find(ends);
            let text = &self.text[self.at..stop.unwrap_or(line.end)];
            self.at += text.trim_end().len();
            if let Some(stop) = stop {
                if self.bytes[stop] == b'#' {
                    self.comment(start..self.at, stop);
                }
                return;
            }
            let end = self.at;
            self.at = line.end;
            self.skip_whitespace();
            let goes_on = self.column() > parent && !matches!(self.peek(), None | Some(b'#'));
            if self.at_marker() || !goes_on {
                self.at = end;
                return;
            }
        }
    }

    fn block_scalar(&mut self, parent: isize) {
        let mut end = line_at(self.text, self.at).end;
        while let Some(newline) = self.text[end..].find('\n') {
            let line = line_at(self.text, end + newline + 1);
            let text = &self.text[line.clone()];
            let indent = text.len() - text.trim_start_matches(' ').len();
            if !text.trim().is_empty() && isize::try_from(indent).is_ok_and(|indent| indent <= parent) {
                break;
            }
            end = line.end;
        }
        self.at = end;
    }

    fn flow(&mut self, open: u8, depth: usize) -> Vec<Child> {
        let close = if open == b'[' { b']' } else { b'}' };
        let mut children = Vec::new();
        self.at += 1;
        loop {
            self.skip_blank();
            match self.peek() {
                None => return children,
                Some(b',') => self.at += 1,
                Some(b']' | b'}') => {
                    // The parser reports a wrong bracket.
                    self.at += usize::from(self.peek() == Some(close));
                    return children;
                }
                Some(_) if depth == DEEPEST => {
                    self.at = self.bytes.len();
                    return children;
                }
                Some(_) => children.push(self.flow_entry(open, depth)),
            }
        }
    }

    fn flow_entry(&mut self, open: u8, depth: usize) -> Child {
        let first = self.flow_node(depth + 1);
        self.skip_blank();
        if self.peek() != Some(b':') {
            let empty = first.span.end..first.span.end;
            return match open {
                b'{' => Child { key: Some(first.span), value: Tree { span: empty, children: Vec::new() } },
                _ => Child { key: None, value: first },
            };
        }
        self.check_key(&first.span);
        self.at += 1;
        self.skip_blank();
        let empty = matches!(self.peek(), None | Some(b',' | b']' | b'}'));
        let value = if empty {
            Tree { span: self.at..self.at, children: Vec::new() }
        } else {
            self.flow_node(depth + 1)
        };
        let span = first.span.start..value.span.end;
        let child = Child { key: Some(first.span), value };
        match open {
            b'{' => child,
            _ => Child { key: None, value: Tree { span, children: vec![child] } },
        }
    }

    fn flow_node(&mut self, depth: usize) -> Tree {
        let start = self.at;
        let mut children = Vec::new();
        match self.peek() {
            Some(open @ (b'[' | b'{')) => children = self.flow(open, depth),
            Some(quote @ (b'"' | b'\'')) => {
                self.at = quoted_end(self.bytes, start, quote).unwrap_or(self.bytes.len());
            }
            first => {
                let ends = |at: &usize| match self.bytes[*at] {
                    b',' | b'[' | b']' | b'{' | b'}' => true,
                    b'#' => *at > 0 && blank(self.bytes, at - 1),
                    b':' => {
                        let next = self.bytes.get(at + 1);
                        blank(self.bytes, at + 1) || matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}'))
                    }
                    _ => false,
                };
                let stop = (start..self.bytes.len()).find(ends).unwrap_or(self.bytes.len());
                let text = self.text[start..stop].trim_end();
                self.at = start + text.len();
                if self.bytes.get(stop) == Some(&b'#') {
                    self.comment(start..self.at, stop);
                }
                if let Some(what) = first.and_then(property) {
                    self.refuse(what, start..self.at);
                }
                if self.at == start {
                    // Something that cannot start a value, such as a lone `:`.
                    self.at = stop.max(start + 1).min(self.bytes.len());
                }
            }
        }
        Tree { span: start..self.at, children }
    }

    fn comment(&mut self, value: Range<usize>, start: usize) {
        let end = line_at(self.text, start).end;
        self.comments.push(Comment { value, comment: start..end });
    }

    fn refuse(&mut self, what: Refused, span: Range<usize>) {
        self.refused.get_or_insert((what, span));
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn column(&self) -> isize {
        let start = self.bytes[..self.at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        isize::try_from(self.at - start).unwrap_or(isize::MAX)
    }

    /// Whether a document marker, `---` or `...`, starts here.
    fn at_marker(&self) -> bool {
        let rest = &self.bytes[self.at..];
        (rest.starts_with(b"---") || rest.starts_with(b"..."))
            && blank(rest, 3)
            && (self.at == 0 || self.bytes[self.at - 1] == b'\n')
    }

    fn at_line_end(&self) -> bool {
        match self.peek() {
            None | Some(b'\r' | b'\n') => true,
            Some(b'#') => self.at == 0 || blank(self.bytes, self.at - 1),
            _ => false,
        }
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Skips whitespace and comments.
    fn skip_blank(&mut self) {
        loop {
            self.skip_whitespace();
            if self.peek() == Some(b'#') && (self.at == 0 || blank(self.bytes, self.at - 1)) {
                self.at = line_at(self.text, self.at).end;
            } else {
                return;
            }
        }
    }
}

/// The unsupported YAML that a character starts.
fn property(byte: u8) -> Option<Refused> {
    match byte {
        b'&' => Some(Refused::Anchor),
        b'*' => Some(Refused::Alias),
        b'!' => Some(Refused::Tag),
        _ => None,
    }
}
