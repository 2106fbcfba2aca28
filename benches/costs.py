#!/usr/bin/env python3
"""Builds sites with many problems or unusual constructs of one kind, then with twice as many, and prints the costs.

    cargo build --profile dist && benches/costs.py [--only NAME,NAME] [--program PATH] [--dir DIR]

Prints a table of counts, exit codes, seconds, peak memory and size of messages, and how much longer twice as many took: about
2 is linear, 4 quadratic. The exit code is 1 if a run was killed or took more than --limit seconds.
DIR should be in memory.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETTINGS = "title: Bench\nbase_url: https://bench.example/\n"


def story(text="", head=""):
    return f"---\ntitle: T\ndate: 2026-01-01\n{head}---\n{text}"


def repeat(count, line):
    return "".join(line(at) for at in range(count))


def one(text="", head="", settings=""):
    """A site with one story."""
    return {"bulletin.yaml": SETTINGS + settings, "content/a/index.md": story(text, head)}


def many(count, text=lambda at: "", head=lambda at: "", settings="", folder=lambda at: ""):
    """A site with many stories."""
    files = {f"content/{folder(at)}a{at}.md": story(text(at), head(at)) for at in range(count)}
    return {"bulletin.yaml": SETTINGS + settings, **files}


CASES = {
    "stories with 10 dead links": (5000, lambda n: many(n, lambda at: repeat(10, lambda link: f"[x](/p{at}/{link}/)\n") + "word " * 1000)),
    "dead links in a story": (25_000, lambda n: one(repeat(n, lambda at: f"[x](/p{at}/)\n"))),
    "dead links on one line": (25_000, lambda n: one(repeat(n, lambda at: f"[x](/p{at}/) "))),
    "missing pictures": (5000, lambda n: one(repeat(n, lambda at: f"![x](p{at}.jpg)\n"))),
    "missing files": (5000, lambda n: one(repeat(n, lambda at: f"[x](p{at}.pdf)\n"))),
    "links to a missing heading": (10_000, lambda n: one(repeat(n, lambda at: f"[x](#p{at})\n"))),
    "headings of one name": (25_000, lambda n: one(repeat(n, lambda at: "\n## h\n"))),
    "footnotes": (25_000, lambda n: one(repeat(n, lambda at: f"x[^{at}] ") + "\n\n" + repeat(n, lambda at: f"[^{at}]: note\n\n"))),
    "link definitions": (25_000, lambda n: one(repeat(n, lambda at: f"[x][l{at}] ") + "\n\n" + repeat(n, lambda at: f"[l{at}]: /p{at}/\n"))),
    "attributes of a tag": (50_000, lambda n: one("<a " + repeat(n, lambda at: f"a{at}=b ") + ">x</a>\n")),
    "URLs in a srcset": (10_000, lambda n: one('<img alt="" srcset="' + repeat(n, lambda at: f"/b{at}.jpg {at + 1}w, ") + '/c.jpg 1x">\n')),
    "handlers in raw HTML": (10_000, lambda n: one(repeat(n, lambda at: "<p onclick=x>a</p>\n\n"))),
    "open comments": (50_000, lambda n: one("<!-- a " * n)),
    "bare URLs": (10_000, lambda n: one(repeat(n, lambda at: f"https://a.example/(({at} "))),
    "quotation marks": (50_000, lambda n: one("\"a 'b " * n)),
    "open emphasis": (50_000, lambda n: one("*a **b " * n)),
    "foreign shortcodes": (25_000, lambda n: one("{{< x >}}\n\n[gallery]\n\n" * n)),
    "conflict markers": (10_000, lambda n: one("<<<<<<< a\n=======\n>>>>>>> b\n" * n)),
    "stories at one URL": (1000, lambda n: many(n, head=lambda at: "slug: a\n")),
    "stories with one alias": (2500, lambda n: many(n, head=lambda at: "aliases: [/x/]\n")),
    "stories with one id": (2500, lambda n: many(n, head=lambda at: "id: a\n")),
    "aliases of a story": (2500, lambda n: one(head="aliases: [" + repeat(n, lambda at: f"/t{at}/,") + "]\n")),
    "related stories that are missing": (1000, lambda n: one(head="related: [" + repeat(n, lambda at: f"t{at}.md,") + "]\n")),
    "unknown keys": (1000, lambda n: one(head=repeat(n, lambda at: f"k{at}: x\n"))),
    "redirects in a chain": (10_000, lambda n: one(settings="redirects:\n" + repeat(n, lambda at: f"  /r{at}/: /r{at + 1}/\n"))),
    "redirects in a circle": (10_000, lambda n: one(settings="redirects:\n" + repeat(n, lambda at: f"  /r{at}/: /r{(at + 1) % n}/\n"))),
    "sections": (500, lambda n: many(n, folder=lambda at: f"s{at}/", text=lambda at: f"x{at}")),
    "tags of a story": (100, lambda n: one(head="tags: [" + repeat(n, lambda at: f"t{at},") + "]\n")),
}


def run(program, site, limit):
    """The exit code, seconds, MB and KB of messages of a build."""
    started = time.monotonic()
    with open(site / "messages", "wb") as messages:
        command = ["timeout", str(limit), program, "build", "--site", site]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=messages)
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    return os.waitstatus_to_exitcode(status), seconds, used.ru_maxrss >> 10, (site / "messages").stat().st_size >> 10


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", help="comma-separated names of cases")
    arguments.add_argument("--program", default=ROOT / "target/dist/bulletin")
    arguments.add_argument("--dir", default="/dev/shm")
    arguments.add_argument("--limit", type=int, default=60)
    arguments = arguments.parse_args()
    failed = False
    print(f"{'':34} {'count':>7} {'exit':>4} {'seconds':>8} {'MB':>5} {'KB said':>8} {'twice as many':>13}")
    for name, (count, site) in CASES.items():
        if arguments.only and name not in arguments.only.split(","):
            continue
        before = None
        for times in [1, 2]:
            work = pathlib.Path(tempfile.mkdtemp(dir=arguments.dir))
            try:
                for path, text in site(count * times).items():
                    (work / path).parent.mkdir(parents=True, exist_ok=True)
                    (work / path).write_text(text)
                code, seconds, memory, said = run(arguments.program, work, arguments.limit)
            finally:
                shutil.rmtree(work)
            ratio = f"{seconds / before:.1f}×" if before else ""
            print(f"{name:34} {count * times:7,} {code:4} {seconds:8.2f} {memory:5} {said:8,} {ratio:>13}", flush=True)
            failed |= code not in (0, 1)
            before = seconds
    return failed


sys.exit(main())
