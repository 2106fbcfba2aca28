//! Imports sites of Jekyll.

use std::path::Path;

use super::{Made, archive, field_key, lists, read, read_all, seen};
use bulletin::content::Key;
use bulletin::import::{Confidence, Identity, Refusal, importers};

fn made(settings: &str, path: &str, text: &str) -> Made {
    let mut all = read_all("jekyll", &archive(&[("_config.yml", settings), (path, text)]));
    all.remove(0)
}

fn url(settings: &str, path: &str, head: &str) -> String {
    made(settings, path, &format!("---\ntitle: x\n{head}\n---\nText")).story.old_url.unwrap()
}

#[test]
fn urls_follow_the_style_of_the_site() {
    for (settings, expected) in [
        ("", "/port/sea/2019/05/07/Gate-3.html"),
        ("permalink: pretty", "/port/sea/2019/05/07/Gate-3/"),
        ("permalink: ordinal", "/port/sea/2019/127/Gate-3.html"),
        ("permalink: weekdate", "/port/sea/2019/W19/Tue/Gate-3.html"),
        ("permalink: none\nbaseurl: /blog", "/blog/port/sea/Gate-3.html"),
        ("permalink: /:short_year/:i_month/:i_day/:slug:output_ext", "/19/5/7/gate-3.html"),
        ("permalink: /n/:year_:month/:title", "/n/2019_05/Gate-3"),
        ("permalink: /:hour:minute/:unknown/:title/", "/1030/:unknown/Gate-3/"),
        ("collections: {posts: {permalink: '/a/:title/'}}", "/a/Gate-3/"),
    ] {
        let head = "date: 2019-05-07 10:30\ncategories: [Port, sea]";
        assert_eq!(url(settings, "_posts/2019-05-06-Gate-3.md", head), expected, "{settings}");
    }
}

#[test]
fn urls_follow_front_matter_and_folders() {
    for (path, head, expected) in [
        ("port/_posts/2019-05-07-gate.md", "category: Deep Sea", "/port/deep%20sea/2019/05/07/gate.html"),
        ("_posts/deep/2019-05-07-gate.md", "", "/2019/05/07/gate.html"),
        ("_posts/2019-05-07-gate.md", "permalink: /x/:title/", "/x/gate/"),
        ("_posts/2019-05-07-gate.md", "permalink: pretty", "/2019/05/07/gate/"),
        ("_posts/2019-05-07-gate.md", "slug: Other One", "/2019/05/07/Other-One.html"),
        ("_posts/2019-05-07-gate.md", "categories: a b", "/a/b/2019/05/07/gate.html"),
        ("about.md", "", "/about.html"),
        ("about/index.md", "", "/about/"),
        ("a/b.md", "permalink: /c", "/c"),
    ] {
        assert_eq!(url("", path, head), expected, "{path} {head}");
    }
    assert_eq!(url("permalink: pretty", "a/b.md", ""), "/a/b/");
    assert_eq!(url("permalink: /:title", "a/b.md", ""), "/a/b");
    let zone = "timezone: America/New_York";
    assert_eq!(url(zone, "_posts/2019-05-07-a.md", "date: 2019-05-07 01:00:00 +0000"), "/2019/05/06/a.html");
    let collections = "collections: {people: {output: true}, films: {output: true, permalink: '/f/:path/'}}";
    assert_eq!(url(collections, "_people/x/ana.md", ""), "/people/x/ana.html");
    assert_eq!(url(collections, "_films/x/ana.md", ""), "/f/x/ana/");
    assert_eq!(url("collections_dir: all", "all/_posts/2019-05-07-a.md", ""), "/2019/05/07/a.html");
}

#[test]
fn front_matter_is_converted() {
    let text = "---\nlayout: post\ncategories: port deep\ntags: sea 'salt'\nexcerpt: A deck\nlast_modified_at: 2019-05-08\n\
        redirect_from: [/old/, older]\nauthor: Ana Ruiz\npublished: true\npermalink: /x/\n---\nText";
    let made = made(
        "baseurl: /b\ndefaults: [{scope: {path: '', type: posts}, values: {layout: y, lang: fr}}]",
        "_posts/2019-05-07-gate-3.md",
        text,
    );
    for (key, value) in [
        ("title", "\"Gate 3\""),
        ("date", "\"2019-05-07\""),
        ("draft", "false"),
        ("section", "\"port\""),
        ("tags", "[\"sea\",\"'salt'\",\"deep\"]"),
        ("deck", "\"A deck\""),
        ("updated", "\"2019-05-08\""),
        ("aliases", "[\"/b/old/\",\"/b/older\"]"),
        ("authors", "[\"Ana Ruiz\"]"),
        ("extra.layout", "\"post\""),
        ("lang", "\"fr\""),
        ("permalink", ""),
    ] {
        assert_eq!(made.field(field_key(key)), value, "{key}");
    }
    assert_eq!(made.story.field(Key::Date).unwrap().confidence, Confidence::Derived);
    assert_eq!(made.story.old_url.as_deref(), Some("/b/x/"));
    assert_eq!(made.story.name.as_deref(), Some("gate-3"));
}

#[test]
fn drafts_and_unpublished_posts_are_drafts() {
    let draft = made("", "_drafts/idea.md", "---\ntitle: x\n---\n");
    assert_eq!(
        (draft.field(Key::Draft), draft.story.old_url, draft.story.folder),
        ("true".to_owned(), None, None)
    );
    assert_eq!(made("", "_posts/2019-05-07-a.md", "---\npublished: false\n---\n").field(Key::Draft), "true");
    let dir = archive(&[("_posts/2019-13-31-a.md", "---\ntitle: x\n---\n")]);
    let all = read_all("jekyll", &dir);
    assert_eq!(all[0].field(Key::Date), "null");
    assert_eq!(all[0].field(Key::Draft), "true");
}

#[test]
fn pages_keep_their_place() {
    let page = made("", "about/team.md", "---\ntitle: x\npermalink: /team/\n---\n");
    assert_eq!(
        (page.story.folder.as_deref(), page.field(Key::Permalink).as_str()),
        (Some("about"), "\"/team/\"")
    );
    let dir = archive(&[
        ("_config.yml", ""),
        ("README.md", "# x"),
        ("index.html", "---\n---\n"),
        ("_posts/notes.md", "x"),
    ]);
    let seen = seen("jekyll", dir.path());
    let (file, read) = &seen.files[0];
    assert!(file.ends_with("README.md"));
    assert_eq!(read, &Err(Refusal::Skipped("it has no front matter".to_owned())));
    assert_eq!(seen.skipped.len(), 2);
}

#[test]
fn liquid_in_link_destinations_is_resolved() {
    let body = "[a]({{ site.baseurl }}/x/) [b]({{ site.url }}{{ site.baseurl }}/y/) [c]({% post_url 2019-05-07-b %}) \
        [d]({{ site.baseurl }}{% post_url 2019-05-07-b %}) ![e]({{ \"/assets/e.png\" | relative_url }}) {{ site.time }}\n\n\
        {% highlight ruby %}\na {{ b }}\n{% endhighlight %}\n\n{% raw %}{{ c }}{% endraw %}\n{: .lead}\n\n{% include x.html %}\n";
    let dir = archive(&[
        ("_config.yml", "baseurl: /b"),
        ("_posts/2019-05-06-a.md", &format!("---\ntitle: x\n---\n{body}")),
        ("_posts/2019-05-07-b.md", "---\ntitle: x\npermalink: /bee/\n---\n"),
        ("assets/e.png", "x"),
        ("assets/site.css", "x"),
    ]);
    let made = read("jekyll", &dir, "_posts/2019-05-06-a.md");
    let expected = "[a](/b/x/) [b](/b/y/) [c](/b/bee/) [d](/b/bee/) ![e](/assets/e.png) {{ site.time }}\n\n\
        ```ruby\na {{ b }}\n```\n\n\\{{ c }}\n\n{% include x.html %}\n";
    assert_eq!(made.story.body, expected);
    let about: Vec<_> = made.story.remarks.iter().map(|remark| (remark.code, &*remark.about)).collect();
    assert_eq!(about, [("import/liquid", "site.time"), ("import/liquid", "include x")]);
    assert_eq!(made.statics, ["assets/e.png", "assets/site.css"]);
    assert_eq!(made.story.remarks[1].span.unwrap().line, 13);
}

#[test]
fn code_samples_of_liquid_are_kept() {
    let body =
        "{% highlight liquid %}\n{% raw %}\n{{ a }}\n{% endraw %}\n{% endhighlight %}\n{% raw %} {{ b }}";
    let made = made("", "_posts/2019-05-06-a.md", &format!("---\ntitle: x\n---\n{body}"));
    assert_eq!(made.story.body, "```liquid\n{{ a }}\n```\n\n{% raw %} {{ b }}\n");
    assert_eq!(made.codes(), ["import/liquid"; 2]);
}

#[test]
fn posts_in_html_become_one_block() {
    let made = made(
        "",
        "_posts/2019-05-06-a.html",
        "---\ntitle: x\n---\n<p>*a*</p>\n\n<p><a href=\"../b/\">b</a></p>\n",
    );
    assert_eq!(made.story.body, "<div>\n<p>*a*</p>\n<p><a href=\"/2019/05/b/\">b</a></p>\n</div>\n");
}

#[test]
fn many_remarks_are_counted() {
    let made =
        made("", "_posts/2019-05-06-a.md", &format!("---\ntitle: x\n---\n{}", "{% x %}\n".repeat(500)));
    assert_eq!(made.story.remarks.len(), 21);
    assert!(made.story.remarks[20].message.starts_with("480 more"));
}

#[test]
fn a_folder_with_only_posts_is_read() {
    let dir = archive(&[("_posts/2019-05-06-a.md", "---\ntitle: x\n---\n")]);
    let posts = dir.path().join("_posts");
    assert!(importers::named("jekyll").unwrap().fits_folder(&posts));
    let seen = seen("jekyll", &posts);
    let story = &seen.files[0].1.as_ref().unwrap()[0];
    assert_eq!(story.old_url.as_deref(), Some("/2019/05/06/a.html"));
}

#[test]
fn excluded_files_and_generated_pages_are_skipped() {
    let list =
        "---\ntitle: Tags\n---\n{% for tag in site.tags %}\n<h2 id=\"t\">{{ tag[0] }}</h2>\n{% endfor %}\n";
    let dir = archive(&[
        ("_config.yml", "exclude: ['*.bak.md', old]"),
        ("_posts/2019-05-06-a.bak.md", "---\ntitle: x\n---\n"),
        ("_posts/2019-05-06-a.md", "---\ntitle: x\n---\n"),
        ("old/b.md", "---\ntitle: x\n---\n"),
        ("old/c.png", "x"),
        ("404.md", "---\ntitle: x\n---\n"),
        ("index.md", "---\ntitle: x\n---\n"),
        ("tags.md", list),
        ("about.md", &list.replace("<h2", "All of our topics <h2")),
    ]);
    let seen = seen("jekyll", dir.path());
    let name = |path: &Path| path.strip_prefix(dir.path()).unwrap().to_string_lossy().into_owned();
    let read: Vec<_> = seen.files.iter().map(|(path, read)| (name(path), read.is_ok())).collect();
    let expected = [("_posts/2019-05-06-a.md", true), ("about.md", true), ("tags.md", false)];
    assert_eq!(read, expected.map(|(path, is_read)| (path.to_owned(), is_read)));
    let skipped: Vec<_> = seen.skipped.iter().map(|(path, _)| name(path)).collect();
    assert_eq!(skipped, ["404.md", "_posts/2019-05-06-a.bak.md", "index.md", "old/b.md"]);
    assert!(seen.statics.is_empty());
}

#[test]
fn post_url_works_in_text() {
    let dir = archive(&[
        ("_config.yml", "url: https://x.example\nbaseurl: /b"),
        (
            "_posts/2019-05-06-a.md",
            "---\ntitle: x\n---\nSee {% post_url 2019-05-07-b %}, {% post_url 2019-05-08-4.0.13-out %} or {% post_url gone %}",
        ),
        ("_posts/2019-05-08-4.0.13-out.md", "---\ntitle: x\npermalink: /out/\n---\n"),
        ("_posts/2019-05-07-b.md", "---\ntitle: x\npermalink: /bee/\n---\n"),
    ]);
    let made = read("jekyll", &dir, "_posts/2019-05-06-a.md");
    assert_eq!(made.story.body, "See /b/bee/, /b/out/ or {% post_url gone %}\n");
    let url = "https://x.example/b/2019/05/06/a.html".to_owned();
    assert_eq!(made.story.identity, Some(Identity::Given(url)));
}

#[test]
fn site_settings_are_imported() {
    let dir = archive(&[
        (
            "_config.yml",
            "title: Harbour &amp; Sea\ntagline: News from the port\nurl: https://h.example\nbaseurl: /b\nlocale: en_GB\ntimezone: Asia/Tokyo\n\
            header_pages: [about.md]\nplugins: [jekyll-feed]\njekyll-archives: {enabled: [tags], permalinks: {tag: '/t/:name/'}}\n",
        ),
        (
            "_data/authors.yml",
            "ana:\n  name: Ana Ruiz\n  bio: Covers the port\n  avatar: /img/ana.jpg\n  web: https://ana.example\n",
        ),
        (
            "_data/navigation.yml",
            "- title: Sport\n  url: /sport/\n- title: Elsewhere\n  url: https://e.example/\n",
        ),
        ("_authors/bo.md", "---\nshort_name: bo\nname: Bo Lind\n---\nWrites of ships.\n"),
        ("about.md", "---\ntitle: About us\n---\nText"),
        ("gone.md", "---\ntitle: Gone\nredirect_to: https://e.example/x\n---\n"),
        (
            "category/deep-sea.md",
            "---\nlayout: by_category\ntitle: The deep sea\ncategory: Deep Sea\ndescription: Far out\n---\n",
        ),
        ("tag/port.md", "---\nlayout: by_tag\ntag: port\npermalink: /tag/port/\n---\n"),
        ("tags.html", "---\nlayout: tags\n---\n"),
        ("_posts/2019-05-06-a.md", "---\ntitle: x\ncategories: [Deep Sea]\ntags: [port]\n---\n"),
        ("_posts/2019-05-07-b.md", "---\ntitle: x\ncategories: [Deep Sea, ships]\nauthor: bo\n---\n"),
        ("sport/_posts/2019-05-08-c.md", "---\ntitle: x\n---\n"),
    ]);
    let site = seen("jekyll", dir.path()).site;
    let head =
        [site.title, site.description, site.base_url, site.language, site.timezone].map(Option::unwrap);
    assert_eq!(head, ["Harbour & Sea", "News from the port", "https://h.example/b/", "en-GB", "Asia/Tokyo"]);
    let deep = "deep-sea Deep Sea /b/category/deep-sea.html";
    assert_eq!(site.sections[0].description.as_deref(), Some("Far out"));
    assert_eq!(lists(&site.sections), [deep, "sport Sport "]);
    assert_eq!(lists(&site.tags), ["port port /b/t/port/ /b/tag/port/", "ships ships /b/t/ships/"]);
    let authors: Vec<_> =
        site.authors.iter().map(|author| (&*author.slug, author.bio.as_deref().unwrap())).collect();
    assert_eq!(authors, [("bo-lind", "Writes of ships."), ("ana-ruiz", "Covers the port")]);
    assert_eq!((&*site.authors[0].aliases.join(" "), &*site.authors[1].aliases.join(" ")), ("bo", "ana"));
    let menus: Vec<_> = site.menus.iter().flat_map(|(_, items)| items).map(|item| &*item.url).collect();
    assert_eq!(menus, ["/b/sport/", "https://e.example/", "/b/about.html"]);
    let redirects: Vec<_> = site.redirects.iter().map(|one| format!("{} {}", one.from, one.to)).collect();
    assert_eq!(
        redirects,
        ["/b/feed.xml /atom.xml", "/b/gone.html https://e.example/x", "/b/tags.html /tags/"]
    );
}

#[test]
fn the_most_common_permalink_pattern_is_used() {
    for (settings, expected) in [
        ("permalink: pretty", Some("/:section/:year/:month/:day/:slug/")),
        ("permalink: /n/:year/:title.html", Some("/n/:year/:slug.html")),
        ("permalink: ordinal", None),
    ] {
        let post = "---\ncategory: Port\n---\n";
        let dir = archive(&[
            ("_config.yml", settings),
            ("_posts/2019-05-05-a.md", post),
            ("_posts/2019-06-07-b-c.md", post),
        ]);
        let site = seen("jekyll", dir.path()).site;
        assert_eq!(site.permalink.as_deref(), expected, "{settings}");
    }
}

#[test]
fn values_of_data_files_are_inserted() {
    let body = "{% assign r = site.data.all | where: \"v\", \"2.4\" | first %}<{{ r.url }}> {{ site.data.all[0].v }}\n\n    {{ r.url }} {{ b }}\n";
    let dir = archive(&[
        ("_config.yml", ""),
        ("_data/all.yml", "- v: '2.5'\n  url: https://x.example/5\n- v: '2.4'\n  url: https://x.example/4\n"),
        ("_posts/2019-05-06-a.md", &format!("---\ntitle: x\n---\n{body}")),
    ]);
    let made = read("jekyll", &dir, "_posts/2019-05-06-a.md");
    assert_eq!(made.story.body, "<https://x.example/4> 2.5\n\n    https://x.example/4 {{ b }}\n");
}

#[test]
fn language_folders_are_not_sections() {
    let path = "zh_tw/news/_posts/2019-05-06-a.md";
    let dir = archive(&[
        ("_config.yml", "url: https://x.example"),
        ("en/news/_posts/2019-05-06-a.md", "---\ntitle: x\nlang: en\n---\n"),
        (path, "---\ntitle: y\nlang: zh_tw\n---\n"),
    ]);
    let made = read("jekyll", &dir, path);
    assert_eq!((&*made.field(Key::Lang), &*made.field(Key::Section)), ("\"zh-tw\"", "\"news\""));
    assert_eq!(made.story.original.as_deref(), Some("https://x.example/en/news/2019/05/06/a.html"));
    assert_eq!(made.story.old_url.as_deref(), Some("/zh_tw/news/2019/05/06/a.html"));
}
