#!/usr/bin/env python3
"""Imports 10,000 files of wire copy into an empty site, twice, and prints the number of files per second.

    cargo build --profile dist && benches/import.py [--count N] [--program PATH] [--dir DIR]

The copy is generated from tests/import/wire-agencies; each file has unique words, so that no two are the same.
DIR should be in memory, so that the disk does not affect the results.
"""
import argparse
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
arguments = argparse.ArgumentParser()
arguments.add_argument("--count", type=int, default=10_000)
arguments.add_argument("--program", default=ROOT / "target/dist/bulletin")
arguments.add_argument("--dir", default="/dev/shm")
arguments = arguments.parse_args()

stories = [path.read_bytes() for path in sorted((ROOT / "tests/import/wire-agencies/input").iterdir())]
stories = [story for story in stories if len(story) > 600 and not story.startswith((b"\xff\xfe", b"\xfe\xff"))]
picks = random.Random(1)
work = pathlib.Path(tempfile.mkdtemp(dir=arguments.dir))
try:
    (work / "copy").mkdir()
    (work / "site/content").mkdir(parents=True)
    (work / "site/bulletin.yaml").write_text("title: Bench\nbase_url: https://bench.example/\n")
    size = 0
    for number in range(arguments.count):
        story = picks.choice(stories).replace(b" the ", b" the %d " % number, 3)
        size += len(story)
        (work / f"copy/{number:06}.txt").write_bytes(story)
    print(f"{arguments.count:,} files, {size / 1e6:.1f} MB")
    for run in ["first", "again"]:
        started = time.monotonic()
        command = [arguments.program, "import", "--site", work / "site", "--quiet", work / "copy"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - started
        print(f"{run}: {seconds:.2f} s, {arguments.count / seconds:,.0f} files/s")
finally:
    shutil.rmtree(work)
