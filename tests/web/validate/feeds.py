"""Checks feeds, and that the formats of each list agree.

RSS 2.0 with the Best Practices Profile of the RSS Advisory Board, Atom 1.0 (RFC 4287), JSON Feed 1.1 (jsonfeed.org). `xml_files.py` checks
the grammar of Atom, `schemas/atom.rnc`.
"""

import re
from email.utils import format_datetime
from urllib.parse import unquote

from lxml import etree

from . import feed_files, markup
from .feed_files import ATOM, CONTENT, DC, MEDIA, PARSER, rfc822
from .site import FEED_FILES, instant

RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ABSOLUTE = re.compile(r"https?://[^\s/]+/\S*")
URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.I)


def check(site, report):
    """Checks all feeds of a site. Returns their content by path."""
    report("feeds-exist", site.where(""), missing(site))
    read = {}
    for path, kind in feed_files.find(site):
        data = site.read(path)
        try:
            feed = feed_files.read(kind, data)
        except (ValueError, AttributeError, etree.XMLSyntaxError) as error:
            report(f"{kind}-reads", site.where(path), [f"cannot be read: {error}"])
            continue
        if _is_moved(site, path):
            # The copy of a feed at an old URL names the new one.
            there = site.file_of(feed.own_url or "")
            same = there and there != path and site.read(there) == data
            report("feed-moved", site.where(path), [] if same else [f"is not what is at {feed.own_url}"])
            continue
        read[path] = feed
        {"rss": rss, "atom": atom, "json": json_feed}[kind](site, path, data, report)
        common(site, path, feed, report)
    for folder in sorted({path.rpartition("/")[0] for path in read}):
        agree(site, folder, read, report)
    return read


def _is_moved(site, path):
    """Whether a redirect rule applies to a path."""
    if not site.has("_redirects"):
        return False
    rules = site.read("_redirects").decode().splitlines()
    here = "/" + site.url_of(path).split("/", 3)[3]
    return here in {unquote(rule.split()[0]) for rule in rules if rule.strip()}


def missing(site):
    """Feeds that the settings promise but that do not exist, and feeds that no page links to."""
    wanted = [(FEED_FILES[kind], site.pages.get("index.html")) for kind in site.feeds["site"]]
    for page in site.lists(site.feeds["of"]):
        # A list without stories needs no feed.
        if page.has_stories:
            wanted += [(page.path.replace("index.html", FEED_FILES[kind]), page) for kind in site.feeds["lists"]]
    if not feed_files.find(site):
        yield "no feed at all"
    for path, page in wanted:
        if not site.has(path):
            yield f"{path} is missing"
        elif page and site.url_of(path) not in {unquote(_absolute(site, link)) for link in page.links if link.get("rel") == "alternate"}:
            yield f'{page.path} has no <link rel="alternate"> to {path}'


def _absolute(site, link):
    href = link.get("href", "")
    return "/".join(site.base.split("/", 3)[:3]) + href if href.startswith("/") else href


def common(site, path, feed, report):
    """Rules for all formats."""
    where = site.where(path)
    report("feed-self", where, [] if unquote(feed.own_url or "") == site.url_of(path) else [f"calls itself {feed.own_url}"])
    hub = site.feeds.get("hub")
    report("feed-hub", where, [] if feed.hub == hub else [f"the hub is {feed.hub}, not {hub}"])
    page = path.rpartition("/")[0]
    page = f"{page}/index.html" if page else "index.html"
    home = [] if feed.link and site.file_of(feed.link) == page else [f"its page is {feed.link}, not {page}"]
    report("feed-home", where, home)
    ids = [entry.id for entry in feed.entries]
    report("feed-ids", where, [f"two stories have the id {id}" for id in {id for id in ids if ids.count(id) > 1}])
    report("feed-ids", where, [f"`{id}` is no URI" for id in ids if not URI.fullmatch(id or "")])
    report("feed-limit", where, _amount(site, page, feed))
    times = [entry.published for entry in feed.entries]
    ordered = all(a and b and a >= b for a, b in zip(times, times[1:]))
    report("feed-order", where, [] if ordered else ["stories are not in order, newest first"])
    report("feed-future", where, [f"{entry.link} is of the future" for entry in feed.entries if entry.published and entry.published > site.as_of])
    for entry in feed.entries:
        report("feed-link", where, _link(site, entry))
        if entry.updated:
            report("feed-updated", where, [] if entry.published and entry.updated >= entry.published else [f"{entry.link}: updated before it was published"])
        report("feed-html", where, [f"{entry.link}: {fault}" for fault in markup.faults(entry.content)] if entry.content else [])
        report("feed-title", where, [] if entry.title else [f"{entry.link} has no title"])
        if site.feeds["full_text"] and _has_text(site, entry):
            report("feed-text", where, [] if entry.content else [f"{entry.link}: no text"])


def _has_text(site, entry):
    page = site.pages.get(site.file_of(entry.link or "") or "")
    boxes = page.tree.xpath('//div[@class="text"]') if page else []
    return bool(boxes and boxes[0].text_content().strip())


def _amount(site, page, feed):
    """At most as many stories as the limit. The site's own feed has all stories up to it, except those excluded from feeds."""
    limit = site.feeds["limit"]
    if len(feed.entries) > limit:
        return [f"{len(feed.entries)} stories, more than {limit}"]
    if page == "index.html":
        least = min(limit, len(site.articles) - site.without_feed)
    else:
        least = 1 if not site.without_feed and page in site.pages and site.pages[page].has_stories else 0
    return [f"{len(feed.entries)} stories, of at least {least}"] if len(feed.entries) < least else []


def _link(site, entry):
    """The URL of a story: a story page of this site, or of the site that first published it."""
    if not ABSOLUTE.fullmatch(entry.link or ""):
        return [f"the link `{entry.link}` is not absolute"]
    if not site.is_own(entry.link):
        return []
    path = site.file_of(entry.link)
    return [] if path in site.articles else [f"{entry.link} is no page of a story that can be read"]


def rss(site, path, data, report):
    """Rules of RSS 2.0."""
    where = site.where(path)
    root = etree.fromstring(data, PARSER)
    channel = root.find("channel")
    faults = [] if root.get("version") == "2.0" and len(root) == 1 else ["not an <rss version=\"2.0\"> of one channel"]
    faults += [f"the channel has no {tag}" for tag in ("title", "link", "description") if not (channel.findtext(tag) or "").strip()]
    report("rss-channel", where, faults)
    dates = [e.text or "" for e in root.iter("pubDate", "lastBuildDate")]
    report("rss-dates", where, [f"`{date}` is no RFC 822 date" for date in dates if not _is_rfc822(date)])
    kinds = [link.get("type") for link in channel.iterfind(f"{ATOM}link") if link.get("rel") == "self"]
    report("rss-self", where, [] if kinds == ["application/rss+xml"] else [f"links to itself as {kinds}"])
    report("rss-names", where, _unknown(root))
    for item in channel.iterfind("item"):
        report("rss-item", where, [f"{item.findtext('link')}: {fault}" for fault in rss_item(item)])


def _is_rfc822(text):
    value = rfc822(text)
    # Formats the date again, to find a wrong day of the week.
    return bool(value and RFC822.fullmatch(text) and format_datetime(value)[:3] == text[:3])


def _unknown(root):
    """Elements that belong neither to RSS nor to a known extension."""
    own = set("rss channel item title link description language copyright managingEditor webMaster pubDate lastBuildDate category generator "
              "docs cloud ttl image url width height guid enclosure comments author source".split())
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        known = element.tag in own if not name.namespace else f"{{{name.namespace}}}" in (ATOM, CONTENT, DC, MEDIA)
        if not known:
            yield f"<{element.tag}> is not known"


def rss_item(item):
    """Problems of a story in RSS."""
    tags = [child.tag for child in item if isinstance(child.tag, str)]
    for tag in ("title", "link", "guid", "pubDate"):
        if tags.count(tag) != 1:
            yield f"{tags.count(tag)} of {tag}"
    for tag in ("description", "enclosure", f"{CONTENT}encoded"):
        if tags.count(tag) > 1:
            yield f"more than one {tag}"
    if f"{CONTENT}encoded" in tags and "description" in tags[tags.index(f"{CONTENT}encoded"):]:
        yield "content:encoded before the description"
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false":
        yield 'a guid without isPermaLink="false"'
    if "author" in tags:
        yield "an author, who would need an e-mail address; dc:creator has names"
    for creator in item.iterfind(f"{DC}creator"):
        if not (creator.text or "").strip() or re.match(r"(?i)by\s", creator.text):
            yield f"`{creator.text}` is no name"
    for enclosure in item.iterfind("enclosure"):
        if not all(enclosure.get(name) for name in ("url", "length", "type")):
            yield "an enclosure without url, length or type"
    yield from media(item)


def media(item):
    """Media RSS: the URL, type, size and texts of a picture."""
    for element in item.iter(f"{MEDIA}content", f"{MEDIA}thumbnail"):
        if not ABSOLUTE.fullmatch(element.get("url", "")):
            yield f"media:content: `{element.get('url')}` is not absolute"
        for name in ("width", "height", "fileSize"):
            if not re.fullmatch(r"[1-9]\d*", element.get(name, "1")):
                yield f"media:content: {name}=\"{element.get(name)}\""
        for child in element:
            if not "".join(child.itertext()).strip():
                yield f"{child.tag} is empty"


def atom(site, path, data, report):
    """Rules of Atom that its grammar cannot express."""
    where = site.where(path)
    root = etree.fromstring(data, PARSER)
    dates = [e.text or "" for e in root.iter(f"{ATOM}updated", f"{ATOM}published")]
    report("atom-dates", where, [f"`{date}` is no RFC 3339 time" for date in dates if not RFC3339.fullmatch(date) or not instant(date)])
    ids = [element.text or "" for element in root.iterfind(f"{ATOM}id")]
    report("atom-id", where, [] if len(ids) == 1 and URI.fullmatch(ids[0]) else [f"the ids of the feed are {ids}"])
    links = [link for link in root.iter(f"{ATOM}link") if not ABSOLUTE.fullmatch(link.get("href", ""))]
    report("atom-links", where, [f"the link `{link.get('href')}` is not absolute" for link in links])
    has_author = root.find(f"{ATOM}author") is not None
    lacking = [entry for entry in root.iterfind(f"{ATOM}entry") if not has_author and entry.find(f"{ATOM}author") is None]
    report("atom-authors", where, [f"{entry.findtext(ATOM + 'id')}: no author, nor has the feed one" for entry in lacking])
    report("atom-types", where, [
        f"{entry.findtext(ATOM + 'id')}: content of type {content.get('type')}"
        for entry in root.iterfind(f"{ATOM}entry") for content in entry.iterfind(f"{ATOM}content") if content.get("type") != "html"
    ])


def json_feed(site, path, data, report):
    """Rules of JSON Feed."""
    from .json_feed import faults
    report("json-feed", site.where(path), faults(data))


def agree(site, folder, read, report):
    """All formats of a list's feed contain the same data."""
    feeds = [(path, feed) for path, feed in read.items() if path.rpartition("/")[0] == folder]
    first_path, first = feeds[0]
    for path, feed in feeds[1:]:
        names = f"{first_path} and {path}"
        faults = [f"titles differ: `{first.title}`, `{feed.title}`"] if first.title != feed.title else []
        if [entry.id for entry in first.entries] != [entry.id for entry in feed.entries]:
            faults.append("not the same stories in the same order")
        for one, other in zip(first.entries, feed.entries):
            faults += [f"{one.id}: {fault}" for fault in _differences(one, other)]
        report("feeds-agree", site.where(names), faults)


def _differences(one, other):
    for name in ("title", "link", "published", "authors"):
        if getattr(one, name) != getattr(other, name):
            yield f"{name}: {getattr(one, name)!r}, {getattr(other, name)!r}"
    # RSS has no modification time.
    if one.updated and other.updated and one.updated != other.updated:
        yield f"updated: {one.updated}, {other.updated}"
    if bool(one.content) != bool(other.content):
        yield "only one has a text"
    elif one.content and markup.canonical(one.content) != markup.canonical(other.content):
        yield "the texts differ"
    if [tag for tag in one.tags if tag] != [tag for tag in other.tags if tag]:
        yield f"tags: {one.tags}, {other.tags}"
