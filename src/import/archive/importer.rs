//! A folder with the site of a generator → an open [`Archive`].

use std::marker::PhantomData;
use std::path::Path;

use super::Archive;
use super::generator::SiteReader;
use crate::diagnostic::{Diagnostic, Place};
use crate::import::{ImportContext, Importer, Origin, Sample, Source};

/// The importer of the sites of one generator.
pub(in crate::import) struct ArchiveImporter<G>(PhantomData<fn() -> G>);

impl<G> ArchiveImporter<G> {
    /// The importer.
    pub(in crate::import) const NEW: Self = Self(PhantomData);
}

impl<G: SiteReader> Importer for ArchiveImporter<G> {
    fn name(&self) -> &'static str {
        G::NAME
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        G::fits(sample)
    }

    fn recognized_by(&self) -> &'static str {
        G::MARKERS
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        G::find_root(folder).is_some()
    }

    fn open(
        &self,
        folder: Option<&Path>,
        _import: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        if let Some(root) = folder.filter(|folder| folder.is_dir()).and_then(G::find_root) {
            return Ok(Box::new(Archive::new(Some(root), Box::new(G::read(root)))));
        }
        let content = match folder {
            Some(folder) if !folder.join("content").is_dir() => "",
            _ => "content",
        };
        let site = G::without_settings(folder, content).filter(|_| folder.is_none_or(Path::is_dir));
        let Some(site) = site else {
            let folder = folder.unwrap_or(Path::new("")).to_string_lossy();
            let problem = Diagnostic::error("import/no-archive", format!("this is not a {} site", G::TITLE))
                .at(Place::file(folder.into_owned()))
                .help(format!("pass the folder that contains {}", G::MARKERS));
            return Err(Box::new(problem));
        };
        Ok(Box::new(Archive::new(folder, Box::new(site))))
    }
}
