#!/usr/bin/env python3
"""Imports an archive of 20,000 stories with pictures into an empty site, twice, and prints the number of stories per second.

    cargo build --profile dist && benches/moving.py [--count N] [--kind hugo|jekyll] [--program PATH] [--dir DIR]

Every story has links to others, tags and an old URL. Every third has its own picture, and some have a shared one. The time is
compared with `cp -r` of the same archive in the same folder, which creates as many files. DIR should be in memory.
"""
import argparse
import pathlib
import random
import resource
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORDS = "harbour ferry strike council budget bridge storm school market river night pier vote train fire rain".split()
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def story(picks, number, count):
    """The title, day and body of a story."""
    title = " ".join(picks.choices(WORDS, k=5)).capitalize() + f" {number}"
    day = f"{2005 + number % 20}-{1 + number // 20 % 12:02}-{1 + number % 28:02}"
    words = picks.choices(WORDS, k=300)
    paragraphs = [" ".join(words[at : at + 60]).capitalize() + "." for at in range(0, 300, 60)]
    return title, day, paragraphs, picks.randrange(count)


def hugo(folder, count, picks):
    (folder / "hugo.toml").write_text('title = "Old"\nbaseURL = "https://old.example/"\n[permalinks]\nnews = "/:year/:slug/"\n')
    for number in range(count):
        title, day, paragraphs, other = story(picks, number, count)
        has_picture = number % 3 == 0
        paragraphs[1] += f" [More]({{{{< ref \"/news/story-{other}\" >}}}})."
        if has_picture:
            paragraphs[2] += "\n\n![A picture](p.png)"
        path = folder / f"content/news/story-{number}" / "index.md" if has_picture else folder / f"content/news/story-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        front = f'---\ntitle: "{title}"\ndate: {day}T10:00:00Z\ntags: [{picks.choice(WORDS)}, {picks.choice(WORDS)}s]\naliases: [/old/{number}/]\n---\n\n'
        path.write_text(front + "\n\n".join(paragraphs) + "\n")
        if has_picture:
            (path.parent / "p.png").write_bytes(PICTURE + str(number).encode())


def jekyll(folder, count, picks):
    (folder / "_posts").mkdir()
    (folder / "assets").mkdir()
    (folder / "_config.yml").write_text("title: Old\nurl: https://old.example\npermalink: /:year/:month/:title.html\n")
    for number in range(count):
        title, day, paragraphs, other = story(picks, number, count)
        if number % 3 == 0:
            (folder / f"assets/p{number}.png").write_bytes(PICTURE + str(number).encode())
            paragraphs[2] += f"\n\n![A picture](/assets/p{number}.png)"
        front = f'---\ntitle: "{title}"\ntags: [{picks.choice(WORDS)}, {picks.choice(WORDS)}s]\n---\n\n'
        (folder / f"_posts/{day}-story-{number}.md").write_text(front + "\n\n".join(paragraphs) + "\n")


arguments = argparse.ArgumentParser()
arguments.add_argument("--count", type=int, default=20_000)
arguments.add_argument("--kind", choices=["hugo", "jekyll"], default="hugo")
arguments.add_argument("--program", default=ROOT / "target/dist/bulletin")
arguments.add_argument("--dir", default="/dev/shm")
arguments = arguments.parse_args()
work = pathlib.Path(tempfile.mkdtemp(dir=arguments.dir))
try:
    (work / "archive").mkdir()
    {"hugo": hugo, "jekyll": jekyll}[arguments.kind](work / "archive", arguments.count, random.Random(1))
    started = time.monotonic()
    subprocess.run(["cp", "-r", work / "archive", work / "copy"], check=True)
    copied = time.monotonic() - started
    print(f"{arguments.count:,} stories of {arguments.kind}; cp -r: {copied:.2f} s")
    for run in ["first", "again"]:
        started = time.monotonic()
        command = [arguments.program, "import", "--site", work / "site", "--quiet", work / "archive"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - started
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"{run}: {seconds:.2f} s, {arguments.count / seconds:,.0f} stories/s, {seconds / copied:.1f} × cp -r, at most {memory} MB")
finally:
    shutil.rmtree(work)
