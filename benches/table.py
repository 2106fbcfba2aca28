#!/usr/bin/env python3
"""Prints the tables of results.json as Markdown.

usage: table.py [results.json]
"""
import json
import os
import statistics
import sys

from archive import STEPS


def table(size, runs):
    hugo = runs.get("Hugo")
    head = ["", "bulletin", "files written"]
    head += ["Hugo", "Hugo ÷ bulletin", "memory", "memory of Hugo", "÷"] if hugo else ["memory"]
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
    yield f"- the floor, reading and writing the same files: {spread(runs['floor'])}"
    yield f"- bulletin, cold ÷ floor: {ratio(cold, runs['floor'])}"
    if "Hugo" in runs:
        theirs = runs["Hugo"]["cold"]
        times = [f"{middle(samples, 'cpu_seconds'):.2f} s" for samples in (cold, theirs)]
        yield f"- processor time, cold: bulletin {times[0]}, Hugo {times[1]}, {ratio(theirs, cold, 'cpu_seconds')}"
    yield f"- nothing changed ÷ cold: {middle(nothing) / middle(cold):.2f}"
    yield f"- one story edited − nothing changed: {edit:.0f} ms"
    default = runs["default theme"]
    yield f"- default theme, all lists, cold: {spread(default)}, {default[0]['written']:,} files"
    yield f"- default theme ÷ this theme, cold: {ratio(default, cold)}"
    machines = runs["for machines"]
    yield f"- with all that machines read, cold: {spread(machines)}, {machines[0]['written']:,} files"
    yield f"- with all that machines read ÷ without, cold: {ratio(machines, cold)}"


def middle(runs, key="seconds"):
    return statistics.median(run[key] for run in runs)


def ratio(runs, others, key="seconds"):
    return f"{middle(runs, key) / middle(others, key):.2f}×"


def spread(runs):
    """`1.24 s (1.20–1.31)`"""
    seconds = [run["seconds"] for run in runs]
    digits = 2 if middle(runs) >= 1 else 3
    return f"{middle(runs):.{digits}f} s ({min(seconds):.{digits}f}–{max(seconds):.{digits}f})"


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "results.json")
    with open(path) as file:
        results = json.load(file)
    for size, runs in results["sizes"].items():
        print(table(int(size), runs))


if __name__ == "__main__":
    main()
