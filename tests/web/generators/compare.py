#!/usr/bin/env python3
"""Compares a site built by another generator with the site that bulletin built after importing its sources.

    compare.py OLD_PUBLIC SITE_PUBLIC [BASE]

Every page, feed and sitemap of the old site must work at its old path, as a file or a redirect. The page must contain the visible text
that the old site marks with `data-text`. BASE is the path of the old site, if its output does not include it.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

# Lists are paginated differently, and readers do not keep such URLs. Each site has its own 404 page.
OTHERWISE = re.compile(r"/page/\d+/$|^/(?:\w\w/)?404\.html$")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "time"}
# Generators differ in their rules for quotes and dashes.
PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u202f": " ", "\u00a0": " "})


class Page(HTMLParser):
    """The text of a page, the text of the element with `data-text`, and the target of an immediate redirect."""

    def __init__(self, html):
        super().__init__()
        self.whole, self.marked, self.leads_to, self.depth, self.skipped = [], [], None, 0, 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            self.leads_to = attributes["content"].partition("url=")[2] or None
        if tag in ("script", "style", "template"):
            self.skipped += 1
        if tag not in INLINE:
            self.add(" ")
        if tag not in VOID and (self.depth or "data-text" in attributes):
            self.depth += 1

    def handle_endtag(self, tag):
        if tag in ("script", "style", "template"):
            self.skipped -= 1
        if tag not in INLINE:
            self.add(" ")
        if self.depth and tag not in VOID:
            self.depth -= 1

    def handle_data(self, data):
        self.add(data)

    def add(self, text):
        if not self.skipped:
            self.whole.append(text)
            if self.depth:
                self.marked.append(text)


def plain(parts):
    """Text for comparisons: what a browser shows, with ASCII punctuation and single spaces."""
    return " ".join("".join(parts).translate(PLAIN).replace('" ', '"').replace(' "', '"').replace(" .", ".").split()).replace('" ', '"').replace(' "', '"')


def differs_at(wanted, there):
    """How much of a text another text contains. Uses binary search, because texts may be long."""
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wanted[:middle] in there else (low, middle - 1)
    return low


def path_of(url):
    return unquote(urlsplit(url).path) or "/"


def paths(public, base):
    """Every path that readers could know: files, and URLs in sitemaps and feeds."""
    found = set()
    for file in sorted(public.rglob("*")):
        if file.suffix not in (".html", ".xml") or not file.is_file():
            continue
        name = "/" + file.relative_to(public).as_posix()
        found.add(base + (name.removesuffix("index.html") if name.endswith("/index.html") else name))
        if file.suffix == ".xml":
            for element in ElementTree.parse(file).iter():
                if element.tag.rpartition("}")[2] in ("loc", "link") and (element.text or "").startswith("http"):
                    found.add(path_of(element.text))
    return sorted(path for path in found if not OTHERWISE.search(path))


def redirects(public):
    """The redirects of `_redirects`."""
    file = public / "_redirects"
    lines = [line.split() for line in file.read_text().splitlines()] if file.is_file() else []
    return {unquote(parts[0]): parts[1] for parts in lines if len(parts) > 1 and not parts[0].startswith("#")}


def file_at(public, path):
    """The file that a host serves for a path."""
    inner = path.lstrip("/")
    ways = [public / inner / "index.html"] if path.endswith("/") else [public / inner, public / inner / "index.html"]
    return next((way for way in ways if way.is_file()), None)


def answer(public, known, path):
    """The file that a reader gets in the end."""
    for _ in range(5):
        if path in known:
            target = known[path]
        else:
            file = file_at(public, path)
            if file is None or file.suffix != ".html":
                return file
            target = Page(file.read_text()).leads_to
            if target is None:
                return file
        if urlsplit(target).netloc and file_at(public, path_of(target)) is None:
            return Path(target)
        path = path_of(target)
    return None


def main(old, new, base=""):
    old, new = Path(old), Path(new)
    known = redirects(new)
    failed, texts = [], 0
    all_paths = paths(old, base)
    for path in all_paths:
        found = answer(new, known, path)
        if found is None:
            failed.append(f"{quote(path)}: nothing answers")
            continue
        file = file_at(old, path.removeprefix(base))
        if file is None or file.suffix != ".html":
            continue
        wanted = plain(Page(file.read_text()).marked)
        if not wanted:
            continue
        texts += 1
        there = plain(Page(found.read_text()).whole)
        if wanted not in there:
            end = differs_at(wanted, there)
            failed.append(f"{quote(path)}: the text differs at {wanted[max(0, end - 40):end]!r} → {wanted[end:end + 60]!r}")
    for line in failed:
        print(f"FAIL {line}")
    print(f"{len(all_paths)} URLs, {texts} texts: {len(failed)} wrong")
    # An empty comparison proves nothing.
    return 1 if failed or not texts else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
