//! The output folder and an earlier record of it → what changed, for hosts that `bulletin publish` does not know.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::changes::Changes;
use super::local_file::LocalFile;
use super::record::{About, PublishedFile, Record, Unreadable};
use super::site_files::local_files;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::output;
use crate::plan::{FileClass, SiteFile};
use crate::site::SiteDir;

/// Compares the output folder with a record, which need not exist: every file is then new. With `update`, the record becomes that of the folder.
///
/// # Errors
/// If the folder has no build, or the record cannot be read or written.
pub fn changed_since(
    site: &SiteDir,
    config: &Config,
    record: &Path,
    update: bool,
) -> Result<Changes, Vec<Diagnostic>> {
    let one = |problem: Diagnostic| vec![problem];
    let earlier = read(record).map_err(one)?;
    let Some(paths) = output::written_files(&site.output()) else {
        let message = "the output folder has no build".to_owned();
        return Err(one(Diagnostic::fatal("changed/no-build", message).help("run `bulletin build` first")));
    };
    let file = |path: String| SiteFile { path, class: FileClass::Static, redirects_to: None };
    let files = paths.into_iter().map(file).collect();
    let (mut files, build) = local_files(site, config, files, Vec::new()).map_err(|problem| one(*problem))?;
    // Only publications have the file that names the build.
    files.retain(|file| file.path != super::site_files::BUILD_FILE);
    let changes = Changes::since(&earlier, &files, &config.base_url);
    if update {
        write(record, config, build, &files).map_err(one)?;
    }
    Ok(changes)
}

fn read(file: &Path) -> Result<BTreeMap<String, PublishedFile>, Diagnostic> {
    let shown = file.display();
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            let message = format!("cannot read the record `{shown}`: {error}");
            return Err(Diagnostic::fatal("changed/record", message));
        }
    };
    Record::parse(&bytes).map(|record| record.files).map_err(|why| match why {
        Unreadable::Damaged => {
            Diagnostic::fatal("changed/record", format!("`{shown}` is not a record of a site"))
                .help("pass a file that `bulletin changed --update` wrote, or delete it to start over")
        }
        Unreadable::Newer => {
            let message = format!("a newer version of bulletin wrote the record `{shown}`");
            Diagnostic::fatal("changed/record", message).help("update bulletin")
        }
    })
}

fn write(record: &Path, config: &Config, build: String, files: &[LocalFile]) -> Result<(), Diagnostic> {
    let about = About {
        site: config.base_url.to_string(),
        build,
        as_of: Timestamp::now(),
        published: Timestamp::now(),
        run: String::new(),
        unpurged: Vec::new(),
        target: serde_json::Map::new(),
    };
    let published = |file: &LocalFile| {
        let headers = Default::default();
        (file.path.clone(), PublishedFile { class: file.class, size: file.size, hash: file.hash, headers })
    };
    let whole = Record { about, files: files.iter().map(published).collect() };
    let mut unfinished = record.as_os_str().to_owned();
    unfinished.push(".new");
    let written = whole.to_bytes().and_then(|bytes| fs::write(&unfinished, bytes));
    written.and_then(|()| fs::rename(&unfinished, record)).map_err(|error| {
        let message = format!("cannot write the record `{}`: {error}", record.display());
        Diagnostic::fatal("changed/record", message)
    })
}
