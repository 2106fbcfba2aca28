//! Imports single files in the formats of agencies and feeds.

use serde_json::{Value as Json, json};

use crate::support::{Run, Site, bulletin};

/// A story in the output of `import --dry-run --json`.
struct Story {
    row: Json,
    id: String,
    old_url: String,
    body: String,
    /// The code and message of each.
    remarks: Vec<String>,
}

impl From<Json> for Story {
    fn from(row: Json) -> Self {
        let text = |key: &str| row[key].as_str().unwrap_or_default().trim().to_owned();
        let remarks = row["remarks"].as_array().into_iter().flatten();
        let remark = |remark: &Json| format!("{} {}", remark["code"].as_str().unwrap(), remark["message"]);
        let remarks = remarks.map(remark).collect();
        Self { id: text("id"), old_url: text("old_url"), body: text("body"), remarks, row }
    }
}

fn site() -> Site {
    let site = Site::empty();
    site.write("bulletin.yaml", "title: Test\nbase_url: https://news.example/\ntimezone: Europe/Athens\n");
    site
}

/// The stories of a file, or why it has none, after the place of the problem.
fn run(site: &Site, path: &str, args: &[&str]) -> Vec<Result<Story, String>> {
    let mut command = bulletin();
    command.current_dir(site.root.parent().unwrap()).args([
        "import",
        "--site",
        "site",
        "--dry-run",
        "--json",
    ]);
    let run = Run::of(command.arg(path).args(args));
    let rows = run.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let rows = rows.filter(|row| row["reason"] == "import-story");
    let read = rows.map(|row| match row["why"].as_str() {
        Some(why) if row["at"].is_null() => Err(why.to_owned()),
        Some(why) => Err(format!("{}:{} {why}", row["at"]["line"], row["at"]["column"])),
        None => Ok(Story::from(row)),
    });
    read.collect()
}

/// Imports copy in a given format.
fn read(kind: &str, copy: impl AsRef<[u8]>) -> Vec<Result<Story, String>> {
    let site = site();
    site.write("../copy.xml", copy);
    run(&site, "copy.xml", &["--from", kind])
}

fn stories(kind: &str, copy: impl AsRef<[u8]>) -> Result<Vec<Story>, String> {
    read(kind, copy).into_iter().collect()
}

/// The only story of copy whose format is detected.
fn one(kind: &str, copy: &str) -> Story {
    let site = site();
    site.write("../copy.xml", copy);
    let mut all = run(&site, "copy.xml", &[]);
    assert_eq!(all.len(), 1, "{copy:.100}");
    let story = all.remove(0).unwrap();
    assert_eq!(story.row["from"], kind, "{copy:.100}");
    story
}

/// Whether copy is detected as this format.
fn fits(kind: &str, copy: &str) -> bool {
    let site = site();
    site.write("../copy.xml", copy);
    let mut command = bulletin();
    command.current_dir(site.root.parent().unwrap()).args([
        "import",
        "--site",
        "site",
        "--dry-run",
        "--json",
    ]);
    Run::of(command.arg("copy.xml")).stdout.contains(&format!("\"from\":\"{kind}\""))
}

/// The value of a field as JSON.
fn value(story: &Story, key: &str) -> String {
    let fields = story.row["fields"].as_array().unwrap();
    fields
        .iter()
        .find(|field| field["key"] == key)
        .map_or(Json::Null, |field| field["value"].clone())
        .to_string()
}

/// Why copy is not imported.
fn refused(kind: &str, copy: &str) -> String {
    read(kind, copy).into_iter().find_map(Result::err).unwrap_or_default()
}

#[test]
fn an_item_of_rss_2_becomes_a_story() {
    let story = one(
        "rss",
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:x='http://purl.org/dc/elements/1.1/'
        xmlns:media='http://search.yahoo.com/mrss/'><channel><title>Delta Wire</title><link>https://dw.example/</link><item>
        <title>Ferry &amp;amp; fog</title><link>https://dw.example/a/</link><guid isPermaLink='false'>dw-1</guid>
        <pubDate>Sun, 22 Nov 2026 10:15:00 +0100</pubDate><x:creator>Ana Berg</x:creator><category>Shipping</category>
        <description>Fog &lt;b&gt;again&lt;/b&gt;</description><content:encoded><![CDATA[<p>The <a href='/b/'>ferry</a>.</p>]]></content:encoded>
        <media:content url='https://dw.example/a.jpg' medium='image'><media:credit>Jo Lind</media:credit></media:content></item></channel></rss>",
    );
    for (key, expected) in [
        ("title", "\"Ferry & fog\""),
        ("deck", "\"Fog again\""),
        ("date", "\"2026-11-22T10:15:00+01:00\""),
        ("tags", "[\"Shipping\"]"),
        ("authors", "[\"Ana Berg\"]"),
        ("source", "[\"Delta Wire\"]"),
        ("image.src", "\"https://dw.example/a.jpg\""),
        ("image.credit", "\"Jo Lind\""),
        ("canonical_url", "\"https://dw.example/a/\""),
    ] {
        assert_eq!(value(&story, key), expected, "{key}");
    }
    assert_eq!(story.body, "The [ferry](https://dw.example/b/).");
    assert_eq!(story.id, "dw-1");
}

#[test]
fn a_story_of_this_site_keeps_its_path() {
    let story = one(
        "rss",
        "<rss><channel><item><title>A</title><link>https://news.example/2026/a/</link></item></channel></rss>",
    );
    assert_eq!(story.old_url, "/2026/a/");
    assert_eq!(value(&story, "canonical_url"), "null");
}

#[test]
fn atom_and_rss_1_are_read() {
    let story = one(
        "rss",
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.example/x/'><title>A</title><entry><title type='html'>B</title>
        <id>urn:a:1</id><link rel='self' href='s'/><link href='b'/><published>2026-11-22T10:00:00Z</published><updated>2026-11-22T11:00:00Z</updated>
        <author><name>Ana Berg</name></author><category term='t' label='Tides'/><summary>Short</summary>
        <content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Long <img src='p.jpg' alt='P'/></p></div></content></entry></feed>",
    );
    assert_eq!(value(&story, "canonical_url"), "\"https://a.example/x/b\"");
    assert_eq!(value(&story, "updated"), "\"2026-11-22T11:00:00Z\"");
    assert_eq!(value(&story, "tags"), "[\"Tides\"]");
    assert_eq!(story.body, "Long ![P](https://a.example/x/p.jpg)");
    let story = one(
        "rss",
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>
        <channel><title>A</title></channel><item rdf:about='https://a.example/1'><title>B</title><link>https://a.example/1</link>
        <description>Text</description><dc:date>2026-11-22T10:00:00+02:00</dc:date></item></r:RDF>",
    );
    assert_eq!(
        (story.body.as_str(), value(&story, "date").as_str()),
        ("Text", "\"2026-11-22T10:00:00+02:00\"")
    );
}

#[test]
fn a_missing_headline_is_made_from_the_text() {
    let all = stories("rss", b"<rss><channel><item/><item><description>One two.</description><pubDate>soon</pubDate></item></channel></rss>").unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(value(&all[0], "title"), "\"One two.\"");
    assert_eq!(value(&all[0], "draft"), "true");
    assert!(refused("rss", "<rss><channel/></rss>").contains("no item"));
}

#[test]
fn feeds_with_common_errors_are_read() {
    let story = one(
        "rss",
        "\n <?xml version='1.0'?><rss><channel><item><title>A&nbsp;&eacute; &lt;b&gt;x&lt;/b&gt; 2 &lt; 3</title></item></channel></rss>",
    );
    assert_eq!(value(&story, "title"), "\"A é x 2 < 3\"");
    assert!(
        refused("rss", "<rss><channel>\n<item><title>R & D</title></item></channel></rss>").starts_with("2:")
    );
    let many = format!(
        "<rss xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item><title>{}</title>{}{}</item></channel></rss>",
        "word ".repeat(100_000),
        "<category>a</category>".repeat(50_000),
        "<dc:rights>r</dc:rights><dc:creator>c</dc:creator>".repeat(50_000)
    );
    assert!(value(&one("rss", &many), "title").len() < 5000);
}

#[test]
fn atom_without_its_namespace_is_read() {
    let entry = "<title>B</title><id>urn:a:1</id><link href='https://a.example/b'/><published>2026-11-22T10:00:00Z</published>
        <author><name>Ana Berg</name></author><category term='Tides'/><content type='html'>&lt;p>Long&lt;/p></content></entry>";
    for copy in [
        format!("<feed><title>A</title><entry>{entry}</feed>"),
        format!("<entry>{entry}"),
        format!("<entry xmlns='http://www.w3.org/2005/Atom'>{entry}"),
    ] {
        let story = one("rss", &copy);
        assert_eq!(story.id, "urn:a:1", "{copy}");
        assert_eq!(value(&story, "authors"), "[\"Ana Berg\"]");
        assert_eq!(value(&story, "date"), "\"2026-11-22T10:00:00Z\"");
        assert_eq!(value(&story, "canonical_url"), "\"https://a.example/b\"");
        assert_eq!(story.body, "Long");
    }
    assert!(!fits("rss", "<entry xmlns='urn:x'>"));
}

#[test]
fn recordings_are_linked_at_the_end() {
    let story = one(
        "rss",
        "<rss><channel><item><title>A</title><description>Text</description><enclosure url='https://a.example/a_b.mp3' type='audio/mpeg'/>
        <enclosure url='https://a.example/a.jpg' type='image/jpeg'/><enclosure url='javascript:x' type='audio/mpeg'/></item></channel></rss>",
    );
    assert_eq!(story.body, "Text\n\nhttps://a.example/a_b.mp3");
    assert!(story.remarks.iter().any(|remark| remark.contains("recording")));
    assert_eq!(value(&story, "image.src"), "\"https://a.example/a.jpg\"");
}

#[test]
fn items_without_identifiers_are_different_stories() {
    let all = stories(
        "rss",
        b"<rss><channel><link>https://a.example/</link><item><title>One</title></item><item><title>Two</title></item>
        <item><title>Three</title><link>https://a.example</link></item><item><guid>g</guid><title>Four</title></item></channel></rss>",
    )
    .unwrap();
    let ids: std::collections::BTreeSet<_> = all.iter().map(|story| &story.id).collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
    assert_eq!(value(&all[2], "canonical_url"), "null");
    assert_eq!(all[3].id, "g");
}

#[test]
fn other_formats_are_not_feeds() {
    for head in [
        "<html>",
        "<nitf>",
        "<urlset>",
        "{\"uri\": 1}",
        "",
        "<rss xmlns:wp='http://wordpress.org/export/1.2/'>",
        "<feed xmlns='urn:x'>",
    ] {
        assert!(!fits("rss", head), "{head}");
    }
    assert!(refused("rss", "<html><body>").contains("complete"));
    assert!(refused("rss", "<html/>").contains("the root element `<html>`"));
    assert!(
        refused("rss", "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss>&a;</rss>")
            .contains("unknown entity `&a;`")
    );
}

const NINJS: &str = r#"{"uri": "urn:example:1", "type": "text", "headline": "Ferry <i>late</i>", "description_text": "Fog again",
    "versioncreated": "2026-11-22T10:00:00Z", "firstcreated": "2026-11-22T08:00:00Z", "embargoed": "2026-11-23T06:00:00+02:00",
    "pubstatus": "canceled", "urgency": 4, "byline": "By Ana Berg", "located": "Portmouth", "language": "el",
    "subject": [{"name": "Shipping"}, {"name": "shipping"}], "ednote": "Check the name", "usageterms": "No resale",
    "body_html": "<p>The <b>ferry</b> was late.</p>", "associations": {"featuremedia": {"type": "picture",
    "renditions": {"small": {"href": "https://p.example/s.jpg", "width": 10}, "large": {"href": "https://p.example/l.jpg", "width": 20}},
    "description_text": "The ferry", "byline": "Jo Lind"}}}"#;

#[test]
fn an_item_of_ninjs_becomes_a_story() {
    let story = one("ninjs", NINJS);
    for (key, expected) in [
        ("title", "\"Ferry late\""),
        ("deck", "\"Fog again\""),
        ("date", "\"2026-11-22T08:00:00Z\""),
        ("updated", "\"2026-11-22T10:00:00Z\""),
        ("embargo", "\"2026-11-23T06:00:00+02:00\""),
        ("status", "\"withdrawn\""),
        ("tags", "[\"Shipping\"]"),
        ("authors", "[\"Ana Berg\"]"),
        ("urgency", "4"),
        ("lang", "\"el\""),
        ("image.src", "\"https://p.example/l.jpg\""),
        ("image.credit", "\"Jo Lind\""),
        ("ednote", "\"Check the name\\nNo resale\""),
    ] {
        assert_eq!(value(&story, key), expected, "{key}");
    }
    assert_eq!(story.body, "The **ferry** was late.");
}

#[test]
fn json_with_two_typical_keys_is_ninjs() {
    let copy = r#"{"guid":"x","headline":"H","type":"text","versioncreated":"2022-06-26T23:54:25+0000",
        "embargoed":"2022-06-27T06:00:00+0000","body_html":"<p>B</p>"}"#;
    let story = one("ninjs", copy);
    assert_eq!(story.id, "x");
    assert_eq!(value(&story, "date"), "\"2022-06-26T23:54:25Z\"");
    assert_eq!(value(&story, "embargo"), "\"2022-06-27T06:00:00Z\"");
    for (head, is_ours) in [
        (&*format!("[{copy}]"), true),
        (&*format!("{copy}\n{copy}"), true),
        (r#"{"type": "text", "body_text": "x"}"#, true),
        (r#"{"headlines": [{"value": "\"}"}], "bodies": ["#, true),
        (r#"{"type": "Feature", "uri": "x"}"#, false),
        (r#"{"a": {"uri": "x", "headline": "H"}}"#, false),
        (r#"{"headline": "H", "text": "uri"}"#, false),
        (r#"["uri", "headline"]"#, false),
        ("{\"uri\": \"x", false),
    ] {
        assert_eq!(fits("ninjs", head), is_ours, "{head}");
    }
}

#[test]
fn the_keys_of_ninjs_3_are_read() {
    let story = one(
        "ninjs",
        r#"{"uri": "urn:example:2", "headlines": [{"role": "short", "value": "S"}, {"role": "main", "value": "Main"}],
        "bodies": [{"contentType": "text/plain", "value": "One\n\nTwo"}], "infoSources": [{"name": "Delta Wire"}],
        "embargoedUntil": "soon", "associations": [{"name": "featuremedia", "type": "picture", "renditions": [{"href": "a.jpg"}]}]}"#,
    );
    assert_eq!(value(&story, "title"), "\"Main\"");
    assert_eq!(value(&story, "status"), "\"withheld\"");
    assert_eq!(value(&story, "source"), "[\"Delta Wire\"]");
    assert_eq!(story.body, "One\n\nTwo");
    assert_eq!(story.remarks.len(), 2);
}

#[test]
fn an_embargo_on_a_picture_holds_back_its_story() {
    let later = NINJS
        .replace("\"type\": \"picture\",", "\"type\": \"picture\", \"embargoed\": \"2026-11-24T06:00:00Z\",");
    assert_eq!(value(&one("ninjs", &later), "embargo"), "\"2026-11-24T06:00:00Z\"");
    let unknown = NINJS.replace("\"type\": \"picture\",", "\"type\": \"picture\", \"embargoed\": \"soon\",");
    assert_eq!(value(&one("ninjs", &unknown), "draft"), "true");
    let killed =
        NINJS.replace("\"type\": \"picture\",", "\"type\": \"picture\", \"pubstatus\": \"canceled\",");
    assert_eq!(value(&one("ninjs", &killed), "image.src"), "null");
}

#[test]
fn other_items_are_skipped_and_invalid_json_is_rejected() {
    assert!(refused("ninjs", r#"{"uri": "x", "type": "picture"}"#).contains("not `text`"));
    assert!(refused("ninjs", "{\"uri\":\n oops").contains("2:2"));
    assert!(refused("ninjs", &"[".repeat(100_000)).contains("not valid JSON"));
    assert!(refused("ninjs", "17").contains("no JSON object"));
    assert!(refused("ninjs", "").contains("no item"));
    assert!(refused("ninjs", "{}").contains("neither"));
}

const NEWSML_G2: &str = "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='urn:newsml:dw.example:1' version='2' xml:lang='en'>
<rightsInfo><copyrightHolder literal='x'><name>Delta Wire</name></copyrightHolder><usageTerms>No archive</usageTerms></rightsInfo>
<itemMeta><itemClass qcode='ninat:text'/><versionCreated>2026-11-22T11:00:00+01:00</versionCreated><firstCreated>2026-11-22T08:00:00Z</firstCreated>
<embargoed>2026-11-23T06:00:00Z</embargoed><pubStatus qcode='stat:usable'/><edNote>Adds quote</edNote><signal qcode='sig:correction'/></itemMeta>
<contentMeta><urgency>3</urgency><headline>Dockers walk out</headline><by>Ana Berg</by><located><name>Portmouth</name></located>
<subject type='cpnat:abstract' qcode='medtop:1'><name xml:lang='de'>Streik</name><name xml:lang='en'>strike</name></subject>
<genre qcode='genre:Interview'/><description role='drol:summary'>Talks stall</description></contentMeta>
<contentSet><inlineXML contenttype='application/xhtml+xml'><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head>
<body><p>One <b>two</b>.</p><p>Three</p></body></html></inlineXML></contentSet></newsItem>";

#[test]
fn an_item_of_newsml_g2_becomes_a_story() {
    let story = one("newsml-g2", NEWSML_G2);
    for (key, expected) in [
        ("title", "\"Dockers walk out\""),
        ("deck", "\"Talks stall\""),
        ("date", "\"2026-11-22T08:00:00Z\""),
        ("updated", "\"2026-11-22T11:00:00+01:00\""),
        ("embargo", "\"2026-11-23T06:00:00Z\""),
        ("status", "null"),
        ("tags", "[\"strike\"]"),
        ("authors", "[\"Ana Berg\"]"),
        ("dateline", "\"Portmouth\""),
        ("source", "[\"Delta Wire\"]"),
        ("type", "\"interview\""),
        ("urgency", "3"),
        ("ednote", "\"Adds quote\\nNo archive\""),
    ] {
        assert_eq!(value(&story, key), expected, "{key}");
    }
    assert_eq!(story.body, "One **two**.\n\nThree");
    assert_eq!(story.remarks[0].split(' ').next(), Some("import/correction"));
}

#[test]
fn an_embargoed_item_is_held_back() {
    for (status, expected) in
        [("canceled", "\"withdrawn\""), ("withheld", "\"withheld\""), ("odd", "\"withheld\"")]
    {
        let story = one("newsml-g2", &NEWSML_G2.replace("stat:usable", &format!("stat:{status}")));
        assert_eq!(value(&story, "status"), expected);
    }
}

#[test]
fn the_pictures_of_a_message_belong_to_its_texts() {
    let picture = "<newsItem guid='p'><itemMeta><itemClass qcode='ninat:picture'/><pubStatus qcode='stat:usable'/></itemMeta><contentMeta><creditline>Jo Lind</creditline>
        <description role='drol:caption'>The port</description></contentMeta><contentSet><remoteContent href='https://p.example/s.jpg' width='10'/>
        <remoteContent href='https://p.example/l.jpg' width='20'/></contentSet></newsItem>";
    let message = |items: &str| {
        format!(
            "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><header/><itemSet>{items}</itemSet></newsMessage>"
        )
    };
    let story = one("newsml-g2", &message(&format!("{picture}<packageItem/>{NEWSML_G2}")));
    assert_eq!(value(&story, "image.src"), "\"https://p.example/l.jpg\"");
    assert_eq!(value(&story, "image.caption"), "\"The port\"");
    let two = stories(
        "newsml-g2",
        message(&format!("{NEWSML_G2}{picture}{}", NEWSML_G2.replace(":1'", ":2'"))).as_bytes(),
    )
    .unwrap();
    assert_eq!(two.len(), 2);
    assert!(value(&two[0], "image.src") == "null");
    assert_eq!(refused("newsml-g2", &message(picture)), "the item is a picture without text");
    assert_eq!(refused("newsml-g2", &message("<conceptItem/>")), "the item describes a concept");
    assert_eq!(refused("newsml-g2", &message("")), "the file has no news item");
}

#[test]
fn inline_data_and_xhtml_are_read() {
    let (before, _) = NEWSML_G2.split_once("<contentSet>").unwrap();
    let with =
        |content: &str| one("newsml-g2", &format!("{before}<contentSet>{content}</contentSet></newsItem>"));
    assert_eq!(with("<inlineData contenttype='text/plain'>One\n\n# two</inlineData>").body, "One\n\n\\# two");
    assert_eq!(with("<inlineData contenttype='text/html'>&lt;p&gt;One&lt;/p&gt;</inlineData>").body, "One");
    assert_eq!(with("<inlineXML><nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'><body><body.content><p>One</p></body.content></body></nitf></inlineXML>").body, "One");
    assert_eq!(
        with("<remoteContent href='https://a.example/t'/>").remarks[1].split(' ').next(),
        Some("import/text")
    );
}

#[test]
fn other_xml_is_not_newsml_g2() {
    assert!(!fits("newsml-g2", "<NewsML>"));
    assert!(!fits("newsml-g2", "<nitf>"));
    assert!(!fits("newsml-g2", "<rss>"));
}

const NITF: &str = "<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'>
<nitf><head><title>T</title><docdata management-status='usable'><doc-id id-string='dw.1'/><urgency ed-urg='3'/>
<date.issue norm='20261122T101500Z'/><date.release norm='20261123T060000Z'/><date.expire norm='20271122T000000Z'/>
<ed-msg info='Adds quote'/><key-list><keyword key='harbour'/><keyword key='strike'/></key-list><doc.copyright holder='Delta Wire'/></docdata></head>
<body><body.head><hedline><hl1>Dockers walk out</hl1><hl2>Talks stall</hl2></hedline><byline>By <person>Ana Berg</person><byttl>Reporter</byttl></byline>
<dateline><location>Portmouth</location><story.date norm='20261122'/></dateline></body.head>
<body.content><p>One <em>two</em>.</p><hl2>Next</hl2><media media-type='image'><media-reference source='https://p.example/a.jpg' alternate-text='Cranes'/>
<media-caption><p>The port</p></media-caption><media-producer>Jo Lind</media-producer></media><ul><li>a</li></ul>
<table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></table></body.content><body.end><tagline>ab/cd</tagline></body.end></body></nitf>";

#[test]
fn copy_in_nitf_becomes_a_story() {
    let story = one("nitf", NITF);
    for (key, expected) in [
        ("title", "\"Dockers walk out\""),
        ("deck", "\"Talks stall\""),
        ("date", "\"2026-11-22T10:15:00Z\""),
        ("embargo", "\"2026-11-23T06:00:00Z\""),
        ("expires", "\"2027-11-22T00:00:00Z\""),
        ("urgency", "3"),
        ("tags", "[\"harbour\",\"strike\"]"),
        ("authors", "[{\"name\":\"Ana Berg\",\"role\":\"Reporter\"}]"),
        ("dateline", "\"Portmouth\""),
        ("source", "[\"Delta Wire\"]"),
        ("image.src", "\"https://p.example/a.jpg\""),
        ("image.caption", "\"The port\""),
        ("image.credit", "\"Jo Lind\""),
        ("ednote", "\"Adds quote\\nsign-off: ab/cd\""),
    ] {
        assert_eq!(value(&story, key), expected, "{key}");
    }
    assert_eq!(story.body, "One *two*.\n\n## Next\n\n- a\n\n| x | y |\n| - | - |\n| 1 | 2 |");
}

#[test]
fn an_embargoed_story_is_held_back() {
    let with = |from: &str, to: &str| one("nitf", &NITF.replace(from, to));
    assert_eq!(value(&with("'usable'", "'canceled'"), "status"), "\"withdrawn\"");
    assert_eq!(value(&with("'usable'", "'withheld'"), "status"), "\"withheld\"");
    assert_eq!(value(&with("20261123T060000Z", "tomorrow"), "status"), "\"withheld\"");
    assert_eq!(value(&with("20271122T000000Z", "never"), "draft"), "true");
    assert_eq!(value(&with("20261123T060000Z", "20261121T060000Z"), "embargo"), "null");
}

#[test]
fn keyword_lines_are_headlines_only_if_there_is_nothing_else() {
    let with = |from: &str, to: &str| one("nitf", &NITF.replace(from, to));
    let story = with("Talks stall", "BC-BBN--Top Ten");
    assert_eq!(
        (value(&story, "title").as_str(), value(&story, "deck").as_str()),
        ("\"Dockers walk out\"", "null")
    );
    assert_eq!(value(&story, "extra.slugline"), "\"BC-BBN--Top Ten\"");
    let story =
        one("nitf", &NITF.replace("Dockers walk out", "BC-US--Docks,3").replace("<title>T</title>", ""));
    assert_eq!(
        (value(&story, "title").as_str(), value(&story, "deck").as_str()),
        ("\"Talks stall\"", "null")
    );
    let story = one(
        "nitf",
        "<nitf><body><body.head><hedline><hl1>BC-US--Docks</hl1></hedline></body.head><body.content><p>x</p></body.content></body></nitf>",
    );
    assert_eq!(value(&story, "title"), "\"BC-US--Docks\"");
}

#[test]
fn invalid_nitf_is_rejected() {
    assert!(refused("nitf", "<html><body/></html>").contains("the root element `<html>`"));
    assert!(refused("nitf", "<nitf><body>").contains("complete"));
    assert!(refused("nitf", "<nitf/>").contains("neither a headline"));
}

fn item(rest: &str) -> Story {
    one("ninjs", &format!("{{\"uri\": \"urn:a\", \"headline\": \"Ferry *late* again\", {rest}}}"))
}

#[test]
fn a_headline_is_not_repeated_in_the_text() {
    let story = item("\"body_html\": \"<h1>Ferry *late* again</h1><p>Fog.</p>\"");
    assert_eq!(story.body, "Fog.");
    assert_eq!(item("\"body_text\": \"Ferry *late* again\\nFog.\"").body, "Fog.");
    assert_eq!(item("\"body_text\": \"Ferry late again, says crew\"").body, "Ferry late again, says crew");
}

#[test]
fn the_beginning_of_the_text_is_not_a_deck() {
    let deck = |deck: &str| {
        value(
            &item(&format!(
                "\"description_text\": \"{deck}\", \"body_text\": \"Fog *closed* the port on Sunday.\""
            )),
            "deck",
        )
    };
    assert_eq!(deck("Fog *closed* the port on..."), "null");
    assert_eq!(deck("Crew slept aboard […]"), "null");
    assert_eq!(deck("Crew slept aboard"), "\"Crew slept aboard\"");
    let long = item(&format!("\"description_text\": \"{}\", \"body_text\": \"Fog.\"", "word ".repeat(100)));
    assert_eq!(value(&long, "deck"), "null");
    assert!(value(&long, "extra.description") != "null");
}

#[test]
fn plain_text_with_html_paragraphs_is_html() {
    assert_eq!(item("\"body_text\": \"<p>One</p>\\n<p>2 &lt; 3</p>\"").body, "One\n\n2 < 3");
    assert_eq!(item("\"body_text\": \"1 < 2\"").body, "1 < 2");
}

#[test]
fn double_escapes_are_resolved() {
    let copy = r#"{"uri": "u", "headline": "&amp;quot;Fog&amp;quot; at AT&T", "description_text": "&amp;quot;A&amp;quot;", "body_text": "x"}"#;
    let story = one("ninjs", copy);
    assert_eq!(value(&story, "title"), json!("\"Fog\" at AT&T").to_string());
    assert_eq!(value(&story, "deck"), json!("\"A\"").to_string());
}

#[test]
fn initials_of_a_sign_off_are_not_an_author() {
    let story = item("\"byline\": \"gr/bp\", \"body_text\": \"x\"");
    assert_eq!(value(&story, "authors"), "null");
    assert_eq!(value(&story, "ednote"), json!("sign-off: gr/bp").to_string());
}

#[test]
fn an_agency_is_not_an_author() {
    let authors = |byline: &str| {
        value(&item(&format!("\"byline\": \"{byline}\", \"copyrightholder\": \"Delta Wire\"")), "authors")
    };
    assert_eq!(authors("By Ana Berg, delta wire"), "[\"Ana Berg\"]");
    assert_eq!(authors("Ana Berg and Jo Lind, Delta Wire"), "[\"Ana Berg\",\"Jo Lind\"]");
    assert_eq!(authors("Delta Wire"), "[\"Delta Wire\"]");
}

#[test]
fn only_pictures_beside_the_copy_are_imported() {
    let media =
        |source: &str| format!("<media media-type='image'><media-reference source='{source}'/></media>");
    let copy = format!(
        "<nitf><body><body.head><hedline><hl1>T</hl1></hedline></body.head><body.content><p>x</p>{}{}{}</body.content></body></nitf>",
        media("a.jpg"),
        media("b.jpg"),
        media("../../etc/passwd")
    );
    let site = site();
    for (name, bytes) in [("copy.xml", &*copy), ("a.jpg", "a"), ("b.jpg", "b"), ("c.jpg", "c")] {
        site.write(&format!("../in/{name}"), bytes);
    }
    let story = run(&site, "in/copy.xml", &[]).remove(0).unwrap();
    let mut command = bulletin();
    Run::of(command.current_dir(site.root.parent().unwrap()).args([
        "import",
        "--site",
        "site",
        "in/copy.xml",
    ]));
    let written = crate::support::tree(&site.path("content"));
    let names: Vec<_> = written.keys().filter_map(|path| path.rsplit('/').next()).collect();
    assert_eq!(names, ["a.jpg", "b.jpg", "index.md"]);
    assert_eq!(value(&story, "image.src"), "\"a.jpg\"");
    assert!(story.body.contains("![](b.jpg)"));
    assert!(story.remarks.iter().any(|remark| remark.contains("passwd")));
}

#[test]
fn a_missing_date_is_reported() {
    let story = item("\"body_text\": \"Fog.\"");
    let fields = story.row["fields"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["key"] == "date" && field["sure"] == "missing"));
}

fn dated(located: &str, text: &str) -> Story {
    one(
        "ninjs",
        &format!(
            "{{\"uri\": \"u\", \"headline\": \"H\", \"located\": \"{located}\", \"body_html\": \"{text}\"}}"
        ),
    )
}

#[test]
fn a_dateline_is_not_repeated_in_the_text() {
    for (located, text, dateline, body) in [
        ("Grosseto", "<p>GROSSETO, Italy (AP) -- The port</p>", "Grosseto, Italy", "The port"),
        ("GROSSETO, Italy", "<p>GROSSETO (AP) -- The</p><p>b</p>", "Grosseto, Italy", "The\n\nb"),
        ("LONDON", "<p>Fog came.</p>", "London", "Fog came."),
        ("LONDON (AP)", "<p>LONDON (AP) — “Fog”</p>", "London", "“Fog”"),
        ("London", "<p><b>LONDON (AP)</b> — Fog</p>", "London", "Fog"),
        ("London", "<p><b>LONDON (AP) — Fog</b> came</p>", "London", "**LONDON (AP) — Fog** came"),
        ("Paris", "<p>LONDON (AP) — Fog</p>", "Paris", "LONDON (AP) — Fog"),
        ("Ana B. Berg, Michigan", "<p>Fog</p>", "Ana B. Berg, Michigan", "Fog"),
    ] {
        let story = dated(located, text);
        assert_eq!((value(&story, "dateline"), &*story.body), (json!(dateline).to_string(), body), "{text}");
    }
}

#[test]
fn other_facts_of_a_dateline_are_kept() {
    let story = dated("LONDON", "<p>LONDON, Jan 5, 2024 (Reuters) - Fog</p>");
    assert_eq!(value(&story, "source"), "[\"Reuters\"]");
    assert_eq!(value(&story, "date"), "\"2024-01-05T00:00:00+02:00\"");
    assert_eq!(story.body, "Fog");
}

#[test]
fn an_item_of_json_feed_becomes_a_story() {
    let story = one(
        "rss",
        r#"{"version": "https:\/\/jsonfeed.org\/version\/1.1", "title": "Delta Wire", "authors": [{"name": "Desk"}], "items": [{"id": 7,
        "url": "https://dw.example/a", "title": "A", "content_html": "<p>One <a href='b'>two</a></p>", "summary": "S", "tags": ["t"],
        "date_published": "2026-11-22T10:00:00+02:00", "authors": [{"name": "Ana Berg"}, {"name": "Jo Lind"}]}]}"#,
    );
    assert_eq!(value(&story, "authors"), "[\"Ana Berg\",\"Jo Lind\"]");
    assert_eq!(value(&story, "deck"), "\"S\"");
    assert_eq!(story.body, "One [two](https://dw.example/b)");
    assert!(refused("rss", "{\"version\": \"https://jsonfeed.org/version/1\"}").contains("no `items`"));
}
