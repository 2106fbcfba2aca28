#!/usr/bin/env python3
"""Builds a site with pictures as cameras write them, and reads every published file back with exiftool.

Usage: BULLETIN=target/debug/bulletin tests/pictures/check_metadata.py
Needs exiftool (Debian: libimage-exiftool-perl). The pictures are made here: nothing is downloaded.
"""

import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

BULLETIN = os.path.abspath(os.environ.get("BULLETIN", "target/debug/bulletin"))
CREATOR, CREDIT, COPYRIGHT = "Zoë Example", "Example Agency", "2026 Example"
# What a camera and a careless program leave behind, and how it looks in a published file.
SECRETS = ["SERIAL-4711", "51.123", "OWNER-0815", "Secret comment", "Secret place"]
FORBIDDEN = re.compile(r"GPS|Serial|Thumbnail|MakerNote|OwnerName|Comment|Software|History|Trailer|LensModel", re.I)


def png(width, height):
    """A picture with a gradient, so that it is no drawing of few colors."""
    rows = b"".join(
        b"\0" + bytes(v & 255 for x in range(width) for v in (x * 255 // width, y * 255 // height, x * y)) for y in range(height)
    )
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(width, height):
    """An uncompressed picture in one strip."""
    pixels = bytes(v & 255 for y in range(height) for x in range(width) for v in (x * 255 // width, y * 255 // height, x * y))
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8),
               (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(pixels))]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + b"\0" * 4
    pad = b"\0" * (len(pixels) % 2)
    # Three samples of 8 bits each do not fit into an entry.
    bits_at = 8 + len(pixels) + len(pad) + len(directory)
    entries[2] = (258, 3, 3, bits_at)
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + b"\0" * 4
    return b"II*\0" + struct.pack("<I", 8 + len(pixels) + len(pad)) + pixels + pad + directory + struct.pack("<HHH", 8, 8, 8)


def write_as_a_camera(file, thumbnail):
    tags = [
        f"-EXIF:Artist={CREATOR}", f"-IPTC:By-line={CREATOR}", f"-XMP-dc:Creator={CREATOR}",
        f"-IPTC:Credit={CREDIT}", f"-XMP-photoshop:Credit={CREDIT}", f"-EXIF:Copyright={COPYRIGHT}",
        "-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic",
        "-GPSLatitude=51.123", "-GPSLatitudeRef=N", "-GPSLongitude=7.5", "-GPSLongitudeRef=E",
        "-XMP-exif:GPSLatitude=51.123", "-XMP-exif:GPSLongitude=7.5",
        "-EXIF:SerialNumber=SERIAL-4711", "-EXIF:LensModel=Lens", "-EXIF:LensSerialNumber=SERIAL-4711",
        "-EXIF:OwnerName=OWNER-0815", "-XMP-aux:SerialNumber=SERIAL-4711", "-EXIF:Software=Editor 1.0",
        "-EXIF:UserComment=Secret comment", "-Comment=Secret comment", "-XMP-iptcCore:Location=Secret place",
        "-IPTC:Sub-location=Secret place",
    ]
    if thumbnail is not None and file.suffix in (".jpg", ".tif"):
        tags.append(f"-ThumbnailImage<={thumbnail}")
    command = ["exiftool", "-q", "-m", "-overwrite_original", "-codedcharacterset=utf8", *tags, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"exiftool could not write {file}: {done.stderr}")


def tags_of(file):
    done = subprocess.run(["exiftool", "-j", "-a", "-G1", "-u", str(file)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)[0]


def is_of_metadata(name):
    group = name.split(":")[0]
    return ":" in name and group not in ("System", "File", "ExifTool", "Composite") or name.endswith(":Comment")



def build(site):
    done = subprocess.run([BULLETIN, "build"], cwd=site, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the build failed: {done.stderr}")


def renditions(folder):
    """A JPEG and an AVIF that bulletin makes of a picture. Their encoders are those of the program."""
    site = pathlib.Path(folder)
    (site / "content/a").mkdir(parents=True)
    (site / "bulletin.yaml").write_text("title: T\nbase_url: https://example.org\nlanguage: en\n")
    (site / "content/a/index.md").write_text("---\ntitle: T\ndate: 2026-01-01\nimage: {src: a.png, alt: x}\n---\nText.\n")
    (site / "content/a/a.png").write_bytes(png(640, 480))
    build(site)
    found = {kind: next((file for file in sorted(site.glob(f"public/renditions/*/*.{kind}"))), None) for kind in ("jpg", "avif")}
    return found


def check(file, kept, problems):
    tags = tags_of(file)
    own = {name: value for name, value in tags.items() if is_of_metadata(name)}
    for name, value in own.items():
        if FORBIDDEN.search(name.split(":", 1)[1]) or any(secret in str(value) for secret in SECRETS):
            problems.append(f"{file}: {name} = {value}")
    raw = file.read_bytes()
    for secret in SECRETS:
        if secret.encode() in raw:
            problems.append(f"{file}: contains `{secret}`")
    if kept and not any(CREATOR in str(value) for value in own.values()):
        problems.append(f"{file}: the creator is gone: {own}")
    for what, text in (("credit", CREDIT), ("copyright", COPYRIGHT)):
        if kept and not any(text in str(value) for value in own.values()):
            problems.append(f"{file}: the {what} is gone: {own}")


def main():
    if not shutil.which("exiftool"):
        sys.exit("exiftool is missing: install libimage-exiftool-perl")
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        made = renditions(scratch / "made")
        sources = {"a.png": png(480, 360), "b.tif": tiff(480, 360), "c.jpg": made["jpg"].read_bytes()}
        if made["avif"] is not None:
            sources["d.avif"] = made["avif"].read_bytes()
        thumbnail = scratch / "thumbnail.jpg"
        thumbnail.write_bytes(made["jpg"].read_bytes()[:60000])
        folder = scratch / "camera"
        folder.mkdir()
        for name, data in sources.items():
            (folder / name).write_bytes(data)
            write_as_a_camera(folder / name, thumbnail)
            found = []
            check(folder / name, True, found)
            if len(found) < 4 or any("gone" in problem for problem in found):
                sys.exit(f"{name} was not written as a camera does: {found}")
        # A film of a phone behind the picture.
        with open(folder / "c.jpg", "ab") as file:
            file.write(b"\0\0\0\x18ftypmp42 Secret place SERIAL-4711")
        for original in ("never", "linked", "always"):
            site = scratch / original
            (site / "content/s").mkdir(parents=True)
            (site / "static").mkdir()
            shutil.copy(folder / "c.jpg", site / "static/c.jpg")
            (site / "bulletin.yaml").write_text(
                f"title: T\nbase_url: https://example.org\nlanguage: en\npictures: {{original: {original}}}\n")
            text = "".join(f"![x]({name})\n\n[Large]({name})\n\n" for name in sources)
            (site / "content/s/index.md").write_text(
                f"---\ntitle: T\ndate: 2026-01-01\nimage: {{src: c.jpg, alt: x}}\n---\nText.\n\n{text}")
            for name in sources:
                shutil.copy(folder / name, site / "content/s" / name)
            build(site)
            for file in sorted((site / "public").rglob("*")):
                if file.suffix in (".jpg", ".png", ".tif", ".avif", ".webp", ".gif"):
                    check(file, "s" in file.parts or "renditions" in file.parts or file.name == "c.jpg", problems)
                    count += 1
            page = next((site / "public").rglob("s/index.html")).read_text()
            if CREDIT not in page:
                problems.append(f"{original}: the page has no credit")
    print(f"{count} published pictures read back")
    if count < 12:
        problems.append("too few pictures were published")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
