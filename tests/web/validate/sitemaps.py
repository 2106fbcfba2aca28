"""Checks sitemaps for limits, dead URLs and missing pages. `xml_files.py` checks their grammars.

Limits: sitemaps.org/protocol.html; news: developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap.
"""

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import unquote

from lxml import etree

from .site import instant, squeeze

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
URLS, BYTES, STORIES, NEWS_AGE = 50_000, 50 * 1024 * 1024, 1_000, timedelta(hours=48)
# Lists that change constantly and pages of little value may be left out. Numbered pages must be.
NUMBERED = re.compile(r"(^|/)page/\d+/index\.html$|^\d{4}/(\d\d/){0,2}index\.html$|^404\.html$")
OPTIONAL = re.compile(r"^(tags|authors|series)/index\.html$")


def check(site, report):
    """All sitemaps of a site."""
    maps = {}
    for path in site.files:
        if not re.fullmatch(r"sitemaps/[^/]+\.xml", path):
            continue
        data = site.read(path)
        try:
            maps[path] = [_url(element) for element in etree.fromstring(data, etree.XMLParser(huge_tree=True)).iterfind(f"{MAP}url")]
        except etree.XMLSyntaxError:
            continue  # Told of by xmllint.
        is_news = _is_news(path)
        limit = STORIES if is_news else URLS
        faults = [f"{len(maps[path])} URLs, more than {limit}"] if len(maps[path]) > limit else []
        faults += [f"{len(data)} bytes"] if len(data) > BYTES else []
        faults += [] if maps[path] or is_news else ["empty"]
        report("sitemap-limits", site.where(path), faults)
        report("sitemap-urls", site.where(path), _faults(site, maps[path], is_news))
    report("sitemap-files", site.where("sitemaps"), _files(site, maps))
    report("sitemap-index", site.where("sitemap.xml"), _index(site, maps))
    listed = {path: urls for path, urls in maps.items() if not _is_news(path)}
    report("sitemap-once", site.where("sitemaps"), _once(site, listed))
    report("sitemap-months", site.where("sitemaps"), _months(site, listed))
    report("sitemap-cuts", site.where("sitemaps"), _cuts(site, listed))
    report("sitemap-lastmod", site.where("sitemaps"), _lastmods(site, listed))
    report("news-stories", site.where("sitemaps/news.xml"), _news(site, {path: urls for path, urls in maps.items() if _is_news(path)}))


def _is_news(path):
    return re.fullmatch(r"sitemaps/news(-\d+)?\.xml", path) is not None


def _url(element):
    """A URL of a sitemap with its metadata."""
    news = element.find(f"{NEWS}news")
    text = (lambda path: None) if news is None else news.findtext
    return {
        "loc": element.findtext(f"{MAP}loc", ""), "lastmod": element.findtext(f"{MAP}lastmod"), "has_news": news is not None,
        "images": [image.findtext(f"{IMAGE}loc") for image in element.iterfind(f"{IMAGE}image")],
        "name": text(f"{NEWS}publication/{NEWS}name"), "language": text(f"{NEWS}publication/{NEWS}language"),
        "date": instant(text(f"{NEWS}publication_date")), "title": text(f"{NEWS}title"),
    }


def _files(site, maps):
    """The required files, numbered without gaps: `-2` follows the first."""
    if "sitemaps/pages.xml" not in maps:
        yield "sitemaps/pages.xml is missing"
    for path in maps:
        found = re.fullmatch(r"(sitemaps/(?:pages|news|\d{4}-\d\d))(?:-(\d+))?\.xml", path)
        if not found:
            yield f"{path}: a name that nobody expects"
        elif found[2]:
            before = found[1] + (f"-{int(found[2]) - 1}" if int(found[2]) > 2 else "") + ".xml"
            limit = STORIES if _is_news(path) else URLS
            if int(found[2]) < 2 or before not in maps:
                yield f"{path} without {before}"
            elif len(maps[before]) < limit and len(site.read(before)) < BYTES * 0.9:
                yield f"{path}, though {before} is not full"


def _index(site, maps):
    """The index lists each sitemap once, and nothing else."""
    if not site.has("sitemap.xml"):
        return ["sitemap.xml is missing"]
    try:
        index = etree.fromstring(site.read("sitemap.xml"))
    except etree.XMLSyntaxError:
        return []
    locs = [element.findtext(f"{MAP}loc", "") for element in index.iterfind(f"{MAP}sitemap")]
    found = Counter(site.file_of(loc) or loc for loc in locs)
    faults = [f"{path} is not in the index" for path in maps if not found[path]]
    faults += [f"{path} is in the index {count} times" for path, count in found.items() if count > 1]
    faults += [f"{path} is in the index and not there" for path in found if path not in maps]
    for element in index.iterfind(f"{MAP}sitemap"):
        lastmod = element.findtext(f"{MAP}lastmod")
        path = site.file_of(element.findtext(f"{MAP}loc", ""))
        inner = [instant(url["lastmod"]) for url in maps.get(path, []) if instant(url["lastmod"])]
        if lastmod and inner and instant(lastmod) and instant(lastmod) != max(inner):
            faults.append(f"{path}: lastmod {lastmod}, but of its URLs the last is {max(inner)}")
    return faults


def _faults(site, urls, is_news):
    """The problems of each URL of a sitemap."""
    for url in urls:
        loc = url["loc"]
        path = site.file_of(loc) if site.is_own(loc) else None
        if path is None:
            yield f"{loc} is no file of this site"
            continue
        page = site.pages.get(path)
        if page is None:
            yield f"{loc} is no page"
        elif not page.is_indexable:
            yield f"{loc} is a redirect, has noindex, or says that it is {page.canonical}"
        if url["lastmod"] and (instant(url["lastmod"]) or site.as_of) > site.as_of:
            yield f"{loc}: lastmod {url['lastmod']} is of the future"
        if len(set(url["images"])) != len(url["images"]) or len(url["images"]) > 1000:
            yield f"{loc}: pictures are named twice, or more than 1,000"
        for image in url["images"]:
            if site.is_own(image) and not site.file_of(image):
                yield f"{loc}: there is no picture {image}"
        if url["has_news"] != is_news:
            yield f"{loc}: " + ("no news:news" if is_news else "news:news outside of the news sitemap")


def _once(site, listed):
    """Every page that search engines should list is in exactly one sitemap."""
    counts = Counter(unquote(url["loc"]) for urls in listed.values() for url in urls)
    for loc, count in counts.items():
        if count > 1:
            yield f"{loc} is listed {count} times"
    for path, page in site.pages.items():
        count = counts[unquote(page.url)]
        if NUMBERED.search(path):
            if count:
                yield f"{path} is listed"
        elif page.is_indexable and not count and not OPTIONAL.search(path):
            yield f"{path} is not listed"


def _months(site, listed):
    """A story is in the file of the month in which it was first published, other pages in that of pages."""
    for path, urls in listed.items():
        month = path.removeprefix("sitemaps/")[:7]
        for url in urls:
            page = site.pages.get(site.file_of(url["loc"]) or "")
            wanted = page.meta("article:published_time")[:7] if page and page.is_article else "pages.x"
            if page and month != wanted and not (wanted == "pages.x" and path.startswith("sitemaps/pages")):
                yield f"{url['loc']} is in {path}"


def _cuts(site, listed):
    """A month is split by time: the first file has the oldest stories, so that full files do not change."""
    def times(path):
        pages = (site.pages.get(site.file_of(url["loc"]) or "") for url in listed[path])
        return [page.published for page in pages if page and page.published]

    for path in listed:
        found = re.fullmatch(r"(sitemaps/\d{4}-\d\d)-(\d+)\.xml", path)
        before = found and found[1] + (f"-{int(found[2]) - 1}" if int(found[2]) > 2 else "") + ".xml"
        if before in listed and max(times(before), default=site.as_of) > min(times(path), default=site.as_of):
            yield f"{path} has stories older than some in {before}"


def _lastmods(site, listed):
    """A story's lastmod matches its page: the later of its publication and its modification."""
    for urls in listed.values():
        for url in urls:
            page = site.pages.get(site.file_of(url["loc"]) or "")
            if not page or not page.is_article:
                continue
            modified = page.modified
            if not url["lastmod"]:
                yield f"{url['loc']} has no lastmod"
            elif instant(url["lastmod"]) and instant(url["lastmod"]) != modified:
                yield f"{url['loc']}: lastmod {url['lastmod']}, but its page was modified {modified}"


def _news(site, maps):
    """All stories of the last 48 hours and no others, newest first, in files of a thousand."""
    listed = [(path, url) for path, urls in maps.items() for url in urls]
    # A story of exactly that age is optional.
    allowed = {
        unquote(page.url): page.published > site.as_of - NEWS_AGE for page in site.articles.values()
        if page.published and site.as_of - NEWS_AGE <= page.published <= site.as_of and page.is_indexable and not page.is_sponsored
    }
    expected = {url for url, is_younger in allowed.items() if is_younger}
    found = Counter(unquote(url["loc"]) for _, url in listed)
    yield from (f"{loc} is missing" for loc in sorted(expected - set(found)))
    yield from (f"{loc} is listed {count} times" for loc, count in found.items() if count > 1)
    dates = [url["date"] for _, url in sorted(listed, key=lambda entry: int("0" + re.sub(r"\D", "", entry[0])))]
    if any(not a or not b or a < b for a, b in zip(dates, dates[1:])):
        yield "stories are not in order, newest first"
    for path, url in listed:
        page = site.pages.get(site.file_of(url["loc"]) or "")
        if unquote(url["loc"]) not in allowed:
            yield f"{url['loc']} is not news: {page and page.published}"
            continue
        if not url["date"] or url["date"] != page.published:
            yield f"{url['loc']}: publication_date {url['date']}, but it was published {page.published}"
        if squeeze(url["title"] or "") != page.headline:
            yield f"{url['loc']}: title `{url['title']}`, but its headline is `{page.headline}`"
        if url["name"] not in (site.settings["title"], (site.settings.get("publisher") or {}).get("name")):
            yield f"{url['loc']}: the publication is called `{url['name']}`"
        # Chinese has two codes: zh-cn and zh-tw.
        if page.language.lower()[:2] != (url["language"] or "")[:2] or url["language"] == "zh-tw" and "hans" in page.language.lower():
            yield f"{url['loc']}: language {url['language']}, but the page is in {page.language}"
