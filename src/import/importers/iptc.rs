//! What the formats of the IPTC share: NewsML 1, NewsML-G2, NITF and ninjs.

use std::path::Path;

use super::common::{self, Draft};
use crate::diagnostic::Diagnostic;
use crate::import::xml::{As, Document, Element};
use crate::import::{ImportContext, Importer, Origin, Refusal, Sample, Source, Span};

/// A format whose files each contain their stories.
pub(super) struct Format {
    pub(super) name: &'static str,
    /// Extensions of its files in a folder.
    pub(super) extensions: &'static [&'static str],
    pub(super) fits: fn(&str) -> bool,
    pub(super) read: common::Read,
}

impl Importer for Format {
    fn name(&self) -> &'static str {
        self.name
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        (self.fits)(sample.head)
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::files(folder, self.extensions, self.read))
    }
}

/// Parses XML with a given root element.
pub(super) fn document(bytes: &[u8], root: &str, format: &str) -> Result<Document, Refusal> {
    let document = Document::parse(bytes)?;
    if document.root().name() == root {
        Ok(document)
    } else {
        Err(common::wrong_root(document.root(), format))
    }
}

/// The term of a code or a URI: `correction` of `sig:correction`.
pub(super) fn term(code: &str) -> &str {
    code.rsplit([':', '/']).next().unwrap_or_default()
}

/// The NITF document within an element.
pub(super) fn nitf_within(element: Element<'_>) -> Option<Element<'_>> {
    element.descendants().into_iter().find(|element| element.name() == "nitf")
}

/// The HTML within an element: that of its `body`, if it has one.
pub(super) fn html_within(element: Element<'_>) -> String {
    let body = element.descendants().into_iter().find(|element| element.name() == "body").unwrap_or(element);
    body.html(|element| match element.name() {
        "head" | "script" | "style" => As::Gone,
        name => As::Element(name),
    })
}

/// Records that a version corrects or updates an earlier one.
pub(super) fn signal(name: &str, at: Option<Span>, draft: &mut Draft<'_>) {
    match name {
        "correction" | "correct" | "rectify" => draft.corrects(at),
        "update" => draft.updates(at),
        _ => {}
    }
}

/// Remarks that the picture of a story may not be used.
pub(super) fn unusable_picture(at: Option<Span>, draft: &mut Draft<'_>) {
    draft.story.remark("import/picture", "the status of the picture forbids its use; choose another", at);
}
