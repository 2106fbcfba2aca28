"""Checks the heads of pages for what search engines and social networks need. `jsonld.py` checks structured data."""

import re
from urllib.parse import unquote, urljoin

from .site import instant

URL = re.compile(r"https?://[^\s/]+/\S*")


def check(site, report):
    """All pages except redirects."""
    pages = {path: page for path, page in site.pages.items() if not page.is_redirect}
    report("pages-exist", site.where(""), [] if "index.html" in pages else ["no front page"])
    for path, page in pages.items():
        where = site.where(path)
        report("page-canonical", where, _canonical(page))
        report("page-robots", where, _robots(page))
        report("page-open-graph", where, _open_graph(site, page) if path != "404.html" else [])
        report("page-alternates", where, _alternates(site, page))
        report("page-hreflang", where, _hreflang(site, page))


def _canonical(page):
    count = sum(link.get("rel") == "canonical" for link in page.links)
    if page.path == "404.html":
        return ["a page that is not there has a canonical URL"] if count else []
    if count != 1:
        return [f"{count} canonical URLs"]
    return [] if URL.fullmatch(next(link["href"] for link in page.links if link.get("rel") == "canonical")) else ["it is not absolute"]


def _robots(page):
    """Withdrawn stories are excluded from search. Pages that may be listed allow large pictures, as Discover requires."""
    if "withdrawn" in page.classes:
        return [] if page.is_noindex else ["a withdrawn story without noindex"]
    if page.is_article and not page.is_noindex:
        return [] if "max-image-preview:large" in page.robots else ["no max-image-preview:large"]
    return []


def _open_graph(site, page):
    """Open Graph (ogp.me) and the additions of Twitter cards."""
    for key in ("og:title", "og:type", "og:url", "og:site_name"):
        if len(page.metas.get(key, [])) != 1:
            yield f"{len(page.metas.get(key, []))} of {key}"
    if page.is_article:
        if page.meta("og:type") != "article":
            yield f"a story of the type {page.meta('og:type')}"
        for key in ("article:published_time", "twitter:card"):
            if not page.meta(key):
                yield f"no {key}"
    for key in ("article:published_time", "article:modified_time"):
        if page.meta(key) and not instant(page.meta(key)):
            yield f"{key} is {page.meta(key)}"
    for key in ("og:url", "og:image"):
        if not all(URL.fullmatch(url) for url in page.metas.get(key, [])):
            yield f"{key} is not absolute: {page.metas[key]}"
    for url in page.metas.get("og:image", []):
        if site.is_own(url) and not site.file_of(url):
            yield f"there is no picture {url}"
    for key in ("og:image:width", "og:image:height"):
        if not re.fullmatch(r"[1-9]\d*", page.meta(key) or "1"):
            yield f"{key} is {page.meta(key)}"


def _alternates(site, page):
    """Feeds and alternative formats linked from the page exist."""
    for link in page.links:
        url = urljoin(page.url, link.get("href", ""))
        if link.get("rel") == "alternate" and site.is_own(url) and not site.file_of(url):
            yield f"{link.get('href')} ({link.get('type') or link.get('hreflang')}) leads nowhere"


def _hreflang(site, page):
    """A group of translations: each page lists all of them, including itself, with the right language."""
    group = _group(page)
    if not group:
        return
    if group.get(page.language.lower()) != unquote(page.url):
        yield f"does not name itself as {page.language}"
    for language, url in group.items():
        other = site.pages.get(site.file_of(url) or "")
        if other is None:
            yield f"{url} ({language}) is no page of this site"
        elif _group(other) != group:
            yield f"{url} names {_group(other)}, not {group}"


def _group(page):
    return {link["hreflang"].lower(): unquote(link["href"]) for link in page.links if link.get("rel") == "alternate" and "hreflang" in link}
