#!/usr/bin/env python3
"""Builds a site with pictures of every kind, and opens every rendition with Pillow, avifdec and Chromium: size and mean color must be right.

Usage: BULLETIN=target/debug/bulletin tests/pictures/run decoders
The pictures are made here: nothing is downloaded.
"""

import contextlib
import functools
import http.server
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

from PIL import Image, ImageCms, ImageDraw

BULLETIN = os.path.abspath(os.environ.get("BULLETIN", "target/debug/bulletin"))
CHROMIUM = os.environ.get("CHROMIUM", "chromium")
WIDTHS = [48, 120, 600]
SIZE = (240, 160)
# For the mean of a channel: covers the loss of JPEG and AVIF, and that scaling in linear light keeps the mean of light, not of sRGB.
TOLERANCE = 5
TURNED = 6
# The pictures whose metadata says who took them: with and without transparency.
CREDITED = ("plain", "cut-out")
SUFFIXES = (".jpg", ".avif", ".png")


def photograph(width, height):
    """A scene with soft light, so that it is no drawing of few colors, different in each half."""
    picture = Image.new("RGB", (width, height))
    pixels = picture.load()
    for x in range(width):
        for y in range(height):
            wave = math.sin(x / 17) * 20 + math.cos(y / 11) * 15
            pixels[x, y] = (int(60 + 120 * x / width + wave), int(90 + 60 * y / height + wave), int(150 - 80 * x / width + wave))
    return picture


def drawing():
    picture = Image.new("RGB", SIZE, (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    for number, color in enumerate([(200, 30, 30), (30, 90, 200), (20, 150, 60)]):
        draw.rectangle([20 + 70 * number, 130 - 40 * number, 70 + 70 * number, 150], fill=color)
    return picture


def cut_out(picture):
    """The middle of a picture, with a soft edge and nothing around it."""
    opacity = Image.radial_gradient("L").resize(picture.size).point(lambda value: max(0, min(255, (150 - value) * 4)))
    picture = picture.copy()
    picture.putalpha(opacity)
    return picture


def logo():
    """A drawing with nothing around it."""
    picture = drawing()
    picture.putalpha(picture.convert("L").point(lambda value: 0 if value == 255 else 255))
    return picture


def write_sources(folder):
    """Writes pictures of every kind. Returns how each looks, by the stem of its name."""
    photo = photograph(*SIZE)
    turned = Image.Exif()
    turned[0x0112] = TURNED
    credited = Image.Exif()
    credited[0x013B] = "An Example"
    saved = {
        "plain.jpg": (photo, {"quality": 92, "exif": credited}),
        "progressive.jpg": (photo, {"quality": 92, "progressive": True, "subsampling": 0}),
        "gray.jpg": (photo.convert("L"), {"quality": 92}),
        "ink.jpg": (photo.convert("CMYK"), {"quality": 95}),
        "turned.jpg": (photo, {"quality": 92, "exif": turned}),
        "with-profile.jpg": (photo, {"quality": 92, "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}),
        "photo.png": (photo, {}),
        "cut-out.png": (cut_out(photo), {"exif": credited}),
        "chart.png": (drawing(), {}),
        "logo.png": (logo(), {}),
        "palette.png": (drawing().convert("P", palette=Image.Palette.ADAPTIVE, colors=8), {}),
        "bits.png": (drawing().convert("1", dither=Image.Dither.NONE), {}),
        "deep.png": (photo.convert("L").convert("I").point(lambda value: value * 257).convert("I;16"), {}),
        "lossy.webp": (photo, {"quality": 92}),
        "lossless.webp": (photo, {"lossless": True}),
        "scan.tif": (photo, {"compression": "tiff_lzw"}),
    }
    looks = {}
    for name, (picture, options) in saved.items():
        picture.save(folder / name, **options)
        shown = photo.convert("L") if name == "deep.png" else picture
        shown = shown.transpose(Image.Transpose.ROTATE_270) if name == "turned.jpg" else shown
        looks[name.rsplit(".", 1)[0]] = shown.convert("RGBA" if "A" in shown.getbands() else "RGB")
    return looks


def on_white(picture):
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, picture).convert("RGB")


def mean(picture):
    pixels = on_white(picture).tobytes()
    count = len(pixels) // 3
    return [sum(pixels[channel::3]) / count for channel in range(3)]


def build(site):
    content = site / "content/s"
    content.mkdir(parents=True)
    looks = write_sources(content)
    text = "".join(f"![x]({file.name})\n\n" for file in sorted(content.iterdir()))
    (content / "index.md").write_text(f"---\ntitle: T\ndate: 2026-01-01\n---\nText.\n\n{text}")
    (site / "bulletin.yaml").write_text(
        f"title: T\nbase_url: https://example.org\nlanguage: en\npictures: {{widths: {WIDTHS}}}\n")
    done = subprocess.run([BULLETIN, "build"], cwd=site, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the build failed: {done.stderr}")
    return looks


def by_pillow(file, _):
    with Image.open(file) as picture:
        return picture.size, mean(picture)


def by_avifdec(file, scratch):
    png = scratch / "decoded.png"
    done = subprocess.run(["avifdec", str(file), str(png)], capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stdout + done.stderr)
    return by_pillow(png, scratch)


PAGE = """<!doctype html><meta charset=utf-8><body><script>
const of = async url => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  const [width, height] = [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  const sums = [0, 0, 0];
  context.getImageData(0, 0, width, height).data.forEach((value, at) => { if (at % 4 < 3) sums[at % 4] += value; });
  return [[width, height], sums.map(sum => sum / width / height)];
};
(async () => {
  const found = {};
  for (const url of URLS) found[url] = await of(url).catch(error => String(error));
  await fetch("/found", { method: "POST", body: JSON.stringify(found) });
})();
</script>"""


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves the site and the page that opens its pictures, and takes what the page found."""

    page, found, is_done = b"", {}, threading.Event()

    def do_GET(self):
        if self.path != "/page":
            return super().do_GET()
        self.answer(200, self.page)

    def do_POST(self):
        self.found.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(204, b"")
        self.is_done.set()

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def by_chromium(public, files, scratch):
    """What Chromium sees of all files: size and mean color, or an error."""
    urls = ["/" + str(file.relative_to(public)) for file in files]
    Server.page = PAGE.replace("URLS", json.dumps(urls)).encode()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=str(public)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--force-color-profile=srgb",
               f"--user-data-dir={scratch}/chromium", "--remote-debugging-port=0", f"http://127.0.0.1:{server.server_port}/page"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            if not Server.is_done.wait(120):
                sys.exit("Chromium did not open the pictures")
        finally:
            browser.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                browser.wait(10)
    server.shutdown()
    return dict(zip(files, (Server.found[url] for url in urls)))


def expected_size(look, width):
    width = min(width, look.width)
    return width, max(1, math.floor(width * look.height / look.width + 0.5))


def problems_of(decoder, file, found, size, color):
    if isinstance(found, str):
        return [f"{file}: {decoder}: {found}"]
    problems = []
    if tuple(found[0]) != size:
        problems.append(f"{file}: {decoder}: {found[0]}, expected {size}")
    if any(abs(one - other) > TOLERANCE for one, other in zip(found[1], color)):
        problems.append(f"{file}: {decoder}: mean {[round(value) for value in found[1]]}, expected {[round(value) for value in color]}")
    return problems


def read(decoder, file, scratch):
    try:
        return decoder(file, scratch)
    except OSError as error:
        return str(error)


def check(site, scratch):
    looks = build(site)
    public = site / "public"
    files = sorted(file for file in (public / "renditions").rglob("*") if file.suffix in SUFFIXES)
    in_chromium = by_chromium(public, files, scratch)
    problems, kinds = [], {}
    for file in files:
        stem, width = re.fullmatch(r"(.+)-(\d+)", file.stem).groups()
        look = looks[stem]
        size, color = expected_size(look, int(width)), mean(look)
        kinds.setdefault(stem, set()).add(file.suffix)
        decoded = {"Pillow": read(by_pillow, file, scratch), "Chromium": in_chromium[file]}
        if stem in CREDITED and b"An Example" not in file.read_bytes().partition(b"x:xmpmeta")[2]:
            problems.append(f"{file}: no XMP")
        if file.suffix == ".avif":
            decoded["avifdec"] = read(by_avifdec, file, scratch)
        for decoder, found in decoded.items():
            problems += problems_of(decoder, file.relative_to(public), found, size, color)
    drawings = {"chart", "logo", "palette", "bits"}
    for stem in looks:
        formats = {".png"} if stem in drawings else {".avif", ".png"} if stem == "cut-out" else {".avif", ".jpg"}
        if kinds.get(stem) != formats:
            problems.append(f"{stem}: published as {kinds.get(stem)}, expected {formats}")
    print(f"{len(files)} renditions of {len(looks)} pictures opened")
    return problems


def main():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        problems = check(scratch / "site", scratch)
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
