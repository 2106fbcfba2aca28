//! Imports sites of Hugo.

use bulletin::content::Key;
use bulletin::import::{Confidence, FieldKey, Identity};

use super::{Made, archive, field_key, read, read_all, seen_for};
use crate::support::{Run, Site, bulletin};

const SETTINGS: &str = "baseURL: https://x.example/blog/\nlanguages: {en: {}, fr: {}}\n";

fn made(settings: &str, path: &str, text: &str) -> Made {
    let mut all = read_all("hugo", &archive(&[("hugo.yaml", settings), (path, text)]));
    all.remove(0)
}

#[test]
fn front_matter_is_converted() {
    let text = "+++\ntitle = 'Gate'\nDescription = 'A deck'\nsummary = 'Other'\ndate = 2019-05-07\npublishDate = 2019-06-01\n\
        expiryDate = 2029-01-01\nlastmod = 2019-05-08\ntags = ['Sea', 2019, '!']\ncategories = ['News']\nauthor = 'Ruiz, Ana'\n\
        aliases = ['/old/', 'older', 'bad?x']\ntype = 'post'\nlayout = 'wide'\nweight = 4\nimages = ['/i.png']\n\
        series = ['Port', 'Other']\nlinkTitle = 'G'\n[params]\ncolour = 'red'\n[build]\nlist = 'never'\n+++\nText";
    let made = made(SETTINGS, "content/posts/gate.md", text);
    for (key, value) in [
        ("deck", "\"A deck\""),
        ("extra.summary", "\"Other\""),
        ("date", "\"2019-05-07\""),
        ("embargo", "\"2019-06-01\""),
        ("expires", "\"2029-01-01\""),
        ("updated", "\"2019-05-08\""),
        ("section", "\"posts\""),
        ("tags", "[\"Sea\",\"2019\",\"Other\",\"News\"]"),
        ("extra.tags", "[\"!\"]"),
        ("authors", "[\"Ruiz, Ana\"]"),
        ("aliases", "[\"/blog/old/\",\"/blog/posts/older\"]"),
        ("extra.aliases", "[\"bad?x\"]"),
        ("extra.type", "\"post\""),
        ("extra.layout", "\"wide\""),
        ("extra.weight", "4"),
        ("extra.colour", "\"red\""),
        ("extra.linkTitle", "\"G\""),
        ("image", "{\"src\":\"/i.png\"}"),
        ("extra.images", "[\"/i.png\"]"),
        ("series", "\"Port\""),
        ("draft", ""),
    ] {
        // A relative alias with a query is bad as well.
        let found = made.field(field_key(key));
        let found = found.replace("/blog/posts/bad?x", "bad?x");
        assert_eq!(found, value, "{key}");
    }
    let date = made.story.field(Key::Date).unwrap();
    assert_eq!((date.confidence, date.spans[0].to_string().as_str()), (Confidence::Explicit, "5:1-18"));
    assert_eq!(made.story.field(Key::Section).unwrap().confidence, Confidence::Positional);
}

#[test]
fn hidden_stories_become_drafts() {
    for head in [
        "date: soon",
        "draft: perhaps",
        "expiryDate: later",
        "published: false",
        "build: {render: never}",
        "headless: true",
        "hidden: true",
        "draft: true",
        "date: ''\npublishDate: 31/12/2019",
    ] {
        let text = format!("---\ntitle: x\n{head}\n---\n");
        let made = made("", "content/posts/a.md", &text);
        assert_eq!(made.field(Key::Draft), "true", "{head}");
    }
    let text = "---\ntitle: x\npublishDate: 2019-01-02\ndraft: 'false'\n---\n";
    let made = made("", "content/posts/a.md", text);
    assert_eq!(
        (made.field(Key::Draft), made.field(Key::Date)),
        ("false".to_owned(), "\"2019-01-02\"".to_owned())
    );
}

#[test]
fn a_page_without_a_date_keeps_its_place() {
    let made = made(SETTINGS, "content/about/_us.md", "---\nurl: /who/\n---\n# Us & you\n");
    assert_eq!((made.story.folder.as_deref(), made.story.name.as_deref()), (Some("about"), Some("_us")));
    assert_eq!(
        (made.field(Key::Permalink), made.field(Key::Title)),
        ("\"/who/\"".to_owned(), "\"Us & you\"".to_owned())
    );
    assert_eq!(made.story.old_url.as_deref(), Some("/blog/who/"));
}

#[test]
fn shortcodes_are_converted_or_reported() {
    let body = "{{< figure src=\"map.png\" alt=\"A map\" caption=\"The \\\"port\\\"\" >}}\n\n\
        {{< figure src=\"map.png\" link=\"wide\" >}}\n\n\
        [b]({{< ref \"b.md#x\" >}}) [c]({{% relref \"/posts/c\" %}}) [d]({{< ref \"nowhere\" >}})\n\n\
        `{{</* ref \"b\" */>}}` {{< mine x >}}\n\n```\n{{< code >}}\n```\n";
    let dir = archive(&[
        ("hugo.yaml", SETTINGS),
        ("content/posts/a/index.md", &format!("---\ntitle: x\ndate: 2019-01-01\n---\n{body}")),
        ("content/posts/a/map.png", "x"),
        ("content/posts/a/notes.md", "x"),
        ("content/posts/b.md", "---\ntitle: b\nslug: bee\n---\n"),
        ("content/posts/c/index.md", "---\ntitle: c\n---\n"),
    ]);
    let made = read("hugo", &dir, "content/posts/a/index.md");
    let expected = "![A map](map.png \"The \\\"port\\\"\")\n\n[![](map.png)](/blog/posts/a/wide)\n\n\
        [b](/blog/posts/bee/#x) [c](/blog/posts/c/) [d](/blog/posts/a/nowhere)\n\n\
        `{{< ref \"b\" >}}` {{< mine x >}}\n\n```\n{{< code >}}\n```\n";
    assert_eq!(made.story.body, expected);
    let at: Vec<_> = made.story.remarks.iter().map(|remark| remark.span.unwrap().to_string()).collect();
    assert_eq!(made.codes(), ["import/shortcode", "import/link"]);
    assert_eq!(at, ["11:23-37", "9:62-83"]);
    assert_eq!(made.story.media.len(), 1);
    assert_eq!(made.skipped, ["it is part of another story's bundle"]);
}

#[test]
fn pictures_are_found_in_every_folder() {
    let text = "---\ntitle: x\ndate: 2019-01-01\nfeatured_image: img/lead.png\ncover: {image: near.png, alt: Near, relative: true}\n---\n\
        ![a](near.png) ![b](/img/lead.png) ![c](/blog/img/lead.png) ![d](../far.png) ![e](gone.png)\n<img src=\"../../img/lead.png\">\n";
    let dir = archive(&[
        ("hugo.yaml", SETTINGS),
        ("content/posts/a.md", text),
        ("content/posts/near.png", "x"),
        ("content/posts/far.png", "y"),
        ("static/img/lead.png", "x"),
        ("static/site.css", "x"),
    ]);
    let made = read("hugo", &dir, "content/posts/a.md");
    assert_eq!(
        made.story.body,
        "![a](near.png) ![b](/img/lead.png) ![c](/img/lead.png) ![d](far.png) ![e](/blog/posts/a/gone.png)\n\
         <img src=\"/img/lead.png\">\n"
    );
    assert_eq!(made.field(Key::Image), "{\"src\":\"/img/lead.png\"}");
    assert_eq!(
        made.field(FieldKey::extra("cover")),
        "{\"image\":\"near.png\",\"alt\":\"Near\",\"relative\":true}"
    );
    assert_eq!(made.statics, ["img/lead.png", "site.css"]);
    assert_eq!(made.codes(), ["import/missing-file"]);
    let names: Vec<_> = made.story.media.iter().map(|media| media.name.as_str()).collect();
    assert_eq!(names, ["near.png", "far.png"]);
}

#[test]
fn other_keys_describe_the_picture() {
    let text = "+++\ntitle = 'x'\nimage = 'a/b.png'\nimage-caption = 'C'\nimage-credit = 'D'\nimage-description = 'E'\n\
        published = 2025-06-25T05:00:00.754-04:00\nblurb = 'F'\ndescription = 'G'\nbyline = 'H'\nauthors = ['I']\n+++\n";
    let made = made("", "content/posts/a.md", text);
    assert_eq!(
        made.field(Key::Image),
        "{\"src\":\"/a/b.png\",\"alt\":\"E\",\"caption\":\"C\",\"credit\":\"D\"}"
    );
    assert_eq!(
        (made.field(Key::Date), made.field(Key::Embargo)),
        ("\"2025-06-25T05:00:00.754-04:00\"".to_owned(), String::new())
    );
    assert_eq!(
        (made.field(Key::Deck), made.field(FieldKey::extra("blurb"))),
        ("\"G\"".to_owned(), "\"F\"".to_owned())
    );
    assert_eq!(
        (made.field(Key::Authors), made.field(FieldKey::extra("byline"))),
        ("[\"I\"]".to_owned(), "\"H\"".to_owned())
    );
    assert_eq!(made.codes(), ["import/missing-file"]);
}

#[test]
fn a_story_with_an_invalid_date_is_not_a_standing_page() {
    let made = made("", "content/posts/a.md", "---\ntitle: x\ndate: soon\n---\n");
    assert_eq!((made.story.folder.as_deref(), made.field(Key::Section).as_str()), (None, "\"posts\""));
    assert_eq!(
        (made.field(Key::Date).as_str(), made.field(FieldKey::extra("date")).as_str()),
        ("null", "\"soon\"")
    );
}

#[test]
fn files_without_an_archive_are_read_with_its_defaults() {
    let dir = archive(&[("x/a.md", "---\ntitle: x\ndate: 2019-01-01\n---\n![](a.png)"), ("x/a.png", "x")]);
    let site = Site::new(&[]);
    let mut command = bulletin();
    command.args(["import", "--from", "hugo", "--dry-run", "--json", "--site"]).arg(&site.root);
    let run = Run::of(command.arg(dir.path().join("x/a.md")));
    assert!(
        run.stdout.contains("\"body\":\"![](a.png)\\n\"") && !run.stdout.contains("missing-file"),
        "{}",
        run.stdout
    );
}

#[test]
fn drafts_by_section_or_settings_are_drafts() {
    let text = "---\ntitle: x\ndate: 2019-01-01\n---\n";
    let own = "---\ntitle: x\ndate: 2019-01-01\ndraft: false\n---\n";
    let dir = archive(&[
        (
            "hugo.toml",
            "[[cascade]]\ndraft = true\n[cascade._target]\npath = '/plans/**'\n[[cascade]]\ndraft = true\n[cascade.target]\nkind = 'section'\n",
        ),
        ("content/wip/_index.md", "---\ncascade: {draft: true, author: Ana Ruiz}\n---\n"),
        ("content/wip/deep/a.md", text),
        ("content/wip/own.md", own),
        ("content/wip/out.md", "---\ntitle: x\ndate: 2019-01-01\npublished: true\n---\n"),
        ("content/hidden/_index.md", "---\ncascade:\n- _build: {render: never}\n---\n"),
        ("content/hidden/a.md", text),
        ("content/plans/a.md", text),
        ("content/news/a.md", text),
    ]);
    for (path, draft) in [
        ("wip/deep/a.md", "true"),
        ("wip/own.md", "false"),
        ("wip/out.md", "false"),
        ("hidden/a.md", "true"),
        ("plans/a.md", "true"),
        ("news/a.md", ""),
    ] {
        assert_eq!(read("hugo", &dir, &format!("content/{path}")).field(Key::Draft), draft, "{path}");
    }
    assert_eq!(read("hugo", &dir, "content/wip/own.md").field(Key::Authors), "[\"Ana Ruiz\"]");
}

#[test]
fn files_that_the_settings_ignore_are_skipped() {
    let text = "---\ntitle: x\n---\n";
    let dir = archive(&[
        ("hugo.toml", "ignoreFiles = ['_note\\.md$', '(']"),
        ("content/posts/a_note.md", text),
        ("content/posts/a.md", text),
    ]);
    let all = read_all("hugo", &dir);
    assert_eq!(
        (all.len(), all[0].skipped.as_slice()),
        (1, ["the settings of the old site exclude it".to_owned()].as_slice())
    );
}

#[test]
fn a_folder_with_a_text_and_no_stories_is_a_page() {
    let dir = archive(&[
        ("hugo.toml", "[permalinks]\nabout = '/x/:slug/'\n"),
        ("content/about/_index.md", "---\ntitle: About us\ndate: 2019-01-01\n---\nWe [a](team.md) write."),
        ("content/about/team.md", "---\ntitle: Team\n---\n[b](_index.md) [c]({{< ref \"about\" >}})"),
        ("content/us-politics/_index.md", "---\ntitle: US Politics\n---\nAll of it"),
        ("content/us-politics/a.md", "---\ntitle: x\ndate: 2019-01-01\n---\n"),
    ]);
    let page = read("hugo", &dir, "content/about/_index.md");
    assert_eq!(page.story.old_url.as_deref(), Some("/about/"));
    assert_eq!((page.story.name.as_deref(), page.story.folder.as_deref()), (Some("about"), Some("")));
    assert_eq!((page.field(Key::Date), page.field(Key::Section)), (String::new(), String::new()));
    assert_eq!(read("hugo", &dir, "content/about/team.md").story.body, "[b](/about/) [c](/about/)\n");
    assert_eq!(page.skipped, ["it describes a list page"]);
    assert_eq!(read("hugo", &dir, "content/us-politics/a.md").field(Key::Section), "\"US Politics\"");
}

#[test]
fn links_have_the_path_of_the_site_once() {
    let text = "---\ntitle: x\ndate: 2019-01-01\nimage: /blog/i.png\n---\n[a](/blog/posts/b/) [b](b.md#c) [c](/blog) [d](/blogs/) ![e](/blog/i.png) ![f](/blog/own.png)";
    let dir = archive(&[
        ("hugo.toml", "baseURL = 'https://o.example/blog/'"),
        ("content/posts/a.md", text),
        ("content/posts/b.md", "---\ntitle: x\n---\n"),
        ("static/i.png", "x"),
        ("static/blog/own.png", "x"),
    ]);
    let body = |base: &str| {
        let (_, read) = seen_for(base, "hugo", dir.path()).files.remove(0);
        read.unwrap().remove(0).body
    };
    assert_eq!(
        body("https://o.example/blog/"),
        "[a](/posts/b/) [b](/posts/b/#c) [c](/) [d](/blogs/) ![e](/i.png) ![f](/blog/own.png)\n"
    );
    assert_eq!(
        body("https://o.example/"),
        "[a](/blog/posts/b/) [b](/blog/posts/b/#c) [c](/blog) [d](/blogs/) ![e](/i.png) ![f](/blog/own.png)\n"
    );
}

#[test]
fn a_story_keeps_its_old_url_as_id() {
    let identity =
        |settings: &str| made(settings, "content/posts/a.md", "---\ntitle: x\n---\n").story.identity;
    assert_eq!(
        identity("baseURL: https://x.example/blog/"),
        Some(Identity::Given("https://x.example/blog/posts/a/".to_owned()))
    );
    for settings in ["", "baseURL: /blog/", "baseURL: http://localhost:1313/", "baseURL: 'https://'"] {
        assert_eq!(identity(settings), None, "{settings}");
    }
}

#[test]
fn keys_for_the_theme_are_read() {
    let text = "---\ntitle: x\ndate: 2019-01-01\nparams: {author: Ana Ruiz, subtitle: A deck, color: red, section: Port, image: 3}\n---\n";
    let story = made("", "content/a.md", text);
    for (key, value) in [
        ("authors", "[\"Ana Ruiz\"]"),
        ("deck", "\"A deck\""),
        ("section", "\"Port\""),
        ("extra.color", "\"red\""),
        ("extra.image", "3"),
    ] {
        assert_eq!(story.field(field_key(key)), value, "{key}");
    }
    let text = "---\ntitle: x\nauthor: Bo Lind\nparams: {author: Ana Ruiz, section: Port}\n---\n";
    let story = made("", "content/a.md", text);
    assert_eq!(
        (story.field(Key::Authors), story.field(FieldKey::extra("author"))),
        ("[\"Bo Lind\"]".into(), "\"Ana Ruiz\"".into())
    );
    assert_eq!(
        (story.field(Key::Section), story.field(FieldKey::extra("section"))),
        (String::new(), "\"Port\"".into())
    );
}

#[test]
fn references_and_figures_tolerate_sloppy_syntax() {
    let text = "---\ntitle: x\ndate: 2019-01-01\n---\nSee {{< relref \"Overview.md\" >}} and [a]({{< ref \"OVERVIEW\" >}}).\n\n\
        {{< figure src=\"/i.png\" title=\"The gate\" caption=\"It is open.\" class=\"wide\" width=\"300\" >}}\n\n{{< figure src=\"/i.png\" link=\"/x\" >}}";
    let dir = archive(&[
        ("hugo.toml", ""),
        ("content/posts/a.md", text),
        ("content/docs/overview.md", "---\ntitle: x\n---\n"),
        ("static/i.png", "x"),
    ]);
    let made = read("hugo", &dir, "content/posts/a.md");
    assert_eq!(
        made.story.body,
        "See /docs/overview/ and [a](/docs/overview/).\n\n![The gate. It is open.](/i.png \"The gate. It is open.\")\n\n[![](/i.png)](/x)\n"
    );
    assert!(made.story.remarks.is_empty());
}
