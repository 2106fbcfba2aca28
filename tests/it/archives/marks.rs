//! Imports shortcodes, Liquid and kramdown.

use std::path::Path;

use crate::support::{Run, SETTINGS, Site, bulletin};

/// An archive, a site without articles, and the report of `import`.
struct Moved {
    site: Site,
    run: Run,
}

impl Moved {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, &[])
    }

    /// Adds files to the site, such as its `import.map.yaml`.
    fn with(files: &[(&str, &str)], own: &[(&str, &str)]) -> Self {
        let site = Site::new(&[&[("bulletin.yaml", SETTINGS)], own].concat());
        std::fs::create_dir(site.path("content")).unwrap();
        files.iter().for_each(|(path, text)| site.write(&format!("../old/{path}"), text));
        let run = import(&site, &["old", "-v"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        Self { site, run }
    }

    /// The text of the article whose name ends with this.
    fn body(&self, name: &str) -> String {
        let (path, text) = self.article(name);
        let at = text.match_indices("\n---\n").next().unwrap_or_else(|| panic!("{path}")).0;
        text[at + 5..].trim_start_matches('\n').to_owned()
    }

    fn article(&self, name: &str) -> (String, String) {
        let all = crate::support::tree(&self.site.path("content"));
        let found =
            all.into_iter().find(|(path, _)| path.ends_with(name)).unwrap_or_else(|| panic!("{name}"));
        (found.0, String::from_utf8(found.1).unwrap())
    }
}

fn import(site: &Site, args: &[&str]) -> Run {
    let above: &Path = site.root.parent().unwrap();
    Run::of(bulletin().current_dir(above).args(["import", "--site", "site"]).args(args))
}

/// The text of a post of a Jekyll site with these files.
fn of_jekyll(files: &[(&str, &str)], body: &str) -> (String, String) {
    let settings = "title: P\nurl: https://paper.example\nbaseurl: /b\nrepository: https://code.example/p\nowner: {name: Ana}\n";
    let post = format!("---\ntitle: 'Gate <3>'\ndate: 2019-05-06 10:00\nkind: news\nvideo: v1\n---\n{body}");
    let mine = [
        ("_config.yml", settings),
        ("_posts/2019-05-06-a.md", &*post),
        ("_posts/2019-05-05-b.md", "---\ntitle: b\n---\nB"),
    ];
    let moved = Moved::new(&[&mine, files].concat());
    let body = moved.body("-a.md").trim_end().to_owned();
    (body, moved.run.stderr)
}

#[test]
fn common_hugo_shortcodes_are_converted() {
    let body = "One [story]({{< ref \"b.md\" >}}) and [two]({{< relref path=\"/news/b#x\" >}}), [all]({{< ref \"/news\" >}}), \
        [tag]({{% ref \"/tags/port\" %}}), [gone]({{< ref \"gone\" >}}).\n\n{{< figure src=\"/img/x.png\" alt=\"A ferry\" caption=\"On Sunday\" >}}\n\n\
        {{< youtube dQw4w9WgXcQ >}}\n\n{{< highlight go >}}\nfmt.Println(\"a\")\n{{< /highlight >}}\n\n{{% note %}}Take **care**.{{% /note %}}\n\n\
        {{/* a comment */}}By {{< param \"desk\" >}} of {{< param town >}}.<!--more-->More.\n\n`{{</* youtube x */>}}`\n\n{{< mine a=\"b\" >}}\n";
    let moved = Moved::new(&[
        ("hugo.toml", "baseURL = 'https://paper.example/'\n[params]\ntown = 'Meridian'\n"),
        ("content/news/_index.md", "---\ntitle: News\n---\n"),
        ("content/news/a.md", &format!("---\ntitle: A\ndate: 2024-05-01\ndesk: Port desk\n---\n{body}")),
        ("content/news/b.md", "---\ntitle: B\ndate: 2024-05-02\n---\nText of B.\n"),
        ("static/img/x.png", "x"),
    ]);
    assert_eq!(
        moved.body("-a.md"),
        "One [story](/news/b/) and [two](/news/b/#x), [all](/news/), [tag](/tags/port/), [gone](/news/a/gone).\n\n\
         ![A ferry](/img/x.png \"On Sunday\")\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n\n```go\nfmt.Println(\"a\")\n```\n\n> Take **care**.\n\n\
         By Port desk of Meridian. More.\n\n`{{< youtube x >}}`\n\n{{< mine a=\"b\" >}}\n"
    );
    let printed = moved.run.stderr;
    assert!(
        printed.contains("the shortcode `mine` stays in the text, where readers would see it (22:1-19)"),
        "{printed}"
    );
    assert!(printed.contains("the link leads to `gone.md`"), "{printed}");
    let check = Run::of(bulletin().args(["check", "--site"]).arg(&moved.site.root));
    assert!(check.stderr.contains("warning[markdown/foreign-syntax]"), "{}", check.stderr);
    assert_eq!(check.stderr.matches("foreign-syntax").count(), 1, "{}", check.stderr);
}

#[test]
fn liquid_with_known_values_is_evaluated() {
    for (body, expected) in [
        ("{{ site.repository }}/issues, {{ site.owner.name }}", "https://code.example/p/issues, Ana"),
        (
            "{{ page.title | escape }}: {{ page.kind | upcase }} {{page.none}}{{ page.none | default: \"x\" }}",
            "Gate &lt;3&gt;: NEWS x",
        ),
        ("{{ page.date | date: \"%d.%m.%Y\" }} {{ \"a b\" | slugify | append: \".\" }}", "06.05.2019 a-b."),
        ("[a]({{ site.url }}/x/) {{ site.url }}", "[a](/x/) https://paper.example"),
        (
            "[a]({{ site.baseurl }}{% post_url 2019-05-05-b %}) [b]({% link _posts/2019-05-05-b.md %})",
            "[a](/b/2019/05/05/b.html) [b](/b/2019/05/05/b.html)",
        ),
        ("![a]({{ \"/i.png\" | relative_url }})", "![a](/i.png)"),
        ("{% assign x = \"A\" %}{% capture y %}{{ x }}B{% endcapture %}{{ y }}", "AB"),
        (
            "{% if page.kind == 'news' and site.owner %}N{% else %}O{% endif %}{% unless page.kind %}U{% endunless %}",
            "N",
        ),
        ("a{% comment %}{{ b }}{% endcomment %}c", "ac"),
        (
            "{% raw %}{{ a }} {% b %}{% endraw %} `{% raw %}{{ c }}{% endraw %}`",
            "\\{{ a }} \\{% b %} `{{ c }}`",
        ),
        (
            "{% highlight ruby linenos %}\n{% raw %}{{ a }}{% endraw %}\n{% endhighlight %}",
            "```ruby\n{{ a }}\n```",
        ),
        (
            "A\n{% include box.html text=\"B *c*\" n=page.kind %}\nD",
            "A\n\n<div class=\"box\">\n  <b>B *c*</b>news\n</div>\n\nD",
        ),
        ("{% include deep.md %}", "Deep: Meridian"),
        (
            "{% assign all = \"1 2\" | split: \" \" %}[#1] [#2]\n{% for n in all %}\n[#{{ n }}]: https://a.example/{{ n }}\n{% endfor %}",
            "[#1] [#2]\n\n[#1]: https://a.example/1\n\n[#2]: https://a.example/2",
        ),
        ("`a` {{ \"{{\" }}x", "`a` \\{{x"),
        ("{% youtube page.video %}", "https://www.youtube.com/watch?v=v1"),
        ("{% include youtube.html id=page.video %}", "https://www.youtube.com/watch?v=v1"),
    ] {
        let files = [
            (
                "_includes/box.html",
                "<div class=\"box\">\n{% if include.text %}\n\n  <b>{{ include.text }}</b>{{ include.n }}{% endif %}{{ include.none }}\n</div>\n",
            ),
            ("_includes/deep.md", "Deep: {% include deeper.md a=site.data.town.name %}"),
            ("_includes/deeper.md", "{{ include.a }}"),
            ("_data/town.yml", "name: Meridian"),
            ("i.png", "x"),
        ];
        let (made, printed) = of_jekyll(&files, body);
        assert_eq!(made, expected, "{body}");
        assert!(!printed.contains("the Liquid "), "{body}: {printed}");
    }
}

#[test]
fn recursive_includes_and_growing_values_are_limited() {
    let grown =
        format!("{{% assign x = 'abcdefgh' %}}{}{{{{ x }}}}", "{% assign x = x | append: x %}".repeat(60));
    let files = [
        ("_includes/a.html", "{% include b.html %}{% include b.html %}"),
        ("_includes/b.html", "{% include a.html %}{% include a.html %}"),
        ("_includes/own.html", "{% include own.html %}"),
        ("_includes/out.html", "{% include ../../secret.txt %}"),
        ("../secret.txt", "secret"),
    ];
    for (body, left) in [
        ("{% include a.html %}", "Liquid tag `include a`"),
        ("{% include own.html %}", "Liquid tag `include own`"),
        ("{% include gone.html %}", "Liquid tag `include gone`"),
        ("{% include ../../secret.txt %}", "Liquid tag `include secret`"),
        ("{% include out.html %}", "Liquid tag `include out`"),
        ("{% for post in site.posts %}{{ post.title }}{% endfor %}", "Liquid tag `for`"),
        ("{% if site.unknown_plugin %}a{% endif %}", "Liquid tag `if`"),
        ("{% raw %}a", "Liquid tag `raw`"),
        (&*grown, "Liquid tag `assign`"),
    ] {
        let (made, printed) = of_jekyll(&files, body);
        assert!(printed.contains(left), "{body:.40}: {printed}");
        assert!(!printed.contains("post.title"), "{printed}");
        assert!(!made.contains("secret\n") && made.len() < 200_000, "{body:.40}");
    }
}

#[test]
fn kramdown_markup_is_converted() {
    let body = "Intro.\n\n<!-- more -->See [the report](https://report.example/) and **more**.\n\n![Boat](/boat.jpg)\n{: .wide }\n\n\
        {: .table }\n| Ship | Tons |\n|------+------|\n| Anna | 12 |\n\n* TOC\n{:toc}\n\n## Two\n{: #second}\n\n[a](https://a.example/){:target=\"_blank\"} \
        the PDF[^1]\n\n*[PDF]: Portable Document Format\n\n[^1]: A note.\n";
    let files = [("boat.jpg", "x")];
    let (made, printed) = of_jekyll(&files, body);
    assert_eq!(
        made,
        "Intro.\n\nSee [the report](https://report.example/) and **more**.\n\n![Boat](/boat.jpg)\n\n| Ship | Tons |\n|------|------|\n| Anna | 12 |\n\n\n\
         ## Two {#second}\n\n[a](https://a.example/) the <abbr title=\"Portable Document Format\">PDF</abbr>[^1]\n\n\n[^1]: A note."
    );
    assert!(!printed.contains("kramdown"), "{printed}");
}

#[test]
fn leftover_markup_is_reported_and_html_anchors_are_not() {
    let text = "---\ntitle: Anchors\ndate: 2024-01-01\n---\nSee [two](#two) and [three](#three).\n\n<h2 id=\"two\">Two</h2>\n\n<a name=\"three\"></a>Text.\n\n\
        [sourcecode language=\"php\"]\nx\n[/sourcecode]\n\n[youtube abc]\n\n[caption id=\"a\" width=\"3\"]x[/caption]\n\n{:toc}\n\n\
        Look [here](https://a.example/){:target=\"_blank\"}.\n\n<!-- more -->A [link](https://a.example/) and **bold**.\n\n| A | B |\n|---+---|\n| c | d |\n\n\
        <script>alert(1)</script>\n\n<p style=\"color:red\" onclick=\"x()\">P</p>\n";
    let site = Site::new(&[("content/x.md", text)]);
    let run = Run::of(bulletin().args(["check", "--message-format", "json", "--site"]).arg(&site.root));
    let places: Vec<_> = run.places().into_iter().map(|(code, _, line)| (code, line.unwrap())).collect();
    let expected = [
        ("markdown/foreign-syntax", 11),
        ("markdown/foreign-syntax", 13),
        ("markdown/foreign-syntax", 15),
        ("markdown/foreign-syntax", 17),
        ("markdown/foreign-syntax", 17),
        ("markdown/foreign-syntax", 19),
        ("markdown/foreign-syntax", 21),
        ("markdown/in-html", 23),
        ("markdown/foreign-syntax", 26),
        ("html/runs-code", 29),
        ("policy/blocked", 31),
        ("html/runs-code", 31),
    ];
    assert_eq!(places, expected.map(|(code, line)| (code.to_owned(), line)));
}

#[test]
fn a_new_shortcode_table_applies_to_imported_stories() {
    let post = |title: &str| {
        format!(
            "---\ntitle: {title}\ndate: 2024-05-01\n---\nA {{{{< mine x=\"1\" >}}}} b.\n\n`{{{{< mine >}}}}` {{{{< other >}}}}\n"
        )
    };
    let moved = Moved::new(&[
        ("hugo.toml", "baseURL = 'https://paper.example/'"),
        ("content/a.md", &post("A")),
        ("content/b.md", &post("B")),
    ]);
    let site = &moved.site;
    let (path, before) = moved.article("-a.md");
    let (edited_path, text) = moved.article("-b.md");
    let edited = text.replace("A {{<", "Edited {{<");
    site.write(&format!("content/{edited_path}"), &edited);
    site.write("content/own.md", "---\ntitle: x\n---\n{{< mine x=\"2\" >}}\n");
    site.write("import.map.yaml", "hugo:\n  mine: '<b>{{ params.x }}</b>'\n");

    let dry = import(site, &["--remap", "--dry-run"]);
    assert_eq!(dry.stdout, format!("content/{path}\ncontent/{edited_path}\n"));
    assert_eq!(
        dry.stderr,
        "Would rewrite 2 shortcodes in 2 stories: `mine` 2\n2 shortcodes are left: `other` 2\n"
    );
    assert_eq!(site.read(&format!("content/{path}")), before);

    let run = import(site, &["--remap"]);
    assert_eq!(
        (run.code, run.stderr.lines().next()),
        (Some(0), Some("Rewrote 2 shortcodes in 2 stories: `mine` 2"))
    );
    let after = site.read(&format!("content/{path}"));
    assert!(after.ends_with("A <b>1</b> b.\n\n`{{< mine >}}` {{< other >}}\n"), "{after}");
    let without_hash = |text: &str| -> Vec<String> {
        text.split("\n---\n")
            .next()
            .unwrap()
            .lines()
            .filter(|line| !line.starts_with("  written: "))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(without_hash(&after), without_hash(&before));
    assert!(site.read("content/own.md").contains("{{< mine"));
    assert!(site.read(&format!("content/{edited_path}")).contains("Edited <b>1</b> b."));

    // A new version of the first story is written. The second one was edited, so it is left to the editors.
    for name in ["a", "b"] {
        site.write(
            &format!("../old/content/{name}.md"),
            format!("---\ntitle: New {name}\ndate: 2024-05-01\n---\nNew.\n"),
        );
    }
    let update = import(site, &["old", "--update"]);
    assert!(site.read(&format!("content/{path}")).ends_with("New.\n"), "{}", update.stderr);
    assert!(update.stderr.contains("was edited after its import"), "{}", update.stderr);
    let again = import(site, &["--remap", "--json"]);
    assert!(again.stdout.contains("\"reason\":\"remap-finished\",\"articles\":0"), "{}", again.stdout);
}

#[test]
fn a_broken_shortcode_table_stops_the_import_before_any_write() {
    let site = Site::new(&[("import.map.yaml", "hugo:\n  mine: '{{ x'\n")]);
    site.write("../old/hugo.toml", "");
    site.write("../old/content/a.md", "---\ntitle: A\n---\n");
    for args in [&["old"][..], &["--remap"]] {
        let run = import(&site, args);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(
            run.stderr.contains("error[import/map]") && run.stderr.contains("import.map.yaml:2:9"),
            "{}",
            run.stderr
        );
    }
    assert!(!site.path("content").exists());
}
