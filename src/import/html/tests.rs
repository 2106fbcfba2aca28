use proptest::prelude::*;

use super::*;

fn body(html: &str) -> String {
    markdown(html, None).body
}

#[test]
fn blocks_and_lines_become_markdown() {
    for (html, expected) in [
        ("<p>One <b>two</b> <i>three</i>.</p><p>Four</p>", "One **two** *three*.\n\nFour"),
        ("<h1>A</h1><h2>B</h2><h3>C</h3>", "## A\n\n## B\n\n### C"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<p>a<br>b</p>", "a\\\nb"),
        ("<div>a<br><br>b</div>", "a\n\nb"),
        (
            "<p>a <a href='https://b.example/x_y(1)'>li*nk</a></p>",
            "a [li\\*nk](https://b.example/x_y%281%29)",
        ),
        ("<a href=https://a.example/><h3>T</h3></a>", "### [T](https://a.example/)"),
        ("<pre>a\n  b *c*\n\n\nd</pre>", "```\na\n  b *c*\n\n\nd\n```"),
        ("<p>x <code>a_b</code></p>", "x `a_b`"),
        ("<hr>", "***"),
        ("<dl><dt>a<dd>b</dl>", "a\n: b"),
        ("<p>H<sub>2</sub>O 10<sup>6</sup> <del>no</del></p>", "H<sub>2</sub>O 10<sup>6</sup> ~~no~~"),
        ("<p>a</p><!--more--><p>b</p>", "a\n\n<!--more-->\n\nb"),
        ("<p>&nbsp;</p><p>a</p>", "a"),
        ("<p>a<p>b<p>c", "a\n\nb\n\nc"),
        ("<b><p>a</p><p>b</p></b>", "**a**\n\n**b**"),
        ("<q>a</q>", "“a”"),
        ("<dl><dt><pre>a</pre></dt><dd><p>b</p><p>c</p></dd></dl>", "`a`\n: b\n\n  c"),
        (
            "<dl><dt>a<dd>b<dd>1. c<dt>d<dt>e<dd><ul><li>f</ul></dl>",
            "a\n: b\n: 1\\. c\n\n**d**\n\n**e**\n\n- f",
        ),
        ("<ul><li><dl><dt>a<dd>b</dl></ul>", "- **a**\n\n  b"),
        (
            "<a id=_r1 href='#_f1'>1</a><p id='x'>a<p id='_f1'>b <a href='#_r1'>up</a>",
            "<a id=\"_r1\"></a>[1](#_f1)\n\na\n\n<a id=\"_f1\"></a>b [up](#_r1)",
        ),
        ("<p><code>a\n\n b</code></p>", "`a b`"),
        ("<pre>a<div>b</div></pre>", "```\na\nb\n```"),
        ("<a href=https://a.example/x>]<br>b", "[\\]\\\nb](https://a.example/x)"),
        (
            "<table><td>{%<dl><dt>a</dl><td>b",
            "<table>\n<tbody>\n<tr><td>&#123;%<dl><dt>a</dt></dl></td><td>b</td></tr>\n</tbody>\n</table>",
        ),
        ("\u{e0f0}<b>海", "\u{e0f0}**海**"),
        (
            "<table><tr><td><form>&#42;</form></td><td><ul><li>a</ul></td></tr></table>",
            "<table>\n<tbody>\n<tr><td>*</td><td><ul>\n<li>a</li>\n</ul></td></tr>\n</tbody>\n</table>",
        ),
    ] {
        assert_eq!(body(html), expected, "{html}");
    }
}

#[test]
fn text_never_becomes_markup() {
    let texts = "2 * 3 * 4¦*a*¦_a_ a_b __c__¦[a](b)¦![a](b)¦`a`¦~a~ ~~b~~¦<b>¦a < b¦<!-- a -->¦&amp; &lt; R&D¦# a¦## a ##¦#tag¦- a¦-5 degrees¦---¦+ a¦1. a¦12) a¦\
        1999. A year¦> a¦=¦===¦| a | b |¦: a¦a \\* b¦a {#b}¦{{< x >}}¦{% x %}¦[^1]: a¦[a]: https://b.example¦http://a.example/b_c¦A | B¦C#¦\"a\"¦- [ ] a¦***¦\
        * * *¦!¦a!¦1.¦\\¦+¦-";
    for text in texts.split('¦') {
        let markdown = body(&format!("<p>{}</p>", escaped(text)));
        let shown: String =
            pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::all().difference(smart()))
                .map(|event| match event {
                    pulldown_cmark::Event::Text(text) => text.to_string(),
                    pulldown_cmark::Event::Start(pulldown_cmark::Tag::Paragraph)
                    | pulldown_cmark::Event::End(_) => String::new(),
                    other => format!("{other:?}"),
                })
                .collect();
        assert_eq!(shown, text, "{markdown}");
        for mark in ["{{<", "{%"] {
            assert!(!markdown.contains(mark), "{markdown}");
        }
    }
}

fn smart() -> pulldown_cmark::Options {
    use pulldown_cmark::Options;
    Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_MATH
        | Options::ENABLE_SUPERSCRIPT
        | Options::ENABLE_SUBSCRIPT
        | Options::ENABLE_WIKILINKS
}

#[test]
fn hostile_html_is_converted_quickly() {
    let (deep, n) = (100_000, 10_000);
    for html in [
        "<div>".repeat(deep),
        "<ul><li>a".repeat(n),
        "<blockquote>a".repeat(deep),
        "<b>a<i>".repeat(deep),
        "<b>a</b>".repeat(deep),
        "<table><tr><td>a".repeat(n),
        "<a href=x>".repeat(n),
        "<p><b title=1>a".repeat(n),
        "<form>".repeat(n),
        "<!--".repeat(deep),
        "<a href=\"".repeat(deep),
        "<".repeat(deep),
        "&".repeat(n),
        "</p>".repeat(n),
        "<figure><figcaption>a".repeat(n),
        "\u{e0f0}".repeat(n),
        "<br>".repeat(n),
        "*".repeat(n),
        "<h2>a".repeat(n),
        "<object data=https://a.example/>".repeat(n),
        "<pre>`".repeat(n),
        "<i>a</i><b>a</b>".repeat(n),
    ] {
        let start = std::time::Instant::now();
        let _ = markdown(&html, None);
        let _ = text(&html);
        let head: String = html.chars().take(30).collect();
        assert!(start.elapsed().as_secs() < 20, "{head}");
    }
}

#[test]
fn a_term_in_a_link_is_bold() {
    assert_eq!(body("<a href=https://a.example/x><dl><dt>&#42;"), "[**\\***](https://a.example/x)");
}

#[test]
fn figures_keep_captions_and_quotation_marks() {
    let figure =
        "- <figure><img src=\"https://a.example/i.jpg\" alt=\"\"><figcaption>A cat</figcaption></figure>";
    assert_eq!(body("<li><figure><img src=https://a.example/i.jpg>A cat"), figure);
    assert_eq!(
        body("<figure><q><img src=https://a.example/i.jpg></q></figure>"),
        "“![](https://a.example/i.jpg)”"
    );
}

#[test]
fn plain_text_is_one_line() {
    assert_eq!(text("<p>One &amp; <b>t</b>wo</p><p>three<script>x</script></p>"), "One & two three");
    assert_eq!(from_plain_text("One\ntwo\n\nthree # x"), "One two\n\nthree # x");
    assert_eq!(from_plain_text("One\n# two"), "One\n\n\\# two");
}

/// Fragments of HTML and Markdown that parsers are known to stumble over.
fn bits() -> impl Strategy<Value = String> {
    const BITS: &str = "<p> </p> <b> </b> <i> </em> <a\u{1f}href=/x> </a> <h2> </h2> <h1> <div> </div> <ul> <ol\u{1f}start=7> <li> </ul> </li> <table> </table> \
        <tr> <td> <th> </td> </tr> <caption> </caption> <figure> </figure> <figcaption> </figcaption> <img\u{1f}src=/i.jpg\u{1f}alt='a[*\"]'> <br> <hr> \
        <pre> </pre> <code> </code> <blockquote> </blockquote> <dl> <dt> <dd> <sup> </sup> <del> </del> <q> </q> <script> </script> <form> </form> \
        <video\u{1f}src=/v> <source\u{1f}src=/s> </video> <iframe\u{1f}src=/f> </iframe> <!--more--> <!-- --> &amp; &lt; &nbsp; &#42; \
        \u{e0f0} \u{e0ed} \u{e0ee} é 海 \" ' < > & # ## * ** _ ` ``` ~ [ ] ( ) ! - + 1. 2) = | : {{< {% \\ word two";
    let bit = prop_oneof![
        prop::sample::select(
            BITS.split_whitespace().map(|bit| bit.replace('\u{1f}', " ")).collect::<Vec<_>>()
        ),
        Just(" ".to_owned()),
        Just("\n".to_owned()),
    ];
    prop::collection::vec(bit, 0..30).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn any_html_becomes_markdown_without_html(html in bits()) {
        let body = markdown(&html, Url::parse("https://a.example/").ok().as_ref()).body;
        prop_assert!(!body.contains("{{<") && !body.contains("{%") || body.contains('`'), "{}", body);
        let (shown, tags) = crate::import::markdown::tests::rendered(&body);
        for tag in tags {
            let attributes = tag.split('"').step_by(2).flat_map(str::split_whitespace).skip(1);
            let mut names = attributes.map(|name| name.trim_end_matches('='));
            let known = ["id", "href", "src", "alt", "title", "start", "class", "loading", "decoding", "tabindex", "scope", "controls"];
            prop_assert!(names.all(|name| known.contains(&name)), "{}: {}", tag, body);
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            prop_assert!(!["script", "style", "form", "iframe", "input"].contains(&name), "{}: {}", tag, body);
        }
        // No character is lost or duplicated.
        let words = |text: &str| -> String {
            let text = ["https://a.example/f", "https://a.example/s", "https://a.example/v"].iter().fold(text.to_owned(), |text, url| text.replace(url, ""));
            // Table captions move above their tables.
            let mut chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
            chars.sort_unstable();
            chars.into_iter().collect()
        };
        prop_assert_eq!(words(&text(&html)), words(&shown), "{}", body);
    }
}

proptest! {
    #[test]
    fn text_stays_text_in_every_element(
        text in r"[-a-zA-Z0-9 .,*_`\[\](){}!#+=:|~;/\\'é“”\x22$^%@?]{1,60}( \{[#.a-z= ]{0,12}\}| #+|\[x\]|:::)?",
        element in prop::sample::select(&["p", "h2", "li", "blockquote", "div", "dt", "dd"][..]),
    ) {
        use crate::import::markdown::tests::{is_harmless, rendered};
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let markdown = body(&format!("<p>Before.</p><{element}>{}</{element}><p>Behind.</p>", escaped(&text)));
        let (shown, tags) = rendered(&markdown);
        prop_assert_eq!(shown, line(&format!("Before. {text} Behind.")), "{}", &markdown);
        let is_ours = |tag: &String| is_harmless(tag) || matches!(tag.as_str(), "strong" | "/strong");
        prop_assert!(tags.iter().all(is_ours), "{:?}: {}", tags, markdown);
    }
}
