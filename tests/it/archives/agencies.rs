//! Imports agency copy in containers: NewsML, Word documents and mails.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::time::Instant;

use serde_json::Value as Json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Run, SETTINGS, Site, bulletin, tree};

/// A site without articles.
fn site() -> Site {
    let site = Site::empty();
    site.write("bulletin.yaml", SETTINGS);
    site
}

fn import(site: &Site, args: &[&str]) -> Run {
    let folder = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(folder).args(["import", "--site", "site"]).args(args))
}

/// The report rows of an import by file name. Of several stories in a file, the last one counts.
fn rows(files: &[(&str, &[u8])]) -> BTreeMap<String, Json> {
    let site = site();
    for (name, bytes) in files {
        site.write(&format!("../in/{name}"), bytes);
    }
    let run = import(&site, &["in", "--json", "--dry-run"]);
    let rows = run.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let named =
        rows.filter_map(|row| Some((row["input"].as_str()?.trim_start_matches("in/").to_owned(), row)));
    named.collect()
}

/// The value of a field, or of the body.
fn value(row: &Json, key: &str) -> Json {
    if key == "body" {
        return row["body"].as_str().unwrap_or_default().trim().into();
    }
    let fields = row["fields"].as_array().cloned().unwrap_or_default();
    fields.iter().find(|field| field["key"] == key).map_or(Json::Null, |field| field["value"].clone())
}

fn remarks(row: &Json) -> String {
    row["remarks"].to_string()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const W: &str = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'";

/// A Word document with these paragraphs.
fn docx(body: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let document = format!("<w:document {W}><w:body>{body}</w:body></w:document>");
    zipped(&[&[("word/document.xml", document.as_bytes())], parts].concat())
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn mail(head: &str, body: &str) -> String {
    format!("From: Kai Holm <kai@paper.example>\nDate: Fri, 20 Nov 2026 12:00:00 +0000\n{head}\n\n{body}")
}

const PROSE: &str =
    "Ferries stayed in port on Friday while fog lay over the sound, and the crews went home, the port said.";

#[test]
fn the_headline_of_a_document_is_in_its_text() {
    let bold =
        format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Fog shuts the sound</w:t></w:r></w:p>{}", p(PROSE));
    let core: &[u8] = b"<x xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator>Template Maker</dc:creator><dc:title>Letter</dc:title></x>";
    let strict = format!(
        "<x:document xmlns:x='http://purl.oclc.org/ooxml/wordprocessingml/main'><x:body><x:p><x:r><x:t>Fog lifts</x:t></x:r></x:p><x:p><x:r><x:t>{PROSE}</x:t></x:r></x:p></x:body></x:document>"
    );
    let broken = format!(
        "{}{}{}",
        p("Fog lifts"),
        "<w:p><w:r><w:t>By Jo Lind</w:t><w:br/><w:t>Harbour desk</w:t></w:r></w:p>",
        p(PROSE)
    );
    let rows = rows(&[
        ("bold.docx", &docx(&bold, &[("docProps/core.xml", core)])),
        ("plain.docx", &docx(&format!("{}{}{}", p("Fog shuts the sound"), p("By Jo Lind"), p(PROSE)), &[])),
        ("strict.docx", &zipped(&[("word/document.xml", strict.as_bytes())])),
        ("breaks.docx", &docx(&broken, &[])),
        ("prose.docx", &docx(&p(PROSE), &[])),
    ]);
    for (name, title, authors) in [
        ("bold.docx", "Fog shuts the sound", Json::Null),
        ("plain.docx", "Fog shuts the sound", serde_json::json!(["Jo Lind"])),
        ("strict.docx", "Fog lifts", Json::Null),
        ("breaks.docx", "Fog lifts", serde_json::json!(["Jo Lind"])),
    ] {
        let row = &rows[name];
        assert_eq!((value(row, "title"), value(row, "authors")), (title.into(), authors), "{name}: {row}");
        assert_eq!(value(row, "body"), PROSE, "{name}");
        assert_eq!(value(row, "draft"), true);
    }
    assert!(value(&rows["prose.docx"], "title").as_str().unwrap().starts_with("Ferries stayed"));
    assert_eq!(value(&rows["prose.docx"], "body"), PROSE);
}

#[test]
fn hostile_documents_are_rejected_quickly() {
    let rel = |target: &str| format!("<R xmlns='x'><Relationship Id='r1' Target='{target}'/></R>");
    let blip = "<w:p><w:r><w:drawing><a:blip r:embed='r1'/></w:drawing></w:r></w:p>";
    let climbs = rel("../../../etc/evil.png");
    let body = format!("{}{}{blip}", p("Fog lifts"), p(PROSE));
    let big = vec![b' '; 300 << 20];
    let note = |id: &str| {
        format!(
            "<w:footnote w:id='{id}'><w:p><w:r><w:footnoteReference w:id='1'/><w:footnoteReference w:id='2'/></w:r></w:p></w:footnote>"
        )
    };
    let notes = format!("<w:footnotes {W}>{}{}</w:footnotes>", note("1"), note("2"));
    let referring = format!(
        "{}{}<w:p><w:r><w:t>{PROSE}</w:t><w:footnoteReference w:id='1'/></w:r></w:p>",
        p("Fog lifts"),
        p(PROSE)
    );
    let boxes = |n: usize| {
        let (open, close) = ("<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>");
        format!("{}{}{}{}{}", p("Fog lifts"), p(PROSE), open.repeat(n), p("Deep"), close.repeat(n))
    };
    let laughs = format!(
        "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    );
    let many: Vec<(String, Vec<u8>)> = (0..10_001).map(|n| (format!("f{n}"), Vec::new())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let whole = docx(&p(PROSE), &[]);
    let start = Instant::now();
    let rows = rows(&[
        ("bomb.docx", &zipped(&[("word/document.xml", &big)])),
        (
            "climbs.docx",
            &docx(
                &body,
                &[("word/_rels/document.xml.rels", climbs.as_bytes()), ("../../../etc/evil.png", b"x")],
            ),
        ),
        ("notes.docx", &docx(&referring, &[("word/footnotes.xml", notes.as_bytes())])),
        ("boxes.docx", &docx(&boxes(30), &[])),
        ("deep.docx", &docx(&boxes(100_000), &[])),
        ("laughs.docx", &zipped(&[("word/document.xml", laughs.as_bytes())])),
        ("many.docx", &zipped(&many)),
        ("cut.docx", &whole[..whole.len() / 2]),
        ("other.docx", &zipped(&[("a.txt", b"x")])),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"),
    ]);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    for (name, why) in [
        ("bomb.docx", "unpacks to more than"),
        ("deep.docx", "elements are nested"),
        ("laughs.docx", "unknown entity `&b;`"),
        ("many.docx", "more than 10000 parts"),
        ("cut.docx", "cannot be unpacked"),
        ("other.docx", "no `word/document.xml`"),
        ("locked.docx", "password"),
    ] {
        assert!(rows[name].to_string().contains(why), "{name}: {}", rows[name]);
    }
    assert_eq!(value(&rows["climbs.docx"], "body"), PROSE);
    assert!(value(&rows["notes.docx"], "body").as_str().unwrap().starts_with(PROSE));
    assert_eq!(rows["boxes.docx"]["body"].as_str().unwrap().matches("Deep").count(), 1);
}

#[test]
fn additions_of_mail_programs_are_cut_off() {
    let multi = |parts: &str| {
        mail(
            "Subject: Fog\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b",
            &format!("{parts}--b--\n"),
        )
    };
    let text = |kind: &str, body: &str| format!("--b\nContent-Type: {kind}\n\n{body}\n");
    let attached =
        format!("--b\nContent-Type: message/rfc822\n\n{}\n", mail("Subject: Fog lifts at last", PROSE));
    let stub = format!(
        "{}{}",
        text("text/plain", "Use a program that shows HTML."),
        text("text/html", &format!("<h1>Fog lifts</h1><p>{PROSE}</p><p>{PROSE}</p>"))
    )
    .replace("Content-Type: text/plain", "Content-Type: text/plain; charset=us-ascii");
    let files: Vec<(&str, String)> = vec![
        ("subject.eml", mail("Subject: =?iso-8859-1?Q?Re=3A_[EXTERNAL]_Fwd=3A_Caf=E9_shuts?=", PROSE)),
        ("line.eml", mail("Subject: Photo call at noon", "Quay 4, bring boots")),
        (
            "base64.eml",
            mail(
                "Subject: Fog\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=windows-1252",
                "Q2Fm6XMgc2h1dCBvbiBGcmlkYXkgYXMgZm9nIGxheSBvdmVyIHRoZSBzb3VuZCwgdGhlIHBvcnQgc2FpZC4=",
            ),
        ),
        ("attached.eml", multi(&format!("{}{attached}", text("text/plain", "Please run this")))),
        ("stub.eml", multi(&stub).replace("multipart/mixed", "multipart/alternative")),
        (
            "calendar.eml",
            multi(&format!(
                "{}{}{}",
                text("text/plain", PROSE),
                text("text/calendar; name=a.ics", "BEGIN:VCALENDAR"),
                text("application/ms-tnef; name=winmail.dat", "x")
            )),
        ),
        ("away.eml", mail("Subject: Away\nAuto-Submitted: auto-replied", "I am away.")),
        ("empty.eml", mail("X-Empty: 1", "")),
        (
            "kill.eml",
            mail("Subject: KILL", "KILL KILL KILL\n\nKILL the story headlined “Fog lifts”, it is wrong."),
        ),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let rows = rows(&files);
    for (name, key, expected) in [
        ("subject.eml", "title", "Café shuts"),
        ("subject.eml", "body", PROSE),
        ("line.eml", "title", "Photo call at noon"),
        ("line.eml", "body", "Quay 4, bring boots"),
        ("base64.eml", "body", "Cafés shut on Friday as fog lay over the sound, the port said."),
        ("attached.eml", "title", "Fog lifts at last"),
        ("attached.eml", "body", PROSE),
        ("stub.eml", "title", "Fog lifts"),
        ("calendar.eml", "body", PROSE),
        ("calendar.eml", "date", "2026-11-20T12:00:00+00:00"),
    ] {
        assert_eq!(value(&rows[name], key), expected, "{name}: {}", rows[name]);
        // The sender is a note for the desk.
        assert_eq!(value(&rows[name], "authors"), Json::Null, "{name}");
        assert!(value(&rows[name], "ednote").as_str().unwrap().contains("kai@paper.example"), "{name}");
    }
    assert!(value(&rows["attached.eml"], "ednote").as_str().unwrap().contains("Please run this"));
    assert!(
        remarks(&rows["calendar.eml"]).contains("winmail.dat")
            && !remarks(&rows["calendar.eml"]).contains("ics")
    );
    for (name, outcome, why) in [
        ("away.eml", "skipped", "automatic reply"),
        ("empty.eml", "skipped", "no text"),
        ("kill.eml", "failed", "the notice kills"),
    ] {
        assert!(rows[name]["outcome"] == outcome && rows[name].to_string().contains(why), "{}", rows[name]);
    }
}

#[test]
fn deeply_nested_mails_take_linear_time() {
    let n = 100_000;
    let head = "Subject: Fog\nMIME-Version: 1.0\n";
    let deep: String = (0..n)
        .map(|level| format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"))
        .collect();
    let nested = |kind: &str| -> String {
        (0..900).map(|level| format!("Content-Type: multipart/{kind}; boundary=b{level}\n\n--b{level}\nContent-Type: message/rfc822\n\nSubject: {level}\n")).take(450).collect()
    };
    let files = [
        ("deep.eml", mail(&format!("{head}{}", deep.trim_end()), "x")),
        ("mails.eml", mail(&format!("{head}{}", nested("mixed").trim_end()), PROSE)),
        ("headers.eml", mail(format!("X-A: b\n{}", "Received: from a\n".repeat(n)).trim_end(), PROSE)),
        ("words.eml", mail("Subject: Fog", &format!("On Monday wrote:\n{}", "> On x wrote:\n".repeat(n)))),
        ("from.eml", mail("Subject: Fog", &"From: a\nSent: b\n".repeat(5000))),
        ("passed.eml", mail("Subject: Fog", &"Begin forwarded message:\n".repeat(5000))),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let start = Instant::now();
    let rows = rows(&files);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert_eq!(rows.len(), 6, "{rows:?}");
    assert!(rows["deep.eml"].to_string().contains("more than 1000 parts"), "{}", rows["deep.eml"]);
    assert_eq!(value(&rows["headers.eml"], "body"), PROSE);
}

#[test]
fn pictures_within_documents_and_mails_are_imported() {
    let site = site();
    let picture =
        fs::read(crate::support::repository().join("tests/import/nitf-text/input/strike.jpg")).unwrap();
    let rels = "<R xmlns='x'><Relationship Id='r1' Target='media/a.jpg'/></R>";
    let body = format!(
        "{}{}<w:p><w:r><w:drawing><a:blip r:embed='r1'/></w:drawing></w:r></w:p>",
        p("Fog lifts"),
        p(PROSE)
    );
    let document =
        docx(&body, &[("word/_rels/document.xml.rels", rels.as_bytes()), ("word/media/a.jpg", &picture)]);
    for number in 0..20 {
        site.write(
            &format!("../in/{number}.docx"),
            docx(
                &body.replace("Fog lifts", &format!("Fog lifts {number}")),
                &[("word/_rels/document.xml.rels", rels.as_bytes()), ("word/media/a.jpg", &picture)],
            ),
        );
    }
    site.write("../in/a.docx", document);
    let run = import(&site, &["in"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let made = tree(&site.path("content"));
    assert_eq!(made.keys().filter(|path| path.ends_with("/a.jpg")).count(), 21, "{:?}", made.keys());
    assert!(made.iter().filter(|(path, _)| path.ends_with(".jpg")).all(|(_, bytes)| *bytes == picture));
    // The second run imports nothing.
    assert!(import(&site, &["in"]).stderr.contains("Nothing to import"));
    assert_eq!(tree(&site.path("content")), made);
}

#[test]
fn an_address_is_not_an_author() {
    let g2 = "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='urn:a'><itemMeta><itemClass qcode='ninat:text'/></itemMeta><contentMeta><headline>H</headline><by>jo@a.example</by><creator><name>Jo Lind (jo@a.example)</name></creator></contentMeta><contentSet><inlineXML><html><body><p>x</p></body></html></inlineXML></contentSet></newsItem>";
    let nitf = "<nitf><body><body.head><hedline><hl1>H</hl1></hedline><byline>By Jo Lind, jo@a.example</byline></body.head><body.content><p>x</p></body.content></body></nitf>";
    let one = "<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>H</HeadLine><ByLine>jo@a.example</ByLine></NewsLines><ContentItem><DataContent><p>x</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>";
    let files: [(&str, String); 7] = [
        ("g2.xml", g2.to_owned()),
        ("nitf.xml", nitf.to_owned()),
        ("one.xml", one.to_owned()),
        ("ninjs.json", r#"{"uri":"u","headline":"H","byline":"By Jo Lind <jo@a.example>","body_text":"x"}"#.to_owned()),
        ("rss.xml", "<rss><channel><item><title>H</title><author>jo@a.example</author><description>x</description></item></channel></rss>".to_owned()),
        ("wire.txt", format!("Fog shuts the sound\n\nBy Jo Lind <jo@a.example>\n\nSKARRA (AP) — {PROSE}\n")),
        ("only.txt", format!("Fog shuts the sound\n\nBy jo@a.example\n\nSKARRA (AP) — {PROSE}\n")),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let rows = rows(&files);
    for name in ["g2.xml", "nitf.xml", "ninjs.json", "wire.txt"] {
        assert_eq!(value(&rows[name], "authors"), serde_json::json!(["Jo Lind"]), "{name}: {}", rows[name]);
    }
    for name in ["one.xml", "rss.xml", "only.txt"] {
        assert_eq!(value(&rows[name], "authors"), Json::Null, "{name}: {}", rows[name]);
    }
}

#[test]
fn a_folder_in_no_known_format_is_rejected() {
    const COPY: &str = "Fog shuts the sound\n\nSKARRA (AP) — Ferries stayed in port on Friday.\n";
    let page = "---\ntitle: A page\n---\n\nText.\n";
    for (files, found) in [
        (
            vec![("package.json", "{}"), ("README.md", "# A program"), ("src/a.js", "x")],
            Some("`package.json`"),
        ),
        (vec![("Makefile", "all:"), ("main.c", "int main;")], Some("`Makefile`")),
        (vec![("notes/a.md", page), ("notes/b.md", page)], Some("`notes/a.md`, which has front matter")),
        (vec![("a.txt", COPY), ("site.config.mjs", "x")], Some("`site.config.mjs`")),
        (vec![("a.py", "x"), ("b.py", "y"), ("c.txt", COPY)], Some("`a.py`")),
        (
            vec![
                ("a.txt", COPY),
                ("fetch.sh", "curl"),
                ("README.md", "# Read me"),
                ("a.css", "x"),
                ("a.jpg", "\u{0}"),
            ],
            None,
        ),
        (vec![("a.txt", COPY), ("deep/b.md", COPY), ("~$b.docx", "x")], None),
    ] {
        let site = site();
        for (path, text) in &files {
            site.write(&format!("../in/{path}"), text);
        }
        let run = import(&site, &["in"]);
        match found {
            Some(found) => {
                assert_eq!(run.code, Some(2), "{}", run.stderr);
                assert!(
                    run.stderr.contains("import/unknown-folder") && run.stderr.contains(found),
                    "{}",
                    run.stderr
                );
                assert!(
                    run.stderr.contains("hugo (`hugo.toml`") && run.stderr.contains("--from"),
                    "{}",
                    run.stderr
                );
                assert!(tree(&site.path("content")).is_empty());
            }
            None => {
                assert_eq!(run.code, Some(0), "{}", run.stderr);
                let made = tree(&site.path("content"));
                assert!(made.keys().all(|path| path.contains("fog-shuts-the-sound")), "{:?}", made.keys());
            }
        }
    }
    // With `--from`, it is imported.
    let site = site();
    site.write("../in/notes/a.md", page);
    assert_eq!(import(&site, &["in", "--from", "hugo"]).code, Some(0));
    site.write("../more/package.json", "{}");
    site.write("../more/a.txt", COPY);
    assert_eq!(import(&site, &["more/a.txt"]).code, Some(0));
    assert_eq!(import(&site, &["more", "--from", "wire"]).code, Some(0));
}

/// The fixtures of a format, each truncated at several places.
fn cut_fixtures(kind: &str) -> Vec<Vec<u8>> {
    let fixtures = tree(&crate::support::repository().join("tests/import"));
    let inputs = fixtures.into_iter().filter(|(path, _)| {
        path.starts_with(&format!("{kind}-")) && path.contains("/input/") && !path.ends_with(".jpg")
    });
    let cuts = inputs.flat_map(|(_, bytes)| {
        let step = bytes.len() / 12 + 1;
        (0..bytes.len()).step_by(step).map(|cut| bytes[..cut].to_vec()).collect::<Vec<_>>()
    });
    cuts.collect()
}

#[test]
fn truncated_and_hostile_copy_is_rejected_quickly() {
    let n = 100_000;
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(n), close.repeat(n));
    let utf_16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let html = deep("<div>", "</div>").replace('<', "&lt;");
    let item = |body: &str| format!("{{\"uri\": \"x\", \"headline\": \"H\", \"body_html\": \"{body}\"}}");
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
        b"<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><rss><channel><item><title>&b;</title></item></channel></rss>".to_vec(),
        utf_16("<?xml version='1.0' encoding='UTF-16'?><rss><channel><item><title>é title</title></item></channel></rss>"),
        b"<!DOCTYPE html><html><body><p>No copy<br></body></html>".to_vec(),
        format!("<rss><channel><item><title>T</title><description>{html}</description></item></channel></rss>").into_bytes(),
        item(&deep("<b title=1>", "</b>")).into_bytes(),
        b"[1, \"two\", null, {}]".to_vec(),
        b"{\"uri\": {}, \"headline\": [], \"headlines\": 7, \"bodies\": {\"a\": 1}, \"associations\": [[]], \"urgency\": -1e99}".to_vec(),
        b"<nitf><head/><body><body.head/><body.content><media/><table><tr/></table></body.content></body></nitf>".to_vec(),
        b"<newsItem><itemMeta><itemClass/><pubStatus/></itemMeta><contentMeta><headline>H</headline></contentMeta><contentSet><inlineXML/></contentSet></newsItem>".to_vec(),
        format!("<NewsML><NewsItem>{}</NewsItem></NewsML>", "<NewsComponent>".repeat(240) + &"</NewsComponent>".repeat(240)).into_bytes(),
        format!("<NewsML><NewsItem><NewsComponent>{}</NewsComponent></NewsItem></NewsML>", "<NewsComponent><ContentItem Href='a.jpg'/></NewsComponent>".repeat(5000)).into_bytes(),
    ];
    for kind in ["docx", "email", "newsml-1", "newsml-g2", "ninjs", "nitf", "rss", "wire", "wxr"] {
        let site = site();
        for (number, bytes) in files.iter().cloned().chain(cut_fixtures(kind)).enumerate() {
            site.write(&format!("../in/{number}.xml"), bytes);
        }
        let start = Instant::now();
        let run = import(&site, &["in", "--from", kind, "--json", "--dry-run"]);
        assert!(start.elapsed().as_secs() < 120, "{kind}: {:?}", start.elapsed());
        assert!(run.code.is_some() && !run.stderr.contains("panicked"), "{kind}: {}", run.stderr);
        let rows: Vec<Json> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(rows.len() > files.len() - 8, "{kind}: {}", rows.len());
        for row in rows.iter().filter(|row| row["outcome"] == "failed" || row["outcome"] == "skipped") {
            let why = row["why"].as_str().unwrap();
            assert!(!why.is_empty() && !why.ends_with('.') && !why.contains('\n'), "{kind}: {why}");
        }
    }
}
