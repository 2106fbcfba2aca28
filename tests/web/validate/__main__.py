"""Checks the machine-readable output of built sites.

usage: python -m validate [--parsed FILE] [--only CHECK,…] [--self-test] AS_OF NAME:ROOT:PUBLIC…

AS_OF is the instant of the builds, ROOT contains a site's `bulletin.yaml` and `content/`, and PUBLIC is its output.
The exit code is 1 if anything is wrong, or if a site lacks the files that a check is about.

--self-test   adds faults to a valid small site, and fails unless the right rule finds each
--parsed      writes the parsed feeds as JSON, for comparison with other parsers: a list of
              {site, path, title, entries: [{id, title, link, published, updated, authors: [name…], content}]}. `path` is relative to PUBLIC,
              times are in UTC to the second (`2026-11-22T12:00:00Z`) or null, `updated` and `content` are null if the format or feed
              lacks them, titles and names have single spaces, and `content` is the HTML of the feed
"""

import argparse
import json
import sys

from . import checks
from .report import Report, step
from .site import Site, instant


def main():
    options = arguments()
    report = Report()
    if options.self_test:
        from . import self_test
        step("Faults that are made to be found")
        self_test.run(report, options.only)
    parsed = []
    for given in options.sites:
        name, root, public = given.split(":")
        step(f"{name}: {', '.join(options.only)}")
        site = Site(name, root, public, options.as_of)
        parsed += [{"site": name} | feed for feed in checks.run(site, report, options.only)]
    if options.parsed:
        with open(options.parsed, "w") as file:
            json.dump(parsed, file, ensure_ascii=False, indent=1)
    return report.close()


def arguments():
    parser = argparse.ArgumentParser(prog="validate", description="What machines that read built sites would stumble over.")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--parsed", metavar="FILE")
    parser.add_argument("--only", metavar="CHECK", type=lambda words: words.split(","), default=list(checks.ALL))
    parser.add_argument("as_of", metavar="AS_OF", type=instant)
    parser.add_argument("sites", metavar="NAME:ROOT:PUBLIC", nargs="*")
    options = parser.parse_args()
    unknown = set(options.only) - set(checks.ALL)
    if unknown or not options.as_of:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "AS_OF is no RFC 3339 time")
    return options


if __name__ == "__main__":
    sys.exit(main())
