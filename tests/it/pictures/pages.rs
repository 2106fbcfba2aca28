//! Pictures of stories and of `static/` → what pages show of them.

use super::STORY;
use crate::support::Site;

/// A photograph of 400 × 300 pixels.
fn photo(seed: u8) -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb([(x / 2) as u8 ^ seed, (y / 2) as u8, ((x * y) / 500) as u8]);
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    encoder.encode_image(&image::RgbImage::from_fn(400, 300, pixel)).unwrap();
    bytes
}

/// A site whose own theme shows the lead pictures of stories, and the template of its stories.
fn site_with_theme(article: &str) -> Site {
    let site = Site::bare(&[
        (
            "bulletin.yaml",
            "title: P\nbase_url: https://news.example/paper/\nlanguage: en\ntheme: own\npictures: {widths: [100, 200, 800]}\n",
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
    assert!(picture.contains("-100.avif 100w, /paper/renditions/"), "{picture}");
    assert!(
        picture.contains("-400.jpg 400w\" sizes=\"50vw\" width=\"400\" height=\"200\" alt=\"x\" class=\"c-"),
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
    let (shown, problems) = show("picture(of=\"/images/a b.jpg\", widths=[200, 100, 50])");
    assert!(problems.is_empty(), "{problems:?}");
    assert!(
        shown.starts_with("/paper/renditions/") && shown.ends_with("-200.jpg 2 200x150 100vw  false"),
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
        ("picture(of=article.image, widths=[3])", "`widths` must be a list"),
        ("picture(of=article.deck)", "`of` must be a picture"),
        ("picture(of=article.image, size=\"x\")", "unknown argument `size`"),
    ] {
        let (_, problems) = show(call);
        assert!(problems.len() == 1 && problems[0].contains(message), "{call}: {problems:?}");
    }
}
