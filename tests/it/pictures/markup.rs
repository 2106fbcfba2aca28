//! Pictures on pages, in texts and in files for machines.

use super::STORY;
use crate::support::Site;
use crate::support::paper::photograph;

/// A photograph of 160 × 120 pixels.
fn photo(seed: u8) -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb([(x / 2) as u8 ^ seed, (y / 2) as u8, ((x * y) / 80) as u8]);
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    encoder.encode_image(&image::RgbImage::from_fn(160, 120, pixel)).unwrap();
    bytes
}

/// A site whose own theme shows the lead pictures of stories, and the template of its stories.
fn site_with_theme(article: &str) -> Site {
    let site = Site::bare(&[
        (
            "bulletin.yaml",
            "title: P\nbase_url: https://news.example/paper/\nlanguage: en\ntheme: own\npictures: {widths: [40, 80, 800]}\n",
        ),
        ("themes/own/templates/article.html", article),
        ("themes/own/templates/list.html", "{{ head() }}list"),
        ("themes/own/templates/front.html", "{{ head() }}front"),
        ("themes/own/templates/terms.html", "{{ head() }}terms"),
        ("themes/own/templates/404.html", "none"),
        ("content/s/index.md", STORY),
    ]);
    site.write("content/s/lead.jpg", photo(0));
    site.write("content/s/p.jpg", photo(9));
    site.write("static/images/a b.jpg", photo(40));
    site
}

const ARTICLE: &str = "paper/2026/01/s/index.html";

fn page(site: &Site) -> String {
    site.read(&format!("public/{}", ARTICLE.trim_start_matches("paper/")))
}

/// The URLs of renditions in some HTML, each once.
fn renditions(html: &str) -> std::collections::BTreeSet<String> {
    let urls = html.split(['"', ' ', ',']).filter(|word| word.contains("/renditions/"));
    urls.map(|url| url[url.find("renditions/").unwrap()..].to_owned()).collect()
}

#[test]
fn any_theme_prints_pictures_with_one_component() {
    let site = site_with_theme(
        "{{ head() }}{{ <picture of={article.image} ratio=\"2:1\" sizes=\"50vw\" priority={true} /> }}",
    );
    assert!(site.build(&[]).problems().is_empty());
    let html = page(&site);
    let picture = &html[html.find("<picture>").unwrap()..];
    assert!(
        picture.starts_with("<picture><source type=\"image/avif\" srcset=\"/paper/renditions/"),
        "{picture}"
    );
    assert!(picture.contains("-40.avif 40w, /paper/renditions/"), "{picture}");
    assert!(
        picture.contains("-160.jpg 160w\" sizes=\"50vw\" width=\"160\" height=\"80\" alt=\"x\" class=\"c-"),
        "{picture}"
    );
    assert!(
        picture.contains("fetchpriority=\"high\"></picture>") && !picture.contains("style="),
        "{picture}"
    );
    let named = renditions(picture);
    assert_eq!(named.len(), 6, "{named:?}");
    for url in named {
        assert!(site.path("public").join(&url).is_file(), "{url}");
    }
    // The component does not bring the rest of the default theme with it.
    assert!(!site.path("public/app.css").exists() && !site.path("public/picture-colors.css").exists());
}

#[test]
fn a_missing_picture_of_the_component_is_reported_in_the_template_that_names_it() {
    for of in ["/none.jpg", "none.jpg"] {
        let site = site_with_theme(&format!("{{{{ head() }}}}\n{{{{ <picture of=\"{of}\" /> }}}}"));
        let run = site.json(&[]);
        let [problem] = &run.problems()[..] else { panic!("{}", run.stdout) };
        assert_eq!(problem["message"], "there is no picture at `/paper/none.jpg`");
        let place = (problem["file"].as_str(), problem["line"].as_u64());
        assert_eq!(place, (Some("themes/own/templates/article.html"), Some(2)), "{of}");
    }
}

#[test]
fn the_function_takes_maps_paths_and_urls() {
    let show = |call: &str| {
        let site = site_with_theme(&format!(
            "{{{{ head() }}}}<main>{{% set p = {call} %}}{{{{ p.src }}}} {{{{ p.sources | length }}}} {{{{ p.width }}}}x{{{{ p.height }}}} {{{{ p.sizes }}}} {{{{ p.alt }}}} {{{{ p.color is none }}}}"
        ));
        site.write("static/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"4\"/>");
        let run = site.json(&[]);
        let shown = if run.code == Some(0) { page(&site) } else { String::new() };
        let shown = shown.split_once("<main>").map(|(_, shown)| shown.to_owned()).unwrap_or_default();
        (
            shown,
            run.problems()
                .iter()
                .map(|problem| problem["message"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let (shown, problems) = show("picture(of=\"/images/a b.jpg\", widths=[80, 40, 20])");
    assert!(problems.is_empty(), "{problems:?}");
    assert!(
        shown.starts_with("/paper/renditions/") && shown.ends_with("-80.jpg 2 80x60 100vw  false"),
        "{shown}"
    );
    for (call, expected) in [
        (
            "picture(of={\"src\": \"https://e.example/a.jpg\", \"alt\": \"A\", \"width\": 3, \"height\": 2})",
            "https://e.example/a.jpg 0 3x2 100vw A true",
        ),
        ("picture(of=\"/a.svg\", sizes=\"9px\")", "/paper/a.svg 0 8x4 9px  true"),
    ] {
        assert_eq!(show(call), (expected.to_owned(), Vec::new()), "{call}");
    }
    let (shown, problems) = show("picture(of=\"/none.jpg\")");
    assert_eq!(shown, "/paper/none.jpg 0 x 100vw  true");
    assert_eq!(problems, ["there is no picture at `/paper/none.jpg`"]);
    for (call, message) in [
        ("picture(of=article.image, ratio=\"16x9\")", "is not a ratio"),
        ("picture(of=article.image, ratio=\"1.91:1\")", "is not a ratio of whole numbers"),
        ("picture(of=article.image, widths=[3])", "`widths` must be a list"),
        ("picture(of=article.deck)", "`of` must be a picture"),
        ("picture(of=article.image, size=\"x\")", "unknown argument `size`"),
    ] {
        let (_, problems) = show(call);
        assert!(problems.len() == 1 && problems[0].contains(message), "{call}: {problems:?}");
    }
}

#[test]
fn pictures_in_texts_have_renditions() {
    let site = site_with_theme("{{ head() }}<main>{{ content | safe }}");
    let text = "---\ntitle: T\ndate: 2026-01-01\n---\n![a](p.jpg)\n\n![s](</images/a b.jpg> \"On paper\")\n\n<img src=\"lead.jpg\" alt=\"l\">\n\n<img src=\"lead.jpg\" width=\"9\" alt=\"l\"> <a href=\"p.jpg\">p</a>\n";
    site.write("content/s/index.md", text);
    site.write("themes/own/theme.yaml", "pictures: {text: \"30rem\"}\n");
    assert!(site.json(&[]).problems().is_empty());
    let html = page(&site);
    let (_, main) = html.split_once("<main>").unwrap();
    let first = "<p><picture><source type=\"image/avif\" srcset=\"/paper/renditions/";
    assert!(main.starts_with(first), "{main}");
    assert!(
        main.contains("160w\" sizes=\"30rem\" alt=\"a\" width=\"160\" height=\"120\" class=\"c-"),
        "{main}"
    );
    assert_eq!(main.matches("loading=\"lazy\"").count(), 1, "the first picture of the text: {main}");
    assert!(
        main.contains("<figure><picture>") && main.contains("<figcaption>On paper</figcaption></figure>"),
        "{main}"
    );
    assert!(
        main.contains("-160.jpg 160w\" sizes=\"30rem\" width=\"160\" height=\"120\" alt=\"l\">"),
        "{main}"
    );
    assert!(main.contains("<img src=\"/paper/2026/01/s/lead.jpg\" width=\"9\" alt=\"l\">"), "{main}");
    assert!(main.contains("<a href=\"/paper/2026/01/s/p.jpg\">"), "{main}");
    for url in renditions(main) {
        assert!(site.path("public").join(&url).is_file(), "{url}");
    }
    // Without the theme's own word, a picture may be as wide as the window.
    site.write("themes/own/theme.yaml", "name: Own\n");
    site.build(&[]);
    assert!(page(&site).contains("sizes=\"100vw\""));
    site.write("themes/own/theme.yaml", "pictures: {text: \"<b>\", txt: x}\n");
    let codes: Vec<String> = site.json(&[]).places().into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, ["theme/pictures", "theme/unknown-key"]);
}

#[test]
fn machines_get_files_of_real_sizes() {
    let site = site_with_theme("{{ head() }}{{ content | safe }}");
    site.write(
        "bulletin.yaml",
        "title: P\nbase_url: https://news.example/\nlanguage: en\ntheme: own\napi: true\npictures: {formats: [jpeg]}\n",
    );
    let wide = |x: u32, y: u32| image::Rgb([(x / 8) as u8, (y / 4) as u8, 9]);
    image::RgbImage::from_fn(1400, 800, wide).save(site.path("content/s/lead.jpg")).unwrap();
    std::fs::copy(site.path("content/s/lead.jpg"), site.path("content/s/p.jpg")).unwrap();
    assert!(site.json(&[]).problems().is_empty());
    let size = |url: &str| {
        let path = url.trim_start_matches("https://news.example/");
        image::image_dimensions(site.path("public").join(path)).unwrap()
    };
    let html = page(&site);
    let property = |name: &str| {
        let (_, rest) = html.split_once(&format!("{name}\" content=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(size(&property("og:image")), (1200, 630));
    let of_card = ["og:image:width", "og:image:height", "og:image:type", "twitter:card"].map(property);
    assert_eq!(of_card, ["1200", "630", "image/jpeg", "summary_large_image"]);
    let (_, data) = html.split_once("application/ld+json\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    let all = data["@graph"].as_array().cloned().unwrap_or_else(|| vec![data.clone()]);
    let images = all.iter().find_map(|one| one["image"].as_array()).unwrap_or_else(|| panic!("{data}"));
    assert_eq!(images.len(), 3);
    for image in images {
        let (width, height) = size(image["url"].as_str().unwrap());
        assert_eq!(
            (image["width"].as_str(), image["height"].as_str()),
            (Some(&*width.to_string()), Some(&*height.to_string()))
        );
    }
    let json: serde_json::Value = serde_json::from_str(&site.read("public/2026/01/s/index.json")).unwrap();
    let renditions = json["associations"][0]["renditions"].as_array().unwrap();
    assert_eq!(renditions.len(), 6);
    for rendition in renditions {
        let (width, height) = size(rendition["href"].as_str().unwrap());
        assert_eq!(
            (rendition["width"].as_u64(), rendition["height"].as_u64()),
            (Some(width.into()), Some(height.into()))
        );
    }
    assert_eq!(renditions[0]["width"], 960);
    let feed = site.read("public/rss.xml");
    assert!(feed.contains("-960.jpg") && !feed.contains("avif") && !feed.contains("picture&gt;"), "{feed}");
}

#[test]
fn a_build_over_another_shows_replaced_renamed_and_newly_cropped_pictures() {
    let article = "{{ head() }}{{ <picture of={article.image} ratio=\"1:1\" /> }}{{ content | safe }}";
    let site = site_with_theme(article);
    let text = STORY.replace("![a](p.jpg)", "![a](p.jpg) ![b](</images/a b.jpg>)");
    site.write("content/s/index.md", &text);
    site.build(&[]);
    let mut before = site.public();
    let renamed = text.replace("p.jpg", "q.jpg");
    let edits: [(&str, &dyn Fn()); 5] = [
        ("lead replaced", &|| site.write("content/s/lead.jpg", photo(77))),
        ("text picture replaced", &|| site.write("content/s/p.jpg", photo(78))),
        ("static picture replaced", &|| site.write("static/images/a b.jpg", photo(79))),
        ("renamed", &|| {
            std::fs::rename(site.path("content/s/p.jpg"), site.path("content/s/q.jpg")).unwrap();
            site.write("content/s/index.md", &renamed);
        }),
        ("focus", &|| site.write("content/s/index.md", renamed.replace("alt: x", "alt: x, focus: [0, 0]"))),
    ];
    for (what, edit) in edits {
        edit();
        site.build(&[]);
        let now = site.public();
        site.build(&["--clean"]);
        crate::support::assert_same(&site.public(), &now, what);
        let html = |tree: &crate::support::Tree| tree["2026/01/s/index.html"].clone();
        assert!(html(&before) != html(&now), "{what}");
        before = now;
    }
}

#[test]
fn a_photograph_without_its_background_is_smaller_in_avif_and_keeps_its_transparency_elsewhere() {
    let site = site_with_theme("{{ head() }}{{ <picture of={article.image} /> }}");
    let pixel = |x: u32, y: u32| {
        // Without the noise of a sensor, PNG would be good at it.
        let noise = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 28;
        let [r, g, b] = [x, y, x + y].map(|value| (value / 2 + noise) as u8);
        image::Rgba([r, g, b, if x.abs_diff(80).pow(2) + y.abs_diff(60).pow(2) < 2500 { 255 } else { 0 }])
    };
    let picture = image::RgbaImage::from_fn(160, 120, pixel);
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    site.write("content/s/cut.png", bytes.into_inner());
    site.write("content/s/index.md", STORY.replace("lead.jpg", "cut.png"));
    assert!(site.build(&[]).problems().is_empty());
    let html = page(&site);
    let files = renditions(&html);
    for width in [40, 80, 160] {
        let file = |extension: &str| {
            let name = files.iter().find(|file| file.ends_with(&format!("/cut-{width}.{extension}")));
            std::fs::read(site.path(&format!("public/{}", name.unwrap_or_else(|| panic!("{files:?}")))))
                .unwrap()
        };
        assert!(file("avif").len() < file("png").len(), "{width}");
    }
    assert!(!files.iter().any(|file| file.contains("/cut-") && file.ends_with(".jpg")), "{files:?}");
}

#[test]
fn machines_get_no_files_of_galleries_that_do_not_exist() {
    let site = site_with_theme("{{ head() }}{{ content | safe }}");
    site.write("content/s/lead.jpg", photograph(1));
    site.write("content/s/more.jpg", photograph(2));
    site.write(
        "content/s/index.md",
        "---\ntitle: T\ndate: 2026-01-01\nimage: {src: lead.jpg, alt: x}\ngallery: [more.jpg]\n---\nText.\n",
    );
    site.write("bulletin.yaml", site.read("bulletin.yaml") + "api: true\n");
    assert_eq!(site.build(&[]).code, Some(0));
    let public = site.public();
    let json = site.read("public/2026/01/s/index.json");
    let named = renditions(&json);
    assert!(!named.is_empty() && json.contains("more.jpg"), "{json}");
    for file in named {
        assert!(public.contains_key(&file), "{file} is in {json}");
    }
}
