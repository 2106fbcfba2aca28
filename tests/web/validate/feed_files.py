"""Parses a feed (RSS 2.0, Atom 1.0 or JSON Feed 1.1) into a common form. The rules are in other files of this package."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from .site import FEED_FILES, instant, squeeze

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
# Entities are not expanded: feeds use only those of XML itself.
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


@dataclass
class Entry:
    """A story in a feed. Times are instants. `None`: not in the feed or the format."""

    id: str = None
    title: str = None
    link: str = None
    published: datetime = None
    updated: datetime = None
    authors: list = field(default_factory=list)
    summary: str = None
    content: str = None
    tags: list = field(default_factory=list)


@dataclass
class Feed:
    """A feed and its own URL."""

    kind: str
    title: str = None
    own_url: str = None
    link: str = None
    hub: str = None
    entries: list = field(default_factory=list)


def find(site):
    """The paths of all feeds of a site, with their formats."""
    kinds = {name: kind for kind, name in FEED_FILES.items()}
    return [(path, kinds[path.split("/")[-1]]) for path in site.files if path.split("/")[-1] in kinds]


def read(kind, data):
    """The feed, as far as it can be parsed."""
    return {"rss": _rss, "atom": _atom, "json": _json}[kind](data)


def as_data(path, feed):
    """The feed as plain data, for comparison with other programs. Times are in UTC."""
    def time(value):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None

    entries = [
        {"id": e.id, "title": e.title, "link": e.link, "published": time(e.published), "updated": time(e.updated),
         "authors": e.authors, "content": e.content}
        for e in feed.entries
    ]
    return {"path": path, "title": feed.title, "entries": entries}


def _text(parent, tag):
    found = parent.find(tag)
    return None if found is None else "".join(found.itertext())


def _line(parent, tag):
    text = _text(parent, tag)
    return None if text is None else squeeze(text)


def rfc822(text):
    """The instant of an RFC 822 date. `None` if it is invalid."""
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None


def _rss(data):
    channel = etree.fromstring(data, PARSER).find("channel")
    feed = Feed("rss", _line(channel, "title"), link=_text(channel, "link"))
    for link in channel.iterfind(f"{ATOM}link"):
        feed.own_url = link.get("href") if link.get("rel") == "self" else feed.own_url
        feed.hub = link.get("href") if link.get("rel") == "hub" else feed.hub
    for item in channel.iterfind("item"):
        feed.entries.append(Entry(
            id=_text(item, "guid"), title=_line(item, "title"), link=_text(item, "link"),
            published=rfc822(_text(item, "pubDate")), updated=instant(_text(item, f"{ATOM}updated")),
            authors=[squeeze(creator.text or "") for creator in item.iterfind(f"{DC}creator")],
            summary=_text(item, "description"), content=_text(item, f"{CONTENT}encoded"),
            tags=[category.text for category in item.iterfind("category")],
        ))
    return feed


def _atom(data):
    root = etree.fromstring(data, PARSER)
    feed = Feed("atom", _line(root, f"{ATOM}title"))
    for link in root.iterfind(f"{ATOM}link"):
        rel = link.get("rel", "alternate")
        feed.own_url = link.get("href") if rel == "self" else feed.own_url
        feed.link = link.get("href") if rel == "alternate" else feed.link
        feed.hub = link.get("href") if rel == "hub" else feed.hub
    for entry in root.iterfind(f"{ATOM}entry"):
        links = [link.get("href") for link in entry.iterfind(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        feed.entries.append(Entry(
            id=_text(entry, f"{ATOM}id"), title=_line(entry, f"{ATOM}title"), link=links[0] if links else None,
            published=instant(_text(entry, f"{ATOM}published")), updated=instant(_text(entry, f"{ATOM}updated")),
            authors=[_line(author, f"{ATOM}name") for author in entry.iterfind(f"{ATOM}author")],
            summary=_text(entry, f"{ATOM}summary"), content=_text(entry, f"{ATOM}content"),
            tags=[category.get("label") or category.get("term") for category in entry.iterfind(f"{ATOM}category")],
        ))
    return feed


def _json(data):
    value = json.loads(data)
    hubs = [hub.get("url") for hub in value.get("hubs", [])]
    feed = Feed("json", squeeze(value.get("title", "")), value.get("feed_url"), value.get("home_page_url"), hubs[0] if hubs else None)
    for item in value.get("items", []):
        authors = [author.get("name") for author in item.get("authors", []) if isinstance(author, dict)]
        feed.entries.append(Entry(
            id=str(item.get("id")), title=squeeze(item.get("title", "")), link=item.get("url"),
            published=instant(item.get("date_published")), updated=instant(item.get("date_modified")),
            authors=[squeeze(name or "") for name in authors],
            summary=item.get("summary"), content=item.get("content_html"), tags=item.get("tags", []),
        ))
    return feed
