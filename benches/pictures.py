#!/usr/bin/env python3
"""Makes renditions of the same photographs with bulletin, Hugo and sharp, at equal perceptual quality, and compares time, memory and bytes.

usage: pictures.py [--count 200 | --photos DIR] [--sample 12] [--rounds 1] [--bulletin PATH] [--json FILE] [--memory] …

Needs Rust, nasm, Python, Node.js with npm, and strace; everything else is installed into target/ at first. See benches/README.md for what is measured.
"""
import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from compare import cargo, install_hugo, kind_of_file_system, say, timed  # noqa: E402

PACKAGES = ["numpy", "pillow>=11.3", "ssimulacra2==0.3.0"]
SHARP = "0.35.5"
HUGO = "0.168.0"
# The widths that are scored.
SCORED = [640, 960]
# Scores differ by this at most when they are called equal.
EQUAL = 1.0
# sharp's default effort takes seconds for a photograph, so only every n-th is made with it.
SLOW = 5
PICTURE = re.compile(r'"([^"]*\.(?:jpe?g|avif|png|webp|tiff?|gif))"', re.IGNORECASE)
# What a machine with 2 GB has.
ENOUGH = 2_000_000_000


def main():
    options = arguments()
    in_environment(options)
    os.makedirs(options.work, exist_ok=True)
    try:
        if options.memory:
            results = {"memory": memory(options)}
        else:
            results = compare(options)
        if options.json:
            with open(options.json, "w") as file:
                file.write(json.dumps(results, indent=1) + "\n")
    finally:
        shutil.rmtree(options.work, ignore_errors=True)
    sys.exit(bool(results.get("opened")) or any(row["peak_bytes"] >= ENOUGH for row in results.get("memory", [])))


def arguments():
    parser = argparse.ArgumentParser(description="The speed and the bytes of renditions, beside Hugo and sharp.")
    parser.add_argument("--count", type=int, default=200, help="how many photographs of 12 megapixels to make")
    parser.add_argument("--photos", metavar="DIR", help="a folder of photographs (*.jpg) to take instead")
    parser.add_argument("--sample", type=int, default=12, help="how many photographs to score")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--quality", type=int, default=75, help="bulletin's setting; the others get the quality of equal score")
    parser.add_argument(
        "--reference", choices=["neutral", "own"], default="neutral",
        help="what renditions are compared with: the same for all programs, or what the program itself makes without loss",
    )
    parser.add_argument("--memory", action="store_true", help="only measure the memory that very large pictures take")
    parser.add_argument("--work", default="/dev/shm/bulletin-pictures", metavar="DIR", help="the work folder, which is deleted")
    parser.add_argument("--bulletin", metavar="PATH", help="an existing build of bulletin")
    parser.add_argument("--hugo", metavar="PATH", help="an existing installation of Hugo")
    parser.add_argument("--tools", default=os.path.join(HERE, "../target/picture-tools"), metavar="DIR", help="where to install the rest")
    parser.add_argument("--json", metavar="FILE", help="writes the results")
    return parser.parse_args()


def in_environment(options):
    """Goes on in a virtual environment with numpy, Pillow and the score."""
    options.tools, options.work = os.path.abspath(options.tools), os.path.abspath(options.work)
    python = os.path.join(options.tools, "bin/python")
    if sys.executable != python:
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", options.tools], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
        os.execv(python, [python, *sys.argv])
    if not options.bulletin:
        options.bulletin = cargo("bulletin", "build", "--profile", "dist", "--features", "asm", "--bin", "bulletin")
    options.bulletin = os.path.abspath(options.bulletin)
    if os.path.exists("/dev/shm") and kind_of_file_system(os.path.dirname(options.work)) not in ("tmpfs", "ramfs"):
        say(f"{options.work} is on a disk, which affects wall times")


def programs(options):
    from picture_sites import Bulletin, Hugo, Sharp

    if not os.path.exists(os.path.join(options.tools, "node_modules/sharp")):
        subprocess.run(["npm", "install", "--silent", "--prefix", options.tools, f"sharp@{SHARP}"], check=True)
    hugo = options.hugo or install_hugo(os.path.join(HERE, f"../target/hugo-{HUGO}"))
    folder = lambda name: os.path.join(options.work, name)
    return (
        Bulletin(options.bulletin, folder("bulletin")),
        Hugo(hugo, folder("hugo")),
        Sharp(shutil.which("node"), options.tools, folder("sharp")),
    )


# Comparing


def compare(options):
    import photographs

    if options.photos:
        photos = taken(options)
    else:
        say(f"making {options.count} photographs")
        photos = photographs.make(os.path.join(options.work, "photos"), options.count)
    sizes = [os.path.getsize(photo) for photo in photos]
    say(f"{len(photos)} photographs of {statistics.mean(sizes) / 1e6:.1f} MB")
    all_programs = programs(options)
    sample = Sample(photos[:: max(1, len(photos) // options.sample)][: options.sample], os.path.join(options.work, "references"))
    equal = Qualities(all_programs, sample, options.quality, options.reference == "own")
    print(equal.table(), flush=True)
    rows = measure(all_programs, photos, sample, equal, options.rounds)
    print(table(rows), flush=True)
    print(ratios(rows, equal), flush=True)
    opened = opened_again(all_programs[0])
    print("The second build of bulletin opened no picture." if not opened else "\n".join(["The second build of bulletin opened:", *opened]))
    return {
        "photographs": {"count": len(photos), "bytes": sum(sizes)}, "cores": os.cpu_count(), "rounds": options.rounds,
        "equal": equal.found, "rows": rows, "opened": opened,
    }


def taken(options):
    """The photographs of a folder, linked or copied into the work folder, so that sites can link them."""
    folder = os.path.join(options.work, "photos")
    os.makedirs(folder, exist_ok=True)
    names = sorted(name for name in os.listdir(options.photos) if name.lower().endswith((".jpg", ".jpeg")))
    for number, name in enumerate(names):
        shutil.copyfile(os.path.join(options.photos, name), os.path.join(folder, f"photo-{number:04}.jpg"))
    return [os.path.join(folder, f"photo-{number:04}.jpg") for number in range(len(names))]


class Sample:
    """The photographs that are scored, with their references."""

    def __init__(self, photos, folder):
        import scores

        self.photos, self.mean, self.folder = photos, scores.mean, folder
        os.makedirs(folder, exist_ok=True)
        self.references = {}
        for photo in photos:
            story = os.path.basename(photo).rsplit(".", 1)[0]
            self.references |= {(story, width): os.path.join(folder, f"{story}-{width}.png") for width in SCORED}
        say(f"scaling {len(photos)} references")
        scores.references([(photo, width, self.references[os.path.basename(photo).rsplit(".", 1)[0], width]) for photo in photos for width in SCORED])

    def own(self, program):
        """What a program makes without loss, which shows only what its encoder loses, and not how it scales."""
        from picture_sites import Wish

        timed(program.prepare(Wish(self.photos, {"png": None}, SCORED)))
        paths = {key: os.path.join(self.folder, f"{program.name}-{key[0]}-{key[1]}.png") for key in self.references}
        for key, path in paths.items():
            shutil.copyfile(program.rendition(*key, "png"), path)
        return paths

    def score(self, program, extension, references=None):
        """The mean score and the mean bytes of what a program has made, {"score", "bytes"}."""
        references = references or self.references
        made = {key: program.rendition(*key, extension) for key in references}
        score = self.mean([(references[key], path) for key, path in made.items()])
        return {"score": score, "bytes": statistics.mean(os.path.getsize(path) for path in made.values())}


class Qualities:
    """The quality for each program, found by trying, so that its pictures have the score of bulletin's."""

    def __init__(self, all_programs, sample, quality, own):
        from picture_sites import Wish

        bulletin, hugo, sharp = all_programs
        self.sample, self.found = sample, {}
        # bulletin cannot make PNGs of photographs, but scales as the neutral reference is scaled.
        self.references = {program.name: sample.own(program) for program in (hugo, sharp)} if own else {}
        wish = Wish(sample.photos, {"jpeg": quality, "avif": quality}, SCORED)
        say("scoring bulletin")
        timed(bulletin.prepare(wish))
        for format, extension in [("jpeg", "jpg"), ("avif", "avif")]:
            self.found[f"bulletin {format}"] = {"quality": quality, "equal": True, **sample.score(bulletin, extension)}
        jpeg, avif = self.found["bulletin jpeg"]["score"], self.found["bulletin avif"]["score"]
        self.search("Hugo jpeg", jpeg, lambda q: self.tried(hugo, Wish(sample.photos, {"jpeg": q}, SCORED), "jpg"))
        self.search("sharp jpeg", jpeg, lambda q: self.tried(sharp, Wish(sample.photos, {"jpeg": q}, SCORED), "jpg"))
        for effort in (2, 4):
            wish = lambda q, effort=effort: Wish(sample.photos, {"avif": q}, SCORED, effort)
            self.search(f"sharp avif effort {effort}", avif, lambda q: self.tried(sharp, wish(q), "avif"))

    def tried(self, program, wish, extension):
        timed(program.prepare(wish))
        return self.sample.score(program, extension, self.references.get(program.name))

    def search(self, name, target, at):
        """Halves the range of qualities in proportion to the scores, until they are equal."""
        say(f"looking for the quality of {name}")
        tried = {}
        low, high = (48, 58) if "avif" in name else (70, 82)
        for quality in (low, high):
            tried[quality] = at(quality)
        for _ in range(5):
            below = [q for q in tried if tried[q]["score"] <= target] or sorted(tried)[:2]
            above = [q for q in tried if tried[q]["score"] > target] or sorted(tried)[-2:]
            left, right = max(below), min(above)
            if left == right:
                left, right = sorted(tried)[-2:] if tried[right]["score"] <= target else sorted(tried)[:2]
            slope = (tried[right]["score"] - tried[left]["score"]) / (right - left)
            guess = min(100, max(1, round(left + (target - tried[left]["score"]) / max(slope, 0.01))))
            if guess in tried:
                break
            tried[guess] = at(guess)
        quality = min(tried, key=lambda q: abs(tried[q]["score"] - target))
        self.found[name] = {"quality": quality, **tried[quality], "bytes": bytes_at(tried, target)}
        self.found[name]["equal"] = abs(tried[quality]["score"] - target) <= EQUAL

    def table(self):
        lines = [f"\n| {len(self.sample.photos)} photographs, {SCORED[0]} and {SCORED[1]} px | quality | SSIMULACRA2 | KB at equal score |\n|---|---:|---:|---:|"]
        for name, found in self.found.items():
            note = "" if found["equal"] else " (not equal)"
            lines.append(f"| {name} | {found['quality']} | {found['score']:.1f}{note} | {found['bytes'] / 1e3:.1f} |")
        return "\n".join(lines)


def bytes_at(tried, target):
    """The bytes at a score, between those that were tried: their logarithm is nearly linear."""
    points = sorted((found["score"], math.log(found["bytes"])) for found in tried.values())
    above = next((at for at, point in enumerate(points) if point[0] >= target), len(points) - 1)
    (low, few), (high, many) = points[max(0, above - 1)], points[max(1, above)]
    return math.exp(few + (many - few) * (target - low) / max(high - low, 1e-9))


# Measuring


def measure(all_programs, photos, sample, equal, rounds):
    """A list of results, in the order of the table. Programs take turns."""
    from picture_sites import Wish

    bulletin, hugo, sharp = all_programs
    quality = lambda name: equal.found[name]["quality"]
    own = quality("bulletin jpeg")
    jpeg = {"jpeg": quality("sharp jpeg")}
    both = lambda effort: {"avif": quality(f"sharp avif effort {effort}"), "jpeg": quality("sharp jpeg")}
    few = photos[::SLOW]
    wishes = [
        ("JPEG", "bulletin", bulletin, Wish(photos, {"jpeg": own})),
        ("JPEG", "Hugo", hugo, Wish(photos, {"jpeg": quality("Hugo jpeg")})),
        ("JPEG", "sharp", sharp, Wish(photos, jpeg)),
        ("JPEG", "sharp, decoding once", sharp, Wish(photos, jpeg, once=True)),
        ("AVIF and JPEG", "bulletin", bulletin, Wish(photos, {"jpeg": own, "avif": own})),
        ("AVIF and JPEG", "sharp, effort 2", sharp, Wish(photos, both(2), effort=2)),
        ("AVIF and JPEG", "sharp, effort 2, decoding once", sharp, Wish(photos, both(2), effort=2, once=True)),
        ("AVIF and JPEG", "sharp, effort 4, decoding once", sharp, Wish(few, both(4), effort=4, once=True)),
        ("JPEG, with card and crops", "bulletin", bulletin, Wish(photos, {"jpeg": own}, lead=True)),
    ]
    rows = [{"formats": formats, "program": name, "photographs": len(wish.photos), "runs": []} for formats, name, _, wish in wishes]
    for number in range(rounds):
        turns = list(zip(rows, wishes))
        for row, (formats, name, program, wish) in turns if number % 2 == 0 else turns[::-1]:
            say(f"round {number + 1} of {rounds}: {formats}, {name}")
            command = program.prepare(wish)
            row["runs"].append(kept(timed(command)))
            made = program.made()
            expected = len(wish.photos) * (len(wish.widths) * len(wish.quality) + (4 if wish.lead else 0))
            if len(made) != expected:
                sys.exit(f"{name} made {len(made)} files instead of {expected}")
            row |= {"files": len(made) / len(wish.photos), "bytes": sum(map(os.path.getsize, made)) / len(wish.photos)}
            if program is not sharp and not wish.lead:
                row.setdefault("again", []).append(kept(timed(command)))
    # The site that is examined further.
    timed(bulletin.prepare(wishes[4][3]))
    return rows


def kept(run):
    return {key: value for key, value in run.items() if key != "said"}


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def cpu(row):
    """Processor seconds per photograph."""
    return median(row["runs"], "cpu_seconds") / row["photographs"]


def table(rows):
    lines = ["\n| | | photographs | files each | KB each | CPU ms each | seconds | peak MB | again: CPU s | seconds |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        again = ["", ""]
        if "again" in row:
            again = [f"{median(row['again'], key):.2f}" for key in ("cpu_seconds", "seconds")]
        lines.append(
            f"| {row['formats']} | {row['program']} | {row['photographs']} | {row['files']:.0f} | {row['bytes'] / 1e3:.0f} "
            f"| {cpu(row) * 1e3:.0f} | {median(row['runs'], 'seconds'):.1f} | {median(row['runs'], 'peak_bytes') / 1e6:.0f} | {again[0]} | {again[1]} |"
        )
    return "\n".join(lines)


def ratios(rows, equal):
    """How the others compare with bulletin."""
    seconds = {(row["formats"], row["program"]): cpu(row) for row in rows}
    of_jpeg = seconds["JPEG", "bulletin"]
    lines = ["\n| processor time, ÷ bulletin | |\n|---|---:|"]
    for name in ("Hugo", "sharp", "sharp, decoding once"):
        lines.append(f"| JPEG: {name} | {seconds['JPEG', name] / of_jpeg:.2f} |")
    for name in ("sharp, effort 2", "sharp, effort 2, decoding once", "sharp, effort 4, decoding once"):
        lines.append(f"| AVIF and JPEG: {name} | {seconds['AVIF and JPEG', name] / seconds['AVIF and JPEG', 'bulletin']:.2f} |")
    of_avif = seconds["AVIF and JPEG", "bulletin"] - of_jpeg
    for effort in (2, 4):
        more = seconds["AVIF and JPEG", f"sharp, effort {effort}, decoding once"] - seconds["JPEG", "sharp, decoding once"]
        lines.append(f"| AVIF alone (the difference): sharp, effort {effort} | {more / of_avif:.2f} |")
    lines.append("| bytes at equal score, ÷ bulletin | |")
    for name, found in equal.found.items():
        if not name.startswith("bulletin"):
            base = equal.found["bulletin avif" if "avif" in name else "bulletin jpeg"]
            lines.append(f"| {name} | {found['bytes'] / base['bytes']:.2f} |")
    return "\n".join(lines)


def opened_again(bulletin):
    """The pictures that another build opens: none, since sizes, colors and renditions are known."""
    log = os.path.join(bulletin.folder, "..", "opened")
    strace = ["strace", "-f", "-qq", "-e", "trace=open,openat,openat2", "-o", log]
    subprocess.run([*strace, *bulletin.command], stdout=subprocess.DEVNULL, check=True)
    with open(log) as file:
        calls = file.read()
    if "bulletin.yaml" not in calls:
        sys.exit("strace recorded nothing")
    return sorted(set(PICTURE.findall(calls)))


# Memory


def memory(options):
    """Builds sites with very large pictures on two threads. Returns the peaks."""
    import photographs
    from picture_sites import Bulletin, Wish

    path = lambda name: os.path.join(options.work, name)
    say("making very large pictures")
    wide, square = (20_000, 10_000), (9_700, 9_700)
    photographs.large_jpeg(path("baseline.jpg"), wide, progressive=False)
    photographs.large_jpeg(path("progressive.jpg"), wide, progressive=True)
    photographs.large_png(path("first.png"), square, 1)
    photographs.large_png(path("second.png"), square, 2)
    cases = [
        ("JPEG, 200 megapixels", ["baseline.jpg"]),
        ("progressive JPEG, 200 megapixels", ["progressive.jpg"]),
        ("PNG with opacity and 16 bits, 94 megapixels", ["first.png"]),
        ("both JPEGs", ["baseline.jpg", "progressive.jpg"]),
        ("two such PNGs", ["first.png", "second.png"]),
    ]
    os.environ["RAYON_NUM_THREADS"] = "2"
    print("\n| | files made | CPU s | seconds | peak MB |\n|---|---:|---:|---:|---:|")
    rows = []
    for name, files in cases:
        bulletin = Bulletin(options.bulletin, path("bulletin"))
        wish = Wish([path(file) for file in files], {"jpeg": options.quality, "avif": options.quality}, lead=True)
        row = {"name": name, **kept(timed(bulletin.prepare(wish)))}
        made = len(bulletin.made())
        print(f"| {name} | {made} | {row['cpu_seconds']:.1f} | {row['seconds']:.1f} | {row['peak_bytes'] / 1e6:.0f} |", flush=True)
        if made < 14 * len(files):
            sys.exit(f"bulletin made only {made} files")
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
