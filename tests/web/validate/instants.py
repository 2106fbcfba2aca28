"""Builds a site for several instants → broken rules, and too many changed files when a story is published.

usage: python -m validate.instants BULLETIN FOLDER

BULLETIN is the program. The site, with hourly stories around the end of a month (`../big.py`), is written to FOLDER.
"""

import hashlib
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from . import checks
from .report import Report, step
from .site import Site

COUNT, FIRST, HOUR = 400, datetime.fromisoformat("2026-10-23T02:30:00+00:00"), timedelta(hours=1)
SECOND = timedelta(seconds=1)
# A story's page and JSON, its lists with their feeds, the site's feeds, and sitemaps.
MOST_CHANGED = 60
NAMES = ["xml", "feeds", "feedparser", "sitemaps", "ninjs", "links"]


def main():
    bulletin, folder = sys.argv[1:]
    root = Path(folder)
    big = Path(__file__).parent.parent / "big.py"
    subprocess.run([sys.executable, big, root, f"{COUNT}/{FIRST.isoformat()}/3600"], check=True)
    report = Report()
    for words, at in instants():
        step(f"{words}: {at.isoformat()}")
        build(bulletin, root, at)
        check(report, root, at, words)
    publish(report, bulletin, root)
    move(report, bulletin, root)
    return report.close()


def instants():
    """Instants at which rules could break. Months end in the site's time zone, which is 5 hours and 45 minutes ahead."""
    midnight = datetime.fromisoformat("2026-11-01T00:00:00+05:45")
    last = FIRST + HOUR * (COUNT - 1)
    return [
        ("before any story", FIRST - SECOND), ("with one story", FIRST),
        ("the last second of a month", midnight - SECOND), ("the first second of a month", midnight), ("an hour later", midnight + HOUR),
        ("48 hours after the last story", last + 48 * HOUR), ("a second later", last + 48 * HOUR + SECOND),
    ]


def build(bulletin, root, at):
    command = [bulletin, "build", "--quiet", "--site", root, "--output", root / "public", "--as-of", at.isoformat()]
    subprocess.run(command, check=True)


def check(report, root, at, words):
    """Rules for files that depend on the instant."""
    found = Report()
    checks.run(Site("instants", root, root / "public", at), found, NAMES)
    report.passed += found.passed
    for (rule, fault), places in found.found.items():
        # A site without stories has no month sitemap, and its feeds have no stories.
        report(rule, f"{words}: {places[0]}", [fault])


def tree(root):
    """Path → hash of each file of the site, except the record of files."""
    files = (path for path in (root / "public").rglob("*") if path.is_file() and path.name != ".bulletin-files")
    return {path.relative_to(root / "public").as_posix(): hashlib.sha1(path.read_bytes()).hexdigest() for path in files}


def publish(report, bulletin, root):
    """Publishing a story changes a few files, and no more of them in a larger archive."""
    counts = []
    for number in (60, 359):
        at = FIRST + HOUR * number
        build(bulletin, root, at - SECOND)
        before = tree(root)
        build(bulletin, root, at)
        after = tree(root)
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        counts.append(len(changed))
        faults = [f"{len(changed)} files change: {', '.join(changed)}"] if len(changed) > MOST_CHANGED else []
        faults += [] if changed else ["nothing changes"]
        report("published", f"story {number} at {at.isoformat()}", faults)
    print(f"publishing one story changes {counts[0]} files with 60 stories, {counts[1]} with 359")
    # The second story appears on the page of another year, and may fill a numbered page.
    report("published", "growth", [f"{counts} files: more in a longer archive"] if counts[1] > counts[0] + 8 else [])


def move(report, bulletin, root):
    """The date of a story moves to the previous month. Its sitemap entry moves too and is never listed twice."""
    at = FIRST + HOUR * COUNT
    source = root / "content/world/ferry-300.md"
    text = source.read_text()
    day = next(line for line in text.splitlines() if line.startswith("date: "))
    source.write_text(text.replace(day, "date: 2026-10-24T10:00:00+00:00"))
    build(bulletin, root, at)
    check(report, root, at, "after a date moved across months")
    source.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
