//! Blocks of metadata → what they say of the picture.
//!
//! XMP is right where blocks differ, then IIM, then EXIF (Metadata Working Group, Guidelines 2.0, section 5; programs of today keep XMP).

use super::containers::Blocks;
use super::exif::tag;
use super::text::{LONG, SHORT, shown, url};
use super::xmp::Property;
use super::{DigitalSource, Metadata, iim, xmp};

/// Reads blocks. What is damaged, or says nothing, is left out.
pub(super) fn read(blocks: &Blocks<'_>) -> Metadata {
    let xmp = blocks.xmp.as_deref().map(xmp::read).unwrap_or_default();
    let iim = blocks.iim.as_deref().map(iim::read).unwrap_or_default();
    let exif = blocks.exif();
    let of_iim = |set: u8| {
        let all: Vec<&str> = iim.iter().filter(|(found, _)| *found == set).map(|(_, text)| &**text).collect();
        all.join(", ")
    };
    let of_exif = |tag| exif.and_then(|exif| exif.text(tag)).unwrap_or_default();
    let first = |texts: [&str; 3], longest| texts.into_iter().find_map(|text| shown(text, longest));
    let of_xmp = |property| xmp.first(property).unwrap_or_default();
    let creators =
        xmp.all(Property::Creator).filter_map(|name| shown(name, SHORT)).collect::<Vec<_>>().join(", ");
    let licenses = [Property::WebStatement, Property::License, Property::LicensorUrl];
    Metadata {
        creator: first(
            [&creators, &of_iim(iim::set::BYLINE), &of_exif(tag::ARTIST).replace(';', ",")],
            SHORT,
        ),
        credit: first([of_xmp(Property::Credit), &of_iim(iim::set::CREDIT), ""], SHORT),
        source: first([of_xmp(Property::Source), &of_iim(iim::set::SOURCE), ""], SHORT),
        copyright: first(
            [of_xmp(Property::Rights), &of_iim(iim::set::COPYRIGHT), &of_exif(tag::COPYRIGHT)],
            SHORT,
        ),
        license: licenses.into_iter().find_map(|property| url(of_xmp(property))),
        caption: first(
            [of_xmp(Property::Description), &of_iim(iim::set::CAPTION), &of_exif(tag::DESCRIPTION)],
            LONG,
        ),
        alt: shown(of_xmp(Property::AltText), LONG),
        digital_source: DigitalSource::from_code(of_xmp(Property::DigitalSourceType)),
        has_content_credentials: blocks.has_content_credentials,
    }
}
