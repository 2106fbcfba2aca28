"""Checks XML files with `xmllint` and `jing`: they must be well-formed and match their grammars."""

import re
import subprocess
from pathlib import Path

SCHEMAS = Path(__file__).parent.parent / "schemas"
# The maximum number of files in a call.
BATCH = 500


def check(site, report):
    """All XML files of a site. There must be some."""
    paths = [path for path in site.files if path.endswith(".xml")]
    report("xml-exists", site.where(""), [] if paths else ["no XML file at all"])
    _each(site, report, "xml", paths, ["xmllint", "--noout", "--nonet", "--huge"])
    atom = [path for path in paths if path.split("/")[-1] == "atom.xml"]
    _each(site, report, "atom-rng", atom, ["jing", "-c", str(SCHEMAS / "atom.rnc")])
    sitemaps = [path for path in paths if re.fullmatch(r"sitemaps/[^/]+\.xml", path)]
    _each(site, report, "sitemap-xsd", sitemaps, _schema("sitemap.xsd"))
    _each(site, report, "sitemap-index-xsd", [path for path in paths if path == "sitemap.xml"], _schema("siteindex.xsd"))


def _schema(name):
    return ["xmllint", "--noout", "--nonet", "--huge", "--schema", str(SCHEMAS / name)]


def _each(site, report, rule, paths, command):
    """Parses a program's output: each line is a fault of the file that it names."""
    for start in range(0, len(paths), BATCH):
        batch = paths[start:start + BATCH]
        done = subprocess.run([*command, *batch], cwd=site.public, capture_output=True, text=True)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if re.match(r"\S+\.xml:\d+", line) or "rror" in line]
        if done.returncode and not lines:
            lines = [f"{command[0]} gave {done.returncode}: {done.stdout + done.stderr}"]
        for path in batch:
            own = [line for line in lines if line.startswith((f"{path}:", f"{site.public / path}:"))]
            lines = [line for line in lines if line not in own]
            # Without the position, so that a fault in many files is printed once.
            report(rule, site.where(path), dict.fromkeys(re.sub(r"^\S+?\.xml:[\d:]+ ?", "", line) for line in own))
        report(rule, site.where(""), lines)
