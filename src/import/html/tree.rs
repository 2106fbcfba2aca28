//! Parses HTML into a tree, as browsers do.
//!
//! The parser is that of the sanitizer (html5ever). Its cost grows with nesting depth, and it reopens unclosed elements in each
//! paragraph. The depth is therefore limited here, and parsing restarts at the next tag if the tree grows faster than the text.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ego_tree::{NodeId, NodeRef, Tree};
use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, StartTag, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, create_element};
use html5ever::{Attribute, LocalName, Namespace, QualName, TokenizerResult, local_name, ns};

/// Deepest nesting. Deeper elements are reduced to their text.
const DEEPEST: usize = 120;

/// Elements per token, on average, above a constant that any text may have.
const GROWTH: usize = 8;
const SPARE: usize = 1000;

/// A part of HTML.
#[derive(Debug)]
pub(super) enum Node {
    Root,
    Text(String),
    Comment(String),
    Element(Tag),
}

/// An element.
#[derive(Debug)]
pub(super) struct Tag {
    name: QualName,
    attributes: Vec<Attribute>,
}

impl Tag {
    /// The lower-case name.
    pub(super) fn name(&self) -> &str {
        &self.name.local
    }

    /// The decoded value of an attribute, if the element has it.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| &*attribute.value)
    }

    /// Whether it has one of these classes.
    pub(super) fn has_class(&self, classes: &[&str]) -> bool {
        self.classes().any(|class| classes.contains(&class))
    }

    /// Its classes.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.value("class").unwrap_or_default().split_ascii_whitespace()
    }
}

/// A node with its relatives.
pub(super) type Ref<'t> = NodeRef<'t, Node>;

/// The element of a node.
pub(super) fn tag(node: Ref<'_>) -> Option<&Tag> {
    match node.value() {
        Node::Element(tag) => Some(tag),
        _ => None,
    }
}

/// The name of an element. Empty for other nodes.
pub(super) fn name(node: Ref<'_>) -> &str {
    tag(node).map_or("", Tag::name)
}

/// The first descendant with one of these names.
pub(super) fn find<'t>(node: Ref<'t>, names: &[&str]) -> Option<Ref<'t>> {
    node.descendants().skip(1).find(|inner| names.contains(&name(*inner)))
}

/// Parses a text. An unfinished tag, as in `a <b`, is text.
pub(super) fn parse(html: &str) -> Tree<Node> {
    let shared = Rc::new(Shared {
        tree: RefCell::new(Tree::new(Node::Root)),
        depth: Cell::default(),
        made: Cell::default(),
    });
    let guard = Guard {
        builder: RefCell::new(builder(&shared)),
        shared: Rc::clone(&shared),
        tokens: Cell::default(),
    };
    let tokenizer = Tokenizer::new(guard, Default::default());
    let input = BufferQueue::default();
    let last = html.rfind('<').unwrap_or(html.len());
    let (whole, rest) = html.split_at(last);
    input.push_back(StrTendril::from_slice(whole));
    match rest.strip_prefix('<').filter(|rest| !rest.contains('>')) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            input.push_back(StrTendril::from_slice("&lt;"));
            input.push_back(StrTendril::from_slice(rest));
        }
        _ => input.push_back(StrTendril::from_slice(rest)),
    }
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    shared.tree.replace(Tree::new(Node::Root))
}

fn builder(shared: &Rc<Shared>) -> TreeBuilder<NodeId, Sink> {
    let sink = Sink(Rc::clone(shared));
    let context = create_element(&sink, QualName::new(None, ns!(html), local_name!("div")), Vec::new());
    let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    TreeBuilder::new_for_fragment(sink, context, None, options)
}

/// A tree under construction.
struct Shared {
    tree: RefCell<Tree<Node>>,
    /// The depth of the last insertion.
    depth: Cell<usize>,
    /// Elements created since parsing last started.
    made: Cell<usize>,
}

impl Shared {
    /// Inserts a node or text at the end of its parent, or before a sibling.
    fn insert(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<NodeId>) {
        let mut tree = self.tree.borrow_mut();
        let depth = tree.get(parent).map_or(0, |parent| parent.ancestors().count());
        let last = tree.get(before.unwrap_or(parent)).and_then(|node| match before {
            Some(_) => node.prev_sibling(),
            None => node.last_child(),
        });
        let last = last.map(|last| last.id());
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                self.depth.set(depth);
                if let Some(mut last) = last.and_then(|last| tree.get_mut(last))
                    && let Node::Text(before) = last.value()
                {
                    return before.push_str(&text);
                }
                tree.orphan(Node::Text(text.to_string())).id()
            }
        };
        if let Some(mut node) = tree.get_mut(before.unwrap_or(parent)) {
            match before {
                Some(_) => node.insert_id_before(id),
                None => node.append_id(id),
            };
        }
        self.depth.set(depth + 1);
    }
}

/// The interface between parser and tree.
struct Sink(Rc<Shared>);

/// An element name, for the parser.
#[derive(Debug)]
struct Name(QualName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = ();
    type ElemName<'a> = Name;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.0.tree.borrow().root().id()
    }

    fn elem_name(&self, id: &NodeId) -> Name {
        let tree = self.0.tree.borrow();
        let tag = tree.get(*id).and_then(tag);
        Name(tag.map_or_else(|| QualName::new(None, ns!(html), local_name!("")), |tag| tag.name.clone()))
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> NodeId {
        self.0.made.set(self.0.made.get() + 1);
        self.0.tree.borrow_mut().orphan(Node::Element(Tag { name, attributes })).id()
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.0.tree.borrow_mut().orphan(Node::Comment(text.to_string())).id()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.0.insert(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, before: &NodeId, child: NodeOrText<NodeId>) {
        let has_parent = self.0.tree.borrow().get(*element).is_some_and(|node| node.parent().is_some());
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, id: &NodeId) {
        let tree = self.0.tree.borrow();
        self.0.depth.set(tree.get(*id).map_or(0, |node| node.ancestors().count()));
    }

    /// Templates are never shown.
    fn get_template_contents(&self, id: &NodeId) -> NodeId {
        *id
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let parent = self.0.tree.borrow().get(*sibling).and_then(|node| node.parent()).map(|node| node.id());
        if let Some(parent) = parent {
            self.0.insert(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, _: &NodeId, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, id: &NodeId) {
        if let Some(mut node) = self.0.tree.borrow_mut().get_mut(*id) {
            node.detach();
        }
    }

    fn reparent_children(&self, from: &NodeId, to: &NodeId) {
        if let Some(mut to) = self.0.tree.borrow_mut().get_mut(*to) {
            to.reparent_from_id_append(*from);
        }
    }
}

/// Filters tokens before the parser, to limit its work.
struct Guard {
    builder: RefCell<TreeBuilder<NodeId, Sink>>,
    shared: Rc<Shared>,
    tokens: Cell<usize>,
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        // HTML treats CDATA sections as comments.
        let cdata = match &token {
            Token::CommentToken(text) => text.strip_prefix("[CDATA["),
            _ => None,
        };
        let text = cdata.map(|text| StrTendril::from_slice(text.strip_suffix("]]").unwrap_or(text)));
        let token = text.map_or(token, Token::CharacterTokens);
        if let Token::TagToken(tag) = &token
            && tag.kind == StartTag
        {
            self.tokens.set(self.tokens.get() + 1);
            if self.shared.made.get() > SPARE + GROWTH * self.tokens.get() {
                self.builder.replace(builder(&self.shared));
                self.shared.made.set(0);
                self.shared.depth.set(0);
                self.tokens.set(0);
            }
            // Elements with raw text must start, or their content would become HTML.
            let is_raw = matches!(
                &*tag.name,
                "script"
                    | "style"
                    | "textarea"
                    | "title"
                    | "iframe"
                    | "noembed"
                    | "noframes"
                    | "xmp"
                    | "plaintext"
            );
            if self.shared.depth.get() > DEEPEST && !is_raw {
                return TokenSinkResult::Continue;
            }
        }
        self.builder.borrow().process_token(token, line)
    }

    fn end(&self) {
        self.builder.borrow().end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.borrow().adjusted_current_node_present_but_not_in_html_namespace()
    }
}
