"""Compares RSS and Atom with what `feedparser` reads, which many aggregators use."""

import calendar
from datetime import UTC, datetime

import feedparser

from . import feed_files, markup
from .site import squeeze


def check(site, read, report):
    """`read` contains the feeds by path, as this package reads them."""
    for path, kind in feed_files.find(site):
        if kind == "json":
            continue
        parsed = feedparser.parse(site.read(path), response_headers={"content-type": "application/xml; charset=utf-8"})
        where = site.where(path)
        report("feedparser-bozo", where, [f"{parsed.get('bozo_exception')}"] if parsed.bozo else [])
        feed = read.get(path)
        if not feed:
            continue  # Told of by `feeds.py`.
        faults = [] if _alike(parsed.feed.get("title"), feed.title) else [f"title `{parsed.feed.get('title')}`, not `{feed.title}`"]
        if len(parsed.entries) != len(feed.entries):
            faults.append(f"{len(parsed.entries)} stories, not {len(feed.entries)}")
        for theirs, ours in zip(parsed.entries, feed.entries):
            faults += [f"{ours.id}: {fault}" for fault in _differences(theirs, ours)]
        report("feedparser-agrees", where, faults)


def _alike(theirs, ours):
    """Whether two texts are equal. feedparser may take text with `<` or `&` for HTML, and removes unsafe parts."""
    return squeeze(theirs or "") == (ours or "") or any(sign in (ours or "") for sign in "<&")


def _differences(theirs, ours):
    if theirs.get("id") != ours.id:
        yield f"id {theirs.get('id')}"
    if theirs.get("link") != ours.link:
        yield f"link {theirs.get('link')}, not {ours.link}"
    if not _alike(theirs.get("title"), ours.title):
        yield f"title `{theirs.get('title')}`, not `{ours.title}`"
    for name in ("published", "updated"):
        if getattr(ours, name) and _instant(theirs.get(f"{name}_parsed")) != getattr(ours, name):
            yield f"{name} {theirs.get(name)}, not {getattr(ours, name)}"
    names = [author.get("name") for author in theirs.get("authors", []) if author]
    # feedparser turns names with unusual characters into addresses.
    if ours.authors and names != ours.authors and not any(sign in "".join(ours.authors) for sign in "<>()@&"):
        yield f"authors {names}, not {ours.authors}"
    texts = [content.value for content in theirs.get("content", []) if content.get("type") != "text/plain"]
    if ours.content and markup.words(max(texts, key=len, default="")) != markup.words(ours.content):
        yield "another text"


def _instant(parsed):
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
