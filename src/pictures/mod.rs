//! Finds the size and the flaws of a picture without decoding its pixels.
//!
//! Truncated photographs and those that reveal where they were taken are published by accident. Each new or changed file is
//! examined, and the result is stored with the story that uses it.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};

mod decode;
mod encode;
mod facts;
mod format;
mod library;
mod location;
mod metadata;
mod orientation;
mod pixels;
mod rendition;
mod resize;
mod source;
mod svg;
mod truncation;

#[cfg(test)]
mod tests;

pub use decode::MAX_PIXELS;
pub use facts::Facts;
pub use format::{Format, HEAD};
pub use library::{Form, Library, Made, PublishedPicture};
use metadata::{Blocks, cleaned};
pub use metadata::{DigitalSource, Metadata};
pub use rendition::{Crop, Encoding, FOLDER, Focus, Ratio, Rendition};
pub use source::{Source, SourceHash};

/// The most bytes of a color profile; the largest of printers have about 2 MB.
const LARGEST_PROFILE: u64 = 4 << 20;

/// The size and the flaws of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Width and height in CSS pixels, rotated as in browsers. `None` if they cannot be read.
    pub size: Option<(u32, u32)>,
    /// The flaws.
    pub flaws: Vec<Flaw>,
    /// What identifies it, if renditions can be made from it.
    pub source: Option<Source>,
    /// What its metadata says.
    pub metadata: Metadata,
}

/// A flaw of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Flaw {
    /// The file is empty.
    Empty,
    /// The file is truncated.
    CutOff,
    /// The file is not a picture, although its name says so.
    NotAPicture,
    /// The format, which few browsers support.
    UnsupportedFormat(String),
    /// The format, which differs from the extension.
    WrongExtension(String),
    /// The metadata reveals where it was taken and cannot be removed.
    Location,
    /// The metadata reveals where it was taken, and removing it would break the content credentials.
    LocationInCredentials,
    /// An SVG has scripts, loads other files or embeds pictures in an unknown format, which are not published.
    Script,
    /// It has more pixels than a build decodes: width and height.
    TooLarge(u32, u32),
    /// It is a camera raw file, with all that the camera knows.
    RawFile,
    /// It is large, and no smaller sizes can be made of its format, which browsers show.
    OneSize(String),
    /// It cannot be decoded, so no renditions can be made: its format, and why.
    Undecodable(Format, PictureError),
}

impl Flaw {
    /// Whether nothing can be published of the picture: no browser shows the file.
    pub fn leaves_nothing(&self) -> bool {
        matches!(self, Self::Undecodable(Format::Tiff, _))
    }
}

/// Why a picture cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PictureError {
    /// No decoder for what it is: a noun with its article, such as "an arithmetic-coded JPEG".
    Unsupported(String),
    /// The file is truncated, and nothing of it can be decoded.
    CutOff,
    /// More pixels than a build decodes: width and height.
    TooLarge(u32, u32),
    /// The bytes are not what the format prescribes. The message is that of the decoder or encoder, for developers.
    Damaged(String),
    /// The file cannot be read. The message is that of the operating system.
    Unreadable(String),
    /// The file is no longer the one that was examined.
    Changed,
}

impl PictureError {
    /// The error of a file that is not damaged, but of a kind of its format that no decoder knows.
    fn unusual(format: Format) -> Self {
        Self::Unsupported(format!("an unusual kind of {}", format.name()))
    }

    /// Whether it says nothing of the picture itself, so that another try may succeed.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::Changed)
    }
}

/// As a clause for messages.
impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(kind) => write!(f, "it is {kind}"),
            Self::CutOff => f.write_str("it is truncated"),
            Self::TooLarge(width, height) => write!(f, "it has {width} × {height} pixels"),
            Self::Damaged(_) => f.write_str("the file is damaged"),
            Self::Unreadable(why) => f.write_str(why),
            Self::Changed => f.write_str("it changed"),
        }
    }
}

/// Whether a file name has the extension of a picture.
pub fn is_picture(name: &str) -> bool {
    Format::from_name(name).is_some()
}

/// Erases the location in a JPEG without changing anything else. Returns whether there was one. Other files are unchanged.
pub fn erase_location(bytes: &mut [u8]) -> bool {
    Format::from_bytes(bytes.get(..format::HEAD.min(bytes.len())).unwrap_or_default()) == Some(Format::Jpeg)
        && location::erase(bytes)
}

/// Whether the EXIF or XMP of a picture that is part of another file reveals where it was taken; `bytes` begin with the picture.
pub(crate) fn reveals_location(bytes: &[u8]) -> bool {
    let head = bytes.get(..format::HEAD.min(bytes.len())).unwrap_or_default();
    Format::from_bytes(head).is_some_and(|format| Blocks::of(bytes, format).has_location())
}

/// Whether the XMP in these bytes reveals where something was taken.
pub(crate) fn xmp_reveals_location(bytes: &[u8]) -> bool {
    location::in_xmp(bytes)
}

/// Examines a picture. A file without the extension of a picture has no size and no flaws.
///
/// # Errors
/// If the file cannot be read.
pub fn examine(file: &Path) -> io::Result<Picture> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Some(named) = Format::from_name(&name) else { return Ok(Picture::default()) };
    let mut reader = BufReader::new(File::open(file)?);
    let length = reader.get_ref().metadata()?.len();
    if length == 0 {
        return Ok(Picture { flaws: vec![Flaw::Empty], ..Picture::default() });
    }
    let mut head = Vec::with_capacity(format::HEAD);
    reader.by_ref().take(format::HEAD as u64).read_to_end(&mut head)?;
    let Some(format) = Format::from_bytes(&head) else {
        // An SVG may start with a long comment.
        let flaws = if named == Format::Svg { Vec::new() } else { vec![Flaw::NotAPicture] };
        return Ok(Picture { flaws, ..Picture::default() });
    };
    let mut flaws = Vec::new();
    if format.is_unsupported() {
        flaws.push(Flaw::UnsupportedFormat(format.name().to_owned()));
    } else if format != named {
        flaws.push(Flaw::WrongExtension(format.name().to_owned()));
    }
    let mut bytes = Vec::new();
    rewind(&mut reader)?.read_to_end(&mut bytes)?;
    let is_whole = format.is_unsupported() || truncation::is_complete(format, rewind(&mut reader)?, length)?;
    flaws.extend(structural(format, &bytes, is_whole));
    let blocks = Blocks::of(&bytes, format);
    let metadata = Metadata::of(&blocks);
    if location::has_location(format, &bytes, &blocks) {
        // What is published of TIFF is a rendition.
        if format != Format::Tiff && cleaned(&bytes, format, &metadata).is_none() {
            flaws.push(Flaw::Location);
        } else if metadata.has_content_credentials {
            flaws.push(Flaw::LocationInCredentials);
        }
    }
    if format == Format::Svg && svg::sanitized(&bytes).is_some_and(|sanitized| sanitized.had_script) {
        flaws.push(Flaw::Script);
    }
    let size = match format {
        Format::Svg => svg::size(&String::from_utf8_lossy(&head)),
        _ => size(format, rewind(&mut reader)?, &blocks),
    };
    let is_hollow = format == Format::Jpeg && decode::is_hollow(&bytes);
    // The size of a hollow file may be a lie.
    let too_large = size.filter(|size| format != Format::Svg && !is_hollow && decode::is_too_large(*size));
    flaws.extend(too_large.map(|(width, height)| match format {
        Format::Tiff => Flaw::Undecodable(format, PictureError::TooLarge(width, height)),
        _ => Flaw::TooLarge(width, height),
    }));
    flaws.extend(in_one_size(format, size, length));
    let is_useless = |flaw: &Flaw| matches!(flaw, Flaw::Undecodable(..) | Flaw::TooLarge(..));
    let source = size.filter(|_| format.is_decoded() && !is_hollow && !flaws.iter().any(is_useless));
    let source = source.map(|size| Source { hash: SourceHash::of(&bytes), size, format });
    Ok(Picture { size, flaws, source, metadata })
}

/// The flaws of the structure of a file, which `is_whole` unless it is truncated.
fn structural(format: Format, bytes: &[u8], is_whole: bool) -> Option<Flaw> {
    match format {
        Format::Tiff if !is_whole => Some(Flaw::Undecodable(format, PictureError::CutOff)),
        Format::Avif | Format::Bmp if !truncation::is_picture(format, bytes) => Some(Flaw::NotAPicture),
        Format::Jpeg if decode::has_too_many_scans(bytes) => {
            Some(Flaw::Undecodable(format, PictureError::Damaged("too many scans".to_owned())))
        }
        Format::Jpeg if decode::is_hollow(bytes) => Some(Flaw::CutOff),
        _ => (!is_whole).then_some(Flaw::CutOff),
    }
}

/// The largest picture that all readers may get: so many pixels wide, and so many bytes.
const ONE_SIZE: (u32, u64) = (1920, 200_000);

/// The flaw of a large picture that browsers show, but that no renditions can be made from.
fn in_one_size(format: Format, size: Option<(u32, u32)>, length: u64) -> Option<Flaw> {
    let is_large = size.is_some_and(|(width, _)| width > ONE_SIZE.0) || length > ONE_SIZE.1;
    let is_one_of_them = matches!(format, Format::Avif | Format::Bmp);
    (is_one_of_them && is_large).then(|| Flaw::OneSize(format.name().to_owned()))
}

/// What is published of a picture file that no rendition is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishable {
    /// The file as it is.
    AsItIs,
    /// The same picture without private metadata or scripts.
    Cleaned(Vec<u8>),
    /// Nothing, because of this flaw: its metadata cannot be removed.
    Nothing(Flaw),
}

/// Whether a file with this name and these first bytes may be a picture, with metadata that must not be published.
pub fn may_be_picture(name: &str, head: &[u8]) -> bool {
    let is_raster = || Format::from_bytes(head).is_some_and(|format| format != Format::Svg);
    is_picture(name) || format::is_raw_file(name, head) || is_raster()
}

/// Decides what is published of a file with this name: a picture without private metadata, whatever its name. An SVG of a story loses its scripts and the
/// notes of the program that drew it; those of the site and its theme (`is_static`) are code like the theme itself, and stay. Signed pictures in `static/` stay, too.
pub fn publishable(name: &str, bytes: &[u8], is_static: bool) -> Publishable {
    let head = bytes.get(..format::HEAD.min(bytes.len())).unwrap_or_default();
    if format::is_raw_file(name, head) {
        return Publishable::Nothing(Flaw::RawFile);
    }
    let format = match Format::from_bytes(head) {
        Some(format) if is_picture(name) || format != Format::Svg => format,
        // Whatever it is, programs that search for metadata find it.
        None if is_picture(name) && location::is_anywhere(bytes) => {
            return Publishable::Nothing(Flaw::Location);
        }
        _ => return Publishable::AsItIs,
    };
    if format == Format::Svg {
        let sanitized = svg::sanitized(bytes).filter(|_| !is_static);
        return sanitized.map_or(Publishable::AsItIs, |sanitized| Publishable::Cleaned(sanitized.bytes));
    }
    let blocks = Blocks::of(bytes, format);
    let has_location = location::has_location(format, bytes, &blocks);
    let metadata = Metadata::of(&blocks);
    if is_static && metadata.has_content_credentials && !has_location {
        return Publishable::AsItIs;
    }
    match cleaned(bytes, format, &metadata) {
        Some(cleaned) if cleaned == bytes => Publishable::AsItIs,
        Some(cleaned) => Publishable::Cleaned(cleaned),
        None if has_location => Publishable::Nothing(Flaw::Location),
        None => Publishable::AsItIs,
    }
}

fn rewind(reader: &mut BufReader<File>) -> io::Result<&mut BufReader<File>> {
    reader.seek(SeekFrom::Start(0))?;
    Ok(reader)
}

/// Width and height of a raster picture.
fn size(format: Format, reader: &mut BufReader<File>, blocks: &Blocks<'_>) -> Option<(u32, u32)> {
    let size = imagesize::reader_size(&mut *reader).ok()?;
    let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
    let is_turned = pixels::swaps_sides(orientation::of(format, blocks));
    Some(if is_turned { (height, width) } else { (width, height) })
}
