//! A Word document (`.docx`) → a story.
//!
//! The document becomes HTML, then Markdown, whose head and end are read as those of wire copy. Its pictures are imported too. Tracked
//! changes count as accepted. The author in the properties of a document is ignored, as it is often that of a template.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::common::{self, TempFiles};
use super::wire::markdown;
use crate::content::is_media;
use crate::diagnostic::Diagnostic;
use crate::import::html;
use crate::import::xml::Document;
use crate::import::{File, ImportContext, Importer, Media, Origin, Refusal, Sample, Source, Story};

mod archive;
mod text;

use archive::Archive;
use text::Text;

/// Word documents.
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
/// If it is not a document, or if a part of it cannot be read.
pub(super) fn read(file: &File, desk: &ImportContext<'_>, spill: &TempFiles) -> Result<Story, Refusal> {
    let mut archive = Archive::open(&file.bytes)?;
    let document = archive.xml("word/document.xml")?.ok_or_else(|| {
        Refusal::Failed(
            "the file has no `word/document.xml`; check that it is a Word document".to_owned(),
            None,
        )
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
    let (notes, contents) = text.finish();
    let mut pictures = Vec::new();
    for (name, target) in &contents.pictures {
        if let Some(bytes) = archive.bytes(&format!("word/{target}"))? {
            pictures.push(Media { from: spill.keep(&bytes)?, name: name.clone() });
        }
    }
    let body = format!("{}{notes}", text::insert_references(&html::markdown(&contents.html, None).body));
    let mut story = markdown::read_markdown("", &body, desk)?;
    story.media = pictures;
    let counts = [
        (contents.comments, "import/document-comments", "comment", "left out"),
        (contents.changes, "import/changes", "tracked change", "treated as accepted; check the document"),
        (contents.objects, "import/object", "object", "left out, as browsers cannot show it"),
    ];
    for (count, code, noun, outcome) in counts.into_iter().filter(|(count, ..)| *count > 0) {
        let (plural, verb) = if count == 1 { ("", "is") } else { ("s", "are") };
        let outcome = if count == 1 { outcome.to_owned() } else { outcome.replace("show it", "show them") };
        story.remark(code, format!("{count} {noun}{plural} in the document {verb} {outcome}"), None);
    }
    Ok(story)
}

/// The parts of a document that its text refers to.
struct Parts {
    /// The names of all parts.
    names: BTreeSet<String>,
    links: BTreeMap<String, String>,
    styles: Option<Document>,
    numbers: Option<Document>,
    footnotes: Option<Document>,
    endnotes: Option<Document>,
}

/// The targets of links and pictures by their identifiers.
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

/// The name of a picture, if browsers show such files.
fn picture_name(target: &str) -> Option<String> {
    let name = target.rsplit('/').next().filter(|_| !target.contains("://"))?;
    is_media(name).then(|| name.to_lowercase())
}
