use super::super::testing::{fits, one, refused, stories, stories_of, value};
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
        ("section", "\"Local News\""),
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

#[test]
fn posts_that_share_a_guid_are_told_apart_by_their_numbers() {
    let id = |story: &Story| match &story.identity {
        Some(Identity::Given(id)) => id.clone(),
        other => format!("{other:?}"),
    };
    let other = POST.replace("<wp:post_id>7", "<wp:post_id>8").replace("Ferry late", "Fog");
    let all = stories(&Wxr, export(&format!("{POST}{other}")).as_bytes()).unwrap();
    assert_eq!(id(&all[0]), "https://old.example/?p=7#7");
    assert_eq!(id(&all[1]), "https://old.example/?p=7#8");
    assert_eq!(id(&one(&Wxr, &export(POST))), "https://old.example/?p=7");
}

#[test]
fn urls_that_a_post_had_under_other_names_are_aliases() {
    let old = "<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>boat</wp:meta_value></wp:postmeta>";
    let with =
        |post: &str| one(&Wxr, &export(&post.replace("<wp:postmeta>", &format!("{old}<wp:postmeta>"))));
    assert_eq!(value(&with(POST), "aliases"), "[\"/2020/05/boat/\"]");
    assert_eq!(value(&with(&POST.replace("/2020/05/ferry/", "/archives/7")), "aliases"), "null");
}

#[test]
fn galleries_show_their_pictures() {
    let post =
        POST.replace("One\n\n", "One\n\n[gallery size=\"full\" ids=\"9\"]\n\n[gallery ids='9,10']\n\n");
    let story = one(&Wxr, &export(&format!("{post}{ATTACHMENT}")));
    assert!(
        story.body.starts_with("One\n\n![Cranes](https://old.example/up/a.jpg)\n\n[gallery"),
        "{}",
        story.body
    );
}

#[test]
fn what_is_of_the_exported_site_itself_is_found_here() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = folder.path().join("wp-content/uploads/2020");
    std::fs::create_dir_all(&uploads).unwrap();
    for name in ["a.jpg", "lead 1.jpg"] {
        std::fs::write(uploads.join(name), name).unwrap();
    }
    let text = "<img src='http://old.example/wp-content/uploads/2020/a.jpg' alt='A'> <img src='https://old.example/wp-content/uploads/../a.jpg'>
        <a href='https://www.old.example/2020/05/ferry#x'>f</a> <a href='https://old.example/none/'>n</a> <a href='https://b.example/2020/05/ferry/'>b</a>";
    let post = POST.replace("One\n\n", text);
    let lead = ATTACHMENT.replace("/up/a.jpg", "/wp-content/uploads/2020/lead%201.jpg");
    let file =
        File { path: folder.path().join("e.xml"), bytes: export(&format!("{post}{lead}")).into_bytes() };
    let story = stories_of(&Wxr, file).unwrap().remove(0);
    let names: Vec<_> = story.media.iter().map(|media| media.name.as_str()).collect();
    assert_eq!(names, ["2020-lead-1.jpg", "2020-a.jpg"]);
    assert_eq!(value(&story, "image.src"), "\"2020-lead-1.jpg\"");
    for part in [
        "![A](2020-a.jpg)",
        "](https://old.example/wp-content/a.jpg)",
        "[f](/2020/05/ferry#x)",
        "[n](https://old.example/none/)",
        "[b](https://b.example/2020/05/ferry/)",
    ] {
        assert!(story.body.contains(part), "{part}: {}", story.body);
    }
}

#[test]
fn links_within_a_text_stay_so() {
    let post = POST.replace("One\n\n", "See <a href='#fn1'>1</a>.\n\n");
    assert!(one(&Wxr, &export(&post)).body.starts_with("See [1](#fn1)."));
}
