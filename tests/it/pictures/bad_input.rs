//! Picture files as they should not be: each is a warning or an error at the story's file and line, and the page is built with what there is.

use std::fs;
use std::process::Command;

use image::ImageFormat;

use super::{encoded, exif, photo, scene, segment, with_segments};
use crate::support::{AS_OF, Run, Site, assert_same, bulletin};

/// A story with a lead picture and one in the text. The picture in the text is at line 8.
fn story(written: &str) -> String {
    format!(
        "---\ntitle: T\ndate: 2026-01-01\nimage: {{src: lead.jpg, alt: x, credit: Desk}}\n---\nText.\n\n![a]({written})\n"
    )
}

/// A site with a story whose text has a picture with this name and these bytes.
fn site(name: &str, written: &str, bytes: &[u8]) -> Site {
    let site = Site::new(&[("content/s/index.md", &story(written))]);
    site.write("content/s/lead.jpg", photo(120, 80, 1));
    site.write(&format!("content/s/{name}"), bytes);
    site
}

/// The codes at the line of the picture in the text.
fn codes(run: &Run) -> Vec<String> {
    let places = run.places();
    assert!(
        places.iter().all(|(_, file, line)| file == "content/s/index.md" && *line == Some(8)),
        "{places:?}"
    );
    places.into_iter().map(|(code, ..)| code).collect()
}

fn checked(site: &Site) -> Run {
    let mut command = bulletin();
    command.args(["check", "--message-format", "json", "--as-of", AS_OF, "--site"]).arg(&site.root);
    Run::of(&mut command)
}

pub(super) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&kind[..], data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
}

/// CRC-32 as PNG has it (W3C PNG, annex D).
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// A PNG that claims to have this size, with a byte of data.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    let data = chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
    [&b"\x89PNG\r\n\x1a\n"[..], &header, &data, &chunk(b"IEND", b"")].concat()
}

/// An animation of two frames, with this many bytes of comments.
fn animation(padding: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for seed in [1, 2] {
        let frame = image::DynamicImage::from(scene(40, 30, seed)).into_rgba8();
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    // A comment extension (GIF89a, section 24) before the trailer.
    let trailer = bytes.pop().unwrap();
    bytes.extend([0x21, 0xfe]);
    for _ in 0..padding.div_ceil(255) {
        bytes.push(255);
        bytes.extend([b' '; 255]);
    }
    bytes.extend([0, trailer]);
    bytes
}

/// A photograph whose Huffman tables are nonsense, but which is complete.
fn damaged() -> Vec<u8> {
    let mut bytes = photo(60, 40, 3);
    let at = bytes.windows(2).position(|pair| pair == [0xff, 0xc4]).unwrap();
    bytes[at + 5..at + 21].fill(0xff);
    bytes
}

#[test]
fn bad_pictures_are_reported_at_their_line_and_the_page_is_built() {
    let whole = photo(60, 40, 3);
    let png = encoded(&scene(60, 40, 3), ImageFormat::Png);
    let odd_profile = with_segments(&whole, &[segment(0xe2, b"ICC_PROFILE\0\x01\x01nonsense")]);
    let odd_exif = with_segments(&whole, &[segment(0xe1, b"Exif\0\0nonsense")]);
    let cases: Vec<(&str, &str, Vec<u8>, &[&str])> = vec![
        ("a truncated JPEG", "p.jpg", whole[..whole.len() / 2].to_vec(), &["image/cut-off"]),
        ("a damaged JPEG", "p.jpg", damaged(), &["image/unreadable"]),
        ("a JPEG that is only a head", "p.jpg", whole[..24].to_vec(), &["image/cut-off"]),
        ("a truncated PNG", "p.png", png[..png.len() / 2].to_vec(), &["image/cut-off"]),
        ("a bomb", "p.png", claiming(60_000, 60_000), &["image/too-large"]),
        ("a PNG without its data", "p.png", claiming(300, 200), &["image/unreadable"]),
        ("a zero-byte file", "p.jpg", Vec::new(), &["image/empty"]),
        ("a PNG called JPEG", "p.jpg", png.clone(), &["image/other-format"]),
        ("a text", "p.png", b"<!DOCTYPE html><p>404</p>".to_vec(), &["image/not-a-picture"]),
        ("HEIC", "p.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), &["image/few-browsers"]),
        (
            "HEIC called JPEG",
            "p.jpg",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
            &["image/few-browsers"],
        ),
        ("a JPEG of a thousand scans", "p.jpg", many_scans(), &["image/unreadable"]),
        (
            "a JPEG that claims to be large",
            "p.jpg",
            patched(&whole, 0xc0, 5, &[60, 0, 60, 0]),
            &["image/cut-off"],
        ),
        ("a JPEG of arithmetic codes", "p.jpg", patched(&whole, 0xc0, 1, &[0xc9]), &["image/unreadable"]),
        ("a large AVIF", "p.avif", avif(250_000), &["image/one-size"]),
        ("a small AVIF", "p.avif", avif(1000), &[]),
        ("an AVIF without its parts", "p.avif", avif(1000)[..32].to_vec(), &["image/not-a-picture"]),
        ("a BMP without its header", "p.bmp", b"BM nonsense".to_vec(), &["image/not-a-picture"]),
        ("a profile that unpacks to 64 MB", "p.png", profile_bomb(), &[]),
        ("an animation", "p.gif", animation(0), &[]),
        ("a color profile of nonsense", "p.jpg", odd_profile, &[]),
        ("metadata of nonsense", "p.jpg", odd_exif, &[]),
        ("a gray JPEG", "p.jpg", gray(), &[]),
        ("a CMYK JPEG", "p.jpg", cmyk(), &[]),
        ("a PNG", "p.png", png, &[]),
    ];
    for (what, name, bytes, expected) in cases {
        let site = site(name, name, &bytes);
        let first = site.json(&[]);
        assert_eq!(first.code, Some(0), "{what}: {}", first.stdout);
        assert_eq!(codes(&first), expected, "{what}");
        let page = site.read("public/2026/01/s/index.html");
        assert!(page.contains("<img") && page.contains("Text."), "{what}: {page}");
        let tree = site.public();
        assert!(tree.contains_key(&format!("2026/01/s/{name}")), "{what}");
        // A build that renders nothing reports the same, and so does one from scratch, and a check.
        assert_eq!(codes(&site.json(&[])), expected, "{what} again");
        assert_same(&tree, &site.public(), what);
        assert_eq!(codes(&site.json(&["--clean"])), expected, "{what} from scratch");
        assert_same(&tree, &site.public(), what);
        let checked = checked(&site).places();
        let at_line: Vec<String> =
            checked.into_iter().filter(|(_, _, line)| *line == Some(8)).map(|(code, ..)| code).collect();
        let mut found = at_line.iter();
        assert!(expected.iter().all(|code| found.any(|other| other == code)), "{what}: {at_line:?}");
        assert_eq!(site.json(&["--strict"]).code, Some(i32::from(!expected.is_empty())), "{what}");
    }
}

/// A JPEG with other bytes at this distance from a marker.
fn patched(jpeg: &[u8], marker: u8, distance: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let at = bytes.windows(2).position(|pair| pair == [0xff, marker]).unwrap() + distance;
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

/// A photograph with a thousand scans of nothing before its own.
fn many_scans() -> Vec<u8> {
    let whole = photo(60, 40, 3);
    let at = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let scan = segment(0xda, &[1, 1, 0, 0, 0, 0]);
    [&whole[..at], &scan.repeat(1000), &whole[at..]].concat()
}

/// The parts of an AVIF that browsers look for, in a file of this length.
fn avif(length: usize) -> Vec<u8> {
    let boxed = |kind: &[u8], data: &[u8]| [&(data.len() as u32 + 8).to_be_bytes(), kind, data].concat();
    let size = [[0; 4], 60_u32.to_be_bytes(), 40_u32.to_be_bytes()].concat();
    let parts = [boxed(b"ispe", &size), boxed(b"av1C", &[0x81, 0, 0, 0])].concat();
    let parts = boxed(b"iprp", &boxed(b"ipco", &parts));
    let head =
        [boxed(b"ftyp", b"avif\0\0\0\0mif1avif"), boxed(b"meta", &[&[0; 4][..], &parts].concat())].concat();
    [&head[..], &boxed(b"mdat", &vec![0; length.saturating_sub(head.len() + 8)])].concat()
}

/// A PNG with a color profile that is large once it is unpacked.
fn profile_bomb() -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&vec![0; 64 << 20]).unwrap();
    let profile = chunk(b"iCCP", &[b"p\0\0", &packed.finish().unwrap()[..]].concat());
    let whole = encoded(&scene(60, 40, 3), ImageFormat::Png);
    [&whole[..33], &profile, &whole[33..]].concat()
}

/// A TIFF that says that its colors are Lab (TIFF 6.0, section 23).
fn lab() -> Vec<u8> {
    let mut bytes = encoded(&scene(60, 40, 3), ImageFormat::Tiff);
    let entry = [0x06, 0x01, 3, 0, 1, 0, 0, 0, 2, 0];
    let at = bytes.windows(entry.len()).position(|found| found == entry).unwrap();
    bytes[at + 8] = 8;
    bytes
}

/// The names in a page that are files of the site and that are not in its output.
fn dead_urls(page: &str, tree: &std::collections::BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let urls = urls(page).map(|url| url.split('#').next().unwrap_or_default());
    let urls = urls.filter(|url| url.contains("renditions/") || url.contains("2026/01/s/"));
    let paths = urls.map(|url| url.trim_start_matches("https://plain.example/").trim_start_matches('/'));
    paths.filter(|path| !path.ends_with('/') && !tree.contains_key(*path)).map(str::to_owned).collect()
}

#[test]
fn a_tiff_that_cannot_be_decoded_is_one_error() {
    let whole = encoded(&scene(60, 40, 3), ImageFormat::Tiff);
    for (what, bytes, expected) in [
        ("Lab", lab(), "it is a TIFF in Lab colors"),
        ("truncated", whole[..whole.len() / 2].to_vec(), "it is truncated"),
        ("only a head", whole[..8].to_vec(), "it is truncated"),
    ] {
        for lead in [false, true] {
            let site = site("p.tif", "p.tif", &bytes);
            let line = if lead { 4 } else { 8 };
            if lead {
                site.write("content/s/index.md", story("lead.jpg").replacen("lead.jpg", "p.tif", 1));
            }
            for run in [site.json(&[]), site.json(&["--clean"]), checked(&site)] {
                let problems = run.problems();
                let of_tiff: Vec<_> = problems
                    .iter()
                    .filter(|problem| problem["message"].to_string().contains("p.tif"))
                    .collect();
                assert_eq!(run.code, Some(1), "{what}: {}", run.stdout);
                assert_eq!(of_tiff.len(), 1, "{what}: {}", run.stdout);
                assert_eq!(of_tiff[0]["message"], format!("cannot decode the picture `p.tif`: {expected}"));
                assert_eq!(
                    (&of_tiff[0]["code"], &of_tiff[0]["line"]),
                    (&"image/unreadable".into(), &line.into())
                );
            }
            assert!(site.public().is_empty(), "{what}");
        }
    }
    let site = site("p.tif", "p.tif", &whole);
    assert_eq!(codes(&site.json(&[])), [""; 0]);
    let page = site.read("public/2026/01/s/index.html");
    assert_eq!(dead_urls(&page, &site.public()), [""; 0]);
}

#[test]
fn nothing_is_made_of_a_picture_that_cannot_be_decoded() {
    let arithmetic = patched(&photo(400, 300, 3), 0xc0, 1, &[0xc9]);
    let site = site("p.jpg", "p.jpg", &photo(60, 40, 2));
    site.write("content/s/lead.jpg", &arithmetic);
    // The theme for all has cards and structured data.
    site.write("bulletin.yaml", "title: Plain Paper\nbase_url: https://plain.example/\n");
    for args in [&[][..], &[], &["--clean"]] {
        let run = site.json(args);
        assert_eq!(run.problems().len(), 1, "{}", run.stdout);
        let message = "cannot decode the picture `lead.jpg`: it is an arithmetic-coded JPEG";
        assert_eq!(run.problems()[0]["message"], message);
        let tree = site.public();
        assert!(tree.keys().all(|path| !path.contains("lead-")), "{:?}", tree.keys());
        assert_eq!(tree["2026/01/s/lead.jpg"].len(), arithmetic.len(), "published as it is");
        let page = site.read("public/2026/01/s/index.html");
        assert!(page.contains("2026/01/s/lead.jpg") && !page.contains("/lead-"), "{page}");
        assert!(page.contains("og:image:width\" content=\"400\""), "{page}");
        assert_eq!(dead_urls(&page, &tree), [""; 0]);
    }
}

#[test]
fn nothing_is_made_of_a_static_picture_that_cannot_be_decoded() {
    let site = site("p.jpg", "p.jpg", &photo(60, 40, 2));
    site.write("content/s/index.md", story("p.jpg").replace("lead.jpg", "/dead.jpg"));
    site.write("static/dead.jpg", patched(&photo(400, 300, 3), 0xc0, 1, &[0xc9]));
    site.write("bulletin.yaml", "title: Plain Paper\nbase_url: https://plain.example/\n");
    for args in [&[][..], &[], &["--clean"]] {
        let run = site.json(args);
        let place = ("image/unreadable".to_owned(), "static/dead.jpg".to_owned(), None);
        assert_eq!((run.code, run.places()), (Some(0), vec![place]), "{}", run.stdout);
        let tree = site.public();
        assert!(tree.keys().all(|path| !path.contains("dead-")), "{:?}", tree.keys());
        assert_eq!(dead_urls(&site.read("public/2026/01/s/index.html"), &tree), [""; 0]);
    }
}

fn gray() -> Vec<u8> {
    let gray = image::DynamicImage::from(scene(60, 40, 3)).into_luma8();
    let mut bytes = std::io::Cursor::new(Vec::new());
    gray.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn cmyk() -> Vec<u8> {
    let inks: Vec<u8> =
        scene(60, 40, 3).pixels().flat_map(|p| [255 - p[0], 255 - p[1], 255 - p[2], 0]).collect();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.encode(&inks, 60, 40, jpeg_encoder::ColorType::Cmyk).unwrap();
    bytes
}

#[test]
fn a_damaged_lead_picture_is_reported_and_published_as_it_is() {
    let site = site("p.jpg", "p.jpg", &photo(60, 40, 2));
    site.write("content/s/lead.jpg", damaged());
    for args in [&[][..], &[], &["--clean"]] {
        let run = site.json(args);
        let place = ("image/unreadable".to_owned(), "content/s/index.md".to_owned(), Some(4));
        assert_eq!((run.code, run.places()), (Some(0), vec![place]));
    }
    assert!(site.read("public/2026/01/s/index.html").contains("lead.jpg"));
}

#[test]
fn a_corrected_picture_is_no_longer_reported() {
    let site = site("p.jpg", "p.jpg", &damaged());
    assert_eq!(codes(&site.json(&[])), ["image/unreadable"]);
    site.write("content/s/p.jpg", photo(60, 40, 2));
    assert_eq!(codes(&site.json(&[])), [""; 0]);
    site.write("content/s/p.jpg", damaged());
    assert_eq!(codes(&site.json(&[])), ["image/unreadable"]);
    // A draft is not published, so its pictures are not decoded.
    site.write("content/s/index.md", story("p.jpg").replace("title:", "draft: true\ntitle:"));
    assert_eq!(site.json(&[]).places(), []);
}

#[test]
fn rotated_photographs_with_all_kinds_of_names_have_their_visible_size() {
    let sideways = |orientation| {
        with_segments(
            &photo(60, 40, 5),
            &[segment(0xe1, &[b"Exif\0\0", &exif(orientation, None)[..]].concat())],
        )
    };
    for (name, written) in [
        ("Crane at dusk.jpg", "<Crane at dusk.jpg>"),
        ("Crane at dusk.jpg", "Crane%20at%20dusk.jpg"),
        ("50%.jpg", "50%25.jpg"),
        ("Cafe\u{301}.jpg", "Caf\u{e9}.jpg"),
        ("Caf\u{e9}.jpg", "Cafe\u{301}.jpg"),
        ("DSC_0001.JPG", "DSC_0001.JPG"),
        ("a.jpeg", "a.jpeg"),
        ("a'b&c.jpg", "a'b&c.jpg"),
        ("\u{6e2f}.jpg", "\u{6e2f}.jpg"),
    ] {
        let site = site(name, written, &sideways(6));
        let run = site.json(&[]);
        assert_eq!((run.code, run.places()), (Some(0), vec![]), "{name}: {}", run.stdout);
        let page = site.read("public/2026/01/s/index.html").replace("&#x27;", "'").replace("&amp;", "&");
        assert!(page.contains("width=\"40\" height=\"60\""), "{name}: {page}");
        let tree = site.public();
        let composed: String = name.replace("e\u{301}", "\u{e9}");
        assert!(tree.contains_key(&format!("2026/01/s/{composed}")), "{name}: {:?}", tree.keys());
        // The page refers to files that exist.
        for url in urls(&page).filter(|url| url.contains("renditions/") || url.contains("2026/01/s/")) {
            let path =
                percent_encoding::percent_decode_str(url.trim_start_matches('/')).decode_utf8().unwrap();
            let path = path.strip_prefix("https://plain.example/").unwrap_or(&path).to_owned();
            assert!(path.ends_with('/') || tree.contains_key(&path), "{name}: {path}");
        }
    }
}

#[test]
fn a_name_that_no_host_serves_is_an_error() {
    let site = site("No #1.jpg", "No%20%231.jpg", &photo(60, 40, 5));
    let run = site.json(&[]);
    assert_eq!((run.code, codes(&run)), (Some(1), vec!["route/invalid".to_owned()]));
    assert!(site.public().is_empty());
}

/// The URLs in attributes of a page.
fn urls(page: &str) -> impl Iterator<Item = &str> {
    let values = page.split('"').skip(1).step_by(2);
    values
        .flat_map(|value| value.split(", "))
        .map(|candidate| candidate.split(' ').next().unwrap_or_default())
}

#[test]
fn what_is_not_a_file_of_the_site_is_not_published() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.jpg"), photo(60, 40, 9)).unwrap();
    type Make<'a> = &'a dyn Fn(&std::path::Path);
    let make: [(&str, Make<'_>); 3] = [
        ("a folder", &|path| fs::create_dir(path).unwrap()),
        ("a pipe", &|path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success())),
        ("a link out of the site", &|path| {
            std::os::unix::fs::symlink(outside.path().join("secret.jpg"), path).unwrap();
        }),
    ];
    for (what, make) in make {
        let site = site("q.jpg", "p.jpg", b"");
        make(&site.path("content/s/p.jpg"));
        let run = site.json(&[]);
        let found = run.places();
        assert!(
            found.iter().any(|(code, file, line)| {
                code == "image/missing" && file == "content/s/index.md" && *line == Some(8)
            }),
            "{what}: {found:?}"
        );
        assert!(!site.public().contains_key("2026/01/s/p.jpg"), "{what}");
    }
}

/// A photograph that is larger than the widest rendition, so that the file under its own name is a rendition, too.
fn wide() -> Vec<u8> {
    photo(400, 300, 4)
}

fn narrow_settings(site: &Site) {
    site.write(
        "bulletin.yaml",
        "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\npictures: {widths: [100, 200]}\n",
    );
}

/// A built site with narrow renditions, and what is published of it.
fn built() -> (Site, crate::support::Tree) {
    let site = site("p.jpg", "p.jpg", &wide());
    narrow_settings(&site);
    site.build(&[]);
    let expected = site.public();
    (site, expected)
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_only() {
    let (site, expected) = built();
    // Nothing can be created below a file.
    site.write("file", "");
    let cache = site.path("file/pictures").display().to_string();
    for args in [&["--clean", "--pictures-cache", &cache][..], &["--pictures-cache", &cache]] {
        let run = site.json(args);
        let warning = vec![("build/pictures-cache".to_owned(), cache.clone(), None)];
        assert_eq!((run.code, run.places()), (Some(0), warning), "{}", run.stdout);
        assert_same(&expected, &site.public(), "without a cache");
    }
}

#[test]
fn a_cache_among_sources_or_output_is_refused() {
    let site = site("p.jpg", "p.jpg", &wide());
    for folder in ["public/pictures", "content/s", "static", "."] {
        let run = site.json(&["--pictures-cache", &site.path(folder).display().to_string()]);
        let codes: Vec<String> = run.places().into_iter().map(|(code, ..)| code).collect();
        assert_eq!((run.code, codes), (Some(2), vec!["build/pictures-cache".to_owned()]), "{folder}");
        assert!(site.public().is_empty(), "{folder}");
    }
}

/// The files of the cache but the one whose time alone matters.
fn kept(site: &Site) -> Vec<std::path::PathBuf> {
    let files =
        crate::support::tree(&site.path(".bulletin/pictures")).into_keys().filter(|file| file != "pruned");
    files.map(|file| site.path(&format!(".bulletin/pictures/{file}"))).collect()
}

#[test]
fn damaged_files_of_the_cache_are_made_again() {
    let (site, expected) = built();
    let whole: Vec<Vec<u8>> = kept(&site).iter().map(|file| fs::read(file).unwrap()).collect();
    type Damage<'a> = &'a dyn Fn(usize) -> Vec<u8>;
    let cases: [(&str, Damage<'_>); 5] = [
        ("empty", &|_| Vec::new()),
        ("halved", &|at| whole[at][..whole[at].len() / 2].to_vec()),
        ("garbage", &|at| vec![b'x'; whole[at].len()]),
        ("swapped", &|at| whole[(at + 1) % whole.len()].clone()),
        ("without a seal, as of earlier versions", &|at| {
            whole[at][..whole[at].len().saturating_sub(32)].to_vec()
        }),
    ];
    for (what, damage) in cases {
        for args in [&["--clean"][..], &[]] {
            for (at, file) in kept(&site).iter().enumerate() {
                fs::write(file, damage(at)).unwrap();
            }
            if args.is_empty() {
                fs::remove_dir_all(site.path("public")).unwrap();
            }
            let run = site.json(args);
            assert_eq!((run.code, run.places()), (Some(0), vec![]), "{what}: {}", run.stdout);
            assert_same(&expected, &site.public(), what);
            let again: Vec<Vec<u8>> = kept(&site).iter().map(|file| fs::read(file).unwrap()).collect();
            assert!(again == whole, "{what}: the cache was not repaired");
        }
    }
}

#[test]
fn a_full_disk_under_the_cache_costs_time_only() {
    let (site, expected) = built();
    fs::create_dir(site.path("small")).unwrap();
    let script = "mount -t tmpfs -o size=8k tmpfs \"$1\" && shift && exec \"$@\"";
    let build = site.command(&["--clean", "--pictures-cache"]);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, "sh"]).arg(site.path("small"));
    command.arg(build.get_program()).args(build.get_args()).arg(site.path("small"));
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() && (printed.contains("unshare") || printed.contains("mount")) {
        // Few containers let tests mount folders.
        return;
    }
    assert!(output.status.success(), "{printed}");
    assert_same(&expected, &site.public(), "with a full cache");
}

#[test]
fn builds_share_a_cache_at_the_same_time() {
    let cache = tempfile::tempdir().unwrap();
    let sites: Vec<Site> = (0..3).map(|_| site("p.jpg", "p.jpg", &wide())).collect();
    for _ in 0..2 {
        let builds: Vec<_> = sites
            .iter()
            .map(|site| {
                narrow_settings(site);
                let mut build = site.command(&["--clean", "--pictures-cache"]);
                build
                    .arg(cache.path())
                    .stderr(std::process::Stdio::null())
                    .stdout(std::process::Stdio::null());
                build.spawn().unwrap()
            })
            .collect();
        for mut build in builds {
            assert!(build.wait().unwrap().success());
        }
        let trees: Vec<_> = sites.iter().map(Site::public).collect();
        assert_same(&trees[0], &trees[1], "builds at the same time");
        assert_same(&trees[0], &trees[2], "builds at the same time");
    }
    let left = crate::support::tree(cache.path());
    assert!(left.keys().any(|path| path.ends_with(".jpg")), "nothing was kept: {:?}", left.keys());
    assert!(left.keys().all(|path| !path.contains(".tmp")), "{:?}", left.keys());
}

#[test]
fn a_build_that_fails_makes_no_renditions_first() {
    let site = site("p.jpg", "none.jpg", &wide());
    let run = site.json(&[]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let kept = crate::support::tree(&site.path(".bulletin/pictures"));
    assert!(kept.keys().all(|path| !path.ends_with(".jpg")), "{:?}", kept.keys());
}

#[test]
fn a_hidden_file_is_reported_as_hidden() {
    let site = site(".dot.jpg", ".dot.jpg", &photo(80, 60, 2));
    let run = site.json(&[]);
    assert_eq!(codes(&run), ["image/missing"]);
    let message = &run.problems()[0]["message"];
    assert_eq!(message, "the file `.dot.jpg` is hidden, and hidden files are not published");
    // A link to one is dead, which stops no build.
    let text = "---\ntitle: T\ndate: 2026-01-01\n---\n[a](.notes.txt)\n";
    let site = Site::new(&[("content/s/index.md", text), ("content/s/.notes.txt", "x")]);
    let run = site.json(&[]);
    let place = ("link/no-file".to_owned(), "content/s/index.md".to_owned(), Some(5));
    assert_eq!((run.code, run.places()), (Some(0), vec![place]));
}

#[test]
fn settings_of_pictures_that_mean_nothing_are_errors() {
    for (settings, code, message) in [
        ("{widths: 320}", "yaml/wrong-type", "`pictures.widths` must be a list, but it is a number"),
        ("{widths: []}", "config/blank", "`pictures.widths` is empty"),
        ("{widths: [3]}", "config/number", "`pictures.widths` must be from 16 to 8192 pixels"),
        ("{formats: []}", "config/blank", "`pictures.formats` is empty"),
        ("{quality: high}", "config/number", "`pictures.quality` must be a whole number from 1 to 100"),
    ] {
        let site = site("p.jpg", "p.jpg", &photo(80, 60, 2));
        let title = "title: Plain Paper\nbase_url: https://plain.example/\ntheme: plain\n";
        site.write("bulletin.yaml", format!("{title}pictures: {settings}\n"));
        let run = site.json(&[]);
        let [problem] = &run.problems()[..] else { panic!("{settings}: {}", run.stdout) };
        assert_eq!((&problem["code"], &problem["message"]), (&code.into(), &message.into()), "{settings}");
        let help = problem["help"].as_str().unwrap_or_default();
        let key = settings[1..].split(':').next().unwrap();
        assert!(help.contains(&format!("{key}: ")) && !help.contains("one, two"), "{settings}: {help}");
    }
}

#[test]
fn a_picture_that_changes_during_builds_never_leaves_half_a_site() {
    let site = site("p.jpg", "p.jpg", &wide());
    narrow_settings(&site);
    let [one, other] = [photo(400, 300, 6), photo(400, 300, 7)];
    let path = site.path("content/s/p.jpg");
    let versions = [&one, &other].map(|bytes| {
        fs::write(&path, bytes).unwrap();
        site.build(&["--clean"]);
        site.public()
    });
    let mut built = versions[1].clone();
    for round in 0..6 {
        let mut build =
            site.command(&["--message-format", "json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut number = round;
        while build.try_wait().unwrap().is_none() {
            number += 1;
            // By rename, as programs save: a half-written file is truncated, which is another problem.
            fs::write(site.path("new"), if number % 2 == 0 { &one } else { &other }).unwrap();
            fs::rename(site.path("new"), &path).unwrap();
        }
        let output = build.wait_with_output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let public = site.public();
        match output.status.code() {
            Some(0) => assert!(versions.contains(&public), "{printed}"),
            Some(1) => {
                assert!(printed.contains("image/changed"), "{printed}");
                assert_same(&built, &public, "a failed build changed something");
            }
            code => panic!("{code:?}: {printed}"),
        }
        built = public;
    }
    fs::write(&path, &one).unwrap();
    site.build(&[]);
    assert_same(&versions[0], &site.public(), "after all changes");
}

#[test]
fn a_large_animation_is_reported_by_a_check() {
    let site = site("p.gif", "p.gif", &animation(5_100_000));
    assert_eq!(codes(&site.json(&[])), [""; 0]);
    let run = checked(&site);
    let heavy: Vec<_> =
        run.problems().into_iter().filter(|problem| problem["code"] == "image/heavy").collect();
    assert_eq!(heavy.len(), 1, "{}", run.stdout);
    assert_eq!((&heavy[0]["file"], &heavy[0]["line"]), (&"content/s/index.md".into(), &8.into()));
    assert!(heavy[0]["help"].as_str().unwrap().contains("video"), "{}", heavy[0]);
    // Readers get all of its frames, without the comment.
    let plain = animation(0);
    let (frames, comment) = plain.split_at(plain.len() - 4);
    assert_eq!(comment, [0x21, 0xfe, 0, 0x3b]);
    assert_eq!(fs::read(site.path("public/2026/01/s/p.gif")).unwrap(), [frames, &[0x3b]].concat());
}
