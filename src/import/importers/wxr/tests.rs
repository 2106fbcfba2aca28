use super::super::testing::{fits, one, refused, stories, value};
use super::*;

fn export(items: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><!-- made by an editor --><rss version='2.0' xmlns:excerpt='http://wordpress.org/export/1.2/excerpt/'
        xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'
        xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>Old</title><link>https://old.example</link>
        <wp:author><wp:author_login><![CDATA[ab]]></wp:author_login><wp:author_display_name><![CDATA[Ana Berg]]></wp:author_display_name></wp:author>
        {items}</channel></rss>"
    )
}

const POST: &str = "<item><title>Ferry late</title><link>https://old.example/2020/05/ferry/</link><guid isPermaLink='false'>https://old.example/?p=7</guid>
    <dc:creator><![CDATA[ab]]></dc:creator><content:encoded><![CDATA[One\n\n<img src='/a.jpg' alt='A'>]]></content:encoded><excerpt:encoded><![CDATA[Fog]]></excerpt:encoded>
    <wp:post_id>7</wp:post_id><wp:post_date>2020-05-01 12:00:00</wp:post_date><wp:post_date_gmt>2020-05-01 09:00:00</wp:post_date_gmt>
    <wp:post_modified_gmt>2020-05-02 09:00:00</wp:post_modified_gmt><wp:post_name>ferry</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
    <category domain='category' nicename='local-news'>Local News</category><category domain='category' nicename='sea'>Sea</category>
    <category domain='post_tag' nicename='fog'>Fog</category><wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta></item>";

const ATTACHMENT: &str = "<item><title>a</title><wp:post_id>9</wp:post_id><wp:post_type>attachment</wp:post_type><wp:attachment_url>https://old.example/up/a.jpg</wp:attachment_url>
    <excerpt:encoded>The port</excerpt:encoded><wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>Cranes</wp:meta_value></wp:postmeta></item>";

#[test]
fn a_post_becomes_a_story() {
    let story = one(&Wxr, &export(&format!("{POST}{ATTACHMENT}")));
    for (key, expected) in [
        ("title", "\"Ferry late\""),
        ("deck", "\"Fog\""),
        ("date", "\"2020-05-01T09:00:00Z\""),
        ("updated", "\"2020-05-02T09:00:00Z\""),
        ("draft", "null"),
        ("section", "\"local-news\""),
        ("tags", "[\"Sea\",\"Fog\"]"),
        ("authors", "[\"Ana Berg\"]"),
        ("image.src", "\"https://old.example/up/a.jpg\""),
        ("image.alt", "\"Cranes\""),
        ("image.caption", "\"The port\""),
    ] {
        assert_eq!(value(&story, key), expected, "{key}");
    }
    assert_eq!(story.body, "One\n\n![A](https://old.example/a.jpg)");
    assert_eq!(story.old_url.as_deref(), Some("/2020/05/ferry/"));
    assert_eq!(story.name.as_deref(), Some("ferry"));
    assert!(story.remarks.iter().any(|remark| remark.message.contains("1 of type `attachment`")));
}

#[test]
fn what_was_not_public_is_a_draft() {
    let with = |from: &str, to: &str| one(&Wxr, &export(&POST.replace(from, to)));
    for status in ["draft", "pending", "private", "odd"] {
        assert_eq!(value(&with(">publish<", &format!(">{status}<")), "draft"), "true");
    }
    assert_eq!(value(&with(">publish<", ">future<"), "draft"), "null");
    assert_eq!(
        value(&with("<wp:post_id>", "<wp:post_password>x</wp:post_password><wp:post_id>"), "draft"),
        "true"
    );
    let local = with("2020-05-01 09:00:00", "0000-00-00 00:00:00");
    assert_eq!(value(&local, "date"), "\"2020-05-01T12:00:00+03:00\"");
    assert!(refused(&Wxr, &export(&POST.replace(">publish<", ">trash<"))).contains("1 in the trash"));
}

#[test]
fn a_page_keeps_its_path_and_has_no_date() {
    let page = POST.replace(">post<", ">page<").replace("/2020/05/ferry/", "/about/ferry/");
    let story = one(&Wxr, &export(&page));
    assert_eq!(value(&story, "date"), "null");
    assert_eq!((story.folder.as_deref(), story.name.as_deref()), (Some("about"), Some("ferry")));
    let numbered = page
        .replace("/about/ferry/", "/?page_id=7")
        .replace("<wp:post_id>7", "<wp:post_parent>8</wp:post_parent><wp:post_id>7");
    let parent = "<item><title>P</title><wp:post_id>8</wp:post_id><wp:post_parent>8</wp:post_parent><wp:post_name>up</wp:post_name><wp:post_type>page</wp:post_type></item>";
    let all = stories(&Wxr, export(&format!("{numbered}{parent}")).as_bytes()).unwrap();
    assert!(all[0].folder.as_deref().is_some_and(|folder| folder.starts_with("up")));
    assert_eq!(all[0].old_url, None);
}

#[test]
fn only_exports_are_taken() {
    assert!(!fits(&Wxr, "<rss><channel>"));
    assert!(fits(&Wxr, &export("").replace("http://wordpress.org", "https://wordpress.org")));
    assert!(refused(&Wxr, "<rss/>").contains("no WordPress export"));
    assert!(refused(&Wxr, &export("")).contains("no post"));
    assert!(refused(&Wxr, &export(POST)[..900]).contains("cut off"));
}
