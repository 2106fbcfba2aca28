#!/usr/bin/env python3
"""Measures the preview of a synthetic archive: the time to the first page, and from an edit to the event in the browser.

usage: preview.py [--size 100000] [--rounds 5] [--work DIR] [--bulletin PATH]

The time to the first page is compared with a full build of the same archive in the same run.
"""
import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    options = arguments()
    site = os.path.join(options.work, f"preview-{options.size}")
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(os.path.join(HERE, "sites/bulletin"), site)
    try:
        subprocess.run([sys.executable, os.path.join(HERE, "corpus.py"), site, str(options.size)], check=True)
        report(measure(site, options))
    finally:
        shutil.rmtree(site, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description="The speed of the preview.")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", metavar="DIR", default="/dev/shm")
    parser.add_argument("--bulletin", metavar="PATH", help="an existing build of bulletin")
    options = parser.parse_args()
    if options.bulletin is None:
        subprocess.run(["cargo", "build", "--profile", "dist", "--bin", "bulletin"], check=True, cwd=os.path.join(HERE, ".."))
        options.bulletin = os.path.join(HERE, "../target/dist/bulletin")
    return options


def measure(site, options):
    build = [options.bulletin, "build", "--site", site, "--message-format", "json"]
    full = timed(lambda: subprocess.run(build, check=True, stdout=subprocess.DEVNULL))
    with open(os.path.join(site, "corpus.json")) as file:
        middle = json.load(file)["middle"]
    results = {"size": options.size, "full build": full, "first page": [], "body": [], "headline": []}
    for _ in range(options.rounds):
        with Preview(options.bulletin, site) as preview:
            results["first page"].append(timed(lambda: preview.get("/"), preview.started))
            edits(preview, os.path.join(site, "content", middle + ".md"), f"/{middle}/", results)
            results["memory"] = preview.memory()
    return results


def edits(preview, source, path, results):
    """The times from an added sentence and from a changed headline to the event in a browser that shows the story."""
    with open(source) as file:
        text = file.read()
    token = re.search(r'data-token="(\w+)"', preview.get(path).decode())[1]
    events = preview.events(path, token)
    next(events)
    # The first page is served before all folders are watched. Until then, changes are reported slightly later.
    time.sleep(1)
    for name, changed in [
        ("body", f"{text}\nOne more sentence.\n"),
        ("headline", text.replace("title: ", "title: Now ", 1)),
        ("body", f"{text}\nAnd another.\n"),
        ("headline", text),
    ]:
        started = time.monotonic()
        save(source, changed)
        while next(events) != "page":
            pass
        results[name].append(time.monotonic() - started)
        time.sleep(0.3)
    save(source, text)


def save(path, text):
    """Saves as editors do: writes another file and renames it."""
    with open(path + "~", "w") as file:
        file.write(text)
    os.rename(path + "~", path)


class Preview:
    """A running preview."""

    def __init__(self, program, site):
        command = [program, "serve", "--site", site, "--port", "0"]
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)/", self.process.stderr.readline())[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
        return body

    def events(self, path, token):
        """The names of the events of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", f"/__bulletin/events?path={path}&token={token}")
        answer = connection.getresponse()
        while line := answer.fp.readline():
            if answer.chunked and line.startswith(b"event: "):
                yield line[7:].strip().decode()

    def memory(self):
        """The peak memory in MB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024


def timed(act, started=None):
    started = started or time.monotonic()
    act()
    return time.monotonic() - started


def report(results):
    middle = {name: statistics.median(times) for name, times in results.items() if isinstance(times, list)}
    spread = lambda name: f"({min(results[name]):.3f}–{max(results[name]):.3f})"
    print(f"### The preview of {results['size']:,} stories\n")
    print(f"- first page: {middle['first page']:.3f} s {spread('first page')}")
    print(f"- a full build: {results['full build']:.2f} s; first page ÷ full build: {middle['first page'] / results['full build']:.2f}")
    print(f"- from saving a sentence to the event: {middle['body'] * 1000:.0f} ms {spread('body')}")
    print(f"- from saving a headline to the event: {middle['headline'] * 1000:.0f} ms {spread('headline')}")
    print(f"- memory: {results['memory']:.0f} MB")


if __name__ == "__main__":
    main()
