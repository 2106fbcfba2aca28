//! Galleries, sound and film: what belongs to them is published with their story, and only with it.

use crate::pictures::{jpeg, photo};
use crate::support::{AS_OF, Run, Site, assert_same, bulletin, story};

const CAPTIONS: &str = "WEBVTT\n\n00:01.000 --> 00:02.000\nQCANARYcaption\n";

/// A site with feeds in all formats and a story in a folder, with this front matter and text.
fn site(keys: &str, body: &str) -> Site {
    let settings = "title: News\nbase_url: https://news.example/\ntimezone: UTC\ntheme: broadsheet\n";
    let site = Site::new(&[("bulletin.yaml", settings)]);
    site.write("content/talks/index.md", story("Talks", "2026-11-20", keys, body));
    site
}

/// The problems that `bulletin check` prints.
fn check(site: &Site) -> String {
    Run::of(bulletin().args(["check", "--as-of", AS_OF, "--site"]).arg(&site.root)).stderr
}

fn page(site: &Site) -> String {
    site.read("public/2026/11/talks/index.html")
}

#[test]
fn a_gallery_is_a_grid_of_links_to_pictures() {
    let keys = "gallery:\n- a.jpg\n- {src: b.jpg, alt: The quay, caption: \"At 'dusk'\", credit: Desk}\n";
    let site = site(keys, "![One](c.jpg \"Left\")\n![Two](a.jpg)\n");
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        site.write(&format!("content/talks/{name}"), jpeg(&[]));
    }
    let build = site.build(&[]);
    assert_eq!((build.code, build.stderr.contains("warning")), (Some(0), false), "{}", build.stderr);
    let page = page(&site);
    assert_eq!(page.matches("<div class=\"gallery\">").count(), 2, "{page}");
    assert_eq!(page.matches("<figure><a href=\"/2026/11/talks/").count(), 4, "{page}");
    assert!(page.contains("At ‘dusk’ <span class=\"credit\">Desk</span>"), "{page}");
    let feed = site.read("public/feed.json");
    assert!(feed.contains("https://news.example/2026/11/talks/b.jpg"), "{feed}");
    assert!(feed.contains("At ‘dusk’ <small>Desk</small>"), "{feed}");
    let sitemap = site.read("public/sitemaps/2026-11.xml");
    assert_eq!(sitemap.matches("<image:loc>https://news.example/2026/11/talks/").count(), 2, "{sitemap}");
    site.remove("content/talks/b.jpg");
    let stderr = site.run(&[]).stderr;
    assert!(stderr.contains("image/missing") && stderr.contains("content/talks/index.md:"), "{stderr}");
}

#[test]
fn a_player_has_the_files_beside_it() {
    let site = site(
        "video: Clip.MP4\naudio: {src: talk.mp3, title: The talk, duration: \"1:05\"}\n",
        "![The crane](über.mp4 \"At work\")\n",
    );
    for name in ["Clip.MP4", "talk.mp3", "u\u{308}ber.mp4"] {
        site.write(&format!("content/talks/{name}"), "ID3 sound and film");
    }
    for name in ["Clip.jpg", "other.jpg"] {
        site.write(&format!("content/talks/{name}"), jpeg(&[]));
    }
    for name in ["Clip.vtt", "Clip.el.vtt", "u\u{308}ber.de.vtt", "other.vtt"] {
        site.write(&format!("content/talks/{name}"), CAPTIONS);
    }
    let build = site.build(&[]);
    assert_eq!((build.code, build.stderr.contains("warning")), (Some(0), false), "{}", build.stderr);
    let page = page(&site);
    assert!(page.contains("poster=\"/2026/11/talks/Clip.jpg\" width=\"60\" height=\"30\""), "{page}");
    assert!(page.contains("srclang=\"en\" label=\"English\" default>"), "{page}");
    assert!(page.contains("srclang=\"el\" label=\"Ελληνικά\">"), "{page}");
    assert!(page.contains("srclang=\"de\" label=\"Deutsch\">"), "{page}");
    assert!(page.contains("\"@type\":\"VideoObject\"") && page.contains("\"duration\":\"PT65S\""), "{page}");
    let public = site.public();
    assert!(public.contains_key("2026/11/talks/Clip.el.vtt"));
    assert!(public.contains_key("2026/11/talks/über.de.vtt"));
    assert!(!public.keys().any(|path| path.contains("other")), "nobody names them");
    let enclosure =
        "<enclosure url=\"https://news.example/2026/11/talks/talk.mp3\" length=\"18\" type=\"audio/mpeg\"/>";
    assert!(site.read("public/rss.xml").contains(enclosure), "{}", site.read("public/rss.xml"));
    assert_eq!(site.read("public/atom.xml").matches("rel=\"enclosure\"").count(), 2);
    assert!(site.read("public/feed.json").contains("\"duration_in_seconds\": 65"));
}

#[test]
fn a_wide_poster_is_a_rendition() {
    let site = site("video: {src: clip.mp4, poster: still.jpg}\n", "![The crane](text.mp4)\n");
    for name in ["clip.mp4", "text.mp4"] {
        site.write(&format!("content/talks/{name}"), "film");
        site.write(&format!("content/talks/{}", name.replace("mp4", "vtt")), CAPTIONS);
    }
    for name in ["still.jpg", "text.jpg"] {
        site.write(&format!("content/talks/{name}"), photo(1400, 700, 1));
    }
    site.build(&[]);
    let page = page(&site);
    for name in ["still", "text"] {
        let ending = format!("/{name}-960.jpg");
        let posters = page.match_indices("poster=\"").map(|(at, _)| &page[at + 8..]);
        let urls: Vec<&str> = posters.filter_map(|rest| rest.split('"').next()).collect();
        let poster = urls.iter().find(|url| url.ends_with(&ending)).unwrap_or_else(|| panic!("{urls:?}"));
        assert!(poster.starts_with("/renditions/"), "{poster}");
        let bytes = std::fs::read(site.path(&format!("public{poster}"))).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 960);
    }
}

#[test]
fn a_changed_file_changes_what_names_it() {
    let site = site("audio: talk.mp3\nvideo: clip.mp4\n", "Text.\n");
    site.write("content/talks/talk.mp3", "short");
    site.write("content/talks/clip.mp4", "film");
    site.build(&[]);
    let steps: [(&str, Option<&[u8]>); 6] = [
        ("talk.mp3", Some(b"much longer")),
        ("clip.vtt", Some(CAPTIONS.as_bytes())),
        ("clip.el.vtt", Some(CAPTIONS.as_bytes())),
        ("clip.png", Some(b"\x89PNG\r\n\x1a\n")),
        ("clip.vtt", None),
        ("clip.el.vtt", None),
    ];
    for (name, bytes) in steps {
        match bytes {
            Some(bytes) => site.write(&format!("content/talks/{name}"), bytes),
            None => site.remove(&format!("content/talks/{name}")),
        }
        site.build(&[]);
        let incremental = site.public();
        std::fs::remove_dir_all(site.path("public")).unwrap();
        std::fs::remove_dir_all(site.path(".bulletin")).unwrap();
        site.build(&[]);
        assert_same(&site.public(), &incremental, name);
    }
    assert!(site.read("public/rss.xml").contains("length=\"11\""));
}

#[test]
fn the_recordings_of_a_hidden_story_are_nowhere() {
    let keys = "draft: true\nvideo: qcanary.mp4\ngallery: [qcanary-one.jpg]\n";
    let site = site(keys, "![x](qcanary-two.mp3)\n");
    for name in ["qcanary.mp4", "qcanary.vtt", "qcanary.el.vtt", "qcanary-two.mp3", "qcanary-two.vtt"] {
        site.write(&format!("content/talks/{name}"), CAPTIONS);
    }
    for name in ["qcanary.jpg", "qcanary-one.jpg"] {
        site.write(&format!("content/talks/{name}"), jpeg(&[]));
    }
    // A story that readers see names the files of the hidden one.
    let keys = "audio: ../talks/qcanary-two.mp3\ngallery: [../talks/qcanary-one.jpg]\n";
    site.write("content/open/index.md", story("Open", "2026-11-21", keys, "![y](../talks/qcanary.mp4)\n"));
    let build = site.build(&[]);
    assert!(build.stderr.contains("link/hidden"), "{}", build.stderr);
    for (path, bytes) in site.public() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!path.contains("qcanary") && !text.contains("qcanary"), "{path}: {text}");
    }
}

#[test]
fn sound_and_film_with_a_location_are_not_published() {
    let boxed =
        |name: &[u8], content: &[u8]| [&(content.len() as u32 + 8).to_be_bytes()[..], name, content].concat();
    let film = |place: &[u8]| {
        let place = boxed(b"moov", &boxed(b"udta", &boxed(place, b"+52.1234+004.7654/")));
        [boxed(b"ftyp", b"3gp4"), boxed(b"mdat", b"media"), place].concat()
    };
    for name in ["clip.mp4", "clip.3GP", "clip.qt"] {
        let site = site("", &format!("Text.\n\n[The crane]({name})\n"));
        site.write(&format!("content/talks/{name}"), film(b"\xa9nam"));
        site.write(&format!("static/s/{name}"), film(b"\xa9nam"));
        assert_eq!(site.json(&[]).code, Some(0));
        site.write(&format!("content/talks/{name}"), film(b"\xa9xyz"));
        for _ in 0..2 {
            let run = site.json(&[]);
            let place = ("media/location".to_owned(), "content/talks/index.md".to_owned(), Some(7));
            assert_eq!((run.code, run.places()), (Some(1), vec![place]), "{name}");
        }
        site.write(&format!("content/talks/{name}"), film(b"\xa9nam"));
        site.write(&format!("static/s/{name}"), film(b"\xa9xyz"));
        for _ in 0..2 {
            let run = site.json(&[]);
            let place = ("media/location".to_owned(), format!("static/s/{name}"), None);
            assert_eq!((run.code, run.places()), (Some(1), vec![place]), "{name}");
        }
    }
}

#[test]
fn bad_files_are_reported_and_the_page_is_built() {
    let cases: [(&str, &str, &[u8], &str); 6] = [
        ("clip.mp4", "clip.mp4", b"", "media/empty"),
        ("clip.mp4", "clip.mp4", b"<!doctype html><p>404", "media/other-format"),
        ("clip.mp4", "clip.vtt", b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "media/not-captions"),
        ("clip.mp4", "clip.vtt", b"", "media/empty"),
        ("clip.mp4", "clip.jpg", b"", "image/empty"),
        ("my clip.MP4", "my clip.vtt", b"no", "media/not-captions"),
    ];
    for (film, name, bytes, code) in cases {
        let site = site("", &format!("Text.\n\n![The crane](<{film}>)\n"));
        site.write(&format!("content/talks/{film}"), "film");
        site.write(&format!("content/talks/{name}"), bytes);
        let build = site.build(&[]);
        assert!(build.stderr.contains(code), "{name}: {}", build.stderr);
        assert!(page(&site).contains("<video "), "{name}");
    }
    let values = [
        "video: true\n",
        "audio: https://audio.example/watch?v=1\n",
        "gallery: [{alt: x}]\n",
        "video: {title: x}\n",
    ];
    for keys in values {
        let build = site(keys, "Text.\n").build(&[]);
        assert!(build.code == Some(0) && build.stderr.contains("front-matter/"), "{keys}: {}", build.stderr);
    }
    let film = site("video: clip.mp4\n", "Text.\n");
    film.write("content/talks/clip.mp4", "film");
    assert!(check(&film).contains("media/no-captions"));
    film.write("content/talks/clip.vtt", CAPTIONS);
    assert!(!check(&film).contains("media/no-captions"));
    film.remove("content/talks/clip.mp4");
    assert!(film.run(&[]).stderr.contains("media/missing"));
}
