"""The same photographs in the same widths, made by bulletin, Hugo and sharp: what each is given, and what it made."""
import dataclasses
import json
import os
import shutil

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
SITES = os.path.join(HERE, "sites", "pictures")
WIDTHS = [320, 640, 960, 1280, 1920]


@dataclasses.dataclass
class Wish:
    """What to make of photographs."""
    photos: list
    # From "jpeg" or "avif" to a quality, on the scale of the program; from "png", which has no loss, to none.
    quality: dict
    widths: list = dataclasses.field(default_factory=lambda: WIDTHS)
    # Of sharp's AVIF: from 0, fast, to 9.
    effort: int = 4
    # sharp: decodes a photograph once for all renditions.
    once: bool = False
    # bulletin: the photographs are lead pictures, which have a card and three crops besides.
    lead: bool = False

    def stories(self):
        """The name of a story for each photograph."""
        return [(os.path.basename(photo).rsplit(".", 1)[0], photo) for photo in self.photos]


class Bulletin:
    """A site with a story for each photograph."""
    name = "bulletin"

    def __init__(self, program, folder):
        self.folder = folder
        self.command = [program, "build", "--site", folder, "--message-format", "json"]

    def prepare(self, wish):
        begin(self.folder, "bulletin")
        formats = ", ".join(sorted(wish.quality))
        pictures = f"{{widths: {wish.widths}, formats: [{formats}], quality: {wish.quality['jpeg']}}}"
        write(
            os.path.join(self.folder, "bulletin.yaml"),
            "title: Pictures\nbase_url: https://pictures.example/\ntheme: bench\n"
            "lists: {sections: false, tags: false, authors: false, series: false, archives: false}\n"
            f"feeds: {{site: [rss], lists: [], of: []}}\npictures: {pictures}\n",
        )
        for name, photo in wish.stories():
            file = "photo" + os.path.splitext(photo)[1]
            head, text = (f"image: {file}\n", "") if wish.lead else ("", f"![A photograph]({file})\n\n")
            write_story(self.folder, name, photo, f"title: {name}\ndate: 2026-06-01\n{head}", f"{text}It shows a town.\n")
        return self.command

    def made(self):
        return files_in(os.path.join(self.folder, "public", "renditions"))

    def rendition(self, story, width, extension):
        """The file of a rendition. All have the name `photo`, so the page knows which is which."""
        with open(os.path.join(self.folder, "public/2026/06", story, "index.html")) as file:
            page = file.read()
        end = f"/photo-{width}.{extension}"
        start = page[: page.index(end)].rindex("/renditions/")
        return os.path.join(self.folder, "public", page[start:].split(end)[0].lstrip("/") + end)


class Hugo:
    """A site with a page for each photograph."""
    name = "Hugo"

    def __init__(self, program, folder):
        self.folder = folder
        self.command = [program, "--quiet", "--source", folder]

    def prepare(self, wish):
        begin(self.folder, "hugo")
        settings = {
            "baseURL": "https://pictures.example/",
            "title": "Pictures",
            "disableKinds": ["taxonomy", "term", "section", "RSS", "sitemap", "404"],
            "params": {"widths": wish.widths, "how": f"q{wish.quality['jpeg']}" if "jpeg" in wish.quality else "png"},
            # The photographs themselves are not published.
            "cascade": [{"build": {"publishResources": False}}],
        }
        write(os.path.join(self.folder, "hugo.json"), json.dumps(settings))
        for name, photo in wish.stories():
            write_story(self.folder, name, photo, f"title: {name}\ndate: 2026-06-01\n", "It shows a town.\n")
        return self.command

    def made(self):
        return [path for path in files_in(os.path.join(self.folder, "public")) if path.endswith(".jpg")]

    def rendition(self, story, width, extension):
        """The file of a rendition. Their names do not say the width."""
        paths = files_in(os.path.join(self.folder, "public", story))
        return next(path for path in paths if path.endswith(f".{extension}") and Image.open(path).width == width)


class Sharp:
    """A script without a site."""
    name = "sharp"

    def __init__(self, node, module, folder):
        self.node, self.folder = node, folder
        # Node looks for modules beside the script.
        self.script = os.path.join(module, "sharp.cjs")

    def prepare(self, wish):
        shutil.copyfile(os.path.join(SITES, "sharp.cjs"), self.script)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        formats = {format: {"quality": quality} if quality else {} for format, quality in wish.quality.items()}
        if "avif" in formats:
            formats["avif"]["effort"] = wish.effort
        task = {"files": wish.photos, "out": self.folder, "widths": wish.widths, "formats": formats}
        return [self.node, self.script, json.dumps(task | {"once": wish.once, "workers": os.cpu_count()})]

    def made(self):
        return files_in(self.folder)

    def rendition(self, story, width, extension):
        return os.path.join(self.folder, f"{story}-{width}.{extension}")


def begin(folder, site):
    """A site without stories, output or caches."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(SITES, site), folder)


def write_story(folder, name, photo, head, text):
    story = os.path.join(folder, "content", name)
    os.makedirs(story)
    os.link(photo, os.path.join(story, "photo" + os.path.splitext(photo)[1]))
    write(os.path.join(story, "index.md"), f"---\n{head}---\n\n{text}")


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def files_in(folder):
    return sorted(os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names)
