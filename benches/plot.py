#!/usr/bin/env python3
"""Plots the times in results.json against size, on logarithmic axes, as SVG on stdout.

usage: plot.py [results.json] > speed.svg
"""
import json
import math
import os
import statistics
import sys

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 56, 56
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .title { font-size: 16px; font-weight: 600 }
  .grid { stroke: #ddd } .axis { stroke: #777 }
  .line { fill: none; stroke-width: 2.5 } .dot { stroke: none }
  .Hugo { stroke: #c2410c } .Hugo-fill { fill: #c2410c }
  .bulletin { stroke: #1d4ed8 } .bulletin-fill { fill: #1d4ed8 }
  .floor { stroke: #6b7280; stroke-dasharray: 5 4 } .floor-fill { fill: #6b7280 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .grid { stroke: #444 } .axis { stroke: #999 }
    .Hugo { stroke: #fb923c } .Hugo-fill { fill: #fb923c }
    .bulletin { stroke: #7aa2ff } .bulletin-fill { fill: #7aa2ff }
    .floor { stroke: #9ca3af } .floor-fill { fill: #9ca3af }
  }
"""
NAMES = {"Hugo": "Hugo", "bulletin": "bulletin", "floor": "read and write only"}


def svg(results):
    lines = curves(results)
    points = [point for curve in lines.values() for point in curve]
    across, down = scales(points)
    body = [*grid(points, across, down), *labels(results)]
    for name, curve in lines.items():
        places = [(across(size), down(seconds)) for size, seconds in curve]
        body.append(f'<polyline class="line {name}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>')
        body += [f'<circle class="dot {name}-fill" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places]
        x, y = places[-1]
        body.append(f'<text x="{x + 12:.1f}" y="{y - 2:.1f}">{NAMES[name]}</text>')
        body.append(f'<text x="{x + 12:.1f}" y="{y + 14:.1f}">{spoken(curve[-1][1])}</text>')
    title = "Time to build a site from nothing against the number of stories"
    inside = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">\n'
        f'<title id="t">{title}</title>\n'
        f"<style>{STYLE}</style>\n{inside}\n</svg>\n"
    )


def curves(results):
    """{"Hugo": [(stories, seconds), …], …}, slowest first."""
    found = {}
    for size, runs in sorted(results["sizes"].items(), key=lambda item: int(item[0])):
        cold = {name: runs[name]["cold"] for name in ("Hugo", "bulletin") if name in runs} | {"floor": runs["floor"]}
        for name, samples in cold.items():
            found.setdefault(name, []).append((int(size), statistics.median(run["seconds"] for run in samples)))
    return found


def scales(points):
    """Two functions: stories → x, seconds → y."""
    def scale(values, start, end):
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        high += low == high
        return lambda value: start + (math.log10(value) - low) / (high - low) * (end - start)

    sizes, seconds = zip(*points)
    return scale(sizes, LEFT, WIDTH - RIGHT), scale(seconds, HEIGHT - BOTTOM, TOP)


def grid(points, across, down):
    sizes, seconds = zip(*points)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for power in range(math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds))) + 1):
        y = down(10**power)
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{spoken(10**power)}</text>'
    for size in sorted(set(sizes)):
        x = across(size)
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>'
    yield f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>'


def labels(results):
    yield f'<text class="title" x="{LEFT}" y="24">A site from nothing: time against stories</text>'
    versions = ", ".join(f"{name} {version}" for name, version in sorted(results["versions"].items()))
    yield f'<text x="{LEFT}" y="43">{versions}, {results["cores"]} cores; logarithmic axes, lower is faster</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">stories in the archive</text>'
    middle = (TOP + HEIGHT - BOTTOM) / 2
    yield f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">wall time</text>'


def spoken(seconds):
    value, unit = (seconds, "s") if seconds >= 1 else (seconds * 1000, "ms")
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


if __name__ == "__main__":
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "results.json")
    with open(path) as file:
        sys.stdout.write(svg(json.load(file)))
