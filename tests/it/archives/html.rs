//! HTML of old sites → the pages of the new one.

use crate::support::{Run, Site, bulletin};

const CODE: &str = "fn a() {\n\n    # not a heading\n    \"*x*\" \\ {{ y }}\n}";

/// The HTML in the archive, and what its page must contain.
const CASES: [(&str, &str); 55] = [
    // Anchors.
    (
        "<p>Claim.<a name='_ftnref1' href='#_ftn1'>[1]</a></p><p><a href='#_ftnref1' name='_ftn1'>[1]</a> Source.</p>",
        "Claim.<a id=\"_ftnref1\"></a><a href=\"#_ftn1\">[1]</a></p>\n<p><a id=\"_ftn1\"></a><a href=\"#_ftnref1\">[1]</a> Source.",
    ),
    ("<p><a id='part-2'>A part</a></p>", "<p><a id=\"part-2\"></a>A part</p>"),
    ("<h2 id='old-name'>Talks</h2>", "<h2 id=\"old-name\">Talks</h2>"),
    (
        "<p id='fn:1'>Note <a href='#fn%3A1'>x</a></p>",
        "<p><a id=\"fn:1\"></a>Note <a href=\"#fn%3A1\">x</a></p>",
    ),
    (
        "<ol><li id='n1'>One</li></ol><p><a href='https://o.example/4/#n1'>x</a></p>",
        "<li><a id=\"n1\"></a>One</li>",
    ),
    ("<a name='top'></a><h3>Talks</h3>", "<a id=\"top\"></a>Talks</h2>"),
    // Code.
    (
        "<pre class='brush: php; x: y'>a &lt; b\n# c</pre>",
        "<pre><code class=\"language-php\">a &lt; b\n# c\n</code></pre>",
    ),
    (
        "<div class='highlight'><pre><code class='language-rust' data-lang='rust'>a\n```\nb</code></pre></div>",
        "<code class=\"language-rust\">a\n```\nb\n</code>",
    ),
    (
        "<figure class='highlight js'><table><tr><td class='gutter'><pre><span>1</span><br></pre></td><td class='code'><pre><span>var a;</span><br><span>b</span></pre></td></tr></table></figure>",
        "<pre><code class=\"language-js\">var a;\nb\n</code></pre>",
    ),
    ("<p><code>a</code><code>b ` c</code></p>", "<p><code>a</code><code>b ` c</code></p>"),
    // Pictures.
    (
        "<figure><img src='https://p.example/a.jpg' alt='A'><figcaption>By <a href='https://p.example/ana'>Ana</a></figcaption></figure>",
        "<figcaption>By <a href=\"https://p.example/ana\">Ana</a></figcaption></figure>",
    ),
    (
        "<figure><img src='https://p.example/a.jpg'><figcaption>The <em>old</em> port</figcaption></figure>",
        "<figcaption>The old port</figcaption></figure>",
    ),
    (
        "<figure><img src='https://p.example/a.jpg'><span class='credit'>Photo: Jo</span></figure>",
        "<figcaption>Photo: Jo</figcaption>",
    ),
    (
        "<img src='data:image/gif;base64,R0' data-src='https://p.example/late.jpg' alt='L'>",
        "<img src=\"https://p.example/late.jpg\" alt=\"L\"",
    ),
    (
        "<img src='https://p.example/s.jpg' srcset='https://p.example/m.jpg 600w, https://p.example/l.jpg 1200w'>",
        "<img src=\"https://p.example/l.jpg\"",
    ),
    (
        "<img src='https://p.example/x.gif'><noscript><img src='https://p.example/true.jpg'></noscript>",
        "<p><img src=\"https://p.example/true.jpg\"",
    ),
    (
        "<picture><source srcset='https://p.example/a.webp'><img src='https://p.example/a.png' alt='P'></picture>",
        "<img src=\"https://p.example/a.png\" alt=\"P\"",
    ),
    (
        "<a href='https://p.example/a.jpg'><img src='https://p.example/a-300x200.jpg'></a>",
        "<p><img src=\"https://p.example/a.jpg\"",
    ),
    (
        "<table class='tr-caption-container'><tr><td><a href='http://p.example/s1600/b.jpg'><img src='http://p.example/s320/b.jpg'></a></td></tr><tr><td class='tr-caption'>The boat</td></tr></table>",
        "<figure><img src=\"http://p.example/s1600/b.jpg\"",
    ),
    ("<p>Hi <img class='emoji' alt='⛴' src='https://s.example/1.svg'> there</p>", "<p>Hi ⛴ there</p>"),
    // Embeds.
    (
        "<iframe src='https://www.youtube.com/embed/abcdefghijk?rel=0'></iframe>",
        "<p><a href=\"https://www.youtube.com/watch?v=abcdefghijk\">",
    ),
    (
        "<iframe src='//player.vimeo.com/video/77'></iframe>",
        "<p><a href=\"https://vimeo.com/77\">https://vimeo.com/77</a></p>",
    ),
    (
        "<object><param name='movie' value='https://www.youtube.com/v/abc&amp;hl=en'><embed src='x.swf'></object>",
        "https://www.youtube.com/watch?v=abc</a>",
    ),
    (
        "<blockquote class='twitter-tweet'><p>Fog.</p>— A <a href='https://twitter.com/a/status/1?ref_src=x'>May 1</a></blockquote><script src='x.js'></script>",
        "</blockquote>\n<p><a href=\"https://twitter.com/a/status/1\">",
    ),
    (
        "<video width=640 onplay=x()><source src='https://v.example/a.mp4'>No player.</video>",
        "<video controls src=\"https://v.example/a.mp4\" width=\"640\"></video>",
    ),
    // Lists and tables.
    (
        "<ul><li><p>a</p><p>b</p></li><li>c<ol start=4><li>d</li></ol></li></ul>",
        "<ol start=\"4\">\n<li>d</li>",
    ),
    (
        "<ol type='a' reversed><li>One <b>two</b></li></ol>",
        "<ol reversed type=\"a\">\n<li>One <strong>two</strong></li>",
    ),
    ("<ul><li>a</li></ul><ul><li>b</li></ul>", "<li>a</li>\n</ul>\n<ul>\n<li>b</li>"),
    ("<table><tr><th>a<th>b<tr><td colspan=2>c</table>", "<td colspan=\"2\">c</td>"),
    ("<table><tr><th>a<th>b<tr><td>1|2<td>c<br>d</table>", "<td>1|2</td><td>c<br>d</td>"),
    (
        "<dl><dt>Berth</dt><dd><p>One</p><ul><li>two</li></ul></dd></dl>",
        "<dt>Berth</dt>\n<dd>\n<p>One</p>\n<ul>\n<li>two</li>",
    ),
    ("<table role='presentation'><tr><td>Left<td>Right</table>", "<p>Left</p>\n<p>Right</p>"),
    // Lines.
    (
        "<p>CO<sub>2</sub> <mark>m</mark> <u>u</u> <kbd>K</kbd> <abbr title='Port &quot;A&quot;'>PA</abbr></p>",
        "CO<sub>2</sub> <mark>m</mark> <u>u</u> <kbd>K</kbd> <abbr title=\"Port &quot;A&quot;\">PA</abbr>",
    ),
    (
        "<p>un<b>told</b>s <i>«q»</i>z <b>x </b>y <i>a</i><b>b</b></p>",
        "un<strong>told</strong>s <em>«q»</em>z <strong>x</strong> y <em>a</em><strong>b</strong>",
    ),
    ("<p>湖の<b>「船」</b>は</p>", "湖の<strong>「船」</strong>は"),
    (
        "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby></p>",
        "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>",
    ),
    (
        "<b style='font-weight:normal'><p><span style='font-weight: 700'>Bold</span> plain<o:p></o:p></p></b><p>&nbsp;</p>",
        "<p><strong>Bold</strong> plain</p>",
    ),
    (
        "<details open><summary>More <b>x</b></summary><p>a</p></details>",
        "<details open>\n<summary>More <strong>x</strong></summary>\n<p>a</p>\n</details>",
    ),
    ("<p><a href='/a b(c)'>l [x]</a></p>", "<a href=\"https://o.example/a%20b%28c%29\">l [x]</a>"),
    (
        "<a href='https://x.example/'><h3>T</h3><p>t</p></a>",
        "<a href=\"https://x.example/\">T</a></h2>\n<p><a href=\"https://x.example/\">t</a></p>",
    ),
    ("<h2>Never closed <p>One</p><p>Two</p>", "<p>One</p>\n<p>Two</p>"),
    ("<ul><li><h3>Talks</h3>text</li></ul>", "<h2 id=\"talks\">Talks</h2>\n<p>text</p>"),
    (
        "One<p>two<p>three<!--[if mso]><p>no</p><![endif]--><![CDATA[ four ]]>",
        "<p>One</p>\n<p>two</p>\n<p>three four</p>",
    ),
    (
        "<form action=x><p>All of an old page stands in its form, as programs of the time made it, so its text is the story: the ferry was late again on Monday, and nobody on either shore could say why, or when it would come back to the harbour.</p><input name=a></form>",
        "<p>All of an old page",
    ),
    ("<p>1. a<br># b<br>- c</p>", "<p>1. a<br>\n# b<br>\n- c</p>"),
    ("<p>Hear!<a href='https://x.example/'>x</a></p>", "<p>Hear!<a href=\"https://x.example/\">x</a></p>"),
    ("<ul><li># a</li><li>1. b</li></ul>", "<li># a</li>\n<li>1. b</li>"),
    ("a<a href='javascript:x'>b</a><svg><text>t</text></svg>", "<p>ab</p>"),
    ("<form>never closed <p>text</p>", "<p>never closed</p>\n<p>text</p>"),
    (
        "<figure><img src='https://p.example/a.jpg' alt='A [map]'><figcaption>The \"old\" port</figcaption></figure>",
        "alt=\"A [map]\"",
    ),
    (
        "<figure><blockquote>a</blockquote><figcaption>b</figcaption></figure>",
        "<p>a</p>\n</blockquote>\n<p>b</p>",
    ),
    ("<table><caption>A <b>b</b><tr><th>c<th>d</table>", "<p>A <strong>b</strong></p>"),
    ("<table><tr><td>a<td><ul><li>b<li>c</ul></table>", "<td>a</td><td><ul>\n<li>b</li>\n<li>c</li>"),
    ("<table><![CDATA[t]]><tr><th>a<th>b<tr><td>1<td>2</table>", "<p>t</p>"),
    ("<p onclick=x()>Ends<script>no()</script><style>no</style><form>Name <input></form></p>", "<p>Ends</p>"),
];

#[test]
fn html_keeps_anchors_code_and_caption_links() {
    let item = |(index, (html, _)): (usize, &(&str, &str))| {
        format!(
            "<item><title>Case {index}</title><link>https://o.example/{index}/</link><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate><content:encoded>{}</content:encoded></item>",
            html.replace('&', "&amp;").replace('<', "&lt;")
        )
    };
    let code = format!("<p>x</p><pre>{}</pre>", CODE.replace('"', "&quot;"));
    let mut cases = CASES.to_vec();
    cases.push((
        &code,
        "<pre><code>fn a() {\n\n    # not a heading\n    \"*x*\" \\ {{ y }}\n}\n</code></pre>",
    ));
    let items: String = cases.iter().enumerate().map(item).collect();
    let feed = format!(
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>c</title><link>https://o.example</link>{items}</channel></rss>"
    );
    let settings = format!("{}markdown: {{smart_punctuation: false}}\n", crate::support::SETTINGS);
    let site = Site::new(&[("bulletin.yaml", &settings), ("feed.xml", &feed)]);
    let mut command = bulletin();
    command.arg("import").arg(site.path("feed.xml")).arg("--site").arg(&site.root);
    let run = Run::of(command.args(["--status", "published", "--date", "2026-01-01"]));
    assert!(run.code == Some(0), "{}", run.stderr);
    let build = site.build(&[]);
    assert!(build.code == Some(0), "{}", build.stderr);
    let pages = site.public();
    let mut wrong = String::new();
    for (index, (html, expected)) in cases.iter().enumerate() {
        let page = pages.iter().find(|(path, _)| path.contains(&format!("case-{index}/")));
        let page = page.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        if !page.contains(expected) || page.contains("no()") {
            wrong.push_str(&format!("{html}\n  wanted {expected}\n  found {page}\n\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
