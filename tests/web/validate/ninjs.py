"""Checks that the static API is valid IPTC ninjs 3.1 and matches the pages."""

import json
import re
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from . import markup
from .site import instant, squeeze

SCHEMA = Path(__file__).parent.parent / "schemas" / "ninjs-3.1.json"


@cache
def validator():
    schema = json.loads(SCHEMA.read_text())
    # Accepts any GeoJSON: bulletin writes none.
    geojson = Resource.from_contents({"$schema": schema["$schema"], "$id": "https://geojson.org/schema/GeoJSON.json"})
    registry = Registry().with_resource("https://geojson.org/schema/GeoJSON.json", geojson)
    return Draft202012Validator(schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


def check(site, feeds, report):
    """Checks the whole API. Stories must have the same ids as in `feeds`."""
    wanted, allowed = _expected(site) if site.settings.get("api") else (set(), set())
    found = {path for path in site.files if path.endswith(".json") and path.replace(".json", ".html") in site.pages}
    faults = [f"{path} is missing" for path in sorted(wanted - found)]
    faults += [f"{path} is too much" for path in sorted(found - wanted - allowed)]
    report("api-files", site.where(""), faults)
    ids = {entry.link: entry.id for feed in feeds.values() for entry in feed.entries}
    for path in sorted(found):
        page = site.pages[path.replace(".json", ".html")]
        where = site.where(path)
        try:
            value = json.loads(site.read(path))
        except ValueError as error:
            report("api-json", where, [str(error)])
            continue
        if page.classes:
            report("ninjs-schema", where, schema_faults(value))
        if page.is_article:
            report("ninjs-story", where, _story(site, page, value, ids))
        elif not page.classes:
            report("api-list", where, _list(site, path, value))


def _expected(site):
    """The required files, beside the page of each story and list, and the optional ones of dates and standing pages."""
    lists = {page.path.removesuffix("index.html") for page in site.lists(["section", "tag", "author", "series"])}
    wanted, allowed = {"index.json"} & {path.replace(".html", ".json") for path in site.pages}, set()
    for path, page in site.pages.items():
        folder = path.removesuffix("index.html")
        if page.is_article or not page.is_redirect and folder in lists:
            wanted.add(path.replace(".html", ".json"))
        elif "withdrawn" in page.classes:
            # Its status is `canceled`.
            allowed.add(path.replace(".html", ".json"))
        elif not page.is_redirect and (re.match(r"\d{4}/", path) and not page.classes or "standing" in page.classes):
            allowed.add(path.replace(".html", ".json"))
    return wanted, allowed


def schema_faults(value):
    """The schema errors of a value."""
    for error in validator().iter_errors(value):
        yield f"{error.json_path}: {error.message[:300]}"


def _story(site, page, value, ids):
    """The story matches its page."""
    if any("ednote" in key.lower() for key in value):
        yield "an edNote, which is for the desk alone"
    if value.get("uri") != ids.get(page.url, value.get("uri")):
        yield f"uri {value.get('uri')}, but in the feeds the id is {ids[page.url]}"
    headlines = [squeeze(headline.get("value", "")) for headline in value.get("headlines", [])]
    if page.headline not in headlines:
        yield f"headlines {headlines}, but the page says `{page.headline}`"
    if instant(value.get("firstCreated")) != page.published:
        yield f"firstCreated {value.get('firstCreated')}, but the page was published {page.published}"
    if instant(value.get("versionCreated")) != page.modified:
        yield f"versionCreated {value.get('versionCreated')}, but the page was modified {page.modified}"
    if value.get("language", "").lower() != page.language.lower():
        yield f"language {value.get('language')}, but the page is in {page.language}"
    if value.get("pubStatus", "usable") != "usable" or "embargoedUntil" in value:
        yield "a story that readers can read is usable, and free"
    html = [body["value"] for body in value.get("bodies", []) if body.get("contentType") == "text/html"]
    yield from (fault for body in html for fault in markup.faults(body))
    for rendition in _renditions(value):
        href = rendition.get("href", "")
        if site.is_own(href) and not site.file_of(href):
            yield f"there is no {href}"


def _renditions(value):
    yield from value.get("renditions", [])
    for inner in value.get("associations", []):
        yield from _renditions(inner)


def _list(site, path, value):
    """A page of a list: its stories and its neighbours."""
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        yield "no object with `items`"
        return
    for item in value["items"]:
        yield from (f"{item.get('uri')}: {fault}" for fault in schema_faults(item))
        if "ednote" in json.dumps(item).lower():
            yield f"{item.get('uri')}: an edNote"
    for key in ("next", "previous"):
        url = value.get(key)
        if url is not None and not (site.file_of(url) or "").endswith(".json"):
            yield f"{key}: {url} is no file of the API"
    uris = [item.get("uri") for item in value["items"]]
    if len(set(uris)) != len(uris):
        yield "a story is listed twice"
    if not uris and site.articles and path == "index.json":
        yield "no story"
