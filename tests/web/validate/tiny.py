"""A small valid site as files, for the faults of `self_test.py`. Its base path is `/paper/`."""

import base64
import json
from email.utils import format_datetime
from html import escape

from .site import instant

BASE = "https://tiny.example/paper/"
AS_OF = "2026-11-22T12:00:00Z"
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
SETTINGS = """title: The Tiny Times
base_url: https://tiny.example/paper/
timezone: Europe/Athens
sections: [{slug: world, title: World}]
feeds: {site: [rss, atom, json], lists: [rss], of: [section], hub: https://hub.example/}
api: true
robots: [{agent: GPTBot, disallow: /}]
security_txt: {contact: mailto:desk@tiny.example, expires: 2027-06-01}
trust_txt: {member: [https://members.example/], datatrainingallowed: no}
humans_txt: The desk.
ads_txt: none.example, 1, DIRECT
"""
TEXT = ("<p>The harbour of the small town opened again on Saturday morning, after eleven days in which no ferry could leave its berth. "
        "Fishermen had waited for the dredger since the storm, and most of them were at sea before the ribbon was cut.</p>\n"
        '<p>The council says that <a href="{base}2026/11/school/">the school</a> will have its boat back on Monday.<img src="{base}pic.png" alt="A dot"></p>')
STORIES = [
    {"path": "2026/11/harbour/", "title": "Harbour opens & all is well", "date": "2026-11-22T08:00:00+02:00", "modified": "2026-11-22T09:30:00+02:00",
     "authors": ["Harbour desk", "Data desk"], "lang": "en", "group": {"en": "2026/11/harbour/", "el": "2026/11/limani/"}},
    {"path": "2026/11/limani/", "title": "Το λιμάνι ανοίγει", "date": "2026-11-21T08:00:00+02:00", "modified": "2026-11-21T08:00:00+02:00",
     "authors": ["Harbour desk"], "lang": "el", "group": {"en": "2026/11/harbour/", "el": "2026/11/limani/"}},
    {"path": "2026/11/school/", "title": "School has a boat", "date": "2026-11-01T08:00:00+02:00", "modified": "2026-11-01T08:00:00+02:00",
     "authors": [], "lang": "en", "group": {}},
    {"path": "2026/10/storm/", "title": "Storm shuts harbour", "date": "2026-10-31T20:00:00+02:00", "modified": "2026-10-31T20:00:00+02:00",
     "authors": ["Harbour desk"], "lang": "en", "group": {}},
]


def files():
    """Path → bytes or text, from the root of the site: settings, sources and `public/`."""
    made = {
        "bulletin.yaml": SETTINGS, "content/world/harbour.md": "---\naliases: [/old/harbour/]\n---\n",
        "public/404.html": _page("404.html", "Not here", "", data=None),
        "public/index.html": _page("", "The Tiny Times", _links(), {"@type": "WebSite", "name": "The Tiny Times", "url": BASE}, feeds=("rss", "atom", "json")),
        "public/world/index.html": _page("world/", "World", _links(), _collection(), feeds=("rss",)),
        "public/about/index.html": _page("about/", "About us", '<article class="article standing"></article>', {"@type": "AboutPage", "url": BASE + "about/"}),
        "public/2026/11/gone/index.html": _page("2026/11/gone/", "Gone", '<article class="article withdrawn"></article>', robots="noindex"),
        "public/old/harbour/index.html": _redirect("2026/11/harbour/"),
        "public/pic.png": DOT, "public/app.0123456789.css": "p {}",
        "public/rss.xml": _rss(""), "public/world/rss.xml": _rss("world/"), "public/atom.xml": _atom(), "public/feed.json": _json_feed(),
        "public/_redirects": "/paper/old/harbour/ /paper/2026/11/harbour/ 301\n",
        "public/redirects.nginx.map": '"/paper/old/harbour/" "/paper/2026/11/harbour/";\n',
        "public/_headers": _headers(), "public/robots.txt": _robots(), "public/humans.txt": "The desk.\n",
        "public/ads.txt": "none.example, 1, DIRECT\n", "public/trust.txt": "member=https://members.example/\ndatatrainingallowed=no\n",
        "public/.well-known/security.txt": f"Contact: mailto:desk@tiny.example\nExpires: 2027-06-01T00:00:00Z\nCanonical: {BASE}.well-known/security.txt\n",
    }
    for story in STORIES:
        made[f"public/{story['path']}index.html"] = _story(story)
        made[f"public/{story['path']}index.json"] = json.dumps(_ninjs(story), ensure_ascii=False)
    items = json.dumps({"title": "World", "items": [_ninjs(story) for story in STORIES]}, ensure_ascii=False)
    made |= {"public/index.json": items, "public/world/index.json": items}
    return made | _sitemaps()


def _json_script(value):
    text = json.dumps({"@context": "https://schema.org"} | value, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _page(path, title, body, data=None, feeds=(), head="", robots="max-image-preview:large", lang="en", kind="website"):
    types = {"rss": ("application/rss+xml", "rss.xml"), "atom": ("application/atom+xml", "atom.xml"), "json": ("application/feed+json", "feed.json")}
    alternates = "".join(f'<link rel="alternate" type="{types[feed][0]}" href="{BASE}{path}{types[feed][1]}">\n' for feed in feeds)
    canonical = "" if path == "404.html" else f'<link rel="canonical" href="{BASE}{path}">\n'
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<title>{escape(title)} — The Tiny Times</title>
{canonical}<meta name="robots" content="{robots}">
<meta property="og:title" content="{escape(title)}">
<meta property="og:type" content="{kind}">
<meta property="og:url" content="{BASE}{path}">
<meta property="og:site_name" content="The Tiny Times">
{alternates}{head}{_json_script(data) if data else ""}
</head>
<body><main><h1>{escape(title)}</h1>{body}</main></body>
</html>
"""


def _links():
    return "".join(f'<p><a href="/paper/{story["path"]}">{escape(story["title"])}</a></p>' for story in STORIES)


def _redirect(path):
    return f"""<!doctype html>
<html lang="en"><head><title>Moved</title><meta http-equiv="refresh" content="0; url=/paper/{path}">
<link rel="canonical" href="{BASE}{path}"></head><body></body></html>
"""


def _collection():
    items = [{"@type": "ListItem", "position": i + 1, "url": BASE + story["path"]} for i, story in enumerate(STORIES)]
    trail = [{"@type": "ListItem", "position": 1, "name": "Front", "item": BASE}, {"@type": "ListItem", "position": 2, "name": "World"}]
    return {"@graph": [
        {"@type": "CollectionPage", "url": BASE + "world/", "name": "World", "mainEntity": {"@type": "ItemList", "numberOfItems": 4, "itemListElement": items}},
        {"@type": "BreadcrumbList", "itemListElement": trail},
    ]}


def _story(story):
    url = BASE + story["path"]
    data = {
        "@type": "NewsArticle", "headline": story["title"], "url": url, "datePublished": story["date"], "dateModified": story["modified"],
        "image": [{"@type": "ImageObject", "url": BASE + "pic.png"}],
        "publisher": {"@type": "NewsMediaOrganization", "name": "The Tiny Times"},
        "correction": [{"@type": "CorrectionComment", "text": "Eleven days, not ten.", "datePublished": "2026-11-22T09:30:00+02:00"}],
    }
    if story["authors"]:
        data["author"] = [{"@type": "Organization", "name": name} for name in story["authors"]]
    head = f"""<meta property="article:published_time" content="{story['date']}">
<meta property="article:modified_time" content="{story['modified']}">
<meta property="og:description" content="It does.">
<meta property="og:image" content="{BASE}pic.png">
<meta name="twitter:card" content="summary_large_image">
"""
    head += "".join(f'<meta name="author" content="{name}">\n' for name in story["authors"])
    head += "".join(f'<link rel="alternate" hreflang="{lang}" href="{BASE}{path}">\n' for lang, path in story["group"].items())
    byline = f'<p class="byline">By {" and ".join(story["authors"])}</p>' if story["authors"] else ""
    body = f"""<article class="article type-news">{byline}
<figure class="lead-figure"><img src="/paper/pic.png" alt="A dot"></figure>
<div class="body"><div class="text">{TEXT.format(base=BASE)}</div></div></article>"""
    return _page(story["path"], story["title"], body, data, head=head, lang=story["lang"], kind="article")


def _id(story):
    return f"tag:tiny.example,2000:{story['path'].strip('/')}"


def _rss(folder):
    items = ""
    for story in STORIES:
        creators = "".join(f"<dc:creator>{name}</dc:creator>" for name in story["authors"])
        items += f"""<item><title>{escape(story["title"])}</title><link>{BASE}{story["path"]}</link>
<guid isPermaLink="false">{_id(story)}</guid><pubDate>{format_datetime(instant(story["date"]))}</pubDate>{creators}
<category>Port</category><description>It does.</description><content:encoded><![CDATA[{TEXT.format(base=BASE)}]]></content:encoded>
<media:content url="{BASE}pic.png" medium="image" width="1" height="1"><media:credit>Desk</media:credit></media:content></item>
"""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>The Tiny Times</title><link>{BASE}{folder}</link><description>News.</description><language>en</language>
<lastBuildDate>Sun, 22 Nov 2026 09:30:00 +0200</lastBuildDate>
<atom:link rel="self" type="application/rss+xml" href="{BASE}{folder}rss.xml"/><atom:link rel="hub" href="https://hub.example/"/>
{items}</channel></rss>
"""


def _atom():
    entries = ""
    for story in STORIES:
        authors = "".join(f"<author><name>{name}</name></author>" for name in story["authors"])
        entries += f"""<entry><id>{_id(story)}</id><title type="text">{escape(story["title"])}</title><link href="{BASE}{story["path"]}"/>
<published>{story["date"]}</published><updated>{story["modified"]}</updated>{authors}<category term="Port"/>
<summary>It does.</summary><content type="html">{escape(TEXT.format(base=BASE))}</content></entry>
"""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>{BASE}</id><title>The Tiny Times</title><updated>2026-11-22T09:30:00+02:00</updated>
<author><name>The Tiny Times</name></author><link rel="self" type="application/atom+xml" href="{BASE}atom.xml"/>
<link rel="alternate" type="text/html" href="{BASE}"/><link rel="hub" href="https://hub.example/"/>
{entries}</feed>
"""


def _json_feed():
    items = []
    for story in STORIES:
        item = {"id": _id(story), "url": BASE + story["path"], "title": story["title"], "content_html": TEXT.format(base=BASE), "summary": "It does.",
                "date_published": story["date"], "date_modified": story["modified"], "tags": ["Port"], "language": story["lang"],
                "_bulletin": {"kicker": "Port"}}
        if story["authors"]:
            item["authors"] = [{"name": name} for name in story["authors"]]
        items.append(item)
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "The Tiny Times", "home_page_url": BASE, "feed_url": BASE + "feed.json",
                       "hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "items": items}, ensure_ascii=False, indent=1)


def _ninjs(story):
    return {"uri": _id(story), "type": "text", "profile": "bulletin", "firstCreated": story["date"], "versionCreated": story["modified"],
            "language": story["lang"], "pubStatus": "usable", "headlines": [{"role": "main", "value": story["title"]}],
            "bodies": [{"contentType": "text/html", "value": TEXT.format(base=BASE)}], "people": [{"name": name} for name in story["authors"]],
            "renditions": [{"name": "web", "href": BASE + story["path"], "contentType": "text/html"}],
            "standard": {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"}}


def _sitemaps():
    def urlset(inner):
        spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
        return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset {spaces}>\n{inner}</urlset>\n'

    def url(path, lastmod=None, inner=""):
        changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        return f"<url><loc>{BASE}{path}</loc>{changed}{inner}</url>\n"

    def month(name):
        picture = f"<image:image><image:loc>{BASE}pic.png</image:loc></image:image>"
        return urlset("".join(url(story["path"], story["modified"], picture) for story in STORIES if story["date"].startswith(name)))

    def news(story):
        return (f"<news:news><news:publication><news:name>The Tiny Times</news:name><news:language>{story['lang']}</news:language></news:publication>"
                f"<news:publication_date>{story['date']}</news:publication_date><news:title>{escape(story['title'])}</news:title></news:news>")

    maps = {"2026-10": month("2026-10"), "2026-11": month("2026-11"), "pages": urlset("".join(url(path) for path in ("", "about/", "world/"))),
            "news": urlset("".join(url(story["path"], None, news(story)) for story in STORIES[:2]))}
    names = "".join(f"<sitemap><loc>{BASE}sitemaps/{name}.xml</loc></sitemap>\n" for name in maps)
    index = f'<?xml version="1.0" encoding="utf-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{names}</sitemapindex>\n'
    return {f"public/sitemaps/{name}.xml": text for name, text in maps.items()} | {"public/sitemap.xml": index}


def _headers():
    policy = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    return f"""/paper/*
  Content-Security-Policy: {policy}
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Cache-Control: public, max-age=300
/paper/app.0123456789.css
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
"""


def _robots():
    return f"User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow:\n\nSitemap: {BASE}sitemap.xml\nSitemap: {BASE}sitemaps/news.xml\n"
