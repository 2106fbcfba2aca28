"""The sites to compare, the edits of their sources, and the checks of their output."""
import dataclasses
import html.parser
import json
import os
import shutil
import sys

import corpus

PER_PAGE = 50
STEPS = ["cold", "nothing changed", "one story edited", "one story added", "one template edited"]
EDIT = "One more sentence stands here now."
ADDED = "The newest story"
TEMPLATE = "<p>This is the end of the story.</p>"


@dataclasses.dataclass
class Side:
    """A generator and its site."""
    name: str
    flavour: str
    command: list
    site: str
    template: str
    leftovers: list

    def path(self, *parts):
        return os.path.join(self.site, *parts)

    def list_pages(self, stories):
        """The files of a list. bulletin numbers only full pages, and has a redirect after the last of them."""
        if self.flavour == "hugo":
            return max(1, -(-stories // PER_PAGE))
        full = stories // PER_PAGE
        return 1 + full + min(full, 1)


def bulletin_side(program, folder):
    command = [program, "build", "--site", folder, "--message-format", "json"]
    template = "themes/bench/templates/article.html"
    return Side("bulletin", "ours", command, folder, template, ["public", ".bulletin"])


def hugo_side(program, folder):
    command = [program, "--quiet", "--source", folder]
    leftovers = ["public", "resources", ".hugo_build.lock"]
    return Side("Hugo", "hugo", command, folder, "layouts/_default/single.html", leftovers)


class Archive:
    """The edits of a site's sources, and whether the output shows them."""

    def __init__(self, side):
        self.side, self.before, self.added = side, {}, None
        with open(side.path("corpus.json")) as file:
            self.facts = json.load(file)

    def prepare(self, step):
        if step == "cold":
            clear(self.side)
        elif step == "one story edited":
            self.edit(f"content/{self.facts['middle']}.md", lambda text: f"{text}\n{EDIT}\n")
        elif step == "one story added":
            self.add()
        elif step == "one template edited":
            self.edit(self.side.template, lambda text: text.replace("</article>", f"{TEMPLATE}\n</article>"))

    def edit(self, path, change):
        path = self.side.path(path)
        with open(path) as file:
            self.before[path] = file.read()
        with open(path, "w") as file:
            file.write(change(self.before[path]))

    def add(self):
        """Adds a story that is newer than all others, on the four largest topics."""
        story = corpus.Writer(seed=0).story(0, corpus.date_of(self.facts["stories"], self.facts["stories"]))
        tags = sorted(self.facts["tags"], key=self.facts["tags"].get)[-4:]
        self.added = story | {"title": ADDED, "slug": "the-newest-story", "tags": tags}
        corpus.write(self.side.site, self.added, self.side.flavour)

    def restore(self):
        for path, text in self.before.items():
            with open(path, "w") as file:
                file.write(text)
        os.remove(self.side.path("content", corpus.place(self.added) + ".md"))

    def check(self, step):
        """Aborts the comparison if a run omitted something."""
        expect(self.side, count_pages(self.side), self.expected_pages())
        shown = {
            "one story edited": (self.facts["middle"], EDIT),
            "one story added": ("", ADDED),
            "one template edited": (self.facts["middle"], TEMPLATE),
        }
        if step in shown:
            page, words = shown[step]
            with open(self.side.path("public", page, "index.html")) as file:
                if words not in file.read():
                    sys.exit(f"{self.side.name}: {step}, and /{page} does not show it")

    def expected_pages(self):
        """The number of stories, lists, and single pages such as the front page, the list of topics and the 404 page."""
        lists = {**self.facts["sections"], **self.facts["tags"]}
        for name in [self.added["section"], *self.added["tags"]] if self.added else []:
            lists[name] += 1
        return self.facts["stories"] + bool(self.added) + sum(map(self.side.list_pages, lists.values())) + 3


def compare_pages(sides):
    """Aborts the comparison if the outputs differ on a single page or on any of every fiftieth page."""
    if len(sides) < 2:
        return
    with open(sides[0].path("corpus.json")) as file:
        facts = json.load(file)
    long = {name for name, count in {**facts["sections"], **facts["tags"]}.items() if count > PER_PAGE}
    pages = sorted(page for page in list_pages(sides[0]) if not long.intersection(page.split("/")))
    for page in {*pages[::50], "index.html", "404.html", "tags/index.html"}:
        one, other = (Essence.of(side.path("public", page)) for side in sides)
        if one != other:
            sys.exit(f"the two do not say the same on {page}")


class Essence(html.parser.HTMLParser):
    """The content of a page: elements, links and text. Boxes around tables do not count."""

    def handle_starttag(self, tag, attributes):
        if tag != "div":
            self.found += [tag, dict(attributes).get("href")]

    def handle_data(self, data):
        self.found += data.split()

    @classmethod
    def of(cls, path):
        parser = cls()
        parser.found = []
        with open(path) as file:
            parser.feed(file.read())
        return parser.found


def clear(side):
    for name in side.leftovers:
        path = side.path(name)
        shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)


def count_pages(side):
    return sum(1 for _ in list_pages(side))


def list_pages(side):
    root = side.path("public")
    for folder, _, names in os.walk(root):
        yield from (os.path.relpath(os.path.join(folder, name), root) for name in names if name.endswith(".html"))


def expect(side, pages, expected):
    if pages != expected:
        sys.exit(f"{side.name} made {pages} pages of {expected}: it cannot be compared")
