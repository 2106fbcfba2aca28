//! The queries that templates can make, and what a build remembers of their answers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::PictureQuery;
use crate::archive::Taxonomy;
use crate::manifest::Fingerprint;

/// A query. Equal queries have equal answers within one edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Query {
    /// The stories that match a filter.
    Articles(ArticleQuery),
    /// The article of a source file.
    Article(String),
    /// Stories related to the article at this URL, up to a limit.
    Related(String, usize),
    /// The terms of a kind, up to a limit.
    Terms(TermKind, TermOrder, usize),
    /// A data file.
    Data(String),
    /// The fingerprinted URL of a static file.
    Asset(String),
    /// The URL of a path of the site; empty if readers must not see the page.
    Url(String),
    /// A picture of the site, in the widths and the crop that a page wants.
    Picture(PictureQuery),
    /// Records that pages of this template never call `head()`. Not a real query: it is stored like one so that an
    /// incremental build can repeat the warning for pages that it does not render.
    MissingHead(String),
}

/// A filter for stories. Terms are given by their slugs.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ArticleQuery {
    pub section: Option<String>,
    pub tag: Option<String>,
    pub author: Option<String>,
    pub series: Option<String>,
    pub genre: Option<String>,
    pub language: Option<String>,
    pub order: StoryOrder,
    pub offset: usize,
    pub limit: usize,
    /// URLs of articles to leave out.
    pub exclude: Vec<String>,
}

impl ArticleQuery {
    /// The filters that name something, with the argument of `articles()` that gives each.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("section", &self.section),
            ("tag", &self.tag),
            ("author", &self.author),
            ("series", &self.series),
            ("type", &self.genre),
            ("language", &self.language),
        ];
        all.into_iter().filter_map(|(argument, value)| Some((argument, value.as_deref()?)))
    }
}

/// The order of stories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum StoryOrder {
    #[default]
    Newest,
    Oldest,
    Front,
}

/// A kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TermKind {
    Of(Taxonomy),
    Years,
}

impl TermKind {
    /// The name that templates use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Of(Taxonomy::Section) => "sections",
            Self::Of(Taxonomy::Tag) => "tags",
            Self::Of(Taxonomy::Author) => "authors",
            Self::Of(Taxonomy::Series) => "series",
            Self::Years => "years",
        }
    }
}

/// The order of terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TermOrder {
    #[default]
    Usual,
    Count,
}

/// A digest of an answer: enough to tell whether a later answer differs, and in which stories.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDigest {
    /// Equal for equal answers.
    pub fingerprint: Fingerprint,
    /// The stories in the answer.
    pub stories: Vec<StoryReference>,
    /// The fingerprint of what the answer is derived from, where that is cheaper to compare than the answer.
    pub basis: Option<Fingerprint>,
}

/// A story on a page: short fingerprints that identify it and reveal a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryReference {
    /// The fingerprint of the path of its source.
    pub path: u32,
    /// The fingerprint of its card.
    pub card: u32,
}

/// A query that a page made, with the digest of its answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The query.
    pub query: Query,
    /// The digest of its answer.
    pub answer: AnswerDigest,
}

/// The call that makes the query, as templates write it.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Articles(wanted) => {
                f.write_str("articles(")?;
                for (argument, value) in wanted.named() {
                    write!(f, "{argument}=\"{value}\", ")?;
                }
                write!(f, "order=\"{}\", ", format!("{:?}", wanted.order).to_lowercase())?;
                if wanted.offset > 0 {
                    write!(f, "offset={}, ", wanted.offset)?;
                }
                write!(f, "limit={}", wanted.limit)?;
                if !wanted.exclude.is_empty() {
                    write!(f, ", exclude=[{}]", wanted.exclude.join(", "))?;
                }
                f.write_str(")")
            }
            Self::Article(path) => write!(f, "article(path=\"{path}\")"),
            Self::Related(url, limit) => write!(f, "related(to=\"{url}\", limit={limit})"),
            Self::Terms(kind, order, limit) => {
                write!(f, "terms(kind=\"{}\"", kind.name())?;
                if *order == TermOrder::Count {
                    f.write_str(", order=\"count\"")?;
                }
                if *limit != usize::MAX {
                    write!(f, ", limit={limit}")?;
                }
                f.write_str(")")
            }
            Self::Data(file) => write!(f, "data(file=\"{file}\")"),
            Self::Asset(name) => write!(f, "asset(name=\"{name}\")"),
            Self::Url(path) => write!(f, "url(path=\"{path}\")"),
            Self::Picture(wanted) => write!(f, "picture(of=\"{}\")", wanted.src),
            Self::MissingHead(_) => f.write_str("head()"),
        }
    }
}
