//! Tests that hold for all importers of XML and JSON: broken and hostile files, fixtures, and whose copy is whose.

use std::path::Path;
use std::time::Instant;

use super::testing::{fits, stories};
use super::{newsml_1::Newsml1, newsml_g2::NewsmlG2, ninjs::Ninjs, nitf::Nitf, rss::Rss, wxr::Wxr};
use crate::import::{Importer, Refusal, Sample};

const OURS: [&dyn Importer; 6] = [&Newsml1, &NewsmlG2, &Nitf, &Wxr, &Rss, &Ninjs];

/// Files below a folder of fixtures whose names begin so.
fn inputs(start: &str) -> Vec<std::path::PathBuf> {
    let all =
        walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")).sort_by_file_name();
    let files = all.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let paths = files.map(walkdir::DirEntry::into_path).filter(|path| {
        let folder = path.parent().filter(|folder| folder.ends_with("input")).and_then(Path::parent);
        folder.and_then(Path::file_name).is_some_and(|name| name.to_string_lossy().starts_with(start))
    });
    paths.filter(|path| path.extension().is_some_and(|extension| extension != "jpg")).collect()
}

#[test]
fn every_fixture_is_taken_by_its_importer_alone() {
    for importer in OURS {
        let files = inputs(&format!("{}-", importer.name()));
        assert!(files.len() >= 2, "{}", importer.name());
        for path in files {
            let bytes = std::fs::read(&path).unwrap();
            let text = crate::import::encoding::decode(&bytes, None).unwrap().text;
            let sample = Sample { name: "x", head: &text };
            let takers: Vec<_> =
                OURS.iter().filter(|other| other.fits(&sample)).map(|other| other.name()).collect();
            assert_eq!(takers, [importer.name()], "{}", path.display());
            let stories = match stories(importer, &bytes) {
                Err(Refusal::Skipped(_)) => continue,
                read => read.unwrap(),
            };
            for story in &stories {
                assert!(story.text("title").is_some_and(|title| !title.is_empty()), "{}", path.display());
                assert!(!story.body.is_empty(), "{}: {story:?}", path.display());
                assert!(!story.body.contains("<script"), "{}", path.display());
            }
        }
    }
}

#[test]
fn whatever_comes_is_read_or_refused() {
    let n = 100_000;
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(n), close.repeat(n));
    let laughs = "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><rss><channel><item><title>&b;</title></item></channel></rss>";
    let utf_16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let html = deep("<div>", "</div>").replace('<', "&lt;");
    let item = format!(
        "{{\"uri\": \"x\", \"headline\": \"H\", \"body_html\": \"{}\"}}",
        deep("<b title=1>", "</b>")
    );
    let files: Vec<Vec<u8>> = vec![
        Vec::new(),
        b" \n".to_vec(),
        b"PK\x03\x04\x14\0\0\0".to_vec(),
        b"\x1f\x8b\x08".to_vec(),
        vec![0xff; 1000],
        vec![b'<'; n],
        vec![b'{'; n],
        deep("[", "]").into_bytes(),
        deep("{\"a\":", "}").into_bytes(),
        deep("<a>", "</a>").into_bytes(),
        laughs.into(),
        utf_16("<?xml version='1.0' encoding='UTF-16'?><rss><channel><item><title>é title</title></item></channel></rss>"),
        b"<!DOCTYPE html><html><body><p>No copy<br></body></html>".to_vec(),
        format!("<rss><channel><item><title>T</title><description>{html}</description></item></channel></rss>").into_bytes(),
        item.into_bytes(),
        b"[1, \"two\", null, {}]".to_vec(),
        b"{\"uri\": {}, \"headline\": [], \"headlines\": 7, \"bodies\": {\"a\": 1}, \"associations\": [[]], \"urgency\": -1e99}".to_vec(),
        b"<nitf><head/><body><body.head/><body.content><media/><table><tr/></table></body.content></body></nitf>".to_vec(),
        b"<newsItem><itemMeta><itemClass/><pubStatus/></itemMeta><contentMeta><headline>H</headline></contentMeta><contentSet><inlineXML/></contentSet></newsItem>".to_vec(),
    ];
    for importer in OURS {
        for bytes in &files {
            let start = Instant::now();
            match stories(importer, bytes) {
                Ok(stories) => assert!(!stories.is_empty()),
                Err(Refusal::Failed(words, _) | Refusal::Skipped(words)) => {
                    assert!(!words.is_empty() && !words.ends_with('.') && !words.contains('\n'), "{words}");
                }
            }
            let head = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            assert!(start.elapsed().as_secs() < 20, "{}: {head}", importer.name());
        }
        for path in inputs(importer.name()) {
            let bytes = std::fs::read(&path).unwrap();
            for cut in (0..bytes.len()).step_by(bytes.len() / 12 + 1) {
                let _ = stories(importer, &bytes[..cut]);
                fits(importer, &String::from_utf8_lossy(&bytes[..cut]));
            }
        }
    }
}
