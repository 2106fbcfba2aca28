//! A document of Word (`.docx`) → a story.
//!
//! The document is HTML on its way, then Markdown; head and end are read as those of wire copy. Pictures come along. Of tracked changes what
//! was put in stays and what was taken out goes. Authors in the properties of a document are those of a template as often as not, and are
//! not read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::common::{self, TempFiles};
use super::wire::marked;
use crate::content::is_media;
use crate::diagnostic::Diagnostic;
use crate::import::html;
use crate::import::xml::Document;
use crate::import::{File, ImportContext, Importer, Media, Origin, Refusal, Sample, Source, Story};

mod archive;
mod text;

use archive::Archive;
use text::Text;

/// A document of Word.
pub(super) struct Docx;

impl Importer for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        let name = sample.name.to_lowercase();
        sample.head.is_empty() && (name.ends_with(".docx") || name.ends_with(".docm"))
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::packed(folder, &["docx", "docm"], |file, desk, spill| Ok(vec![read(file, desk, spill)?])))
    }
}

/// Reads a document.
///
/// # Errors
/// If it is none, or what of it cannot be read.
pub(super) fn read(file: &File, desk: &ImportContext<'_>, spill: &TempFiles) -> Result<Story, Refusal> {
    let mut archive = Archive::open(&file.bytes)?;
    let document = archive.xml("word/document.xml")?.ok_or_else(|| {
        Refusal::Failed("it has no `word/document.xml`; is it a document of Word?".to_owned(), None)
    })?;
    let parts = Parts {
        names: archive.names(),
        links: relations(&mut archive, "document")?,
        styles: archive.xml("word/styles.xml")?,
        numbers: archive.xml("word/numbering.xml")?,
        footnotes: archive.xml("word/footnotes.xml")?,
        endnotes: archive.xml("word/endnotes.xml")?,
    };
    let mut text = Text::new(&parts);
    text.document(&document);
    let (notes, found) = text.finish();
    let mut pictures = Vec::new();
    for (name, target) in &found.pictures {
        if let Some(bytes) = archive.bytes(&format!("word/{target}"))? {
            pictures.push(Media { from: spill.keep(&bytes)?, name: name.clone() });
        }
    }
    let body = format!("{}{notes}", text::footnoted(&html::markdown(&found.html, None).body));
    let mut story = marked::of_markdown("", &body, desk)?;
    story.media = pictures;
    let counted = [
        (found.comments, "import/document-comments", "comments in the document are left out"),
        (
            found.changes,
            "import/changes",
            "tracked changes are taken as accepted; look at them in the document",
        ),
        (
            found.objects,
            "import/object",
            "pictures, charts or other objects of kinds that browsers do not show are left out",
        ),
    ];
    for (count, code, words) in counted.into_iter().filter(|(count, ..)| *count > 0) {
        story.remark(code, format!("{count} {words}"), None);
    }
    Ok(story)
}

/// The parts of a document that its text refers to.
struct Parts {
    /// All that is in the file.
    names: BTreeSet<String>,
    links: BTreeMap<String, String>,
    styles: Option<Document>,
    numbers: Option<Document>,
    footnotes: Option<Document>,
    endnotes: Option<Document>,
}

/// What the identifiers of links and pictures stand for.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let document = archive.xml(&format!("word/_rels/{part}.xml.rels"))?;
    let all = document.iter().flat_map(|document| document.root().elements());
    let pairs = all.filter_map(|relation| {
        let target = relation.attribute("Target")?;
        let target = target.strip_prefix("/word/").unwrap_or(target);
        Some((relation.attribute("Id")?.to_owned(), target.to_owned()))
    });
    Ok(pairs.collect())
}

/// A name for a picture of a document: that of its file, if browsers show such files.
fn picture_name(target: &str) -> Option<String> {
    let name = target.rsplit('/').next().filter(|_| !target.contains("://"))?;
    is_media(name).then(|| name.to_lowercase())
}
