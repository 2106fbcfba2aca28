"""Finds dead URLs of the site in feeds, sitemaps, JSON and heads of pages. `check.mjs` checks the links of pages."""

import json
import re
from urllib.parse import unquote, urlsplit

from lxml import etree

from . import feed_files, markup


def check(site, report):
    """All machine-readable files."""
    for path in site.files:
        if path.endswith(".xml"):
            urls = _of_xml(site.read(path))
        elif path.endswith(".json"):
            urls = _of_json(site.read(path))
        else:
            continue
        report("links", site.where(path), dict.fromkeys(fault for url in urls for fault in _leads(site, url)))
    for path, page in site.pages.items():
        urls = {url for value in page.data for url in _of_values(value)} if not page.is_redirect else []
        report("links", site.where(path), [fault for url in urls for fault in _leads(site, url)])


def _leads(site, url):
    """The problem of a URL of this site, if any: a missing file or fragment."""
    if not site.is_own(url):
        return
    path = site.file_of(url)
    fragment = unquote(urlsplit(url).fragment)
    if path is None:
        yield f"{url} leads nowhere"
    elif fragment and path in site.pages and fragment not in _ids(site.pages[path]):
        yield f"{url}: no such place in the page"


def _ids(page):
    # Such a fragment identifies an entity, like a publisher or a website.
    return set(page.tree.xpath("//@id")) | {unquote(urlsplit(value.get("@id", "")).fragment) for value in page.data if isinstance(value, dict)}


def _of_xml(data):
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return
    content = {f"{feed_files.CONTENT}encoded", f"{feed_files.ATOM}content"}
    for element in root.iter(etree.Element):
        yield from (value for value in element.attrib.values() if value.startswith("http"))
        if element.tag in content:
            yield from markup.urls(element.text)
        elif (element.text or "").startswith("http"):
            yield element.text.strip()


def _of_json(data):
    try:
        yield from _of_values(json.loads(data))
    except ValueError:
        return


def _of_values(value):
    """All texts that are URLs, and the URLs in HTML texts."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _of_values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_values(inner)
    elif isinstance(value, str):
        if re.fullmatch(r"https?://\S+", value):
            yield value
        elif re.search(r"<\w+[^>]* (href|src)=", value):
            yield from markup.urls(value)
