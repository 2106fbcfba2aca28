"""Checks a JSON Feed against version 1.1 (jsonfeed.org/version/1.1), and forbids null and empty texts except that of a story."""

import json
import re

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
URL = re.compile(r"https?://[^\s/]+/\S*")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def _text(value):
    return isinstance(value, str) and value.strip() != ""


def _any_text(value):
    # The text of a story may be empty.
    return isinstance(value, str)


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _url(value):
    return isinstance(value, str) and bool(URL.fullmatch(value))


def _matches(pattern):
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


def _truth(value):
    return isinstance(value, bool)


def _each(rules, required=()):
    """A list of objects, each checked by the given rules."""
    return lambda value: isinstance(value, list) and bool(value) and not any(fault for each in value for fault in _object(each, rules, required))


# An author must have at least one property.
AUTHORS = lambda value: _each({"name": _text, "url": _url, "avatar": _url})(value) and all(set(author) & {"name", "url", "avatar"} for author in value)
FEED = {
    "version": lambda value: value == "https://jsonfeed.org/version/1.1", "title": _text, "home_page_url": _url, "feed_url": _url,
    "description": _text, "user_comment": _text, "next_url": _url, "icon": _url, "favicon": _url, "authors": AUTHORS,
    "language": _matches(LANGUAGE), "expired": _truth, "hubs": _each({"type": _text, "url": _url}, ("type", "url")),
    "items": lambda value: isinstance(value, list),
}
ITEM = {
    "id": _text, "url": _url, "external_url": _url, "title": _text, "content_html": _any_text, "content_text": _any_text, "summary": _text,
    "image": _url, "banner_image": _url, "date_published": _matches(RFC3339), "date_modified": _matches(RFC3339), "authors": AUTHORS,
    "tags": lambda value: isinstance(value, list) and all(_text(tag) for tag in value), "language": _matches(LANGUAGE),
    "attachments": _each({"url": _url, "mime_type": _text, "title": _text, "size_in_bytes": _whole, "duration_in_seconds": _whole},
                         ("url", "mime_type")),
}


def faults(data):
    """All problems of a feed."""
    feed = json.loads(data)
    found = list(_object(feed, FEED, ("version", "title", "items", "home_page_url", "feed_url")))
    for item in feed.get("items", []) if isinstance(feed, dict) else []:
        name = item.get("url", item.get("id")) if isinstance(item, dict) else item
        found += [f"{name}: {fault}" for fault in _object(item, ITEM, ("id", "url"))]
        if isinstance(item, dict) and not {"content_html", "content_text"} & set(item):
            found.append(f"{name}: neither content_html nor content_text")
    return found


def _object(value, rules, required=()):
    """Invalid, missing and unknown keys of an object. An extension starts with `_` and is an object."""
    if not isinstance(value, dict):
        yield f"{json.dumps(value)} is no object"
        return
    yield from (f"no {key}" for key in required if key not in value)
    for key, inner in value.items():
        if key.startswith("_"):
            if not isinstance(inner, dict):
                yield f"the extension {key} is no object"
        elif key not in rules:
            yield f"unknown key {key}"
        elif not rules[key](inner):
            yield f"{key} is {json.dumps(inner, ensure_ascii=False)[:80]}"
