"""Checks structured data: it is safe, matches the page, and has what search engines require.

Requirements: developers.google.com/search/docs/appearance/structured-data/article, …/breadcrumb, …/profile-page. `jsonld.mjs` checks
the types of schema.org. `extruct` reads the pages as aggregators do.
"""

import json
import re
from urllib.parse import unquote

import extruct

from .site import instant, squeeze

URL = re.compile(r"https?://[^\s/]+/\S*")
SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.S | re.I)
STORIES = {"NewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle", "ReportageNewsArticle", "ReviewNewsArticle", "BackgroundNewsArticle",
           "AskPublicNewsArticle", "AdvertiserContentArticle", "LiveBlogPosting"}
# Properties whose values are URLs. Others are text.
LINKS = {"url", "@id", "contentUrl", "logo", "sameAs", "mainEntityOfPage", "item", "thumbnailUrl", "image", "target"}
DATES = {"datePublished", "dateModified", "dateCreated", "uploadDate", "coverageStartTime", "coverageEndTime"}


def check(site, report):
    """The structured data of all pages except redirects."""
    pages = {path: page for path, page in site.pages.items() if not page.is_redirect and path != "404.html"}
    report("jsonld-exists", site.where(""), [] if any(page.data for page in pages.values()) else ["no structured data in any page"])
    for path, page in pages.items():
        where = site.where(path)
        report("jsonld-safe", where, _unsafe(page))
        report("jsonld-extruct", where, _extruct(page))
        report("jsonld-values", where, [fault for value in page.data for fault in _values(value)])
        report("jsonld-kind", where, _kind(site, page))
        if page.is_article:
            report("jsonld-story", where, _story(site, page, page.story) if page.story else ["no article in the structured data"])
        for value in page.data:
            for inner in _objects(value):
                report("jsonld-lists", where, _list(inner))


def _unsafe(page):
    """No headline can end a data script early."""
    for attributes, text in SCRIPT.findall(page.html):
        if "application/ld+json" not in attributes:
            continue
        if "<" in text or "\u2028" in text or "\u2029" in text:
            yield "a `<` or a line separator inside the script"
        try:
            value = json.loads(text)
        except ValueError as error:
            yield f"not JSON: {error}"
            continue
        if not isinstance(value, dict) or value.get("@context") not in ("https://schema.org", "https://schema.org/"):
            yield "no object of https://schema.org"


def _extruct(page):
    """Other tools read the same data."""
    try:
        read = extruct.extract(page.html, base_url=page.url, syntaxes=["json-ld"])["json-ld"]
    except ValueError as error:
        yield f"extruct cannot read it: {error}"
        return
    values = [inner for value in read for inner in value.get("@graph", [value])]
    if [json.dumps(_plain(value), sort_keys=True) for value in values] != [json.dumps(_plain(value), sort_keys=True) for value in page.data]:
        yield f"extruct reads {json.dumps(values, ensure_ascii=False)[:300]}"


def _plain(value):
    return {key: inner for key, inner in value.items() if key != "@context"}


def _objects(value):
    """All objects inside a value, including the value itself."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _values(value):
    """URLs are absolute, times have an offset, and no value is empty."""
    for inner in _objects(value):
        for key, given in inner.items():
            for one in given if isinstance(given, list) else [given]:
                if one is None or one == "" or one == {} or given == []:
                    yield f"{key} is empty"
                elif key in LINKS and isinstance(one, str) and not URL.fullmatch(one):
                    yield f"{key}: `{one}` is not absolute"
                elif key in DATES and not instant(one):
                    yield f"{key}: `{one}` is no time with an offset"


def _kind(site, page):
    """The expected type of each kind of page."""
    kinds = {value.get("@type") for value in page.data}
    path = page.path
    if page.is_article:
        return [] if kinds & STORIES else [f"a story, but the kinds are {kinds}"]
    if "withdrawn" in page.classes:
        return [f"a withdrawn story says {kinds & STORIES}"] if kinds & STORIES else []
    if re.fullmatch(r"authors/[^/]+/index\.html", path):
        return [] if "ProfilePage" in kinds else [f"an author, but the kinds are {kinds}"]
    if re.fullmatch(r"(tags|series)/[^/]+/index\.html", path) or page in set(site.lists(["section"])):
        return [] if "CollectionPage" in kinds else [f"a list, but the kinds are {kinds}"]
    if path == "index.html":
        wanted = {"WebSite", "NewsMediaOrganization", "CollectionPage"}
        return [] if kinds & wanted else [f"the front page, but the kinds are {kinds}"]
    return []


def _story(site, page, story):
    """An article matches its page and has what search engines require."""
    if squeeze(story.get("headline", "")) != page.headline:
        yield f"headline `{story.get('headline')}`, but the page says `{page.headline}`"
    if instant(story.get("datePublished")) != page.published:
        yield f"datePublished {story.get('datePublished')}, but the page says {page.published}"
    modified = instant(story.get("dateModified"))
    if not modified or not page.published or not page.published <= modified <= site.as_of:
        yield f"dateModified {story.get('dateModified')}"
    if page.meta("article:modified_time") and instant(page.meta("article:modified_time")) != modified:
        yield f"dateModified {story.get('dateModified')}, but article:modified_time {page.meta('article:modified_time')}"
    if unquote(_first_url(story)) not in (unquote(page.url), page.canonical):
        yield f"its URL is {_first_url(story)}, not {page.url}"
    if str(story.get("inLanguage", page.language)).lower() != page.language.lower():
        yield f"inLanguage {story['inLanguage']}, but the page is in {page.language}"
    yield from _authors(page, story)
    yield from _images(site, page, story)
    publisher = _resolve(page, story.get("publisher"))
    if publisher.get("@type") not in ("NewsMediaOrganization", "Organization") or not publisher.get("name"):
        yield f"publisher {publisher}"
    corrections = story.get("correction", [])
    for correction in corrections if isinstance(corrections, list) else [corrections]:
        if not isinstance(correction, dict) or correction.get("@type") != "CorrectionComment" or not correction.get("text"):
            yield f"correction {correction}"


def _first_url(story):
    main = story.get("mainEntityOfPage")
    main = main.get("@id", "") if isinstance(main, dict) else main
    return story.get("url") or main or ""


def _resolve(page, value):
    """An object, or the object of the page that it refers to by `@id`."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        named = [inner for top in page.data for inner in _objects(top) if inner.get("@id") == value.get("@id") and len(inner) > 2]
        return named[0] if named else value
    return value if isinstance(value, dict) else {}


def _authors(page, story):
    """Each author is a single typed object whose name is only a name and is in the byline of the page."""
    authors = story.get("author", [])
    authors = authors if isinstance(authors, list) else [authors]
    byline = " ".join(squeeze(element.text_content()) for element in page.tree.xpath('//main//*[contains(@class, "byline")]'))
    if byline and not authors:
        yield f"no author, but the page says `{byline}`"
    for author in authors:
        author = _resolve(page, author)
        name = author.get("name", "")
        if author.get("@type") not in ("Person", "Organization", "NewsMediaOrganization") or not name.strip():
            yield f"author {author}"
        elif re.match(r"(?i)by\s", name):
            yield f"author `{name}`"
        elif squeeze(name) not in byline:
            yield f"author `{name}`, but the page says `{byline}`"


def _images(site, page, story):
    images = story.get("image", [])
    images = images if isinstance(images, list) else [images]
    if page.tree.xpath('//main//figure[contains(@class, "lead-figure")]') and not images:
        yield "a picture on the page, but none in the data"
    for image in images:
        url = image if isinstance(image, str) else image.get("url") or image.get("contentUrl") or ""
        if site.is_own(url) and not site.file_of(url):
            yield f"there is no picture {url}"
        if isinstance(image, dict) and not url:
            yield f"a picture without a URL: {image}"
        if isinstance(image, dict) and ("width" in image) != ("height" in image):
            yield f"a picture with one measure: {image}"


def _list(value):
    """List positions start at one. The last part of a breadcrumb needs no URL."""
    kind, items = value.get("@type"), value.get("itemListElement")
    if kind not in ("ItemList", "BreadcrumbList"):
        return
    if not items:
        if kind == "BreadcrumbList":
            yield "an empty BreadcrumbList"
        return
    positions = [item.get("position") for item in items]
    if positions != list(range(1, len(items) + 1)):
        yield f"{kind}: positions {positions}"
    for item in items[:-1] if kind == "BreadcrumbList" else items:
        if not (item.get("item") or item.get("url")):
            yield f"{kind}: an entry without a URL: {item}"
    if kind == "BreadcrumbList":
        for item in items:
            named = item.get("name") or (item.get("item") or {}).get("name") if isinstance(item.get("item"), dict) else item.get("name")
            if not named:
                yield f"{kind}: an entry without a name: {item}"
    if kind == "ItemList" and "numberOfItems" in value and value["numberOfItems"] != len(items):
        yield f"{kind}: numberOfItems {value['numberOfItems']}, but {len(items)} are there"


