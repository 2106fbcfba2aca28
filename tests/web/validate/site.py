"""Reads the folder of a built site: its settings, files, pages and URLs."""

import json
import re
from datetime import datetime
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html
import yaml

FEEDS = {"site": ["rss", "atom", "json"], "lists": ["rss"], "of": ["section", "tag", "author"], "limit": 30, "full_text": True}
FEED_FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}


class Site:
    """A site. `root` contains `bulletin.yaml`, `public` the output built for the instant `as_of`."""

    def __init__(self, name, root, public, as_of):
        self.name = name
        self.root = Path(root)
        self.public = Path(public)
        self.as_of = as_of
        self.settings = yaml.safe_load((self.root / "bulletin.yaml").read_text())
        self.base = self.settings["base_url"].rstrip("/") + "/"
        self.feeds = FEEDS | (self.settings.get("feeds") or {})

    @cached_property
    def files(self):
        """The paths of all files, sorted."""
        found = (path.relative_to(self.public).as_posix() for path in self.public.rglob("*") if path.is_file())
        return sorted(found)

    @cached_property
    def _names(self):
        return set(self.files)

    def has(self, path):
        return path in self._names

    def read(self, path):
        return (self.public / path).read_bytes()

    def where(self, path):
        """The name of a file in reports."""
        return f"{self.name}/{path}"

    def file_of(self, url):
        """The file of an absolute URL. `None` for other sites and dead URLs."""
        parts, base = urlsplit(url), urlsplit(self.base)
        if parts[:2] != base[:2] or not parts.path.startswith(base.path):
            return None
        path = unquote(parts.path[len(base.path):])
        path += "index.html" if path == "" or path.endswith("/") else ""
        return path if self.has(path) else None

    def is_own(self, url):
        """Whether a URL belongs to the site."""
        return url.startswith(self.base) or url == self.base.rstrip("/")

    def url_of(self, path):
        """The URL of a file, without `index.html` and not percent-encoded."""
        return unquote(self.base) + re.sub(r"(^|/)index\.html$", r"\1", path)

    @cached_property
    def pages(self):
        """All pages by path, including redirects."""
        return {path: Page(self, path) for path in self.files if path.endswith(".html")}

    @cached_property
    def articles(self):
        """The pages of visible stories, without withdrawn stories and standing pages."""
        return {path: page for path, page in self.pages.items() if page.is_article}

    @cached_property
    def story_paths(self):
        """The path of each story's URL as in links, but not percent-encoded."""
        return {unquote(urlsplit(page.url).path) for page in self.articles.values()}

    @cached_property
    def without_feed(self):
        """The number of stories that are excluded from feeds."""
        sources = (path.read_text() for path in self.root.glob("content/**/*.md"))
        return sum(1 for source in sources if re.search(r"^feed: *false", source, re.M))

    def lists(self, kinds):
        """The first pages of all lists of some kinds: section, tag, author, series."""
        folders = {"tag": "tags", "author": "authors", "series": "series"}
        sections = {section["slug"] for section in self.settings.get("sections") or []}
        if "section" in kinds and not sections:
            sections = {path.relative_to(self.root / "content").parts[0] for path in self.root.glob("content/*/*")}
        for path, page in self.pages.items():
            parts = path.split("/")
            of_section = len(parts) == 2 and parts[0] in sections and "section" in kinds
            of_term = len(parts) == 3 and any(parts[0] == folders.get(kind) for kind in kinds)
            if parts[-1] == "index.html" and (of_section or of_term) and not page.is_redirect:
                yield page


class Page:
    """A page and the metadata in its head."""

    def __init__(self, site, path):
        self.site = site
        self.path = path

    @cached_property
    def html(self):
        return self.site.read(self.path).decode()

    @cached_property
    def tree(self):
        return lxml.html.fromstring(self.html)

    @cached_property
    def head(self):
        """Only the head, which is fast even for fifty thousand pages."""
        return lxml.html.fromstring(self.html[:self.html.find("</head>")] + "</head></html>")

    @cached_property
    def metas(self):
        """Property or name of each `meta` element → its values, in order."""
        metas = {}
        for meta in self.head.iterfind(".//meta[@content]"):
            key = meta.get("property") or meta.get("name") or meta.get("http-equiv") or ""
            metas.setdefault(key.lower(), []).append(meta.get("content"))
        return metas

    def meta(self, key):
        return self.metas.get(key, [None])[0]

    @cached_property
    def url(self):
        return self.site.url_of(self.path)

    @cached_property
    def links(self):
        """The `link` elements of the head."""
        return [dict(link.attrib) for link in self.head.iterfind(".//link")]

    @cached_property
    def canonical(self):
        """The absolute canonical URL, not percent-encoded."""
        found = [link["href"] for link in self.links if link.get("rel") == "canonical"]
        return unquote(urljoin(self.site.base, found[0])) if found else None

    @property
    def is_redirect(self):
        return self.meta("refresh") is not None

    @property
    def robots(self):
        return {word.strip() for words in self.metas.get("robots", []) for word in words.split(",")}

    @property
    def is_noindex(self):
        return "noindex" in self.robots

    @property
    def is_indexable(self):
        """Whether search engines should list this page under this URL."""
        return not self.is_redirect and not self.is_noindex and self.canonical in (None, unquote(self.url)) and self.path != "404.html"

    @cached_property
    def classes(self):
        """The classes of the page's story."""
        found = re.search(r'<article class="article ([^"]*)"', self.html)
        return found[1].split() if found else []

    @property
    def is_article(self):
        return bool(self.classes) and not {"withdrawn", "standing"} & set(self.classes)

    @property
    def is_sponsored(self):
        return "type-sponsored" in self.classes

    @cached_property
    def has_stories(self):
        """Whether it links to stories of the site."""
        return any(unescape(unquote(href)) in self.site.story_paths for href in re.findall(r' href="([^"#?]*)', self.html))

    @cached_property
    def published(self):
        """When the story was first published. `None` if the page does not say."""
        return instant(self.meta("article:published_time"))

    @cached_property
    def story(self):
        """The structured data of the page's story. `None` if there is none."""
        return next((value for value in self.data if is_story(value)), None)

    @property
    def modified(self):
        """When the story was last changed, by whatever is latest."""
        told = instant((self.story or {}).get("dateModified")) or instant(self.meta("article:modified_time"))
        return told or self.published

    @cached_property
    def language(self):
        return self.html[:300].split(' lang="', 1)[1].split('"', 1)[0]

    @cached_property
    def headline(self):
        """The text of the first-level heading."""
        found = self.tree.xpath("//main//h1|//h1")
        return squeeze(found[0].text_content()) if found else None

    @cached_property
    def data(self):
        """The objects of structured data as parsed JSON. Other checks report their errors."""
        texts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', self.html, re.S)
        values = []
        for text in texts:
            try:
                value = json.loads(text)
            except ValueError:
                continue
            values += value.get("@graph", [value]) if isinstance(value, dict) else []
        return values


def is_story(value):
    """Whether an object of structured data is any type of article."""
    kinds = value.get("@type") if isinstance(value, dict) else None
    return any(str(kind).endswith(("Article", "BlogPosting", "Report")) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def instant(text):
    """Parses an RFC 3339 time. `None` if it is invalid."""
    try:
        value = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return value if value.tzinfo else None


# Noncharacters, which HTML forbids.
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))


def squeeze(text):
    """Text with single spaces and without invisible characters."""
    return " ".join(re.sub(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{NONCHARACTERS}]", "", text).split())
