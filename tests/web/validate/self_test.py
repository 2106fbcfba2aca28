"""Adds faults to a valid small site, and checks that the right rule finds each.

A check that finds no fault would accept anything. A rule without a fault in the list fails, too.
"""

import re
import tempfile
from pathlib import Path

from . import checks, tiny
from .faults import FAULTS
from .report import Report
from .site import Site, instant


def run(report, names):
    """Tests the checks with these names. `report` gets the faults that were not found."""
    with tempfile.TemporaryDirectory(prefix="tiny-") as folder:
        right = _check(folder, tiny.files(), names)
        report("self-test", "the small site", [f"{rule}: {fault} ({', '.join(places)})" for (rule, fault), places in right.found.items()])
        for name, rule, path, old, new in FAULTS:
            if name not in names:
                continue
            files = tiny.files()
            try:
                _change(files, path, old, new)
            except KeyError as error:
                report("self-test", f"{rule} in {path}", [f"nothing to change: {error}"])
                continue
            found = _check(folder, files, ["feeds", name] if name == "feedparser" else [name]).rules
            report("self-test", f"{rule}: {str(old)[:60]} → {str(new)[:60]} in {path}", [] if rule in found else [f"found by {sorted(found) or 'no rule'}"])
    report("self-test", "faults.py", [f"no fault is made for {rule}" for rule in sorted(_rules(names) - {rule for _, rule, *_ in FAULTS})])


def _rules(names):
    """The names of all rules of some checks, from their source files."""
    modules = {"xml": "xml_files", "feedparser": "feedparser_reads"}
    found = set()
    for name in names:
        text = Path(__file__).with_name(f"{modules.get(name, name)}.py").read_text()
        found |= set(re.findall(r'\breport\("([a-z-]+)"', text)) | set(re.findall(r'_each\(site, report, "([a-z-]+)"', text))
        if name == "feeds":
            found |= {f"{kind}-reads" for kind in ("rss", "atom", "json")}
    return found


def _change(files, path, old, new):
    """Replaces text in a file. Without `old`, adds the file; without both, removes it. The path `*` means every file with that text,
    `*.x` every one of them with that extension."""
    paths = [path]
    if path.startswith("*"):
        paths = [name for name, text in files.items() if name.endswith(path[1:]) and (old or "") in str(text)]
    if not paths:
        raise KeyError(old)
    for name in paths:
        if old is None and new is None:
            del files[name]
        elif old is None:
            files[name] = new
        elif old not in files[name]:
            raise KeyError(old)
        else:
            files[name] = files[name].replace(old, new)


def _check(folder, files, names):
    """Writes the site and checks it."""
    root = Path(tempfile.mkdtemp(dir=folder))
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = Report()
    checks.run(Site("tiny", root, root / "public", instant(tiny.AS_OF)), found, names)
    return found
