//! Tests of the tables.

use super::replace::{Replacer, TagReport};
use super::*;
use crate::import::archive::template_tags::Delimiters;

fn with(map: &ShortcodeMap, syntax: Syntax, text: &str) -> (String, Vec<String>) {
    let kinds: &[Delimiters] = match syntax {
        Syntax::Hugo => &[Delimiters::Angle, Delimiters::Percent],
        Syntax::Zola | Syntax::Jekyll => &[Delimiters::Output, Delimiters::Tag],
        Syntax::Wordpress => &[],
    };
    let mut report = TagReport::default();
    let edits = Replacer { map, syntax, kinds, is_markdown: syntax != Syntax::Wordpress, own: &|_, _| None }
        .edits(text, 0, &mut report);
    (edits.apply(text).0, report.unresolved.into_iter().map(|(_, name, _)| name).collect())
}

fn all(cases: &[(Syntax, &str, &str)]) {
    for (syntax, text, expected) in cases {
        let (expanded, left) = with(&SHIPPED_ONLY, *syntax, text);
        assert_eq!(expanded, *expected, "{text}");
        assert!(left.is_empty(), "{text}: {left:?}");
    }
}

#[test]
fn the_shipped_table_is_valid() {
    let (layer, problems) = MapLayer::read(&FILE.into(), &TEXT.into());
    assert!(problems.is_empty(), "{:?}", problems.first().map(|one| &one.message));
    assert!(layer.entries.len() > 150, "{}", layer.entries.len());
}

#[test]
fn embeds_become_their_urls() {
    use Syntax::{Hugo, Jekyll, Wordpress, Zola};
    all(&[
        (Hugo, "{{< youtube dQw4w9WgXcQ >}}", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        (Hugo, "{{< youtube id=\"a b&c\" autoplay=\"true\" >}}", "https://www.youtube.com/watch?v=a%20b%26c"),
        (Hugo, "{{< youtube https://youtu.be/x?t=3 >}}", "https://youtu.be/x?t=3"),
        (Hugo, "{{% vimeo 12 /%}}", "https://vimeo.com/12"),
        (Hugo, "{{< tweet user=\"ana\" id=\"12\" >}}", "https://x.com/ana/status/12"),
        (Hugo, "{{< x 12 >}}", "https://x.com/i/status/12"),
        (Hugo, "{{< gist ana 12 \"a.go\" >}}", "https://gist.github.com/ana/12"),
        (Hugo, "{{< instagram \"x\" hidecaption >}}", "https://www.instagram.com/p/x"),
        (Zola, "{{ youtube(id=\"x\", class=\"y\", autoplay=true) }}", "https://www.youtube.com/watch?v=x"),
        (Zola, "{{ gist(url=\"https://gist.github.com/a/1\", file='x') }}", "https://gist.github.com/a/1"),
        (Jekyll, "{% youtube \"https://youtu.be/x\" %}", "https://youtu.be/x"),
        (Jekyll, "{% include embed/youtube.html id=\"x\" %}", "https://www.youtube.com/watch?v=x"),
        (Jekyll, "{% include video id=\"x\" provider=\"vimeo\" %}", "https://vimeo.com/x"),
        (Jekyll, "{% gist ana/12 a.rb %}", "https://gist.github.com/ana/12"),
        (
            Wordpress,
            "a [youtube=https://youtu.be/x&w=1] b",
            "a \n\n<p><a href=\"https://youtu.be/x&amp;w=1\">https://youtu.be/x&amp;w=1</a></p>\n\n b",
        ),
        (
            Wordpress,
            "[embed]https://a.example/b[/embed]",
            "\n\n<p><a href=\"https://a.example/b\">https://a.example/b</a></p>\n\n",
        ),
    ]);
}

#[test]
fn pictures_keep_caption_credit_and_link() {
    use Syntax::{Hugo, Jekyll, Zola};
    all(&[
        (
            Hugo,
            "{{< figure src=\"a b.png\" alt=\"A [b]\" caption=\"So \\\"it\\\" is\" width=\"3\" >}}",
            "![A \\[b\\]](a%20b.png \"So \\\"it\\\" is\")",
        ),
        (
            Hugo,
            "{{< figure src=\"/a.png\" title=\"T\" caption=\"C.\" attr=\"Ana\" >}}",
            "![T. C. Ana](/a.png \"T. C. Ana\")",
        ),
        (Hugo, "{{< figure src=\"/a.png\" link=\"/b\" target=\"_blank\" >}}", "[![](/a.png)](/b)"),
        (
            Hugo,
            "{{< figure src=\"/a.png\" alt=\"x\" caption=\"A *b*\" attr=\"Ana\" attrlink=\"https://a.example/\" >}}",
            "<figure>\n\n![x](/a.png)\n\n<figcaption>\n\nA *b*. [Ana](https://a.example/)\n\n</figcaption>\n</figure>",
        ),
        (Hugo, "{{< img /a.png >}}", "![](/a.png)"),
        (Zola, "{{ image(src=\"a.png\", alt=\"x\", caption=\"c\") }}", "![x](a.png \"c\")"),
        (Jekyll, "{% img left /a.png 300 200 A boat %}", "![A boat](/a.png \"A boat\")"),
        (Jekyll, "{% include figure image_path=\"/a.png\" alt=\"x\" caption=\"c\" %}", "![x](/a.png \"c\")"),
    ]);
}

#[test]
fn paired_shortcodes_keep_their_text() {
    use Syntax::{Hugo, Jekyll, Wordpress, Zola};
    all(&[
        (
            Hugo,
            "{{< highlight go \"linenos=1\" >}}\na ```` b\n{{< /highlight >}}",
            "`````go\na ```` b\n`````",
        ),
        (Hugo, "{{% note %}}Take **care**.\n\nNow.{{% /note %}}", "> Take **care**.\n>\n> Now."),
        (
            Hugo,
            "{{< notice tip \"x\" >}}\na {{< youtube b >}}\n{{< /notice >}}",
            "> a\n>\n> https://www.youtube.com/watch?v=b",
        ),
        (Hugo, "{{< admonition type=tip title=\"A [b]\" >}}c{{< /admonition >}}", "> **A [b]**\n>\n> c"),
        (
            Hugo,
            "{{< details \"S <b>\" >}}\n*a*\n{{< /details >}}",
            "<details>\n<summary>S &lt;b&gt;</summary>\n\n*a*\n\n</details>",
        ),
        (Hugo, "{{< note >}}a {{< note >}}b{{< /note >}} c{{< /note >}}", "> a\n>\n> > b\n>\n> c"),
        (Hugo, "x {{< button href=\"/a\" >}}Go{{< /button >}} y", "x [Go](/a) y"),
        (Hugo, "{{< rawhtml >}}\n<b>\n\na</b>\n{{< /rawhtml >}}", "<b>\na</b>"),
        (Hugo, "a{{% comment %}}b{{% /comment %}}c", "ac"),
        (Zola, "{% quote(author=\"Ana\") %}\na\n{% end %}", "> a\n>\n> — Ana"),
        (Jekyll, "{% details S %}a{% enddetails %}", "<details>\n<summary>S</summary>\n\na\n\n</details>"),
        (
            Wordpress,
            "[sourcecode language=\"php\"]\n<b>\n[/sourcecode]",
            "\n\n<pre><code class=\"language-php\">&lt;b&gt;</code></pre>\n\n",
        ),
        (
            Wordpress,
            "[caption id=\"a\" width=\"3\"]<img src=\"b\"> C <em>d</em>[/caption]",
            "\n\n<figure><img src=\"b\"><figcaption>C <em>d</em></figcaption></figure>\n\n",
        ),
        (
            Wordpress,
            "he said [sic] and [1] <pre>[youtube x]</pre>",
            "he said [sic] and [1] <pre>[youtube x]</pre>",
        ),
    ]);
}

#[test]
fn blocks_get_blank_lines() {
    use Syntax::Hugo;
    let url = "https://vimeo.com/1";
    for (text, expected) in [
        ("a\n{{< vimeo 1 >}}\nb", format!("a\n\n{url}\n\nb")),
        ("a {{< vimeo 1 >}} b", format!("a \n\n{url}\n\nb")),
        ("- {{< vimeo 1 >}}\n- b", format!("- {url}\n\n- b")),
        ("- a\n\n  {{< vimeo 1 >}}\n", format!("- a\n\n  {url}\n")),
        ("> a\n> {{< vimeo 1 >}}\n> b", format!("> a\n>\n> {url}\n>\n> b")),
        ("| a |\n|---|\n| {{< vimeo 1 >}} |", format!("| a |\n|---|\n| {url} |")),
    ] {
        assert_eq!(with(&SHIPPED_ONLY, Hugo, text).0, expected, "{text}");
    }
}

#[test]
fn unknown_shortcodes_stay_and_are_reported() {
    use Syntax::{Hugo, Jekyll, Wordpress, Zola};
    for (syntax, text, left) in [
        (Hugo, "{{< mine a >}}b {{< own >}}{{< /mine >}}", &["mine", "own"][..]),
        // A required argument is missing, or the text inside would be lost.
        (
            Hugo,
            "{{< figure alt=\"x\" >}} {{< note >}} {{< youtube a >}}b{{< /youtube >}}",
            &["figure", "note", "youtube"],
        ),
        (Hugo, "{{< youtube \"a >}}", &["youtube"]),
        (Hugo, "| a |\n|---|\n| {{% note %}}a\nb{{% /note %}} |", &["note"]),
        (Zola, "{{ mine(a=1) }} {% own() %}a{% end %}", &["mine", "own"]),
        (Jekyll, "{% include map.html a=b %} {{ site.time }}", &["include map", "site.time"]),
        (Wordpress, "[mine a=b] [own]x[/own] [gallery ids='1']", &["mine", "own", "gallery"]),
    ] {
        let (expanded, report) = with(&SHIPPED_ONLY, syntax, text);
        assert_eq!(expanded, text);
        assert_eq!(report, left, "{text}");
    }
    let code = "`{{< youtube x >}}`\n\n```\n{{< mine >}}\n```\n";
    assert_eq!(with(&SHIPPED_ONLY, Hugo, code), (code.to_owned(), Vec::new()));
}

fn site(text: &str) -> Result<ShortcodeMap, Vec<Diagnostic>> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE), text).unwrap();
    ShortcodeMap::read(&SiteDir::new(dir.path()))
}

#[test]
fn a_site_extends_and_overrides_the_table() {
    let map = site(
        "all:\n  youtube: ~\n  mine, ours: '<b title=\"{{ params.t | escape_html }}\">{{ inner }}</b>'\nhugo:\n  vimeo: |\n    V {{ args[0] }} {{ name }}\n",
    );
    let map = map.unwrap();
    for (text, expected) in [
        ("{{< youtube x >}}", "{{< youtube x >}}"),
        ("{{< ours t='\"a' >}}b{{< /ours >}}", "<b title=\"&quot;a\">b</b>"),
        ("{{< vimeo 1 >}}", "V 1 vimeo"),
        ("{{< x 1 >}}", "https://x.com/i/status/1"),
    ] {
        assert_eq!(with(&map, Syntax::Hugo, text).0, expected);
    }
}

#[test]
fn problems_of_a_table_have_places() {
    let problems =
        site("hugoo: {a: b}\nhugo:\n  a: '{{ x'\n  b: [1]\n  c: '{{ x | nothing }}'\n").unwrap_err();
    let all: Vec<_> =
        problems.iter().map(|one| (one.code, one.place.as_ref().and_then(Place::start).unwrap().0)).collect();
    assert_eq!(all.len(), 4);
    assert_eq!(all.iter().map(|(_, line)| *line).collect::<Vec<_>>(), [1, 3, 4, 5]);
    assert!(site("").is_ok() && site("all:\n").is_err());
}

#[test]
fn hostile_texts_are_fast() {
    for (syntax, text) in [
        (Syntax::Hugo, "{{< note >}}".repeat(20_000)),
        (Syntax::Hugo, "{{< note >}}".repeat(5_000) + &"{{< /note >}}".repeat(5_000)),
        (Syntax::Zola, "{% quote() %}".repeat(5_000) + &"{% end %}".repeat(5_000)),
        (Syntax::Wordpress, "[a b=".repeat(50_000)),
        (Syntax::Wordpress, "[quote]".repeat(20_000)),
        (Syntax::Wordpress, "<pre>".repeat(50_000)),
    ] {
        let start = std::time::Instant::now();
        with(&SHIPPED_ONLY, syntax, &text);
        assert!(start.elapsed().as_secs() < 20, "{}", &text[..9]);
    }
}
