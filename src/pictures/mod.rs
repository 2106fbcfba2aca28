//! A picture's file → its size as browsers show it, and what is wrong with it, without decoding its pixels.
//!
//! A photograph that is cut off, or that tells where it was taken, is published by accident. So each file is looked through
//! when it is new or was changed; what was found is remembered with the story that names it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};

mod format;
mod location;
mod orientation;
mod svg;
mod whole;

use format::Format;

/// What is known of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Width and height in CSS pixels, turned as browsers turn it; `None` if they cannot be read.
    pub size: Option<(u32, u32)>,
    /// What is wrong with it.
    pub flaws: Vec<Flaw>,
}

/// Something wrong with a picture's file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Flaw {
    /// It has no bytes.
    Empty,
    /// It ends before the picture does.
    CutOff,
    /// It is in no format of pictures, whatever its name says.
    NotAPicture,
    /// It is in this format, which few browsers show.
    FewBrowsersShow(String),
    /// It is in this format, and its name says another.
    NamedOtherwise(String),
    /// Its metadata tells where it was taken.
    Location,
}

/// Whether a file's name says that it is a picture.
pub fn is_picture(name: &str) -> bool {
    Format::of_name(name).is_some()
}

/// Blanks out where a JPEG was taken, so that nothing else of it changes; gives whether something was there. Other files stay as they are.
pub fn erase_location(bytes: &mut [u8]) -> bool {
    Format::of_bytes(bytes.get(..format::HEAD.min(bytes.len())).unwrap_or_default()) == Some(Format::Jpeg)
        && location::erase(bytes)
}

/// Looks through a picture's file. A file whose name is not one of a picture has no size and no flaws.
///
/// # Errors
/// If the file cannot be read.
pub fn examine(file: &Path) -> io::Result<Picture> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Some(named) = Format::of_name(&name) else { return Ok(Picture::default()) };
    let mut reader = BufReader::new(File::open(file)?);
    let length = reader.get_ref().metadata()?.len();
    if length == 0 {
        return Ok(Picture { size: None, flaws: vec![Flaw::Empty] });
    }
    let mut head = Vec::with_capacity(format::HEAD);
    reader.by_ref().take(format::HEAD as u64).read_to_end(&mut head)?;
    let Some(format) = Format::of_bytes(&head) else {
        // A drawing may begin with any comment.
        let flaws = if named == Format::Svg { Vec::new() } else { vec![Flaw::NotAPicture] };
        return Ok(Picture { size: None, flaws });
    };
    let mut flaws = Vec::new();
    if format.few_browsers_show() {
        flaws.push(Flaw::FewBrowsersShow(format.name().to_owned()));
    } else if format != named {
        flaws.push(Flaw::NamedOtherwise(format.name().to_owned()));
    }
    if !format.few_browsers_show() && !whole::is_whole(format, rewound(&mut reader)?, length)? {
        flaws.push(Flaw::CutOff);
    }
    if location::is_told(format, rewound(&mut reader)?)? {
        flaws.push(Flaw::Location);
    }
    let size = match format {
        Format::Svg => svg::size(&String::from_utf8_lossy(&head)),
        _ => size(format, rewound(&mut reader)?),
    };
    Ok(Picture { size, flaws })
}

fn rewound(reader: &mut BufReader<File>) -> io::Result<&mut BufReader<File>> {
    reader.seek(SeekFrom::Start(0))?;
    Ok(reader)
}

/// Width and height of a picture of pixels.
fn size(format: Format, reader: &mut BufReader<File>) -> Option<(u32, u32)> {
    let size = imagesize::reader_size(&mut *reader).ok()?;
    let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
    let turned = orientation::is_turned(format, rewound(reader).ok()?);
    Some(if turned { (height, width) } else { (width, height) })
}
