//! The nodes of a document and how to traverse them.

use std::borrow::Cow;
use std::ops::Range;

use crate::import::html::{self, escaped};

/// A node in the list of all nodes.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) span: Range<usize>,
    pub(super) inner: Inner,
}

#[derive(Debug)]
pub(super) enum Inner {
    Text(String),
    Element { space: Cow<'static, str>, name: String, attributes: Vec<Attribute>, children: Vec<usize> },
}

/// An attribute with its name as written.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
}

/// A child of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    /// Text and CDATA, decoded.
    Text(&'a str),
    /// An element.
    Element(Element<'a>),
}

/// What an element is in HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As<'a> {
    /// One of this name.
    Element(&'a str),
    /// Only its content stays.
    Content,
    /// Nothing stays.
    Gone,
}

/// Attributes that mean the same in HTML.
const ATTRIBUTES: [&str; 7] = ["href", "src", "alt", "title", "start", "data", "class"];

fn start_tag(element: Element<'_>, name: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
    for attribute in ATTRIBUTES {
        if let Some(value) = element.attribute(attribute) {
            out.push_str(&format!(" {attribute}=\"{}\"", escaped(value)));
        }
    }
    out.push('>');
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    all: &'a [Data],
    index: usize,
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "<{}:{}>", self.space(), self.name())
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.all, other.all) && self.index == other.index
    }
}

impl<'a> Element<'a> {
    pub(super) fn new(all: &'a [Data], index: usize) -> Self {
        Self { all, index }
    }

    fn inner(self) -> Option<&'a Inner> {
        self.all.get(self.index).map(|data| &data.inner)
    }

    /// Bytes of the text, from its start tag to its end tag.
    pub(crate) fn span(self) -> Range<usize> {
        self.all.get(self.index).map_or(0..0, |data| data.span.clone())
    }

    /// Its name without a prefix.
    pub(crate) fn name(self) -> &'a str {
        match self.inner() {
            Some(Inner::Element { name, .. }) => name,
            _ => "",
        }
    }

    /// The name of its namespace in [`super::names`], else its prefix in the document.
    pub(crate) fn space(self) -> &'a str {
        match self.inner() {
            Some(Inner::Element { space, .. }) => space,
            _ => "",
        }
    }

    /// Whether it has this name: `dc:creator`, `item`.
    pub(crate) fn is(self, wanted: &str) -> bool {
        let (space, name) = wanted.split_once(':').unwrap_or(("", wanted));
        self.name() == name && self.space() == space
    }

    /// The value of an attribute, by its name in the document. A blank value is `None`.
    pub(crate) fn attribute(self, wanted: &str) -> Option<&'a str> {
        let Some(Inner::Element { attributes, .. }) = self.inner() else {
            return None;
        };
        let found = attributes.iter().find(|attribute| attribute.name == wanted)?;
        Some(found.value.trim()).filter(|value| !value.is_empty())
    }

    /// The value of the first attribute with this local name.
    pub(crate) fn local(self, wanted: &str) -> Option<&'a str> {
        let Some(Inner::Element { attributes, .. }) = self.inner() else {
            return None;
        };
        let local = |name: &'a str| name.rsplit(':').next().unwrap_or_default();
        attributes.iter().find(|attribute| local(&attribute.name) == wanted).map(|found| &*found.value)
    }

    /// Its children in order.
    pub(crate) fn nodes(self) -> impl Iterator<Item = Node<'a>> {
        let children: &[usize] = match self.inner() {
            Some(Inner::Element { children, .. }) => children,
            _ => &[],
        };
        children.iter().filter_map(move |child| match &self.all.get(*child)?.inner {
            Inner::Text(text) => Some(Node::Text(text.as_str())),
            Inner::Element { .. } => Some(Node::Element(Element::new(self.all, *child))),
        })
    }

    /// Its child elements.
    pub(crate) fn elements(self) -> impl Iterator<Item = Element<'a>> {
        self.nodes().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Its child elements with this name.
    pub(crate) fn all(self, wanted: &str) -> impl Iterator<Item = Element<'a>> {
        self.elements().filter(move |element| element.is(wanted))
    }

    /// The first descendant on a path of names: `head/docdata`.
    pub(crate) fn find(self, path: &str) -> Option<Element<'a>> {
        let mut names = path.split('/').filter(|name| !name.is_empty());
        names.try_fold(self, |element, name| element.all(name).next())
    }

    /// All its descendant elements in order.
    pub(crate) fn descendants(self) -> Vec<Element<'a>> {
        let mut found = Vec::new();
        let mut waiting: Vec<_> = self.elements().collect();
        waiting.reverse();
        while let Some(element) = waiting.pop() {
            found.push(element);
            let before = waiting.len();
            waiting.extend(element.elements());
            if let Some(new) = waiting.get_mut(before..) {
                new.reverse();
            }
        }
        found
    }

    /// All its text, unchanged.
    pub(crate) fn text(self) -> String {
        let mut out = String::new();
        self.walk(|step| {
            if let Step::Text(text) = step {
                out.push_str(text);
            }
        });
        out
    }

    /// All its text on one line, or `None` if it is blank.
    pub(crate) fn line(self) -> Option<String> {
        Some(html::line(&self.text())).filter(|line| !line.is_empty())
    }

    /// Its content as HTML, where `role` maps each element.
    pub(crate) fn html(self, role: impl Fn(Element<'a>) -> As<'a>) -> String {
        let mut out = String::new();
        // The number of open elements that are dropped.
        let mut gone = 0_usize;
        self.walk(|step| match step {
            Step::Text(text) if gone == 0 => out.push_str(&escaped(text)),
            Step::Start(element) => match role(element) {
                As::Gone => gone += 1,
                As::Element(name) if gone == 0 => start_tag(element, name, &mut out),
                _ => {}
            },
            Step::End(element) => match role(element) {
                As::Gone => gone = gone.saturating_sub(1),
                As::Element(name) if gone == 0 && !matches!(name, "br" | "img" | "hr") => {
                    out.push_str(&format!("</{name}>"));
                }
                _ => {}
            },
            Step::Text(_) => {}
        });
        out
    }

    /// Visits all its descendants.
    fn walk(self, mut visit: impl FnMut(Step<'a>)) {
        let children = |element: Element<'a>| element.nodes().collect::<Vec<_>>().into_iter();
        let mut open = vec![(self, children(self))];
        while let Some((element, nodes)) = open.last_mut() {
            match nodes.next() {
                Some(Node::Text(text)) => visit(Step::Text(text)),
                Some(Node::Element(inner)) => {
                    visit(Step::Start(inner));
                    open.push((inner, children(inner)));
                }
                None => {
                    let element = *element;
                    open.pop();
                    if !open.is_empty() {
                        visit(Step::End(element));
                    }
                }
            }
        }
    }
}

enum Step<'a> {
    Text(&'a str),
    Start(Element<'a>),
    End(Element<'a>),
}
